// SPDX-License-Identifier: Apache-2.0
// Reading of replay logs. Every key of every line is known or refused, so that a misspelt
// expectation cannot pass.
#include "tools/replay_log.hpp"

#include "contract_abi/cosmwasm/json.hpp"
#include "tools/input.hpp"
#include "tools/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace lockstep::tools {
namespace {

/// The keys of one line; what nobody asked for is refused in the end.
class Fields {
public:
    Fields(const std::string& file, usize line, const Json& object)
        : file_(file), line_(line), object_(object) {
        if (!object.is_object()) throw wrong("it is no JSON object", "Write {\"...\": ...}.");
    }

    [[nodiscard]] Stop wrong(std::string why, std::string remedy = {}) const {
        return malformed(file_, line_, std::move(why), std::move(remedy));
    }
    [[nodiscard]] bool has(const char* key) const { return object_.contains(key); }

    const Json& any(const char* key) {
        used_.emplace_back(key);
        const auto found = object_.find(key);
        if (found == object_.end())
            throw wrong(std::string("the key \"") + key + "\" is missing", "Add it.");
        return *found;
    }
    std::string text(const char* key) {
        const Json& value = any(key);
        if (!value.is_string())
            throw wrong(std::string("\"") + key + "\" is no string", "Put it in quotes.");
        return value.get<std::string>();
    }
    std::string text_or(const char* key, std::string otherwise) {
        return has(key) ? text(key) : std::move(otherwise);
    }
    u64 number(const char* key) {
        const Json& value = any(key);
        if (!value.is_number_unsigned())
            throw wrong(std::string("\"") + key + "\" is no number from 0 to 2^64-1",
                        "Write it in digits, without quotes.");
        return value.get<u64>();
    }
    std::optional<u64> number_if(const char* key) {
        return has(key) ? std::optional(number(key)) : std::nullopt;
    }
    std::vector<sim::Coin> coins(const char* key) {
        const std::string list = text_or(key, "");
        auto coins = list.empty() ? std::vector<sim::Coin>() : sim::parse_coins(list);
        if (!coins)
            throw wrong(std::string("\"") + key + "\" is no list of coins", "Write 5atom,10ulock.");
        return std::move(*coins);
    }
    void finish() const {
        for (const auto& [key, _] : object_.items())
            if (key != "note" && std::find(used_.begin(), used_.end(), key) == used_.end())
                throw wrong("there is no key \"" + printable(key) + "\" in such a line",
                            "Correct it, or call it \"note\".");
    }

private:
    const std::string& file_;
    usize line_;
    const Json& object_;
    std::vector<std::string> used_;
};

ReplayHeader header_of(Fields fields, const std::string& file, usize line) {
    if (fields.text("format") != replay_format)
        throw fields.wrong("the format is not " + std::string(replay_format),
                           "This version of vmtool reads no other.");
    ReplayHeader header;
    HomeConfig& config = header.config;
    config.rules = fields.text_or("rules", config.rules);
    config.chain_id = fields.text_or("chain_id", config.chain_id);
    config.address_prefix = fields.text_or("address_prefix", config.address_prefix);
    config.genesis_time_ns = fields.number_if("genesis_time_ns").value_or(config.genesis_time_ns);
    for (const char* part : {"profile", "schedule"}) // both follow from the rules
        if (fields.text_or(part, config.rules) != config.rules)
            throw fields.wrong(std::string("\"") + part + "\" is not that of the rules",
                               "Leave it out: the rules " + printable(config.rules) + " have one.");
    header.rules_id = fields.text_or("rules_id", "");
    if (fields.has("accounts")) {
        const Json& accounts = fields.any("accounts");
        if (!accounts.is_array())
            throw fields.wrong("\"accounts\" is no list",
                               "Write [{\"account\": \"alice\", \"coins\": \"10ulock\"}].");
        for (const Json& account : accounts) {
            Fields inner(file, line, account);
            header.accounts.push_back({inner.text("account"), inner.coins("coins")});
            inner.finish();
        }
    }
    fields.finish();
    return header;
}

ReplayCode code_of(Fields fields, const std::string& file) {
    ReplayCode code;
    code.name = fields.text("code");
    const std::string digest_text = fields.text("sha256");
    const std::optional<Digest> wanted = parse_hex(digest_text);
    if (!wanted) throw fields.wrong("\"sha256\" is not 64 hexadecimal digits");
    if (fields.has("file")) {
        const std::filesystem::path path = fields.text("file");
        code.wasm = read_file((std::filesystem::path(file).parent_path() / path).string());
    } else {
        auto bytes = contract::cosmwasm::from_base64(fields.text("base64"));
        if (!bytes) throw fields.wrong("\"base64\" is not base64");
        code.wasm = std::move(*bytes);
    }
    if (sha256(code.wasm) != *wanted)
        throw fields.wrong("the code \"" + printable(code.name) +
                               "\" has another SHA-256: " + to_hex(sha256(code.wasm)),
                           "Bring the code that the log was made with.");
    fields.finish();
    return code;
}

ReplayBlock block_of(Fields fields) {
    const ReplayBlock block{fields.number("block"), fields.number_if("time_ns")};
    fields.finish();
    return block;
}

ReplayCommit commit_of(Fields fields) {
    const ReplayCommit commit{fields.number("commit"), fields.text_or("state_hash", "")};
    fields.finish();
    return commit;
}

ReplayEnd end_of(Fields fields) {
    if (fields.any("end") != true) throw fields.wrong("\"end\" is not true");
    const ReplayEnd end{fields.number_if("transactions")};
    fields.finish();
    return end;
}

constexpr std::array<std::string_view, 8> kind_names = {
    "store", "instantiate", "execute", "migrate", "sudo", "send", "mint", "query"};

TxKind kind_of(const Fields& fields, const std::string& name) {
    const auto found = std::find(kind_names.begin(), kind_names.end(), name);
    if (found == kind_names.end())
        throw fields.wrong("there is no transaction \"" + printable(name) + "\"",
                           "Choose one of: store, instantiate, execute, migrate, sudo, send, mint, "
                           "query.");
    return static_cast<TxKind>(found - kind_names.begin());
}

bool has_fraction(const Json& value) {
    if (!value.is_structured()) return value.is_number_float();
    return std::any_of(value.begin(), value.end(), has_fraction);
}

/// "msg" is JSON, written without spaces; "msg_text" is taken as it is.
std::string message_of(Fields& fields) {
    if (fields.has("msg_text")) return fields.text("msg_text");
    const Json& message = fields.any("msg");
    if (has_fraction(message)) // would not come out as it went in
        throw fields.wrong("\"msg\" has a number that is no 64-bit integer",
                           "Give the message as a string, in \"msg_text\".");
    return message.dump();
}

constexpr std::array<std::string_view, 10> expectable = {
    "ok",   "codespace", "code",    "error",    "gas_used",
    "data", "contract",  "code_id", "checksum", "events"};

Json expectation_of(Fields& fields) {
    if (!fields.has("expect")) return {};
    const Json& expect = fields.any("expect");
    if (!expect.is_object()) throw fields.wrong("\"expect\" is no object");
    for (const auto& [key, _] : expect.items())
        if (std::find(expectable.begin(), expectable.end(), key) == expectable.end())
            throw fields.wrong("nothing called \"" + printable(key) + "\" can be expected",
                               "There are: ok, codespace, code, error, gas_used, data, contract, "
                               "code_id, checksum, events.");
    return expect;
}

ReplayTx tx_of(Fields fields) {
    ReplayTx tx;
    tx.kind_name = fields.text("tx");
    tx.kind = kind_of(fields, tx.kind_name);
    const auto is = [&](auto... kinds) { return ((tx.kind == kinds) || ...); };
    if (!is(TxKind::sudo, TxKind::mint, TxKind::query)) tx.sender = fields.text("sender");
    if (is(TxKind::store)) tx.code = fields.text("code");
    if (is(TxKind::instantiate, TxKind::migrate)) tx.code_id = fields.number("code_id");
    if (is(TxKind::execute, TxKind::migrate, TxKind::sudo, TxKind::query))
        tx.contract = fields.text("contract");
    if (is(TxKind::send, TxKind::mint))
        tx.to = fields.text("to");
    else if (!is(TxKind::store))
        tx.msg = message_of(fields);
    if (is(TxKind::instantiate, TxKind::execute, TxKind::send, TxKind::mint))
        tx.options.funds = fields.coins("funds");
    if (!is(TxKind::store, TxKind::send, TxKind::mint))
        tx.options.gas_limit = fields.number_if("gas");
    if (is(TxKind::instantiate)) {
        tx.label = fields.text_or("label", tx.label);
        tx.admin = fields.text_or("admin", "");
        tx.salt = fields.text_or("salt", "");
        tx.as = fields.text_or("as", "");
    }
    tx.expect = expectation_of(fields);
    fields.finish();
    return tx;
}

using Names = std::vector<std::pair<std::string, std::string>>;

void replace_names(Json& value, const Names& names) {
    if (value.is_structured()) {
        for (Json& inner : value)
            replace_names(inner, names);
    } else if (value.is_string() && value.get_ref<const std::string&>().starts_with("@")) {
        for (const auto& [name, address] : names)
            if (value.get_ref<const std::string&>() == name) {
                value = address;
                return;
            }
    }
}

} // namespace

Stop malformed(const std::string& file, usize line, std::string why, std::string remedy) {
    return {Exit::bad_input, "the log is malformed", file + ", line " + std::to_string(line),
            std::move(why),
            remedy.empty() ? "tools/README.md describes the format." : std::move(remedy)};
}

ReplayLog::ReplayLog(std::string file) : file_(std::move(file)), text_(read_file(file_)) {}

void ReplayLog::define(const std::string& name, const std::string& address) {
    names_.emplace_back("@" + name, address);
}

std::optional<Json> ReplayLog::parse(std::string_view line, bool ended) {
    if (!contract::cosmwasm::is_shallow(line))
        throw malformed(file_, line_, "JSON is nested deeper than 128", "Flatten it.");
    Json parsed = Json::parse(line, nullptr, false);
    if (!parsed.is_discarded()) return parsed;
    if (!ended) {
        cut_off_ = true;
        return {};
    }
    throw malformed(file_, line_, "it is not JSON: " + printable(line.substr(0, 60)));
}

std::optional<ReplayLine> ReplayLog::next() {
    const std::string_view all = as_text(text_);
    while (at_ < all.size()) {
        const usize end = std::min(all.find('\n', at_), all.size());
        const std::string_view line = all.substr(at_, end - at_);
        const bool ended = end < all.size();
        at_ = end + (ended ? 1 : 0);
        ++line_;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        std::optional<Json> source = parse(line, ended);
        if (!source) return {};
        Json object = *source;
        if (object.contains("tx")) {
            Json expect = object.value("expect", Json());
            replace_names(object, names_);
            if (!expect.is_null()) object["expect"] = std::move(expect);
        }
        const Fields fields(file_, line_, object);
        ReplayLine read{line_, std::move(*source), {}};
        if (fields.has("format"))
            read.entry = header_of(fields, file_, line_);
        else if (fields.has("code") && !fields.has("tx"))
            read.entry = code_of(fields, file_);
        else if (fields.has("block"))
            read.entry = block_of(fields);
        else if (fields.has("tx"))
            read.entry = tx_of(fields);
        else if (fields.has("commit"))
            read.entry = commit_of(fields);
        else if (fields.has("end"))
            read.entry = end_of(fields);
        else
            throw fields.wrong("it is no line of a log",
                               "Lines have one of the keys format, code, block, tx, commit, end.");
        return read;
    }
    return {};
}

} // namespace lockstep::tools

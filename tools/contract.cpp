// SPDX-License-Identifier: Apache-2.0
// vmtool contract: a local chain in a directory. Each transaction is a block of its own, written
// and synced before its result is printed: what was printed outlives a crash.
#include "tools/home.hpp"
#include "tools/input.hpp"
#include "tools/text.hpp"
#include "tools/tx_text.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace lockstep::tools {
namespace {

struct Options {
    std::string home;
    Running how;
    HomeConfig config{.chain_id = {}, .rules = {}};
    std::string from = "alice";
    std::string funds;
    std::optional<u64> gas;
    std::string label = "contract";
    std::string admin;
    std::string salt;
    // positionals
    std::string file;
    std::string account;
    std::string contract;
    u64 code_id = 0;
    std::string message;
    std::string key;
};

// ---- what comes in ----

/// A message inline or @FILE. Checked here, because the contract's own complaint is hard to read.
std::string message_of(const std::string& argument) {
    std::string text = argument;
    if (text.starts_with("@")) text = std::string(as_text(read_file(text.substr(1))));
    if (!Json::accept(text))
        throw Stop{Exit::usage,
                   "the message is not JSON",
                   {},
                   printable(text.substr(0, 200)),
                   "Quote it for the shell: '{\"increment\":{}}', or name a file: @msg.json."};
    return text;
}

sim::TxOptions tx_options(const Options& options) { return {coins_of(options.funds), options.gas}; }

// ---- transactions ----

using Work = std::function<result<sim::TxResult>(Home&, const Options&)>;

Exit print_tx(Home& home, const sim::TxResult& tx, bool json) {
    const sim::Block block = home.chain().block();
    const std::vector<sim::DebugLine> debug = home.take_debug_lines();
    if (json) {
        Json object{{"height", block.height}, {"time_ns", block.time_ns}};
        object.update(outcome_json(tx));
        object["gas_limit"] = tx.gas_limit;
        object["gas_used_externally"] = tx.gas_used_externally;
        object["debug"] = Json::array();
        for (const sim::DebugLine& line : debug)
            object["debug"].push_back(line.message);
        print_json(object);
    } else {
        for (const sim::DebugLine& line : debug)
            std::cerr << "debug " << line.contract << ": " << printable(line.message) << '\n';
        std::cout << outcome_text(tx, block);
    }
    return tx.ok() ? Exit::ok : Exit::rejected;
}

Exit transact(const Options& options, bool json, const Work& work) {
    Home home = Home::open_or_create(options.home, options.config, options.how);
    static_cast<void>(home.must(home.chain().begin_block(), "no block could be begun"));
    const sim::TxResult tx = home.must(work(home, options), "the transaction could not be run");
    static_cast<void>(home.must(home.chain().commit_block(), "the block could not be written"));
    return print_tx(home, tx, json);
}

result<sim::TxResult> fund(Home& home, const Options& options) {
    return home.chain().mint(home.address_of(options.account), coins_of(options.funds));
}

result<sim::TxResult> send(Home& home, const Options& options) {
    return home.chain().bank_send(home.address_of(options.from), home.address_of(options.account),
                                  coins_of(options.funds));
}

result<sim::TxResult> store(Home& home, const Options& options) {
    return home.chain().store_code(home.address_of(options.from), read_file(options.file));
}

result<sim::TxResult> instantiate(Home& home, const Options& options) {
    sim::InstantiateOptions more;
    static_cast<sim::TxOptions&>(more) = tx_options(options);
    more.label = options.label;
    if (!options.admin.empty()) more.admin = home.address_of(options.admin);
    if (!options.salt.empty()) more.salt.emplace(options.salt.begin(), options.salt.end());
    return home.chain().instantiate(home.address_of(options.from), options.code_id,
                                    message_of(options.message), more);
}

result<sim::TxResult> execute(Home& home, const Options& options) {
    return home.chain().execute(home.address_of(options.from), options.contract,
                                message_of(options.message), tx_options(options));
}

result<sim::TxResult> migrate(Home& home, const Options& options) {
    return home.chain().migrate(home.address_of(options.from), options.contract, options.code_id,
                                message_of(options.message), tx_options(options));
}

// ---- what only looks ----

Exit query(const Options& options, bool json) {
    Home home = Home::open(options.home, options.how);
    const std::string message = message_of(options.message);
    sim::Chain& chain = home.chain();
    const sim::QueryResult answer = home.must(
        options.contract == "chain" ? chain.query(message, options.gas)
                                    : chain.query_smart(options.contract, message, options.gas),
        "the query could not be run");
    if (json) {
        print_json(outcome_json(answer));
    } else if (answer.ok()) {
        std::cout << data_text(answer.data) << "\ngas used: " << answer.gas_used << '\n';
    } else {
        std::cout << "failed: " << printable(answer.error()) << "  [" << answer.failure->codespace
                  << ", " << answer.failure->code << "]\ngas used: " << answer.gas_used << '\n';
    }
    return answer.ok() ? Exit::ok : Exit::rejected;
}

Json codes_json(Home& home) {
    Json list = Json::array();
    for (u64 id = 1;; ++id) {
        const auto code = home.must(home.chain().code_info(id), "the codes could not be read");
        if (!code) return list;
        list.push_back(
            {{"code_id", id}, {"checksum", to_hex(code->checksum)}, {"creator", code->creator}});
    }
}

Json contracts_json(Home& home) {
    Json list = Json::array();
    for (const auto& info : home.must(home.chain().contracts(), "the contracts could not be read"))
        list.push_back({{"contract", info.address},
                        {"code_id", info.code_id},
                        {"label", info.label},
                        {"creator", info.creator},
                        {"admin", info.admin}});
    return list;
}

Exit list(const Options& options, bool json) {
    Home home = Home::open(options.home, options.how);
    const Json codes = codes_json(home);
    const Json contracts = contracts_json(home);
    if (json) {
        print_json({{"codes", codes}, {"contracts", contracts}});
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows = {{"code id", "checksum", "creator"}};
    for (const Json& code : codes)
        rows.push_back({code["code_id"].dump(), code["checksum"], code["creator"]});
    std::cout << table_text(rows) << '\n';
    rows = {{"contract", "code id", "label", "creator", "admin"}};
    for (const Json& info : contracts)
        rows.push_back({info["contract"], info["code_id"].dump(),
                        printable(info["label"].get<std::string>()), info["creator"],
                        info["admin"]});
    std::cout << table_text(rows);
    return Exit::ok;
}

/// One value of a contract's storage; the key as text or 0x hexadecimal.
Exit raw_state(Home& home, const Options& options, bool json) {
    const auto key = parse_bytes(options.key);
    auto value = home.chain().query_raw(options.contract, key);
    if (value.has_error() && value.error().code == Errc::bad_argument)
        throw Stop{Exit::usage,
                   "\"" + printable(options.contract) + "\" is no address",
                   {},
                   {},
                   "vmtool contract list shows the contracts."};
    const auto found = home.must(std::move(value), "the state could not be read");
    if (json)
        print_json({{"key", to_hex(key)}, {"value", found ? Json(to_hex(*found)) : Json()}});
    else
        std::cout << (found ? data_text(*found) : "there is no such key") << '\n';
    return found ? Exit::ok : Exit::rejected;
}

Exit state(const Options& options, bool json) {
    Home home = Home::open(options.home, options.how);
    if (!options.contract.empty()) return raw_state(home, options, json);
    sim::Chain& chain = home.chain();
    const Digest hash = home.must(chain.state_hash(), "the state could not be read");
    const Json object{{"chain_id", home.config().chain_id},   {"rules", home.config().rules},
                      {"rules_id", to_hex(chain.rules_id())}, {"height", chain.block().height},
                      {"time_ns", chain.block().time_ns},     {"state_hash", to_hex(hash)}};
    if (json) {
        print_json(object);
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& [key, value] : object.items())
        rows.push_back({key, value.is_string() ? value.get<std::string>() : value.dump()});
    std::cout << table_text(rows);
    return Exit::ok;
}

Exit balance(const Options& options, bool json) {
    Home home = Home::open(options.home, options.how);
    const std::string address = home.address_of(options.account);
    const auto coins = home.must(home.chain().balances(address), "the balance could not be read");
    if (json)
        print_json({{"address", address}, {"coins", coins_text(coins)}});
    else
        std::cout << address << "  " << coins_text(coins) << '\n';
    return Exit::ok;
}

Exit init(const Options& options, bool json) {
    static_cast<void>(Home::open_or_create(options.home, options.config, options.how));
    return state(options, json);
}

// ---- the command line ----

constexpr const char* footer = R"(
A chain lies in --home DIR: config.json and a RocksDB store. `init` or the first transaction begins
it; its --rules hold for ever. Accounts are names or addresses; `fund` gives them coins. Each
transaction is a block of its own, on the disk before its result is printed. Messages are JSON, or
@FILE. Gas is CosmWasm gas. Exit code 1 if a transaction or query fails, or `state` finds no such
key. A QueryRequest is asked of the chain: query chain '{"bank":{"balance":{...}}}'.

  vmtool contract fund --home /tmp/chain alice 1000ulock
  vmtool contract store --home /tmp/chain counter.wasm
  vmtool contract instantiate --home /tmp/chain 1 '{"count":0}' --label counter --admin alice
  vmtool contract execute --home /tmp/chain lock1... '{"increment":{}}' --funds 10ulock
  vmtool contract query --home /tmp/chain lock1... '{"get_count":{}}'
  vmtool contract state --home /tmp/chain)";

class Group {
public:
    Group(CLI::App& app, Session& session) : app_(app), session_(session) {}

    /// A subcommand that runs `act` with options of its own.
    template <class Act>
    std::pair<CLI::App*, Options*> add(const char* name, const char* description, Act act) {
        CLI::App* sub = app_.add_subcommand(name, description);
        const auto options = std::make_shared<Options>();
        sub->add_option("--home", options->home, "Directory of the chain; or $LOCKSTEP_HOME")
            ->envname("LOCKSTEP_HOME")
            ->required();
        options->how.add_options(*sub);
        sub->callback([options, act = std::move(act), &session = session_] {
            session.action = [options, act, &session] { return act(*options, session.json); };
        });
        return {sub, options.get()};
    }

    /// One that makes a block.
    std::pair<CLI::App*, Options*> add_tx(const char* name, const char* description, Work work) {
        const auto added =
            add(name, description, [work = std::move(work)](const Options& options, bool json) {
                return transact(options, json, work);
            });
        add_rules(added);
        return added;
    }

    static void add_rules(std::pair<CLI::App*, Options*> added) {
        auto [sub, options] = added;
        sub->add_option("--rules,--profile", options->config.rules,
                        "For a new chain: lockstep-1 (default), cosmwasm-1.0.0 ... cosmwasm-3.0.9");
        sub->add_option("--chain-id", options->config.chain_id,
                        "For a new chain; default: lockstep-local");
    }

    static void add_sender(CLI::App* sub, Options* options) {
        sub->add_option("--from", options->from, "Who sends it: a name or an address")
            ->capture_default_str();
    }
    static void add_gas(CLI::App* sub, Options* options) {
        sub->add_option("--gas", options->gas,
                        "Gas limit; default: " +
                            std::to_string(sim::ChainConfig{}.default_gas_limit));
    }
    static void add_call(CLI::App* sub, Options* options) {
        add_sender(sub, options);
        sub->add_option("--funds", options->funds, "Coins to go with it: 10ulock,5atom");
        add_gas(sub, options);
    }

private:
    CLI::App& app_;
    Session& session_;
};

void add_transactions(Group& group) {
    {
        auto [sub, options] = group.add_tx("fund", "Give an account coins out of nothing", fund);
        sub->add_option("ACCOUNT", options->account, "A name or an address")->required();
        sub->add_option("COINS", options->funds, "10ulock,5atom")->required();
    }
    {
        auto [sub, options] = group.add_tx("send", "Send coins to an account", send);
        Group::add_sender(sub, options);
        sub->add_option("ACCOUNT", options->account, "To whom")->required();
        sub->add_option("COINS", options->funds, "10ulock,5atom")->required();
    }
    {
        auto [sub, options] = group.add_tx("store", "Check and store code", store);
        Group::add_sender(sub, options);
        sub->add_option("FILE", options->file, "A module")->required();
    }
    {
        auto [sub, options] = group.add_tx("instantiate", "Make a contract of a code", instantiate);
        Group::add_call(sub, options);
        sub->add_option("CODE_ID", options->code_id, "As store printed it")->required();
        sub->add_option("MESSAGE", options->message, "JSON or @FILE")->required();
        sub->add_option("--label", options->label, "Its label")->capture_default_str();
        sub->add_option("--admin", options->admin, "Who may migrate it; default: nobody");
        sub->add_option("--salt", options->salt, "Makes the address predictable (instantiate2)");
    }
    {
        auto [sub, options] = group.add_tx("execute", "Call a contract", execute);
        Group::add_call(sub, options);
        sub->add_option("CONTRACT", options->contract, "Its address")->required();
        sub->add_option("MESSAGE", options->message, "JSON or @FILE")->required();
    }
    {
        auto [sub, options] = group.add_tx("migrate", "Give a contract other code", migrate);
        Group::add_sender(sub, options);
        Group::add_gas(sub, options);
        sub->add_option("CONTRACT", options->contract, "Its address")->required();
        sub->add_option("CODE_ID", options->code_id, "The new code")->required();
        sub->add_option("MESSAGE", options->message, "JSON or @FILE")->required();
    }
}

} // namespace

void add_contract(CLI::App& parent, Session& session) {
    CLI::App* app = parent.add_subcommand("contract", "Run contracts on a local chain");
    app->require_subcommand(1);
    app->footer(footer);
    Group group(*app, session);
    Group::add_rules(group.add("init", "Begin a chain", init));
    add_transactions(group);
    {
        auto [sub, options] = group.add("query", "Ask a contract, or the chain", query);
        sub->add_option("CONTRACT", options->contract, "Its address; chain for a QueryRequest")
            ->required();
        sub->add_option("MESSAGE", options->message, "JSON or @FILE")->required();
        Group::add_gas(sub, options);
    }
    {
        auto [sub, options] = group.add("balance", "An account's coins", balance);
        sub->add_option("ACCOUNT", options->account, "A name or an address")->required();
    }
    group.add("list", "Codes and contracts", list);
    {
        auto [sub, options] = group.add("state", "Height, state hash; or one stored value", state);
        CLI::Option* contract = sub->add_option("CONTRACT", options->contract, "A contract");
        CLI::Option* key =
            sub->add_option("KEY", options->key, "A key of its storage: text or 0x hexadecimal")
                ->needs(contract);
        contract->needs(key);
    }
}

} // namespace lockstep::tools

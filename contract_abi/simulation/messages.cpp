// SPDX-License-Identifier: Apache-2.0
// Messages that contracts send: each runs in a level of the overlay that is kept or undone with it,
// and its sender may ask to be told (reply). Lack of gas under the message's own limit is a failure
// like any other; lack of the transaction's gas, and Faults, pass through to the top.
#include "contract_abi/simulation/machine.hpp"
#include "contract_abi/simulation/response.hpp"

#include "contract_abi/cosmwasm/json.hpp"

#include <map>

namespace lockstep::contract::simulation {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr usize max_payload = usize{128} * 1024;

/// A bytes field of a protobuf message; absent if empty.
void append_field(Bytes& out, u8 number, bytes_view bytes) {
    if (bytes.empty()) return;
    out.push_back(static_cast<u8>(number << 3 | 2));
    usize size = bytes.size();
    for (; size >= 0x80; size >>= 7)
        out.push_back(static_cast<u8>(size | 0x80));
    out.push_back(static_cast<u8>(size));
    out.insert(out.end(), bytes.begin(), bytes.end());
}

/// The response of a wasm message: optionally an address, then the contract's data.
Dispatched wasm_response(std::string_view name, const std::optional<Bytes>& data,
                         std::string_view address = {}) {
    Bytes encoded;
    append_field(encoded, 1, as_bytes(address));
    append_field(encoded, address.empty() ? 1 : 2, data ? bytes_view(*data) : bytes_view());
    return {std::move(encoded), "/cosmwasm.wasm.v1." + std::string(name) + "Response"};
}

Stop unsupported(std::string_view kind) {
    return stop(errors::unknown_message,
                std::string(kind) + " messages are not supported by the simulation");
}

/// The SubMsgResult of a message that succeeded.
ordered_json success(const std::vector<Event>& events, const Dispatched& dispatched,
                     bool with_responses) {
    ordered_json ok{{"events", to_json(events)}};
    if (dispatched.data && !dispatched.data->empty())
        ok["data"] = cosmwasm::to_base64(*dispatched.data);
    if (with_responses) {
        ordered_json responses = ordered_json::array();
        if (!dispatched.type_url.empty())
            responses.push_back({{"type_url", dispatched.type_url},
                                 {"value", cosmwasm::to_base64(*dispatched.data)}});
        ok["msg_responses"] = std::move(responses);
    }
    return {{"ok", std::move(ok)}};
}

/// Reply, as the release has it: 2.0 added gas_used (always 0 from wasmd), responses and payload.
std::string reply_json(const SubMessage& message, ordered_json result, bool since_2_0) {
    ordered_json reply;
    if (since_2_0) reply["gas_used"] = 0;
    reply["id"] = message.id;
    reply["result"] = std::move(result);
    if (since_2_0 && !message.payload.empty())
        reply["payload"] = cosmwasm::to_base64(message.payload);
    return write_json(reply);
}

/// wasmd sorts attributes by key before it tells a contract of events, and thereby in the block's
/// result too. Equal keys keep their order, as in a multimap. (clang 19 finds std::stable_sort of
/// libstdc++ 12 deprecated.)
void sort_attributes(std::vector<Event>& events) {
    for (Event& event : events) {
        std::multimap<std::string, std::string> sorted;
        for (Attribute& attribute : event.attributes)
            sorted.emplace(std::move(attribute.key), std::move(attribute.value));
        event.attributes.clear();
        for (auto& [key, value] : sorted)
            event.attributes.push_back({key, std::move(value)});
    }
}

} // namespace

Done<std::optional<Bytes>> Machine::send_message(Frame& frame, bytes_view contract,
                                                 const SubMessage& message) {
    if (message.payload.size() > max_payload)
        return stop(errors::vm_error, "reply payload is larger than 131072 bytes");
    Frame child;
    auto dispatched = dispatch_in_level(frame, child, contract, message);
    const bool failed = !dispatched.has_value();
    if (failed && dispatched.error().kind != Stop::Kind::failure)
        return std::move(dispatched.error());
    const bool is_wasm = message.message.contains("wasm");
    if (!failed) {
        if (is_wasm) sort_attributes(child.events);
        frame.events.insert(frame.events.end(), child.events.begin(), child.events.end());
    }
    const ReplyOn on = message.reply_on;
    if (failed && (on == ReplyOn::success || on == ReplyOn::never))
        return std::move(dispatched.error());
    if (on == ReplyOn::never || (on == ReplyOn::error && !failed)) return std::optional<Bytes>();

    const bool since_2_0 = contracts_.rules().regime.release >= 2'000'000;
    ordered_json result;
    if (failed)
        result = {{"error", redacted(dispatched.error().failure)}};
    else
        result =
            success(is_wasm ? child.events : std::vector<Event>(), dispatched.value(), since_2_0);
    auto replied = reply(frame, contract, reply_json(message, std::move(result), since_2_0));
    if (!replied) return wrapped(std::move(replied.error()), "reply");
    return replied;
}

Done<Dispatched> Machine::dispatch_in_level(Frame& frame, Frame& child, bytes_view contract,
                                            const SubMessage& message) {
    const u64 per_sdk_gas = contracts_.rules().regime.gas_per_sdk_gas;
    const bool limited = message.gas_limit && *message.gas_limit < frame.gas_left / per_sdk_gas;
    child.gas_left = limited ? *message.gas_limit * per_sdk_gas : frame.gas_left;
    child.call_depth = frame.call_depth;
    child.query_depth = frame.query_depth;
    const u64 given = child.gas_left;
    TRY(must(state_.overlay().begin()));
    auto dispatched = dispatch(child, contract, message.message);
    if (!dispatched && dispatched.error().kind == Stop::Kind::fault) return dispatched;
    if (dispatched) {
        TRY(must(state_.overlay().commit()));
    } else {
        TRY(must(state_.overlay().rollback()));
    }
    frame.gas_left -= given - child.gas_left;
    frame.used_externally += child.used_externally;
    if (!dispatched && dispatched.error().kind == Stop::Kind::out_of_gas && limited)
        return stop(errors::out_of_gas, "SubMsg hit gas limit");
    return dispatched;
}

Done<Dispatched> Machine::dispatch(Frame& frame, bytes_view sender, const json& message) {
    const auto [kind, content] = variant_of(message);
    if (kind == "bank") return dispatch_bank(frame, sender, *content);
    if (kind == "wasm") return dispatch_wasm(frame, sender, *content);
    return unsupported(kind.empty() ? "unknown" : kind);
}

Done<Dispatched> Machine::dispatch_bank(Frame& frame, bytes_view sender, const json& message) {
    const auto [kind, content] = variant_of(message);
    if (kind != "send" && kind != "burn") return unsupported("bank." + kind);
    TRY(const std::vector<Coin> coins, coins_member(*content, "amount"));
    if (kind == "burn") {
        TRY(burn(frame, sender, coins));
        return Dispatched{};
    }
    TRY(const std::string to, text_member(*content, "to_address"));
    TRY(const Bytes recipient, canonicalize(to));
    TRY(send(frame, sender, recipient, coins));
    return Dispatched{Bytes(), "/cosmos.bank.v1beta1.MsgSendResponse"};
}

Done<Dispatched> Machine::dispatch_wasm(Frame& frame, bytes_view sender, const json& message) {
    const auto [kind, content] = variant_of(message);
    if (kind == "instantiate") return dispatch_instantiate(frame, sender, *content, false);
    if (kind == "instantiate2") return dispatch_instantiate(frame, sender, *content, true);
    if (kind != "execute" && kind != "migrate" && kind != "update_admin" && kind != "clear_admin")
        return unsupported("wasm." + kind);
    TRY(const std::string address, text_member(*content, "contract_addr"));
    TRY(const Bytes contract, canonicalize(address));
    if (kind == "clear_admin") {
        TRY(set_admin(frame, sender, contract, ""));
        return wasm_response("MsgClearAdmin", {});
    }
    if (kind == "update_admin") {
        TRY(const std::string admin, text_member(*content, "admin"));
        if (admin.empty()) return stop(errors::invalid_address, "admin");
        TRY(set_admin(frame, sender, contract, admin));
        return wasm_response("MsgUpdateAdmin", {});
    }
    TRY(const Bytes msg, binary_member(*content, "msg"));
    if (kind == "migrate") {
        TRY(const u64 code_id, number_member(*content, "new_code_id"));
        TRY(const std::optional<Bytes> data,
            migrate(frame, sender, contract, code_id, as_text(msg)));
        return wasm_response("MsgMigrateContract", data);
    }
    TRY(const std::vector<Coin> funds, coins_member(*content, "funds"));
    TRY(const std::optional<Bytes> data, execute(frame, sender, contract, as_text(msg), funds));
    return wasm_response("MsgExecuteContract", data);
}

Done<Dispatched> Machine::dispatch_instantiate(Frame& frame, bytes_view sender, const json& message,
                                               bool predictable) {
    TRY(const u64 code_id, number_member(message, "code_id"));
    TRY(const Bytes msg, binary_member(message, "msg"));
    TRY(const std::string label, text_member(message, "label"));
    TRY(const std::string admin, optional_text_member(message, "admin"));
    TRY(const std::vector<Coin> funds, coins_member(message, "funds"));
    NewContract what{code_id, as_text(msg), label, admin, {}, false};
    if (predictable) {
        TRY(Bytes salt, binary_member(message, "salt"));
        what.salt = std::move(salt);
    }
    TRY(const Created created, instantiate(frame, sender, what, funds));
    return wasm_response(predictable ? "MsgInstantiateContract2" : "MsgInstantiateContract",
                         created.data, humanize(created.address));
}

} // namespace lockstep::contract::simulation

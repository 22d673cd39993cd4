// SPDX-License-Identifier: Apache-2.0
// Queries: of users and of contracts. What the chain does not offer is the system error
// unsupported_request.
#include "contract_abi/simulation/backend.hpp"
#include "contract_abi/simulation/response.hpp"

#include "contract_abi/cosmwasm/json.hpp"

#include <array>

namespace lockstep::contract::simulation {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

Bytes to_bytes(std::string_view text) { return {text.begin(), text.end()}; }

Bytes payload(const ordered_json& document) { return to_bytes(write_json(document)); }

Stop system_stop(const ordered_json& error) {
    Stop stopped = stop(errors::invalid_request, write_json(error));
    stopped.system_error = write_json(error);
    return stopped;
}

Stop unsupported(const std::string& kind) {
    return system_stop({{"unsupported_request", {{"kind", kind}}}});
}

Stop invalid_request(std::string_view request) {
    return system_stop({{"invalid_request",
                         {{"error", "the request is no JSON of one member"},
                          {"request", cosmwasm::to_base64(as_bytes(request))}}}});
}

} // namespace

Done<Bytes> Machine::query_smart(Frame& frame, bytes_view contract, std::string_view msg) {
    if (frame.query_depth == max_query_depth) return stop(errors::query_stack);
    TRY(const ContractEntry entry, require_contract(contract));
    TRY(const CodeEntry code, require_code(entry.code_id));
    const std::string env_json = env(contract);
    const std::array arguments{as_bytes(env_json), as_bytes(msg)};
    ++frame.query_depth;
    TRY(const Bytes answer, run(frame, code, contract, EntryPoint::query, arguments));
    --frame.query_depth;
    return parse_query_response(answer);
}

Done<Bytes> Machine::query(Frame& frame, std::string_view request) {
    const std::optional<json> document = parse_json(request);
    if (!document) return invalid_request(request);
    const auto [kind, content] = variant_of(*document);
    if (content == nullptr) return invalid_request(request);
    if (kind == "bank") return query_bank(*content);
    if (kind == "wasm") return query_wasm(frame, *content);
    return unsupported(kind);
}

Done<Bytes> Machine::query_result(Frame& frame, std::string_view request) {
    auto answer = query(frame, request);
    if (answer) return payload({{"ok", {{"ok", cosmwasm::to_base64(answer.value())}}}});
    const Stop& stopped = answer.error();
    if (stopped.kind != Stop::Kind::failure) return std::move(answer.error());
    if (!stopped.system_error.empty()) return to_bytes("{\"error\":" + stopped.system_error + "}");
    return payload({{"ok", {{"error", redacted(stopped.failure)}}}});
}

Done<Bytes> Machine::query_bank(const json& request) {
    const auto [kind, content] = variant_of(request);
    if (kind != "balance" && kind != "all_balances" && kind != "supply")
        return unsupported("bank." + kind);
    if (kind == "supply") {
        TRY(const std::string denom, text_member(*content, "denom"));
        TRY(const Amount amount, state_.supply(denom));
        return payload({{"amount", to_json(Coin{denom, amount})}});
    }
    TRY(const std::string human, text_member(*content, "address"));
    TRY(const Bytes address, canonicalize(human));
    if (kind == "all_balances") {
        TRY(const std::vector<Coin> coins, state_.balances(address));
        return payload({{"amount", to_json(coins)}});
    }
    TRY(const std::string denom, text_member(*content, "denom"));
    TRY(const Amount amount, state_.balance(address, denom));
    return payload({{"amount", to_json(Coin{denom, amount})}});
}

Done<Bytes> Machine::query_wasm(Frame& frame, const json& request) {
    const auto [kind, content] = variant_of(request);
    if (kind == "code_info") {
        TRY(const u64 code_id, number_member(*content, "code_id"));
        TRY(const CodeEntry code, require_code(code_id));
        return payload({{"code_id", code_id},
                        {"creator", humanize(code.creator)},
                        {"checksum", to_hex(code.checksum)}});
    }
    if (kind != "smart" && kind != "raw" && kind != "contract_info")
        return unsupported("wasm." + kind);
    TRY(const std::string human, text_member(*content, "contract_addr"));
    TRY(const Bytes contract, canonicalize(human));
    if (kind == "smart") {
        TRY(const Bytes msg, binary_member(*content, "msg"));
        return query_smart(frame, contract, as_text(msg));
    }
    if (kind == "contract_info") {
        TRY(const ContractEntry entry, require_contract(contract));
        ordered_json info{{"code_id", entry.code_id}, {"creator", humanize(entry.creator)}};
        if (!entry.admin.empty()) info["admin"] = humanize(entry.admin);
        info["pinned"] = false;
        return payload(info);
    }
    TRY(const Bytes key, binary_member(*content, "key"));
    TRY(storage::Namespace names, state_.storage_of(contract));
    ContractBackend backend(*this, frame, contract, std::move(names));
    Answer<std::optional<Bytes>> value = backend.db_read(key);
    if (value.error) return Stop(value.error->fault);
    TRY(charge(frame, value.externally_used));
    return value.value ? std::move(*value.value) : Bytes();
}

} // namespace lockstep::contract::simulation

// SPDX-License-Identifier: Apache-2.0
// One form of a result for logs, scripts and people; what a contract wrote is made printable for
// the last.
#include "tools/tx_text.hpp"

#include "contract_abi/cosmwasm/json.hpp"
#include "tools/text.hpp"

#include <algorithm>

namespace lockstep::tools {
namespace {

using contract::cosmwasm::to_base64;

void add_failure(Json& object, const std::optional<sim::Failure>& failure) {
    object["ok"] = !failure.has_value();
    if (!failure) return;
    object["codespace"] = failure->codespace;
    object["code"] = failure->code;
    object["error"] = failure->text;
}

Json events_json(const std::vector<sim::Event>& events) {
    Json list = Json::array();
    for (const sim::Event& event : events) {
        Json attributes = Json::array();
        for (const sim::Attribute& attribute : event.attributes)
            attributes.push_back({{"key", attribute.key}, {"value", attribute.value}});
        list.push_back({{"type", event.type}, {"attributes", std::move(attributes)}});
    }
    return list;
}

std::string line(std::string_view name, const std::string& text) {
    std::string head(name);
    head.resize(10, ' ');
    return head + text + "\n";
}

} // namespace

Json outcome_json(const sim::TxResult& tx) {
    Json object;
    add_failure(object, tx.failure);
    object["gas_used"] = tx.gas_used;
    if (tx.data) object["data"] = to_base64(*tx.data);
    if (tx.ok() && !tx.contract_address.empty()) object["contract"] = tx.contract_address;
    if (tx.ok() && tx.code_id != 0) {
        object["code_id"] = tx.code_id;
        object["checksum"] = to_hex(tx.checksum);
    }
    object["events"] = events_json(tx.events);
    return object;
}

Json outcome_json(const sim::QueryResult& query) {
    Json object;
    add_failure(object, query.failure);
    object["gas_used"] = query.gas_used;
    if (query.ok()) object["data"] = to_base64(query.data);
    return object;
}

std::string outcome_text(const sim::TxResult& tx, const sim::Block& block) {
    std::string text = line(tx.ok() ? "ok" : "failed", "in block " + std::to_string(block.height));
    if (tx.failure)
        text += line("error", printable(tx.failure->text) + "  [" + tx.failure->codespace + ", " +
                                  std::to_string(tx.failure->code) + "]");
    if (tx.ok() && !tx.contract_address.empty()) text += line("contract", tx.contract_address);
    if (tx.ok() && tx.code_id != 0) {
        text += line("code id", std::to_string(tx.code_id));
        text += line("checksum", to_hex(tx.checksum));
    }
    text +=
        line("gas used", std::to_string(tx.gas_used) + " of " + std::to_string(tx.gas_limit) +
                             ", " + std::to_string(tx.gas_used_externally) + " of it externally");
    if (tx.data) text += line("data", data_text(*tx.data));
    for (const sim::Event& event : tx.events) {
        text += line("event", printable(event.type));
        for (const sim::Attribute& attribute : event.attributes)
            text += line("", printable(attribute.key) + " = " + printable(attribute.value));
    }
    return text;
}

std::string data_text(bytes_view data) {
    const std::string_view text = as_text(data);
    if (contract::cosmwasm::is_utf8(data) && printable(text) == text) return std::string(text);
    return to_base64(data) + " (base64)";
}

std::string coins_text(const std::vector<sim::Coin>& coins) {
    std::string text;
    for (const sim::Coin& coin : coins)
        text += (text.empty() ? "" : ",") + sim::to_string(coin.amount) + printable(coin.denom);
    return text;
}

std::vector<sim::Coin> coins_of(const std::string& text) {
    if (text.empty()) return {};
    auto coins = sim::parse_coins(text);
    if (!coins)
        throw Stop{Exit::usage,
                   "\"" + printable(text) + "\" is no list of coins",
                   {},
                   {},
                   "Write amounts and denominations: 10ulock or 5atom,10ulock."};
    return std::move(*coins);
}

} // namespace lockstep::tools

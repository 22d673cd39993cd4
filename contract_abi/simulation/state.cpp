// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/simulation/state.hpp"

#include <nlohmann/json.hpp>

namespace lockstep::contract::simulation {
namespace {

using nlohmann::json;
using storage::KeyValue;
using storage::Namespace;

constexpr std::string_view balance_space = "bank/balance";
constexpr std::string_view supply_space = "bank/supply";
constexpr std::string_view sequence_space = "wasm/sequence";
constexpr std::string_view code_space = "wasm/code";
constexpr std::string_view contract_space = "wasm/contract";

/// What was written here can be read here; anything else is a damaged store.
Stop damaged() { return Stop(Error{Errc::corrupt_state}); }

/// The size of an address stands in front of it, so that none is the beginning of another.
Bytes balance_key(bytes_view address, std::string_view denom) {
    Bytes key;
    key.reserve(1 + address.size() + denom.size());
    key.push_back(static_cast<u8>(address.size()));
    key.insert(key.end(), address.begin(), address.end());
    key.insert(key.end(), denom.begin(), denom.end());
    return key;
}

std::array<u8, 8> code_key(u64 code_id) {
    return std::bit_cast<std::array<u8, 8>>(__builtin_bswap64(code_id));
}

Bytes from_hex(const std::string& text) {
    Bytes bytes;
    for (usize i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(static_cast<u8>(std::stoul(text.substr(i, 2), nullptr, 16)));
    return bytes;
}

std::string write(const ContractEntry& entry) {
    return json{{"admin", to_hex(entry.admin)},
                {"code_id", entry.code_id},
                {"creator", to_hex(entry.creator)},
                {"label", entry.label}}
        .dump();
}

Done<ContractEntry> read_contract(bytes_view bytes) {
    const json entry = json::parse(as_text(bytes), nullptr, false);
    if (!entry.is_object()) return damaged();
    return ContractEntry{entry.value("code_id", u64{0}), from_hex(entry.value("creator", "")),
                         from_hex(entry.value("admin", "")), entry.value("label", "")};
}

Done<Namespace> open(storage::Overlay& overlay, std::string_view space) {
    return must(Namespace::open(overlay, as_bytes(space)));
}

/// All pairs of a range, in order.
Done<std::vector<KeyValue>> collect(Namespace& space, const storage::Range& range) {
    TRY(const auto iterator, must(space.iterate(range)));
    std::vector<KeyValue> pairs;
    for (;;) {
        TRY(std::optional<KeyValue> pair, must(iterator->next()));
        if (!pair) return pairs;
        pairs.push_back(std::move(*pair));
    }
}

} // namespace

// --- entries
// ----------------------------------------------------------------------------------------

Done<std::optional<Bytes>> State::get(std::string_view space, bytes_view key) {
    TRY(const Namespace names, open(overlay_, space));
    return must(names.get(key));
}

Done<> State::put(std::string_view space, bytes_view key, std::string_view value) {
    TRY(Namespace names, open(overlay_, space));
    return must(names.put(key, as_bytes(value)));
}

Done<Amount> State::amount(std::string_view space, bytes_view key) {
    TRY(const std::optional<Bytes> bytes, get(space, key));
    if (!bytes) return Amount{0};
    const std::optional<Amount> amount = parse_amount(as_text(*bytes));
    if (!amount) return damaged();
    return *amount;
}

Done<> State::set_amount(std::string_view space, bytes_view key, Amount amount) {
    if (amount != 0) return put(space, key, to_string(amount));
    TRY(Namespace names, open(overlay_, space));
    return must(names.remove(key));
}

// --- bank
// -------------------------------------------------------------------------------------------

Done<Amount> State::balance(bytes_view address, std::string_view denom) {
    return amount(balance_space, balance_key(address, denom));
}

Done<> State::set_balance(bytes_view address, std::string_view denom, Amount amount) {
    return set_amount(balance_space, balance_key(address, denom), amount);
}

Done<std::vector<Coin>> State::balances(bytes_view address) {
    TRY(Namespace names, open(overlay_, balance_space));
    const Bytes prefix = balance_key(address, "");
    const Bytes end = balance_key(address, "\xff"); // denoms are ASCII and lie in front of it
    TRY(const std::vector<KeyValue> pairs,
        collect(names, {bytes_view(prefix), bytes_view(end), storage::Order::ascending}));
    std::vector<Coin> coins;
    for (const auto& [key, value] : pairs) {
        const std::optional<Amount> amount = parse_amount(as_text(value));
        if (!amount) return damaged();
        coins.push_back({std::string(as_text(key).substr(prefix.size())), *amount});
    }
    return coins;
}

Done<Amount> State::supply(std::string_view denom) { return amount(supply_space, as_bytes(denom)); }

Done<> State::set_supply(std::string_view denom, Amount amount) {
    return set_amount(supply_space, as_bytes(denom), amount);
}

// --- wasm
// -------------------------------------------------------------------------------------------

Done<u64> State::next(std::string_view sequence) {
    TRY(const Amount last, amount(sequence_space, as_bytes(sequence)));
    TRY(set_amount(sequence_space, as_bytes(sequence), last + 1));
    return static_cast<u64>(last + 1);
}

Done<std::optional<CodeEntry>> State::code(u64 code_id) {
    TRY(const std::optional<Bytes> bytes, get(code_space, code_key(code_id)));
    if (!bytes) return std::optional<CodeEntry>();
    const json entry = json::parse(as_text(*bytes), nullptr, false);
    if (!entry.is_object()) return damaged();
    const std::optional<Digest> checksum = parse_hex(entry.value("checksum", ""));
    if (!checksum) return damaged();
    return std::optional<CodeEntry>({from_hex(entry.value("creator", "")), *checksum});
}

Done<> State::set_code(u64 code_id, const CodeEntry& entry) {
    const json text{{"checksum", to_hex(entry.checksum)}, {"creator", to_hex(entry.creator)}};
    return put(code_space, code_key(code_id), text.dump());
}

Done<std::optional<ContractEntry>> State::contract(bytes_view address) {
    TRY(const std::optional<Bytes> bytes, get(contract_space, address));
    if (!bytes) return std::optional<ContractEntry>();
    TRY(ContractEntry entry, read_contract(*bytes));
    return std::optional<ContractEntry>(std::move(entry));
}

Done<> State::set_contract(bytes_view address, const ContractEntry& entry) {
    return put(contract_space, address, write(entry));
}

Done<std::vector<std::pair<Bytes, ContractEntry>>> State::contracts() {
    TRY(Namespace names, open(overlay_, contract_space));
    TRY(std::vector<KeyValue> pairs, collect(names, {}));
    std::vector<std::pair<Bytes, ContractEntry>> contracts;
    for (auto& [address, bytes] : pairs) {
        TRY(ContractEntry entry, read_contract(bytes));
        contracts.emplace_back(std::move(address), std::move(entry));
    }
    return contracts;
}

Done<storage::Namespace> State::storage_of(bytes_view address) {
    std::string name = "store/";
    name += as_text(address);
    return open(overlay_, name);
}

} // namespace lockstep::contract::simulation

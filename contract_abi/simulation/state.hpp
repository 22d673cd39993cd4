// SPDX-License-Identifier: Apache-2.0
// The chain's state as typed entries over the Overlay: balances, codes, contracts, counters and the
// contracts' storage, each in a namespace of its own. Private to the simulation.
//
//   bank/balance    u8(size of address) address denom -> decimal amount; never 0
//   bank/supply     denom -> decimal amount; never 0
//   wasm/sequence   "code", "instance" -> the last number given, decimal
//   wasm/code       be64(code id) -> JSON
//   wasm/contract   address -> JSON
//   store/ADDRESS   the storage of the contract with these address bytes
#pragma once

#include "contract_abi/simulation/outcome.hpp"
#include "storage/namespace.hpp"

namespace lockstep::contract::simulation {

/// A contract as the state keeps it; addresses in bytes.
struct ContractEntry {
    u64 code_id = 0;
    Bytes creator;
    Bytes admin; ///< empty: none
    std::string label;
};

struct CodeEntry {
    Bytes creator;
    Digest checksum{};
};

class State {
public:
    explicit State(storage::Overlay& overlay) noexcept : overlay_(overlay) {}

    [[nodiscard]] storage::Overlay& overlay() noexcept { return overlay_; }

    [[nodiscard]] Done<Amount> balance(bytes_view address, std::string_view denom);
    [[nodiscard]] Done<> set_balance(bytes_view address, std::string_view denom, Amount amount);
    /// In the order of denoms.
    [[nodiscard]] Done<std::vector<Coin>> balances(bytes_view address);
    [[nodiscard]] Done<Amount> supply(std::string_view denom);
    [[nodiscard]] Done<> set_supply(std::string_view denom, Amount amount);

    /// The next number of "code" or "instance", from 1.
    [[nodiscard]] Done<u64> next(std::string_view sequence);

    [[nodiscard]] Done<std::optional<CodeEntry>> code(u64 code_id);
    [[nodiscard]] Done<> set_code(u64 code_id, const CodeEntry& entry);
    [[nodiscard]] Done<std::optional<ContractEntry>> contract(bytes_view address);
    [[nodiscard]] Done<> set_contract(bytes_view address, const ContractEntry& entry);
    /// All contracts, in the order of addresses.
    [[nodiscard]] Done<std::vector<std::pair<Bytes, ContractEntry>>> contracts();

    /// The storage of one contract.
    [[nodiscard]] Done<storage::Namespace> storage_of(bytes_view address);

private:
    [[nodiscard]] Done<std::optional<Bytes>> get(std::string_view space, bytes_view key);
    [[nodiscard]] Done<> put(std::string_view space, bytes_view key, std::string_view value);
    [[nodiscard]] Done<Amount> amount(std::string_view space, bytes_view key);
    [[nodiscard]] Done<> set_amount(std::string_view space, bytes_view key, Amount amount);

    storage::Overlay& overlay_;
};

} // namespace lockstep::contract::simulation

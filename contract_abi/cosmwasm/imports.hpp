// SPDX-License-Identifier: Apache-2.0
// The table of imports: what a contract may import from `env`, since which release, and what each
// does. Private to the contract ABI.
#pragma once

#include "contract_abi/cosmwasm/host.hpp"

#include <array>

namespace lockstep::contract::cosmwasm {

struct ImportCall;

/// `signature` is parameters, '_', results; i is i32 and I is i64. `regions` are the greatest
/// lengths of the Regions that the arguments point to, 0 for an argument that is none. `price` is
/// what the import costs beyond the flat charge and its Regions, for n bytes or items; null:
/// nothing.
struct ImportRow {
    std::string_view name;
    std::string_view signature;
    u32 since; ///< release
    std::array<u32, 4> regions;
    std::optional<u64> (*price)(const HostCosts& costs, u64 n);
    Checked<> (*handler)(ImportCall& in); ///< entered with the flat charge paid
};

/// One call of an import.
struct ImportCall {
    Host& host;
    HostCall& call;
    const ImportRow& row;

    /// Reads the Region that argument `i` points to; pays for it.
    [[nodiscard]] Checked<bytes_view> read(u32 i) {
        return host.read_region(call.arg_i32(i), row.regions[i]);
    }
    [[nodiscard]] Checked<> pay(u64 n = 0) { return host.charge(row.price(host.costs(), n)); }
};

[[nodiscard]] std::span<const ImportRow> imports() noexcept;

/// The row's number, also that of crypto_unavailable's Error::index; nothing if the regime has no
/// such import.
[[nodiscard]] std::optional<u32> find_import_row(std::string_view name,
                                                 const Regime& regime) noexcept;

/// The host function to link, null if the regime has no such import. Shared by all Stores;
/// CallOptions::user must be the call's Host.
[[nodiscard]] const HostFunction* find_import(std::string_view name, const Regime& regime);

} // namespace lockstep::contract::cosmwasm

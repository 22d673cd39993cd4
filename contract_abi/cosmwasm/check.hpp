// SPDX-License-Identifier: Apache-2.0
// What CosmWasm checks when code is stored, and what can be told of code without running it.
#pragma once

#include "contract_abi/cosmwasm/regime.hpp"
#include "contract_abi/cosmwasm/vm_error.hpp"
#include "vm/module.hpp"

#include <string>
#include <vector>

namespace lockstep::contract::cosmwasm {

/// Every problem of rejected code, for people: those of the module, each with its place, then the
/// contract's.
struct CheckReport {
    Report module;
    std::vector<std::string> contract; ///< texts without the common prefix
};

inline constexpr std::string_view check_prefix = "Error during static Wasm validation: ";

/// The checks on a decoded module, in CosmWasm's order; function bodies are the compiler's. The
/// first problem is the error (kind static_validation); with a `report` all of them are collected.
[[nodiscard]] Checked<> check_module(const Module& module, const Regime& regime,
                                     const std::vector<std::string>& capabilities,
                                     CheckReport* report = nullptr);

/// The error that a module makes which cannot be decoded or validated.
[[nodiscard]] VmError invalid_module(Error error);

struct Analysis {
    bool has_ibc_entry_points = false;
    std::vector<std::string> entry_points;          ///< exported ones of the 18 known, sorted
    std::vector<std::string> required_capabilities; ///< sorted
    std::optional<u64> migrate_version;
};

/// Errors: static_validation if the section cw_migrate_version does not hold a number.
[[nodiscard]] Checked<Analysis> analyze(const Module& module);

/// wasmd's: iterator, staking, stargate, cosmwasm_1_1 ... 2_2, ibc2.
[[nodiscard]] std::vector<std::string> default_capabilities();

} // namespace lockstep::contract::cosmwasm

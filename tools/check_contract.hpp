// SPDX-License-Identifier: Apache-2.0
// What the contract ABI has against a module that the virtual machine could run.
#pragma once

#include "vm/module.hpp"

#include <string>
#include <vector>

namespace lockstep::tools {

/// All problems, each a text; the release is that of a profile cosmwasm-X.Y.Z, else the newest.
/// None in a build without CosmWasm.
#ifdef LOCKSTEP_VMTOOL_CHAIN
[[nodiscard]] std::vector<std::string> contract_problems(const Module& module,
                                                         const std::string& profile);
#else
[[nodiscard]] inline std::vector<std::string> contract_problems(const Module&, const std::string&) {
    return {};
}
#endif

} // namespace lockstep::tools

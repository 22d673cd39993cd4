// SPDX-License-Identifier: Apache-2.0
// The static checks of contract_abi, in a file of its own because a build without CosmWasm has
// none.
#include "tools/check_contract.hpp"

#include "contract_abi/cosmwasm/check.hpp"
#include "tools/input.hpp"

namespace lockstep::tools {

std::vector<std::string> contract_problems(const Module& module, const std::string& profile) {
    namespace cosmwasm = contract::cosmwasm;
    const std::string_view release = cosmwasm_release(profile);
    const cosmwasm::Regime regime =
        release.empty() ? cosmwasm::newest_regime()
                        : need(cosmwasm::find_regime(release), "the release is not known");
    cosmwasm::CheckReport report;
    const auto checked =
        cosmwasm::check_module(module, regime, cosmwasm::default_capabilities(), &report);
    if (!checked && report.contract.empty()) return {checked.error().text};
    return report.contract;
}

} // namespace lockstep::tools

// SPDX-License-Identifier: Apache-2.0
// The fixed parts of cosmwasm-vm's error texts.
#include "contract_abi/cosmwasm/vm_error.hpp"

namespace lockstep::contract::cosmwasm {

std::string_view name_of(VmErrorKind kind) noexcept {
    switch (kind) {
    case VmErrorKind::fault: return "fault";
    case VmErrorKind::aborted: return "aborted";
    case VmErrorKind::backend: return "backend";
    case VmErrorKind::communication: return "communication";
    case VmErrorKind::compile: return "compile";
    case VmErrorKind::conversion: return "conversion";
    case VmErrorKind::gas_depletion: return "gas_depletion";
    case VmErrorKind::generic: return "generic";
    case VmErrorKind::instantiation: return "instantiation";
    case VmErrorKind::resolve: return "resolve";
    case VmErrorKind::result_mismatch: return "result_mismatch";
    case VmErrorKind::runtime: return "runtime";
    case VmErrorKind::static_validation: return "static_validation";
    case VmErrorKind::write_access_denied: return "write_access_denied";
    case VmErrorKind::max_call_depth_exceeded: return "max_call_depth_exceeded";
    case VmErrorKind::function_arity_mismatch: return "function_arity_mismatch";
    }
    return "unknown";
}

VmError gas_depletion() {
    return {VmErrorKind::gas_depletion, "Ran out of gas during contract execution"};
}

VmError communication_error(std::string_view what) {
    return {VmErrorKind::communication, "Error in guest/host communication: " + std::string(what)};
}

VmError runtime_error(std::string_view message) {
    return {VmErrorKind::runtime,
            "Error executing Wasm: Wasmer runtime error: RuntimeError: " + std::string(message)};
}

} // namespace lockstep::contract::cosmwasm

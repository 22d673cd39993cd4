// SPDX-License-Identifier: Apache-2.0
// How a contract call fails: a kind, and the text that cosmwasm-vm has for it, which users and
// tests know. A Fault travels the same way but is no result of the call.
#pragma once

#include "contract_abi/checked.hpp"

#include <string>
#include <string_view>

namespace lockstep::contract::cosmwasm {

/// The variants of cosmwasm-vm's VmError that a call or a check can end with.
enum class VmErrorKind : u8 {
    fault, ///< not an outcome: `VmError::fault` says what is ill
    aborted,
    backend,
    communication,
    compile,
    conversion,
    gas_depletion,
    generic,
    instantiation,
    resolve,
    result_mismatch,
    runtime,
    static_validation,
    write_access_denied,
    max_call_depth_exceeded,
    function_arity_mismatch,
};

[[nodiscard]] std::string_view name_of(VmErrorKind kind) noexcept;

struct VmError {
    VmErrorKind kind = VmErrorKind::generic;
    std::string text; ///< whole, with cosmwasm-vm's prefix for the kind
    Error fault{Errc::internal_bug};
    bool too_long = false; ///< communication: a region's length was over the limit
    u32 length = 0;        ///< then: its length

    VmError() = default;
    VmError(VmErrorKind k, std::string t) : kind(k), text(std::move(t)) {}
    explicit VmError(Error error)
        : kind(VmErrorKind::fault), text(text_of(error.code)), fault(error) {}
};

[[nodiscard]] VmError gas_depletion();
[[nodiscard]] VmError communication_error(std::string_view what);
/// `RuntimeErr` as wasmer words it: what a trap or a failed host function makes of the outer call.
[[nodiscard]] VmError runtime_error(std::string_view message);

/// A value or a VmError; goes with TRY.
template <class T = std::monostate>
using Checked = contract::Checked<T, VmError>;

} // namespace lockstep::contract::cosmwasm

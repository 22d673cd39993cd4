// SPDX-License-Identifier: Apache-2.0
// The three kinds of bad news. An Error says that the input is bad (deterministic); a Trap says
// that the guest ended itself (a value inside an Outcome); a Fault is an Error of kind `fault`: our
// own machine is ill, and it must never become a transaction's result.
#pragma once

#include "vm/bytes.hpp"

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>

#include <string_view>

namespace lockstep {

/// Stable numbers of errors.def.
enum class Errc : u32 {
#define ERROR(number, name, kind, text) name = number,
#include "vm/errors.def"
};

enum class ErrorKind : u8 { malformed, invalid, feature, limit, link, usage, fault };

/// What went wrong, without allocation. `offset` is a byte offset in the module, `index` the
/// function (or other entity) concerned; both are `no_index` where they mean nothing.
struct Error {
    static constexpr u32 no_index = 0xffff'ffff;
    Errc code;
    u32 offset = no_index;
    u32 index = no_index;
    friend bool operator==(const Error&, const Error&) = default;
};

/// Codes of errors.def; `none` is no trap.
enum class Trap : u8 {
    none = 0,
#define TRAP(number, name, text) name = number,
#include "vm/errors.def"
};

[[nodiscard]] std::string_view name_of(Errc code) noexcept;
[[nodiscard]] std::string_view text_of(Errc code) noexcept;
[[nodiscard]] ErrorKind kind_of(Errc code) noexcept;
[[nodiscard]] std::string_view name_of(Trap trap) noexcept;
[[nodiscard]] std::string_view text_of(Trap trap) noexcept;
[[nodiscard]] inline bool is_fault(const Error& error) noexcept {
    return kind_of(error.code) == ErrorKind::fault;
}

/// A value or an Error. Reading the absent side ends the process: it is a bug of the caller.
template <class T = void>
using result =
    BOOST_OUTCOME_V2_NAMESPACE::basic_result<T, Error,
                                             BOOST_OUTCOME_V2_NAMESPACE::policy::terminate>;

using BOOST_OUTCOME_V2_NAMESPACE::success;

} // namespace lockstep

/// TRY(auto x, expression) or TRY(expression): hands an Error to the caller. (Boost 1.74's
/// BOOST_OUTCOME_TRY cannot take a declaration.)
#define TRY(first, ...) TRY_FORM_##__VA_OPT__(2)(__COUNTER__, first __VA_OPT__(, ) __VA_ARGS__)
#define TRY_FORM_(counter, ...) TRY_CHECK_(counter, __VA_ARGS__)
#define TRY_FORM_2(counter, declaration, ...)                                                      \
    TRY_CHECK_(counter, __VA_ARGS__);                                                              \
    declaration = static_cast<decltype(TRY_NAME_(counter))&&>(TRY_NAME_(counter)).assume_value()
#define TRY_CHECK_(counter, ...)                                                                   \
    auto&& TRY_NAME_(counter) = (__VA_ARGS__);                                                     \
    if (!TRY_NAME_(counter).has_value()) [[unlikely]]                                              \
    return static_cast<decltype(TRY_NAME_(counter))&&>(TRY_NAME_(counter)).as_failure()
#define TRY_NAME_(counter) TRY_PASTE_(try_result_, counter)
#define TRY_PASTE_(a, b) a##b

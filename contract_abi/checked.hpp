// SPDX-License-Identifier: Apache-2.0
// A value or an error that needs more than lockstep::Error's twelve bytes: texts that users see.
// Goes with TRY.
#pragma once

#include "vm/result.hpp"

#include <utility>
#include <variant>

namespace lockstep::contract {

template <class T, class E>
class [[nodiscard]] Checked {
public:
    Checked(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Checked(E error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    [[nodiscard]] T& value() noexcept { return *std::get_if<0>(&state_); }
    [[nodiscard]] const T& value() const noexcept { return *std::get_if<0>(&state_); }
    [[nodiscard]] E& error() noexcept { return *std::get_if<1>(&state_); }
    [[nodiscard]] const E& error() const noexcept { return *std::get_if<1>(&state_); }

    // What TRY calls.
    [[nodiscard]] T&& assume_value() && noexcept { return std::move(value()); }
    [[nodiscard]] T& assume_value() & noexcept { return value(); }
    [[nodiscard]] E as_failure() && { return std::move(error()); }

private:
    std::variant<T, E> state_;
};

/// The value of a Checked<> that succeeded.
inline constexpr std::monostate done{};

} // namespace lockstep::contract

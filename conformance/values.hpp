// SPDX-License-Identifier: Apache-2.0
// Values as text, and the patterns that spec scripts expect of results.
#pragma once

#include "vm/types.hpp"

#include <string>
#include <string_view>

namespace lockstep::conformance {

inline constexpr u32 canonical_nan32 = 0x7fc0'0000;
inline constexpr u64 canonical_nan64 = 0x7ff8'0000'0000'0000;

[[nodiscard]] bool is_nan(ValType type, Value value) noexcept;

/// `i32:5`; floats as `f32:0x7fc00000`, references as `null` or `ref`.
[[nodiscard]] std::string to_text(ValType type, Value value);

/// `i32:5` as in gas/README.md: decimal bits, `f32:nan` for every NaN, `null` or `ref`.
[[nodiscard]] std::string to_oracle_text(ValType type, Value value);

} // namespace lockstep::conformance

// SPDX-License-Identifier: Apache-2.0
// The values of spec scripts: arguments, and what is expected of results. A host reference n of a
// script is the Value n + 1, since 0 is null.
#pragma once

#include "conformance/harness.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace lockstep::conformance {

using Json = nlohmann::json;

/// What a command found to be wrong; caught by the loop over commands.
struct Mismatch : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[nodiscard]] std::string text_at(const Json& object, const char* key);

/// {"type": "i32", "value": "5"} as a value. Throws Mismatch if we have no such value.
[[nodiscard]] Value argument_of(const Json& value);

/// Whether `results` are what the list of values and NaN patterns expects, every bit of them. With
/// `strict_nan` every pattern means the positive canonical NaN.
[[nodiscard]] bool all_match(const Json& expected, const TypedValues& results, bool strict_nan);
[[nodiscard]] std::string to_text(const Json& expected);

} // namespace lockstep::conformance

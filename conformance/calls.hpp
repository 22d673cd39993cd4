// SPDX-License-Identifier: Apache-2.0
// What a module without a script is asked to do: some of its exported functions with made-up
// arguments, the same on every machine.
#pragma once

#include "conformance/harness.hpp"

namespace lockstep::conformance {

/// SplitMix64.
class Random {
public:
    explicit Random(u64 seed) noexcept : state_(seed) {}
    /// Other numbers for each text.
    Random(u64 seed, std::string_view text) noexcept;
    u64 next() noexcept;
    /// 0 if `bound` is 0.
    u64 below(u64 bound) noexcept { return bound == 0 ? 0 : next() % bound; }

private:
    u64 state_;
};

/// Calls of at most `most` exported functions, spread over all. Arguments are mostly small and
/// depend on the seed and the function's name alone; references are null.
[[nodiscard]] std::vector<Call> choose_calls(const Module& module, u64 seed, u64 most);

} // namespace lockstep::conformance

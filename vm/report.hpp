// SPDX-License-Identifier: Apache-2.0
// The validation report for people: up to 100 problems of a rejected module, each with what it
// means and what to do. Consensus sees only the first problem in byte order (the Error); a Report
// never changes a decision.
#pragma once

#include "vm/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct Problem {
    Error error;        ///< offset in the module, function index where there is one
    std::string detail; ///< names and numbers of this case, may be empty
};

struct Report {
    static constexpr usize max_problems = 100;
    std::vector<Problem> problems;
    u32 not_listed = 0; ///< further problems beyond max_problems

    void add(Error error, std::string detail = {}) {
        if (problems.size() < max_problems)
            problems.push_back({error, std::move(detail)});
        else
            ++not_listed;
    }
};

/// What usually makes this problem (a compiler, a flag) and what to do about it; empty where
/// nothing is known.
struct Advice {
    std::string_view cause;
    std::string_view remedy;
};
[[nodiscard]] Advice advice_for(Errc code) noexcept;

} // namespace lockstep

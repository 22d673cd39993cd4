// SPDX-License-Identifier: Apache-2.0
// The second definition of gas, conformance/gas/oracle.mjs on V8: jobs as lines of JSON, run in one
// process, and their reports held against ours. gas/README.md describes both.
#pragma once

#include "conformance/harness.hpp"

#include <filesystem>

namespace lockstep::conformance {

/// A job as a line of JSON.
[[nodiscard]] std::string make_job(const std::filesystem::path& file, std::string_view schedule,
                                   u64 limit, const std::vector<Call>& calls);

enum class Verdict : u8 { equal, different, incomparable };

struct Comparison {
    Verdict verdict = Verdict::equal;
    std::string why; ///< what differs, or why it cannot be compared
};

/// `report` is the oracle's line for the job that gave `ours`. Outcome, trap code, results (every
/// NaN alike), gas, and the trace of host calls with their gas must be the same. Nothing is
/// comparable from V8's own stack overflow on.
[[nodiscard]] Comparison compare_reports(const CaseReport& ours, std::string_view report);

class Oracle {
public:
    /// Node.js is $NODE, or `node`. `scratch` is a folder for the list of jobs.
    Oracle(std::filesystem::path script, std::filesystem::path scratch)
        : script_(std::move(script)), scratch_(std::move(scratch)) {}

    /// One report a job, in order. Throws if the oracle does not end well.
    [[nodiscard]] std::vector<std::string> run(const std::vector<std::string>& jobs) const;

private:
    std::filesystem::path script_;
    std::filesystem::path scratch_;
};

} // namespace lockstep::conformance

// SPDX-License-Identifier: Apache-2.0
// The jobs of `conformance gas`: each runs on our VM in every mode and on the second definition of
// gas, and all that can be seen is compared.
#pragma once

#include "conformance/commands.hpp"
#include "conformance/oracle.hpp"

#include <future>
#include <map>

namespace lockstep::conformance {

struct GasOptions {
    u64 seed = 1;
    u64 calls = 6;           ///< exported functions called, per module
    u64 points = 3;          ///< limits between nothing and the whole, beside the fixed ones
    u64 operators = 100'000; ///< a call may spend so many additions
};

/// Collects jobs, runs our side at once and the oracle's in batches beside it.
class GasRun {
public:
    GasRun(Oracle oracle, const std::vector<metering::Schedule>& schedules, GasOptions options);

    /// Runs all jobs of a module on our side; the oracle's follow in batches, beside our next one.
    void add(const std::filesystem::path& file, const std::string& shown);
    /// Until the oracle has done all that was added.
    void wait() {
        flush();
        collect();
    }
    /// From now on a rejected module is a failure.
    void require_valid() {
        wait();
        must_be_valid_ = true;
    }
    Tally finish();

private:
    struct Source {
        std::filesystem::path file;
        std::string shown;
        std::string wasm;
    };
    struct Job {
        std::string shown;
        CaseReport ours;
        bool refused = false; ///< our profile does not take the module
    };

    void flush();
    void collect();
    void add_under(const Source& source, usize index);
    void add_limits(const Source& source, const metering::Schedule& schedule,
                    const Program& program, const Call& call, u64 most);
    void add_job(const Source& source, const metering::Schedule& schedule, const Program& program,
                 const std::vector<Call>& calls, u64 limit);
    void compare(const Job& job, const std::string& report);
    void fail(const std::string& shown, const std::string& what);
    void skip(const std::string& why) { ++skipped_[why]; }

    Oracle oracle_;
    const std::vector<metering::Schedule>& schedules_;
    std::vector<bool> repeated_; ///< it has the numbers of one before it: no more limits are tried
    GasOptions options_;
    Profile profile_ = core_profile();
    std::vector<std::string> lines_;
    std::vector<Job> jobs_;
    std::vector<Job> running_; ///< the oracle is at work on these
    std::future<std::vector<std::string>> reports_;
    bool must_be_valid_ = false;
    Tally tally_;
    std::map<std::string, u64> skipped_;
    std::map<std::string, u64> outcomes_;
    u64 host_calls_ = 0;
};

} // namespace lockstep::conformance

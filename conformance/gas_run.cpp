// SPDX-License-Identifier: Apache-2.0
#include "conformance/gas_run.hpp"

#include "conformance/calls.hpp"
#include "conformance/files.hpp"

#include <algorithm>
#include <cstdio>
#include <set>
#include <utility>

namespace lockstep::conformance {

GasRun::GasRun(Oracle oracle, const std::vector<metering::Schedule>& schedules, GasOptions options)
    : oracle_(std::move(oracle)), schedules_(schedules), options_(options) {
    std::set<Digest> seen;
    for (const metering::Schedule& schedule : schedules)
        repeated_.push_back(!seen.insert(digest(schedule)).second);
}

void GasRun::fail(const std::string& shown, const std::string& what) {
    constexpr u64 listed = 100;
    if (tally_.failed++ < listed) std::printf("FAIL %s: %s\n", shown.c_str(), what.c_str());
}

void GasRun::add(const std::filesystem::path& file, const std::string& shown) {
    constexpr usize batch = 16'000;
    const Source source{file, shown, read_file(file)};
    for (usize index = 0; index < schedules_.size(); ++index) {
        add_under(source, index);
        if (lines_.size() >= batch) flush();
    }
}

void GasRun::add_under(const Source& source, usize index) {
    const metering::Schedule& schedule = schedules_[index];
    const auto compiled = Program::compile(as_bytes(source.wasm), profile_, schedule);
    if (compiled.has_error()) {
        if (index != 0) return; // schedules do not decide about modules
        lines_.push_back(make_job(source.file, schedule.name, 0, {}));
        jobs_.push_back({source.shown, CaseReport{.error = compiled.error()}, true});
        return;
    }
    const Program& program = compiled.value();
    const auto calls = choose_calls(program.module(), options_.seed, options_.calls);
    const u64 addition = std::max(1u, schedule.weights[static_cast<usize>(Op::i32_add)]);
    const u64 most = options_.operators * addition;
    add_job(source, schedule, program, calls, most);
    if (repeated_[index]) return;
    for (const Call& call : calls)
        add_limits(source, schedule, program, call, most);
}

/// The call alone, under limits from nothing to what it uses.
void GasRun::add_limits(const Source& source, const metering::Schedule& schedule,
                        const Program& program, const Call& call, u64 most) {
    const CaseReport alone = program.run({call}, most, modes()[0]);
    if (alone.error || alone.calls[0].skipped) return;
    const u64 used = alone.calls[0].gas_used;
    std::set<u64> limits{0, 1, used / 2, used - std::min<u64>(used, 1), used};
    Random random(options_.seed, source.shown + call.function);
    for (u64 point = 0; point < options_.points; ++point)
        limits.insert(random.below(used));
    for (const u64 limit : limits)
        add_job(source, schedule, program, {call}, limit);
}

void GasRun::add_job(const Source& source, const metering::Schedule& schedule,
                     const Program& program, const std::vector<Call>& calls, u64 limit) {
    lines_.push_back(make_job(source.file, schedule.name, limit, calls));
    const std::string name = source.shown + " under " + schedule.name + ", limit " +
                             std::to_string(limit) +
                             (calls.size() == 1 ? ", " + calls[0].function : "");
    std::vector<std::string> differences;
    jobs_.push_back({name, program.run_everywhere(calls, limit, differences)});
    for (const std::string& difference : differences)
        fail(name, difference);
}

void GasRun::compare(const Job& job, const std::string& report) {
    const Comparison found = compare_reports(job.ours, report);
    if (job.refused) {
        const std::string reason(text_of(job.ours.error->code));
        const ErrorKind kind = kind_of(job.ours.error->code);
        if (must_be_valid_) return fail(job.shown, "the generator made it, but: " + reason);
        if (found.verdict == Verdict::equal) return skip("both sides reject: " + reason);
        if (kind == ErrorKind::feature || kind == ErrorKind::limit)
            return skip("only ours rejects: " + reason);
    }
    if (found.verdict == Verdict::different) return fail(job.shown, found.why);
    if (found.verdict == Verdict::incomparable)
        return skip("stack overflow, V8's depth is its own");
    ++tally_.passed;
    for (const CallReport& call : job.ours.calls) {
        if (!call.skipped)
            ++outcomes_[std::string(call.trap == Trap::none ? "ok" : name_of(call.trap))];
        host_calls_ += call.host.size();
    }
}

void GasRun::flush() {
    collect();
    if (lines_.empty()) return;
    running_ = std::exchange(jobs_, {});
    reports_ = std::async(std::launch::async,
                          [this, lines = std::exchange(lines_, {})] { return oracle_.run(lines); });
}

void GasRun::collect() {
    if (!reports_.valid()) return;
    const std::vector<std::string> reports = reports_.get();
    for (usize i = 0; i < running_.size(); ++i)
        compare(running_[i], reports[i]);
}

Tally GasRun::finish() {
    wait();
    for (const auto& [why, count] : skipped_) {
        std::printf("skipped: %llu jobs: %s\n", static_cast<unsigned long long>(count),
                    why.c_str());
        tally_.skipped += count;
    }
    std::printf("calls compared:");
    for (const auto& [outcome, count] : outcomes_)
        std::printf(" %s %llu,", outcome.c_str(), static_cast<unsigned long long>(count));
    std::printf(" host calls %llu\n", static_cast<unsigned long long>(host_calls_));
    return tally_;
}

} // namespace lockstep::conformance

// SPDX-License-Identifier: Apache-2.0
// Compiles one module once, for tools/proof/hostile, which counts its instructions under
// cachegrind:
//     compile_once read|compile|measure|time PROFILE SCHEDULE TIER FILE
// `read` stops before compiling: the process's own cost. `measure` prints one line:
//     VERDICT bytes largest_body steps units peak native_bytes
// `time` compiles five times, from bytes to what can run, and prints the least CPU time in ns.
// TIER is interp, singlepass, or a64: the single pass's code for arm64, on any machine.
#include "compiler/compile.hpp"
#include "compiler/singlepass/singlepass.hpp"
#include "metering/meter.hpp"
#include "tools/proof/counted_heap.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

namespace {

using namespace lockstep;

struct Sizes {
    u64 largest_body = 0;
    Lowering::Work work;
};

/// What was declared, by the steps of compiler::compile.
Sizes sizes_of(bytes_view wasm, const Profile& profile, const metering::Schedule& schedule) {
    Sizes sizes;
    const auto module = decode(wasm, profile);
    if (module.has_error()) return sizes;
    Lowering lowering(module.value(), profile, schedule.weights);
    ir::Draft draft;
    for (u32 i = 0; i < module.value().bodies.size(); ++i) {
        sizes.largest_body = std::max<u64>(sizes.largest_body, module.value().bodies[i].size);
        if (lowering.lower(i, draft).has_error()) break;
    }
    sizes.work = lowering.work();
    return sizes;
}

u64 cpu_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<u64>(now.tv_sec) * 1'000'000'000 + static_cast<u64>(now.tv_nsec);
}

struct Job {
    compiler::Options options;
    bool a64 = false;
};

struct Made {
    std::string verdict = "accepted";
    usize native_bytes = 0;
};

Made make(bytes_view wasm, const Job& job) {
    const auto made = compiler::compile(wasm, job.options);
    if (made.has_error()) return {std::string(name_of(made.error().code))};
    const Executable& executable = *made.value();
    if (!job.a64) return {"accepted", executable.native != nullptr ? executable.native->size : 0};
    const auto code = compiler::generate(executable, job.options.traps, compiler::Target::a64);
    return {"accepted", code ? code.value().bytes.size() : 0};
}

/// The least of five, and one at least where each takes long.
u64 time_of(bytes_view wasm, const Job& job) {
    u64 best = std::numeric_limits<u64>::max();
    const u64 begin = cpu_ns();
    for (u32 i = 0; i < 5 && (i == 0 || cpu_ns() - begin < 5'000'000'000); ++i) {
        const u64 start = cpu_ns();
        (void)make(wasm, job);
        best = std::min(best, cpu_ns() - start);
    }
    return best;
}

int run(std::string_view mode, const Job& job, bytes_view wasm) {
    if (mode == "read") return 0;
    if (mode == "time") {
        std::printf("%llu\n", static_cast<unsigned long long>(time_of(wasm, job)));
        return 0;
    }
    Made made;
    {
        const proof::Counting counting;
        made = make(wasm, job);
    }
    if (mode == "compile") return 0;
    const Sizes sizes = sizes_of(wasm, job.options.profile, job.options.schedule);
    std::printf("%s %zu %llu %llu %llu %lld %zu\n", made.verdict.c_str(), wasm.size(),
                static_cast<unsigned long long>(sizes.largest_body),
                static_cast<unsigned long long>(sizes.work.steps),
                static_cast<unsigned long long>(sizes.work.units),
                static_cast<long long>(proof::counted_heap().peak), made.native_bytes);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<usize>(argc));
    if (argc != 6) {
        std::fputs("usage: compile_once read|compile|measure|time PROFILE SCHEDULE TIER FILE\n",
                   stderr);
        return 2;
    }
    const auto profile = find_profile(arguments[2]);
    const auto schedule = metering::find_schedule(arguments[3]);
    const bool a64 = std::string_view(arguments[4]) == "a64";
    const auto tier = compiler::find_tier(a64 ? "interp" : arguments[4]);
    std::ifstream file(arguments[5], std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "%s cannot be read\n", arguments[5]);
        return 4;
    }
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    if (!file || profile.has_error() || schedule.has_error() || tier.has_error()) {
        std::fputs("compile_once: no such profile, schedule, tier or file\n", stderr);
        return 2;
    }
    const compiler::Options options{
        .profile = profile.value(), .schedule = schedule.value(), .tier = tier.value()};
    return run(arguments[1], {options, a64}, as_bytes(bytes));
}

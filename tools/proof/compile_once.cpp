// SPDX-License-Identifier: Apache-2.0
// Compiles one module once, for tools/proof/hostile, which counts its instructions under
// cachegrind:
//     compile_once read|compile|measure|time PROFILE SCHEDULE TIER FILE
// `read` stops before compiling: the process's own cost. `measure` prints one line:
//     VERDICT bytes largest_body steps units peak native_bytes
// `time` compiles five times, from bytes to what can run, and prints the least CPU time in ns.
#include "compiler/compile.hpp"
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

/// The least of five, and one at least where each takes long.
u64 time_of(bytes_view wasm, const compiler::Options& options) {
    u64 best = std::numeric_limits<u64>::max();
    const u64 begin = cpu_ns();
    for (u32 i = 0; i < 5 && (i == 0 || cpu_ns() - begin < 5'000'000'000); ++i) {
        const u64 start = cpu_ns();
        const auto made = compiler::compile(wasm, options);
        best = std::min(best, cpu_ns() - start);
    }
    return best;
}

int run(std::string_view mode, const compiler::Options& options, bytes_view wasm) {
    if (mode == "read") return 0;
    if (mode == "time") {
        std::printf("%llu\n", static_cast<unsigned long long>(time_of(wasm, options)));
        return 0;
    }
    std::string verdict = "accepted";
    usize native_bytes = 0;
    {
        const proof::Counting counting;
        const auto made = compiler::compile(wasm, options);
        if (made.has_error()) verdict = name_of(made.error().code);
        if (made && made.value()->native != nullptr) native_bytes = made.value()->native->size;
    }
    if (mode == "compile") return 0;
    const Sizes sizes = sizes_of(wasm, options.profile, options.schedule);
    std::printf("%s %zu %llu %llu %llu %lld %zu\n", verdict.c_str(), wasm.size(),
                static_cast<unsigned long long>(sizes.largest_body),
                static_cast<unsigned long long>(sizes.work.steps),
                static_cast<unsigned long long>(sizes.work.units),
                static_cast<long long>(proof::counted_heap().peak), native_bytes);
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
    const auto tier = compiler::find_tier(arguments[4]);
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
    return run(arguments[1],
               {.profile = profile.value(), .schedule = schedule.value(), .tier = tier.value()},
               as_bytes(bytes));
}

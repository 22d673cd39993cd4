// SPDX-License-Identifier: Apache-2.0
// Compiles one module once, for tools/proof/hostile, which counts its instructions under
// cachegrind:
//     compile_once read|compile|measure PROFILE SCHEDULE FILE
// `read` stops before compiling: the process's own cost. `measure` prints one line:
//     VERDICT bytes largest_body steps units peak
#include "compiler/compile.hpp"
#include "metering/meter.hpp"
#include "tools/proof/counted_heap.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
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

int run(std::string_view mode, const Profile& profile, const metering::Schedule& schedule,
        bytes_view wasm) {
    if (mode == "read") return 0;
    std::string verdict = "accepted";
    {
        const proof::Counting counting;
        const auto made = compiler::compile(wasm, {.profile = profile, .schedule = schedule});
        if (made.has_error()) verdict = name_of(made.error().code);
    }
    if (mode == "compile") return 0;
    const Sizes sizes = sizes_of(wasm, profile, schedule);
    std::printf("%s %zu %llu %llu %llu %lld\n", verdict.c_str(), wasm.size(),
                static_cast<unsigned long long>(sizes.largest_body),
                static_cast<unsigned long long>(sizes.work.steps),
                static_cast<unsigned long long>(sizes.work.units),
                static_cast<long long>(proof::counted_heap().peak));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<usize>(argc));
    if (argc != 5) {
        std::fputs("usage: compile_once read|compile|measure PROFILE SCHEDULE FILE\n", stderr);
        return 2;
    }
    const auto profile = find_profile(arguments[2]);
    const auto schedule = metering::find_schedule(arguments[3]);
    std::ifstream file(arguments[4], std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "%s cannot be read\n", arguments[4]);
        return 4;
    }
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    if (!file || profile.has_error() || schedule.has_error()) {
        std::fputs("compile_once: no such profile, schedule or file\n", stderr);
        return 2;
    }
    return run(arguments[1], profile.value(), schedule.value(), as_bytes(bytes));
}

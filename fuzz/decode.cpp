// SPDX-License-Identifier: Apache-2.0
// From bytes to metered code: nothing crashes; the same bytes give the same code or the same Error,
// with and without a Report; the code is well-formed; steps and memory are linear in the bytes and
// the units they declare.
#include "compiler/compile.hpp"
#include "fuzz/check.hpp"
#include "fuzz/heap.hpp"
#include "fuzz/input.hpp"
#include "fuzz/ir_check.hpp"
#include "metering/meter.hpp"

#include <algorithm>
#include <array>

namespace lockstep::fuzz {
namespace {

constexpr std::array<std::string_view, 8> profile_names{
    "core",           "lockstep-1",     "core",           "cosmwasm-3.0.8",
    "cosmwasm-1.0.0", "cosmwasm-1.5.2", "cosmwasm-2.2.2", "cosmwasm-1.4.1-stored"};
constexpr std::array<std::string_view, 4> schedule_names{"lockstep-1", "cosmwasm-3.0.8", "free",
                                                         "cosmwasm-1.5.2"};

struct Rules {
    std::vector<Profile> profiles;
    std::vector<metering::Schedule> schedules;
};

const Rules& rules() {
    static const Rules all = [] {
        Rules made;
        for (const std::string_view name : profile_names)
            made.profiles.push_back(find_profile(name).value());
        for (const std::string_view name : schedule_names)
            made.schedules.push_back(metering::find_schedule(name).value());
        return made;
    }();
    return all;
}

struct Cost {
    Lowering::Work work;
    u64 peak = 0;
    u64 largest_body = 0;
    bool accepted = false;
};

/// compiler::compile's steps one by one, counted.
Cost measure(bytes_view wasm, const Profile& profile, const metering::Schedule& schedule) {
    Cost cost;
    const HeapPeak heap;
    {
        const auto module = decode(wasm, profile);
        if (module.has_value()) {
            Lowering lowering(module.value(), profile, schedule.weights);
            ir::Draft draft;
            ir::Code code;
            ir::AssembleScratch scratch;
            cost.accepted = true;
            for (u32 i = 0; i < module.value().bodies.size() && cost.accepted; ++i) {
                cost.largest_body = std::max<u64>(cost.largest_body, module.value().bodies[i].size);
                cost.accepted = lowering.lower(i, draft).has_value();
                if (!cost.accepted) break;
                metering::meter(draft, schedule);
                cost.accepted = ir::assemble(draft, code, scratch).has_value();
            }
            cost.work = lowering.work();
        }
    }
    cost.peak = heap.bytes();
    return cost;
}

/// The bounds. Most steps a byte: `if else end`, 14 records and events in 4 bytes; twice where
/// slots go beyond 16 bits, and three records for one there.
void check_cost(const Cost& cost, u64 bytes) {
    check(cost.work.steps <= 24 * bytes + 16 * cost.work.units + 64, "the steps are linear");
    constexpr u64 fixed = u64{2} << 20;
    check(cost.peak <= 16 * cost.largest_body + 12 * bytes + 32 * cost.work.units + fixed,
          "memory is linear");
}

void check_source_map(const Executable& executable, const compiler::Options& options, u32 index) {
    const auto map = compiler::source_map(executable, index, options);
    check(map.has_value(), "what was lowered can be lowered again");
    check(map.value().size() == executable.code.functions[index].size, "one offset a record");
    const Range body = executable.module.bodies[index];
    for (const u32 offset : map.value())
        check(offset >= body.offset && offset <= body.offset + body.size,
              "offsets lie in the body");
}

void run(const Input& input) {
    const Profile& profile = rules().profiles[input.choice % profile_names.size()];
    const metering::Schedule& schedule =
        rules().schedules[input.choice / 8 % schedule_names.size()];
    const compiler::Options options{.profile = profile, .schedule = schedule};
    const auto made = compiler::compile(input.module, options);
    if (made.has_error()) check(!is_fault(made.error()), "bad bytes are no fault");
    if (input.generated && profile.name == "core")
        check(made.has_value(), "what the generator makes is valid");

    Report report;
    compiler::Options reporting = options;
    reporting.report = &report;
    const auto again = compiler::compile(input.module, reporting);
    check(made.has_value() == again.has_value(), "a report changes no decision");
    if (made.has_error()) {
        check(made.error() == again.error(), "a report changes no error");
        check(!report.problems.empty(), "a report says what is wrong");
    } else {
        const ir::Code& one = made.value()->code;
        const ir::Code& two = again.value()->code;
        check(report.problems.empty(), "a good module has no problems");
        check(one.records.size() == two.records.size() &&
                  std::memcmp(one.records.data(), two.records.data(),
                              one.records.size() * sizeof(ir::Record)) == 0,
              "the code is the same each time");
        check_code(*made.value(), schedule.placement);
        if (const u32 count = one.functions.size(); count != 0) {
            const u32 index = input.choice % count;
            check_source_map(*made.value(), options, index);
            check(!ir::to_text(one, index).empty(), "code can be shown");
        }
    }

    const Cost cost = measure(input.module, profile, schedule);
    check(cost.accepted == made.has_value(), "compile() accepts what its steps accept");
    check_cost(cost, input.module.size());
}

} // namespace
} // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const lockstep::u8* data, lockstep::usize size) {
    lockstep::fuzz::run(lockstep::fuzz::read_input({data, size}));
    return 0;
}

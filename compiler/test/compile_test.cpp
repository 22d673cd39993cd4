// SPDX-License-Identifier: Apache-2.0
// The choke point: what goes in, what comes out, what is refused, and that nothing about it depends
// on chance.
#include "compiler/compile.hpp"

#include "vm/report.hpp"
#include "vm/test/run_wasm.hpp"

#include <chrono>
#include <thread>

using namespace lockstep;
using namespace lockstep::test;
using compiler::CompileStats;
using compiler::Tier;

namespace {

constexpr u8 no_result = 0x40;
const Bytes get0 = code(Op::local_get, 0);

const Profile& core() {
    static const Profile profile = core_profile();
    return profile;
}
const metering::Schedule& lockstep_1() {
    static const metering::Schedule schedule = metering::lockstep_1();
    return schedule;
}

std::shared_ptr<const Executable> compiled(const Bytes& wasm,
                                           const metering::Schedule& schedule = lockstep_1()) {
    auto executable = compiler::compile(wasm, {.profile = core(), .schedule = schedule});
    REQUIRE(executable.has_value());
    return executable.value();
}

/// `functions` functions that differ, calls and loops among them.
Bytes many_functions(u32 functions) {
    ModuleBuilder b;
    b.memory(1);
    for (u32 i = 0; i < functions; ++i)
        b.function({i32_}, {i32_}, Types(i % 5, i64_),
                   code(Op::loop, no_result, get0, Op::i32_const, sleb(i + 1), Op::i32_sub,
                        Op::local_tee, 0, Op::br_if, 0, Op::end, get0, Op::call, i / 2, get0,
                        Op::i32_load, 2, i, Op::i32_add));
    return b.build();
}

bool same_code(const ir::Code& a, const ir::Code& b) {
    return a.records.size() == b.records.size() && a.functions.size() == b.functions.size() &&
           std::memcmp(a.records.data(), b.records.data(), a.records.size() * sizeof(ir::Record)) ==
               0 &&
           std::memcmp(a.functions.data(), b.functions.data(),
                       a.functions.size() * sizeof(ir::Function)) == 0;
}

struct Ending {
    Trap trap;
    u64 gas_used;
    friend bool operator==(const Ending&, const Ending&) = default;
};
Ending run(const Bytes& wasm, const metering::Schedule& schedule, u32 argument,
           u64 limit = 1'000'000) {
    Store store;
    Instance& instance = *store.instantiate(compiled(wasm, schedule), {}, {}).value().instance;
    const Outcome outcome = call(instance, "f", {i32_value(argument)}, limit);
    return {outcome.trap, outcome.gas_used};
}

} // namespace

TEST_CASE("compile: tiers by name") {
    CHECK(compiler::name_of(Tier::interpreter) == "interp");
    CHECK(compiler::find_tier("interp").value() == Tier::interpreter);
    CHECK(compiler::find_tier("singlepass").value() == Tier::singlepass);
    for (const char* name : {"", "interpreter", "llvm"})
        CHECK(compiler::find_tier(name).error().code == Errc::bad_argument);
}

TEST_CASE("compile: limits of profile and schedule go along") {
    Profile profile = core_profile();
    profile.max_frames = 11;
    profile.max_slots = 222;
    profile.max_nesting = 3;
    profile.limits.memory_pages = 44;
    const Bytes wasm = many_functions(1);
    const auto executable =
        compiler::compile(wasm, {.profile = profile, .schedule = lockstep_1()}).value();
    CHECK(executable->max_frames == 11);
    CHECK(executable->max_slots == 222);
    CHECK(executable->max_nesting == 3);
    CHECK(executable->memory_pages == 44);
    CHECK(executable->gas_reported);
    CHECK_FALSE(compiled(wasm, metering::free_schedule())->gas_reported);
    CHECK(compiled(wasm)->code.functions.size() == 1);
    CHECK(compiled(ModuleBuilder{}.build())->code.functions.empty());
}

TEST_CASE("compile: code is metered by the schedule, and by nothing else") {
    const Bytes wasm = many_functions(3);
    for (const char* name : {"lockstep-1", "free", "cosmwasm-1.0.0", "cosmwasm-3.0.9"}) {
        const auto executable = compiled(wasm, metering::find_schedule(name).value());
        for (u32 i = 0; i < 3; ++i) {
            const std::string text = ir::to_text(executable->code, i);
            CHECK(text.find("\n  0: charge ") != text.npos);
            CHECK(text.find(" checked\n") != text.npos);
        }
    }
    const auto free = compiled(wasm, metering::free_uninterruptible());
    CHECK(ir::to_text(free->code, 0).find("charge") == std::string::npos);
}

TEST_CASE("compile: gas of the worked example") {
    // Decisions, number 1: 115 an operator, 1,610 an accounting one.
    ModuleBuilder b;
    b.memory(1);
    const Bytes arms =
        code(get0, Op::if_, i32_, get0, Op::i32_load, 2, 0, Op::else_, Op::unreachable, Op::end);
    b.export_function("f", b.function({i32_}, {i32_}, {}, arms));
    const metering::Schedule schedule = metering::cosmwasm("2.1.4").value();
    const Bytes wasm = b.build();
    CHECK(run(wasm, schedule, 4) == Ending{Trap::none, 5'175});
    CHECK(run(wasm, schedule, 0) == Ending{Trap::unreachable, 1'725});
    CHECK(run(wasm, schedule, 70'000) == Ending{Trap::memory_out_of_bounds, 1'725});
    CHECK(run(wasm, schedule, 4, 5'174) == Ending{Trap::out_of_gas, 5'174});
    CHECK(run(wasm, schedule, 70'000, 1'724) == Ending{Trap::out_of_gas, 1'724});
}

TEST_CASE("compile: the bytes may go when it is done") {
    auto wasm = std::make_unique<Bytes>(many_functions(20));
    const auto kept = compiled(*wasm);
    std::fill(wasm->begin(), wasm->end(), u8{0xff});
    wasm.reset();
    CHECK(same_code(kept->code, compiled(many_functions(20))->code));
    CHECK(kept->module.functions.size() == 20);
}

TEST_CASE("compile: many threads make the same code of the same bytes") {
    const Bytes wasm = many_functions(300);
    const auto expected = compiled(wasm);
    std::atomic<u32> same{0};
    std::vector<std::thread> threads;
    for (u32 i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (u32 k = 0; k < 5; ++k) {
                const auto made =
                    compiler::compile(wasm, {.profile = core(), .schedule = lockstep_1()});
                if (made.has_value() && same_code(made.value()->code, expected->code)) ++same;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(same == 20);
}

TEST_CASE("compile: what measuring says adds up") {
    const Bytes wasm = many_functions(200);
    CompileStats stats;
    const auto begin = std::chrono::steady_clock::now();
    const auto executable =
        compiler::compile(wasm, {.profile = core(), .schedule = lockstep_1(), .stats = &stats})
            .value();
    const auto passed = std::chrono::steady_clock::now() - begin;
    const u64 all = stats.decode_ns + stats.lower_ns + stats.meter_ns + stats.translate_ns;
    CHECK(stats.decode_ns != 0);
    CHECK(stats.lower_ns != 0);
    CHECK(stats.meter_ns != 0);
    CHECK((stats.translate_ns != 0) == (executable->native != nullptr));
    CHECK(all <=
          static_cast<u64>(std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count()));
    CHECK(stats.ir_bytes ==
          executable->code.records.size() * usize{8} + 200 * sizeof(ir::Function));
    CHECK(stats.native_bytes == (executable->native != nullptr ? executable->native->size : 0));
    CHECK(same_code(executable->code, compiled(wasm)->code)); // measuring changes nothing
    // Times of several modules sum up.
    REQUIRE(compiler::compile(wasm, {.profile = core(), .schedule = lockstep_1(), .stats = &stats})
                .has_value());
    CHECK(stats.decode_ns + stats.lower_ns + stats.meter_ns + stats.translate_ns > all);
}

TEST_CASE("compile: the first problem is the Error, a report has the first of each function") {
    Profile profile = core_profile();
    profile.features.set(Feature::floats, false);
    profile.features.set(Feature::sign_extension, false);
    ModuleBuilder b;
    b.import_function("m", "f", {}, {});
    b.function({}, {}, {}, {});                     // 1: sound
    b.function({}, {}, {}, code(Op::i32_const, 1)); // 2
    b.function({f32_}, {}, {},
               code(get0, Op::f32_neg, Op::f32_abs, Op::i64_eqz,
                    Op::drop)); // 3: two features, then a mismatch
    b.function({}, {}, {}, code(Op::local_get, 7, Op::call, 99)); // 4
    const Bytes wasm = b.build();
    const result<std::shared_ptr<const Executable>> plain =
        compiler::compile(wasm, {.profile = profile, .schedule = lockstep_1()});
    Report report;
    const auto reported =
        compiler::compile(wasm, {.profile = profile, .schedule = lockstep_1(), .report = &report});
    REQUIRE(plain.has_error());
    REQUIRE(reported.has_error());
    CHECK(plain.error() == reported.error());
    CHECK(plain.error().code == Errc::type_mismatch);
    CHECK(plain.error().index == 2);
    std::vector<std::pair<u32, Errc>> found;
    for (const Problem& problem : report.problems)
        found.emplace_back(problem.error.index, problem.error.code);
    const std::vector<std::pair<u32, Errc>> expected{{2, Errc::type_mismatch},
                                                     {3, Errc::floats_disabled},
                                                     {3, Errc::floats_disabled},
                                                     {3, Errc::type_mismatch},
                                                     {4, Errc::unknown_local}};
    CHECK(found == expected);
}

TEST_CASE("compile: a problem of a body comes before one of the data section behind it") {
    const auto first_problem = [](const Bytes& body, Report* report) {
        ModuleBuilder b;
        b.function({}, {}, {}, body);
        b.data(code(Op::i32_const, 0, Op::end), "no memory");
        return compiler::compile(b.build(),
                                 {.profile = core(), .schedule = lockstep_1(), .report = report})
            .error();
    };
    Report report;
    const Error of_body = first_problem(code(Op::i32_const, 1), &report);
    CHECK(of_body.code == Errc::type_mismatch);
    CHECK(report.problems.size() == 2);
    CHECK(first_problem(code(Op::i32_const, 1), nullptr) == of_body);
    CHECK(first_problem({}, nullptr).code == Errc::unknown_memory);
}

TEST_CASE("compile: problems before the code end it before bodies are looked at") {
    ModuleBuilder b;
    b.function({}, {}, {}, code(Op::i32_const, 1));
    b.export_function("f", 0);
    b.export_function("f", 0);
    Report report;
    const auto made = compiler::compile(
        b.build(), {.profile = core(), .schedule = lockstep_1(), .report = &report});
    CHECK(made.error().code == Errc::duplicate_export_name);
    CHECK(report.problems.size() == 1);
    const Bytes cut{0x00, 'a', 's'};
    CHECK(compiler::compile(cut, {.profile = core(), .schedule = lockstep_1()}).has_error());
}

TEST_CASE("compile: a report changes neither decision nor code, whatever byte is changed") {
    Profile profile = lockstep_1_profile();
    profile.features.set(Feature::floats, false);
    const Bytes wasm = many_functions(2);
    u32 accepted = 0;
    u32 refused = 0;
    for (usize at = 0; at < wasm.size(); ++at)
        for (u32 value = 0; value < 256; ++value) {
            Bytes changed = wasm;
            changed[at] = static_cast<u8>(value);
            Report report;
            const auto plain =
                compiler::compile(changed, {.profile = profile, .schedule = lockstep_1()});
            const auto reported = compiler::compile(
                changed, {.profile = profile, .schedule = lockstep_1(), .report = &report});
            REQUIRE(plain.has_value() == reported.has_value());
            REQUIRE(report.problems.empty() == plain.has_value());
            if (plain.has_value()) {
                ++accepted;
                REQUIRE(same_code(plain.value()->code, reported.value()->code));
            } else {
                ++refused;
                REQUIRE(plain.error() == reported.error());
            }
        }
    CHECK(accepted > wasm.size());
    CHECK(refused > wasm.size());
}

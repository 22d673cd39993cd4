// SPDX-License-Identifier: Apache-2.0
// The single-pass compiler beside the interpreter: where the two meet, and what only native code
// has (frames, fallback, landing of faults). Meanings are the conformance suites'.
#include "compiler/compile.hpp"
#include "compiler/singlepass/singlepass.hpp"
#include "vm/test/run_wasm.hpp"

using namespace lockstep;
using namespace lockstep::test;
using compiler::Tier;

namespace {

constexpr u8 no_result = 0x40;

std::shared_ptr<const Executable> made(const Bytes& wasm, Tier tier, TrapsMode traps) {
    const Profile profile = core_profile();
    const metering::Schedule schedule = metering::lockstep_1();
    auto executable = compiler::compile(
        wasm, {.profile = profile, .schedule = schedule, .tier = tier, .traps = traps});
    REQUIRE(executable.has_value());
    return executable.value();
}

struct Ending {
    Trap trap;
    u64 gas_used;
    std::vector<Value> values;
    u32 function;
    u32 record;
};

Ending run(const std::shared_ptr<const Executable>& executable, TrapsMode traps, u32 argument,
           u64 gas) {
    Store store(traps);
    Instance& instance = *store.instantiate(executable, {}, {}).value().instance;
    const Outcome out = call(instance, "f", {i32_value(argument)}, gas);
    return {out.trap, out.gas_used, out.values, out.trap_function, out.trap_record};
}

/// The export "f" ends alike on both tiers in both traps modes, the place of a trap included.
Ending run_everywhere(const Bytes& wasm, u32 argument, u64 gas = 10'000'000) {
    const auto judge = made(wasm, Tier::interpreter, TrapsMode::explicit_checks);
    const Ending expected = run(judge, TrapsMode::explicit_checks, argument, gas);
    for (const TrapsMode traps : {TrapsMode::explicit_checks, TrapsMode::signals}) {
        if (traps == TrapsMode::signals && !guard_faults_supported) continue;
        const auto native = made(wasm, Tier::singlepass, traps);
        const Ending found = run(native, traps, argument, gas);
        CHECK(found.trap == expected.trap);
        CHECK(found.gas_used == expected.gas_used);
        CHECK(found.values == expected.values);
        CHECK(found.function == expected.function);
        CHECK(found.record == expected.record);
    }
    return expected;
}

Bytes program(const Types& results, const Types& locals, const Bytes& body) {
    ModuleBuilder b;
    b.memory(1, 1);
    b.export_function("f", b.function({i32_}, results, locals, body));
    return b.build();
}

} // namespace

TEST_CASE("singlepass: every function has native code where the machine is supported") {
    const Bytes wasm = program({i32_}, {}, code(Op::local_get, 0));
    const auto executable = made(wasm, Tier::singlepass, TrapsMode::explicit_checks);
    REQUIRE((executable->native != nullptr) == compiler::host_target().has_value());
    if (executable->native == nullptr) return;
    CHECK(executable->native->interpreted == 0);
    CHECK(executable->native->entries.size() == 1);
    CHECK(made(wasm, Tier::interpreter, TrapsMode::explicit_checks)->native == nullptr);
}

TEST_CASE(
    "singlepass: a function with far slots is interpreted, counted, and called as any other") {
    Bytes high;
    for (u32 i = 0; i < 66'000; ++i)
        append(high, code(Op::local_get, 0, Op::i32_clz));
    for (u32 i = 1; i < 66'000; ++i)
        append(high, code(Op::i32_add));
    ModuleBuilder b;
    b.function({i32_}, {i32_}, {}, high);
    b.export_function("f", b.function({i32_}, {i32_}, {}, code(Op::local_get, 0, Op::call, 0)));
    const Bytes wasm = b.build();
    const auto executable = made(wasm, Tier::singlepass, TrapsMode::explicit_checks);
    if (executable->native != nullptr) CHECK(executable->native->interpreted == 1);
    CHECK(run_everywhere(wasm, 1).values[0].i32() == 66'000 * 31);
}

TEST_CASE("singlepass: frames are counted as the interpreter counts them") {
    ModuleBuilder b; // f(n) = n == 0 ? 0 : f(n - 1) + 1
    b.export_function("f",
                      b.function({i32_}, {i32_}, {},
                                 code(Op::local_get, 0, Op::i32_eqz, Op::if_, i32_, Op::i32_const,
                                      0, Op::else_, Op::local_get, 0, Op::i32_const, 1, Op::i32_sub,
                                      Op::call, 0, Op::i32_const, 1, Op::i32_add, Op::end)));
    const Bytes wasm = b.build();
    const u32 most = core_profile().max_frames - 1;
    for (const u32 depth : {0u, 1u, most - 1, most, most + 1}) {
        CAPTURE(depth);
        const Ending ending = run_everywhere(wasm, depth, ~u64{0});
        CHECK(ending.trap == (depth <= most ? Trap::none : Trap::stack_overflow));
    }
}

TEST_CASE("singlepass: a tail call with 1,000 arguments, counted down") {
    constexpr u32 params = 1000;
    ModuleBuilder b; // g(n, ...) = n == 0 ? last argument : g(n - 1, ..., last argument + 1)
    Bytes pass = code(Op::local_get, 0, Op::i32_const, 1, Op::i32_sub);
    for (u32 i = 1; i + 1 < params; ++i)
        append(pass, code(Op::local_get, i));
    append(pass, code(Op::local_get, params - 1, Op::i32_const, 1, Op::i32_add));
    const u32 g = b.function(Types(params, i32_), {i32_}, {},
                             code(Op::local_get, 0, Op::i32_eqz, Op::if_, no_result, Op::local_get,
                                  params - 1, Op::return_, Op::end, pass, Op::return_call, 0));
    Bytes start = code(Op::local_get, 0);
    for (u32 i = 1; i < params; ++i)
        append(start, code(Op::i32_const, sleb(i)));
    b.export_function("f", b.function({i32_}, {i32_}, {}, code(start, Op::call, g)));
    CHECK(run_everywhere(b.build(), 50).values[0].i32() == params - 1 + 50);
}

// near 8963: frames larger than a guard page passed over it; wasmtime 6431, 8301: their size was
// miscounted.
TEST_CASE("singlepass: frames of 49,000 locals are zero and end where the interpreter's do") {
    constexpr u32 locals = 49'000;
    ModuleBuilder b; // f(n) = last local + (n == 0 ? 0 : (last local := n, f(n - 1) + last local))
    b.export_function(
        "f", b.function({i32_}, {i32_}, Types(locals, i32_),
                        code(Op::local_get, locals, Op::local_get, 0, Op::if_, i32_, Op::local_get,
                             0, Op::local_set, locals, Op::local_get, 0, Op::i32_const, 1,
                             Op::i32_sub, Op::call, 0, Op::local_get, locals, Op::i32_add,
                             Op::else_, Op::i32_const, 0, Op::end, Op::i32_add)));
    const Bytes wasm = b.build();
    const u32 most = core_profile().max_slots / (4 + 1 + locals + 4) - 1;
    CHECK(run_everywhere(wasm, most).values[0].i32() == most * (most + 1) / 2);
    CHECK(run_everywhere(wasm, most + 1).trap == Trap::stack_overflow);
}

TEST_CASE("singlepass: places of traps") {
    const Bytes load = program({i32_}, {}, code(Op::local_get, 0, Op::i32_load, 2, 0));
    CHECK(run_everywhere(load, 65'532).trap == Trap::none);
    CHECK(run_everywhere(load, 65'533).trap == Trap::memory_out_of_bounds);
    const Bytes divide =
        program({i32_}, {}, code(Op::i32_const, 7, Op::local_get, 0, Op::i32_div_u));
    CHECK(run_everywhere(divide, 0).trap == Trap::integer_divide_by_zero);
    const Bytes forever = program({}, {}, code(Op::loop, no_result, Op::br, 0, Op::end));
    CHECK(run_everywhere(forever, 0, 1000).trap == Trap::out_of_gas);
}

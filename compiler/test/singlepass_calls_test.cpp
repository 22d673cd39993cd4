// SPDX-License-Identifier: Apache-2.0
// Native code among others: calls between instances, refills of the gas counter, code too long for
// short branches, and code for a machine that is not ours.
#include "compiler/compile.hpp"
#include "compiler/singlepass/singlepass.hpp"
#include "vm/test/run_wasm.hpp"

#include <algorithm>

using namespace lockstep;
using namespace lockstep::test;
using compiler::Target;
using compiler::Tier;

namespace {

constexpr u8 no_result = 0x40;

struct Mode {
    Tier tier;
    TrapsMode traps;
};
constexpr Mode judge{Tier::interpreter, TrapsMode::explicit_checks};
constexpr Mode native_modes[] = {{Tier::singlepass, TrapsMode::explicit_checks},
                                 {Tier::singlepass, TrapsMode::signals}};

std::shared_ptr<const Executable> made(const Bytes& wasm, Mode mode) {
    const Profile profile = core_profile();
    const metering::Schedule schedule = metering::lockstep_1();
    auto executable = compiler::compile(
        wasm, {.profile = profile, .schedule = schedule, .tier = mode.tier, .traps = mode.traps});
    REQUIRE(executable.has_value());
    return executable.value();
}

/// `run(mode)` gives an Outcome, in each mode the judge's.
template <class Run>
Outcome same_everywhere(Run run) {
    const Outcome expected = run(judge);
    for (const Mode mode : native_modes) {
        if (mode.traps == TrapsMode::signals && !guard_faults_supported) continue;
        const Outcome found = run(mode);
        CHECK(found.trap == expected.trap);
        CHECK(found.gas_used == expected.gas_used);
        CHECK(found.values == expected.values);
    }
    return expected;
}

/// f(n, x) = n == 0 ? x + number : the other instance's f(n - 1, x + memory[0]), through elements 0
/// and 1 of a table that one exports and the other imports. Byte 0 of the memory is the number.
Bytes half_of_pair(u32 number, bool tail) {
    ModuleBuilder b;
    b.type({i32_, i32_}, {i32_});
    if (number == 1) {
        b.table(2);
        b.export_table("t", 0);
    } else {
        b.import_table("m", "t", 2);
    }
    b.memory(1);
    const char digit = static_cast<char>(number);
    b.data(i32_init(0), std::string_view(&digit, 1));
    const Bytes step =
        code(Op::local_get, 0, Op::i32_const, 1, Op::i32_sub, Op::local_get, 1, Op::i32_const, 0,
             Op::i32_load8_u, 0, 0, Op::i32_add, Op::i32_const, sleb(number == 1 ? 1 : 0),
             tail ? Op::return_call_indirect : Op::call_indirect, 0, 0);
    const u32 f = b.function({i32_, i32_}, {i32_}, {},
                             code(Op::local_get, 0, Op::i32_eqz, Op::if_, no_result, Op::local_get,
                                  1, Op::i32_const, sleb(number), Op::i32_add, Op::return_, Op::end,
                                  step, tail ? Bytes{} : code(Op::i32_const, 0, Op::i32_add)));
    b.element(i32_init(static_cast<i32>(number) - 1), {f});
    b.export_function("f", f);
    return b.build();
}

Outcome run_pair(Mode first, Mode second, TrapsMode traps, bool tail, u32 turns) {
    Store store(traps);
    Instance& one = *store.instantiate(made(half_of_pair(1, tail), first), {}, {}).value().instance;
    const Extern table = *one.find_export("t");
    REQUIRE(store.instantiate(made(half_of_pair(2, tail), second), {&table, 1}, {}).has_value());
    return call(one, "f", {i32_value(turns), i32_value(0)});
}
Outcome run_pair(Mode mode, bool tail, u32 turns) {
    return run_pair(mode, mode, mode.traps, tail, turns);
}

} // namespace

TEST_CASE("singlepass: calls between instances and back count frames as the interpreter does") {
    const u32 most = core_profile().max_frames - 1;
    for (const u32 turns : {0u, 1u, 2u, 7u, most - 1, most, most + 1}) {
        CAPTURE(turns);
        const Outcome out =
            same_everywhere([=](Mode mode) { return run_pair(mode, false, turns); });
        CHECK(out.trap == (turns <= most ? Trap::none : Trap::stack_overflow));
    }
}

TEST_CASE("singlepass: tail calls between instances need no frames") {
    for (const u32 turns : {1u, 2u, 3u, 1'000u, 100'001u}) {
        CAPTURE(turns);
        const Outcome out = same_everywhere([=](Mode mode) { return run_pair(mode, true, turns); });
        REQUIRE(out.trap == Trap::none);
        CHECK(out.values[0].i32() == (turns + 1) / 2 + turns / 2 * 2 + 1 + turns % 2);
    }
}

TEST_CASE("singlepass: code with checks runs among code without") {
    if (!guard_faults_supported) return;
    for (const bool tail : {false, true})
        for (u32 mixed = 0; mixed < 2; ++mixed) {
            const Outcome expected = run_pair(judge, tail, 10);
            const Outcome found = run_pair(native_modes[mixed], native_modes[1 - mixed],
                                           TrapsMode::signals, tail, 10);
            CHECK(found.trap == expected.trap);
            CHECK(found.values == expected.values);
        }
}

TEST_CASE("singlepass: a refill of the gas counter keeps every register") {
    constexpr u32 count = 24; // more than are pinned
    Types locals(count, i64_);
    locals.insert(locals.end(), count, f64_);
    ModuleBuilder b;
    Bytes turn;
    for (u32 i = 0; i < count; ++i) {
        const u32 next = (i + 1) % count;
        append(turn, code(Op::local_get, 1 + i, Op::local_get, 1 + next, Op::i64_add, Op::i64_const,
                          sleb(static_cast<i32>(i) + 1), Op::i64_xor, Op::local_set, 1 + i));
        append(turn, code(Op::local_get, 1 + count + i, Op::local_get, 1 + count + next,
                          Op::f64_add, Op::local_get, 1 + i, Op::f64_convert_i64_s, Op::f64_sub,
                          Op::local_set, 1 + count + i));
    }
    Bytes sum = code(Op::local_get, 1);
    for (u32 i = 1; i < count; ++i)
        append(sum, code(Op::local_get, 1 + i, Op::i64_add));
    for (u32 i = 0; i < count; ++i)
        append(sum, code(Op::local_get, 1 + count + i, Op::i64_reinterpret_f64, Op::i64_xor));
    b.export_function("f",
                      b.function({i32_}, {i64_}, locals,
                                 code(Op::loop, no_result, turn, Op::local_get, 0, Op::i32_const, 1,
                                      Op::i32_sub, Op::local_tee, 0, Op::br_if, 0, Op::end, sum)));
    const Bytes wasm = b.build();
    const std::atomic<bool> never{false}; // its counter holds a few million at most
    const Outcome out = same_everywhere([&](Mode mode) {
        Store store(mode.traps);
        Instance& instance = *store.instantiate(made(wasm, mode), {}, {}).value().instance;
        const Value argument = i32_value(60'000);
        return store
            .call(*instance.find_function("f"), {&argument, 1},
                  {.gas_limit = plenty, .cancel = &never})
            .value();
    });
    CHECK(out.trap == Trap::none);
    CHECK(out.gas_used > 10'000'000);
}

TEST_CASE("singlepass: a store that ends behind the memory writes nothing") {
    struct Row {
        Op op;
        u32 bytes;
        Bytes value;
    };
    const Row rows[] = {
        {Op::i32_store16, 2, code(Op::i32_const, sleb(-1))},
        {Op::i32_store, 4, code(Op::i32_const, sleb(-1))},
        {Op::i64_store, 8, code(Op::i64_const, sleb(-1))},
        {Op::f32_store, 4, code(Op::local_get, 0, Op::f32_convert_i32_s, Op::f32_sqrt)},
        {Op::f64_store, 8, code(Op::local_get, 0, Op::f64_convert_i32_s, Op::f64_sqrt)},
    };
    for (const Row& row : rows)
        for (const u32 offset : {0u, 3u, 8u, 300u, 4097u})
            for (u32 behind = 0; behind < row.bytes; ++behind) {
                CAPTURE(row.bytes);
                CAPTURE(offset);
                CAPTURE(behind);
                ModuleBuilder b;
                b.memory(1, 1);
                b.export_function("store",
                                  b.function({i32_}, {}, {},
                                             code(Op::local_get, 0, row.value, row.op, 0, offset)));
                b.export_function(
                    "f", b.function({}, {i64_}, {},
                                    code(Op::i32_const, sleb(65'528), Op::i64_load, 0, 0)));
                const Bytes wasm = b.build();
                const u32 address = 65'536 - row.bytes + behind - offset;
                const Outcome out = same_everywhere([&](Mode mode) {
                    Store store(mode.traps);
                    Instance& instance =
                        *store.instantiate(made(wasm, mode), {}, {}).value().instance;
                    const Outcome stored = call(instance, "store", {i32_value(address)}, plenty);
                    CHECK(stored.trap == (behind == 0 ? Trap::none : Trap::memory_out_of_bounds));
                    return call(instance, "f", {}, plenty);
                });
                CHECK((out.values[0].bits != 0) == (behind == 0));
            }
}

namespace {

/// f(n) leaves block 0 at the n-th of `exits` places: 2 MiB of code and more.
Bytes long_function(u32 exits) {
    Bytes body = code(Op::block, no_result);
    for (u32 i = 0; i < exits; ++i)
        append(body, code(Op::local_get, 0, Op::i32_const, sleb(static_cast<i32>(i)), Op::i32_eq,
                          Op::br_if, 0, Op::local_get, 1, Op::i32_const, 3, Op::i32_add,
                          Op::local_set, 1));
    append(body, code(Op::i32_const, 1, Op::local_get, 0, Op::i32_const, sleb(-1), Op::i32_eq,
                      Op::i32_div_u, Op::local_set, 1, Op::end, Op::local_get, 1));
    ModuleBuilder b;
    b.function({i32_}, {i32_}, {i32_}, code(Op::local_get, 0));
    b.export_function("f", b.function({i32_}, {i32_}, {i32_}, body));
    return b.build();
}

} // namespace

TEST_CASE("singlepass: branches reach over megabytes") {
    constexpr u32 exits = 200'000;
    const Bytes wasm = long_function(exits);
    for (const u32 n : {0u, 1u, exits / 2, exits - 1, exits, ~0u}) {
        CAPTURE(n);
        const Outcome out = same_everywhere([&](Mode mode) {
            Store store(mode.traps);
            Instance& instance = *store.instantiate(made(wasm, mode), {}, {}).value().instance;
            return call(instance, "f", {i32_value(n)}, plenty);
        });
        CHECK(out.trap == (n == exits ? Trap::integer_divide_by_zero : Trap::none));
    }
    const auto executable = made(wasm, judge);
    for (const Target target : {Target::x64, Target::a64}) {
        const auto code =
            compiler::generate(*executable, TrapsMode::explicit_checks, target).value();
        CHECK(code.interpreted == 0);
        CHECK(code.bytes.size() > 2u << 20);
    }
}

TEST_CASE("singlepass: code for each target, the same every time") {
    const auto executable = made(half_of_pair(1, false), judge);
    for (const TrapsMode traps : {TrapsMode::explicit_checks, TrapsMode::signals}) {
        u32 sizes = 0;
        for (const Target target : {Target::x64, Target::a64}) {
            const auto once = compiler::generate(*executable, traps, target).value();
            const auto again = compiler::generate(*executable, traps, target).value();
            CHECK(once.target == target);
            CHECK(once.traps == traps);
            CHECK(once.interpreted == 0);
            REQUIRE(once.entries.size() == 1);
            CHECK(once.entries[0] < once.bytes.size());
            CHECK(std::ranges::equal(once.bytes, again.bytes));
            CHECK(once.sites.size() == again.sites.size());
            CHECK(once.bytes.size() != sizes);
            sizes = once.bytes.size();
        }
    }
    CHECK(compiler::generate(*executable, TrapsMode::signals, Target{7}).error().code ==
          Errc::bad_argument);
}

// SPDX-License-Identifier: Apache-2.0
// From a record back to the operator in the module: the caret under a trap.
#include "compiler/compile.hpp"

#include "vm/test/run_wasm.hpp"

using namespace lockstep;
using namespace lockstep::test;

namespace {

constexpr u8 no_result = 0x40;
const Bytes get0 = code(Op::local_get, 0);

/// Runs function "f" of a module whose function 1 has this body, and gives where in the body's
/// bytes it trapped; the map has a place for every record.
usize trap_place(const Bytes& body, u32 argument, std::string_view schedule_name) {
    ModuleBuilder b;
    b.function({}, {}, {}, code(Op::nop));
    b.export_function("f", b.function({i32_}, {}, {i32_}, body));
    b.memory(1);
    b.table(1);
    const Profile profile = core_profile();
    const metering::Schedule schedule = metering::find_schedule(schedule_name).value();
    const compiler::Options options{.profile = profile, .schedule = schedule};
    const auto executable = compiler::compile(b.build(), options).value();
    const std::vector<u32> map = compiler::source_map(*executable, 1, options).value();
    CHECK(map.size() == executable->code.functions[1].size);
    const Range range = executable->module.bodies[1];
    for (const u32 offset : map) {
        CHECK(offset >= range.offset);
        CHECK(offset < range.offset + range.size);
    }
    Store store;
    Instance& instance = *store.instantiate(executable, {}, {}).value().instance;
    const Outcome outcome = call(instance, "f", {i32_value(argument)});
    REQUIRE(outcome.trap != Trap::none);
    REQUIRE(outcome.trap_function == 1);
    return map.at(outcome.trap_record) - (range.offset + range.size - 1 - body.size());
}

/// The operators of `before` are not the ones that trap, the first of `rest` is.
void traps_between(const Bytes& before, const Bytes& rest, u32 argument = 0) {
    for (const char* schedule : {"lockstep-1", "free-uninterruptible", "cosmwasm-2.0.0"})
        CHECK(trap_place(code(before, rest), argument, schedule) == before.size());
}

} // namespace

TEST_CASE("source map: a trap points at its operator") {
    traps_between(code(Op::nop), code(Op::unreachable));
    traps_between(code(Op::i32_const, 1, get0), code(Op::i32_div_u, Op::drop));
    traps_between(code(Op::i32_const, 1, Op::i32_const, 0),
                  code(Op::i32_rem_s, Op::drop)); // a constant operand
    traps_between(code(Op::i32_const, 1, get0),
                  code(Op::i32_div_s, Op::local_set, 1)); // made for a local
    traps_between(code(get0, Op::i32_const, 1, Op::i32_sub),
                  code(Op::i32_load, 2, 0, Op::drop)); // a folded address
    traps_between(code(Op::i32_const, sleb(-1)), code(Op::i32_load, 2, sleb(1 << 20), Op::drop));
    traps_between(code(get0, Op::i32_const, 1, Op::i32_const, sleb(-1)), code(Op::memory_fill, 0));
    traps_between(get0, code(Op::call_indirect, 0, 0));
    traps_between(code(Op::i32_const, 9), code(Op::table_get, 0, Op::drop));
}

TEST_CASE("source map: behind blocks, branches and calls") {
    traps_between(code(Op::block, no_result, get0, Op::i32_const, 5, Op::i32_lt_s, Op::br_if, 0,
                       Op::end, Op::call, 0),
                  code(Op::unreachable));
    traps_between(code(get0, Op::if_, no_result, Op::nop, Op::else_),
                  code(Op::unreachable, Op::end));
    traps_between(code(Op::block, no_result, Op::block, no_result, get0, Op::br_table, 1, 0, 1,
                       Op::end, Op::end, Op::call, 0, get0, Op::i32_const, 0),
                  code(Op::i32_div_u, Op::drop));
    // In the last of five rounds.
    traps_between(code(Op::i32_const, 5, Op::local_set, 1, Op::loop, no_result, Op::local_get, 1,
                       Op::i32_const, 1, Op::i32_sub, Op::local_set, 1, Op::i32_const, 1,
                       Op::local_get, 1),
                  code(Op::i32_div_u, Op::br_if, 0, Op::br, 0, Op::end));
}

TEST_CASE("source map: operators that left no record have no place, charges have that of what they "
          "stand ahead of") {
    ModuleBuilder b;
    const Bytes body = code(get0, Op::i32_const, 5, Op::i32_add, Op::drop, Op::loop, no_result,
                            get0, Op::br_if, 0, Op::end);
    b.function({i32_}, {}, {}, body);
    const Profile profile = core_profile();
    const metering::Schedule schedule = metering::free_schedule();
    const compiler::Options options{.profile = profile, .schedule = schedule};
    const auto executable = compiler::compile(b.build(), options).value();
    const u32 begin = executable->module.bodies[0].offset + 1;
    CHECK(ir::to_text(executable->code, 0)
              .find("  0: charge 5 checked\n  1: i32.add s1, s0, 5\n  2: charge 2 checked\n"
                    "  3: br_if i32.ne s0, 0 -> 2\n  5: charge 2\n  6: return\n") !=
          std::string::npos);
    const std::vector<u32> places{4, 4, 10, 10, 10, 13, 13};
    std::vector<u32> found = compiler::source_map(*executable, 0, options).value();
    for (u32& offset : found)
        offset -= begin;
    CHECK(found == places);
}

TEST_CASE("source map: wide functions") {
    Bytes before;
    for (u32 i = 0; i < 16'000; ++i)
        append(before, code(get0, Op::i32_clz));
    const u32 size = narrow<u32>(before.size());
    Bytes wide = code(before, Op::unreachable);
    ModuleBuilder b;
    b.export_function("f", b.function({i32_}, {}, Types(50'000, i32_), wide));
    Profile profile = core_profile();
    const metering::Schedule schedule = metering::lockstep_1();
    const compiler::Options options{.profile = profile, .schedule = schedule};
    const auto executable = compiler::compile(b.build(), options).value();
    const std::vector<u32> map = compiler::source_map(*executable, 0, options).value();
    CHECK(executable->code.functions[0].window > 65'536);
    CHECK(map.size() == executable->code.functions[0].size);
    CHECK(map.back() ==
          executable->module.bodies[0].offset + executable->module.bodies[0].size - 2);
    CHECK(map.back() - map[1] == size - 2); // record 1, the first i32.clz, is behind its local.get
}

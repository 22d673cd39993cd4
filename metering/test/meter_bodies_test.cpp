// SPDX-License-Identifier: Apache-2.0
// The placement rules on real bodies: what lowering marks and the meter charges, from WebAssembly
// on.
#include "metering/meter.hpp"
#include "metering/test/charges.hpp"
#include "vm/test/wasm_builder.hpp"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::test;
using metering::Schedule;

namespace {

constexpr u8 no_result = 0x40;

std::string metered(const Module& module, u32 index, const Schedule& schedule, Marks marks) {
    const Profile profile = core_profile();
    Lowering lowering(module, profile, schedule.weights, marks);
    ir::Draft draft;
    REQUIRE(lowering.lower(index, draft).has_value());
    metering::meter(draft, schedule);
    REQUIRE_FALSE(draft.failed());
    return metering::test::charges(draft);
}

/// The charges must not depend on marks that the rule does not need.
std::string metered(const ModuleBuilder& builder, u32 index, const Schedule& schedule) {
    const result<Module> module = decode(builder.build(), core_profile());
    REQUIRE(module.has_value());
    const std::string charges = metered(module.value(), index, schedule, Marks::all);
    CHECK(metered(module.value(), index, schedule, metering::marks_for(schedule)) == charges);
    return charges;
}

std::string metered(const Bytes& body, const Schedule& schedule, const Types& params = {i32_},
                    const Types& results = {}, const Types& locals = {}) {
    ModuleBuilder builder;
    builder.memory(1);
    builder.function(params, results, locals, body);
    return metered(builder, 0, schedule);
}

Schedule named(std::string_view name) { return metering::find_schedule(name).value(); }

} // namespace

TEST_CASE("meter bodies: cosmwasm, the worked examples") {
    const Bytes if_else = code(Op::local_get, 0, Op::if_, i32_, Op::i32_const, 0, Op::i32_load, 2,
                               0, Op::else_, Op::unreachable, Op::end);
    const Bytes loop = code(Op::loop, no_result, Op::local_get, 0, Op::i32_const, 1, Op::i32_sub,
                            Op::local_tee, 0, Op::br_if, 0, Op::end);
    for (const char* name : {"cosmwasm-2.1.4", "cosmwasm-3.0.0", "cosmwasm-3.0.9"}) {
        CHECK(metered(if_else, named(name), {i32_}, {i32_}) ==
              "charge! 1725, branch, charge 1840, branch, label, label, charge 1610");
        CHECK(metered(loop, named(name)) ==
              "charge! 1610, label, charge! 2070, branch, charge 1610, charge 1610");
    }
    // Where `if` does not pay: 115 + 115 + 115 + 115 + 1610 in the then-arm, nothing ahead of it.
    CHECK(metered(if_else, named("cosmwasm-2.0.6"), {i32_}, {i32_}) ==
          "branch, charge! 2070, branch, label, label, charge! 1610");
    CHECK(metered(if_else, named("cosmwasm-2.1.1"), {i32_}, {i32_}) ==
          "branch, charge! 850, branch, label, label, charge! 170");
    CHECK(metered(if_else, named("cosmwasm-1.0.0"), {i32_}, {i32_}) ==
          "branch, charge! 750000, branch, label, label, charge! 150000");
}

TEST_CASE("meter bodies: cosmwasm, declared locals") {
    const auto constant = [](u32 locals, const char* name) {
        return metered(code(Op::i32_const, 7), named(name), {}, {i32_}, Types(locals, i32_));
    };
    CHECK(constant(29, "cosmwasm-3.0.9") == "charge! 1725");
    for (const char* name : {"cosmwasm-2.2.9", "cosmwasm-2.3.4", "cosmwasm-3.0.9"}) {
        CHECK(constant(30, name) == "charge! 115, charge 1725");
        CHECK(constant(50'000, name) == "charge! 5746665, charge 1725");
    }
    CHECK(constant(50'000, "cosmwasm-3.0.8") == "charge! 1725");

    const auto call_first = [](u32 locals) {
        ModuleBuilder builder;
        builder.function({}, {}, {}, {});
        builder.function({}, {i32_}, Types(locals, i32_), code(Op::call, 0, Op::i32_const, 7));
        CHECK(metered(builder, 0, named("cosmwasm-3.0.9")) == "charge! 1610");
        return metered(builder, 1, named("cosmwasm-3.0.9"));
    };
    CHECK(call_first(29) == "charge! 1610, charge! 1725");
    CHECK(call_first(30) == "charge! 1725, charge! 1725");
    CHECK(call_first(50'000) == "charge! 5748275, charge! 1725");
    // Parameters are no declared locals.
    CHECK(metered({}, named("cosmwasm-3.0.9"), Types(40, i64_)) == "charge! 1610");
}

TEST_CASE("meter bodies: unreachable code costs nothing") {
    // block; br 0; i32.const 1; drop; end; nop; return; loop; end; end
    const Bytes body = code(Op::block, no_result, Op::br, 0, Op::i32_const, 1, Op::drop, Op::end,
                            Op::nop, Op::return_, Op::loop, no_result, Op::end);
    CHECK(metered(body, named("cosmwasm-3.0.9")) == "charge! 1725, branch, label, charge 1725");
    CHECK(metered(body, named("lockstep-1")) == "charge! 12, branch, label, charge 4");
    // block; unreachable; end; nop; end: nobody comes to the nop.
    const Bytes dead = code(Op::block, no_result, Op::unreachable, Op::end, Op::nop);
    CHECK(metered(dead, named("cosmwasm-3.0.9")).empty());
    CHECK(metered(dead, named("lockstep-1")) == "charge! 10");
    // local.get 0; if; unreachable; else; br 0; end; nop; end
    const Bytes arms = code(Op::local_get, 0, Op::if_, no_result, Op::unreachable, Op::else_,
                            Op::br, 0, Op::end, Op::nop);
    CHECK(metered(arms, named("cosmwasm-3.0.9")) ==
          "charge! 1725, branch, label, charge 1610, branch, label, charge 1725");
    CHECK(metered(arms, named("lockstep-1")) ==
          "charge! 12, branch, charge 1, label, charge 3, branch, label, charge 2");
}

TEST_CASE("meter bodies: lockstep-1, regions") {
    // No branch: one region, through ends that nobody branches to.
    CHECK(metered(code(Op::block, no_result, Op::block, no_result, Op::local_get, 0, Op::drop,
                       Op::end, Op::end),
                  named("lockstep-1"), {i32_}, {}, {i64_, i64_}) == "charge! 17");
    // block; local.get 0; br_if 0; local.get 0; drop; end; nop; end
    CHECK(metered(code(Op::block, no_result, Op::local_get, 0, Op::br_if, 0, Op::local_get, 0,
                       Op::drop, Op::end, Op::nop),
                  named("lockstep-1")) == "charge! 13, branch, charge 3, label, charge 2");
    // local.get 0; if; nop; end; nop; end
    CHECK(metered(code(Op::local_get, 0, Op::if_, no_result, Op::nop, Op::end, Op::nop),
                  named("lockstep-1")) == "charge! 12, branch, charge 2, label, charge 2");
    // loop; local.get 0; i32.const 1; i32.sub; local.tee 0; br_if 0; end; end
    CHECK(metered(code(Op::loop, no_result, Op::local_get, 0, Op::i32_const, 1, Op::i32_sub,
                       Op::local_tee, 0, Op::br_if, 0, Op::end),
                  named("lockstep-1")) == "charge! 9, label, charge! 8, branch, charge 2");
    // block; block; local.get 0; br_table 0 1 0; end; nop; end; end
    CHECK(metered(code(Op::block, no_result, Op::block, no_result, Op::local_get, 0, Op::br_table,
                       2, 0, 1, 0, Op::end, Op::nop, Op::end),
                  named("lockstep-1")) == "charge! 14, branch, label, charge 2, label, charge 1");
}

TEST_CASE("meter bodies: observers") {
    ModuleBuilder builder;
    builder.import_function("env", "host", {}, {});
    builder.memory(1);
    builder.table(4);
    // host; call self; call_indirect; memory.grow; memory.fill
    builder.function({i32_}, {}, {},
                     code(Op::call, 0, Op::local_get, 0, Op::call, 1, Op::local_get, 0,
                          Op::local_get, 0, Op::call_indirect, 1, 0, Op::local_get, 0,
                          Op::memory_grow, 0, Op::drop, Op::local_get, 0, Op::local_get, 0,
                          Op::local_get, 0, Op::memory_fill, 0));
    // Entry 8 and call 10; a test ahead of the host; then each from one observer to the next.
    CHECK(metered(builder, 0, named("lockstep-1")) ==
          "charge! 18, charge! 0, charge! 11, charge! 18, charge! 101, charge! slot 0 * 4096, "
          "charge! 24, charge! slot 3 * 1, charge! 1");
    CHECK(metered(builder, 0, named("cosmwasm-3.0.9")) ==
          "charge! 1610, charge! 1725, charge! 1840, charge! 0, charge! 0, charge! 2415");
    CHECK(metered(builder, 0, named("free")) ==
          "charge! 1, charge! 0, charge! 2, charge! 3, charge! 2, charge! 0, charge! 5, charge! 0, "
          "charge! 1");
    CHECK(metered(builder, 0, named("free-uninterruptible")).empty());
}

TEST_CASE("meter bodies: weights whose sum needs more than 32 bits") {
    Schedule schedule = named("lockstep-1");
    schedule.weights.fill(0xffff'ffff);
    CHECK(metered(code(Op::nop, Op::nop), schedule) == "charge! 12884901893");
    schedule.placement = metering::Placement::cosmwasm;
    schedule.local = 0;
    CHECK(metered(code(Op::nop, Op::nop), schedule) == "charge! 12884901885");
}

TEST_CASE("meter bodies: a sum of many operators") {
    const Schedule schedule = named("cosmwasm-1.5.8");
    const Bytes nops(100'000, 0x01);
    CHECK(metered(nops, schedule) == "charge! 11501610000");
}

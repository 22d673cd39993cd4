// SPDX-License-Identifier: Apache-2.0
// The marks that lowering leaves for the meter: kinds, weights, places among labels and branches.
// What rules make of them is metering's to test.
#include "vm/lower.hpp"

#include "vm/test/lowering.hpp"

using namespace lockstep;
using namespace lockstep::test;
using ir::EventKind;

namespace {

const Bytes get0 = code(Op::local_get, 0);

constexpr std::string_view kind_names[] = {"entry", "before",   "backward", "split", "header",
                                           "join",  "observer", "observed", "cut",   "units"};

/// The events of function 0, labels as `:` and branches as `^`. Every operator weighs 1, but else
/// 100 and end 10,000.
std::string marks_of(const Module& module, ir::Draft& draft, u64 weight = 1) {
    Weights weights;
    weights.fill(static_cast<u32>(weight));
    weights[static_cast<usize>(Op::else_)] = 100;
    weights[static_cast<usize>(Op::end)] = 10'000;
    const Profile profile = core_profile();
    Lowering lowering(module, profile, weights);
    REQUIRE(lowering.lower(0, draft).has_value());
    std::string text;
    for (const ir::Event& event : draft.events) {
        if (!text.empty()) text += " ";
        if (event.kind == EventKind::label) {
            text += ":";
        } else if (event.kind > EventKind::units) {
            text += "^";
        } else {
            text += kind_names[static_cast<usize>(event.kind)];
            if (event.value != 0) text += "+" + std::to_string(event.value);
            if (event.op != static_cast<u8>(Op::nop))
                text += "(" + std::string(info(static_cast<Op>(event.op)).text) + ")";
        }
    }
    return text;
}
std::string marks(const Bytes& body) {
    ir::Draft draft;
    return marks_of(decoded(around({{i32_}, {}, {}}, body).build()), draft);
}

} // namespace

TEST_CASE("lower: marks hold the weights since the mark before, their own operator included") {
    CHECK(marks({}) == "entry before+10000(end)");
    CHECK(marks(code(get0, Op::drop, Op::nop)) == "entry before+10003(end)");
    CHECK(marks(code(get0, Op::if_, no_result, Op::nop, Op::else_, Op::end)) ==
          "entry before+2(if) ^ split(if) before+101(else) ^ cut : split(else) before+10000(end) : "
          "join(end) before+10000(end)");
    CHECK(marks(code(get0, Op::if_, no_result, Op::nop, Op::end)) ==
          "entry before+2(if) ^ split(if) before+10001(end) : join(end) before+10000(end)");
    CHECK(marks(code(Op::loop, no_result, get0, Op::br_if, 0, Op::nop, Op::end)) ==
          "entry before+1(loop) : header(loop) backward+2(br_if) ^ split(br_if) before+10001(end) "
          "before+10000(end)");
    CHECK(marks(code(Op::block, no_result, get0, Op::br_if, 0, Op::nop, Op::end)) ==
          "entry before+3(br_if) ^ split(br_if) before+10001(end) : join(end) before+10000(end)");
    // A block that nobody names joins nothing.
    CHECK(marks(code(Op::block, no_result, Op::end)) ==
          "entry before+10001(end) before+10000(end)");
}

TEST_CASE("lower: marks around code that is not reached") {
    CHECK(marks(code(Op::nop, Op::unreachable, Op::nop)) == "entry cut+2(unreachable)");
    CHECK(marks(code(Op::return_, Op::nop)) == "entry before+1(return) cut");
    CHECK(marks(code(Op::br, 0, get0, Op::drop)) == "entry before+1(br) cut");
    CHECK(marks(code(Op::block, no_result, Op::br, 0, Op::nop, Op::end, Op::nop)) ==
          "entry before+2(br) ^ cut : join(end) before+10001(end)");
    CHECK(marks(code(Op::loop, no_result, Op::br, 0, Op::end, Op::nop)) ==
          "entry before+1(loop) : header(loop) backward+1(br) ^ cut");
    CHECK(marks(code(get0, Op::if_, no_result, Op::unreachable, Op::else_, Op::unreachable, Op::end,
                     Op::nop)) ==
          "entry before+2(if) ^ split(if) cut+1(unreachable) : split(else) cut+1(unreachable)");
    CHECK(marks(code(Op::block, no_result, get0, Op::br_table, 1, 0, 1, Op::end)) ==
          "entry before+3(br_table) ^ cut : join(end) before+10000(end) :");
    CHECK(marks(code(Op::loop, no_result, get0, Op::br_table, 1, 0, 1, Op::end)) ==
          "entry before+1(loop) : header(loop) backward+2(br_table) ^ cut :");
}

TEST_CASE("lower: marks of calls and of operators that somebody can observe") {
    const Bytes three = code(get0, get0, get0);
    CHECK(marks(code(Op::call, callee_none)) ==
          "entry before+1(call) observed(call) before+10000(end)");
    CHECK(marks(code(get0, get0, Op::call_indirect, type_i_i, 0, Op::drop)) ==
          "entry before+3(call_indirect) observed(call_indirect) before+10001(end)");
    CHECK(marks(code(Op::return_call, callee_none)) == "entry before+1(return_call) cut");
    CHECK(
        marks(code(get0, Op::memory_grow, 0, Op::drop)) ==
        "entry observer+2(memory.grow) units(memory.grow) observed(memory.grow) before+10001(end)");
    CHECK(marks(code(three, Op::memory_fill, 0)) ==
          "entry observer+4(memory.fill) units+3(memory.fill) observed(memory.fill) "
          "before+10000(end)");
    CHECK(
        marks(code(three, Op::table_copy, 0, 0)) ==
        "entry observer+4(table.copy) units+3(table.copy) observed(table.copy) before+10000(end)");
    CHECK(marks(code(Op::memory_size, 0, Op::global_set, 0, Op::data_drop, 0)) ==
          "entry before+10003(end)");
    ModuleBuilder b;
    b.import_function("m", "f", {}, {});
    b.function({}, {}, {}, code(Op::call, 0, Op::return_call, 0));
    ir::Draft draft;
    CHECK(marks_of(decoded(b.build()), draft) ==
          "entry observer+1(call) observed(call) observer+1(return_call) cut");
}

TEST_CASE("lower: marks stand ahead of a fused branch and of the labels of else and end") {
    ir::Draft draft;
    const Bytes body = code(Op::block, no_result, get0, Op::i32_const, 5, Op::i32_lt_s, Op::br_if,
                            0, get0, Op::global_set, 0, Op::end);
    CHECK(marks_of(decoded(around({{i32_}, {}, {}}, body).build()), draft) ==
          "entry before+5(br_if) ^ split(br_if) before+10002(end) : join(end) before+10000(end)");
    // Records: fused branch, its word, global.set, return.
    std::vector<u32> positions;
    u32 position = 0;
    for (const ir::Event& event : draft.events)
        positions.push_back(position += event.delta);
    CHECK(positions == std::vector<u32>{0, 0, 1, 2, 3, 3, 3, 3});
    CHECK(draft.first_op == Op::block);
}

TEST_CASE("lower: weights beyond 32 bits go on in further marks") {
    ir::Draft draft;
    Bytes body;
    for (u32 i = 0; i < 5; ++i)
        append(body, code(Op::nop));
    CHECK(marks_of(decoded(around({{i32_}, {}, {}}, body).build()), draft, 0xf000'0000) ==
          "entry before+4294967295 before+4294967295 before+4294967295 before+4294967295 "
          "before+2952800020(end)");
}

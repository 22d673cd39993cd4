// SPDX-License-Identifier: Apache-2.0
// Blocks, branches, tables, calls and returns: where labels point, what is copied, what disappears.
#include "vm/lower.hpp"

#include "vm/test/lowering.hpp"

using namespace lockstep;
using namespace lockstep::test;

namespace {

std::string no_results(const Bytes& body) { return ir_of({{i32_, i32_}, {}, {}}, body); }
std::string one_result(const Bytes& body) { return ir_of({{i32_, i32_}, {i32_}, {}}, body); }

const Bytes get0 = code(Op::local_get, 0);
const Bytes get1 = code(Op::local_get, 1);

/// The first record of `condition; br_if` or `condition; if` out of a block.
std::string branch_on(const Bytes& condition, Op op, Types params = {i32_, i32_}) {
    const Bytes body = op == Op::if_
                           ? code(condition, Op::if_, no_result, Op::nop, Op::end)
                           : code(Op::block, no_result, condition, Op::br_if, 0, Op::nop, Op::end);
    const std::string text = ir_of({std::move(params), {}, {}}, body);
    CHECK(text.ends_with("\n2: return\n"));
    return text.substr(0, text.find('\n'));
}

} // namespace

TEST_CASE("lower: pending locals are copied once ahead of a block") {
    // Decisions, number 10: the local is changed on one way only, its older value is used on both.
    CHECK(one_result(code(get0, Op::block, no_result, get1, Op::br_if, 0, Op::i32_const, 5,
                          Op::local_set, 0, Op::end, get0, Op::i32_add)) ==
          "0: copy s2, s0\n1: br_if i32.ne s1, 0 -> 4\n3: const_u32 s0, 5\n"
          "4: i32.add s2, s2, s0\n5: return s2\n");
    // Once for all blocks; constants stay what they are.
    CHECK(one_result(code(get0, Op::i32_const, 9, Op::block, no_result, Op::block, no_result,
                          Op::loop, no_result, Op::end, Op::end, Op::end, Op::i32_add)) ==
          "0: copy s2, s0\n1: i32.add s2, s2, 9\n2: return s2\n");
    // Below the condition of an `if`, which itself stays a local.
    CHECK(one_result(
              code(get1, get0, Op::if_, no_result, Op::i32_const, 5, Op::local_set, 1, Op::end)) ==
          "0: copy s2, s1\n1: br_if i32.eq s0, 0 -> 4\n3: const_u32 s1, 5\n4: return s2\n");
    // The same local below and in the condition: only the one below is copied.
    CHECK(one_result(
              code(get0, get0, Op::if_, no_result, Op::i32_const, 5, Op::local_set, 0, Op::end)) ==
          "0: copy s2, s0\n1: br_if i32.eq s0, 0 -> 4\n3: const_u32 s0, 5\n4: return s2\n");
}

TEST_CASE("lower: comparisons become branches") {
    const std::string_view names[] = {"eq",   "ne",   "lt_s", "lt_u", "gt_s",
                                      "gt_u", "le_s", "le_u", "ge_s", "ge_u"};
    const std::string_view inverse[] = {"ne",   "eq",   "ge_s", "ge_u", "le_s",
                                        "le_u", "gt_s", "gt_u", "lt_s", "lt_u"};
    for (u16 i = 0; i < 10; ++i) {
        const Op op32 = static_cast<Op>(static_cast<u16>(Op::i32_eq) + i);
        const Op op64 = static_cast<Op>(static_cast<u16>(Op::i64_eq) + i);
        const auto text = [](std::string_view type, std::string_view name, std::string_view right) {
            return "0: br_if " + std::string(type) + "." + std::string(name) + " s0, " +
                   std::string(right) + " -> 2";
        };
        const Types longs = {i64_, i64_};
        CHECK(branch_on(code(get0, get1, op32), Op::br_if) == text("i32", names[i], "s1"));
        CHECK(branch_on(code(get0, get1, op32), Op::if_) == text("i32", inverse[i], "s1"));
        CHECK(branch_on(code(get0, Op::i32_const, sleb(-9), op32), Op::br_if) ==
              text("i32", names[i], "-9"));
        CHECK(branch_on(code(get0, Op::i32_const, sleb(-99'999), op32), Op::if_) ==
              text("i32", inverse[i], "-99999"));
        CHECK(branch_on(code(get0, get1, op64), Op::br_if, longs) == text("i64", names[i], "s1"));
        CHECK(branch_on(code(get0, get1, op64), Op::if_, longs) == text("i64", inverse[i], "s1"));
        CHECK(branch_on(code(get0, Op::i64_const, 9, op64), Op::if_, longs) ==
              text("i64", inverse[i], "9"));
        CHECK(branch_on(code(get0, Op::i64_const, sleb(-99'999), op64), Op::br_if, longs) ==
              text("i64", names[i], "-99999"));
    }
    CHECK(branch_on(get0, Op::br_if) == "0: br_if i32.ne s0, 0 -> 2");
    CHECK(branch_on(get0, Op::if_) == "0: br_if i32.eq s0, 0 -> 2");
    CHECK(branch_on(code(get0, Op::i32_eqz), Op::br_if) == "0: br_if i32.eq s0, 0 -> 2");
    CHECK(branch_on(code(get0, Op::i32_eqz), Op::if_) == "0: br_if i32.ne s0, 0 -> 2");
    CHECK(branch_on(code(get0, Op::i64_eqz), Op::br_if, {i64_}) == "0: br_if i64.eq s0, 0 -> 2");
    CHECK(branch_on(code(get0, Op::i64_eqz), Op::if_, {i64_}) == "0: br_if i64.ne s0, 0 -> 2");
    // Mirrored, then fused.
    CHECK(branch_on(code(Op::i32_const, 9, get0, Op::i32_lt_s), Op::br_if) ==
          "0: br_if i32.gt_s s0, 9 -> 2");
}

TEST_CASE("lower: conditions that are no comparison of integers, or not the latest record") {
    const auto in_block = [](const Types& params, const Bytes& condition) {
        return ir_of({params, {}, {}},
                     code(Op::block, no_result, condition, Op::br_if, 0, Op::end));
    };
    CHECK(in_block({f32_, f32_}, code(get0, get1, Op::f32_lt)) ==
          "0: f32.lt s2, s0, s1\n1: br_if i32.ne s2, 0 -> 3\n3: return\n");
    // A constant that does not fit the word beside the target.
    CHECK(in_block({i64_}, code(get0, Op::i64_const, sleb(1ll << 31), Op::i64_eq)) ==
          "0: i64.eq s1, s0, 2147483648\n2: br_if i32.ne s1, 0 -> 4\n4: return\n");
    CHECK(in_block({i32_, i32_}, code(get0, get1, Op::i32_and)) ==
          "0: i32.and s2, s0, s1\n1: br_if i32.ne s2, 0 -> 3\n3: return\n");
    CHECK(in_block({}, code(Op::i32_const, 1)) ==
          "0: const_u32 s0, 1\n1: br_if i32.ne s0, 0 -> 3\n3: return\n");
    // The comparison is still needed: it was given to a local.
    CHECK(in_block({i32_, i32_}, code(get0, get1, Op::i32_lt_u, Op::local_tee, 0)) ==
          "0: i32.lt_u s0, s0, s1\n1: br_if i32.ne s0, 0 -> 3\n3: return\n");
    // A copy of an operand below stands between comparison and branch.
    CHECK(one_result(code(get0, get0, get1, Op::i32_lt_u, Op::if_, no_result, Op::end)) ==
          "0: i32.lt_u s3, s0, s1\n1: copy s2, s0\n2: br_if i32.eq s3, 0 -> 4\n4: return s2\n");
}

TEST_CASE("lower: br and br_if with a result") {
    // From the height of the label: the value is made where it belongs, the branch is one record.
    CHECK(one_result(code(Op::block, i32_, get0, get1, Op::br_if, 0, Op::drop, Op::i32_const, 7,
                          Op::end)) ==
          "0: copy s2, s0\n1: br_if i32.ne s1, 0 -> 4\n3: const_u32 s2, 7\n4: return s2\n");
    // From higher up it moves, only when the branch is taken.
    CHECK(one_result(code(Op::block, i32_, get0, Op::i32_const, 7, get1, Op::br_if, 0, Op::i32_add,
                          Op::end)) ==
          "0: const_u32 s3, 7\n1: br_if i32.eq s1, 0 -> 5\n3: copy s2, s3\n4: jump -> 6\n"
          "5: i32.add s2, s0, s3\n6: return s2\n");
    CHECK(one_result(code(Op::block, i32_, get0, get1, Op::br, 0, Op::end)) ==
          "0: copy s2, s1\n1: jump -> 2\n2: return s2\n");
    CHECK(one_result(code(Op::block, i32_, get0, Op::i32_const, 7, Op::br, 0, Op::end)) ==
          "0: const_u32 s2, 7\n1: jump -> 2\n2: return s2\n");
    // Two results move together.
    CHECK(ir_of({{i32_, i32_}, {i32_, i32_}, {}}, code(Op::block, type_none_ii, get0, get1, get0,
                                                       get1, Op::br_if, 0, Op::br, 0, Op::end)) ==
          "0: copy s4, s0\n1: copy s3, s1\n2: br_if i32.eq s1, 0 -> 6\n4: copy_range s2, s3 * 2\n"
          "5: jump -> 8\n6: copy_range s2, s3 * 2\n7: jump -> 8\n8: return_range s2 * 2\n");
}

TEST_CASE("lower: if and else") {
    CHECK(one_result(code(get0, Op::if_, i32_, get1, Op::else_, Op::i32_const, 7, Op::end)) ==
          "0: br_if i32.eq s0, 0 -> 4\n2: copy s2, s1\n3: jump -> 5\n4: const_u32 s2, 7\n5: return "
          "s2\n");
    CHECK(no_results(code(get0, Op::if_, no_result, Op::call, callee_none, Op::end)) ==
          "0: br_if i32.eq s0, 0 -> 3\n2: call base s2, function 2\n3: return\n");
    // Parameters are in their places for both arms, and pass through an `if` without `else`.
    CHECK(one_result(code(get1, get0, Op::if_, type_i_i, Op::i32_const, 1, Op::i32_add, Op::end)) ==
          "0: copy s2, s1\n1: br_if i32.eq s0, 0 -> 4\n3: i32.add s2, s2, 1\n4: return s2\n");
    CHECK(one_result(code(Op::i32_const, 6, get0, Op::if_, type_i_i, Op::i32_clz, Op::else_,
                          Op::i32_ctz, Op::end)) ==
          "0: const_u32 s2, 6\n1: br_if i32.eq s0, 0 -> 5\n3: i32.clz s2, s2\n4: jump -> 6\n"
          "5: i32.ctz s2, s2\n6: return s2\n");
    // An arm that does not come to its end needs no jump.
    CHECK(one_result(
              code(get0, Op::if_, i32_, get1, Op::return_, Op::else_, Op::i32_const, 7, Op::end)) ==
          "0: br_if i32.eq s0, 0 -> 3\n2: return s1\n3: const_u32 s2, 7\n4: return s2\n");
    CHECK(
        one_result(code(get0, Op::if_, i32_, get1, Op::else_, Op::unreachable, Op::end)) ==
        "0: br_if i32.eq s0, 0 -> 4\n2: copy s2, s1\n3: jump -> 5\n4: unreachable\n5: return s2\n");
}

TEST_CASE("lower: loops") {
    CHECK(no_results(code(Op::loop, no_result, get0, Op::i32_const, 1, Op::i32_sub, Op::local_tee,
                          0, Op::br_if, 0, Op::end)) ==
          "0: i32.sub s0, s0, 1\n1: br_if i32.ne s0, 0 -> 0\n3: return\n");
    // Parameters, constants too, are in their places before the label.
    CHECK(one_result(code(Op::i32_const, 9, Op::loop, type_i_i, get0, Op::i32_add, get1, Op::br_if,
                          0, Op::end)) ==
          "0: const_u32 s2, 9\n1: i32.add s2, s2, s0\n2: br_if i32.ne s1, 0 -> 1\n4: return s2\n");
    CHECK(one_result(code(get0, get1, Op::loop, type_ii_ii, Op::i32_const, 5, get1, get0, Op::br_if,
                          0, Op::drop, Op::drop, Op::end, Op::i32_sub)) ==
          "0: copy s3, s1\n1: copy s2, s0\n2: copy s5, s1\n3: const_u32 s4, 5\n4: br_if i32.eq s0, "
          "0 -> 8\n"
          "6: copy_range s2, s4 * 2\n7: jump -> 2\n8: i32.sub s2, s2, s3\n9: return s2\n");
    // What a loop leaves needs no place: nothing but its end leads there.
    CHECK(one_result(code(Op::loop, i32_, get1, Op::end)) == "0: return s1\n");
}

TEST_CASE("lower: the results of blocks that no branch names stay as they are") {
    CHECK(one_result(code(Op::block, i32_, get1, Op::end, get0, Op::i32_add)) ==
          "0: i32.add s2, s1, s0\n1: return s2\n");
    CHECK(one_result(code(get0, Op::block, type_i_i, Op::i32_const, 2, Op::i32_mul, Op::end)) ==
          "0: copy s2, s0\n1: i32.mul s2, s2, 2\n2: return s2\n");
    CHECK(ir_of({{i32_, i32_}, {i32_, i32_}, {}},
                code(Op::block, type_none_ii, Op::i32_const, 1, get0, Op::end)) ==
          "0: copy s3, s0\n1: const_u32 s2, 1\n2: return_range s2 * 2\n");
}

TEST_CASE("lower: br_table") {
    CHECK(no_results(code(Op::block, no_result, Op::loop, no_result, get0, Op::br_table, 3, 0, 1, 2,
                          1, Op::end, Op::end)) == "0: br_table s0 -> 0, 4, 4, 4\n4: return\n");
    CHECK(no_results(code(Op::block, no_result, get0, Op::i32_const, 1, Op::i32_add, Op::br_table,
                          0, 0, Op::end)) ==
          "0: i32.add s2, s0, 1\n1: br_table s2 -> 4\n4: return\n");
    // Results go to each target's own height: a stub for each that needs a move, used by all its
    // entries.
    CHECK(one_result(code(Op::block, i32_, get1, Op::block, i32_, Op::i32_const, 7, get0,
                          Op::br_table, 4, 0, 1, 0, 1, 0, Op::end, Op::i32_add, Op::end)) ==
          "0: copy s2, s1\n1: const_u32 s3, 7\n2: br_table s0 -> 9, 7, 9, 7, 9\n"
          "7: copy s2, s3\n8: jump -> 10\n9: i32.add s2, s2, s3\n10: return s2\n");
    // Out of the function as well; the next table has its own stubs.
    CHECK(one_result(code(get0, Op::block, i32_, get1, get0, Op::br_table, 1, 0, 1, Op::end,
                          Op::i32_const, 3, get0, Op::br_table, 0, 0)) ==
          "0: copy s2, s0\n1: copy s3, s1\n2: br_table s0 -> 7, 5\n5: copy s2, s3\n6: jump -> 13\n"
          "7: const_u32 s4, 3\n8: br_table s0 -> 11\n11: copy s2, s4\n12: jump -> 13\n13: return "
          "s2\n");
}

TEST_CASE("lower: calls have their arguments side by side at the new window") {
    CHECK(one_result(code(Op::i32_const, 8, get1, get0, Op::call, callee_ii_i, Op::i32_add)) ==
          "0: copy s4, s0\n1: copy s3, s1\n2: call base s3, function 1\n"
          "3: i32.add s2, s3, 8\n4: return s2\n");
    CHECK(one_result(code(get0, get1, Op::call_indirect, type_i_i, 0)) ==
          "0: copy s2, s0\n1: call_indirect base s2, index s1, type 0, table 0\n3: return s2\n");
    CHECK(one_result(code(get0, Op::i32_const, 0, Op::call_indirect, type_i_i, 0)) ==
          "0: const_u32 s3, 0\n1: copy s2, s0\n2: call_indirect base s2, index s3, type 0, table "
          "0\n4: return s2\n");
    CHECK(one_result(code(Op::i32_const, 1, get1, get0, Op::return_call, callee_ii_i)) ==
          "0: copy s4, s0\n1: copy s3, s1\n2: return_call base s3, function 1\n");
    CHECK(one_result(code(get0, get1, Op::return_call_indirect, type_i_i, 0)) ==
          "0: copy s2, s0\n1: return_call_indirect base s2, index s1, type 0, table 0\n");

    ModuleBuilder b;
    b.import_function("m", "f", {i32_}, {i32_});
    b.function({i32_}, {i32_}, {}, code(get0, Op::call, 0, Op::call, 1, Op::return_call, 0));
    CHECK(records_of(lowered(decoded(b.build()))) ==
          "0: copy s1, s0\n1: call_host base s1, function 0\n2: call base s1, function 0\n"
          "3: return_call_host base s1, function 0\n");
}

TEST_CASE("lower: returns") {
    CHECK(no_results({}) == "0: return\n");
    CHECK(no_results(code(Op::return_)) == "0: return\n");
    CHECK(one_result(code(get0, get1, Op::return_)) == "0: return s1\n");
    CHECK(one_result(code(Op::i32_const, 3, Op::br, 0)) == "0: const_u32 s2, 3\n1: return s2\n");
    CHECK(ir_of({{i32_}, {i32_, i32_}, {}}, code(get0, Op::i32_const, 5, get0, Op::return_)) ==
          "0: copy s3, s0\n1: const_u32 s2, 5\n2: return_range s2 * 2\n");
    // A conditional branch out of the function goes to its end.
    CHECK(one_result(code(get0, get1, Op::br_if, 0, Op::i32_const, 1, Op::i32_add)) ==
          "0: copy s2, s0\n1: br_if i32.ne s1, 0 -> 4\n3: i32.add s2, s2, 1\n4: return s2\n");
}

TEST_CASE("lower: unreachable code leaves no record") {
    const Bytes dead =
        code(get0, Op::i32_const, 1, Op::i32_add, Op::local_set, 0, Op::block, no_result, get0,
             Op::if_, no_result, Op::call, callee_none, Op::else_, Op::br, 1, Op::end, Op::end,
             Op::loop, no_result, Op::br, 0, Op::end, get0, Op::i32_load, 2, 0, Op::drop);
    CHECK(no_results(code(Op::return_, dead)) == "0: return\n");
    CHECK(no_results(code(Op::unreachable, dead)) == "0: unreachable\n");
    CHECK(no_results(code(Op::br, 0, dead)) == "0: return\n");
    CHECK(no_results(code(get0, Op::br_table, 0, 0, dead)) == "0: br_table s0 -> 3\n3: return\n");
    CHECK(no_results(code(Op::return_call, callee_none, dead)) ==
          "0: return_call base s2, function 2\n");
    CHECK(no_results(code(Op::loop, no_result, Op::br, 0, dead, Op::end, dead)) ==
          "0: jump -> 0\n");
    // A branch in dead code makes no label reachable.
    CHECK(no_results(code(Op::block, no_result, Op::unreachable, Op::i32_const, 1, Op::br_if, 0,
                          Op::end, Op::call, callee_none)) == "0: unreachable\n");
    CHECK(no_results(code(Op::block, no_result, get0, Op::br_if, 0, Op::unreachable, dead, Op::end,
                          Op::call, callee_none)) ==
          "0: br_if i32.ne s0, 0 -> 3\n2: unreachable\n3: call base s2, function 2\n4: return\n");
}

TEST_CASE("lower: window and cost count reachable operands before folding") {
    const auto function = [](const Shape& shape, const Bytes& body) {
        return lowered(decoded(around(shape, body).build())).functions[0];
    };
    const ir::Function one = function({{i32_, i64_}, {i32_}, {f32_, f64_, i32_}}, get0);
    CHECK(one.param_slots == 2);
    CHECK(one.local_slots == 3);
    CHECK(one.result_slots == 1);
    CHECK(one.cost == 4 + 5 + 1);
    CHECK(one.window == 6);
    CHECK(function({{}, {}, {}}, {}).cost == 4);
    // Three operands at once, though only one slot is used.
    CHECK(function({{i32_}, {i32_}, {}},
                   code(get0, Op::i32_const, 1, Op::i32_const, 2, Op::i32_add, Op::i32_add))
              .cost == 8);
    // Unreachable operands do not count, results of calls do.
    CHECK(function({{}, {}, {}},
                   code(Op::return_, Op::i32_const, 1, Op::i32_const, 1, Op::drop, Op::drop))
              .cost == 4);
    CHECK(function({{}, {i32_, i32_}, {}}, code(Op::call, callee_none_ii)).cost == 6);
    // Results of a tail call may need more than the window of the body.
    CHECK(function({{}, {i32_, i32_}, {}}, code(Op::return_call, callee_none_ii)).window == 2);
}

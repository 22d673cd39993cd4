// SPDX-License-Identifier: Apache-2.0
// Straight code: which operators become records, which only name slots and constants.
#include "vm/lower.hpp"

#include "vm/test/lowering.hpp"

using namespace lockstep;
using namespace lockstep::test;

namespace {

/// IR of a body of type [i32 i32] -> [i32] with one declared local.
std::string i32_body(const Bytes& body) { return ir_of({{i32_, i32_}, {i32_}, {i32_}}, body); }

std::string i64_body(const Bytes& body) { return ir_of({{i64_, i64_}, {i64_}, {i64_}}, body); }

} // namespace

TEST_CASE("lower: locals and constants are operands, not records") {
    CHECK(i32_body(code(Op::local_get, 1)) == "0: return s1\n");
    CHECK(i32_body(code(Op::i32_const, 7)) == "0: const_u32 s3, 7\n1: return s3\n");
    CHECK(i32_body(code(Op::local_get, 0, Op::local_get, 1, Op::i32_sub)) ==
          "0: i32.sub s3, s0, s1\n1: return s3\n");
    CHECK(i32_body(code(Op::local_get, 0, Op::drop, Op::i32_const, 1, Op::drop, Op::nop,
                        Op::local_get, 1)) == "0: return s1\n");
}

TEST_CASE("lower: three kinds of constants") {
    const auto i64_const = [](i64 value) { return i64_body(code(Op::i64_const, sleb(value))); };
    CHECK(i32_body(code(Op::i32_const, sleb(-1))) == "0: const_u32 s3, 4294967295\n1: return s3\n");
    CHECK(i64_const(4294967295) == "0: const_u32 s3, 4294967295\n1: return s3\n");
    CHECK(i64_const(-1) == "0: const_s32 s3, -1\n1: return s3\n");
    CHECK(i64_const(-2147483648) == "0: const_s32 s3, -2147483648\n1: return s3\n");
    CHECK(i64_const(4294967296) == "0: const_word s3, 4294967296\n2: return s3\n");
    CHECK(i64_const(-2147483649) == "0: const_word s3, 18446744071562067967\n2: return s3\n");
    CHECK(ir_of({{}, {f32_}, {}}, code(Op::f32_const, raw(1.0f))) ==
          "0: const_u32 s0, 1065353216\n1: return s0\n");
    CHECK(ir_of({{}, {f64_}, {}}, code(Op::f64_const, raw(1.0))) ==
          "0: const_word s0, 4607182418800017408\n2: return s0\n");
    CHECK(ir_of({{}, {ValType::funcref}, {}}, code(Op::ref_null, ValType::funcref)) ==
          "0: const_u32 s0, 0\n1: return s0\n");
}

TEST_CASE("lower: a constant is a right operand, in the record if it has 16 bits") {
    const auto add = [](i64 value) {
        return i32_body(code(Op::local_get, 0, Op::i32_const, sleb(value), Op::i32_add));
    };
    CHECK(add(32767) == "0: i32.add s3, s0, 32767\n1: return s3\n");
    CHECK(add(-32768) == "0: i32.add s3, s0, -32768\n1: return s3\n");
    CHECK(add(32768) == "0: i32.add s3, s0, 32768\n2: return s3\n");
    CHECK(add(-32769) == "0: i32.add s3, s0, 4294934527\n2: return s3\n");
    const auto div = [](i64 value) {
        return i64_body(code(Op::local_get, 0, Op::i64_const, sleb(value), Op::i64_div_s));
    };
    CHECK(div(-1) == "0: i64.div_s s3, s0, -1\n1: return s3\n");
    CHECK(div(4294967295) == "0: i64.div_s s3, s0, 4294967295\n2: return s3\n");
    // Floats have no short form.
    CHECK(ir_of({{f32_}, {f32_}, {}}, code(Op::local_get, 0, Op::f32_const, raw(0.0f),
                                           Op::f32_mul)) == "0: f32.mul s1, s0, 0\n2: return s1\n");
    CHECK(ir_of({{f64_}, {i32_}, {}}, code(Op::local_get, 0, Op::f64_const, raw(0.0),
                                           Op::f64_lt)) == "0: f64.lt s1, s0, 0\n2: return s1\n");
}

TEST_CASE("lower: a left constant changes sides where the operator allows it") {
    const auto left = [](Op op) { return i32_body(code(Op::i32_const, 9, Op::local_get, 1, op)); };
    for (const Op op :
         {Op::i32_add, Op::i32_mul, Op::i32_and, Op::i32_or, Op::i32_xor, Op::i32_eq, Op::i32_ne})
        CHECK(left(op) == "0: " + std::string(info(op).text) + " s3, s1, 9\n1: return s3\n");
    CHECK(left(Op::i32_lt_s) == "0: i32.gt_s s3, s1, 9\n1: return s3\n");
    CHECK(left(Op::i32_lt_u) == "0: i32.gt_u s3, s1, 9\n1: return s3\n");
    CHECK(left(Op::i32_gt_s) == "0: i32.lt_s s3, s1, 9\n1: return s3\n");
    CHECK(left(Op::i32_gt_u) == "0: i32.lt_u s3, s1, 9\n1: return s3\n");
    CHECK(left(Op::i32_le_s) == "0: i32.ge_s s3, s1, 9\n1: return s3\n");
    CHECK(left(Op::i32_le_u) == "0: i32.ge_u s3, s1, 9\n1: return s3\n");
    CHECK(left(Op::i32_ge_s) == "0: i32.le_s s3, s1, 9\n1: return s3\n");
    CHECK(left(Op::i32_ge_u) == "0: i32.le_u s3, s1, 9\n1: return s3\n");
    for (const Op op : {Op::i32_sub, Op::i32_div_u, Op::i32_rem_s, Op::i32_shl, Op::i32_rotr})
        CHECK(left(op) == "0: const_u32 s3, 9\n1: " + std::string(info(op).text) +
                              " s3, s3, s1\n2: return s3\n");
    CHECK(i64_body(code(Op::i64_const, sleb(1ll << 40), Op::local_get, 0, Op::i64_mul)) ==
          "0: i64.mul s3, s0, 1099511627776\n2: return s3\n");
    // Of two constants the left one is made.
    CHECK(i32_body(code(Op::i32_const, 9, Op::i32_const, 8, Op::i32_add)) ==
          "0: const_u32 s3, 9\n1: i32.add s3, s3, 8\n2: return s3\n");
}

TEST_CASE("lower: local.set gives the operator before it its destination") {
    const Bytes get = code(Op::local_get, 2);
    CHECK(i32_body(code(Op::local_get, 0, Op::local_get, 1, Op::i32_add, Op::local_set, 2, get)) ==
          "0: i32.add s2, s0, s1\n1: return s2\n");
    CHECK(i32_body(code(Op::local_get, 0, Op::i32_const, sleb(100'000), Op::i32_add, Op::local_set,
                        0, get)) == "0: i32.add s0, s0, 100000\n2: return s2\n");
    CHECK(i32_body(code(Op::i32_const, 5, Op::local_set, 2, get)) ==
          "0: const_u32 s2, 5\n1: return s2\n");
    CHECK(i32_body(code(Op::local_get, 0, Op::local_set, 2, get)) ==
          "0: copy s2, s0\n1: return s2\n");
    CHECK(i32_body(code(Op::local_get, 2, Op::local_set, 2, get)) == "0: return s2\n");
    // The result of a call has its place already, and so has what stands below something that was
    // dropped.
    CHECK(i32_body(code(Op::local_get, 0, Op::local_get, 1, Op::call, callee_ii_i, Op::local_set, 2,
                        get)) == "0: copy s4, s1\n1: copy s3, s0\n2: call base s3, function 1\n"
                                 "3: copy s2, s3\n4: return s2\n");
    CHECK(i32_body(code(Op::local_get, 0, Op::i32_clz, Op::local_get, 1, Op::i32_ctz, Op::drop,
                        Op::local_set, 2, get)) ==
          "0: i32.clz s3, s0\n1: i32.ctz s4, s1\n2: copy s2, s3\n3: return s2\n");
}

TEST_CASE("lower: a pending local is copied before the local changes") {
    // Every one of them, and only those.
    CHECK(i32_body(code(Op::local_get, 0, Op::local_get, 1, Op::local_get, 0, Op::i32_const, 5,
                        Op::local_set, 0, Op::i32_add, Op::i32_add)) ==
          "0: copy s5, s0\n1: copy s3, s0\n2: const_u32 s0, 5\n3: i32.add s4, s1, s5\n"
          "4: i32.add s3, s3, s4\n5: return s3\n");
    // An operator keeps its own place then.
    CHECK(i32_body(code(Op::local_get, 0, Op::local_get, 0, Op::i32_clz, Op::local_set, 0)) ==
          "0: i32.clz s4, s0\n1: copy s3, s0\n2: copy s0, s4\n3: return s3\n");
    // Used up or dropped before the change: nothing is pending.
    CHECK(i32_body(code(Op::local_get, 0, Op::local_get, 0, Op::drop, Op::drop, Op::i32_const, 5,
                        Op::local_set, 0, Op::local_get, 0)) ==
          "0: const_u32 s0, 5\n1: return s0\n");
}

TEST_CASE("lower: local.tee leaves the local on the stack, or the constant") {
    CHECK(i32_body(code(Op::local_get, 0, Op::local_get, 1, Op::i32_add, Op::local_tee, 2,
                        Op::local_get, 2, Op::i32_mul)) ==
          "0: i32.add s2, s0, s1\n1: i32.mul s3, s2, s2\n2: return s3\n");
    CHECK(i32_body(code(Op::local_get, 0, Op::i32_const, 5, Op::local_tee, 2, Op::i32_add)) ==
          "0: const_u32 s2, 5\n1: i32.add s3, s0, 5\n2: return s3\n");
    CHECK(i32_body(code(Op::local_get, 0, Op::local_tee, 2, Op::i32_const, 1, Op::local_set, 2)) ==
          "0: copy s2, s0\n1: copy s3, s2\n2: const_u32 s2, 1\n3: return s3\n");
}

TEST_CASE("lower: operators that keep the bits are no records") {
    CHECK(ir_of({{i32_}, {f32_}, {}}, code(Op::local_get, 0, Op::f32_reinterpret_i32)) ==
          "0: return s0\n");
    CHECK(ir_of({{i32_}, {i64_}, {}}, code(Op::local_get, 0, Op::i64_extend_i32_u)) ==
          "0: return s0\n");
    CHECK(ir_of({{}, {i64_}, {}}, code(Op::i32_const, sleb(-1), Op::i64_extend_i32_u)) ==
          "0: const_u32 s0, 4294967295\n1: return s0\n");
    CHECK(ir_of({{i64_}, {i32_}, {}}, code(Op::local_get, 0, Op::i32_wrap_i64)) ==
          "0: i32.wrap_i64 s1, s0\n1: return s1\n");
}

TEST_CASE("lower: memory accesses") {
    const auto load = [](const Bytes& address, u32 offset) {
        return i32_body(code(address, Op::i32_load8_s, 0, offset));
    };
    const Bytes get = code(Op::local_get, 0);
    CHECK(load(get, 65535) == "0: i32.load8_s s3, [s0 + 65535]\n1: return s3\n");
    CHECK(load(get, 65536) == "0: i32.load8_s s3, [s0 + 65536]\n2: return s3\n");
    CHECK(load(code(Op::i32_const, 4), 1) ==
          "0: const_u32 s3, 4\n1: i32.load8_s s3, [s3 + 1]\n2: return s3\n");
    // An addition that made the address is part of the access, where there is no offset that would
    // not wrap.
    const Bytes sum = code(get, Op::local_get, 1, Op::i32_add);
    CHECK(load(sum, 0) == "0: i32.load8_s s3, [s0 +% s1]\n1: return s3\n");
    CHECK(load(sum, 1) == "0: i32.add s3, s0, s1\n1: i32.load8_s s3, [s3 + 1]\n2: return s3\n");
    CHECK(load(code(get, Op::i32_const, sleb(-5), Op::i32_add), 0) ==
          "0: i32.load8_s s3, [s0 +% -5]\n1: return s3\n");
    CHECK(load(code(get, Op::i32_const, 5, Op::i32_sub), 0) ==
          "0: i32.load8_s s3, [s0 +% -5]\n1: return s3\n");
    CHECK(load(code(get, Op::i32_const, sleb(-32768), Op::i32_sub), 0) ==
          "0: i32.sub s3, s0, -32768\n1: i32.load8_s s3, [s3 + 0]\n2: return s3\n");
    CHECK(load(code(get, Op::i32_const, sleb(32768), Op::i32_add), 0) ==
          "0: i32.add s3, s0, 32768\n2: i32.load8_s s3, [s3 + 0]\n3: return s3\n");
    CHECK(load(code(sum, Op::local_tee, 2), 0) ==
          "0: i32.add s2, s0, s1\n1: i32.load8_s s3, [s2 + 0]\n2: return s3\n");
}

TEST_CASE("lower: a store folds its address only when the value cannot be in the way") {
    const auto store = [](const Bytes& address, const Bytes& value, u32 offset = 0) {
        return ir_of({{i32_, i32_}, {}, {}}, code(address, value, Op::i32_store, 2, offset));
    };
    const Bytes sum = code(Op::local_get, 0, Op::local_get, 1, Op::i32_add);
    const Bytes get = code(Op::local_get, 1);
    CHECK(store(sum, get) == "0: i32.store [s0 +% s1], s1\n1: return\n");
    CHECK(store(code(Op::local_get, 0, Op::i32_const, 8, Op::i32_add), get) ==
          "0: i32.store [s0 +% 8], s1\n1: return\n");
    CHECK(store(sum, get, 4) == "0: i32.add s2, s0, s1\n1: i32.store [s2 + 4], s1\n2: return\n");
    CHECK(store(sum, code(get, Op::i32_clz)) ==
          "0: i32.add s2, s0, s1\n1: i32.clz s3, s1\n2: i32.store [s2 + 0], s3\n3: return\n");
    // The constant is put into s3, which the addition would still have to read.
    const Bytes sum_of_slots =
        code(Op::local_get, 0, Op::i32_clz, Op::local_get, 1, Op::i32_ctz, Op::i32_add);
    CHECK(store(sum_of_slots, code(Op::i32_const, 7)) ==
          "0: i32.clz s2, s0\n1: i32.ctz s3, s1\n2: i32.add s2, s2, s3\n3: const_u32 s3, 7\n"
          "4: i32.store [s2 + 0], s3\n5: return\n");
    CHECK(store(sum_of_slots, get) == "0: i32.clz s2, s0\n1: i32.ctz s3, s1\n"
                                      "2: i32.store [s2 +% s3], s1\n3: return\n");
    CHECK(store(get, code(Op::i32_const, 7), 65536) ==
          "0: const_u32 s3, 7\n1: i32.store [s1 + 65536], s3\n3: return\n");
}

TEST_CASE("lower: select, globals and references") {
    CHECK(i32_body(code(Op::local_get, 0, Op::local_get, 1, Op::local_get, 2, Op::select)) ==
          "0: select s3, s0, s1 if s2\n2: return s3\n");
    CHECK(i32_body(code(Op::i32_const, 1, Op::i32_const, 2, Op::local_get, 2, Op::select)) ==
          "0: const_u32 s4, 2\n1: const_u32 s3, 1\n2: select s3, s3, s4 if s2\n4: return s3\n");
    CHECK(i32_body(code(Op::local_get, 0, Op::local_get, 1, Op::i32_const, 1, Op::select_t, 1,
                        i32_)) == "0: const_u32 s5, 1\n1: select s3, s0, s1 if s5\n3: return s3\n");
    CHECK(i32_body(code(Op::local_get, 0, Op::global_set, 0, Op::global_get, 0)) ==
          "0: global.set s0, 0\n1: global.get s3, 0\n2: return s3\n");
    CHECK(i32_body(code(Op::ref_func, callee_none, Op::ref_is_null)) ==
          "0: ref.func s3, 2\n1: ref.is_null s3, s3\n2: return s3\n");
    CHECK(i32_body(code(Op::i32_const, 1, Op::local_get, 0, Op::table_get, 0, Op::table_set, 0,
                        Op::table_size, 0)) ==
          "0: table.get s4, s0, table 0\n2: const_u32 s3, 1\n3: table.set s3, s4, table 0\n"
          "5: table.size s3, 0\n6: return s3\n");
}

TEST_CASE("lower: slow operators take their operands side by side") {
    CHECK(ir_of({{i32_}, {}, {}},
                code(Op::local_get, 0, Op::i32_const, 1, Op::local_get, 0, Op::memory_fill, 0)) ==
          "0: copy s3, s0\n1: const_u32 s2, 1\n2: copy s1, s0\n3: memory.fill s0, base s1, 0, "
          "0\n5: return\n");
    CHECK(ir_of({{i32_}, {i32_}, {}},
                code(Op::ref_null, ValType::funcref, Op::local_get, 0, Op::table_grow, 0)) ==
          "0: copy s2, s0\n1: const_u32 s1, 0\n2: table.grow s1, base s1, 0, 0\n4: return s1\n");
    CHECK(i32_body(code(Op::local_get, 1, Op::memory_grow, 0, Op::local_set, 2, Op::data_drop, 0,
                        Op::elem_drop, 1, Op::memory_size, 0)) ==
          "0: memory.grow s3, s1\n1: copy s2, s3\n2: data.drop s0, 0\n3: elem.drop s0, 1\n"
          "4: memory.size s3, 0\n5: return s3\n");
}

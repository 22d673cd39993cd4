// SPDX-License-Identifier: Apache-2.0
#include "compiler/singlepass/rows.hpp"

namespace lockstep::compiler {
namespace {

constexpr Row make(Family family, u8 kind, u32 operands, bool wide = false) {
    Row row;
    row.family = family;
    row.kind = kind;
    row.operands = static_cast<u8>(operands);
    row.control = Control::falls;
    row.wide = wide;
    return row;
}
template <class Kind>
constexpr Row make(Family family, Kind kind, u32 operands, bool wide = false) {
    return make(family, static_cast<u8>(kind), operands, wide);
}

constexpr u32 unary = reads_a | writes_dst;
constexpr u32 binary = reads_a | reads_b | writes_dst;

constexpr u8 distance(Op op, Op first) {
    return static_cast<u8>(static_cast<u32>(op) - static_cast<u32>(first));
}
constexpr bool within(Op op, Op first, Op last) { return op >= first && op <= last; }

constexpr Row integer_binary(Op op) {
    const bool wide = op >= Op::i64_add;
    switch (const u8 at = distance(op, wide ? Op::i64_add : Op::i32_add); at) {
    case 0: return make(Family::alu, Alu::add, binary, wide);
    case 1: return make(Family::alu, Alu::sub, binary, wide);
    case 2: return make(Family::mul, 0, binary, wide);
    case 3:
    case 4:
    case 5:
    case 6: return make(Family::divide, static_cast<u8>(at - 3), binary, wide);
    case 7: return make(Family::alu, Alu::and_, binary, wide);
    case 8: return make(Family::alu, Alu::or_, binary, wide);
    case 9: return make(Family::alu, Alu::xor_, binary, wide);
    default: return make(Family::shift, static_cast<u8>(at - 10), binary, wide);
    }
}

constexpr Row integer_row(Op op) {
    if (within(op, Op::i32_eq, Op::i32_ge_u))
        return make(Family::compare, distance(op, Op::i32_eq), binary);
    if (within(op, Op::i64_eq, Op::i64_ge_u))
        return make(Family::compare, distance(op, Op::i64_eq), binary, true);
    if (within(op, Op::i32_clz, Op::i32_popcnt))
        return make(Family::count, distance(op, Op::i32_clz), unary);
    if (within(op, Op::i64_clz, Op::i64_popcnt))
        return make(Family::count, distance(op, Op::i64_clz), unary, true);
    if (within(op, Op::i32_add, Op::i32_rotr) || within(op, Op::i64_add, Op::i64_rotr))
        return integer_binary(op);
    switch (op) {
    case Op::i32_eqz: return make(Family::is_zero, 0, unary);
    case Op::i64_eqz:
    case Op::ref_is_null: return make(Family::is_zero, 0, unary, true);
    case Op::i32_wrap_i64: return make(Family::wrap, 0, unary);
    case Op::i32_extend8_s: return make(Family::extend, 8, unary);
    case Op::i32_extend16_s: return make(Family::extend, 16, unary);
    case Op::i64_extend8_s: return make(Family::extend, 8, unary, true);
    case Op::i64_extend16_s: return make(Family::extend, 16, unary, true);
    case Op::i64_extend_i32_s:
    case Op::i64_extend32_s: return make(Family::extend, 32, unary, true);
    default: return {};
    }
}

constexpr Row float_row(Op op) {
    constexpr u32 f_f = unary | float_a | float_dst;
    constexpr u32 ff_f = binary | float_a | float_dst;
    constexpr u32 ff_i = binary | float_a;
    if (within(op, Op::f32_eq, Op::f32_ge) || within(op, Op::f64_eq, Op::f64_ge)) {
        constexpr Cond conds[] = {Cond::eq,   Cond::ne,   Cond::lt_s,
                                  Cond::gt_s, Cond::le_s, Cond::ge_s};
        const bool wide = op >= Op::f64_eq;
        return make(Family::float_compare, conds[distance(op, wide ? Op::f64_eq : Op::f32_eq)],
                    ff_i, wide);
    }
    switch (op) {
    case Op::f32_abs: return make(Family::float_sign, 1, f_f);
    case Op::f64_abs: return make(Family::float_sign, 1, f_f, true);
    case Op::f32_neg: return make(Family::float_sign, 0, f_f);
    case Op::f64_neg: return make(Family::float_sign, 0, f_f, true);
    case Op::f32_nearest: return make(Family::float_unary, FloatUnary::nearest, f_f);
    case Op::f64_nearest: return make(Family::float_unary, FloatUnary::nearest, f_f, true);
    case Op::f32_floor: return make(Family::float_unary, FloatUnary::floor, f_f);
    case Op::f64_floor: return make(Family::float_unary, FloatUnary::floor, f_f, true);
    case Op::f32_ceil: return make(Family::float_unary, FloatUnary::ceil, f_f);
    case Op::f64_ceil: return make(Family::float_unary, FloatUnary::ceil, f_f, true);
    case Op::f32_trunc: return make(Family::float_unary, FloatUnary::trunc, f_f);
    case Op::f64_trunc: return make(Family::float_unary, FloatUnary::trunc, f_f, true);
    case Op::f32_sqrt: return make(Family::float_unary, FloatUnary::sqrt, f_f);
    case Op::f64_sqrt: return make(Family::float_unary, FloatUnary::sqrt, f_f, true);
    case Op::f64_promote_f32: return make(Family::float_unary, FloatUnary::promote, f_f, true);
    case Op::f32_demote_f64: return make(Family::float_unary, FloatUnary::demote, f_f);
    case Op::f32_add: return make(Family::float_binary, FloatBinary::add, ff_f);
    case Op::f64_add: return make(Family::float_binary, FloatBinary::add, ff_f, true);
    case Op::f32_sub: return make(Family::float_binary, FloatBinary::sub, ff_f);
    case Op::f64_sub: return make(Family::float_binary, FloatBinary::sub, ff_f, true);
    case Op::f32_mul: return make(Family::float_binary, FloatBinary::mul, ff_f);
    case Op::f64_mul: return make(Family::float_binary, FloatBinary::mul, ff_f, true);
    case Op::f32_div: return make(Family::float_binary, FloatBinary::div, ff_f);
    case Op::f64_div: return make(Family::float_binary, FloatBinary::div, ff_f, true);
    case Op::f32_copysign: return make(Family::float_binary, FloatBinary::copysign, ff_f);
    case Op::f64_copysign: return make(Family::float_binary, FloatBinary::copysign, ff_f, true);
    case Op::f32_min:
    case Op::f32_max:
    case Op::f64_min:
    case Op::f64_max: return make(Family::slow, 0, ff_f);
    // i32 operands are zero-extended: the unsigned conversion is that of 64 bits.
    case Op::f32_convert_i32_s: return make(Family::convert_int, 0, unary | float_dst);
    case Op::f32_convert_i32_u:
    case Op::f32_convert_i64_s: return make(Family::convert_int, 1, unary | float_dst);
    case Op::f64_convert_i32_s: return make(Family::convert_int, 0, unary | float_dst, true);
    case Op::f64_convert_i32_u:
    case Op::f64_convert_i64_s: return make(Family::convert_int, 1, unary | float_dst, true);
    case Op::f32_convert_i64_u:
    case Op::f64_convert_i64_u: return make(Family::slow, 0, unary | float_dst);
    case Op::i32_trunc_f32_s:
    case Op::i32_trunc_f32_u:
    case Op::i32_trunc_f64_s:
    case Op::i32_trunc_f64_u:
    case Op::i64_trunc_f32_s:
    case Op::i64_trunc_f32_u:
    case Op::i64_trunc_f64_s:
    case Op::i64_trunc_f64_u:
    case Op::i32_trunc_sat_f32_s:
    case Op::i32_trunc_sat_f32_u:
    case Op::i32_trunc_sat_f64_s:
    case Op::i32_trunc_sat_f64_u:
    case Op::i64_trunc_sat_f32_s:
    case Op::i64_trunc_sat_f32_u:
    case Op::i64_trunc_sat_f64_s:
    case Op::i64_trunc_sat_f64_u: return make(Family::slow, 0, unary | float_a);
    case Op::raw_promote:
    case Op::raw_demote:
    case Op::canonical_f32:
    case Op::canonical_f64: return make(Family::slow, 0, f_f);
    default: return {};
    }
}

/// Reinterpretations do not get here: lowering makes copies of them.
constexpr Row access_row(Op op) {
    const OpInfo& facts = info(op);
    const bool wide = facts.access == 8;
    if (facts.op_class == OpClass::load) {
        const bool is_float = op == Op::f32_load || op == Op::f64_load;
        return make(is_float ? Family::float_load : Family::load, 0,
                    unary | (is_float ? u32{float_dst} : 0), wide);
    }
    const bool is_float = op == Op::f32_store || op == Op::f64_store;
    return make(is_float ? Family::float_store : Family::store, 0,
                u32{reads_a} | reads_dst | (is_float ? u32{float_dst} : 0), wide);
}

constexpr Row other_row(Op op) {
    switch (op) {
    case Op::copy: return make(Family::copy, 0, unary);
    case Op::copy_range: return make(Family::copy_range, 0, special);
    case Op::const_u32: return make(Family::constant_u32, 0, writes_dst);
    case Op::const_s32: return make(Family::constant_s32, 0, writes_dst);
    case Op::const_word: return make(Family::constant_word, 0, writes_dst);
    case Op::select: return make(Family::select, 0, special | writes_dst);
    case Op::global_get: return make(Family::global_get, 0, writes_dst);
    case Op::global_set: return make(Family::global_set, 0, reads_dst);
    case Op::ref_func: return make(Family::ref_func, 0, writes_dst);
    case Op::memory_size: return make(Family::memory_size, 0, writes_dst);
    case Op::charge: return make(Family::charge, 0, 0);
    case Op::jump: return make(Family::jump, 0, 0);
    case Op::br_table: return make(Family::br_table, 0, special);
    case Op::unreachable: return make(Family::unreachable, 0, 0);
    case Op::return_: return make(Family::return_, 0, special);
    case Op::return_range: return make(Family::return_range, 0, special);
    case Op::call:
    case Op::call_host:
    case Op::call_indirect: return make(Family::call, 0, special);
    case Op::return_call:
    case Op::return_call_host:
    case Op::return_call_indirect: return make(Family::tail_call, 0, special);
    case Op::charge_word:
    case Op::data_drop:
    case Op::elem_drop: return make(Family::slow_effect, 0, 0);
    case Op::charge_units:
    case Op::memory_init:
    case Op::memory_copy:
    case Op::memory_fill:
    case Op::table_init:
    case Op::table_copy:
    case Op::table_fill:
    case Op::table_set: return make(Family::slow_effect, 0, special);
    case Op::table_size: return make(Family::slow, 0, writes_dst);
    case Op::memory_grow:
    case Op::table_get:
    case Op::table_grow: return make(Family::slow, 0, special);
    default: return {};
    }
}

constexpr Control control_of(Op op, bool fused) {
    switch (op) {
    case Op::jump: return Control::jump;
    case Op::br_table: return Control::table;
    default: return fused ? Control::fused : Control::falls;
    }
}

constexpr Row row_for(u16 code) {
    if ((code & ir::op_mask) >= op_count) return {};
    const Op op = static_cast<Op>(code & ir::op_mask);
    const bool access = info(op).access != 0;
    Row row = access ? access_row(op) : integer_row(op);
    if (row.family == Family::refused) row = float_row(op);
    if (row.family == Family::refused) row = other_row(op);
    if (row.family == Family::refused) return row;
    const bool is_short = (code & ir::form_short) != 0;
    const bool is_word = (code & ir::form_word) != 0;
    row.words = static_cast<u8>(ir::words_of(code));
    if (access) {
        const bool indexed = (code & ir::form_indexed) != 0;
        row.right = is_short  ? RightForm::short_constant
                    : is_word ? RightForm::word
                              : RightForm::slot;
        row.kind = indexed ? 1 : 0;
        if (indexed && !is_short) row.operands |= reads_b;
        return row;
    }
    const bool fused = (code & ir::form_branch) != 0;
    row.control = control_of(op, fused);
    if (is_short)
        row.right = RightForm::short_constant;
    else if (is_word)
        row.right = fused ? RightForm::fused : RightForm::word;
    if (is_short || is_word) row.operands = static_cast<u8>(row.operands & ~reads_b);
    if (fused) row.operands = static_cast<u8>(row.operands & ~writes_dst);
    return row;
}

} // namespace

constexpr std::array<Row, row_count> rows = [] {
    std::array<Row, row_count> table{};
    for (usize code = 0; code < table.size(); ++code)
        table[code] = row_for(static_cast<u16>(code));
    return table;
}();

} // namespace lockstep::compiler

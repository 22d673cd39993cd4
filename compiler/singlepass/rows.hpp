// SPDX-License-Identifier: Apache-2.0
// What the single-pass compiler knows of each IR row in each of its forms: how it is emitted and
// which slots it uses. One look-up per record answers all of it.
#pragma once

#include "compiler/target/masm.hpp"
#include "vm/ir.hpp"

namespace lockstep::compiler {

/// Rows that are emitted in the same way. Row::kind tells members apart.
enum class Family : u8 {
    refused,     ///< the function is left to the interpreter
    slow,        ///< left to C++; writes dst
    slow_effect, ///< left to C++; writes no slot
    alu,         ///< kind: Alu
    mul,
    shift,   ///< kind: Shift
    divide,  ///< kind: Division
    compare, ///< kind: Cond; sets dst or branches
    is_zero,
    count, ///< kind: Count
    wrap,
    extend,        ///< kind: bits
    float_sign,    ///< kind: 1 abs, 0 neg
    float_unary,   ///< kind: FloatUnary
    convert_int,   ///< kind: 1 from 64 bits
    float_binary,  ///< kind: FloatBinary
    float_compare, ///< kind: Cond
    load,
    store,
    float_load,
    float_store,
    copy,
    copy_range,
    constant_u32,
    constant_s32,
    constant_word,
    select,
    global_get,
    global_set,
    ref_func,
    memory_size,
    charge,
    jump,
    br_table,
    unreachable,
    return_,
    return_range,
    call,
    tail_call,
};

enum class Division : u8 { div_s, div_u, rem_s, rem_u };
enum class FloatUnary : u8 { nearest, floor, ceil, trunc, sqrt, promote, demote };
enum class FloatBinary : u8 { add, sub, mul, div, copysign };

/// Where the right operand of a binary row is.
enum class RightForm : u8 { slot, short_constant, word, fused };

/// How control may leave the record.
enum class Control : u8 { falls, fused, jump, table, refused };

/// Bits of Row::operands.
enum Operands : u8 {
    reads_a = 1,
    reads_b = 2,
    reads_dst = 4,
    writes_dst = 8,
    float_a = 16, ///< the class of a, and of b
    float_dst = 32,
    special = 64, ///< uses slots in a way of its own
};

struct alignas(8) Row {
    Family family = Family::refused;
    u8 kind = 0;
    u8 operands = 0;
    u8 words = 0; ///< that follow; br_table has more
    RightForm right = RightForm::slot;
    Control control = Control::refused;
    bool wide = false; ///< 64-bit operands; f64 for floats
};

/// By Record::op, forms included.
inline constexpr usize row_count = (usize{ir::op_mask} + 1) * 8;
extern const std::array<Row, row_count> rows;

[[nodiscard]] inline const Row& row_of(ir::Record record) noexcept { return rows[record.op]; }

} // namespace lockstep::compiler

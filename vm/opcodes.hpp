// SPDX-License-Identifier: Apache-2.0
// Everything derived from the table in opcodes.def: the enumeration, the facts about an operator,
// byte -> Op.
#pragma once

#include "vm/bytes.hpp"

#include <array>
#include <string_view>

namespace lockstep {

enum class Op : u16 {
#define OP(name, text, code, immediate, signature, access, class) name,
#define IR(name, text) name,
#include "vm/opcodes.def"
};

inline constexpr usize wasm_op_count = 0
#define OP(name, text, code, immediate, signature, access, class) +1
#include "vm/opcodes.def"
    ;
inline constexpr usize op_count = wasm_op_count
#define IR(name, text) +1
#include "vm/opcodes.def"
    ;

/// What follows an opcode in the binary format (spec 5.4).
enum class Immediate : u8 {
    none,
    block,
    label,
    table_of_labels,
    func,
    type_table,
    local,
    global,
    table,
    types,
    memarg,
    memory,
    i32,
    i64,
    f32,
    f64,
    ref_type,
    data,
    data_memory,
    memory_memory,
    elem,
    elem_table,
    table_table,
};

/// Operand and result types as a word: i, l, f, d; `special` operators have their own rule.
enum class Signature : u8 {
    special,
    _,
    _i,
    i_i,
    i_l,
    i_f,
    i_d,
    l_i,
    l_l,
    l_f,
    l_d,
    f_i,
    f_l,
    f_f,
    f_d,
    d_i,
    d_l,
    d_f,
    d_d,
    ii_i,
    ll_i,
    ff_i,
    dd_i,
    ll_l,
    ff_f,
    dd_d,
    ii_,
    il_,
    if_,
    id_,
    iii_,
};

/// Default price classes of a gas schedule.
enum class OpClass : u8 {
    control,
    free,
    branch,
    call,
    call_indirect,
    alu,
    compare,
    div,
    float_alu,
    float_div,
    convert,
    load,
    store,
    grow,
    bulk,
    bulk_table,
    table,
    drop_segment,
};

struct OpInfo {
    std::string_view name;
    std::string_view text;
    u16 code;
    Immediate immediate;
    Signature signature;
    u8 access;
    OpClass op_class;
};

inline constexpr std::array<OpInfo, op_count> op_infos{{
#define OP(name, text, code, immediate, signature, access, class)                                  \
    {#name, text, code, Immediate::immediate, Signature::signature, access, OpClass::class},
#define IR(name, text)                                                                             \
    {#name, text, 0xffff, Immediate::none, Signature::special, 0, OpClass::control},
#include "vm/opcodes.def"
}};

[[nodiscard]] constexpr const OpInfo& info(Op op) noexcept {
    return op_infos[static_cast<usize>(op)];
}
[[nodiscard]] constexpr bool is_wasm(Op op) noexcept {
    return static_cast<usize>(op) < wasm_op_count;
}

inline constexpr u16 no_op = 0xffff;

/// byte -> Op for the one-byte opcodes; `no_op` where there is none.
inline constexpr std::array<u16, 256> op_of_byte = [] {
    std::array<u16, 256> table{};
    table.fill(no_op);
    for (usize i = 0; i < wasm_op_count; ++i)
        if (op_infos[i].code < 0x100) table[op_infos[i].code] = static_cast<u16>(i);
    return table;
}();

/// sub-opcode -> Op behind the prefix 0xfc.
inline constexpr std::array<u16, 18> op_of_fc = [] {
    std::array<u16, 18> table{};
    table.fill(no_op);
    for (usize i = 0; i < wasm_op_count; ++i)
        if (op_infos[i].code >= 0xfc00) table.at(op_infos[i].code - 0xfc00u) = static_cast<u16>(i);
    return table;
}();

static_assert(
    [] {
        for (usize i = 1; i < wasm_op_count; ++i)
            if (op_infos[i].code <= op_infos[i - 1].code) return false;
        return true;
    }(),
    "opcodes are unique and ordered");

static_assert(
    [] {
        for (usize i = 0; i < wasm_op_count; ++i)
            if ((op_infos[i].immediate == Immediate::memarg) != (op_infos[i].access != 0))
                return false;
        return true;
    }(),
    "exactly the memory accesses have a width");

} // namespace lockstep

// SPDX-License-Identifier: Apache-2.0
// The slot IR: what every tier runs or translates. A function is a run of 8-byte records over a
// window of 8-byte slots [parameters, declared locals, operand stack]; locals and constants are
// operands, so local.get, local.set and the constants mostly disappear. vm/README.md describes the
// records row by row.
//
// Lowering makes a Draft: records, and beside them events (gas marks, labels, branch fix-ups) in
// record order. metering::meter turns the marks into charges; assemble() merges both into the final
// Code.
#pragma once

#include "vm/buffer.hpp"
#include "vm/opcodes.hpp"
#include "vm/result.hpp"

#include <string>

namespace lockstep::ir {

/// One record. `op` is a row of opcodes.def plus at most one constant form and the branch form.
struct Record {
    u16 op;
    u16 dst;
    u16 a;
    u16 b;
};
static_assert(sizeof(Record) == 8);

inline constexpr u16 op_mask = 0x01ff;
/// Binary operator whose right operand is the signed 16-bit constant b.
inline constexpr u16 form_short = 0x0200;
/// The following word takes b's place: the right constant of a binary operator, the offset of a
/// memory access.
inline constexpr u16 form_word = 0x0400;
/// A comparison fused with a branch: the following word is {u32 target, i32 constant}; taken when
/// it holds.
inline constexpr u16 form_branch = 0x0800;
/// A memory access with the address a + b (32 bits, wrapping) and no offset; with form_short, b is
/// a signed constant.
inline constexpr u16 form_indexed = 0x0800;
static_assert(op_count <= op_mask);

[[nodiscard]] constexpr Op op_of(Record record) noexcept {
    return static_cast<Op>(record.op & op_mask);
}
[[nodiscard]] constexpr Record make(Op op, u16 dst = 0, u16 a = 0, u16 b = 0,
                                    u16 form = 0) noexcept {
    return {static_cast<u16>(static_cast<u16>(op) | form), dst, a, b};
}
/// A record whose a and b together hold 32 bits.
[[nodiscard]] constexpr Record make32(Op op, u16 dst, u32 value) noexcept {
    return make(op, dst, static_cast<u16>(value), static_cast<u16>(value >> 16));
}
[[nodiscard]] constexpr u32 low32(Record record) noexcept {
    return record.a | static_cast<u32>(record.b) << 16;
}
[[nodiscard]] constexpr Record word(u64 value) noexcept { return std::bit_cast<Record>(value); }
[[nodiscard]] constexpr u64 word_of(Record record) noexcept { return std::bit_cast<u64>(record); }
[[nodiscard]] constexpr u64 pair(u32 low, u32 high) noexcept {
    return low | static_cast<u64>(high) << 32;
}

/// Words that follow a record with this `op`; br_table has more, see words_after().
[[nodiscard]] constexpr u32 words_of(u16 op) noexcept {
    const Op row = static_cast<Op>(op & op_mask);
    if ((op & form_word) != 0) return 1;
    if ((op & form_branch) != 0) return info(row).access != 0 ? 0 : 1;
    switch (row) {
    case Op::select:
    case Op::const_word:
    case Op::charge_word:
    case Op::charge_units:
    case Op::call_indirect:
    case Op::return_call_indirect:
    case Op::table_get:
    case Op::table_set:
    case Op::memory_init:
    case Op::memory_copy:
    case Op::memory_fill:
    case Op::table_init:
    case Op::table_copy:
    case Op::table_grow:
    case Op::table_fill:
    case Op::br_table: return 1;
    default: return 0;
    }
}
/// Words that follow the record (br_table's targets included).
[[nodiscard]] inline u32 words_after(const Record* record) noexcept {
    const u32 words = words_of(record->op);
    return op_of(*record) == Op::br_table ? words + static_cast<u32>(word_of(record[1])) / 2 + 1
                                          : words;
}

/// Marks hold the weight of the original, reachable operators since the previous mark (the operator
/// itself included in its own before-mark); the rest of the kinds are bookkeeping.
enum class EventKind : u8 {
    entry,           ///< start of the body
    before,          ///< ahead of operator `op`, and of any label that else or end binds
    before_backward, ///< the same, of a branch of which a target is a loop header
    after_split,     ///< a conditional branch was not taken, or an else-arm begins
    loop_header,     ///< behind a loop's label
    join,            ///< behind the label of a targeted end
    observer_before, ///< ahead of memory.grow, bulk and table operators, host calls
    observer_after,  ///< behind them, and behind every call
    cut,             ///< code becomes unreachable here
    units,           ///< value = slot of the length of the observer that follows
    charge,          ///< made by the meter: value = amount
    charge_checked,  ///< the same, tested
    charge_large,    ///< value = index in Draft::large, always tested
    charge_units,    ///< value = slot, price in Draft::unit_price[op]
    none,            ///< nothing here
    label,           ///< label `value` is bound here
    fixup,           ///< the low half of the word at this position names a label
    fixup_jump,      ///< a, b of the record at this position name a label
    fixup_table,     ///< `value` labels stand from this word on, two a word
    skip,            ///< `value` more records since the previous event
};

struct Event {
    u16 delta; ///< records since the previous event
    EventKind kind;
    u8 op;     ///< Op of a mark; wasm rows fit in 8 bits
    u32 value; ///< weight, amount, label or slot
};
static_assert(sizeof(Event) == 8 && wasm_op_count <= 0x100);

/// One lowered function before assembly; reused from function to function.
struct Draft {
    Buffer<Record> records;
    Buffer<Event> events;
    Buffer<u64> large;     ///< amounts that need more than 32 bits
    Buffer<u32> offsets;   ///< Wasm offset per record, only when lowering was asked for it
    u64 unit_price[256]{}; ///< set by the meter, per operator
    u32 label_count = 0;
    u32 param_slots = 0;
    u32 result_slots = 0;
    u32 local_slots = 0;   ///< declared locals
    u32 window = 0;        ///< slots of the frame
    u32 cost = 0;          ///< what a call takes from the slot budget
    Op first_op = Op::end; ///< the first operator of the body

    void clear() noexcept;
    [[nodiscard]] bool failed() const noexcept {
        return records.failed() || events.failed() || large.failed() || offsets.failed();
    }
};

/// A function in Code; 24 bytes.
struct Function {
    u32 begin;       ///< index of its first record in Code::records
    u32 local_slots; ///< declared locals, set to zero at entry
    u32 window;
    u32 cost;
    u16 param_slots;
    u16 result_slots;
    u32 size; ///< records, following words included
};

/// All defined functions of a module, immutable once made.
struct Code {
    Buffer<Record> records;
    Buffer<Function> functions;
};

/// Scratch memory of assemble(), reused from function to function.
struct AssembleScratch {
    Buffer<u32> label_positions;
    Buffer<u32> fixups;
};

/// Appends the metered draft to `code`: copies records, inserts charges, resolves labels. A large
/// draft's own memory is used for that, and its records are lost. With `offsets`, also appends one
/// Wasm offset per record. Fails only with the fault out_of_memory.
[[nodiscard]] result<> assemble(Draft& draft, Code& code, AssembleScratch& scratch,
                                Buffer<u32>* offsets = nullptr);

/// The function as text, one record a line; `function` indexes code.functions. Used by `vmtool
/// inspect` and tests.
[[nodiscard]] std::string to_text(const Code& code, u32 function);

} // namespace lockstep::ir

// SPDX-License-Identifier: Apache-2.0
// What the single-pass compiler knows about a function before it emits it, found in two walks over
// the records: where branches go, how much each slot is used, and which reads are a value's last.
#pragma once

#include "compiler/target/masm.hpp"
#include "vm/executable.hpp"

namespace lockstep::compiler {

/// What kinds of operands a row has.
enum class Shape : u8 { other, unary, binary, load, store };
struct RowFacts {
    Shape shape;
    bool float_a, float_b, float_dst; ///< float_dst of a store: the value's class
};
extern const std::array<RowFacts, op_count> row_facts;

/// Bits of Plan::last: after the record the operand's value is not needed.
enum LastUse : u8 { last_a = 1, last_b = 2, last_third = 4 };

struct SlotPlan {
    u32 last_read; ///< record * 4 + operand, none = 0xffff'ffff
    u32 written;   ///< latest record that wrote it
    u32 weight;    ///< uses as an integer, those in loops counting more
    u32 float_weight;
    bool crosses; ///< some block reads it before it writes it
    bool changes; ///< written anywhere
};

/// Scratch memory, reused from function to function.
struct Plan {
    Buffer<u32> target; ///< per record: 0, or 1 + the number of its label
    Buffer<Label> labels;
    Buffer<u32> loop_end; ///< per label: latest branch back to it, or 0
    Buffer<u8> last;      ///< per record
    Buffer<SlotPlan> slots;
    u32 call_weight = 0;

    /// False if the function has records that are left to the interpreter, or memory is out.
    [[nodiscard]] bool make(const Executable& executable, u32 function) noexcept;
};

/// Parameters and results of a call record.
struct CallShape {
    u32 params;
    u32 results;
};
[[nodiscard]] CallShape call_shape(const Executable& executable, const ir::Record* record) noexcept;

} // namespace lockstep::compiler

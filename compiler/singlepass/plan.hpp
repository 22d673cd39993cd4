// SPDX-License-Identifier: Apache-2.0
// What the single-pass compiler knows about a function before it emits it, found in two walks over
// the records: where branches go, how much each slot is used, and which reads are a value's last.
#pragma once

#include "compiler/singlepass/rows.hpp"
#include "compiler/target/masm.hpp"
#include "vm/executable.hpp"

namespace lockstep::compiler {

/// Bits of Plan::last_of(): after the record the operand's value is not needed. The third operand
/// is the condition of a select, or dst.
enum LastUse : u8 { last_a = 1, last_b = 2, last_third = 4 };

struct alignas(32) SlotPlan {
    u64 weight;       ///< uses as an integer, those in loops counting more
    u64 float_weight; ///< the same as a float
    u32 last_read;    ///< (record + 1) * 4 + operand, 0 = none since it was written
    u32 written;      ///< latest record that wrote it + 1, 0 = none
    bool crosses;     ///< some block reads it before it writes it
    bool changes;     ///< written anywhere
};

/// Scratch memory, reused from function to function.
struct Plan {
    Buffer<u32> target; ///< per record: 0, or 1 + the number of its label
    Buffer<Label> labels;
    Buffer<u32> loop_end; ///< per label: latest branch back to it, or 0
    Buffer<u8> last;      ///< per record + 1; bit 3 has no meaning
    Buffer<SlotPlan> slots;
    u64 call_weight = 0;

    /// False if the function has records that are left to the interpreter, or memory is out.
    [[nodiscard]] bool make(const Executable& executable, u32 function) noexcept;

    [[nodiscard]] u8 last_of(u32 record) const noexcept { return last[record + 1]; }
};

/// Parameters and results of a call record.
struct CallShape {
    u32 params;
    u32 results;
};
[[nodiscard]] CallShape call_shape(const Executable& executable, const ir::Record* record) noexcept;

} // namespace lockstep::compiler

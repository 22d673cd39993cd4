// SPDX-License-Identifier: Apache-2.0
// What every target offers to the single-pass compiler, and the words they share. X64 and A64 have
// the same methods in the same order. Operands are registers; results may name an operand's
// register. i32 values are zero-extended to 64 bits in every register and slot, f32 values
// likewise.
#pragma once

#include "vm/buffer.hpp"
#include "vm/context.hpp"
#include "vm/native.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace lockstep::compiler {

struct Gpr {
    u32 n;
};
struct Fpr {
    u32 n;
};

/// Conditions after compare(); the first ten in the order of the comparison rows of opcodes.def.
enum class Cond : u8 {
    eq,
    ne,
    lt_s,
    lt_u,
    gt_s,
    gt_u,
    le_s,
    le_u,
    ge_s,
    ge_u,
    negative,
    overflow,
    unordered,
};
enum class Alu : u8 { add = 0, or_ = 1, and_ = 4, sub = 5, xor_ = 6, cmp = 7 };
enum class Shift : u8 { shl, shr_s, shr_u, rotl, rotr };
enum class Count : u8 { clz, ctz, popcnt };

/// A place in the code. Before it is bound, `head` is the latest reference to it and each reference
/// holds the one before.
struct Label {
    static constexpr u32 unbound = 0xffff'ffff;
    u32 head = 0;
    u32 position = unbound;
};

/// Where generated code finds what it needs.
struct ActivationLayout {
    static constexpr u32 gas = offsetof(Activation, gas);
    static constexpr u32 native_limit = offsetof(Activation, native_limit);
    static constexpr u32 slots_left = offsetof(Activation, slots_left);
    static constexpr u32 context = offsetof(Activation, context);
    static constexpr u32 here = offsetof(Activation, here);
    static constexpr u32 memory0 = here + offsetof(Context, memory0);
    static constexpr u32 funcs = here + offsetof(Context, funcs);
    static constexpr u32 globals = here + offsetof(Context, globals);
    static constexpr u32 tables = here + offsetof(Context, tables);
    static constexpr u32 signatures = here + offsetof(Context, signatures);
    static constexpr u32 native_sp = offsetof(Activation, native_sp);
    static constexpr u32 host_sp = offsetof(Activation, host_sp);
    static constexpr u32 native_runtime = offsetof(Activation, native_runtime);
    static constexpr u32 trap_pc = offsetof(Activation, trap_pc);
    static constexpr u32 next_frame = offsetof(Activation, next_frame);
};
static_assert(ActivationLayout::next_frame < 256 && sizeof(Context) == 64);

/// Shared code of a module, at its beginning.
struct Stubs {
    Label enter;             ///< NativeCode::Enter
    Label slow;              ///< performs the record whose number is in the scratch register
    Label refill;            ///< the gas counter is negative
    Label foreign;           ///< calls the Func in the scratch register
    Label foreign_tail;      ///< the same, in place of the running frame
    Label memory;            ///< landing of guard faults; the scratch register has the pc
    Label traps[trap_count]; ///< each to be called, so that the place is known
};

} // namespace lockstep::compiler

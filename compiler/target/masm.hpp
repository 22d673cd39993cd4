// SPDX-License-Identifier: Apache-2.0
// What every target offers to the single-pass compiler (concept Masm), and the words they share.
// X64 and A64 have the same methods in the same order. Operands are registers; results may name an
// operand's register. i32 values are zero-extended to 64 bits in every register and slot, f32
// values likewise. Registers that `Registers` hands out have numbers below 16.
#pragma once

#include "vm/buffer.hpp"
#include "vm/context.hpp"
#include "vm/native.hpp"

#include <algorithm>
#include <cassert>
#include <concepts>
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

// `w` and `wide` choose 64 bits; a result's register comes first. Flags are the result of
// compare(), compare_...(), test_gas(), charge() and charge_word(); only slots, fields and moves
// may stand between one of them and the branch(), set() or call_if_gas_negative() that uses it. The
// scratch register is kept by moves, slots, exchange(), move_window() and all of MasmCalls from
// release_frame() on, so that it can hold what is to be called.

/// Registers and limits.
template <class M>
concept MasmRegisters = requires(TrapsMode traps) {
    { M::scratch } -> std::convertible_to<Gpr>;
    { M::fscratch } -> std::convertible_to<Fpr>;
    M::gpr_order[0].n; ///< temporaries, then what may hold a local
    { M::gpr_temps } -> std::convertible_to<u32>;
    { M::gprs_of(traps) } -> std::convertible_to<u32>; ///< how many of gpr_order
    M::fpr_order[0].n;
    { M::fpr_temps } -> std::convertible_to<u32>;
    { M::arguments } -> std::convertible_to<u32>; ///< passed in the first of gpr_order
    { M::result } -> std::convertible_to<Gpr>;
    { M::division_clobbers } -> std::convertible_to<u32>; ///< mask of what divide() writes
    { M::quotient } -> std::convertible_to<Gpr>;
    { M::remainder } -> std::convertible_to<Gpr>;
    { M::max_code } -> std::convertible_to<u32>; ///< bytes within which every branch reaches
};

/// The buffer: ensure() before writing; what was written can be taken back down to a place.
template <class M>
concept MasmBuffer = requires(M m, const M& c, u32 n, bool far) {
    { m.ensure(n) } -> std::same_as<bool>;
    { c.within_room() } -> std::same_as<bool>;
    { c.here() } -> std::same_as<u32>;
    { m.take() } -> std::same_as<Buffer<u8>>;
    m.rewind(n);
    m.align(n);
    m.begin_function(far); ///< far: for code whose labels short branches may not reach
    { c.out_of_reach() } -> std::same_as<bool>;
};

template <class M>
concept MasmBranches = requires(M m, Label& label, Cond cond, Gpr r, u32 n) {
    m.bind(label);
    m.jump(label);
    m.branch(cond, label);
    { m.call_later() } -> std::same_as<u32>; ///< for resolve(), as jump_later()
    { m.jump_later() } -> std::same_as<u32>;
    m.resolve(n, n);
    m.call(label);
    { m.table_jump(r, n) } -> std::same_as<u32>; ///< the table's place; the index is overwritten
    m.set_table_entry(n, n, n);
};

template <class M>
concept MasmMoves = requires(M m, Gpr r, Fpr f, u32 n, u64 value) {
    m.mov(r, r);
    m.mov(f, f);
    m.mov(f, r); ///< all 64 bits, as back
    m.mov(r, f);
    m.wrap(r, r);
    m.constant(r, value); ///< may change the flags
    m.load_slot(r, n);
    m.load_slot(f, n);
    m.store_slot(n, r);
    m.store_slot(n, f);
    m.store_slot_zero(n);
    m.fzero(f);
    m.load_activation(r, n); ///< ActivationLayout
    m.load_field(r, r, n);
    m.load_field32(r, r, n);
    m.store_field(r, n, r);
    m.load_indexed(r, r, r); ///< d := base[index], 8-byte elements
    m.exchange(r, r);
};

template <class M>
concept MasmIntegers = requires(M m, Alu alu, Shift shift, Count count, Cond cond, bool w, Gpr r,
                                i32 imm, u32 n, Label& label) {
    m.alu(alu, w, r, r, r);
    m.alu_imm(alu, w, r, r, imm);
    m.mul(w, r, r, r);
    m.mul_imm(w, r, r, imm);
    m.shift(shift, w, r, r, r);
    m.shift_imm(shift, w, r, r, n);
    m.divide(w, w, w, r, r, label, label); ///< is_signed, wants_remainder, w, a, b, traps
    m.count(count, w, r, r);
    m.extend(n, w, r, r);
    m.compare(w, r, r);
    m.compare_imm(w, r, imm);
    m.set(cond, r);
    m.select(r, r, r, r);
    m.clamp(r, r, n);
};

/// Accesses give the place of the instruction that may fault.
template <class M>
concept MasmMemory = requires(M m, Op op, bool wide, Gpr r, Fpr f, u32 n, u64 offset, Label& trap) {
    m.bounds(r, offset, trap);
    m.add_offset(r, r, offset);
    { m.load(op, r, r, n) } -> std::same_as<u32>;
    { m.store(op, r, r, n) } -> std::same_as<u32>;
    { m.load(wide, f, r, n) } -> std::same_as<u32>;
    { m.store(wide, f, r, n) } -> std::same_as<u32>;
    m.load_memory_size(r);
};

/// Arithmetic gives any NaN; branch_if_nan() and canonical_nan() make it canonical.
template <class M>
concept MasmFloats = requires(M m, bool wide, Cond cond, Gpr r, Fpr f, u8 mode, Label& nan) {
    m.fadd(wide, f, f, f);
    m.fsub(wide, f, f, f);
    m.fmul(wide, f, f, f);
    m.fdiv(wide, f, f, f);
    m.fsqrt(wide, f, f);
    m.fround(wide, f, f, mode); ///< 0 nearest, 1 floor, 2 ceil, 3 trunc
    m.fabs(wide, f, f);
    m.fneg(wide, f, f);
    m.fcopysign(wide, f, f, f);
    m.branch_if_nan(wide, f, nan);
    m.canonical_nan(wide, f);
    m.fcompare(cond, wide, r, f, f); ///< eq, ne, lt_s, gt_s, le_s, ge_s
    m.convert_int(wide, wide, f, r); ///< from64, wide
    m.promote(f, f);
    m.demote(f, f);
};

template <class M>
concept MasmCalls = requires(M m, TrapsMode traps, Stubs& stubs, Label& label, Gpr r, i32 amount,
                             u32 n, u64 word) {
    m.charge(amount);
    m.charge_word(word);
    m.test_gas();
    m.call_if_gas_negative(label);
    m.save_return();
    m.enter_frame(n, label);
    m.release_frame(n);
    m.leave_frame(n);
    m.move_window(amount);
    m.call(r, n); ///< what [r + n] points to
    m.jump(r, n);
    m.compare_context(r);
    m.compare_field32(r, r, n);
    m.compare_field_zero(r, n);
    m.ret();
    m.stubs(traps, stubs);
};

template <class M>
concept Masm = MasmRegisters<M> && MasmBuffer<M> && MasmBranches<M> && MasmMoves<M> &&
    MasmIntegers<M> && MasmMemory<M> && MasmFloats<M> && MasmCalls<M>;

} // namespace lockstep::compiler

// SPDX-License-Identifier: Apache-2.0
// A64: emits Armv8.0-A code for the single-pass compiler. Encodings are written by hand; the tests
// compare them with asmjit's byte for byte. Source: Arm Architecture Reference Manual, C4 and C6.
//
// Registers in guest code:
//   x19 Activation   x20 memory 0's first byte   x21 gas   x22 window   x23 native stack
//   x24 MemoryView (explicit checks only)   x16, v16 scratch   x17 scratch of this class
//   x0 ... x15 and v0 ... v15 are allocatable
// sp is the thread's stack throughout. The native stack holds one return address per frame: a
// function pushes x30 on it at its entry.
#pragma once

#include "compiler/target/code_buffer.hpp"
#include "compiler/target/masm.hpp"

namespace lockstep::compiler {

class A64 : public CodeBuffer {
public:
    static constexpr Gpr x0{0}, x1{1}, x2{2}, x8{8}, x9{9}, x10{10}, x11{11}, x12{12}, x13{13},
        x14{14}, x16{16}, x17{17}, x19{19}, x20{20}, x21{21}, x22{22}, x23{23}, x24{24}, x29{29},
        x30{30}, zero{31}, sp{31};
    static constexpr Gpr scratch = x16;
    static constexpr Fpr fscratch{16};

    static constexpr Gpr gpr_order[] = {{0}, {1}, {2},  {3},  {4},  {5},  {6},  {7},
                                        {8}, {9}, {10}, {11}, {12}, {13}, {14}, {15}};
    static constexpr u32 gpr_temps = 6;
    static constexpr Fpr fpr_order[] = {{0}, {1}, {2},  {3},  {4},  {5},  {6},  {7},
                                        {8}, {9}, {10}, {11}, {12}, {13}, {14}, {15}};
    static constexpr u32 fpr_temps = 4;
    static constexpr u32 gprs_of(TrapsMode) { return 16; }
    static constexpr u32 arguments = 4; ///< the first of gpr_order
    static constexpr Gpr result = x0;
    static constexpr u32 division_clobbers = 1u << 0; // where the result goes
    static constexpr Gpr quotient = x0, remainder = x0;
    /// What a `bl` reaches from anywhere in the code.
    static constexpr u32 max_code = 128u << 20;

    // ---- the buffer ----

    void align(u32 to) noexcept {
        while (here() % to != 0)
            word(0xd503'201f); // nop
    }
    /// Chooses how branches to labels not yet bound are made: by one instruction that reaches 1
    /// MiB, or by two that reach max_code.
    void begin_function(bool far) noexcept {
        far_ = far;
        out_of_reach_ = false;
    }
    /// Whether a branch since begin_function() does not reach its label; the code is void.
    [[nodiscard]] bool out_of_reach() const noexcept { return out_of_reach_; }

    // ---- labels ----

    void bind(Label& label) noexcept {
        for (u32 at = out_of_reach_ ? 0 : label.head; at != 0;) {
            const u32 instruction = load_le<u32>(code_.data() + at);
            const u32 back =
                is_short(instruction) ? instruction >> 5 & 0x7'ffff : instruction & 0x3ff'ffff;
            set_target(at, here());
            at = back == 0 ? 0 : at - back * 4;
        }
        label.head = 0;
        label.position = here();
    }
    void jump(Label& label) noexcept { reference(i_b, label); }
    void branch(Cond cond, Label& label) noexcept { branch(i_b_cond | code_of(cond), label); }
    /// A call within the code; `at` is where it stands.
    u32 call_later() noexcept {
        word(i_bl);
        return here() - 4;
    }
    u32 jump_later() noexcept {
        word(i_b);
        return here() - 4;
    }
    void resolve(u32 at, u32 target) noexcept { set_target(at, target); }
    void call(Label& label) noexcept { reference(i_bl, label); }
    /// br table[index], entries counted from the table's first byte; returns where the table lies.
    /// `index` is overwritten.
    u32 table_jump(Gpr index, u32 count) noexcept {
        adr(x16, 16);
        rrr(0xb8a0'7800, index, x16, index); // ldrsw index, [x16, index, lsl 2]
        alu(Alu::add, true, x16, x16, index);
        word(0xd61f'0000 | x16.n << 5); // br x16
        const u32 table = here();
        for (u32 i = 0; i < count; ++i)
            word(0);
        return table;
    }

    // ---- moves ----

    void mov(Gpr d, Gpr s) noexcept {
        if (d.n != s.n) rrr(sf | 0x2a00'0000, d, zero, s);
    }
    void wrap(Gpr d, Gpr s) noexcept { rrr(0x2a00'0000, d, zero, s); }
    void constant(Gpr d, u64 value) noexcept {
        if (value <= 0xffff) return move_wide(0x5280'0000, d, static_cast<u32>(value), 0);
        long_constant(d, value);
    }
    void load_slot(Gpr d, u32 slot) noexcept { offset(0xf940'0000, 3, d.n, x22, slot * 8); }
    void store_slot(u32 slot, Gpr s) noexcept { offset(0xf900'0000, 3, s.n, x22, slot * 8); }
    void store_slot_zero(u32 slot) noexcept { store_slot(slot, zero); }
    void load_slot(Fpr d, u32 slot) noexcept { offset(0xfd40'0000, 3, d.n, x22, slot * 8); }
    void store_slot(u32 slot, Fpr s) noexcept { offset(0xfd00'0000, 3, s.n, x22, slot * 8); }
    void mov(Fpr d, Fpr s) noexcept {
        if (d.n != s.n) word(0x1e60'4000 | s.n << 5 | d.n); // fmov d, d
    }
    void fzero(Fpr d) noexcept { word(0x2f00'e400 | d.n); } // movi d, 0
    void mov(Fpr d, Gpr s) noexcept { word(0x9e67'0000 | s.n << 5 | d.n); }
    void mov(Gpr d, Fpr s) noexcept { word(0x9e66'0000 | s.n << 5 | d.n); }
    void load_activation(Gpr d, u32 at) noexcept { load_field(d, x19, at); }
    void load_field(Gpr d, Gpr base, u32 at) noexcept { offset(0xf940'0000, 3, d.n, base, at); }
    void load_field32(Gpr d, Gpr base, u32 at) noexcept { offset(0xb940'0000, 2, d.n, base, at); }
    void store_field(Gpr base, u32 at, Gpr s) noexcept { offset(0xf900'0000, 3, s.n, base, at); }
    void load_indexed(Gpr d, Gpr base, Gpr index) noexcept { // 8-byte elements
        rrr(0xf860'7800, d, base, index);
    }

    // ---- integers ----

    void alu(Alu op, bool w, Gpr d, Gpr a, Gpr b) noexcept { rrr(size(w) | code_of(op), d, a, b); }
    void alu_imm(Alu op, bool w, Gpr d, Gpr a, i32 imm) noexcept {
        if (op == Alu::add || op == Alu::sub) {
            const bool minus = imm < 0;
            const u32 magnitude = minus ? 0 - static_cast<u32>(imm) : static_cast<u32>(imm);
            return add_imm(w, (op == Alu::sub) != minus, d, a, magnitude);
        }
        const u64 value = w ? static_cast<u64>(i64{imm}) : static_cast<u32>(imm);
        if (const u32 fields = logical_immediate(w, value); fields != none)
            return word(size(w) | fields | logical_code(op) | a.n << 5 | d.n);
        constant(x17, value);
        alu(op, w, d, a, x17);
    }
    void mul(bool w, Gpr d, Gpr a, Gpr b) noexcept { // madd with xzr
        rrr(size(w) | 0x1b00'7c00, d, a, b);
    }
    void mul_imm(bool w, Gpr d, Gpr a, i32 imm) noexcept {
        constant(x17, w ? static_cast<u64>(i64{imm}) : static_cast<u32>(imm));
        mul(w, d, a, x17);
    }
    void shift(Shift op, bool w, Gpr d, Gpr a, Gpr b) noexcept {
        switch (op) {
        case Shift::shl: return rrr(size(w) | 0x1ac0'2000, d, a, b);   // lslv
        case Shift::shr_s: return rrr(size(w) | 0x1ac0'2800, d, a, b); // asrv
        case Shift::shr_u: return rrr(size(w) | 0x1ac0'2400, d, a, b); // lsrv
        case Shift::rotl: rrr(0x4b00'0000, x17, zero, b); break;       // neg
        case Shift::rotr: break;
        }
        rrr(size(w) | 0x1ac0'2c00, d, a, op == Shift::rotl ? x17 : b); // rorv
    }
    void shift_imm(Shift op, bool w, Gpr d, Gpr a, u32 count) noexcept {
        const u32 most = w ? 63 : 31;
        count &= most;
        switch (op) {
        case Shift::shl:
            return bitfield(0x5300'0000, w, d, a, (most + 1 - count) & most, most - count);
        case Shift::shr_s: return bitfield(0x1300'0000, w, d, a, count, most);
        case Shift::shr_u: return bitfield(0x5300'0000, w, d, a, count, most);
        case Shift::rotl: count = (most + 1 - count) & most; break;
        case Shift::rotr: break;
        }
        rrr(size(w) | wide(w) | 0x1380'0000 | count << 10, d, a, a); // extr
    }
    /// Leaves the result in `quotient` or `remainder`, which is the same register, and changes no
    /// other besides scratch.
    void divide(bool is_signed, bool wants_remainder, bool w, Gpr a, Gpr b, Label& by_zero,
                Label& overflow) noexcept {
        branch(size(w) | i_cbz | b.n, by_zero);
        if (is_signed && !wants_remainder) {
            word(size(w) | 0x3100'0400 | b.n << 5 | zero.n); // cmn b, 1
            word(size(w) | 0x7a41'0800 | a.n << 5);          // ccmp a, 1, 0, eq
            branch(Cond::overflow, overflow);
        }
        const u32 divides = size(w) | (is_signed ? 0x1ac0'0c00u : 0x1ac0'0800u);
        if (!wants_remainder) return rrr(divides, quotient, a, b);
        rrr(divides, x17, a, b);
        rrr(size(w) | 0x1b00'8000 | a.n << 10, remainder, x17, b); // msub
    }
    void count(Count op, bool w, Gpr d, Gpr a) noexcept {
        if (op == Count::popcnt) {
            mov(fscratch, a);
            word(0x0e20'5800 | fscratch.n << 5 | fscratch.n); // cnt v.8b
            word(0x0e31'b800 | fscratch.n << 5 | fscratch.n); // addv b, v.8b
            return word(0x1e26'0000 | fscratch.n << 5 | d.n); // fmov w, s
        }
        if (op == Count::ctz) {
            word(size(w) | 0x5ac0'0000 | a.n << 5 | x17.n); // rbit
            a = x17;
        }
        word(size(w) | 0x5ac0'1000 | a.n << 5 | d.n); // clz
    }
    /// Sign extension of the low 8, 16 or 32 bits.
    void extend(u32 bits, bool w, Gpr d, Gpr a) noexcept {
        bitfield(0x1300'0000, w, d, a, 0, bits - 1);
    }
    void compare(bool w, Gpr a, Gpr b) noexcept { rrr(size(w) | 0x6b00'0000, zero, a, b); }
    void compare_imm(bool w, Gpr a, i32 imm) noexcept {
        const bool minus = imm < 0;
        const u32 magnitude = minus ? 0 - static_cast<u32>(imm) : static_cast<u32>(imm);
        if (const u32 fields = add_fields(magnitude); fields != none)
            return word(size(w) | (minus ? 0x3100'0000u : 0x7100'0000u) | fields | a.n << 5 |
                        zero.n); // cmn, cmp
        constant(x17, w ? static_cast<u64>(i64{imm}) : static_cast<u32>(imm));
        compare(w, a, x17);
    }
    void set(Cond cond, Gpr d) noexcept { set_if(code_of(cond), d); }
    /// d := u32(cond) != 0 ? a : b
    void select(Gpr d, Gpr cond, Gpr a, Gpr b) noexcept {
        test(false, cond);
        rrr(sf | 0x1a80'0000 | code_of(Cond::ne) << 12, d, a, b); // csel
    }

    // ---- memory ----

    /// Traps unless address + end <= size of memory 0 (explicit checks).
    void bounds(Gpr address, u64 end, Label& trap) noexcept {
        add_offset(x16, address, end);
        load_field(x17, x24, memory_view_size);
        compare(true, x16, x17);
        branch(Cond::gt_u, trap);
    }
    /// d := address + offset, 64 bits.
    void add_offset(Gpr d, Gpr address, u64 by) noexcept { add_imm(true, false, d, address, by); }
    /// Returns where the instruction stands that may fault. REQUIRES: offset < 2^31.
    u32 load(Op op, Gpr d, Gpr address, u32 at) noexcept {
        return access(load_code(op), d.n, address, at);
    }
    /// Likewise. With guard pages a store that would reach into them writes nothing.
    u32 store(Op op, Gpr s, Gpr address, u32 at) noexcept {
        const u32 bytes = info(op).access;
        const u32 scale = bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3;
        if (probes_ && bytes > 1) return probed_store(scale, 0, s.n, address, at);
        return access(0x3820'6800 | scale << 30, s.n, address, at);
    }
    u32 load(bool wide, Fpr d, Gpr address, u32 at) noexcept {
        return access(wide ? 0xfc60'6800 : 0xbc60'6800, d.n, address, at);
    }
    u32 store(bool wide, Fpr s, Gpr address, u32 at) noexcept {
        if (probes_) return probed_store(wide ? 3 : 2, vector, s.n, address, at);
        return access(wide ? 0xfc20'6800 : 0xbc20'6800, s.n, address, at);
    }

    // ---- floats: `wide` is f64 ----

    void fadd(bool wide, Fpr d, Fpr a, Fpr b) noexcept { fff(0x1e20'2800, wide, d, a, b); }
    void fsub(bool wide, Fpr d, Fpr a, Fpr b) noexcept { fff(0x1e20'3800, wide, d, a, b); }
    void fmul(bool wide, Fpr d, Fpr a, Fpr b) noexcept { fff(0x1e20'0800, wide, d, a, b); }
    void fdiv(bool wide, Fpr d, Fpr a, Fpr b) noexcept { fff(0x1e20'1800, wide, d, a, b); }
    void fsqrt(bool wide, Fpr d, Fpr a) noexcept { fff(0x1e21'c000, wide, d, a, {0}); }
    /// mode: 0 nearest, 1 floor, 2 ceil, 3 trunc
    void fround(bool wide, Fpr d, Fpr a, u8 mode) noexcept { // frintn, frintm, frintp, frintz
        constexpr u32 codes[] = {0x1e24'4000, 0x1e25'4000, 0x1e24'c000, 0x1e25'c000};
        fff(codes[mode], wide, d, a, {0});
    }
    void fabs(bool wide, Fpr d, Fpr a) noexcept { fff(0x1e20'c000, wide, d, a, {0}); }
    void fneg(bool wide, Fpr d, Fpr a) noexcept { fff(0x1e21'4000, wide, d, a, {0}); }
    void fcopysign(bool wide, Fpr d, Fpr a, Fpr b) noexcept {
        constant(x17, wide ? 1ull << 63 : 1u << 31);
        mov(fscratch, x17);
        const u32 mask = fscratch.n << 16;
        if (d.n == b.n) return word(0x2ee0'1c00 | mask | a.n << 5 | d.n); // bif
        mov(d, a);
        word(0x2ea0'1c00 | mask | b.n << 5 | d.n); // bit
    }
    /// Goes to `nan` if d is a NaN.
    void branch_if_nan(bool wide, Fpr d, Label& nan) noexcept {
        fcmp(wide, d, d);
        branch(Cond::unordered, nan);
    }
    void canonical_nan(bool wide, Fpr d) noexcept {
        constant(x17, wide ? 0x7ff8'0000'0000'0000 : 0x7fc0'0000);
        mov(d, x17);
    }
    /// Unordered operands clear N and Z and set C and V.
    void fcompare(Cond cond, bool wide, Gpr d, Fpr a, Fpr b) noexcept {
        fcmp(wide, a, b);
        switch (cond) {
        case Cond::lt_s: return set_if(4, d); // mi
        case Cond::le_s: return set_if(9, d); // ls
        default: return set(cond, d);
        }
    }
    void convert_int(bool from64, bool wide, Fpr d, Gpr a) noexcept { // scvtf
        word(size(from64) | (wide ? 0x1e62'0000 : 0x1e22'0000) | a.n << 5 | d.n);
    }
    void promote(Fpr d, Fpr a) noexcept { word(0x1e22'c000 | a.n << 5 | d.n); }
    void demote(Fpr d, Fpr a) noexcept { word(0x1e62'4000 | a.n << 5 | d.n); }

    // ---- gas, frames, calls ----

    void charge(i32 amount) noexcept {
        if (const u32 fields = add_fields(static_cast<u32>(amount)); fields != none)
            return word(sf | 0x7100'0000 | fields | x21.n << 5 | x21.n); // subs
        charge_word(static_cast<u32>(amount));
    }
    void charge_word(u64 amount) noexcept {
        constant(x17, amount);
        rrr(sf | 0x6b00'0000, x21, x21, x17); // subs
    }
    void test_gas() noexcept { test(true, x21); }
    /// Behind charge() or test_gas(): calls `slow` if the counter is negative.
    void call_if_gas_negative(Label& slow) noexcept {
        word(i_b_cond | 2u << 5 | (code_of(Cond::negative) ^ 1)); // b.pl .+8
        call(slow);
    }
    /// At the entry of a function: makes the frame that ret() takes away.
    void save_return() noexcept { word(0xf81f'8c00 | x23.n << 5 | x30.n); } // str x30, [x23, -8]!
    void enter_frame(u32 cost, Label& overflow) noexcept {
        save_return();
        load_activation(x16, ActivationLayout::native_limit);
        compare(true, x23, x16);
        branch(Cond::lt_u, overflow);
        load_field32(x16, x19, ActivationLayout::slots_left);
        if (const u32 fields = add_fields(cost); fields != none) {
            word(0x7100'0000 | fields | x16.n << 5 | x16.n); // subs
        } else {
            constant(x17, cost);
            rrr(0x6b00'0000, x16, x16, x17);
        }
        offset(0xb900'0000, 2, x16.n, x19, ActivationLayout::slots_left);
        branch(Cond::lt_u, overflow);
    }
    /// Gives a frame back ahead of a tail call.
    void release_frame(u32 cost) noexcept {
        load_field32(x17, x19, ActivationLayout::slots_left);
        if (const u32 fields = add_fields(cost); fields != none) {
            word(0x1100'0000 | fields | x17.n << 5 | x17.n); // add
            offset(0xb900'0000, 2, x17.n, x19, ActivationLayout::slots_left);
        } else {
            constant(x30, cost); // free: loaded below
            alu(Alu::add, false, x17, x17, x30);
            offset(0xb900'0000, 2, x17.n, x19, ActivationLayout::slots_left);
        }
        word(0xf840'8400 | x23.n << 5 | x30.n); // ldr x30, [x23], 8
    }
    void leave_frame(u32 cost) noexcept {
        release_frame(cost);
        return_to_caller();
    }
    void move_window(i32 slots) noexcept { alu_imm(Alu::add, true, x22, x22, slots * 8); }
    void call(Gpr base, u32 at) noexcept {
        load_field(x17, base, at);
        word(0xd63f'0000 | x17.n << 5); // blr
    }
    void jump(Gpr base, u32 at) noexcept {
        load_field(x17, base, at);
        word(0xd61f'0000 | x17.n << 5); // br
    }
    void compare_context(Gpr func) noexcept {
        load_activation(x8, ActivationLayout::context); // free at a call
        load_field(x17, func, offsetof(Func, context));
        compare(true, x8, x17);
    }
    void compare_field32(Gpr a, Gpr base, u32 at) noexcept {
        load_field32(x17, base, at);
        compare(false, a, x17);
    }
    void compare_field_zero(Gpr base, u32 at) noexcept {
        load_field(x17, base, at);
        test(true, x17);
    }
    /// d := min(a, most), unsigned 32 bits. REQUIRES: d is not a.
    void clamp(Gpr d, Gpr a, u32 most) noexcept {
        constant(d, most);
        compare(false, a, d);
        rrr(0x1a80'0000 | code_of(Cond::lt_u) << 12, d, a, d); // csel
    }
    void ret() noexcept {
        word(0xf840'8400 | x23.n << 5 | x30.n); // ldr x30, [x23], 8
        return_to_caller();
    }
    void exchange(Gpr a, Gpr b) noexcept {
        mov(x17, a);
        mov(a, b);
        mov(b, x17);
    }

    // ---- the stubs of a module; see native.hpp ----
    void stubs(TrapsMode traps, Stubs& stubs) noexcept;

    void test(bool w, Gpr a) noexcept { word(size(w) | 0x7100'0000 | a.n << 5 | zero.n); } // cmp 0
    void load_memory_size(Gpr d) noexcept {
        load_activation(d, ActivationLayout::memory0);
        load_field(d, d, memory_view_size);
    }

private:
    static constexpr u32 memory_view_size = offsetof(MemoryView, size);
    static constexpr u32 none = 0xffff'ffff;
    static constexpr u32 sf = 1u << 31; ///< of 64 bits
    static constexpr u32 vector = 1u << 26;
    static constexpr u32 i_b = 0x1400'0000, i_bl = 0x9400'0000, i_b_cond = 0x5400'0000,
                         i_cbz = 0x3400'0000, i_cbnz = 0x3500'0000;

    // a64.cpp
    void pairs(u32 operation, u32 first, u32 count, u32 at) noexcept;
    void push_place() noexcept;
    void pop_place() noexcept;
    void load_memory() noexcept;
    void call_runtime(u32 index) noexcept;
    void add_limit(i32 bytes) noexcept;
    void stub_enter(Stubs& stubs, Label& exit) noexcept;
    void stub_traps(Stubs& stubs, Label& exit, Label& exit_with_place) noexcept;
    void stub_slow(Stubs& stubs, Label& exit_with_place) noexcept;
    void stub_refill(Stubs& stubs, Label& exit_with_place) noexcept;
    void stub_foreign(Stubs& stubs, Label& host, Label& switch_context) noexcept;
    void long_constant(Gpr d, u64 value) noexcept;
    /// N, immr and imms in place; `none` if there is no such immediate.
    [[nodiscard]] static u32 logical_immediate(bool w, u64 value) noexcept;
    u32 probed_store(u32 scale, u32 kind, u32 s, Gpr address, u32 at) noexcept;

    static u32 code_of(Cond cond) noexcept {
        constexpr u8 codes[] = {0x0, 0x1, 0xb, 0x3, 0xc, 0x8, 0xd, 0x9, 0xa, 0x2, 0x4, 0x6, 0x6};
        return codes[static_cast<usize>(cond)];
    }
    static u32 code_of(Alu op) noexcept { // shifted register
        constexpr u32 codes[] = {0x0b00'0000, 0x2a00'0000, 0,           0,
                                 0x0a00'0000, 0x4b00'0000, 0x4a00'0000, 0};
        return codes[static_cast<usize>(op)];
    }
    static u32 logical_code(Alu op) noexcept {
        return op == Alu::and_ ? 0x1200'0000 : op == Alu::or_ ? 0x3200'0000 : 0x5200'0000;
    }
    static u32 load_code(Op op) noexcept { // register offset
        switch (op) {
        case Op::i32_load8_u:
        case Op::i64_load8_u: return 0x3860'6800;
        case Op::i32_load8_s: return 0x38e0'6800;
        case Op::i64_load8_s: return 0x38a0'6800;
        case Op::i32_load16_u:
        case Op::i64_load16_u: return 0x7860'6800;
        case Op::i32_load16_s: return 0x78e0'6800;
        case Op::i64_load16_s: return 0x78a0'6800;
        case Op::i32_load:
        case Op::f32_load:
        case Op::i64_load32_u: return 0xb860'6800;
        case Op::i64_load32_s: return 0xb8a0'6800;
        default: assert(op == Op::i64_load || op == Op::f64_load); return 0xf860'6800;
        }
    }

    // ---- branches ----

    static bool is_short(u32 instruction) noexcept { // b.cond, cbz, cbnz
        return (instruction & 0x7c00'0000) != i_b;
    }
    /// Whether 19 bits of words span the distance.
    static bool is_near(u32 from, u32 to) noexcept { return to - from + (1u << 20) < 1u << 21; }
    void set_target(u32 at, u32 target) noexcept {
        const u32 instruction = load_le<u32>(code_.data() + at);
        const u32 words = (target - at) >> 2;
        if (is_short(instruction)) {
            if (!is_near(at, target)) out_of_reach_ = true;
            return store_le<u32>(code_.data() + at, (instruction & ~0xff'ffe0u) | (words & 0x7'ffff)
                                                                                      << 5);
        }
        if (target - at + max_code >= 2 * max_code) out_of_reach_ = true;
        store_le<u32>(code_.data() + at, (instruction & ~0x3ff'ffffu) | (words & 0x3ff'ffff));
    }
    /// Until it is bound, each reference holds the distance to the one before.
    void reference(u32 instruction, Label& label) noexcept {
        const u32 at = here();
        word(instruction);
        if (label.position != Label::unbound) return set_target(at, label.position);
        const u32 words = label.head == 0 ? 0 : (at - label.head) >> 2;
        const bool is_19 = is_short(instruction);
        if (words >= (is_19 ? 1u << 19 : 1u << 26)) out_of_reach_ = true;
        store_le<u32>(code_.data() + at,
                      instruction | (is_19 ? (words & 0x7'ffff) << 5 : words & 0x3ff'ffff));
        label.head = at;
    }
    void branch(u32 instruction, Label& label) noexcept {
        const bool near =
            label.position == Label::unbound ? !far_ : is_near(here(), label.position);
        if (near) return reference(instruction, label);
        const bool on_flags = (instruction & 0xff00'0000) == i_b_cond;
        word((instruction ^ (on_flags ? 1u : 1u << 24)) | 2u << 5); // not: .+8
        reference(i_b, label);
    }
    void return_to_caller() noexcept { word(0xd65f'03c0); }

    // ---- formats ----

    void word(u32 instruction) noexcept {
        store_le<u32>(p_, instruction);
        p_ += 4;
    }
    static constexpr u32 size(bool w) noexcept { return w ? sf : 0; }
    static constexpr u32 wide(bool w) noexcept { return w ? 1u << 22 : 0; } ///< N
    void rrr(u32 code, Gpr d, Gpr n, Gpr m) noexcept { word(code | m.n << 16 | n.n << 5 | d.n); }
    void fff(u32 code, bool wide, Fpr d, Fpr n, Fpr m) noexcept {
        word(code | (wide ? 1u << 22 : 0) | m.n << 16 | n.n << 5 | d.n);
    }
    void fcmp(bool wide, Fpr a, Fpr b) noexcept { fff(0x1e20'2000, wide, {0}, a, b); }
    void set_if(u32 cond, Gpr d) noexcept { // csinc d, zr, zr, not cond
        rrr(0x1a80'0400 | (cond ^ 1) << 12, d, zero, zero);
    }
    void bitfield(u32 code, bool w, Gpr d, Gpr a, u32 immr, u32 imms) noexcept {
        word(size(w) | wide(w) | code | immr << 16 | imms << 10 | a.n << 5 | d.n);
    }
    void move_wide(u32 code, Gpr d, u32 half, u32 position) noexcept {
        word(code | position << 21 | half << 5 | d.n);
    }
    void adr(Gpr d, u32 distance) noexcept {
        word(0x1000'0000 | (distance & 3) << 29 | (distance >> 2 & 0x7'ffff) << 5 | d.n);
    }
    /// imm12 and its shift in place; `none` if there is no such immediate.
    static u32 add_fields(u64 value) noexcept {
        if (value < 4096) return static_cast<u32>(value) << 10;
        if (value < 1u << 24 && value % 4096 == 0)
            return 1u << 22 | static_cast<u32>(value >> 12) << 10;
        return none;
    }
    void add_imm(bool w, bool subtract, Gpr d, Gpr a, u64 value) noexcept {
        const u32 code = size(w) | (subtract ? 0x5100'0000u : 0x1100'0000u);
        if (value < 1u << 24) {
            if (value >= 4096) {
                word(code | add_fields(value & 0xff'f000) | a.n << 5 | d.n);
                if (value % 4096 == 0) return;
                a = d;
            }
            return word(code | add_fields(value & 0xfff) | a.n << 5 | d.n);
        }
        constant(x17, value);
        alu(subtract ? Alu::sub : Alu::add, w, d, a, x17);
    }
    /// [base + at], by the format with a scaled unsigned offset.
    void offset(u32 code, u32 scale, u32 t, Gpr base, u32 at) noexcept {
        if (at >> scale > 4095) [[unlikely]] {
            add_imm(true, false, x17, base, at & ~0xfffu); // one instruction below 16 MiB
            base = x17;
            at &= 0xfff;
        }
        word(code | (at >> scale) << 10 | base.n << 5 | t);
    }
    /// [x20 + address + at]
    u32 access(u32 code, u32 t, Gpr address, u32 at) noexcept {
        if (at != 0) {
            add_offset(x16, address, at);
            address = x16;
        }
        rrr(code, {t}, x20, address);
        return here() - 4;
    }

    bool far_ = false;
    bool out_of_reach_ = false;
    bool probes_ = false; ///< stores look for a guard page first
};

} // namespace lockstep::compiler

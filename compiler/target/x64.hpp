// SPDX-License-Identifier: Apache-2.0
// X64: emits x86_64 code (baseline x86-64-v3) for the single-pass compiler. Encodings are written
// by hand, because they are most of the compiler's time; the tests compare them with asmjit's byte
// for byte. Source: Intel SDM volume 2.
//
// Registers in guest code:
//   r15 Activation   r14 memory 0's first byte   r13 gas   rbp window + 128   rbx MemoryView
//   (explicit checks only)   rcx, xmm0, xmm1 scratch of this class   the rest is allocatable
#pragma once

#include "compiler/target/code_buffer.hpp"
#include "compiler/target/masm.hpp"

namespace lockstep::compiler {

class X64 : public CodeBuffer {
public:
    static constexpr Gpr rax{0}, rcx{1}, rdx{2}, rbx{3}, rsp{4}, rbp{5}, rsi{6}, rdi{7}, r8{8},
        r9{9}, r10{10}, r11{11}, r12{12}, r13{13}, r14{14}, r15{15};
    static constexpr Gpr scratch = rcx;
    static constexpr Fpr fscratch{0};

    static constexpr Gpr gpr_order[] = {rax, rdx, rsi, rdi, r8, r9, r10, r11, r12, rbx};
    static constexpr u32 gpr_temps = 4;
    static constexpr Fpr fpr_order[] = {{2}, {3},  {4},  {5},  {6},  {7},  {8},
                                        {9}, {10}, {11}, {12}, {13}, {14}, {15}};
    static constexpr u32 fpr_temps = 4;
    /// rbx holds the MemoryView.
    static constexpr u32 gprs_of(TrapsMode traps) {
        return traps == TrapsMode::explicit_checks ? 9 : 10;
    }
    static constexpr u32 arguments = 4; ///< the first of gpr_order
    static constexpr Gpr result = rax;
    static constexpr u32 division_clobbers = 1u << 0 | 1u << 2; // rax, rdx
    static constexpr Gpr quotient = rax, remainder = rdx;
    static constexpr u32 max_code = 0x7fff'0000; ///< what a 32-bit distance spans

    // ---- the buffer ----

    void align(u32 to) noexcept {
        while (here() % to != 0)
            byte(0x90);
    }
    /// Every branch to a label not yet bound reaches max_code.
    void begin_function(bool far) noexcept { far_ = far; }
    [[nodiscard]] static constexpr bool out_of_reach() noexcept { return false; }

    // ---- labels ----

    void bind(Label& label) noexcept {
        u32 at = label.head;
        while (at != 0) {
            u8* field = code_.data() + at;
            const u32 next = load_le<u32>(field);
            store_le<u32>(field, here() - (at + 4));
            at = next;
        }
        label.head = 0;
        label.position = here();
    }
    void jump(Label& label) noexcept {
        if (is_near(label)) {
            byte(0xeb);
            return near_reference(label);
        }
        byte(0xe9);
        reference(label);
    }
    void branch(Cond cond, Label& label) noexcept {
        if (is_near(label)) {
            byte(static_cast<u8>(0x70 | code_of(cond)));
            return near_reference(label);
        }
        byte(0x0f);
        byte(static_cast<u8>(0x80 | code_of(cond)));
        reference(label);
    }
    /// A call within the code; `at` is where its 32-bit distance stands, counted from its end.
    u32 call_later() noexcept {
        byte(0xe8);
        dword(0);
        return here() - 4;
    }
    u32 jump_later() noexcept {
        byte(0xe9);
        dword(0);
        return here() - 4;
    }
    void resolve(u32 at, u32 target) noexcept {
        store_le<u32>(code_.data() + at, target - (at + 4));
    }
    void call(Label& label) noexcept {
        byte(0xe8);
        reference(label);
    }
    /// jmp table[index], entries counted from the table's first byte; returns where the table lies.
    /// `index` is overwritten.
    u32 table_jump(Gpr index, u32 count) noexcept {
        lea_rip(rcx, 0);
        const u32 after_lea = here();
        put_index(rex_bits(true, index.n, index.n, rcx.n), 0x63, 1, index.n, rcx, index, 2,
                  0); // movsxd index, [rcx + index * 4]
        alu(Alu::add, true, rcx, rcx, index);
        byte(0xff);
        byte(0xe1); // jmp rcx
        const u32 table = here();
        store_le<u32>(code_.data() + after_lea - 4, table - after_lea);
        for (u32 i = 0; i < count; ++i)
            dword(0);
        return table;
    }

    // ---- moves ----

    void mov(Gpr d, Gpr s) noexcept {
        if (d.n != s.n) rr(true, 0x8b, d.n, s.n);
    }
    void wrap(Gpr d, Gpr s) noexcept { rr(false, 0x8b, d.n, s.n); }
    void constant(Gpr d, u64 value) noexcept {
        if (value == 0) {
            rr(false, 0x31, d.n, d.n); // clobbers flags
        } else if (value <= 0xffff'ffff) {
            rex(false, 0, 0, d.n);
            byte(static_cast<u8>(0xb8 | (d.n & 7)));
            dword(static_cast<u32>(value));
        } else if (static_cast<u64>(i64{static_cast<i32>(value)}) == value) {
            rex(true, 0, 0, d.n);
            byte(0xc7);
            byte(static_cast<u8>(0xc0 | (d.n & 7)));
            dword(static_cast<u32>(value));
        } else {
            rex(true, 0, 0, d.n);
            byte(static_cast<u8>(0xb8 | (d.n & 7)));
            qword(value);
        }
    }
    void load_slot(Gpr d, u32 slot) noexcept { rm(true, 0x8b, d.n, rbp, window(slot)); }
    void store_slot(u32 slot, Gpr s) noexcept { rm(true, 0x89, s.n, rbp, window(slot)); }
    void store_slot_zero(u32 slot) noexcept {
        rm(true, 0xc7, 0, rbp, window(slot));
        dword(0);
    }
    void load_slot(Fpr d, u32 slot) noexcept { // vmovsd
        vex_rm(3, false, 0x10, d.n, 0, rbp, window(slot));
    }
    void store_slot(u32 slot, Fpr s) noexcept { vex_rm(3, false, 0x11, s.n, 0, rbp, window(slot)); }
    void mov(Fpr d, Fpr s) noexcept { // vmovaps
        if (d.n != s.n) vex_rr(0, false, 0x28, d.n, 0, s.n);
    }
    void fzero(Fpr d) noexcept { vex_rr(0, false, 0x57, d.n, d.n, d.n); }   // vxorps
    void mov(Fpr d, Gpr s) noexcept { vex_rr(1, true, 0x6e, d.n, 0, s.n); } // vmovq
    void mov(Gpr d, Fpr s) noexcept { vex_rr(1, true, 0x7e, s.n, 0, d.n); }
    void load_activation(Gpr d, u32 offset) noexcept { rm(true, 0x8b, d.n, r15, offset); }
    void load_field(Gpr d, Gpr base, u32 offset) noexcept { rm(true, 0x8b, d.n, base, offset); }
    void load_field32(Gpr d, Gpr base, u32 offset) noexcept { rm(false, 0x8b, d.n, base, offset); }
    void store_field(Gpr base, u32 offset, Gpr s) noexcept { rm(true, 0x89, s.n, base, offset); }
    void load_indexed(Gpr d, Gpr base, Gpr index) noexcept { // 8-byte elements
        put_index(rex_bits(true, d.n, index.n, base.n), 0x8b, 1, d.n, base, index, 3, 0);
    }

    // ---- integers ----

    void alu(Alu op, bool w, Gpr d, Gpr a, Gpr b) noexcept {
        const u8 code = static_cast<u8>(static_cast<u8>(op) << 3 | 3);
        if (d.n == a.n) return rr(w, code, d.n, b.n);
        if (d.n != b.n) {
            if (op == Alu::add) return lea(w, d, a, b);
            move(w, d, a);
            return rr(w, code, d.n, b.n);
        }
        if (op != Alu::sub) return rr(w, code, d.n, a.n); // commutative
        rr_ext(w, 0xf7, 3, d.n);                          // neg d
        rr(w, 0x03, d.n, a.n);
    }
    void alu_imm(Alu op, bool w, Gpr d, Gpr a, i32 imm) noexcept {
        if (d.n != a.n) {
            if (op == Alu::add) {
                return rm(w, 0x8d, d.n, a, static_cast<u32>(imm)); // lea
            }
            move(w, d, a);
        }
        alu_imm_in_place(op, w, d, imm);
    }
    void mul(bool w, Gpr d, Gpr a, Gpr b) noexcept {
        if (d.n == b.n) return rr2(w, 0xaf, d.n, a.n);
        move(w, d, a);
        rr2(w, 0xaf, d.n, b.n);
    }
    void mul_imm(bool w, Gpr d, Gpr a, i32 imm) noexcept {
        const bool small = imm == static_cast<i8>(imm);
        rr(w, small ? 0x6b : 0x69, d.n, a.n);
        small ? byte(static_cast<u8>(imm)) : dword(static_cast<u32>(imm));
    }
    void shift(Shift op, bool w, Gpr d, Gpr a, Gpr b) noexcept {
        switch (op) {
        case Shift::shl: return vex3(w, 1, 0xf7, d.n, b.n, a.n);   // shlx
        case Shift::shr_s: return vex3(w, 2, 0xf7, d.n, b.n, a.n); // sarx
        case Shift::shr_u: return vex3(w, 3, 0xf7, d.n, b.n, a.n); // shrx
        case Shift::rotl:
        case Shift::rotr: break;
        }
        move(false, rcx, b);
        move(w, d, a); // d may be b
        rr_ext(w, 0xd3, op == Shift::rotl ? 0 : 1, d.n);
    }
    void shift_imm(Shift op, bool w, Gpr d, Gpr a, u32 count) noexcept {
        count &= w ? 63 : 31;
        if (op == Shift::rotl || op == Shift::rotr) { // rorx
            const u32 right = op == Shift::rotr ? count : (w ? 64 - count : 32 - count);
            vex_map(3, 3, w, 0xf0, d.n, 0, a.n);
            return byte(static_cast<u8>(right & (w ? 63 : 31)));
        }
        move(w, d, a);
        if (count == 0) return;
        rr_ext(w, 0xc1, op == Shift::shl ? 4 : op == Shift::shr_s ? 7 : 5, d.n);
        byte(static_cast<u8>(count));
    }
    /// Leaves the results in `quotient` and `remainder`, the only registers it changes besides
    /// scratch.
    void divide(bool is_signed, bool wants_remainder, bool w, Gpr a, Gpr b, Label& by_zero,
                Label& overflow) noexcept {
        move(w, rcx, b);
        test(w, rcx);
        branch(Cond::eq, by_zero);
        move(w, rax, a);
        if (!is_signed) {
            constant(rdx, 0);
            return rr_ext(w, 0xf7, 6, rcx.n);
        }
        Label divides, done;
        alu_imm_in_place(Alu::cmp, w, rcx, -1);
        branch(Cond::ne, divides);
        if (wants_remainder) {
            constant(rdx, 0);
        } else {
            rr_ext(w, 0xf7, 3, rax.n); // neg: overflows for the least value only
            branch(Cond::overflow, overflow);
        }
        jump(done);
        bind(divides);
        if (w) byte(0x48);
        byte(0x99); // cdq, cqo
        rr_ext(w, 0xf7, 7, rcx.n);
        bind(done);
    }
    void count(Count op, bool w, Gpr d, Gpr a) noexcept {
        byte(0xf3);
        rr2(w, op == Count::clz ? 0xbd : op == Count::ctz ? 0xbc : 0xb8, d.n, a.n);
    }
    /// Sign extension of the low 8, 16 or 32 bits.
    void extend(u32 bits, bool w, Gpr d, Gpr a) noexcept {
        if (bits == 32) return rr(true, 0x63, d.n, a.n);
        rex8(w, d.n, a.n, bits == 8);
        byte(0x0f);
        byte(bits == 8 ? 0xbe : 0xbf);
        modrm_reg(d.n, a.n);
    }
    void compare(bool w, Gpr a, Gpr b) noexcept { rr(w, 0x3b, a.n, b.n); }
    void compare_imm(bool w, Gpr a, i32 imm) noexcept {
        if (imm == 0) return test(w, a);
        alu_imm_in_place(Alu::cmp, w, a, imm);
    }
    void set(Cond cond, Gpr d) noexcept {
        rex8(false, 0, d.n, true);
        byte(0x0f);
        byte(static_cast<u8>(0x90 | code_of(cond)));
        modrm_reg(0, d.n);
        rex8(false, d.n, d.n, true);
        byte(0x0f);
        byte(0xb6); // movzx
        modrm_reg(d.n, d.n);
    }
    /// d := u32(cond) != 0 ? a : b
    void select(Gpr d, Gpr cond, Gpr a, Gpr b) noexcept {
        test(false, cond);
        if (d.n == a.n) return rr2(true, 0x44, d.n, b.n); // cmove
        if (d.n != b.n) mov(d, b);
        rr2(true, 0x45, d.n, a.n); // cmovne
    }

    // ---- memory ----

    /// Traps unless address + end <= size of memory 0 (explicit checks).
    void bounds(Gpr address, u64 end, Label& trap) noexcept {
        add_offset(rcx, address, end);
        rm(true, 0x3b, rcx.n, rbx, memory_view_size);
        branch(Cond::gt_u, trap);
    }
    /// d := address + offset, 64 bits.
    void add_offset(Gpr d, Gpr address, u64 offset) noexcept {
        if (offset <= 0x7fff'ffff)
            return alu_imm(Alu::add, true, d, address, static_cast<i32>(offset));
        assert(d.n != address.n);
        constant(d, offset);
        rr(true, 0x03, d.n, address.n);
    }
    /// Returns where the instruction stands that may fault. REQUIRES: offset < 2^31.
    u32 load(Op op, Gpr d, Gpr address, u32 offset) noexcept {
        const u32 at = here();
        put_load(op, d, address, offset);
        return at;
    }
    u32 store(Op op, Gpr s, Gpr address, u32 offset) noexcept {
        const u32 at = here();
        put_store(op, s, address, offset);
        return at;
    }
    u32 load(bool wide, Fpr d, Gpr address, u32 offset) noexcept {
        const u32 at = here();
        vex_mem(wide ? 3 : 2, 0x10, d.n, address, offset);
        return at;
    }
    u32 store(bool wide, Fpr s, Gpr address, u32 offset) noexcept {
        const u32 at = here();
        vex_mem(wide ? 3 : 2, 0x11, s.n, address, offset);
        return at;
    }

    // ---- floats: `wide` is f64 ----

    void fadd(bool wide, Fpr d, Fpr a, Fpr b) noexcept {
        vex_rr(wide ? 3 : 2, false, 0x58, d.n, a.n, b.n);
    }
    void fsub(bool wide, Fpr d, Fpr a, Fpr b) noexcept {
        vex_rr(wide ? 3 : 2, false, 0x5c, d.n, a.n, b.n);
    }
    void fmul(bool wide, Fpr d, Fpr a, Fpr b) noexcept {
        vex_rr(wide ? 3 : 2, false, 0x59, d.n, a.n, b.n);
    }
    void fdiv(bool wide, Fpr d, Fpr a, Fpr b) noexcept {
        vex_rr(wide ? 3 : 2, false, 0x5e, d.n, a.n, b.n);
    }
    void fsqrt(bool wide, Fpr d, Fpr a) noexcept {
        vex_rr(wide ? 3 : 2, false, 0x51, d.n, a.n, a.n);
    }
    /// mode: 0 nearest, 1 floor, 2 ceil, 3 trunc
    void fround(bool wide, Fpr d, Fpr a, u8 mode) noexcept {
        vex_map(3, 1, false, wide ? 0x0b : 0x0a, d.n, a.n, a.n);
        byte(static_cast<u8>(mode | 8));
    }
    void fabs(bool wide, Fpr d, Fpr a) noexcept {
        mask(0x54, d, a, wide ? ~0ull >> 1 : 0x7fff'ffff);
    }
    void fneg(bool wide, Fpr d, Fpr a) noexcept { mask(0x57, d, a, wide ? 1ull << 63 : 1u << 31); }
    void fcopysign(bool wide, Fpr d, Fpr a, Fpr b) noexcept {
        const u64 sign = wide ? 1ull << 63 : 1u << 31;
        constant(rcx, sign);
        mov(Fpr{0}, rcx);
        vex_rr(1, false, 0x54, 1, 0, b.n); // vandpd xmm1, xmm0, b
        vex_rr(1, false, 0x55, 0, 0, a.n); // vandnpd xmm0, xmm0, a
        vex_rr(1, false, 0x56, d.n, 0, 1); // vorpd d, xmm0, xmm1
    }
    /// Goes to `nan` if d is a NaN.
    void branch_if_nan(bool wide, Fpr d, Label& nan) noexcept {
        vex_rr(wide ? 1 : 0, false, 0x2e, d.n, 0, d.n);
        branch(Cond::unordered, nan);
    }
    void canonical_nan(bool wide, Fpr d) noexcept {
        constant(rcx, wide ? 0x7ff8'0000'0000'0000 : 0x7fc0'0000);
        mov(d, rcx);
    }
    void fcompare(Cond cond, bool wide, Gpr d, Fpr a, Fpr b) noexcept {
        const bool swap = cond == Cond::lt_s || cond == Cond::le_s;
        vex_rr(wide ? 1 : 0, false, 0x2e, swap ? b.n : a.n, 0, swap ? a.n : b.n);
        switch (cond) {
        case Cond::lt_s:
        case Cond::gt_s: return set(Cond::gt_u, d);
        case Cond::le_s:
        case Cond::ge_s: return set(Cond::ge_u, d);
        default: break;
        }
        const bool equal = cond == Cond::eq;
        rex8(false, 0, rcx.n, true);
        byte(0x0f);
        byte(equal ? 0x9b : 0x9a); // setnp, setp
        modrm_reg(0, rcx.n);
        set(equal ? Cond::eq : Cond::ne, d);
        rex8(false, d.n, rcx.n, true);
        byte(equal ? 0x22 : 0x0a); // and, or
        modrm_reg(d.n, rcx.n);
    }
    void convert_int(bool from64, bool wide, Fpr d, Gpr a) noexcept {
        vex_rr(0, false, 0x57, d.n, d.n, d.n); // vxorps
        vex_rr(wide ? 3 : 2, from64, 0x2a, d.n, d.n, a.n);
    }
    void promote(Fpr d, Fpr a) noexcept { vex_rr(2, false, 0x5a, d.n, a.n, a.n); }
    void demote(Fpr d, Fpr a) noexcept {
        vex_rr(0, false, 0x57, 0, 0, 0);
        vex_rr(3, false, 0x5a, d.n, 0, a.n);
    }

    // ---- gas, frames, calls ----

    void charge(i32 amount) noexcept { alu_imm_in_place(Alu::sub, true, r13, amount); }
    void charge_word(u64 amount) noexcept {
        constant(rcx, amount);
        rr(true, 0x2b, r13.n, rcx.n);
    }
    void test_gas() noexcept { test(true, r13); }
    /// Behind charge() or test_gas(): calls `slow` if the counter is negative. Shorter than a
    /// branch to a call elsewhere.
    void call_if_gas_negative(Label& slow) noexcept {
        byte(static_cast<u8>(0x71 | code_of(Cond::negative))); // jns
        byte(5);
        call(slow);
    }
    /// At the entry of a function: makes the frame that ret() takes away. The call has done it.
    void save_return() noexcept {}
    void enter_frame(u32 cost, Label& overflow) noexcept {
        rm(true, 0x3b, rsp.n, r15, ActivationLayout::native_limit);
        branch(Cond::lt_u, overflow);
        change_slots(5, cost); // sub
        branch(Cond::lt_u, overflow);
    }
    /// Gives a frame back ahead of a tail call.
    void release_frame(u32 cost) noexcept { change_slots(0, cost); }
    void leave_frame(u32 cost) noexcept {
        release_frame(cost);
        ret();
    }
    void move_window(i32 slots) noexcept { alu_imm_in_place(Alu::add, true, rbp, slots * 8); }
    void call(Gpr base, u32 offset) noexcept { through(2, base, offset); }
    void jump(Gpr base, u32 offset) noexcept { through(4, base, offset); }
    void compare_context(Gpr func) noexcept {
        load_activation(r8, ActivationLayout::context); // free at a call
        rm(true, 0x3b, r8.n, func, offsetof(Func, context));
    }
    void compare_field32(Gpr a, Gpr base, u32 offset) noexcept {
        rm(false, 0x3b, a.n, base, offset);
    }
    void compare_field_zero(Gpr base, u32 offset) noexcept {
        rm(true, 0x83, 7, base, offset);
        byte(0);
    }
    /// d := min(a, most), unsigned 32 bits. REQUIRES: d is not a.
    void clamp(Gpr d, Gpr a, u32 most) noexcept {
        constant(d, most);
        rr(false, 0x3b, a.n, d.n);
        rr2(false, 0x42, d.n, a.n); // cmovb
    }
    void ret() noexcept { byte(0xc3); }
    void exchange(Gpr a, Gpr b) noexcept { rr(true, 0x87, a.n, b.n); }

    // ---- the stubs of a module; see native.hpp ----
    void stubs(TrapsMode traps, Stubs& stubs) noexcept;

    void test(bool w, Gpr a) noexcept { rr(w, 0x85, a.n, a.n); }
    void load_memory_size(Gpr d) noexcept {
        load_activation(d, ActivationLayout::memory0);
        load_field(d, d, memory_view_size);
    }

private:
    static constexpr u32 memory_view_size = offsetof(MemoryView, size);

    void push(Gpr r) noexcept;
    void pop(Gpr r) noexcept;
    void push_mem(Gpr base, u32 offset) noexcept;
    void pop_mem(Gpr base, u32 offset) noexcept;
    void through(u32 extension, Gpr base, u32 offset) noexcept {
        if (base.n >= 8) byte(0x41);
        byte(0xff);
        modrm_mem(extension, base, offset);
    }
    void put_load(Op op, Gpr d, Gpr address, u32 offset) noexcept {
        switch (op) {
        case Op::i32_load:
        case Op::f32_load:
        case Op::i64_load32_u: return mem(false, 0x8b, d, address, offset);
        case Op::i64_load:
        case Op::f64_load: return mem(true, 0x8b, d, address, offset);
        case Op::i64_load32_s: return mem(true, 0x63, d, address, offset);
        case Op::i32_load8_s: return mem2(false, 0xbe, d, address, offset);
        case Op::i64_load8_s: return mem2(true, 0xbe, d, address, offset);
        case Op::i32_load8_u:
        case Op::i64_load8_u: return mem2(false, 0xb6, d, address, offset);
        case Op::i32_load16_s: return mem2(false, 0xbf, d, address, offset);
        case Op::i64_load16_s: return mem2(true, 0xbf, d, address, offset);
        case Op::i32_load16_u:
        case Op::i64_load16_u: return mem2(false, 0xb7, d, address, offset);
        default: assert(false && "not a load");
        }
    }
    void put_store(Op op, Gpr s, Gpr address, u32 offset) noexcept {
        switch (info(op).access) {
        case 1:
            // r14's bit makes sure that there is a prefix, so 4 ... 7 are byte registers too
            return put_index(rex_bits(false, s.n, address.n, r14.n), 0x88, 1, s.n, r14, address, 0,
                             offset);
        case 2: byte(0x66); return mem(false, 0x89, s, address, offset);
        case 4: return mem(false, 0x89, s, address, offset);
        case 8: return mem(true, 0x89, s, address, offset);
        default: assert(false && "not a store");
        }
    }
    void load_memory() noexcept;
    void call_runtime(u32 index) noexcept;
    void add_limit(i32 bytes) noexcept { // add qword [limit], imm8
        rm(true, 0x83, 0, r15, ActivationLayout::native_limit);
        byte(static_cast<u8>(bytes));
    }

    [[nodiscard]] static u32 window(u32 slot) noexcept { return slot * 8 - 128; }

    static u8 code_of(Cond cond) noexcept {
        constexpr u8 codes[] = {0x4, 0x5, 0xc, 0x2, 0xf, 0x7, 0xe, 0x6, 0xd, 0x3, 0x8, 0x0, 0xa};
        return codes[static_cast<usize>(cond)];
    }
    void change_slots(u32 operation, u32 cost) noexcept {
        const bool small = cost < 128;
        rm(false, small ? 0x83 : 0x81, operation, r15, ActivationLayout::slots_left);
        small ? byte(static_cast<u8>(cost)) : dword(cost);
    }
    /// Whether a branch of two bytes from here reaches the label.
    [[nodiscard]] bool is_near(const Label& label) const noexcept {
        return !far_ && label.position != Label::unbound && here() + 2 - label.position <= 128;
    }
    void near_reference(const Label& label) noexcept {
        byte(static_cast<u8>(label.position - (here() + 1)));
    }
    void reference(Label& label) noexcept {
        if (label.position != Label::unbound) return dword(label.position - (here() + 4));
        const u32 at = here();
        dword(label.head);
        label.head = at;
    }

    // ---- bytes ----
    // An instruction is put together in a register and written at once. ensure() leaves room for
    // what put() writes beyond it.

    static_assert(slack >= sizeof(u64));
    void put(u64 bytes, u32 size) noexcept {
        store_le<u64>(p_, bytes);
        p_ += size;
    }
    void byte(u8 value) noexcept { *p_++ = value; }
    void dword(u32 value) noexcept {
        store_le<u32>(p_, value);
        p_ += 4;
    }
    void qword(u64 value) noexcept {
        store_le<u64>(p_, value);
        p_ += 8;
    }
    [[nodiscard]] static constexpr u32 rex_bits(bool w, u32 reg, u32 index, u32 rm) noexcept {
        return u32{w} << 3 | (reg >> 3 & 1) << 2 | (index >> 3 & 1) << 1 | (rm >> 3 & 1);
    }
    /// `bytes` behind a REX prefix, if there is one.
    [[gnu::always_inline]] void put_rex(u32 bits, u64 bytes, u32 size) noexcept {
        const u32 has = bits != 0 ? 1 : 0;
        put(bytes << (8 * has) | (bits | has << 6), size + has);
    }
    void rex(bool w, u32 reg, u32 index, u32 rm) noexcept {
        put_rex(rex_bits(w, reg, index, rm), 0, 0);
    }
    /// With byte registers, 4 ... 7 need a prefix.
    void rex8(bool w, u32 reg, u32 rm, bool bytes) noexcept {
        const u32 bits = rex_bits(w, reg, 0, rm);
        if (bits != 0 || (bytes && (reg >= 4 || rm >= 4))) byte(static_cast<u8>(0x40 | bits));
    }
    [[nodiscard]] static constexpr u32 modrm(u32 mod, u32 reg, u32 rm) noexcept {
        return mod << 6 | (reg & 7) << 3 | (rm & 7);
    }
    void modrm_reg(u32 reg, u32 rm) noexcept { byte(static_cast<u8>(modrm(3, reg, rm))); }
    [[nodiscard]] static constexpr bool fits8(u32 offset) noexcept {
        return static_cast<i32>(offset) == static_cast<i8>(offset);
    }
    /// Opcode bytes, then [base + offset].
    void put_mem(u32 bits, u64 opcode, u32 size, u32 reg, Gpr base, u32 offset) noexcept {
        const u32 small = fits8(offset) ? 1 : 0;
        opcode |= u64{modrm(2 - small, reg, base.n)} << (8 * size);
        ++size;
        if ((base.n & 7) == 4) opcode |= u64{0x24} << (8 * size++);
        put_rex(bits, opcode, size);
        store_le<u32>(p_, offset);
        p_ += 4 - 3 * small;
    }
    void modrm_mem(u32 reg, Gpr base, u32 offset) noexcept { put_mem(0, 0, 0, reg, base, offset); }
    /// Opcode bytes, then [base + index << scale + offset].
    void put_index(u32 bits, u64 opcode, u32 size, u32 reg, Gpr base, Gpr index, u32 scale,
                   u32 offset) noexcept {
        const bool none = offset == 0 && (base.n & 7) != 5;
        const u32 mod = none ? 0 : fits8(offset) ? 1 : 2;
        opcode |= u64{modrm(mod, reg, 4) | modrm(scale, index.n, base.n) << 8} << (8 * size);
        put_rex(bits, opcode, size + 2);
        store_le<u32>(p_, offset);
        p_ += usize{mod} * mod; // 0, 1 or 4 bytes
    }
    [[gnu::always_inline]] void rr(bool w, u8 opcode, u32 reg, u32 rm) noexcept {
        put_rex(rex_bits(w, reg, 0, rm), opcode | modrm(3, reg, rm) << 8, 2);
    }
    void rr_ext(bool w, u8 opcode, u32 extension, u32 rm) noexcept { rr(w, opcode, extension, rm); }
    void rr2(bool w, u8 opcode, u32 reg, u32 rm) noexcept {
        put_rex(rex_bits(w, reg, 0, rm), 0x0fu | u32{opcode} << 8 | modrm(3, reg, rm) << 16, 3);
    }
    void rm(bool w, u8 opcode, u32 reg, Gpr base, u32 offset) noexcept {
        put_mem(rex_bits(w, reg, 0, base.n), opcode, 1, reg, base, offset);
    }
    void move(bool w, Gpr d, Gpr s) noexcept {
        if (d.n != s.n) rr(w, 0x8b, d.n, s.n);
    }
    void lea(bool w, Gpr d, Gpr a, Gpr b) noexcept {
        put_index(rex_bits(w, d.n, b.n, a.n), 0x8d, 1, d.n, a, b, 0, 0);
    }
    void lea_rip(Gpr d, u32 distance) noexcept {
        rex(true, d.n, 0, 0);
        byte(0x8d);
        byte(static_cast<u8>((d.n & 7) << 3 | 5));
        dword(distance);
    }
    void alu_imm_in_place(Alu op, bool w, Gpr d, i32 imm) noexcept {
        const bool small = imm == static_cast<i8>(imm);
        rr(w, small ? 0x83 : 0x81, static_cast<u32>(op), d.n);
        small ? byte(static_cast<u8>(imm)) : dword(static_cast<u32>(imm));
    }
    // [r14 + address + offset]
    void mem(bool w, u8 opcode, Gpr reg, Gpr address, u32 offset) noexcept {
        put_index(rex_bits(w, reg.n, address.n, r14.n), opcode, 1, reg.n, r14, address, 0, offset);
    }
    void mem2(bool w, u8 opcode, Gpr reg, Gpr address, u32 offset) noexcept {
        put_index(rex_bits(w, reg.n, address.n, r14.n), 0x0fu | u32{opcode} << 8, 2, reg.n, r14,
                  address, 0, offset);
    }
    // VEX: pp 0 none, 1 66, 2 f3, 3 f2; map 1 = 0f, 2 = 0f38, 3 = 0f3a
    struct Vex {
        u64 bytes;
        u32 size;
    };
    [[nodiscard]] static Vex vex(u32 map, u32 pp, bool w, u32 reg, u32 vvvv, u32 index,
                                 u32 base) noexcept {
        const u32 r = ~reg >> 3 & 1;
        const u32 x = ~index >> 3 & 1;
        const u32 b = ~base >> 3 & 1;
        const u32 low = (~vvvv & 15) << 3 | pp;
        if (map == 1 && !w && x == 1 && b == 1) return {0xc5u | (r << 7 | low) << 8, 2};
        return {0xc4u | (r << 7 | x << 6 | b << 5 | map) << 8 | (u32{w} << 7 | low) << 16, 3};
    }
    void vex_map(u32 map, u32 pp, bool w, u8 opcode, u32 reg, u32 vvvv, u32 rm) noexcept {
        const Vex v = vex(map, pp, w, reg, vvvv, 0, rm);
        put(v.bytes | u64{opcode | modrm(3, reg, rm) << 8} << (8 * v.size), v.size + 2);
    }
    void vex_rr(u32 pp, bool w, u8 opcode, u32 reg, u32 vvvv, u32 rm) noexcept {
        vex_map(1, pp, w, opcode, reg, vvvv, rm);
    }
    void vex_rm(u32 pp, bool w, u8 opcode, u32 reg, u32 vvvv, Gpr base, u32 offset) noexcept {
        const Vex v = vex(1, pp, w, reg, vvvv, 0, base.n);
        put_mem(0, v.bytes | u64{opcode} << (8 * v.size), v.size + 1, reg, base, offset);
    }
    void vex_mem(u32 pp, u8 opcode, u32 reg, Gpr address, u32 offset) noexcept {
        const Vex v = vex(1, pp, false, reg, 0, address.n, r14.n);
        put_index(0, v.bytes | u64{opcode} << (8 * v.size), v.size + 1, reg, r14, address, 0,
                  offset);
    }
    /// shlx and its like: 0f38, the count in vvvv.
    void vex3(bool w, u32 pp, u8 opcode, u32 reg, u32 vvvv, u32 rm) noexcept {
        vex_map(2, pp, w, opcode, reg, vvvv, rm);
    }
    void mask(u8 opcode, Fpr d, Fpr a, u64 bits) noexcept {
        constant(rcx, bits);
        mov(Fpr{0}, rcx);
        vex_rr(1, false, opcode, d.n, a.n, 0);
    }

    bool far_ = false;
};

} // namespace lockstep::compiler

// SPDX-License-Identifier: Apache-2.0
// X64 beside asmjit: every method, over registers, widths, and the immediates at the edges of each
// form. What only the stubs use is covered by running them. Where several encodings are valid,
// asmjit is told to take X64's:
//   [base + 0] has a displacement of one byte: asmjit's for 1, changed to 0 (at_offset)
//   no forms for rax only, and no shift by one without an immediate: long_()
//   the destination of add and its like is in ModRM.reg: mod_rm()
//   xor that clears a register is 31 /r: mod_mr()
//   a byte's extension to esp ... edi has a prefix: rex()
#include "compiler/target/x64.hpp"
#include "compiler/test/masm_check.hpp"

#include <array>

#include <asmjit/x86.h>

using namespace lockstep;
using namespace lockstep::test;
using namespace lockstep::compiler;
namespace x86 = asmjit::x86;
using Asm = x86::Assembler;

namespace {

class Intel64 : public Beside<X64, Asm> {
public:
    Intel64() : Beside(asmjit::Arch::kX64) {}
};

constexpr std::array<Cond, 13> conds{
    Cond::eq,   Cond::ne,   Cond::lt_s, Cond::lt_u,     Cond::gt_s,     Cond::gt_u,     Cond::le_s,
    Cond::le_u, Cond::ge_s, Cond::ge_u, Cond::negative, Cond::overflow, Cond::unordered};
constexpr std::array<x86::CondCode, 13> codes{
    x86::CondCode::kE,  x86::CondCode::kNE, x86::CondCode::kL,  x86::CondCode::kB,
    x86::CondCode::kG,  x86::CondCode::kA,  x86::CondCode::kLE, x86::CondCode::kBE,
    x86::CondCode::kGE, x86::CondCode::kAE, x86::CondCode::kS,  x86::CondCode::kO,
    x86::CondCode::kP};

x86::Gp gp(bool w, u32 n) { return w ? x86::Gp(x86::gpq(n)) : x86::Gp(x86::gpd(n)); }
x86::Gp byte_of(u32 n) { return x86::gpb_lo(n); }
x86::Xmm xmm(u32 n) { return x86::xmm(n); }
constexpr u32 rcx = 1, rsp = 4, r14 = 14, r15 = 15;

/// [base + offset] for an instruction with `behind` bytes after the displacement.
template <class Put>
void at_offset(Asm& a, u32 base, i32 offset, Put put, u32 behind = 0) {
    const bool forced = offset == 0 && (base & 7) != 5;
    put(x86::ptr(x86::gpq(base), forced ? 1 : offset));
    if (forced) a.bufferData()[a.offset() - 1 - behind] = 0;
}
/// The form for any register although this one is rax.
Asm& general(Asm& a, u32 n, i32 value) {
    if (n == 0 && value != static_cast<i8>(value)) a.long_();
    return a;
}
void put_constant(Asm& a, u32 d, u64 value) {
    if (value == 0)
        a.mod_mr().xor_(gp(false, d), gp(false, d));
    else if (value <= 0xffff'ffff)
        a.mov(gp(false, d), static_cast<u32>(value));
    else
        a.mov(gp(true, d), value);
}
void put_move(Asm& a, bool w, u32 d, u32 s) {
    if (d != s) a.mod_rm().mov(gp(w, d), gp(w, s));
}

template <class F>
void for_two(F f) {
    for (u32 d = 0; d < 16; ++d)
        for (u32 n = 0; n < 16; ++n)
            f(d, n);
}
template <class F>
void for_three(F f) {
    for_two([&](u32 d, u32 n) {
        for (u32 m = 0; m < 16; ++m)
            f(d, n, m);
    });
}

constexpr std::array<i32, 12> immediates{
    0, 1, -1, 127, 128, -128, -129, 0x1234, 0x7fff'ffff, -0x7fff'ffff - 1, 255, 0x1'0000};

} // namespace

TEST_CASE("x64: moves") {
    Intel64 x;
    for_two([&](u32 d, u32 s) {
        x.same(
            "mov", [=](X64& m) { m.mov(Gpr{d}, Gpr{s}); },
            [=](Asm& a) { put_move(a, true, d, s); });
        x.same(
            "wrap", [=](X64& m) { m.wrap(Gpr{d}, Gpr{s}); },
            [=](Asm& a) { a.mod_rm().mov(gp(false, d), gp(false, s)); });
        x.same(
            "mov fp", [=](X64& m) { m.mov(Fpr{d}, Fpr{s}); },
            [=](Asm& a) {
                if (d != s) a.vmovaps(xmm(d), xmm(s));
            });
        x.same(
            "mov fp, gp", [=](X64& m) { m.mov(Fpr{d}, Gpr{s}); },
            [=](Asm& a) { a.vmovq(xmm(d), x86::gpq(s)); });
        x.same(
            "mov gp, fp", [=](X64& m) { m.mov(Gpr{d}, Fpr{s}); },
            [=](Asm& a) { a.vmovq(x86::gpq(d), xmm(s)); });
        if (d == s) return; // nobody exchanges a register with itself
        x.same(
            "exchange", [=](X64& m) { m.exchange(Gpr{d}, Gpr{s}); },
            [=](Asm& a) { a.long_().xchg(gp(true, s), gp(true, d)); });
    });
    for (u32 d = 0; d < 16; ++d) {
        x.same(
            "fzero", [=](X64& m) { m.fzero(Fpr{d}); },
            [=](Asm& a) { a.vxorps(xmm(d), xmm(d), xmm(d)); });
        for (const u64 value :
             {u64{0}, u64{1}, u64{0x7fff'ffff}, u64{0x8000'0000}, u64{0xffff'ffff}, ~u64{0},
              ~u64{0} << 31, ~u64{0} << 32, u64{1} << 32, u64{0x1234'5678'9abc'def0}})
            x.same(
                "constant", [=](X64& m) { m.constant(Gpr{d}, value); },
                [=](Asm& a) { put_constant(a, d, value); });
    }
}

TEST_CASE("x64: slots and fields") {
    Intel64 x;
    for (u32 t = 0; t < 16; ++t)
        for (const u32 slot : {0u, 1u, 15u, 16u, 17u, 31u, 32u, 4096u, 65535u}) {
            const x86::Mem at = x86::qword_ptr(x86::rbp, static_cast<i32>(slot * 8) - 128);
            x.same(
                "load_slot", [=](X64& m) { m.load_slot(Gpr{t}, slot); },
                [=](Asm& a) { a.mov(gp(true, t), at); });
            x.same(
                "store_slot", [=](X64& m) { m.store_slot(slot, Gpr{t}); },
                [=](Asm& a) { a.mov(at, gp(true, t)); });
            x.same(
                "store_slot_zero", [=](X64& m) { m.store_slot_zero(slot); },
                [=](Asm& a) { a.mov(at, 0); });
            x.same(
                "load_slot fp", [=](X64& m) { m.load_slot(Fpr{t}, slot); },
                [=](Asm& a) { a.vmovsd(xmm(t), at); });
            x.same(
                "store_slot fp", [=](X64& m) { m.store_slot(slot, Fpr{t}); },
                [=](Asm& a) { a.vmovsd(at, xmm(t)); });
        }
    for_two([&](u32 t, u32 base) {
        for (const u32 offset : {0u, 8u, 120u, 127u, 128u, 80'000u}) {
            const i32 off = static_cast<i32>(offset);
            x.same(
                "load_field", [=](X64& m) { m.load_field(Gpr{t}, Gpr{base}, offset); },
                [=](Asm& a) {
                    at_offset(a, base, off, [&](const auto& mem) { a.mov(gp(true, t), mem); });
                });
            x.same(
                "load_field32", [=](X64& m) { m.load_field32(Gpr{t}, Gpr{base}, offset); },
                [=](Asm& a) {
                    at_offset(a, base, off, [&](const auto& mem) { a.mov(gp(false, t), mem); });
                });
            x.same(
                "store_field", [=](X64& m) { m.store_field(Gpr{base}, offset, Gpr{t}); },
                [=](Asm& a) {
                    at_offset(a, base, off, [&](const auto& mem) { a.mov(mem, gp(true, t)); });
                });
            x.same(
                "compare_field32", [=](X64& m) { m.compare_field32(Gpr{t}, Gpr{base}, offset); },
                [=](Asm& a) {
                    at_offset(a, base, off, [&](const auto& mem) { a.cmp(gp(false, t), mem); });
                });
        }
        if (base != rsp)
            x.same(
                "load_indexed", [=](X64& m) { m.load_indexed(Gpr{t}, Gpr{t}, Gpr{base}); },
                [=](Asm& a) { a.mov(gp(true, t), x86::ptr(x86::gpq(t), x86::gpq(base), 3)); });
    });
    for (u32 d = 0; d < 16; ++d)
        for (const u32 offset : {0u, 64u})
            x.same(
                "load_activation", [=](X64& m) { m.load_activation(Gpr{d}, offset); },
                [=](Asm& a) {
                    at_offset(a, r15, static_cast<i32>(offset),
                              [&](const auto& mem) { a.mov(gp(true, d), mem); });
                });
}

namespace {

using Row = void (*)(Asm&, const x86::Gp&, const x86::Gp&);
struct AluRow {
    Alu op;
    Row put;
};
constexpr std::array alus{
    AluRow{Alu::add, [](Asm& a, const x86::Gp& d, const x86::Gp& s) { a.mod_rm().add(d, s); }},
    AluRow{Alu::or_, [](Asm& a, const x86::Gp& d, const x86::Gp& s) { a.mod_rm().or_(d, s); }},
    AluRow{Alu::and_, [](Asm& a, const x86::Gp& d, const x86::Gp& s) { a.mod_rm().and_(d, s); }},
    AluRow{Alu::sub, [](Asm& a, const x86::Gp& d, const x86::Gp& s) { a.mod_rm().sub(d, s); }},
    AluRow{Alu::xor_, [](Asm& a, const x86::Gp& d, const x86::Gp& s) { a.mod_rm().xor_(d, s); }},
};
void put_alu(Asm& a, const AluRow& row, bool w, u32 d, u32 n, u32 m) {
    if (d == n) return row.put(a, gp(w, d), gp(w, m));
    if (d != m) {
        if (row.op == Alu::add) return void(a.lea(gp(w, d), x86::ptr(x86::gpq(n), x86::gpq(m))));
        a.mod_rm().mov(gp(w, d), gp(w, n));
        return row.put(a, gp(w, d), gp(w, m));
    }
    if (row.op != Alu::sub) return row.put(a, gp(w, d), gp(w, n));
    a.neg(gp(w, d));
    a.mod_rm().add(gp(w, d), gp(w, n));
}
void put_alu_imm(Asm& a, Alu op, bool w, u32 d, u32 n, i32 value) {
    if (op == Alu::add && d != n)
        return at_offset(a, n, value, [&](const auto& mem) { a.lea(gp(w, d), mem); });
    put_move(a, w, d, n);
    Asm& to = general(a, d, value);
    switch (op) {
    case Alu::add: return void(to.add(gp(w, d), value));
    case Alu::or_: return void(to.or_(gp(w, d), value));
    case Alu::and_: return void(to.and_(gp(w, d), value));
    case Alu::sub: return void(to.sub(gp(w, d), value));
    case Alu::xor_: return void(to.xor_(gp(w, d), value));
    case Alu::cmp: return void(to.cmp(gp(w, d), value));
    }
}

} // namespace

TEST_CASE("x64: integers") {
    Intel64 x;
    for (const bool w : {false, true}) {
        for_three([&](u32 d, u32 n, u32 m_) {
            const Gpr rd{d}, rn{n}, rm{m_};
            if (m_ != rsp)
                for (const AluRow& row : alus)
                    x.same(
                        "alu", [=](X64& m) { m.alu(row.op, w, rd, rn, rm); },
                        [=](Asm& a) { put_alu(a, row, w, d, n, m_); });
            x.same(
                "mul", [=](X64& m) { m.mul(w, rd, rn, rm); },
                [=](Asm& a) {
                    if (d != m_) put_move(a, w, d, n);
                    a.imul(gp(w, d), gp(w, d == m_ ? n : m_));
                });
            x.same(
                "shl", [=](X64& m) { m.shift(Shift::shl, w, rd, rn, rm); },
                [=](Asm& a) { a.shlx(gp(w, d), gp(w, n), gp(w, m_)); });
            x.same(
                "shr_s", [=](X64& m) { m.shift(Shift::shr_s, w, rd, rn, rm); },
                [=](Asm& a) { a.sarx(gp(w, d), gp(w, n), gp(w, m_)); });
            x.same(
                "shr_u", [=](X64& m) { m.shift(Shift::shr_u, w, rd, rn, rm); },
                [=](Asm& a) { a.shrx(gp(w, d), gp(w, n), gp(w, m_)); });
            for (const bool left : {false, true})
                x.same(
                    "rot",
                    [=](X64& m) { m.shift(left ? Shift::rotl : Shift::rotr, w, rd, rn, rm); },
                    [=](Asm& a) {
                        put_move(a, false, rcx, m_);
                        put_move(a, w, d, n);
                        left ? a.rol(gp(w, d), x86::cl) : a.ror(gp(w, d), x86::cl);
                    });
            x.same(
                "select", [=](X64& m) { m.select(rd, Gpr{m_}, rn, rm); },
                [=](Asm& a) {
                    a.test(gp(false, m_), gp(false, m_));
                    if (d == n) return void(a.cmove(gp(true, d), gp(true, m_)));
                    put_move(a, true, d, m_);
                    a.cmovne(gp(true, d), gp(true, n));
                });
        });
        for_two([&](u32 d, u32 n) {
            const Gpr rd{d}, rn{n};
            x.same(
                "clz", [=](X64& m) { m.count(Count::clz, w, rd, rn); },
                [=](Asm& a) { a.lzcnt(gp(w, d), gp(w, n)); });
            x.same(
                "ctz", [=](X64& m) { m.count(Count::ctz, w, rd, rn); },
                [=](Asm& a) { a.tzcnt(gp(w, d), gp(w, n)); });
            x.same(
                "popcnt", [=](X64& m) { m.count(Count::popcnt, w, rd, rn); },
                [=](Asm& a) { a.popcnt(gp(w, d), gp(w, n)); });
            x.same(
                "extend8", [=](X64& m) { m.extend(8, w, rd, rn); },
                [=](Asm& a) {
                    if (d >= 4) a.rex();
                    a.movsx(gp(w, d), byte_of(n));
                });
            x.same(
                "extend16", [=](X64& m) { m.extend(16, w, rd, rn); },
                [=](Asm& a) { a.movsx(gp(w, d), x86::gpw(n)); });
            if (w)
                x.same(
                    "extend32", [=](X64& m) { m.extend(32, true, rd, rn); },
                    [=](Asm& a) { a.movsxd(gp(true, d), gp(false, n)); });
            x.same(
                "compare", [=](X64& m) { m.compare(w, rd, rn); },
                [=](Asm& a) { a.mod_rm().cmp(gp(w, d), gp(w, n)); });
            for (const u32 count : {0u, 1u, 5u, 31u, 32u, 63u, 64u}) {
                const u32 most = w ? 63 : 31;
                const u32 by = count & most;
                x.same(
                    "rotr imm", [=](X64& m) { m.shift_imm(Shift::rotr, w, rd, rn, count); },
                    [=](Asm& a) { a.rorx(gp(w, d), gp(w, n), by); });
                x.same(
                    "rotl imm", [=](X64& m) { m.shift_imm(Shift::rotl, w, rd, rn, count); },
                    [=](Asm& a) { a.rorx(gp(w, d), gp(w, n), (0 - by) & most); });
                const auto shifted = [&](Shift op, auto put) {
                    x.same(
                        "shift imm", [=](X64& m) { m.shift_imm(op, w, rd, rn, count); },
                        [=](Asm& a) {
                            put_move(a, w, d, n);
                            if (by == 0) return;
                            if (by == 1) a.long_();
                            put(a, gp(w, d));
                        });
                };
                shifted(Shift::shl, [=](Asm& a, const x86::Gp& r) { a.shl(r, by); });
                shifted(Shift::shr_s, [=](Asm& a, const x86::Gp& r) { a.sar(r, by); });
                shifted(Shift::shr_u, [=](Asm& a, const x86::Gp& r) { a.shr(r, by); });
            }
        });
        for (u32 d = 0; d < 16; ++d) {
            x.same(
                "test", [=](X64& m) { m.test(w, Gpr{d}); },
                [=](Asm& a) { a.test(gp(w, d), gp(w, d)); });
            for (usize i = 0; i < conds.size(); ++i)
                x.same(
                    "set", [=](X64& m) { m.set(conds[i], Gpr{d}); },
                    [=](Asm& a) {
                        a.set(codes[i], byte_of(d));
                        a.movzx(gp(false, d), byte_of(d));
                    });
        }
    }
    for_two([&](u32 d, u32 n) {
        if (d == n) return;
        x.same(
            "clamp", [=](X64& m) { m.clamp(Gpr{d}, Gpr{n}, 70'000); },
            [=](Asm& a) {
                put_constant(a, d, 70'000);
                a.mod_rm().cmp(gp(false, n), gp(false, d));
                a.cmovb(gp(false, d), gp(false, n));
            });
    });
}

TEST_CASE("x64: integers with an immediate") {
    Intel64 x;
    for (const bool w : {false, true})
        for_two([&](u32 d, u32 n) {
            const Gpr rd{d}, rn{n};
            for (const i32 value : immediates) {
                for (const AluRow& row : alus)
                    x.same(
                        "alu_imm", [=](X64& m) { m.alu_imm(row.op, w, rd, rn, value); },
                        [=](Asm& a) { put_alu_imm(a, row.op, w, d, n, value); });
                x.same(
                    "mul_imm", [=](X64& m) { m.mul_imm(w, rd, rn, value); },
                    [=](Asm& a) { a.imul(gp(w, d), gp(w, n), value); });
                x.same(
                    "compare_imm", [=](X64& m) { m.compare_imm(w, rd, value); },
                    [=](Asm& a) {
                        if (value == 0) return void(a.test(gp(w, d), gp(w, d)));
                        general(a, d, value).cmp(gp(w, d), value);
                    });
            }
        });
}

TEST_CASE("x64: divisions") {
    Intel64 x;
    for (const bool w : {false, true})
        for_two([&](u32 n, u32 m_) {
            if (n == rcx) return;
            const auto divide = [&](bool is_signed, bool rest) {
                x.same(
                    "divide",
                    [=](X64& m) {
                        Label zero, overflow;
                        m.divide(is_signed, rest, w, Gpr{n}, Gpr{m_}, zero, overflow);
                        m.bind(zero);
                        m.bind(overflow);
                    },
                    [=](Asm& a) {
                        const auto zero = a.newLabel(), overflow = a.newLabel();
                        const auto divides = a.newLabel(), done = a.newLabel();
                        const auto reg_c = gp(w, rcx), reg_a = gp(w, 0), reg_d = gp(w, 2);
                        put_move(a, w, rcx, m_);
                        a.test(reg_c, reg_c);
                        a.jz(zero);
                        put_move(a, w, 0, n);
                        if (!is_signed) {
                            put_constant(a, 2, 0);
                            a.div(reg_d, reg_a, reg_c);
                        } else {
                            a.cmp(reg_c, -1);
                            a.jne(divides);
                            rest ? put_constant(a, 2, 0) : void(a.neg(reg_a));
                            if (!rest) a.jo(overflow);
                            a.jmp(done);
                            a.bind(divides);
                            w ? a.cqo(reg_d, reg_a) : a.cdq(reg_d, reg_a);
                            a.idiv(reg_d, reg_a, reg_c);
                            a.bind(done);
                        }
                        a.bind(zero);
                        a.bind(overflow);
                    });
            };
            for (const bool is_signed : {false, true})
                for (const bool rest : {false, true})
                    divide(is_signed, rest);
        });
}

namespace {

struct Access {
    Op op;
    void (*put)(Asm&, u32 t, const x86::Mem&);
};
x86::Mem sized(x86::Mem mem, u32 bytes) {
    mem.setSize(bytes);
    return mem;
}
constexpr std::array loads{
    Access{Op::i32_load, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(gp(false, t), m); }},
    Access{Op::f32_load, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(gp(false, t), m); }},
    Access{Op::i64_load, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(gp(true, t), m); }},
    Access{Op::f64_load, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(gp(true, t), m); }},
    Access{Op::i32_load8_s,
           [](Asm& a, u32 t, const x86::Mem& m) { a.movsx(gp(false, t), sized(m, 1)); }},
    Access{Op::i32_load8_u,
           [](Asm& a, u32 t, const x86::Mem& m) { a.movzx(gp(false, t), sized(m, 1)); }},
    Access{Op::i32_load16_s,
           [](Asm& a, u32 t, const x86::Mem& m) { a.movsx(gp(false, t), sized(m, 2)); }},
    Access{Op::i32_load16_u,
           [](Asm& a, u32 t, const x86::Mem& m) { a.movzx(gp(false, t), sized(m, 2)); }},
    Access{Op::i64_load8_s,
           [](Asm& a, u32 t, const x86::Mem& m) { a.movsx(gp(true, t), sized(m, 1)); }},
    Access{Op::i64_load8_u,
           [](Asm& a, u32 t, const x86::Mem& m) { a.movzx(gp(false, t), sized(m, 1)); }},
    Access{Op::i64_load16_s,
           [](Asm& a, u32 t, const x86::Mem& m) { a.movsx(gp(true, t), sized(m, 2)); }},
    Access{Op::i64_load16_u,
           [](Asm& a, u32 t, const x86::Mem& m) { a.movzx(gp(false, t), sized(m, 2)); }},
    Access{Op::i64_load32_s,
           [](Asm& a, u32 t, const x86::Mem& m) { a.movsxd(gp(true, t), sized(m, 4)); }},
    Access{Op::i64_load32_u, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(gp(false, t), m); }},
};
constexpr std::array stores{
    Access{Op::i32_store, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(m, gp(false, t)); }},
    Access{Op::f32_store, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(m, gp(false, t)); }},
    Access{Op::i64_store, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(m, gp(true, t)); }},
    Access{Op::f64_store, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(m, gp(true, t)); }},
    Access{Op::i32_store8, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(m, byte_of(t)); }},
    Access{Op::i32_store16, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(m, x86::gpw(t)); }},
    Access{Op::i64_store8, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(m, byte_of(t)); }},
    Access{Op::i64_store16, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(m, x86::gpw(t)); }},
    Access{Op::i64_store32, [](Asm& a, u32 t, const x86::Mem& m) { a.mov(m, gp(false, t)); }},
};
constexpr std::array<u32, 6> offsets{0, 1, 127, 128, 0x12'3456, 0x7fff'ffff};

template <class Ours, class Theirs>
void accesses(Intel64& x, const char* what, Ours ours, Theirs theirs) {
    for_two([&](u32 t, u32 address) {
        if (address == rsp) return;
        for (const u32 offset : offsets)
            x.same(
                what,
                [=](X64& m) {
                    const u32 begin = m.here();
                    const u32 site = ours(m, t, address, offset);
                    if (site != begin) CHECK(site == begin);
                },
                [=](Asm& a) {
                    theirs(a, t,
                           x86::ptr(x86::gpq(r14), x86::gpq(address), 0, static_cast<i32>(offset)));
                });
    });
}
void put_offset(Asm& a, u32 d, u32 n, u64 by) {
    if (by <= 0x7fff'ffff) return put_alu_imm(a, Alu::add, true, d, n, static_cast<i32>(by));
    put_constant(a, d, by);
    a.mod_rm().add(gp(true, d), gp(true, n));
}

} // namespace

TEST_CASE("x64: memory") {
    Intel64 x;
    for (const Access& one : loads)
        accesses(
            x, "load",
            [&](X64& m, u32 t, u32 n, u32 off) { return m.load(one.op, Gpr{t}, Gpr{n}, off); },
            one.put);
    for (const Access& one : stores)
        accesses(
            x, "store",
            [&](X64& m, u32 t, u32 n, u32 off) { return m.store(one.op, Gpr{t}, Gpr{n}, off); },
            one.put);
    for (const bool wide : {false, true}) {
        accesses(
            x, "load fp",
            [=](X64& m, u32 t, u32 n, u32 off) { return m.load(wide, Fpr{t}, Gpr{n}, off); },
            [=](Asm& a, u32 t, const x86::Mem& mem) {
                wide ? a.vmovsd(xmm(t), mem) : a.vmovss(xmm(t), mem);
            });
        accesses(
            x, "store fp",
            [=](X64& m, u32 t, u32 n, u32 off) { return m.store(wide, Fpr{t}, Gpr{n}, off); },
            [=](Asm& a, u32 t, const x86::Mem& mem) {
                wide ? a.vmovsd(mem, xmm(t)) : a.vmovss(mem, xmm(t));
            });
    }
    for (u32 n = 0; n < 16; ++n)
        for (const u64 by : {u64{0}, u64{1}, u64{127}, u64{128}, u64{0x7fff'ffff}, u64{0x8000'0000},
                             u64{0x1'0000'0007}}) {
            if (n == rcx) continue;
            x.same(
                "add_offset", [=](X64& m) { m.add_offset(Gpr{1}, Gpr{n}, by); },
                [=](Asm& a) { put_offset(a, 1, n, by); });
            x.same(
                "bounds",
                [=](X64& m) {
                    Label trap;
                    m.bounds(Gpr{n}, by, trap);
                    m.bind(trap);
                },
                [=](Asm& a) {
                    const auto trap = a.newLabel();
                    put_offset(a, rcx, n, by);
                    a.cmp(x86::rcx, x86::ptr(x86::rbx, 8));
                    a.ja(trap);
                    a.bind(trap);
                });
        }
    x.same(
        "load_memory_size", [](X64& m) { m.load_memory_size(Gpr{5}); },
        [](Asm& a) {
            a.mov(x86::rbp, x86::ptr(x86::r15, ActivationLayout::memory0));
            a.mov(x86::rbp, x86::ptr(x86::rbp, 8));
        });
}

namespace {

void put_fcompare(Asm& a, Cond cond, bool wide, u32 d, u32 n, u32 m) {
    const bool swap = cond == Cond::lt_s || cond == Cond::le_s;
    const auto left = xmm(swap ? m : n), right = xmm(swap ? n : m);
    wide ? a.vucomisd(left, right) : a.vucomiss(left, right);
    const auto set = [&](x86::CondCode code) {
        a.set(code, byte_of(d));
        a.movzx(gp(false, d), byte_of(d));
    };
    if (cond == Cond::lt_s || cond == Cond::gt_s) return set(x86::CondCode::kA);
    if (cond == Cond::le_s || cond == Cond::ge_s) return set(x86::CondCode::kAE);
    const bool equal = cond == Cond::eq;
    equal ? a.setnp(x86::cl) : a.setp(x86::cl);
    set(equal ? x86::CondCode::kE : x86::CondCode::kNE);
    equal ? a.mod_rm().and_(byte_of(d), x86::cl) : a.mod_rm().or_(byte_of(d), x86::cl);
}
void put_mask(Asm& a, u64 bits) {
    put_constant(a, rcx, bits);
    a.vmovq(xmm(0), x86::rcx);
}

} // namespace

TEST_CASE("x64: floats") {
    Intel64 x;
    for (const bool wide : {false, true}) {
        const u64 sign = wide ? 1ull << 63 : 1ull << 31;
        for_three([&](u32 d, u32 n, u32 m_) {
            const Fpr rd{d}, rn{n}, rm{m_};
            const auto reg_d = xmm(d), reg_n = xmm(n), reg_m = xmm(m_);
            x.same(
                "fadd", [=](X64& m) { m.fadd(wide, rd, rn, rm); },
                [=](Asm& a) {
                    wide ? a.vaddsd(reg_d, reg_n, reg_m) : a.vaddss(reg_d, reg_n, reg_m);
                });
            x.same(
                "fsub", [=](X64& m) { m.fsub(wide, rd, rn, rm); },
                [=](Asm& a) {
                    wide ? a.vsubsd(reg_d, reg_n, reg_m) : a.vsubss(reg_d, reg_n, reg_m);
                });
            x.same(
                "fmul", [=](X64& m) { m.fmul(wide, rd, rn, rm); },
                [=](Asm& a) {
                    wide ? a.vmulsd(reg_d, reg_n, reg_m) : a.vmulss(reg_d, reg_n, reg_m);
                });
            x.same(
                "fdiv", [=](X64& m) { m.fdiv(wide, rd, rn, rm); },
                [=](Asm& a) {
                    wide ? a.vdivsd(reg_d, reg_n, reg_m) : a.vdivss(reg_d, reg_n, reg_m);
                });
            x.same(
                "fcopysign", [=](X64& m) { m.fcopysign(wide, rd, rn, rm); },
                [=](Asm& a) {
                    put_mask(a, sign);
                    a.vandpd(xmm(1), xmm(0), reg_m);
                    a.vandnpd(xmm(0), xmm(0), reg_n);
                    a.vorpd(reg_d, xmm(0), xmm(1));
                });
            if (d != rcx)
                for (const Cond cond :
                     {Cond::eq, Cond::ne, Cond::lt_s, Cond::gt_s, Cond::le_s, Cond::ge_s})
                    x.same(
                        "fcompare", [=](X64& m) { m.fcompare(cond, wide, Gpr{d}, rn, rm); },
                        [=](Asm& a) { put_fcompare(a, cond, wide, d, n, m_); });
        });
        for_two([&](u32 d, u32 n) {
            const Fpr rd{d}, rn{n};
            const auto reg_d = xmm(d), reg_n = xmm(n);
            x.same(
                "fsqrt", [=](X64& m) { m.fsqrt(wide, rd, rn); },
                [=](Asm& a) {
                    wide ? a.vsqrtsd(reg_d, reg_n, reg_n) : a.vsqrtss(reg_d, reg_n, reg_n);
                });
            for (u8 mode = 0; mode < 4; ++mode)
                x.same(
                    "fround", [=](X64& m) { m.fround(wide, rd, rn, mode); },
                    [=](Asm& a) {
                        wide ? a.vroundsd(reg_d, reg_n, reg_n, mode | 8)
                             : a.vroundss(reg_d, reg_n, reg_n, mode | 8);
                    });
            x.same(
                "fabs", [=](X64& m) { m.fabs(wide, rd, rn); },
                [=](Asm& a) {
                    put_mask(a, sign - 1);
                    a.vandpd(reg_d, reg_n, xmm(0));
                });
            x.same(
                "fneg", [=](X64& m) { m.fneg(wide, rd, rn); },
                [=](Asm& a) {
                    put_mask(a, sign);
                    a.vxorpd(reg_d, reg_n, xmm(0));
                });
            x.same(
                "promote", [=](X64& m) { m.promote(rd, rn); },
                [=](Asm& a) { a.vcvtss2sd(reg_d, reg_n, reg_n); });
            x.same(
                "demote", [=](X64& m) { m.demote(rd, rn); },
                [=](Asm& a) {
                    a.vxorps(xmm(0), xmm(0), xmm(0));
                    a.vcvtsd2ss(reg_d, xmm(0), reg_n);
                });
            for (const bool from64 : {false, true})
                x.same(
                    "convert_int", [=](X64& m) { m.convert_int(from64, wide, rd, Gpr{n}); },
                    [=](Asm& a) {
                        a.vxorps(reg_d, reg_d, reg_d);
                        wide ? a.vcvtsi2sd(reg_d, reg_d, gp(from64, n))
                             : a.vcvtsi2ss(reg_d, reg_d, gp(from64, n));
                    });
        });
        for (u32 d = 0; d < 16; ++d) {
            x.same(
                "branch_if_nan",
                [=](X64& m) {
                    Label nan;
                    m.branch_if_nan(wide, Fpr{d}, nan);
                    m.bind(nan);
                },
                [=](Asm& a) {
                    const auto nan = a.newLabel();
                    wide ? a.vucomisd(xmm(d), xmm(d)) : a.vucomiss(xmm(d), xmm(d));
                    a.jp(nan);
                    a.bind(nan);
                });
            x.same(
                "canonical_nan", [=](X64& m) { m.canonical_nan(wide, Fpr{d}); },
                [=](Asm& a) {
                    put_constant(a, rcx, wide ? u64{0x7ff8} << 48 : u64{0x7fc0'0000});
                    a.vmovq(xmm(d), x86::rcx);
                });
        }
    }
}

TEST_CASE("x64: gas and frames") {
    Intel64 x;
    for (const i32 amount : {1, 127, 128, 0x7fff'ffff})
        x.same(
            "charge", [=](X64& m) { m.charge(amount); }, [=](Asm& a) { a.sub(x86::r13, amount); });
    for (const u64 amount : {u64{0x8000'0000}, ~u64{0} >> 1})
        x.same(
            "charge_word", [=](X64& m) { m.charge_word(amount); },
            [=](Asm& a) {
                put_constant(a, rcx, amount);
                a.mod_rm().sub(x86::r13, x86::rcx);
            });
    x.same(
        "test_gas", [](X64& m) { m.test_gas(); }, [](Asm& a) { a.test(x86::r13, x86::r13); });
    x.same(
        "call_if_gas_negative",
        [](X64& m) {
            Label slow;
            m.bind(slow);
            m.call_if_gas_negative(slow);
        },
        [](Asm& a) {
            const auto slow = a.newLabel(), behind = a.newLabel();
            a.bind(slow);
            a.short_().jns(behind);
            a.call(slow);
            a.bind(behind);
        });
    const auto slots = x86::dword_ptr(x86::r15, ActivationLayout::slots_left);
    for (const i32 cost : {4, 127, 128, 70'000}) {
        const u32 taken = static_cast<u32>(cost);
        x.same(
            "enter_frame",
            [=](X64& m) {
                Label overflow;
                m.enter_frame(taken, overflow);
                m.bind(overflow);
            },
            [=](Asm& a) {
                const auto overflow = a.newLabel();
                a.cmp(x86::rsp, x86::ptr(x86::r15, ActivationLayout::native_limit));
                a.jb(overflow);
                a.sub(slots, cost);
                a.jb(overflow);
                a.bind(overflow);
            });
        x.same(
            "release_frame", [=](X64& m) { m.release_frame(taken); },
            [=](Asm& a) { a.add(slots, cost); });
        x.same(
            "leave_frame", [=](X64& m) { m.leave_frame(taken); },
            [=](Asm& a) {
                a.add(slots, cost);
                a.ret();
            });
    }
    x.same(
        "save_return", [](X64& m) { m.save_return(); }, [](Asm&) {});
    x.same(
        "ret", [](X64& m) { m.ret(); }, [](Asm& a) { a.ret(); });
    for (const i32 by : {1, -1, 15, 16, -16, -17, 65'535})
        x.same(
            "move_window", [=](X64& m) { m.move_window(by); },
            [=](Asm& a) { a.add(x86::rbp, by * 8); });
    for (u32 n = 0; n < 16; ++n)
        for (const i32 offset : {0, 8, 128}) {
            const u32 off = static_cast<u32>(offset);
            x.same(
                "call", [=](X64& m) { m.call(Gpr{n}, off); },
                [=](Asm& a) {
                    at_offset(a, n, offset, [&](const x86::Mem& mem) { a.call(sized(mem, 8)); });
                });
            x.same(
                "jump", [=](X64& m) { m.jump(Gpr{n}, off); },
                [=](Asm& a) {
                    at_offset(a, n, offset, [&](const x86::Mem& mem) { a.jmp(sized(mem, 8)); });
                });
            x.same(
                "compare_field_zero", [=](X64& m) { m.compare_field_zero(Gpr{n}, off); },
                [=](Asm& a) {
                    at_offset(
                        a, n, offset, [&](const x86::Mem& mem) { a.cmp(sized(mem, 8), 0); }, 1);
                });
            x.same(
                "compare_context", [=](X64& m) { m.compare_context(Gpr{n}); },
                [=](Asm& a) {
                    a.mov(x86::r8, x86::ptr(x86::r15, ActivationLayout::context));
                    at_offset(a, n, offsetof(Func, context),
                              [&](const x86::Mem& mem) { a.cmp(x86::r8, mem); });
                });
        }
}

TEST_CASE("x64: branches") {
    Intel64 x;
    for (usize i = 0; i < conds.size(); ++i)
        for (const u32 distance : {0u, 100u, 126u, 127u, 128u, 5000u})
            x.same(
                "branches",
                [=](X64& m) {
                    Label label, forward;
                    m.bind(label);
                    for (u32 k = 0; k < distance; ++k)
                        m.ret();
                    m.branch(conds[i], label);
                    m.jump(label);
                    m.call(label);
                    m.branch(conds[i], forward);
                    m.jump(forward);
                    m.call(forward);
                    m.bind(forward);
                },
                [=](Asm& a) {
                    const auto label = a.newLabel(), forward = a.newLabel();
                    a.bind(label);
                    for (u32 k = 0; k < distance; ++k)
                        a.ret();
                    a.j(codes[i], label);
                    a.jmp(label);
                    a.call(label);
                    a.j(codes[i], forward);
                    a.jmp(forward);
                    a.call(forward);
                    a.bind(forward);
                });
    x.same(
        "later",
        [](X64& m) {
            const u32 jump = m.jump_later();
            const u32 call = m.call_later();
            m.resolve(jump, m.here());
            m.resolve(call, jump - 1);
        },
        [](Asm& a) {
            const auto begin = a.newLabel(), end = a.newLabel();
            a.bind(begin);
            a.long_().jmp(end);
            a.call(begin);
            a.bind(end);
        });
    for (u32 n = 0; n < 16; ++n)
        if (n != rsp && n != rcx)
            x.same(
                "table_jump",
                [=](X64& m) {
                    const u32 table = m.table_jump(Gpr{n}, 2);
                    m.set_table_entry(table, 0, table + 8);
                    m.set_table_entry(table, 1, table - 16);
                },
                [=](Asm& a) {
                    const auto table = a.newLabel();
                    a.lea(x86::rcx, x86::ptr(table));
                    a.movsxd(gp(true, n), x86::dword_ptr(x86::rcx, x86::gpq(n), 2));
                    a.mod_rm().add(x86::rcx, gp(true, n));
                    a.jmp(x86::rcx);
                    a.bind(table);
                    a.embedInt32(8);
                    a.embedInt32(-16);
                });
}

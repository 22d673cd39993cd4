// SPDX-License-Identifier: Apache-2.0
// A64 beside asmjit: every method, over registers, widths, and the immediates at the edges of each
// form. What only the stubs use is covered by running them.
#include "compiler/target/a64.hpp"
#include "compiler/test/masm_check.hpp"

#include <array>

#include <asmjit/arm/a64assembler.h>
#include <asmjit/arm/a64utils.h>

using namespace lockstep;
using namespace lockstep::test;
using namespace lockstep::compiler;
using asmjit::arm::CondCode;
using asmjit::arm::GpW;
using asmjit::arm::GpX;
using asmjit::arm::Vec;
using asmjit::arm::VecD;
using asmjit::arm::VecS;
using Asm = asmjit::a64::Assembler;
namespace a64 = asmjit::a64;

namespace {

class Arm64 : public Beside<A64, Asm> {
public:
    Arm64() : Beside(asmjit::Arch::kAArch64) {}
};

constexpr std::array<u32, 12> some{0, 1, 2, 7, 8, 15, 16, 17, 18, 22, 29, 30};
constexpr std::array<Cond, 13> conds{
    Cond::eq,   Cond::ne,   Cond::lt_s, Cond::lt_u,     Cond::gt_s,     Cond::gt_u,     Cond::le_s,
    Cond::le_u, Cond::ge_s, Cond::ge_u, Cond::negative, Cond::overflow, Cond::unordered};
constexpr std::array<CondCode, 13> codes{CondCode::kEQ, CondCode::kNE, CondCode::kLT, CondCode::kLO,
                                         CondCode::kGT, CondCode::kHI, CondCode::kLE, CondCode::kLS,
                                         CondCode::kGE, CondCode::kHS, CondCode::kMI, CondCode::kVS,
                                         CondCode::kVS};

asmjit::arm::Gp gp(bool w, u32 n) {
    if (n == 31) return w ? asmjit::arm::Gp(a64::xzr) : asmjit::arm::Gp(a64::wzr);
    return w ? asmjit::arm::Gp(GpX(n)) : asmjit::arm::Gp(GpW(n));
}
GpX x(u32 n) { return n == 31 ? a64::xzr : GpX(n); }
GpW w(u32 n) { return n == 31 ? a64::wzr : GpW(n); }
Vec fp(bool wide, u32 n) { return wide ? Vec(VecD(n)) : Vec(VecS(n)); }
asmjit::arm::Mem at(u32 base, i64 offset) { return a64::ptr(GpX(base), static_cast<i32>(offset)); }
asmjit::arm::Mem indexed(u32 base, u32 index) { return a64::ptr(GpX(base), GpX(index)); }
asmjit::Imm imm(u64 value) { return asmjit::Imm(value); }

/// The shortest: one movz or movn, else one orr, else the one of movz and movn that leaves fewer
/// halves to movk. Values of 32 bits do not name the upper half.
void put_constant(Asm& a, u32 d, u64 value) {
    const bool wide = value > 0xffff'ffff;
    const u32 halves = wide ? 4 : 2;
    u32 zeros = 0;
    u32 ones = 0;
    for (u32 i = 0; i < halves; ++i) {
        zeros += (value >> 16 * i & 0xffff) == 0 ? 1 : 0;
        ones += (value >> 16 * i & 0xffff) == 0xffff ? 1 : 0;
    }
    const bool inverted = ones > zeros;
    if (value == 0) return void(a.movz(gp(false, d), imm(0), imm(0)));
    if (ones == halves) return void(a.movn(gp(wide, d), imm(0), imm(0)));
    if (halves - std::max(ones, zeros) > 1 && a64::Utils::isLogicalImm(value, wide ? 64 : 32))
        return void(a.orr(gp(wide, d), gp(wide, 31), imm(value)));
    bool first = true;
    for (u32 i = 0; i < halves; ++i) {
        const u64 half = value >> 16 * i & 0xffff;
        if (half == (inverted ? 0xffffu : 0)) continue;
        if (!first)
            a.movk(gp(wide, d), imm(half), imm(u64{16} * i));
        else if (inverted)
            a.movn(gp(wide, d), imm(half ^ 0xffff), imm(u64{16} * i));
        else
            a.movz(gp(wide, d), imm(half), imm(u64{16} * i));
        first = false;
    }
}
void put_add(Asm& a, bool wide, bool subtract, u32 d, u32 n, u64 value) {
    const auto put = [&](u32 from, u64 by) {
        subtract ? a.sub(gp(wide, d), gp(wide, from), imm(by))
                 : a.add(gp(wide, d), gp(wide, from), imm(by));
    };
    if (value < 4096 || (value < 1u << 24 && value % 4096 == 0)) return put(n, value);
    if (value < 1u << 24) {
        put(n, value & 0xff'f000);
        return put(d, value & 0xfff);
    }
    put_constant(a, 17, value);
    subtract ? a.sub(gp(wide, d), gp(wide, n), gp(wide, 17))
             : a.add(gp(wide, d), gp(wide, n), gp(wide, 17));
}

template <class F>
void for_three(F f) {
    for (const u32 d : some)
        for (const u32 n : some)
            for (const u32 m : some)
                f(d, n, m);
}
template <class F>
void for_two(F f) {
    for (u32 d = 0; d < 31; ++d)
        for (u32 n = 0; n < 31; ++n)
            f(d, n);
}

constexpr std::array<i32, 34> immediates{0,
                                         1,
                                         2,
                                         3,
                                         7,
                                         8,
                                         0xff,
                                         0x7f,
                                         0x80,
                                         0xfff,
                                         0x1000,
                                         0x1001,
                                         0xff'f000,
                                         0xff'ffff,
                                         1 << 24,
                                         0x7fff'0000,
                                         0x7fff'ffff,
                                         -1,
                                         -2,
                                         -0xfff,
                                         -0x1000,
                                         -0x1001,
                                         -0xff'f000,
                                         -0xff'ffff,
                                         -(1 << 24),
                                         -0x7fff'ffff,
                                         -0x7fff'ffff - 1,
                                         0x5555'5555,
                                         0x00ff'00ff,
                                         0x0f0f'0f0f,
                                         -256,
                                         0x1234'5678,
                                         0x8001,
                                         0xffff};

std::vector<u64> constants() {
    std::vector<u64> all;
    for (const u64 half : {0u, 1u, 0x1234u, 0x8000u, 0xfffeu, 0xffffu})
        for (u32 i = 0; i < 4; ++i)
            for (const u64 rest : {u64{0}, ~u64{0}, u64{0xffff'0000}, u64{0xffff'ffff}})
                all.push_back((rest & ~(u64{0xffff} << 16 * i)) | half << 16 * i);
    for (const u64 value : {u64{0x1234'5678}, u64{0x1234'5678'9abc'def0}, u64{0x1'0000'0000},
                            u64{0x7ff8} << 48, u64{1} << 63, u64{0x7fc0'0000}})
        all.push_back(value);
    for (u32 bits = 2; bits <= 64; bits *= 2) // every immediate of the logical instructions
        for (u32 ones = 1; ones < bits; ++ones)
            for (u32 turn = 0; turn < bits; ++turn) {
                const u64 run = ~u64{0} >> (64 - ones);
                const u64 mask = ~u64{0} >> (64 - bits);
                u64 element = turn == 0 ? run : (run << turn | run >> (bits - turn)) & mask;
                for (u32 copied = bits; copied < 64; copied *= 2)
                    element |= element << copied;
                all.push_back(element);
            }
    return all;
}

} // namespace

TEST_CASE("a64: moves") {
    Arm64 arm;
    for_two([&](u32 d, u32 s) {
        arm.same(
            "mov", [=](A64& m) { m.mov(Gpr{d}, Gpr{s}); },
            [=](Asm& a) { d == s ? 0u : a.mov(x(d), x(s)); });
        arm.same(
            "wrap", [=](A64& m) { m.wrap(Gpr{d}, Gpr{s}); }, [=](Asm& a) { a.mov(w(d), w(s)); });
        arm.same(
            "mov fp", [=](A64& m) { m.mov(Fpr{d}, Fpr{s}); },
            [=](Asm& a) { d == s ? 0u : a.fmov(VecD(d), VecD(s)); });
        arm.same(
            "mov fp, gp", [=](A64& m) { m.mov(Fpr{d}, Gpr{s}); },
            [=](Asm& a) { a.fmov(VecD(d), x(s)); });
        arm.same(
            "mov gp, fp", [=](A64& m) { m.mov(Gpr{d}, Fpr{s}); },
            [=](Asm& a) { a.fmov(x(d), VecD(s)); });
        arm.same(
            "exchange", [=](A64& m) { m.exchange(Gpr{d}, Gpr{s}); },
            [=](Asm& a) {
                if (d != 17) a.mov(x(17), x(d));
                if (d != s) a.mov(x(d), x(s));
                if (s != 17) a.mov(x(s), x(17));
            });
    });
    for (u32 d = 0; d < 32; ++d)
        arm.same(
            "fzero", [=](A64& m) { m.fzero(Fpr{d}); }, [=](Asm& a) { a.movi(VecD(d), imm(0)); });
}

TEST_CASE("a64: constants") {
    Arm64 arm;
    for (const u64 value : constants())
        for (const u32 d : {0u, 17u, 30u})
            arm.same(
                "constant", [=](A64& m) { m.constant(Gpr{d}, value); },
                [=](Asm& a) { put_constant(a, d, value); });
}

TEST_CASE("a64: slots and fields") {
    Arm64 arm;
    const auto far_base = [](Asm& a, u32 base, u32 offset) {
        put_add(a, true, false, 17, base, offset & ~0xfffu);
    };
    for (u32 t = 0; t < 32; ++t)
        for (const u32 slot : {0u, 1u, 15u, 511u, 4095u, 4096u, 5000u, 65535u}) {
            const bool far = slot > 4095;
            const u32 base = far ? 17 : 22;
            const u32 offset = far ? slot * 8 & 0xfff : slot * 8;
            const auto with = [=](auto put) {
                return [=](Asm& a) {
                    if (far) far_base(a, 22, slot * 8);
                    put(a);
                };
            };
            if (t != 31 && t != 17) {
                arm.same(
                    "load_slot", [=](A64& m) { m.load_slot(Gpr{t}, slot); },
                    with([=](Asm& a) { a.ldr(x(t), at(base, offset)); }));
                arm.same(
                    "store_slot", [=](A64& m) { m.store_slot(slot, Gpr{t}); },
                    with([=](Asm& a) { a.str(x(t), at(base, offset)); }));
                arm.same(
                    "store_slot_zero", [=](A64& m) { m.store_slot_zero(slot); },
                    with([=](Asm& a) { a.str(a64::xzr, at(base, offset)); }));
            }
            arm.same(
                "load_slot fp", [=](A64& m) { m.load_slot(Fpr{t}, slot); },
                with([=](Asm& a) { a.ldr(VecD(t), at(base, offset)); }));
            arm.same(
                "store_slot fp", [=](A64& m) { m.store_slot(slot, Fpr{t}); },
                with([=](Asm& a) { a.str(VecD(t), at(base, offset)); }));
        }
    for_two([&](u32 t, u32 base) {
        for (const u32 offset : {0u, 8u, 256u, 32'760u}) {
            arm.same(
                "load_field", [=](A64& m) { m.load_field(Gpr{t}, Gpr{base}, offset); },
                [=](Asm& a) { a.ldr(x(t), at(base, offset)); });
            arm.same(
                "load_field32", [=](A64& m) { m.load_field32(Gpr{t}, Gpr{base}, offset / 2); },
                [=](Asm& a) { a.ldr(w(t), at(base, offset / 2)); });
            arm.same(
                "store_field", [=](A64& m) { m.store_field(Gpr{base}, offset, Gpr{t}); },
                [=](Asm& a) { a.str(x(t), at(base, offset)); });
        }
        arm.same(
            "load_indexed", [=](A64& m) { m.load_indexed(Gpr{t}, Gpr{base}, Gpr{t}); },
            [=](Asm& a) { a.ldr(x(t), a64::ptr(x(base), x(t), a64::lsl(3))); });
    });
    arm.same(
        "load_field, far", [](A64& m) { m.load_field(Gpr{16}, Gpr{16}, 80'000); },
        [&](Asm& a) {
            far_base(a, 16, 80'000);
            a.ldr(x(16), at(17, 80'000 & 0xfff));
        });
    arm.same(
        "load_field, very far", [](A64& m) { m.load_field(Gpr{16}, Gpr{16}, 0x1234'5678); },
        [&](Asm& a) {
            far_base(a, 16, 0x1234'5678);
            a.ldr(x(16), at(17, 0x678));
        });
    for (u32 d = 0; d < 31; ++d)
        arm.same(
            "load_activation", [=](A64& m) { m.load_activation(Gpr{d}, 64); },
            [=](Asm& a) { a.ldr(x(d), at(19, 64)); });
}

TEST_CASE("a64: integers") {
    Arm64 arm;
    for (const bool wide : {false, true}) {
        for_three([&](u32 d, u32 n, u32 m_) {
            const auto reg_d = gp(wide, d), reg_n = gp(wide, n), reg_m = gp(wide, m_);
            const Gpr rd{d}, rn{n}, rm{m_};
            arm.same(
                "add", [=](A64& m) { m.alu(Alu::add, wide, rd, rn, rm); },
                [=](Asm& a) { a.add(reg_d, reg_n, reg_m); });
            arm.same(
                "sub", [=](A64& m) { m.alu(Alu::sub, wide, rd, rn, rm); },
                [=](Asm& a) { a.sub(reg_d, reg_n, reg_m); });
            arm.same(
                "and", [=](A64& m) { m.alu(Alu::and_, wide, rd, rn, rm); },
                [=](Asm& a) { a.and_(reg_d, reg_n, reg_m); });
            arm.same(
                "or", [=](A64& m) { m.alu(Alu::or_, wide, rd, rn, rm); },
                [=](Asm& a) { a.orr(reg_d, reg_n, reg_m); });
            arm.same(
                "xor", [=](A64& m) { m.alu(Alu::xor_, wide, rd, rn, rm); },
                [=](Asm& a) { a.eor(reg_d, reg_n, reg_m); });
            arm.same(
                "mul", [=](A64& m) { m.mul(wide, rd, rn, rm); },
                [=](Asm& a) { a.mul(reg_d, reg_n, reg_m); });
            arm.same(
                "shl", [=](A64& m) { m.shift(Shift::shl, wide, rd, rn, rm); },
                [=](Asm& a) { a.lslv(reg_d, reg_n, reg_m); });
            arm.same(
                "shr_s", [=](A64& m) { m.shift(Shift::shr_s, wide, rd, rn, rm); },
                [=](Asm& a) { a.asrv(reg_d, reg_n, reg_m); });
            arm.same(
                "shr_u", [=](A64& m) { m.shift(Shift::shr_u, wide, rd, rn, rm); },
                [=](Asm& a) { a.lsrv(reg_d, reg_n, reg_m); });
            arm.same(
                "rotr", [=](A64& m) { m.shift(Shift::rotr, wide, rd, rn, rm); },
                [=](Asm& a) { a.rorv(reg_d, reg_n, reg_m); });
            arm.same(
                "rotl", [=](A64& m) { m.shift(Shift::rotl, wide, rd, rn, rm); },
                [=](Asm& a) {
                    a.neg(w(17), w(m_));
                    a.rorv(reg_d, reg_n, gp(wide, 17));
                });
            arm.same(
                "select", [=](A64& m) { m.select(rd, Gpr{m_}, rn, rm); },
                [=](Asm& a) {
                    a.cmp(w(m_), imm(0));
                    a.csel(x(d), x(n), x(m_), imm(static_cast<u32>(CondCode::kNE)));
                });
        });
        for_two([&](u32 d, u32 n) {
            const auto reg_d = gp(wide, d), reg_n = gp(wide, n);
            const Gpr rd{d}, rn{n};
            arm.same(
                "clz", [=](A64& m) { m.count(Count::clz, wide, rd, rn); },
                [=](Asm& a) { a.clz(reg_d, reg_n); });
            arm.same(
                "ctz", [=](A64& m) { m.count(Count::ctz, wide, rd, rn); },
                [=](Asm& a) {
                    a.rbit(gp(wide, 17), reg_n);
                    a.clz(reg_d, gp(wide, 17));
                });
            arm.same(
                "popcnt", [=](A64& m) { m.count(Count::popcnt, wide, rd, rn); },
                [=](Asm& a) {
                    a.fmov(VecD(16), x(n));
                    a.cnt(a64::v16.b8(), a64::v16.b8());
                    a.addv(a64::v16.b(), a64::v16.b8());
                    a.fmov(w(d), VecS(16));
                });
            arm.same(
                "extend8", [=](A64& m) { m.extend(8, wide, rd, rn); },
                [=](Asm& a) { a.sxtb(reg_d, w(n)); });
            arm.same(
                "extend16", [=](A64& m) { m.extend(16, wide, rd, rn); },
                [=](Asm& a) { a.sxth(reg_d, w(n)); });
            if (wide)
                arm.same(
                    "extend32", [=](A64& m) { m.extend(32, true, rd, rn); },
                    [=](Asm& a) { a.sxtw(reg_d, w(n)); });
            arm.same(
                "compare", [=](A64& m) { m.compare(wide, rd, rn); },
                [=](Asm& a) { a.cmp(reg_d, reg_n); });
            for (const u32 count : {0u, 1u, 5u, 31u, 32u, 63u, 64u}) {
                const u32 by = count & (wide ? 63 : 31);
                const u32 left = (0 - by) & (wide ? 63 : 31);
                arm.same(
                    "shl imm", [=](A64& m) { m.shift_imm(Shift::shl, wide, rd, rn, count); },
                    [=](Asm& a) { a.lsl(reg_d, reg_n, imm(by)); });
                arm.same(
                    "shr_s imm", [=](A64& m) { m.shift_imm(Shift::shr_s, wide, rd, rn, count); },
                    [=](Asm& a) { a.asr(reg_d, reg_n, imm(by)); });
                arm.same(
                    "shr_u imm", [=](A64& m) { m.shift_imm(Shift::shr_u, wide, rd, rn, count); },
                    [=](Asm& a) { a.lsr(reg_d, reg_n, imm(by)); });
                arm.same(
                    "rotr imm", [=](A64& m) { m.shift_imm(Shift::rotr, wide, rd, rn, count); },
                    [=](Asm& a) { a.ror(reg_d, reg_n, imm(by)); });
                arm.same(
                    "rotl imm", [=](A64& m) { m.shift_imm(Shift::rotl, wide, rd, rn, count); },
                    [=](Asm& a) { a.ror(reg_d, reg_n, imm(left)); });
            }
        });
        for (u32 d = 0; d < 31; ++d) {
            arm.same(
                "test", [=](A64& m) { m.test(wide, Gpr{d}); },
                [=](Asm& a) { a.cmp(gp(wide, d), imm(0)); });
            for (usize i = 0; i < conds.size(); ++i)
                arm.same(
                    "set", [=](A64& m) { m.set(conds[i], Gpr{d}); },
                    [=](Asm& a) { a.cset(w(d), imm(static_cast<u32>(codes[i]))); });
        }
    }
    for_two([&](u32 d, u32 n) {
        if (d == n) return;
        arm.same(
            "clamp", [=](A64& m) { m.clamp(Gpr{d}, Gpr{n}, 70'000); },
            [=](Asm& a) {
                put_constant(a, d, 70'000);
                a.cmp(w(n), w(d));
                a.csel(w(d), w(n), w(d), imm(static_cast<u32>(CondCode::kLO)));
            });
    });
}

TEST_CASE("a64: integers with an immediate") {
    Arm64 arm;
    for (const bool wide : {false, true})
        for (const u32 d : {0u, 7u, 15u, 16u, 22u, 30u})
            for (const u32 n : {0u, 7u, 15u, 16u, 22u, 30u})
                for (const i32 value : immediates) {
                    const Gpr rd{d}, rn{n};
                    const bool minus = value < 0;
                    const u32 magnitude =
                        minus ? 0 - static_cast<u32>(value) : static_cast<u32>(value);
                    const u64 bits = wide ? static_cast<u64>(i64{value}) : static_cast<u32>(value);
                    arm.same(
                        "add", [=](A64& m) { m.alu_imm(Alu::add, wide, rd, rn, value); },
                        [=](Asm& a) { put_add(a, wide, minus, d, n, magnitude); });
                    arm.same(
                        "sub", [=](A64& m) { m.alu_imm(Alu::sub, wide, rd, rn, value); },
                        [=](Asm& a) { put_add(a, wide, !minus, d, n, magnitude); });
                    const auto logical = [&](Alu op, const auto& with) {
                        arm.same(
                            "logical", [=](A64& m) { m.alu_imm(op, wide, rd, rn, value); },
                            [=](Asm& a) {
                                if (a64::Utils::isLogicalImm(bits, wide ? 64 : 32))
                                    return with(a, asmjit::Operand(imm(bits)));
                                put_constant(a, 17, bits);
                                with(a, asmjit::Operand(gp(wide, 17)));
                            });
                    };
                    const auto reg_d = gp(wide, d), reg_n = gp(wide, n);
                    logical(Alu::and_, [=](Asm& a, const asmjit::Operand& right) {
                        a.emit(a64::Inst::kIdAnd, reg_d, reg_n, right);
                    });
                    logical(Alu::or_, [=](Asm& a, const asmjit::Operand& right) {
                        a.emit(a64::Inst::kIdOrr, reg_d, reg_n, right);
                    });
                    logical(Alu::xor_, [=](Asm& a, const asmjit::Operand& right) {
                        a.emit(a64::Inst::kIdEor, reg_d, reg_n, right);
                    });
                    arm.same(
                        "mul", [=](A64& m) { m.mul_imm(wide, rd, rn, value); },
                        [=](Asm& a) {
                            put_constant(a, 17, bits);
                            a.mul(reg_d, reg_n, gp(wide, 17));
                        });
                    arm.same(
                        "compare_imm", [=](A64& m) { m.compare_imm(wide, rn, value); },
                        [=](Asm& a) {
                            const bool fits =
                                magnitude < 4096 || (magnitude < 1u << 24 && magnitude % 4096 == 0);
                            if (fits)
                                return void(minus ? a.cmn(reg_n, imm(magnitude))
                                                  : a.cmp(reg_n, imm(magnitude)));
                            put_constant(a, 17, bits);
                            a.cmp(reg_n, gp(wide, 17));
                        });
                }
    for (const u64 by : {u64{0}, u64{1}, u64{4095}, u64{4096}, u64{0x12'3456}, u64{1} << 24,
                         u64{0x7fff'ffff}, u64{0xffff'ffff}, u64{0x1'0000'0007}})
        for (const u32 d : {3u, 16u})
            arm.same(
                "add_offset", [=](A64& m) { m.add_offset(Gpr{d}, Gpr{3}, by); },
                [=](Asm& a) { put_add(a, true, false, d, 3, by); });
}

TEST_CASE("a64: divisions") {
    Arm64 arm;
    for (const bool wide : {false, true})
        for_two([&](u32 n, u32 m_) {
            const auto reg_n = gp(wide, n), reg_m = gp(wide, m_);
            for (const bool is_signed : {false, true})
                for (const bool rest : {false, true})
                    arm.same(
                        "divide",
                        [=](A64& m) {
                            Label zero, overflow;
                            m.divide(is_signed, rest, wide, Gpr{n}, Gpr{m_}, zero, overflow);
                            m.bind(zero);
                            m.bind(overflow);
                        },
                        [=](Asm& a) {
                            const auto zero = a.newLabel(), overflow = a.newLabel();
                            a.cbz(reg_m, zero);
                            if (is_signed && !rest) {
                                a.cmn(reg_m, imm(1));
                                a.ccmp(reg_n, imm(1), imm(0), imm(static_cast<u32>(CondCode::kEQ)));
                                a.b_vs(overflow);
                            }
                            const auto q = gp(wide, rest ? 17 : 0);
                            is_signed ? a.sdiv(q, reg_n, reg_m) : a.udiv(q, reg_n, reg_m);
                            if (rest) a.msub(gp(wide, 0), q, reg_m, reg_n);
                            a.bind(zero);
                            a.bind(overflow);
                        });
        });
}

namespace {

struct Access {
    Op op;
    void (*put)(Asm&, u32 t, const asmjit::arm::Mem&);
};
constexpr std::array loads{
    Access{Op::i32_load, [](Asm& a, u32 t, const auto& m) { a.ldr(w(t), m); }},
    Access{Op::f32_load, [](Asm& a, u32 t, const auto& m) { a.ldr(w(t), m); }},
    Access{Op::i64_load, [](Asm& a, u32 t, const auto& m) { a.ldr(x(t), m); }},
    Access{Op::f64_load, [](Asm& a, u32 t, const auto& m) { a.ldr(x(t), m); }},
    Access{Op::i32_load8_s, [](Asm& a, u32 t, const auto& m) { a.ldrsb(w(t), m); }},
    Access{Op::i32_load8_u, [](Asm& a, u32 t, const auto& m) { a.ldrb(w(t), m); }},
    Access{Op::i32_load16_s, [](Asm& a, u32 t, const auto& m) { a.ldrsh(w(t), m); }},
    Access{Op::i32_load16_u, [](Asm& a, u32 t, const auto& m) { a.ldrh(w(t), m); }},
    Access{Op::i64_load8_s, [](Asm& a, u32 t, const auto& m) { a.ldrsb(x(t), m); }},
    Access{Op::i64_load8_u, [](Asm& a, u32 t, const auto& m) { a.ldrb(w(t), m); }},
    Access{Op::i64_load16_s, [](Asm& a, u32 t, const auto& m) { a.ldrsh(x(t), m); }},
    Access{Op::i64_load16_u, [](Asm& a, u32 t, const auto& m) { a.ldrh(w(t), m); }},
    Access{Op::i64_load32_s, [](Asm& a, u32 t, const auto& m) { a.ldrsw(x(t), m); }},
    Access{Op::i64_load32_u, [](Asm& a, u32 t, const auto& m) { a.ldr(w(t), m); }},
};
constexpr std::array stores{
    Access{Op::i32_store, [](Asm& a, u32 t, const auto& m) { a.str(w(t), m); }},
    Access{Op::f32_store, [](Asm& a, u32 t, const auto& m) { a.str(w(t), m); }},
    Access{Op::i64_store, [](Asm& a, u32 t, const auto& m) { a.str(x(t), m); }},
    Access{Op::f64_store, [](Asm& a, u32 t, const auto& m) { a.str(x(t), m); }},
    Access{Op::i32_store8, [](Asm& a, u32 t, const auto& m) { a.strb(w(t), m); }},
    Access{Op::i32_store16, [](Asm& a, u32 t, const auto& m) { a.strh(w(t), m); }},
    Access{Op::i64_store8, [](Asm& a, u32 t, const auto& m) { a.strb(w(t), m); }},
    Access{Op::i64_store16, [](Asm& a, u32 t, const auto& m) { a.strh(w(t), m); }},
    Access{Op::i64_store32, [](Asm& a, u32 t, const auto& m) { a.str(w(t), m); }},
};
constexpr std::array<u32, 14> offsets{0,    1,    4,    8,    255,       256,         257,
                                      4088, 4092, 4095, 4096, 0x12'3456, 0x7fff'ffff, 264};

template <class Ours, class Theirs>
void accesses(Arm64& arm, const char* what, Ours ours, Theirs theirs) {
    for (const u32 t : {0u, 5u, 15u})
        for (const u32 address : {0u, 9u, 15u})
            for (const u32 offset : offsets)
                arm.same(
                    what,
                    [=](A64& m) {
                        const u32 site = ours(m, t, address, offset);
                        CHECK(site == m.here() - 4);
                    },
                    [=](Asm& a) {
                        if (offset != 0) put_add(a, true, false, 16, address, offset);
                        theirs(a, t, indexed(20, offset != 0 ? 16 : address));
                    });
}

} // namespace

TEST_CASE("a64: memory") {
    Arm64 arm;
    for (const Access& one : loads)
        accesses(
            arm, "load",
            [&](A64& m, u32 t, u32 n, u32 off) { return m.load(one.op, Gpr{t}, Gpr{n}, off); },
            one.put);
    for (const Access& one : stores)
        accesses(
            arm, "store",
            [&](A64& m, u32 t, u32 n, u32 off) { return m.store(one.op, Gpr{t}, Gpr{n}, off); },
            one.put);
    for (const bool wide : {false, true}) {
        accesses(
            arm, "load fp",
            [=](A64& m, u32 t, u32 n, u32 off) { return m.load(wide, Fpr{t}, Gpr{n}, off); },
            [=](Asm& a, u32 t, const auto& mem) { a.ldr(fp(wide, t), mem); });
        accesses(
            arm, "store fp",
            [=](A64& m, u32 t, u32 n, u32 off) { return m.store(wide, Fpr{t}, Gpr{n}, off); },
            [=](Asm& a, u32 t, const auto& mem) { a.str(fp(wide, t), mem); });
    }
    for (const u64 end : {u64{1}, u64{8}, u64{5000}, u64{0x1'0000'0007}})
        arm.same(
            "bounds",
            [=](A64& m) {
                Label trap;
                m.bounds(Gpr{7}, end, trap);
                m.bind(trap);
            },
            [=](Asm& a) {
                const auto trap = a.newLabel();
                put_add(a, true, false, 16, 7, end);
                a.ldr(x(17), at(24, 8));
                a.cmp(x(16), x(17));
                a.b_hi(trap);
                a.bind(trap);
            });
    arm.same(
        "load_memory_size", [](A64& m) { m.load_memory_size(Gpr{5}); },
        [](Asm& a) {
            a.ldr(x(5), at(19, ActivationLayout::memory0));
            a.ldr(x(5), at(5, 8));
        });
}

namespace {

/// A store behind a probe of its last byte; `put` is for an address with an offset.
template <class Put>
void put_probed(Asm& a, u32 bytes, u32 address, u32 offset, Put put) {
    const u32 last = bytes - 1;
    const bool direct = offset + last <= 4095 && (offset % bytes == 0 || offset <= 255);
    if (!direct) put_add(a, true, false, 16, address, offset);
    a.add(x(16), x(20), x(direct ? address : 16));
    const u32 left = direct ? offset : 0;
    a.ldrb(a64::wzr, at(16, left + last));
    put(a, at(16, left), left % bytes != 0);
}

} // namespace

TEST_CASE("a64: stores with guard pages look at the last byte first") {
    Arm64 arm;
    Stubs stubs;
    arm.ours().stubs(TrapsMode::signals, stubs);
    for (const u32 t : {0u, 15u})
        for (const u32 address : {1u, 14u})
            for (const u32 offset : offsets) {
                for (const Access& one : stores) {
                    const u32 bytes = info(one.op).access;
                    if (bytes == 1) continue;
                    arm.same(
                        "probed store",
                        [=](A64& m) {
                            const u32 site = m.store(one.op, Gpr{t}, Gpr{address}, offset);
                            CHECK(site == m.here() - 8);
                        },
                        [=](Asm& a) {
                            put_probed(a, bytes, address, offset,
                                       [=](Asm& to, const auto& mem, bool unscaled) {
                                           if (!unscaled) return one.put(to, t, mem);
                                           const auto reg_t = gp(bytes == 8, t);
                                           bytes == 2 ? to.sturh(reg_t, mem) : to.stur(reg_t, mem);
                                       });
                        });
                }
                for (const bool wide : {false, true})
                    arm.same(
                        "probed store fp",
                        [=](A64& m) { (void)m.store(wide, Fpr{t}, Gpr{address}, offset); },
                        [=](Asm& a) {
                            put_probed(a, wide ? 8 : 4, address, offset,
                                       [=](Asm& to, const auto& mem, bool unscaled) {
                                           unscaled ? to.stur(fp(wide, t), mem)
                                                    : to.str(fp(wide, t), mem);
                                       });
                        });
            }
}

TEST_CASE("a64: floats") {
    Arm64 arm;
    for (const bool wide : {false, true}) {
        for (const u32 d : some)
            for (const u32 n : some)
                for (u32 m_ = 0; m_ < 32; ++m_) {
                    const auto reg_d = fp(wide, d), reg_n = fp(wide, n), reg_m = fp(wide, m_);
                    const Fpr rd{d}, rn{n}, rm{m_};
                    arm.same(
                        "fadd", [=](A64& m) { m.fadd(wide, rd, rn, rm); },
                        [=](Asm& a) { a.fadd(reg_d, reg_n, reg_m); });
                    arm.same(
                        "fsub", [=](A64& m) { m.fsub(wide, rd, rn, rm); },
                        [=](Asm& a) { a.fsub(reg_d, reg_n, reg_m); });
                    arm.same(
                        "fmul", [=](A64& m) { m.fmul(wide, rd, rn, rm); },
                        [=](Asm& a) { a.fmul(reg_d, reg_n, reg_m); });
                    arm.same(
                        "fdiv", [=](A64& m) { m.fdiv(wide, rd, rn, rm); },
                        [=](Asm& a) { a.fdiv(reg_d, reg_n, reg_m); });
                    arm.same(
                        "fcopysign", [=](A64& m) { m.fcopysign(wide, rd, rn, rm); },
                        [=](Asm& a) {
                            put_constant(a, 17, wide ? 1ull << 63 : 1ull << 31);
                            a.fmov(VecD(16), x(17));
                            if (d == m_)
                                return void(a.bif(VecD(d).b8(), VecD(n).b8(), VecD(16).b8()));
                            if (d != n) a.fmov(VecD(d), VecD(n));
                            a.bit(VecD(d).b8(), VecD(m_).b8(), VecD(16).b8());
                        });
                }
        for (u32 d = 0; d < 32; ++d)
            for (u32 n = 0; n < 32; ++n) {
                const auto reg_d = fp(wide, d), reg_n = fp(wide, n);
                const Fpr rd{d}, rn{n};
                arm.same(
                    "fsqrt", [=](A64& m) { m.fsqrt(wide, rd, rn); },
                    [=](Asm& a) { a.fsqrt(reg_d, reg_n); });
                arm.same(
                    "nearest", [=](A64& m) { m.fround(wide, rd, rn, 0); },
                    [=](Asm& a) { a.frintn(reg_d, reg_n); });
                arm.same(
                    "floor", [=](A64& m) { m.fround(wide, rd, rn, 1); },
                    [=](Asm& a) { a.frintm(reg_d, reg_n); });
                arm.same(
                    "ceil", [=](A64& m) { m.fround(wide, rd, rn, 2); },
                    [=](Asm& a) { a.frintp(reg_d, reg_n); });
                arm.same(
                    "trunc", [=](A64& m) { m.fround(wide, rd, rn, 3); },
                    [=](Asm& a) { a.frintz(reg_d, reg_n); });
                arm.same(
                    "fabs", [=](A64& m) { m.fabs(wide, rd, rn); },
                    [=](Asm& a) { a.fabs(reg_d, reg_n); });
                arm.same(
                    "fneg", [=](A64& m) { m.fneg(wide, rd, rn); },
                    [=](Asm& a) { a.fneg(reg_d, reg_n); });
                arm.same(
                    "promote", [=](A64& m) { m.promote(rd, rn); },
                    [=](Asm& a) { a.fcvt(VecD(d), VecS(n)); });
                arm.same(
                    "demote", [=](A64& m) { m.demote(rd, rn); },
                    [=](Asm& a) { a.fcvt(VecS(d), VecD(n)); });
                if (n < 31)
                    for (const bool from64 : {false, true})
                        arm.same(
                            "convert_int", [=](A64& m) { m.convert_int(from64, wide, rd, Gpr{n}); },
                            [=](Asm& a) { a.scvtf(reg_d, gp(from64, n)); });
                const std::array<std::pair<Cond, CondCode>, 6> all{{{Cond::eq, CondCode::kEQ},
                                                                    {Cond::ne, CondCode::kNE},
                                                                    {Cond::lt_s, CondCode::kMI},
                                                                    {Cond::gt_s, CondCode::kGT},
                                                                    {Cond::le_s, CondCode::kLS},
                                                                    {Cond::ge_s, CondCode::kGE}}};
                for (const auto& [cond, code] : all)
                    arm.same(
                        "fcompare",
                        [=, to = cond](A64& m) { m.fcompare(to, wide, Gpr{7}, rd, rn); },
                        [=, with = code](Asm& a) {
                            a.fcmp(reg_d, reg_n);
                            a.cset(w(7), imm(static_cast<u32>(with)));
                        });
            }
        for (u32 d = 0; d < 32; ++d) {
            arm.same(
                "branch_if_nan",
                [=](A64& m) {
                    Label nan;
                    m.branch_if_nan(wide, Fpr{d}, nan);
                    m.bind(nan);
                },
                [=](Asm& a) {
                    const auto nan = a.newLabel();
                    a.fcmp(fp(wide, d), fp(wide, d));
                    a.b_vs(nan);
                    a.bind(nan);
                });
            arm.same(
                "canonical_nan", [=](A64& m) { m.canonical_nan(wide, Fpr{d}); },
                [=](Asm& a) {
                    put_constant(a, 17, wide ? u64{0x7ff8} << 48 : u64{0x7fc0'0000});
                    a.fmov(VecD(d), x(17));
                });
        }
    }
}

TEST_CASE("a64: gas and frames") {
    Arm64 arm;
    for (const i32 amount : {1, 4095, 4096, 4097, 0xff'f000, 0xff'f001, 0x7fff'ffff})
        arm.same(
            "charge", [=](A64& m) { m.charge(amount); },
            [=](Asm& a) {
                if (amount < 4096 || (amount < 1 << 24 && amount % 4096 == 0))
                    return void(a.subs(x(21), x(21), imm(static_cast<u32>(amount))));
                put_constant(a, 17, static_cast<u32>(amount));
                a.subs(x(21), x(21), x(17));
            });
    for (const u64 amount : {u64{0x8000'0000}, ~u64{0} >> 1})
        arm.same(
            "charge_word", [=](A64& m) { m.charge_word(amount); },
            [=](Asm& a) {
                put_constant(a, 17, amount);
                a.subs(x(21), x(21), x(17));
            });
    arm.same(
        "test_gas", [](A64& m) { m.test_gas(); }, [](Asm& a) { a.cmp(x(21), imm(0)); });
    arm.same(
        "call_if_gas_negative",
        [](A64& m) {
            Label slow;
            m.bind(slow);
            m.call_if_gas_negative(slow);
        },
        [](Asm& a) {
            const auto slow = a.newLabel(), behind = a.newLabel();
            a.bind(slow);
            a.b_pl(behind);
            a.bl(slow);
            a.bind(behind);
        });
    const auto put_cost = [](Asm& a, u32 cost, u32 with, bool frees) {
        a.ldr(w(frees ? 17 : 16), at(19, ActivationLayout::slots_left));
        const bool fits = cost < 4096 || cost % 4096 == 0;
        if (!fits) put_constant(a, with, cost);
        if (frees)
            fits ? a.add(w(17), w(17), imm(cost)) : a.add(w(17), w(17), w(with));
        else
            fits ? a.subs(w(16), w(16), imm(cost)) : a.subs(w(16), w(16), w(with));
        a.str(w(frees ? 17 : 16), at(19, ActivationLayout::slots_left));
    };
    for (const u32 cost : {4u, 4095u, 4096u, 4097u, 70'000u}) {
        arm.same(
            "enter_frame",
            [=](A64& m) {
                Label overflow;
                m.enter_frame(cost, overflow);
                m.bind(overflow);
            },
            [=](Asm& a) {
                const auto overflow = a.newLabel();
                a.str(x(30), a64::ptr_pre(x(23), -8));
                a.ldr(x(16), at(19, ActivationLayout::native_limit));
                a.cmp(x(23), x(16));
                a.b_lo(overflow);
                put_cost(a, cost, 17, false);
                a.b_lo(overflow);
                a.bind(overflow);
            });
        arm.same(
            "release_frame", [=](A64& m) { m.release_frame(cost); },
            [=](Asm& a) {
                put_cost(a, cost, 30, true);
                a.ldr(x(30), a64::ptr_post(x(23), 8));
            });
        arm.same(
            "leave_frame", [=](A64& m) { m.leave_frame(cost); },
            [=](Asm& a) {
                put_cost(a, cost, 30, true);
                a.ldr(x(30), a64::ptr_post(x(23), 8));
                a.ret(x(30));
            });
    }
    arm.same(
        "save_return", [](A64& m) { m.save_return(); },
        [](Asm& a) { a.str(x(30), a64::ptr_pre(x(23), -8)); });
    arm.same(
        "ret", [](A64& m) { m.ret(); },
        [](Asm& a) {
            a.ldr(x(30), a64::ptr_post(x(23), 8));
            a.ret(x(30));
        });
    for (const i32 slots : {1, -1, 511, 512, -512, 65'535})
        arm.same(
            "move_window", [=](A64& m) { m.move_window(slots); },
            [=](Asm& a) {
                const u32 bytes = static_cast<u32>(slots < 0 ? -slots : slots) * 8;
                put_add(a, true, slots < 0, 22, 22, bytes);
            });
    arm.same(
        "call", [](A64& m) { m.call(Gpr{16}, 48); },
        [](Asm& a) {
            a.ldr(x(17), at(16, 48));
            a.blr(x(17));
        });
    arm.same(
        "jump", [](A64& m) { m.jump(Gpr{16}, 48); },
        [](Asm& a) {
            a.ldr(x(17), at(16, 48));
            a.br(x(17));
        });
    for (u32 n = 0; n < 17; ++n) {
        arm.same(
            "compare_context", [=](A64& m) { m.compare_context(Gpr{n}); },
            [=](Asm& a) {
                a.ldr(x(8), at(19, ActivationLayout::context));
                a.ldr(x(17), at(n, offsetof(Func, context)));
                a.cmp(x(8), x(17));
            });
        arm.same(
            "compare_field32", [=](A64& m) { m.compare_field32(Gpr{3}, Gpr{n}, 24); },
            [=](Asm& a) {
                a.ldr(w(17), at(n, 24));
                a.cmp(w(3), w(17));
            });
        arm.same(
            "compare_field_zero", [=](A64& m) { m.compare_field_zero(Gpr{n}, 8); },
            [=](Asm& a) {
                a.ldr(x(17), at(n, 8));
                a.cmp(x(17), imm(0));
            });
    }
}

TEST_CASE("a64: branches") {
    Arm64 arm;
    for (usize i = 0; i < conds.size(); ++i) {
        arm.same(
            "forward",
            [=](A64& m) {
                Label label;
                for (u32 k = 0; k < 3; ++k) {
                    m.branch(conds[i], label);
                    m.jump(label);
                    m.call(label);
                }
                m.bind(label);
                m.branch(conds[i], label);
                m.jump(label);
                m.call(label);
            },
            [=](Asm& a) {
                const auto label = a.newLabel();
                for (u32 k = 0; k < 3; ++k) {
                    a.b(codes[i], label);
                    a.b(label);
                    a.bl(label);
                }
                a.bind(label);
                a.b(codes[i], label);
                a.b(label);
                a.bl(label);
            });
        arm.same(
            "forward, far",
            [=](A64& m) {
                Label label;
                m.begin_function(true);
                m.branch(conds[i], label);
                m.branch(conds[i], label);
                m.bind(label);
                m.branch(conds[i], label);
                m.begin_function(false);
            },
            [=](Asm& a) {
                const auto label = a.newLabel();
                for (u32 k = 0; k < 2; ++k) {
                    const auto behind = a.newLabel();
                    a.b(asmjit::arm::negateCond(codes[i]), behind);
                    a.b(label);
                    a.bind(behind);
                }
                a.bind(label);
                a.b(codes[i], label);
            });
    }
    arm.same(
        "later",
        [](A64& m) {
            const u32 jump = m.jump_later();
            const u32 call = m.call_later();
            m.resolve(jump, m.here());
            m.resolve(call, jump);
        },
        [](Asm& a) {
            const auto begin = a.newLabel(), end = a.newLabel();
            a.bind(begin);
            a.b(end);
            a.bl(begin);
            a.bind(end);
        });
    arm.same(
        "table_jump",
        [](A64& m) {
            const u32 table = m.table_jump(Gpr{4}, 2);
            m.set_table_entry(table, 0, table + 8);
            m.set_table_entry(table, 1, table - 16);
        },
        [](Asm& a) {
            const auto table = a.newLabel();
            a.adr(x(16), table);
            a.ldrsw(x(4), a64::ptr(x(16), x(4), a64::lsl(2)));
            a.add(x(16), x(16), x(4));
            a.br(x(16));
            a.bind(table);
            a.embedInt32(8);
            a.embedInt32(-16);
        });
}

TEST_CASE("a64: how far branches reach") {
    constexpr u32 mebibyte = 1u << 20;
    const auto reaches = [](u32 distance, bool far, bool conditional) {
        A64 m;
        REQUIRE(m.ensure(distance + 128));
        m.ret();
        m.begin_function(far);
        Label label;
        conditional ? m.branch(Cond::eq, label) : m.jump(label);
        const u32 at = m.here() - 4;
        m.rewind(at + distance);
        m.bind(label);
        return !m.out_of_reach();
    };
    CHECK(reaches(mebibyte - 4, false, true));
    CHECK_FALSE(reaches(mebibyte, false, true));
    CHECK(reaches(mebibyte, false, false));
    CHECK(reaches(A64::max_code - 4, true, true));
    CHECK_FALSE(reaches(A64::max_code, true, true));
    CHECK(reaches(A64::max_code - 4, false, false));
    CHECK_FALSE(reaches(A64::max_code, false, false));

    // Backward, the distance is known.
    const auto back = [](u32 distance) {
        A64 m;
        Label label;
        REQUIRE(m.ensure(distance + 128));
        m.ret();
        m.bind(label);
        m.rewind(label.position + distance);
        m.branch(Cond::eq, label);
        CHECK_FALSE(m.out_of_reach());
        return m.here() - label.position - distance;
    };
    CHECK(back(mebibyte) == 4);
    CHECK(back(mebibyte + 4) == 8);

    // A chain of references that is too long for the short form.
    A64 m;
    Label label;
    REQUIRE(m.ensure(3 * mebibyte));
    m.ret();
    m.jump(label);
    m.rewind(8 + 2 * mebibyte);
    m.branch(Cond::eq, label);
    CHECK(m.out_of_reach());
    m.bind(label);
}

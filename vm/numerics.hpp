// SPDX-License-Identifier: Apache-2.0
// The meaning of every numeric operator of opcodes.def (spec 4.3), one function per row under the
// row's name. The interpreter, constant folding and the tests all call these, so a meaning is
// written once. Integers travel as u32 and u64, floats as f32 and f64. Results are the same on
// every machine: each arithmetic float result that is NaN is the positive canonical NaN (the spec's
// deterministic profile), while abs, neg, copysign and reinterpret are operations on the bits. No
// function looks at the host's maths library for more than a square root. Build with
// -ffp-contract=off; the rounding mode must be to nearest, ties to even, without flushing of
// subnormals.
#pragma once

#include "vm/bytes.hpp"
#include "vm/result.hpp"

#include <bit>
#include <cfloat>
#include <limits>
#include <type_traits>

namespace lockstep::num {

static_assert(std::numeric_limits<f32>::is_iec559 && std::numeric_limits<f64>::is_iec559);
static_assert(FLT_EVAL_METHOD == 0, "floats are computed in their own precision");

/// What an operator that may trap gives; `value` means something only while `trap` is none.
template <class T>
struct OrTrap {
    T value;
    Trap trap = Trap::none;
    friend constexpr bool operator==(const OrTrap&, const OrTrap&) = default;
};

// Helpers

constexpr u32 bits_of(f32 x) noexcept { return std::bit_cast<u32>(x); }
constexpr u64 bits_of(f64 x) noexcept { return std::bit_cast<u64>(x); }
constexpr f32 f32_of(u32 bits) noexcept { return std::bit_cast<f32>(bits); }
constexpr f64 f64_of(u64 bits) noexcept { return std::bit_cast<f64>(bits); }

inline constexpr u32 sign_bit_f32 = 0x8000'0000;
inline constexpr u64 sign_bit_f64 = 0x8000'0000'0000'0000;
inline constexpr u32 canonical_nan_f32 = 0x7fc0'0000;
inline constexpr u64 canonical_nan_f64 = 0x7ff8'0000'0000'0000;

/// The canonical NaN if `x` is any NaN, else `x`. (The hint makes gcc branch, which costs less than
/// its conditional move through a general register.)
constexpr f32 canonical_f32(f32 x) noexcept {
    if (__builtin_expect_with_probability(x == x, 1, 1.0)) return x;
    return f32_of(canonical_nan_f32);
}
constexpr f64 canonical_f64(f64 x) noexcept {
    if (__builtin_expect_with_probability(x == x, 1, 1.0)) return x;
    return f64_of(canonical_nan_f64);
}

constexpr i32 as_signed(u32 x) noexcept { return static_cast<i32>(x); }
constexpr i64 as_signed(u64 x) noexcept { return static_cast<i64>(x); }

/// The value of `x` without its fraction if `Int` can hold it; else false. False for NaN.
template <class Int, class Float>
constexpr bool truncate_to(Float x, Int& out) noexcept {
    using limits = std::numeric_limits<Int>;
    // 2^digits is exact in either float; min - 1 only where the float has enough bits, else no
    // value lies between min - 1 and min and the bound is min itself.
    constexpr Float above = static_cast<Float>(u64{1} << (limits::digits - 1)) * 2;
    constexpr Float lowest = static_cast<Float>(limits::min());
    constexpr bool exact = limits::digits < std::numeric_limits<Float>::digits || lowest == 0;
    if (!(x < above && (exact ? x > lowest - 1 : x >= lowest))) return false;
    out = static_cast<Int>(x);
    return true;
}

template <class Int, class Float>
constexpr OrTrap<std::make_unsigned_t<Int>> truncate_or_trap(Float x) noexcept {
    Int value = 0;
    if (truncate_to<Int>(x, value)) [[likely]]
        return {static_cast<std::make_unsigned_t<Int>>(value)};
    return {0, x == x ? Trap::integer_overflow : Trap::invalid_conversion};
}

template <class Int, class Float>
constexpr std::make_unsigned_t<Int> truncate_saturating(Float x) noexcept {
    Int value = 0;
    if (!truncate_to<Int>(x, value) && x == x)
        value = x < 0 ? std::numeric_limits<Int>::min() : std::numeric_limits<Int>::max();
    return static_cast<std::make_unsigned_t<Int>>(value);
}

// i32

constexpr u32 i32_eqz(u32 a) noexcept { return a == 0; }
constexpr u32 i32_eq(u32 a, u32 b) noexcept { return a == b; }
constexpr u32 i32_ne(u32 a, u32 b) noexcept { return a != b; }
constexpr u32 i32_lt_s(u32 a, u32 b) noexcept { return as_signed(a) < as_signed(b); }
constexpr u32 i32_lt_u(u32 a, u32 b) noexcept { return a < b; }
constexpr u32 i32_gt_s(u32 a, u32 b) noexcept { return as_signed(a) > as_signed(b); }
constexpr u32 i32_gt_u(u32 a, u32 b) noexcept { return a > b; }
constexpr u32 i32_le_s(u32 a, u32 b) noexcept { return as_signed(a) <= as_signed(b); }
constexpr u32 i32_le_u(u32 a, u32 b) noexcept { return a <= b; }
constexpr u32 i32_ge_s(u32 a, u32 b) noexcept { return as_signed(a) >= as_signed(b); }
constexpr u32 i32_ge_u(u32 a, u32 b) noexcept { return a >= b; }

constexpr u32 i32_clz(u32 a) noexcept { return static_cast<u32>(std::countl_zero(a)); }
constexpr u32 i32_ctz(u32 a) noexcept { return static_cast<u32>(std::countr_zero(a)); }
constexpr u32 i32_popcnt(u32 a) noexcept { return static_cast<u32>(std::popcount(a)); }
constexpr u32 i32_add(u32 a, u32 b) noexcept { return a + b; }
constexpr u32 i32_sub(u32 a, u32 b) noexcept { return a - b; }
constexpr u32 i32_mul(u32 a, u32 b) noexcept { return a * b; }
constexpr OrTrap<u32> i32_div_s(u32 a, u32 b) noexcept {
    if (b == 0) return {0, Trap::integer_divide_by_zero};
    if (a == 0x8000'0000 && b == 0xffff'ffff) return {0, Trap::integer_overflow};
    return {static_cast<u32>(as_signed(a) / as_signed(b))};
}
constexpr OrTrap<u32> i32_div_u(u32 a, u32 b) noexcept {
    if (b == 0) return {0, Trap::integer_divide_by_zero};
    return {a / b};
}
constexpr OrTrap<u32> i32_rem_s(u32 a, u32 b) noexcept {
    if (b == 0) return {0, Trap::integer_divide_by_zero};
    if (b == 0xffff'ffff) return {0};
    return {static_cast<u32>(as_signed(a) % as_signed(b))};
}
constexpr OrTrap<u32> i32_rem_u(u32 a, u32 b) noexcept {
    if (b == 0) return {0, Trap::integer_divide_by_zero};
    return {a % b};
}
constexpr u32 i32_and(u32 a, u32 b) noexcept { return a & b; }
constexpr u32 i32_or(u32 a, u32 b) noexcept { return a | b; }
constexpr u32 i32_xor(u32 a, u32 b) noexcept { return a ^ b; }
constexpr u32 i32_shl(u32 a, u32 b) noexcept { return a << (b & 31); }
constexpr u32 i32_shr_s(u32 a, u32 b) noexcept {
    return static_cast<u32>(as_signed(a) >> (b & 31));
}
constexpr u32 i32_shr_u(u32 a, u32 b) noexcept { return a >> (b & 31); }
constexpr u32 i32_rotl(u32 a, u32 b) noexcept { return std::rotl(a, static_cast<int>(b & 31)); }
constexpr u32 i32_rotr(u32 a, u32 b) noexcept { return std::rotr(a, static_cast<int>(b & 31)); }

// i64

constexpr u32 i64_eqz(u64 a) noexcept { return a == 0; }
constexpr u32 i64_eq(u64 a, u64 b) noexcept { return a == b; }
constexpr u32 i64_ne(u64 a, u64 b) noexcept { return a != b; }
constexpr u32 i64_lt_s(u64 a, u64 b) noexcept { return as_signed(a) < as_signed(b); }
constexpr u32 i64_lt_u(u64 a, u64 b) noexcept { return a < b; }
constexpr u32 i64_gt_s(u64 a, u64 b) noexcept { return as_signed(a) > as_signed(b); }
constexpr u32 i64_gt_u(u64 a, u64 b) noexcept { return a > b; }
constexpr u32 i64_le_s(u64 a, u64 b) noexcept { return as_signed(a) <= as_signed(b); }
constexpr u32 i64_le_u(u64 a, u64 b) noexcept { return a <= b; }
constexpr u32 i64_ge_s(u64 a, u64 b) noexcept { return as_signed(a) >= as_signed(b); }
constexpr u32 i64_ge_u(u64 a, u64 b) noexcept { return a >= b; }

constexpr u64 i64_clz(u64 a) noexcept { return static_cast<u64>(std::countl_zero(a)); }
constexpr u64 i64_ctz(u64 a) noexcept { return static_cast<u64>(std::countr_zero(a)); }
constexpr u64 i64_popcnt(u64 a) noexcept { return static_cast<u64>(std::popcount(a)); }
constexpr u64 i64_add(u64 a, u64 b) noexcept { return a + b; }
constexpr u64 i64_sub(u64 a, u64 b) noexcept { return a - b; }
constexpr u64 i64_mul(u64 a, u64 b) noexcept { return a * b; }
constexpr OrTrap<u64> i64_div_s(u64 a, u64 b) noexcept {
    if (b == 0) return {0, Trap::integer_divide_by_zero};
    if (a == u64{1} << 63 && b == ~u64{0}) return {0, Trap::integer_overflow};
    return {static_cast<u64>(as_signed(a) / as_signed(b))};
}
constexpr OrTrap<u64> i64_div_u(u64 a, u64 b) noexcept {
    if (b == 0) return {0, Trap::integer_divide_by_zero};
    return {a / b};
}
constexpr OrTrap<u64> i64_rem_s(u64 a, u64 b) noexcept {
    if (b == 0) return {0, Trap::integer_divide_by_zero};
    if (b == ~u64{0}) return {0};
    return {static_cast<u64>(as_signed(a) % as_signed(b))};
}
constexpr OrTrap<u64> i64_rem_u(u64 a, u64 b) noexcept {
    if (b == 0) return {0, Trap::integer_divide_by_zero};
    return {a % b};
}
constexpr u64 i64_and(u64 a, u64 b) noexcept { return a & b; }
constexpr u64 i64_or(u64 a, u64 b) noexcept { return a | b; }
constexpr u64 i64_xor(u64 a, u64 b) noexcept { return a ^ b; }
constexpr u64 i64_shl(u64 a, u64 b) noexcept { return a << (b & 63); }
constexpr u64 i64_shr_s(u64 a, u64 b) noexcept {
    return static_cast<u64>(as_signed(a) >> (b & 63));
}
constexpr u64 i64_shr_u(u64 a, u64 b) noexcept { return a >> (b & 63); }
constexpr u64 i64_rotl(u64 a, u64 b) noexcept { return std::rotl(a, static_cast<int>(b & 63)); }
constexpr u64 i64_rotr(u64 a, u64 b) noexcept { return std::rotr(a, static_cast<int>(b & 63)); }

// Between integers

constexpr u32 i32_wrap_i64(u64 a) noexcept { return static_cast<u32>(a); }
constexpr u64 i64_extend_i32_s(u32 a) noexcept { return static_cast<u64>(i64{as_signed(a)}); }
constexpr u64 i64_extend_i32_u(u32 a) noexcept { return a; }
constexpr u32 i32_extend8_s(u32 a) noexcept { return static_cast<u32>(i32{static_cast<i8>(a)}); }
constexpr u32 i32_extend16_s(u32 a) noexcept { return static_cast<u32>(i32{static_cast<i16>(a)}); }
constexpr u64 i64_extend8_s(u64 a) noexcept { return static_cast<u64>(i64{static_cast<i8>(a)}); }
constexpr u64 i64_extend16_s(u64 a) noexcept { return static_cast<u64>(i64{static_cast<i16>(a)}); }
constexpr u64 i64_extend32_s(u64 a) noexcept { return static_cast<u64>(i64{static_cast<i32>(a)}); }

// f32

constexpr u32 f32_eq(f32 a, f32 b) noexcept { return a == b; }
constexpr u32 f32_ne(f32 a, f32 b) noexcept { return a != b; }
constexpr u32 f32_lt(f32 a, f32 b) noexcept { return a < b; }
constexpr u32 f32_gt(f32 a, f32 b) noexcept { return a > b; }
constexpr u32 f32_le(f32 a, f32 b) noexcept { return a <= b; }
constexpr u32 f32_ge(f32 a, f32 b) noexcept { return a >= b; }

constexpr f32 f32_abs(f32 a) noexcept { return f32_of(bits_of(a) & ~sign_bit_f32); }
constexpr f32 f32_neg(f32 a) noexcept { return f32_of(bits_of(a) ^ sign_bit_f32); }
constexpr f32 f32_copysign(f32 a, f32 b) noexcept {
    return f32_of((bits_of(a) & ~sign_bit_f32) | (bits_of(b) & sign_bit_f32));
}

// From 2^23 on every value is an integer. Below, adding and taking away 2^23 rounds to nearest,
// ties to even; the directed roundings correct that by one. The sign is put back last, for results
// that are -0.
constexpr f32 f32_nearest(f32 a) noexcept {
    const f32 magnitude = f32_abs(a);
    if (!(magnitude < 0x1p23f)) return canonical_f32(a);
    return f32_copysign((magnitude + 0x1p23f) - 0x1p23f, a);
}
constexpr f32 f32_trunc(f32 a) noexcept {
    const f32 magnitude = f32_abs(a);
    if (!(magnitude < 0x1p23f)) return canonical_f32(a);
    const f32 near = (magnitude + 0x1p23f) - 0x1p23f;
    return f32_copysign(near > magnitude ? near - 1 : near, a);
}
constexpr f32 f32_floor(f32 a) noexcept {
    const f32 near = f32_nearest(a);
    return near > a ? f32_copysign(near - 1, a) : near;
}
constexpr f32 f32_ceil(f32 a) noexcept {
    const f32 near = f32_nearest(a);
    return near < a ? f32_copysign(near + 1, a) : near;
}
inline f32 f32_sqrt(f32 a) noexcept { return canonical_f32(__builtin_sqrtf(a)); }

constexpr f32 f32_add(f32 a, f32 b) noexcept { return canonical_f32(a + b); }
constexpr f32 f32_sub(f32 a, f32 b) noexcept { return canonical_f32(a - b); }
constexpr f32 f32_mul(f32 a, f32 b) noexcept { return canonical_f32(a * b); }
constexpr f32 f32_div(f32 a, f32 b) noexcept { return canonical_f32(a / b); }
// Equal operands have the same bits or are zeros of either sign: `|` picks -0 and `&` picks +0.
constexpr f32 f32_min(f32 a, f32 b) noexcept {
    if (a < b) return a;
    if (b < a) return b;
    return a == b ? f32_of(bits_of(a) | bits_of(b)) : f32_of(canonical_nan_f32);
}
constexpr f32 f32_max(f32 a, f32 b) noexcept {
    if (a > b) return a;
    if (b > a) return b;
    return a == b ? f32_of(bits_of(a) & bits_of(b)) : f32_of(canonical_nan_f32);
}

// f64

constexpr u32 f64_eq(f64 a, f64 b) noexcept { return a == b; }
constexpr u32 f64_ne(f64 a, f64 b) noexcept { return a != b; }
constexpr u32 f64_lt(f64 a, f64 b) noexcept { return a < b; }
constexpr u32 f64_gt(f64 a, f64 b) noexcept { return a > b; }
constexpr u32 f64_le(f64 a, f64 b) noexcept { return a <= b; }
constexpr u32 f64_ge(f64 a, f64 b) noexcept { return a >= b; }

constexpr f64 f64_abs(f64 a) noexcept { return f64_of(bits_of(a) & ~sign_bit_f64); }
constexpr f64 f64_neg(f64 a) noexcept { return f64_of(bits_of(a) ^ sign_bit_f64); }
constexpr f64 f64_copysign(f64 a, f64 b) noexcept {
    return f64_of((bits_of(a) & ~sign_bit_f64) | (bits_of(b) & sign_bit_f64));
}

constexpr f64 f64_nearest(f64 a) noexcept {
    const f64 magnitude = f64_abs(a);
    if (!(magnitude < 0x1p52)) return canonical_f64(a);
    return f64_copysign((magnitude + 0x1p52) - 0x1p52, a);
}
constexpr f64 f64_trunc(f64 a) noexcept {
    const f64 magnitude = f64_abs(a);
    if (!(magnitude < 0x1p52)) return canonical_f64(a);
    const f64 near = (magnitude + 0x1p52) - 0x1p52;
    return f64_copysign(near > magnitude ? near - 1 : near, a);
}
constexpr f64 f64_floor(f64 a) noexcept {
    const f64 near = f64_nearest(a);
    return near > a ? f64_copysign(near - 1, a) : near;
}
constexpr f64 f64_ceil(f64 a) noexcept {
    const f64 near = f64_nearest(a);
    return near < a ? f64_copysign(near + 1, a) : near;
}
inline f64 f64_sqrt(f64 a) noexcept { return canonical_f64(__builtin_sqrt(a)); }

constexpr f64 f64_add(f64 a, f64 b) noexcept { return canonical_f64(a + b); }
constexpr f64 f64_sub(f64 a, f64 b) noexcept { return canonical_f64(a - b); }
constexpr f64 f64_mul(f64 a, f64 b) noexcept { return canonical_f64(a * b); }
constexpr f64 f64_div(f64 a, f64 b) noexcept { return canonical_f64(a / b); }
constexpr f64 f64_min(f64 a, f64 b) noexcept {
    if (a < b) return a;
    if (b < a) return b;
    return a == b ? f64_of(bits_of(a) | bits_of(b)) : f64_of(canonical_nan_f64);
}
constexpr f64 f64_max(f64 a, f64 b) noexcept {
    if (a > b) return a;
    if (b > a) return b;
    return a == b ? f64_of(bits_of(a) & bits_of(b)) : f64_of(canonical_nan_f64);
}

// Floats to integers

constexpr OrTrap<u32> i32_trunc_f32_s(f32 a) noexcept { return truncate_or_trap<i32>(a); }
constexpr OrTrap<u32> i32_trunc_f32_u(f32 a) noexcept { return truncate_or_trap<u32>(a); }
constexpr OrTrap<u32> i32_trunc_f64_s(f64 a) noexcept { return truncate_or_trap<i32>(a); }
constexpr OrTrap<u32> i32_trunc_f64_u(f64 a) noexcept { return truncate_or_trap<u32>(a); }
constexpr OrTrap<u64> i64_trunc_f32_s(f32 a) noexcept { return truncate_or_trap<i64>(a); }
constexpr OrTrap<u64> i64_trunc_f32_u(f32 a) noexcept { return truncate_or_trap<u64>(a); }
constexpr OrTrap<u64> i64_trunc_f64_s(f64 a) noexcept { return truncate_or_trap<i64>(a); }
constexpr OrTrap<u64> i64_trunc_f64_u(f64 a) noexcept { return truncate_or_trap<u64>(a); }

constexpr u32 i32_trunc_sat_f32_s(f32 a) noexcept { return truncate_saturating<i32>(a); }
constexpr u32 i32_trunc_sat_f32_u(f32 a) noexcept { return truncate_saturating<u32>(a); }
constexpr u32 i32_trunc_sat_f64_s(f64 a) noexcept { return truncate_saturating<i32>(a); }
constexpr u32 i32_trunc_sat_f64_u(f64 a) noexcept { return truncate_saturating<u32>(a); }
constexpr u64 i64_trunc_sat_f32_s(f32 a) noexcept { return truncate_saturating<i64>(a); }
constexpr u64 i64_trunc_sat_f32_u(f32 a) noexcept { return truncate_saturating<u64>(a); }
constexpr u64 i64_trunc_sat_f64_s(f64 a) noexcept { return truncate_saturating<i64>(a); }
constexpr u64 i64_trunc_sat_f64_u(f64 a) noexcept { return truncate_saturating<u64>(a); }

// Integers to floats, rounded once

constexpr f32 f32_convert_i32_s(u32 a) noexcept { return static_cast<f32>(as_signed(a)); }
constexpr f32 f32_convert_i32_u(u32 a) noexcept { return static_cast<f32>(a); }
constexpr f32 f32_convert_i64_s(u64 a) noexcept { return static_cast<f32>(as_signed(a)); }
constexpr f32 f32_convert_i64_u(u64 a) noexcept { return static_cast<f32>(a); }
constexpr f64 f64_convert_i32_s(u32 a) noexcept { return static_cast<f64>(as_signed(a)); }
constexpr f64 f64_convert_i32_u(u32 a) noexcept { return static_cast<f64>(a); }
constexpr f64 f64_convert_i64_s(u64 a) noexcept { return static_cast<f64>(as_signed(a)); }
constexpr f64 f64_convert_i64_u(u64 a) noexcept { return static_cast<f64>(a); }

// Between floats, and bits

constexpr f32 f32_demote_f64(f64 a) noexcept { return canonical_f32(static_cast<f32>(a)); }
constexpr f64 f64_promote_f32(f32 a) noexcept { return canonical_f64(static_cast<f64>(a)); }

/// Promotion that keeps a NaN's sign and payload and makes it quiet, as IEEE hardware does.
constexpr f64 raw_promote(f32 a) noexcept {
    if (a == a) return static_cast<f64>(a);
    const u64 bits = bits_of(a);
    return f64_of((bits & sign_bit_f32) << 32 | canonical_nan_f64 | (bits & 0x007f'ffff) << 29);
}

/// Demotion that keeps a NaN's sign and the upper bits of its payload and makes it quiet, as IEEE
/// hardware does.
constexpr f32 raw_demote(f64 a) noexcept {
    if (a == a) return static_cast<f32>(a);
    const u64 bits = bits_of(a);
    return f32_of(static_cast<u32>((bits & sign_bit_f64) >> 32 | canonical_nan_f32 |
                                   (bits >> 29 & 0x007f'ffff)));
}

constexpr u32 i32_reinterpret_f32(f32 a) noexcept { return bits_of(a); }
constexpr u64 i64_reinterpret_f64(f64 a) noexcept { return bits_of(a); }
constexpr f32 f32_reinterpret_i32(u32 a) noexcept { return f32_of(a); }
constexpr f64 f64_reinterpret_i64(u64 a) noexcept { return f64_of(a); }

} // namespace lockstep::num

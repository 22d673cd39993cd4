// SPDX-License-Identifier: Apache-2.0
// Numeric operators: that every row of the table has its function with the row's types, boundary
// vectors worked by hand, and random operands against references that are written differently.
#include "vm/numerics.hpp"
#include "vm/opcodes.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <random>
#include <vector>

using namespace lockstep;
using namespace lockstep::num;

namespace {

__extension__ using i128 = __int128;

// Every numeric row has its function -----------------------------------------

template <class F, class R, class... A>
constexpr bool has_shape =
    std::is_same_v<F, R(A...) noexcept> || std::is_same_v<F, OrTrap<R>(A...) noexcept>;
// A row is numeric if it has no immediate and no type rule of its own. Result type first.
#define SHAPE(name, ...) static_assert(has_shape<decltype(num::name), __VA_ARGS__>, #name);
#define SHAPE_special(name)
#define SHAPE_i_i(name) SHAPE(name, u32, u32)
#define SHAPE_i_l(name) SHAPE(name, u64, u32)
#define SHAPE_i_f(name) SHAPE(name, f32, u32)
#define SHAPE_i_d(name) SHAPE(name, f64, u32)
#define SHAPE_l_i(name) SHAPE(name, u32, u64)
#define SHAPE_l_l(name) SHAPE(name, u64, u64)
#define SHAPE_l_f(name) SHAPE(name, f32, u64)
#define SHAPE_l_d(name) SHAPE(name, f64, u64)
#define SHAPE_f_i(name) SHAPE(name, u32, f32)
#define SHAPE_f_l(name) SHAPE(name, u64, f32)
#define SHAPE_f_f(name) SHAPE(name, f32, f32)
#define SHAPE_f_d(name) SHAPE(name, f64, f32)
#define SHAPE_d_i(name) SHAPE(name, u32, f64)
#define SHAPE_d_l(name) SHAPE(name, u64, f64)
#define SHAPE_d_f(name) SHAPE(name, f32, f64)
#define SHAPE_d_d(name) SHAPE(name, f64, f64)
#define SHAPE_ii_i(name) SHAPE(name, u32, u32, u32)
#define SHAPE_ll_i(name) SHAPE(name, u32, u64, u64)
#define SHAPE_ff_i(name) SHAPE(name, u32, f32, f32)
#define SHAPE_dd_i(name) SHAPE(name, u32, f64, f64)
#define SHAPE_ll_l(name) SHAPE(name, u64, u64, u64)
#define SHAPE_ff_f(name) SHAPE(name, f32, f32, f32)
#define SHAPE_dd_d(name) SHAPE(name, f64, f64, f64)
#define ROW_none(name, signature) SHAPE_##signature(name)
#define ROW_block(...)
#define ROW_label(...)
#define ROW_table_of_labels(...)
#define ROW_func(...)
#define ROW_type_table(...)
#define ROW_local(...)
#define ROW_global(...)
#define ROW_table(...)
#define ROW_types(...)
#define ROW_memarg(...)
#define ROW_memory(...)
#define ROW_i32(...)
#define ROW_i64(...)
#define ROW_f32(...)
#define ROW_f64(...)
#define ROW_ref_type(...)
#define ROW_data(...)
#define ROW_data_memory(...)
#define ROW_memory_memory(...)
#define ROW_elem(...)
#define ROW_elem_table(...)
#define ROW_table_table(...)
#define OP(name, text, code, immediate, signature, access, class) ROW_##immediate(name, signature)
#include "vm/opcodes.def"

// Reading and making values --------------------------------------------------

constexpr u32 nan32 = canonical_nan_f32;
constexpr u64 nan64 = canonical_nan_f64;

template <class T>
T runtime(T value) { // hides a value from constant folding
    volatile T hidden = value;
    return hidden;
}

u32 b(f32 x) { return bits_of(x); }
u64 b(f64 x) { return bits_of(x); }
constexpr bool is_nan(u32 bits) { return (bits & 0x7fff'ffff) > 0x7f80'0000; }
constexpr bool is_nan(u64 bits) { return (bits & ~sign_bit_f64) > 0x7ff0'0000'0000'0000; }

f32 at(u32 bits) { return f32_of(runtime(bits)); }
f64 at(u64 bits) { return f64_of(runtime(bits)); }

template <class T>
constexpr OrTrap<T> ok(T value) {
    return {value};
}
template <class T>
constexpr OrTrap<T> trapped(Trap trap) {
    return {0, trap};
}

const std::vector<u32>& special_f32() {
    static const std::vector<u32> values = [] {
        std::vector<u32> list;
        for (const u32 magnitude :
             {0x0000'0000u, 0x0000'0001u, 0x007f'ffffu, 0x0080'0000u, 0x3eff'ffffu, 0x3f00'0000u,
              0x3f00'0001u, 0x3f7f'ffffu, 0x3f80'0000u, 0x3fbf'ffffu, 0x3fc0'0000u, 0x4020'0000u,
              0x4060'0000u, 0x4aff'ffffu, 0x4b00'0000u, 0x4b00'0001u, 0x4b7f'ffffu, 0x4eff'ffffu,
              0x4f00'0000u, 0x4f7f'ffffu, 0x4f80'0000u, 0x5eff'ffffu, 0x5f00'0000u, 0x5f7f'ffffu,
              0x5f80'0000u, 0x7f7f'ffffu, 0x7f80'0000u, 0x7f80'0001u, 0x7fa0'0000u, 0x7fbf'ffffu,
              0x7fc0'0000u, 0x7fc0'1234u, 0x7fff'ffffu}) {
            list.push_back(magnitude);
            list.push_back(magnitude | sign_bit_f32);
        }
        return list;
    }();
    return values;
}

const std::vector<u64>& special_f64() {
    static const std::vector<u64> values = [] {
        std::vector<u64> list;
        for (const u64 magnitude : std::initializer_list<u64>{
                 0x0000'0000'0000'0000u, 0x0000'0000'0000'0001u, 0x000f'ffff'ffff'ffffu,
                 0x0010'0000'0000'0000u, 0x36a0'0000'0000'0000u, 0x36a0'0000'0000'0001u,
                 0x380f'ffff'e000'0000u, 0x3810'0000'0000'0000u, 0x3fdf'ffff'ffff'ffffu,
                 0x3fe0'0000'0000'0000u, 0x3fe0'0000'0000'0001u, 0x3fef'ffff'ffff'ffffu,
                 0x3ff0'0000'0000'0000u, 0x3ff0'0000'1000'0000u, 0x3ff8'0000'0000'0000u,
                 0x4004'0000'0000'0000u, 0x400c'0000'0000'0000u, 0x41df'ffff'ffc0'0000u,
                 0x41df'ffff'ffff'ffffu, 0x41e0'0000'0000'0000u, 0x41e0'0000'001f'ffffu,
                 0x41e0'0000'0020'0000u, 0x41ef'ffff'ffe0'0000u, 0x41ef'ffff'ffff'ffffu,
                 0x41f0'0000'0000'0000u, 0x432f'ffff'ffff'ffffu, 0x4330'0000'0000'0000u,
                 0x4330'0000'0000'0001u, 0x433f'ffff'ffff'ffffu, 0x43df'ffff'ffff'ffffu,
                 0x43e0'0000'0000'0000u, 0x43ef'ffff'ffff'ffffu, 0x43f0'0000'0000'0000u,
                 0x47ef'ffff'e000'0000u, 0x47ef'ffff'efff'ffffu, 0x47ef'ffff'f000'0000u,
                 0x7fef'ffff'ffff'ffffu, 0x7ff0'0000'0000'0000u, 0x7ff0'0000'0000'0001u,
                 0x7ff0'0000'2000'0000u, 0x7ff4'0000'0000'0000u, 0x7ff7'ffff'ffff'ffffu,
                 0x7ff8'0000'0000'0000u, 0x7ff8'dead'beef'1234u, 0x7fff'ffff'ffff'ffffu}) {
            list.push_back(magnitude);
            list.push_back(magnitude | sign_bit_f64);
        }
        return list;
    }();
    return values;
}

/// Random bits, small values, values near powers of two and all-ones more often than by chance.
template <class T>
T pick(std::mt19937_64& random) {
    const auto bits = static_cast<T>(random());
    switch (random() % 6) {
    case 0: return static_cast<T>(random() % 4);
    case 1: return static_cast<T>(T{0} - static_cast<T>(random() % 4));
    case 2: return static_cast<T>((T{1} << random() % (sizeof(T) * 8)) - (random() % 3));
    case 3: return static_cast<T>(bits >> random() % (sizeof(T) * 8));
    default: return bits;
    }
}

/// The specials first, then random bits.
template <class T>
std::vector<T> float_operands(usize randoms) {
    std::vector<T> list;
    if constexpr (sizeof(T) == 4)
        list = special_f32();
    else
        list = special_f64();
    std::mt19937_64 random{7};
    for (usize i = 0; i < randoms; ++i) {
        list.push_back(static_cast<T>(random()));
        // An exponent near that of small integers.
        constexpr int fraction = sizeof(T) == 4 ? 23 : 52;
        constexpr T bias = sizeof(T) == 4 ? 127 : 1023;
        const T exponent = static_cast<T>(bias - 4 + random() % 72);
        const T low = static_cast<T>(random()) & ((T{1} << fraction) - 1);
        list.push_back(
            static_cast<T>(low | exponent << fraction | (random() & 1) << (sizeof(T) * 8 - 1)));
    }
    return list;
}

// References -----------------------------------------------------------------

/// A finite float as sign, odd-free mantissa and power of two: value = mantissa * 2^exponent.
struct Parts {
    bool negative;
    u64 mantissa;
    int exponent;
};
template <class T>
Parts parts(T bits) {
    constexpr int fraction = sizeof(T) == 4 ? 23 : 52;
    constexpr int bias = sizeof(T) == 4 ? 127 : 1023;
    const auto field = static_cast<int>(bits << 1 >> (fraction + 1));
    const u64 low = bits & ((T{1} << fraction) - 1);
    return {bits >> (sizeof(T) * 8 - 1) != 0, field == 0 ? low : low | u64{1} << fraction,
            (field == 0 ? 1 : field) - bias - fraction};
}

/// mantissa * 2^exponent rounded to nearest even, as bits of a float with `fraction` bits and
/// `bias`.
u64 rounded(bool negative, u64 mantissa, int exponent, int fraction, int bias) {
    const int width = fraction == 23 ? 32 : 64;
    const u64 sign = u64{negative} << (width - 1);
    if (mantissa == 0) return sign;
    const int lowest = 1 - bias - fraction;
    int shift = static_cast<int>(std::bit_width(mantissa)) - (fraction + 1);
    if (exponent + shift < lowest) shift = lowest - exponent;
    u64 kept = mantissa;
    if (shift > 0) {
        const i128 whole = mantissa;
        const i128 unit = shift > 100 ? i128{1} << 100 : i128{1} << shift;
        i128 quotient = whole / unit;
        const i128 twice = whole % unit * 2;
        if (twice > unit || (twice == unit && quotient % 2 == 1)) ++quotient;
        kept = static_cast<u64>(quotient);
    } else {
        kept <<= -shift;
    }
    exponent += shift;
    if (kept >> (fraction + 1) != 0) {
        kept >>= 1;
        ++exponent;
    }
    const bool normal = kept >> fraction != 0;
    const int field = normal ? exponent + bias + fraction : 0;
    if (field > 2 * bias) return sign | static_cast<u64>(2 * bias + 1) << fraction;
    return sign | static_cast<u64>(field) << fraction | (kept & ((u64{1} << fraction) - 1));
}

enum class Rounding { down, up, to_zero, even };

/// An integral value for any float: through its parts, without float arithmetic.
template <class T>
T integral(T bits, Rounding rounding) {
    constexpr int fraction = sizeof(T) == 4 ? 23 : 52;
    constexpr int bias = sizeof(T) == 4 ? 127 : 1023;
    if (is_nan(bits)) return sizeof(T) == 4 ? static_cast<T>(nan32) : static_cast<T>(nan64);
    const Parts p = parts(bits);
    if (p.exponent >= 0 || (bits << 1 >> (fraction + 1)) == 2 * bias + 1) return bits;
    const i128 unit = p.exponent < -100 ? i128{1} << 100 : i128{1} << -p.exponent;
    i128 quotient = p.mantissa / unit;
    const i128 rest = p.mantissa % unit;
    if (rounding == Rounding::down && p.negative && rest != 0) ++quotient;
    if (rounding == Rounding::up && !p.negative && rest != 0) ++quotient;
    if (rounding == Rounding::even && (rest * 2 > unit || (rest * 2 == unit && quotient % 2 == 1)))
        ++quotient;
    return static_cast<T>(rounded(p.negative, static_cast<u64>(quotient), 0, fraction, bias));
}

/// The integer part, cut to +-2^100; not for NaN.
template <class T>
i128 whole(T bits) {
    constexpr int fraction = sizeof(T) == 4 ? 23 : 52;
    const Parts p = parts(bits);
    i128 value = 0;
    if (p.exponent >= 0)
        value = p.exponent > 100 - fraction ? i128{1} << 100 : i128{p.mantissa} << p.exponent;
    else if (p.exponent > -64)
        value = p.mantissa >> -p.exponent;
    return p.negative ? -value : value;
}

template <class Int, class T>
OrTrap<std::make_unsigned_t<Int>> trunc_reference(T bits, bool saturate) {
    using Result = std::make_unsigned_t<Int>;
    const i128 lowest = std::numeric_limits<Int>::min();
    const i128 highest = std::numeric_limits<Int>::max();
    if (is_nan(bits)) return {0, saturate ? Trap::none : Trap::invalid_conversion};
    const i128 value = whole(bits);
    if (value >= lowest && value <= highest) return {static_cast<Result>(value)};
    if (!saturate) return {0, Trap::integer_overflow};
    return {static_cast<Result>(value < lowest ? lowest : highest)};
}

/// What IEEE arithmetic says, with the NaN rule on top.
u32 ruled(f32 x) { return is_nan(bits_of(x)) ? nan32 : bits_of(x); }
u64 ruled(f64 x) { return is_nan(bits_of(x)) ? nan64 : bits_of(x); }

template <class T>
T min_reference(T x, T y, bool want_max) {
    if (is_nan(x) || is_nan(y))
        return sizeof(T) == 4 ? static_cast<T>(nan32) : static_cast<T>(nan64);
    // Order of the bits: flip all of a negative number's, the sign of the others.
    constexpr T sign = T{1} << (sizeof(T) * 8 - 1);
    const T key_x = (x & sign) != 0 ? static_cast<T>(~x) : x | sign;
    const T key_y = (y & sign) != 0 ? static_cast<T>(~y) : y | sign;
    return (key_x < key_y) != want_max ? x : y;
}

// Compile time ---------------------------------------------------------------

static_assert(i32_add(0xffff'ffff, 2) == 1 && i32_shl(1, 33) == 2 && i32_rotr(1, 1) == 0x8000'0000);
static_assert(i32_div_s(0x8000'0000, 0xffff'ffff).trap == Trap::integer_overflow);
static_assert(i32_div_s(7, 0xffff'fffe) == ok(0xffff'fffd));
static_assert(i32_rem_s(0x8000'0000, 0xffff'ffff) == ok(0u));
static_assert(i64_div_u(1, 0).trap == Trap::integer_divide_by_zero);
static_assert(i64_extend32_s(0xffff'ffff'8000'0000) == 0xffff'ffff'8000'0000);
static_assert(i32_clz(0) == 32 && i32_ctz(0) == 32 && i64_clz(0) == 64 && i64_ctz(0) == 64);
static_assert(bits_of(f32_nearest(0.5f)) == 0 && bits_of(f32_nearest(-0.5f)) == sign_bit_f32);
static_assert(f64_nearest(2.5) == 2 && f64_nearest(3.5) == 4 && f64_ceil(-2.5) == -2);
static_assert(f64_floor(-2.5) == -3 && f64_trunc(-2.5) == -2);
static_assert(bits_of(f64_min(0.0, -0.0)) == sign_bit_f64 && bits_of(f64_max(-0.0, 0.0)) == 0);
static_assert(i32_trunc_f64_s(2147483647.9) == ok(0x7fff'ffffu));
static_assert(i32_trunc_f64_s(-2147483648.9) == ok(0x8000'0000u));
static_assert(i32_trunc_f64_s(2147483648.0).trap == Trap::integer_overflow);
static_assert(i64_trunc_sat_f64_s(1e300) == 0x7fff'ffff'ffff'ffff);
static_assert(bits_of(raw_demote(f64_of(0xfff0'0000'2000'0000))) == 0xffc0'0001);
static_assert(bits_of(raw_promote(f32_of(0xff80'0001))) == 0xfff8'0000'2000'0000);
static_assert(bits_of(canonical_f64(f64_of(0xfff0'0000'0000'0001))) == canonical_nan_f64);

} // namespace

TEST_CASE("numerics: integer boundaries") {
    CHECK(i32_div_s(runtime(0x8000'0000u), 0xffff'ffff) == trapped<u32>(Trap::integer_overflow));
    CHECK(i32_div_s(0, runtime(0u)) == trapped<u32>(Trap::integer_divide_by_zero));
    CHECK(i32_rem_s(runtime(0x8000'0000u), 0xffff'ffff) == ok(0u));
    CHECK(i32_rem_s(5, runtime(0u)) == trapped<u32>(Trap::integer_divide_by_zero));
    CHECK(i32_rem_s(runtime(0xffff'fff9u), 2) == ok(0xffff'ffffu));
    CHECK(i32_rem_u(5, runtime(0u)) == trapped<u32>(Trap::integer_divide_by_zero));
    CHECK(i32_div_u(runtime(0x8000'0000u), 0xffff'ffff) == ok(0u));
    CHECK(i64_div_s(runtime(sign_bit_f64), ~u64{0}) == trapped<u64>(Trap::integer_overflow));
    CHECK(i64_div_s(0, runtime(u64{0})) == trapped<u64>(Trap::integer_divide_by_zero));
    CHECK(i64_rem_s(runtime(sign_bit_f64), ~u64{0}) == ok(u64{0}));
    CHECK(i64_rem_s(5, runtime(u64{0})) == trapped<u64>(Trap::integer_divide_by_zero));
    CHECK(i64_rem_u(5, runtime(u64{0})) == trapped<u64>(Trap::integer_divide_by_zero));
    for (const u32 count : {0u, 32u, 64u, 0xffff'ffe0u}) {
        CHECK(i32_shl(0x8000'0001, runtime(count)) == 0x8000'0001);
        CHECK(i32_shr_s(0x8000'0001, runtime(count)) == 0x8000'0001);
        CHECK(i32_shr_u(0x8000'0001, runtime(count)) == 0x8000'0001);
        CHECK(i32_rotl(0x8000'0001, runtime(count)) == 0x8000'0001);
        CHECK(i32_rotr(0x8000'0001, runtime(count)) == 0x8000'0001);
    }
    CHECK(i32_shr_s(0x8000'0000, runtime(31u)) == 0xffff'ffff);
    CHECK(i32_rotl(0xabcd'9876, runtime(33u)) == 0x579b'30ed);
    CHECK(i64_shl(1, runtime(u64{65})) == 2);
    CHECK(i64_shr_s(sign_bit_f64, runtime(u64{127})) == ~u64{0});
    CHECK(i64_shr_u(sign_bit_f64, runtime(u64{127})) == 1);
    CHECK(i64_rotl(0xabcd'9876'0000'0001, runtime(u64{64 + 4})) == 0xbcd9'8760'0000'001a);
    CHECK(i64_rotr(1, runtime(u64{1})) == sign_bit_f64);
    CHECK(i32_extend8_s(runtime(0x180u)) == 0xffff'ff80);
    CHECK(i32_extend16_s(runtime(0x1'7fffu)) == 0x7fff);
    CHECK(i64_extend8_s(runtime(u64{0xff})) == ~u64{0});
    CHECK(i64_extend16_s(runtime(u64{0x8000})) == 0xffff'ffff'ffff'8000);
    CHECK(i64_extend_i32_s(runtime(0x8000'0000u)) == 0xffff'ffff'8000'0000);
    CHECK(i64_extend_i32_u(runtime(0x8000'0000u)) == 0x8000'0000);
    CHECK(i32_wrap_i64(runtime(u64{0x1'2345'6789})) == 0x2345'6789);
}

TEST_CASE("numerics: i32 against 128-bit arithmetic") {
    std::mt19937_64 random{1};
    for (int i = 0; i < 100'000; ++i) {
        const u32 x = pick<u32>(random);
        const u32 y = pick<u32>(random);
        const i128 sx = static_cast<i32>(x);
        const i128 sy = static_cast<i32>(y);
        const u64 ux = x;
        const u64 uy = y;
        bool good = i32_add(x, y) == static_cast<u32>(ux + uy) &&
                    i32_sub(x, y) == static_cast<u32>(ux - uy) &&
                    i32_mul(x, y) == static_cast<u32>(ux * uy) && i32_and(x, y) == (~(~x | ~y)) &&
                    i32_or(x, y) == (~(~x & ~y)) && i32_xor(x, y) == ((x | y) & ~(x & y));
        good = good && i32_lt_s(x, y) == u32{sx < sy} && i32_gt_s(x, y) == u32{sx > sy} &&
               i32_le_s(x, y) == u32{sx <= sy} && i32_ge_s(x, y) == u32{sx >= sy} &&
               i32_lt_u(x, y) == u32{ux < uy} && i32_gt_u(x, y) == u32{ux > uy} &&
               i32_le_u(x, y) == u32{ux <= uy} && i32_ge_u(x, y) == u32{ux >= uy} &&
               i32_eq(x, y) == u32{ux == uy} && i32_ne(x, y) == u32{ux != uy} &&
               i32_eqz(x) == u32{ux == 0};
        if (y == 0) {
            good = good && i32_div_s(x, y).trap == Trap::integer_divide_by_zero &&
                   i32_div_u(x, y).trap == Trap::integer_divide_by_zero &&
                   i32_rem_s(x, y).trap == Trap::integer_divide_by_zero &&
                   i32_rem_u(x, y).trap == Trap::integer_divide_by_zero;
        } else {
            const i128 quotient = sx / sy;
            const bool overflow = quotient == i128{1} << 31;
            good = good &&
                   i32_div_s(x, y) == (overflow ? trapped<u32>(Trap::integer_overflow)
                                                : ok(static_cast<u32>(quotient))) &&
                   i32_rem_s(x, y) == ok(static_cast<u32>(sx - sy * quotient)) &&
                   i32_div_u(x, y) == ok(static_cast<u32>(ux / uy)) &&
                   i32_rem_u(x, y) == ok(static_cast<u32>(ux - ux / uy * uy));
        }
        const u32 n = y % 32;
        const u64 twice = ux << 32 | ux;
        good = good && i32_shl(x, y) == static_cast<u32>(ux << n) && i32_shr_u(x, y) == ux >> n &&
               i32_shr_s(x, y) == static_cast<u32>(sx >> n) &&
               i32_rotl(x, y) == static_cast<u32>(twice >> (32 - n)) &&
               i32_rotr(x, y) == static_cast<u32>(twice >> n);
        u32 leading = 0;
        while (leading < 32 && (x >> (31 - leading) & 1) == 0)
            ++leading;
        u32 trailing = 0;
        while (trailing < 32 && (x >> trailing & 1) == 0)
            ++trailing;
        u32 ones = 0;
        for (u32 bit = 0; bit < 32; ++bit)
            ones += x >> bit & 1;
        good = good && i32_clz(x) == leading && i32_ctz(x) == trailing && i32_popcnt(x) == ones;
        CAPTURE(x);
        CAPTURE(y);
        REQUIRE(good);
    }
}

TEST_CASE("numerics: i64 against 128-bit arithmetic") {
    std::mt19937_64 random{2};
    for (int i = 0; i < 100'000; ++i) {
        const u64 x = pick<u64>(random);
        const u64 y = pick<u64>(random);
        const i128 sx = static_cast<i64>(x);
        const i128 sy = static_cast<i64>(y);
        const i128 ux = x;
        const i128 uy = y;
        // Schoolbook, in halves.
        const u64 product = (x >> 32) * (y & 0xffff'ffff) + (x & 0xffff'ffff) * (y >> 32);
        bool good = i64_add(x, y) == static_cast<u64>(ux + uy) &&
                    i64_sub(x, y) == static_cast<u64>(ux - uy) &&
                    i64_mul(x, y) == (product << 32) + (x & 0xffff'ffff) * (y & 0xffff'ffff) &&
                    i64_and(x, y) == (~(~x | ~y)) && i64_or(x, y) == (~(~x & ~y)) &&
                    i64_xor(x, y) == ((x | y) & ~(x & y));
        good = good && i64_lt_s(x, y) == u32{sx < sy} && i64_gt_s(x, y) == u32{sx > sy} &&
               i64_le_s(x, y) == u32{sx <= sy} && i64_ge_s(x, y) == u32{sx >= sy} &&
               i64_lt_u(x, y) == u32{ux < uy} && i64_gt_u(x, y) == u32{ux > uy} &&
               i64_le_u(x, y) == u32{ux <= uy} && i64_ge_u(x, y) == u32{ux >= uy} &&
               i64_eq(x, y) == u32{ux == uy} && i64_ne(x, y) == u32{ux != uy} &&
               i64_eqz(x) == u32{ux == 0};
        if (y == 0) {
            good = good && i64_div_s(x, y).trap == Trap::integer_divide_by_zero &&
                   i64_div_u(x, y).trap == Trap::integer_divide_by_zero &&
                   i64_rem_s(x, y).trap == Trap::integer_divide_by_zero &&
                   i64_rem_u(x, y).trap == Trap::integer_divide_by_zero;
        } else {
            const i128 quotient = sx / sy;
            const bool overflow = quotient == i128{1} << 63;
            good = good &&
                   i64_div_s(x, y) == (overflow ? trapped<u64>(Trap::integer_overflow)
                                                : ok(static_cast<u64>(quotient))) &&
                   i64_rem_s(x, y) == ok(static_cast<u64>(sx - sy * quotient)) &&
                   i64_div_u(x, y) == ok(static_cast<u64>(ux / uy)) &&
                   i64_rem_u(x, y) == ok(static_cast<u64>(ux - ux / uy * uy));
        }
        const u32 n = static_cast<u32>(y % 64);
        const u64 over = n == 0 ? 0 : x >> (64 - n);
        const u64 under = n == 0 ? 0 : x << (64 - n);
        good = good && i64_shl(x, y) == static_cast<u64>(ux * (i128{1} << n)) &&
               i64_shr_u(x, y) == static_cast<u64>(ux >> n) &&
               i64_shr_s(x, y) == static_cast<u64>(sx >> n) &&
               i64_rotl(x, y) == ((x << n) | over) && i64_rotr(x, y) == ((x >> n) | under);
        u64 leading = 0;
        while (leading < 64 && (x >> (63 - leading) & 1) == 0)
            ++leading;
        u64 trailing = 0;
        while (trailing < 64 && (x >> trailing & 1) == 0)
            ++trailing;
        u64 ones = 0;
        for (u32 bit = 0; bit < 64; ++bit)
            ones += x >> bit & 1;
        good = good && i64_clz(x) == leading && i64_ctz(x) == trailing && i64_popcnt(x) == ones;
        good = good && i64_extend8_s(x) == ((x & 0xff) ^ 0x80) - 0x80 &&
               i64_extend16_s(x) == ((x & 0xffff) ^ 0x8000) - 0x8000 &&
               i64_extend32_s(x) == ((x & 0xffff'ffff) ^ 0x8000'0000) - 0x8000'0000;
        const auto low = static_cast<u32>(x);
        good = good && i32_extend8_s(low) == ((low & 0xff) ^ 0x80) - 0x80 &&
               i32_extend16_s(low) == ((low & 0xffff) ^ 0x8000) - 0x8000 &&
               i64_extend_i32_s(low) == ((u64{low}) ^ 0x8000'0000) - 0x8000'0000 &&
               i64_extend_i32_u(low) == (x & 0xffff'ffff) && i32_wrap_i64(x) == low;
        CAPTURE(x);
        CAPTURE(y);
        REQUIRE(good);
    }
}

TEST_CASE("numerics: operations on the bits keep every payload") {
    for (const u32 x : special_f32()) {
        CHECK(i32_reinterpret_f32(f32_reinterpret_i32(runtime(x))) == x);
        CHECK(b(f32_abs(at(x))) == (x & 0x7fff'ffff));
        CHECK(b(f32_neg(at(x))) == (x ^ 0x8000'0000));
        for (const u32 y : special_f32())
            CHECK(b(f32_copysign(at(x), at(y))) == ((x & 0x7fff'ffff) | (y & 0x8000'0000)));
    }
    for (const u64 x : special_f64()) {
        CHECK(i64_reinterpret_f64(f64_reinterpret_i64(runtime(x))) == x);
        CHECK(b(f64_abs(at(x))) == (x & ~sign_bit_f64));
        CHECK(b(f64_neg(at(x))) == (x ^ sign_bit_f64));
        for (const u64 y : special_f64())
            CHECK(b(f64_copysign(at(x), at(y))) == ((x & ~sign_bit_f64) | (y & sign_bit_f64)));
    }
}

TEST_CASE("numerics: each arithmetic NaN is the positive canonical one") {
    for (const u32 x : special_f32()) {
        CHECK(b(canonical_f32(at(x))) == (is_nan(x) ? nan32 : x));
        if (!is_nan(x)) continue;
        for (const auto unary : {f32_ceil, f32_floor, f32_trunc, f32_nearest, f32_sqrt})
            CHECK(b(unary(at(x))) == nan32);
        for (const auto binary : {f32_add, f32_sub, f32_mul, f32_div, f32_min, f32_max})
            for (const u32 y : special_f32()) {
                CHECK(b(binary(at(x), at(y))) == nan32);
                CHECK(b(binary(at(y), at(x))) == nan32);
            }
        CHECK(b(f64_promote_f32(at(x))) == nan64);
        CHECK(b(raw_promote(at(x))) ==
              (u64{x >> 31} << 63 | 0x7ff8'0000'0000'0000 | u64{x & 0x007f'ffff} << 29));
    }
    for (const u64 x : special_f64()) {
        CHECK(b(canonical_f64(at(x))) == (is_nan(x) ? nan64 : x));
        if (!is_nan(x)) continue;
        for (const auto unary : {f64_ceil, f64_floor, f64_trunc, f64_nearest, f64_sqrt})
            CHECK(b(unary(at(x))) == nan64);
        for (const auto binary : {f64_add, f64_sub, f64_mul, f64_div, f64_min, f64_max})
            for (const u64 y : special_f64()) {
                CHECK(b(binary(at(x), at(y))) == nan64);
                CHECK(b(binary(at(y), at(x))) == nan64);
            }
        CHECK(b(f32_demote_f64(at(x))) == nan32);
        CHECK(b(raw_demote(at(x))) == (static_cast<u32>(x >> 63) << 31 | 0x7fc0'0000 |
                                       static_cast<u32>(x >> 29 & 0x007f'ffff)));
    }
    const f32 inf32 = at(0x7f80'0000u);
    CHECK(b(f32_sub(inf32, inf32)) == nan32);
    CHECK(b(f32_add(inf32, f32_neg(inf32))) == nan32);
    CHECK(b(f32_mul(inf32, at(0x8000'0000u))) == nan32);
    CHECK(b(f32_div(at(0u), at(0x8000'0000u))) == nan32);
    CHECK(b(f32_div(inf32, inf32)) == nan32);
    CHECK(b(f32_sqrt(at(0xbf80'0000u))) == nan32);
    const f64 inf64 = at(u64{0x7ff0'0000'0000'0000});
    CHECK(b(f64_sub(inf64, inf64)) == nan64);
    CHECK(b(f64_mul(inf64, at(u64{0}))) == nan64);
    CHECK(b(f64_div(at(u64{0}), at(u64{0}))) == nan64);
    CHECK(b(f64_sqrt(at(sign_bit_f64 | 1))) == nan64);
}

TEST_CASE("numerics: float vectors worked by hand") {
    CHECK(b(f32_sqrt(at(0x8000'0000u))) == 0x8000'0000);
    CHECK(b(f64_sqrt(at(sign_bit_f64))) == sign_bit_f64);
    CHECK(b(f64_sqrt(runtime(2.0))) == 0x3ff6'a09e'667f'3bcd);
    CHECK(b(f32_sqrt(at(1u))) == 0x1a35'04f3); // of the least subnormal
    CHECK(b(f32_div(runtime(1.0f), at(0x8000'0000u))) == 0xff80'0000);
    CHECK(b(f32_add(at(1u), at(1u))) == 2); // subnormals are not flushed
    CHECK(b(f32_mul(at(0x0080'0000u), runtime(0.5f))) == 0x0040'0000);
    CHECK(b(f64_add(at(u64{1}), at(u64{1}))) == 2);
    CHECK(b(f64_mul(at(u64{0x0010'0000'0000'0000}), runtime(0.5))) == 0x0008'0000'0000'0000);
    CHECK(b(f32_add(at(0u), at(0x8000'0000u))) == 0);
    CHECK(b(f32_add(at(0x8000'0000u), at(0x8000'0000u))) == 0x8000'0000);
    CHECK(b(f32_add(runtime(16777216.0f), runtime(1.0f))) == b(16777216.0f)); // ties to even
    CHECK(b(f32_add(runtime(16777218.0f), runtime(1.0f))) == b(16777220.0f));
    // (1 + 2^-27)^2 - (1 + 2^-26) is 2^-54 if the product is not rounded.
    CHECK(b(f64_sub(f64_mul(runtime(0x1.0000002p0), runtime(0x1.0000002p0)),
                    runtime(0x1.0000004p0))) == 0);
    CHECK(b(f32_demote_f64(at(u64{0x47ef'ffff'efff'ffff}))) == 0x7f7f'ffff);
    CHECK(b(f32_demote_f64(at(u64{0x47ef'ffff'f000'0000}))) == 0x7f80'0000);
    CHECK(b(f32_demote_f64(at(u64{0x36a0'0000'0000'0000}))) == 1);
    CHECK(b(f32_demote_f64(at(u64{0x3690'0000'0000'0000}))) == 0); // half of it: to even
    CHECK(b(f32_demote_f64(at(u64{0x3690'0000'0000'0001}))) == 1);
    CHECK(b(f32_convert_i32_s(runtime(0x8000'0000u))) == 0xcf00'0000);
    CHECK(b(f32_convert_i32_u(runtime(0xffff'ffffu))) == 0x4f80'0000);
    CHECK(b(f32_convert_i64_u(runtime(u64{0x8000'0080'0000'0000}))) == 0x5f00'0000);
    CHECK(b(f32_convert_i64_u(runtime(u64{0x8000'0080'0000'0001}))) == 0x5f00'0001);
    CHECK(b(f32_convert_i64_u(runtime(~u64{0}))) == 0x5f80'0000);
    CHECK(b(f64_convert_i64_u(runtime(~u64{0}))) == 0x43f0'0000'0000'0000);
    CHECK(b(f64_convert_i64_u(runtime(u64{0x8000'0000'0000'0400}))) == 0x43e0'0000'0000'0000);
    CHECK(b(f64_convert_i64_u(runtime(u64{0x8000'0000'0000'0401}))) == 0x43e0'0000'0000'0001);
    CHECK(b(f64_convert_i64_s(runtime(~u64{0}))) == 0xbff0'0000'0000'0000);
    CHECK(f32_lt(at(nan32), runtime(1.0f)) == 0);
    CHECK(f32_ne(at(nan32), at(nan32)) == 1);
    CHECK(f32_eq(at(0u), at(0x8000'0000u)) == 1);
    CHECK(f64_ge(at(nan64), at(nan64)) == 0);
    CHECK(f64_eq(at(u64{0}), at(sign_bit_f64)) == 1);
}

TEST_CASE("numerics: halves round to even") {
    for (const f64 half : {0.5, 1.5, 2.5, 3.5, 4.5, 8388607.5, 8388606.5, 4503599627370495.5}) {
        const f64 down = half - 0.5;
        const f64 even = std::fmod(down, 2) == 0 ? down : half + 0.5;
        CHECK(b(f64_nearest(runtime(half))) == b(even));
        CHECK(b(f64_nearest(runtime(-half))) == b(-even));
        if (half > 1e9) continue;
        CHECK(b(f32_nearest(runtime(static_cast<f32>(half)))) == b(static_cast<f32>(even)));
        CHECK(b(f32_nearest(runtime(static_cast<f32>(-half)))) == b(static_cast<f32>(-even)));
    }
    CHECK(b(f32_nearest(at(0x3eff'ffffu))) == 0);
    CHECK(b(f32_nearest(at(0xbeff'ffffu))) == 0x8000'0000);
    CHECK(b(f32_ceil(runtime(-0.7f))) == 0x8000'0000);
    CHECK(b(f64_trunc(runtime(-0.7))) == sign_bit_f64);
    CHECK(b(f64_floor(at(sign_bit_f64))) == sign_bit_f64);
    CHECK(b(f64_floor(at(u64{1}))) == 0);
    CHECK(b(f64_floor(at(sign_bit_f64 | 1))) == b(-1.0));
}

template <class T, class F>
void check_unary(F ceil, F floor, F trunc, F nearest) {
    for (const T x : float_operands<T>(20'000)) {
        CAPTURE(x);
        REQUIRE(b(ceil(at(x))) == integral(x, Rounding::up));
        REQUIRE(b(floor(at(x))) == integral(x, Rounding::down));
        REQUIRE(b(trunc(at(x))) == integral(x, Rounding::to_zero));
        REQUIRE(b(nearest(at(x))) == integral(x, Rounding::even));
    }
}

TEST_CASE("numerics: rounding to integers against integer arithmetic") {
    check_unary<u32>(f32_ceil, f32_floor, f32_trunc, f32_nearest);
    check_unary<u64>(f64_ceil, f64_floor, f64_trunc, f64_nearest);
}

TEST_CASE("numerics: f32 arithmetic against f64 rounded once") {
    // A sum, product, quotient or root of two f32, rounded first to 53 bits, rounds to the same
    // f32.
    const std::vector<u32> operands = float_operands<u32>(150);
    for (const u32 x : operands) {
        CHECK(b(f32_sqrt(at(x))) == ruled(static_cast<f32>(std::sqrt(f64{at(x)}))));
        for (const u32 y : operands) {
            const f32 p = at(x);
            const f32 q = at(y);
            bool good = b(f32_add(p, q)) == ruled(static_cast<f32>(f64{p} + f64{q})) &&
                        b(f32_sub(p, q)) == ruled(static_cast<f32>(f64{p} - f64{q})) &&
                        b(f32_mul(p, q)) == ruled(static_cast<f32>(f64{p} * f64{q})) &&
                        b(f32_div(p, q)) == ruled(static_cast<f32>(f64{p} / f64{q})) &&
                        b(f32_min(p, q)) == min_reference(x, y, false) &&
                        b(f32_max(p, q)) == min_reference(x, y, true);
            const bool ordered = !is_nan(x) && !is_nan(y);
            const f64 d = f64{p};
            const f64 e = f64{q};
            good = good && f32_eq(p, q) == u32{ordered && d == e} &&
                   f32_ne(p, q) == u32{!ordered || d != e} &&
                   f32_lt(p, q) == u32{ordered && d < e} && f32_gt(p, q) == u32{ordered && d > e} &&
                   f32_le(p, q) == u32{ordered && d <= e} && f32_ge(p, q) == u32{ordered && d >= e};
            CAPTURE(x);
            CAPTURE(y);
            REQUIRE(good);
        }
    }
}

TEST_CASE("numerics: f64 arithmetic is the machine's, with one NaN") {
    const std::vector<u64> operands = float_operands<u64>(150);
    for (const u64 x : operands) {
        CHECK(b(f64_sqrt(at(x))) == ruled(std::sqrt(at(x))));
        for (const u64 y : operands) {
            const volatile f64 p = at(x);
            const volatile f64 q = at(y);
            bool good = b(f64_add(p, q)) == ruled(p + q) && b(f64_sub(p, q)) == ruled(p - q) &&
                        b(f64_mul(p, q)) == ruled(p * q) && b(f64_div(p, q)) == ruled(p / q) &&
                        b(f64_min(p, q)) == min_reference(x, y, false) &&
                        b(f64_max(p, q)) == min_reference(x, y, true);
            // Order by the bits, as in min_reference; zeros are equal.
            const bool ordered = !is_nan(x) && !is_nan(y);
            const bool equal = ordered && (x == y || (x | y) << 1 == 0);
            const bool less = ordered && !equal && min_reference(x, y, false) == x;
            good = good && f64_eq(p, q) == u32{equal} && f64_ne(p, q) == u32{!equal} &&
                   f64_lt(p, q) == u32{less} && f64_le(p, q) == u32{less || equal} &&
                   f64_gt(p, q) == u32{ordered && !less && !equal} &&
                   f64_ge(p, q) == u32{ordered && !less};
            CAPTURE(x);
            CAPTURE(y);
            REQUIRE(good);
        }
    }
}

template <class Int, class T, class Trapping, class Saturating>
void check_trunc(Trapping trapping, Saturating saturating) {
    for (const T x : float_operands<T>(20'000)) {
        CAPTURE(x);
        REQUIRE(trapping(at(x)) == trunc_reference<Int>(x, false));
        REQUIRE(ok(saturating(at(x))) == trunc_reference<Int>(x, true));
    }
}

TEST_CASE("numerics: truncation against integer arithmetic") {
    check_trunc<i32, u32>(i32_trunc_f32_s, i32_trunc_sat_f32_s);
    check_trunc<u32, u32>(i32_trunc_f32_u, i32_trunc_sat_f32_u);
    check_trunc<i32, u64>(i32_trunc_f64_s, i32_trunc_sat_f64_s);
    check_trunc<u32, u64>(i32_trunc_f64_u, i32_trunc_sat_f64_u);
    check_trunc<i64, u32>(i64_trunc_f32_s, i64_trunc_sat_f32_s);
    check_trunc<u64, u32>(i64_trunc_f32_u, i64_trunc_sat_f32_u);
    check_trunc<i64, u64>(i64_trunc_f64_s, i64_trunc_sat_f64_s);
    check_trunc<u64, u64>(i64_trunc_f64_u, i64_trunc_sat_f64_u);
}

TEST_CASE("numerics: limits of truncation") {
    constexpr Trap over = Trap::integer_overflow;
    CHECK(i32_trunc_f64_s(runtime(2147483647.9)) == ok(0x7fff'ffffu));
    CHECK(i32_trunc_f64_s(runtime(-2147483648.9)) == ok(0x8000'0000u));
    CHECK(i32_trunc_f64_s(runtime(2147483648.0)) == trapped<u32>(over));
    CHECK(i32_trunc_f64_s(runtime(-2147483649.0)) == trapped<u32>(over));
    CHECK(i32_trunc_f64_u(runtime(4294967295.9)) == ok(0xffff'ffffu));
    CHECK(i32_trunc_f64_u(runtime(4294967296.0)) == trapped<u32>(over));
    CHECK(i32_trunc_f64_u(runtime(-0.9)) == ok(0u));
    CHECK(i32_trunc_f64_u(runtime(-1.0)) == trapped<u32>(over));
    CHECK(i32_trunc_f32_s(runtime(2147483520.0f)) == ok(0x7fff'ff80u));
    CHECK(i32_trunc_f32_s(runtime(2147483648.0f)) == trapped<u32>(over));
    CHECK(i32_trunc_f32_s(runtime(-2147483648.0f)) == ok(0x8000'0000u));
    CHECK(i32_trunc_f32_s(runtime(-2147483904.0f)) == trapped<u32>(over));
    CHECK(i32_trunc_f32_u(runtime(4294967040.0f)) == ok(0xffff'ff00u));
    CHECK(i32_trunc_f32_u(runtime(4294967296.0f)) == trapped<u32>(over));
    CHECK(i64_trunc_f64_s(runtime(0x1p63)) == trapped<u64>(over));
    CHECK(i64_trunc_f64_s(runtime(-0x1p63)) == ok(sign_bit_f64));
    CHECK(i64_trunc_f64_s(at(u64{0xc3e0'0000'0000'0001})) == trapped<u64>(over));
    CHECK(i64_trunc_f64_u(runtime(0x1p64)) == trapped<u64>(over));
    CHECK(i64_trunc_f64_u(at(u64{0x43ef'ffff'ffff'ffff})) == ok(u64{0xffff'ffff'ffff'f800}));
    CHECK(i64_trunc_f32_s(runtime(-0x1p63f)) == ok(sign_bit_f64));
    CHECK(i64_trunc_f32_u(runtime(0x1p64f)) == trapped<u64>(over));
    CHECK(i64_trunc_f32_u(runtime(-0.5f)) == ok(u64{0}));
    CHECK(i64_trunc_f32_u(at(0x7fa0'0000u)) == trapped<u64>(Trap::invalid_conversion));
    CHECK(i32_trunc_f32_s(at(0xffc0'0000u)) == trapped<u32>(Trap::invalid_conversion));
    CHECK(i32_trunc_f64_s(at(u64{0x7ff0'0000'0000'0000})) == trapped<u32>(over));
    CHECK(i32_trunc_sat_f32_s(at(0xff80'0000u)) == 0x8000'0000);
    CHECK(i64_trunc_sat_f64_u(at(u64{0x7ff0'0000'0000'0000})) == ~u64{0});
    CHECK(i64_trunc_sat_f64_u(at(u64{0xfff0'0000'0000'0000})) == 0);
    CHECK(i64_trunc_sat_f64_s(at(nan64)) == 0);
}

TEST_CASE("numerics: conversions against integer arithmetic") {
    std::mt19937_64 random{3};
    for (int i = 0; i < 100'000; ++i) {
        const u64 x = pick<u64>(random);
        const auto low = static_cast<u32>(x);
        const auto sx = static_cast<i64>(x);
        const auto slow = static_cast<i32>(low);
        const u64 size = sx < 0 ? 0 - x : x;
        const u64 small = slow < 0 ? u64{0 - low} : u64{low};
        CAPTURE(x);
        REQUIRE(b(f32_convert_i32_s(low)) == rounded(slow < 0, small, 0, 23, 127));
        REQUIRE(b(f32_convert_i32_u(low)) == rounded(false, low, 0, 23, 127));
        REQUIRE(b(f32_convert_i64_s(x)) == rounded(sx < 0, size, 0, 23, 127));
        REQUIRE(b(f32_convert_i64_u(x)) == rounded(false, x, 0, 23, 127));
        REQUIRE(b(f64_convert_i32_s(low)) == rounded(slow < 0, small, 0, 52, 1023));
        REQUIRE(b(f64_convert_i32_u(low)) == rounded(false, low, 0, 52, 1023));
        REQUIRE(b(f64_convert_i64_s(x)) == rounded(sx < 0, size, 0, 52, 1023));
        REQUIRE(b(f64_convert_i64_u(x)) == rounded(false, x, 0, 52, 1023));
    }
    for (const u64 x : float_operands<u64>(20'000)) {
        if (is_nan(x)) continue;
        const Parts p = parts(x);
        const bool infinite = x << 1 == u64{0x7ff} << 53;
        const u64 expected = infinite ? (x >> 63 << 31 | 0x7f80'0000)
                                      : rounded(p.negative, p.mantissa, p.exponent, 23, 127);
        CAPTURE(x);
        REQUIRE(b(f32_demote_f64(at(x))) == expected);
        REQUIRE(b(raw_demote(at(x))) == expected);
    }
    for (const u32 x : float_operands<u32>(20'000)) {
        if (is_nan(x)) continue;
        const Parts p = parts(x);
        const bool infinite = x << 1 == 0xff00'0000;
        const u64 expected = infinite ? (u64{x >> 31} << 63 | 0x7ff0'0000'0000'0000)
                                      : rounded(p.negative, p.mantissa, p.exponent, 52, 1023);
        CAPTURE(x);
        REQUIRE(b(f64_promote_f32(at(x))) == expected);
        REQUIRE(b(raw_promote(at(x))) == expected);
    }
}

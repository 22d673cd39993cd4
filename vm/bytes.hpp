// SPDX-License-Identifier: Apache-2.0
// Integer names, byte views, little-endian access and checked narrowing: what every other file
// uses.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

/// An assertion that costs too much for the default build; on in sanitizer builds.
#ifdef LOCKSTEP_HOT_ASSERTS
#define hot_assert(condition) assert(condition)
#else
#define hot_assert(condition) static_cast<void>(0)
#endif

namespace lockstep {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using usize = std::size_t;
using f32 = float;
using f64 = double;

using bytes_view = std::span<const u8>;

static_assert(std::endian::native == std::endian::little, "lockstep runs on little-endian hosts");

/// Reads a little-endian `T` at `p`, which may be unaligned. `p` must have sizeof(T) readable
/// bytes.
template <class T>
[[nodiscard]] inline T load_le(const void* p) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, p, sizeof value);
    return value;
}

/// Writes `value` little-endian at `p`, which may be unaligned.
template <class T>
inline void store_le(void* p, T value) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    std::memcpy(p, &value, sizeof value);
}

/// Converts an integer to `To`; a value that does not fit is a bug of ours and asserts.
template <class To, class From>
[[nodiscard]] constexpr To narrow(From value) noexcept {
    static_assert(std::is_integral_v<To> && std::is_integral_v<From>);
    const auto result = static_cast<To>(value);
    assert(static_cast<From>(result) == value && ((result < To{}) == (value < From{})));
    return result;
}

[[nodiscard]] inline bytes_view as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const u8*>(text.data()), text.size()};
}

[[nodiscard]] inline std::string_view as_text(bytes_view bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace lockstep

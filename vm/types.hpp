// SPDX-License-Identifier: Apache-2.0
// The types of WebAssembly (spec 2.3) and the values that cross the border between host and guest.
#pragma once

#include "vm/bytes.hpp"

#include <vector>

namespace lockstep {

/// Value types by their binary code (spec 5.3). `bottom` is the validator's unknown type, never a
/// value's.
enum class ValType : u8 {
    bottom = 0,
    externref = 0x6f,
    funcref = 0x70,
    v128 = 0x7b,
    f64 = 0x7c,
    f32 = 0x7d,
    i64 = 0x7e,
    i32 = 0x7f,
};

[[nodiscard]] constexpr bool is_reference(ValType type) noexcept {
    return type == ValType::funcref || type == ValType::externref;
}
[[nodiscard]] constexpr bool is_float(ValType type) noexcept {
    return type == ValType::f32 || type == ValType::f64;
}
[[nodiscard]] std::string_view name_of(ValType type) noexcept;

struct FuncType {
    std::vector<ValType> params;
    std::vector<ValType> results;
    friend bool operator==(const FuncType&, const FuncType&) = default;
};

/// Limits of a table (elements) or a memory (pages of 64 KiB).
struct Limits {
    u32 min = 0;
    u32 max = 0;
    bool has_max = false;
};

struct TableType {
    ValType element = ValType::funcref;
    Limits limits;
};

struct MemoryType {
    Limits limits;
};

struct GlobalType {
    ValType type = ValType::i32;
    bool is_mutable = false;
    friend bool operator==(const GlobalType&, const GlobalType&) = default;
};

enum class ExternKind : u8 { function = 0, table = 1, memory = 2, global = 3 };
[[nodiscard]] std::string_view name_of(ExternKind kind) noexcept;

inline constexpr u64 page_size = 65536;
inline constexpr u32 max_memory_pages = 65536;

/// A guest slot: i32 and f32 lie zero-extended in the low half; references are an opaque address or
/// 0 for null.
using Slot = u64;

/// A value at the border: 16 bytes, so that a v128 fits later.
struct Value {
    u64 bits = 0;
    u64 high = 0;

    [[nodiscard]] static constexpr Value from_i32(u32 v) noexcept { return {v, 0}; }
    [[nodiscard]] static constexpr Value from_i64(u64 v) noexcept { return {v, 0}; }
    [[nodiscard]] static constexpr Value from_f32(f32 v) noexcept {
        return {std::bit_cast<u32>(v), 0};
    }
    [[nodiscard]] static constexpr Value from_f64(f64 v) noexcept {
        return {std::bit_cast<u64>(v), 0};
    }
    [[nodiscard]] constexpr u32 i32() const noexcept { return static_cast<u32>(bits); }
    [[nodiscard]] constexpr u64 i64() const noexcept { return bits; }
    friend bool operator==(const Value&, const Value&) = default;
};
static_assert(sizeof(Value) == 16);

} // namespace lockstep

// SPDX-License-Identifier: Apache-2.0
// The two ends of the generator, private to it: Source, where decisions come from, and Code, where
// bytes go.
#pragma once

#include "vm/opcodes.hpp"
#include "vm/types.hpp"

#include <algorithm>

namespace lockstep::fuzz {

using Bytes = std::vector<u8>;
using Types = std::span<const ValType>;

/// A stream of bytes, and then of random ones.
class Source {
public:
    explicit Source(bytes_view bytes) {
        for (u32 i = 0; i < 8 && i < bytes.size(); ++i)
            state_ |= u64{bytes[i]} << (8 * i);
        bytes_ = bytes.subspan(std::min<usize>(8, bytes.size()));
    }
    u8 byte() {
        if (!bytes_.empty()) {
            const u8 first = bytes_[0];
            bytes_ = bytes_.subspan(1);
            return first;
        }
        if (left_ == 0) {
            word_ = next();
            left_ = 8;
        }
        const u8 low = static_cast<u8>(word_);
        word_ >>= 8;
        --left_;
        return low;
    }
    template <class T>
    T bits() {
        T value = 0;
        for (usize i = 0; i < sizeof(T); ++i)
            value = static_cast<T>(value | static_cast<T>(byte()) << (8 * i));
        return value;
    }
    /// A number below `bound`, which must not be 0.
    u32 below(u64 bound) {
        if (bound <= 1) return 0;
        if (bound <= 256) return static_cast<u32>(byte() % bound);
        return static_cast<u32>(bits<u32>() % bound);
    }
    bool chance(u32 one_in) { return below(one_in) == 0; }
    template <class List>
    const auto& pick(const List& list) {
        return list[below(list.size())];
    }

private:
    u64 next() { // splitmix64
        state_ += 0x9e3779b97f4a7c15;
        u64 z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    bytes_view bytes_;
    u64 state_ = 0;
    u64 word_ = 0;
    u32 left_ = 0;
};

/// A part of a module in the binary format (spec 5).
class Code {
public:
    Bytes bytes;
    void byte(u8 value) { bytes.push_back(value); }
    void type(ValType value) { byte(static_cast<u8>(value)); }
    void unsigned_(u64 value) {
        for (; value >= 0x80; value >>= 7)
            byte(static_cast<u8>(value | 0x80));
        byte(static_cast<u8>(value));
    }
    /// The same value in one byte more than it needs, where five bytes allow that.
    void padded(u32 value) {
        for (u32 i = 0; i < 3 || value >= 0x80; ++i, value >>= 7)
            byte(static_cast<u8>(value | 0x80));
        byte(static_cast<u8>(value));
    }
    void signed_(i64 value) {
        for (; value < -64 || value > 63; value >>= 7)
            byte(static_cast<u8>(value | 0x80));
        byte(static_cast<u8>(value & 0x7f));
    }
    void op(Op op) {
        const u16 code = info(op).code;
        if (code >= 0x100) byte(0xfc);
        byte(static_cast<u8>(code & 0xff));
    }
    void op(Op name, u64 immediate) {
        op(name);
        unsigned_(immediate);
    }
    void i32_const(i32 value) {
        op(Op::i32_const);
        signed_(value);
    }
    void name(std::string_view text) {
        unsigned_(text.size());
        bytes.insert(bytes.end(), text.begin(), text.end());
    }
    void types(Types list) {
        unsigned_(list.size());
        for (const ValType each : list)
            type(each);
    }
    void append(const Code& other) {
        bytes.insert(bytes.end(), other.bytes.begin(), other.bytes.end());
    }
    void sized(const Code& other) {
        unsigned_(other.bytes.size());
        append(other);
    }
    void section(u8 id, u64 count, const Code& entries) {
        if (count == 0) return;
        Code head;
        head.unsigned_(count);
        byte(id);
        unsigned_(head.bytes.size() + entries.bytes.size());
        append(head);
        append(entries);
    }
};

} // namespace lockstep::fuzz

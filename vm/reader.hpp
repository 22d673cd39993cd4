// SPDX-License-Identifier: Apache-2.0
// A cursor over a module's bytes: LEB128 integers (spec 5.2.2), names and lengths, every read
// bounds-checked.
#pragma once

#include "vm/result.hpp"

namespace lockstep {

/// Reads from [pos, end) of one byte string. A failed read leaves `error` set (the first one
/// stays), moves the position to the end and yields zero, so that a loop over the input stops by
/// itself; callers look at ok() at their own convenience but before they use what they read as an
/// index or a size.
class Reader {
public:
    Reader(bytes_view bytes, u32 begin, u32 end) noexcept
        : base_(bytes.data()), pos_(base_ + begin), end_(base_ + end), mark_(pos_) {}

    [[nodiscard]] bool ok() const noexcept { return !failed_; }
    /// Ends a loop over the input without a failure.
    void stop() noexcept { pos_ = end_; }
    /// Remembers the position, for messages about what begins here.
    void mark() noexcept { mark_ = pos_; }
    [[nodiscard]] u32 marked() const noexcept { return static_cast<u32>(mark_ - base_); }
    [[nodiscard]] bool at_end() const noexcept { return pos_ == end_; }
    [[nodiscard]] Error error() const noexcept { return error_; }
    [[nodiscard]] u32 offset() const noexcept { return static_cast<u32>(pos_ - base_); }
    [[nodiscard]] u32 remaining() const noexcept { return static_cast<u32>(end_ - pos_); }

    [[gnu::noinline, gnu::cold]] void fail(Errc code) noexcept { fail_at(code, offset()); }
    [[gnu::noinline, gnu::cold]] void fail_at(Errc code, u32 offset) noexcept {
        if (!failed_) error_ = {code, offset, Error::no_index};
        failed_ = true;
        pos_ = end_;
    }

    u8 read_u8() noexcept {
        if (pos_ == end_) [[unlikely]] {
            fail(Errc::unexpected_end);
            return 0;
        }
        return *pos_++;
    }
    // Integers of one byte are read in place, longer ones out of line.
    u32 read_u32() noexcept {
        if (pos_ != end_ && *pos_ < 0x80) [[likely]]
            return *pos_++;
        return static_cast<u32>(read_unsigned<32>());
    }
    i32 read_s32() noexcept { return static_cast<i32>(read_signed<32>()); }
    i64 read_s33() noexcept { return read_signed<33>(); }
    i64 read_s64() noexcept { return read_signed<64>(); }
    template <class T>
    T read_fixed() noexcept {
        if (remaining() < sizeof(T)) [[unlikely]] {
            fail_at(Errc::unexpected_end, offset() + remaining());
            return T{};
        }
        const T value = load_le<T>(pos_);
        pos_ += sizeof(T);
        return value;
    }
    /// `size` bytes, or an empty view with `length_out_of_bounds`.
    bytes_view read_bytes(u32 size) noexcept {
        if (size > remaining()) [[unlikely]] {
            fail(Errc::length_out_of_bounds);
            return {};
        }
        const bytes_view view(pos_, size);
        pos_ += size;
        return view;
    }

private:
    template <unsigned Bits>
    i64 read_signed() noexcept {
        if (pos_ != end_ && *pos_ < 0x80) [[likely]]
            return static_cast<i64>(static_cast<u64>(*pos_++) << 57) >> 57;
        return read_long_signed<Bits>();
    }
    template <unsigned Bits>
    [[gnu::noinline]] u64 read_unsigned() noexcept {
        u64 value = 0;
        unsigned shift = 0;
        if (read_all_but_last<Bits>(value, shift)) return value;
        const u8 byte = read_u8();
        if (failed_) [[unlikely]]
            return 0;
        if (byte & 0x80)
            fail_at(Errc::integer_representation_too_long, offset() - 1);
        else if (byte >> (Bits - shift))
            fail_at(Errc::integer_too_large, offset() - 1);
        return value | static_cast<u64>(byte & 0x7f) << shift;
    }
    template <unsigned Bits>
    [[gnu::noinline]] i64 read_long_signed() noexcept {
        u64 value = 0;
        unsigned shift = 0;
        if (read_all_but_last<Bits>(value, shift)) return sign_extended(value, shift);
        const u8 byte = read_u8();
        if (failed_) [[unlikely]]
            return 0;
        value |= static_cast<u64>(byte & 0x7f) << shift;
        const unsigned used = Bits - shift; // value bits of the last byte, sign included
        const u8 rest = static_cast<u8>((byte & 0x7f) >> (used - 1));
        if (byte & 0x80)
            fail_at(Errc::integer_representation_too_long, offset() - 1);
        else if (rest != 0 && rest != 0x7f >> (used - 1))
            fail_at(Errc::integer_too_large, offset() - 1);
        return ok() ? sign_extended(value, Bits) : 0;
    }
    /// Reads the bytes of which all seven bits count; true if the integer ends among them. `shift`
    /// is the number of bits read.
    template <unsigned Bits>
    bool read_all_but_last(u64& value, unsigned& shift) noexcept {
        const u8* at = pos_;
        do {
            if (at == end_) break;
            const u8 byte = *at++;
            value |= static_cast<u64>(byte & 0x7f) << shift;
            shift += 7;
            if (byte < 0x80) {
                pos_ = at;
                return true;
            }
        } while (shift + 7 < Bits);
        pos_ = at;
        return false;
    }
    [[nodiscard]] static i64 sign_extended(u64 value, unsigned bits) noexcept {
        return static_cast<i64>(value << (64 - bits)) >> (64 - bits);
    }

    const u8* base_;
    const u8* pos_;
    const u8* end_;
    const u8* mark_;
    Error error_{};
    bool failed_ = false;
};

} // namespace lockstep

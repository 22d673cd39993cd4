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
        : base_(bytes.data()), pos_(base_ + begin), end_(base_ + end) {}

    [[nodiscard]] bool ok() const noexcept { return !failed_; }
    /// Until the first failure or stop().
    [[nodiscard]] bool running() const noexcept { return running_; }
    void stop() noexcept { running_ = false; }
    [[nodiscard]] bool at_end() const noexcept { return pos_ == end_; }
    [[nodiscard]] Error error() const noexcept { return error_; }
    [[nodiscard]] u32 offset() const noexcept { return static_cast<u32>(pos_ - base_); }
    [[nodiscard]] u32 remaining() const noexcept { return static_cast<u32>(end_ - pos_); }

    [[gnu::noinline, gnu::cold]] void fail(Errc code) noexcept { fail_at(code, offset()); }
    [[gnu::noinline, gnu::cold]] void fail_at(Errc code, u32 offset) noexcept {
        if (!failed_) error_ = {code, offset, Error::no_index};
        failed_ = true;
        running_ = false;
        pos_ = end_;
    }

    u8 read_u8() noexcept {
        if (pos_ == end_) [[unlikely]] {
            fail(Errc::unexpected_end);
            return 0;
        }
        return *pos_++;
    }
    u32 read_u32() noexcept {
        if (pos_ != end_ && *pos_ < 0x80) [[likely]]
            return *pos_++;
        if (end_ - pos_ >= 2 && pos_[1] < 0x80) {
            const u32 value = (pos_[0] & 0x7fu) | static_cast<u32>(pos_[1]) << 7;
            pos_ += 2;
            return value;
        }
        return static_cast<u32>(read_unsigned<32>());
    }
    i32 read_s32() noexcept {
        if (pos_ != end_ && *pos_ < 0x80) [[likely]]
            return static_cast<i32>(static_cast<u32>(*pos_++) << 25) >> 25;
        return static_cast<i32>(read_signed<32>());
    }
    i64 read_s33() noexcept {
        if (pos_ != end_ && *pos_ < 0x80) [[likely]]
            return static_cast<i64>(static_cast<u64>(*pos_++) << 57) >> 57;
        return read_signed<33>();
    }
    i64 read_s64() noexcept {
        if (pos_ != end_ && *pos_ < 0x80) [[likely]]
            return static_cast<i64>(static_cast<u64>(*pos_++) << 57) >> 57;
        return read_signed<64>();
    }
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
    [[gnu::noinline]] u64 read_unsigned() noexcept {
        u64 value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const u8 byte = read_u8();
            value |= static_cast<u64>(byte & 0x7f) << shift;
            if (shift + 7 >= Bits) {
                if (byte & 0x80)
                    fail_at(Errc::integer_representation_too_long, offset() - 1);
                else if (byte >> (Bits - shift))
                    fail_at(Errc::integer_too_large, offset() - 1);
                return value;
            }
            if (!(byte & 0x80)) return value;
        }
    }
    template <unsigned Bits>
    [[gnu::noinline]] i64 read_signed() noexcept {
        u64 value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const u8 byte = read_u8();
            value |= static_cast<u64>(byte & 0x7f) << shift;
            if (shift + 7 >= Bits) {
                if (byte & 0x80) {
                    fail_at(Errc::integer_representation_too_long, offset() - 1);
                    return 0;
                }
                const unsigned used = Bits - shift; // value bits of the last byte, sign included
                const u8 rest = static_cast<u8>((byte & 0x7f) >> (used - 1));
                if (rest != 0 && rest != 0x7f >> (used - 1)) {
                    fail_at(Errc::integer_too_large, offset() - 1);
                    return 0;
                }
                return static_cast<i64>(value << (64 - Bits)) >> (64 - Bits);
            }
            if (!(byte & 0x80)) {
                const unsigned unused = 64 - (shift + 7);
                return static_cast<i64>(value << unused) >> unused;
            }
        }
    }

    const u8* base_;
    const u8* pos_;
    const u8* end_;
    Error error_{};
    bool failed_ = false;
    bool running_ = true;
};

} // namespace lockstep

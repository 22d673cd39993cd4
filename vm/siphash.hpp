// SPDX-License-Identifier: Apache-2.0
// SipHash-1-3 (Aumasson, Bernstein 2012) under a random key of this process, for hash tables whose
// keys a stranger chooses: without the key nobody can make a table quadratic. No result may ever
// depend on a hash value.
#pragma once

#include "vm/bytes.hpp"

#include <algorithm>
#include <vector>

#include <sys/random.h>

namespace lockstep {

struct SipKey {
    u64 k0 = 0;
    u64 k1 = 0;
};

[[nodiscard]] inline u64 siphash13(SipKey key, bytes_view bytes) noexcept {
    u64 v0 = key.k0 ^ 0x736f6d6570736575;
    u64 v1 = key.k1 ^ 0x646f72616e646f6d;
    u64 v2 = key.k0 ^ 0x6c7967656e657261;
    u64 v3 = key.k1 ^ 0x7465646279746573;
    const auto round = [&] {
        v0 += v1, v2 += v3;
        v1 = std::rotl(v1, 13) ^ v0, v3 = std::rotl(v3, 16) ^ v2;
        v0 = std::rotl(v0, 32) + v3, v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2, v3 = std::rotl(v3, 21) ^ v0;
        v2 = std::rotl(v2, 32);
    };
    const auto compress = [&](u64 word) {
        v3 ^= word;
        round();
        v0 ^= word;
    };
    usize at = 0;
    for (; bytes.size() - at >= 8; at += 8)
        compress(load_le<u64>(bytes.data() + at));
    u64 last = static_cast<u64>(bytes.size()) << 56;
    for (unsigned shift = 0; at < bytes.size(); ++at, shift += 8)
        last |= static_cast<u64>(bytes[at]) << shift;
    compress(last);
    v2 ^= 0xff;
    round(), round(), round();
    return v0 ^ v1 ^ v2 ^ v3;
}

/// The key of this process. Where the kernel has no randomness the key is constant: slower under
/// attack, never wrong.
[[nodiscard]] inline SipKey process_sip_key() noexcept {
    static const SipKey key = [] {
        SipKey fresh;
        if (getrandom(&fresh, sizeof fresh, GRND_NONBLOCK) != sizeof fresh) fresh = {};
        return fresh;
    }();
    return key;
}

/// Finds equal things of a growing list: an open-addressing table of (hash, index).
class IndexTable {
public:
    /// The index of the entry that `equal` accepts, or `index` itself, which is then added.
    template <class Equal>
    u32 find_or_add(u64 hash, u32 index, Equal equal) {
        if (count_ * 2 >= slots_.size()) grow();
        const u32 tag = static_cast<u32>(hash);
        usize at = tag & (slots_.size() - 1);
        for (; slots_[at].index != empty; at = (at + 1) & (slots_.size() - 1))
            if (slots_[at].tag == tag && equal(slots_[at].index)) return slots_[at].index;
        slots_[at] = {tag, index};
        ++count_;
        return index;
    }

private:
    static constexpr u32 empty = 0xffff'ffff;
    struct Slot {
        u32 tag = 0;
        u32 index = empty;
    };

    void grow() {
        std::vector<Slot> larger(std::max<usize>(16, slots_.size() * 2));
        for (const Slot& slot : slots_) {
            if (slot.index == empty) continue;
            usize at = slot.tag & (larger.size() - 1);
            while (larger[at].index != empty)
                at = (at + 1) & (larger.size() - 1);
            larger[at] = slot;
        }
        slots_.swap(larger);
    }

    std::vector<Slot> slots_;
    usize count_ = 0;
};

} // namespace lockstep

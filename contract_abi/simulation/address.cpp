// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/simulation/address.hpp"

#include <algorithm>
#include <array>

namespace lockstep::contract::simulation {
namespace {

constexpr std::string_view charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr usize checksum_size = 6;

/// The checksum polynomial of BIP 173 over 5-bit values.
class Checksum {
public:
    explicit Checksum(std::string_view prefix) {
        for (const char c : prefix)
            add(static_cast<u8>(c) >> 5);
        add(0);
        for (const char c : prefix)
            add(static_cast<u8>(c) & 31);
    }
    void add(u32 value) noexcept {
        constexpr std::array<u32, 5> generators{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                0x2a1462b3};
        const u32 top = state_ >> 25;
        state_ = (state_ & 0x1ff'ffff) << 5 ^ value;
        for (usize i = 0; i < generators.size(); ++i)
            if ((top >> i & 1) != 0) state_ ^= generators[i];
    }
    [[nodiscard]] u32 state() const noexcept { return state_; }

private:
    u32 state_ = 1;
};

std::vector<u8> to_groups(bytes_view bytes) {
    std::vector<u8> groups;
    u32 bits = 0;
    u32 count = 0;
    for (const u8 byte : bytes) {
        bits = (bits << 8 | byte) & 0xfff;
        count += 8;
        for (; count >= 5; count -= 5)
            groups.push_back(static_cast<u8>(bits >> (count - 5) & 31));
    }
    if (count > 0) groups.push_back(static_cast<u8>(bits << (5 - count) & 31));
    return groups;
}

/// Nothing if there are padding bits that are not 0 or a whole group of them.
std::optional<Bytes> from_groups(std::span<const u8> groups) {
    Bytes bytes;
    u32 bits = 0;
    u32 count = 0;
    for (const u8 group : groups) {
        bits = (bits << 5 | group) & 0xfff;
        count += 5;
        if (count < 8) continue;
        count -= 8;
        bytes.push_back(static_cast<u8>(bits >> count));
    }
    if (count >= 5 || (bits & ((1u << count) - 1)) != 0) return {};
    return bytes;
}

/// `text` in lower case, or nothing if it mixes cases or has characters that are not visible ASCII.
std::optional<std::string> to_lower(std::string_view text) {
    bool lower = false;
    bool upper = false;
    std::string out;
    for (const char c : text) {
        if (c < '!' || c > '~') return {};
        const bool is_upper = c >= 'A' && c <= 'Z';
        lower |= c >= 'a' && c <= 'z';
        upper |= is_upper;
        out += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (lower && upper) return {};
    return out;
}

Sha256 module_hash() {
    Sha256 hash;
    hash.update(sha256(as_bytes("module"))).update(as_bytes({"wasm\0", 5}));
    return hash;
}

void append_be64(Sha256& hash, u64 value) {
    hash.append_u64(__builtin_bswap64(value)); // which appends little-endian
}

} // namespace

std::string bech32_encode(std::string_view prefix, bytes_view bytes) {
    std::string text = std::string(prefix) + '1';
    Checksum checksum(prefix);
    for (const u8 group : to_groups(bytes)) {
        checksum.add(group);
        text += charset[group];
    }
    for (usize i = 0; i < checksum_size; ++i)
        checksum.add(0);
    const u32 sum = checksum.state() ^ 1;
    for (usize i = 0; i < checksum_size; ++i)
        text += charset[sum >> (5 * (checksum_size - 1 - i)) & 31];
    return text;
}

std::optional<Bytes> bech32_decode(std::string_view prefix, std::string_view text) {
    const std::optional<std::string> lower = to_lower(text);
    if (!lower) return {};
    const usize separator = lower->rfind('1');
    if (separator == std::string::npos || separator == 0) return {};
    if (lower->size() - separator - 1 < checksum_size) return {};
    if (std::string_view(*lower).substr(0, separator) != prefix) return {};
    Checksum checksum(prefix);
    std::vector<u8> groups;
    for (const char c : std::string_view(*lower).substr(separator + 1)) {
        const usize value = charset.find(c);
        if (value == std::string_view::npos) return {};
        checksum.add(static_cast<u32>(value));
        groups.push_back(static_cast<u8>(value));
    }
    if (checksum.state() != 1) return {};
    return from_groups(std::span(groups).first(groups.size() - checksum_size));
}

Digest contract_address(u64 code_id, u64 instance) {
    Sha256 hash = module_hash();
    append_be64(hash, code_id);
    append_be64(hash, instance);
    return hash.finish();
}

Digest contract_address_2(const Digest& checksum, bytes_view creator, bytes_view salt,
                          bytes_view message) {
    Sha256 hash = module_hash();
    for (const bytes_view part : {bytes_view(checksum), creator, salt, message}) {
        append_be64(hash, part.size());
        hash.update(part);
    }
    return hash.finish();
}

Bytes account_address(std::string_view name) {
    const Digest hash = sha256(as_bytes(name));
    return {hash.begin(), hash.begin() + 20};
}

} // namespace lockstep::contract::simulation

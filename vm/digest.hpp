// SPDX-License-Identifier: Apache-2.0
// SHA-256 and HMAC-SHA-256 through OpenSSL's libcrypto: identities of code, rules and state.
//
// libcrypto fails only where memory ends; that is reported as std::bad_alloc, like any other
// allocation, and caught where the library's other exceptions are.
#pragma once

#include "vm/bytes.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace lockstep {

using Digest = std::array<u8, 32>;

/// The secret that authenticates what a node has written for itself.
using MacKey = std::array<u8, 32>;

/// The SHA-256 of `bytes`. Any thread.
[[nodiscard]] Digest sha256(bytes_view bytes);

/// The HMAC-SHA-256 of `bytes` under `key`, of any length. Any thread.
[[nodiscard]] Digest hmac_sha256(bytes_view key, bytes_view bytes);

/// Compares two digests in a time that does not depend on where they differ: for authentication
/// tags.
[[nodiscard]] bool equal_in_constant_time(const Digest& a, const Digest& b) noexcept;

/// Two lower-case digits per byte.
[[nodiscard]] std::string to_hex(bytes_view bytes);

/// The digest that exactly 64 hexadecimal digits of either case name; nothing for any other text.
[[nodiscard]] std::optional<Digest> parse_hex(std::string_view text) noexcept;

/// SHA-256 of a message given in pieces. The digest of a struct appends its fields in order,
/// numbers as little-endian, byte strings with their length in front, so that two different structs
/// never give one message. One thread at a time.
class Sha256 {
public:
    Sha256();

    /// Appends `bytes` as they are.
    Sha256& update(bytes_view bytes);
    Sha256& append_u32(u32 value);
    Sha256& append_u64(u64 value);
    /// Appends u32le(size) and then `bytes`. REQUIRES: bytes.size() < 2^32.
    Sha256& append_prefixed(bytes_view bytes);

    /// The digest of all that was appended; the object then stands for the empty message again.
    [[nodiscard]] Digest finish();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const noexcept;
    };
    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

} // namespace lockstep

// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4) and HMAC (RFC 2104) through libcrypto's EVP interface.
#include "vm/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <new>

namespace lockstep {

namespace {

void require(bool done) {
    if (!done) {
        throw std::bad_alloc();
    }
}

// Fetched once: an implicit fetch per digest costs more than hashing a short message.
const EVP_MD* algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
    require(fetched != nullptr);
    return fetched;
}

std::optional<u8> nibble(char digit) noexcept {
    if (digit >= '0' && digit <= '9') {
        return static_cast<u8>(digit - '0');
    }
    if (digit >= 'a' && digit <= 'f') {
        return static_cast<u8>(digit - 'a' + 10);
    }
    if (digit >= 'A' && digit <= 'F') {
        return static_cast<u8>(digit - 'A' + 10);
    }
    return std::nullopt;
}

} // namespace

Digest sha256(bytes_view bytes) {
    Digest digest;
    require(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm(), nullptr) ==
            1);
    return digest;
}

Digest hmac_sha256(bytes_view key, bytes_view bytes) {
    Digest digest;
    unsigned size = 0;
    const u8 empty = 0; // libcrypto refuses a null pointer, of an empty key too
    const u8* tag = HMAC(algorithm(), key.empty() ? &empty : key.data(), narrow<int>(key.size()),
                         bytes.data(), bytes.size(), digest.data(), &size);
    require(tag != nullptr && size == digest.size());
    return digest;
}

bool equal_in_constant_time(const Digest& a, const Digest& b) noexcept {
    return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_hex(bytes_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const u8 byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::optional<Digest> parse_hex(std::string_view text) noexcept {
    Digest digest;
    if (text.size() != digest.size() * 2) {
        return std::nullopt;
    }
    for (usize i = 0; i < digest.size(); ++i) {
        const std::optional<u8> high = nibble(text[2 * i]);
        const std::optional<u8> low = nibble(text[2 * i + 1]);
        if (!high || !low) {
            return std::nullopt;
        }
        digest[i] = static_cast<u8>(*high << 4 | *low);
    }
    return digest;
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    require(context_ != nullptr);
    require(EVP_DigestInit_ex(context_.get(), algorithm(), nullptr) == 1);
}

Sha256& Sha256::update(bytes_view bytes) {
    require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
    return *this;
}

Sha256& Sha256::append_u32(u32 value) {
    std::array<u8, sizeof value> bytes;
    store_le(bytes.data(), value);
    return update(bytes);
}

Sha256& Sha256::append_u64(u64 value) {
    std::array<u8, sizeof value> bytes;
    store_le(bytes.data(), value);
    return update(bytes);
}

Sha256& Sha256::append_prefixed(bytes_view bytes) {
    return append_u32(narrow<u32>(bytes.size())).update(bytes);
}

Digest Sha256::finish() {
    Digest digest;
    require(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
    require(EVP_DigestInit_ex(context_.get(), algorithm(), nullptr) == 1);
    return digest;
}

} // namespace lockstep

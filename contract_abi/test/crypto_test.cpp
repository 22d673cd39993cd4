// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/cosmwasm/crypto.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::contract::cosmwasm {
namespace {

std::vector<u8> hex(std::string_view text) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::vector<u8> bytes;
    for (usize i = 0; i < text.size(); i += 2)
        bytes.push_back(static_cast<u8>(digit(text[i]) * 16 + digit(text[i + 1])));
    return bytes;
}

const std::vector<u8> hash =
    hex("5ae8317d34d1e595e3fa7247db80c0af4320cce1116de187f8f7e2e099c0d8d0");
constexpr std::string_view r = "207082eb2c3dfa0b454e0906051270ba4074ac93760ba9e7110cd94714751111";
constexpr std::string_view s = "51eb0dbbc9920e72146fb564f99d039802bf6ef2561446eb126ef364d21ee9c4";
constexpr std::string_view high_s =
    "ae14f244366df18deb904a9b0662fc66b7ef6df459345950ad636b27fe17577d";
constexpr std::string_view order =
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
constexpr std::string_view field =
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";
constexpr std::string_view zero =
    "0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view x = "051c1ee2190ecfb174bfe4f90763f2b4ff7517b70a2aec1876ebcfd644c4633f";
constexpr std::string_view y = "b03f3cfbd94b1f376e34592d9d41ccaf640bb751b00a1fadeb0c01157769eb73";

std::vector<u8> join(std::string_view a, std::string_view b, std::string_view c = {}) {
    return hex(std::string(a) + std::string(b) + std::string(c));
}

const std::vector<u8> pubkey = join("04", x, y);
const std::vector<u8> signature = join(r, s);

bool valid(const std::vector<u8>& h, const std::vector<u8>& sig, const std::vector<u8>& key) {
    const auto verdict = secp256k1_verify(h, sig, key);
    REQUIRE(std::holds_alternative<bool>(verdict));
    return std::get<bool>(verdict);
}
CryptoCode code(const std::vector<u8>& h, const std::vector<u8>& sig, const std::vector<u8>& key) {
    const auto verdict = secp256k1_verify(h, sig, key);
    REQUIRE(std::holds_alternative<CryptoCode>(verdict));
    return std::get<CryptoCode>(verdict);
}

TEST_CASE("secp256k1: valid, with both forms of the key and either s") {
    const std::vector<u8> compressed = join("03", x);
    CHECK(valid(hash, signature, pubkey));
    CHECK(valid(hash, signature, compressed));
    CHECK(valid(hash, join(r, high_s), pubkey));
    CHECK_FALSE(valid(hash, signature, join("02", x)));
}

TEST_CASE("secp256k1: invalid") {
    std::vector<u8> other = hash;
    other[0] ^= 1;
    CHECK_FALSE(valid(other, signature, pubkey));
    std::vector<u8> changed = signature;
    changed[3] ^= 1;
    CHECK_FALSE(valid(hash, changed, pubkey));
}

TEST_CASE("secp256k1: codes, in the order of checks") {
    const std::vector<u8> short_hash(31);
    const std::vector<u8> short_signature(63);
    const std::vector<u8> no_key;
    CHECK(code(short_hash, short_signature, no_key) == CryptoCode::invalid_hash_format);
    CHECK(code(hash, short_signature, no_key) == CryptoCode::invalid_signature_format);
    CHECK(code(hash, signature, no_key) == CryptoCode::invalid_pubkey_format);
    CHECK(code(hash, signature, join("04", x)) == CryptoCode::invalid_pubkey_format);
    CHECK(code(hash, signature, join("02", x, y)) == CryptoCode::invalid_pubkey_format);
    CHECK(code(hash, signature, join("06", x, y)) == CryptoCode::invalid_pubkey_format); // hybrid
    CHECK(code(hash, signature, join("07", x, y)) == CryptoCode::invalid_pubkey_format);
    CHECK(code(hash, join(zero, s), pubkey) == CryptoCode::generic);
    CHECK(code(hash, join(r, zero), pubkey) == CryptoCode::generic);
    CHECK(code(hash, join(order, s), pubkey) == CryptoCode::generic);
    CHECK(code(hash, join(r, order), pubkey) == CryptoCode::generic);
    CHECK(code(hash, signature, join("04", x, x)) == CryptoCode::generic);
    CHECK(code(hash, signature, join("02", field)) == CryptoCode::generic);
}

constexpr std::string_view recovery_r =
    "45c0b7f8c09a9e1f1cea0c25785594427b6bf8f9f878a8af0b1abbb48e16d092";
constexpr std::string_view recovery_s =
    "0d8becd0c220f67c51217eecfd7184ef0732481c843857e6bc7fc095c4f6b788";
constexpr std::string_view recovery_high_s =
    "f274132f3ddf0983aede8113028e7b0fb37c94ca2b10485503529df70b3f89b9";
const std::vector<u8> recovered =
    hex("044a071e8a6e10aada2b8cf39fa3b5fb3400b04e99ea8ae64ceea1a977dbeaf5d5"
        "f8c8fbd10b71ab14cd561f7df8eb6da50f8a8d81ba564342244d26d1d4211595");

std::vector<u8> recover(const std::vector<u8>& sig, u32 parity) {
    const auto key = secp256k1_recover_pubkey(hash, sig, parity);
    REQUIRE(key.index() == 0);
    return {std::get<0>(key).begin(), std::get<0>(key).end()};
}

TEST_CASE("secp256k1: recovery, and that a high s flips the parity") {
    CHECK(recover(join(recovery_r, recovery_s), 1) == recovered);
    CHECK(recover(join(recovery_r, recovery_s), 0) != recovered);
    CHECK(recover(join(recovery_r, recovery_high_s), 0) == recovered);
    CHECK(recover(join(recovery_r, recovery_high_s), 1) != recovered);
}

TEST_CASE("secp256k1: codes of recovery") {
    const auto code_of = [](bytes_view h, bytes_view sig, u32 parity) {
        const auto key = secp256k1_recover_pubkey(h, sig, parity);
        REQUIRE(key.index() == 1);
        return std::get<1>(key);
    };
    CHECK(code_of(std::vector<u8>(33), signature, 9) == CryptoCode::invalid_hash_format);
    CHECK(code_of(hash, std::vector<u8>(65), 9) == CryptoCode::invalid_signature_format);
    for (const u32 parity : {2u, 3u, 255u})
        CHECK(code_of(hash, signature, parity) == CryptoCode::invalid_recovery_param);
    CHECK(code_of(hash, join(zero, s), 0) == CryptoCode::generic);
    CHECK(code_of(hash, join(r, order), 0) == CryptoCode::generic);
    // No point has this x.
    CHECK(code_of(hash, join("0000000000000000000000000000000000000000000000000000000000000005", s),
                  0) == CryptoCode::generic);
}

} // namespace
} // namespace lockstep::contract::cosmwasm

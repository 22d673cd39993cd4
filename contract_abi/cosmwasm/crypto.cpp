// SPDX-License-Identifier: Apache-2.0
// secp256k1 by libsecp256k1, brought to the letter of cosmwasm-crypto (k256 0.13):
// - the order of checks decides the code: hash, signature, key format, then (verify) r and s, then
// the point;
// - k256 takes no r or s of zero; libsecp256k1 parses them, so they are tested here;
// - a high s is normalised first, and recover then flips the parity;
// - hybrid keys (06, 07) are no format of SEC 1 here, though libsecp256k1 would take them.
#include "contract_abi/cosmwasm/crypto.hpp"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include <algorithm>

namespace lockstep::contract::cosmwasm {
namespace {

bool is_zero(bytes_view bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](u8 byte) { return byte == 0; });
}

bool is_pubkey_format(bytes_view key) noexcept {
    if (key.empty()) return false;
    if (key[0] == 0x02 || key[0] == 0x03) return key.size() == 33;
    return key[0] == 0x04 && key.size() == 65;
}

/// r and s both within 1 ... n - 1.
bool parse(bytes_view bytes, secp256k1_ecdsa_signature& signature) noexcept {
    return !is_zero(bytes.first(32)) && !is_zero(bytes.subspan(32)) &&
           secp256k1_ecdsa_signature_parse_compact(secp256k1_context_static, &signature,
                                                   bytes.data()) == 1;
}

} // namespace

CryptoResult<bool> secp256k1_verify(bytes_view hash, bytes_view signature, bytes_view pubkey) {
    if (hash.size() != ecdsa_hash_size) return CryptoCode::invalid_hash_format;
    if (signature.size() != ecdsa_signature_size) return CryptoCode::invalid_signature_format;
    if (!is_pubkey_format(pubkey)) return CryptoCode::invalid_pubkey_format;
    const secp256k1_context* const context = secp256k1_context_static;
    secp256k1_ecdsa_signature parsed;
    if (!parse(signature, parsed)) return CryptoCode::generic;
    secp256k1_pubkey key;
    if (secp256k1_ec_pubkey_parse(context, &key, pubkey.data(), pubkey.size()) != 1)
        return CryptoCode::generic;
    static_cast<void>(secp256k1_ecdsa_signature_normalize(context, &parsed, &parsed));
    return secp256k1_ecdsa_verify(context, &parsed, hash.data(), &key) == 1;
}

CryptoResult<std::array<u8, 65>> secp256k1_recover_pubkey(bytes_view hash, bytes_view signature,
                                                          u32 parity) {
    if (hash.size() != ecdsa_hash_size) return CryptoCode::invalid_hash_format;
    if (signature.size() != ecdsa_signature_size) return CryptoCode::invalid_signature_format;
    if (parity > 1) return CryptoCode::invalid_recovery_param;
    const secp256k1_context* const context = secp256k1_context_static;
    secp256k1_ecdsa_signature parsed;
    if (!parse(signature, parsed)) return CryptoCode::generic;
    const bool was_high = secp256k1_ecdsa_signature_normalize(context, &parsed, &parsed) == 1;
    std::array<u8, ecdsa_signature_size> normal{};
    secp256k1_ecdsa_signature_serialize_compact(context, normal.data(), &parsed);
    const int id = static_cast<int>(was_high ? 1 - parity : parity);
    secp256k1_ecdsa_recoverable_signature recoverable;
    secp256k1_pubkey key;
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(context, &recoverable, normal.data(),
                                                            id) != 1 ||
        secp256k1_ecdsa_recover(context, &key, &recoverable, hash.data()) != 1)
        return CryptoCode::generic;
    std::array<u8, 65> encoded{};
    usize size = encoded.size();
    secp256k1_ec_pubkey_serialize(context, encoded.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
    return encoded;
}

} // namespace lockstep::contract::cosmwasm

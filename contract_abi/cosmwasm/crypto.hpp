// SPDX-License-Identifier: Apache-2.0
// The cryptography behind CosmWasm's imports, with the semantics of cosmwasm-crypto.
#pragma once

#include "vm/bytes.hpp"

#include <array>
#include <variant>

namespace lockstep::contract::cosmwasm {

/// Codes that a contract gets for input that is neither valid nor invalid.
enum class CryptoCode : u32 {
    invalid_hash_format = 3,
    invalid_signature_format = 4,
    invalid_pubkey_format = 5,
    invalid_recovery_param = 6,
    generic = 10,
};

template <class T>
using CryptoResult = std::variant<T, CryptoCode>;

inline constexpr u32 ecdsa_hash_size = 32;
inline constexpr u32 ecdsa_signature_size = 64;
inline constexpr u32 ecdsa_pubkey_max_size = 65;

/// ECDSA over secp256k1. `signature` is r and s, big endian; a high s is accepted. `pubkey` is
/// compressed (33 bytes) or uncompressed (65). Input that is no signature or no point gives
/// CryptoCode::generic.
[[nodiscard]] CryptoResult<bool> secp256k1_verify(bytes_view hash, bytes_view signature,
                                                  bytes_view pubkey);

/// The uncompressed public key that made the signature. `parity` is 0 or 1; it is that of R for the
/// signature as given, also with a high s.
[[nodiscard]] CryptoResult<std::array<u8, 65>>
secp256k1_recover_pubkey(bytes_view hash, bytes_view signature, u32 parity);

} // namespace lockstep::contract::cosmwasm

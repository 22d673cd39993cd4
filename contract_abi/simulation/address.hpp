// SPDX-License-Identifier: Apache-2.0
// Addresses: 1 to 64 bytes, written in bech32 (BIP 173, without its limit of 90 characters, as the
// Cosmos SDK does).
#pragma once

#include "storage/kv.hpp"
#include "vm/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lockstep::contract::simulation {

using storage::Bytes;

inline constexpr usize max_address_size = 64;

/// The bytes with prefix and checksum, in lower case.
[[nodiscard]] std::string bech32_encode(std::string_view prefix, bytes_view bytes);

/// The bytes of a bech32 text, all lower or all upper case, that has this prefix; nothing if it is
/// not well formed or the checksum is wrong.
[[nodiscard]] std::optional<Bytes> bech32_decode(std::string_view prefix, std::string_view text);

/// The address of a contract: SHA-256(SHA-256("module") | "wasm\0" | be64(code id) |
/// be64(instance)), wasmd's classic rule. `instance` counts all instantiations of the chain from 1.
[[nodiscard]] Digest contract_address(u64 code_id, u64 instance);

/// The address by instantiate2: the same hash over be64(size) and bytes of each: the code's
/// checksum, the creator, the salt, the message (empty unless the caller fixed it).
[[nodiscard]] Digest contract_address_2(const Digest& checksum, bytes_view creator, bytes_view salt,
                                        bytes_view message);

/// The address of a named account: the first 20 bytes of SHA-256(name).
[[nodiscard]] Bytes account_address(std::string_view name);

} // namespace lockstep::contract::simulation

// SPDX-License-Identifier: Apache-2.0
// A regime is what the CosmWasm contract ABI of one release consists of in numbers: prices of host
// functions, which imports there are, limits of regions and of stored code. It is data;
// imports.cpp, entry.cpp and check.cpp obey it.
#pragma once

#include "vm/digest.hpp"
#include "vm/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace lockstep::contract::cosmwasm {

/// max(base + per_item * n, minimum)
struct LinearCost {
    u64 base = 0;
    u64 per_item = 0;
    u64 minimum = 0;

    /// Nothing on overflow, which is out of gas.
    [[nodiscard]] std::optional<u64> total(u64 n) const noexcept;
};

/// Prices in CosmWasm gas.
struct HostCosts {
    u64 host_call = 0; ///< of every import, before anything else
    LinearCost read_region_small;
    LinearCost read_region_large; ///< beyond 8,000,000 bytes
    LinearCost write_region;
    LinearCost string_from_bytes;
    u64 secp256k1_verify = 0;
    u64 secp256k1_recover_pubkey = 0;
    u64 secp256r1_verify = 0;
    u64 secp256r1_recover_pubkey = 0;
    u64 ed25519_verify = 0;
    LinearCost ed25519_batch_verify;
    LinearCost ed25519_batch_verify_one_pubkey;
    LinearCost bls12_381_aggregate_g1;
    LinearCost bls12_381_aggregate_g2;
    u64 bls12_381_hash_to_g1 = 0;
    u64 bls12_381_hash_to_g2 = 0;
    LinearCost bls12_381_pairing_equality;

    [[nodiscard]] std::optional<u64> read_region(u64 bytes) const noexcept;
};

/// What code may contain that is being stored, counted as CosmWasm counts: functions, their
/// parameters and locals without imports, the parameters and results of all types.
struct StoreLimits {
    bool tables_checked = false; ///< since 1.3: at most one table, bounded
    u32 table_maximum = 0;
    u32 memory_pages = 0;
    u32 imports = 0;
    u32 functions = 0;
    u32 params = 0;
    u32 results = 0;
    u32 total_params = 0;
    u32 locals = 0;
    u32 total_locals = 0;
};

struct Regime {
    std::string name; ///< the release, "3.0.9"
    u32 release = 0;  ///< major * 10^6 + minor * 10^3 + patch; chooses the imports
    HostCosts costs;
    StoreLimits limits;
    u32 max_call_depth =
        0; ///< guest calls inside one another: entry point 1, allocate in an import 2
    bool validates_by_round_trip = false; ///< 1.x: addr_validate is canonicalize, humanize, compare
    /// Since CWA-2025-003 `debug` reads its Region, and pays for that, on every node; before, only
    /// where it was shown.
    bool debug_reads = false;
    bool checks_arity = false; ///< since 2.2: migrate may take a third argument
    u64 gas_per_sdk_gas = 0;   ///< CosmWasm gas that wasmd takes for one of the SDK
};

/// The regime of a release, "X.Y.Z" from 1.0.0 to 3.0.9. Errc::unknown_profile otherwise.
[[nodiscard]] result<Regime> find_regime(std::string_view release);

/// The newest: 3.0.9.
[[nodiscard]] Regime newest_regime();

/// SHA-256 over all numbers and the list of imports; the name is not part of it.
[[nodiscard]] Digest digest(const Regime& regime);

// The same in all releases.
inline constexpr u32 max_db_key = 64 * 1024;
inline constexpr u32 max_db_value = 128 * 1024;
inline constexpr u32 max_canonical_address = 64;
inline constexpr u32 max_human_address = 256;
inline constexpr u32 max_query_request = 64 * 1024;
inline constexpr u32 max_debug_message = 2 * 1024 * 1024;
inline constexpr u32 max_abort_message = 2 * 1024 * 1024;
inline constexpr u32 max_result = 64 * 1024 * 1024;
inline constexpr u64 small_region = 8'000'000;

} // namespace lockstep::contract::cosmwasm

// SPDX-License-Identifier: Apache-2.0
// The numbers of every regime. Read from the sources of cosmwasm-vm at each release's tag
// (environment.rs, config.rs, compatibility.rs, imports.rs).
#include "contract_abi/cosmwasm/regime.hpp"

#include "contract_abi/cosmwasm/imports.hpp"
#include "vm/profile.hpp"

#include <algorithm>
#include <array>

namespace lockstep::contract::cosmwasm {
namespace {

/// Gas per microsecond, by which the prices of cryptography are stated.
constexpr u64 us_1x = 1'000'000'000;
constexpr u64 us = 1'000'000;

/// The batch price of the early releases: so much per signature, at least that of one alone.
constexpr HostCosts early_crypto(u64 gas_per_us) noexcept {
    HostCosts costs;
    costs.secp256k1_verify = 154 * gas_per_us;
    costs.secp256k1_recover_pubkey = 162 * gas_per_us;
    costs.ed25519_verify = 63 * gas_per_us;
    costs.ed25519_batch_verify = {0, 63 * gas_per_us / 2, 63 * gas_per_us};
    costs.ed25519_batch_verify_one_pubkey = {0, 63 * gas_per_us / 4, 63 * gas_per_us};
    return costs;
}

constexpr HostCosts crypto_since_2_1() noexcept {
    HostCosts costs;
    costs.secp256k1_verify = 96 * us;
    costs.secp256k1_recover_pubkey = 194 * us;
    costs.secp256r1_verify = 279 * us;
    costs.secp256r1_recover_pubkey = 592 * us;
    costs.ed25519_verify = 35 * us;
    costs.ed25519_batch_verify = {24 * us, 21 * us, 0};
    costs.ed25519_batch_verify_one_pubkey = {36 * us, 10 * us, 0};
    costs.bls12_381_aggregate_g1 = {68 * us, 12 * us, 0};
    costs.bls12_381_aggregate_g2 = {103'500'000, 24'500'000, 0};
    costs.bls12_381_hash_to_g1 = 563 * us;
    costs.bls12_381_hash_to_g2 = 871 * us;
    costs.bls12_381_pairing_equality = {2112 * us, 163 * us, 0};
    return costs;
}

enum class Crypto : u8 { v1, v2_0, v2_1 };
enum class Priced : u8 { nothing, calls_and_reads, writes_too };

/// Releases `first` to `last`; a range ends with the last number before the next one.
struct Row {
    u32 first;
    u32 last;
    Crypto crypto;
    Priced priced;
};

// clang-format off
constexpr std::array rows{
    Row{1'000'000, 1'005'009, Crypto::v1,   Priced::nothing},
    Row{1'005'010, 1'999'999, Crypto::v1,   Priced::calls_and_reads},
    Row{2'000'000, 2'000'008, Crypto::v2_0, Priced::nothing},
    Row{2'000'009, 2'000'999, Crypto::v2_0, Priced::calls_and_reads},
    Row{2'001'000, 2'001'005, Crypto::v2_1, Priced::nothing},
    Row{2'001'006, 2'001'999, Crypto::v2_1, Priced::calls_and_reads},
    Row{2'002'000, 2'002'000, Crypto::v2_1, Priced::nothing},
    Row{2'002'001, 2'999'999, Crypto::v2_1, Priced::calls_and_reads},
    Row{3'000'000, 3'000'009, Crypto::v2_1, Priced::writes_too},
};
// clang-format on

HostCosts costs_of(const Row& row) noexcept {
    HostCosts costs = row.crypto == Crypto::v1     ? early_crypto(us_1x)
                      : row.crypto == Crypto::v2_0 ? early_crypto(us)
                                                   : crypto_since_2_1();
    if (row.priced == Priced::nothing) return costs;
    costs.host_call = 18'000; // not scaled by 1000 in 1.5.10, although its gas is
    costs.read_region_small = {200'000, 115, 0};
    costs.read_region_large = {0, 520, 0};
    costs.string_from_bytes = {28'700, 1'400, 0};
    if (row.priced == Priced::writes_too) costs.write_region = {230'000, 570, 0};
    return costs;
}

/// CWA-2023-002 bounded the depth in three release lines at once.
u32 max_call_depth(u32 release) noexcept {
    const bool unbounded = release == 1'000'000 || (release >= 1'001'000 && release < 1'001'010) ||
                           (release >= 1'002'000 && release < 1'002'004);
    return unbounded ? 0xffff'ffff : 2;
}

/// CWA-2025-003 was closed in four release lines at once.
bool debug_reads(u32 release) noexcept {
    return (release >= 1'005'011 && release < 2'000'000) ||
           (release >= 2'001'007 && release < 2'002'000) || release >= 2'002'002;
}

StoreLimits limits_of(const ModuleLimits& limits, u32 release) noexcept {
    return {
        .tables_checked = release >= 1'003'000,
        .table_maximum = limits.table_elements,
        .memory_pages = limits.memory_pages,
        .imports = limits.imports,
        .functions = limits.functions,
        .params = limits.params,
        .results = limits.results,
        .total_params = limits.total_params,
        .locals = limits.locals,
        .total_locals = limits.total_locals,
    };
}

void append(Sha256& hash, const LinearCost& cost) {
    hash.append_u64(cost.base).append_u64(cost.per_item).append_u64(cost.minimum);
}

void append(Sha256& hash, const HostCosts& costs) {
    for (const u64 price :
         {costs.host_call, costs.secp256k1_verify, costs.secp256k1_recover_pubkey,
          costs.secp256r1_verify, costs.secp256r1_recover_pubkey, costs.ed25519_verify,
          costs.bls12_381_hash_to_g1, costs.bls12_381_hash_to_g2})
        hash.append_u64(price);
    for (const LinearCost& cost :
         {costs.read_region_small, costs.read_region_large, costs.write_region,
          costs.string_from_bytes, costs.ed25519_batch_verify,
          costs.ed25519_batch_verify_one_pubkey, costs.bls12_381_aggregate_g1,
          costs.bls12_381_aggregate_g2, costs.bls12_381_pairing_equality})
        append(hash, cost);
}

void append(Sha256& hash, const StoreLimits& limits) {
    for (const u32 limit : {u32{limits.tables_checked}, limits.table_maximum, limits.memory_pages,
                            limits.imports, limits.functions, limits.params, limits.results,
                            limits.total_params, limits.locals, limits.total_locals})
        hash.append_u32(limit);
}

} // namespace

std::optional<u64> LinearCost::total(u64 n) const noexcept {
    u64 items = 0;
    u64 sum = 0;
    if (__builtin_mul_overflow(per_item, n, &items)) return {};
    if (__builtin_add_overflow(base, items, &sum)) return {};
    return std::max(sum, minimum);
}

std::optional<u64> HostCosts::read_region(u64 bytes) const noexcept {
    return (bytes <= small_region ? read_region_small : read_region_large).total(bytes);
}

result<Regime> find_regime(std::string_view release) {
    TRY(const u32 number, parse_release(release));
    TRY(const Profile profile, cosmwasm_profile(release));
    const auto* row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) {
        return number >= r.first && number <= r.last;
    });
    if (row == rows.end()) return Error{Errc::unknown_profile};
    return Regime{
        .name = std::string(release),
        .release = number,
        .costs = costs_of(*row),
        .limits = limits_of(profile.limits, number),
        .max_call_depth = max_call_depth(number),
        .validates_by_round_trip = number < 2'000'000,
        .debug_reads = debug_reads(number),
        .checks_arity = number >= 2'002'000,
        .gas_per_sdk_gas = number < 2'000'000 ? u64{140'000'000} : u64{140'000},
    };
}

Regime newest_regime() { return find_regime("3.0.9").value(); }

Digest digest(const Regime& regime) {
    Sha256 hash;
    append(hash, regime.costs);
    append(hash, regime.limits);
    hash.append_u32(regime.max_call_depth)
        .append_u32(regime.validates_by_round_trip)
        .append_u32(regime.debug_reads)
        .append_u32(regime.checks_arity)
        .append_u64(regime.gas_per_sdk_gas);
    for (const u32 limit : {max_db_key, max_db_value, max_canonical_address, max_human_address,
                            max_query_request, max_debug_message, max_abort_message, max_result})
        hash.append_u32(limit);
    for (const ImportRow& row : imports()) {
        if (row.since > regime.release) continue;
        hash.append_prefixed(as_bytes(row.name)).append_prefixed(as_bytes(row.signature));
        for (const u32 limit : row.regions)
            hash.append_u32(limit);
    }
    return hash.finish();
}

} // namespace lockstep::contract::cosmwasm

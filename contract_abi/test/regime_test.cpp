// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/contract.hpp"
#include "contract_abi/cosmwasm/imports.hpp"

#include <doctest/doctest.h>

#include <set>

namespace lockstep::contract::cosmwasm {
namespace {

Regime regime(std::string_view release) {
    auto found = find_regime(release);
    REQUIRE(found.has_value());
    return std::move(found).value();
}

usize import_count(const Regime& of) {
    usize count = 0;
    for (const ImportRow& row : imports())
        count += row.since <= of.release;
    return count;
}

constexpr std::string_view releases[] = {
    "1.0.0", "1.0.1", "1.1.0", "1.1.9", "1.1.10", "1.2.3",  "1.2.4",  "1.2.8",
    "1.3.4", "1.4.5", "1.5.0", "1.5.5", "1.5.9",  "1.5.10", "1.5.11", "2.0.0",
    "2.0.4", "2.0.8", "2.0.9", "2.1.0", "2.1.5",  "2.1.6",  "2.1.7",  "2.2.0",
    "2.2.1", "2.2.2", "2.2.9", "2.3.3", "2.3.4",  "3.0.0",  "3.0.8",  "3.0.9"};

TEST_CASE("regime: prices of every release line") {
    struct Expected {
        std::string_view release;
        u64 host_call, read_1000, write_1000, string_1000, verify, recover, ed25519, batch_10,
            batch_one_10;
    };
    constexpr u64 us_1x = 1'000'000'000;
    constexpr u64 us = 1'000'000;
    // clang-format off
    constexpr Expected rows[] = {
        {"1.0.0",  0,      0,       0,       0,         154 * us_1x, 162 * us_1x, 63 * us_1x, 315 * us_1x, 157'500 * us},
        {"1.5.9",  0,      0,       0,       0,         154 * us_1x, 162 * us_1x, 63 * us_1x, 315 * us_1x, 157'500 * us},
        {"1.5.10", 18'000, 315'000, 0,       1'428'700, 154 * us_1x, 162 * us_1x, 63 * us_1x, 315 * us_1x, 157'500 * us},
        {"2.0.0",  0,      0,       0,       0,         154 * us,    162 * us,    63 * us,    315 * us,    157'500'000},
        {"2.0.8",  0,      0,       0,       0,         154 * us,    162 * us,    63 * us,    315 * us,    157'500'000},
        {"2.0.9",  18'000, 315'000, 0,       1'428'700, 154 * us,    162 * us,    63 * us,    315 * us,    157'500'000},
        {"2.1.0",  0,      0,       0,       0,         96 * us,     194 * us,    35 * us,    234 * us,    136 * us},
        {"2.1.5",  0,      0,       0,       0,         96 * us,     194 * us,    35 * us,    234 * us,    136 * us},
        {"2.1.6",  18'000, 315'000, 0,       1'428'700, 96 * us,     194 * us,    35 * us,    234 * us,    136 * us},
        {"2.2.0",  0,      0,       0,       0,         96 * us,     194 * us,    35 * us,    234 * us,    136 * us},
        {"2.2.1",  18'000, 315'000, 0,       1'428'700, 96 * us,     194 * us,    35 * us,    234 * us,    136 * us},
        {"2.3.4",  18'000, 315'000, 0,       1'428'700, 96 * us,     194 * us,    35 * us,    234 * us,    136 * us},
        {"3.0.0",  18'000, 315'000, 800'000, 1'428'700, 96 * us,     194 * us,    35 * us,    234 * us,    136 * us},
        {"3.0.9",  18'000, 315'000, 800'000, 1'428'700, 96 * us,     194 * us,    35 * us,    234 * us,    136 * us},
    };
    // clang-format on
    for (const Expected& row : rows) {
        CAPTURE(row.release);
        const HostCosts costs = regime(row.release).costs;
        CHECK(costs.host_call == row.host_call);
        CHECK(costs.read_region(1000) == row.read_1000);
        CHECK(costs.write_region.total(1000) == row.write_1000);
        CHECK(costs.string_from_bytes.total(1000) == row.string_1000);
        CHECK(costs.secp256k1_verify == row.verify);
        CHECK(costs.secp256k1_recover_pubkey == row.recover);
        CHECK(costs.ed25519_verify == row.ed25519);
        CHECK(costs.ed25519_batch_verify.total(10) == row.batch_10);
        CHECK(costs.ed25519_batch_verify_one_pubkey.total(10) == row.batch_one_10);
    }
}

TEST_CASE("regime: cryptography of 2.1 and later") {
    const HostCosts costs = regime("3.0.9").costs;
    CHECK(costs.secp256r1_verify == 279'000'000);
    CHECK(costs.secp256r1_recover_pubkey == 592'000'000);
    CHECK(costs.bls12_381_aggregate_g1.total(2) == 92'000'000);
    CHECK(costs.bls12_381_aggregate_g2.total(2) == 152'500'000);
    CHECK(costs.bls12_381_hash_to_g1 == 563'000'000);
    CHECK(costs.bls12_381_hash_to_g2 == 871'000'000);
    CHECK(costs.bls12_381_pairing_equality.total(3) == 2'601'000'000);
    // One signature alone costs no less than a single verification did.
    CHECK(regime("2.0.0").costs.ed25519_batch_verify.total(0) == 63'000'000);
}

TEST_CASE("regime: reading large regions") {
    const HostCosts costs = regime("3.0.9").costs;
    CHECK(costs.read_region(8'000'000) == 200'000 + 115u * 8'000'000);
    CHECK(costs.read_region(8'000'001) == 520u * 8'000'001);
    CHECK_FALSE(LinearCost{1, 2, 0}.total(~u64{0}).has_value());
    CHECK_FALSE(LinearCost{~u64{0}, 1, 0}.total(1).has_value());
}

TEST_CASE("regime: imports, limits and switches by release") {
    struct Expected {
        std::string_view release;
        usize imports;
        bool tables;
        u32 functions, params, results, locals, depth;
        bool round_trip, debug, arity;
    };
    constexpr u32 js = 1'000'000; // wasmparser's own
    constexpr u32 no_limit = 0xffff'ffff;
    // clang-format off
    constexpr Expected rows[] = {
        {"1.0.0",  15, false, js,     1000, 1000, 50'000, no_limit, true,  false, false},
        {"1.0.1",  15, false, js,     1000, 1000, 50'000, 2,        true,  false, false},
        {"1.1.9",  15, false, js,     1000, 1000, 50'000, no_limit, true,  false, false},
        {"1.1.10", 15, false, js,     1000, 1000, 50'000, 2,        true,  false, false},
        {"1.2.3",  15, false, js,     1000, 1000, 50'000, no_limit, true,  false, false},
        {"1.2.8",  15, false, 10'000, 50,   1,    50'000, 2,        true,  false, false},
        {"1.3.0",  15, true,  js,     1000, 1000, 50'000, 2,        true,  false, false},
        {"1.4.0",  17, true,  js,     1000, 1000, 50'000, 2,        true,  false, false},
        {"1.5.10", 17, true,  10'000, 50,   1,    50'000, 2,        true,  false, false},
        {"1.5.11", 17, true,  10'000, 50,   1,    50'000, 2,        true,  true,  false},
        {"2.0.9",  17, true,  20'000, 100,  1,    50'000, 2,        false, false, false},
        {"2.1.6",  24, true,  20'000, 100,  1,    50'000, 2,        false, false, false},
        {"2.1.7",  24, true,  20'000, 100,  1,    50'000, 2,        false, true,  false},
        {"2.2.1",  24, true,  20'000, 100,  1,    50'000, 2,        false, false, true},
        {"2.2.2",  24, true,  20'000, 100,  1,    50'000, 2,        false, true,  true},
        {"2.2.9",  24, true,  20'000, 100,  1,    100,    2,        false, true,  true},
        {"2.3.4",  24, true,  20'000, 100,  1,    100,    2,        false, true,  true},
        {"3.0.8",  24, true,  20'000, 100,  1,    50'000, 2,        false, true,  true},
        {"3.0.9",  24, true,  20'000, 100,  1,    100,    2,        false, true,  true},
    };
    // clang-format on
    for (const Expected& row : rows) {
        CAPTURE(row.release);
        const Regime found = regime(row.release);
        CHECK(import_count(found) == row.imports);
        CHECK(found.limits.tables_checked == row.tables);
        CHECK(found.limits.functions == row.functions);
        CHECK(found.limits.params == row.params);
        CHECK(found.limits.results == row.results);
        CHECK(found.limits.locals == row.locals);
        CHECK(found.limits.memory_pages == 512);
        CHECK(found.max_call_depth == row.depth);
        CHECK(found.validates_by_round_trip == row.round_trip);
        CHECK(found.debug_reads == row.debug);
        CHECK(found.checks_arity == row.arity);
        CHECK(found.gas_per_sdk_gas == (row.release[0] == '1' ? 140'000'000 : 140'000));
    }
}

TEST_CASE("regime: every release is found, others are not") {
    for (const std::string_view release : releases) {
        CAPTURE(release);
        CHECK(find_regime(release).has_value());
        CHECK(find_rules("cosmwasm-" + std::string(release)).has_value());
    }
    for (const std::string_view wrong : {"", "3", "3.0", "0.9.9", "3.0.10", "4.0.0", "3.0.9 "}) {
        CAPTURE(wrong);
        CHECK(find_regime(wrong).has_error());
    }
    CHECK(newest_regime().name == "3.0.9");
}

TEST_CASE("regime: digests tell regimes apart, names do not matter") {
    std::set<Digest> digests;
    // One of each set of rules.
    const std::string_view different[] = {
        "1.0.0", "1.0.1", "1.2.8", "1.3.0", "1.3.4", "1.4.0", "1.5.10", "1.5.11", "2.0.0", "2.0.9",
        "2.1.0", "2.1.6", "2.1.7", "2.2.0", "2.2.1", "2.2.2", "2.2.9",  "3.0.0",  "3.0.9"};
    for (const std::string_view release : different)
        digests.insert(digest(regime(release)));
    CHECK(digests.size() == std::size(different));
    CHECK(digest(regime("3.0.0")) == digest(regime("3.0.8")));
    Regime changed = regime("3.0.9");
    changed.costs.host_call += 1;
    CHECK(digest(changed) != digest(regime("3.0.9")));
}

TEST_CASE("rules: the rules id follows each part") {
    const Rules rules = find_rules("lockstep-1").value();
    CHECK(rules.regime.costs.write_region.base == 230'000);
    Rules other = rules;
    other.name = "another";
    CHECK(digest(other) == digest(rules));
    other.profile.max_frames += 1;
    CHECK(digest(other) != digest(rules));
    other = rules;
    other.schedule.entry_base += 1;
    CHECK(digest(other) != digest(rules));
    other = rules;
    other.regime.max_call_depth += 1;
    CHECK(digest(other) != digest(rules));
    CHECK(find_rules("core").error().code == Errc::unknown_profile);
    CHECK(find_rules("cosmwasm-").error().code == Errc::unknown_profile);
}

} // namespace
} // namespace lockstep::contract::cosmwasm

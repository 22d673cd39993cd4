// SPDX-License-Identifier: Apache-2.0
// Profiles: names, digests that see every number, and the rules of the CosmWasm releases by
// version.
#include "vm/profile.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <set>
#include <string>

using namespace lockstep;

namespace {

Profile cosmwasm(const std::string& version) { return cosmwasm_profile(version).value(); }

} // namespace

TEST_CASE("profile: found by name") {
    for (const char* name : {"core", "lockstep-1", "cosmwasm-1.0.0", "cosmwasm-1.5.11",
                             "cosmwasm-2.2.9", "cosmwasm-3.0.9", "cosmwasm-3.0.9-stored"})
        CHECK(find_profile(name).value().name == name);
    for (const char* name : {"", "Core", "lockstep", "lockstep-2", "cosmwasm", "cosmwasm-",
                             "cosmwasm-3.1.0", "cosmwasm-3.0.9-", "cosmwasm-stored", "core-stored"})
        CHECK(find_profile(name).error().code == Errc::unknown_profile);
}

TEST_CASE("profile: release numbers") {
    CHECK(parse_release("1.0.0").value() == 1'000'000);
    CHECK(parse_release("1.5.11").value() == 1'005'011);
    CHECK(parse_release("3.0.9").value() == 3'000'009);
    for (const char* version :
         {"",       "1",      "1.0",    "1.0.",   "1.0.0.0", "v1.0.0",         "1.0.0-rc1",
          " 1.0.0", "1.0.0 ", "1..0",   "01.0.0", "1.00.0",  "1.0.1000",       "1.0.-1",
          "+1.0.0", "0.16.7", "3.0.10", "3.1.0",  "999.0.0", "4294967297.0.0", "1,0,0"})
        CHECK_FALSE(parse_release(version));
}

TEST_CASE("profile: the digest sees every number and not the name") {
    const Profile original = lockstep_1_profile();
    std::set<Digest> digests{digest(original)};
    usize expected = 1;
    const auto change = [&](const std::function<void(Profile&)>& edit) {
        Profile changed = original;
        edit(changed);
        digests.insert(digest(changed));
        ++expected;
    };
    using L = ModuleLimits;
    constexpr u32 L::*limits[] = {&L::module_bytes,     &L::types,
                                  &L::functions,        &L::imports,
                                  &L::exports,          &L::globals,
                                  &L::tables,           &L::data_segments,
                                  &L::element_segments, &L::segment_elements,
                                  &L::params,           &L::results,
                                  &L::total_params,     &L::locals,
                                  &L::total_locals,     &L::locals_per_code_byte_halves,
                                  &L::body_bytes,       &L::body_operators,
                                  &L::nesting,          &L::operand_stack,
                                  &L::br_table_targets, &L::table_elements,
                                  &L::memory_pages,     &L::name_bytes,
                                  &L::custom_bytes};
    static_assert(std::size(limits) * sizeof(u32) == sizeof(ModuleLimits), "a limit is missing");
    for (u32 L::*limit : limits)
        change([&](Profile& profile) { profile.limits.*limit ^= 1; });
    for (u32 bit = 0; bit < 32; ++bit)
        change([&](Profile& profile) { profile.features.bits ^= 1u << bit; });
    change([](Profile& profile) { ++profile.max_frames; });
    change([](Profile& profile) { ++profile.max_slots; });
    change([](Profile& profile) { ++profile.max_nesting; });
    change([](Profile& profile) { profile.nan_rule = NanRule::cosmwasm; });
    CHECK(digests.size() == expected);

    Profile renamed = original;
    renamed.name = "mine";
    CHECK(digest(renamed) == digest(original));
}

TEST_CASE("profile: core has everything") {
    const Profile core = core_profile();
    for (const Feature feature :
         {Feature::floats, Feature::sign_extension, Feature::sat_float_to_int, Feature::multi_value,
          Feature::bulk_memory, Feature::reference_types, Feature::tail_call,
          Feature::extended_const, Feature::mutable_globals, Feature::start_function})
        CHECK(core.features.has(feature));
    CHECK(core.nan_rule == NanRule::canonical);
}

TEST_CASE("profile: lockstep-1") {
    const Profile strict = lockstep_1_profile();
    CHECK(strict.features.has(Feature::floats));
    CHECK(strict.features.has(Feature::bulk_memory));
    CHECK(strict.features.has(Feature::overlong_table_index));
    CHECK_FALSE(strict.features.has(Feature::multi_value));
    CHECK_FALSE(strict.features.has(Feature::reference_types));
    CHECK_FALSE(strict.features.has(Feature::tail_call));
    CHECK_FALSE(strict.features.has(Feature::start_function));
    CHECK(strict.limits.memory_pages == 256);
    CHECK(strict.max_nesting == 10);
}

TEST_CASE("profile: features of the CosmWasm releases") {
    const auto has = [](const char* version, Feature feature) {
        return cosmwasm(version).features.has(feature);
    };
    CHECK_FALSE(has("1.2.8", Feature::sign_extension));
    CHECK(has("1.3.0", Feature::sign_extension));
    CHECK_FALSE(has("1.4.5", Feature::floats));
    CHECK(has("1.5.0", Feature::floats));
    CHECK(has("1.5.0", Feature::sat_float_to_int));
    for (const Feature feature : {Feature::overlong_table_index, Feature::reference_values}) {
        CHECK_FALSE(has("1.3.4", feature));
        CHECK(has("1.4.0", feature));
        CHECK(has("1.5.9", feature));
        CHECK_FALSE(has("1.5.10", feature));
        CHECK_FALSE(has("2.3.4", feature));
        CHECK(has("3.0.0", feature));
    }
    CHECK(has("1.5.9", Feature::bulk_segments));
    CHECK_FALSE(has("3.0.9", Feature::bulk_segments));
    for (const char* version : {"1.0.0", "1.5.5", "2.2.0", "3.0.9"}) {
        CHECK(has(version, Feature::mutable_globals));
        CHECK(has(version, Feature::start_function));
        CHECK_FALSE(has(version, Feature::multi_value));
        CHECK_FALSE(has(version, Feature::bulk_memory));
        CHECK_FALSE(has(version, Feature::reference_types));
        CHECK_FALSE(has(version, Feature::tail_call));
        CHECK_FALSE(has(version, Feature::extended_const));
        CHECK(cosmwasm(version).nan_rule == NanRule::cosmwasm);
        CHECK(cosmwasm(version).limits.memory_pages == 512);
    }
}

TEST_CASE("profile: limits of the CosmWasm releases") {
    for (const char* version : {"1.0.0", "1.2.7", "1.3.0", "1.3.3", "1.4.1", "1.5.0"})
        CHECK(cosmwasm(version).limits.functions == 1'000'000);
    for (const char* version : {"1.2.8", "1.2.99", "1.3.4", "1.4.2", "1.4.5", "1.5.1", "1.9.0"}) {
        CHECK(cosmwasm(version).limits.functions == 10'000);
        CHECK(cosmwasm(version).limits.params == 50);
        CHECK(cosmwasm(version).limits.results == 1);
    }
    for (const char* version : {"2.0.0", "2.3.4", "3.0.9"}) {
        CHECK(cosmwasm(version).limits.functions == 20'000);
        CHECK(cosmwasm(version).limits.params == 100);
        CHECK(cosmwasm(version).limits.total_params == 10'000);
    }
    CHECK(cosmwasm("1.2.8").limits.imports == 1'000'000);
    CHECK(cosmwasm("1.3.0").limits.imports == 100);
    CHECK(cosmwasm("1.3.0").limits.table_elements == 2'500);
    for (const char* version : {"2.2.8", "2.3.0", "2.3.3", "3.0.0", "3.0.8"})
        CHECK(cosmwasm(version).limits.locals == 50'000);
    for (const char* version : {"2.2.9", "2.2.10", "2.3.4", "2.9.0", "3.0.9"}) {
        CHECK(cosmwasm(version).limits.locals == 100);
        CHECK(cosmwasm(version).limits.total_locals == 10'000);
    }
    const Profile stored = cosmwasm_stored_profile("3.0.9").value();
    CHECK(stored.limits.locals == 50'000);
    CHECK(stored.limits.memory_pages == 512);
    CHECK(stored.features.bits == cosmwasm("3.0.9").features.bits);
    CHECK(digest(stored) != digest(cosmwasm("3.0.9")));
}

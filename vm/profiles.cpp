// SPDX-License-Identifier: Apache-2.0
// The numbers of every profile, and nothing else: core, lockstep-1 and the CosmWasm releases (read
// from the sources of cosmwasm-vm at each release's tag: parsed_wasm.rs, compatibility.rs,
// config.rs, gatekeeper.rs).
#include "vm/profile.hpp"

#include "vm/types.hpp"

#include <array>
#include <optional>

namespace lockstep {
namespace {

constexpr u32 unlimited = 0xffff'ffff;

constexpr Features features_of(std::initializer_list<Feature> list) noexcept {
    Features features;
    for (const Feature feature : list)
        features.set(feature);
    return features;
}

/// The limits of the WebAssembly JS API, which are also wasmparser's, and wide ones where it has
/// none.
constexpr ModuleLimits core_limits{
    .module_bytes = 1u << 30,
    .types = 1'000'000,
    .functions = 1'000'000,
    .imports = 1'000'000,
    .exports = 1'000'000,
    .globals = 1'000'000,
    .tables = 100'000,
    .data_segments = 100'000,
    .element_segments = 10'000'000,
    .segment_elements = 10'000'000,
    .params = 1'000,
    .results = 1'000,
    .total_params = unlimited,
    .locals = 50'000,
    .total_locals = unlimited,
    .locals_per_code_byte_halves = 0,
    .body_bytes = 7'654'321,
    .body_operators = unlimited,
    .nesting = unlimited,
    .operand_stack = 1'000'000,
    .br_table_targets = 65'520,
    .table_elements = 10'000'000,
    .memory_pages = max_memory_pages,
    .name_bytes = 100'000,
    .custom_bytes = unlimited,
};

/// compilers.md's "strict": every number is a bound on what a compiler or an instance has to do.
constexpr ModuleLimits lockstep_1_limits{
    .module_bytes = 1u << 20,
    .types = 1'024,
    .functions = 10'000,
    .imports = 256,
    .exports = 1'024,
    .globals = 1'024,
    .tables = 1,
    .data_segments = 1'024,
    .element_segments = 128,
    .segment_elements = 10'000,
    .params = 64,
    .results = 1,
    .total_params = 50'000,
    .locals = 1'024,
    .total_locals = unlimited, // the next rule bounds it
    .locals_per_code_byte_halves = 1,
    .body_bytes = 192u << 10,
    .body_operators = 65'536,
    .nesting = 512,
    .operand_stack = 1'024,
    .br_table_targets = 4'096,
    .table_elements = 10'000,
    .memory_pages = 256,
    .name_bytes = 512,
    .custom_bytes = 1u << 20,
};

constexpr u32 release(u32 major, u32 minor, u32 patch) noexcept {
    return major * 1'000'000 + minor * 1'000 + patch;
}

/// Several release lines were patched at once: is `version` in one that has what came with these
/// patches? [1.2.8, 1.3.0), for instance, is a patched line, and everything from `always` on has
/// it.
struct Line {
    u32 from;
    u32 before;
};
template <usize N>
constexpr bool patched(u32 version, const std::array<Line, N>& lines, u32 always) noexcept {
    for (const Line& line : lines)
        if (version >= line.from && version < line.before) return true;
    return version >= always;
}

Features cosmwasm_features(u32 version) noexcept {
    // Never a start function check, never multi-value: Singlepass is run without it.
    Features features = features_of({Feature::mutable_globals, Feature::start_function});
    features.set(Feature::sign_extension, version >= release(1, 3, 0)); // parity-wasm with sign_ext
    features.set(Feature::floats, version >= release(1, 5, 0));
    features.set(Feature::sat_float_to_int, version >= release(1, 5, 0));
    // From 1.4.0 to 1.5.9 the parser had wasmparser's default features, and only operators were
    // filtered. 3.0.0 turned reference types on for Rust >= 1.82, again with their operators
    // filtered.
    const bool parser_defaults = version >= release(1, 4, 0) && version < release(1, 5, 10);
    const bool references = parser_defaults || version >= release(3, 0, 0);
    features.set(Feature::overlong_table_index, references);
    features.set(Feature::reference_values, references);
    features.set(Feature::bulk_segments, parser_defaults);
    return features;
}

/// What the releases check when code is stored.
void apply_store_limits(ModuleLimits& limits, u32 version) noexcept {
    if (version >= release(1, 3, 0)) {
        limits.tables = 1;
        limits.table_elements = 2'500;
        limits.imports = 100;
    }
    constexpr std::array advisory_2023_004{Line{release(1, 2, 8), release(1, 3, 0)},
                                           Line{release(1, 3, 4), release(1, 4, 0)},
                                           Line{release(1, 4, 2), release(1, 5, 0)}};
    if (patched(version, advisory_2023_004, release(1, 5, 1))) {
        limits.functions = 10'000;
        limits.params = 50;
        limits.results = 1;
    }
    if (version >= release(2, 0, 0)) {
        limits.functions = 20'000;
        limits.params = 100;
        limits.total_params = 10'000;
    }
    constexpr std::array locals_2026{Line{release(2, 2, 9), release(2, 3, 0)},
                                     Line{release(2, 3, 4), release(3, 0, 0)}};
    if (patched(version, locals_2026, release(3, 0, 9))) {
        limits.locals = 100;
        limits.total_locals = 10'000;
    }
}

result<Profile> cosmwasm_release(std::string_view version, bool storing) {
    TRY(auto number, parse_release(version));
    Profile profile{
        .name = "cosmwasm-" + std::string(version) + (storing ? "" : "-stored"),
        .features = cosmwasm_features(number),
        .limits = core_limits,
        // Wasmer gives a call 1 MiB of stack, 131,072 words. A Singlepass frame is at least 16
        // bytes, so no more than 65,536 of them fit. Its words are the return address, the frame
        // pointer, saved registers and the locals, each of which our cost counts once; only
        // operands that Singlepass keeps in registers or as immediates cost here and not there.
        // Eight times the words leave room for them: no call that succeeds there runs out of slots
        // here, short of code that piles up hundreds of constants.
        .max_frames = 65'536,
        .max_slots = 1u << 20,
        .max_nesting = 10,
        .nan_rule = NanRule::cosmwasm,
    };
    profile.limits.memory_pages = 512;
    profile.limits.element_segments = 100'000;
    if (storing) apply_store_limits(profile.limits, number);
    return profile;
}

/// A decimal number below 1000 without leading zeros, taken from the front of `text`.
std::optional<u32> take_number(std::string_view& text) noexcept {
    u32 value = 0;
    usize digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        if (digits == 3) return {};
        value = value * 10 + static_cast<u32>(text[digits] - '0');
    }
    if (digits == 0 || (digits > 1 && text[0] == '0')) return {};
    text.remove_prefix(digits);
    return value;
}

bool take_dot(std::string_view& text) noexcept {
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
    return true;
}

} // namespace

Profile core_profile() {
    return {
        .name = "core",
        .features =
            features_of({Feature::floats, Feature::sign_extension, Feature::sat_float_to_int,
                         Feature::multi_value, Feature::bulk_memory, Feature::reference_types,
                         Feature::tail_call, Feature::extended_const, Feature::mutable_globals,
                         Feature::start_function, Feature::overlong_table_index}),
        .limits = core_limits,
        .max_frames = 65'536,
        .max_slots = 1u << 20,
        .max_nesting = 16,
        .nan_rule = NanRule::canonical,
    };
}

Profile lockstep_1_profile() {
    return {
        .name = "lockstep-1",
        .features = features_of({Feature::floats, Feature::sign_extension,
                                 Feature::sat_float_to_int, Feature::bulk_memory,
                                 Feature::mutable_globals, Feature::overlong_table_index}),
        .limits = lockstep_1_limits,
        .max_frames = 4'096,
        .max_slots = 131'072,
        .max_nesting = 10,
        .nan_rule = NanRule::canonical,
    };
}

result<Profile> cosmwasm_profile(std::string_view version) {
    return cosmwasm_release(version, true);
}

result<Profile> cosmwasm_stored_profile(std::string_view version) {
    return cosmwasm_release(version, false);
}

result<Profile> find_profile(std::string_view name) {
    constexpr std::string_view cosmwasm = "cosmwasm-";
    constexpr std::string_view stored = "-stored";
    if (name == "core") return core_profile();
    if (name == "lockstep-1") return lockstep_1_profile();
    if (!name.starts_with(cosmwasm)) return Error{Errc::unknown_profile};
    name.remove_prefix(cosmwasm.size());
    if (!name.ends_with(stored)) return cosmwasm_profile(name);
    name.remove_suffix(stored.size());
    return cosmwasm_stored_profile(name);
}

Digest digest(const Profile& profile) {
    // Every limit is a u32, so the struct is the list of its numbers in declaration order.
    const auto limits =
        std::bit_cast<std::array<u32, sizeof(ModuleLimits) / sizeof(u32)>>(profile.limits);
    Sha256 hash;
    hash.append_u32(profile.features.bits);
    for (const u32 limit : limits)
        hash.append_u32(limit);
    hash.append_u32(profile.max_frames);
    hash.append_u32(profile.max_slots);
    hash.append_u32(profile.max_nesting);
    hash.append_u32(static_cast<u32>(profile.nan_rule));
    return hash.finish();
}

result<u32> parse_release(std::string_view version) {
    const std::optional<u32> major = take_number(version);
    const bool dot_1 = take_dot(version);
    const std::optional<u32> minor = take_number(version);
    const bool dot_2 = take_dot(version);
    const std::optional<u32> patch = take_number(version);
    if (!major || !minor || !patch || !dot_1 || !dot_2 || !version.empty())
        return Error{Errc::unknown_profile};
    const u32 number = release(*major, *minor, *patch);
    if (number < release(1, 0, 0) || number > release(3, 0, 9)) return Error{Errc::unknown_profile};
    return number;
}

} // namespace lockstep

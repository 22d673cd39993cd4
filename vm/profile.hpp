// SPDX-License-Identifier: Apache-2.0
// A profile is every consensus number and feature switch of the virtual machine in one named,
// digested value: what a module may contain, how deep a call may go, what a NaN looks like. Gas
// prices are metering's.
#pragma once

#include "vm/digest.hpp"
#include "vm/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// Feature switches; a module that uses one that is off is rejected with the Errc NAME_disabled.
enum class Feature : u32 {
    /// Float operators in bodies; float types and initial values only move bits and are always
    /// allowed.
    floats = 1u << 0,
    sign_extension = 1u << 1,
    sat_float_to_int = 1u << 2,
    multi_value = 1u << 3,
    bulk_memory = 1u << 4,
    reference_types = 1u << 5,
    tail_call = 1u << 6,
    extended_const = 1u << 7,
    mutable_globals = 1u << 8,
    start_function = 1u << 9,
    /// call_indirect's table index may be an over-long LEB128 even without reference types (Rust
    /// >= 1.82).
    overlong_table_index = 1u << 10,
    /// Reference types may be named outside operators (value types, tables, element segments and
    /// their constant
    /// expressions) even without reference_types, whose operators stay rejected.
    reference_values = 1u << 11,
    /// Data count section and segments that are not active, even without bulk_memory, whose
    /// operators stay rejected.
    bulk_segments = 1u << 12,
};

struct Features {
    u32 bits = 0;
    [[nodiscard]] constexpr bool has(Feature feature) const noexcept {
        return (bits & static_cast<u32>(feature)) != 0;
    }
    constexpr void set(Feature feature, bool on = true) noexcept {
        bits = on ? bits | static_cast<u32>(feature) : bits & ~static_cast<u32>(feature);
    }
};

/// Upper bounds of what a module may contain; all inclusive. Sizes in bytes unless named otherwise.
struct ModuleLimits {
    u32 module_bytes;
    u32 types;
    u32 functions; ///< defined and imported
    u32 imports;
    u32 exports;
    u32 globals; ///< defined and imported
    u32 tables;
    u32 data_segments;
    u32 element_segments;
    u32 segment_elements;            ///< elements of one segment
    u32 params;                      ///< of one function type
    u32 results;                     ///< of one function or block type
    u32 total_params;                ///< summed over all functions
    u32 locals;                      ///< declared in one function, parameters not counted
    u32 total_locals;                ///< declared in all functions
    u32 locals_per_code_byte_halves; ///< 0 = no rule; n: declared locals <= n/2 * bytes of the code
                                     ///< section
    u32 body_bytes;
    u32 body_operators;
    u32 nesting;          ///< open blocks in one body, the body's own included
    u32 operand_stack;    ///< operands alive at once in one body
    u32 br_table_targets; ///< without the default
    u32 table_elements;   ///< initial size; growth beyond answers -1
    u32 memory_pages;     ///< initial size; growth beyond answers -1
    u32 name_bytes;
    u32 custom_bytes; ///< all custom sections together
};

/// How the NaN of an arithmetic result looks: always the positive canonical one, or CosmWasm's lazy
/// rule.
enum class NanRule : u8 { canonical, cosmwasm };

struct Profile {
    std::string name;
    Features features;
    ModuleLimits limits;
    u32 max_frames; ///< guest frames of one outermost call
    u32 max_slots; ///< 8-byte slots of those frames: cost(f) = 4 + params + locals + operand height
    u32 max_nesting; ///< Stores entered inside one another through host functions
    NanRule nan_rule;
};

/// All that lockstep implements, with the WebAssembly JS API's limits. For conformance and
/// measuring: it has no stable digest and no chain may use it.
[[nodiscard]] Profile core_profile();

/// The strict default for new chains.
[[nodiscard]] Profile lockstep_1_profile();

/// The Wasm-level rules of a CosmWasm release for code that is being stored, `version` = "X.Y.Z"
/// from 1.0.0 to 3.0.9. The numbers are the release's own; where it counts otherwise than
/// ModuleLimits says (functions and their parameters without imports, the table's maximum),
/// contract_abi counts.
[[nodiscard]] result<Profile> cosmwasm_profile(std::string_view version);

/// The same release for code that was stored before (or unchecked): only what its compiler
/// enforces.
[[nodiscard]] result<Profile> cosmwasm_stored_profile(std::string_view version);

/// A profile by name: core, lockstep-1, cosmwasm-X.Y.Z. Errc::unknown_profile otherwise.
[[nodiscard]] result<Profile> find_profile(std::string_view name);

/// SHA-256 over every effective number, the name not included.
[[nodiscard]] Digest digest(const Profile& profile);

/// The version of a CosmWasm release as major*10^6 + minor*10^3 + patch, or Errc::unknown_profile.
/// A version between 1.0.0 and 3.0.9 that was never released has the rules of the last release
/// before it.
[[nodiscard]] result<u32> parse_release(std::string_view version);

} // namespace lockstep

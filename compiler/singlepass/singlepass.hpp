// SPDX-License-Identifier: Apache-2.0
// The single-pass compiler: metered IR to machine code, linear in time and memory. Every target's
// code can be generated on every machine; it runs on its own.
#pragma once

#include "compiler/target/masm.hpp"
#include "vm/executable.hpp"
#include "vm/memory.hpp"

#include <optional>

namespace lockstep::compiler {

/// x64 is x86-64-v3, a64 is Armv8.0-A. The numbers are part of artifacts: append only.
enum class Target : u8 { x64 = 0, a64 = 1 };

/// What code this process can run, if any.
[[nodiscard]] std::optional<Target> host_target() noexcept;

/// Native code for all functions of an executable as plain data, independent of where it will lie.
/// The fields are those of NativeCode.
struct GeneratedCode {
    Target target{};
    TrapsMode traps{};
    Buffer<u8> bytes;
    u32 enter = 0;
    u32 memory_landing = 0;
    Buffer<u32> entries;
    Buffer<NativeCode::Site> sites;
    u32 interpreted = 0;
};

/// Where the code of each record begins, in the order of the code; for listings.
struct CodeMap {
    static constexpr u32 cold = 0x8000'0000; ///< on a record's number: its part behind the function
    static constexpr u32 end_of_function = 0xffff'ffff;
    Buffer<NativeCode::Site> starts;
    Stubs stubs;
};

/// Translates all functions of `executable`; `zeal` as in zeal.hpp. A function that cannot be
/// translated is interpreted and counted. The same input gives the same bytes on every machine.
/// Errors: out_of_memory; bad_argument for an unknown target. Thread-safe.
[[nodiscard]] result<GeneratedCode> generate(const Executable& executable, TrapsMode traps,
                                             Target target, CodeMap* map = nullptr,
                                             u32 zeal = 0) noexcept;

/// Puts the code where it can run. REQUIRES: it is host_target()'s. Errors: out_of_memory.
/// Thread-safe.
[[nodiscard]] result<std::unique_ptr<const NativeCode>> map_code(GeneratedCode code) noexcept;
/// The same with the bytes from elsewhere; they are copied.
[[nodiscard]] result<std::unique_ptr<const NativeCode>>
map_code(GeneratedCode tables, std::span<const u8> bytes) noexcept;

/// Both, for this machine. REQUIRES: host_target() is one. Errors: out_of_memory. Thread-safe.
[[nodiscard]] result<std::unique_ptr<const NativeCode>>
translate(const Executable& executable, TrapsMode traps, u32 zeal = 0) noexcept;

} // namespace lockstep::compiler

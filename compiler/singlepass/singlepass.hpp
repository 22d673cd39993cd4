// SPDX-License-Identifier: Apache-2.0
// The single-pass compiler: metered IR to machine code, linear in time and memory.
#pragma once

#include "vm/executable.hpp"
#include "vm/memory.hpp"

namespace lockstep::compiler {

/// Whether this machine can run what translate() makes: x86-64-v3.
[[nodiscard]] bool singlepass_supported() noexcept;

/// Native code for all functions of `executable`. A function that cannot be translated is
/// interpreted and counted. Errors: out_of_memory. Thread-safe.
[[nodiscard]] result<std::unique_ptr<const NativeCode>> translate(const Executable& executable,
                                                                  TrapsMode traps) noexcept;

} // namespace lockstep::compiler

// SPDX-License-Identifier: Apache-2.0
// Which build this is: artifacts of another one are never run.
#pragma once

#include "vm/digest.hpp"

namespace lockstep::compiler {

/// SHA-256 over the sources of vm, metering and compiler, and the name, version and options of the
/// C++ compiler that built them; the same for every machine that builds alike. Thread-safe.
[[nodiscard]] const Digest& build_id() noexcept;

} // namespace lockstep::compiler

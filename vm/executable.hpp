// SPDX-License-Identifier: Apache-2.0
// A module ready to run: validated, lowered, metered. Immutable and shared; made only by
// compiler::compile, and brought back by compiler::open_artifact.
#pragma once

#include "vm/ir.hpp"
#include "vm/module.hpp"
#include "vm/native.hpp"

#include <memory>

namespace lockstep {

struct Executable {
    Module module;
    ir::Code code;
    u32 max_frames = 0;
    u32 max_slots = 0;
    u32 max_nesting = 0;
    u32 memory_pages = max_memory_pages;      ///< the profile's bound on growth
    bool gas_reported = true;                 ///< false for the schedule `free`
    std::unique_ptr<const NativeCode> native; ///< of a compiling tier
};

} // namespace lockstep

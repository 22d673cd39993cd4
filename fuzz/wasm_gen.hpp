// SPDX-License-Identifier: Apache-2.0
// Our own generator of valid modules. It reads its decisions from a stream of bytes, so that a
// fuzzer which changes a byte changes one decision, and goes on with a fixed generator of random
// numbers when they are used up: the same bytes give the same module on every machine.
#pragma once

#include "vm/bytes.hpp"

#include <vector>

namespace lockstep::fuzz {

/// What a module may use. As they stand, every module is valid under the profile `core`.
struct GeneratorOptions {
    bool floats = true;
    bool sign_extension = true;
    bool sat_float_to_int = true;
    bool multi_value = true;
    bool bulk_memory = true;
    bool reference_types = true;
    bool tail_calls = true;
    bool extended_const = true;
    bool start_function = true;
    bool imports = true; ///< functions traceN of module "env", of any numeric type
    bool memory = true;
    bool tables = true;
    bool globals = true;
    bool endless = true;          ///< loops and recursion that only gas or the stack limit ends
    bool traps = true;            ///< also accesses, divisions, ... that probably trap
    bool wide_frames = true;      ///< rarely, a function of more than 65,536 slots
    bool fill_for_locals = false; ///< nops until a body has two bytes for each declared local
    u32 max_functions = 6;        ///< defined ones
    u32 max_operators = 500;      ///< of one module, roughly
    u32 max_pages = 4;

    /// For the profile lockstep-1: no multi-value, references, tail calls, start function.
    [[nodiscard]] static GeneratorOptions lockstep_1() noexcept;
};

/// The module that `bytes` stand for: the first eight seed the random numbers, the rest are
/// decisions. The functions f0, f1, ... (not always all), the memory `memory`, globals g0, ... and
/// tables t0, ... are exported.
[[nodiscard]] std::vector<u8> generate(bytes_view bytes, const GeneratorOptions& options = {});
[[nodiscard]] std::vector<u8> generate(u64 seed, const GeneratorOptions& options = {});

} // namespace lockstep::fuzz

// SPDX-License-Identifier: Apache-2.0
// How a target reads its input: two bytes of decisions, then the module.
#pragma once

#include "fuzz/wasm_gen.hpp"

namespace lockstep::fuzz {

struct Input {
    u8 choice = 0; ///< which profile, schedule, ...
    std::vector<u8> module;
    bool generated = false; ///< and not changed since: the module is valid under `core`
};

/// The second byte says what the others are: a module (0 to 63), decisions of the generator, or
/// (192 and more) such decisions with up to seven bytes of the result changed afterwards, five
/// bytes each at the end of the input.
[[nodiscard]] Input read_input(bytes_view bytes, const GeneratorOptions& options = {});

} // namespace lockstep::fuzz

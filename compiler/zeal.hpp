// SPDX-License-Identifier: Apache-2.0
// Ways to make worse code on purpose, so that tests reach what good code seldom does. Nothing that
// the code computes depends on them.
#pragma once

#include "vm/bytes.hpp"

namespace lockstep::compiler {

/// Bits of Options::zeal. The seed of `zeal_shuffle` stands above them.
enum Zeal : u32 {
    zeal_spill = 1,   ///< no slot has a register for the whole function, nor one across records
    zeal_shuffle = 2, ///< registers are taken in any order
    zeal_far = 4,     ///< branches are long
    zeal_poison = 8,  ///< whatever code may not read is garbage at entry: registers, window
};
inline constexpr u32 zeal_seed_shift = 8;

} // namespace lockstep::compiler

// SPDX-License-Identifier: Apache-2.0
// Native code as text beside the IR it was made of, for people and for golden files. Both targets'
// listings can be made on every machine.
#pragma once

#include "compiler/singlepass/singlepass.hpp"

#include <string>
#include <vector>

namespace lockstep::compiler {

/// One text per defined function: a line for each instruction, with the record it belongs to at the
/// left and the distance from the function's entry at the right. A branch names its target's
/// distance, a call its function or stub; charges are marked `gas`. Errors: out_of_memory.
[[nodiscard]] result<std::vector<std::string>> listing(const Executable& executable,
                                                       TrapsMode traps, Target target);

} // namespace lockstep::compiler

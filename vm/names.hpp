// SPDX-License-Identifier: Apache-2.0
// Names that a module gives its functions, for people. Nothing that runs depends on them.
#pragma once

#include "vm/module.hpp"

#include <functional>

namespace lockstep {

/// Hands each function and its name in the `name` section to `take` until that returns false, in
/// the order of the section, which is not checked. Linear in the section.
void for_each_function_name(const Module& module,
                            const std::function<bool(u32 function, std::string_view)>& take);

/// A name per function, imports first: from the `name` section, or from an export, or empty.
[[nodiscard]] std::vector<std::string> function_names(const Module& module);

} // namespace lockstep

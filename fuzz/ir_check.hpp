// SPDX-License-Identifier: Apache-2.0
// What every function in the IR must be, whatever it computes: see check_code().
#pragma once

#include "metering/schedule.hpp"
#include "vm/executable.hpp"

namespace lockstep::fuzz {

/// Ends the process unless: records and their following words fill each function exactly; every
/// branch goes to a record of its function; the last record does not go on; slots of numeric
/// records, copies and accesses lie in the window; indices of functions, globals, tables and types
/// exist; charges are where a bound on running needs them (at the entry, and in every loop,
/// checked), if `charged`.
void check_code(const Executable& executable, metering::Placement placement);

} // namespace lockstep::fuzz

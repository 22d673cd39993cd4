// SPDX-License-Identifier: Apache-2.0
// The metering pass: where gas enters a program.
#pragma once

#include "metering/schedule.hpp"
#include "vm/ir.hpp"

namespace lockstep::metering {

/// The marks that the schedule's rule needs.
[[nodiscard]] constexpr Marks marks_for(const Schedule& schedule) noexcept {
    return schedule.placement == Placement::cosmwasm ? Marks::all : Marks::regions;
}

/// Turns the marks and units of a lowered function into charges, by the schedule's placement rule,
/// in one walk over its events; records and the other events stay as they are, and no mark is left.
/// Memory ends only in Draft::large, which draft.failed() reports. REQUIRES: `draft` comes from a
/// Lowering that was given schedule.weights and marks_for(schedule) or all marks, and was not
/// metered before.
void meter(ir::Draft& draft, const Schedule& schedule) noexcept;

} // namespace lockstep::metering

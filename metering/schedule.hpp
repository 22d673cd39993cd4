// SPDX-License-Identifier: Apache-2.0
// A schedule is every number that gas depends on, and the rule that says where a function pays: a
// named, digested value. metering/README.md states the rules in full; schedules.cpp holds the
// numbers.
#pragma once

#include "vm/digest.hpp"
#include "vm/lower.hpp"

#include <string>
#include <string_view>

namespace lockstep::metering {

/// The rule by which charges are placed; its number is part of the digest and never changes its
/// meaning.
enum class Placement : u32 {
    none = 0,       ///< nothing is charged, nothing can interrupt the guest: benchmarks only
    lockstep_1 = 1, ///< a region is paid when it is entered
    cosmwasm = 2,   ///< what ran since the last accounting operator is paid ahead of the next
};

/// Plain numbers; what is 0 costs nothing. Entries and dynamic sizes are priced by lockstep_1 only.
struct Schedule {
    std::string name;
    Placement placement = Placement::none;
    Weights weights{};   ///< per operator, by Op
    u32 entry_base = 0;  ///< per entry of a function
    u32 local = 0;       ///< per declared local beyond free_locals, per entry of a function
    u32 free_locals = 0; ///< declared locals that cost nothing
    u32 grow_page = 0;   ///< memory.grow, per page asked for
    u32 bulk_byte = 0;   ///< memory.fill, memory.copy, memory.init, per byte
    u32 table_elem = 0;  ///< table.grow, table.fill, table.copy, table.init, per element
    bool if_is_accounting = true; ///< cosmwasm: false in the releases of CWA-2024-007
    bool reported = true; ///< false: gas bounds and interrupts a call but is no result of it
};

/// Whether the cosmwasm rule pays ahead of `op`: sources and targets of branches, and calls. The
/// first releases overlooked `if`.
[[nodiscard]] constexpr bool is_accounting(Op op, bool if_is_accounting) noexcept {
    switch (op) {
    case Op::if_: return if_is_accounting;
    case Op::loop:
    case Op::else_:
    case Op::end:
    case Op::br:
    case Op::br_if:
    case Op::br_table:
    case Op::return_:
    case Op::call:
    case Op::call_indirect:
    case Op::return_call:
    case Op::return_call_indirect: return true;
    default: return false;
    }
}

/// SHA-256 over the rule's number and every other number; the name is not part of it.
[[nodiscard]] Digest digest(const Schedule& schedule);

/// Our own schedule, the default. Frozen: only a lockstep-2 may differ.
[[nodiscard]] Schedule lockstep_1();

/// `free`: one per operator, counted only so that loops can be bounded and interrupted. No contract
/// may run on it.
[[nodiscard]] Schedule free_schedule();

/// `free-uninterruptible`: no charges at all. An endless loop never returns; for benchmarks.
[[nodiscard]] Schedule free_uninterruptible();

/// The operator prices of a CosmWasm release, `version` = "X.Y.Z" from 1.0.0 to 3.0.9, else
/// Errc::unknown_schedule. Prices of host functions are the contract ABI's.
[[nodiscard]] result<Schedule> cosmwasm(std::string_view version);

/// A schedule by name: lockstep-1, free, free-uninterruptible, cosmwasm-X.Y.Z.
/// Errc::unknown_schedule otherwise.
[[nodiscard]] result<Schedule> find_schedule(std::string_view name);

} // namespace lockstep::metering

// SPDX-License-Identifier: Apache-2.0
// The numbers of every schedule, and their names. CosmWasm's were verified against the tests of
// each release's tag; a regime holds for the releases between its bounds, and a release in no row
// does not exist.
#include "metering/schedule.hpp"

#include "vm/profile.hpp"

#include <algorithm>
#include <iterator>

namespace lockstep::metering {
namespace {

constexpr u32 lockstep_1_price(OpClass op_class) {
    switch (op_class) {
    case OpClass::control: return 1;
    case OpClass::free: return 1;
    case OpClass::branch: return 3;
    case OpClass::call: return 10;
    case OpClass::call_indirect: return 16;
    case OpClass::alu: return 2;
    case OpClass::compare: return 2;
    case OpClass::div: return 16;
    case OpClass::float_alu: return 6;
    case OpClass::float_div: return 20;
    case OpClass::convert: return 8;
    case OpClass::load: return 4;
    case OpClass::store: return 4;
    case OpClass::grow: return 100;
    case OpClass::bulk: return 20;
    case OpClass::bulk_table: return 10;
    case OpClass::table: return 6;
    case OpClass::drop_segment: return 4;
    }
    return 0;
}

constexpr Weights lockstep_1_weights = [] {
    Weights weights{};
    for (usize i = 0; i < wasm_op_count; ++i)
        weights[i] = lockstep_1_price(op_infos[i].op_class);
    return weights;
}();

constexpr Weights free_weights = [] {
    Weights weights{};
    weights.fill(1);
    return weights;
}();

/// One row of CosmWasm's history: releases `first` to `last` (major * 10^6 + minor * 10^3 + patch).
struct Regime {
    u32 first;
    u32 last;
    u32 op;
    u32 accounting_op;
    bool if_is_accounting;
    bool charges_locals;
};

constexpr u32 free_cosmwasm_locals = 29;

// clang-format off
constexpr Regime regimes[] = {
    //  first      last         op    accounting     if  locals
    {1'000'000, 1'005'005, 150'000,   150'000, false, false},
    {1'005'006, 1'005'007, 115'000, 1'610'000, false, false},
    {1'005'008, 1'005'011, 115'000, 1'610'000,  true, false},
    {2'000'000, 2'000'004,     150,       150, false, false},
    {2'000'005, 2'000'006,     115,     1'610, false, false},
    {2'000'007, 2'000'009,     115,     1'610,  true, false},
    {2'001'000, 2'001'001,     170,       170, false, false},
    {2'001'002, 2'001'003,     115,     1'610, false, false},
    {2'001'004, 2'001'007,     115,     1'610,  true, false},
    {2'002'000, 2'002'008,     115,     1'610,  true, false},
    {2'002'009, 2'002'009,     115,     1'610,  true,  true},
    {2'003'000, 2'003'003,     115,     1'610,  true, false},
    {2'003'004, 2'003'004,     115,     1'610,  true,  true},
    {3'000'000, 3'000'008,     115,     1'610,  true, false},
    {3'000'009, 3'000'009,     115,     1'610,  true,  true},
};
// clang-format on

constexpr Weights weights_of(const Regime& regime) {
    Weights weights{};
    for (usize i = 0; i < wasm_op_count; ++i) {
        const bool accounting = is_accounting(static_cast<Op>(i), regime.if_is_accounting);
        weights[i] = accounting ? regime.accounting_op : regime.op;
    }
    return weights;
}

constexpr bool prices_every_op(const Weights& weights) {
    return std::all_of(weights.begin(), weights.end(), [](u32 weight) { return weight != 0; });
}

static_assert(prices_every_op(lockstep_1_weights) && prices_every_op(free_weights));
static_assert(std::all_of(std::begin(regimes), std::end(regimes), [](const Regime& regime) {
    return prices_every_op(weights_of(regime));
}));
static_assert(std::adjacent_find(std::begin(regimes), std::end(regimes),
                                 [](const Regime& a, const Regime& b) {
                                     return a.first > a.last || a.last >= b.first;
                                 }) == std::end(regimes),
              "the rows stand in order and do not overlap");

constexpr std::string_view cosmwasm_prefix = "cosmwasm-";

} // namespace

Schedule lockstep_1() {
    Schedule schedule;
    schedule.name = "lockstep-1";
    schedule.placement = Placement::lockstep_1;
    schedule.weights = lockstep_1_weights;
    schedule.entry_base = 8;
    schedule.local = 1;
    schedule.grow_page = 4096;
    schedule.bulk_byte = 1;
    schedule.table_elem = 8;
    return schedule;
}

Schedule free_schedule() {
    Schedule schedule;
    schedule.name = "free";
    schedule.placement = Placement::lockstep_1;
    schedule.weights = free_weights;
    schedule.reported = false;
    return schedule;
}

Schedule free_uninterruptible() {
    Schedule schedule;
    schedule.name = "free-uninterruptible";
    schedule.placement = Placement::none;
    schedule.reported = false;
    return schedule;
}

result<Schedule> cosmwasm(std::string_view version) {
    const result<u32> release = parse_release(version);
    if (!release) return Error{Errc::unknown_schedule};
    for (const Regime& regime : regimes) {
        if (release.value() < regime.first || release.value() > regime.last) continue;
        Schedule schedule;
        schedule.name = std::string(cosmwasm_prefix).append(version);
        schedule.placement = Placement::cosmwasm;
        schedule.weights = weights_of(regime);
        schedule.if_is_accounting = regime.if_is_accounting;
        if (regime.charges_locals) {
            schedule.local = regime.op;
            schedule.free_locals = free_cosmwasm_locals;
        }
        return schedule;
    }
    return Error{Errc::unknown_schedule};
}

result<Schedule> find_schedule(std::string_view name) {
    if (name == "lockstep-1") return lockstep_1();
    if (name == "free") return free_schedule();
    if (name == "free-uninterruptible") return free_uninterruptible();
    if (name.starts_with(cosmwasm_prefix)) return cosmwasm(name.substr(cosmwasm_prefix.size()));
    return Error{Errc::unknown_schedule};
}

Digest digest(const Schedule& schedule) {
    Sha256 message;
    message.append_u32(static_cast<u32>(schedule.placement));
    for (const u32 number : {schedule.entry_base, schedule.local, schedule.free_locals,
                             schedule.grow_page, schedule.bulk_byte, schedule.table_elem,
                             u32{schedule.if_is_accounting}, u32{schedule.reported}})
        message.append_u32(number);
    // An operator is named by its opcode and left out where it costs nothing, so that a schedule
    // keeps its digest when the virtual machine learns operators that it does not price.
    for (usize i = 0; i < wasm_op_count; ++i)
        if (schedule.weights[i] != 0)
            message.append_u32(op_infos[i].code).append_u32(schedule.weights[i]);
    return message.finish();
}

} // namespace lockstep::metering

// SPDX-License-Identifier: Apache-2.0
// Marks become charges: one loop over the events per rule. What a kind and an operator mean to the
// rule stands in small tables of bits, for metering may take only a few percent of the time that
// compiling takes: about 2 ns per event. metering/README.md states the rules.
#include "metering/meter.hpp"

#include <array>

namespace lockstep::metering {
namespace {

using ir::Draft;
using ir::Event;
using ir::EventKind;

constexpr usize kind_count = static_cast<usize>(EventKind::skip) + 1;

template <class T>
using PerKind = std::array<T, kind_count>;

constexpr usize index(EventKind kind) { return static_cast<usize>(kind); }
/// Marks and units, which come first in EventKind, are the meter's; labels and branches are not.
constexpr bool is_ours(EventKind kind) { return kind <= EventKind::units; }
static_assert(static_cast<u8>(EventKind::units) == static_cast<u8>(EventKind::cut) + 1);

[[gnu::cold, gnu::noinline]] void make_large_charge(Event& event, u64 amount,
                                                    Draft& draft) noexcept {
    event.kind = EventKind::charge_large;
    event.value = draft.large.size();
    draft.large.push_back(amount);
}

/// The event becomes a charge of `amount`, or nothing where there is nothing to pay and nothing to
/// test.
inline void make_charge(Event& event, u64 amount, bool checked, Draft& draft) noexcept {
    if (amount > 0xffff'ffff) [[unlikely]]
        return make_large_charge(event, amount, draft);
    const EventKind unchecked = amount != 0 ? EventKind::charge : EventKind::none;
    event.kind = checked ? EventKind::charge_checked : unchecked;
    event.value = static_cast<u32>(amount);
}

u64 locals_price(const Draft& draft, const Schedule& schedule) noexcept {
    if (draft.local_slots <= schedule.free_locals) return 0;
    return static_cast<u64>(schedule.local) * (draft.local_slots - schedule.free_locals);
}

// ---- lockstep_1 ----

namespace region {

constexpr u8 starts = 1;  ///< a region begins, the open one ends
constexpr u8 ends = 2;    ///< the open region ends
constexpr u8 checked = 4; ///< the charge of the region that begins is tested
constexpr u8 observer = 8;

constexpr PerKind<u8> facts = [] {
    PerKind<u8> table{};
    table[index(EventKind::entry)] = starts | ends | checked;
    table[index(EventKind::after_split)] = starts | ends;
    table[index(EventKind::loop_header)] = starts | ends | checked;
    table[index(EventKind::join)] = starts | ends;
    table[index(EventKind::observer_after)] = starts | ends | checked;
    table[index(EventKind::cut)] = ends;
    table[index(EventKind::observer_before)] = observer;
    return table;
}();

u32 unit_price(Op op, const Schedule& schedule) noexcept {
    switch (op) {
    case Op::memory_grow: return schedule.grow_page;
    case Op::memory_init:
    case Op::memory_copy:
    case Op::memory_fill: return schedule.bulk_byte;
    case Op::table_init:
    case Op::table_copy:
    case Op::table_grow:
    case Op::table_fill: return schedule.table_elem;
    default: return 0;
    }
}

void meter(Draft& draft, const Schedule& schedule) noexcept {
    Event nowhere{};        // stands for the open region where code is unreachable
    Event* open = &nowhere; // the event that pays for the region
    u8 open_facts = 0;
    u64 sum = 0;
    u64 extra = schedule.entry_base + locals_price(draft, schedule);
    for (Event& event : draft.events) {
        const EventKind kind = event.kind;
        if (!is_ours(kind)) continue;
        const u8 fact = facts[index(kind)];
        event.kind = EventKind::none;
        if (kind == EventKind::units) [[unlikely]] {
            const u32 price = unit_price(static_cast<Op>(event.op), schedule);
            if (price == 0) continue;
            event.kind = EventKind::charge_units;
            draft.unit_price[event.op] = price;
            continue;
        }
        sum += event.value;
        if ((fact & observer) != 0) [[unlikely]] {
            // Charges by unit are tested; where none follows, what was charged so far is.
            if (unit_price(static_cast<Op>(event.op), schedule) == 0)
                make_charge(event, 0, true, draft);
        }
        if ((fact & ends) != 0) {
            make_charge(*open, sum, (open_facts & checked) != 0, draft);
            open = (fact & starts) != 0 ? &event : &nowhere;
            open_facts = fact;
            sum = extra;
            extra = 0;
        }
    }
    make_charge(*open, sum, (open_facts & checked) != 0, draft);
}

} // namespace region

// ---- cosmwasm ----

namespace accounting {

constexpr u8 pays = 1;      ///< of a kind and of an operator: ahead of this the sum is paid
constexpr u8 checked = 2;   ///< such a charge is tested
constexpr u8 drops = 4;     ///< the sum is dropped
constexpr u8 unpaid = 8;    ///< of a kind and of an operator: the next charge is tested
constexpr u8 observer = 16; ///< a test stands here even without a charge
constexpr u8 meets = 32;    ///< the next charge is tested, whatever the operator

template <bool if_pays>
constexpr PerKind<u8> kind_facts = [] {
    PerKind<u8> table{};
    table[index(EventKind::before)] = pays;
    table[index(EventKind::before_backward)] = pays | checked;
    table[index(EventKind::observer_before)] = pays | checked | observer;
    table[index(EventKind::observer_after)] = unpaid;
    table[index(EventKind::cut)] = drops;
    // Where `if` does not pay, the path around an arm meets its first charge behind that arm.
    if (!if_pays) table[index(EventKind::join)] = table[index(EventKind::after_split)] = meets;
    return table;
}();

template <bool if_pays>
constexpr std::array<u8, 256> op_facts = [] {
    std::array<u8, 256> table{};
    for (usize i = 0; i < wasm_op_count; ++i)
        if (is_accounting(static_cast<Op>(i), if_pays)) table[i] = pays;
    for (const Op op : {Op::call, Op::call_indirect})
        table[static_cast<usize>(op)] |= unpaid;
    return table;
}();

template <bool if_pays>
void meter(Draft& draft, const Schedule& schedule) noexcept {
    assert(!draft.events.empty() && draft.events[0].kind == EventKind::entry);
    const u64 locals = locals_price(draft, schedule);
    const bool locals_apart =
        locals != 0 && (op_facts<if_pays>[static_cast<usize>(draft.first_op)] & pays) == 0;
    u64 sum = locals_apart ? 0 : locals;
    u32 test = locals_apart ? 0 : 1; // not 0: the next charge is tested
    for (Event& event : draft.events) {
        const EventKind kind = event.kind;
        if (!is_ours(kind)) continue;
        const u32 fact = kind_facts<if_pays>[index(kind)];
        const u32 both = fact & op_facts<if_pays>[event.op];
        if ((both & pays) != 0) {
            make_charge(event, sum + event.value, (test | (fact & checked)) != 0, draft);
            sum = 0;
            test = 0;
            continue;
        }
        event.kind = EventKind::none;
        if (kind == EventKind::units) [[unlikely]]
            continue;
        sum += event.value;
        if ((fact & observer) != 0) [[unlikely]]
            make_charge(event, 0, true, draft);
        const bool dropped = (fact & drops) != 0;
        sum = dropped ? 0 : sum;
        test = (dropped ? 0 : test) | (both & unpaid) | (fact & meets);
    }
    if (locals_apart) make_charge(draft.events[0], locals, true, draft);
}

} // namespace accounting

} // namespace

void meter(Draft& draft, const Schedule& schedule) noexcept {
    switch (schedule.placement) {
    case Placement::lockstep_1: region::meter(draft, schedule); break;
    case Placement::cosmwasm:
        schedule.if_is_accounting ? accounting::meter<true>(draft, schedule)
                                  : accounting::meter<false>(draft, schedule);
        break;
    case Placement::none:
        for (Event& event : draft.events)
            if (is_ours(event.kind)) event.kind = EventKind::none;
        break;
    }
}

} // namespace lockstep::metering

// SPDX-License-Identifier: Apache-2.0
// The placement rules on hand-made marks: the worked examples of CosmWasm's rule, regions of
// lockstep-1, and which charges are tested.
#include "metering/meter.hpp"
#include "metering/test/charges.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <random>
#include <string>
#include <vector>

using namespace lockstep;
using ir::Draft;
using ir::Event;
using ir::EventKind;
using metering::Placement;
using metering::Schedule;

namespace {

Event mark(EventKind kind, Op op = Op::nop, u32 weight = 0) {
    return {0, kind, static_cast<u8>(op), weight};
}
Event entry() { return mark(EventKind::entry); }
Event before(Op op, u32 weight) { return mark(EventKind::before, op, weight); }
Event backward(Op op, u32 weight) { return mark(EventKind::before_backward, op, weight); }
Event after_split() { return mark(EventKind::after_split); }
Event cut(u32 weight = 0) { return mark(EventKind::cut, Op::nop, weight); }
Event join() { return mark(EventKind::join); }
Event label(u32 number) { return mark(EventKind::label, Op::nop, number); }

void fill(Draft& draft, std::initializer_list<Event> events) {
    draft.events.clear();
    draft.large.clear();
    for (const Event event : events)
        draft.events.push_back(event);
}

std::string metered(std::initializer_list<Event> events, const Schedule& schedule, u32 locals = 0,
                    Op first_op = Op::nop) {
    Draft draft;
    fill(draft, events);
    draft.local_slots = locals;
    draft.first_op = first_op;
    metering::meter(draft, schedule);
    CHECK_FALSE(draft.failed());
    return metering::test::charges(draft);
}

Schedule cosmwasm(u32 local = 0, bool if_is_accounting = true) {
    Schedule schedule;
    schedule.placement = Placement::cosmwasm;
    schedule.if_is_accounting = if_is_accounting;
    schedule.local = local;
    schedule.free_locals = 29;
    return schedule;
}

Schedule regions(u32 entry_base = 0, u32 local = 0) {
    Schedule schedule;
    schedule.placement = Placement::lockstep_1;
    schedule.entry_base = entry_base;
    schedule.local = local;
    return schedule;
}

const Event branch = mark(EventKind::fixup);

} // namespace

TEST_CASE("meter: cosmwasm, if with a trapping else-arm") {
    // local.get 0; if (result i32) i32.const 0; i32.load else unreachable end; end
    CHECK(metered({entry(), before(Op::if_, 1725), branch, after_split(), before(Op::else_, 1840),
                   branch, label(0), after_split(), cut(115), label(1), join(),
                   before(Op::end, 1610)},
                  cosmwasm()) ==
          "charge! 1725, branch, charge 1840, branch, label, label, charge 1610");
}

TEST_CASE("meter: cosmwasm, loop") {
    // loop; local.get 0; i32.const 1; i32.sub; local.tee 0; br_if 0; end; end
    CHECK(metered({entry(), before(Op::loop, 1610), label(0), mark(EventKind::loop_header),
                   backward(Op::br_if, 2070), branch, after_split(), before(Op::end, 1610),
                   before(Op::end, 1610)},
                  cosmwasm()) ==
          "charge! 1610, label, charge! 2070, branch, charge 1610, charge 1610");
}

TEST_CASE("meter: cosmwasm, declared locals") {
    // i32.const 0; end
    const auto constant = [](u32 locals) {
        return metered({entry(), before(Op::end, 1725)}, cosmwasm(115), locals, Op::i32_const);
    };
    CHECK(constant(0) == "charge! 1725");
    CHECK(constant(29) == "charge! 1725");
    CHECK(constant(30) == "charge! 115, charge 1725");         // 1840
    CHECK(constant(50'000) == "charge! 5746665, charge 1725"); // 5748390
    // call $empty; i32.const 0; end; with 1610 for the end of the function called
    const auto call_first = [](u32 locals) {
        return metered({entry(), before(Op::call, 1610), mark(EventKind::observer_after, Op::call),
                        before(Op::end, 1725)},
                       cosmwasm(115), locals, Op::call);
    };
    CHECK(call_first(29) == "charge! 1610, charge! 1725");        // 4945
    CHECK(call_first(30) == "charge! 1725, charge! 1725");        // 5060
    CHECK(call_first(50'000) == "charge! 5748275, charge! 1725"); // 5751610
    // A body of nothing but `end`; releases without the rule.
    CHECK(metered({entry(), before(Op::end, 1610)}, cosmwasm(115), 31, Op::end) == "charge! 1840");
    CHECK(metered({entry(), before(Op::end, 1610)}, cosmwasm(), 50'000, Op::end) == "charge! 1610");
    CHECK(metered({entry(), before(Op::end, 1725)}, cosmwasm(4'000'000'000), 31, Op::nop) ==
          "charge! 8000000000, charge 1725");
    CHECK(metered({entry(), before(Op::end, 1610)}, cosmwasm(4'000'000'000), 31, Op::end) ==
          "charge! 8000001610");
}

TEST_CASE("meter: cosmwasm, releases in which if does not pay") {
    // local.get 0; if nop else nop end; end at 150 each: what stands ahead of the if is paid in the
    // then-arm. Whoever goes round that arm meets a first charge behind it, so both are tested.
    CHECK(metered({entry(), before(Op::if_, 300), branch, after_split(), before(Op::else_, 300),
                   branch, label(0), after_split(), before(Op::end, 300), label(1), join(),
                   before(Op::end, 150)},
                  cosmwasm(0, false)) ==
          "branch, charge! 600, branch, label, charge! 300, label, charge! 150");
    // local.get 0; if unreachable end; end: the sum is dropped where the arm traps.
    CHECK(metered({entry(), before(Op::if_, 300), branch, after_split(), cut(150), label(0), join(),
                   before(Op::end, 150)},
                  cosmwasm(0, false)) == "branch, label, charge! 150");
    CHECK(metered({entry(), before(Op::call, 150), mark(EventKind::observer_after, Op::call),
                   before(Op::if_, 300), branch, after_split(), before(Op::end, 150), label(0),
                   join(), before(Op::end, 150)},
                  cosmwasm(0, false)) == "charge! 150, branch, charge! 450, label, charge! 150");
}

TEST_CASE("meter: cosmwasm, unreachable code costs nothing") {
    // block; br 0; ...; end; nop; unreachable
    CHECK(metered({entry(), before(Op::br, 1725), branch, cut(), label(0), join(), cut(230)},
                  cosmwasm()) == "charge! 1725, branch, label");
    // A call's debt ends where control does not come back: what follows is another path.
    CHECK(metered({entry(), before(Op::br_if, 1725), branch, after_split(), before(Op::call, 1610),
                   mark(EventKind::observer_after, Op::call), cut(115), label(0), join(),
                   before(Op::end, 1610)},
                  cosmwasm()) == "charge! 1725, branch, charge 1610, label, charge 1610");
}

TEST_CASE("meter: cosmwasm, calls and observers are tested") {
    // nop; br_if ...; call 1 (guest); call_indirect; call 0 (host); end
    CHECK(metered({entry(), before(Op::br_if, 1840), branch, after_split(), before(Op::call, 1610),
                   mark(EventKind::observer_after, Op::call), before(Op::call_indirect, 1725),
                   mark(EventKind::observer_after, Op::call_indirect),
                   mark(EventKind::observer_before, Op::call, 1610),
                   mark(EventKind::observer_after, Op::call), before(Op::br, 1725), branch, cut()},
                  cosmwasm()) ==
          "charge! 1840, branch, charge 1610, charge! 1725, charge! 1610, charge! 1725, branch");
    // br_if ...; i32.const 1; memory.grow; drop; end: a test alone, and the sum runs on.
    CHECK(metered({entry(), before(Op::br_if, 1725), branch, after_split(),
                   mark(EventKind::observer_before, Op::memory_grow, 230),
                   mark(EventKind::units, Op::memory_grow, 5),
                   mark(EventKind::observer_after, Op::memory_grow), before(Op::end, 1725),
                   before(Op::end, 1610)},
                  cosmwasm()) == "charge! 1725, branch, charge! 0, charge 1955, charge 1610");
}

TEST_CASE("meter: cosmwasm, sums beyond 32 bits") {
    constexpr u32 most = 0xffff'ffff;
    CHECK(metered({entry(), before(Op::nop, most), before(Op::br_if, 1), branch, after_split(),
                   before(Op::end, most), before(Op::nop, most), before(Op::nop, most),
                   before(Op::end, 2)},
                  cosmwasm()) ==
          "charge! 4294967296, branch, charge 4294967295, charge! 8589934592");
    CHECK(metered({entry(), before(Op::nop, most), cut(most), label(0), join(), before(Op::end, 7)},
                  cosmwasm()) == "label, charge 7");
}

TEST_CASE("meter: lockstep-1, regions") {
    CHECK(metered({entry(), before(Op::end, 2)}, regions(8, 1), 5) == "charge! 15");
    // if and else; both arms and the rest are regions of their own
    CHECK(
        metered({entry(), before(Op::if_, 4), branch, after_split(), before(Op::else_, 6), branch,
                 label(0), after_split(), before(Op::end, 3), label(1), join(), before(Op::end, 1)},
                regions(8)) ==
        "charge! 12, branch, charge 6, branch, label, charge 3, label, charge 1");
    // An end nobody branches to does not end a region; nor do block and br's own mark.
    CHECK(metered({entry(), before(Op::end, 4), before(Op::br, 5), branch, cut(), label(0), join(),
                   before(Op::end, 1)},
                  regions()) == "charge! 9, branch, label, charge 1");
    // A trap has paid for the region it stands in, and only for it.
    CHECK(metered({entry(), before(Op::br_if, 4), branch, after_split(), cut(7), label(0), join(),
                   before(Op::end, 1)},
                  regions()) == "charge! 4, branch, charge 7, label, charge 1");
    // A region of no weight has no charge.
    CHECK(metered({entry(), before(Op::br_if, 4), branch, after_split(), label(0), join(),
                   before(Op::end, 1)},
                  regions()) == "charge! 4, branch, label, charge 1");
    // The weight that a start mark holds belongs to what it ends.
    CHECK(metered({entry(), mark(EventKind::join, Op::nop, 3), before(Op::end, 1)}, regions()) ==
          "charge! 3, charge 1");
}

TEST_CASE("meter: lockstep-1, what is tested") {
    // Entry, loop headers and returns from calls, even at no cost; backward branches are not.
    CHECK(metered({entry(), label(0), mark(EventKind::loop_header), backward(Op::br_if, 5), branch,
                   after_split(), before(Op::call, 12), mark(EventKind::observer_after, Op::call),
                   before(Op::call_indirect, 17),
                   mark(EventKind::observer_after, Op::call_indirect), cut()},
                  regions()) ==
          "charge! 0, label, charge! 5, branch, charge 12, charge! 17, charge! 0");
    // A host call is paid for where its region begins and tested where it stands.
    CHECK(metered({entry(), before(Op::br_if, 4), branch, after_split(),
                   mark(EventKind::observer_before, Op::call, 12),
                   mark(EventKind::observer_after, Op::call), before(Op::end, 1)},
                  regions()) == "charge! 4, branch, charge 12, charge! 0, charge! 1");
}

TEST_CASE("meter: lockstep-1, sizes are paid by unit, or tested where they are free") {
    const auto observer = [](Op op, const Schedule& schedule) {
        return metered({entry(), mark(EventKind::observer_before, op, 20),
                        mark(EventKind::units, op, 3), mark(EventKind::observer_after, op),
                        before(Op::end, 1)},
                       schedule);
    };
    Schedule schedule = regions();
    schedule.grow_page = 4096;
    schedule.bulk_byte = 1;
    schedule.table_elem = 8;
    const auto priced = [](const char* price) {
        return std::string("charge! 20, charge! slot 3 * ") + price + ", charge! 1";
    };
    CHECK(observer(Op::memory_grow, schedule) == priced("4096"));
    for (const Op op : {Op::memory_fill, Op::memory_copy, Op::memory_init})
        CHECK(observer(op, schedule) == priced("1"));
    for (const Op op : {Op::table_fill, Op::table_copy, Op::table_init, Op::table_grow})
        CHECK(observer(op, schedule) == priced("8"));
    schedule.bulk_byte = 0;
    CHECK(observer(Op::memory_fill, schedule) == "charge! 20, charge! 0, charge! 1");
    CHECK(observer(Op::memory_grow, schedule) == priced("4096"));
}

TEST_CASE("meter: lockstep-1, sums beyond 32 bits") {
    constexpr u32 most = 0xffff'ffff;
    CHECK(metered({entry(), before(Op::nop, most), before(Op::br_if, 1), branch, after_split(),
                   before(Op::end, most), label(0), join(), before(Op::nop, most),
                   before(Op::end, most)},
                  regions(5)) ==
          "charge! 4294967301, branch, charge 4294967295, label, charge! 8589934590");
    CHECK(metered({entry(), before(Op::end, 1)}, regions(most, most), most) ==
          "charge! 18446744069414584321");
}

TEST_CASE("meter: without placement nothing is charged") {
    CHECK(metered({entry(), before(Op::loop, 0), label(0), mark(EventKind::loop_header),
                   mark(EventKind::observer_before, Op::memory_grow),
                   mark(EventKind::units, Op::memory_grow, 4),
                   mark(EventKind::observer_after, Op::memory_grow), backward(Op::br, 0), branch,
                   cut()},
                  metering::free_uninterruptible(), 7) == "label, branch");
}

TEST_CASE("meter: free counts operators and tests like lockstep-1") {
    CHECK(metered({entry(), before(Op::loop, 1), label(0), mark(EventKind::loop_header),
                   mark(EventKind::observer_before, Op::memory_grow, 2),
                   mark(EventKind::units, Op::memory_grow, 4),
                   mark(EventKind::observer_after, Op::memory_grow), backward(Op::br, 2), branch,
                   cut()},
                  metering::free_schedule(),
                  7) == "charge! 1, label, charge! 2, charge! 0, charge! 2, branch");
}

TEST_CASE("meter: any order of events keeps its weight, its positions and the other events") {
    std::mt19937 source(20);
    const auto random = [&source] { return static_cast<u32>(source()); };
    constexpr Op ops[] = {Op::nop,  Op::if_,  Op::end,         Op::br_if,
                          Op::loop, Op::call, Op::memory_grow, Op::memory_copy};
    const Schedule schedules[] = {cosmwasm(), cosmwasm(0, false), regions(),
                                  metering::free_uninterruptible()};
    Draft draft;
    for (u32 round = 0; round < 2000; ++round) {
        const Schedule& schedule = schedules[round % 4];
        fill(draft, {entry()});
        for (u32 i = random() % 64; i > 0; --i) {
            const auto kind = static_cast<EventKind>(1 + random() % 9);
            const u32 weight = kind == EventKind::units || random() % 4 == 0 ? 0 : random();
            const Op op = ops[random() % std::size(ops)];
            draft.events.push_back(
                {static_cast<u16>(random() % 3), kind, static_cast<u8>(op), weight});
            const auto other = static_cast<EventKind>(15 + random() % 5);
            if (random() % 4 == 0)
                draft.events.push_back({static_cast<u16>(random() % 3), other, 1, random()});
        }
        draft.events.push_back(before(Op::end, 1));
        const std::vector<Event> events(draft.events.begin(), draft.events.end());
        metering::meter(draft, schedule);
        REQUIRE(draft.events.size() == events.size());
        u64 weight = 0;
        u64 charged = 0;
        for (u32 i = 0; i < events.size(); ++i) {
            const Event& event = draft.events[i];
            REQUIRE(event.delta == events[i].delta);
            REQUIRE(event.op == events[i].op);
            REQUIRE(event.kind >= EventKind::charge);
            if (events[i].kind > EventKind::units) {
                REQUIRE(event.kind == events[i].kind);
                REQUIRE(event.value == events[i].value);
                continue;
            }
            weight += events[i].kind == EventKind::units ? 0 : events[i].value;
            switch (event.kind) {
            case EventKind::charge:
                REQUIRE(event.value != 0);
                charged += event.value;
                break;
            case EventKind::charge_checked: charged += event.value; break;
            case EventKind::charge_large:
                REQUIRE(draft.large[event.value] > 0xffff'ffff);
                charged += draft.large[event.value];
                break;
            default: REQUIRE(event.kind == EventKind::none);
            }
        }
        // What a cut dropped, or stood where code is unreachable, is all that may be missing.
        REQUIRE(charged <= weight);
        if (schedule.placement == Placement::none) REQUIRE(charged == 0);
    }
}

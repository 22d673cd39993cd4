// SPDX-License-Identifier: Apache-2.0
// Gas to the last unit: code written by hand, run with every limit.
#include "vm/test/lowering.hpp"
#include "vm/test/run_wasm.hpp"

#include <atomic>

using namespace lockstep;
using namespace lockstep::test;
using ir::make;
using ir::make32;
using ir::Record;

namespace {

Record charge(u32 amount) { return make32(Op::charge, 0, amount); }
Record charge_checked(u32 amount) { return make32(Op::charge, 1, amount); }

/// A module whose function "f", of type [i32] -> [i32], has these records instead of its own. It
/// has one declared local (slot 1) and costs 8 slots; the module has a page of memory.
std::shared_ptr<Executable> by_hand(std::initializer_list<Record> records, u32 max_frames = 10) {
    ModuleBuilder b;
    b.memory(1);
    b.export_function("f", b.function({i32_}, {i32_}, {i32_}, code(Op::local_get, 0)));
    auto executable = std::make_shared<Executable>();
    executable->module = decoded(b.build());
    for (const Record record : records)
        executable->code.records.push_back(record);
    executable->code.functions.push_back({0, 1, 6, 8, 1, 1, executable->code.records.size()});
    executable->max_frames = max_frames;
    executable->max_slots = 1'000;
    return executable;
}

struct Ending {
    Trap trap;
    u64 gas_used;
    friend bool operator==(const Ending&, const Ending&) = default;
};
std::ostream& operator<<(std::ostream& out, const Ending& ending) {
    return out << text_of(ending.trap) << " after " << ending.gas_used;
}

result<Outcome> try_run(const std::shared_ptr<const Executable>& executable, u32 argument,
                        const CallOptions& options, TrapsMode traps = TrapsMode::explicit_checks) {
    Store store(traps);
    Instance& instance = *store.instantiate(executable, {}, {}).value().instance;
    const Value args[] = {i32_value(argument)};
    result<Outcome> outcome = store.call(*instance.find_function("f"), args, options);
    const bool ends_it = outcome.has_error() || outcome.value().trap == Trap::out_of_gas;
    CHECK(instance.poisoned() == ends_it);
    return outcome;
}

Ending run(const std::shared_ptr<const Executable>& executable, u32 argument, u64 limit) {
    const Outcome outcome = try_run(executable, argument, {.gas_limit = limit}).value();
    return {outcome.trap, outcome.gas_used};
}

} // namespace

TEST_CASE("interpret: a trap has used what was charged before it, out of gas the limit") {
    const auto divide = by_hand({charge_checked(5), charge(3), make(Op::i32_div_u, 1, 0, 0),
                                 charge(2), make(Op::return_, 0, 1, 1)});
    CHECK(run(divide, 1, 100) == Ending{Trap::none, 10});
    CHECK(run(divide, 0, 100) == Ending{Trap::integer_divide_by_zero, 8});
    for (u64 limit = 0; limit < 12; ++limit) {
        CHECK(run(divide, 1, limit) ==
              (limit < 10 ? Ending{Trap::out_of_gas, limit} : Ending{Trap::none, 10}));
        // Where both are true, out of gas.
        CHECK(run(divide, 0, limit) == (limit < 8 ? Ending{Trap::out_of_gas, limit}
                                                  : Ending{Trap::integer_divide_by_zero, 8}));
    }
}

TEST_CASE("interpret: a charge that need not be tested gives the same as one that is") {
    // A loop of argument turns with a division by (argument - 3) behind it.
    const auto loop = [](bool checked) {
        const auto pay = [&](u32 amount) {
            return checked ? charge_checked(amount) : charge(amount);
        };
        return by_hand({charge_checked(1), make(Op::copy, 1, 0), charge_checked(2),
                        make(Op::i32_sub, 1, 1, 1, ir::form_short), pay(3), pay(0),
                        make(Op::i32_ne, 0, 1, 0, ir::form_branch | ir::form_short),
                        ir::word(ir::pair(2, 0)), pay(7),
                        make(Op::i32_sub, 1, 0, 3, ir::form_short), make(Op::i32_div_s, 1, 0, 1),
                        pay(4), make(Op::return_, 0, 1, 1)});
    };
    const auto tested = loop(true);
    const auto untested = loop(false);
    CHECK(run(tested, 2, 1'000) == Ending{Trap::none, 1 + 2 * 5 + 11});
    CHECK(run(tested, 3, 1'000) == Ending{Trap::integer_divide_by_zero, 1 + 3 * 5 + 7});
    for (u32 argument = 1; argument < 5; ++argument)
        for (u64 limit = 0; limit < 40; ++limit)
            CHECK(run(untested, argument, limit) == run(tested, argument, limit));
}

TEST_CASE("interpret: amounts and limits up to the whole of 64 bits") {
    const auto take = [](u64 amount) {
        return by_hand({make(Op::charge_word, 1), ir::word(amount), make(Op::return_, 0, 0, 1)});
    };
    constexpr u64 all = ~u64{0};
    for (const u64 amount :
         {u64{1} << 32, u64{1} << 62, (u64{1} << 62) + 1, u64{1} << 63, all - 1, all}) {
        CHECK(run(take(amount), 0, amount) == Ending{Trap::none, amount});
        CHECK(run(take(amount), 0, all) == Ending{Trap::none, amount});
        CHECK(run(take(amount), 0, amount - 1) == Ending{Trap::out_of_gas, amount - 1});
        CHECK(run(take(amount), 0, 0) == Ending{Trap::out_of_gas, 0});
    }
    const auto twice =
        by_hand({make(Op::charge_word, 1), ir::word(all), charge(1), make(Op::return_, 0, 0, 1)});
    CHECK(run(twice, 0, all) == Ending{Trap::out_of_gas, all});
    // Small charges go on behind a slice of the counter.
    const auto over = by_hand({make(Op::charge_word, 1), ir::word((u64{1} << 62) - 3), charge(5),
                               charge_checked(0xffff'ffff), make(Op::return_, 0, 0, 1)});
    CHECK(run(over, 0, all) == Ending{Trap::none, (u64{1} << 62) + 2 + 0xffff'ffff});
    CHECK(run(over, 0, (u64{1} << 62) + 1) == Ending{Trap::out_of_gas, (u64{1} << 62) + 1});
}

TEST_CASE("interpret: units are paid before the operator looks at its bounds") {
    // memory.fill of `argument` bytes at 65,535, 7 a byte; the length is in slot 4.
    const auto fill =
        by_hand({charge_checked(1), make(Op::const_u32, 2, 0xffff), make32(Op::const_u32, 3, 1),
                 make(Op::copy, 4, 0), make(Op::charge_units, 1, 4), ir::word(7),
                 make(Op::memory_fill, 0, 2), ir::word(0), make(Op::return_, 0, 4, 1)});
    CHECK(run(fill, 0, 1) == Ending{Trap::none, 1});
    CHECK(run(fill, 1, 8) == Ending{Trap::none, 8});
    CHECK(run(fill, 2, 15) == Ending{Trap::memory_out_of_bounds, 15});
    CHECK(run(fill, 2, 14) == Ending{Trap::out_of_gas, 14});
    CHECK(run(fill, 0xffff'ffff, ~u64{0}) ==
          Ending{Trap::memory_out_of_bounds, 1 + u64{0xffff'ffff} * 7});
    // As many units at the highest price: more than 64 bits.
    const auto dear =
        by_hand({make(Op::charge_units, 1, 0), ir::word(~u64{0}), make(Op::return_, 0, 0, 1)});
    CHECK(run(dear, 1, ~u64{0}) == Ending{Trap::none, ~u64{0}});
    CHECK(run(dear, 2, ~u64{0}) == Ending{Trap::out_of_gas, ~u64{0}});
    CHECK(run(dear, 0xffff'ffff, 5) == Ending{Trap::out_of_gas, 5});
}

TEST_CASE(
    "interpret: a call that exhausts the stack has paid for itself, and out of gas comes first") {
    const auto recursion =
        by_hand({charge_checked(3), charge(4), make(Op::call, 2), make(Op::return_, 0, 0, 1)}, 5);
    constexpr u64 paid = u64{5} * (3 + 4);
    CHECK(run(recursion, 0, 1'000) == Ending{Trap::stack_overflow, paid});
    CHECK(run(recursion, 0, paid) == Ending{Trap::stack_overflow, paid});
    for (u64 limit = 0; limit < paid; ++limit)
        CHECK(run(recursion, 0, limit) == Ending{Trap::out_of_gas, limit});
}

TEST_CASE("interpret: an endless loop is cancelled, however much gas there is") {
    const auto loop = by_hand({charge_checked(1'000), make32(Op::jump, 0, 0)});
    const std::atomic<bool> cancel{true};
    const result<Outcome> cancelled = try_run(loop, 0, {.gas_limit = ~u64{0}, .cancel = &cancel});
    REQUIRE(cancelled.has_error());
    CHECK(cancelled.error().code == Errc::interrupted);
    CHECK(is_fault(cancelled.error()));
    // Without the flag the limit ends it.
    CHECK(run(loop, 0, 999'999) == Ending{Trap::out_of_gas, 999'999});
}

TEST_CASE("interpret: gas that is not reported still bounds the call") {
    const auto executable = by_hand({charge_checked(5), make(Op::return_, 0, 0, 1)});
    executable->gas_reported = false;
    CHECK(run(executable, 0, 5) == Ending{Trap::none, 0});
    CHECK(run(executable, 0, 4) == Ending{Trap::out_of_gas, 0});
}

TEST_CASE("interpret: a record that has no meaning is a fault of ours, not a result") {
    for (const Record record :
         {make(Op::block), make(Op::trace), make(Op::i32_add, 0, 0, 0, ir::form_branch),
          make(Op::f32_add, 0, 0, 0, ir::form_short), make(Op::i32_const),
          Record{0x0fff, 0, 0, 0}}) {
        const auto executable = by_hand({record, make(Op::return_, 0, 0, 1)});
        for (const TrapsMode traps : {TrapsMode::explicit_checks, TrapsMode::signals}) {
            if (traps == TrapsMode::signals && !guard_faults_supported) continue;
            const result<Outcome> outcome = try_run(executable, 0, {.gas_limit = 5}, traps);
            REQUIRE(outcome.has_error());
            CHECK(outcome.error().code == Errc::internal_bug);
        }
    }
}

TEST_CASE("interpret: wide moves any records may follow it that have far slots, and no others") {
    const auto wide =
        by_hand({make(Op::const_u32, 1, 77), make(Op::wide), make(Op::copy, 2, 1), make(Op::wide),
                 make(Op::copy_range, 3, 1, 2), make(Op::wide), make(Op::return_range, 0, 4, 1)});
    CHECK(try_run(wide, 0, {}).value().values[0] == i32_value(77));
    const auto bad = by_hand({make(Op::wide), make(Op::i32_clz, 1, 0), make(Op::return_, 0, 0, 1)});
    CHECK(try_run(bad, 0, {}).error().code == Errc::internal_bug);
}

// SPDX-License-Identifier: Apache-2.0
// Calls, the limits of the call stack, calls from instance to instance.
#include "vm/test/lowering.hpp"
#include "vm/test/run_wasm.hpp"

using namespace lockstep;
using namespace lockstep::test;

namespace {

const Bytes get0 = code(Op::local_get, 0);
const Bytes get1 = code(Op::local_get, 1);

/// A function that calls `what` as long as its parameter is not 0, with the parameter less one.
Bytes countdown(const Bytes& what) {
    return code(get0, Op::if_, no_result, get0, Op::i32_const, 1, Op::i32_sub, what, Op::end);
}

} // namespace

TEST_CASE("interpret: arguments and results in order, and recursion") {
    in_both_modes([](Store& store) {
        ModuleBuilder b;
        const u32 three = b.function({i32_, i64_, f64_}, {f64_, i32_, i64_}, {},
                                     code(Op::local_get, 2, get0, get1));
        b.export_function("three", b.function({}, {f64_, i32_, i64_}, {},
                                              code(Op::i32_const, 1, Op::i64_const, 2,
                                                   Op::f64_const, raw(3.0), Op::call, three)));
        const u32 fib = three + 2;
        b.export_function("fib",
                          b.function({i32_}, {i64_}, {},
                                     code(get0, Op::i32_const, 2, Op::i32_lt_u, Op::if_, i64_, get0,
                                          Op::i64_extend_i32_u, Op::else_, get0, Op::i32_const, 1,
                                          Op::i32_sub, Op::call, fib, get0, Op::i32_const, 2,
                                          Op::i32_sub, Op::call, fib, Op::i64_add, Op::end)));
        Instance& instance = *instantiate(store, b).instance;
        const Outcome outcome = call(instance, "three");
        REQUIRE(outcome.values.size() == 3);
        CHECK(outcome.values[0] == Value::from_f64(3));
        CHECK(outcome.values[1] == i32_value(1));
        CHECK(outcome.values[2] == Value::from_i64(2));
        CHECK(call(instance, "fib", {i32_value(20)}).values[0] == Value::from_i64(6'765));
    });
}

TEST_CASE("interpret: frames and slots end at their limits, whatever makes the call") {
    const u32 self = 0;
    for (const Bytes& what :
         {code(Op::call, self), code(Op::i32_const, 0, Op::call_indirect, 0, 0)}) {
        ModuleBuilder b;
        b.export_function("f", b.function({i32_}, {}, {i64_, i64_}, countdown(what)));
        b.table(1);
        b.element(i32_init(0), {self});
        const u32 cost = compile(b.build())->code.functions[0].cost;
        CHECK(cost == 4 + 3 + (what.size() == 2 ? 2 : 2));
        const auto depth = [&](const CompileOptions& options) {
            Store store;
            Instance& instance = *instantiate(store, b, {}, options).instance;
            u32 n = 0;
            while (trap_of(instance, "f", {i32_value(n)}) == Trap::none)
                ++n;
            CHECK(trap_of(instance, "f", {i32_value(n)}) == Trap::stack_overflow);
            CHECK(trap_of(instance, "f", {i32_value(n - 1)}) == Trap::none); // nothing leaks
            return n;
        };
        CHECK(depth({.max_frames = 9}) == 9);
        CHECK(depth({.max_slots = 9 * cost}) == 9);
        CHECK(depth({.max_slots = 10 * cost - 1}) == 9);
    }
    ModuleBuilder b;
    b.export_function("f", b.function({}, {}, {}, {}));
    Store store;
    CHECK(trap_of(*instantiate(store, b, {}, {.max_slots = 3}).instance, "f") ==
          Trap::stack_overflow);
    Store enough;
    CHECK(trap_of(*instantiate(enough, b, {}, {.max_slots = 4}).instance, "f") == Trap::none);
}

TEST_CASE("interpret: a tail call takes its caller's place") {
    // even and odd by turns, the second with more locals and operands; an accumulator; a table.
    ModuleBuilder b;
    const u32 even = 0;
    const u32 odd = 1;
    const Bytes less = code(get0, Op::i32_const, 1, Op::i32_sub);
    b.function({i32_}, {i32_}, {},
               code(get0, Op::i32_eqz, Op::if_, no_result, Op::i32_const, 1, Op::return_, Op::end,
                    less, Op::return_call, odd));
    b.function({i32_}, {i32_}, Types(20, i64_),
               code(get0, Op::i32_eqz, Op::if_, no_result, Op::i32_const, 0, Op::return_, Op::end,
                    Op::i32_const, 9, Op::i32_const, 9, less, Op::i32_const, 0,
                    Op::return_call_indirect, 0, 0));
    b.export_function("even", even);
    b.export_function("calls_even", b.function({i32_}, {i32_}, {}, code(get0, Op::call, even)));
    b.table(1);
    b.element(i32_init(0), {even});
    const ir::Code code_of_all = lowered(decoded(b.build()));
    const u32 cost = std::max(code_of_all.functions[0].cost, code_of_all.functions[1].cost);
    in_both_modes([&](Store& store) {
        Instance& instance =
            *instantiate(store, b, {}, {.max_frames = 1, .max_slots = cost}).instance;
        CHECK(call_i32(instance, "even", {i32_value(100'000)}) == 1);
        CHECK(call_i32(instance, "even", {i32_value(100'001)}) == 0);
        CHECK(trap_of(instance, "calls_even", {i32_value(0)}) == Trap::stack_overflow);
    });
    // Only the callee has to fit, but it has to.
    Store store;
    Instance& small = *instantiate(store, b, {}, {.max_slots = cost - 1}).instance;
    CHECK(call_i32(small, "even", {i32_value(0)}) == 1);
    CHECK(trap_of(small, "even", {i32_value(1)}) == Trap::stack_overflow);
    CHECK(call_i32(small, "even", {i32_value(0)}) == 1);
    // Inside a call the caller's frame comes back whole.
    Store two;
    Instance& called = *instantiate(two, b, {}, {.max_frames = 2}).instance;
    for (u32 i = 0; i < 3; ++i)
        CHECK(call_i32(called, "calls_even", {i32_value(1'001)}) == 0);
}

TEST_CASE("interpret: a tail call of a host function returns to the caller") {
    ModuleBuilder b;
    const u32 host = b.import_function("m", "f", {i32_, i32_}, {i32_, i32_});
    const u32 direct = b.function(
        {i32_}, {i32_, i32_}, {i64_},
        code(Op::i64_const, 5, Op::local_set, 1, get0, Op::i32_const, 9, Op::return_call, host));
    const u32 through_table = b.function({i32_}, {i32_, i32_}, {},
                                         code(Op::i32_const, 7, get0, Op::i32_const, 9,
                                              Op::i32_const, 0, Op::return_call_indirect, 0, 0));
    for (const u32 callee : {direct, through_table})
        b.export_function(
            callee == direct ? "direct" : "table",
            b.function({i32_}, {i32_}, {},
                       code(Op::i32_const, 60, get0, Op::call, callee, Op::i32_sub, Op::i32_add)));
    b.export_function("bare", direct);
    b.table(1);
    b.element(i32_init(0), {host});
    const HostFunction swap{{{i32_, i32_}, {i32_, i32_}}, [](HostCall& call) {
                                std::swap(call.slots()[0], call.slots()[1]);
                                return HostStatus::ok;
                            }};
    in_both_modes([&](Store& store) {
        Instance& instance = *instantiate(store, b, {&swap}, {.max_frames = 2}).instance;
        for (const char* name : {"direct", "table"})
            CHECK(call_i32(instance, name, {i32_value(3)}) == 60 + 9 - 3);
        CHECK(call(instance, "bare", {i32_value(3)}).values[1] == i32_value(3));
    });
}

TEST_CASE(
    "interpret: code runs with its own memory, globals and table, through any call and back") {
    // Each instance names itself in byte 0 of its memory, in global 0 and by the only function of
    // its table.
    const auto module = [](u8 number, bool imports) {
        ModuleBuilder b;
        b.type({}, {i32_});
        const u32 other = imports ? b.import_function("m", "who", {}, {i32_}) : 0;
        const u32 tail = imports ? b.import_function("m", "tail", {}, {i32_}) : 0;
        const u32 me = b.function({}, {i32_}, {}, code(Op::i32_const, sleb(number)));
        // memory * 100 + global * 10 + table
        const u32 who =
            b.function({}, {i32_}, {},
                       code(Op::i32_const, 0, Op::i32_load8_u, 0, 0, Op::i32_const, sleb(100),
                            Op::i32_mul, Op::global_get, 0, Op::i32_const, 10, Op::i32_mul,
                            Op::i32_add, Op::i32_const, 0, Op::call_indirect, 0, 0, Op::i32_add));
        b.export_function("who", who);
        b.export_function("tail", b.function({}, {i32_}, {}, code(Op::return_call, who)));
        b.memory(1);
        b.data(i32_init(0), std::string_view(reinterpret_cast<const char*>(&number), 1));
        b.global(i32_, true, i32_init(number));
        b.table(3);
        if (imports) {
            b.element(i32_init(0), {me, other, tail});
            const Bytes thousand =
                code(Op::i32_const, sleb(1'000), Op::i32_mul, Op::call, who, Op::i32_add);
            b.export_function("call", b.function({}, {i32_}, {}, code(Op::call, other, thousand)));
            b.export_function("call tail",
                              b.function({}, {i32_}, {}, code(Op::call, tail, thousand)));
            b.export_function(
                "indirect", b.function({}, {i32_}, {},
                                       code(Op::i32_const, 1, Op::call_indirect, 0, 0, thousand)));
            const u32 leave = b.function({}, {i32_}, {}, code(Op::return_call, other));
            const u32 leave_indirect =
                b.function({}, {i32_}, {}, code(Op::i32_const, 2, Op::return_call_indirect, 0, 0));
            b.export_function("call leave",
                              b.function({}, {i32_}, {}, code(Op::call, leave, thousand)));
            b.export_function("call leave indirect",
                              b.function({}, {i32_}, {}, code(Op::call, leave_indirect, thousand)));
            b.export_function("leave", leave);
        } else {
            b.element(i32_init(0), {me});
        }
        return b;
    };
    in_both_modes([&](Store& store) {
        Instance& one = *instantiate(store, module(1, false)).instance;
        Instance& two = *instantiate(store, module(2, true),
                                     {one.find_function("who"), one.find_function("tail")})
                             .instance;
        CHECK(call_i32(one, "who") == 111);
        CHECK(call_i32(two, "who") == 222);
        CHECK(call_i32(two, "leave") == 111);
        for (const char* name :
             {"call", "call tail", "indirect", "call leave", "call leave indirect"}) {
            CAPTURE(name);
            CHECK(call_i32(two, name) == 111'222);
        }
    });
}

TEST_CASE("interpret: a trap in another instance is placed there, and both stay usable") {
    in_both_modes([](Store& store) {
        ModuleBuilder callee;
        callee.memory(1);
        callee.export_function(
            "f", callee.function({i32_}, {i32_}, {}, code(get0, Op::i32_load8_u, 0, 0)));
        Instance& one = *instantiate(store, callee).instance;
        ModuleBuilder caller;
        caller.import_function("m", "f", {i32_}, {i32_});
        caller.memory(2);
        caller.export_function(
            "f", caller.function({i32_}, {i32_}, {},
                                 code(get0, Op::call, 0, Op::drop, get0, Op::i32_load8_u, 0, 0)));
        Instance& two = *instantiate(store, caller, {one.find_function("f")}).instance;
        for (u32 i = 0; i < 2; ++i) {
            const Outcome outcome = call(two, "f", {i32_value(65'536)});
            CHECK(outcome.trap == Trap::memory_out_of_bounds);
            CHECK(outcome.trap_function == 0); // of `one`, where function 0 is no import
            CHECK(call(two, "f", {i32_value(65'535)}).trap == Trap::none);
        }
        CHECK_FALSE(one.poisoned());
        CHECK_FALSE(two.poisoned());
    });
}

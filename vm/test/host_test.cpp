// SPDX-License-Identifier: Apache-2.0
#include "vm/host.hpp"

#include "vm/runtime.hpp"
#include "vm/test/run_wasm.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace lockstep {
using namespace test;
namespace {

/// A module that imports `type` as function 0 and exports "run", which hands its parameters on.
ModuleBuilder forwarder(const Types& params, const Types& results, bool tail = false) {
    ModuleBuilder b;
    b.import_function("m", "f", params, results);
    Bytes body;
    for (u32 i = 0; i < params.size(); ++i)
        append(body, code(Op::local_get, i));
    append(body, code(tail ? Op::return_call : Op::call, 0));
    b.export_function("run", b.function(params, results, {}, body));
    return b;
}

HostFunction host(FuncType type, std::function<HostStatus(HostCall&)> function) {
    return {std::move(type), std::move(function)};
}

/// Rounds upwards and flushes subnormals.
#if defined(__x86_64__)
constexpr u64 odd_mode = 0x1f80 | 0x4000 | 0x8040;
#else
constexpr u64 odd_mode = 0x0140'0000;
#endif

Errc fault_of(std::function<HostStatus(HostCall&)> function) {
    Store store;
    const HostFunction f = host({}, std::move(function));
    Instance& instance = *instantiate(store, forwarder({}, {}), {&f}).instance;
    const result<Outcome> outcome = try_call(instance, "run");
    REQUIRE(outcome.has_error());
    CHECK(is_fault(outcome.error()));
    CHECK(instance.poisoned());
    CHECK(try_call(instance, "run").error().code == Errc::instance_poisoned);
    return outcome.error().code;
}

} // namespace

TEST_CASE("host: arguments and results") {
    const Types params{i32_, i64_, f64_};
    const HostFunction f = host({params, {i64_, i32_}}, [](HostCall& call) {
        const u64 sum = call.arg_i32(0) + call.arg_i64(1);
        const auto scaled = static_cast<u32>(std::bit_cast<f64>(call.slots()[2]) * 2);
        call.slots()[0] = sum;
        call.slots()[1] = scaled;
        return HostStatus::ok;
    });
    for (const bool tail : {false, true}) {
        Store store;
        Instance& instance =
            *instantiate(store, forwarder(params, {i64_, i32_}, tail), {&f}).instance;
        const Outcome outcome = call(
            instance, "run", {i32_value(1), Value::from_i64(1ull << 33), Value::from_f64(2.5)});
        REQUIRE(outcome.values.size() == 2);
        CHECK(outcome.values[0].i64() == (1ull << 33) + 1);
        CHECK(outcome.values[1].i32() == 5);
    }
}

TEST_CASE("host: a function of the Store can be called from outside") {
    Store store;
    const Func* f = store
                        .add_function(host({{i32_}, {i32_}},
                                           [](HostCall& call) {
                                               call.return_i32(call.arg_i32(0) + 1);
                                               CHECK(call.memory().empty());
                                               return HostStatus::ok;
                                           }))
                        .value();
    const Value arg = i32_value(4);
    const result<Outcome> outcome = store.call(*f, std::span(&arg, 1), {.gas_limit = 10});
    REQUIRE(outcome.has_value());
    CHECK(outcome.value().values[0].i32() == 5);
    CHECK(outcome.value().gas_used == 0);
}

TEST_CASE("host: memory of the caller, user pointer, growth by the host's callee") {
    Store store;
    int state = 0;
    const HostFunction f = host({{}, {}}, [&](HostCall& call) {
        CHECK(call.user() == &state);
        REQUIRE(call.memory().size() == page_size);
        call.memory()[3] = 42;
        CHECK(call.caller().instance->memory()->linear.pages() == 1);
        return HostStatus::ok;
    });
    ModuleBuilder b;
    b.import_function("m", "f", {}, {});
    b.memory(1);
    b.export_function(
        "run",
        b.function({}, {i32_}, {}, code(Op::call, 0, Op::i32_const, 3, Op::i32_load8_u, 0, 0)));
    Instance& instance = *instantiate(store, b, {&f}).instance;
    const result<Outcome> outcome =
        store.call(*instance.find_function("run"), {}, {.gas_limit = 1, .user = &state});
    REQUIRE(outcome.has_value());
    CHECK(outcome.value().values[0].i32() == 42);
}

TEST_CASE("host: traps") {
    Store store;
    Trap wanted = Trap::none;
    const HostFunction f = host({}, [&](HostCall& call) { return call.trap(wanted); });
    Instance& instance = *instantiate(store, forwarder({}, {}), {&f}).instance;
    for (const Trap trap : {Trap::host_error, Trap::host_out_of_gas, Trap::unreachable}) {
        wanted = trap;
        const Outcome outcome = call(instance, "run");
        CHECK(outcome.trap == trap);
        CHECK(outcome.gas_used == 0);
    }
    CHECK_FALSE(instance.poisoned());
    wanted = Trap::none; // a trap without a trap
    CHECK(call(instance, "run").trap == Trap::host_error);
}

TEST_CASE("host: faults, exceptions included") {
    CHECK(fault_of([](HostCall& call) { return call.fault({Errc::io_failure}); }) ==
          Errc::io_failure);
    CHECK(fault_of([](HostCall&) { return HostStatus::fault; }) == Errc::host_fault);
    CHECK(fault_of([](HostCall&) { return HostStatus::suspend; }) == Errc::internal_bug);
    CHECK(fault_of([](HostCall& call) {
              (void)call.fault({Errc::io_failure});
              return HostStatus::ok; // too late
          }) == Errc::io_failure);
    // An Error that is no Fault must not become the caller's verdict.
    CHECK(fault_of([](HostCall& call) { return call.fault({Errc::type_mismatch}); }) ==
          Errc::host_fault);
    CHECK(fault_of([](HostCall&) -> HostStatus { throw std::bad_alloc(); }) == Errc::out_of_memory);
    CHECK(fault_of([](HostCall&) -> HostStatus { throw std::length_error("x"); }) ==
          Errc::out_of_memory);
    CHECK(fault_of([](HostCall&) -> HostStatus { throw std::runtime_error("x"); }) ==
          Errc::host_fault);
    CHECK(fault_of([](HostCall&) -> HostStatus { throw 1; }) == Errc::host_fault);
    CHECK(fault_of(nullptr) == Errc::host_fault);
}

TEST_CASE("host: gas is seen and charged") {
    Store store;
    u64 seen = 0;
    u64 amount = 0;
    bool enough = true;
    const HostFunction f = host({}, [&](HostCall& call) {
        seen = call.gas_left();
        enough = call.charge(amount);
        return enough ? HostStatus::ok : call.trap(Trap::host_out_of_gas);
    });
    Instance& instance = *instantiate(store, forwarder({}, {}), {&f}, {.price = 10}).instance;
    amount = 90;
    CHECK(call(instance, "run", {}, 100).gas_used == 100);
    CHECK(seen == 90);
    CHECK(enough);
    amount = 91;
    const Outcome poor = call(instance, "run", {}, 100);
    CHECK(poor.trap == Trap::host_out_of_gas);
    CHECK(poor.gas_used == 100);
    CHECK_FALSE(enough);
    amount = ~u64{0} - 11;
    const Outcome rich = call(instance, "run", {}, ~u64{0});
    CHECK(rich.trap == Trap::none);
    CHECK(seen == ~u64{0} - 10);
    CHECK(rich.gas_used == ~u64{0} - 1);

    const HostFunction set = host({}, [&](HostCall& call) {
        call.set_gas_left(7);
        return HostStatus::ok;
    });
    Instance& other = *instantiate(store, forwarder({}, {}), {&set}, {.price = 10}).instance;
    CHECK(call(other, "run", {}, 100).gas_used == 93);
}

TEST_CASE("host: a call into the guest and back") {
    Store store;
    ModuleBuilder b;
    b.import_function("m", "apply", {i32_}, {i32_});
    b.table(1);
    // double(x) = 2x; run(x) = 100 + apply(x), where the host calls double twice.
    const u32 doubling =
        b.function({i32_}, {i32_}, {}, code(Op::local_get, 0, Op::i32_const, 2, Op::i32_mul));
    b.export_function("double", doubling);
    b.export_function("run", b.function({i32_}, {i32_}, {},
                                        code(Op::i32_const, sleb(100), Op::local_get, 0, Op::call,
                                             0, Op::i32_add)));
    const HostFunction apply = host({{i32_}, {i32_}}, [](HostCall& call) {
        const Func& function = *call.caller().instance->find_function("double");
        Slot value = call.arg_i32(0);
        for (int i = 0; i < 2; ++i) {
            const u32 frames = call.activation().frames_left;
            const u32 slots = call.activation().slots_left;
            const HostStatus status =
                call.call_guest(function, std::span(&value, 1), std::span(&value, 1));
            CHECK(call.activation().frames_left == frames);
            CHECK(call.activation().slots_left == slots);
            if (status != HostStatus::ok) return status;
        }
        CHECK(call.arg_i32(0) == 5); // the arguments are as they were
        call.return_i32(static_cast<u32>(value));
        return HostStatus::ok;
    });
    Instance& instance = *instantiate(store, b, {&apply}, {.price = 1}).instance;
    const Outcome outcome = call(instance, "run", {i32_value(5)});
    CHECK(outcome.trap == Trap::none);
    CHECK(outcome.values[0].i32() == 120);
    CHECK(outcome.gas_used == 3);
    CHECK(call(instance, "run", {i32_value(5)}, 2).trap == Trap::out_of_gas);
    CHECK(instance.poisoned());
}

TEST_CASE("host: recursion through the host ends at the nesting limit") {
    Store store;
    u32 depth = 0;
    u32 deepest = 0;
    const HostFunction recurse = host({{}, {}}, [&](HostCall& call) {
        deepest = std::max(deepest, ++depth);
        const HostStatus status =
            call.call_guest(*call.caller().instance->find_function("run"), {}, {});
        --depth;
        return status;
    });
    Instance& instance =
        *instantiate(store, forwarder({}, {}), {&recurse}, {.max_nesting = 5}).instance;
    for (int i = 0; i < 2; ++i) {
        deepest = 0;
        CHECK(call(instance, "run").trap == Trap::stack_overflow);
        CHECK(deepest == 6); // the outermost call and five inside one another
        CHECK(depth == 0);
    }
}

TEST_CASE("host: frames and slots go on counting through the host") {
    ModuleBuilder b = forwarder({}, {});
    const u32 cost = compile(b.build())->code.functions[0].cost;
    const auto deepest = [&](const CompileOptions& options) {
        Store store;
        u32 calls = 0;
        const HostFunction recurse = host({{}, {}}, [&](HostCall& call) {
            ++calls;
            return call.call_guest(*call.caller().instance->find_function("run"), {}, {});
        });
        Instance& instance = *instantiate(store, b, {&recurse}, options).instance;
        CHECK(call(instance, "run").trap == Trap::stack_overflow);
        return calls;
    };
    CHECK(deepest({.max_frames = 3, .max_nesting = 100}) == 3);
    CHECK(deepest({.max_slots = 7 * cost, .max_nesting = 100}) == 7);
}

TEST_CASE("host: a host function calls another one, and itself") {
    Store store;
    const HostFunction add = host({{i32_, i32_}, {i32_}}, [](HostCall& call) {
        call.return_i32(call.arg_i32(0) + call.arg_i32(1));
        return HostStatus::ok;
    });
    const HostFunction outer = host({{i32_}, {i32_}}, [](HostCall& call) {
        const Slot args[] = {call.arg_i32(0), 30};
        Slot sum = 0;
        const HostStatus status =
            call.call_guest(call.caller().instance->function(1), args, std::span(&sum, 1));
        call.return_i32(static_cast<u32>(sum));
        return status;
    });
    ModuleBuilder b;
    b.import_function("m", "outer", {i32_}, {i32_});
    b.import_function("m", "add", {i32_, i32_}, {i32_});
    b.export_function("run", b.function({}, {i32_}, {}, code(Op::i32_const, 12, Op::call, 0)));
    Instance& instance = *instantiate(store, b, {&outer, &add}).instance;
    CHECK(call_i32(instance, "run") == 42);

    // Endless recursion in the host, with 3 slots a level.
    const HostFunction endless = host({{i32_, i32_, i32_}, {}}, [](HostCall& call) {
        const Slot args[3] = {};
        return call.call_guest(call.caller().instance->function(0), args, {});
    });
    ModuleBuilder self;
    self.import_function("m", "f", {i32_, i32_, i32_}, {});
    self.export_function("run", self.function({}, {}, {},
                                              code(Op::i32_const, 0, Op::i32_const, 0,
                                                   Op::i32_const, 0, Op::call, 0)));
    for (const CompileOptions& options :
         {CompileOptions{.max_nesting = 3}, CompileOptions{.max_slots = 20, .max_nesting = 1000}}) {
        Store other;
        Instance& recursive = *instantiate(other, self, {&endless}, options).instance;
        CHECK(call(recursive, "run").trap == Trap::stack_overflow);
    }
}

TEST_CASE("host: a guest's trap inside a host function ends the whole call") {
    Store store;
    ModuleBuilder b;
    b.import_function("m", "f", {}, {});
    b.export_function("bad", b.function({}, {}, {}, code(Op::unreachable)));
    b.export_function("run", b.function({}, {}, {}, code(Op::call, 0)));
    bool swallow = false;
    const HostFunction f = host({{}, {}}, [&](HostCall& call) {
        const HostStatus status =
            call.call_guest(*call.caller().instance->find_function("bad"), {}, {});
        CHECK(status == HostStatus::trap);
        CHECK(call.activation().trap == Trap::unreachable);
        return swallow ? HostStatus::ok : status;
    });
    Instance& instance = *instantiate(store, b, {&f}).instance;
    for (const bool each : {false, true}) {
        swallow = each;
        CHECK(call(instance, "run").trap == Trap::unreachable);
    }
    // Arguments that do not fit are the host's bug.
    const HostFunction wrong = host({{}, {}}, [&](HostCall& call) {
        const Slot arg = 0;
        return call.call_guest(*call.caller().instance->find_function("bad"), std::span(&arg, 1),
                               {});
    });
    Instance& other = *instantiate(store, b, {&wrong}).instance;
    CHECK(try_call(other, "run").error().code == Errc::host_fault);
}

TEST_CASE("host: memory that grows inside call_guest is seen by host and guest") {
    Store store;
    ModuleBuilder b;
    b.import_function("m", "f", {}, {});
    b.memory(1);
    b.export_function("grow",
                      b.function({}, {}, {}, code(Op::i32_const, 1, Op::memory_grow, 0, Op::drop)));
    b.export_function(
        "run", b.function({}, {i32_}, {},
                          code(Op::call, 0, Op::i32_const, sleb(65536), Op::i32_load8_u, 0, 0)));
    const HostFunction f = host({{}, {}}, [&](HostCall& call) {
        const HostStatus status =
            call.call_guest(*call.caller().instance->find_function("grow"), {}, {});
        REQUIRE(call.memory().size() == 2 * page_size);
        call.memory()[page_size] = 9;
        return status;
    });
    Instance& instance = *instantiate(store, b, {&f}).instance;
    CHECK(call_i32(instance, "run") == 9);
}

TEST_CASE("host: the cancel flag ends a guest that loops") {
    ModuleBuilder b;
    b.export_function("loop", b.function({}, {}, {}, code(Op::loop, u8{0x40}, Op::br, 0, Op::end)));
    Store store;
    Instance& instance = *instantiate(store, b, {}, {.price = 1}).instance;
    std::atomic<bool> cancel{false};
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        cancel = true;
    });
    const result<Outcome> outcome =
        store.call(*instance.find_function("loop"), {}, {.gas_limit = ~u64{0}, .cancel = &cancel});
    other.join();
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == Errc::interrupted);
    CHECK(instance.poisoned());
}

TEST_CASE("host: a cancel flag that is not set changes no gas") {
    ModuleBuilder b;
    b.export_function("turns",
                      b.function({i32_}, {}, {},
                                 code(Op::loop, u8{0x40}, Op::local_get, 0, Op::i32_const, 1,
                                      Op::i32_sub, Op::local_tee, 0, Op::br_if, 0, Op::end)));
    Store store;
    Instance& instance = *instantiate(store, b, {}, {.price = 1'000'000}).instance;
    const std::atomic<bool> cancel{false};
    const Value turns = i32_value(99);
    const Func& function = *instance.find_function("turns");
    const auto run = [&](u64 limit) {
        return store.call(function, std::span(&turns, 1), {.gas_limit = limit, .cancel = &cancel})
            .value();
    };
    CHECK(run(~u64{0}).gas_used == 100'000'000);
    CHECK(run(100'000'000).trap == Trap::none);
    CHECK(run(99'999'999).trap == Trap::out_of_gas);
}

TEST_CASE("host: charges by units") {
    Activation activation;
    activation.set_gas(100);
    CHECK(Runtime::charge_units(activation, 10, 9));
    CHECK(activation.gas_left() == 10);
    CHECK(Runtime::charge_units(activation, 0, ~u64{0}));
    CHECK_FALSE(Runtime::charge_units(activation, 11, 1));
    CHECK(activation.in_debt());
    CHECK(activation.gas_left() == 0);
    CHECK_FALSE(Runtime::charge_units(activation, 0, 0)); // debt stays

    // Beyond one slice, and up to the whole of u64.
    activation.gas_slice = 16;
    activation.set_gas(~u64{0});
    CHECK(Runtime::charge_units(activation, 0xffff'ffff, u64{1} << 31));
    CHECK(activation.gas_left() == ~u64{0} - (u64{0xffff'ffff} << 31));
    CHECK(activation.gas == 16);
    CHECK_FALSE(Runtime::charge_units(activation, 0xffff'ffff, ~u64{0}));
    CHECK(activation.in_debt());

    // A counter below zero that the reserve covers is no debt.
    activation.set_gas(20);
    activation.gas = -3; // 19 of the 16 in the slice were taken
    CHECK_FALSE(activation.in_debt());
    CHECK(Runtime::charge_units(activation, 1, 1));
    CHECK(activation.gas_left() == 0);
    CHECK_FALSE(Runtime::charge_units(activation, 1, 1));

    const std::atomic<bool> cancel{true};
    activation.set_gas(100);
    activation.cancel = &cancel;
    CHECK(Runtime::charge_units(activation, 1, 1)); // the flag is looked at when a slice ends
    CHECK_FALSE(Runtime::charge_units(activation, 1, 50));
    CHECK(activation.faulted);
    CHECK(activation.fault.code == Errc::interrupted);
}

TEST_CASE("host: the guest has its own floating-point mode") {
    Store store;
    u64 inside = 0;
    const HostFunction f = host({{}, {}}, [&](HostCall&) {
        inside = FloatMode::get();
        FloatMode::set(odd_mode); // an ill-mannered host
        return HostStatus::ok;
    });
    ModuleBuilder b;
    b.import_function("m", "f", {}, {});
    // 1 / 3 after the host call, rounded to nearest.
    b.export_function("run", b.function({f64_}, {f64_}, {},
                                        code(Op::call, 0, Op::local_get, 0, Op::f64_const, raw(3.0),
                                             Op::f64_div)));
    Instance& instance = *instantiate(store, b, {&f}).instance;
    const u64 before = FloatMode::get();
    FloatMode::set(odd_mode);
    const Outcome outcome = call(instance, "run", {Value::from_f64(1)});
    const u64 after = FloatMode::get();
    FloatMode::set(before);
    CHECK((after & FloatMode::mask) == odd_mode);
    CHECK((inside & FloatMode::mask) == (FloatMode::guest & FloatMode::mask));
    CHECK(outcome.values[0].bits == 0x3fd5'5555'5555'5555);
}

} // namespace lockstep

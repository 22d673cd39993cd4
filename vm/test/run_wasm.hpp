// SPDX-License-Identifier: Apache-2.0
// Runs modules in vm's own tests, where there is no schedule and no compiler: decode, lower, and a
// meter that knows one price.
#pragma once

#include "vm/guard_fault.hpp"
#include "vm/instance.hpp"
#include "vm/lower.hpp"
#include "vm/test/wasm_builder.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

namespace lockstep::test {

struct CompileOptions {
    u32 price = 0; ///< of each entry into a function and each turn of a loop
    u32 max_frames = 1'000;
    u32 max_slots = 20'000;
    u32 max_nesting = 4;
    u32 memory_pages = max_memory_pages;
};

inline void meter(ir::Draft& draft, u32 price) {
    for (ir::Event& event : draft.events) {
        if (event.kind > ir::EventKind::units) continue;
        const bool paid =
            event.kind == ir::EventKind::entry || event.kind == ir::EventKind::loop_header;
        event.kind = paid && price != 0 ? ir::EventKind::charge_checked : ir::EventKind::none;
        event.value = price;
    }
}

inline std::shared_ptr<const Executable> compile(const Bytes& wasm,
                                                 const CompileOptions& options = {}) {
    const Profile profile = core_profile();
    result<Module> module = decode(wasm, profile);
    REQUIRE_MESSAGE(module.has_value(),
                    text_of(module.has_value() ? Errc::internal_bug : module.error().code));
    auto made = std::make_shared<Executable>();
    made->module = std::move(module).value();
    made->max_frames = options.max_frames;
    made->max_slots = options.max_slots;
    made->max_nesting = options.max_nesting;
    made->memory_pages = options.memory_pages;
    Lowering lowering(made->module, profile, Weights{});
    ir::Draft draft;
    ir::AssembleScratch scratch;
    for (u32 i = 0; i < made->module.bodies.size(); ++i) {
        const result<> lowered = lowering.lower(i, draft);
        REQUIRE_MESSAGE(lowered.has_value(),
                        text_of(lowered.has_value() ? Errc::internal_bug : lowered.error().code));
        meter(draft, options.price);
        REQUIRE(ir::assemble(draft, made->code, scratch).has_value());
    }
    return made;
}

inline constexpr u64 plenty = u64{1} << 40;

/// Links and starts a module that is expected to link.
inline Instantiated instantiate(Store& store, const ModuleBuilder& module,
                                std::initializer_list<Extern> imports = {},
                                const CompileOptions& options = {}, u64 gas = plenty) {
    const result<Instantiated> made =
        store.instantiate(compile(module.build(), options), imports, {.gas_limit = gas});
    REQUIRE_MESSAGE(made.has_value(),
                    text_of(made.has_value() ? Errc::internal_bug : made.error().code));
    REQUIRE(made.value().instance != nullptr);
    return made.value();
}

inline result<Outcome> try_call(Instance& instance, std::string_view name,
                                std::initializer_list<Value> args = {}, u64 gas = plenty) {
    const Func* function = instance.find_function(name);
    REQUIRE(function != nullptr);
    return instance.store().call(*function, args, {.gas_limit = gas});
}

inline Outcome call(Instance& instance, std::string_view name,
                    std::initializer_list<Value> args = {}, u64 gas = plenty) {
    result<Outcome> outcome = try_call(instance, name, args, gas);
    REQUIRE_MESSAGE(outcome.has_value(),
                    text_of(outcome.has_value() ? Errc::internal_bug : outcome.error().code));
    return std::move(outcome).value();
}

/// The i32 that a call which must succeed returns.
inline u32 call_i32(Instance& instance, std::string_view name,
                    std::initializer_list<Value> args = {}) {
    const Outcome outcome = call(instance, name, args);
    REQUIRE(outcome.trap == Trap::none);
    REQUIRE(outcome.values.size() == 1);
    return outcome.values[0].i32();
}

inline Trap trap_of(Instance& instance, std::string_view name,
                    std::initializer_list<Value> args = {}) {
    return call(instance, name, args).trap;
}

/// Runs `test` with a Store of each traps mode.
template <class Test>
void in_both_modes(Test test) {
    Store explicit_store(TrapsMode::explicit_checks);
    test(explicit_store);
    if (!guard_faults_supported) return;
    Store signals_store(TrapsMode::signals);
    test(signals_store);
}

inline Value i32_value(u32 value) { return Value::from_i32(value); }

} // namespace lockstep::test

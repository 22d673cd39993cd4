// SPDX-License-Identifier: Apache-2.0
// C++'s side of native code: entering it, and what it leaves to C++, which is every record that is
// not worth machine code of its own. Their meanings are those of the interpreter's handlers.
#include "vm/native.hpp"

#include "vm/instance.hpp"
#include "vm/numerics.hpp"
#include "vm/runtime.hpp"

#include <algorithm>

namespace lockstep {
namespace {

using ir::Record;

u32 leave(Trap trap) noexcept { return static_cast<u32>(trap); }

/// Frames are counted by the native stack pointer; C++ wants a number.
void count_frames(Activation& act) noexcept {
    const auto left = act.native_sp + NativeAbi::transition_bytes - act.native_limit;
    act.frames_left = static_cast<u32>(left / NativeAbi::frame_bytes);
}

TrapsMode traps_of(const Activation& act) noexcept { return act.here.instance->store().traps(); }

template <class T>
T get(const Slot& slot) noexcept {
    return load_le<T>(&slot);
}
template <class T>
Trap put(Slot& slot, T value) noexcept {
    if constexpr (sizeof(T) == 4)
        slot = std::bit_cast<u32>(value);
    else
        slot = std::bit_cast<u64>(value);
    return Trap::none;
}
template <class T>
Trap put(Slot& slot, num::OrTrap<T> outcome) noexcept {
    return outcome.trap != Trap::none ? outcome.trap : put(slot, outcome.value);
}

/// The right operand of a numeric row in any form.
template <class T, class Signed>
T right(const Record* record, const Slot* window) noexcept {
    if ((record->op & ir::form_short) != 0)
        return static_cast<T>(static_cast<Signed>(static_cast<i16>(record->b)));
    if ((record->op & ir::form_word) != 0) return load_le<T>(record + 1);
    return get<T>(window[record->b]);
}

#define UNARY(name, T)                                                                             \
    case Op::name:                                                                                 \
        return put(window[record->dst], num::name(get<T>(window[record->a])));
#define INTEGER(name, T, Signed)                                                                   \
    case Op::name:                                                                                 \
        return put(window[record->dst],                                                            \
                   num::name(get<T>(window[record->a]), right<T, Signed>(record, window)));
#define COMPARE(name, T, Signed) INTEGER(name, T, Signed)
#define BINARY(name, T) INTEGER(name, T, T)

Trap perform(Activation& act, const Record* record, Slot* window) noexcept {
    Context& context = *const_cast<Context*>(act.context);
    Slot* const args = window + record->a;
    const u64 word =
        ir::word_of(record[1]); // there is always a record behind the last that has none
    const u32 low = static_cast<u32>(word);
    const u32 high = static_cast<u32>(word >> 32);
    Slot& dst = window[record->dst];
    switch (ir::op_of(*record)) {
#include "vm/numeric_rows.def"
        UNARY(raw_promote, f32)
        UNARY(raw_demote, f64)
        UNARY(canonical_f32, f32)
        UNARY(canonical_f64, f64)
    case Op::memory_grow: return Runtime::memory_grow(act, context, *args, dst);
    case Op::memory_fill: return Runtime::memory_fill(context, args);
    case Op::memory_copy: return Runtime::memory_copy(context, args);
    case Op::memory_init: return Runtime::memory_init(context, args, low);
    case Op::data_drop: Runtime::data_drop(context, ir::low32(*record)); return Trap::none;
    case Op::table_init: return Runtime::table_init(context, args, low, high);
    case Op::elem_drop: Runtime::elem_drop(context, ir::low32(*record)); return Trap::none;
    case Op::table_copy: return Runtime::table_copy(context, args, low, high);
    case Op::table_fill: return Runtime::table_fill(context, args, low);
    case Op::table_grow: {
        Slot former = 0; // dst may be the first operand
        const Trap trap = Runtime::table_grow(act, context, args, low, former);
        dst = former;
        return trap;
    }
    case Op::table_size:
        dst = context.tables[ir::low32(*record)]->elements.size();
        return Trap::none;
    case Op::table_get: {
        const Table& table = *context.tables[word];
        const u32 index = get<u32>(*args);
        if (index >= table.elements.size()) return Trap::table_out_of_bounds;
        dst = table.elements[index];
        return Trap::none;
    }
    case Op::table_set: {
        Table& table = *context.tables[word];
        const u32 index = get<u32>(*args);
        if (index >= table.elements.size()) return Trap::table_out_of_bounds;
        table.elements[index] = window[record->b];
        return Trap::none;
    }
    case Op::charge_units:
        return Runtime::charge_units(act, get<u32>(*args), word) ? Trap::none : Trap::out_of_gas;
    case Op::charge_word:
        return Runtime::charge_units(act, 1, word) ? Trap::none : Trap::out_of_gas;
    case Op::return_range: std::memmove(window, args, record->b * sizeof(Slot)); return Trap::none;
    case Op::copy_range:
        std::memmove(window + record->dst, args, record->b * sizeof(Slot));
        return Trap::none;
    default: break;
    }
    act.faulted = true;
    act.fault = {Errc::internal_bug};
    return Trap::host_error;
}

Trap invoke_func(Activation& act, const Func& func, Slot* window) noexcept {
    if (func.host != nullptr)
        return Runtime::call_host(act, *const_cast<Context*>(act.context), func, window,
                                  traps_of(act));
    return interpret(act, func, window, traps_of(act));
}

u32 slow(Activation* act, u32 number, Slot* window) noexcept {
    count_frames(*act);
    if ((number & NativeAbi::interpreted_function) != 0) {
        ++act->frames_left; // the frame that native code has made for it
        const Instance& instance = *act->here.instance;
        const u32 function =
            (number & ~NativeAbi::interpreted_function) + instance.module().imported_functions;
        return leave(interpret(*act, instance.function(function), window, traps_of(*act)));
    }
    return leave(perform(*act, act->here.records + number, window));
}

u32 refill(Activation* act) noexcept {
    return leave(act->refill() ? Trap::none : Trap::out_of_gas);
}

u32 invoke(Activation* act, const Func* func, Slot* window) noexcept {
    count_frames(*act);
    return leave(invoke_func(*act, *func, window));
}

constexpr NativeRuntime runtime{slow, refill, invoke};

/// Notes the record at which native code trapped.
void locate(Activation& act, const NativeCode& entered) noexcept {
    if (act.trap_record != nullptr) return; // a nested run has noted the innermost place
    const NativeCode* code = act.here.instance->executable().native.get();
    if (code == nullptr) code = &entered;
    act.trap_context = const_cast<Context*>(act.context);
    if (act.trap_pc < code->base || act.trap_pc >= code->base + code->size) return;
    if (const NativeCode::Site* site = code->site(static_cast<u32>(act.trap_pc - code->base)))
        act.trap_record = act.here.records + (site->record & ~NativeCode::memory_access);
}

} // namespace

const NativeCode::Site* NativeCode::site(u32 offset) const noexcept {
    const Site* found = std::lower_bound(sites.begin(), sites.end(), offset,
                                         [](const Site& s, u32 at) { return s.offset < at; });
    return found != sites.end() && found->offset == offset ? found : nullptr;
}

Trap execute(Activation& act, const Func& entry, Slot* window, TrapsMode traps) noexcept {
    if (entry.native == nullptr || act.native_sp == nullptr)
        return interpret(act, entry, window, traps);
    const NativeCode& code = *entry.context->instance->executable().native;
    u8* const native_sp = act.native_sp;
    u8* const native_limit = act.native_limit;
    const Context* const context = act.context;
    act.native_limit = native_sp - u64{act.frames_left} * NativeAbi::frame_bytes;
    act.context = entry.context;
    act.here = *entry.context;
    act.native_runtime = &runtime;
    const auto enter = std::bit_cast<NativeCode::Enter>(code.base + code.enter);
    const Trap trap = static_cast<Trap>(enter(&act, entry.native, window));
    if (trap != Trap::none) locate(act, code);
    act.native_sp = native_sp;
    act.native_limit = native_limit;
    act.context = context;
    if (context != nullptr) act.here = *context;
    return act.in_debt() && !act.faulted ? Trap::out_of_gas : trap;
}

} // namespace lockstep

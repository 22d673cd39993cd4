// SPDX-License-Identifier: Apache-2.0
// The reference interpreter: the executable definition of the IR. One handler per row and form,
// threaded by computed gotos; meanings come from numerics.hpp. Guest calls do not recurse in C++:
// frames lie in the Activation.
#include "vm/guard_fault.hpp"
#include "vm/instance.hpp"
#include "vm/numerics.hpp"
#include "vm/runtime.hpp"

#include <algorithm>

#pragma GCC diagnostic ignored "-Wpedantic" // label addresses

// Handlers are tables of macros, on which version 14 of clang-format never settles.
// clang-format off

namespace lockstep {
namespace {

using ir::Record;

template <class T>
[[gnu::always_inline]] inline T get(const Slot& slot) noexcept {
    return load_le<T>(&slot);
}
[[gnu::always_inline]] inline void put(Slot& slot, u32 value) noexcept { slot = value; }
[[gnu::always_inline]] inline void put(Slot& slot, u64 value) noexcept { slot = value; }
[[gnu::always_inline]] inline void put(Slot& slot, f32 value) noexcept {
    slot = std::bit_cast<u32>(value);
}
[[gnu::always_inline]] inline void put(Slot& slot, f64 value) noexcept {
    slot = std::bit_cast<u64>(value);
}

template <class T>
constexpr Trap trap_of(T) noexcept {
    return Trap::none;
}
template <class T>
constexpr Trap trap_of(num::OrTrap<T> outcome) noexcept {
    return outcome.trap;
}
template <class T>
constexpr T value_of(T value) noexcept {
    return value;
}
template <class T>
constexpr T value_of(num::OrTrap<T> outcome) noexcept {
    return outcome.value;
}

/// Reads memory at address + offset, extended to `To`; false if out of bounds.
template <class Stored, class To, bool Explicit>
[[gnu::always_inline]] inline bool read_memory(const u8* base, u64 size, u64 address, Slot& to) {
    using Raw = std::make_unsigned_t<Stored>;
    Raw raw{};
    if constexpr (Explicit) {
        if (address + sizeof(Raw) > size) [[unlikely]]
            return false;
        raw = load_le<Raw>(base + address);
    } else if (!guarded_load<Raw>(base, address, &raw)) {
        return false;
    }
    put(to, static_cast<To>(static_cast<Stored>(raw)));
    return true;
}

template <class Raw, bool Explicit>
[[gnu::always_inline]] inline bool write_memory(u8* base, u64 size, u64 address, Raw value) {
    if constexpr (Explicit) {
        if (address + sizeof(Raw) > size) [[unlikely]]
            return false;
        store_le(base + address, value);
        return true;
    } else {
        return guarded_store<Raw>(base, address, value);
    }
}

constexpr usize form_count = 1u << 12;
static_assert((ir::op_mask | ir::form_short | ir::form_word | ir::form_branch) == form_count - 1);

/// Where a frame that was entered from C++ returns to.
constexpr Record exit_record = ir::make(Op::end);

// Operator lists whose memory type the table does not name: row, type in memory, type of the
// operand.
#define LOADS(X)                                                                                   \
    X(i32_load, u32, u32)                                                                          \
    X(i64_load, u64, u64)                                                                          \
    X(f32_load, u32, u32) X(f64_load, u64, u64) X(i32_load8_s, i8, u32) X(i32_load8_u, u8, u32)    \
        X(i32_load16_s, i16, u32) X(i32_load16_u, u16, u32) X(i64_load8_s, i8, u64)                \
            X(i64_load8_u, u8, u64) X(i64_load16_s, i16, u64) X(i64_load16_u, u16, u64)            \
                X(i64_load32_s, i32, u64) X(i64_load32_u, u32, u64)
#define STORES(X)                                                                                  \
    X(i32_store, u32)                                                                              \
    X(i64_store, u64)                                                                              \
    X(f32_store, u32) X(f64_store, u64) X(i32_store8, u8) X(i32_store16, u16) X(i64_store8, u8)    \
        X(i64_store16, u16) X(i64_store32, u32)

#define INTEGER(name, T, Signed) BINARY(name, T) SHORT(name, T, Signed)
#define COMPARE(name, T, Signed) INTEGER(name, T, Signed) BRANCH(name, T, Signed)

using Labels = const void* [form_count];

template <bool Explicit>
[[gnu::noinline]] Trap run(Activation& act, const Func& entry, Slot* window, Labels* fill) {
    static Labels labels;
    if (fill != nullptr) {
        constexpr auto at = [](Op op, unsigned form = 0) {
            return static_cast<unsigned>(op) | form;
        };
        using namespace ir;
        std::fill_n(labels, form_count, &&L_bad);
#define UNARY(name, T) labels[at(Op::name)] = &&L_##name;
#define BINARY(name, T)                                                                            \
    labels[at(Op::name)] = &&L_##name;                                                             \
    labels[at(Op::name, form_word)] = &&L_##name##_word;
#define SHORT(name, T, Signed) labels[at(Op::name, form_short)] = &&L_##name##_short;
#define BRANCH(name, T, Signed)                                                                    \
    labels[at(Op::name, form_branch)] = &&L_##name##_branch;                                       \
    labels[at(Op::name, form_branch | form_short)] = &&L_##name##_branch_short;                    \
    labels[at(Op::name, form_branch | form_word)] = &&L_##name##_branch_word;
#include "vm/numeric_rows.def"
#undef UNARY
#undef BINARY
#undef SHORT
#undef BRANCH
#define ROW(name, ...)                                                                             \
    labels[at(Op::name)] = &&L_##name;                                                             \
    labels[at(Op::name, form_word)] = &&L_##name##_word;                                           \
    labels[at(Op::name, form_indexed)] = &&L_##name##_indexed;                                     \
    labels[at(Op::name, form_indexed | form_short)] = &&L_##name##_short;
        LOADS(ROW)
        STORES(ROW)
#undef ROW
#define ROW(name) labels[at(Op::name)] = &&L_##name;
        ROW(unreachable)
        ROW(br_table)
        ROW(return_) ROW(call) ROW(call_indirect) ROW(return_call) ROW(return_call_indirect)
            ROW(select) ROW(global_get) ROW(global_set) ROW(table_get) ROW(table_set)
                ROW(memory_size) ROW(memory_grow) ROW(ref_is_null) ROW(ref_func) ROW(memory_init)
                    ROW(data_drop) ROW(memory_copy) ROW(memory_fill) ROW(table_init) ROW(elem_drop)
                        ROW(table_copy) ROW(table_grow) ROW(table_size) ROW(table_fill) ROW(end)
                            ROW(copy) ROW(const_u32) ROW(const_s32) ROW(const_word) ROW(copy_range)
                                ROW(jump) ROW(return_range) ROW(call_host) ROW(return_call_host)
                                    ROW(charge) ROW(charge_word) ROW(charge_units) ROW(raw_promote)
                                        ROW(raw_demote) ROW(canonical_f32) ROW(canonical_f64)
                                            ROW(wide)
#undef ROW
                                                return Trap::none;
    }

    const TrapsMode traps = Explicit ? TrapsMode::explicit_checks : TrapsMode::signals;
    const Record* pc = &exit_record;
    Slot* base = window;
    Context* ctx = entry.context;
    u8* memory = nullptr;
    [[maybe_unused]] u64 memory_size = 0;
    const Record* records = nullptr;
    const Record* body = nullptr; // of the running function: branch targets count from it
    i64 gas = act.gas;
    u32 frames_left = act.frames_left;
    u32 slots_left = act.slots_left;
    FrameRecord* frame = act.next_frame;
    Trap trap = Trap::none;
    const ir::Function* callee = entry.code;
    Slot* callee_base = window;
    const Func* callee_func = nullptr;
    u32 step = 0; // records from a call to what follows it

#define RELOAD_MEMORY() (memory = ctx->memory0->base, memory_size = ctx->memory0->size)
#define RELOAD_CONTEXT() (records = ctx->records, RELOAD_MEMORY())
#define SAVE()                                                                                     \
    (act.gas = gas, act.frames_left = frames_left, act.slots_left = slots_left,                    \
     act.next_frame = frame)
#define DISPATCH() goto* labels[pc->op]
#define NEXT(count)                                                                                \
    do {                                                                                           \
        pc += (count);                                                                             \
        DISPATCH();                                                                                \
    } while (0)
#define TRAP_IF(condition, code)                                                                   \
    do {                                                                                           \
        if (condition) [[unlikely]] {                                                              \
            trap = Trap::code;                                                                     \
            goto L_trap;                                                                           \
        }                                                                                          \
    } while (0)
#define TRY_SLOW(expression)                                                                       \
    do {                                                                                           \
        trap = (expression);                                                                       \
        if (trap != Trap::none) [[unlikely]]                                                       \
            goto L_trap;                                                                           \
    } while (0)
#define CALL_HOST()                                                                                \
    do {                                                                                           \
        SAVE();                                                                                    \
        trap = Runtime::call_host(act, *ctx, *callee_func, callee_base, traps);                    \
        if (trap != Trap::none) [[unlikely]]                                                       \
            goto L_trap_saved;                                                                     \
        gas = act.gas;                                                                             \
        RELOAD_MEMORY();                                                                           \
    } while (0)
#define FINISH(value, count)                                                                       \
    do {                                                                                           \
        const auto outcome = (value);                                                              \
        if (const Trap failed = trap_of(outcome); failed != Trap::none) [[unlikely]] {             \
            trap = failed;                                                                         \
            goto L_trap;                                                                           \
        }                                                                                          \
        put(base[pc->dst], value_of(outcome));                                                     \
        NEXT(count);                                                                               \
    } while (0)

    RELOAD_CONTEXT();
    callee_func = nullptr;
    goto L_enter;

    // ---- numeric rows ----
#define UNARY(name, T) L_##name : FINISH(num::name(get<T>(base[pc->a])), 1);
#define BINARY(name, T)                                                                            \
    L_##name : FINISH(num::name(get<T>(base[pc->a]), get<T>(base[pc->b])), 1);                     \
    L_##name##_word : FINISH(num::name(get<T>(base[pc->a]), load_le<T>(pc + 1)), 2);
#define SHORT(name, T, Signed)                                                                     \
    L_##name##_short                                                                               \
        : FINISH(num::name(get<T>(base[pc->a]),                                                    \
                           static_cast<T>(static_cast<Signed>(static_cast<i16>(pc->b)))),          \
                 1);
#define TAKE_IF(condition)                                                                         \
    do {                                                                                           \
        if (condition) {                                                                           \
            pc = body + load_le<u32>(pc + 1);                                                      \
            DISPATCH();                                                                            \
        }                                                                                          \
        NEXT(2);                                                                                   \
    } while (0)
#define BRANCH(name, T, Signed)                                                                    \
    L_##name##_branch : TAKE_IF(num::name(get<T>(base[pc->a]), get<T>(base[pc->b])));              \
    L_##name##_branch_short                                                                        \
        : TAKE_IF(num::name(get<T>(base[pc->a]),                                                   \
                            static_cast<T>(static_cast<Signed>(static_cast<i16>(pc->b)))));        \
    L_##name##_branch_word                                                                         \
        : TAKE_IF(num::name(                                                                       \
              get<T>(base[pc->a]),                                                                 \
              static_cast<T>(static_cast<Signed>(static_cast<i32>(ir::word_of(pc[1]) >> 32)))));
#include "vm/numeric_rows.def"

L_raw_promote:
    FINISH(num::raw_promote(get<f32>(base[pc->a])), 1);
L_raw_demote:
    FINISH(num::raw_demote(get<f64>(base[pc->a])), 1);
L_canonical_f32:
    FINISH(num::canonical_f32(get<f32>(base[pc->a])), 1);
L_canonical_f64:
    FINISH(num::canonical_f64(get<f64>(base[pc->a])), 1);
L_ref_is_null:
    FINISH(num::i64_eqz(base[pc->a]), 1);

    // ---- memory accesses ----
#define ADDRESS_PLAIN (u64{get<u32>(base[pc->a])} + pc->b)
#define ADDRESS_WORD (u64{get<u32>(base[pc->a])} + ir::word_of(pc[1]))
#define ADDRESS_INDEXED u64{get<u32>(base[pc->a]) + get<u32>(base[pc->b])}
#define ADDRESS_SHORT                                                                              \
    u64 { get<u32>(base[pc->a]) + static_cast<u32>(static_cast<i32>(static_cast<i16>(pc->b))) }
#define LOAD_FROM(address, Stored, To, count)                                                      \
    TRAP_IF((!read_memory<Stored, To, Explicit>(memory, memory_size, address, base[pc->dst])),     \
            memory_out_of_bounds);                                                                 \
    NEXT(count)
#define LOAD(name, Stored, To)                                                                     \
    L_##name : LOAD_FROM(ADDRESS_PLAIN, Stored, To, 1);                                            \
    L_##name##_word : LOAD_FROM(ADDRESS_WORD, Stored, To, 2);                                      \
    L_##name##_indexed : LOAD_FROM(ADDRESS_INDEXED, Stored, To, 1);                                \
    L_##name##_short : LOAD_FROM(ADDRESS_SHORT, Stored, To, 1);
    LOADS(LOAD)
#define STORE_TO(address, Raw, count)                                                              \
    TRAP_IF((!write_memory<Raw, Explicit>(memory, memory_size, address, get<Raw>(base[pc->dst]))), \
            memory_out_of_bounds);                                                                 \
    NEXT(count)
#define STORE(name, Raw)                                                                           \
    L_##name : STORE_TO(ADDRESS_PLAIN, Raw, 1);                                                    \
    L_##name##_word : STORE_TO(ADDRESS_WORD, Raw, 2);                                              \
    L_##name##_indexed : STORE_TO(ADDRESS_INDEXED, Raw, 1);                                        \
    L_##name##_short : STORE_TO(ADDRESS_SHORT, Raw, 1);
    STORES(STORE)

    // ---- moves ----
L_copy:
    base[pc->dst] = base[pc->a];
    NEXT(1);
L_const_u32:
    base[pc->dst] = ir::low32(*pc);
    NEXT(1);
L_const_s32:
    base[pc->dst] = static_cast<u64>(i64{static_cast<i32>(ir::low32(*pc))});
    NEXT(1);
L_const_word:
    base[pc->dst] = ir::word_of(pc[1]);
    NEXT(2);
L_copy_range:
    std::memmove(base + pc->dst, base + pc->a, pc->b * sizeof(Slot));
    NEXT(1);
L_select : {
    const u64 cond = ir::word_of(pc[1]);
    base[pc->dst] = get<u32>(base[cond]) != 0 ? base[pc->a] : base[pc->b];
    NEXT(2);
}
L_global_get:
    base[pc->dst] = ctx->globals[ir::low32(*pc)]->value;
    NEXT(1);
L_global_set:
    ctx->globals[ir::low32(*pc)]->value = base[pc->dst];
    NEXT(1);
L_ref_func:
    base[pc->dst] = reinterpret_cast<Slot>(&ctx->funcs[ir::low32(*pc)]);
    NEXT(1);

    // ---- gas ----
L_charge:
    gas -= ir::low32(*pc);
    if (gas < 0) [[unlikely]] {
        SAVE();
        if (!act.refill()) goto L_exhausted;
        gas = act.gas;
    }
    NEXT(1);
L_charge_word:
    SAVE();
    if (!Runtime::charge_units(act, 1, ir::word_of(pc[1]))) goto L_exhausted;
    gas = act.gas;
    NEXT(2);
L_charge_units:
    SAVE();
    if (!Runtime::charge_units(act, get<u32>(base[pc->a]), ir::word_of(pc[1]))) goto L_exhausted;
    gas = act.gas;
    NEXT(2);
L_exhausted:
    trap = Trap::out_of_gas;
    goto L_trap_saved;

    // ---- control ----
L_jump:
    pc = body + ir::low32(*pc);
    DISPATCH();
L_br_table : {
    const u32 count = static_cast<u32>(ir::word_of(pc[1]));
    const u32 index = std::min(get<u32>(base[pc->a]), count);
    pc = body + load_le<u32>(reinterpret_cast<const u8*>(pc + 2) + usize{index} * 4);
    DISPATCH();
}
L_unreachable:
    trap = Trap::unreachable;
    goto L_trap;

L_return_:
    if (pc->b != 0) base[0] = base[pc->a];
L_leave:
    --frame;
    ++frames_left;
    slots_left += frame->cost;
    pc = frame->return_to;
    base = frame->base;
    body = frame->body;
    if (frame->context != ctx) [[unlikely]] {
        ctx = frame->context;
        RELOAD_CONTEXT();
    }
    DISPATCH();
L_return_range:
    std::memmove(base, base + pc->a, pc->b * sizeof(Slot));
    goto L_leave;

L_call:
    callee = ctx->functions + ir::low32(*pc);
    callee_base = base + pc->dst;
    step = 1;
L_enter:
    TRAP_IF(frames_left == 0 || slots_left < callee->cost, stack_overflow);
    --frames_left;
    slots_left -= callee->cost;
    *frame++ = {pc + step, base, body, ctx, callee->cost};
    base = callee_base;
L_begin:
    if (callee_func != nullptr) [[unlikely]] {
        if (callee_func->context != ctx) {
            ctx = callee_func->context;
            RELOAD_CONTEXT();
        }
        callee_func = nullptr;
    }
    std::fill_n(base + callee->param_slots, callee->local_slots, Slot{0});
    body = records + callee->begin;
    pc = body;
    DISPATCH();

L_call_host:
    callee_func = &ctx->funcs[ir::low32(*pc)];
    callee_base = base + pc->dst;
    step = 1;
L_invoke: // callee_func at callee_base, going on after `step` records
    callee = callee_func->code;
    if (callee != nullptr) goto L_enter;
    CALL_HOST();
    callee_func = nullptr;
    NEXT(step);

L_call_indirect:
    callee_base = base + pc->dst;
    step = 2;
    goto L_resolve;
L_return_call_indirect:
    callee_base = base + pc->dst;
    step = 0;
L_resolve : {
    const Table& table = *ctx->tables[ir::word_of(pc[1]) >> 32];
    const u32 index = get<u32>(base[pc->a]);
    TRAP_IF(index >= table.elements.size(), undefined_element);
    callee_func = reinterpret_cast<const Func*>(table.elements[index]);
    TRAP_IF(callee_func == nullptr, uninitialized_element);
    TRAP_IF(callee_func->signature != ctx->signatures[static_cast<u32>(ir::word_of(pc[1]))],
            indirect_call_type_mismatch);
    if (step == 0) goto L_tail;
    goto L_invoke;
}
L_return_call_host:
    callee_func = &ctx->funcs[ir::low32(*pc)];
    callee_base = base + pc->dst;
L_tail: // callee_func in place of the running frame
    callee = callee_func->code;
    if (callee == nullptr) {
        CALL_HOST();
        std::memmove(base, callee_base, callee_func->results * sizeof(Slot));
        callee_func = nullptr;
        goto L_leave;
    }
L_replace : {
    FrameRecord& own = frame[-1];
    TRAP_IF(slots_left + own.cost < callee->cost, stack_overflow);
    slots_left = slots_left + own.cost - callee->cost;
    own.cost = callee->cost;
    std::memmove(base, callee_base, callee->param_slots * sizeof(Slot));
    goto L_begin;
}
L_return_call:
    callee = ctx->functions + ir::low32(*pc);
    callee_base = base + pc->dst;
    goto L_replace;

L_wide : { // only constants, copies, calls and returns have far slots
    const Record high = *pc++;
    const u32 dst = pc->dst | u32{high.dst} << 16;
    const u32 a = pc->a | u32{high.a} << 16;
    callee_base = base + dst;
    step = 1;
    switch (ir::op_of(*pc)) {
    case Op::const_u32: base[dst] = ir::low32(*pc); NEXT(1);
    case Op::const_s32: base[dst] = static_cast<u64>(i64{static_cast<i32>(ir::low32(*pc))}); NEXT(1);
    case Op::copy: base[dst] = base[a]; NEXT(1);
    case Op::copy_range: std::memmove(base + dst, base + a, pc->b * sizeof(Slot)); NEXT(1);
    case Op::return_range: std::memmove(base, base + a, pc->b * sizeof(Slot)); goto L_leave;
    case Op::call: callee = ctx->functions + ir::low32(*pc); goto L_enter;
    case Op::call_host: callee_func = &ctx->funcs[ir::low32(*pc)]; goto L_invoke;
    case Op::return_call: callee = ctx->functions + ir::low32(*pc); goto L_replace;
    case Op::return_call_host: callee_func = &ctx->funcs[ir::low32(*pc)]; goto L_tail;
    case Op::call_indirect: step = 2; goto L_resolve;
    case Op::return_call_indirect: step = 0; goto L_resolve;
    default: goto L_bad;
    }
}

    // ---- slow operators ----
L_memory_size:
    base[pc->dst] = ctx->memory0->size / page_size;
    NEXT(1);
L_memory_grow : {
    SAVE();
    Slot old = 0;
    TRY_SLOW(Runtime::memory_grow(act, *ctx, base[pc->a], old));
    base[pc->dst] = old;
    RELOAD_MEMORY();
    NEXT(1);
}
L_memory_fill:
    TRY_SLOW(Runtime::memory_fill(*ctx, base + pc->a));
    NEXT(2);
L_memory_copy:
    TRY_SLOW(Runtime::memory_copy(*ctx, base + pc->a));
    NEXT(2);
L_memory_init:
    TRY_SLOW(Runtime::memory_init(*ctx, base + pc->a, static_cast<u32>(ir::word_of(pc[1]))));
    NEXT(2);
L_data_drop:
    Runtime::data_drop(*ctx, ir::low32(*pc));
    NEXT(1);
L_table_init : {
    const u64 indices = ir::word_of(pc[1]);
    TRY_SLOW(Runtime::table_init(*ctx, base + pc->a, static_cast<u32>(indices),
                                 static_cast<u32>(indices >> 32)));
    NEXT(2);
}
L_elem_drop:
    Runtime::elem_drop(*ctx, ir::low32(*pc));
    NEXT(1);
L_table_copy : {
    const u64 indices = ir::word_of(pc[1]);
    TRY_SLOW(Runtime::table_copy(*ctx, base + pc->a, static_cast<u32>(indices),
                                 static_cast<u32>(indices >> 32)));
    NEXT(2);
}
L_table_fill:
    TRY_SLOW(Runtime::table_fill(*ctx, base + pc->a, static_cast<u32>(ir::word_of(pc[1]))));
    NEXT(2);
L_table_grow : {
    SAVE();
    Slot old = 0;
    TRY_SLOW(
        Runtime::table_grow(act, *ctx, base + pc->a, static_cast<u32>(ir::word_of(pc[1])), old));
    base[pc->dst] = old;
    NEXT(2);
}
L_table_size:
    base[pc->dst] = ctx->tables[ir::low32(*pc)]->elements.size();
    NEXT(1);
L_table_get : {
    const Table& table = *ctx->tables[ir::word_of(pc[1])];
    const u32 index = get<u32>(base[pc->a]);
    TRAP_IF(index >= table.elements.size(), table_out_of_bounds);
    base[pc->dst] = table.elements[index];
    NEXT(2);
}
L_table_set : {
    Table& table = *ctx->tables[ir::word_of(pc[1])];
    const u32 index = get<u32>(base[pc->a]);
    TRAP_IF(index >= table.elements.size(), table_out_of_bounds);
    table.elements[index] = base[pc->b];
    NEXT(2);
}

    // ---- the end ----
L_end:
    SAVE();
    return Trap::none;
L_bad:
    act.faulted = true;
    act.fault = {Errc::internal_bug};
    trap = Trap::host_error;
L_trap:
    act.gas = gas;
L_trap_saved:
    if (act.trap_record == nullptr) { // else a nested run has noted the innermost place
        act.trap_record = pc;
        act.trap_context = ctx;
    }
    return act.in_debt() && !act.faulted ? Trap::out_of_gas : trap;
}

} // namespace

Trap interpret(Activation& activation, const Func& entry, Slot* window, TrapsMode traps) noexcept {
    [[maybe_unused]] static const bool filled = [&] {
        Labels unused;
        (void)run<true>(activation, entry, window, &unused);
        (void)run<false>(activation, entry, window, &unused);
        return true;
    }();
    return traps == TrapsMode::explicit_checks ? run<true>(activation, entry, window, nullptr)
                                               : run<false>(activation, entry, window, nullptr);
}

// clang-format on

} // namespace lockstep

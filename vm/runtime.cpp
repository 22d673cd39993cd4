// SPDX-License-Identifier: Apache-2.0
// The slow operators, the same for every tier: growth, bulk and table operators (spec 4.4.6 and
// 4.4.7), host calls and the gas counter's slow path. Bulk operators check their bounds first, in
// 64 bits, and then write everything or nothing.
#include "vm/runtime.hpp"

#include "vm/instance.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

namespace lockstep {
namespace {

constexpr u32 failed_growth = 0xffff'ffff;
/// Tables without a maximum of their own, and those with a greater one, do not grow beyond it.
constexpr u32 max_table_elements = 10'000'000;

u64 low(Slot slot) noexcept { return static_cast<u32>(slot); }

Trap fail(Activation& activation, Error fault) noexcept {
    activation.faulted = true;
    activation.fault = fault;
    return Trap::host_error;
}

} // namespace

// ---- gas ----

bool Activation::refill() noexcept {
    if (cancel != nullptr && cancel->load(std::memory_order_relaxed)) {
        faulted = true;
        fault = {Errc::interrupted};
        return false;
    }
    if (in_debt()) return false;
    set_gas(gas_left());
    return true;
}

bool Runtime::charge_units(Activation& activation, u32 units, u64 price) noexcept {
    __extension__ using u128 = unsigned __int128;
    const u128 amount = static_cast<u128>(units) * price;
    if (activation.gas >= 0 && amount <= static_cast<u64>(activation.gas)) {
        activation.gas -= static_cast<i64>(amount);
        return true;
    }
    if (activation.in_debt() || amount > activation.gas_left()) {
        activation.gas = -1;
        activation.gas_reserve = 0;
    } else {
        activation.set_gas(activation.gas_left() - static_cast<u64>(amount));
    }
    return activation.refill();
}

// ---- memories ----

Trap Runtime::memory_grow(Activation& activation, Context& context, Slot delta,
                          Slot& out) noexcept {
    Instance& instance = *context.instance;
    Memory& memory = *instance.memories_[0];
    out = failed_growth;
    // An imported memory may have been made for a larger bound than this module's profile sets.
    if (memory.linear.pages() + low(delta) > instance.executable().memory_pages) return Trap::none;
    const result<std::optional<u32>> former = memory.grow(static_cast<u32>(delta));
    if (former.has_error()) return fail(activation, former.error());
    if (former.value()) out = *former.value();
    return Trap::none;
}

Trap Runtime::memory_fill(Context& context, const Slot* args) noexcept {
    const MemoryView memory = *context.memory0;
    const u64 to = low(args[0]);
    const u64 length = low(args[2]);
    if (to + length > memory.size) return Trap::memory_out_of_bounds;
    if (length != 0)
        std::memset(memory.base + to, static_cast<u8>(args[1]), static_cast<usize>(length));
    return Trap::none;
}

Trap Runtime::memory_copy(Context& context, const Slot* args) noexcept {
    const MemoryView memory = *context.memory0;
    const u64 to = low(args[0]);
    const u64 from = low(args[1]);
    const u64 length = low(args[2]);
    if (to + length > memory.size || from + length > memory.size) return Trap::memory_out_of_bounds;
    if (length != 0) std::memmove(memory.base + to, memory.base + from, static_cast<usize>(length));
    return Trap::none;
}

Trap Runtime::memory_init(Context& context, const Slot* args, u32 segment) noexcept {
    const Instance& instance = *context.instance;
    const MemoryView memory = *context.memory0;
    const bool there = segment < instance.passive_data_.size() && instance.passive_data_[segment];
    const bytes_view data =
        there ? instance.module().view(instance.module().data[segment].data) : bytes_view{};
    const u64 to = low(args[0]);
    const u64 from = low(args[1]);
    const u64 length = low(args[2]);
    if (to + length > memory.size || from + length > data.size()) return Trap::memory_out_of_bounds;
    if (length != 0) std::memcpy(memory.base + to, data.data() + from, static_cast<usize>(length));
    return Trap::none;
}

void Runtime::data_drop(Context& context, u32 segment) noexcept {
    std::vector<bool>& there = context.instance->passive_data_;
    if (segment < there.size()) there[segment] = false;
}

// ---- tables ----

Trap Runtime::table_init(Context& context, const Slot* args, u32 segment, u32 table) noexcept {
    const std::vector<std::vector<Slot>>& segments = context.instance->passive_elements_;
    const std::span<const Slot> items = segment < segments.size()
                                            ? std::span<const Slot>(segments[segment])
                                            : std::span<const Slot>();
    std::vector<Slot>& elements = context.tables[table]->elements;
    const u64 to = low(args[0]);
    const u64 from = low(args[1]);
    const u64 length = low(args[2]);
    if (to + length > elements.size() || from + length > items.size())
        return Trap::table_out_of_bounds;
    if (length != 0) std::memcpy(&elements[to], &items[from], length * sizeof(Slot));
    return Trap::none;
}

Trap Runtime::table_copy(Context& context, const Slot* args, u32 to_table,
                         u32 from_table) noexcept {
    std::vector<Slot>& to_elements = context.tables[to_table]->elements;
    const std::vector<Slot>& from_elements = context.tables[from_table]->elements;
    const u64 to = low(args[0]);
    const u64 from = low(args[1]);
    const u64 length = low(args[2]);
    if (to + length > to_elements.size() || from + length > from_elements.size())
        return Trap::table_out_of_bounds;
    if (length != 0) std::memmove(&to_elements[to], &from_elements[from], length * sizeof(Slot));
    return Trap::none;
}

Trap Runtime::table_fill(Context& context, const Slot* args, u32 table) noexcept {
    std::vector<Slot>& elements = context.tables[table]->elements;
    const u64 to = low(args[0]);
    const u64 length = low(args[2]);
    if (to + length > elements.size()) return Trap::table_out_of_bounds;
    std::fill_n(elements.begin() + static_cast<std::ptrdiff_t>(to), length, args[1]);
    return Trap::none;
}

Trap Runtime::table_grow(Activation& activation, Context& context, const Slot* args, u32 table,
                         Slot& out) noexcept {
    Table& grown = *context.tables[table];
    const u64 former = grown.elements.size();
    const u64 wanted = former + low(args[1]);
    u32 most = max_table_elements;
    if (grown.type.limits.has_max) most = std::min(most, grown.type.limits.max);
    out = failed_growth;
    if (wanted > most) return Trap::none;
    try {
        grown.elements.resize(static_cast<usize>(wanted), args[0]);
    } catch (...) {
        return fail(activation, {Errc::out_of_memory});
    }
    out = former;
    return Trap::none;
}

void Runtime::elem_drop(Context& context, u32 segment) noexcept {
    std::vector<std::vector<Slot>>& segments = context.instance->passive_elements_;
    if (segment < segments.size()) std::vector<Slot>().swap(segments[segment]);
}

// ---- host functions ----

Trap Runtime::call_host(Activation& activation, Context& caller, const Func& function, Slot* slots,
                        TrapsMode traps) noexcept {
    if (activation.gas < 0 && !activation.refill())
        return activation.faulted ? Trap::host_error : Trap::out_of_gas;
    HostCall call(activation, caller, slots, slots + std::max(function.params, function.results),
                  traps);
    HostStatus status = HostStatus::fault;
    try {
        status = function.host->call(call);
    } catch (const std::bad_alloc&) {
        call.fault({Errc::out_of_memory});
    } catch (const std::length_error&) {
        call.fault({Errc::out_of_memory});
    } catch (...) {
        call.fault({Errc::host_fault});
    }
    if (!function.host->keeps_float_mode) FloatMode::ensure_guest();
    if (activation.faulted) return Trap::host_error;
    switch (status) {
    case HostStatus::ok: return activation.trap; // a trap of call_guest cannot be overlooked
    case HostStatus::trap:
        return activation.trap == Trap::none ? Trap::host_error : activation.trap;
    case HostStatus::fault: return fail(activation, {Errc::host_fault});
    case HostStatus::suspend: break;
    }
    return fail(activation, {Errc::internal_bug});
}

void* HostCall::user() const noexcept { return activation_.user; }

std::span<u8> HostCall::memory() const noexcept {
    const MemoryView view = *caller_.memory0;
    return {view.base, static_cast<usize>(view.size)};
}

u64 HostCall::gas_left() const noexcept { return activation_.gas_left(); }

bool HostCall::charge(u64 amount) noexcept {
    const u64 left = activation_.gas_left();
    activation_.set_gas(left < amount ? 0 : left - amount);
    return left >= amount;
}

void HostCall::set_gas_left(u64 amount) noexcept { activation_.set_gas(amount); }

HostStatus HostCall::trap(Trap trap) noexcept {
    activation_.trap = trap;
    return HostStatus::trap;
}

HostStatus HostCall::fault(Error error) noexcept {
    // Whatever else a host reports must not pass for a verdict on the guest.
    (void)fail(activation_, is_fault(error) ? error : Error{Errc::host_fault});
    return HostStatus::fault;
}

HostStatus HostCall::call_guest(const Func& function, std::span<const Slot> args,
                                std::span<Slot> results) noexcept {
    if (args.size() != function.params || results.size() != function.results)
        return fault({Errc::host_fault});
    const u32 own_slots = narrow<u32>(free_slots_ - slots_);
    if (activation_.host_depth == activation_.max_host_depth || activation_.slots_left < own_slots)
        return trap(Trap::stack_overflow);
    const u32 frames_left = activation_.frames_left;
    const u32 slots_left = activation_.slots_left;
    FrameRecord* const next_frame = activation_.next_frame;
    activation_.slots_left -= own_slots;
    ++activation_.host_depth;
    if (!args.empty()) std::memmove(free_slots_, args.data(), args.size_bytes());
    Trap trapped = function.host != nullptr
                       ? Runtime::call_host(activation_, caller_, function, free_slots_, traps_)
                       : execute(activation_, function, free_slots_, traps_);
    --activation_.host_depth;
    activation_.frames_left = frames_left;
    activation_.slots_left = slots_left;
    activation_.next_frame = next_frame;
    if (activation_.faulted) return HostStatus::fault;
    if (activation_.in_debt()) trapped = Trap::out_of_gas;
    if (trapped != Trap::none) return trap(trapped);
    if (!results.empty()) std::memcpy(results.data(), free_slots_, results.size_bytes());
    return HostStatus::ok;
}

} // namespace lockstep

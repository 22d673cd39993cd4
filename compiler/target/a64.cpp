// SPDX-License-Identifier: Apache-2.0
// The stubs of a module: ways into native code and out of it; and the long forms of instructions.
#include "compiler/target/a64.hpp"

#include <bit>

namespace lockstep::compiler {

/// Such a value is a run of ones, rotated in an element of 2 ... 64 bits that repeats.
u32 A64::logical_immediate(bool w, u64 value) noexcept {
    if (!w) value = value << 32 | (value & 0xffff'ffff);
    if (value == 0 || value == ~u64{0}) return none;
    u32 bits = 64;
    const auto low = [](u32 n) { return ~u64{0} >> (64 - n); };
    while (bits > 2 && (value & low(bits / 2)) == (value >> bits / 2 & low(bits / 2)))
        bits /= 2;
    const u64 element = value & low(bits);
    const u32 ones = static_cast<u32>(std::popcount(element));
    const bool wraps = (element & 1) != 0 && element != low(ones);
    const u64 run = wraps ? ~element & low(bits) : element; // of zeros, if the ones wrap around
    const u32 length = wraps ? bits - ones : ones;
    const u32 first = static_cast<u32>(std::countr_zero(run));
    if (run >> first != low(length)) return none;
    const u32 start = wraps ? first + length : first;
    const u32 immr = (bits - start) % bits;
    const u32 imms = ((0 - 2 * bits) & 0x3f) | (ones - 1);
    return (bits == 64 ? wide(true) : 0) | immr << 16 | imms << 10;
}

/// One to four instructions; the upper half is not mentioned if it is zero.
void A64::long_constant(Gpr d, u64 value) noexcept {
    const bool w = value > 0xffff'ffff;
    const u32 halves = w ? 4 : 2;
    u32 zeros = 0;
    u32 ones = 0;
    for (u32 i = 0; i < halves; ++i) {
        const u32 half = value >> 16 * i & 0xffff;
        zeros += half == 0 ? 1 : 0;
        ones += half == 0xffff ? 1 : 0;
    }
    const bool inverted = ones > zeros;
    if (halves - std::max(zeros, ones) > 1)
        if (const u32 fields = logical_immediate(w, value); fields != none)
            return word(size(w) | 0x3200'0000 | fields | zero.n << 5 | d.n); // orr d, zr, value
    const u32 skipped = inverted ? 0xffff : 0;
    bool first = true;
    for (u32 i = 0; i < halves; ++i) {
        const u32 half = value >> 16 * i & 0xffff;
        if (half == skipped) continue;
        if (!first)
            move_wide(size(w) | 0x7280'0000, d, half, i); // movk
        else if (inverted)
            move_wide(size(w) | 0x1280'0000, d, ~half & 0xffff, i); // movn
        else
            move_wide(size(w) | 0x5280'0000, d, half, i); // movz
        first = false;
    }
    if (first) move_wide(size(w) | 0x1280'0000, d, 0, 0);
}

/// The last byte's page is touched first: a store that is not aligned may otherwise write a part
/// before it faults.
u32 A64::probed_store(u32 scale, u32 kind, u32 s, Gpr address, u32 at) noexcept {
    const u32 last = (1u << scale) - 1;
    const bool aligned = (at & last) == 0;
    if (at + last > 4095 || (!aligned && at > 255)) {
        add_offset(x16, address, at);
        alu(Alu::add, true, x16, x20, x16);
        at = 0;
    } else {
        alu(Alu::add, true, x16, x20, address);
    }
    offset(0x3940'0000, 0, zero.n, x16, at + last); // ldrb wzr
    const u32 site = here() - 4;
    if ((at & last) == 0)
        offset(0x3900'0000 | scale << 30 | kind, scale, s, x16, at);
    else
        word(0x3800'0000 | scale << 30 | kind | at << 12 | x16.n << 5 | s); // stur
    return site;
}

/// stp or ldp of `count` registers from `first` on, at [sp + at].
void A64::pairs(u32 operation, u32 first, u32 count, u32 at) noexcept {
    for (u32 i = 0; i < count; i += 2)
        word(operation | (at / 8 + i) << 15 | (first + i + 1) << 10 | sp.n << 5 | (first + i));
}
/// Puts the place of the call that led here on the native stack, as much as the x64 stubs do.
void A64::push_place() noexcept {
    constexpr u32 imm9 = (0 - NativeAbi::transition_bytes) & 0x1ff;
    word(0xf800'0c00 | imm9 << 12 | x23.n << 5 | x30.n); // str x30, [x23, -n]!
}
void A64::pop_place() noexcept {
    word(0xf840'0400 | NativeAbi::transition_bytes << 12 | x23.n << 5 | x30.n); // ldr x30, [x23], n
}

/// Base of memory 0 and its view; also the view, for code with checks may be called by code
/// without.
void A64::load_memory() noexcept {
    load_activation(x24, ActivationLayout::memory0);
    load_field(x20, x24, offsetof(MemoryView, base));
}

/// Calls entry `index` of NativeRuntime with the window as third argument; w0 has the trap.
void A64::call_runtime(u32 index) noexcept {
    store_field(x19, ActivationLayout::gas, x21);
    store_field(x19, ActivationLayout::native_sp, x23);
    mov(x0, x19);
    mov(x2, x22);
    load_activation(x17, ActivationLayout::native_runtime);
    call(x17, index * 8);
    load_activation(x21, ActivationLayout::gas);
}

void A64::add_limit(i32 bytes) noexcept {
    load_activation(x11, ActivationLayout::native_limit);
    alu_imm(Alu::add, true, x11, x11, bytes);
    store_field(x19, ActivationLayout::native_limit, x11);
}

namespace {

constexpr u32 i_stp = 0xa900'0000, i_ldp = 0xa940'0000;   // x registers
constexpr u32 i_fstp = 0x6d00'0000, i_fldp = 0x6d40'0000; // d registers

} // namespace

/// x0 Activation, x1 entry, x2 window. Saves what the C++ caller wants kept.
void A64::stub_enter(Stubs& stubs, Label& exit) noexcept {
    constexpr i32 saved_bytes = 128;
    bind(stubs.enter);
    alu_imm(Alu::sub, true, sp, sp, saved_bytes);
    pairs(i_stp, 29, 2, 0);
    pairs(i_stp, 19, 6, 16);
    pairs(i_fstp, 8, 8, 64);
    mov(x19, x0);
    mov(x22, x2);
    mov(x16, x1);
    load_activation(x23, ActivationLayout::native_sp);
    load_activation(x21, ActivationLayout::gas);
    load_memory();
    for (u32 i = 0; i < arguments; ++i)
        load_slot(gpr_order[i], i);
    word(0xd63f'0000 | x16.n << 5); // blr
    store_slot(0, result);
    constant(x0, 0);
    bind(exit); // w0 = trap
    store_field(x19, ActivationLayout::gas, x21);
    pairs(i_fldp, 8, 8, 64);
    pairs(i_ldp, 19, 6, 16);
    pairs(i_ldp, 29, 2, 0);
    alu_imm(Alu::add, true, sp, sp, saved_bytes);
    return_to_caller();
}

void A64::stub_traps(Stubs& stubs, Label& exit, Label& exit_with_place) noexcept {
    bind(stubs.memory);
    store_field(x19, ActivationLayout::trap_pc, x16);
    constant(x0, static_cast<u64>(Trap::memory_out_of_bounds));
    jump(exit);

    for (u32 trap = 1; trap < trap_count; ++trap) {
        bind(stubs.traps[trap]);
        constant(x0, trap);
        jump(exit_with_place);
    }
    bind(exit_with_place);
    alu_imm(Alu::sub, true, x30, x30, 1); // the call's last byte
    store_field(x19, ActivationLayout::trap_pc, x30);
    jump(exit);
}

/// w16 = number. Pinned registers are kept.
void A64::stub_slow(Stubs& stubs, Label& exit_with_place) noexcept {
    constexpr u32 kept = static_cast<u32>(std::size(gpr_order)) - gpr_temps;
    static_assert(kept % 2 == 0);
    bind(stubs.slow);
    push_place();
    alu_imm(Alu::sub, true, sp, sp, kept * 8);
    pairs(i_stp, gpr_temps, kept, 0);
    wrap(x1, x16);
    call_runtime(offsetof(NativeRuntime, slow) / 8);
    pairs(i_ldp, gpr_temps, kept, 0);
    alu_imm(Alu::add, true, sp, sp, kept * 8);
    pop_place();
    branch(i_cbnz | x0.n, exit_with_place);
    return_to_caller();
}

/// Every register is kept.
void A64::stub_refill(Stubs& stubs, Label& exit_with_place) noexcept {
    constexpr u32 count = static_cast<u32>(std::size(gpr_order));
    static_assert(count == std::size(fpr_order));
    constexpr i32 saved_bytes = count * 16;
    Label out;
    bind(stubs.refill);
    push_place();
    alu_imm(Alu::sub, true, sp, sp, saved_bytes);
    pairs(i_stp, 0, count, 0);
    pairs(i_fstp, 0, count, count * 8);
    call_runtime(offsetof(NativeRuntime, refill) / 8);
    mov(x16, x0);
    pairs(i_ldp, 0, count, 0);
    pairs(i_fldp, 0, count, count * 8);
    alu_imm(Alu::add, true, sp, sp, saved_bytes);
    pop_place();
    branch(i_cbnz | x16.n, out);
    return_to_caller();
    bind(out);
    mov(x0, x16);
    jump(exit_with_place);
}

/// x16 = Func, arguments and window as for its own code.
void A64::stub_foreign(Stubs& stubs, Label& host, Label& switch_context) noexcept {
    // In place of a released frame. If a foreign stub of any module called it, that one will return
    // for the callee, too: what stands behind its call is nowhere else.
    bind(stubs.foreign_tail);
    load_field32(x9, x30, 0);
    constexpr u32 mark = // ldr x11, [x19, native_limit]
        0xf940'0000 | ActivationLayout::native_limit / 8 << 10 | 19 << 5 | 11;
    constant(x10, mark);
    compare(false, x9, x10);
    branch(Cond::ne, stubs.foreign);
    load_field(x9, x16, offsetof(Func, native));
    branch(sf | i_cbz | x9.n, host);
    load_field(x8, x16, offsetof(Func, context));
    mov(x10, x30);
    call(switch_context);
    mov(x30, x10);
    word(0xd61f'0000 | x9.n << 5); // br

    bind(stubs.foreign);
    load_field(x9, x16, offsetof(Func, native));
    branch(sf | i_cbz | x9.n, host);
    save_return();
    load_field(x8, x16, offsetof(Func, context));
    load_activation(x10, ActivationLayout::next_frame);
    load_activation(x11, ActivationLayout::context);
    store_field(x10, offsetof(FrameRecord, context), x11);
    alu_imm(Alu::add, true, x10, x10, sizeof(FrameRecord));
    store_field(x19, ActivationLayout::next_frame, x10);
    add_limit(-static_cast<i32>(NativeAbi::frame_bytes));
    call(switch_context);
    word(0xd63f'0000 | x9.n << 5); // blr
    [[maybe_unused]] const u32 behind = here();
    add_limit(NativeAbi::frame_bytes);
    assert(load_le<u32>(code_.data() + behind) == mark);
    load_activation(x10, ActivationLayout::next_frame);
    alu_imm(Alu::sub, true, x10, x10, sizeof(FrameRecord));
    store_field(x19, ActivationLayout::next_frame, x10);
    load_field(x8, x10, offsetof(FrameRecord, context));
    call(switch_context);
    ret();
}

void A64::stubs(TrapsMode traps, Stubs& stubs) noexcept {
    Label exit, exit_with_place, host, switch_context;
    probes_ = traps == TrapsMode::signals;
    stub_enter(stubs, exit);
    stub_traps(stubs, exit, exit_with_place);
    stub_slow(stubs, exit_with_place);
    stub_refill(stubs, exit_with_place);
    stub_foreign(stubs, host, switch_context);

    bind(switch_context); // to x8
    store_field(x19, ActivationLayout::context, x8);
    for (u32 at = 0; at < sizeof(Context); at += 8) {
        load_field(x11, x8, at);
        store_field(x19, ActivationLayout::here + at, x11);
    }
    load_memory();
    return_to_caller();

    bind(host);
    for (u32 i = 0; i < arguments; ++i)
        store_slot(i, gpr_order[i]);
    push_place();
    mov(x1, x16);
    call_runtime(offsetof(NativeRuntime, invoke) / 8);
    pop_place();
    branch(i_cbnz | x0.n, exit_with_place);
    load_slot(result, 0);
    return_to_caller();
}

} // namespace lockstep::compiler

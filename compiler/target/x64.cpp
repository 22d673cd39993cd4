// SPDX-License-Identifier: Apache-2.0
// The stubs of a module: ways into native code and out of it.
#include "compiler/target/x64.hpp"

namespace lockstep::compiler {

void X64::push(Gpr r) noexcept {
    rex(false, 0, 0, r.n);
    byte(static_cast<u8>(0x50 | (r.n & 7)));
}
void X64::pop(Gpr r) noexcept {
    rex(false, 0, 0, r.n);
    byte(static_cast<u8>(0x58 | (r.n & 7)));
}
void X64::push_mem(Gpr base, u32 offset) noexcept {
    rex(false, 0, 0, base.n);
    byte(0xff);
    modrm_mem(6, base, offset);
}
void X64::pop_mem(Gpr base, u32 offset) noexcept {
    rex(false, 0, 0, base.n);
    byte(0x8f);
    modrm_mem(0, base, offset);
}

/// Base of memory 0 and its view; also the view, for code with checks may be called by code
/// without.
void X64::load_memory() noexcept {
    load_activation(rbx, ActivationLayout::memory0);
    load_field(r14, rbx, offsetof(MemoryView, base));
}

/// Calls entry `index` of NativeRuntime with the window as third argument on the thread's stack;
/// the flags tell whether it gave a trap (in eax).
void X64::call_runtime(u32 index) noexcept {
    store_field(r15, ActivationLayout::gas, r13);
    store_field(r15, ActivationLayout::native_sp, rsp);
    load_activation(rsp, ActivationLayout::host_sp);
    mov(rdi, r15);
    alu_imm(Alu::add, true, rdx, rbp, -128);
    load_activation(rax, ActivationLayout::native_runtime);
    call(rax, index * 8);
    load_activation(rsp, ActivationLayout::native_sp);
    load_activation(r13, ActivationLayout::gas);
    test(false, rax);
}

void X64::stubs(TrapsMode, Stubs& stubs) noexcept {
    constexpr Gpr saved[] = {rbx, rbp, r12, r13, r14, r15};
    constexpr Gpr kept[] = {r8, r9, r10, r11};
    constexpr u32 place_behind_kept = sizeof(kept) / sizeof(kept[0]) * 8;
    static_assert(place_behind_kept + 8 == NativeAbi::transition_bytes);
    Label exit, exit_with_place, switch_context, foreign_host;

    bind(stubs.enter); // rdi Activation, rsi entry, rdx window
    for (const Gpr r : saved)
        push(r);
    push_mem(rdi, ActivationLayout::host_sp);
    store_field(rdi, ActivationLayout::host_sp, rsp);
    mov(r15, rdi);
    mov(rcx, rsi);
    alu_imm(Alu::add, true, rbp, rdx, 128);
    load_activation(rsp, ActivationLayout::native_sp);
    load_activation(r13, ActivationLayout::gas);
    load_memory();
    for (u32 i = 0; i < arguments; ++i)
        load_slot(gpr_order[i], i);
    byte(0xff);
    byte(0xd1); // call rcx
    store_slot(0, result);
    constant(rax, 0);
    bind(exit); // rax = trap
    store_field(r15, ActivationLayout::gas, r13);
    load_activation(rsp, ActivationLayout::host_sp);
    pop_mem(r15, ActivationLayout::host_sp);
    for (usize i = std::size(saved); i > 0; --i)
        pop(saved[i - 1]);
    ret();

    bind(stubs.memory);
    store_field(r15, ActivationLayout::trap_pc, rcx);
    constant(rax, static_cast<u64>(Trap::memory_out_of_bounds));
    jump(exit);

    for (u32 trap = 1; trap < trap_count; ++trap) {
        bind(stubs.traps[trap]);
        constant(rax, trap);
        jump(exit_with_place);
    }
    bind(exit_with_place);
    pop_mem(r15, ActivationLayout::trap_pc);
    rm(true, 0x83, 5, r15, ActivationLayout::trap_pc); // sub 1: the call's last byte
    byte(1);
    jump(exit);

    bind(stubs.slow); // ecx = number
    for (const Gpr r : kept)
        push(r);
    mov(rsi, rcx);
    call_runtime(offsetof(NativeRuntime, slow) / 8);
    for (usize i = std::size(kept); i > 0; --i)
        pop(kept[i - 1]);
    branch(Cond::ne, exit_with_place);
    ret();

    bind(stubs.refill); // every register is kept
    for (const Gpr r : gpr_order)
        push(r);
    alu_imm(Alu::add, true, rsp, rsp, -static_cast<i32>(std::size(fpr_order)) * 8);
    for (u32 i = 0; i < std::size(fpr_order); ++i)
        vex_rm(3, false, 0x11, fpr_order[i].n, 0, rsp, i * 8);
    call_runtime(offsetof(NativeRuntime, refill) / 8);
    mov(rcx, rax);
    for (u32 i = 0; i < std::size(fpr_order); ++i)
        vex_rm(3, false, 0x10, fpr_order[i].n, 0, rsp, i * 8);
    alu_imm(Alu::add, true, rsp, rsp, static_cast<i32>(std::size(fpr_order)) * 8);
    for (usize i = std::size(gpr_order); i > 0; --i)
        pop(gpr_order[i - 1]);
    Label out;
    test(false, rcx);
    branch(Cond::ne, out);
    ret();
    bind(out);
    mov(rax, rcx);
    jump(exit_with_place);

    // In place of the frame whose return address is on top. If a foreign stub of any module called
    // it, that one will return for the callee, too: what stands behind its call is nowhere else.
    bind(stubs.foreign_tail);
    load_field(r8, rsp, 0);
    rm(false, 0x81, 7, r8, 0); // cmp dword [r8], imm32
    dword(0);
    const u32 behind_mark = here();
    branch(Cond::ne, stubs.foreign);
    load_field(r9, rcx, offsetof(Func, native));
    test(true, r9);
    branch(Cond::eq, foreign_host);
    load_field(r8, rcx, offsetof(Func, context));
    call(switch_context);
    byte(0x41);
    byte(0xff);
    byte(0xe1); // jmp r9

    bind(stubs.foreign); // rcx = Func, arguments and window as for its own code
    load_field(r9, rcx, offsetof(Func, native));
    test(true, r9);
    branch(Cond::eq, foreign_host);
    load_field(r8, rcx, offsetof(Func, context));
    load_activation(r10, ActivationLayout::next_frame);
    load_activation(r11, ActivationLayout::context);
    store_field(r10, offsetof(FrameRecord, context), r11);
    alu_imm(Alu::add, true, r10, r10, sizeof(FrameRecord));
    store_field(r15, ActivationLayout::next_frame, r10);
    add_limit(-static_cast<i32>(NativeAbi::frame_bytes));
    call(switch_context);
    byte(0x41);
    byte(0xff);
    byte(0xd1); // call r9
    const u32 behind = here();
    add_limit(NativeAbi::frame_bytes);
    store_le<u32>(code_.data() + behind_mark - 4, load_le<u32>(code_.data() + behind));
    load_activation(r10, ActivationLayout::next_frame);
    alu_imm(Alu::add, true, r10, r10, -static_cast<i32>(sizeof(FrameRecord)));
    store_field(r15, ActivationLayout::next_frame, r10);
    load_field(r8, r10, offsetof(FrameRecord, context));
    call(switch_context);
    ret();

    bind(switch_context); // to r8
    store_field(r15, ActivationLayout::context, r8);
    for (u32 at = 0; at < sizeof(Context); at += 16) {
        vex_rm(0, false, 0x10, 0, 0, r8, at); // vmovups
        vex_rm(0, false, 0x11, 0, 0, r15, ActivationLayout::here + at);
    }
    load_memory();
    ret();

    bind(foreign_host);
    for (u32 i = 0; i < arguments; ++i)
        store_slot(i, gpr_order[i]);
    alu_imm(Alu::add, true, rsp, rsp, -static_cast<i32>(place_behind_kept));
    mov(rsi, rcx);
    call_runtime(offsetof(NativeRuntime, invoke) / 8);
    rex(true, 0, 0, rsp.n); // lea keeps the flags
    byte(0x8d);
    modrm_mem(rsp.n, rsp, place_behind_kept);
    branch(Cond::ne, exit_with_place);
    load_slot(result, 0);
    ret();
}

} // namespace lockstep::compiler

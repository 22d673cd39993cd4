// SPDX-License-Identifier: Apache-2.0
// What any tier calls for the slow operators: growth, bulk and table operators, host calls. Private
// to tiers.
#pragma once

#include "vm/context.hpp"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace lockstep {

/// The floating-point mode of the thread. Guest code runs with round to nearest, subnormals kept
/// and no exceptions.
struct FloatMode {
#if defined(__x86_64__)
    static constexpr u64 guest = 0x1f80;
    static constexpr u64 mask = 0xffc0; ///< without the sticky flags
    static u64 get() noexcept { return _mm_getcsr(); }
    static void set(u64 mode) noexcept { _mm_setcsr(static_cast<u32>(mode)); }
#elif defined(__aarch64__)
    static constexpr u64 guest = 0;
    static constexpr u64 mask = ~u64{0};
    static u64 get() noexcept {
        u64 mode;
        asm volatile("mrs %0, fpcr" : "=r"(mode));
        return mode;
    }
    static void set(u64 mode) noexcept { asm volatile("msr fpcr, %0" : : "r"(mode)); }
#else
#error "the floating-point mode of this machine is not known"
#endif
    /// Puts the guest's mode back if somebody has changed it.
    static void ensure_guest() noexcept {
        if (((get() ^ guest) & mask) != 0) [[unlikely]]
            set(guest);
    }
};

/// Runs `entry` on the interpreter: arguments in window[0...], results to window[0...]. Returns
/// Trap::none, a trap, or sets activation.faulted. The traps mode is that of the Store.
[[nodiscard]] Trap interpret(Activation& activation, const Func& entry, Slot* window,
                             TrapsMode traps) noexcept;

/// Slow operators. Each returns Trap::none or the trap; a fault sets activation.faulted and returns
/// host_error.
struct Runtime {
    static Trap memory_grow(Activation& activation, Context& context, Slot delta,
                            Slot& out) noexcept;
    static Trap memory_fill(Context& context, const Slot* args) noexcept;
    static Trap memory_copy(Context& context, const Slot* args) noexcept;
    static Trap memory_init(Context& context, const Slot* args, u32 segment) noexcept;
    static void data_drop(Context& context, u32 segment) noexcept;
    static Trap table_init(Context& context, const Slot* args, u32 segment, u32 table) noexcept;
    static Trap table_copy(Context& context, const Slot* args, u32 to, u32 from) noexcept;
    static Trap table_fill(Context& context, const Slot* args, u32 table) noexcept;
    static Trap table_grow(Activation& activation, Context& context, const Slot* args, u32 table,
                           Slot& out) noexcept;
    static void elem_drop(Context& context, u32 segment) noexcept;
    /// Calls host function `function`; arguments and results in `slots`, above which nothing is in
    /// use. Tests the gas counter first. No exception of the host leaves it.
    static Trap call_host(Activation& activation, Context& caller, const Func& function,
                          Slot* slots, TrapsMode traps) noexcept;
    /// charge_units: takes units * price; false if the gas is out or the call was cancelled.
    static bool charge_units(Activation& activation, u32 units, u64 price) noexcept;
};

} // namespace lockstep

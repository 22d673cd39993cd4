// SPDX-License-Identifier: Apache-2.0
// The border between C++ and native code of any tier. Native frames lie on a stack of their own
// beside the guest stack, all of one size, so that the stack pointer counts them; C++ always runs
// on the thread's stack. Operands stand in the same windows as the interpreter's. Private to tiers.
#pragma once

#include "vm/context.hpp"

#include <memory>

namespace lockstep {

/// Number of trap codes, `none` included.
inline constexpr u32 trap_count = 0
#define TRAP(number, name, text) +1
#include "vm/errors.def"
                                  + 1;

/// Native code of one executable: plain data, immutable once made.
struct NativeCode {
    /// Runs `entry` with arguments in window[0...] and gives the trap; results are in window[0...].
    using Enter = u32 (*)(Activation*, const void* entry, Slot* window) noexcept;

    /// A place where the code may trap: the last byte of a call, or the first of a guarded memory
    /// access.
    struct Site {
        u32 offset;
        u32 record; ///< in Code::records, | memory_access
    };
    static constexpr u32 memory_access = 0x8000'0000;

    const u8* base = nullptr;
    u32 size = 0;
    u32 enter = 0;                       ///< offset of the code behind Enter
    u32 memory_landing = 0;              ///< offset of the code a guard fault goes on at
    TrapsMode traps{};                   ///< signals: not to be run on memories without guard pages
    Buffer<u32> entries;                 ///< per defined function, from base
    Buffer<Site> sites;                  ///< ascending
    u32 interpreted = 0;                 ///< functions that could not be translated
    std::shared_ptr<const void> mapping; ///< keeps the code

    [[nodiscard]] bool suits(TrapsMode mode) const noexcept {
        return traps == TrapsMode::explicit_checks || mode == TrapsMode::signals;
    }
    /// The site at `offset`, or null. Async-signal-safe.
    [[nodiscard]] const Site* site(u32 offset) const noexcept;
};

/// What native code calls, on the thread's stack. Each gives a trap; not none = the code leaves.
struct NativeRuntime {
    /// Performs one record, or runs a whole function (number | interpreted_function) on the
    /// interpreter; operands are in the window.
    u32 (*slow)(Activation*, u32 record, Slot* window) noexcept;
    u32 (*refill)(Activation*) noexcept;
    /// Calls a host function, or one without native code.
    u32 (*invoke)(Activation*, const Func*, Slot* window) noexcept;
};

struct NativeAbi {
    static constexpr u32 interpreted_function = 0x8000'0000;
    /// What the stubs for `slow` and `invoke` have put on the native stack before native_sp is
    /// noted.
    static constexpr u32 transition_bytes = 40;
    static constexpr u32 frame_bytes = 8;
    /// Native stack beyond the frames: for each nested entry, and for signal handlers.
    static constexpr u32 nesting_bytes = 512;
    static constexpr u32 slack_bytes = 65536;
};

/// Runs `entry` on its native code if it has any that suits `traps`, else on the interpreter.
/// Otherwise as interpret().
[[nodiscard]] Trap execute(Activation& activation, const Func& entry, Slot* window,
                           TrapsMode traps) noexcept;

} // namespace lockstep

// SPDX-License-Identifier: Apache-2.0
// Memory accesses that may fault. In traps mode `signals` nothing compares an address with a
// memory's size: beyond the size lie pages without access, and a signal handler turns the fault of
// such an access into an answer. The handler claims a fault only if its pc belongs to us (an
// accessor of this file or registered generated code) and its address lies in a registered range;
// every other fault goes to the handler that was there before, with its own flags. Accessors note
// {pc, where to go on} in the ELF section lockstep_fixups, as Linux' exception tables do, so on the
// hot path a guarded access is one instruction. The handler takes no lock, allocates nothing and
// touches no thread_local.
#pragma once

#include "vm/bytes.hpp"
#include "vm/result.hpp"

#include <concepts>
#include <utility>

namespace lockstep {

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#define LOCKSTEP_GUARD_FAULTS 1
#else
#define LOCKSTEP_GUARD_FAULTS 0
#endif

/// Whether this build can answer guard faults. Where it cannot, install_guard_fault_handler() fails
/// and the accessors below must not be called.
inline constexpr bool guard_faults_supported = LOCKSTEP_GUARD_FAULTS != 0;

/// Makes faults of guarded accesses answerable in the whole process; further calls do nothing. The
/// handlers of SIGSEGV and SIGBUS found at the first call get what is not ours; who installs one
/// later must forward likewise. Errors: bad_argument where the machine is not supported,
/// out_of_memory if the system refuses.
[[nodiscard]] result<> install_guard_fault_handler() noexcept;

/// Gives the calling thread a stack for signal handlers unless it has one; ours is released when
/// the thread ends. To be called once in each thread that runs guarded accesses. Errors:
/// out_of_memory.
[[nodiscard]] result<> ensure_alternate_stack() noexcept;

/// An entry in one of the handler's tables of address ranges, given back at the end.
class GuardSlot {
public:
    GuardSlot() = default;
    GuardSlot(GuardSlot&& other) noexcept : entry_{std::exchange(other.entry_, nullptr)} {}
    GuardSlot& operator=(GuardSlot&& other) noexcept {
        GuardSlot former{std::move(*this)};
        entry_ = std::exchange(other.entry_, nullptr);
        return *this;
    }
    GuardSlot(const GuardSlot&) = delete;
    GuardSlot& operator=(const GuardSlot&) = delete;
    ~GuardSlot();

    struct Entry;

protected:
    explicit GuardSlot(Entry* entry) noexcept : entry_{entry} {}

private:
    Entry* entry_ = nullptr;
};

/// While it lives, faults at addresses of a range may be claimed. One per reservation, not per
/// memory.
class GuardedRegion : public GuardSlot {
public:
    GuardedRegion() = default;
    /// Errors: out_of_memory when all slots are taken; the caller then falls back to explicit
    /// checks.
    [[nodiscard]] static result<GuardedRegion> create(const void* begin, u64 size) noexcept;

private:
    using GuardSlot::GuardSlot;
};

/// Says where to go on after a guard fault at `pc` of generated code; null if the instruction there
/// is not one of its memory accesses. Called in a signal handler: it must be async-signal-safe. At
/// the landing rcx (x86_64) or x16 (arm64) holds `pc`.
using FaultLanding = const void* (*)(const void* context, const void* pc) noexcept;

/// While it lives, faults of the instructions in a range of generated code may be claimed.
class GuardedCode : public GuardSlot {
public:
    GuardedCode() = default;
    /// Errors: out_of_memory when all slots are taken.
    [[nodiscard]] static result<GuardedCode>
    create(const void* begin, u64 size, FaultLanding landing, const void* context) noexcept;

private:
    using GuardSlot::GuardSlot;
};

// Guarded accesses. "?" puts the note into the group of the function it stands in, so that the
// linker drops both together when a template is instantiated twice; "R" keeps it from
// --gc-sections. The notes are found per binary: the accessors work only in the binary (program or
// shared library) that guard_fault.cpp is linked into.
#if LOCKSTEP_GUARD_FAULTS
#define LOCKSTEP_FIXUP                                                                             \
    ".pushsection lockstep_fixups,\"aR?\",@progbits\n\t"                                           \
    ".balign 4\n\t"                                                                                \
    ".long 1b - .\n\t"                                                                             \
    ".long %l[fault] - .\n\t"                                                                      \
    ".popsection"
#endif

/// Reads a little-endian `T` at base + offset, aligned or not; false if the access faulted, `out`
/// then being as before. REQUIRES: all bytes lie in a registered region.
template <std::unsigned_integral T>
[[nodiscard, gnu::always_inline]] inline bool guarded_load(const u8* base, u64 offset,
                                                           T* out) noexcept {
#if LOCKSTEP_GUARD_FAULTS
    u64 value; // an instruction that writes 32 bits of a register clears the others
#if defined(__x86_64__)
#define LOCKSTEP_LOAD(instruction, reg)                                                            \
    asm volatile goto("1: " instruction " (%[base],%[offset]), %" reg "[value]\n\t" LOCKSTEP_FIXUP \
                      : [value] "=r"(value)                                                        \
                      : [base] "r"(base), [offset] "r"(offset)                                     \
                      : "memory"                                                                   \
                      : fault)
    if constexpr (sizeof(T) == 1) LOCKSTEP_LOAD("movzbl", "k");
    if constexpr (sizeof(T) == 2) LOCKSTEP_LOAD("movzwl", "k");
    if constexpr (sizeof(T) == 4) LOCKSTEP_LOAD("movl", "k");
    if constexpr (sizeof(T) == 8) LOCKSTEP_LOAD("movq", "q");
#else
#define LOCKSTEP_LOAD(instruction, reg)                                                            \
    asm volatile goto("1: " instruction " %" reg                                                   \
                      "[value], [%[base], %[offset]]\n\t" LOCKSTEP_FIXUP                           \
                      : [value] "=r"(value)                                                        \
                      : [base] "r"(base), [offset] "r"(offset)                                     \
                      : "memory"                                                                   \
                      : fault)
    if constexpr (sizeof(T) == 1) LOCKSTEP_LOAD("ldrb", "w");
    if constexpr (sizeof(T) == 2) LOCKSTEP_LOAD("ldrh", "w");
    if constexpr (sizeof(T) == 4) LOCKSTEP_LOAD("ldr", "w");
    if constexpr (sizeof(T) == 8) LOCKSTEP_LOAD("ldr", "x");
#endif
#undef LOCKSTEP_LOAD
    // gcc before 12.4 needs the `volatile` above, or it drops a load whose value is not used (PR
    // 98619), and a barrier here, or it may lose the value (PR 113921). Linux does the same.
    asm("");
    // Spares the caller a second zero extension.
    if (value > static_cast<T>(~T{0})) __builtin_unreachable();
    *out = static_cast<T>(value);
    return true;
fault:
    return false;
#else
    *out = load_le<T>(base + offset);
    return true;
#endif
}

/// Writes `value` little-endian at base + offset, aligned or not; false if the access faulted, no
/// byte then being written. REQUIRES: all bytes lie in a registered region, which ends in whole
/// pages without access.
template <std::unsigned_integral T>
// NOLINTNEXTLINE(readability-non-const-parameter): the asm writes through `base`
[[nodiscard, gnu::always_inline]] inline bool guarded_store(u8* base, u64 offset,
                                                            T value) noexcept {
#if LOCKSTEP_GUARD_FAULTS
#if defined(__x86_64__)
#define LOCKSTEP_STORE(instruction, reg)                                                           \
    asm volatile goto("1: " instruction " %" reg "[value], (%[base],%[offset])\n\t" LOCKSTEP_FIXUP \
                      :                                                                            \
                      : [value] "r"(value), [base] "r"(base), [offset] "r"(offset)                 \
                      : "memory"                                                                   \
                      : fault)
    if constexpr (sizeof(T) == 1) LOCKSTEP_STORE("movb", "b");
    if constexpr (sizeof(T) == 2) LOCKSTEP_STORE("movw", "w");
    if constexpr (sizeof(T) == 4) LOCKSTEP_STORE("movl", "k");
    if constexpr (sizeof(T) == 8) LOCKSTEP_STORE("movq", "q");
#else
#define LOCKSTEP_STORE(instruction, reg)                                                           \
    asm volatile goto("1: " instruction " %" reg                                                   \
                      "[value], [%[base], %[offset]]\n\t" LOCKSTEP_FIXUP                           \
                      :                                                                            \
                      : [value] "r"(value), [base] "r"(base), [offset] "r"(offset)                 \
                      : "memory"                                                                   \
                      : fault)
    // A store over a page's end may be done on the first page before the second one faults, so its
    // last byte is tried first. Memories end on a multiple of 64 KiB: only unaligned stores can lie
    // across that.
    if constexpr (sizeof(T) > 1) {
        u8 last = 0;
        if (offset % sizeof(T) != 0 && !guarded_load(base, offset + sizeof(T) - 1, &last))
            return false;
    }
    if constexpr (sizeof(T) == 1) LOCKSTEP_STORE("strb", "w");
    if constexpr (sizeof(T) == 2) LOCKSTEP_STORE("strh", "w");
    if constexpr (sizeof(T) == 4) LOCKSTEP_STORE("str", "w");
    if constexpr (sizeof(T) == 8) LOCKSTEP_STORE("str", "x");
#endif
#undef LOCKSTEP_STORE
    return true;
fault:
    return false;
#else
    store_le(base + offset, value);
    return true;
#endif
}

#undef LOCKSTEP_FIXUP

} // namespace lockstep

// SPDX-License-Identifier: Apache-2.0
// Linear memories (spec 4.2.8) by reserve and commit. A memory's whole address range is reserved
// without access when it is made and pages become readable and writable as it grows, so its base
// never moves. Reservations come from a pool and go back to it zeroed: a call of a contract costs
// no mmap. When the host has no memory the answer is a Fault, never a failed memory.grow: what a
// guest sees depends on its limits alone.
#pragma once

#include "vm/result.hpp"
#include "vm/types.hpp"

#include <array>
#include <atomic>
#include <cassert>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include <sys/types.h>

namespace lockstep {

/// How an access outside of a memory is found: by a comparison before each access, or by the page
/// fault it causes (guard_fault.hpp). Results are the same.
enum class TrapsMode : u8 { explicit_checks, signals };

/// Behind a memory of mode `signals` lie so many bytes without access that no u32 address plus u32
/// offset leaves the reservation.
inline constexpr u64 guarded_reservation_bytes = (u64{8} << 30) + page_size;

struct MemoryReservation;

/// Keeps address ranges for reuse. Safe to use from many threads. It must outlive its memories.
class MemoryPool {
public:
    static constexpr u32 default_max_idle = 64;

    /// At most `max_idle` unused reservations are kept; others are unmapped.
    explicit MemoryPool(u32 max_idle = default_max_idle) noexcept : max_idle_{max_idle} {}
    MemoryPool(const MemoryPool&) = delete;
    MemoryPool& operator=(const MemoryPool&) = delete;
    ~MemoryPool();

    struct Counts {
        u64 mapped; ///< reservations taken from the system so far
        u64 reused; ///< memories that were made from a kept reservation
        u32 idle;   ///< reservations kept now
    };
    [[nodiscard]] Counts counts() const noexcept;

private:
    friend class LinearMemory;
    static constexpr usize class_count = 18; // 2^0 ... 2^16 pages, and the guarded one

    [[nodiscard]] result<MemoryReservation*> acquire(u32 min_pages, u32 max_pages,
                                                     TrapsMode mode) noexcept;
    void release(MemoryReservation* reservation, u64 touched_bytes) noexcept;

    mutable std::mutex mutex_;
    std::array<MemoryReservation*, class_count> idle_{};
    std::array<u32, class_count> idle_count_{};
    u32 max_idle_;
    u32 idle_total_ = 0;
    u64 mapped_ = 0;
    u64 reused_ = 0;
};

/// The pool of the process. Memories in static storage must be made after its first use.
[[nodiscard]] MemoryPool& default_memory_pool() noexcept;

/// One memory: `size_bytes()` bytes at `base()`, all zero at first.
class LinearMemory {
public:
    /// REQUIRES: min_pages <= max_pages <= max_memory_pages. Errors: out_of_memory.
    [[nodiscard]] static result<LinearMemory>
    create(u32 min_pages, u32 max_pages, TrapsMode mode,
           MemoryPool& pool = default_memory_pool()) noexcept;

    LinearMemory(LinearMemory&& other) noexcept { swap(other); }
    LinearMemory& operator=(LinearMemory&& other) noexcept {
        LinearMemory(std::move(other)).swap(*this);
        return *this;
    }
    LinearMemory(const LinearMemory&) = delete;
    LinearMemory& operator=(const LinearMemory&) = delete;
    ~LinearMemory();

    /// Never null and never changed by grow.
    [[nodiscard]] u8* base() const noexcept { return base_; }
    [[nodiscard]] u64 size_bytes() const noexcept { return u64{pages_} * page_size; }
    [[nodiscard]] u32 pages() const noexcept { return pages_; }
    [[nodiscard]] u32 max_pages() const noexcept { return max_pages_; }
    [[nodiscard]] TrapsMode traps_mode() const noexcept { return mode_; }
    [[nodiscard]] std::span<u8> bytes() const noexcept {
        return {base_, static_cast<usize>(size_bytes())};
    }
    /// Whether `length` bytes from `address` on lie inside; without overflow for any arguments.
    [[nodiscard]] bool contains(u64 address, u64 length) const noexcept {
        return length <= size_bytes() && address <= size_bytes() - length;
    }

    /// Adds `delta` pages of zeros and gives the former size in pages, or nothing if that would
    /// exceed max_pages() (the guest's -1). Errors: out_of_memory, after which the memory is as
    /// before.
    [[nodiscard]] result<std::optional<u32>> grow(u32 delta) noexcept;

private:
    LinearMemory() = default;
    void swap(LinearMemory& other) noexcept;

    u8* base_ = nullptr;
    u32 pages_ = 0;
    u32 max_pages_ = 0;
    TrapsMode mode_ = TrapsMode::explicit_checks;
    MemoryReservation* reservation_ = nullptr;
    MemoryPool* pool_ = nullptr;
};

/// The system calls that this file makes.
struct SystemCalls {
    void* (*mmap)(void*, usize, int, int, int, off_t);
    int (*mprotect)(void*, usize, int);
    int (*madvise)(void*, usize, int);
    int (*munmap)(void*, usize);
};

/// For tests only: lets them replace the system calls and fail each in turn. With `fail_call` = k >
/// 0 the k-th call from then on fails with ENOMEM, the others succeed. `calls` may be changed only
/// while no other thread uses memories.
struct MemoryTestHooks {
    SystemCalls calls;
    std::atomic<u64> fail_call{0};
    std::atomic<u64> calls_made{0};
};
[[nodiscard]] MemoryTestHooks& memory_test_hooks() noexcept;

} // namespace lockstep

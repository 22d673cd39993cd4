// SPDX-License-Identifier: Apache-2.0
// Reservations, the pool that keeps them and the memories that stand on them. Invariants of a
// reservation: [0, accessible) is readable and writable, the rest is not; while it is idle every
// byte of it is zero. In mode `signals`, accessible is exactly the size of the memory, so that each
// access beyond it faults.
#include "vm/memory.hpp"

#include "vm/guard_fault.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <new>

#include <sys/mman.h>

namespace lockstep {

struct MemoryReservation {
    u8* base = nullptr;
    u64 size = 0;
    u64 accessible = 0;
    u32 size_class = 0;
    bool damaged = false; // an mprotect failed: how far the range is accessible is unknown
    MemoryReservation* next = nullptr;
    GuardedRegion region;

    MemoryReservation() = default;
    MemoryReservation(const MemoryReservation&) = delete;
    MemoryReservation& operator=(const MemoryReservation&) = delete;
    ~MemoryReservation();
};

namespace {

constexpr u32 guarded_class = 17;
// Up to here writing zeros is cheaper than giving the pages back and faulting them in again.
constexpr u64 memset_limit = u64{256} << 10;

constexpr Error out_of_memory{Errc::out_of_memory};

/// Counts a system call and tells whether a test wants it to fail.
bool call_fails() noexcept {
    MemoryTestHooks& hooks = memory_test_hooks();
    hooks.calls_made.fetch_add(1, std::memory_order_relaxed);
    u64 left = hooks.fail_call.load(std::memory_order_relaxed);
    while (left != 0 && !hooks.fail_call.compare_exchange_weak(left, left - 1)) {
    }
    if (left == 1) errno = ENOMEM;
    return left == 1;
}

u8* map_reserved(u64 size) noexcept {
    if (call_fails()) return nullptr;
    void* const base =
        memory_test_hooks().calls.mmap(nullptr, static_cast<usize>(size), PROT_NONE,
                                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return base == MAP_FAILED ? nullptr : static_cast<u8*>(base);
}

bool protect(u8* base, u64 size, int protection) noexcept {
    return !call_fails() &&
           memory_test_hooks().calls.mprotect(base, static_cast<usize>(size), protection) == 0;
}

/// Makes [0, bytes) accessible; what was accessible already stays so.
bool commit(MemoryReservation& reservation, u64 bytes) noexcept {
    if (bytes <= reservation.accessible) return true;
    if (!protect(reservation.base + reservation.accessible, bytes - reservation.accessible,
                 PROT_READ | PROT_WRITE)) {
        reservation.damaged = true;
        return false;
    }
    reservation.accessible = bytes;
    return true;
}

bool decommit(MemoryReservation& reservation, u64 bytes) noexcept {
    if (bytes >= reservation.accessible) return true;
    if (!protect(reservation.base + bytes, reservation.accessible - bytes, PROT_NONE)) return false;
    reservation.accessible = bytes;
    return true;
}

bool make_zero(MemoryReservation& reservation, u64 bytes) noexcept {
    if (bytes <= memset_limit) {
        std::memset(reservation.base, 0, static_cast<usize>(bytes));
        return true;
    }
    return !call_fails() && memory_test_hooks().calls.madvise(
                                reservation.base, static_cast<usize>(bytes), MADV_DONTNEED) == 0;
}

u32 class_of(u32 max_pages, TrapsMode mode) noexcept {
    if (mode == TrapsMode::signals) return guarded_class;
    return static_cast<u32>(std::countr_zero(std::bit_ceil(std::max(max_pages, u32{1}))));
}

result<std::unique_ptr<MemoryReservation>> map_reservation(u32 size_class) noexcept {
    std::unique_ptr<MemoryReservation> made{new (std::nothrow) MemoryReservation};
    if (made == nullptr) return out_of_memory;
    made->size_class = size_class;
    made->size = size_class == guarded_class ? guarded_reservation_bytes : page_size << size_class;
    made->base = map_reserved(made->size);
    if (made->base == nullptr) return out_of_memory;
    if (size_class == guarded_class) {
        TRY(made->region, GuardedRegion::create(made->base, made->size));
    }
    return made;
}

} // namespace

MemoryReservation::~MemoryReservation() {
    // The handler must forget the range before other things can be mapped there.
    region = GuardedRegion{};
    // A failing munmap leaves addresses without use behind, nothing worse.
    if (base != nullptr && !call_fails())
        (void)memory_test_hooks().calls.munmap(base, static_cast<usize>(size));
}

MemoryPool::~MemoryPool() {
    for (MemoryReservation* list : idle_) {
        while (list != nullptr) {
            const std::unique_ptr<MemoryReservation> reservation{list};
            list = reservation->next;
        }
    }
}

MemoryPool::Counts MemoryPool::counts() const noexcept {
    const std::lock_guard lock{mutex_};
    return {mapped_, reused_, idle_total_};
}

result<MemoryReservation*> MemoryPool::acquire(u32 min_pages, u32 max_pages,
                                               TrapsMode mode) noexcept {
    const u32 size_class = class_of(max_pages, mode);
    std::unique_ptr<MemoryReservation> reservation;
    {
        const std::lock_guard lock{mutex_};
        reservation.reset(idle_[size_class]);
        if (reservation != nullptr) {
            idle_[size_class] = std::exchange(reservation->next, nullptr);
            --idle_count_[size_class];
            --idle_total_;
            ++reused_;
        }
    }
    if (reservation == nullptr) {
        TRY(reservation, map_reservation(size_class));
        const std::lock_guard lock{mutex_};
        ++mapped_;
    }
    const u64 bytes = u64{min_pages} * page_size;
    if (!commit(*reservation, bytes)) return out_of_memory;
    if (mode == TrapsMode::signals && !decommit(*reservation, bytes)) return out_of_memory;
    return reservation.release();
}

void MemoryPool::release(MemoryReservation* reservation, u64 touched_bytes) noexcept {
    std::unique_ptr<MemoryReservation> victim{reservation};
    if (reservation->damaged || !make_zero(*reservation, touched_bytes)) return;
    {
        const std::lock_guard lock{mutex_};
        const u32 size_class = reservation->size_class;
        reservation->next = std::exchange(idle_[size_class], victim.release());
        ++idle_count_[size_class];
        ++idle_total_;
        if (idle_total_ > max_idle_) {
            // The class with most to spare loses one, so that no class is starved by another.
            const auto most = static_cast<usize>(
                std::max_element(idle_count_.begin(), idle_count_.end()) - idle_count_.begin());
            victim.reset(idle_[most]);
            idle_[most] = victim->next;
            --idle_count_[most];
            --idle_total_;
        }
    }
}

MemoryPool& default_memory_pool() noexcept {
    static MemoryPool pool;
    return pool;
}

result<LinearMemory> LinearMemory::create(u32 min_pages, u32 max_pages, TrapsMode mode,
                                          MemoryPool& pool) noexcept {
    assert(min_pages <= max_pages && max_pages <= max_memory_pages);
    TRY(MemoryReservation* const reservation, pool.acquire(min_pages, max_pages, mode));
    LinearMemory memory;
    memory.base_ = reservation->base;
    memory.reservation_ = reservation;
    memory.pages_ = min_pages;
    memory.max_pages_ = max_pages;
    memory.mode_ = mode;
    memory.pool_ = &pool;
    return memory;
}

LinearMemory::~LinearMemory() {
    if (reservation_ != nullptr) pool_->release(reservation_, size_bytes());
}

result<std::optional<u32>> LinearMemory::grow(u32 delta) noexcept {
    if (delta > max_pages_ - pages_) return std::optional<u32>{};
    if (!commit(*reservation_, (u64{pages_} + delta) * page_size)) return out_of_memory;
    pages_ += delta;
    return std::optional<u32>{pages_ - delta};
}

void LinearMemory::swap(LinearMemory& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(pages_, other.pages_);
    std::swap(max_pages_, other.max_pages_);
    std::swap(mode_, other.mode_);
    std::swap(reservation_, other.reservation_);
    std::swap(pool_, other.pool_);
}

MemoryTestHooks& memory_test_hooks() noexcept {
    static MemoryTestHooks hooks{{::mmap, ::mprotect, ::madvise, ::munmap}};
    return hooks;
}

} // namespace lockstep

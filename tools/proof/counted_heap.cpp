// SPDX-License-Identifier: Apache-2.0
// Allocation functions that count and then ask the C library, or AddressSanitizer's allocator in a
// build with it.
#include "tools/proof/counted_heap.hpp"

#include <algorithm>
#include <cerrno>
#include <new>

#include <malloc.h>

#ifdef LOCKSTEP_ASAN
#define REAL(name) __interceptor_##name
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void*);
#else
#define REAL(name) __libc_##name
#endif
extern "C" void* REAL(malloc)(std::size_t);
extern "C" void* REAL(calloc)(std::size_t, std::size_t);
extern "C" void* REAL(realloc)(void*, std::size_t);
extern "C" void* REAL(memalign)(std::size_t, std::size_t);
extern "C" void REAL(free)(void*);

namespace lockstep::proof {
namespace {

constinit thread_local CountedHeap heap;

/// From here on glibc gives a block pages of its own, and grows it by remapping them. Said
/// explicitly, so that the bound does not rise while the program runs.
constexpr i64 large_block = 128 << 10;
[[maybe_unused]] const int large_blocks_are_mapped = mallopt(M_MMAP_THRESHOLD, large_block);

i64 size_of(void* block) noexcept {
#ifdef LOCKSTEP_ASAN
    return static_cast<i64>(__sanitizer_get_allocated_size(block));
#else
    // The size that was asked for is not kept: what was given is at most 24 bytes more.
    return static_cast<i64>(malloc_usable_size(block));
#endif
}

bool fails() noexcept {
    if (!heap.on) return false;
    ++heap.calls;
    const bool later = heap.fail_on && heap.fail_at != 0 && heap.calls > heap.fail_at;
    if (heap.calls != heap.fail_at && !later) return false;
    errno = ENOMEM;
    return true;
}

void* made(void* block) noexcept {
    if (!heap.on || block == nullptr) return block;
    ++heap.blocks;
    heap.bytes += size_of(block);
    heap.peak = std::max(heap.peak, heap.bytes);
    return block;
}

void gone(void* block) noexcept {
    if (!heap.on || block == nullptr) return;
    --heap.blocks;
    heap.bytes -= size_of(block);
}

void* allocate(std::size_t size, std::size_t alignment) {
    void* block = nullptr;
    if (!fails())
        block = made(alignment <= alignof(std::max_align_t) ? REAL(malloc)(size)
                                                            : REAL(memalign)(alignment, size));
    return block;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
    void* block = allocate(size, alignment);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

} // namespace

CountedHeap& counted_heap() noexcept { return heap; }

} // namespace lockstep::proof

using namespace lockstep::proof;

extern "C" {
void* malloc(std::size_t size) { return fails() ? nullptr : made(REAL(malloc)(size)); }
void* calloc(std::size_t nmemb, std::size_t size) {
    return fails() ? nullptr : made(REAL(calloc)(nmemb, size));
}
void* realloc(void* ptr, std::size_t size) {
    if (fails()) return nullptr;
    const auto former = heap.on && ptr != nullptr ? size_of(ptr) : 0;
    void* const moved = REAL(realloc)(ptr, size);
    if (!heap.on || moved == nullptr) return moved;
    if (ptr != nullptr) --heap.blocks;
    const bool copied = moved != ptr && former < large_block;
    if (!copied) heap.bytes -= former;
    (void)made(moved);
    if (copied) heap.bytes -= former;
    return moved;
}
void free(void* ptr) {
    gone(ptr);
    REAL(free)(ptr);
}
}

void* operator new(std::size_t size) { return allocate_or_throw(size, 1); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, 1); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { free(block); }
void operator delete[](void* block) noexcept { free(block); }
void operator delete(void* block, std::size_t) noexcept { free(block); }
void operator delete[](void* block, std::size_t) noexcept { free(block); }
void operator delete(void* block, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { free(block); }

// SPDX-License-Identifier: Apache-2.0
#include "fuzz/heap.hpp"

#include <algorithm>

// From <sanitizer/allocator_interface.h>; weak, so that builds without the sanitizer link.
extern "C" [[gnu::weak]] int
__sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*, std::size_t),
                                          void (*free_hook)(const volatile void*));
extern "C" [[gnu::weak]] std::size_t __sanitizer_get_allocated_size(const volatile void*);

namespace lockstep::fuzz {
namespace {

thread_local bool counting = false;
thread_local i64 in_use = 0;
thread_local i64 peak = 0;

void on_malloc(const volatile void*, std::size_t size) {
    if (!counting) return;
    in_use += static_cast<i64>(size);
    peak = std::max(peak, in_use);
}

void on_free(const volatile void* block) {
    if (!counting || block == nullptr) return;
    in_use -= static_cast<i64>(__sanitizer_get_allocated_size(block));
}

} // namespace

HeapPeak::HeapPeak() noexcept {
    [[maybe_unused]] static const bool installed =
        __sanitizer_install_malloc_and_free_hooks != nullptr &&
        __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) != 0;
    in_use = 0;
    peak = 0;
    counting = true;
}

HeapPeak::~HeapPeak() { counting = false; }

u64 HeapPeak::bytes() const noexcept { return static_cast<u64>(peak); }

} // namespace lockstep::fuzz

// SPDX-License-Identifier: Apache-2.0
// Mappings that were given back are kept for the next code, writable and not executable: bringing
// in fresh pages takes longer than translating a function.
#include "compiler/code_memory.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>

#include <sys/mman.h>

namespace lockstep::compiler {
namespace {

constexpr usize step = usize{64} << 10; ///< sizes are multiples of it

struct Mapping {
    u8* base = nullptr;
    usize size = 0;
};

void unmap(Mapping mapping) noexcept { (void)::munmap(mapping.base, mapping.size); }

/// Idle mappings of the process, the longest unused first.
class Pool {
public:
    /// One that fits `size` without much waste, or none.
    Mapping take(usize size) noexcept {
        const std::lock_guard lock(mutex_);
        Mapping* best = nullptr;
        for (Mapping& idle : std::span(idle_).first(count_))
            if (idle.size >= size && idle.size <= 2 * size &&
                (best == nullptr || idle.size < best->size))
                best = &idle;
        return best == nullptr ? Mapping{} : remove(best);
    }
    void keep(Mapping mapping) noexcept {
        if (mapping.size > most_bytes / 4) return unmap(mapping);
        const std::lock_guard lock(mutex_);
        while (count_ == idle_.size() || bytes_ + mapping.size > most_bytes)
            unmap(remove(idle_.data()));
        idle_[count_++] = mapping;
        bytes_ += mapping.size;
    }

private:
    static constexpr usize most_bytes = usize{16} << 20;

    Mapping remove(Mapping* idle) noexcept {
        const Mapping taken = *idle;
        std::move(idle + 1, idle_.data() + count_, idle);
        --count_;
        bytes_ -= taken.size;
        return taken;
    }

    std::mutex mutex_;
    std::array<Mapping, 16> idle_;
    usize count_ = 0;
    usize bytes_ = 0;
};

Pool& pool() noexcept {
    static Pool pool;
    return pool;
}

/// Writable memory of at least `size` bytes, all of it there: a fault for each page would take
/// longer than the copy. Null if there is none.
Mapping map(usize size) noexcept {
    size = (size + step - 1) / step * step;
    if (const Mapping idle = pool().take(size); idle.base != nullptr) return idle;
    void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    return mapped == MAP_FAILED ? Mapping{} : Mapping{static_cast<u8*>(mapped), size};
}

} // namespace

CodeMemory::~CodeMemory() {
    guard_ = {};
    if (base_ == nullptr) return;
    const Mapping mapping{base_, size_};
    if (::mprotect(base_, size_, PROT_READ | PROT_WRITE) == 0)
        pool().keep(mapping);
    else
        unmap(mapping);
}

result<CodeMemory> CodeMemory::create(std::span<const u8> code) noexcept {
    const Mapping mapping = map(code.size());
    if (mapping.base == nullptr) return Error{Errc::out_of_memory};
    CodeMemory memory;
    memory.base_ = mapping.base;
    memory.size_ = mapping.size;
    std::memcpy(mapping.base, code.data(), code.size());
    // What is left of former code cannot run.
    std::memset(mapping.base + code.size(), 0, mapping.size - code.size());
    if (::mprotect(mapping.base, mapping.size, PROT_READ | PROT_EXEC) != 0)
        return Error{Errc::out_of_memory};
    __builtin___clear_cache(reinterpret_cast<char*>(mapping.base),
                            reinterpret_cast<char*>(mapping.base) + mapping.size);
    return memory;
}

result<> CodeMemory::guard(FaultLanding landing, const void* context) noexcept {
    TRY(guard_, GuardedCode::create(base_, size_, landing, context));
    return success();
}

} // namespace lockstep::compiler

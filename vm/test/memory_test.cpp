// SPDX-License-Identifier: Apache-2.0
// Linear memories: sizes and growth in both traps modes, zeros after reuse, the bound of the pool,
// and each system call failing in turn.
#include "vm/memory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

using namespace lockstep;

namespace {

LinearMemory make(u32 min, u32 max, TrapsMode mode, MemoryPool& pool) {
    return LinearMemory::create(min, max, mode, pool).value();
}

bool all_zero(const LinearMemory& memory) {
    const std::span<const u8> bytes = memory.bytes();
    return std::all_of(bytes.begin(), bytes.end(), [](u8 byte) { return byte == 0; });
}

/// Whether the kernel can read the byte; asks without faulting.
bool readable(const u8* address) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const bool yes = ::write(ends[1], address, 1) == 1;
    CHECK((yes || errno == EFAULT));
    ::close(ends[0]);
    ::close(ends[1]);
    return yes;
}

constexpr TrapsMode both_modes[] = {TrapsMode::explicit_checks, TrapsMode::signals};

} // namespace

TEST_CASE("memory: grows to its maximum and stays in place") {
    for (const TrapsMode mode : both_modes) {
        MemoryPool pool;
        LinearMemory memory = make(1, 5, mode, pool);
        u8* const base = memory.base();
        CHECK(memory.pages() == 1);
        CHECK(memory.max_pages() == 5);
        CHECK(memory.size_bytes() == 65536);
        CHECK(memory.traps_mode() == mode);
        base[65535] = 7;
        CHECK(memory.grow(0).value() == std::optional<u32>{1});
        CHECK(memory.grow(3).value() == std::optional<u32>{1});
        CHECK(memory.pages() == 4);
        CHECK(memory.grow(2).value() == std::nullopt);
        CHECK(memory.grow(0xffff'ffff).value() == std::nullopt);
        CHECK(memory.grow(0xffff'fffc).value() == std::nullopt); // 4 + this is 0 in 32 bits
        CHECK(memory.grow(1).value() == std::optional<u32>{4});
        CHECK(memory.grow(1).value() == std::nullopt);
        CHECK(memory.grow(0).value() == std::optional<u32>{5});
        CHECK(memory.base() == base);
        CHECK(base[65535] == 7);
        base[65535] = 0;
        CHECK(all_zero(memory));
        base[5 * page_size - 1] = 1;
    }
}

TEST_CASE("memory: bounds without overflow") {
    MemoryPool pool;
    const LinearMemory memory = make(2, 2, TrapsMode::explicit_checks, pool);
    CHECK(memory.contains(0, 0));
    CHECK(memory.contains(131072, 0));
    CHECK(!memory.contains(131073, 0));
    CHECK(memory.contains(0, 131072));
    CHECK(memory.contains(131064, 8));
    CHECK(!memory.contains(131065, 8));
    CHECK(!memory.contains(~u64{0}, 1));
    CHECK(!memory.contains(1, ~u64{0}));
    CHECK(!memory.contains(0x1'0000'0000, 1));
}

TEST_CASE("memory: without pages") {
    for (const TrapsMode mode : both_modes) {
        MemoryPool pool;
        for (const u32 max : {0u, 1u}) {
            LinearMemory memory = make(0, max, mode, pool);
            CHECK(memory.base() != nullptr);
            CHECK(memory.size_bytes() == 0);
            CHECK(memory.bytes().empty());
            CHECK(!memory.contains(0, 1));
            CHECK(!readable(memory.base()));
            CHECK(memory.grow(0).value() == std::optional<u32>{0});
            const bool grew = memory.grow(1).value().has_value();
            CHECK(grew == (max == 1));
            CHECK(readable(memory.base()) == grew);
        }
    }
}

TEST_CASE("memory: the largest") {
    MemoryPool pool;
    for (const TrapsMode mode : both_modes) {
        LinearMemory memory = make(0, max_memory_pages, mode, pool);
        CHECK(memory.grow(max_memory_pages).value() == std::optional<u32>{0});
        CHECK(memory.size_bytes() == u64{1} << 32);
        memory.base()[0] = 1;
        memory.base()[memory.size_bytes() - 1] = 1;
        CHECK(memory.grow(1).value() == std::nullopt);
    }
    for (const TrapsMode mode : both_modes) {
        const LinearMemory memory = make(65536, max_memory_pages, mode, pool);
        CHECK(memory.base()[0] == 0);
        CHECK(memory.base()[memory.size_bytes() - 1] == 0);
    }
    CHECK(pool.counts().mapped == 2);
}

TEST_CASE("memory: nothing beyond the size is accessible in signals mode, reused or not") {
    MemoryPool pool;
    for (const u32 pages : {3u, 1u, 0u, 2u}) {
        LinearMemory memory = make(pages, 10, TrapsMode::signals, pool);
        CHECK(all_zero(memory));
        for (int round = 0; round < 2; ++round) {
            u8* const end = memory.base() + memory.size_bytes();
            CHECK((memory.size_bytes() == 0 || readable(end - 1)));
            CHECK(!readable(end));
            CHECK(!readable(memory.base() + 3 * page_size));
            CHECK(!readable(memory.base() + (u64{1} << 32)));
            // The furthest byte that a u32 address, a u32 offset and 16 bytes can reach.
            CHECK(!readable(memory.base() + 2 * u64{0xffff'ffff} + 15));
            if (round == 0 && pages < 3) CHECK(memory.grow(1).value().has_value());
        }
        std::fill(memory.bytes().begin(), memory.bytes().end(), u8{0xa5});
    }
    CHECK(pool.counts().mapped == 1);
    CHECK(pool.counts().reused == 3);
}

TEST_CASE("memory: zeros again after any use") {
    for (const TrapsMode mode : both_modes) {
        MemoryPool pool;
        // 4 pages are the most that are overwritten, 5 are given back.
        for (const u32 pages : {1u, 4u, 5u, 16u, 2u, 9u}) {
            {
                LinearMemory memory = make(1, 16, mode, pool);
                CHECK(all_zero(memory));
                CHECK(memory.grow(pages - 1).value().has_value());
                CHECK(all_zero(memory));
                std::fill(memory.bytes().begin(), memory.bytes().end(), u8{0xa5});
            }
            LinearMemory memory = make(16, 16, mode, pool);
            CHECK(all_zero(memory));
            std::fill(memory.bytes().begin(), memory.bytes().end(), u8{0x5a});
        }
        CHECK(pool.counts().mapped == 1);
    }
}

TEST_CASE("memory: reuse needs no system call") {
    for (const TrapsMode mode : both_modes) {
        MemoryPool pool;
        { const LinearMemory first = make(2, 16, mode, pool); }
        const u64 before = memory_test_hooks().calls_made;
        for (int i = 0; i < 10; ++i) {
            const LinearMemory memory = make(2, 16, mode, pool);
            memory.base()[100] = 1;
        }
        CHECK(memory_test_hooks().calls_made == before);
        CHECK(pool.counts().mapped == 1);
        CHECK(pool.counts().reused == 10);
    }
}

TEST_CASE("memory: explicit reservations go by powers of two") {
    MemoryPool pool;
    { const LinearMemory memory = make(1, 5, TrapsMode::explicit_checks, pool); }
    { const LinearMemory memory = make(1, 8, TrapsMode::explicit_checks, pool); }
    CHECK(pool.counts().mapped == 1);
    { const LinearMemory memory = make(1, 4, TrapsMode::explicit_checks, pool); }
    { const LinearMemory memory = make(1, 9, TrapsMode::explicit_checks, pool); }
    { const LinearMemory memory = make(0, 0, TrapsMode::explicit_checks, pool); }
    { const LinearMemory memory = make(1, 1, TrapsMode::explicit_checks, pool); }
    CHECK(pool.counts().mapped == 4);
    CHECK(pool.counts().idle == 4);
}

TEST_CASE("memory: the pool is bounded") {
    MemoryPool pool{3};
    {
        std::vector<LinearMemory> memories;
        memories.reserve(8);
        for (u32 i = 0; i < 8; ++i)
            memories.push_back(make(1, i < 6 ? 1 : 2, TrapsMode::explicit_checks, pool));
        CHECK(pool.counts().mapped == 8);
        CHECK(pool.counts().idle == 0);
    }
    CHECK(pool.counts().idle == 3);
    // The rarer class was not driven out by the more frequent one.
    { const LinearMemory memory = make(1, 2, TrapsMode::explicit_checks, pool); }
    CHECK(pool.counts().mapped == 8);
    MemoryPool none{0};
    { const LinearMemory memory = make(1, 1, TrapsMode::signals, none); }
    CHECK(none.counts().idle == 0);
}

TEST_CASE("memory: moves") {
    MemoryPool pool;
    LinearMemory first = make(1, 2, TrapsMode::explicit_checks, pool);
    LinearMemory second = make(2, 2, TrapsMode::explicit_checks, pool);
    u8* const base = first.base();
    base[3] = 9;
    second = std::move(first);
    CHECK(second.base() == base);
    CHECK(second.pages() == 1);
    CHECK(second.base()[3] == 9);
    CHECK(pool.counts().idle == 1);
    LinearMemory third{std::move(second)};
    CHECK(third.base() == base);
    CHECK(third.grow(1).value() == std::optional<u32>{1});
    CHECK(pool.counts().idle == 1);
}

TEST_CASE("memory: each system call fails once, and it is a Fault") {
    MemoryTestHooks& hooks = memory_test_hooks();
    for (const TrapsMode mode : both_modes) {
        // A life of memories; false when a Fault ended it.
        const auto live = [mode](MemoryPool& pool) {
            const auto fault = [](const auto& result) {
                if (result.has_value()) return false;
                CHECK(result.error().code == Errc::out_of_memory);
                CHECK(is_fault(result.error()));
                return true;
            };
            for (const u32 pages : {2u, 7u, 1u}) {
                result<LinearMemory> created = LinearMemory::create(pages, 8, mode, pool);
                if (fault(created)) return false;
                LinearMemory& memory = created.value();
                CHECK(all_zero(memory));
                std::fill(memory.bytes().begin(), memory.bytes().end(), u8{1});
                const result<std::optional<u32>> grown = memory.grow(1);
                if (fault(grown)) {
                    CHECK(memory.pages() == pages);
                    CHECK(memory.bytes().back() == 1);
                    return false;
                }
                CHECK(grown.value() == std::optional<u32>{pages});
                CHECK(memory.grow(8).value() == std::nullopt); // -1 needs no system call
                std::fill(memory.bytes().begin(), memory.bytes().end(), u8{1});
            }
            return true;
        };
        u64 calls = 0;
        {
            const u64 before = hooks.calls_made;
            MemoryPool pool;
            CHECK(live(pool));
            calls = hooks.calls_made - before;
        }
        CHECK(calls >= 5);
        u32 faults = 0;
        for (u64 k = 1; k <= calls + 1; ++k) {
            MemoryPool pool;
            hooks.fail_call = k;
            const bool ended = !live(pool);
            faults += u32{ended};
            hooks.fail_call = 0;
            CHECK(live(pool)); // and the pool is as good as new
        }
        CHECK(faults >= 3);
        CHECK(faults <= calls);
    }
}

TEST_CASE("memory: a system call that really fails") {
    MemoryTestHooks& hooks = memory_test_hooks();
    const SystemCalls kernel = hooks.calls;
    MemoryPool pool;
    hooks.calls.mmap = [](void*, usize, int, int, int, off_t) { return MAP_FAILED; };
    CHECK(LinearMemory::create(1, 1, TrapsMode::explicit_checks, pool).error().code ==
          Errc::out_of_memory);
    hooks.calls = kernel;
    // Half of the pages changed before mprotect gave up: they must not be seen by the next user.
    for (const TrapsMode mode : both_modes) {
        {
            LinearMemory memory = make(1, 8, mode, pool);
            hooks.calls.mprotect = [](void* address, usize size, int protection) {
                CHECK(::mprotect(address, size / 2, protection) == 0);
                errno = ENOMEM;
                return -1;
            };
            CHECK(memory.grow(4).error().code == Errc::out_of_memory);
            hooks.calls = kernel;
            CHECK(memory.pages() == 1);
        }
        CHECK(pool.counts().idle == 0);
    }
}

TEST_CASE("memory: many threads share a pool") {
    MemoryPool pool{4};
    std::vector<std::thread> threads;
    threads.reserve(4);
    std::atomic<int> wrong{0};
    for (u32 t = 0; t < 4; ++t)
        threads.emplace_back([&pool, &wrong, t] {
            for (u32 i = 0; i < 300; ++i) {
                const TrapsMode mode = both_modes[(i + t) % 2];
                LinearMemory memory = make(1 + i % 3, 8, mode, pool);
                if (!all_zero(memory)) ++wrong;
                if (!memory.grow(t).value().has_value()) ++wrong;
                memory.bytes().front() = 1;
                memory.bytes().back() = 1;
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong == 0);
    CHECK(pool.counts().idle <= 4);
}

TEST_CASE("memory: the default pool") {
    const MemoryPool::Counts before = default_memory_pool().counts();
    { const LinearMemory memory = LinearMemory::create(1, 3, TrapsMode::explicit_checks).value(); }
    const MemoryPool::Counts after = default_memory_pool().counts();
    CHECK(after.mapped + after.reused == before.mapped + before.reused + 1);
}

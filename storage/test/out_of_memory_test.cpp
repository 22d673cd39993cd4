// SPDX-License-Identifier: Apache-2.0
// When the k-th allocation of an operation fails, for every k there is: the operation reports
// out_of_memory, changes nothing, and succeeds when it is tried again.
//
// Not with ThreadSanitizer, whose operator new cannot be replaced.
#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define WITH_THREAD_SANITIZER
#endif
#endif

#ifndef WITH_THREAD_SANITIZER

#include "storage/code_cache.hpp"
#include "storage/namespace.hpp"
#include "storage/state_hash.hpp"
#include "storage/test/kv_testing.hpp"

#include <cstdlib>
#include <new>

using namespace lockstep;
using namespace lockstep::storage;
using namespace lockstep::storage::test;

namespace {

constexpr u64 never = ~u64{0};
thread_local u64 allocations_left = never;

void* allocate(usize size) noexcept {
    if (allocations_left == 0) {
        allocations_left = never;
        return nullptr;
    }
    if (allocations_left != never) --allocations_left;
    return std::malloc(size);
}

} // namespace

void* operator new(usize size) {
    if (void* block = allocate(size)) return block;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, usize /*size*/) noexcept { std::free(block); }

namespace {

// Runs `operation`, a function that returns a result, with every one of its allocations failing in
// turn; `check` runs after each failure. Returns the number of failures.
template <class Operation, class Check>
u32 fail_each_allocation(Operation operation, Check check) {
    for (u32 k = 0;; ++k) {
        allocations_left = k;
        const auto outcome = operation();
        const bool all_served = allocations_left != never;
        allocations_left = never;
        if (outcome.has_value()) {
            CHECK(all_served);
            return k;
        }
        CHECK(outcome.error() == Error{Errc::out_of_memory});
        check();
    }
}

const std::string long_key(100, 'k');
const std::string long_value(100, 'v');

} // namespace

TEST_CASE("out_of_memory: an overlay stays as it was") {
    const std::unique_ptr<Kv> base = memory_kv().value();
    put(*base, Family::state, "base", "1");
    Overlay overlay(*base);
    REQUIRE(overlay.put(as_bytes("a"), as_bytes("1")).has_value());
    Pairs before;
    const auto remember = [&] { before = scan(overlay, nullptr, nullptr, Order::ascending); };
    const auto unchanged = [&] {
        CHECK(scan(overlay, nullptr, nullptr, Order::ascending) == before);
    };
    remember();
    for (u32 level = 0; level < 20; ++level) {
        const auto begin = [&] { return overlay.begin(); };
        fail_each_allocation(begin, [&] { CHECK(overlay.depth() == level); });
        const std::string key = long_key + std::to_string(level);
        const auto put_new = [&] { return overlay.put(as_bytes(key), as_bytes(long_value)); };
        CHECK(fail_each_allocation(put_new, unchanged) >= 3);
        remember();
        const auto put_old = [&] { return overlay.put(as_bytes("a"), as_bytes(long_value)); };
        CHECK(fail_each_allocation(put_old, unchanged) >= 1);
        remember();
        const auto remove_base = [&] { return overlay.remove(as_bytes("base")); };
        fail_each_allocation(remove_base, unchanged);
        remember();
    }
    const std::string key = long_key + "1";
    const auto get = [&] { return overlay.get(as_bytes(key)); };
    CHECK(fail_each_allocation(get, unchanged) >= 1);
    const auto iterate = [&] {
        return overlay.iterate({.start = as_bytes(long_key), .end = as_bytes("l")});
    };
    CHECK(fail_each_allocation(iterate, unchanged) >= 2);
    while (overlay.depth() > 0)
        REQUIRE(overlay.rollback().has_value());
    CHECK(scan(overlay, nullptr, nullptr, Order::ascending) == Pairs{{"a", "1"}, {"base", "1"}});
}

TEST_CASE("out_of_memory: a namespace reports it") {
    const std::unique_ptr<Kv> base = memory_kv().value();
    Overlay overlay(*base);
    const auto nothing = [] {};
    const auto open = [&] { return Namespace::open(overlay, as_bytes(long_key)); };
    CHECK(fail_each_allocation(open, nothing) >= 1);
    Namespace name = open().value();
    const auto put = [&] { return name.put(as_bytes(long_key), as_bytes(long_value)); };
    CHECK(fail_each_allocation(put, nothing) >= 4);
    const auto iterate = [&] { return name.iterate({}); };
    CHECK(fail_each_allocation(iterate, nothing) >= 3);
}

TEST_CASE("out_of_memory: a batch remembers it, and a store in memory stays as it was") {
    const std::unique_ptr<Kv> kv = memory_kv().value();
    put(*kv, Family::state, "a", "1");
    Batch batch;
    const auto fill = [&] {
        batch.clear();
        batch.put(Family::state, as_bytes(long_key), as_bytes(long_value));
        batch.put(Family::state, as_bytes("a"), as_bytes(long_value));
        batch.remove(Family::state, as_bytes("b"));
        return batch.problem();
    };
    CHECK(fail_each_allocation(fill, [&] { CHECK_FALSE(kv->write(batch)); }) >= 5);
    const std::unique_ptr<KvIterator> iterator = kv->iterate(Family::state, {}).value();
    const auto write = [&] { return kv->write(batch); };
    const auto unchanged = [&] { CHECK(all(*kv) == Pairs{{"a", "1"}}); };
    CHECK(fail_each_allocation(write, unchanged) >= 5);
    CHECK(all(*kv) == Pairs{{"a", long_value}, {long_key, long_value}});
    CHECK(drain(*iterator) == Pairs{{"a", "1"}});
    const std::unique_ptr<KvIterator> broken = kv->iterate(Family::state, {}).value();
    allocations_left = 0;
    CHECK(broken->next().error() == Error{Errc::out_of_memory});
    CHECK(broken->next().error() == Error{Errc::out_of_memory});
    CHECK(fail_each_allocation([] { return memory_kv(); }, [] {}) >= 5);
    CHECK(fail_each_allocation([&] { return state_hash(*kv); }, [] {}) >= 3);
}

TEST_CASE("out_of_memory: the code cache gives the code or the fault, and works afterwards") {
    const Digest code{1};
    const auto executable = std::make_shared<const Executable>();
    const CodeCodec codec{
        .key = [](const Digest& of) { return of; },
        .seal = [](const Digest&, const Executable&) { return result<Bytes>(Bytes(1000)); },
        .open = [&](const Digest&, bytes_view) { return MadeExecutable(executable); }};
    const auto make = [&] { return MadeExecutable(executable); };
    for (const bool on_disk : {false, true}) {
        u32 faults = 0;
        for (u32 k = 0; k < 100; ++k) {
            const std::unique_ptr<Kv> kv = memory_kv().value();
            if (on_disk) CHECK(ArtifactShelf(*kv).put(code, Bytes(1000), 0));
            CodeCache cache(codec, {}, kv.get());
            allocations_left = k;
            const MadeExecutable made = cache.get(code, make);
            allocations_left = never;
            if (!made) CHECK(made.error() == Error{Errc::out_of_memory});
            faults += made ? 0u : 1u;
            CHECK(cache.get(code, make).value() == executable);
            allocations_left = k;
            cache.add(Digest{2}, executable);
            static_cast<void>(cache.pin(Digest{3}));
            static_cast<void>(cache.pins());
            allocations_left = never;
            CHECK(cache.get(Digest{2}, make).value() == executable);
        }
        CHECK(faults >= 2);
        CHECK(faults < 10); // what fails later costs the cache, not the caller
    }
}

#endif

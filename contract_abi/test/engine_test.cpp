// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/engine.hpp"
#include "vm/test/wasm_builder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

namespace lockstep::contract {
namespace {

using namespace lockstep::test;

/// A module whose size depends on `n`.
Bytes module_of(u32 n) {
    ModuleBuilder b;
    b.export_function("f", b.function({}, {i32_}, {}, code(Op::i32_const, sleb(n))));
    b.custom("padding", Bytes(2000, u8{0}));
    return b.build();
}

std::unique_ptr<Engine> engine(const EngineOptions& options = {}) {
    auto made = Engine::create(lockstep_1_profile(), metering::lockstep_1(), options);
    REQUIRE(made.has_value());
    return std::move(made).value();
}

std::function<result<Bytes>()> source(const Bytes& wasm) {
    return [&wasm] { return result<Bytes>(wasm); };
}

TEST_CASE("engine: schedules without gas are refused") {
    for (const auto& schedule : {metering::free_schedule(), metering::free_uninterruptible()}) {
        const auto made = Engine::create(lockstep_1_profile(), schedule, {});
        REQUIRE(made.has_error());
        CHECK(made.error().code == Errc::free_schedule_refused);
    }
}

TEST_CASE("engine: a second request is a hit and needs no bytes") {
    const auto e = engine();
    const Bytes wasm = module_of(1);
    const Digest hash = sha256(wasm);
    const auto first = e->get_or_compile(hash, source(wasm));
    REQUIRE(first.has_value());
    const auto second =
        e->get_or_compile(hash, [] { return result<Bytes>(Error{Errc::not_found}); });
    REQUIRE(second.has_value());
    CHECK(first.value() == second.value());
    CHECK(e->stats().hits == 1);
    CHECK(e->stats().misses == 1);
    CHECK(e->stats().entries == 1);
    CHECK(e->stats().bytes > wasm.size());
}

TEST_CASE("engine: errors reach the caller and are not kept") {
    const auto e = engine();
    const Bytes wasm = module_of(1);
    const Digest hash = sha256(wasm);
    CHECK(e->get_or_compile(hash, [] { return result<Bytes>(Error{Errc::not_found}); })
              .error()
              .code == Errc::not_found);
    const Bytes other = module_of(2);
    CHECK(e->get_or_compile(hash, source(other)).error().code == Errc::corrupt_state);
    const Bytes broken{0, 'a', 's', 'm', 2, 0, 0, 0};
    CHECK(e->get_or_compile(sha256(broken), source(broken)).error().code ==
          Errc::unknown_binary_version);
    CHECK(e->get_or_compile(hash, source(wasm)).has_value());
}

TEST_CASE("engine: the least recently used is evicted by bytes") {
    const Bytes first = module_of(1);
    const Bytes second = module_of(2);
    const Bytes third = module_of(3);
    u64 one = 0;
    {
        const auto probe = engine();
        REQUIRE(probe->get_or_compile(sha256(first), source(first)).has_value());
        one = probe->stats().bytes;
    }
    EngineOptions options;
    options.memory_cache_bytes = one * 5 / 2;
    const auto e = engine(options);
    for (const Bytes* wasm : {&first, &second, &first, &third})
        REQUIRE(e->get_or_compile(sha256(*wasm), source(*wasm)).has_value());
    CHECK(e->stats().evictions == 1);
    CHECK(e->stats().entries == 2);
    CHECK(e->stats().bytes <= options.memory_cache_bytes);
    const u64 misses = e->stats().misses;
    REQUIRE(e->get_or_compile(sha256(first), source(first)).has_value());
    CHECK(e->stats().misses == misses);
    REQUIRE(e->get_or_compile(sha256(second), source(second)).has_value());
    CHECK(e->stats().misses == misses + 1);
}

TEST_CASE("engine: what is larger than the cache is compiled each time") {
    EngineOptions options;
    options.memory_cache_bytes = 0;
    const auto e = engine(options);
    const Bytes wasm = module_of(1);
    for (int i = 0; i < 2; ++i)
        REQUIRE(e->get_or_compile(sha256(wasm), source(wasm)).has_value());
    CHECK(e->stats().misses == 2);
    CHECK(e->stats().entries == 0);
    CHECK(e->stats().bytes == 0);
}

TEST_CASE("engine: threads that ask for the same code compile it once") {
    const auto e = engine();
    const Bytes wasm = module_of(7);
    const Digest hash = sha256(wasm);
    constexpr u32 thread_count = 8;
    std::atomic<u32> waiting = 0;
    std::atomic<u32> compiled = 0;
    std::atomic<u32> good = 0;
    std::vector<std::thread> threads;
    for (u32 i = 0; i < thread_count; ++i)
        threads.emplace_back([&] {
            ++waiting;
            while (waiting < thread_count)
                std::this_thread::yield();
            const auto found = e->get_or_compile(hash, [&] {
                ++compiled;
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
                return result<Bytes>(wasm);
            });
            good += found.has_value();
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(compiled == 1);
    CHECK(good == thread_count);
    CHECK(e->stats().misses == 1);
    CHECK(e->stats().hits == thread_count - 1);
}

TEST_CASE("engine: signals mode holds or falls back, counted") {
    EngineOptions options;
    options.traps = TrapsMode::signals;
    const auto e = engine(options);
    const bool fell_back = e->traps() == TrapsMode::explicit_checks;
    CHECK(e->stats().traps_fallbacks == (fell_back ? 1 : 0));
}

} // namespace
} // namespace lockstep::contract

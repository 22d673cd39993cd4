// SPDX-License-Identifier: Apache-2.0
#include "compiler/artifact.hpp"
#include "contract_abi/engine.hpp"
#include "vm/instance.hpp"
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
    CHECK(e->stats().cache.memory_hits == 1);
    CHECK(e->stats().cache.misses == 1);
    CHECK(e->stats().cache.entries == 1);
    CHECK(e->stats().cache.bytes > wasm.size());
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
        one = probe->stats().cache.bytes;
    }
    EngineOptions options;
    options.memory_cache_bytes = one * 5 / 2;
    const auto e = engine(options);
    for (const Bytes* wasm : {&first, &second, &first, &third})
        REQUIRE(e->get_or_compile(sha256(*wasm), source(*wasm)).has_value());
    CHECK(e->stats().cache.evictions == 1);
    CHECK(e->stats().cache.entries == 2);
    CHECK(e->stats().cache.bytes <= options.memory_cache_bytes);
    const u64 misses = e->stats().cache.misses;
    REQUIRE(e->get_or_compile(sha256(first), source(first)).has_value());
    CHECK(e->stats().cache.misses == misses);
    REQUIRE(e->get_or_compile(sha256(second), source(second)).has_value());
    CHECK(e->stats().cache.misses == misses + 1);
}

TEST_CASE("engine: what is larger than the cache is compiled each time") {
    EngineOptions options;
    options.memory_cache_bytes = 0;
    const auto e = engine(options);
    const Bytes wasm = module_of(1);
    for (int i = 0; i < 2; ++i)
        REQUIRE(e->get_or_compile(sha256(wasm), source(wasm)).has_value());
    CHECK(e->stats().cache.misses == 2);
    CHECK(e->stats().cache.entries == 0);
    CHECK(e->stats().cache.bytes == 0);
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
    CHECK(e->stats().cache.misses == 1);
    CHECK(e->stats().cache.memory_hits + e->stats().cache.joined == thread_count - 1);
}

TEST_CASE("engine: signals mode holds or falls back, counted") {
    EngineOptions options;
    options.traps = TrapsMode::signals;
    const auto e = engine(options);
    const bool fell_back = e->traps() == TrapsMode::explicit_checks;
    CHECK(e->stats().traps_fallbacks == (fell_back ? 1 : 0));
}

// ---- the cache on the disk ----

constexpr MacKey secret{7, 7, 7};

/// Forgets or damages what is written, and answers with faults, when told to.
class UnreliableKv final : public storage::Kv {
public:
    bool refuses_writes = false;
    bool reads_fail = false;

    result<std::optional<Bytes>> get(storage::Family family,
                                     bytes_view key) const noexcept override {
        if (reads_fail) return Error{Errc::io_failure};
        return kv_->get(family, key);
    }
    result<std::unique_ptr<storage::KvIterator>>
    iterate(storage::Family family, const storage::Range& range) const noexcept override {
        return kv_->iterate(family, range);
    }
    result<> write(const storage::Batch& batch) noexcept override {
        if (refuses_writes) return Error{Errc::io_failure};
        return kv_->write(batch);
    }
    std::string last_problem() const noexcept override { return {}; }
    u64 artifact_faults() const noexcept override { return 0; }

private:
    std::unique_ptr<storage::Kv> kv_ = storage::memory_kv().value();
};

/// An Engine, a module, and what calling it comes to.
struct Node {
    EngineOptions options{.tier = compiler::Tier::singlepass};
    Profile profile = lockstep_1_profile();
    metering::Schedule schedule = metering::lockstep_1();
    Bytes wasm = module_of(3);
    Digest hash = sha256(wasm);

    explicit Node(storage::Kv* kv) {
        options.artifacts = kv;
        options.mac_key = secret;
    }

    [[nodiscard]] compiler::ArtifactKey key() const {
        return compiler::artifact_key(hash, {.profile = profile,
                                             .schedule = schedule,
                                             .tier = options.tier,
                                             .traps = options.traps});
    }

    /// The statistics of a new Engine after one call, whose outcome is always the same.
    [[nodiscard]] storage::CodeCacheStats run() const {
        auto made = Engine::create(profile, schedule, options);
        REQUIRE(made.has_value());
        const auto executable = made.value()->get_or_compile(hash, source(wasm));
        REQUIRE(executable.has_value());
        CHECK((executable.value()->native != nullptr) == compiler::host_target().has_value());
        Store store(made.value()->traps());
        const auto instance = store.instantiate(executable.value(), {}, {}).value().instance;
        const Outcome outcome =
            store.call(*instance->find_function("f"), {}, {.gas_limit = 1'000'000}).value();
        CHECK(outcome.trap == Trap::none);
        CHECK(outcome.values == std::vector<Value>{Value{3, 0}});
        const auto stats = made.value()->stats();
        CHECK(stats.disk_cache == (options.artifacts != nullptr && options.mac_key.has_value()));
        CHECK(stats.cache.misses == stats.cache.absent + stats.cache.unreadable +
                                        stats.cache.damaged + stats.cache.foreign +
                                        stats.cache.failed);
        return stats.cache;
    }
};

TEST_CASE("engine: a second Engine on the same store compiles nothing") {
    UnreliableKv kv;
    for (const auto tier : {compiler::Tier::interpreter, compiler::Tier::singlepass}) {
        for (const TrapsMode traps : {TrapsMode::explicit_checks, TrapsMode::signals}) {
            Node node(&kv);
            node.options.tier = tier;
            node.options.traps = traps;
            if (tier == compiler::Tier::interpreter) {
                auto e = Engine::create(node.profile, node.schedule, node.options).value();
                REQUIRE(e->get_or_compile(node.hash, source(node.wasm)).has_value());
                auto again = Engine::create(node.profile, node.schedule, node.options).value();
                REQUIRE(again->get_or_compile(node.hash, source(node.wasm)).has_value());
                CHECK(again->stats().cache.disk_hits == 1);
                continue;
            }
            CHECK(node.run().absent == 1);
            const auto again = node.run();
            CHECK(again.disk_hits == 1);
            CHECK(again.misses == 0);
        }
    }
}

TEST_CASE("engine: compile() keeps what it made, for this process and the next") {
    UnreliableKv kv;
    const Node node(&kv);
    auto e = Engine::create(node.profile, node.schedule, node.options).value();
    REQUIRE(e->compile(node.wasm).has_value());
    CHECK(e->get_or_compile(node.hash, source(node.wasm)).has_value());
    CHECK(e->stats().cache.memory_hits == 1);
    CHECK(node.run().disk_hits == 1);
}

TEST_CASE("engine: damaged, cut, lengthened and swapped artifacts are counted and compiled again") {
    UnreliableKv kv;
    Node node(&kv);
    Node other(&kv);
    other.wasm = module_of(4);
    other.hash = sha256(other.wasm);
    static_cast<void>(node.run());
    auto made = Engine::create(other.profile, other.schedule, other.options).value();
    REQUIRE(made->get_or_compile(other.hash, source(other.wasm)).has_value());
    storage::ArtifactShelf shelf(kv);
    const Digest key = compiler::digest(node.key());
    const Bytes good = *shelf.get(key).artifact;
    const auto stats_with = [&](const Bytes& artifact) {
        CHECK(shelf.put(key, artifact, compiler::artifact_header_bytes));
        const auto stats = node.run();
        CHECK(stats.misses == 1);
        CHECK(*shelf.get(key).artifact == good); // replaced
        return stats;
    };
    for (const usize at : {usize{0}, usize{40}, good.size() / 2, good.size() - 1}) {
        Bytes bad = good;
        bad[at] ^= 4;
        CHECK(stats_with(bad).damaged == 1);
        bad = good;
        bad.resize(at);
        CHECK(stats_with(bad).damaged == 1);
    }
    Bytes longer = good;
    longer.push_back(0);
    CHECK(stats_with(longer).damaged == 1);
    CHECK(stats_with(*shelf.get(compiler::digest(other.key())).artifact).foreign == 1);
    const auto executable = made->compile(node.wasm).value();
    for (u32 what = 0; what < 3; ++what) {
        compiler::ArtifactKey stale = node.key();
        if (what == 0) stale.build[0] ^= 1;
        if (what == 1) stale.schedule[0] ^= 1;
        if (what == 2) stale.profile[0] ^= 1;
        CHECK(stats_with(compiler::seal(*executable, stale, &secret).value()).foreign == 1);
        MacKey wrong = secret;
        wrong[0] ^= 1;
        CHECK(stats_with(compiler::seal(*executable, node.key(), &wrong).value()).damaged == 1);
    }
    CHECK(node.run().disk_hits == 1);
}

TEST_CASE("engine: another schedule, tier, traps mode or secret finds nothing of ours") {
    UnreliableKv kv;
    static_cast<void>(Node(&kv).run());
    Node node(&kv);
    node.schedule = metering::cosmwasm("3.0.9").value();
    CHECK(node.run().absent == 1);
    node = Node(&kv);
    node.options.mac_key = MacKey{};
    CHECK(node.run().damaged == 1);
    CHECK(Node(&kv).run().damaged == 1); // and the other way round
}

TEST_CASE("engine: without a secret, a disk or luck, outcomes are the same") {
    UnreliableKv kv;
    static_cast<void>(Node(&kv).run());
    Node node(&kv);
    node.options.mac_key.reset();
    CHECK(node.run().absent == 1);
    CHECK(Node(nullptr).run().absent == 1);
    kv.reads_fail = true;
    kv.refuses_writes = true;
    const auto stats = Node(&kv).run();
    CHECK(stats.unreadable == 1);
    CHECK(stats.store_failures == 1);
    kv.reads_fail = false;
    CHECK(Node(&kv).run().disk_hits == 1);
}

TEST_CASE("engine: rechecked artifacts are what the compiler makes") {
    UnreliableKv kv;
    Node node(&kv);
    static_cast<void>(node.run());
    node.options.recheck_every = 1;
    const auto stats = node.run();
    CHECK(stats.rechecked == 1);
    CHECK(stats.recheck_differences == 0);
}

TEST_CASE("engine: pins outlive the process") {
    UnreliableKv kv;
    const Node node(&kv);
    CHECK(Engine::create(node.profile, node.schedule, node.options).value()->pin(node.hash));
    auto e = Engine::create(node.profile, node.schedule, node.options).value();
    CHECK(e->pins().value() == std::vector<Digest>{node.hash});
    REQUIRE(e->get_or_compile(node.hash, source(node.wasm)).has_value());
    CHECK(e->stats().cache.pinned_entries == 1);
    CHECK(e->unpin(node.hash));
    CHECK(e->stats().cache.entries == 1);
}

} // namespace
} // namespace lockstep::contract

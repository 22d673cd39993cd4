// SPDX-License-Identifier: Apache-2.0
// The cache without a compiler: an "Executable" is a name, its artifact the name behind a sign.
#include "storage/code_cache.hpp"

#include "storage/test/faulty_env.hpp"
#include "storage/test/files.hpp"
#include "storage/test/kv_testing.hpp"

#include <rocksdb/env.h>

#include <atomic>
#include <thread>

using namespace lockstep;
using namespace lockstep::storage;
using namespace lockstep::storage::test;

namespace {

constexpr usize size_each = 10'000;

Digest code_of(u32 number) { return sha256(as_bytes(std::to_string(number))); }

std::shared_ptr<const Executable> executable_of(const Digest& code) {
    const auto made = std::make_shared<Executable>();
    made->module.bytes.resize(size_each);
    std::copy(code.begin(), code.end(), made->module.bytes.begin());
    return made;
}

bool is_of(const MadeExecutable& made, const Digest& code) {
    return made && std::equal(code.begin(), code.end(), made.value()->module.bytes.begin());
}

/// Artifacts are 's', the key, the bytes: another sign is damage, another key foreign.
CodeCodec codec(u8 build = 0) {
    const auto key = [build](const Digest& code) {
        Digest name = code;
        name[31] = build;
        return name;
    };
    const auto seal = [key](const Digest& code, const Executable& executable) -> result<Bytes> {
        Bytes bytes{'s'};
        const Digest name = key(code);
        bytes.insert(bytes.end(), name.begin(), name.end());
        bytes.insert(bytes.end(), executable.module.bytes.begin(), executable.module.bytes.end());
        return bytes;
    };
    const auto open = [key](const Digest& code, bytes_view bytes) -> MadeExecutable {
        const Digest name = key(code);
        if (bytes.size() != 33 + size_each || bytes[0] != 's') return Error{Errc::artifact_damaged};
        if (!std::equal(name.begin(), name.end(), bytes.begin() + 1))
            return Error{Errc::artifact_foreign};
        return executable_of(code);
    };
    return {.key = key, .seal = seal, .open = open, .label_bytes = 33};
}

/// A Kv whose artifacts fail when told to.
class FailingKv final : public Kv {
public:
    FailingKv() : kv_(memory_kv().value()) {}

    bool reads_fail = false;
    bool writes_fail = false;
    bool writes_are_lost = false; ///< passed over and counted, as the store in RocksDB does

    result<std::optional<Bytes>> get(Family family, bytes_view key) const noexcept override {
        if (reads_fail) return Error{Errc::io_failure};
        return kv_->get(family, key);
    }
    result<std::unique_ptr<KvIterator>>
    iterate(Family family, const storage::Range& range) const noexcept override {
        if (reads_fail) return Error{Errc::io_failure};
        return kv_->iterate(family, range);
    }
    result<> write(const Batch& batch) noexcept override {
        if (writes_fail) return Error{Errc::io_failure};
        if (writes_are_lost) {
            ++faults_;
            return success();
        }
        return kv_->write(batch);
    }
    std::string last_problem() const noexcept override { return {}; }
    u64 artifact_faults() const noexcept override { return faults_; }

private:
    std::unique_ptr<Kv> kv_;
    u64 faults_ = 0;
};

void get(CodeCache& cache, const Digest& code) {
    const MadeExecutable made =
        cache.get(code, [&]() -> MadeExecutable { return executable_of(code); });
    CHECK(is_of(made, code));
}

} // namespace

TEST_CASE("code_cache: the least recently used is evicted by bytes, what is pinned never") {
    const u64 one = bytes_of(*executable_of(code_of(0)));
    CodeCache cache(codec(), {.memory_bytes = 2 * one}, nullptr);
    get(cache, code_of(1));
    get(cache, code_of(2));
    get(cache, code_of(1));
    get(cache, code_of(3)); // evicts 2
    CHECK(cache.stats().evictions == 1);
    CHECK(cache.stats().bytes == 2 * one);
    get(cache, code_of(1));
    CHECK(cache.stats().memory_hits == 2);
    CHECK(cache.pin(code_of(1)));
    CHECK(cache.stats().pinned_bytes == one);
    for (u32 i = 10; i < 15; ++i)
        get(cache, code_of(i));
    get(cache, code_of(1));
    CHECK(cache.stats().pinned_hits == 1);
    CHECK(cache.stats().entries == 2);
    CHECK(cache.unpin(code_of(1)));
    CHECK(cache.stats().pinned_entries == 0);
    CHECK(cache.stats().bytes == 2 * one);
    CHECK(cache.stats().misses == cache.stats().absent);
}

TEST_CASE("code_cache: a pinned code stays although it is larger than the cache") {
    CodeCache cache(codec(), {.memory_bytes = 0}, nullptr);
    CHECK(cache.pin(code_of(1)));
    for (u32 i = 0; i < 3; ++i)
        get(cache, code_of(1));
    CHECK(cache.stats().misses == 1);
    CHECK(cache.stats().bytes == 0);
}

TEST_CASE("code_cache: another cache on the same store makes nothing") {
    const std::unique_ptr<Kv> kv = memory_kv().value();
    {
        CodeCache cache(codec(), {}, kv.get());
        for (u32 i = 0; i < 5; ++i)
            get(cache, code_of(i));
        CHECK(cache.stats().stored == 5);
        CHECK(cache.pin(code_of(2)));
    }
    CodeCache cache(codec(), {}, kv.get());
    CHECK(cache.pins().value() == std::vector<Digest>{code_of(2)});
    for (u32 i = 0; i < 5; ++i)
        get(cache, code_of(i));
    CHECK(cache.stats().disk_hits == 5);
    CHECK(cache.stats().misses == 0);
    CHECK(cache.stats().pinned_entries == 1);
    const auto notes = ArtifactShelf(*kv).notes().value();
    REQUIRE(notes.size() == 5);
    CHECK(notes[0].bytes == 33 + size_each);
    CHECK(notes[0].label.size() == 33);
    CHECK(notes[0].last_use > 1'700'000'000);
}

TEST_CASE("code_cache: damaged, foreign and unreadable artifacts are misses of their own kind") {
    FailingKv kv;
    const Digest code = code_of(1);
    const Digest key = codec().key(code);
    const auto spoil = [&](usize at) {
        Bytes artifact = *ArtifactShelf(kv).get(key).artifact;
        artifact[at] ^= 1;
        CHECK(ArtifactShelf(kv).put(key, artifact, 33));
    };
    get(*std::make_unique<CodeCache>(codec(), CodeCacheOptions{}, &kv), code);
    for (const usize at : {usize{0}, usize{1}}) {
        spoil(at);
        CodeCache cache(codec(), {}, &kv);
        kv.writes_are_lost = at == 1; // it cannot be replaced either
        get(cache, code);
        const CodeCacheStats stats = cache.stats();
        CHECK(stats.damaged == (at == 0 ? 1 : 0));
        CHECK(stats.foreign == (at == 1 ? 1 : 0));
        CHECK(stats.misses == 1);
        CHECK(stats.store_failures == (at == 1 ? 1 : 0));
        kv.writes_are_lost = false;
    }
    kv.reads_fail = true;
    CodeCache cache(codec(), {}, &kv);
    get(cache, code);
    CHECK(cache.stats().unreadable == 1);
    CHECK(cache.stats().misses == 1);
    kv.reads_fail = false;
    // Another build asks under another key and finds nothing.
    CodeCache other(codec(1), {}, &kv);
    get(other, code);
    CHECK(other.stats().absent == 1);
}

TEST_CASE("code_cache: a store that takes no writes costs a count") {
    FailingKv kv;
    kv.writes_fail = true;
    CodeCache cache(codec(), {}, &kv);
    for (u32 i = 0; i < 3; ++i)
        get(cache, code_of(i));
    CHECK_FALSE(cache.pin(code_of(1)));
    CHECK(cache.stats().store_failures == 3);
    CHECK(cache.stats().pinned_entries == 1); // for this process
    get(cache, code_of(1));
}

TEST_CASE("code_cache: an Error of making is returned and not kept") {
    CodeCache cache(codec(), {}, nullptr);
    const auto fails = []() -> MadeExecutable { return Error{Errc::not_found}; };
    CHECK(cache.get(code_of(1), fails).error() == Error{Errc::not_found});
    const auto throws = []() -> MadeExecutable { throw std::bad_alloc(); };
    CHECK(cache.get(code_of(1), throws).error() == Error{Errc::out_of_memory});
    get(cache, code_of(1));
    CHECK(cache.stats().misses == 3);
}

TEST_CASE("code_cache: what is made elsewhere is kept") {
    const std::unique_ptr<Kv> kv = memory_kv().value();
    {
        CodeCache cache(codec(), {}, kv.get());
        cache.add(code_of(1), executable_of(code_of(1)));
        get(cache, code_of(1));
        CHECK(cache.stats().memory_hits == 1);
    }
    CodeCache cache(codec(), {}, kv.get());
    get(cache, code_of(1));
    CHECK(cache.stats().disk_hits == 1);
}

TEST_CASE("code_cache: the disk is bounded, the longest unused goes first") {
    const std::unique_ptr<Kv> kv = memory_kv().value();
    CodeCache cache(codec(), {.disk_bytes = 10 * (size_each + 33)}, kv.get());
    for (u32 i = 0; i < 25; ++i)
        get(cache, code_of(i));
    const auto notes = ArtifactShelf(*kv).notes().value();
    CHECK(notes.size() <= 10);
    CHECK(notes.size() >= 5);
    CHECK(cache.stats().stored == 25);
    ArtifactShelf shelf(*kv);
    const auto collected = shelf.collect(3 * (size_each + 33), nullptr).value();
    CHECK(collected.kept == 3);
    CHECK(collected.removed == notes.size() - 3);
    CHECK(shelf.collect(~u64{0}, [](const ArtifactNote&) { return false; }).value().kept == 0);
    CHECK(shelf.notes().value().empty());
    CHECK(all(*kv, Family::artifacts).empty());
}

TEST_CASE("code_cache: every n-th artifact is made again and compared") {
    const std::unique_ptr<Kv> kv = memory_kv().value();
    {
        CodeCache cache(codec(), {}, kv.get());
        for (u32 i = 0; i < 4; ++i)
            get(cache, code_of(i));
    }
    const Digest key = codec().key(code_of(0));
    Bytes other = *ArtifactShelf(*kv).get(key).artifact;
    other.back() ^= 1; // authentic to this codec
    CHECK(ArtifactShelf(*kv).put(key, other, 33));
    CodeCache cache(codec(), {.recheck_every = 1}, kv.get());
    for (u32 i = 0; i < 4; ++i)
        get(cache, code_of(i));
    CHECK(cache.stats().rechecked == 4);
    CHECK(cache.stats().recheck_differences == 1);
    CHECK(cache.stats().disk_hits == 4);
    CHECK(*ArtifactShelf(*kv).get(key).artifact != other);
}

TEST_CASE("code_cache: threads that ask for the same code make it once, others go on meanwhile") {
    const std::unique_ptr<Kv> kv = memory_kv().value();
    CodeCache cache(codec(), {}, kv.get());
    constexpr u32 thread_count = 8;
    std::atomic<u32> made = 0;
    std::atomic<u32> good = 0;
    std::vector<std::thread> threads;
    for (u32 i = 0; i < thread_count; ++i)
        threads.emplace_back([&, i] {
            for (u32 number = 0; number < 20; ++number) {
                const Digest code = code_of(number);
                const auto found = cache.get(code, [&]() -> MadeExecutable {
                    ++made;
                    // From inside, another code can be had: no lock is held.
                    if (number == 0)
                        good += is_of(
                            cache.get(
                                code_of(1000 + i),
                                [&] { return MadeExecutable(executable_of(code_of(1000 + i))); }),
                            code_of(1000 + i));
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                    return executable_of(code);
                });
                good += is_of(found, code);
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(made == 20);
    CHECK(good == thread_count * 20 + 1);
    const CodeCacheStats stats = cache.stats();
    CHECK(stats.misses == 21);
    CHECK(stats.memory_hits + stats.joined == thread_count * 20 - 20);
}

TEST_CASE("code_cache: a disk that fills up or fails changes no outcome") {
    for (const i64 appends : {0, 1, 3, 8, 20}) {
        const TempDir directory;
        Faults faults;
        faults.where = "/artifacts/";
        const std::shared_ptr<rocksdb::Env> env = faulty_env(faults);
        const std::unique_ptr<Kv> kv =
            std::move(open_rocksdb_kv(directory.path(), {.env = env.get()}).value().kv);
        faults.appends_left = appends;
        CodeCache cache(codec(), {.memory_bytes = 0}, kv.get());
        for (u32 i = 0; i < 12; ++i)
            get(cache, code_of(i % 6));
        const CodeCacheStats stats = cache.stats();
        CHECK(stats.misses + stats.disk_hits == 12);
        if (appends == 0) CHECK(stats.store_failures != 0);
    }
}

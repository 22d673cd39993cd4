// SPDX-License-Identifier: Apache-2.0
// What every store does, asked of both; and what only a store on disk does when all goes well.
#include "storage/kv.hpp"

#include "storage/test/files.hpp"
#include "storage/test/kv_testing.hpp"

#include <atomic>
#include <thread>

// RocksDB is not built with ThreadSanitizer, which therefore does not see all of its locks.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:librocksdb.so"; }

using namespace lockstep;
using namespace lockstep::storage;
using namespace lockstep::storage::test;

namespace {

struct InMemory {
    std::unique_ptr<Kv> kv = memory_kv().value();
};

struct InRocksdb {
    TempDir directory;
    std::unique_ptr<Kv> kv = open(directory.path());
};

constexpr Order up = Order::ascending;
constexpr Order down = Order::descending;

Pairs reversed(Pairs pairs) { return {pairs.rbegin(), pairs.rend()}; }

} // namespace

TEST_CASE_TEMPLATE("kv: get, put, remove and overwrite in each family", Store, InMemory,
                   InRocksdb) {
    Store store;
    for (const Family family : {Family::code, Family::state, Family::artifacts, Family::meta}) {
        CHECK_FALSE(get(*store.kv, family, "a"));
        put(*store.kv, family, "a", "1");
        CHECK(get(*store.kv, family, "a") == "1");
        put(*store.kv, family, "a", "");
        CHECK(get(*store.kv, family, "a") == "");
        remove(*store.kv, family, "a");
        remove(*store.kv, family, "never there");
        CHECK_FALSE(get(*store.kv, family, "a"));
    }
    CHECK(store.kv->last_problem().empty());
    CHECK(store.kv->artifact_faults() == 0);
}

TEST_CASE_TEMPLATE("kv: families do not see each other", Store, InMemory, InRocksdb) {
    Store store;
    put(*store.kv, Family::code, "k", "code");
    put(*store.kv, Family::state, "k", "state");
    put(*store.kv, Family::artifacts, "k", "artifacts");
    put(*store.kv, Family::meta, "k", "meta");
    CHECK(all(*store.kv, Family::code) == Pairs{{"k", "code"}});
    CHECK(all(*store.kv, Family::state) == Pairs{{"k", "state"}});
    CHECK(all(*store.kv, Family::artifacts) == Pairs{{"k", "artifacts"}});
    CHECK(all(*store.kv, Family::meta) == Pairs{{"k", "meta"}});
}

TEST_CASE_TEMPLATE("kv: keys and values are any bytes, and order is that of bytes", Store, InMemory,
                   InRocksdb) {
    Store store;
    using namespace std::string_literals;
    const std::vector<std::string> ordered = {"",        "\0"s,  "\0\0"s,   "\0\xff"s, "a",
                                              "a\0"s,    "ab",   "b",       "\x7f",    "\x80",
                                              "\x80\0"s, "\xff", "\xff\xff"};
    Pairs pairs;
    for (const std::string& key : ordered)
        pairs.emplace_back(key, "<" + key + ">");
    for (usize i = 0; i < pairs.size(); ++i) {
        const auto& [key, value] = pairs[i * 5 % pairs.size()];
        put(*store.kv, Family::state, key, value);
    }
    CHECK(all(*store.kv) == pairs);
    CHECK(scan(*store.kv, nullptr, nullptr, down, Family::state) == reversed(pairs));
    for (const auto& [key, value] : pairs)
        CHECK(get(*store.kv, Family::state, key) == value);
}

TEST_CASE_TEMPLATE("kv: bounds of a range, in both orders", Store, InMemory, InRocksdb) {
    Store store;
    for (const char* key : {"b", "d", "f", "h"})
        put(*store.kv, Family::state, key, key);
    const auto keys = [&](const char* start, const char* end, Order order) {
        std::string joined;
        for (const auto& [key, value] : scan(*store.kv, start, end, order, Family::state)) {
            joined += key;
        }
        return joined;
    };
    CHECK(keys(nullptr, nullptr, up) == "bdfh");
    CHECK(keys(nullptr, nullptr, down) == "hfdb");
    CHECK(keys("d", nullptr, up) == "dfh");
    CHECK(keys("d", nullptr, down) == "hfd");
    CHECK(keys("c", "g", up) == "df");
    CHECK(keys("c", "g", down) == "fd");
    CHECK(keys("b", "h", up) == "bdf");
    CHECK(keys("b", "h", down) == "fdb");
    CHECK(keys(nullptr, "b", up) == "");
    CHECK(keys(nullptr, "b", down) == "");
    CHECK(keys("i", nullptr, up) == "");
    CHECK(keys("i", nullptr, down) == "");
    CHECK(keys("", "", up) == "");
    CHECK(keys("", "c", down) == "b");
    CHECK(keys("d", "d", up) == "");
    CHECK(keys("d", "d", down) == "");
    CHECK(keys("f", "c", up) == "");
    CHECK(keys("f", "c", down) == "");
    CHECK(keys("z", "a", up) == "");
    CHECK(keys("z", "a", down) == "");
}

TEST_CASE_TEMPLATE("kv: the end of a range stays the end", Store, InMemory, InRocksdb) {
    Store store;
    put(*store.kv, Family::state, "a", "1");
    for (const Order order : {up, down}) {
        const auto pairs =
            store.kv->iterate(Family::state, {.start = {}, .end = {}, .order = order}).value();
        CHECK(drain(*pairs).size() == 1);
        CHECK(drain(*pairs).empty());
        CHECK(drain(*pairs).empty());
    }
}

TEST_CASE_TEMPLATE("kv: an iterator sees the store as it was", Store, InMemory, InRocksdb) {
    Store store;
    for (const char* key : {"a", "b", "c"})
        put(*store.kv, Family::state, key, "old");
    const auto before = store.kv->iterate(Family::state, {}).value();
    const auto begun = store.kv->iterate(Family::state, {}).value();
    REQUIRE(begun->next().value());
    remove(*store.kv, Family::state, "c");
    put(*store.kv, Family::state, "b", "new");
    put(*store.kv, Family::state, "d", "new");
    const Pairs old = {{"a", "old"}, {"b", "old"}, {"c", "old"}};
    CHECK(drain(*before) == old);
    CHECK(drain(*begun) == Pairs(old.begin() + 1, old.end()));
    CHECK(all(*store.kv) == Pairs{{"a", "old"}, {"b", "new"}, {"d", "new"}});
}

TEST_CASE_TEMPLATE("kv: a batch applies in order, over all families", Store, InMemory, InRocksdb) {
    Store store;
    put(*store.kv, Family::state, "gone", "x");
    Batch batch;
    batch.sync = true;
    batch.put(Family::code, as_bytes("c"), as_bytes("1"));
    batch.put(Family::state, as_bytes("twice"), as_bytes("1"));
    batch.put(Family::state, as_bytes("twice"), as_bytes("2"));
    batch.put(Family::state, as_bytes("put, removed"), as_bytes("1"));
    batch.remove(Family::state, as_bytes("put, removed"));
    batch.remove(Family::state, as_bytes("removed, put"));
    batch.put(Family::state, as_bytes("removed, put"), as_bytes("1"));
    batch.remove(Family::state, as_bytes("gone"));
    batch.put(Family::meta, as_bytes("m"), as_bytes("1"));
    batch.put(Family::artifacts, as_bytes("a"), as_bytes("1"));
    REQUIRE(store.kv->write(batch).has_value());
    CHECK(all(*store.kv) == Pairs{{"removed, put", "1"}, {"twice", "2"}});
    CHECK(get(*store.kv, Family::code, "c") == "1");
    CHECK(get(*store.kv, Family::meta, "m") == "1");
    CHECK(get(*store.kv, Family::artifacts, "a") == "1");
    REQUIRE(store.kv->write(Batch()).has_value());
}

TEST_CASE_TEMPLATE("kv: a batch with a problem is refused whole", Store, InMemory, InRocksdb) {
    Store store;
    const u8 byte = 0;
    const bytes_view too_long(&byte, usize{1} << 32); // its size is looked at, its bytes are not
    Batch batch;
    batch.put(Family::state, as_bytes("a"), as_bytes("1"));
    batch.put(Family::state, as_bytes("b"), too_long);
    batch.put(Family::state, as_bytes("c"), as_bytes("1"));
    CHECK(store.kv->write(batch).error() == Error{Errc::bad_argument});
    CHECK(all(*store.kv).empty());
    batch.clear();
    CHECK(batch.empty());
    batch.put(Family::state, as_bytes("c"), as_bytes("1"));
    CHECK(store.kv->write(batch).has_value());
}

TEST_CASE_TEMPLATE("kv: readers beside a writer see whole batches", Store, InMemory, InRocksdb) {
    Store store;
    std::atomic<bool> done = false;
    std::atomic<u32> torn = 0;
    const auto read = [&] {
        while (!done) {
            const auto pairs = store.kv->iterate(Family::state, {}).value();
            const auto first = pairs->next().value();
            const auto second = pairs->next().value();
            if (first.has_value() != second.has_value()) ++torn;
            if (first && second && first->second != second->second) ++torn;
        }
    };
    std::thread one(read);
    std::thread two(read);
    for (u32 i = 0; i < 500; ++i) {
        const std::string value = std::to_string(i);
        Batch batch;
        batch.put(Family::state, as_bytes("a"), as_bytes(value));
        batch.put(Family::state, as_bytes("b"), as_bytes(value));
        CHECK(store.kv->write(batch).has_value());
    }
    done = true;
    one.join();
    two.join();
    CHECK(torn == 0);
}

TEST_CASE("rocksdb: what was written is there when the store is opened again") {
    const TempDir directory;
    for (u32 round = 0; round < 4; ++round) {
        const std::unique_ptr<Kv> kv = open(directory.path());
        for (const Family family : {Family::code, Family::state, Family::artifacts, Family::meta}) {
            CHECK(all(*kv, family).size() == round);
            put(*kv, family, "key " + std::to_string(round), std::string(100'000, 'v'));
        }
    }
    const std::unique_ptr<Kv> kv = open(directory.path());
    CHECK(all(*kv).size() == 4);
    CHECK(kv->last_problem().empty());
}

TEST_CASE("rocksdb: a store that is not there") {
    const TempDir directory;
    const std::filesystem::path path = directory.path() / "deeper" / "store";
    std::string detail;
    CHECK(open_rocksdb_kv(path, {.create = false}, &detail).error() == Error{Errc::not_found});
    CHECK(detail == "there is no store in " + path.string());
    CHECK_FALSE(std::filesystem::exists(path));
    put(*open(path), Family::state, "a", "1");
    const result<OpenedKv> opened = open_rocksdb_kv(path, {.create = false});
    REQUIRE(opened.has_value());
    CHECK(get(*opened.value().kv, Family::state, "a") == "1");
}

TEST_CASE("rocksdb: a directory that cannot be made") {
    const TempDir directory;
    std::string detail;
    CHECK(open_rocksdb_kv("/dev/null/store", {}, &detail).error() == Error{Errc::io_failure});
    CHECK(detail.starts_with("/dev/null/store"));
}

// SPDX-License-Identifier: Apache-2.0
// Damaged files: in state and code a fault that names the file and never wrong data; in artifacts a
// miss, and an empty cache the next time.
#include "storage/kv.hpp"

#include "storage/test/faulty_env.hpp"
#include "storage/test/files.hpp"
#include "storage/test/kv_testing.hpp"

#include <rocksdb/env.h>

#include <algorithm>

using namespace lockstep;
using namespace lockstep::storage;
using namespace lockstep::storage::test;

namespace fs = std::filesystem;

namespace {

std::string value_of(u32 i) { return std::to_string(i) + std::string(i * 7 % 500, 'v'); }

std::string key_of(u32 i) { return "key " + std::to_string(1000 + i); }

constexpr u32 pair_count = 200;

void fill(Kv& kv, Family family) {
    Batch batch;
    for (u32 i = 0; i < pair_count; ++i) {
        batch.put(family, as_bytes(key_of(i)), as_bytes(value_of(i)));
    }
    REQUIRE(kv.write(batch).has_value());
}

std::vector<fs::path> files_in(const fs::path& directory, std::string_view extension) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
        if (entry.path().extension() == extension) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

// What reading a whole family comes to: a fault with its text, or nothing if all is as fill() left
// it.
std::optional<std::string> read_all(const Kv& kv, Family family) {
    const std::unique_ptr<KvIterator> pairs = kv.iterate(family, {}).value();
    for (u32 i = 0; i < pair_count; ++i) {
        const result<std::optional<KeyValue>> pair = pairs->next();
        if (!pair) return kv.last_problem();
        REQUIRE(pair.value().has_value());
        REQUIRE(text(pair.value()->first) == key_of(i));
        REQUIRE(text(pair.value()->second) == value_of(i));
    }
    for (u32 i = 0; i < pair_count; ++i) {
        const result<std::optional<Bytes>> value = kv.get(family, as_bytes(key_of(i)));
        if (!value) return kv.last_problem();
        REQUIRE(value.value().has_value());
        REQUIRE(text(*value.value()) == value_of(i));
    }
    return std::nullopt;
}

// Flips one random bit of one file of `family` and reads all; the fault must name the file.
bool flip_is_noticed(const fs::path& path, const fs::path& file, Family family, u64 bit) {
    flip(file, bit);
    std::string detail;
    const result<OpenedKv> opened = open_rocksdb_kv(path, {}, &detail);
    std::optional<std::string> problem = opened ? read_all(*opened.value().kv, family) : detail;
    if (!opened) CHECK(opened.error() == Error{Errc::corrupt_state});
    if (problem) CHECK_MESSAGE(problem->find(file.filename()) != std::string::npos, *problem);
    return problem.has_value();
}

} // namespace

TEST_CASE("damage: a flipped bit in a table of state or code is a fault that names the file") {
    for (const Family family : {Family::state, Family::code}) {
        const TempDir directory;
        const fs::path good = directory.path() / "good";
        fill(*open(good), family);
        const std::vector<fs::path> tables = files_in(good / "state", ".sst");
        REQUIRE(tables.size() == 1);
        const fs::path table = tables.front().filename();
        const u32 bits = bits_of(tables.front());
        Random random(1);
        u32 noticed = 0;
        constexpr u32 trials = 15;
        for (u32 trial = 0; trial < trials; ++trial) {
            const fs::path bad = directory.path() / "bad";
            fs::copy(good, bad, fs::copy_options::recursive);
            noticed += flip_is_noticed(bad, bad / "state" / table, family, random.below(bits));
            fs::remove_all(bad);
        }
        CHECK(noticed >= trials - 3); // a few bits, such as those of padding, mean nothing
    }
}

TEST_CASE("damage: a fault stays a fault and says corrupt_state") {
    const TempDir directory;
    fill(*open(directory.path()), Family::state);
    const fs::path table = files_in(directory.path() / "state", ".sst").at(0);
    flip(table, 800);
    const std::unique_ptr<Kv> kv = open(directory.path());
    for (u32 again = 0; again < 2; ++again) {
        CHECK(kv->get(Family::state, as_bytes(key_of(0))).error() == Error{Errc::corrupt_state});
        const auto pairs = kv->iterate(Family::state, {}).value();
        CHECK(pairs->next().error() == Error{Errc::corrupt_state});
        CHECK(pairs->next().error() == Error{Errc::corrupt_state});
    }
    CHECK(kv->last_problem().find(table.string()) != std::string::npos);
    CHECK(kv->artifact_faults() == 0);
}

TEST_CASE("damage: a missing, cut or emptied file of state is a fault that names it") {
    const TempDir directory;
    const fs::path good = directory.path() / "good";
    fill(*open(good), Family::state);
    const std::string table = files_in(good / "state", ".sst").at(0).filename();
    std::string manifest;
    for (const fs::directory_entry& entry : fs::directory_iterator(good / "state")) {
        const std::string name = entry.path().filename();
        if (name.starts_with("MANIFEST")) manifest = name;
    }
    for (const std::string& name : {table, manifest, std::string("CURRENT")}) {
        for (const char* const how : {"missing", "cut", "emptied"}) {
            CAPTURE(name);
            CAPTURE(how);
            const fs::path bad = directory.path() / "bad";
            fs::copy(good, bad, fs::copy_options::recursive);
            const fs::path file = bad / "state" / name;
            if (how == std::string_view("missing")) fs::remove(file);
            if (how == std::string_view("cut")) fs::resize_file(file, fs::file_size(file) / 2);
            if (how == std::string_view("emptied")) fs::resize_file(file, 0);
            std::string detail;
            const result<OpenedKv> opened = open_rocksdb_kv(bad, {}, &detail);
            REQUIRE_FALSE(opened.has_value());
            CHECK(opened.error() == Error{Errc::corrupt_state});
            CHECK_MESSAGE(detail.find(name) != std::string::npos, detail);
            fs::remove_all(bad);
        }
    }
}

TEST_CASE("damage: artifacts that cannot be opened are set aside, counted and rebuilt") {
    const TempDir directory;
    const fs::path& path = directory.path();
    for (u32 round = 1; round <= 3; ++round) {
        {
            const std::unique_ptr<Kv> kv = open(path);
            fill(*kv, Family::artifacts);
            put(*kv, Family::state, "kept", std::to_string(round));
        }
        const fs::path current = path / "artifacts" / "CURRENT";
        if (round == 1) flip(current, 8);
        if (round == 2) fs::remove(current);
        if (round == 3) fs::resize_file(files_in(path / "artifacts", ".sst").at(0), 100);
        result<OpenedKv> opened = open_rocksdb_kv(path);
        REQUIRE(opened.has_value());
        CHECK(opened.value().artifacts_set_aside == 1);
        Kv& kv = *opened.value().kv;
        CHECK(kv.last_problem().find("artifacts") != std::string::npos);
        CHECK(all(kv, Family::artifacts).empty());
        CHECK(get(kv, Family::state, "kept") == std::to_string(round));
        CHECK(fs::exists(path / ("artifacts.damaged-" + std::to_string(round))));
        CHECK_FALSE(fs::exists(path / ("artifacts.damaged-" + std::to_string(round - 1))));
        fill(kv, Family::artifacts);
        CHECK_FALSE(read_all(kv, Family::artifacts));
    }
    const result<OpenedKv> opened = open_rocksdb_kv(path);
    CHECK(opened.value().artifacts_set_aside == 0);
    CHECK_FALSE(read_all(*opened.value().kv, Family::artifacts));
}

TEST_CASE("damage: any flipped bit in any file of the artifacts costs the cache at most") {
    const TempDir directory;
    const fs::path good = directory.path() / "good";
    {
        const std::unique_ptr<Kv> kv = open(good);
        fill(*kv, Family::artifacts);
        fill(*kv, Family::state);
    }
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(good / "artifacts")) {
        if (entry.file_size() != 0) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    Random random(2);
    u32 noticed = 0;
    for (u32 trial = 0; trial < 20; ++trial) {
        const fs::path bad = directory.path() / "bad";
        fs::copy(good, bad, fs::copy_options::recursive);
        const fs::path name = files[random.below(narrow<u32>(files.size()))].filename();
        flip(bad / "artifacts" / name, random.below(bits_of(good / "artifacts" / name)));
        CAPTURE(name);
        u32 set_aside = 0;
        u64 misses = 0;
        {
            result<OpenedKv> opened = open_rocksdb_kv(bad);
            REQUIRE(opened.has_value());
            Kv& kv = *opened.value().kv;
            set_aside = opened.value().artifacts_set_aside;
            for (u32 i = 0; i < pair_count; ++i) {
                const std::optional<std::string> value = get(kv, Family::artifacts, key_of(i));
                if (value)
                    CHECK(*value == value_of(i));
                else
                    ++misses;
            }
            if (set_aside == 0) CHECK((misses == 0) == (kv.artifact_faults() == 0));
            CHECK_FALSE(read_all(kv, Family::state));
        }
        // Damage that was met in reading is put away by the next to open the store.
        result<OpenedKv> again = open_rocksdb_kv(bad);
        REQUIRE(again.has_value());
        set_aside += again.value().artifacts_set_aside;
        CHECK(set_aside == (misses != 0 ? 1 : 0));
        noticed += set_aside;
        fill(*again.value().kv, Family::artifacts);
        CHECK_FALSE(read_all(*again.value().kv, Family::artifacts));
        CHECK(again.value().kv->artifact_faults() == 0);
        again.value().kv.reset();
        fs::remove_all(bad);
    }
    CHECK(noticed > 0);
}

TEST_CASE("damage: artifacts that cannot be opened at all leave a node without a cache") {
    const TempDir directory;
    const fs::path& path = directory.path();
    put(*open(path), Family::state, "a", "1");
    Faults faults;
    faults.where = "/artifacts/";
    faults.appends_left = 0;
    const std::shared_ptr<rocksdb::Env> env = faulty_env(faults);
    result<OpenedKv> opened = open_rocksdb_kv(path, {.env = env.get()});
    REQUIRE(opened.has_value());
    Kv& kv = *opened.value().kv;
    CHECK(get(kv, Family::state, "a") == "1");
    put(kv, Family::artifacts, "a", "1");
    CHECK_FALSE(get(kv, Family::artifacts, "a"));
    CHECK(all(kv, Family::artifacts).empty());
    CHECK(kv.artifact_faults() >= 2);
    CHECK(kv.last_problem().find("injected") != std::string::npos);
}

TEST_CASE("damage: reads that fail are faults in state and misses in artifacts") {
    const TempDir directory;
    const fs::path& path = directory.path();
    {
        const std::unique_ptr<Kv> kv = open(path);
        fill(*kv, Family::state);
        fill(*kv, Family::artifacts);
    }
    for (const bool flips : {false, true}) {
        Faults faults;
        const std::shared_ptr<rocksdb::Env> env = faulty_env(faults);
        const result<OpenedKv> opened = open_rocksdb_kv(path, {.env = env.get()});
        REQUIRE(opened.has_value());
        const Kv& kv = *opened.value().kv;
        (flips ? faults.reads_flip : faults.reads_fail) = true;
        const Error expected{flips ? Errc::corrupt_state : Errc::io_failure};
        CHECK(kv.get(Family::state, as_bytes(key_of(1))).error() == expected);
        CHECK_FALSE(kv.last_problem().empty());
        CHECK_FALSE(get(kv, Family::artifacts, key_of(1)));
        CHECK(all(kv, Family::artifacts).empty());
        CHECK(kv.artifact_faults() == 2);
        (flips ? faults.reads_flip : faults.reads_fail) = false;
        CHECK_FALSE(read_all(kv, Family::state));
    }
}

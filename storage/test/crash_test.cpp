// SPDX-License-Identifier: Apache-2.0
// Writers that are killed and disks that are full: what was acknowledged with sync is there whole,
// what was not is there whole or not at all.
#include "storage/kv.hpp"

#include "storage/test/faulty_env.hpp"
#include "storage/test/files.hpp"
#include "storage/test/kv_testing.hpp"

#include <rocksdb/env.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lockstep;
using namespace lockstep::storage;
using namespace lockstep::storage::test;

namespace {

constexpr const char* writer_name = "crash: the writer that is to be killed";
constexpr const char* writer_directory = "LOCKSTEP_CRASH_TEST_DIRECTORY";
constexpr int ack_descriptor = 3;

std::string key_of(u32 i) { return std::to_string(100'000 + i); }

std::string value_of(u32 i) { return std::to_string(i) + std::string(i * 131 % 5000, 'v'); }

// The batch number `i`: the same value in three families.
result<> write_batch(Kv& kv, u32 i) {
    Batch batch;
    batch.sync = true;
    for (const Family family : {Family::code, Family::state, Family::meta}) {
        batch.put(family, as_bytes(key_of(i)), as_bytes(value_of(i)));
    }
    return kv.write(batch);
}

// How many batches there are, in order from 0, each of them whole.
u32 count_batches(const Kv& kv) {
    u32 count = 0;
    while (get(kv, Family::state, key_of(count))) {
        for (const Family family : {Family::code, Family::state, Family::meta}) {
            REQUIRE(get(kv, family, key_of(count)) == value_of(count));
        }
        ++count;
    }
    for (const Family family : {Family::code, Family::state, Family::meta}) {
        CHECK(all(kv, family).size() == count);
    }
    return count;
}

// This program in a new process, as the writer. (A fork would miss RocksDB's threads.)
struct Writer {
    pid_t pid = 0;
    int acks = -1;

    explicit Writer(const std::filesystem::path& directory) {
        int ends[2];
        REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], ack_descriptor);
        std::string program = "/proc/self/exe";
        std::string filter = std::string("--test-case=") + writer_name;
        char* const arguments[] = {program.data(), filter.data(), nullptr};
        setenv(writer_directory, directory.c_str(), 1);
        REQUIRE(posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments, environ) == 0);
        unsetenv(writer_directory);
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        acks = ends[0];
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer() {
        kill();
        close(acks);
    }

    void kill() {
        if (pid == 0) return;
        ::kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        pid = 0;
    }

    // The next acknowledged number; nothing once the writer is dead and all acks are read.
    [[nodiscard]] std::optional<u32> next_ack() const {
        u32 number = 0;
        if (read(acks, &number, sizeof number) != sizeof number) return std::nullopt;
        return number;
    }
};

struct Attempt {
    u32 acknowledged = 0;
    std::optional<Error> error;
    std::string problem;
};

// Writes batches from 0 on until one fails or there are `most`.
Attempt write_batches(Kv& kv, u32 most) {
    Attempt attempt;
    for (; attempt.acknowledged < most; ++attempt.acknowledged) {
        const result<> written = write_batch(kv, attempt.acknowledged);
        if (written) continue;
        attempt.error = written.error();
        attempt.problem = kv.last_problem();
        CHECK(write_batch(kv, most).error() == written.error()); // no write after a failed one
        break;
    }
    return attempt;
}

} // namespace

TEST_CASE("crash: the writer that is to be killed") {
    const char* directory = std::getenv(writer_directory);
    if (directory == nullptr) return; // it is one only when a test below starts it
    const std::unique_ptr<Kv> kv = open(directory);
    for (u32 i = count_batches(*kv);; ++i) {
        REQUIRE(write_batch(*kv, i).has_value());
        REQUIRE(write(ack_descriptor, &i, sizeof i) == sizeof i);
    }
}

TEST_CASE("crash: no acknowledged batch is lost when the writer is killed") {
    const TempDir directory;
    Random random(1);
    u32 acknowledged = 0;
    for (u32 round = 0; round < 10; ++round) {
        CAPTURE(round);
        {
            Writer writer(directory.path());
            const u32 wanted = acknowledged + 1 + random.below(20);
            while (acknowledged < wanted) {
                const std::optional<u32> ack = writer.next_ack();
                REQUIRE(ack.has_value());
                acknowledged = *ack + 1;
            }
            usleep(random.below(5000));
            writer.kill();
            while (const std::optional<u32> ack = writer.next_ack())
                acknowledged = *ack + 1;
        }
        if (round % 3 == 2) continue; // the next writer meets the log as it was left
        const std::unique_ptr<Kv> kv = open(directory.path());
        const u32 found = count_batches(*kv);
        CHECK(found >= acknowledged);
        CHECK(found <= acknowledged + 1);
        acknowledged = found;
    }
}

TEST_CASE("crash: a store that another process has open says so") {
    const TempDir directory;
    Writer writer(directory.path());
    REQUIRE(writer.next_ack().has_value());
    std::string detail;
    CHECK(open_rocksdb_kv(directory.path(), {}, &detail).error() == Error{Errc::io_failure});
    CHECK(detail.starts_with("the store is in use"));
    CHECK(detail.find((directory.path() / "state" / "LOCK").string()) != std::string::npos);
    writer.kill();
    const std::unique_ptr<Kv> kv = open(directory.path());
    CHECK(open_rocksdb_kv(directory.path(), {}, &detail).error() == Error{Errc::io_failure});
    CHECK(detail.starts_with("the store is in use"));
}

TEST_CASE("crash: on a full disk the write fails and all before it stays") {
    Random random(1);
    for (u32 trial = 0; trial < 10; ++trial) {
        CAPTURE(trial);
        const TempDir directory;
        Attempt attempt;
        {
            Faults faults;
            faults.where = "/state/";
            const std::shared_ptr<rocksdb::Env> env = faulty_env(faults);
            const result<OpenedKv> opened = open_rocksdb_kv(directory.path(), {.env = env.get()});
            REQUIRE(opened.has_value());
            faults.appends_left = random.below(60);
            attempt = write_batches(*opened.value().kv, 100);
            CHECK(count_batches(*opened.value().kv) == attempt.acknowledged);
        }
        REQUIRE(attempt.error.has_value());
        CHECK(*attempt.error == Error{Errc::io_failure});
        CHECK(attempt.problem.find("injected: the disk is full") != std::string::npos);
        const std::unique_ptr<Kv> kv = open(directory.path());
        const u32 found = count_batches(*kv);
        CHECK(found >= attempt.acknowledged);
        CHECK(found <= attempt.acknowledged + 1);
        CHECK(write_batch(*kv, found).has_value());
    }
}

TEST_CASE("crash: when fsync fails the write fails and all before it stays") {
    Random random(2);
    for (u32 trial = 0; trial < 8; ++trial) {
        CAPTURE(trial);
        const TempDir directory;
        Attempt attempt;
        {
            Faults faults;
            faults.where = "/state/";
            const std::shared_ptr<rocksdb::Env> env = faulty_env(faults);
            const result<OpenedKv> opened = open_rocksdb_kv(directory.path(), {.env = env.get()});
            REQUIRE(opened.has_value());
            faults.syncs_left = random.below(40);
            attempt = write_batches(*opened.value().kv, 100);
            CHECK(count_batches(*opened.value().kv) == attempt.acknowledged);
        }
        REQUIRE(attempt.error.has_value());
        CHECK(*attempt.error == Error{Errc::io_failure});
        const u32 found = count_batches(*open(directory.path()));
        CHECK(found >= attempt.acknowledged);
        CHECK(found <= attempt.acknowledged + 1);
    }
}

TEST_CASE("crash: a full disk under the artifacts is counted and harms nothing else") {
    const TempDir directory;
    {
        Faults faults;
        faults.where = "/artifacts/";
        const std::shared_ptr<rocksdb::Env> env = faulty_env(faults);
        const result<OpenedKv> opened = open_rocksdb_kv(directory.path(), {.env = env.get()});
        REQUIRE(opened.has_value());
        Kv& kv = *opened.value().kv;
        put(kv, Family::artifacts, "before", "1");
        faults.appends_left = 0;
        put(kv, Family::artifacts, "after", "1");
        CHECK(kv.artifact_faults() == 1);
        CHECK(get(kv, Family::artifacts, "before") == "1");
        CHECK_FALSE(get(kv, Family::artifacts, "after"));
        put(kv, Family::state, "a", "1", true);
        CHECK(get(kv, Family::state, "a") == "1");
    }
    CHECK(get(*open(directory.path()), Family::state, "a") == "1");
}

TEST_CASE("crash: a store cannot be opened on a full disk, and is whole afterwards") {
    const TempDir directory;
    REQUIRE(write_batch(*open(directory.path()), 0).has_value());
    for (u32 appends = 0; appends < 12; ++appends) {
        Faults faults;
        faults.where = "/state/";
        faults.appends_left = appends;
        const std::shared_ptr<rocksdb::Env> env = faulty_env(faults);
        std::string detail;
        const result<OpenedKv> opened =
            open_rocksdb_kv(directory.path(), {.env = env.get()}, &detail);
        if (!opened) {
            CHECK(opened.error() == Error{Errc::io_failure});
            CHECK_MESSAGE(detail.find("injected") != std::string::npos, detail);
        }
    }
    CHECK(count_batches(*open(directory.path())) == 1);
}

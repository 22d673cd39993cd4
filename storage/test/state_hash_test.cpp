// SPDX-License-Identifier: Apache-2.0
// The digest of all state: its layout, what it covers, and that both stores give the same.
#include "storage/state_hash.hpp"

#include "storage/test/files.hpp"
#include "storage/test/kv_testing.hpp"

using namespace lockstep;
using namespace lockstep::storage;
using namespace lockstep::storage::test;

TEST_CASE("state_hash: the hashed message") {
    const std::unique_ptr<Kv> kv = memory_kv().value();
    CHECK(state_hash(*kv).value() == sha256({}));
    put(*kv, Family::state, "b", "");
    put(*kv, Family::state, "a", "xyz");
    const std::vector<u8> message = {1,   0, 0, 0, 'a', 3,   0, 0, 0, 'x', 'y',
                                     'z', 1, 0, 0, 0,   'b', 0, 0, 0, 0};
    CHECK(state_hash(*kv).value() == sha256(message));
}

TEST_CASE("state_hash: only the state counts, and every byte of it") {
    const std::unique_ptr<Kv> kv = memory_kv().value();
    put(*kv, Family::state, "ab", "c");
    const Digest before = state_hash(*kv).value();
    put(*kv, Family::code, "k", "v");
    put(*kv, Family::artifacts, "k", "v");
    put(*kv, Family::meta, "k", "v");
    CHECK(state_hash(*kv).value() == before);
    put(*kv, Family::state, "k", "");
    CHECK(state_hash(*kv).value() != before);
    remove(*kv, Family::state, "k");
    CHECK(state_hash(*kv).value() == before);
    remove(*kv, Family::state, "ab");
    put(*kv, Family::state, "a", "bc");
    CHECK(state_hash(*kv).value() != before);
}

TEST_CASE("state_hash: does not depend on the store, its history or its files") {
    const TempDir directory;
    const std::unique_ptr<Kv> memory = memory_kv().value();
    for (u32 round = 0; round < 3; ++round) {
        const std::unique_ptr<Kv> disk = open(directory.path());
        for (u32 i = 0; i < 50; ++i) {
            const std::string key = std::to_string(i * (7 + round) % 97);
            put(*memory, Family::state, key, std::to_string(round));
            put(*disk, Family::state, key, "overwritten");
            put(*disk, Family::state, key, std::to_string(round));
        }
        CHECK(state_hash(*disk).value() == state_hash(*memory).value());
    }
    CHECK(state_hash(*open(directory.path())).value() == state_hash(*memory).value());
}

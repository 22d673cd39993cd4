// SPDX-License-Identifier: Apache-2.0
// A RocksDB environment whose disk fails on demand, through RocksDB's public file-system wrapper.
#pragma once

#include "vm/bytes.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace rocksdb {
class Env;
}

namespace lockstep::storage::test {

/// What is to fail, in files whose path contains `where`. Set from any thread but for `where`.
struct Faults {
    static constexpr i64 never = i64{1} << 62;

    std::string where;
    /// The disk is full after so many more appends; the first that fails is torn in the middle.
    std::atomic<i64> appends_left = never;
    /// Every fsync fails after so many more.
    std::atomic<i64> syncs_left = never;
    /// Every read fails.
    std::atomic<bool> reads_fail = false;
    /// Every read gives one flipped bit.
    std::atomic<bool> reads_flip = false;
};

/// This machine's files, with `faults`, which must outlive the environment.
std::shared_ptr<rocksdb::Env> faulty_env(Faults& faults);

} // namespace lockstep::storage::test

// SPDX-License-Identifier: Apache-2.0
// The key-value store of a node: what it offers (Kv), and its two implementations.
//
// A store holds four families of pairs. `code` (contracts), `state` (what consensus is about) and
// `meta` (the node's own notes) are never guessed at: a damaged byte in them is a fault.
// `artifacts` is a cache of compiled code: whatever is wrong with it is a miss, and counted. Keys
// are ordered by their bytes, as unsigned numbers, a prefix before what it begins.
#pragma once

#include "vm/result.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rocksdb {
class Env;
}

namespace lockstep::storage {

using Bytes = std::vector<u8>;
using KeyValue = std::pair<Bytes, Bytes>;

enum class Family : u8 { code, state, artifacts, meta };
inline constexpr usize family_count = 4;

/// The order of keys, for ordered containers that are also searched by view.
struct KeyOrder {
    using is_transparent = void;
    [[nodiscard]] bool operator()(bytes_view a, bytes_view b) const noexcept {
        return as_text(a) < as_text(b);
    }
};

enum class Order : u8 { ascending, descending };

/// The keys from `start` (inclusive) up to `end` (exclusive); an absent bound is no bound. With
/// start >= end it is empty. The views are borrowed for the duration of a call.
struct Range {
    std::optional<bytes_view> start;
    std::optional<bytes_view> end;
    Order order = Order::ascending;
};

/// Changes to be made together, in order: a later change of a key wins. One thread at a time.
class Batch {
public:
    struct Change {
        Family family;
        Bytes key;
        std::optional<Bytes> value; ///< absent: remove
    };

    /// Whether write() returns only after the changes are on the disk (fsync).
    bool sync = false;

    /// Adds a change. A key or value of 4 GiB, or memory that ends, is reported by problem().
    void put(Family family, bytes_view key, bytes_view value) noexcept;
    /// Adds a change that removes a key, present or not. Fails like put().
    void remove(Family family, bytes_view key) noexcept;

    /// bad_argument or out_of_memory if a change could not be added: write() then refuses the
    /// batch.
    [[nodiscard]] result<> problem() const noexcept;
    [[nodiscard]] const std::vector<Change>& changes() const noexcept { return changes_; }
    [[nodiscard]] bool empty() const noexcept { return changes_.empty(); }
    /// Forgets changes and problem; `sync` stays.
    void clear() noexcept;

private:
    void add(Family family, bytes_view key, std::optional<bytes_view> value) noexcept;

    std::vector<Change> changes_;
    std::optional<Errc> problem_;
};

/// Walks a range of a store as it was when the iterator was made. One thread at a time. Must be
/// destroyed before its store.
class KvIterator {
public:
    KvIterator() = default;
    KvIterator(const KvIterator&) = delete;
    KvIterator& operator=(const KvIterator&) = delete;
    virtual ~KvIterator() = default;

    /// The next pair, or nothing at the end and ever after. A fault as for Kv::get(), and after one
    /// the same again.
    [[nodiscard]] result<std::optional<KeyValue>> next() noexcept;

private:
    // What next() does as long as there was no fault; may throw.
    virtual result<std::optional<KeyValue>> step() = 0;

    std::optional<Error> fault_;
};

/// A store. Every function may be called from any thread at any time; writers wait for each other.
/// Faults: corrupt_state (bytes are not what was written), io_failure, out_of_memory;
/// last_problem() then tells a person more.
class Kv {
public:
    Kv() = default;
    Kv(const Kv&) = delete;
    Kv& operator=(const Kv&) = delete;
    virtual ~Kv() = default;

    /// The value of `key`, or nothing. In `artifacts` a value that cannot be read is nothing.
    [[nodiscard]] virtual result<std::optional<Bytes>> get(Family family,
                                                           bytes_view key) const noexcept = 0;

    /// Calls `use` with the value of `key`, which is only looked at during the call and not copied
    /// where that can be avoided; false and no call if there is none. Otherwise as get(); an
    /// exception of `use` becomes a fault.
    [[nodiscard]] virtual result<bool>
    read(Family family, bytes_view key, const std::function<void(bytes_view)>& use) const noexcept;

    /// An iterator over a snapshot of `range`. In `artifacts` it ends where reading fails.
    [[nodiscard]] virtual result<std::unique_ptr<KvIterator>>
    iterate(Family family, const Range& range) const noexcept = 0;

    /// Makes all changes of `batch` or none, across code, state and meta; artifacts are stored
    /// after them, and one that cannot be stored is counted, never a fault. After success with
    /// `batch.sync` the changes outlive a crash of the machine. A fault of the disk is final: every
    /// later write fails alike, and when the store is opened again the batch is there whole or not
    /// at all. Also fails as batch.problem() does.
    [[nodiscard]] virtual result<> write(const Batch& batch) noexcept = 0;

    /// What last went wrong, naming the file where one is known; empty if nothing ever did.
    [[nodiscard]] virtual std::string last_problem() const noexcept = 0;

    /// How many reads and writes of `artifacts` failed and were passed over.
    [[nodiscard]] virtual u64 artifact_faults() const noexcept = 0;
};

/// An empty store in memory, for tests and for nodes that keep nothing.
[[nodiscard]] result<std::unique_ptr<Kv>> memory_kv() noexcept;

struct KvOptions {
    /// Whether a directory that holds no store yet becomes one; otherwise it is not_found.
    bool create = true;
    /// Where RocksDB finds its files, for fault injection; null is this machine. Must outlive the
    /// store.
    rocksdb::Env* env = nullptr;
};

struct OpenedKv {
    std::unique_ptr<Kv> kv;
    /// 1 if the artifacts were damaged, were moved aside and start empty; otherwise 0.
    u32 artifacts_set_aside = 0;
};

/// Opens the store in directory `path`, in RocksDB. It lies in two directories: `path/state` has
/// code, state and meta, `path/artifacts` the artifacts. Artifacts that cannot be opened, or that
/// were found damaged while the store was last open, are renamed to `path/artifacts.damaged-N`, of
/// which the newest is kept.
/// Errors: not_found; the faults of Kv, and io_failure if another process has the store open.
/// `detail`, if given, is then set to a text for people that names the file.
[[nodiscard]] result<OpenedKv> open_rocksdb_kv(const std::filesystem::path& path,
                                               const KvOptions& options = {},
                                               std::string* detail = nullptr) noexcept;

} // namespace lockstep::storage

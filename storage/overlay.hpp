// SPDX-License-Identifier: Apache-2.0
// The journal of one call tree: pending writes over the state of a store. Each call opens a level,
// and its writes are kept or undone with the level; the store itself changes only when what level 0
// has gathered is flushed into a batch.
#pragma once

#include "storage/kv.hpp"

#include <map>

namespace lockstep::storage {

/// State as the running transaction sees it. One thread at a time. `base` must outlive the overlay
/// and keep its state while the overlay has pending writes or iterators.
/// Every function can fail with a fault of the base or with out_of_memory, and then changes
/// nothing.
class Overlay {
public:
    explicit Overlay(const Kv& base) noexcept : base_(base) {}
    Overlay(const Overlay&) = delete;
    Overlay& operator=(const Overlay&) = delete;

    /// Opens a level inside the current one.
    [[nodiscard]] result<> begin() noexcept;
    /// Closes the innermost level and keeps its writes. bad_argument at level 0.
    [[nodiscard]] result<> commit() noexcept;
    /// Closes the innermost level and undoes its writes, those of levels committed into it
    /// included. bad_argument at level 0.
    [[nodiscard]] result<> rollback() noexcept;
    /// The number of open levels.
    [[nodiscard]] usize depth() const noexcept { return levels_.size(); }

    [[nodiscard]] result<std::optional<Bytes>> get(bytes_view key) const noexcept;
    [[nodiscard]] result<> put(bytes_view key, bytes_view value) noexcept;
    /// Removes a key, present or not.
    [[nodiscard]] result<> remove(bytes_view key) noexcept;

    /// Walks base and pending writes as one. The iterator sees the writes made before it was made
    /// and none made later; only a rollback that undoes a write it has not reached yet takes that
    /// write out of its sight. Must be destroyed before the overlay.
    [[nodiscard]] result<std::unique_ptr<KvIterator>> iterate(const Range& range) noexcept;

    /// Adds the pending writes to `batch` in the order of keys; they stay pending.
    /// bad_argument unless at level 0.
    [[nodiscard]] result<> flush_into(Batch& batch) const noexcept;
    /// Forgets pending writes and levels, after a flushed batch was written or to give all up.
    /// No iterator may be left.
    void clear() noexcept;

private:
    class Iterator;

    // What a key was given, by which level, and how many iterators had been made by then.
    struct Version {
        u64 level;
        u64 epoch;
        std::optional<Bytes> value; // absent: removed
    };
    using History = std::vector<Version>; // oldest first, never empty
    using Pending = std::map<Bytes, History, KeyOrder>;

    struct Level {
        u64 serial;
        usize undo_start;
    };

    [[nodiscard]] u64 serial() const noexcept {
        return levels_.empty() ? 0 : levels_.back().serial;
    }
    void store(bytes_view key, std::optional<Bytes> value);
    void undo(Pending::iterator entry) noexcept;

    const Kv& base_;
    Pending pending_;
    std::vector<Level> levels_;
    std::vector<Pending::iterator> undo_log_; // one entry per Version added inside a level
    u64 last_serial_ = 0;
    u64 epoch_ = 0;    // iterators made so far
    u64 erasures_ = 0; // how often entries left pending_
};

} // namespace lockstep::storage

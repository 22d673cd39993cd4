// SPDX-License-Identifier: Apache-2.0
// The store in RocksDB. Two databases, so that the cache of artifacts can be thrown away without
// touching what must not be lost.
#include "storage/database.hpp"
#include "storage/directory.hpp"
#include "storage/kv.hpp"
#include "vm/guarded.hpp"

#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <mutex>

namespace lockstep::storage {

namespace {

namespace fs = std::filesystem;

constexpr usize cache_size = usize{32} << 20;

usize index_of(Family family) noexcept { return static_cast<usize>(family); }

rocksdb::Slice slice_of(bytes_view bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes bytes_of(const rocksdb::Slice& slice) {
    const bytes_view view = as_bytes({slice.data(), slice.size()});
    return {view.begin(), view.end()};
}

// Where a family lies; `database` is null if there is none to be had.
struct Place {
    Database* database = nullptr;
    rocksdb::ColumnFamilyHandle* column = nullptr;
};

class RocksdbKv final : public Kv {
public:
    RocksdbKv(Directory directory, std::unique_ptr<Database> state,
              std::unique_ptr<Database> artifacts, std::string problem)
        : directory_(std::move(directory)), state_(std::move(state)),
          artifacts_(std::move(artifacts)), problem_(std::move(problem)) {
        places_[index_of(Family::code)] = {state_.get(), state_->column(1)};
        places_[index_of(Family::state)] = {state_.get(), state_->column(2)};
        places_[index_of(Family::meta)] = {state_.get(), state_->column(3)};
        if (artifacts_) {
            places_[index_of(Family::artifacts)] = {artifacts_.get(), artifacts_->column(0)};
        }
    }

    result<std::optional<Bytes>> get(Family family, bytes_view key) const noexcept override;
    result<bool> read(Family family, bytes_view key,
                      const std::function<void(bytes_view)>& use) const noexcept override;
    result<std::unique_ptr<KvIterator>> iterate(Family family,
                                                const Range& range) const noexcept override;
    result<> write(const Batch& batch) noexcept override;
    std::string last_problem() const noexcept override;
    u64 artifact_faults() const noexcept override { return artifact_faults_; }

    /// Reports `status`: success means that it is to be passed over, as in artifacts.
    [[nodiscard]] result<> fail(Family family, const rocksdb::Status& status) const;

private:
    [[nodiscard]] const Place& place_of(Family family) const { return places_[index_of(family)]; }
    [[nodiscard]] result<> write_state(rocksdb::WriteBatch& changes, bool sync);
    void write_artifacts(rocksdb::WriteBatch& changes) noexcept;
    void note(std::string problem) const;

    Directory directory_;
    std::unique_ptr<Database> state_;
    std::unique_ptr<Database> artifacts_;
    std::array<Place, family_count> places_;
    mutable std::atomic<u64> artifact_faults_ = 0;
    mutable std::mutex problem_mutex_;
    mutable std::string problem_;
    std::mutex write_mutex_;
    std::optional<Errc> write_fault_;
};

class RocksdbIterator final : public KvIterator {
public:
    RocksdbIterator(const RocksdbKv& kv, Family family, const Place& place, const Range& range)
        : kv_(kv), family_(family), ascending_(range.order == Order::ascending) {
        rocksdb::ReadOptions options;
        if (range.start) {
            start_ = std::string(as_text(*range.start));
            start_slice_ = start_;
            options.iterate_lower_bound = &start_slice_;
        }
        if (range.end) {
            end_ = std::string(as_text(*range.end));
            end_slice_ = end_;
            options.iterate_upper_bound = &end_slice_;
        }
        at_.reset(place.database->db().NewIterator(options, place.column));
    }

private:
    result<std::optional<KeyValue>> step() override {
        if (done_) return std::nullopt;
        advance();
        if (at_->Valid()) return KeyValue(bytes_of(at_->key()), bytes_of(at_->value()));
        done_ = true;
        if (!at_->status().ok()) {
            TRY(kv_.fail(family_, at_->status()));
        }
        return std::nullopt;
    }

    void advance() {
        if (!placed_ && ascending_) at_->SeekToFirst();
        if (!placed_ && !ascending_) at_->SeekToLast();
        if (placed_ && ascending_) at_->Next();
        if (placed_ && !ascending_) at_->Prev();
        placed_ = true;
    }

    const RocksdbKv& kv_;
    Family family_;
    bool ascending_;
    bool placed_ = false;
    bool done_ = false;
    std::string start_, end_;
    rocksdb::Slice start_slice_, end_slice_;
    std::unique_ptr<rocksdb::Iterator> at_;
};

class EmptyIterator final : public KvIterator {
    result<std::optional<KeyValue>> step() override { return std::nullopt; }
};

result<std::optional<Bytes>> RocksdbKv::get(Family family, bytes_view key) const noexcept {
    std::optional<Bytes> value;
    TRY(read(family, key, [&](bytes_view found) { value.emplace(found.begin(), found.end()); }));
    return value;
}

result<bool> RocksdbKv::read(Family family, bytes_view key,
                             const std::function<void(bytes_view)>& use) const noexcept {
    return guarded([&]() -> result<bool> {
        const Place& place = place_of(family);
        if (place.database == nullptr) {
            ++artifact_faults_;
            return false;
        }
        rocksdb::PinnableSlice value;
        const rocksdb::Status status =
            place.database->db().Get(rocksdb::ReadOptions(), place.column, slice_of(key), &value);
        if (status.ok()) {
            use(as_bytes({value.data(), value.size()}));
            return true;
        }
        if (status.IsNotFound()) return false;
        TRY(fail(family, status));
        return false;
    });
}

result<std::unique_ptr<KvIterator>> RocksdbKv::iterate(Family family,
                                                       const Range& range) const noexcept {
    return guarded([&]() -> result<std::unique_ptr<KvIterator>> {
        const Place& place = place_of(family);
        const bool empty = range.start && range.end && !KeyOrder()(*range.start, *range.end);
        if (empty || place.database == nullptr) return std::make_unique<EmptyIterator>();
        return std::make_unique<RocksdbIterator>(*this, family, place, range);
    });
}

result<> RocksdbKv::write(const Batch& batch) noexcept {
    return guarded([&]() -> result<> {
        TRY(batch.problem());
        rocksdb::WriteBatch state;
        rocksdb::WriteBatch artifacts;
        for (const Batch::Change& change : batch.changes()) {
            const bool is_artifact = change.family == Family::artifacts;
            if (is_artifact && !artifacts_) {
                ++artifact_faults_;
                continue;
            }
            rocksdb::WriteBatch& changes = is_artifact ? artifacts : state;
            rocksdb::ColumnFamilyHandle* column = place_of(change.family).column;
            const rocksdb::Slice key = slice_of(change.key);
            const rocksdb::Status added = change.value
                                              ? changes.Put(column, key, slice_of(*change.value))
                                              : changes.Delete(column, key);
            if (!added.ok()) return fail(Family::state, added);
        }
        const std::lock_guard lock(write_mutex_);
        if (write_fault_) return Error{*write_fault_};
        if (state.Count() != 0) {
            TRY(write_state(state, batch.sync));
        }
        if (artifacts.Count() != 0) write_artifacts(artifacts);
        return success();
    });
}

result<> RocksdbKv::write_state(rocksdb::WriteBatch& changes, bool sync) {
    rocksdb::WriteOptions options;
    options.sync = sync;
    write_fault_ = Errc::out_of_memory; // stands if Write() throws
    const rocksdb::Status status = state_->db().Write(options, &changes);
    if (!status.ok()) {
        write_fault_ = errc_of(status);
        return fail(Family::state, status);
    }
    write_fault_.reset();
    return success();
}

void RocksdbKv::write_artifacts(rocksdb::WriteBatch& changes) noexcept {
    const result<> written = guarded([&]() -> result<> {
        const rocksdb::Status status = artifacts_->db().Write(rocksdb::WriteOptions(), &changes);
        return status.ok() ? success() : fail(Family::artifacts, status);
    });
    if (!written) ++artifact_faults_;
}

std::string RocksdbKv::last_problem() const noexcept {
    const std::lock_guard lock(problem_mutex_);
    try {
        return problem_;
    } catch (...) {
        return {};
    }
}

result<> RocksdbKv::fail(Family family, const rocksdb::Status& status) const {
    const Errc code = errc_of(status);
    const bool artifact = family == Family::artifacts;
    if (artifact) {
        ++artifact_faults_;
        if (code == Errc::corrupt_state) directory_.mark_artifacts();
    }
    note(status.ToString());
    if (artifact) return success();
    return Error{code};
}

void RocksdbKv::note(std::string problem) const {
    const std::lock_guard lock(problem_mutex_);
    problem_ = std::move(problem);
}

struct OpenedArtifacts {
    std::unique_ptr<Database> database; // null if there can be none: a node runs without
    std::string problem;
    u32 set_aside = 0;
};

OpenedArtifacts open_artifacts(const Directory& directory, const DatabaseSetup& setup) {
    OpenedArtifacts result;
    const auto set_aside = [&](std::string problem) {
        result.problem = std::move(problem);
        if (directory.set_artifacts_aside()) result.set_aside = 1;
    };
    if (directory.artifacts_marked()) {
        set_aside("damage was found in " + directory.artifacts().string());
    }
    OpenedDatabase opened = Database::open(directory.artifacts(), {"default"}, setup);
    if (!opened.database && !opened.in_use) {
        set_aside(std::move(opened.problem));
        opened = Database::open(directory.artifacts(), {"default"}, setup);
    }
    if (!opened.database) result.problem = std::move(opened.problem);
    result.database = std::move(opened.database);
    return result;
}

result<OpenedKv> open_in(const Directory& directory, const KvOptions& options,
                         std::string& problem) {
    if (!options.create && !has_files(directory.state())) {
        problem = "there is no store in " + directory.root().string();
        return Error{Errc::not_found};
    }
    std::error_code error;
    fs::create_directories(directory.root(), error);
    if (error) {
        problem = directory.root().string() + ": " + error.message();
        return Error{Errc::io_failure};
    }
    rocksdb::Env* env = options.env != nullptr ? options.env : rocksdb::Env::Default();
    const DatabaseSetup setup{env, rocksdb::NewLRUCache(cache_size)};
    OpenedDatabase state =
        Database::open(directory.state(), {"default", "code", "state", "meta"}, setup);
    if (!state.database) {
        problem = std::move(state.problem);
        return Error{state.fault};
    }
    OpenedArtifacts artifacts = open_artifacts(directory, setup);
    return OpenedKv{std::make_unique<RocksdbKv>(directory, std::move(state.database),
                                                std::move(artifacts.database),
                                                std::move(artifacts.problem)),
                    artifacts.set_aside};
}

} // namespace

result<OpenedKv> open_rocksdb_kv(const fs::path& path, const KvOptions& options,
                                 std::string* detail) noexcept {
    return guarded([&]() -> result<OpenedKv> {
        std::string problem;
        result<OpenedKv> opened = open_in(Directory(path), options, problem);
        if (!opened && detail != nullptr) *detail = std::move(problem);
        return opened;
    });
}

} // namespace lockstep::storage

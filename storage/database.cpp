// SPDX-License-Identifier: Apache-2.0
// Settings of RocksDB, chosen for three things: damage is noticed, memory and threads are bounded,
// and nothing is repaired, resumed or retried behind the caller's back.
#include "storage/database.hpp"

#include "storage/directory.hpp"
#include "storage/log_check.hpp"
#include "vm/guarded.hpp"

#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>

#include <mutex>

namespace lockstep::storage {

namespace fs = std::filesystem;

namespace {

constexpr usize mebibyte = usize{1} << 20;

rocksdb::DBOptions database_options(rocksdb::Env* env) {
    rocksdb::DBOptions options;
    options.env = env;
    options.paranoid_checks = true;
    options.track_and_verify_wals_in_manifest = true;
    options.verify_sst_unique_id_in_manifest = true;
    // A record that a crash tore at the end of the log was never acknowledged; anything else is
    // damage.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.max_bgerror_resume_count = 0;
    options.max_open_files = 256;
    options.max_background_jobs = 2;
    options.db_write_buffer_size = 32 * mebibyte;
    options.max_total_wal_size = 64 * mebibyte;
    options.max_manifest_file_size = 4 * mebibyte;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
    options.max_log_file_size = mebibyte;
    options.keep_log_file_num = 2;
    return options;
}

rocksdb::ColumnFamilyOptions column_options(const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.cache_index_and_filter_blocks = true;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    rocksdb::ColumnFamilyOptions options;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.write_buffer_size = 8 * mebibyte;
    options.compression = rocksdb::CompressionType::kNoCompression;
    return options;
}

// Writes SEAL whenever the MANIFEST has grown; if that fails, the seal that is there goes on being
// true. Also keeps RocksDB from taking writes again on its own after a failed one. Any thread.
class Listener final : public rocksdb::EventListener {
public:
    void seal(rocksdb::DB& db) noexcept {
        static_cast<void>(guarded([&]() -> result<> {
            const std::lock_guard lock(mutex_);
            const fs::path directory = db.GetName();
            const std::string path = (directory / seal_name).string();
            const std::string fresh = path + ".new";
            const std::string seal = seal_of(directory);
            constexpr bool sync = true;
            if (!seal.empty() && rocksdb::WriteStringToFile(db.GetEnv(), seal, fresh, sync).ok()) {
                db.GetEnv()->RenameFile(fresh, path).PermitUncheckedError();
            }
            return success();
        }));
    }

    void OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo& /*job*/) override {
        seal(*db);
    }
    void OnCompactionCompleted(rocksdb::DB* db,
                               const rocksdb::CompactionJobInfo& /*job*/) override {
        seal(*db);
    }
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                              bool* recover) override {
        *recover = false;
    }

private:
    std::mutex mutex_;
};

rocksdb::Status open_as_is(const fs::path& directory, const std::vector<std::string>& columns,
                           rocksdb::DBOptions options, const std::shared_ptr<rocksdb::Cache>& cache,
                           std::unique_ptr<Database>& opened) {
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    descriptors.reserve(columns.size());
    for (const std::string& name : columns) {
        descriptors.emplace_back(name, column_options(cache));
    }
    const std::shared_ptr<Listener> listener = std::make_shared<Listener>();
    options.listeners.push_back(listener);
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    rocksdb::Status status =
        rocksdb::DB::Open(options, directory.string(), descriptors, &handles, &db);
    if (!status.ok()) return status;
    opened = std::make_unique<Database>(std::unique_ptr<rocksdb::DB>(db), std::move(handles));
    listener->seal(*db);
    return status;
}

// Also finishes what a crash left of an earlier attempt. If another process was faster, its
// database is there now, and ours cannot be moved.
rocksdb::Status create(const fs::path& directory, const std::vector<std::string>& columns,
                       const DatabaseSetup& setup) {
    const fs::path unfinished = directory.string() + ".new";
    rocksdb::DBOptions options = database_options(setup.env);
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    std::unique_ptr<Database> database;
    rocksdb::Status status = open_as_is(unfinished, columns, options, setup.cache, database);
    if (!status.ok()) return status;
    database.reset();
    status = setup.env->RenameFile(unfinished.string(), directory.string());
    if (!status.ok()) return has_files(directory) ? rocksdb::Status::OK() : status;
    std::unique_ptr<rocksdb::Directory> parent;
    status = setup.env->NewDirectory(directory.parent_path().string(), &parent);
    return status.ok() ? parent->Fsync() : status;
}

// There is no status code for a lock that is held, only these two texts.
bool is_locked(const std::string& text) {
    return text.find("While lock file") != std::string::npos ||
           text.find("lock hold by current process") != std::string::npos;
}

OpenedDatabase failure(const fs::path& directory, const rocksdb::Status& status) {
    OpenedDatabase failed{nullptr, errc_of(status), false, status.ToString()};
    if (is_locked(failed.problem)) {
        failed.fault = Errc::io_failure;
        failed.in_use = true;
        failed.problem = "the store is in use: another process holds " +
                         (directory / "LOCK").string() + " (" + failed.problem + ")";
    } else if (const usize at = failed.problem.find(".ldb:"); at != std::string::npos) {
        // The name of a missing table that was tried last is LevelDB's; ours are .sst.
        failed.problem.replace(at, 4, ".sst");
    } else if (failed.problem.find(directory.string()) == std::string::npos) {
        failed.problem = directory.string() + ": " + failed.problem;
    }
    return failed;
}

} // namespace

OpenedDatabase Database::open(const fs::path& directory, const std::vector<std::string>& columns,
                              const DatabaseSetup& setup) {
    if (!has_files(directory)) {
        const rocksdb::Status status = create(directory, columns, setup);
        if (!status.ok()) return failure(directory, status);
    }
    if (std::optional<std::string> damage = find_log_damage(directory)) {
        return {nullptr, Errc::corrupt_state, false, *std::move(damage)};
    }
    OpenedDatabase opened;
    const rocksdb::Status status =
        open_as_is(directory, columns, database_options(setup.env), setup.cache, opened.database);
    if (!status.ok()) return failure(directory, status);
    return opened;
}

Database::Database(std::unique_ptr<rocksdb::DB> db,
                   std::vector<rocksdb::ColumnFamilyHandle*> columns)
    : db_(std::move(db)), columns_(std::move(columns)) {}

// A failure here loses nothing that was acknowledged: the log is still there.
Database::~Database() {
    db_->Flush(rocksdb::FlushOptions(), columns_).PermitUncheckedError();
    for (rocksdb::ColumnFamilyHandle* column : columns_) {
        db_->DestroyColumnFamilyHandle(column).PermitUncheckedError();
    }
    db_->Close().PermitUncheckedError();
}

Errc errc_of(const rocksdb::Status& status) noexcept {
    if (status.IsMemoryLimit()) return Errc::out_of_memory;
    const bool damaged =
        status.IsCorruption() || status.IsPathNotFound() || status.IsInvalidArgument();
    return damaged ? Errc::corrupt_state : Errc::io_failure;
}

} // namespace lockstep::storage

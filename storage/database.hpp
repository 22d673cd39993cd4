// SPDX-License-Identifier: Apache-2.0
// One RocksDB database: how it is set up, opened and closed, and what its bad news mean to us.
// Private to rocksdb_kv.cpp.
#pragma once

#include "vm/result.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace lockstep::storage {

/// What RocksDB's databases of one store have in common.
struct DatabaseSetup {
    rocksdb::Env* env;
    std::shared_ptr<rocksdb::Cache> cache;
};

struct OpenedDatabase;

/// An open database and its column families. Closing it empties the write-ahead log into table
/// files, so that data at rest lies where every block has a checksum. Any thread.
class Database {
public:
    /// Opens the database in `directory`, with the column families `columns` in this order,
    /// "default" among them. One that is not there is made beside it and moved into place when it
    /// is whole; so whatever is missing from one that is there is damage, and never made anew.
    static OpenedDatabase open(const std::filesystem::path& directory,
                               const std::vector<std::string>& columns, const DatabaseSetup& setup);

    Database(std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> columns);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database();

    [[nodiscard]] rocksdb::DB& db() noexcept { return *db_; }
    [[nodiscard]] rocksdb::ColumnFamilyHandle* column(usize i) noexcept { return columns_[i]; }

private:
    std::unique_ptr<rocksdb::DB> db_;
    std::vector<rocksdb::ColumnFamilyHandle*> columns_;
};

/// A database, or why there is none.
struct OpenedDatabase {
    std::unique_ptr<Database> database;
    Errc fault = Errc::io_failure;
    bool in_use = false; ///< it is open already, here or in another process
    std::string problem; ///< names the file or the directory
};

/// The fault that a status other than ok and NotFound stands for.
[[nodiscard]] Errc errc_of(const rocksdb::Status& status) noexcept;

} // namespace lockstep::storage

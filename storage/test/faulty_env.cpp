// SPDX-License-Identifier: Apache-2.0
#include "storage/test/faulty_env.hpp"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstring>

namespace lockstep::storage::test {

namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class FaultyWriter final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    FaultyWriter(std::unique_ptr<rocksdb::FSWritableFile> file, Faults& faults)
        : FSWritableFileOwnerWrapper(std::move(file)), faults_(faults) {}

    IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* context) override {
        const i64 left = faults_.appends_left--;
        if (left > 0) return target()->Append(data, options, context);
        if (left == 0) {
            const Slice half(data.data(), data.size() / 2);
            target()->Append(half, options, context).PermitUncheckedError();
        }
        return IOStatus::NoSpace("injected: the disk is full");
    }

    IOStatus Append(const Slice& data, const IOOptions& options,
                    const rocksdb::DataVerificationInfo& /*checksum*/,
                    IODebugContext* context) override {
        return Append(data, options, context);
    }

    IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
        if (faults_.syncs_left-- > 0) return target()->Sync(options, context);
        return IOStatus::IOError("injected: fsync failed");
    }

private:
    Faults& faults_;
};

class FaultyReader final : public rocksdb::FSRandomAccessFileOwnerWrapper {
public:
    FaultyReader(std::unique_ptr<rocksdb::FSRandomAccessFile> file, Faults& faults)
        : FSRandomAccessFileOwnerWrapper(std::move(file)), faults_(faults) {}

    IOStatus Read(uint64_t offset, size_t size, const IOOptions& options, Slice* data, char* buffer,
                  IODebugContext* context) const override {
        if (faults_.reads_fail) return IOStatus::IOError("injected: reading failed");
        IOStatus status = target()->Read(offset, size, options, data, buffer, context);
        if (status.ok() && faults_.reads_flip && !data->empty()) {
            std::memmove(buffer, data->data(), data->size());
            buffer[data->size() / 2] ^= 0x40;
            *data = Slice(buffer, data->size());
        }
        return status;
    }

private:
    Faults& faults_;
};

class FaultyFiles final : public rocksdb::FileSystemWrapper {
public:
    explicit FaultyFiles(Faults& faults)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), faults_(faults) {}

    const char* Name() const override { return "FaultyFiles"; }

    IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSWritableFile>* file,
                             IODebugContext* context) override {
        IOStatus status = target()->NewWritableFile(path, options, file, context);
        if (status.ok() && meant(path)) {
            *file = std::make_unique<FaultyWriter>(std::move(*file), faults_);
        }
        return status;
    }

    IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                 IODebugContext* context) override {
        IOStatus status = target()->NewRandomAccessFile(path, options, file, context);
        if (status.ok() && meant(path)) {
            *file = std::make_unique<FaultyReader>(std::move(*file), faults_);
        }
        return status;
    }

private:
    // RocksDB's own LOG is written when it likes and would make counted faults random.
    [[nodiscard]] bool meant(const std::string& path) const {
        const bool info_log = path.find("/LOG") != std::string::npos;
        return !info_log && path.find(faults_.where) != std::string::npos;
    }

    Faults& faults_;
};

} // namespace

std::shared_ptr<rocksdb::Env> faulty_env(Faults& faults) {
    return rocksdb::NewCompositeEnv(std::make_shared<FaultyFiles>(faults));
}

} // namespace lockstep::storage::test

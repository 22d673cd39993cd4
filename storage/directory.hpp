// SPDX-License-Identifier: Apache-2.0
// What a store does with its directories beside RocksDB: where the databases lie, and how damaged
// artifacts are put out of the way. Files only; no RocksDB.
#pragma once

#include "vm/result.hpp"

#include <filesystem>

namespace lockstep::storage {

/// The layout of a store in `root`. One thread at a time, but mark_artifacts() may be called by
/// any.
class Directory {
public:
    explicit Directory(std::filesystem::path root);

    [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
    [[nodiscard]] const std::filesystem::path& state() const noexcept { return state_; }
    [[nodiscard]] const std::filesystem::path& artifacts() const noexcept { return artifacts_; }

    /// Notes on the disk that the artifacts are damaged, for whoever opens the store next.
    void mark_artifacts() const;
    [[nodiscard]] bool artifacts_marked() const;
    /// Renames the artifacts to artifacts.damaged-N, N being larger than any there was, deletes
    /// those set aside earlier, and removes the mark. False if nothing was renamed.
    [[nodiscard]] bool set_artifacts_aside() const;

private:
    std::filesystem::path root_;
    std::filesystem::path state_;
    std::filesystem::path artifacts_;
    std::filesystem::path mark_;
};

/// Whether `directory` is there and not empty.
[[nodiscard]] bool has_files(const std::filesystem::path& directory);

} // namespace lockstep::storage

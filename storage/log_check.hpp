// SPDX-License-Identifier: Apache-2.0
// A look at RocksDB's log files (MANIFEST and write-ahead logs) before RocksDB reads them.
//
// RocksDB takes a record that reaches beyond the end of its file for one that a crash tore, and
// goes on as if the file ended before it. One flipped bit in a length field looks the same: it
// makes RocksDB 7.8 drop all later records of a MANIFEST, and open an older or empty state without
// a word. The checksum of a record does not cover its length, so the two cases can be told apart.
//
// A MANIFEST that is cut short between two records cannot be told from a whole one by looking at
// it. So a database carries a file SEAL beside it, with the MANIFEST's number and size when it last
// grew: both only ever do.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep::storage {

inline constexpr std::string_view seal_name = "SEAL";

/// The contents of SEAL for the database in `directory` as it is now, after its MANIFEST was
/// brought to the disk; empty if either failed. Any thread; also while the database is open.
[[nodiscard]] std::string seal_of(const std::filesystem::path& directory);

/// What is damaged in the logs of the closed database in `directory`, as a text that names the
/// file; nothing if they are whole, or end in a record torn by a crash. Any thread; also while the
/// database is open elsewhere.
[[nodiscard]] std::optional<std::string> find_log_damage(const std::filesystem::path& directory);

} // namespace lockstep::storage

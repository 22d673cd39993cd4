// SPDX-License-Identifier: Apache-2.0
// The secret of a node that authenticates the compiled code it keeps: 32 random bytes in a file
// beside the database, never in it, readable by nobody else.
#pragma once

#include "vm/digest.hpp"
#include "vm/result.hpp"

#include <filesystem>
#include <string>

namespace lockstep::storage {

/// Where the key of the store in directory `path` lies.
[[nodiscard]] std::filesystem::path mac_key_path(const std::filesystem::path& store);

/// Reads the key in `file`, which must be a regular file of 32 bytes, no symbolic link, with mode
/// 0600 or less, of the effective user. Errors: not_found; bad_argument for a file that is not so;
/// io_failure; `detail`, if given, then says what is wrong.
[[nodiscard]] result<MacKey> read_mac_key(const std::filesystem::path& file,
                                          std::string* detail = nullptr) noexcept;

/// Reads it; makes a new one where there is no file. Made whole or not at all, and synced; if two
/// processes make one at once, both get the same. Errors: as read_mac_key() but not_found.
[[nodiscard]] result<MacKey> read_or_create_mac_key(const std::filesystem::path& file,
                                                    std::string* detail = nullptr) noexcept;

} // namespace lockstep::storage

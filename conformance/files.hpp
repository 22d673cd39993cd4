// SPDX-License-Identifier: Apache-2.0
// Files in and out, and the text format through wabt's wat2wasm.
#pragma once

#include "vm/bytes.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace lockstep::conformance {

/// Throws UsageError if it cannot be read.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view text);
/// All files under `directory` with that extension (".json"), sorted by path. Throws UsageError.
[[nodiscard]] std::vector<std::filesystem::path> find_files(const std::filesystem::path& directory,
                                                            std::string_view extension);

/// The bytes of a .wasm file, or of a .wat file as wat2wasm makes them. Throws UsageError.
[[nodiscard]] std::string read_module(const std::filesystem::path& path);

/// A folder of its own that goes away with this object.
class ScratchFolder {
public:
    /// Throws UsageError.
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

/// A shell command; throws UsageError if it does not end with 0.
void run_command(const std::string& command);
/// `text` as one word of a shell command.
[[nodiscard]] std::string quoted(const std::string& text);

/// This room's folder in the source tree.
[[nodiscard]] std::filesystem::path room();

} // namespace lockstep::conformance

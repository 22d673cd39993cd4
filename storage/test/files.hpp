// SPDX-License-Identifier: Apache-2.0
// Files for tests: a directory that lives as long as a test, and damage.
#pragma once

#include "vm/bytes.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace lockstep::storage::test {

class TempDir {
public:
    TempDir() {
        std::string name = (std::filesystem::temp_directory_path() / "lockstep-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

inline u32 bits_of(const std::filesystem::path& file) {
    return narrow<u32>(std::filesystem::file_size(file) * 8);
}

/// Inverts one bit of `file`.
inline void flip(const std::filesystem::path& file, u64 bit) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    const std::streamoff offset = narrow<std::streamoff>(bit / 8);
    char byte = 0;
    stream.seekg(offset).get(byte);
    stream.seekp(offset).put(static_cast<char>(byte ^ (1 << bit % 8)));
    if (!stream) std::abort();
}

} // namespace lockstep::storage::test

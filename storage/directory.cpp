// SPDX-License-Identifier: Apache-2.0
// Directory: plain std::filesystem. Errors are taken as "no", since RocksDB, which is asked next,
// reports the same disk in more words.
#include "storage/directory.hpp"

#include <charconv>
#include <fstream>
#include <vector>

namespace lockstep::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view aside_prefix = "artifacts.damaged-";

// The number in the name of a directory that was set aside; 0 for any other name.
u64 aside_number(const std::string& name) {
    if (!name.starts_with(aside_prefix)) return 0;
    u64 number = 0;
    std::from_chars(name.data() + aside_prefix.size(), name.data() + name.size(), number);
    return number;
}

std::vector<fs::path> entries_of(const fs::path& directory) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        entries.push_back(at->path());
    }
    return entries;
}

} // namespace

Directory::Directory(fs::path root)
    : root_(std::move(root)), state_(root_ / "state"), artifacts_(root_ / "artifacts"),
      mark_(root_ / "artifacts.damaged") {}

// The mark only brings the rebuilding forward: unmarked, each damaged read stays a miss.
void Directory::mark_artifacts() const { const std::ofstream file(mark_); }

bool Directory::artifacts_marked() const {
    std::error_code error;
    return fs::exists(mark_, error);
}

bool Directory::set_artifacts_aside() const {
    u64 newest = 0;
    std::vector<fs::path> older;
    for (const fs::path& entry : entries_of(root_)) {
        const u64 number = aside_number(entry.filename());
        if (number != 0) older.push_back(entry);
        newest = std::max(newest, number);
    }
    const std::string name = std::string(aside_prefix) + std::to_string(newest + 1);
    std::error_code error;
    fs::rename(artifacts_, root_ / name, error);
    if (error && fs::exists(artifacts_)) return false;
    const bool renamed = !error;
    for (const fs::path& entry : older)
        fs::remove_all(entry, error);
    fs::remove(mark_, error);
    return renamed;
}

bool has_files(const fs::path& directory) { return !entries_of(directory).empty(); }

} // namespace lockstep::storage

// SPDX-License-Identifier: Apache-2.0
// Every flipped bit of a log is found, and a log that a crash cut short is not called damaged.
#include "storage/log_check.hpp"

#include "storage/test/files.hpp"
#include "storage/test/kv_testing.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace lockstep;
using namespace lockstep::storage;
using namespace lockstep::storage::test;

namespace fs = std::filesystem;

namespace {

// A database as a killed process leaves it, with a log of more than one block.
struct Crashed {
    TempDir directory;
    fs::path path = directory.path() / "crashed";
    fs::path log, manifest;

    Crashed() {
        const std::unique_ptr<Kv> kv = open(directory.path() / "store");
        for (u32 i = 0; i < 3; ++i) {
            const std::string value(i == 1 ? 40'000 : 50, 'v');
            put(*kv, Family::state, std::to_string(i), value, true);
        }
        fs::copy(directory.path() / "store" / "state", path);
        for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
            const std::string name = entry.path().filename();
            if (name.starts_with("MANIFEST")) manifest = entry.path();
            if (entry.path().extension() == ".log" && entry.file_size() != 0) log = entry.path();
        }
    }
};

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, std::string_view contents) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << contents;
}

// All offsets near the ends of the file and of its first block, and some between.
std::vector<usize> offsets_in(usize size) {
    std::vector<usize> offsets;
    for (usize i = 0; i < size; ++i) {
        const bool near = i < 200 || size - i < 200 || (i > 32'700 && i < 32'900);
        if (near || i % 997 == 0) offsets.push_back(i);
    }
    return offsets;
}

bool names(const std::optional<std::string>& damage, const fs::path& file) {
    return damage && damage->find(file.string()) != std::string::npos;
}

} // namespace

TEST_CASE("log_check: nothing is wrong with a killed process's logs") {
    const Crashed crashed;
    REQUIRE(fs::file_size(crashed.log) > 32768);
    CHECK_FALSE(find_log_damage(crashed.path));
}

TEST_CASE("log_check: every flipped bit is found") {
    const Crashed crashed;
    for (const fs::path& path : {crashed.manifest, crashed.log}) {
        u32 missed = 0;
        for (const usize i : offsets_in(fs::file_size(path))) {
            for (u32 bit = 0; bit < 8; ++bit) {
                flip(path, i * 8 + bit);
                if (!names(find_log_damage(crashed.path), path)) ++missed;
                flip(path, i * 8 + bit);
            }
        }
        CHECK(missed == 0);
    }
}

TEST_CASE("log_check: a log cut short is torn, not damaged, and so is one that ends in zeros") {
    const Crashed crashed;
    const usize whole = fs::file_size(crashed.log);
    fs::resize_file(crashed.log, whole + 70'000);
    CHECK_FALSE(find_log_damage(crashed.path));
    std::vector<usize> sizes = offsets_in(whole);
    std::reverse(sizes.begin(), sizes.end());
    for (const usize size : sizes) {
        fs::resize_file(crashed.log, size);
        CAPTURE(size);
        CHECK_FALSE(find_log_damage(crashed.path));
    }
}

TEST_CASE("log_check: records after a stretch of zeros are damage") {
    const Crashed crashed;
    std::string bad = read_file(crashed.log);
    std::fill_n(bad.begin(), 50, '\0');
    write_file(crashed.log, bad);
    CHECK(names(find_log_damage(crashed.path), crashed.log));
}

TEST_CASE("log_check: a MANIFEST shorter or older than the seal") {
    const Crashed crashed;
    const std::string good = read_file(crashed.manifest);
    const std::string seal = read_file(crashed.path / seal_name);
    for (usize size = good.size(); size-- > 0;) {
        CAPTURE(size);
        fs::resize_file(crashed.manifest, size);
        CHECK(names(find_log_damage(crashed.path), crashed.manifest));
    }
    write_file(crashed.manifest, good);
    CHECK(seal_of(crashed.path) == seal);
    write_file(crashed.path / seal_name, "999999 1\n");
    CHECK(names(find_log_damage(crashed.path), crashed.manifest));
    write_file(crashed.path / seal_name, "1 999999\n");
    CHECK_FALSE(find_log_damage(crashed.path));
    for (const char* const bad : {"", "1", "1 ", "1 x", "x 1", "1  1", "1 1 1"}) {
        CAPTURE(bad);
        write_file(crashed.path / seal_name, bad);
        CHECK(names(find_log_damage(crashed.path), crashed.path / seal_name));
    }
    fs::remove(crashed.path / seal_name);
    CHECK_FALSE(find_log_damage(crashed.path));
}

TEST_CASE("log_check: CURRENT must name a MANIFEST that is there") {
    const Crashed crashed;
    const fs::path current = crashed.path / "CURRENT";
    for (const char* const bad :
         {"", "\n", "MANIFEST-\n", "MANIFEST-x\n", "MANIFEST-7777\n", "x\n"}) {
        CAPTURE(bad);
        write_file(current, bad);
        CHECK(names(find_log_damage(crashed.path), current));
    }
    fs::remove(current);
    CHECK(names(find_log_damage(crashed.path), current));
}

// SPDX-License-Identifier: Apache-2.0
#include "storage/mac_key.hpp"

#include "storage/test/files.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include <sys/stat.h>

using namespace lockstep;
using namespace lockstep::storage;
using namespace lockstep::storage::test;

namespace fs = std::filesystem;

namespace {

Errc refusal(const fs::path& file, std::string_view why) {
    std::string detail;
    const result<MacKey> key = read_or_create_mac_key(file, &detail);
    REQUIRE_FALSE(key.has_value());
    CHECK_MESSAGE(detail.find(why) != std::string::npos, detail);
    CHECK_MESSAGE(detail.find(file.string()) != std::string::npos, detail);
    return key.error().code;
}

} // namespace

TEST_CASE("mac_key: made once, private, and the same ever after") {
    const TempDir directory;
    const fs::path file = mac_key_path(directory.path());
    CHECK(read_mac_key(file).error().code == Errc::not_found);
    const MacKey key = read_or_create_mac_key(file).value();
    CHECK(read_or_create_mac_key(file).value() == key);
    CHECK(read_mac_key(file).value() == key);
    struct stat status {};
    REQUIRE(stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    fs::remove(file);
    CHECK(read_or_create_mac_key(file).value() != key);
    CHECK(std::distance(fs::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("mac_key: a file that others could have written or read is refused") {
    const TempDir directory;
    const fs::path file = mac_key_path(directory.path());
    static_cast<void>(read_or_create_mac_key(file));
    fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
    CHECK(refusal(file, "others than its owner") == Errc::bad_argument);
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    CHECK(read_mac_key(file).has_value());
    fs::resize_file(file, 31);
    CHECK(refusal(file, "32 bytes") == Errc::bad_argument);
    fs::resize_file(file, 0);
    CHECK(refusal(file, "32 bytes") == Errc::bad_argument);
    fs::remove(file);
    const fs::path elsewhere = directory.path() / "elsewhere";
    static_cast<void>(read_or_create_mac_key(elsewhere));
    fs::create_symlink(elsewhere, file);
    CHECK(refusal(file, "symbolic link") == Errc::bad_argument);
    fs::remove(file);
    fs::create_directory(file);
    CHECK(refusal(file, "no regular file") == Errc::bad_argument);
    CHECK(refusal(directory.path() / "absent" / "key", "No such file") == Errc::io_failure);
}

TEST_CASE("mac_key: whoever makes it at the same time gets the same") {
    const TempDir directory;
    const fs::path file = mac_key_path(directory.path());
    std::vector<MacKey> keys(8);
    std::vector<std::thread> threads;
    threads.reserve(keys.size());
    for (MacKey& key : keys)
        threads.emplace_back([&] {
            if (const auto made = read_or_create_mac_key(file)) key = made.value();
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const MacKey& key : keys)
        CHECK(key == keys[0]);
    CHECK(keys[0] != MacKey{});
}

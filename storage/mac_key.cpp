// SPDX-License-Identifier: Apache-2.0
// A key is written to a name of its own and then linked to where it belongs, which fails if another
// process was faster: there is never a half-written key, and never a second one.
#include "storage/mac_key.hpp"

#include "vm/guarded.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lockstep::storage {

namespace {

namespace fs = std::filesystem;

class File {
public:
    explicit File(int number) noexcept : number_(number) {}
    File(const fs::path& path, int flags) noexcept
        : File(::open(path.c_str(), flags | O_CLOEXEC)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

Error failed(std::string& problem, const fs::path& file, Errc code = Errc::io_failure) {
    problem = file.string() + ": " + std::strerror(errno);
    return Error{code};
}

/// What is wrong with the file as a place for a secret, or null.
const char* complaint(const struct stat& status) noexcept {
    if (!S_ISREG(status.st_mode)) return "it is no regular file";
    if (status.st_uid != ::geteuid()) return "it belongs to another user";
    if ((status.st_mode & 077) != 0) return "others than its owner have access to it";
    if (status.st_size != static_cast<off_t>(sizeof(MacKey))) return "it has not 32 bytes";
    return nullptr;
}

result<MacKey> read(const fs::path& path, std::string& problem) {
    const File file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file.is_open()) {
        if (errno == ELOOP) {
            problem = path.string() + ": it is a symbolic link";
            return Error{Errc::bad_argument};
        }
        return failed(problem, path, errno == ENOENT ? Errc::not_found : Errc::io_failure);
    }
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return failed(problem, path);
    if (const char* const wrong = complaint(status)) {
        problem = path.string() + ": " + wrong;
        return Error{Errc::bad_argument};
    }
    MacKey key{};
    if (::read(file.number(), key.data(), key.size()) != static_cast<ssize_t>(key.size()))
        return failed(problem, path);
    return key;
}

bool sync_directory(const fs::path& directory) noexcept {
    const File file(directory, O_RDONLY | O_DIRECTORY);
    return file.is_open() && ::fsync(file.number()) == 0;
}

result<> write_new(const fs::path& path, std::string& problem) {
    MacKey key{};
    if (::getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size()))
        return failed(problem, path);
    std::string fresh = path.string() + ".new-XXXXXX";
    const File file(::mkostemp(fresh.data(), O_CLOEXEC)); // mode 0600
    if (!file.is_open()) return failed(problem, fresh);
    const auto written = [&]() -> result<> {
        if (::write(file.number(), key.data(), key.size()) != static_cast<ssize_t>(key.size()) ||
            ::fsync(file.number()) != 0)
            return failed(problem, fresh);
        if (::link(fresh.c_str(), path.c_str()) != 0 && errno != EEXIST)
            return failed(problem, path);
        return success();
    }();
    ::unlink(fresh.c_str());
    TRY(written);
    const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
    if (!sync_directory(parent)) return failed(problem, parent);
    return success();
}

template <class Work>
result<MacKey> with_detail(std::string* detail, Work work) noexcept {
    return guarded([&]() -> result<MacKey> {
        std::string problem;
        result<MacKey> key = work(problem);
        if (!key && detail != nullptr) *detail = std::move(problem);
        return key;
    });
}

} // namespace

fs::path mac_key_path(const fs::path& store) { return store / "artifacts.key"; }

result<MacKey> read_mac_key(const fs::path& file, std::string* detail) noexcept {
    return with_detail(detail, [&](std::string& problem) { return read(file, problem); });
}

result<MacKey> read_or_create_mac_key(const fs::path& file, std::string* detail) noexcept {
    return with_detail(detail, [&](std::string& problem) -> result<MacKey> {
        const result<MacKey> there = read(file, problem);
        if (there || there.error().code != Errc::not_found) return there;
        TRY(write_new(file, problem));
        return read(file, problem);
    });
}

} // namespace lockstep::storage

// SPDX-License-Identifier: Apache-2.0
#include "conformance/files.hpp"

#include "conformance/commands.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace lockstep::conformance {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in.is_open() || in.bad()) throw UsageError("cannot read " + path.string());
    return text;
}

void write_file(const fs::path& path, std::string_view text) {
    std::ofstream out(path, std::ios::binary);
    out << text;
    if (!out.flush()) throw UsageError("cannot write " + path.string());
}

std::vector<fs::path> find_files(const fs::path& directory, std::string_view extension) {
    std::error_code error;
    fs::recursive_directory_iterator entry(directory, error);
    if (error) throw UsageError("cannot read folder " + directory.string());
    std::vector<fs::path> found;
    for (; entry != fs::recursive_directory_iterator(); ++entry)
        if (entry->path().extension() == extension) found.push_back(entry->path());
    std::sort(found.begin(), found.end());
    return found;
}

std::string read_module(const fs::path& path) {
    if (path.extension() != ".wat") return read_file(path);
    const ScratchFolder scratch;
    const fs::path wasm = scratch.path() / "module.wasm";
    run_command("wat2wasm --enable-tail-call --enable-extended-const " + quoted(path.string()) +
                " -o " + quoted(wasm.string()));
    return read_file(wasm);
}

ScratchFolder::ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "lockstep-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw UsageError("cannot make a temporary folder");
    path_ = name;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void run_command(const std::string& command) {
    if (std::system(command.c_str()) != 0) throw UsageError("failed: " + command);
}

std::string quoted(const std::string& text) {
    std::string word = "'";
    for (const char c : text)
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return word + "'";
}

fs::path room() { return LOCKSTEP_CONFORMANCE_ROOM; }

u64 parse_number(std::string_view text) {
    u64 value = 0;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [stopped, error] = std::from_chars(begin, end, value);
    if (error != std::errc{} || stopped != end)
        throw UsageError(std::string(text) + " is not a number");
    return value;
}

} // namespace lockstep::conformance

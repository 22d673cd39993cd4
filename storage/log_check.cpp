// SPDX-License-Identifier: Apache-2.0
// The format (rocksdb/db/log_format.h): blocks of 32 KiB, the last one shorter; in each, records of
// u32le masked CRC-32C of type and payload, u16le size of payload, u8 type, payload; fewer than 7
// bytes before the end of a block are filled with zeros. No record crosses into the next block.
#include "storage/log_check.hpp"

#include "vm/bytes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <fstream>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace lockstep::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view manifest_prefix = "MANIFEST-";
constexpr usize block_size = 32768;
constexpr usize header_size = 7;
constexpr usize type_offset = 6;

constexpr std::array<u32, 256> crc_table = [] {
    std::array<u32, 256> table{};
    for (u32 i = 0; i < 256; ++i) {
        table[i] = i;
        for (u32 bit = 0; bit < 8; ++bit) {
            table[i] = table[i] >> 1 ^ ((table[i] & 1) != 0 ? 0x82f63b78 : 0);
        }
    }
    return table;
}();

// CRC-32C without its final inversion, so that it can go on.
u32 extend(u32 crc, u8 byte) { return crc >> 8 ^ crc_table[(crc ^ byte) & 0xff]; }

u32 unmask(u32 masked) {
    const u32 rotated = masked - 0xa282ead8;
    return rotated >> 17 | rotated << 15;
}

bool all_zero(bytes_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](u8 byte) { return byte == 0; });
}

// Whether the checksum in front of `record` fits its type and the first `size` bytes of payload.
bool fits(bytes_view record, usize size) {
    u32 crc = 0xffff'ffff;
    for (const u8 byte : record.subspan(type_offset, 1 + size))
        crc = extend(crc, byte);
    return ~crc == unmask(load_le<u32>(record.data()));
}

// Whether the checksum fits any number of the bytes there are: then the length is what is wrong.
bool fits_some_size(bytes_view record) {
    const u32 expected = ~unmask(load_le<u32>(record.data()));
    u32 crc = 0xffff'ffff;
    for (const u8 byte : record.subspan(type_offset)) {
        crc = extend(crc, byte);
        if (crc == expected) return true;
    }
    return false;
}

// Where the first damaged record of a block begins. `zeros_only` is set once the rest of the file
// has to be zeros, as where a crash left a file longer than what was written.
std::optional<usize> damage_in(bytes_view block, bool& zeros_only) {
    usize at = 0;
    while (block.size() - at >= header_size && !zeros_only) {
        const bytes_view record = block.subspan(at);
        const usize size = load_le<u16>(record.data() + 4);
        if (all_zero(record.first(header_size))) {
            zeros_only = true;
        } else if (header_size + size <= record.size()) {
            if (!fits(record, size)) return at;
            at += header_size + size;
        } else {
            const bool leaves_block = at + header_size + size > block_size;
            if (leaves_block || fits_some_size(record)) return at;
            return std::nullopt;
        }
    }
    if (zeros_only && !all_zero(block.subspan(at))) return at;
    return std::nullopt;
}

std::optional<std::string> damage_in_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<u8> block(block_size);
    bool zeros_only = false;
    for (u64 start = 0; file; start += block_size) {
        file.read(reinterpret_cast<char*>(block.data()), block_size);
        const bytes_view bytes = bytes_view(block).first(static_cast<usize>(file.gcount()));
        if (const std::optional<usize> at = damage_in(bytes, zeros_only)) {
            return path.string() + " is damaged at byte " + std::to_string(start + *at);
        }
    }
    return std::nullopt;
}

// How far a database has come: the number of its MANIFEST, and the size of that.
struct Seal {
    u64 number = 0;
    u64 size = 0;
    friend auto operator<=>(const Seal&, const Seal&) = default;
};

std::string first_line(const fs::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

// The number at the front of `text`, which is cut off; nothing if there is none.
std::optional<u64> take_number(std::string_view& text) {
    u64 number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<usize>(end - text.data()));
    return number;
}

// The seal that `line` spells as "NUMBER SIZE".
std::optional<Seal> parse_seal(std::string_view line) {
    const std::optional<u64> number = take_number(line);
    if (!number || !line.starts_with(' ')) return std::nullopt;
    line.remove_prefix(1);
    const std::optional<u64> size = take_number(line);
    if (!size || !line.empty()) return std::nullopt;
    return Seal{*number, *size};
}

// The seal that fits the file `manifest`; nothing if it is none or is missing.
std::optional<Seal> fitting_seal(const fs::path& manifest) {
    const std::string name = manifest.filename();
    if (!name.starts_with(manifest_prefix)) return std::nullopt;
    std::string_view digits = std::string_view(name).substr(manifest_prefix.size());
    const std::optional<u64> number = take_number(digits);
    std::error_code error;
    const u64 size = fs::file_size(manifest, error);
    if (!number || error) return std::nullopt;
    return Seal{*number, size};
}

bool sync_file(const fs::path& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const bool synced = fsync(file) == 0;
    close(file);
    return synced;
}

std::optional<std::string> damage_in_manifest(const fs::path& directory) {
    const fs::path current = directory / "CURRENT";
    const std::string name = first_line(current);
    if (name.empty()) return current.string() + " is missing or empty";
    const fs::path manifest = directory / name;
    const std::optional<Seal> present = fitting_seal(manifest);
    if (!present) {
        return current.string() + " is damaged, or the file it names is missing: " + name;
    }
    const fs::path seal = directory / seal_name;
    std::error_code error;
    if (fs::exists(seal, error)) {
        const std::optional<Seal> sealed = parse_seal(first_line(seal));
        if (!sealed) return seal.string() + " is damaged";
        if (*present < *sealed) {
            return manifest.string() + " is older or shorter than " + seal.string() + " says";
        }
    }
    return damage_in_file(manifest);
}

} // namespace

std::string seal_of(const fs::path& directory) {
    const fs::path manifest = directory / first_line(directory / "CURRENT");
    const std::optional<Seal> seal = fitting_seal(manifest);
    if (!seal || !sync_file(manifest)) return {};
    return std::to_string(seal->number) + " " + std::to_string(seal->size) + "\n";
}

std::optional<std::string> find_log_damage(const fs::path& directory) {
    std::optional<std::string> damage = damage_in_manifest(directory);
    std::error_code error;
    for (fs::directory_iterator at(directory, error), end; !damage && !error && at != end;
         at.increment(error)) {
        if (at->path().extension() == ".log") damage = damage_in_file(at->path());
    }
    return damage;
}

} // namespace lockstep::storage

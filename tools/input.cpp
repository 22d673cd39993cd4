// SPDX-License-Identifier: Apache-2.0
// Reading what the user gives: every refusal says what there would have been.
#include "tools/input.hpp"

#include "tools/text.hpp"
#include "vm/guard_fault.hpp"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <memory>

#include <sys/stat.h>

namespace lockstep::tools {
namespace {

struct Close {
    void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
};

Stop too_large(const std::string& path) {
    return {Exit::bad_input, "the file is too large", path, "vmtool reads files of at most 1 GiB",
            "Check that this is the file you mean."};
}

Stop cannot_read(const std::string& path) {
    const int reason = errno;
    const bool absent = reason == ENOENT || reason == ENOTDIR || reason == EISDIR;
    return {absent ? Exit::bad_input : Exit::environment, "the file cannot be read", path,
            std::strerror(reason),
            absent ? "Check the path." : "Check the file's permissions and the disk."};
}

/// Digits, with 0x for hexadecimal; nothing on overflow or anything else.
std::optional<u64> parse_magnitude(std::string_view text) {
    const bool hexadecimal = text.substr(0, 2) == "0x" || text.substr(0, 2) == "0X";
    if (hexadecimal) text.remove_prefix(2);
    u64 number = 0;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [stopped, problem] = std::from_chars(begin, end, number, hexadecimal ? 16 : 10);
    if (problem != std::errc() || stopped != end) return {};
    return number;
}

/// -2^(bits-1) ... 2^bits - 1, as two's complement.
std::optional<u64> parse_integer(std::string_view text, u32 bits) {
    const bool negative = text.starts_with("-");
    if (negative) text.remove_prefix(1);
    const std::optional<u64> magnitude = parse_magnitude(text);
    if (!magnitude) return {};
    const u64 largest = bits == 64 ? ~u64{0} : (u64{1} << bits) - 1;
    if (*magnitude > (negative ? u64{1} << (bits - 1) : largest)) return {};
    return negative ? (0 - *magnitude) & largest : *magnitude;
}

template <class Float, class Bits>
std::optional<u64> parse_float(std::string_view text) {
    const bool negative = text.starts_with("-");
    if (negative) text.remove_prefix(1);
    constexpr Bits sign = Bits{1} << (sizeof(Bits) * 8 - 1);
    const Bits sign_bit = negative ? sign : Bits{0};
    if (text.substr(0, 4) == "nan:") {
        const std::optional<u64> bits = parse_magnitude(text.substr(4));
        if (!bits || *bits > static_cast<Bits>(~Bits{0}) ||
            !std::isnan(std::bit_cast<Float>(static_cast<Bits>(*bits))))
            return {};
        return static_cast<Bits>(*bits) | sign_bit;
    }
    const bool hexadecimal = text.substr(0, 2) == "0x";
    if (hexadecimal) text.remove_prefix(2);
    Float number = 0;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [stopped, problem] = std::from_chars(
        begin, end, number, hexadecimal ? std::chars_format::hex : std::chars_format::general);
    if (problem != std::errc() || stopped != end || text.starts_with("-")) return {};
    return std::bit_cast<Bits>(number) | sign_bit;
}

template <class Float>
std::string float_text(Float number, u64 bits) {
    if (std::isnan(number)) return "nan:" + hex(bits);
    char digits[64];
    const auto [end, _] = std::to_chars(std::begin(digits), std::end(digits), number);
    return std::string(digits, end);
}

constexpr const char* profile_names =
    "core, lockstep-1, cosmwasm-1.0.0 ... cosmwasm-3.0.9, cosmwasm-X.Y.Z-stored";
constexpr const char* schedule_names =
    "lockstep-1, free, free-uninterruptible, cosmwasm-1.0.0 ... cosmwasm-3.0.9";

Stop unknown(const std::string& kind, const std::string& name, const char* known) {
    return {Exit::usage,
            "there is no " + kind + " \"" + printable(name) + "\"",
            {},
            {},
            std::string("Choose one of: ") + known + "."};
}

Profile profile_of(const std::string& name) {
    auto found = find_profile(name);
    if (found.has_error()) throw unknown("profile", name, profile_names);
    return std::move(found).assume_value();
}

metering::Schedule schedule_of(const Rules& rules) {
    std::string name = rules.schedule_name;
    const std::string_view release = cosmwasm_release(rules.profile_name);
    if (name.empty()) name = release.empty() ? "lockstep-1" : "cosmwasm-" + std::string(release);
    auto found = metering::find_schedule(name);
    if (found.has_error()) throw unknown("gas schedule", name, schedule_names);
    return std::move(found).assume_value();
}

} // namespace

std::vector<u8> read_file(const std::string& path) {
    const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
    if (file == nullptr) throw cannot_read(path);
    struct stat status {};
    if (fstat(fileno(file.get()), &status) != 0) throw cannot_read(path);
    const bool regular = S_ISREG(status.st_mode);
    if (regular && static_cast<u64>(status.st_size) > max_file_bytes) throw too_large(path);
    std::vector<u8> bytes;
    if (regular) bytes.reserve(static_cast<usize>(status.st_size) + 1);
    usize filled = 0;
    do {
        bytes.resize(std::max(bytes.capacity(), filled + (usize{1} << 16)));
        filled += std::fread(bytes.data() + filled, 1, bytes.size() - filled, file.get());
        if (filled > max_file_bytes) throw too_large(path);
        if (std::ferror(file.get()) != 0) throw cannot_read(path);
    } while (filled == bytes.size());
    bytes.resize(filled);
    return bytes;
}

void Rules::add_options(CLI::App& app) {
    app.add_option("--profile", profile_name, std::string("What a module may be: ") + profile_names)
        ->capture_default_str();
    app.add_option("--schedule", schedule_name,
                   std::string("Gas prices: ") + schedule_names +
                       "; default: of the profile's release, else lockstep-1");
    app.add_option("--tier", tier_name, tier_description)->capture_default_str();
}

compiler::Tier tier_of(const std::string& name) {
    const auto found = compiler::find_tier(name);
    if (found.has_error()) throw unknown("tier", name, "interp, singlepass");
    return found.assume_value();
}

void Running::add_options(CLI::App& app) {
    app.add_option("--tier", tier, tier_description)->capture_default_str();
    app.add_option("--traps", traps, traps_description)->capture_default_str();
}

Numbers::Numbers(const Rules& rules, TrapsMode traps_mode)
    : profile(profile_of(rules.profile_name)), schedule(schedule_of(rules)),
      tier(tier_of(rules.tier_name)), traps(traps_mode) {}

std::string_view cosmwasm_release(std::string_view name) noexcept {
    constexpr std::string_view prefix = "cosmwasm-";
    if (!name.starts_with(prefix)) return {};
    name.remove_prefix(prefix.size());
    if (name.ends_with(stored_suffix)) name.remove_suffix(stored_suffix.size());
    return name;
}

TrapsMode effective_traps(const std::string& name) {
    if (name == "explicit") return TrapsMode::explicit_checks;
    if (name != "signals") throw unknown("traps mode", name, "signals, explicit");
    // As contract::Engine does it.
    if (!install_guard_fault_handler().has_error() &&
        LinearMemory::create(1, max_memory_pages, TrapsMode::signals).has_value())
        return TrapsMode::signals;
    std::cerr << "vmtool: guard pages do not work here, so --traps is explicit; results are the "
                 "same\n";
    return TrapsMode::explicit_checks;
}

std::string_view name_of(TrapsMode traps) noexcept {
    return traps == TrapsMode::signals ? "signals" : "explicit";
}

std::optional<Value> parse_value(std::string_view text, ValType type) {
    if (text.size() > 2 && text.front() == '(' && text.back() == ')')
        text = text.substr(1, text.size() - 2); // see shield_negative()
    std::optional<u64> bits;
    switch (type) {
    case ValType::i32: bits = parse_integer(text, 32); break;
    case ValType::i64: bits = parse_integer(text, 64); break;
    case ValType::f32: bits = parse_float<f32, u32>(text); break;
    case ValType::f64: bits = parse_float<f64, u64>(text); break;
    case ValType::funcref:
    case ValType::externref:
        if (text == "null") bits = 0;
        break;
    case ValType::v128:
    case ValType::bottom: break;
    }
    if (!bits) return {};
    return Value{*bits, 0};
}

std::vector<u8> parse_bytes(std::string_view text) {
    const std::string_view digits = text.substr(0, 2) == "0x" ? text.substr(2) : "";
    std::vector<u8> bytes;
    for (usize i = 0; i + 1 < digits.size(); i += 2) {
        u8 byte = 0;
        const char* end = digits.data() + i + 2;
        if (std::from_chars(digits.data() + i, end, byte, 16).ptr != end) break;
        bytes.push_back(byte);
    }
    if (!digits.empty() && bytes.size() * 2 == digits.size()) return bytes;
    return {text.begin(), text.end()};
}

std::string value_text(Value value, ValType type) {
    const std::string prefix = std::string(name_of(type)) + ":";
    switch (type) {
    case ValType::i32: return prefix + std::to_string(static_cast<i32>(value.i32()));
    case ValType::i64: return prefix + std::to_string(static_cast<i64>(value.bits));
    case ValType::f32: return prefix + float_text(std::bit_cast<f32>(value.i32()), value.i32());
    case ValType::f64: return prefix + float_text(std::bit_cast<f64>(value.bits), value.bits);
    default: return prefix + (value.bits == 0 ? "null" : hex(value.bits));
    }
}

} // namespace lockstep::tools

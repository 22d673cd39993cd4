// SPDX-License-Identifier: Apache-2.0
// Text for people. Whatever comes out of a file goes through printable() on its way to a terminal.
#include "tools/text.hpp"

#include "tools/anatomy.hpp"
#include "vm/report.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>

#include <unistd.h>

namespace lockstep::tools {
namespace {

void add_line(std::string& text, std::string_view head, std::string_view line) {
    if (line.empty()) return;
    text += "  ";
    text += head;
    text += line;
    text += '\n';
}

std::string remedy_for(const Error& error) {
    switch (error.code) {
    case Errc::out_of_memory: return "Close other programs, or raise the memory limit (ulimit -v).";
    case Errc::io_failure: return "Look at the disk: free space, permissions, the system's log.";
    case Errc::corrupt_state:
        return "Restore the directory from a copy, or replay its transactions.";
    case Errc::internal_bug: return "Please report it with the command line and its files.";
    default: return std::string(advice_for(error.code).remedy);
    }
}

} // namespace

Exit exit_for(Errc code) noexcept {
    if (code == Errc::internal_bug) return Exit::bug;
    switch (kind_of(code)) {
    case ErrorKind::malformed:
    case ErrorKind::invalid:
    case ErrorKind::feature:
    case ErrorKind::limit: return Exit::rejected;
    case ErrorKind::link: return Exit::bad_input;
    case ErrorKind::usage: return Exit::usage;
    case ErrorKind::fault: return Exit::environment;
    }
    return Exit::bug;
}

Stop stop_for(const Error& error, std::string what, const std::string& file,
              const Anatomy* anatomy) {
    std::string where = printable(file);
    std::string place;
    if (anatomy != nullptr)
        place = anatomy->place(error);
    else if (error.offset != Error::no_index)
        place = "offset " + hex(error.offset);
    if (!place.empty()) where += (where.empty() ? "" : ", ") + place;
    const std::string why = std::string(text_of(error.code)) + " [" +
                            std::string(name_of(error.code)) + ", " +
                            std::to_string(static_cast<u32>(error.code)) + "]";
    return {exit_for(error.code), std::move(what), std::move(where), why, remedy_for(error)};
}

std::string error_text(const Stop& stop) {
    std::string text = "vmtool: " + stop.what + "\n";
    add_line(text, "where: ", stop.where);
    add_line(text, "why:   ", stop.why);
    add_line(text, "do:    ", stop.remedy);
    return text;
}

Json error_json(const Stop& stop) {
    return {{"error",
             {{"exit", static_cast<int>(stop.exit)},
              {"what", stop.what},
              {"where", stop.where},
              {"why", stop.why},
              {"remedy", stop.remedy}}}};
}

std::string hex(u64 number) {
    char digits[16];
    const auto [end, _] = std::to_chars(std::begin(digits), std::end(digits), number, 16);
    return "0x" + std::string(digits, end);
}

std::string printable(std::string_view text) {
    std::string clean;
    for (const char c : text) {
        const auto byte = static_cast<u8>(c);
        if (byte >= 0x20 && byte != 0x7f)
            clean += c;
        else
            clean += '?';
    }
    return clean;
}

void print_json(const Json& object) {
    std::cout << object.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

std::string table_text(const std::vector<std::vector<std::string>>& rows) {
    std::vector<usize> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (usize i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (usize i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
        }
        text += line + "\n";
    }
    return text;
}

Progress::Progress(std::string title, u64 total)
    : title_(std::move(title)), total_(total), next_(start_ + std::chrono::seconds(1)),
      enabled_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
    if (drawn_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::show(u64 done) {
    if (!enabled_ || Clock::now() < next_) return;
    next_ = Clock::now() + std::chrono::milliseconds(100);
    draw(done);
}

void Progress::draw(u64 done) {
    constexpr u64 width = 30;
    const u64 total = std::max<u64>(total_, 1);
    const u64 filled = std::min(done, total) * width / total;
    const f64 seconds = std::chrono::duration<f64>(Clock::now() - start_).count();
    const auto rate = static_cast<u64>(static_cast<f64>(done) / seconds);
    std::cerr << "\r\x1b[K" << title_ << " [" << std::string(filled, '#')
              << std::string(width - filled, ' ') << "] " << done << "/" << total_ << ", " << rate
              << "/s" << std::flush;
    drawn_ = true;
}

} // namespace lockstep::tools

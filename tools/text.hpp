// SPDX-License-Identifier: Apache-2.0
// How vmtool says things to people: errors, offsets, function names, and a progress bar.
#pragma once

#include "tools/commands.hpp"

#include <chrono>

namespace lockstep::tools {

/// vmtool: WHAT, then indented lines: where, why, do.
[[nodiscard]] std::string error_text(const Stop& stop);
[[nodiscard]] Json error_json(const Stop& stop);

/// "0x4d"
[[nodiscard]] std::string hex(u64 number);
/// Text of a file or a contract without what a terminal would obey.
[[nodiscard]] std::string printable(std::string_view text);

/// Prints `object` to standard output.
void print_json(const Json& object);

/// Rows as columns, each as wide as its widest cell.
[[nodiscard]] std::string table_text(const std::vector<std::vector<std::string>>& rows);

/// A bar on standard error, if that is a terminal and the work takes longer than a second.
class Progress {
public:
    Progress(std::string title, u64 total);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    /// `done` of `total` are done; cheap enough for inner loops.
    void show(u64 done);

private:
    void draw(u64 done);

    using Clock = std::chrono::steady_clock;
    std::string title_;
    u64 total_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_;
    bool enabled_;
    bool drawn_ = false;
};

} // namespace lockstep::tools

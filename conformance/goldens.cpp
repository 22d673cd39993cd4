// SPDX-License-Identifier: Apache-2.0
// `conformance goldens`: code/NAME.wat holds a small module and, below it in comments, the metered
// IR that we make of it under each schedule, then both targets' code under the first. A change of
// lowering, metering or code generation shows as a change of these files (--bless rewrites them).
#include "conformance/commands.hpp"
#include "conformance/files.hpp"

#include "compiler/compile.hpp"
#include "compiler/listing.hpp"

#include <cstdio>
#include <sstream>

namespace lockstep::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view schedules[] = {"lockstep-1", "cosmwasm-3.0.8"};
constexpr std::string_view heading = ";; == ";

std::string in_comments(const std::string& text) {
    std::string comments;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        comments += line.empty() ? ";;\n" : ";; " + line + '\n';
    return comments;
}

std::string native_listing(const Executable& executable, compiler::Target target, TrapsMode traps) {
    const auto texts = compiler::listing(executable, traps, target);
    if (texts.has_error()) throw UsageError("the code could not be listed");
    std::string listing;
    for (u32 i = 0; i < texts.value().size(); ++i)
        listing += in_comments("function " + std::to_string(i) + '\n' + texts.value()[i]);
    return listing;
}

/// Explicit checks only where they make a difference.
std::string native_listings(const Executable& executable) {
    std::string listing;
    for (const auto& [name, target] :
         {std::pair{"x64", compiler::Target::x64}, std::pair{"a64", compiler::Target::a64}}) {
        const std::string signals = native_listing(executable, target, TrapsMode::signals);
        const std::string checked = native_listing(executable, target, TrapsMode::explicit_checks);
        listing.append(heading).append(name).append("\n").append(signals);
        if (checked == signals) continue;
        listing.append(heading).append(name).append(" explicit\n").append(checked);
    }
    return listing;
}

/// What stands below a module: a section per schedule, then per target.
std::string make_listing(bytes_view wasm) {
    const Profile profile = core_profile();
    std::string listing;
    std::string native;
    for (const std::string_view name : schedules) {
        const auto schedule = metering::find_schedule(name);
        if (schedule.has_error()) throw UsageError("unknown schedule " + std::string(name));
        listing += std::string(heading) + std::string(name) + '\n';
        const auto compiled = compiler::compile(wasm, {profile, schedule.value()});
        if (compiled.has_error()) {
            listing += ";; rejected: " + std::string(text_of(compiled.error().code)) + '\n';
            continue;
        }
        const ir::Code& code = compiled.value()->code;
        for (u32 i = 0; i < code.functions.size(); ++i)
            listing += in_comments(ir::to_text(code, i));
        if (native.empty()) native = native_listings(*compiled.value());
    }
    return listing + native;
}

/// The first line in which the listings differ.
std::string first_difference(const std::string& expected, const std::string& got) {
    std::istringstream left(expected);
    std::istringstream right(got);
    std::string section;
    for (std::string a, b;; a.clear(), b.clear()) {
        const bool more_left = static_cast<bool>(std::getline(left, a));
        const bool more_right = static_cast<bool>(std::getline(right, b));
        if (a != b || more_left != more_right || !more_left)
            return section.append("\n    expected ").append(a).append("\n    got      ").append(b);
        if (b.starts_with(heading)) section = b.substr(heading.size());
    }
}

} // namespace

Tally run_goldens(Arguments arguments) {
    const bool bless = arguments.flag("--bless");
    const auto folders = arguments.rest();
    Tally tally;
    for (const fs::path& file :
         find_files(folders.empty() ? room() / "code" : fs::path(folders[0]), ".wat")) {
        const std::string text = read_file(file);
        const usize end = std::min(text.find('\n' + std::string(heading)), text.size() - 1) + 1;
        const std::string listing = make_listing(as_bytes(read_module(file)));
        if (text.substr(end) == listing) {
            ++tally.passed;
        } else if (bless) {
            write_file(file, text.substr(0, end) + listing);
            std::printf("rewritten: %s\n", file.filename().c_str());
            ++tally.passed;
        } else {
            std::printf("FAIL %s %s\n", file.filename().c_str(),
                        first_difference(text.substr(end), listing).c_str());
            ++tally.failed;
        }
    }
    return tally;
}

} // namespace lockstep::conformance

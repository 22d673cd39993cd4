// SPDX-License-Identifier: Apache-2.0
// `conformance regress`: cases that once went wrong, here or elsewhere, with what must happen. A
// case is NAME.wat, or NAME.wasm with NAME.expect beside it; its expectations are lines like
//     ;; expect lockstep-1 limit 100: f(1, 2) g() => [i32:5], gas 20, env.log[i32:3] at 12
//     ;; expect cosmwasm-3.0.8: start => trap unreachable, gas 115
//     ;; rejected: type mismatch
// Each runs on an instance of its own, in every mode; the report is of the last call. A case
// without expectations must only do the same in every mode.
#include "conformance/calls.hpp"
#include "conformance/commands.hpp"
#include "conformance/files.hpp"
#include "conformance/harness.hpp"

#include <cstdio>
#include <sstream>

namespace lockstep::conformance {
namespace {

namespace fs = std::filesystem;

struct Expectation {
    std::string schedule;
    u64 limit = std::numeric_limits<u64>::max();
    std::vector<Call> calls; ///< empty: the start function
    std::string report;
};

/// `f(1, 2) g()`, or `start`.
std::vector<Call> parse_calls(std::string_view text) {
    std::vector<Call> calls;
    if (text == "start") return calls;
    while (!text.empty()) {
        const usize open = text.find('(');
        const usize close = text.find(')');
        if (close == std::string_view::npos || open > close)
            throw UsageError("not a list of calls: " + std::string(text));
        Call call{std::string(text.substr(0, open)), {}};
        std::istringstream args{std::string(text.substr(open + 1, close - open - 1))};
        for (std::string arg; std::getline(args >> std::ws, arg, ',');)
            call.args.values.push_back(Value::from_i64(parse_number(arg)));
        calls.push_back(std::move(call));
        text.remove_prefix(close + 1);
        while (text.starts_with(' '))
            text.remove_prefix(1);
    }
    return calls;
}

Expectation parse_expectation(const std::string& line) {
    const usize colon = line.find(": ");
    const usize arrow = line.find(" => ");
    if (colon == std::string::npos || arrow == std::string::npos || colon > arrow)
        throw UsageError("not an expectation: " + line);
    std::istringstream head(line.substr(0, colon));
    Expectation made;
    std::string word;
    std::string limit;
    head >> made.schedule;
    if (head >> word && (word != "limit" || !(head >> limit)))
        throw UsageError("not an expectation: " + line);
    if (!limit.empty()) made.limit = parse_number(limit);
    made.calls = parse_calls(std::string_view(line).substr(colon + 2, arrow - colon - 2));
    made.report = line.substr(arrow + 4);
    return made;
}

/// A case and what becomes of it.
class Case {
public:
    explicit Case(const fs::path& file)
        : name_(file.filename().string()), wasm_(read_module(file)) {
        fs::path beside = file;
        if (file.extension() != ".wat") beside.replace_extension(".expect");
        if (fs::exists(beside)) text_ = read_file(beside);
    }

    Tally run();

private:
    void check(bool holds, const std::string& what) {
        (holds ? tally_.passed : tally_.failed) += 1;
        if (!holds) std::printf("FAIL %s: %s\n", name_.c_str(), what.c_str());
    }
    void expect_rejected(const std::string& text);
    void expect_report(const Expectation& expectation);
    void expect_agreement(const std::string& schedule);
    std::optional<Program> compile(const std::string& name);

    std::string name_;
    std::string wasm_;
    std::string text_;
    Profile profile_ = core_profile();
    Tally tally_;
};

std::optional<Program> Case::compile(const std::string& name) {
    const auto schedule = metering::find_schedule(name);
    if (schedule.has_error()) throw UsageError("unknown schedule " + name);
    auto program = Program::compile(as_bytes(wasm_), profile_, schedule.value());
    if (program.has_value()) return std::move(program).value();
    check(false, "rejected: " + std::string(text_of(program.error().code)));
    return std::nullopt;
}

void Case::expect_rejected(const std::string& text) {
    const auto program = Program::compile(as_bytes(wasm_), profile_, metering::lockstep_1());
    const std::string got =
        program.has_value() ? "accepted" : std::string(text_of(program.error().code));
    check(got == text, "expected a rejection (" + text + "), got " + got);
}

void Case::expect_report(const Expectation& expectation) {
    const auto program = compile(expectation.schedule);
    if (!program) return;
    std::vector<std::string> differences;
    const CaseReport report =
        program->run_everywhere(expectation.calls, expectation.limit, differences);
    for (const std::string& difference : differences)
        check(false, difference);
    std::string got;
    if (report.error)
        got = text_of(report.error->code);
    else
        got = to_text(report.calls.empty() ? report.start : report.calls.back());
    check(got == expectation.report,
          expectation.schedule + ": expected " + expectation.report + "\n    got " + got);
}

/// Exported functions, called in order.
void Case::expect_agreement(const std::string& schedule) {
    constexpr u64 limit = 1'000'000;
    const auto program = compile(schedule);
    if (!program) return;
    const std::vector<Call> calls = choose_calls(program->module(), 1, 100);
    std::vector<std::string> differences;
    (void)program->run_everywhere(calls, limit, differences);
    for (const std::string& difference : differences)
        check(false, difference);
    if (differences.empty()) ++tally_.passed;
}

Tally Case::run() {
    constexpr std::string_view expect = ";; expect ";
    constexpr std::string_view rejected = ";; rejected: ";
    std::istringstream lines(text_);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(expect))
            expect_report(parse_expectation(line.substr(expect.size())));
        else if (line.starts_with(rejected))
            expect_rejected(line.substr(rejected.size()));
    }
    if (tally_.passed + tally_.failed == 0) {
        expect_agreement("lockstep-1");
        expect_agreement("cosmwasm-3.0.8");
    }
    return tally_;
}

} // namespace

Tally run_regress(Arguments arguments) {
    const auto folders = arguments.rest();
    const fs::path folder = folders.empty() ? room() / "regress" : fs::path(folders[0]);
    Tally tally;
    for (const char* extension : {".wasm", ".wat"})
        for (const fs::path& file : find_files(folder, extension))
            tally += Case(file).run();
    return tally;
}

} // namespace lockstep::conformance

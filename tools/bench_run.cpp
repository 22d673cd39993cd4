// SPDX-License-Identifier: Apache-2.0
// vmtool bench run: how long one call takes. Each repetition has a new instance; only the call is
// timed. That all repetitions agree on results and gas is checked on the way.
#include "tools/guest.hpp"
#include "tools/profiler.hpp"
#include "tools/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>

namespace lockstep::tools {
namespace {

struct Options {
    GuestOptions guest;
    u32 repeat = 5;
    bool perf_map = false;
};

struct Measured {
    std::vector<u64> ns; ///< in ascending order
    Outcome outcome;
};

bool agree(const Outcome& a, const Outcome& b) {
    return a.trap == b.trap && a.gas_used == b.gas_used && a.values == b.values;
}

Measured measure(const Guest& guest, u32 repeat) {
    Measured measured;
    Progress progress("calling", repeat);
    for (u32 i = 0; i < repeat; ++i) {
        const Called called = guest.call(~u64{0});
        if (i == 0) measured.outcome = called.outcome;
        if (!agree(measured.outcome, called.outcome))
            throw Stop{Exit::rejected,
                       "repetition " + std::to_string(i + 1) +
                           " ended otherwise than the first: results or gas differ"};
        measured.ns.push_back(called.ns);
        progress.show(i + 1);
    }
    std::sort(measured.ns.begin(), measured.ns.end());
    return measured;
}

Exit bench_run(const Options& options, bool json) {
    const Guest guest(options.guest);
    if (options.perf_map) write_perf_map(*guest.code().executable);
    const Measured measured = measure(guest, options.repeat);
    const Outcome& outcome = measured.outcome;
    const bool trapped = outcome.trap != Trap::none;
    const u64 best = measured.ns.front();
    const u64 median = measured.ns[measured.ns.size() / 2];
    const std::vector<std::string> results = guest.results(outcome);
    if (json) {
        print_json({{"best_ns", best},
                    {"median_ns", median},
                    {"gas", outcome.gas_used},
                    {"results", results},
                    {"trap", trapped ? Json(name_of(outcome.trap)) : Json()},
                    {"repeat", options.repeat},
                    {"traps_mode", name_of(guest.traps())},
                    {"code", name_of(guest.code().origin)}});
        return trapped ? Exit::rejected : Exit::ok;
    }
    say_origin(guest.code());
    const f64 rate =
        best == 0 ? 0 : static_cast<f64>(outcome.gas_used) * 1e3 / static_cast<f64>(best);
    std::vector<std::vector<std::string>> rows = {
        {"best", std::to_string(best) + " ns"},
        {"median of " + std::to_string(options.repeat), std::to_string(median) + " ns"},
        {"gas", std::to_string(outcome.gas_used)},
        {"million gas a second", std::to_string(static_cast<u64>(rate))}};
    for (const std::string& result : results)
        rows.push_back({"result", result});
    if (trapped) rows.push_back({"trap", std::string(text_of(outcome.trap))});
    std::cout << table_text(rows);
    return trapped ? Exit::rejected : Exit::ok;
}

constexpr const char* footer = R"(
With --json: {"best_ns", "median_ns", "gas", "results": ["i64:123", ...], "trap": null or its name,
"repeat", "traps_mode", "code"}. Results and "code" as vmtool run prints them. Exit code 1 if the call traps.

  vmtool bench run --repeat 11 --json fib.wasm fib 30
  vmtool bench run --schedule free-uninterruptible --traps explicit fib.wasm fib 30)";

} // namespace

void add_bench_run(CLI::App& bench, Session& session) {
    CLI::App* app = bench.add_subcommand("run", "How long a call takes");
    const auto options = std::make_shared<Options>();
    options->guest.add_options(*app);
    app->add_option("--repeat", options->repeat, "Calls")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    app->add_flag("--perf-map", options->perf_map,
                  "Write /tmp/perf-PID.map, so that Linux perf names Wasm functions");
    app->footer(footer);
    app->callback([options, &session] {
        session.action = [options, &session] { return bench_run(*options, session.json); };
    });
}

} // namespace lockstep::tools

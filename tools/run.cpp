// SPDX-License-Identifier: Apache-2.0
// vmtool run: one call of an exported function, with its results, gas, and the place of a trap.
#include "tools/guest.hpp"
#include "tools/profiler.hpp"
#include "tools/text.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace lockstep::tools {
namespace {

struct Options {
    GuestOptions guest;
    u64 gas = ~u64{0};
    bool perf_map = false;
    std::string profile_out; ///< empty: none
};

Json trap_json(const Called& called, const std::optional<TrapSite>& site) {
    if (called.outcome.trap == Trap::none) return {};
    Json trap{{"code", static_cast<u32>(called.outcome.trap)},
              {"name", name_of(called.outcome.trap)},
              {"text", text_of(called.outcome.trap)},
              {"in_start", !called.started}};
    if (!site) return trap;
    trap["function"] = site->function;
    trap["function_name"] = site->name;
    trap["offset"] = site->offset;
    return trap;
}

std::string trap_text(const Called& called, const std::optional<TrapSite>& site) {
    const Trap trap = called.outcome.trap;
    std::string text = "trap: " + std::string(text_of(trap)) + "  [" + std::string(name_of(trap)) +
                       ", " + std::to_string(static_cast<u32>(trap)) + "]\n";
    if (!called.started) text += "  while the module was instantiated\n";
    if (!site) return text;
    text += "  in function " + std::to_string(site->function);
    if (!site->name.empty()) text += " \"" + printable(site->name) + "\"";
    return text + " at offset " + hex(site->offset) + "\n";
}

/// The call, watched as the options say.
Called call(const Guest& guest, const Options& options) {
    const Executable& executable = *guest.code().executable;
    if (options.perf_map) write_perf_map(executable);
    if (options.profile_out.empty()) return guest.call(options.gas);
    Profiler profiler(executable);
    profiler.start();
    Called called = guest.call(options.gas);
    profiler.stop();
    profiler.write(options.profile_out);
    return called;
}

Exit run(const Options& options, bool json) {
    const Guest guest(options.guest);
    const Called called = call(guest, options);
    const Outcome& outcome = called.outcome;
    const std::optional<TrapSite> site = guest.site(outcome);
    if (json) {
        print_json({{"results", guest.results(outcome)},
                    {"gas_used", outcome.gas_used},
                    {"start_gas_used", called.start_gas},
                    {"trap", trap_json(called, site)},
                    {"traps_mode", name_of(guest.traps())},
                    {"code", name_of(guest.code().origin)}});
    } else {
        say_origin(guest.code());
        for (const std::string& result : guest.results(outcome))
            std::cout << result << '\n';
        if (outcome.trap != Trap::none) std::cout << trap_text(called, site);
        std::cout << "gas used: " << outcome.gas_used << '\n';
    }
    return outcome.trap == Trap::none ? Exit::ok : Exit::rejected;
}

constexpr const char* footer = R"(
Prints one line per result (i32:5, i64:-1, f64:1.5, f32:nan:0x7fc00000, funcref:null) and the gas
used, or a trap with its place. The limit holds for the start function and the call together; the
gas printed is the call's own (the start function's, if that trapped). After `out of gas` all of the
limit is used. Exit code 1 if there was a trap. With --json: {"results": ["i32:5", ...], "gas_used",
"start_gas_used", "trap": null or {"code", "name", "text", "in_start", "function", "function_name",
"offset"}, "traps_mode", "code"}. FILE may be what vmtool compile wrote: with its --key it is run
("code" is authenticated), without one it is compiled again and compared (compared), and what is for
another build, machine or rules is compiled again (replaced).

--profile-out writes what flame graph tools read: "outer;inner COUNT", one sample a clock tick of
CPU time; time in C++ is `host`. It and --perf-map need native code (--tier singlepass).

  vmtool run fib.wasm fib 20
  vmtool run --profile-out fib.stacks fib.wasm fib 38
  vmtool run --gas 1000000 --schedule cosmwasm-3.0.9 math.wasm add -5 0xff)";

} // namespace

void add_run(CLI::App& parent, Session& session) {
    CLI::App* app = parent.add_subcommand("run", "Call an exported function");
    const auto options = std::make_shared<Options>();
    options->guest.add_options(*app);
    app->add_option("--gas", options->gas, "Gas limit; default: no limit to speak of");
    app->add_flag("--perf-map", options->perf_map,
                  "Write /tmp/perf-PID.map, so that Linux perf names Wasm functions");
    app->add_option("--profile-out", options->profile_out,
                    "Write sampled stacks to this file, a line each with its count");
    app->footer(footer);
    app->callback([options, &session] {
        session.action = [options, &session] { return run(*options, session.json); };
    });
}

} // namespace lockstep::tools

// SPDX-License-Identifier: Apache-2.0
// vmtool bench: the group of the two measuring subcommands.
#include "tools/commands.hpp"

#include <CLI/CLI.hpp>

namespace lockstep::tools {
namespace {

constexpr const char* footer = R"(
  vmtool bench compile contract.wasm
  vmtool bench run fib.wasm fib 30
  vmtool bench calls
  vmtool bench load contract.wasm)";

} // namespace

void add_bench(CLI::App& parent, Session& session) {
    CLI::App* app =
        parent.add_subcommand("bench", "Measure compilation, a call, or the steps around it");
    app->require_subcommand(1);
    app->footer(footer);
    add_bench_calls(*app, session);
    add_bench_compile(*app, session);
    add_bench_run(*app, session);
#ifdef LOCKSTEP_VMTOOL_CHAIN
    add_bench_load(*app, session);
#endif
}

} // namespace lockstep::tools

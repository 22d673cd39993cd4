// SPDX-License-Identifier: Apache-2.0
// vmtool bench: the group of the two measuring subcommands.
#include "tools/commands.hpp"

#include <CLI/CLI.hpp>

namespace lockstep::tools {

void add_bench(CLI::App& parent, Session& session) {
    CLI::App* app = parent.add_subcommand("bench", "Measure compilation, or a call");
    app->require_subcommand(1);
    add_bench_compile(*app, session);
    add_bench_run(*app, session);
}

} // namespace lockstep::tools

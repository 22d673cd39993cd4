// SPDX-License-Identifier: Apache-2.0
// vmtool: the table of subcommands, and the one place where whatever ends them becomes text and an
// exit code.
#include "tools/commands.hpp"
#include "tools/text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <exception>
#include <iostream>
#include <new>

namespace lockstep::tools {
namespace {

constexpr std::string_view version = "vmtool 0.1.0 (lockstep)";

using Add = void (*)(CLI::App&, Session&);
constexpr Add subcommands[] = {
    add_check,    add_inspect, add_run,   add_compile,
#ifdef LOCKSTEP_VMTOOL_CHAIN
    add_contract, add_replay,  add_cache,
#endif
    add_bench,
};

constexpr const char* footer = R"(
Exit codes: 0 done, all agreed; 1 rejected, trapped, failed or diverged; 2 wrong command line;
3 incomplete; 4 a file is not what it should be; 5 no memory, disk or permission; 70 a bug of ours.
With --json a subcommand prints one JSON object, also when it fails: {"error": {...}}.

Try: vmtool check contract.wasm
     vmtool run fib.wasm fib 20
     vmtool SUBCOMMAND --help)";

/// CLI11 takes -5 for an option; values of ours may also be written (-5).
std::string shield_negative(std::string_view argument) {
    const bool negative =
        argument.size() > 1 && argument[0] == '-' &&
        (std::isdigit(static_cast<unsigned char>(argument[1])) != 0 || argument[1] == '.' ||
         argument == "-inf" || argument.substr(0, 4) == "-nan");
    return negative ? "(" + std::string(argument) + ")" : std::string(argument);
}

void add_json_flag(CLI::App& app, Session& session) {
    for (CLI::App* sub : app.get_subcommands(nullptr)) {
        if (sub->get_subcommands(nullptr).empty())
            sub->add_flag("--json", session.json, "Print one JSON object instead of text");
        add_json_flag(*sub, session);
    }
}

Exit report(const Stop& stop, bool json) {
    if (json)
        std::cout << error_json(stop).dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    else
        std::cerr << error_text(stop);
    return stop.exit;
}

/// Runs the chosen subcommand. Nothing a file contains gets past here.
Exit act(const Session& session) {
    try {
        return session.action();
    } catch (const Stop& stop) {
        return report(stop, session.json);
    } catch (const std::bad_alloc&) {
        return report({Exit::environment, "the machine is out of memory"}, session.json);
    } catch (const std::exception& error) {
        return report({Exit::bug,
                       "a bug of vmtool",
                       {},
                       error.what(),
                       "Please report it with the command line and its files."},
                      session.json);
    }
}

Exit parse_and_act(const std::vector<std::string>& arguments) {
    Session session;
    CLI::App app("Works with smart contracts as lockstep runs them: same bytes, same result, same "
                 "gas.",
                 "vmtool");
    app.set_version_flag("--version", std::string(version));
    app.require_subcommand(1);
    app.footer(footer);
    for (const Add add : subcommands)
        add(app, session);
    add_json_flag(app, session);
    try {
        // CLI11 takes a vector from its end.
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
        const bool json = std::ranges::find(arguments, "--json") != arguments.end();
        if (json && error.get_exit_code() != 0)
            return report({Exit::usage,
                           "the command line is wrong",
                           {},
                           error.what(),
                           "vmtool SUBCOMMAND --help shows what there is."},
                          true);
        return app.exit(error) == 0 ? Exit::ok : Exit::usage; // --help and --version are 0
    }
    return act(session);
}

} // namespace
} // namespace lockstep::tools

int main(int argc, char** argv) {
    using namespace lockstep::tools;
    Exit exit = Exit::bug;
    try {
        std::vector<std::string> arguments;
        for (int i = 1; i < argc; ++i)
            arguments.push_back(shield_negative(argv[i]));
        exit = parse_and_act(arguments);
        std::cout.flush();
        if (!std::cout && exit == Exit::ok) {
            std::cerr << "vmtool: the output could not be written\n";
            exit = Exit::environment;
        }
    } catch (const std::exception& error) {
        std::cerr << "vmtool: " << error.what() << '\n';
    }
    return static_cast<int>(exit);
}

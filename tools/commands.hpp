// SPDX-License-Identifier: Apache-2.0
// What vmtool's subcommands have in common: how each is added, how it ends, and how it says that it
// cannot go on. Each add_NAME() declares the options of one subcommand and leaves its work in
// Session::action.
#pragma once

#include "vm/module.hpp"
#include "vm/result.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace lockstep::tools {

/// Keeps the order in which keys were set.
using Json = nlohmann::ordered_json;

/// Exit codes, the same for every subcommand.
enum class Exit : int {
    ok = 0, ///< done, complete, and everything agreed
    rejected =
        1,     ///< a module was rejected, a call trapped, a transaction failed, a replay diverged
    usage = 2, ///< the command line is wrong
    incomplete = 3,  ///< what was done agreed, but not all could be done
    bad_input = 4,   ///< a file is not what it should be
    environment = 5, ///< no memory, disk or permission
    bug = 70,        ///< a mistake of ours
};

/// Ends a subcommand: the only exception of vmtool, caught in main(). Empty parts are not shown.
struct Stop {
    Exit exit;
    std::string what;
    std::string where = {};
    std::string why = {};
    std::string remedy = {};
};

class Anatomy;

/// Why an Error of the library ends the subcommand. `anatomy` gives names to offsets and function
/// numbers.
[[nodiscard]] Stop stop_for(const Error& error, std::string what, const std::string& file = {},
                            const Anatomy* anatomy = nullptr);
/// The exit code that belongs to the kind of an error.
[[nodiscard]] Exit exit_for(Errc code) noexcept;

/// The value, or a Stop.
template <class T>
[[nodiscard]] T need(result<T> made, const std::string& what, const std::string& file = {}) {
    if (made.has_error()) throw stop_for(made.error(), what, file);
    return std::move(made).assume_value();
}
inline void need(const result<>& made, const std::string& what, const std::string& file = {}) {
    if (made.has_error()) throw stop_for(made.error(), what, file);
}

struct Session {
    bool json = false;            ///< --json
    std::function<Exit()> action; ///< what the chosen subcommand does
};

void add_check(CLI::App& parent, Session& session);
void add_inspect(CLI::App& parent, Session& session);
void add_run(CLI::App& parent, Session& session);
void add_compile(CLI::App& parent, Session& session);
void add_contract(CLI::App& parent, Session& session);
void add_replay(CLI::App& parent, Session& session);
void add_cache(CLI::App& parent, Session& session);
void add_bench(CLI::App& parent, Session& session);
void add_bench_calls(CLI::App& bench, Session& session);
void add_bench_compile(CLI::App& bench, Session& session);
void add_bench_load(CLI::App& bench, Session& session);
void add_bench_run(CLI::App& bench, Session& session);

} // namespace lockstep::tools

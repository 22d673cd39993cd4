// SPDX-License-Identifier: Apache-2.0
// A module with one of its exports, called from the command line: what `run` and `bench run` share.
#pragma once

#include "tools/compiled_file.hpp"
#include "vm/instance.hpp"

namespace lockstep::tools {

struct GuestOptions {
    std::string file;
    std::string export_name;
    std::vector<std::string> args;
    std::string traps = "signals";
    std::string key_file; ///< of a compiled file; empty: none
    Rules rules{.profile_name = "core", .schedule_name = {}};

    void add_options(CLI::App& app);
};

/// How one call went. A trap in the module's start function ends it before the call.
struct Called {
    Outcome outcome;
    u64 ns = 0;          ///< of the call alone
    u64 start_gas = 0;   ///< what instantiation used
    bool started = true; ///< false: it trapped while it was instantiated
};

/// Where a trap happened, for people.
struct TrapSite {
    u32 function;
    std::string name;
    u32 offset; ///< in the file
};

class Guest {
public:
    /// Reads, compiles and looks up; Stops say what does not fit.
    explicit Guest(const GuestOptions& options);

    /// Instantiates in a new Store and calls.
    [[nodiscard]] Called call(u64 gas_limit) const;
    /// "i32:5" per result.
    [[nodiscard]] std::vector<std::string> results(const Outcome& outcome) const;
    [[nodiscard]] std::optional<TrapSite> site(const Outcome& outcome) const;
    [[nodiscard]] const LoadedCode& code() const noexcept { return code_; }
    [[nodiscard]] TrapsMode traps() const noexcept { return traps_; }
    [[nodiscard]] const Numbers& numbers() const noexcept { return numbers_; }

private:
    void refuse_imports() const;
    void find_export(const std::string& name);
    void read_args(const std::vector<std::string>& args);

    std::string file_;
    Numbers numbers_;
    LoadedCode code_; ///< before what it sets
    std::shared_ptr<const Executable> executable_;
    TrapsMode traps_;
    std::string export_name_;
    FuncType type_;
    std::vector<Value> args_;
};

} // namespace lockstep::tools

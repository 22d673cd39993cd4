// SPDX-License-Identifier: Apache-2.0
// One script of the official spec tests, as wabt's wast2json writes it: a JSON list of commands
// with the modules beside it.
#pragma once

#include "compiler/compile.hpp"
#include "vm/instance.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lockstep::conformance {

struct SpecOptions {
    compiler::Options compile;
    TrapsMode traps = TrapsMode::explicit_checks;
    bool strict_nan = false; ///< every NaN pattern means the positive canonical NaN
    bool artifacts = false;  ///< modules are sealed and opened before they run
    bool texts = false;      ///< a rejection must also have the text that the script gives
};

struct SpecFailure {
    u64 line = 0;
    std::string what; ///< command, what was expected and what came
};

/// `passed` counts assertions; modules and actions only count when they fail.
struct SpecReport {
    u64 passed = 0;
    u64 modules = 0;
    u64 not_applicable = 0; ///< assertions about the text format
    std::vector<SpecFailure> failures;
};

/// Runs the commands of the script at `path` in order in one Store. A command that fails does not
/// end the script. Throws if the file is not such a script.
[[nodiscard]] SpecReport run_script(const std::filesystem::path& path, const SpecOptions& options);

/// The host module `spectest` of the official tests: what it exports under `name`, made fresh in a
/// Store.
class Spectest {
public:
    /// Throws if the machine has no memory.
    explicit Spectest(Store& store);
    [[nodiscard]] std::optional<Extern> find(std::string_view name) const;

private:
    std::map<std::string, Extern, std::less<>> exports_;
};

} // namespace lockstep::conformance

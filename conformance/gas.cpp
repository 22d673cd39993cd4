// SPDX-License-Identifier: Apache-2.0
// `conformance gas`: holds our gas against the second definition of it. The tiers share lowering
// and metering, so their agreement proves nothing about gas; only this can show that it is what the
// text says.
#include "conformance/files.hpp"
#include "conformance/gas_run.hpp"

#include <algorithm>

namespace lockstep::conformance {
namespace {

namespace fs = std::filesystem;

/// Every release whose numbers differ from the release before it, and the last one before each
/// change.
std::vector<metering::Schedule> all_schedules() {
    std::vector<metering::Schedule> list{metering::lockstep_1()};
    std::optional<metering::Schedule> last;
    for (u32 major = 1; major <= 3; ++major)
        for (u32 minor = 0; minor <= 9; ++minor)
            for (u32 patch = 0; patch <= 19; ++patch) {
                auto found =
                    metering::cosmwasm(std::to_string(major) + '.' + std::to_string(minor) + '.' +
                                       std::to_string(patch));
                if (found.has_error()) continue;
                if (!last || digest(found.value()) != digest(*last)) {
                    if (last && last->name != list.back().name) list.push_back(*last);
                    list.push_back(found.value());
                }
                last = std::move(found).value();
            }
    if (last && last->name != list.back().name) list.push_back(*last);
    return list;
}

std::vector<metering::Schedule> parse_schedules(const std::string& names) {
    if (names == "all") return all_schedules();
    std::vector<metering::Schedule> list;
    for (usize begin = 0; begin <= names.size();) {
        const usize end = std::min(names.find(',', begin), names.size());
        const std::string name = names.substr(begin, end - begin);
        auto found = metering::find_schedule(name);
        if (found.has_error()) throw UsageError("unknown schedule " + name);
        list.push_back(std::move(found).value());
        begin = end + 1;
    }
    return list;
}

/// Modules as they are; texts are assembled first, since the oracle reads only bytes.
void add_file(GasRun& run, const fs::path& file, const std::string& shown) {
    if (file.extension() != ".wat") return run.add(file, shown);
    const ScratchFolder scratch;
    const fs::path wasm = scratch.path() / "module.wasm";
    write_file(wasm, read_module(file));
    run.add(wasm, shown);
    run.wait();
}

void add_all(GasRun& run, const fs::path& path) {
    if (!fs::is_directory(path)) return add_file(run, path, path.filename().string());
    for (const char* extension : {".wasm", ".wat"})
        for (const fs::path& file : find_files(path, extension))
            add_file(run, file, file.lexically_relative(path).string());
}

/// Makes `count` modules from `seed` on with fuzz/generate, and runs them.
void add_generated(GasRun& run, const std::string& generator, u64 count, u64 seed,
                   const fs::path& folder) {
    fs::create_directory(folder);
    run_command(quoted(generator) + ' ' + std::to_string(count) + ' ' + std::to_string(seed) + ' ' +
                quoted(folder.string()) + " > /dev/null");
    run.require_valid();
    add_all(run, folder);
}

/// fuzz/generate of the same build.
std::string default_generator() {
    const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
    return (here.parent_path() / "fuzz/generate").string();
}

} // namespace

Tally run_gas(Arguments arguments) {
    const fs::path script = arguments.option("--oracle", (room() / "gas/oracle.mjs").string());
    const auto schedules =
        parse_schedules(arguments.option("--schedules", "lockstep-1,cosmwasm-3.0.8"));
    GasOptions options;
    options.seed = parse_number(arguments.option("--seed", "1"));
    options.calls = parse_number(arguments.option("--calls", "6"));
    options.points = parse_number(arguments.option("--points", "3"));
    options.operators = parse_number(arguments.option("--operators", "100000"));
    const u64 generated = parse_number(arguments.option("--random", "0"));
    const std::string generator = arguments.option("--generator", default_generator());
    const auto files = arguments.rest();
    if (files.empty() && generated == 0) throw UsageError("gas needs modules, or --random N");

    const ScratchFolder scratch;
    GasRun run(Oracle(script, scratch.path()), schedules, options);
    for (const std::string& file : files)
        add_all(run, file);
    if (generated != 0)
        add_generated(run, generator, generated, options.seed, scratch.path() / "generated");
    return run.finish();
}

} // namespace lockstep::conformance

// SPDX-License-Identifier: Apache-2.0
// `conformance spec`: runs a folder of scripts, and holds what fails against the list of known
// failures.
#include "conformance/commands.hpp"
#include "conformance/files.hpp"
#include "conformance/spec_script.hpp"

#include <cstdio>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace lockstep::conformance {
namespace {

namespace fs = std::filesystem;

/// Scripts outside of the profile `core`, by name.
struct Excluded {
    std::string_view prefix;
    std::string_view reason;
};
constexpr Excluded excluded[] = {{"simd_", "SIMD is not part of profile core"}};

const Excluded* find_excluded(const std::string& stem) {
    for (const Excluded& rule : excluded)
        if (stem.starts_with(rule.prefix)) return &rule;
    return nullptr;
}

/// SCRIPT:LINE of this tier's entries.
std::set<std::string> read_known(const fs::path& path, std::string_view tier) {
    std::set<std::string> known;
    std::istringstream lines(read_file(path));
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream words(line);
        std::string entry_tier;
        std::string place;
        std::string reason;
        if (!(words >> entry_tier >> place >> reason))
            throw UsageError(path.string() + ": an entry is TIER SCRIPT:LINE REASON");
        if (entry_tier == tier) known.insert(place);
    }
    return known;
}

class SpecRun {
public:
    SpecRun(fs::path folder, const SpecOptions& options, std::set<std::string> known, bool list_all)
        : folder_(std::move(folder)), options_(options), known_(std::move(known)),
          list_all_(list_all) {}

    void run(const std::string& name);
    void skip(const Excluded& rule) { ++skipped_[rule.prefix]; }
    Tally finish(bool complete);

private:
    void add_failures(const std::string& name, const SpecReport& report);

    fs::path folder_;
    const SpecOptions& options_;
    std::set<std::string> known_;
    bool list_all_;
    Tally tally_;
    u64 scripts_ = 0;
    u64 modules_ = 0;
    u64 not_applicable_ = 0;
    u64 known_met_ = 0;
    std::map<std::string_view, u64> skipped_;
};

void SpecRun::run(const std::string& name) {
    const SpecReport report = run_script(folder_ / (name + ".json"), options_);
    ++scripts_;
    modules_ += report.modules;
    not_applicable_ += report.not_applicable;
    tally_.passed += report.passed;
    add_failures(name, report);
}

void SpecRun::add_failures(const std::string& name, const SpecReport& report) {
    constexpr u64 listed = 20;
    u64 failed = 0;
    for (const SpecFailure& failure : report.failures) {
        const std::string place = name + ':' + std::to_string(failure.line);
        if (known_.erase(place) != 0) {
            ++known_met_;
            continue;
        }
        if (failed++ < listed || list_all_)
            std::printf("FAIL %s %s\n", place.c_str(), failure.what.c_str());
    }
    if (failed > listed && !list_all_)
        std::printf("     %s: %llu more failures (--all lists them)\n", name.c_str(),
                    static_cast<unsigned long long>(failed - listed));
    tally_.failed += failed;
}

Tally SpecRun::finish(bool complete) {
    if (complete)
        for (const std::string& place : known_) {
            std::printf("FAIL %s passes but is listed as a known failure\n", place.c_str());
            ++tally_.failed;
        }
    for (const Excluded& rule : excluded) {
        const u64 count = skipped_[rule.prefix];
        tally_.skipped += count;
        if (count != 0)
            std::printf("skipped: %llu scripts %s*: %s\n", static_cast<unsigned long long>(count),
                        std::string(rule.prefix).c_str(), std::string(rule.reason).c_str());
    }
    std::printf("not applicable: %llu assertions about the text format\n",
                static_cast<unsigned long long>(not_applicable_));
    std::printf("%llu scripts, %llu modules, %llu known failures\n",
                static_cast<unsigned long long>(scripts_),
                static_cast<unsigned long long>(modules_),
                static_cast<unsigned long long>(known_met_));
    return tally_;
}

} // namespace

TrapsMode parse_traps(const std::string& name) {
    if (name == "explicit") return TrapsMode::explicit_checks;
    if (name == "signals") return TrapsMode::signals;
    throw UsageError("--traps is explicit or signals");
}

Tally run_spec(Arguments arguments) {
    const Profile profile = core_profile();
    const auto schedule = metering::find_schedule(arguments.option("--schedule", "lockstep-1"));
    if (schedule.has_error()) throw UsageError("unknown schedule");
    const std::string tier_name = arguments.option("--tier", "singlepass");
    const auto tier = compiler::find_tier(tier_name);
    if (tier.has_error()) throw UsageError("unknown tier " + tier_name);
    SpecOptions options{.compile = {profile, schedule.value(), tier.value()}};
    options.traps = parse_traps(arguments.option("--traps", "explicit"));
    options.compile.traps = options.traps;
    options.strict_nan = arguments.flag("--strict-nan");
    options.texts = arguments.flag("--texts");
    options.artifacts = arguments.flag("--artifacts");
    const auto filter = arguments.option("--filter");
    const fs::path known = arguments.option("--known", (room() / "known_failures.txt").string());
    const bool list_all = arguments.flag("--all");
    const bool verbose = arguments.flag("--verbose");
    const auto folders = arguments.rest();
    if (folders.size() != 1) throw UsageError("spec needs one folder");

    SpecRun run(folders[0], options, read_known(known, tier_name), list_all);
    const std::regex wanted(filter.value_or(""));
    for (const fs::path& path : find_files(folders[0], ".json")) {
        const std::string name = path.lexically_relative(folders[0]).replace_extension().string();
        if (!std::regex_search(name, wanted)) continue;
        if (verbose) std::fprintf(stderr, "%s\n", name.c_str());
        const Excluded* rule = find_excluded(path.stem().string());
        if (rule != nullptr)
            run.skip(*rule);
        else
            run.run(name);
    }
    return run.finish(!filter);
}

} // namespace lockstep::conformance

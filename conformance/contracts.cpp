// SPDX-License-Identifier: Apache-2.0
// `conformance contracts`: lives of real contracts and of small ones of our own, on every stage:
// each tier and way of finding bounds with the state in memory, and once with it in RocksDB. What
// each step came to must be as the life expects, the same on all stages to the last unit of gas,
// and for the gas and the final state the same as is written in contracts/gas.
#include "conformance/commands.hpp"
#include "conformance/files.hpp"
#include "conformance/life.hpp"

#include <algorithm>
#include <cstdio>
#include <regex>
#include <sstream>

namespace lockstep::conformance {
namespace {

namespace fs = std::filesystem;

struct Settings {
    fs::path own;       ///< our contracts, lives/ and gas/
    fs::path contracts; ///< the others' contracts; empty: there are none here
    std::optional<std::vector<std::string>> rules;
    bool bless = false;
};

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> words;
    std::istringstream stream(list);
    for (std::string word; std::getline(stream, word, ',');)
        words.push_back(word);
    return words;
}

std::vector<Stage> stages() {
    std::vector<Stage> all;
    for (const Mode mode : modes())
        all.push_back({mode, false});
    all.push_back({modes().front(), true});
    return all;
}

/// Nothing if there is no folder for one of them.
std::optional<Codes> load_codes(const Life& life, const Settings& settings) {
    Codes codes;
    for (const auto& [name, file] : life.codes) {
        const bool is_own = file.ends_with(".wat");
        if (!is_own && settings.contracts.empty()) return {};
        codes[name] = read_module((is_own ? settings.own : settings.contracts) / file);
    }
    return codes;
}

/// One line per step that cost gas, and the final state.
std::string gas_text(const LifeReport& report) {
    std::string text;
    for (const StepReport& step : report.steps)
        if (step.gas)
            text += std::to_string(step.step) + " " + step.kind + " " + std::to_string(*step.gas) +
                    "\n";
    return text + "state " + report.state_hash + "\n";
}

/// The first line that differs, in words; nothing if none does.
std::string first_difference(const std::string& expected, const std::string& got) {
    std::istringstream left(expected);
    std::istringstream right(got);
    for (;;) {
        std::string a;
        std::string b;
        const bool more_a = static_cast<bool>(std::getline(left, a));
        const bool more_b = static_cast<bool>(std::getline(right, b));
        if (!more_a && !more_b) return {};
        if (a != b || more_a != more_b)
            return std::string("expected ").append(a).append("\n    got ").append(b);
    }
}

/// One life under one set of rules.
class Case {
public:
    Case(const Life& life, const Codes& codes, std::string rules, const Settings& settings)
        : life_(life), codes_(codes), rules_(std::move(rules)), settings_(settings) {}

    Tally run() {
        judge_ = run_life(life_, rules_, codes_, stages().front());
        tally_.passed +=
            judge_.expectations - std::min(judge_.expectations, judge_.failures.size());
        for (const std::string& failure : judge_.failures)
            fail(failure);
        if (judge_.state_hash.empty()) return tally_; // it did not come to its end
        const std::vector<Stage> all = stages();
        for (const Stage& stage : std::span(all).subspan(1))
            compare(stage);
        compare_gas();
        std::printf("%-20s %-15s %4zu steps, gas %15llu, state %.8s%s\n", life_.name.c_str(),
                    rules_.c_str(), judge_.steps.size(),
                    static_cast<unsigned long long>(judge_.gas), judge_.state_hash.c_str(),
                    tally_.failed == 0 ? "" : "  FAILED");
        return tally_;
    }

private:
    void fail(const std::string& what) {
        ++tally_.failed;
        std::printf("FAIL %s: %s\n", rules_.c_str(), what.c_str());
    }

    void compare(const Stage& stage) {
        const LifeReport report = run_life(life_, rules_, codes_, stage);
        const std::string head = life_.name + " is not the same with " + name_of(stage);
        if (judge_.steps.size() != report.steps.size()) return fail(head + ": its end");
        for (usize i = 0; i < judge_.steps.size(); ++i)
            if (judge_.steps[i].outcome != report.steps[i].outcome)
                return fail(head + ", step " + std::to_string(i + 1) + "\n    expected " +
                            judge_.steps[i].outcome + "\n    got " + report.steps[i].outcome);
        if (judge_.state_hash != report.state_hash) return fail(head + ": the final state");
        ++tally_.passed;
    }

    void compare_gas() {
        const fs::path file = settings_.own / "gas" / (life_.name + "." + rules_ + ".txt");
        const std::string got = gas_text(judge_);
        if (settings_.bless) return write_file(file, got);
        if (!fs::exists(file)) {
            if (!settings_.rules) fail(file.string() + " is missing; --bless writes it");
            return;
        }
        const std::string difference = first_difference(read_file(file), got);
        if (!difference.empty()) return fail(file.string() + ": " + difference);
        ++tally_.passed;
    }

    const Life& life_;
    const Codes& codes_;
    const std::string rules_;
    const Settings& settings_;
    LifeReport judge_;
    Tally tally_;
};

} // namespace

Tally run_contracts(Arguments arguments) {
    Settings settings;
    settings.own = arguments.option("--own", (room() / "contracts").string());
    settings.bless = arguments.flag("--bless");
    if (const auto list = arguments.option("--rules")) settings.rules = split(*list);
    const std::regex filter(arguments.option("--filter", ""));
    const std::vector<std::string> words = arguments.rest();
    if (words.size() > 1) throw UsageError("contracts takes one folder");
    if (!words.empty()) settings.contracts = words.front();

    Tally tally;
    for (const fs::path& file : find_files(settings.own / "lives", ".json")) {
        if (!std::regex_search(file.stem().string(), filter)) continue;
        const Life life = read_life(file);
        const std::optional<Codes> codes = load_codes(life, settings);
        if (!codes) {
            std::printf("%-20s skipped: no folder of contracts was named\n", life.name.c_str());
            ++tally.skipped;
            continue;
        }
        for (const std::string& rules : settings.rules.value_or(life.rules))
            tally += Case(life, *codes, rules, settings).run();
    }
    return tally;
}

} // namespace lockstep::conformance

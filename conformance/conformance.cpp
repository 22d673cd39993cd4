// SPDX-License-Identifier: Apache-2.0
// The command line of the conformance tests. Exit status: 0 all passed, 1 something failed, 2 wrong
// usage.
#include "conformance/commands.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

namespace lockstep::conformance {
namespace {

struct Command {
    std::string_view name;
    Tally (*run)(Arguments);
    std::string_view usage;
};

constexpr std::array commands{
#ifdef LOCKSTEP_COSMWASM
    Command{"contracts", run_contracts,
            "contracts [DIR]      the lives of contracts; DIR has those of tools/fetch-contracts\n"
            "    --own DIR           lives and contracts of our own (conformance/contracts)\n"
            "    --filter RE         only lives whose name matches\n"
            "    --rules LIST        names with commas, instead of each life's own\n"
            "    --bless             rewrite the recorded gas\n"},
#endif
    Command{"gas", run_gas,
            "gas FILES...         compare gas with conformance/gas, modules or folders of them\n"
            "    --schedules LIST    names with commas, or all (lockstep-1,cosmwasm-3.0.8)\n"
            "    --seed N            choice of arguments and limits (1)\n"
            "    --calls N           exported functions called per module (6)\n"
            "    --points N          limits between 0 and what a call uses (3)\n"
            "    --operators N       about so many operators a call (100000)\n"
            "    --random N          also N generated modules; --generator fuzz/generate\n"
            "    --oracle FILE       another oracle.mjs; Node.js is $NODE\n"},
    Command{"goldens", run_goldens,
            "goldens [DIR]        hold the metered IR of DIR/*.wat (conformance/code) against the "
            "files\n"
            "    --bless             rewrite the files\n"},
    Command{"regress", run_regress,
            "regress [DIR]        run the cases of DIR (conformance/regress) in every mode\n"},
    Command{
        "spec", run_spec,
        "spec DIR             run wast2json scripts DIR/**/*.json (made by convert_spec)\n"
        "    --tier interp|singlepass --traps explicit|signals    --schedule NAME (lockstep-1)\n"
        "    --filter RE         only scripts whose path matches\n"
        "    --strict-nan        every NaN pattern means the positive canonical NaN\n"
        "    --artifacts         modules are sealed, and run as a cache gives them back\n"
        "    --texts             also compare the texts of rejections\n"
        "    --known FILE        known failures (conformance/known_failures.txt)\n"
        "    --all               list every failure, not 20 per script\n"
        "    --verbose           name each script before it runs\n"},
};

void print_usage(std::FILE* to) {
    std::fputs("usage: conformance COMMAND [OPTIONS] [FILES...]\n\n", to);
    for (const Command& command : commands)
        std::fprintf(to, "%.*s\n", static_cast<int>(command.usage.size()), command.usage.data());
    std::fputs(
        "The last line is `N passed, N failed, N skipped`; the exit status is 0 if none failed.\n",
        to);
}

bool wants_help(const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(),
                       [](const std::string& word) { return word == "--help" || word == "-h"; });
}

int run(const std::vector<std::string>& words) {
    if (words.empty() || wants_help(words)) {
        print_usage(words.empty() ? stderr : stdout);
        return words.empty() ? 2 : 0;
    }
    const auto* command = std::find_if(commands.begin(), commands.end(),
                                       [&](const Command& row) { return row.name == words[0]; });
    if (command == commands.end()) throw UsageError("unknown command " + words[0]);
    const Tally tally = command->run(Arguments({words.begin() + 1, words.end()}));
    std::printf("%llu passed, %llu failed, %llu skipped\n",
                static_cast<unsigned long long>(tally.passed),
                static_cast<unsigned long long>(tally.failed),
                static_cast<unsigned long long>(tally.skipped));
    return tally.failed == 0 ? 0 : 1;
}

} // namespace

bool Arguments::flag(std::string_view name) {
    const auto found = std::find(words_.begin(), words_.end(), name);
    if (found == words_.end()) return false;
    words_.erase(found);
    return true;
}

std::optional<std::string> Arguments::option(std::string_view name) {
    const auto found = std::find(words_.begin(), words_.end(), name);
    if (found == words_.end()) return std::nullopt;
    if (found + 1 == words_.end()) throw UsageError(std::string(name) + " needs a value");
    std::string value = std::move(found[1]);
    words_.erase(found, found + 2);
    return value;
}

std::string Arguments::option(std::string_view name, std::string_view otherwise) {
    return option(name).value_or(std::string(otherwise));
}

std::vector<std::string> Arguments::rest() {
    for (const std::string& word : words_)
        if (word.starts_with("-")) throw UsageError("unknown option " + word);
    return std::exchange(words_, {});
}

} // namespace lockstep::conformance

int main(int argc, char** argv) {
    try {
        return lockstep::conformance::run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "conformance: %s\n", error.what());
        return 2;
    }
}

// SPDX-License-Identifier: Apache-2.0
// vmtool check: would a chain with this profile take these modules, and if not, everything that is
// wrong with them. The decision is compiler::compile()'s; what follows a rejection is only for
// people.
#include "tools/anatomy.hpp"
#include "tools/check_contract.hpp"
#include "tools/input.hpp"
#include "tools/text.hpp"
#include "vm/lower.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>

namespace lockstep::tools {
namespace {

struct Options {
    std::vector<std::string> files;
    Rules rules{.profile_name = "lockstep-1", .schedule_name = {}};
    bool contract = false;
};

struct Verdict {
    std::string file;
    std::vector<u8> wasm;
    std::optional<Error> error; ///< the first problem in byte order: what consensus sees
    Report report;
    std::vector<std::string> contract; ///< what the contract ABI has against it
    [[nodiscard]] bool accepted() const { return !error && contract.empty(); }
};

/// Where the sections were already rejected, compile() saw no function body: looks at them with the
/// eyes of `core`.
void check_bodies(const Module& module, const Numbers& numbers, Report& report) {
    Lowering lowering(module, numbers.profile, numbers.schedule.weights);
    ir::Draft draft;
    for (u32 i = 0; i < module.bodies.size(); ++i) {
        const auto lowered = lowering.lower(i, draft, &report);
        if (lowered.has_error() && is_fault(lowered.error()))
            throw stop_for(lowered.error(), "the module could not be checked");
    }
}

Verdict check_file(const std::string& file, const Numbers& numbers, const Options& options) {
    Verdict verdict{file, read_file(file), {}, {}, {}};
    const auto compiled = compiler::compile(verdict.wasm, numbers.options(&verdict.report));
    const Anatomy anatomy(verdict.wasm);
    if (compiled.has_error()) {
        verdict.error = compiled.error();
        if (is_fault(*verdict.error))
            throw stop_for(*verdict.error, "the module could not be checked", file, &anatomy);
        Error after_code{};
        const bool bodies_checked =
            decode(verdict.wasm, numbers.profile, nullptr, &after_code).has_value();
        if (!bodies_checked && anatomy.module() != nullptr)
            check_bodies(*anatomy.module(), numbers, verdict.report);
        std::ranges::sort(verdict.report.problems, {}, [](const Problem& problem) {
            return std::pair(problem.error.offset, problem.error.code);
        });
    }
    if (options.contract && anatomy.module() != nullptr)
        verdict.contract = contract_problems(*anatomy.module(), options.rules.profile_name);
    return verdict;
}

Json problem_json(const Problem& problem, const Anatomy& anatomy) {
    const Error& error = problem.error;
    const Advice advice = advice_for(error.code);
    const auto number = [](u32 n) { return n == Error::no_index ? Json() : Json(n); };
    const u32 function = anatomy.function_of(error);
    const Module* module = function == Error::no_index ? nullptr : anatomy.module();
    const Section* section = anatomy.section_at(error.offset);
    return {{"code", static_cast<u32>(error.code)},
            {"name", name_of(error.code)},
            {"text", text_of(error.code)},
            {"detail", problem.detail},
            {"offset", number(error.offset)},
            {"section", section == nullptr ? Json() : Json(section->name)},
            {"function", number(function)},
            {"function_name", module == nullptr ? Json() : Json(module->function_name(function))},
            {"cause", advice.cause},
            {"remedy", advice.remedy}};
}

Json verdict_json(const Verdict& verdict) {
    const Anatomy anatomy(verdict.wasm);
    Json problems = Json::array();
    for (const Problem& problem : verdict.report.problems)
        problems.push_back(problem_json(problem, anatomy));
    Json object{{"file", verdict.file},
                {"sha256", to_hex(sha256(verdict.wasm))},
                {"wasm_bytes", verdict.wasm.size()},
                {"accepted", verdict.accepted()},
                {"error", verdict.error ? Json(name_of(verdict.error->code)) : Json()},
                {"problems", std::move(problems)},
                {"not_listed", verdict.report.not_listed},
                {"contract_problems", verdict.contract}};
    return object;
}

std::string problem_text(usize number, const Problem& problem, const Anatomy& anatomy) {
    const Error& error = problem.error;
    const Advice advice = advice_for(error.code);
    const std::string place = anatomy.place(error);
    std::string text = "  " + std::to_string(number) + ". " + std::string(text_of(error.code));
    if (!problem.detail.empty()) text += ": " + printable(problem.detail);
    text += "  [" + std::string(name_of(error.code)) + ", " +
            std::to_string(static_cast<u32>(error.code)) + "]\n";
    if (!place.empty()) text += "     at:    " + place + "\n";
    if (!advice.cause.empty()) text += "     cause: " + std::string(advice.cause) + "\n";
    if (!advice.remedy.empty()) text += "     do:    " + std::string(advice.remedy) + "\n";
    return text;
}

std::string verdict_text(const Verdict& verdict, const std::string& profile) {
    if (verdict.accepted()) return verdict.file + ": accepted by " + profile + "\n";
    const Anatomy anatomy(verdict.wasm);
    const usize count = verdict.report.problems.size() + verdict.contract.size();
    std::string text = verdict.file + ": rejected by " + profile + ", " + std::to_string(count) +
                       (count == 1 ? " problem\n" : " problems\n");
    usize number = 0;
    for (const Problem& problem : verdict.report.problems)
        text += problem_text(++number, problem, anatomy);
    for (const std::string& problem : verdict.contract)
        text += "  " + std::to_string(++number) + ". " + printable(problem) + "  [contract]\n";
    if (verdict.report.not_listed != 0)
        text += "  and " + std::to_string(verdict.report.not_listed) + " more\n";
    return text;
}

Exit check(const Options& options, bool json) {
    const Numbers numbers(options.rules);
    Exit exit = Exit::ok;
    Json files = Json::array();
    Progress progress("checking", options.files.size());
    for (usize i = 0; i < options.files.size(); ++i) {
        progress.show(i);
        const Verdict verdict = check_file(options.files[i], numbers, options);
        if (!verdict.accepted()) exit = Exit::rejected;
        if (json)
            files.push_back(verdict_json(verdict));
        else
            std::cout << verdict_text(verdict, numbers.profile.name);
    }
    if (json)
        print_json({{"profile", numbers.profile.name},
                    {"profile_digest", to_hex(digest(numbers.profile))},
                    {"files", std::move(files)}});
    return exit;
}

constexpr const char* footer = R"(
Decides as a chain with this profile does when code is stored, and lists all problems at once, with
their place, usual cause and remedy. The imports and exports that make a module a contract are
looked at under cosmwasm-X.Y.Z, as that release does, and with --contract: a chain of lockstep-1
stores nothing but contracts. cosmwasm-X.Y.Z-stored is what still runs of code that was stored
before, and looks at them only with --contract. Exit code 1 if a file is rejected.

  vmtool check --contract contract.wasm
  vmtool check --profile cosmwasm-2.2.0 --json artifacts/*.wasm)";

} // namespace

void add_check(CLI::App& parent, Session& session) {
    CLI::App* app = parent.add_subcommand("check", "Would a chain take this module? All problems");
    const auto options = std::make_shared<Options>();
    app->add_option("FILE", options->files, "Modules")->required();
    app->add_option("--profile", options->rules.profile_name,
                    "core, lockstep-1, cosmwasm-1.0.0 ... cosmwasm-3.0.9, cosmwasm-X.Y.Z-stored")
        ->capture_default_str();
    app->add_flag("--contract", options->contract, "Also check imports and exports of a contract");
    app->footer(footer);
    app->callback([options, &session] {
        session.action = [options, &session] {
            const std::string& profile = options->rules.profile_name;
            if (!cosmwasm_release(profile).empty() && !profile.ends_with(stored_suffix))
                options->contract = true;
            return check(*options, session.json);
        };
    });
}

} // namespace lockstep::tools

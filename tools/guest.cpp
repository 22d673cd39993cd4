// SPDX-License-Identifier: Apache-2.0
// Every call gets a Store of its own, so that calls cannot influence one another.
#include "tools/guest.hpp"

#include "tools/anatomy.hpp"
#include "tools/text.hpp"

#include <CLI/CLI.hpp>

#include <chrono>

namespace lockstep::tools {
void GuestOptions::add_options(CLI::App& app) {
    app.add_option("FILE", file, "A module without imports, or what vmtool compile made of one")
        ->required();
    app.add_option("EXPORT", export_name, "The function to call")->required();
    app.add_option("ARG", args, "Its arguments: 7, -7, 0xff, 1.5, inf, nan:0x7fc00000, null");
    app.add_option("--traps", traps, traps_description)->capture_default_str();
    app.add_option("--key", key_file, key_description);
    rules.add_options(app);
}

Guest::Guest(const GuestOptions& options)
    : file_(options.file), numbers_(options.rules, effective_traps(options.traps)),
      code_(load_code(options.file, numbers_, options.key_file)), executable_(code_.executable),
      traps_(numbers_.traps), export_name_(options.export_name) {
    refuse_imports();
    find_export(options.export_name);
    read_args(options.args);
}

void Guest::refuse_imports() const {
    const Module& module = executable_->module;
    if (module.imports.empty()) return;
    constexpr usize shown = 3;
    std::string names;
    for (usize i = 0; i < module.imports.size() && i < shown; ++i) {
        const Import& import = module.imports[i];
        if (i != 0) names += "; ";
        names += printable(module.text(import.module)) + "." + printable(module.text(import.name)) +
                 ", a " + std::string(name_of(import.kind)) + " " + import_text(module, import);
    }
    if (module.imports.size() > shown)
        names += "; and " + std::to_string(module.imports.size() - shown) + " more";
    throw Stop{Exit::bad_input, "the module has imports, which nobody provides here", file_, names,
               "Contracts run with vmtool contract; other modules must be built without imports."};
}

void Guest::find_export(const std::string& name) {
    const Module& module = executable_->module;
    std::string names;
    for (const Export& entry : module.exports) {
        if (entry.kind != ExternKind::function) continue;
        if (module.text(entry.name) == name) {
            type_ = module.func_type(module.functions[entry.index]);
            return;
        }
        if (names.size() < 200)
            names += (names.empty() ? "" : ", ") + printable(module.text(entry.name));
    }
    throw Stop{Exit::usage,
               "there is no exported function \"" + printable(name) + "\"",
               file_,
               names.empty() ? "it exports no functions" : "it exports " + names,
               {}};
}

void Guest::read_args(const std::vector<std::string>& args) {
    const std::string wants = printable(export_name_) + " has the type " + to_text(type_);
    if (args.size() != type_.params.size())
        throw Stop{Exit::usage,
                   std::to_string(args.size()) + " arguments were given, " +
                       std::to_string(type_.params.size()) + " are needed",
                   file_,
                   wants,
                   {}};
    for (usize i = 0; i < args.size(); ++i) {
        const std::optional<Value> value = parse_value(args[i], type_.params[i]);
        if (!value)
            throw Stop{
                Exit::usage,
                "argument " + std::to_string(i + 1) + ", \"" + printable(args[i]) + "\", is no " +
                    std::string(name_of(type_.params[i])),
                file_, wants,
                "Integers are decimal or 0x hexadecimal and must fit; floats as 1.5, inf, nan "
                "or nan:0x7fc00000; references as null."};
        args_.push_back(*value);
    }
}

Called Guest::call(u64 gas_limit) const {
    using Clock = std::chrono::steady_clock;
    Called called;
    Store store(traps_);
    CallOptions options;
    options.gas_limit = gas_limit;
    const Instantiated made = need(store.instantiate(executable_, {}, options),
                                   "the module could not be instantiated", file_);
    called.start_gas = made.gas_used;
    called.outcome.trap = made.trap;
    called.outcome.gas_used = made.gas_used;
    called.started = made.trap == Trap::none;
    if (!called.started) return called;
    const Func* function = made.instance->find_function(export_name_);
    if (function == nullptr) throw Stop{Exit::bug, "an export is gone"};
    options.gas_limit = gas_limit - std::min(gas_limit, made.gas_used);
    const Clock::time_point begin = Clock::now();
    auto outcome = store.call(*function, args_, options);
    const Clock::time_point end = Clock::now();
    called.ns =
        static_cast<u64>(std::chrono::duration_cast<std::chrono::nanoseconds>(end - begin).count());
    called.outcome = need(std::move(outcome), "the call could not be made", file_);
    return called;
}

std::vector<std::string> Guest::results(const Outcome& outcome) const {
    std::vector<std::string> texts;
    for (usize i = 0; i < outcome.values.size(); ++i)
        texts.push_back(value_text(outcome.values[i], type_.results[i]));
    return texts;
}

std::optional<TrapSite> Guest::site(const Outcome& outcome) const {
    const Module& module = executable_->module;
    const u32 function = outcome.trap_function;
    if (function == Error::no_index || function < module.imported_functions) return {};
    const auto offsets = compiler::source_map(*executable_, function - module.imported_functions,
                                              numbers_.options());
    if (offsets.has_error() || outcome.trap_record >= offsets.assume_value().size()) return {};
    return TrapSite{function, module.function_name(function),
                    offsets.assume_value()[outcome.trap_record]};
}

} // namespace lockstep::tools

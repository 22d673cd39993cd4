// SPDX-License-Identifier: Apache-2.0
// vmtool inspect: what is in a module (sections, imports, exports, metered IR, native code), and
// the table of operators.
#include "compiler/listing.hpp"
#include "tools/anatomy.hpp"
#include "tools/input.hpp"
#include "tools/text.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace lockstep::tools {
namespace {

struct Options {
    std::string file;
    std::string what;
    std::optional<u32> function;
    bool opcodes = false;
    std::string traps = "signals";
    Rules rules{.profile_name = "core", .schedule_name = {}};
};

// ---- the table of operators ----

struct OpTexts {
    std::string_view immediate;
    std::string_view signature;
    std::string_view op_class;
};
constexpr OpTexts op_texts[] = {
#define OP(name, text, code, immediate, signature, access, class) {#immediate, #signature, #class},
#include "vm/opcodes.def"
};

Exit print_opcodes(const Numbers& numbers, bool json) {
    Json list = Json::array();
    if (!json)
        std::cout << "| operator | code | immediate | signature | access | class | "
                  << numbers.schedule.name << " |\n|---|---|---|---|---|---|---|\n";
    for (usize i = 0; i < wasm_op_count; ++i) {
        const OpInfo& op = op_infos[i];
        const u32 weight = numbers.schedule.weights[i];
        if (json)
            list.push_back({{"text", op.text},
                            {"code", op.code},
                            {"immediate", op_texts[i].immediate},
                            {"signature", op_texts[i].signature},
                            {"access", op.access},
                            {"class", op_texts[i].op_class},
                            {"weight", weight}});
        else
            std::cout << "| " << op.text << " | " << hex(op.code) << " | " << op_texts[i].immediate
                      << " | " << op_texts[i].signature << " | " << u32{op.access} << " | "
                      << op_texts[i].op_class << " | " << weight << " |\n";
    }
    if (json) print_json({{"schedule", numbers.schedule.name}, {"opcodes", std::move(list)}});
    return Exit::ok;
}

// ---- one module ----

/// Sections that do not cover the file to its end.
bool is_cut_short(const std::vector<Section>& sections, usize size) {
    constexpr usize header = 8;
    const usize end = sections.empty()
                          ? header
                          : usize{sections.back().contents.offset} + sections.back().contents.size;
    return end != size;
}

Json sections_json(const Anatomy& anatomy) {
    Json list = Json::array();
    for (const Section& section : anatomy.sections())
        list.push_back({{"id", section.id},
                        {"name", section.name},
                        {"offset", section.contents.offset},
                        {"size", section.contents.size}});
    return list;
}

Json imports_json(const Module& module) {
    Json list = Json::array();
    for (const Import& import : module.imports)
        list.push_back({{"module", module.text(import.module)},
                        {"name", module.text(import.name)},
                        {"kind", name_of(import.kind)},
                        {"type", import_text(module, import)}});
    return list;
}

Json exports_json(const Module& module) {
    Json list = Json::array();
    for (const Export& entry : module.exports)
        list.push_back({{"name", module.text(entry.name)},
                        {"kind", name_of(entry.kind)},
                        {"index", entry.index},
                        {"type", extern_text(module, entry.kind, entry.index)}});
    return list;
}

Json function_json(const Executable& executable, u32 defined) {
    const Module& module = executable.module;
    const u32 index = module.imported_functions + defined;
    const ir::Function& function = executable.code.functions[defined];
    return {{"function", index},
            {"name", module.function_name(index)},
            {"type", to_text(module.func_type(module.functions[index]))},
            {"offset", module.bodies[defined].offset},
            {"window_slots", function.window},
            {"slot_cost", function.cost},
            {"records", function.size}};
}

/// The texts of `what`, one per defined function.
std::vector<std::string> function_texts(const Executable& executable, const Options& options) {
    if (options.what != "ir")
        return need(compiler::listing(executable,
                                      options.traps == "explicit" ? TrapsMode::explicit_checks
                                                                  : TrapsMode::signals,
                                      options.what == "x64" ? compiler::Target::x64
                                                            : compiler::Target::a64),
                    "the code could not be listed", options.file);
    std::vector<std::string> texts;
    for (u32 i = 0; i < executable.code.functions.size(); ++i)
        texts.push_back(ir::to_text(executable.code, i));
    return texts;
}

Json functions_json(const Executable& executable, const Options& options) {
    const std::optional<u32>& only = options.function;
    const Module& module = executable.module;
    const u32 imported = module.imported_functions;
    if (only && (*only < imported || *only - imported >= module.bodies.size()))
        throw Stop{Exit::usage,
                   "there is no function " + std::to_string(*only) + " with a body",
                   {},
                   std::to_string(imported) + " functions are imported, " +
                       std::to_string(module.bodies.size()) + " defined",
                   "Functions are numbered from 0, imports first."};
    Json list = Json::array();
    const u32 first = only ? *only - imported : 0;
    const u32 end = only ? first + 1 : narrow<u32>(module.bodies.size());
    const std::vector<std::string> texts = function_texts(executable, options);
    Progress progress("printing", end - first);
    for (u32 i = first; i < end; ++i) {
        list.push_back(function_json(executable, i));
        list.back()[options.what] = texts[i];
        progress.show(i - first);
    }
    return list;
}

bool is_code(std::string_view what) { return what == "ir" || what == "x64" || what == "a64"; }

Json inspect_file(const Options& options, const std::vector<u8>& wasm, const Anatomy& anatomy) {
    const auto wanted = [&](std::string_view part) {
        return options.what == part || options.what.empty();
    };
    const bool functions = is_code(options.what);
    Json object{
        {"file", options.file}, {"wasm_bytes", wasm.size()}, {"sha256", to_hex(sha256(wasm))}};
    if (wanted("sections")) {
        object["sections"] = sections_json(anatomy);
        object["cut_short"] = is_cut_short(anatomy.sections(), wasm.size());
    }
    if (options.what == "sections") return object; // also of what is no module
    const Numbers numbers(options.rules);
    if (functions) {
        const auto compiled = compiler::compile(wasm, numbers.options());
        if (compiled.has_error())
            throw stop_for(compiled.error(), "the module was rejected by " + numbers.profile.name,
                           options.file, &anatomy);
        object["schedule"] = numbers.schedule.name;
        object["functions"] = functions_json(*compiled.assume_value(), options);
        return object;
    }
    const auto module = decode(wasm, numbers.profile);
    if (module.has_error())
        throw stop_for(module.error(), "the module was rejected by " + numbers.profile.name,
                       options.file, &anatomy);
    if (wanted("imports")) object["imports"] = imports_json(module.assume_value());
    if (wanted("exports")) object["exports"] = exports_json(module.assume_value());
    return object;
}

// ---- as text ----

std::string cell(const Json& value) {
    return value.is_string() ? printable(value.get_ref<const std::string&>()) : value.dump();
}

/// A list of objects as a table with the keys as its head.
std::string list_text(const std::string& title, const Json& list) {
    if (list.empty()) return title + ": none\n";
    std::vector<std::vector<std::string>> rows(1);
    for (const auto& [key, _] : list.front().items())
        rows.front().push_back(key);
    for (const Json& entry : list) {
        rows.emplace_back();
        for (const auto& [key, value] : entry.items())
            rows.back().push_back(key == "offset" ? hex(value.get<u64>()) : cell(value));
    }
    return title + "\n" + table_text(rows) + "\n";
}

std::string functions_text(const Json& list) {
    std::string text;
    for (const Json& entry : list)
        text += "; function " + entry["function"].dump() + " \"" + cell(entry["name"]) + "\" " +
                cell(entry["type"]) + ", at " + hex(entry["offset"].get<u64>()) + ", window " +
                entry["window_slots"].dump() + ", cost " + entry["slot_cost"].dump() + "\n" +
                entry.back().get<std::string>() + "\n";
    return text;
}

std::string inspection_text(const Json& object) {
    std::string text = printable(object["file"].get<std::string>()) + ": " +
                       object["wasm_bytes"].dump() + " bytes, sha256 " + cell(object["sha256"]) +
                       "\n\n";
    for (const char* part : {"sections", "imports", "exports"})
        if (object.contains(part)) text += list_text(part, object[part]);
    if (object.value("cut_short", false)) text += "(after that, bytes that are no section)\n";
    if (object.contains("functions")) text += functions_text(object["functions"]);
    return text;
}

Exit inspect(const Options& options, bool json) {
    if (options.opcodes) return print_opcodes(Numbers(options.rules), json);
    if (options.file.empty())
        throw Stop{Exit::usage,
                   "there is nothing to inspect",
                   {},
                   {},
                   "Name a FILE, or --opcodes for the table of operators."};
    const std::vector<u8> wasm = read_file(options.file);
    const Json object = inspect_file(options, wasm, Anatomy(wasm));
    if (json)
        print_json(object);
    else
        std::cout << inspection_text(object);
    return Exit::ok;
}

constexpr const char* footer = R"(
Without --what: sections, imports and exports. `ir` shows what is run: each function as the slot IR
with the charges of --schedule in place; `x64` and `a64` show the machine code of each record beside
it, on any machine, with a function's rarely run code at its end and gas points marked. `sections`
works on damaged files too.

  vmtool inspect contract.wasm
  vmtool inspect --what ir --function 12 --schedule cosmwasm-3.0.9 contract.wasm
  vmtool inspect --what x64 --function 12 contract.wasm
  vmtool inspect --opcodes)";

} // namespace

void add_inspect(CLI::App& parent, Session& session) {
    CLI::App* app = parent.add_subcommand("inspect", "What is in a module; the table of operators");
    const auto options = std::make_shared<Options>();
    app->add_option("FILE", options->file, "A module");
    app->add_option("--what", options->what, "sections, imports, exports, ir, x64 or a64")
        ->check(CLI::IsMember({"sections", "imports", "exports", "ir", "x64", "a64"}));
    app->add_option("--function", options->function,
                    "With ir, x64, a64: only this function, by its number");
    app->add_option("--traps", options->traps, "With x64, a64: explicit or signals")
        ->check(CLI::IsMember({"explicit", "signals"}))
        ->capture_default_str();
    app->add_flag("--opcodes", options->opcodes, "The table of operators, as Markdown");
    options->rules.add_options(*app);
    app->footer(footer);
    app->callback([options, &session] {
        session.action = [options, &session] { return inspect(*options, session.json); };
    });
}

} // namespace lockstep::tools

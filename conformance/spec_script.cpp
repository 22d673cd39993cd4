// SPDX-License-Identifier: Apache-2.0
// The commands of wabt's dialect: module, register, action, assert_return, assert_trap,
// assert_exhaustion, assert_invalid, assert_malformed, assert_unlinkable, assert_uninstantiable.
// Traps are compared by code, rejections by kind. A host reference n of a script is the Value n +
// 1, since 0 is null.
#include "conformance/spec_script.hpp"

#include "compiler/artifact.hpp"
#include "conformance/commands.hpp"
#include "conformance/files.hpp"
#include "conformance/harness.hpp"
#include "conformance/spec_values.hpp"

namespace lockstep::conformance {
namespace {

/// One of the texts begins with the other: scripts add details ("uninitialized element 2").
bool texts_match(std::string_view a, std::string_view b) {
    return a.starts_with(b) || b.starts_with(a);
}

std::string describe(const Error& error) {
    std::string text =
        "error " + std::string(name_of(error.code)) + " (" + std::string(text_of(error.code)) + ")";
    if (error.offset != Error::no_index) text += " at byte " + std::to_string(error.offset);
    if (error.index != Error::no_index) text += ", index " + std::to_string(error.index);
    return text;
}

std::string describe(Trap trap) {
    return trap == Trap::none ? "no trap" : "trap " + std::string(name_of(trap));
}

/// Results, or the trap.
struct Answer {
    Trap trap = Trap::none;
    TypedValues results;

    [[nodiscard]] std::string text() const {
        return trap == Trap::none ? to_text(results) : describe(trap);
    }
};

class Script {
public:
    Script(const std::filesystem::path& path, const SpecOptions& options)
        : folder_(path.parent_path()), name_(path.stem().string()), options_(options),
          store_(options.traps), spectest_(store_) {}

    /// True if the command is an assertion that holds, false if it asserts nothing. Throws
    /// Mismatch.
    bool run(const Json& command);
    [[nodiscard]] u64 modules() const noexcept { return modules_; }

private:
    result<std::shared_ptr<const Executable>> compile(const Json& command);
    result<Instantiated> instantiate(const Json& command);
    std::optional<Extern> find_import(std::string_view module, std::string_view name);
    Instance& instance(const Json& object, const char* key);
    Answer act(const Json& action);
    Answer invoke(const Func& function, const Json& args);

    void define(const Json& command);
    void expect_values(const Json& command);
    void expect_trap(const Json& command, Trap trap);
    void expect_rejected(const Json& command, bool malformed);
    void expect_unlinkable(const Json& command);
    void expect_uninstantiable(const Json& command);

    std::filesystem::path folder_;
    std::string name_;
    const SpecOptions& options_;
    Store store_;
    Spectest spectest_;
    Instance* current_ = nullptr;
    std::map<std::string, Instance*> named_;
    std::map<std::string, Instance*, std::less<>> registered_;
    u64 modules_ = 0;
};

constexpr CallOptions unlimited{.gas_limit = std::numeric_limits<u64>::max()};

result<std::shared_ptr<const Executable>> Script::compile(const Json& command) {
    const std::string wasm = read_file(folder_ / text_at(command, "filename"));
    TRY(auto executable, compiler::compile(as_bytes(wasm), options_.compile));
    if (!options_.artifacts) return executable;
    // As a later process would get it from a cache.
    constexpr MacKey secret{1};
    const auto key = compiler::artifact_key(sha256(as_bytes(wasm)), options_.compile);
    TRY(const auto artifact, compiler::seal(*executable, key, &secret));
    return compiler::open_artifact(artifact, key, secret, options_.compile);
}

std::optional<Extern> Script::find_import(std::string_view module, std::string_view name) {
    const auto found = registered_.find(module);
    if (found != registered_.end()) return found->second->find_export(name);
    return module == "spectest" ? spectest_.find(name) : std::nullopt;
}

result<Instantiated> Script::instantiate(const Json& command) {
    auto compiled = compile(command);
    if (compiled.has_error()) throw Mismatch("is rejected: " + describe(compiled.error()));
    auto executable = std::move(compiled).value();
    const Module& module = executable->module;
    std::vector<Extern> imports;
    for (const Import& import : module.imports)
        imports.push_back(find_import(module.text(import.module), module.text(import.name))
                              .value_or(static_cast<const Func*>(nullptr)));
    ++modules_;
    return store_.instantiate(std::move(executable), imports, unlimited);
}

Instance& Script::instance(const Json& object, const char* key) {
    Instance* found = current_;
    if (object.contains(key)) {
        const auto named = named_.find(text_at(object, key));
        found = named == named_.end() ? nullptr : named->second;
    }
    if (found == nullptr) throw Mismatch("there is no instance");
    return *found;
}

Answer Script::invoke(const Func& function, const Json& args) {
    std::vector<Value> values;
    for (const Json& arg : args)
        values.push_back(argument_of(arg));
    auto called = store_.call(function, values, unlimited);
    if (called.has_error()) throw Mismatch("got " + describe(called.error()));
    const std::span<const ValType> types = store_.type_of(function).results;
    return {called.value().trap, {{types.begin(), types.end()}, std::move(called.value().values)}};
}

Answer Script::act(const Json& action) {
    const std::string field = text_at(action, "field");
    const auto found = instance(action, "module").find_export(field);
    if (found && text_at(action, "type") == "get") {
        if (Global* const* global = std::get_if<Global*>(&*found))
            return {Trap::none, {{(*global)->type.type}, {Value::from_i64((*global)->value)}}};
    } else if (found) {
        if (const Func* const* function = std::get_if<const Func*>(&*found))
            return invoke(**function, action.at("args"));
    }
    throw Mismatch("there is no such export: " + field);
}

void Script::define(const Json& command) {
    current_ = nullptr;
    if (command.contains("name")) named_.erase(text_at(command, "name"));
    auto made = instantiate(command);
    if (made.has_error()) throw Mismatch("cannot be linked: " + describe(made.error()));
    if (made.value().trap != Trap::none) throw Mismatch("start: " + describe(made.value().trap));
    current_ = made.value().instance;
    if (command.contains("name")) named_[text_at(command, "name")] = current_;
}

void Script::expect_values(const Json& command) {
    const Answer answer = act(command.at("action"));
    const Json& expected = command.at("expected");
    const bool equal =
        answer.trap == Trap::none && all_match(expected, answer.results, options_.strict_nan);
    if (!equal) throw Mismatch("expected " + to_text(expected) + ", got " + answer.text());
}

void Script::expect_trap(const Json& command, Trap trap) {
    const Answer answer = act(command.at("action"));
    if (answer.trap != trap)
        throw Mismatch("expected " + describe(trap) + ", got " + answer.text());
}

Trap trap_of(const std::string& text) {
    for (u8 code = 1; code <= static_cast<u8>(Trap::host_error); ++code)
        if (texts_match(text, text_of(static_cast<Trap>(code)))) return static_cast<Trap>(code);
    throw Mismatch("the script names the unknown trap " + text);
}

/// Rejections of another kind than the script's, each for a reason.
struct OtherKind {
    std::string_view script;
    u64 line;
    Errc code;
};
constexpr OtherKind other_kinds[] = {
    // The bytes name an unknown type before they end too early, and the first problem counts.
    {"binary", 1817, Errc::unknown_type},
    // wast2json leaves the data count section out, which already makes the bytes malformed.
    {"memory_init", 190, Errc::data_count_required},
};

/// A proposal that is off makes its bytes malformed or its use invalid; a limit makes a module
/// invalid, or malformed where it stands for the same limit of the format.
bool kind_matches(Errc code, bool malformed, std::string_view text) {
    const ErrorKind kind = kind_of(code);
    if (kind == ErrorKind::feature) return true;
    if (kind == ErrorKind::limit) return !malformed || texts_match(text, text_of(code));
    return kind == (malformed ? ErrorKind::malformed : ErrorKind::invalid);
}

void Script::expect_rejected(const Json& command, bool malformed) {
    const std::string text = text_at(command, "text");
    const auto compiled = compile(command);
    const std::string expected =
        std::string(malformed ? "malformed" : "invalid") + " (" + text + ")";
    if (!compiled.has_error()) throw Mismatch("expected " + expected + ", got no error");
    const Errc code = compiled.error().code;
    const u64 line = command.at("line").get<u64>();
    for (const OtherKind& other : other_kinds)
        if (name_ == other.script && line == other.line && code == other.code) return;
    if (!kind_matches(code, malformed, text) ||
        (options_.texts && !texts_match(text, text_of(code))))
        throw Mismatch("expected " + expected + ", got " + describe(compiled.error()));
}

void Script::expect_unlinkable(const Json& command) {
    const std::string text = text_at(command, "text");
    const auto made = instantiate(command);
    if (!made.has_error()) throw Mismatch("expected (" + text + "), but it links");
    const Errc code = made.error().code;
    if (kind_of(code) != ErrorKind::link || !texts_match(text, text_of(code)))
        throw Mismatch("expected (" + text + "), got " + describe(made.error()));
}

void Script::expect_uninstantiable(const Json& command) {
    const Trap trap = trap_of(text_at(command, "text"));
    const auto made = instantiate(command);
    if (made.has_error())
        throw Mismatch("expected " + describe(trap) + ", got " + describe(made.error()));
    if (made.value().trap != trap)
        throw Mismatch("expected " + describe(trap) + ", got " + describe(made.value().trap));
}

bool Script::run(const Json& command) {
    const std::string type = text_at(command, "type");
    if (type == "module") return define(command), false;
    if (type == "register")
        return registered_[text_at(command, "as")] = &instance(command, "name"), false;
    if (type == "action") {
        const Answer answer = act(command.at("action"));
        if (answer.trap != Trap::none) throw Mismatch("got " + answer.text());
        return false;
    }
    if (type == "assert_return") return expect_values(command), true;
    if (type == "assert_trap") return expect_trap(command, trap_of(text_at(command, "text"))), true;
    if (type == "assert_exhaustion") return expect_trap(command, Trap::stack_overflow), true;
    if (type == "assert_invalid") return expect_rejected(command, false), true;
    if (type == "assert_malformed") return expect_rejected(command, true), true;
    if (type == "assert_unlinkable") return expect_unlinkable(command), true;
    if (type == "assert_uninstantiable") return expect_uninstantiable(command), true;
    throw Mismatch("this runner does not know the command");
}

bool is_about_text(const Json& command) {
    const auto found = command.find("module_type");
    return found != command.end() && *found == "text";
}

} // namespace

SpecReport run_script(const std::filesystem::path& path, const SpecOptions& options) {
    const Json json = Json::parse(read_file(path));
    Script script(path, options);
    SpecReport report;
    for (const Json& command : json.at("commands")) {
        if (is_about_text(command)) {
            ++report.not_applicable;
            continue;
        }
        try {
            report.passed += script.run(command) ? 1u : 0u;
        } catch (const Mismatch& mismatch) {
            report.failures.push_back(
                {command.at("line").get<u64>(), text_at(command, "type") + ": " + mismatch.what()});
        }
    }
    report.modules = script.modules();
    return report;
}

} // namespace lockstep::conformance

// SPDX-License-Identifier: Apache-2.0
// Static checks in the order and words of cosmwasm-vm's compatibility.rs. Each check hands its
// problems to a Findings, which keeps the first for consensus and all for people.
#include "contract_abi/cosmwasm/check.hpp"

#include "contract_abi/cosmwasm/cosmwasm.hpp"
#include "contract_abi/cosmwasm/imports.hpp"
#include "vm/reader.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace lockstep::contract::cosmwasm {
namespace {

constexpr std::string_view interface_prefix = "interface_version_";
constexpr std::string_view interface_version = "interface_version_8";
constexpr std::string_view requires_prefix = "requires_";
constexpr std::string_view migrate_version_section = "cw_migrate_version";

class Findings {
public:
    explicit Findings(CheckReport* report) : report_(report) {}

    void add(std::string what) {
        if (report_ != nullptr) report_->contract.push_back(what);
        if (first_.empty()) first_ = std::move(what);
    }
    /// Whether the checks may end here: consensus needs only the first problem.
    [[nodiscard]] bool finished() const noexcept { return !first_.empty() && report_ == nullptr; }
    [[nodiscard]] const std::string& first() const noexcept { return first_; }

private:
    CheckReport* report_;
    std::string first_;
};

/// A set as Rust prints it, cut to `limit` characters: {"a", "b", ... 3 more}.
std::string limited(const std::set<std::string>& set, usize limit) {
    std::string text = "{";
    std::vector<usize> lengths;
    for (const std::string& element : set) {
        lengths.push_back(text.size());
        text += (text.size() > 1 ? ", \"" : "\"") + element + "\"";
        if (text.size() > limit) break;
    }
    if (text.size() + 1 <= limit) return text + "}";
    while (!lengths.empty()) {
        const usize length = lengths.back();
        lengths.pop_back();
        const usize shown = lengths.size();
        const usize hidden = set.size() - shown;
        const std::string tail = shown == 0 ? "... " + std::to_string(hidden) + " elements"
                                            : ", ... " + std::to_string(hidden) + " more";
        if (length + tail.size() + 1 <= limit || shown == 0) {
            text.resize(length);
            return text + tail + "}";
        }
    }
    return text + "}";
}

std::set<std::string> exported_functions(const Module& module, std::string_view prefix = {}) {
    std::set<std::string> names;
    for (const Export& exported : module.exports) {
        const std::string_view name = module.text(exported.name);
        if (exported.kind == ExternKind::function && name.starts_with(prefix)) names.emplace(name);
    }
    return names;
}

std::set<std::string> capabilities_of(const Module& module) {
    std::set<std::string> capabilities;
    for (const std::string& name : exported_functions(module, requires_prefix))
        if (name.size() > requires_prefix.size())
            capabilities.insert(name.substr(requires_prefix.size()));
    return capabilities;
}

// --- the checks, in order
// ---------------------------------------------------------------------------

void check_tables(const Module& module, const StoreLimits& limits, Findings& findings) {
    const usize defined = module.tables.size() - module.imported_tables;
    if (!limits.tables_checked || defined == 0) return;
    if (defined > 1) return findings.add("Wasm contract must not have more than 1 table section");
    const Limits& table = module.tables.back().limits;
    if (!table.has_max) return findings.add("Wasm contract must not have unbound table section");
    if (table.max > limits.table_maximum)
        findings.add("Wasm contract's first table section has a too large max limit");
}

void check_memories(const Module& module, const Regime& regime, Findings& findings) {
    const StoreLimits& limits = regime.limits;
    const usize defined = module.memories.size() - module.imported_memories;
    if (defined == 0 && regime.release < 1'004'000)
        return findings.add("Wasm contract doesn't have a memory section");
    if (defined != 1) return findings.add("Wasm contract must contain exactly one memory");
    const Limits& memory = module.memories.back().limits;
    if (memory.min > limits.memory_pages)
        findings.add("Wasm contract memory's minimum must not exceed " +
                     std::to_string(limits.memory_pages) + " pages.");
    if (memory.has_max)
        findings.add("Wasm contract memory's maximum must be unset. The host will set it for you.");
}

void check_interface(const Module& module, Findings& findings) {
    const std::set<std::string> versions = exported_functions(module, interface_prefix);
    if (versions.empty())
        return findings.add("Wasm contract missing a required marker export: interface_version_*");
    if (versions.size() > 1)
        return findings.add(
            "Wasm contract contains more than one marker export: interface_version_*");
    if (*versions.begin() != interface_version)
        findings.add("Wasm contract has unknown interface_version_* marker export (see "
                     "https://github.com/CosmWasm/cosmwasm/blob/main/packages/vm/README.md)");
}

void check_exports(const Module& module, Findings& findings) {
    const std::set<std::string> exports = exported_functions(module);
    for (const char* const required : {"allocate", "deallocate"})
        if (!exports.contains(required))
            findings.add("Wasm contract doesn't have required export: \"" + std::string(required) +
                         "\". Exports required by VM: [\"allocate\", \"deallocate\"].");
}

std::string full_name(const Module& module, const Import& import) {
    return std::string(module.text(import.module)) + "." + std::string(module.text(import.name));
}

std::string available_imports(const Regime& regime) {
    std::string text;
    for (const ImportRow& row : imports())
        if (row.since <= regime.release)
            text += (text.empty() ? "\"env." : ", \"env.") + std::string(row.name) + "\"";
    return "[" + text + "]";
}

void check_imports(const Module& module, const Regime& regime, Findings& findings) {
    if (module.imports.size() > regime.limits.imports)
        return findings.add(
            "Import count exceeds limit. Imports: " + std::to_string(module.imports.size()) +
            ". Limit: " + std::to_string(regime.limits.imports) + ".");
    std::set<std::string> required;
    for (const Import& import : module.imports)
        required.insert(full_name(module, import));
    for (const Import& import : module.imports) {
        if (findings.finished()) return;
        const std::string name = full_name(module, import);
        const bool known = module.text(import.module) == "env" &&
                           find_import_row(module.text(import.name), regime).has_value();
        if (!known)
            findings.add("Wasm contract requires unsupported import: \"" + name +
                         "\". Required imports: " + limited(required, 200) +
                         ". Available imports: " + available_imports(regime) + ".");
        else if (import.kind != ExternKind::function)
            findings.add("Wasm contract requires non-function import: \"" + name +
                         "\". Right now, all supported imports are functions.");
    }
}

void check_capabilities(const Module& module, const Regime& regime,
                        const std::vector<std::string>& available, Findings& findings) {
    std::set<std::string> missing = capabilities_of(module);
    for (const std::string& capability : available)
        missing.erase(capability);
    if (missing.empty()) return;
    // "features" until 1.1 renamed them.
    findings.add(
        std::string("Wasm contract requires ") +
        (regime.release < 1'001'000 ? "unsupported features: " : "unavailable capabilities: ") +
        limited(missing, 200));
}

/// Declared locals of one body. The module was decoded, but its bodies were not looked into yet:
/// one that is malformed counts what can be read, and the compiler rejects it.
u64 count_locals(const Module& module, Range body) {
    Reader reader(module.bytes, body.offset, body.offset + body.size);
    u64 locals = 0;
    for (u32 groups = reader.read_u32(); groups > 0 && reader.ok(); --groups) {
        locals += reader.read_u32();
        static_cast<void>(reader.read_u8());
    }
    return locals;
}

struct FunctionCounts {
    u64 functions = 0;
    u64 params = 0; ///< greatest of any type, as the next
    u64 results = 0;
    u64 total_params = 0;
    u64 locals = 0; ///< greatest of any function
    u64 total_locals = 0;
};

FunctionCounts count_functions(const Module& module) {
    FunctionCounts counts;
    counts.functions = module.bodies.size();
    for (const TypeEntry& type : module.types) {
        counts.params = std::max<u64>(counts.params, type.param_count);
        counts.results = std::max<u64>(counts.results, type.result_count);
    }
    for (usize i = module.imported_functions; i < module.functions.size(); ++i)
        counts.total_params += module.types[module.functions[i]].param_count;
    for (const Range body : module.bodies) {
        const u64 locals = count_locals(module, body);
        counts.locals = std::max(counts.locals, locals);
        counts.total_locals += locals;
    }
    return counts;
}

void check_functions(const Module& module, const StoreLimits& limits, Findings& findings) {
    const FunctionCounts counts = count_functions(module);
    const std::string contains = "Wasm contract contains ";
    const std::string a_function = contains + "function with more than ";
    if (counts.functions > limits.functions)
        findings.add(contains + "more than " + std::to_string(limits.functions) + " functions");
    if (counts.params > limits.params)
        findings.add(a_function + std::to_string(limits.params) + " parameters");
    if (counts.results > limits.results)
        findings.add(a_function + std::to_string(limits.results) + " results");
    if (counts.total_params > limits.total_params)
        findings.add(contains + "more than " + std::to_string(limits.total_params) +
                     " function parameters in total");
    if (counts.locals > limits.locals)
        findings.add(a_function + std::to_string(limits.locals) +
                     " locals: " + std::to_string(counts.locals));
    if (counts.total_locals > limits.total_locals)
        findings.add(contains + "more than " + std::to_string(limits.total_locals) +
                     " function locals in total: " + std::to_string(counts.total_locals));
}

VmError static_error(const std::string& what) {
    return {VmErrorKind::static_validation, std::string(check_prefix) + what};
}

/// The number in the section cw_migrate_version, in the words of Rust's parser if it is none.
Checked<std::optional<u64>> migrate_version(const Module& module) {
    std::optional<u64> version;
    for (const CustomSection& section : module.custom_sections) {
        if (module.text(section.name) != migrate_version_section) continue;
        std::string_view text = module.text(section.data);
        if (text.empty()) return static_error("cannot parse integer from empty string");
        if (text.size() > 1 && text[0] == '+') text.remove_prefix(1);
        u64 value = 0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (problem == std::errc::result_out_of_range && end == text.data() + text.size())
            return static_error("number too large to fit in target type");
        if (problem != std::errc() || end != text.data() + text.size())
            return static_error("invalid digit found in string");
        version = value;
    }
    return version;
}

/// The marker came with 2.1; earlier releases never look.
constexpr u32 first_with_migrate_version = 2'001'000;

} // namespace

Checked<> check_module(const Module& module, const Regime& regime,
                       const std::vector<std::string>& capabilities, CheckReport* report) {
    Findings findings(report);
    if (regime.release >= first_with_migrate_version)
        if (auto version = migrate_version(module); !version)
            findings.add(version.error().text.substr(check_prefix.size()));
    if (!findings.finished()) check_tables(module, regime.limits, findings);
    if (!findings.finished()) check_memories(module, regime, findings);
    if (!findings.finished()) check_interface(module, findings);
    if (!findings.finished()) check_exports(module, findings);
    if (!findings.finished()) check_imports(module, regime, findings);
    if (!findings.finished()) check_capabilities(module, regime, capabilities, findings);
    if (!findings.finished()) check_functions(module, regime.limits, findings);
    if (findings.first().empty()) return done;
    return static_error(findings.first());
}

VmError invalid_module(Error error) {
    std::string why(text_of(error.code));
    if (error.offset != Error::no_index) {
        char offset[16];
        const auto end = std::to_chars(offset, offset + sizeof offset, error.offset, 16).ptr;
        why += " (at offset 0x" + std::string(offset, end) + ")";
    }
    // These are valid modules for CosmWasm's parser; its compiler refuses them.
    const bool by_compiler = error.code == Errc::floats_disabled ||
                             error.code == Errc::reference_types_disabled ||
                             error.code == Errc::multi_value_disabled;
    if (by_compiler)
        return {VmErrorKind::compile, "Error compiling Wasm: Could not compile: " + why};
    return static_error("Wasm bytecode could not be deserialized. Deserialization error: \"" + why +
                        "\"");
}

Checked<Analysis> analyze(const Module& module) {
    const std::set<std::string> exports = exported_functions(module);
    Analysis analysis;
    for (const std::string& name : exports)
        if (find_entry_point(name)) analysis.entry_points.push_back(name);
    analysis.has_ibc_entry_points = true;
    for (const EntryPoint entry : {EntryPoint::ibc_channel_open, EntryPoint::ibc_channel_connect,
                                   EntryPoint::ibc_channel_close, EntryPoint::ibc_packet_receive,
                                   EntryPoint::ibc_packet_ack, EntryPoint::ibc_packet_timeout})
        if (!exports.contains(std::string(info_of(entry).name)))
            analysis.has_ibc_entry_points = false;
    const std::set<std::string> capabilities = capabilities_of(module);
    analysis.required_capabilities.assign(capabilities.begin(), capabilities.end());
    TRY(analysis.migrate_version, migrate_version(module));
    return analysis;
}

std::vector<std::string> default_capabilities() {
    return {"iterator",     "staking",      "stargate",     "cosmwasm_1_1",
            "cosmwasm_1_2", "cosmwasm_1_3", "cosmwasm_1_4", "cosmwasm_2_0",
            "cosmwasm_2_1", "cosmwasm_2_2", "ibc2"};
}

} // namespace lockstep::contract::cosmwasm

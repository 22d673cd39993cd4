// SPDX-License-Identifier: Apache-2.0
// Looks at a module without judging it. Names come from the file, so they are made printable.
#include "tools/anatomy.hpp"

#include "tools/text.hpp"
#include "vm/reader.hpp"

#include <array>

namespace lockstep::tools {
namespace {

constexpr u8 custom_id = 0;
constexpr u8 code_id = 10;

constexpr std::array<std::string_view, 14> section_names = {
    "custom", "type",  "import",  "function", "table", "memory",     "global",
    "export", "start", "element", "code",     "data",  "data count", "tag"};

std::string section_name(u8 id, bytes_view contents) {
    if (id >= section_names.size()) return "unknown " + std::to_string(id);
    if (id != custom_id) return std::string(section_names[id]);
    Reader in(contents, 0, narrow<u32>(contents.size()));
    const bytes_view name = in.read_bytes(in.read_u32());
    return "custom \"" + printable(as_text(name)) + "\"";
}

std::string list(std::span<const ValType> types) {
    std::string text;
    for (const ValType type : types) {
        if (!text.empty()) text += ", ";
        text += name_of(type);
    }
    return text;
}

std::string limits_text(const Limits& limits, std::string_view unit) {
    return std::to_string(limits.min) + " ... " +
           (limits.has_max ? std::to_string(limits.max) : "") + " " + std::string(unit);
}

std::string table_type_text(const TableType& table) {
    return std::string(name_of(table.element)) + ", " + limits_text(table.limits, "elements");
}

std::string global_type_text(const GlobalType& global) {
    return (global.is_mutable ? "mutable " : "") + std::string(name_of(global.type));
}

} // namespace

Anatomy::Anatomy(bytes_view wasm) : wasm_(wasm) {
    constexpr u32 header = 8;
    if (wasm.size() < header || wasm.size() > ~u32{0}) return;
    Reader in(wasm, header, narrow<u32>(wasm.size()));
    while (in.ok() && !in.at_end()) {
        const u8 id = in.read_u8();
        const u32 size = in.read_u32();
        const u32 begin = in.offset();
        const bytes_view contents = in.read_bytes(size);
        if (in.ok()) sections_.push_back({id, section_name(id, contents), {begin, size}});
    }
}

u32 Anatomy::code_bytes() const noexcept {
    for (const Section& section : sections_)
        if (section.id == code_id) return section.contents.size;
    return 0;
}

const Module* Anatomy::module() const {
    if (!module_) module_.emplace(decode(wasm_, core_profile()));
    return module_->has_value() ? &module_->assume_value() : nullptr;
}

const Section* Anatomy::section_at(u32 offset) const noexcept {
    for (const Section& section : sections_)
        if (offset >= section.contents.offset &&
            offset - section.contents.offset < section.contents.size)
            return &section;
    return nullptr;
}

u32 Anatomy::function_of(const Error& error) const noexcept {
    if (error.offset == Error::no_index) return error.index;
    const Section* section = section_at(error.offset);
    return section != nullptr && section->id == code_id ? error.index : Error::no_index;
}

std::string Anatomy::place(const Error& error) const {
    std::string text;
    if (error.offset != Error::no_index) {
        text = "offset " + hex(error.offset);
        const Section* section = section_at(error.offset);
        if (section != nullptr) text += " in the " + section->name + " section";
    }
    const u32 function = function_of(error);
    if (function == Error::no_index) return text;
    return text + (text.empty() ? "" : ", ") + function_text(function, module());
}

std::string to_text(const FuncType& type) {
    const std::string results = list(type.results);
    return "(" + list(type.params) + ") -> " +
           (type.results.size() == 1 ? results : "(" + results + ")");
}

std::string function_text(u32 function, const Module* module) {
    if (function == Error::no_index) return {};
    std::string text = "function " + std::to_string(function);
    const std::string name = module == nullptr ? std::string() : module->function_name(function);
    if (!name.empty()) text += " \"" + printable(name) + "\"";
    return text;
}

std::string extern_text(const Module& module, ExternKind kind, u32 index) {
    switch (kind) {
    case ExternKind::function: return to_text(module.func_type(module.functions[index]));
    case ExternKind::table: return table_type_text(module.tables[index]);
    case ExternKind::memory: return limits_text(module.memories[index].limits, "pages");
    case ExternKind::global: return global_type_text(module.globals[index].type);
    }
    return {};
}

std::string import_text(const Module& module, const Import& import) {
    if (import.kind == ExternKind::function) return to_text(module.func_type(import.type));
    return extern_text(module, import.kind, import.type);
}

} // namespace lockstep::tools

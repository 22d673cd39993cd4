// SPDX-License-Identifier: Apache-2.0
// The slow, friendly questions to a module: whole function types, names for people.
#include "vm/module.hpp"

#include "vm/reader.hpp"

namespace lockstep {

std::string_view name_of(ValType type) noexcept {
    switch (type) {
    case ValType::bottom: return "bottom";
    case ValType::externref: return "externref";
    case ValType::funcref: return "funcref";
    case ValType::v128: return "v128";
    case ValType::f64: return "f64";
    case ValType::f32: return "f32";
    case ValType::i64: return "i64";
    case ValType::i32: return "i32";
    }
    return "?";
}

std::string_view name_of(ExternKind kind) noexcept {
    switch (kind) {
    case ExternKind::function: return "function";
    case ExternKind::table: return "table";
    case ExternKind::memory: return "memory";
    case ExternKind::global: return "global";
    }
    return "?";
}

FuncType Module::func_type(u32 type) const {
    const std::span<const ValType> from = params(type);
    const std::span<const ValType> to = results(type);
    return {{from.begin(), from.end()}, {to.begin(), to.end()}};
}

namespace {

/// The name that subsection 1 of a `name` section gives to `function`; empty where the section is
/// broken.
std::string_view name_in_section(const Module& module, Range section, u32 function) noexcept {
    constexpr u8 function_names = 1;
    const u32 end = section.offset + section.size;
    Reader in(module.bytes, section.offset, end);
    while (in.ok() && !in.at_end()) {
        const u8 id = in.read_u8();
        const u32 size = in.read_u32();
        const u32 begin = in.offset();
        in.read_bytes(size);
        if (!in.ok() || id != function_names) continue;
        Reader names(module.bytes, begin, begin + size);
        const u32 count = names.read_u32();
        for (u32 i = 0; i < count && names.ok(); ++i) {
            const u32 index = names.read_u32();
            const bytes_view name = names.read_bytes(names.read_u32());
            if (names.ok() && index == function) return as_text(name);
        }
    }
    return {};
}

} // namespace

std::string Module::function_name(u32 function) const {
    for (const CustomSection& section : custom_sections) {
        if (text(section.name) != "name") continue;
        const std::string_view name = name_in_section(*this, section.data, function);
        if (!name.empty()) return std::string(name);
    }
    for (const Export& entry : exports)
        if (entry.kind == ExternKind::function && entry.index == function)
            return std::string(text(entry.name));
    return {};
}

} // namespace lockstep

// SPDX-License-Identifier: Apache-2.0
// The slow, friendly questions to a module: whole function types, names for people.
#include "vm/module.hpp"

#include "vm/names.hpp"

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

std::string Module::function_name(u32 function) const {
    std::string_view name;
    for_each_function_name(*this, [&](u32 index, std::string_view found) {
        if (index == function) name = found;
        return name.empty();
    });
    if (!name.empty()) return std::string(name);
    for (const Export& entry : exports)
        if (entry.kind == ExternKind::function && entry.index == function)
            return std::string(text(entry.name));
    return {};
}

} // namespace lockstep

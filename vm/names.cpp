// SPDX-License-Identifier: Apache-2.0
#include "vm/names.hpp"

#include "vm/reader.hpp"

namespace lockstep {
namespace {

using Take = std::function<bool(u32, std::string_view)>;

/// False if `take` wants no more.
bool read_function_names(Reader names, const Take& take) {
    const u32 count = names.read_u32();
    for (u32 i = 0; i < count && names.ok(); ++i) {
        const u32 index = names.read_u32();
        const bytes_view name = names.read_bytes(names.read_u32());
        if (names.ok() && !take(index, as_text(name))) return false;
    }
    return true;
}

} // namespace

void for_each_function_name(const Module& module, const Take& take) {
    constexpr u8 function_names = 1;
    for (const CustomSection& section : module.custom_sections) {
        if (module.text(section.name) != "name") continue;
        Reader in(module.bytes, section.data.offset, section.data.offset + section.data.size);
        while (in.ok() && !in.at_end()) {
            const u8 id = in.read_u8();
            const u32 size = in.read_u32();
            const u32 begin = in.offset();
            in.read_bytes(size);
            if (!in.ok() || id != function_names) continue;
            if (!read_function_names(Reader(module.bytes, begin, begin + size), take)) return;
        }
    }
}

std::vector<std::string> function_names(const Module& module) {
    std::vector<std::string> names(module.functions.size());
    for_each_function_name(module, [&](u32 function, std::string_view name) {
        if (function < names.size() && names[function].empty()) names[function] = name;
        return true;
    });
    for (const Export& entry : module.exports)
        if (entry.kind == ExternKind::function && names[entry.index].empty())
            names[entry.index] = module.text(entry.name);
    return names;
}

} // namespace lockstep

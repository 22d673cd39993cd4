// SPDX-License-Identifier: Apache-2.0
// A decoded module as plain data (spec 2.5). It owns the bytes; names, types, bodies, expressions
// and segments are ranges in them, so its memory is a small constant times the module whatever the
// module declares.
#pragma once

#include "vm/opcodes.hpp"
#include "vm/profile.hpp"
#include "vm/report.hpp"
#include "vm/result.hpp"
#include "vm/types.hpp"

#include <optional>
#include <vector>

namespace lockstep {

/// A range of Module::bytes.
struct Range {
    u32 offset = 0;
    u32 size = 0;
};

/// A function type: its value types stand one byte each in Module::bytes.
struct TypeEntry {
    u32 params_offset = 0;
    u32 results_offset = 0;
    u16 param_count = 0;
    u16 result_count = 0;
    u32 canonical = 0; ///< index of the first equal type of this module
};

/// An import's `type` is an index into the list of its kind: types, tables, memories, globals.
struct Import {
    Range module;
    Range name;
    ExternKind kind = ExternKind::function;
    u32 type = 0;
};

struct Export {
    Range name;
    ExternKind kind = ExternKind::function;
    u32 index = 0;
};

struct GlobalEntry {
    GlobalType type;
    Range init; ///< constant expression with its `end`; empty for an import
};

enum class SegmentMode : u8 { active, passive, declarative };

struct ElementSegment {
    SegmentMode mode = SegmentMode::active;
    ValType type = ValType::funcref;
    bool expressions = false; ///< items are constant expressions, else function indices
    u32 table = 0;
    u32 count = 0;
    Range offset; ///< constant expression, active only
    Range items;
};

struct DataSegment {
    SegmentMode mode = SegmentMode::active;
    u32 memory = 0;
    Range offset; ///< constant expression, active only
    Range data;
};

struct CustomSection {
    Range name;
    Range data;
};

struct Module {
    std::vector<u8> bytes;
    std::vector<TypeEntry> types;
    std::vector<Import> imports;
    std::vector<u32> functions;    ///< type index per function, imports first
    std::vector<TableType> tables; ///< imports first, as in the next two
    std::vector<MemoryType> memories;
    std::vector<GlobalEntry> globals;
    std::vector<Export> exports;
    std::vector<ElementSegment> elements;
    std::vector<DataSegment> data;
    std::vector<Range>
        bodies; ///< per defined function: local declarations and code, size not included
    std::vector<CustomSection> custom_sections;
    std::vector<bool> referenced; ///< functions that ref.func may name inside a body (spec C.refs)
    u32 imported_functions = 0;
    u32 imported_tables = 0;
    u32 imported_memories = 0;
    u32 imported_globals = 0;
    std::optional<u32> start;
    std::optional<u32> data_count;
    Range code_section; ///< contents of the code section

    [[nodiscard]] std::span<const ValType> params(u32 type) const noexcept {
        const TypeEntry& entry = types[type];
        return {reinterpret_cast<const ValType*>(bytes.data()) + entry.params_offset,
                entry.param_count};
    }
    [[nodiscard]] std::span<const ValType> results(u32 type) const noexcept {
        const TypeEntry& entry = types[type];
        return {reinterpret_cast<const ValType*>(bytes.data()) + entry.results_offset,
                entry.result_count};
    }
    [[nodiscard]] bytes_view view(Range range) const noexcept {
        return bytes_view(bytes).subspan(range.offset, range.size);
    }
    [[nodiscard]] std::string_view text(Range range) const noexcept { return as_text(view(range)); }
    [[nodiscard]] FuncType func_type(u32 type) const;
    /// The function's name from the `name` section, or from an export, or empty. Slow; for people.
    [[nodiscard]] std::string function_name(u32 function) const;
};

/// Decodes and validates everything but the function bodies (spec 5.5, 3.4). The first problem in
/// byte order is the Error; with a `report` decoding goes on as far as it can, collects every
/// problem, and still returns that Error. With `after_code` a problem behind the start of the code
/// section is put there instead, and the module holds the bodies before it: a caller that lowers
/// them next finds what comes first in byte order. `bytes` is copied. Linear in the bytes.
[[nodiscard]] result<Module> decode(bytes_view bytes, const Profile& profile,
                                    Report* report = nullptr, Error* after_code = nullptr);

} // namespace lockstep

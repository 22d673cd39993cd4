// SPDX-License-Identifier: Apache-2.0
// Bytes -> Module: the binary format (spec 5.5) and the validation of everything but function
// bodies (spec 3.4), in one walk. Linear in the bytes, without recursion; memory is a small
// constant times the bytes, because nothing is reserved for a count that the remaining bytes could
// not hold. Problems are found in the order of their offsets.
#include "vm/decode.hpp"

#include <new>
#include <stdexcept>

namespace lockstep {
namespace {

enum SectionId : u8 {
    custom_section,
    type_section,
    import_section,
    function_section,
    table_section,
    memory_section,
    global_section,
    export_section,
    start_section,
    element_section,
    code_section,
    data_section,
    data_count_section,
};

/// The place of each section in a module, by id; custom sections stand anywhere.
constexpr u8 section_order[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10};

/// Position of the first byte that is not UTF-8 (Unicode table 3-7), or the size.
usize utf8_prefix(bytes_view bytes) noexcept {
    const usize size = bytes.size();
    for (usize at = 0; at < size;) {
        if (size - at >= 8 && (load_le<u64>(&bytes[at]) & 0x8080808080808080) == 0) {
            at += 8;
            continue;
        }
        const u8 lead = bytes[at];
        if (lead < 0x80) {
            ++at;
            continue;
        }
        u8 low = 0x80;
        u8 high = 0xbf;
        usize tail = 1;
        if (lead >= 0xc2 && lead <= 0xdf) {
        } else if (lead >= 0xe0 && lead <= 0xef) {
            tail = 2;
            if (lead == 0xe0) low = 0xa0;
            if (lead == 0xed) high = 0x9f;
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            tail = 3;
            if (lead == 0xf0) low = 0x90;
            if (lead == 0xf4) high = 0x8f;
        } else {
            return at;
        }
        if (size - at <= tail || bytes[at + 1] < low || bytes[at + 1] > high) return at;
        for (usize i = 2; i <= tail; ++i)
            if ((bytes[at + i] & 0xc0) != 0x80) return at;
        at += tail + 1;
    }
    return size;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

} // namespace

Errc unknown_opcode(u8 byte) noexcept {
    switch (byte) {
    case 0x06:
    case 0x07:
    case 0x08:
    case 0x09:
    case 0x0a:
    case 0x18:
    case 0x19:
    case 0x1f: return Errc::exceptions_disabled;
    case 0x14:
    case 0x15:
    case 0xd3:
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xfb: return Errc::gc_disabled;
    case 0xfd: return Errc::simd_disabled;
    case 0xfe: return Errc::threads_disabled;
    default: return Errc::illegal_opcode;
    }
}

void Decoder::above_limit(Errc code, u64 found, u64 limit, u32 offset, u32 index) {
    problem(code, offset, index, [&] {
        return "found " + std::to_string(found) + ", allowed " + std::to_string(limit);
    });
}

void Decoder::above_index(Errc code, u32 found, usize size, u32 offset, u32 index) {
    problem(code, offset, index, [&] {
        return "index " + std::to_string(found) + ", there are " + std::to_string(size);
    });
}

// Parts of sections

u32 Decoder::read_count(Errc too_many, u32 limit, usize before) {
    const u32 at = in_.offset();
    const u32 count = in_.read_u32();
    check_limit(too_many, u64{before} + count, limit, at);
    return count;
}

Range Decoder::read_name() {
    const u32 at = in_.offset();
    const u32 size = in_.read_u32();
    check_limit(Errc::name_too_long, size, limits_.name_bytes, at);
    const u32 begin = in_.offset();
    const bytes_view bytes = in_.read_bytes(size);
    const usize good = utf8_prefix(bytes);
    if (good != bytes.size()) in_.fail_at(Errc::malformed_utf8, begin + static_cast<u32>(good));
    return {begin, size};
}

ValType Decoder::read_value_type() {
    const u32 at = in_.offset();
    const u8 code = in_.read_u8();
    switch (code) {
    case 0x7f:
    case 0x7e:
    case 0x7d:
    case 0x7c: break;
    case 0x7b: problem(Errc::simd_disabled, at); break;
    case 0x70:
    case 0x6f: require_references(at); break;
    case 0x63:
    case 0x64: in_.fail_at(Errc::gc_disabled, at); break; // a heap type follows
    case 0x6a:
    case 0x6b:
    case 0x6c:
    case 0x6d:
    case 0x6e:
    case 0x71:
    case 0x72:
    case 0x73: problem(Errc::gc_disabled, at); break;
    case 0x69:
    case 0x74: problem(Errc::exceptions_disabled, at); break;
    default: in_.fail_at(Errc::malformed_value_type, at);
    }
    return static_cast<ValType>(code);
}

/// The type of a table, an element segment or a null.
ValType Decoder::read_reference_type() {
    const u32 at = in_.offset();
    const u8 code = in_.read_u8();
    if (code == 0x6f)
        require_references(at);
    else if (code == 0x40 || (code >= 0x63 && code <= 0x74 && code != 0x70))
        in_.fail_at(Errc::gc_disabled, at);
    else if (code != 0x70)
        in_.fail_at(Errc::malformed_reference_type, at);
    return static_cast<ValType>(code);
}

u16 Decoder::read_value_types(u32& offset, Errc too_many, u32 limit) {
    const u32 at = in_.offset();
    const u32 count = in_.read_u32();
    if (too_many == Errc::too_many_results && count > 1)
        require(Feature::multi_value, Errc::multi_value_disabled, at);
    check_limit(too_many, count, std::min(limit, 0xffffu), at);
    offset = in_.offset();
    for (u32 i = 0; i < count && in_.ok(); ++i)
        read_value_type();
    return static_cast<u16>(std::min(count, 0xffffu));
}

/// Flags, minimum, maximum (spec 5.3.7); the flags of shared and of 64-bit memories are known by
/// name only.
Limits Decoder::read_limits() {
    const u32 at = in_.offset();
    const u8 flags = in_.read_u8();
    if (flags >= 0x80)
        in_.fail_at(Errc::integer_representation_too_long, at);
    else if (flags == 2)
        in_.fail_at(Errc::integer_too_large, at);
    else if (flags > 7)
        in_.fail_at(Errc::malformed_limits_flags, at);
    else if (flags >= 4)
        in_.fail_at(Errc::memory64_disabled, at);
    else if (flags == 3)
        problem(Errc::threads_disabled, at);
    Limits limits;
    limits.has_max = (flags & 1) != 0;
    limits.min = in_.read_u32();
    if (limits.has_max) limits.max = in_.read_u32();
    return limits;
}

void Decoder::read_table() {
    if (module_.tables.size() == 1) require_references(in_.offset(), 1);
    TableType table;
    table.element = read_reference_type();
    const u32 at = in_.offset();
    table.limits = read_limits();
    if (table.limits.has_max && table.limits.min > table.limits.max)
        problem(Errc::min_greater_than_max, at);
    check_limit(Errc::table_too_large, table.limits.min, limits_.table_elements, at);
    module_.tables.push_back(table);
}

void Decoder::read_memory() {
    const u32 at = in_.offset();
    if (module_.memories.size() == 1) problem(Errc::multiple_memories, at, 1);
    MemoryType memory;
    memory.limits = read_limits();
    const Limits& limits = memory.limits;
    if (limits.min > max_memory_pages || (limits.has_max && limits.max > max_memory_pages))
        problem(Errc::memory_size_limit, at);
    else
        check_limit(Errc::memory_too_large, limits.min, limits_.memory_pages, at);
    if (limits.has_max && limits.min > limits.max) problem(Errc::min_greater_than_max, at);
    module_.memories.push_back(memory);
}

GlobalType Decoder::read_global_type() {
    GlobalType global;
    global.type = read_value_type();
    const u32 at = in_.offset();
    const u8 mutability = in_.read_u8();
    if (mutability > 1) in_.fail_at(Errc::malformed_mutability, at);
    global.is_mutable = mutability == 1;
    return global;
}

/// A function's type, imported or defined: counts its parameters.
u32 Decoder::read_type_index(u32 function) {
    const u32 at = in_.offset();
    const u32 type = in_.read_u32();
    check_index(Errc::unknown_type, type, module_.types.size(), at, function);
    if (type < module_.types.size()) {
        const bool fitted = total_params_ <= limits_.total_params;
        total_params_ += module_.types[type].param_count;
        if (fitted)
            check_limit(Errc::too_many_total_params, total_params_, limits_.total_params, at,
                        function);
    }
    return type;
}

void Decoder::read_function_reference(u32 owner) {
    const u32 at = in_.offset();
    const u32 function = in_.read_u32();
    check_index(Errc::unknown_function, function, module_.functions.size(), at, owner);
    mark_referenced(function);
}

// Sections

void Decoder::read_header() {
    constexpr u32 magic = 0x6d736100;
    constexpr u32 version = 1;
    const u32 found_magic = in_.read_fixed<u32>();
    if (found_magic != magic) in_.fail_at(Errc::magic_header_not_detected, 0);
    const u32 found_version = in_.read_fixed<u32>();
    if (found_version != version) in_.fail_at(Errc::unknown_binary_version, 4);
}

void Decoder::read_section() {
    const u32 at = in_.offset();
    const u8 id = in_.read_u8();
    if (id > data_count_section)
        in_.fail_at(Errc::malformed_section_id, at);
    else if (id != custom_section) {
        if (section_order[id] <= last_order_) in_.fail_at(Errc::unexpected_content, at);
        last_order_ = section_order[id];
    }
    const u32 size_at = in_.offset();
    const u32 size = in_.read_u32();
    if (size > in_.remaining()) in_.fail_at(Errc::length_out_of_bounds, size_at);
    if (!in_.ok()) return;

    const u32 end = in_.offset() + size;
    in_ = Reader(module_.bytes, in_.offset(), end);
    read_contents(id);
    if (!in_.at_end()) in_.fail(Errc::section_size_mismatch);
    if (in_.ok()) in_ = Reader(module_.bytes, end, static_cast<u32>(module_.bytes.size()));
}

void Decoder::read_contents(u8 id) {
    switch (id) {
    case custom_section: return read_custom();
    case type_section: return read_types();
    case import_section: return read_imports();
    case function_section: return read_functions();
    case table_section: return read_tables();
    case memory_section: return read_memories();
    case global_section: return read_globals();
    case export_section: return read_exports();
    case start_section: return read_start();
    case element_section: return read_elements();
    case code_section: return read_code();
    case data_section: return read_data();
    case data_count_section: return read_data_count();
    default: return;
    }
}

void Decoder::read_custom() {
    const u32 at = in_.offset();
    const bool fitted = custom_bytes_ <= limits_.custom_bytes;
    custom_bytes_ += in_.remaining();
    if (fitted)
        check_limit(Errc::custom_sections_too_large, custom_bytes_, limits_.custom_bytes, at);
    CustomSection section;
    section.name = read_name();
    section.data = {in_.offset(), in_.remaining()};
    in_.read_bytes(in_.remaining());
    if (in_.ok()) module_.custom_sections.push_back(section);
}

void Decoder::read_types() {
    const u32 count = read_count(Errc::too_many_types, limits_.types);
    reserve(module_.types, count, 3);
    IndexTable seen;
    for (u32 i = 0; i < count && in_.ok(); ++i) {
        const u32 at = in_.offset();
        const u8 form = in_.read_u8();
        if (form >= 0x80)
            in_.fail_at(Errc::integer_representation_too_long, at);
        else if (form == 0x4e || form == 0x4f || form == 0x50 || form == 0x5e || form == 0x5f)
            in_.fail_at(Errc::gc_disabled, at);
        else if (form != 0x60)
            in_.fail_at(Errc::malformed_function_type, at);

        TypeEntry type;
        type.param_count =
            read_value_types(type.params_offset, Errc::too_many_params, limits_.params);
        type.result_count =
            read_value_types(type.results_offset, Errc::too_many_results, limits_.results);
        if (!in_.ok()) return;
        const bytes_view params = module_.view({type.params_offset, type.param_count});
        const bytes_view results = module_.view({type.results_offset, type.result_count});
        const u64 hash = siphash13(key_, params) ^ std::rotl(siphash13(key_, results), 32);
        type.canonical = seen.find_or_add(hash, i, [&](u32 other) {
            const TypeEntry& entry = module_.types[other];
            return std::ranges::equal(module_.view({entry.params_offset, entry.param_count}),
                                      params) &&
                   std::ranges::equal(module_.view({entry.results_offset, entry.result_count}),
                                      results);
        });
        module_.types.push_back(type);
    }
}

/// The index that one more import of a kind gets; told once when it is the first too many.
u32 Decoder::check_import(Errc too_many, usize before, u32 limit, u32 offset, u32 import) {
    if (before == limit) check_limit(too_many, u64{before} + 1, limit, offset, import);
    return narrow<u32>(before);
}

void Decoder::read_imports() {
    const u32 count = read_count(Errc::too_many_imports, limits_.imports);
    reserve(module_.imports, count, 4);
    for (u32 i = 0; i < count && in_.ok(); ++i) {
        Import import;
        import.module = read_name();
        import.name = read_name();
        const u32 at = in_.offset();
        const u8 kind = in_.read_u8();
        if (kind > 3) in_.fail_at(Errc::malformed_import_kind, at);
        if (!in_.ok()) return;
        import.kind = static_cast<ExternKind>(kind);
        switch (import.kind) {
        case ExternKind::function:
            import.type = check_import(Errc::too_many_functions, module_.functions.size(),
                                       limits_.functions, at, i);
            import.type = read_type_index(import.type);
            module_.functions.push_back(import.type);
            break;
        case ExternKind::table:
            import.type =
                check_import(Errc::too_many_tables, module_.tables.size(), limits_.tables, at, i);
            read_table();
            break;
        case ExternKind::memory:
            import.type = narrow<u32>(module_.memories.size());
            read_memory();
            break;
        case ExternKind::global: {
            import.type = check_import(Errc::too_many_globals, module_.globals.size(),
                                       limits_.globals, at, i);
            const GlobalType global = read_global_type();
            if (global.is_mutable && !features_.has(Feature::mutable_globals))
                problem(Errc::mutable_globals_disabled, in_.offset() - 1, i, [&] {
                    return quoted(module_.text(import.module)) + "." +
                           quoted(module_.text(import.name));
                });
            module_.globals.push_back({global, {}});
            break;
        }
        }
        module_.imports.push_back(import);
    }
    module_.imported_functions = narrow<u32>(module_.functions.size());
    module_.imported_tables = narrow<u32>(module_.tables.size());
    module_.imported_memories = narrow<u32>(module_.memories.size());
    module_.imported_globals = narrow<u32>(module_.globals.size());
}

void Decoder::read_functions() {
    const u32 count =
        read_count(Errc::too_many_functions, limits_.functions, module_.functions.size());
    reserve(module_.functions, count, 1);
    for (u32 i = 0; i < count && in_.ok(); ++i)
        module_.functions.push_back(read_type_index(module_.imported_functions + i));
}

void Decoder::read_tables() {
    const u32 count = read_count(Errc::too_many_tables, limits_.tables, module_.tables.size());
    reserve(module_.tables, count, 3);
    for (u32 i = 0; i < count && in_.ok(); ++i)
        read_table();
}

void Decoder::read_memories() {
    const u32 count = in_.read_u32();
    for (u32 i = 0; i < count && in_.ok(); ++i)
        read_memory();
}

void Decoder::read_globals() {
    const u32 count = read_count(Errc::too_many_globals, limits_.globals, module_.globals.size());
    reserve(module_.globals, count, 4);
    for (u32 i = 0; i < count && in_.ok(); ++i) {
        GlobalEntry global;
        global.type = read_global_type();
        global.init = read_constant_expression(global.type.type, module_.imported_globals + i);
        module_.globals.push_back(global);
    }
}

void Decoder::read_exports() {
    const u32 count = read_count(Errc::too_many_exports, limits_.exports);
    reserve(module_.exports, count, 3);
    IndexTable seen;
    for (u32 i = 0; i < count && in_.ok(); ++i) {
        Export entry;
        const u32 at = in_.offset();
        entry.name = read_name();
        const std::string_view name = module_.text(in_.ok() ? entry.name : Range{});
        const auto detail = [&] { return quoted(name); };
        const u32 first = seen.find_or_add(siphash13(key_, as_bytes(name)), i, [&](u32 other) {
            return module_.text(module_.exports[other].name) == name;
        });
        if (first != i) problem(Errc::duplicate_export_name, at, i, detail);
        const u32 kind_at = in_.offset();
        const u8 kind = in_.read_u8();
        if (kind > 3) in_.fail_at(Errc::malformed_export_kind, kind_at);
        entry.kind = static_cast<ExternKind>(kind);
        const u32 index_at = in_.offset();
        entry.index = in_.read_u32();
        if (!in_.ok()) return;

        switch (entry.kind) {
        case ExternKind::function:
            if (entry.index >= module_.functions.size())
                problem(Errc::unknown_function, index_at, i, detail);
            mark_referenced(entry.index);
            break;
        case ExternKind::table:
            if (entry.index >= module_.tables.size())
                problem(Errc::unknown_table, index_at, i, detail);
            break;
        case ExternKind::memory:
            if (entry.index >= module_.memories.size())
                problem(Errc::unknown_memory, index_at, i, detail);
            break;
        case ExternKind::global:
            if (entry.index >= module_.globals.size())
                problem(Errc::unknown_global, index_at, i, detail);
            else if (module_.globals[entry.index].type.is_mutable &&
                     !features_.has(Feature::mutable_globals))
                problem(Errc::mutable_globals_disabled, index_at, i, detail);
            break;
        }
        module_.exports.push_back(entry);
    }
}

void Decoder::read_start() {
    const u32 at = in_.offset();
    const u32 function = in_.read_u32();
    if (!in_.ok()) return;
    require(Feature::start_function, Errc::start_function_disabled, at, function);
    check_index(Errc::unknown_function, function, module_.functions.size(), at, function);
    module_.start = function;
    if (function >= module_.functions.size()) return;
    const u32 type = module_.functions[function];
    if (type < module_.types.size() &&
        (module_.types[type].param_count != 0 || module_.types[type].result_count != 0))
        problem(Errc::invalid_start_function, at, function);
}

void Decoder::read_data_count() {
    const u32 at = in_.offset();
    require_bulk_segments(at);
    module_.data_count = read_count(Errc::too_many_data_segments, limits_.data_segments);
}

/// Ranges only: what is inside a body is the validator's.
void Decoder::read_code() {
    module_.code_section = {in_.offset(), in_.remaining()};
    const u32 at = in_.offset();
    const u32 count = in_.read_u32();
    if (count != module_.functions.size() - module_.imported_functions)
        in_.fail_at(Errc::function_code_mismatch, at);
    reserve(module_.bodies, count, 1);
    for (u32 i = 0; i < count && in_.ok(); ++i) {
        const u32 size_at = in_.offset();
        const u32 size = in_.read_u32();
        check_limit(Errc::body_too_large, size, limits_.body_bytes, size_at,
                    module_.imported_functions + i);
        const Range body{in_.offset(), size};
        if (size > in_.remaining()) in_.fail(Errc::unexpected_end);
        in_.read_bytes(size);
        if (in_.ok()) module_.bodies.push_back(body);
    }
}

/// What must have come before the end of the module.
void Decoder::check_end() {
    if (module_.bodies.size() != module_.functions.size() - module_.imported_functions)
        in_.fail(Errc::function_code_mismatch);
    else if (module_.data_count && *module_.data_count != module_.data.size())
        in_.fail(Errc::data_count_mismatch);
}

result<void> Decoder::run(Error* after_code) {
    check_limit(Errc::module_too_large, module_.bytes.size(), limits_.module_bytes, 0);
    read_header();
    while (in_.ok() && !in_.at_end())
        read_section();
    if (in_.ok()) check_end();
    if (!in_.ok()) {
        if (!first_) first_ = in_.error();
        if (report_) report_->add(in_.error());
    }
    const bool in_or_after_code = module_.code_section.offset != 0;
    if (first_ &&
        !(after_code && in_or_after_code && first_->offset >= module_.code_section.offset))
        return *first_;
    if (first_) *after_code = *first_;
    module_.referenced.resize(module_.functions.size());
    return success();
}

result<Module> decode(bytes_view bytes, const Profile& profile, Report* report, Error* after_code) {
    try {
        // A module of 2 GiB is not worth a full report; everything below counts in 32 bits.
        if (bytes.size() > 0x7fff'ffff) {
            const Error error{Errc::module_too_large, 0};
            if (report) report->add(error);
            return error;
        }
        if (!report && bytes.size() > profile.limits.module_bytes)
            return Error{Errc::module_too_large, 0};
        Module module;
        module.bytes.assign(bytes.begin(), bytes.end());
        TRY(Decoder(module, profile, report).run(after_code));
        return module;
    } catch (const std::bad_alloc&) {
        return Error{Errc::out_of_memory};
    } catch (const std::length_error&) {
        return Error{Errc::out_of_memory};
    }
}

} // namespace lockstep

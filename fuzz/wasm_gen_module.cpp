// SPDX-License-Identifier: Apache-2.0
// The generator's module: what there is for code to name, made before the code, and its encoding.
#include "fuzz/generator.hpp"

#include <string>

namespace lockstep::fuzz {

// ---- functions ----

/// A few thousand operands above as many locals as the profile allows: slots beyond 16 bits.
void Generator::wide_body() {
    const u32 operands = 65536 - static_cast<u32>(locals_.size()) + below(16) - 8;
    for (u32 i = 0; i < operands; ++i) {
        if (i % 3 == 0)
            code_.i32_const(0);
        else
            get(static_cast<u32>(locals_.size()) - 1);
    }
    statements(6);
    for (u32 i = 0; i < operands; ++i)
        code_.op(Op::drop);
}

void Generator::function_body(u32 function) {
    constexpr u32 wide_locals = 49'000;
    function_ = function;
    code_.bytes.clear();
    locals_.assign(params(function).begin(), params(function).end());
    const usize parameters = locals_.size();
    counters_.clear();
    for (u32 i = below(chance(16) ? 40 : 7); i > 0; --i) {
        const ValType type = any_type();
        for (u32 same = 1 + below(3); same > 0; --same)
            locals_.push_back(type);
    }
    for (auto& list : locals_by_type_)
        list.clear();
    const bool wide = o_.wide_frames && in_.below(65536) < 8;
    for (u32 i = 0; i < locals_.size(); ++i)
        locals_by_type_[index_of(locals_[i])].push_back(i);
    if (wide) {
        const u32 first = static_cast<u32>(locals_.size());
        locals_.resize(wide_locals, ValType::i32);
        for (u32 i = 0; i < 4; ++i) {
            locals_by_type_[0].push_back(first + below(wide_locals - first));
            locals_by_type_[0].push_back(wide_locals - 1 - i);
        }
    }
    labels_.clear();
    labels_.push_back({results(function), false, false});
    depth_ = 0;
    budget_ = static_cast<i32>(o_.max_operators / (functions_.size() - imported_) + 2);
    if (wide) wide_body();
    statements(8);
    values(results(function));
    while (o_.fill_for_locals && code_.bytes.size() < 2 * (locals_.size() - parameters))
        code_.op(Op::nop);
    code_.op(Op::end);

    Code head;
    Code groups;
    u32 count = 0;
    for (usize i = parameters; i < locals_.size(); ++count) {
        usize next = i + 1;
        while (next < locals_.size() && locals_[next] == locals_[i])
            ++next;
        groups.unsigned_(next - i);
        groups.type(locals_[i]);
        i = next;
    }
    head.unsigned_(count);
    head.append(groups);
    code_section_.unsigned_(head.bytes.size() + code_.bytes.size());
    code_section_.append(head);
    code_section_.append(code_);
}

// ---- the module's parts ----

std::vector<ValType> Generator::some_types(u32 most, bool numeric) {
    std::vector<ValType> list(below(most + 1));
    for (ValType& type : list)
        type = numeric ? numeric_type() : any_type();
    return list;
}

void Generator::make_types() {
    types_.push_back({{}, {}}); // of the start function
    const u32 count = 2 + below(8);
    for (u32 i = 0; i < count; ++i) {
        if (i > 0 && chance(16)) {
            types_.push_back(types_[below(types_.size())]);
            continue;
        }
        FuncType type;
        type.params = some_types(chance(16) ? 12 : 4, false);
        type.results = some_types(!o_.multi_value ? 1 : chance(4) ? 4 : 1, false);
        types_.push_back(std::move(type));
    }
}

void Generator::make_functions() {
    if (o_.imports) {
        for (u32 i = below(4); i > 0; --i) {
            FuncType type;
            type.params = some_types(3, true);
            type.results = some_types(o_.multi_value && chance(8) ? 3 : 1, true);
            import_section_.name("env");
            import_section_.name("trace" + std::to_string(imported_));
            import_section_.byte(0);
            import_section_.unsigned_(types_.size());
            functions_.push_back(static_cast<u32>(types_.size()));
            types_.push_back(std::move(type));
            ++imported_;
        }
    }
    for (u32 i = 1 + below(o_.max_functions); i > 0; --i) {
        const u32 type = 1 + below(types_.size() - 1);
        functions_.push_back(chance(8) ? 0 : type);
    }
    named_by_ref_func_.resize(functions_.size());
}

void Generator::make_tables() {
    if (!o_.tables || chance(4)) return;
    const u32 count = o_.reference_types ? 1 + below(3) : 1;
    for (u32 i = 0; i < count; ++i) {
        Table table;
        table.element = i > 0 && chance(2) ? ValType::externref : ValType::funcref;
        table.min = below(12);
        table.max = table.min + below(20);
        table.functions.resize(table.min, no_function);
        tables_.push_back(std::move(table));
    }
}

void Generator::constant_expression(Code& code, ValType type) {
    std::swap(code.bytes, code_.bytes);
    constant(type);
    if (o_.extended_const && !is_float(type) && !is_reference(type)) {
        for (u32 i = chance(4) ? below(3) : 0; i > 0; --i) {
            constexpr std::array small{Op::i32_add, Op::i32_sub, Op::i32_mul};
            constexpr std::array large{Op::i64_add, Op::i64_sub, Op::i64_mul};
            constant(type);
            code_.op(type == ValType::i32 ? in_.pick(small) : in_.pick(large));
        }
    }
    code_.op(Op::end);
    std::swap(code.bytes, code_.bytes);
}

void Generator::make_globals() {
    if (!o_.globals) return;
    const u32 count = below(6);
    for (u32 i = 0; i < count; ++i) {
        // A float's bits need no float operator, but its initial value does.
        const GlobalType type{any_type(), !chance(3)};
        global_section_.type(type.type);
        global_section_.byte(type.is_mutable ? 1 : 0);
        constant_expression(global_section_, type.type);
        globals_.push_back(type);
    }
}

/// Mode 0: active, written where the table still has room; 1: passive.
void Generator::element_segment(u32 table, bool passive) {
    Table& to = tables_[table];
    const bool function = to.element == ValType::funcref;
    const bool expressions = o_.reference_types && (!function || chance(3));
    const u32 count = passive ? below(6) : below(to.min + 1);
    const u32 at = passive ? 0 : below(to.min - count + 1);
    Code& out = element_section_;
    const bool named = table != 0 || !function || (o_.reference_types && chance(4));
    out.unsigned_((passive ? 1u : named ? 2u : 0u) | (expressions ? 4u : 0u));
    if (!passive) {
        if (named) out.unsigned_(table);
        out.i32_const(static_cast<i32>(at));
        out.op(Op::end);
    }
    if (passive || named) {
        if (expressions)
            out.type(to.element);
        else
            out.byte(0);
    }
    out.unsigned_(count);
    for (u32 i = 0; i < count; ++i) {
        const bool null = expressions && (!function || chance(4));
        const u32 item = below(functions_.size());
        if (expressions) {
            out.op(null ? Op::ref_null : Op::ref_func);
            if (null)
                out.type(to.element);
            else
                out.unsigned_(item);
            out.op(Op::end);
        } else {
            out.unsigned_(item);
        }
        if (!passive && function) to.functions[at + i] = null ? no_function : item;
    }
    elements_.push_back(to.element);
}

void Generator::make_segments() {
    if (!tables_.empty()) {
        if (!chance(8)) element_segment(0, false);
        for (u32 i = below(4); i > 0; --i) {
            const u32 table = below(tables_.size());
            element_segment(table, o_.bulk_memory && chance(2));
        }
    }
    if (pages_ == no_memory) return;
    for (u32 i = below(4); i > 0; --i) {
        const bool passive = o_.bulk_memory && chance(2);
        if (!passive && pages_ == 0) continue;
        data_section_.unsigned_(passive ? 1 : 0);
        if (!passive) {
            data_section_.i32_const(static_cast<i32>(chance(4) ? 65536 - 12 : below(256)));
            data_section_.op(Op::end);
        }
        const u32 size = below(13);
        data_section_.unsigned_(size);
        for (u32 byte = 0; byte < size; ++byte)
            data_section_.byte(in_.byte());
        ++data_;
    }
}

/// Gives the number of exports, too.
u32 Generator::exports(Code& out) {
    u32 count = 0;
    const auto add = [&](char letter, u32 number, u8 kind, u32 index) {
        out.name(letter == 'm' ? "memory" : letter + std::to_string(number));
        out.byte(kind);
        out.unsigned_(index);
        ++count;
    };
    for (u32 i = imported_; i < functions_.size(); ++i)
        if (i == imported_ || !chance(6)) add('f', i - imported_, 0, i);
    for (u32 i = 0; i < tables_.size(); ++i)
        add('t', i, 1, i);
    if (pages_ != no_memory) add('m', 0, 2, 0);
    for (u32 i = 0; i < globals_.size(); ++i)
        add('g', i, 3, i);
    return count;
}

Bytes Generator::run() {
    endless_ = o_.endless && chance(4);
    if (o_.memory && !chance(8)) {
        max_pages_ = 1 + below(o_.max_pages);
        pages_ = chance(12) ? 0 : 1 + below(max_pages_);
    }
    make_types();
    make_functions();
    make_tables();
    make_globals();
    make_segments();
    for (u32 i = imported_; i < functions_.size(); ++i)
        function_body(i);
    return assemble();
}

Bytes Generator::assemble() {
    Code types;
    for (const FuncType& type : types_) {
        types.byte(0x60);
        types.types(type.params);
        types.types(type.results);
    }
    Code functions;
    for (u32 i = imported_; i < functions_.size(); ++i)
        functions.unsigned_(functions_[i]);
    Code tables;
    for (const Table& table : tables_) {
        tables.type(table.element);
        tables.byte(1);
        tables.unsigned_(table.min);
        tables.unsigned_(table.max);
    }
    Code memory;
    memory.byte(1);
    memory.unsigned_(pages_);
    memory.unsigned_(max_pages_);
    Code exported;
    const u32 export_count = exports(exported);
    // A segment that only declares, for ref.func of functions that nothing else names.
    u32 referred = 0;
    Code declared;
    for (u32 i = 0; i < functions_.size(); ++i) {
        if (!named_by_ref_func_[i]) continue;
        declared.unsigned_(i);
        ++referred;
    }
    u32 segments = static_cast<u32>(elements_.size());
    if (referred > 0) {
        element_section_.unsigned_(3);
        element_section_.byte(0);
        element_section_.unsigned_(referred);
        element_section_.append(declared);
        ++segments;
    }
    u32 start = no_function;
    if (o_.start_function && chance(16))
        for (u32 i = imported_; i < functions_.size(); ++i)
            if (functions_[i] == 0) start = i;

    Code out;
    out.bytes = {0x00, 'a', 's', 'm', 1, 0, 0, 0};
    out.section(1, types_.size(), types);
    out.section(2, imported_, import_section_);
    out.section(3, functions_.size() - imported_, functions);
    out.section(4, tables_.size(), tables);
    out.section(5, pages_ == no_memory ? 0 : 1, memory);
    out.section(6, globals_.size(), global_section_);
    out.section(7, export_count, exported);
    if (start != no_function) {
        Code index;
        index.unsigned_(start);
        out.byte(8);
        out.sized(index);
    }
    out.section(9, segments, element_section_);
    if (o_.bulk_memory && data_ > 0) {
        out.byte(12);
        out.byte(1);
        out.unsigned_(data_);
    }
    out.section(10, functions_.size() - imported_, code_section_);
    out.section(11, data_, data_section_);
    return std::move(out.bytes);
}

GeneratorOptions GeneratorOptions::lockstep_1() noexcept {
    GeneratorOptions options;
    options.multi_value = false;
    options.reference_types = false;
    options.tail_calls = false;
    options.extended_const = false;
    options.start_function = false;
    options.wide_frames = false;
    options.fill_for_locals = true;
    return options;
}

std::vector<u8> generate(bytes_view bytes, const GeneratorOptions& options) {
    return Generator(bytes, options).run();
}

std::vector<u8> generate(u64 seed, const GeneratorOptions& options) {
    std::array<u8, 8> bytes{};
    for (u32 i = 0; i < 8; ++i)
        bytes[i] = static_cast<u8>(seed >> (8 * i));
    return generate(bytes, options);
}

} // namespace lockstep::fuzz

// SPDX-License-Identifier: Apache-2.0
// Instantiation (spec 4.5.4): imports are matched, tables, memories and globals are made, then
// segments are written in order and the start function runs. Until the first segment nobody else
// can know the instance, so an Error up to there leaves the Store as it was; from there on the
// instance stays, since tables of others may refer to it, and what was written before a trap stays
// too.
#include "vm/instance.hpp"

#include "vm/reader.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <stdexcept>

namespace lockstep {
namespace {

/// Whether something of `size` now and at most `declared` fits where `wanted` is imported.
bool limits_match(const Limits& wanted, u64 size, const Limits& declared) noexcept {
    if (size < wanted.min) return false;
    return !wanted.has_max || (declared.has_max && declared.max <= wanted.max);
}

} // namespace

class Instantiation {
public:
    Instantiation(Store& store, Instance& instance, std::shared_ptr<const Executable> executable)
        : store_(store), instance_(instance), executable_(*executable),
          module_(executable->module) {
        instance_.store_ = &store;
        instance_.executable_ = std::move(executable);
    }

    /// Everything that nobody else sees.
    result<> prepare(std::span<const Extern> imports) {
        number_types();
        if (instance_.funcs_.extend(narrow<u32>(module_.functions.size())) == nullptr &&
            !module_.functions.empty())
            return Error{Errc::out_of_memory};
        set_context();
        instance_.tables_.reserve(module_.tables.size());
        instance_.memories_.reserve(module_.memories.size());
        instance_.globals_.reserve(module_.globals.size());
        for (u32 i = 0; i < module_.imports.size(); ++i) {
            const Import& import = module_.imports[i];
            const Errc error = i < imports.size() ? link(import, imports[i]) : Errc::unknown_import;
            if (error != Errc{}) return Error{error, Error::no_index, i};
        }
        make_tables();
        TRY(make_memories());
        make_globals();
        set_context();
        take_passive_segments();
        refer_to_exports();
        return success();
    }

    /// Writes the segments, in order, up to the first one that does not fit.
    Trap write_segments() {
        for (const ElementSegment& segment : module_.elements)
            if (segment.mode != SegmentMode::passive && !write_elements(segment))
                return Trap::table_out_of_bounds;
        for (const DataSegment& segment : module_.data)
            if (segment.mode == SegmentMode::active && !write_data(segment))
                return Trap::memory_out_of_bounds;
        return Trap::none;
    }

private:
    void number_types();
    void set_context();
    [[nodiscard]] Errc link(const Import& import, const Extern& external);
    [[nodiscard]] Errc link_function(const Import& import, const Extern& external);
    [[nodiscard]] Errc link_function(u32 type, const Func& function);
    [[nodiscard]] Errc link_function(u32 type, const HostFunction& function);
    [[nodiscard]] Errc link_table(const TableType& wanted, Table* table);
    [[nodiscard]] Errc link_memory(const MemoryType& wanted, Memory* memory);
    [[nodiscard]] Errc link_global(const GlobalType& wanted, Global* global);
    void make_tables();
    [[nodiscard]] result<> make_memories();
    void make_globals();
    void take_passive_segments();
    void refer_to_exports();
    [[nodiscard]] bool write_elements(const ElementSegment& segment);
    [[nodiscard]] bool write_data(const DataSegment& segment);
    template <class Take>
    void read_items(const ElementSegment& segment, Take take);

    [[nodiscard]] Reader reader(Range range) const {
        return {module_.bytes, range.offset, range.offset + range.size};
    }
    [[nodiscard]] Slot reference(u32 function) const {
        return reinterpret_cast<Slot>(&instance_.function(function));
    }
    [[nodiscard]] Slot evaluate(Range expression) {
        Reader in = reader(expression);
        return evaluate(in);
    }
    [[nodiscard]] Slot evaluate(Reader& in);
    template <class T, class Meaning>
    void combine(Meaning meaning) {
        const T right = static_cast<T>(stack_.back());
        stack_.pop_back();
        stack_.back() = meaning(static_cast<T>(stack_.back()), right);
    }

    Store& store_;
    Instance& instance_;
    const Executable& executable_;
    const Module& module_;
    u32 linked_functions_ = 0;
    std::vector<Slot> stack_; ///< of the constant expression that is evaluated
};

// ---- types and the context ----

void Instantiation::number_types() {
    store_.adopt(instance_.executable_);
    const bool adopted = store_.adopted_ == instance_.executable_;
    std::vector<u32>& numbers = instance_.signatures_;
    numbers.reserve(module_.types.size());
    for (u32 i = 0; i < module_.types.size(); ++i) {
        const u32 canonical = module_.types[i].canonical;
        if (adopted)
            numbers.push_back(canonical);
        else if (canonical < i)
            numbers.push_back(numbers[canonical]);
        else
            numbers.push_back(store_.signature({module_.params(i), module_.results(i)}));
    }
}

void Instantiation::set_context() {
    Context& context = instance_.context_;
    context.memory0 =
        instance_.memories_.empty() ? &instance_.no_memory_ : &instance_.memories_[0]->view;
    context.records = executable_.code.records.data();
    context.functions = executable_.code.functions.data();
    context.funcs = instance_.funcs_.data();
    context.globals = instance_.globals_.data();
    context.tables = instance_.tables_.data();
    context.signatures = instance_.signatures_.data();
    context.instance = &instance_;
}

// ---- imports (spec 3.4.11 and 4.5.3) ----

Errc Instantiation::link(const Import& import, const Extern& external) {
    const bool missing =
        std::visit([](const auto* pointer) { return pointer == nullptr; }, external);
    if (missing) return Errc::unknown_import;
    if (kind_of(external) != import.kind) return Errc::incompatible_import_type;
    switch (import.kind) {
    case ExternKind::function: return link_function(import, external);
    case ExternKind::table:
        return link_table(module_.tables[import.type], std::get<Table*>(external));
    case ExternKind::memory:
        return link_memory(module_.memories[import.type], std::get<Memory*>(external));
    case ExternKind::global:
        return link_global(module_.globals[import.type].type, std::get<Global*>(external));
    }
    return Errc::incompatible_import_type;
}

Errc Instantiation::link_function(const Import& import, const Extern& external) {
    if (const auto* host = std::get_if<const HostFunction*>(&external))
        return link_function(import.type, **host);
    return link_function(import.type, *std::get<const Func*>(external));
}

Errc Instantiation::link_function(u32 type, const Func& function) {
    if (function.signature != instance_.signatures_[type]) return Errc::incompatible_import_type;
    instance_.funcs_[linked_functions_++] = function;
    return Errc{};
}

Errc Instantiation::link_function(u32 type, const HostFunction& function) {
    const auto params = module_.params(type);
    const auto results = module_.results(type);
    if (!std::ranges::equal(params, function.type.params) ||
        !std::ranges::equal(results, function.type.results))
        return Errc::incompatible_import_type;
    Func& func = instance_.funcs_[linked_functions_++];
    func = Func{};
    func.host = &function;
    func.signature = instance_.signatures_[type];
    func.params = narrow<u16>(params.size());
    func.results = narrow<u16>(results.size());
    return Errc{};
}

Errc Instantiation::link_table(const TableType& wanted, Table* table) {
    if (table->type.element != wanted.element ||
        !limits_match(wanted.limits, table->elements.size(), table->type.limits))
        return Errc::incompatible_import_type;
    instance_.tables_.push_back(table);
    return Errc{};
}

Errc Instantiation::link_memory(const MemoryType& wanted, Memory* memory) {
    if (!limits_match(wanted.limits, memory->linear.pages(), memory->declared))
        return Errc::incompatible_import_type;
    instance_.memories_.push_back(memory);
    return Errc{};
}

Errc Instantiation::link_global(const GlobalType& wanted, Global* global) {
    if (global->type != wanted) return Errc::incompatible_import_type;
    instance_.globals_.push_back(global);
    return Errc{};
}

// ---- what the module defines ----

void Instantiation::make_tables() {
    const usize count = module_.tables.size() - module_.imported_tables;
    instance_.own_tables_.reserve(count);
    for (usize i = module_.imported_tables; i < module_.tables.size(); ++i) {
        const TableType& type = module_.tables[i];
        instance_.tables_.push_back(
            &instance_.own_tables_.emplace_back(Table{type, std::vector<Slot>(type.limits.min)}));
    }
}

result<> Instantiation::make_memories() {
    const usize count = module_.memories.size() - module_.imported_memories;
    instance_.own_memories_.reserve(count);
    for (usize i = module_.imported_memories; i < module_.memories.size(); ++i) {
        TRY(Memory memory, store_.new_memory(module_.memories[i].limits, executable_.memory_pages));
        instance_.memories_.push_back(&instance_.own_memories_.emplace_back(std::move(memory)));
    }
    return success();
}

void Instantiation::make_globals() {
    instance_.own_globals_.reserve(module_.globals.size() - module_.imported_globals);
    for (usize i = module_.imported_globals; i < module_.globals.size(); ++i) {
        const GlobalEntry& entry = module_.globals[i];
        instance_.globals_.push_back(
            &instance_.own_globals_.emplace_back(Global{entry.type, evaluate(entry.init)}));
    }
}

/// The functions that ref.func may name in a body are those that an export, a segment or a global's
/// initial value names (spec C.refs); the latter two are evaluated anyway.
void Instantiation::refer_to_exports() {
    for (const Export& entry : module_.exports)
        if (entry.kind == ExternKind::function) (void)instance_.function(entry.index);
}

// ---- constant expressions ----

/// The value of the expression at `in`, which is left behind its `end`. The expression is valid.
Slot Instantiation::evaluate(Reader& in) {
    stack_.clear();
    for (;;) {
        switch (static_cast<Op>(op_of_byte[in.read_u8()])) {
        case Op::i32_const: stack_.push_back(static_cast<u32>(in.read_s32())); break;
        case Op::i64_const: stack_.push_back(static_cast<u64>(in.read_s64())); break;
        case Op::f32_const: stack_.push_back(in.read_fixed<u32>()); break;
        case Op::f64_const: stack_.push_back(in.read_fixed<u64>()); break;
        case Op::global_get: stack_.push_back(instance_.globals_[in.read_u32()]->value); break;
        case Op::ref_func: stack_.push_back(reference(in.read_u32())); break;
        case Op::ref_null:
            (void)in.read_u8();
            stack_.push_back(0);
            break;
        case Op::i32_add: combine<u32>(std::plus()); break;
        case Op::i32_sub: combine<u32>(std::minus()); break;
        case Op::i32_mul: combine<u32>(std::multiplies()); break;
        case Op::i64_add: combine<u64>(std::plus()); break;
        case Op::i64_sub: combine<u64>(std::minus()); break;
        case Op::i64_mul: combine<u64>(std::multiplies()); break;
        case Op::end: return stack_.back();
        default: assert(false && "decode() accepts no other operator"); return 0;
        }
    }
}

// ---- segments ----

/// Hands each element of the segment to `take`.
template <class Take>
void Instantiation::read_items(const ElementSegment& segment, Take take) {
    Reader in = reader(segment.items);
    for (u32 i = 0; i < segment.count; ++i)
        take(segment.expressions ? evaluate(in) : reference(in.read_u32()));
}

void Instantiation::take_passive_segments() {
    const auto is_passive = [](const auto& segment) {
        return segment.mode == SegmentMode::passive;
    };
    if (std::ranges::any_of(module_.elements, is_passive)) {
        instance_.passive_elements_.resize(module_.elements.size());
        for (usize i = 0; i < module_.elements.size(); ++i) {
            if (!is_passive(module_.elements[i])) continue;
            std::vector<Slot>& items = instance_.passive_elements_[i];
            items.reserve(module_.elements[i].count);
            read_items(module_.elements[i], [&](Slot item) { items.push_back(item); });
        }
    }
    if (std::ranges::any_of(module_.data, is_passive)) {
        instance_.passive_data_.resize(module_.data.size());
        for (usize i = 0; i < module_.data.size(); ++i)
            instance_.passive_data_[i] = is_passive(module_.data[i]);
    }
}

/// An active segment, or a declarative one, which is only evaluated.
bool Instantiation::write_elements(const ElementSegment& segment) {
    if (segment.mode == SegmentMode::declarative) {
        read_items(segment, [](Slot) {});
        return true;
    }
    const u64 offset = static_cast<u32>(evaluate(segment.offset));
    std::vector<Slot>& elements = instance_.tables_[segment.table]->elements;
    if (offset + segment.count > elements.size()) return false;
    Slot* to = elements.data() + offset;
    read_items(segment, [&](Slot item) { *to++ = item; });
    return true;
}

bool Instantiation::write_data(const DataSegment& segment) {
    const u64 offset = static_cast<u32>(evaluate(segment.offset));
    const MemoryView memory = instance_.memories_[segment.memory]->view;
    const bytes_view data = module_.view(segment.data);
    if (offset + data.size() > memory.size) return false;
    if (!data.empty()) std::memcpy(memory.base + offset, data.data(), data.size());
    return true;
}

// ---- the whole ----

result<Instantiated> Store::instantiate(std::shared_ptr<const Executable> executable,
                                        std::span<const Extern> imports,
                                        const CallOptions& options) noexcept {
    assert(!running_ && "a Store does not grow while its guests run");
    Instantiated made;
    const auto out_of_memory = [&made] {
        if (made.instance != nullptr) made.instance->poisoned_ = true;
        return Error{Errc::out_of_memory};
    };
    try {
        std::list<Instance> list(1);
        Instantiation work(*this, list.front(), std::move(executable));
        TRY(work.prepare(imports));
        if (instances_.empty()) set_limits(list.front().executable());
        made.instance = &list.front();
        instances_.splice(instances_.end(), list);

        made.trap = work.write_segments();
        const std::optional<u32> start = made.instance->module().start;
        if (made.trap != Trap::none || !start) return made;
        TRY(const Outcome outcome, run(made.instance->function(*start), {}, options));
        made.trap = outcome.trap;
        made.gas_used = outcome.gas_used;
        return made;
    } catch (const std::bad_alloc&) {
        return out_of_memory();
    } catch (const std::length_error&) {
        return out_of_memory();
    }
}

} // namespace lockstep

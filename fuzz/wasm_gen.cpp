// SPDX-License-Identifier: Apache-2.0
// Typed generation by recursive descent: expression(t) emits code that leaves one value of type t,
// statement() code that leaves the stack as it was. Both may branch away in the middle: what
// follows is then unreachable and still typed, so the module stays valid whatever is decided.
// Values wait on the stack while blocks and statements run, which is what lowering's symbolic
// operands have to get right.
#include "fuzz/generator.hpp"

namespace lockstep::fuzz {

namespace {

// ---- operators by the type they give, from the table's signatures ----

constexpr ValType type_of(char letter) {
    switch (letter) {
    case 'i': return ValType::i32;
    case 'l': return ValType::i64;
    case 'f': return ValType::f32;
    case 'd': return ValType::f64;
    default: return ValType::bottom;
    }
}

constexpr Row row_of(Op op, std::string_view signature) {
    Row row{op, 0, ValType::bottom, ValType::bottom, ValType::bottom, info(op).access != 0, false};
    if (signature == "special") return row;
    const usize bar = signature.find('_');
    row.params = static_cast<u8>(bar);
    if (bar > 0) row.param = type_of(signature[0]);
    if (bar > 0) row.last_param = type_of(signature[bar - 1]);
    if (bar + 1 < signature.size()) row.result = type_of(signature[bar + 1]);
    const u16 code = info(op).code;
    row.traps = info(op).op_class == OpClass::div ||
                (info(op).op_class == OpClass::convert && code < 0x100 && !is_float(row.result));
    return row;
}

constexpr std::array<Row, wasm_op_count> all_rows{{
#define OP(name, text, code, immediate, signature, access, class) row_of(Op::name, #signature),
#include "vm/opcodes.def"
}};

struct RowList {
    std::array<Row, 80> rows{};
    u32 count = 0;
    constexpr void add(const Row& row) { rows[count++] = row; }
};

template <class Wanted>
constexpr RowList select_rows(Wanted wanted) {
    RowList list;
    for (const Row& row : all_rows)
        if (wanted(row)) list.add(row);
    return list;
}

template <class Make>
constexpr std::array<RowList, 4> per_type(Make make) {
    return {make(ValType::i32), make(ValType::i64), make(ValType::f32), make(ValType::f64)};
}

constexpr std::array<RowList, 4> numeric_rows = per_type([](ValType type) {
    return select_rows([&](const Row& row) {
        return row.result == type && row.params > 0 && !row.access &&
               info(row.op).immediate == Immediate::none;
    });
});
constexpr std::array<RowList, 4> load_rows = per_type([](ValType type) {
    return select_rows([&](const Row& row) { return row.access && row.result == type; });
});
constexpr std::array<RowList, 4> store_rows = per_type([](ValType type) {
    return select_rows([&](const Row& row) {
        return row.access && row.result == ValType::bottom && row.last_param == type;
    });
});

constexpr RowList compare_rows =
    select_rows([](const Row& row) { return info(row.op).op_class == OpClass::compare; });

constexpr u32 max_depth = 14;

} // namespace

bool Generator::allowed(const Row& row) const {
    const u16 code = info(row.op).code;
    if (!o_.floats && (is_float(row.param) || is_float(row.result))) return false;
    if (!o_.sign_extension && code >= 0xc0 && code <= 0xc4) return false;
    return o_.sat_float_to_int || code < 0xfc00;
}

// ---- constants ----

void Generator::number(ValType type) {
    const u32 kind = below(8);
    switch (type) {
    case ValType::i32: {
        constexpr std::array<u32, 12> edges{0,          1,          0xffffffff, 0x7fffffff,
                                            0x80000000, 31,         32,         0x7fff,
                                            0x8000,     0xffff8000, 0xffff7fff, 0x10000};
        const u32 value = kind < 4   ? below(16)
                          : kind < 6 ? in_.pick(edges)
                          : kind < 7 ? u32{1} << below(32)
                                     : in_.bits<u32>();
        code_.op(Op::i32_const);
        if (chance(32) && value < 0x4000'0000) return code_.padded(value);
        return code_.signed_(static_cast<i32>(value));
    }
    case ValType::i64: {
        constexpr std::array<u64, 12> edges{0,
                                            1,
                                            ~u64{0},
                                            ~u64{0} >> 1,
                                            u64{1} << 63,
                                            0xffffffff,
                                            0x80000000,
                                            0xffffffff80000000,
                                            63,
                                            64,
                                            0x7fff,
                                            0xffffffffffff8000};
        const u64 value = kind < 4   ? below(16)
                          : kind < 6 ? in_.pick(edges)
                          : kind < 7 ? u64{1} << below(64)
                                     : in_.bits<u64>();
        code_.op(Op::i64_const);
        return code_.signed_(static_cast<i64>(value));
    }
    case ValType::f32: {
        constexpr std::array<u32, 14> edges{
            0,          0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000,
            0xffc00000, 0x7fa00001, 0x00000001, 0x4f000000, 0xcf000000, 0x4f800000, 0x5f800000};
        const u32 value = kind < 3   ? std::bit_cast<u32>(static_cast<f32>(below(100)) * 0.5f)
                          : kind < 7 ? in_.pick(edges)
                                     : in_.bits<u32>();
        code_.op(Op::f32_const);
        for (u32 i = 0; i < 32; i += 8)
            code_.byte(static_cast<u8>(value >> i));
        return;
    }
    default: {
        constexpr std::array<u64, 14> edges{0,
                                            u64{1} << 63,
                                            0x3ff0000000000000,
                                            0xbff0000000000000,
                                            0x7ff0000000000000,
                                            0xfff0000000000000,
                                            0x7ff8000000000000,
                                            0xfff8000000000000,
                                            0x7ff4000000000001,
                                            1,
                                            0x41e0000000000000,
                                            0xc1e0000000200000,
                                            0x43e0000000000000,
                                            0x36a0000000000000};
        const u64 value = kind < 3   ? std::bit_cast<u64>(static_cast<f64>(below(100)) * 0.5)
                          : kind < 7 ? in_.pick(edges)
                                     : in_.bits<u64>();
        code_.op(Op::f64_const);
        for (u32 i = 0; i < 64; i += 8)
            code_.byte(static_cast<u8>(value >> i));
    }
    }
}

void Generator::constant(ValType type) {
    if (!is_reference(type)) return number(type);
    if (type == ValType::funcref && !chance(3)) {
        const u32 function = below(functions_.size());
        named_by_ref_func_[function] = true;
        return code_.op(Op::ref_func, function);
    }
    code_.op(Op::ref_null);
    code_.type(type);
}

// ---- what to name ----

u32 Generator::local_of(ValType type) {
    const auto& list = locals_by_type_[index_of(type)];
    return list.empty() ? no_function : in_.pick(list);
}

u32 Generator::global_of(ValType type, bool is_mutable) {
    const u32 count = static_cast<u32>(globals_.size());
    if (count == 0) return no_function;
    const u32 start = below(count);
    for (u32 i = 0; i < count; ++i) {
        const u32 index = (start + i) % count;
        if (globals_[index].type == type && (globals_[index].is_mutable || !is_mutable))
            return index;
    }
    return no_function;
}

u32 Generator::table_of(ValType element) {
    const u32 count = static_cast<u32>(tables_.size());
    if (count == 0) return no_function;
    const u32 start = below(count);
    for (u32 i = 0; i < count; ++i)
        if (tables_[(start + i) % count].element == element) return (start + i) % count;
    return no_function;
}

/// A label to branch to, by depth. Loops that only their counter may repeat are left out: then the
/// next one outwards.
u32 Generator::target() {
    const u32 count = static_cast<u32>(labels_.size());
    u32 depth = below(count);
    while (depth < count - 1) {
        const Label& label = labels_[count - 1 - depth];
        if (!label.loop || (endless_ && !label.bounded)) break;
        ++depth;
    }
    return depth;
}

/// Mostly a function behind this one, so that calls end.
u32 Generator::callee() {
    const u32 count = static_cast<u32>(functions_.size());
    if (imported_ > 0 && chance(4)) return below(imported_);
    if (endless_ && chance(3)) return below(count);
    const u32 later = count - 1 - function_;
    if (later > 0) return function_ + 1 + below(later);
    return imported_ > 0 ? below(imported_) : no_function;
}

/// A local that counts a loop and that nothing else writes; one per open loop.
u32 Generator::counter() {
    if (counters_used_ == counters_.size()) {
        counters_.push_back(static_cast<u32>(locals_.size()));
        locals_.push_back(ValType::i32);
    }
    return counters_[counters_used_++];
}

// ---- expressions ----

void Generator::terminal(ValType type) {
    --budget_;
    const u32 kind = below(8);
    if (kind < 4) {
        if (const u32 local = local_of(type); local != no_function) return get(local);
    } else if (kind == 4) {
        if (const u32 global = global_of(type, false); global != no_function)
            return code_.op(Op::global_get, global);
    }
    constant(type);
}

void Generator::expression(ValType type) {
    if (exhausted() || depth_ >= max_depth) return terminal(type);
    ++depth_;
    if (chance(12)) statement();
    if (chance(4))
        terminal(type);
    else
        operation(type);
    --depth_;
}

void Generator::operation(ValType type) {
    --budget_;
    const u32 kind = below(32);
    const Types one = list_of(type);
    if (kind < 12 && !is_reference(type)) return numeric(type);
    if (kind < 15 && !is_reference(type) && pages_ != no_memory) return load(type);
    if (kind < 17) return block(Op::block, block_type(one));
    if (kind < 19) return block(Op::if_, block_type(one));
    if (kind < 20) return bounded_loop(type);
    if (kind < 21 && endless_) return block(Op::loop, block_type(one));
    if (kind < 24 && call_for(one)) return;
    if (kind < 25) return select(type);
    if (kind < 27) {
        if (const u32 local = local_of(type); local != no_function) {
            expression(type);
            return code_.op(Op::local_tee, local);
        }
    }
    if (kind < 28) {
        const u32 depth = target();
        const Types types = labels_[labels_.size() - 1 - depth].types;
        if (types.size() == 1 && types[0] == type) return branch_if(depth);
    }
    if (kind < 29 && chance(3)) return leave();
    if (kind < 31 && type == ValType::i32 && o_.reference_types) {
        expression(chance(2) ? ValType::funcref : ValType::externref);
        return code_.op(Op::ref_is_null);
    }
    if (is_reference(type) && o_.reference_types) {
        if (const u32 table = table_of(type); table != no_function) {
            table_index(tables_[table]);
            return code_.op(Op::table_get, table);
        }
    }
    if (kind == 31 && type == ValType::i32 && pages_ != no_memory) {
        code_.op(Op::memory_size);
        return code_.byte(0);
    }
    terminal(type);
}

/// One value of each type, in order.
void Generator::values(Types types) {
    if (types.size() > 1 && !exhausted() && chance(6)) {
        if (call_for(types)) return;
        if (const u32 type = type_for(types); type != no_type)
            return block(Op::block, {types_[type].params, types_[type].results, type});
    }
    for (const ValType type : types)
        expression(type);
}

void Generator::numeric(ValType type) {
    const RowList& list = numeric_rows[index_of(type)];
    for (u32 attempt = 0; attempt < 4; ++attempt) {
        const Row& row = list.rows[below(list.count)];
        if (!allowed(row)) continue;
        const bool guarded = row.traps && !risky();
        if (guarded && is_float(row.param)) continue;
        expression(row.param);
        if (row.params == 2) expression(row.param);
        if (guarded) { // odd and positive: neither zero nor -1
            const bool wide = row.param == ValType::i64;
            code_.op(wide ? Op::i64_const : Op::i32_const);
            code_.signed_(15);
            code_.op(wide ? Op::i64_and : Op::i32_and);
            code_.op(wide ? Op::i64_const : Op::i32_const);
            code_.signed_(1);
            code_.op(wide ? Op::i64_or : Op::i32_or);
        }
        return code_.op(row.op);
    }
    terminal(type);
}

/// An i32, often a comparison: what lowering fuses with the branch behind it.
void Generator::condition() {
    if (exhausted() || chance(2)) return expression(ValType::i32);
    if (chance(6)) {
        const ValType type = chance(2) ? ValType::i32 : ValType::i64;
        expression(type);
        return code_.op(type == ValType::i32 ? Op::i32_eqz : Op::i64_eqz);
    }
    const Row& row = compare_rows.rows[below(compare_rows.count)];
    expression(row.param);
    if (chance(2))
        number(row.param);
    else
        expression(row.param);
    code_.op(row.op);
}

void Generator::select(ValType type) {
    expression(type);
    expression(type);
    condition();
    if (!is_reference(type) && (!o_.reference_types || !chance(3))) return code_.op(Op::select);
    code_.op(Op::select_t);
    code_.types(list_of(type));
}

// ---- memory ----

/// An address inside the memory's initial size, at its edge, or anything. Gives the offset that the
/// access shall have.
u32 Generator::address(u32 width) {
    if (pages_ == 0 || (risky() && chance(3))) {
        constexpr std::array<u32, 6> far{0xffff,     0x10000,    0x7fffffff,
                                         0x80000000, 0xfffffff8, 0xffffffff};
        if (chance(2))
            code_.i32_const(static_cast<i32>(pages_ * 65536 - below(10)));
        else
            expression(ValType::i32);
        return chance(3) ? in_.pick(far) : below(16);
    }
    expression(ValType::i32);
    const u32 mask = chance(4) ? 0xffff - 7 : 0x7f;
    code_.i32_const(static_cast<i32>(mask));
    code_.op(Op::i32_and);
    if (mask != 0x7f) return chance(2) ? 0 : below(8 - width + 1);
    if (chance(3)) { // an addition that lowering makes a part of the access
        const bool subtract = chance(4);
        if (subtract || chance(2)) {
            const i32 distance = static_cast<i32>(below(chance(2) ? 16 : 0x9000));
            code_.i32_const(subtract ? -distance : distance);
        } else {
            expression(ValType::i32);
            code_.i32_const(0x7f);
            code_.op(Op::i32_and);
            if (chance(2)) consume_and_get(ValType::i32);
        }
        code_.op(subtract ? Op::i32_sub : Op::i32_add);
    }
    return chance(2) ? 0 : below(0x5000);
}

/// The top of the stack goes through a local, if there is one.
void Generator::consume_and_get(ValType type) {
    const u32 local = local_of(type);
    if (local == no_function) return;
    code_.op(Op::local_set, local);
    get(local);
}

void Generator::access(const Row& row, u32 offset) {
    code_.op(row.op);
    code_.unsigned_(below(static_cast<u32>(std::countr_zero(unsigned{info(row.op).access})) + 1));
    if (chance(32) && offset < 0x800'0000)
        code_.padded(offset);
    else
        code_.unsigned_(offset);
}

void Generator::load(ValType type) {
    const RowList& list = load_rows[index_of(type)];
    const Row& row = list.rows[below(list.count)];
    access(row, address(info(row.op).access));
}

void Generator::store() {
    const ValType type = numeric_type();
    const RowList& list = store_rows[index_of(type)];
    const Row& row = list.rows[below(list.count)];
    const u32 offset = address(info(row.op).access);
    expression(type);
    access(row, offset);
}

void Generator::length() {
    if (risky()) return expression(ValType::i32);
    code_.i32_const(static_cast<i32>(below(chance(4) ? 4096 : 20)));
}

void Generator::bulk_memory() {
    const u32 kind = below(data_ > 0 ? 4 : 2);
    const u32 segment = below(data_);
    if (kind == 3 && chance(3)) return code_.op(Op::data_drop, segment);
    const auto place = [&] {
        if (risky()) return expression(ValType::i32);
        expression(ValType::i32);
        code_.i32_const(0x7fff);
        code_.op(Op::i32_and);
    };
    place();
    if (kind == 0) {
        expression(ValType::i32);
        length();
        code_.op(Op::memory_fill);
    } else if (kind == 1) {
        place();
        length();
        code_.op(Op::memory_copy);
        code_.byte(0);
    } else {
        code_.i32_const(static_cast<i32>(below(4)));
        code_.i32_const(static_cast<i32>(below(8)));
        code_.op(Op::memory_init, segment);
    }
    code_.byte(0);
}

// ---- tables ----

void Generator::table_index(const Table& table) {
    if (table.min == 0 || (risky() && chance(2))) return expression(ValType::i32);
    code_.i32_const(static_cast<i32>(below(table.min)));
}

void Generator::table_operator() {
    const u32 index = below(tables_.size());
    const Table& table = tables_[index];
    const u32 kind = below(o_.reference_types ? 7 : 3);
    const auto small = [&] { code_.i32_const(static_cast<i32>(below(risky() ? 64 : 3))); };
    switch (kind) {
    case 0:
    case 1: {
        for (u32 i = 0; i < elements_.size(); ++i) {
            if (elements_[i] != table.element || !o_.bulk_memory) continue;
            if (chance(4)) return code_.op(Op::elem_drop, i);
            table_index(table);
            small();
            small();
            code_.op(Op::table_init, i);
            return code_.unsigned_(index);
        }
        return;
    }
    case 2:
        for (u32 other = 0; o_.bulk_memory && other < tables_.size(); ++other) {
            if (tables_[other].element != table.element || chance(2)) continue;
            table_index(table);
            table_index(tables_[other]);
            small();
            code_.op(Op::table_copy, index);
            return code_.unsigned_(other);
        }
        return;
    case 3:
        table_index(table);
        expression(table.element);
        return code_.op(Op::table_set, index);
    case 4:
        expression(table.element);
        small();
        code_.op(Op::table_grow, index);
        return consume(ValType::i32);
    case 5:
        table_index(table);
        expression(table.element);
        small();
        return code_.op(Op::table_fill, index);
    default: code_.op(Op::table_size, index); return consume(ValType::i32);
    }
}

// ---- blocks ----

/// A function type for a block that gives `results`, or none.
u32 Generator::type_for(Types results) {
    if (!o_.multi_value) return no_type;
    const u32 count = static_cast<u32>(types_.size());
    const u32 start = below(count);
    for (u32 i = 0; i < count; ++i) {
        const FuncType& type = types_[(start + i) % count];
        if (std::ranges::equal(type.results, results) && type.params.size() <= 8)
            return (start + i) % count;
    }
    return no_type;
}

/// A block that gives `results`, one at most, perhaps with parameters.
BlockType Generator::block_type(Types results) {
    if (o_.multi_value && chance(4)) {
        if (const u32 type = type_for(results); type != no_type)
            return {types_[type].params, types_[type].results, type};
    }
    if (results.empty()) return {{}, {}, -64};
    return {{}, results, static_cast<i64>(results[0]) - 128};
}

void Generator::block(Op op, const BlockType& type) {
    values(type.params);
    if (op == Op::if_) condition();
    code_.op(op);
    code_.signed_(type.code);
    const bool loop = op == Op::loop;
    labels_.push_back({loop ? type.params : type.results, loop, false});
    body(type.params, type.results);
    const bool needs_else = !std::ranges::equal(type.params, type.results);
    if (op == Op::if_ && (needs_else || chance(2))) {
        code_.op(Op::else_);
        body(type.params, type.results);
    }
    code_.op(Op::end);
    labels_.pop_back();
}

/// With `initial` on the stack: statements, and `results`. What both begin with may stay where it
/// is.
void Generator::body(Types initial, Types results) {
    usize keep = 0;
    while (keep < initial.size() && keep < results.size() && initial[keep] == results[keep])
        ++keep;
    keep = below(keep + 1);
    for (usize i = initial.size(); i > keep; --i)
        consume(initial[i - 1]);
    statements(3);
    values(results.subspan(keep));
}

/// const n; local.set c; loop; ...; c := c - 1; br_if c; end
void Generator::bounded_loop(ValType result) {
    const u32 local = counter();
    code_.i32_const(static_cast<i32>(1 + below(chance(8) ? 100 : 8)));
    code_.op(Op::local_set, local);
    const bool gives = result != ValType::bottom;
    code_.op(Op::loop);
    if (gives)
        code_.type(result);
    else
        code_.byte(0x40);
    labels_.push_back({{}, true, true});
    statements(3);
    const bool late = gives && chance(2);
    if (gives && !late) expression(result);
    get(local);
    code_.i32_const(1);
    code_.op(Op::i32_sub);
    code_.op(Op::local_tee, local);
    code_.op(Op::br_if, 0);
    if (late) expression(result);
    code_.op(Op::end);
    labels_.pop_back();
    --counters_used_;
}

// ---- branches ----

/// `depth`'s values, a condition, br_if; the values stay.
void Generator::branch_if(u32 depth) {
    values(labels_[labels_.size() - 1 - depth].types);
    condition();
    code_.op(Op::br_if, depth);
}

/// A table of labels that take what the label at `depth` takes.
void Generator::branch_table(u32 depth) {
    const u32 count = static_cast<u32>(labels_.size());
    const Types types = labels_[count - 1 - depth].types;
    std::array<u32, 16> depths{};
    u32 found = 0;
    for (u32 i = 0; i < count && found < depths.size(); ++i) {
        const Label& label = labels_[count - 1 - i];
        if (label.loop && (!endless_ || label.bounded)) continue;
        if (std::ranges::equal(label.types, types)) depths[found++] = i;
    }
    values(types);
    expression(ValType::i32);
    const u32 entries = found == 0 ? 0 : below(chance(16) ? 100 : 6);
    code_.op(Op::br_table, entries);
    for (u32 i = 0; i < entries; ++i)
        code_.unsigned_(depths[below(found)]);
    code_.unsigned_(depth);
}

/// Goes away for good; what follows is unreachable.
void Generator::leave() {
    const u32 kind = below(8);
    const Types own = labels_[0].types;
    const u32 depth = target();
    if (kind < 3) {
        values(labels_[labels_.size() - 1 - depth].types);
        code_.op(Op::br, depth);
    } else if (kind < 5) {
        branch_table(depth);
    } else if (kind == 5 && o_.tail_calls && call_tail(own)) {
    } else if (kind == 6 && o_.traps) {
        code_.op(Op::unreachable);
    } else {
        values(own);
        code_.op(Op::return_);
    }
    if (chance(2)) dead_operators();
}

/// Unreachable operators that take operands which are not there; the stack is left as high as it
/// was.
void Generator::dead_operators() {
    for (u32 i = below(5); i > 0; --i) {
        const ValType type = numeric_type();
        const RowList& list = numeric_rows[index_of(type)];
        const Row& row = list.rows[below(list.count)];
        if (!allowed(row)) continue;
        switch (below(4)) {
        case 0: code_.op(Op::drop); break;
        case 1:
            code_.op(Op::select);
            code_.op(Op::drop);
            break;
        case 2:
            if (const u32 local = local_of(type); local != no_function)
                code_.op(Op::local_set, local);
            break;
        default: code_.op(row.op); code_.op(Op::drop);
        }
    }
}

// ---- calls ----

void Generator::call(u32 function, bool tail) {
    values(params(function));
    code_.op(tail ? Op::return_call : Op::call, function);
}

/// Calls the function that stands at `slot` of the table.
void Generator::indirect(u32 slot, u32 table, bool tail) {
    const u32 function = tables_[table].functions[slot];
    values(params(function));
    if (risky())
        expression(ValType::i32);
    else
        code_.i32_const(static_cast<i32>(slot));
    code_.op(tail ? Op::return_call_indirect : Op::call_indirect,
             risky() && o_.traps ? duplicate_type(functions_[function]) : functions_[function]);
    code_.unsigned_(table);
}

/// Another number of the same type, if there is one.
u32 Generator::duplicate_type(u32 type) {
    for (u32 i = 0; i < types_.size(); ++i)
        if (types_[i] == types_[type] && chance(2)) return i;
    return type;
}

/// Calls something that gives exactly `wanted`, directly or through a table.
bool Generator::call_for(Types wanted, bool tail) {
    for (u32 attempt = 0; attempt < 3; ++attempt) {
        const u32 function = callee();
        if (function == no_function) return false;
        if (!std::ranges::equal(results(function), wanted)) continue;
        if (const u32 table = table_of(ValType::funcref); table != no_function && chance(2)) {
            const std::vector<u32>& slots = tables_[table].functions;
            const auto slot = std::ranges::find(slots, function);
            if (slot != slots.end()) {
                indirect(static_cast<u32>(slot - slots.begin()), table, tail);
                return true;
            }
        }
        call(function, tail);
        return true;
    }
    return false;
}

void Generator::call_statement() {
    const u32 function = callee();
    if (function == no_function) return;
    call(function, false);
    const Types types = results(function);
    for (usize i = types.size(); i > 0; --i)
        consume(types[i - 1]);
}

// ---- statements ----

/// Takes the top of the stack away.
void Generator::consume(ValType type) {
    if (const u32 local = local_of(type); local != no_function && chance(2))
        return code_.op(Op::local_set, local);
    code_.op(Op::drop);
}

void Generator::statements(u32 most) {
    for (u32 i = below(most + 1); i > 0 && !exhausted(); --i)
        statement();
}

void Generator::statement() {
    if (exhausted() || depth_ >= max_depth) return;
    ++depth_;
    --budget_;
    const u32 kind = below(32);
    if (kind < 8) {
        const ValType type = any_type();
        expression(type);
        if (const u32 local = local_of(type); local != no_function)
            code_.op(Op::local_set, local);
        else
            code_.op(Op::drop);
    } else if (kind < 12) {
        if (pages_ != no_memory) store();
    } else if (kind < 20) {
        plain_statement(kind);
    } else if (kind < 27) {
        control_statement(kind);
    } else if (kind < 30) {
        call_statement();
    } else if (kind < 31) {
        if (!tables_.empty()) table_operator();
    } else if (chance(4)) {
        leave();
    }
    --depth_;
}

void Generator::plain_statement(u32 kind) {
    const ValType type = any_type();
    switch (kind) {
    case 12:
    case 13:
        if (const u32 global = global_of(type, true); global != no_function) {
            expression(type);
            code_.op(Op::global_set, global);
        }
        return;
    case 14:
        if (const u32 local = local_of(type); local != no_function) {
            expression(type);
            code_.op(Op::local_tee, local);
            consume(type);
        }
        return;
    case 15: return code_.op(Op::nop);
    case 16:
        if (pages_ == no_memory || !chance(3)) return;
        if (risky())
            expression(ValType::i32);
        else
            code_.i32_const(static_cast<i32>(below(3)));
        code_.op(Op::memory_grow);
        code_.byte(0);
        return consume(ValType::i32);
    case 17:
    case 18:
        if (pages_ != no_memory && o_.bulk_memory) bulk_memory();
        return;
    default: expression(type); return code_.op(Op::drop);
    }
}

void Generator::control_statement(u32 kind) {
    switch (kind) {
    case 20: {
        const BlockType type = any_block_type();
        block(Op::block, type);
        return consume_all(type.results);
    }
    case 21: {
        const BlockType type = any_block_type();
        block(Op::if_, type);
        return consume_all(type.results);
    }
    case 22:
    case 23: return bounded_loop(ValType::bottom);
    case 24: {
        const u32 depth = target();
        branch_if(depth);
        return consume_all(labels_[labels_.size() - 1 - depth].types);
    }
    case 25: { // an arm that goes away
        condition();
        code_.op(Op::if_);
        code_.byte(0x40);
        labels_.push_back({{}, false, false});
        leave();
        labels_.pop_back();
        return code_.op(Op::end);
    }
    default: {
        if (!endless_) return;
        const BlockType type = any_block_type();
        block(Op::loop, type);
        return consume_all(type.results);
    }
    }
}

void Generator::consume_all(Types types) {
    for (usize i = types.size(); i > 0; --i)
        consume(types[i - 1]);
}

BlockType Generator::any_block_type() {
    if (chance(3)) return block_type({});
    if (o_.multi_value && chance(3)) {
        const u32 index = below(types_.size());
        const FuncType& type = types_[index];
        if (type.params.size() <= 8 && type.results.size() <= 8)
            return {type.params, type.results, index};
    }
    return block_type(list_of(numeric_type()));
}

} // namespace lockstep::fuzz

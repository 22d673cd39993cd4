// SPDX-License-Identifier: Apache-2.0
// One walk over a body: types are checked by the spec's algorithm (appendix), reachable operators
// are handed to the Builder. No recursion: open blocks live on an explicit stack. Every operator
// costs O(1) plus the operands it moves.
#include "vm/lower.hpp"

#include "vm/builder.hpp"
#include "vm/decode.hpp"
#include "vm/reader.hpp"

#include <algorithm>

namespace lockstep {
namespace {

using ir::EventKind;

struct SignatureRule {
    u8 params;
    u8 results;
    ValType param[3];
    ValType result;
};

constexpr SignatureRule rule_of(Signature signature) {
    constexpr auto i32_ = ValType::i32;
    constexpr auto i64_ = ValType::i64;
    constexpr auto f32_ = ValType::f32;
    constexpr auto f64_ = ValType::f64;
    constexpr auto none = ValType::bottom;
    switch (signature) {
    case Signature::special:
    case Signature::_: return {0, 0, {}, none};
    case Signature::_i: return {0, 1, {}, i32_};
    case Signature::i_i: return {1, 1, {i32_}, i32_};
    case Signature::i_l: return {1, 1, {i32_}, i64_};
    case Signature::i_f: return {1, 1, {i32_}, f32_};
    case Signature::i_d: return {1, 1, {i32_}, f64_};
    case Signature::l_i: return {1, 1, {i64_}, i32_};
    case Signature::l_l: return {1, 1, {i64_}, i64_};
    case Signature::l_f: return {1, 1, {i64_}, f32_};
    case Signature::l_d: return {1, 1, {i64_}, f64_};
    case Signature::f_i: return {1, 1, {f32_}, i32_};
    case Signature::f_l: return {1, 1, {f32_}, i64_};
    case Signature::f_f: return {1, 1, {f32_}, f32_};
    case Signature::f_d: return {1, 1, {f32_}, f64_};
    case Signature::d_i: return {1, 1, {f64_}, i32_};
    case Signature::d_l: return {1, 1, {f64_}, i64_};
    case Signature::d_f: return {1, 1, {f64_}, f32_};
    case Signature::d_d: return {1, 1, {f64_}, f64_};
    case Signature::ii_i: return {2, 1, {i32_, i32_}, i32_};
    case Signature::ll_i: return {2, 1, {i64_, i64_}, i32_};
    case Signature::ff_i: return {2, 1, {f32_, f32_}, i32_};
    case Signature::dd_i: return {2, 1, {f64_, f64_}, i32_};
    case Signature::ll_l: return {2, 1, {i64_, i64_}, i64_};
    case Signature::ff_f: return {2, 1, {f32_, f32_}, f32_};
    case Signature::dd_d: return {2, 1, {f64_, f64_}, f64_};
    case Signature::ii_: return {2, 0, {i32_, i32_}, none};
    case Signature::il_: return {2, 0, {i32_, i64_}, none};
    case Signature::if_: return {2, 0, {i32_, f32_}, none};
    case Signature::id_: return {2, 0, {i32_, f64_}, none};
    case Signature::iii_: return {3, 0, {i32_, i32_, i32_}, none};
    }
    return {0, 0, {}, none};
}

constexpr std::array<SignatureRule, wasm_op_count> signature_rules = [] {
    std::array<SignatureRule, wasm_op_count> rules{};
    for (usize i = 0; i < wasm_op_count; ++i)
        rules[i] = rule_of(op_infos[i].signature);
    return rules;
}();

/// How step() treats an operator: the frequent ones have a case of their own.
enum class Step : u8 {
    local_get,
    local_set,
    local_tee,
    i32_const,
    i64_const,
    unary,
    binary,
    load,
    store,
    retype,
    size_or_grow,
    bulk,
    global,
    begin_block,
    else_,
    end,
    br,
    br_if,
    call,
    drop,
    select,
    special, ///< the rare ones
    unusual,
};

constexpr Step step_of(const OpInfo& row) {
    switch (row.code) {
    case 0x02:
    case 0x03:
    case 0x04: return Step::begin_block;
    case 0x05: return Step::else_;
    case 0x0b: return Step::end;
    case 0x0c: return Step::br;
    case 0x0d: return Step::br_if;
    case 0x10:
    case 0x12: return Step::call;
    case 0x1a: return Step::drop;
    case 0x1b:
    case 0x1c: return Step::select;
    case 0x20: return Step::local_get;
    case 0x21: return Step::local_set;
    case 0x22: return Step::local_tee;
    case 0x23:
    case 0x24: return Step::global;
    case 0x41: return Step::i32_const;
    case 0x42: return Step::i64_const;
    case 0xad:
    case 0xbc:
    case 0xbd:
    case 0xbe:
    case 0xbf: return Step::retype;
    default: break;
    }
    if (row.signature == Signature::special || row.immediate == Immediate::table)
        return Step::special;
    const SignatureRule rule = rule_of(row.signature);
    if (row.immediate == Immediate::memarg) return rule.results != 0 ? Step::load : Step::store;
    if (row.immediate == Immediate::none) return rule.params == 2 ? Step::binary : Step::unary;
    return row.text == "memory.size" || row.text == "memory.grow" ? Step::size_or_grow : Step::bulk;
}

static_assert(info(Op::i64_extend_i32_u).code == 0xad &&
              info(Op::i32_reinterpret_f32).code == 0xbc &&
              info(Op::f64_reinterpret_i64).code == 0xbf);

constexpr std::array<Step, wasm_op_count> steps = [] {
    std::array<Step, wasm_op_count> table{};
    for (usize i = 0; i < wasm_op_count; ++i)
        table[i] = step_of(op_infos[i]);
    return table;
}();

/// What step() knows of an operator.
struct alignas(16) Row {
    u32 weight; ///< 0 for else and end, which weigh only where they are reached
    u16 op;
    Step step;       ///< unusual: not an operator of one byte, or disabled
    u8 aligns_below; ///< of a memory access: 1 + its natural alignment, or 0 without a memory
    ValType param[2];
    ValType result;
};

enum class FrameKind : u8 { function, block, loop, if_, else_ };

struct Frame {
    u32 height;     ///< operands below the block's own
    u32 type;       ///< block type: see block_params(), block_results()
    u32 label;      ///< where a branch to it goes
    u32 else_label; ///< `if`: where a false condition goes
    u32 stub;       ///< label of the latest br_table's stub for this frame
    u32 stub_table; ///< number of that br_table
    FrameKind kind;
    bool live;     ///< entered in reachable code
    bool targeted; ///< a reachable branch goes to its label
    bool dead;     ///< the rest of it is unreachable: its operand stack is polymorphic
};

// Block types: an index of Module::types, or one of these.
constexpr u32 simple_type = 0x8000'0000; // | ValType; bottom = no result
constexpr std::array<ValType, 0x80> value_types = [] {
    std::array<ValType, 0x80> table{};
    for (usize i = 0; i < table.size(); ++i)
        table[i] = static_cast<ValType>(i);
    return table;
}();

/// The result types of a block type with at most one: a view of one byte that says itself.
std::span<const ValType> one_type(u32 type) {
    const u32 byte = type & 0x7f;
    return {&value_types[byte], byte != 0 ? 1u : 0u};
}

bool is_value_type(u8 byte) { return byte >= 0x7c || byte == 0x70 || byte == 0x6f; }

Errc feature_error(u32 bits, const OpInfo& op) {
    const Features on{bits};
    const auto off = [&](Feature feature) { return !on.has(feature); };
    const u16 code = op.code;
    if (op.text.starts_with("f32.") || op.text.starts_with("f64.") ||
        op.text.find("_f32") != std::string_view::npos ||
        op.text.find("_f64") != std::string_view::npos) {
        if (off(Feature::floats)) return Errc::floats_disabled;
    }
    if (code >= 0xc0 && code <= 0xc4 && off(Feature::sign_extension))
        return Errc::sign_extension_disabled;
    if (code >= 0xfc00 && code <= 0xfc07 && off(Feature::sat_float_to_int))
        return Errc::sat_float_to_int_disabled;
    if (code >= 0xfc08 && code <= 0xfc0e && off(Feature::bulk_memory))
        return Errc::bulk_memory_disabled;
    if (((code >= 0xfc0f) || code == 0x25 || code == 0x26 || code == 0x1c ||
         (code >= 0xd0 && code <= 0xd2)) &&
        off(Feature::reference_types))
        return Errc::reference_types_disabled;
    if ((code == 0x12 || code == 0x13) && off(Feature::tail_call)) return Errc::tail_call_disabled;
    return Errc{};
}

} // namespace

struct Lowering::Impl {
    const Module& module;
    const Profile& profile;
    std::array<Row, 256> rows{}; ///< what a byte means under this profile and schedule
    std::array<u32, op_of_fc.size()> fc_weights{};
    u32 else_weight = 0;
    u32 end_weight = 0;
    Reader reader{{}, 0, 0};
    ir::Builder builder;
    Buffer<Frame> frames;
    Buffer<ValType> locals;
    Report* report = nullptr;
    u32 function = 0;
    u32 table_number = 0;
    u32 next_function = 0; ///< declared locals of the functions before it are in total_locals
    u64 total_locals = 0;
    u32 base = 0; ///< frames.back().height
    bool live = true;
    u64 units = 0; ///< see Lowering::Work
    u64 emitted = 0;
    const bool lazy_nan;

    Impl(const Module& m, const Profile& p, const Weights& weights, Marks marks)
        : module(m), profile(p), builder(reader, marks == Marks::all),
          lazy_nan(p.nan_rule == NanRule::cosmwasm) {
        for (usize i = 0; i < rows.size(); ++i)
            rows[i] = row(op_of_byte[i], weights);
        for (usize i = 0; i < fc_weights.size(); ++i)
            if (op_of_fc[i] != no_op) fc_weights[i] = weights[op_of_fc[i]];
        std::swap(else_weight, rows[info(Op::else_).code].weight);
        std::swap(end_weight, rows[info(Op::end).code].weight);
    }
    [[nodiscard]] Row row(u16 op, const Weights& weights) const {
        if (op == no_op) return {0, static_cast<u16>(Op::nop), Step::unusual, 0, {}, {}};
        Row row = enabled_row(op);
        row.weight = weights[op];
        if (disabled_error(static_cast<Op>(op)) != Errc{}) row.step = Step::unusual;
        return row;
    }
    [[nodiscard]] Row enabled_row(u16 op) const {
        const SignatureRule rule = signature_rules[op];
        const u32 access = op_infos[op].access;
        const bool has_memory = access != 0 && !module.memories.empty();
        const u8 aligns_below = static_cast<u8>(has_memory ? std::bit_width(access) : 0);
        return {0, op, steps[op], aligns_below, {rule.param[0], rule.param[1]}, rule.result};
    }
    [[nodiscard]] Errc disabled_error(Op op) const {
        return feature_error(profile.features.bits, info(op));
    }

    // ---- errors ----

    [[gnu::noinline, gnu::cold]] void fail(Errc code) { reader.fail_at(code, reader.marked()); }
    void check(bool holds, Errc code) {
        if (!holds) [[unlikely]]
            fail(code);
    }
    /// A feature of the profile that is off: a report collects it and the walk goes on.
    [[gnu::noinline, gnu::cold]] void forbidden(Errc code, std::string_view what) {
        if (report != nullptr && reader.marked() >= report_from)
            report->add({code, reader.marked(), function}, std::string(what));
        if (first_forbidden.code == Errc{}) first_forbidden = {code, reader.marked(), function};
        if (report == nullptr) fail(code);
    }
    u32 report_from = 0; ///< offset from which on problems are not yet reported
    Error first_forbidden{};
    Error resource_error{}; ///< out of memory, or an operand stack over its limit

    [[nodiscard]] bool reference_values_allowed() const {
        return profile.features.has(Feature::reference_types) ||
               profile.features.has(Feature::reference_values);
    }

    // ---- operands ----

    [[nodiscard]] bool at_frame_base() { return builder.height() == base; }

    ValType pop_any() {
        if (at_frame_base()) [[unlikely]] {
            if (!frames.back().dead) fail(Errc::type_mismatch);
            return ValType::bottom;
        }
        return builder.pop().type();
    }
    /// Checks that the operand `depth` below the top has `type`, without popping.
    void expect_at(u32 depth, ValType type) {
        if (depth < builder.height() - base) [[likely]] {
            const ValType found = builder.operand(builder.height() - 1 - depth).type();
            if (found != type && found != ValType::bottom) [[unlikely]]
                fail(Errc::type_mismatch);
        } else if (!frames.back().dead) [[unlikely]] {
            fail(Errc::type_mismatch);
        }
    }
    /// Checks the operands below the top `above` ones.
    [[gnu::always_inline]] void expect(std::span<const ValType> types, u32 above = 0) {
        const u32 count = static_cast<u32>(types.size());
        if (count == 0) return;
        units += count;
        const u32 height = builder.height() - above;
        bool fits = builder.height() - base >= count + above;
        for (u32 i = 0; fits && i < count; ++i)
            fits = builder.operand(height - count + i).type() == types[i];
        if (!fits) [[unlikely]]
            expect_slowly(types, above);
    }
    [[gnu::noinline, gnu::cold]] void expect_slowly(std::span<const ValType> types, u32 above) {
        u32 depth = above;
        for (usize i = types.size(); i > 0; --i)
            expect_at(depth++, types[i - 1]);
    }
    /// At its end a block holds its results and nothing else; unreachable code may hold fewer.
    void check_height(const Frame& frame, u32 results) {
        const u32 here = builder.height() - frame.height;
        check(here == results || (frame.dead && here < results), Errc::type_mismatch);
    }
    /// Drops `count` operands of unreachable code.
    void discard(u32 count) {
        builder.truncate(builder.height() - std::min(builder.height() - base, count));
    }
    void push_dead(std::span<const ValType> types) {
        for (const ValType type : types)
            builder.push_dead(type);
    }
    /// The operands of the top are `types`: reachable code keeps them as they are, unreachable code
    /// gets them typed.
    void retake(std::span<const ValType> types) {
        if (live) return;
        discard(static_cast<u32>(types.size()));
        push_dead(types);
    }

    // ---- block types and frames ----

    std::span<const ValType> block_params(u32 type) const {
        return type & simple_type ? std::span<const ValType>{} : module.params(type);
    }
    std::span<const ValType> block_results(u32 type) const {
        if (!(type & simple_type)) return module.results(type);
        return one_type(type);
    }
    std::span<const ValType> label_types(const Frame& frame) const {
        return frame.kind == FrameKind::loop ? block_params(frame.type) : block_results(frame.type);
    }
    u32 read_block_type() {
        const u32 at = reader.offset();
        const i64 code = reader.read_s33();
        if (code == -64) [[likely]]
            return simple_type;
        if (code >= 0) {
            if (!profile.features.has(Feature::multi_value))
                forbidden(Errc::multi_value_disabled, "a block with a type index");
            if (static_cast<u64>(code) >= module.types.size()) {
                fail(Errc::unknown_type);
                return simple_type;
            }
            return static_cast<u32>(code);
        }
        const u8 byte = static_cast<u8>(code & 0x7f);
        if (code < -64 || !is_value_type(byte)) {
            if (code == -5)
                fail(Errc::simd_disabled);
            else
                reader.fail_at(Errc::malformed_value_type, at);
            return simple_type;
        }
        if (is_reference(static_cast<ValType>(byte)) && !reference_values_allowed())
            forbidden(Errc::reference_types_disabled, "a block type");
        return simple_type | byte;
    }
    void push_frame(FrameKind kind, u32 type, u32 params) {
        check(frames.size() < profile.limits.nesting, Errc::nesting_too_deep);
        base = builder.height() - params;
        units += u64{params} + block_results(type).size();
        if (!frames.push_back({base, type, 0, 0, 0, 0, kind, live, false, false}))
            return reader.stop();
        if (live) frames.back().label = builder.new_label();
    }
    /// The rest of the innermost block is unreachable.
    void become_unreachable(bool cut) {
        Frame& frame = frames.back();
        if (live && cut) builder.mark(EventKind::cut);
        live = false;
        frame.dead = true;
        builder.truncate(frame.height);
    }
    Frame* target(u32 depth) {
        if (depth >= frames.size()) {
            fail(Errc::unknown_label);
            return nullptr;
        }
        return &frames[frames.size() - 1 - depth];
    }
    [[nodiscard]] static EventKind before_kind(const Frame& frame) {
        return frame.kind == FrameKind::loop ? EventKind::before_backward : EventKind::before;
    }

    // ---- one function ----

    result<> lower(u32 index, ir::Draft& draft, Report* to, bool with_offsets);
    void walk_carefully(bool with_offsets);
    bool walk(u32 index, ir::Draft& draft, bool wide, bool with_offsets);
    bool read_locals(u32 index);
    [[gnu::always_inline]] void step();
    void special(Op op);
    void constant(ValType type, u64 bits);
    void reference(Op op);
    void return_from_function();
    [[nodiscard]] bool has(ValType top) const;
    [[nodiscard]] bool has(ValType second, ValType top) const;
    [[gnu::noinline, gnu::cold]] void take_slowly(const SignatureRule& rule);
    [[gnu::noinline, gnu::cold]] void take_slowly(Op op);
    [[gnu::noinline, gnu::cold]] void unusual();
    [[gnu::always_inline]] void perform(const Row& row);
    void lazy_float(Op op, const SignatureRule& rule);
    void size_or_grow(Op op);
    [[gnu::always_inline]] u32 memory_argument(const Row& row);
    [[gnu::noinline, gnu::cold]] void bad_alignment(const Row& row);
    void bulk(Op op);
    void table(Op op);
    void end_block();
    void else_arm();
    void end_function();
    void begin_block(Op op);
    void branch(u32 depth);
    void branch_if(u32 depth);
    void branch_table();
    void direct_call(Op op);
    void indirect_call(Op op);
    void select(bool typed);
    void drop();
    [[gnu::always_inline]] void local_get();
    [[gnu::always_inline]] void local_set(bool tee);
    void global(Op op);
    u32 read_table_index();
    ValType table_element(u32 index);
};

// ---- operators without a rule of their own ----

/// Whether these operands are there, in reachable code.
inline bool Lowering::Impl::has(ValType top) const {
    const u32 height = builder.height();
    return live && height != base && builder.operand(height - 1).type() == top;
}
inline bool Lowering::Impl::has(ValType second, ValType top) const {
    const u32 height = builder.height();
    return live && height - base >= 2 && builder.operand(height - 1).type() == top &&
           builder.operand(height - 2).type() == second;
}

/// Takes what is there of a rule's operands, pushes its result, and says what is wrong, if
/// anything.
void Lowering::Impl::take_slowly(const SignatureRule& rule) {
    for (u32 i = 0; i < rule.params; ++i)
        expect_at(i, rule.param[rule.params - 1u - i]);
    discard(rule.params);
    if (rule.results != 0) builder.push_dead(rule.result);
}

void Lowering::Impl::take_slowly(Op op) { take_slowly(signature_rules[static_cast<usize>(op)]); }

/// CosmWasm's rule: an arithmetic NaN is canonical when it is seen, so sign and payload operators
/// that take it straight from the operand stack see the canonical one and pass the pending
/// canonicalisation on.
void Lowering::Impl::lazy_float(Op op, const SignatureRule& rule) {
    const bool was_pending = builder.operand(builder.height() - 1).nan_pending();
    switch (op) {
    case Op::f64_promote_f32:
    case Op::f32_demote_f64:
        builder.unary(op == Op::f64_promote_f32 ? Op::raw_promote : Op::raw_demote, rule.result,
                      was_pending);
        break;
    case Op::f32_abs:
    case Op::f32_neg:
    case Op::f64_abs:
    case Op::f64_neg: builder.unary(op, rule.result, was_pending); break;
    case Op::f32_min:
    case Op::f32_max:
    case Op::f64_min:
    case Op::f64_max:
    case Op::f32_copysign:
    case Op::f64_copysign: return builder.binary(op, rule.param[0], rule.result);
    default: {
        const bool arithmetic = is_float(rule.param[0]);
        if (rule.params == 2) return builder.binary(op, rule.param[0], rule.result, arithmetic);
        return builder.unary(op, rule.result, arithmetic);
    }
    }
    if (was_pending) builder.canonicalise(rule.result);
}

/// Reads alignment and offset of a memory access.
inline u32 Lowering::Impl::memory_argument(const Row& row) {
    const u32 align = reader.read_u32();
    const u32 offset = reader.read_u32();
    if (align >= row.aligns_below) [[unlikely]]
        bad_alignment(row);
    return offset;
}
void Lowering::Impl::bad_alignment(const Row& row) {
    fail(row.aligns_below == 0 ? Errc::unknown_memory : Errc::alignment_too_large);
}

void Lowering::Impl::bulk(Op op) {
    u32 first = 0;
    u32 second = 0;
    switch (info(op).immediate) {
    case Immediate::memory: // memory.fill
        if (reader.read_u8() != 0) fail(Errc::zero_byte_expected);
        check(!module.memories.empty(), Errc::unknown_memory);
        break;
    case Immediate::memory_memory:
        if (reader.read_u8() != 0 || reader.read_u8() != 0) fail(Errc::zero_byte_expected);
        check(!module.memories.empty(), Errc::unknown_memory);
        break;
    case Immediate::data: // data.drop
    case Immediate::data_memory:
        first = reader.read_u32();
        if (op == Op::memory_init) {
            if (reader.read_u8() != 0) fail(Errc::zero_byte_expected);
            check(!module.memories.empty(), Errc::unknown_memory);
        }
        check(module.data_count.has_value(), Errc::data_count_required);
        check(first < module.data.size(), Errc::unknown_data_segment);
        break;
    case Immediate::elem: // elem.drop
        first = reader.read_u32();
        check(first < module.elements.size(), Errc::unknown_elem_segment);
        break;
    case Immediate::elem_table: {
        first = reader.read_u32();
        second = reader.read_u32();
        const ValType to = table_element(second);
        check(first < module.elements.size(), Errc::unknown_elem_segment);
        if (reader.ok()) check(module.elements[first].type == to, Errc::type_mismatch);
        break;
    }
    default: { // table.copy
        first = reader.read_u32();
        second = reader.read_u32();
        const ValType to = table_element(first);
        check(table_element(second) == to, Errc::type_mismatch);
        break;
    }
    }
    const u32 operands = signature_rules[static_cast<usize>(op)].params;
    for (u32 i = 0; i < operands; ++i)
        expect_at(i, ValType::i32);
    if (!live || !reader.ok())
        discard(operands);
    else if (operands == 0)
        builder.drop_segment(op, first);
    else
        builder.bulk(op, operands, first, second, false);
}

ValType Lowering::Impl::table_element(u32 index) {
    if (index < module.tables.size()) return module.tables[index].element;
    fail(Errc::unknown_table);
    return ValType::funcref;
}

void Lowering::Impl::table(Op op) {
    const u32 index = reader.read_u32();
    const ValType element = table_element(index);
    const ValType i32 = ValType::i32;
    switch (op) {
    case Op::table_get: {
        expect_at(0, i32);
        if (live && reader.ok()) return builder.table_get(index, element);
        discard(1);
        return builder.push_dead(element);
    }
    case Op::table_set: {
        const ValType types[] = {i32, element};
        expect(types);
        if (live && reader.ok()) return builder.table_set(index);
        return discard(2);
    }
    case Op::table_size:
        if (live && reader.ok()) return builder.nullary(op, i32, index);
        return builder.push_dead(i32);
    case Op::table_grow: {
        const ValType types[] = {element, i32};
        expect(types);
        if (live && reader.ok()) return builder.bulk(op, 2, index, 0, true);
        discard(2);
        return builder.push_dead(i32);
    }
    default: { // table.fill
        const ValType types[] = {i32, element, i32};
        expect(types);
        if (live && reader.ok()) return builder.bulk(op, 3, index, 0, false);
        return discard(3);
    }
    }
}

inline void Lowering::Impl::local_get() {
    const u32 index = reader.read_u32();
    if (index >= locals.size()) [[unlikely]]
        return fail(Errc::unknown_local);
    if (live) [[likely]]
        builder.push_local(index, locals[index]);
    else
        builder.push_dead(locals[index]);
}

inline void Lowering::Impl::local_set(bool tee) {
    const u32 index = reader.read_u32();
    if (index >= locals.size()) [[unlikely]]
        return fail(Errc::unknown_local);
    const ValType type = locals[index];
    if (!has(type)) [[unlikely]]
        return take_slowly({1, static_cast<u8>(tee), {type}, type});
    if (tee)
        builder.local_tee(index, type);
    else
        builder.local_set(index);
}

void Lowering::Impl::drop() {
    if (live && !at_frame_base()) return builder.drop();
    pop_any();
}

void Lowering::Impl::global(Op op) {
    const u32 index = reader.read_u32();
    if (index >= module.globals.size()) return fail(Errc::unknown_global);
    const GlobalType type = module.globals[index].type;
    if (op == Op::global_get) {
        if (live)
            builder.global_get(index, type.type);
        else
            builder.push_dead(type.type);
        return;
    }
    check(type.is_mutable, Errc::global_is_immutable);
    expect_at(0, type.type);
    if (live && reader.ok())
        builder.global_set(index);
    else
        discard(1);
}

void Lowering::Impl::select(bool typed) {
    ValType type = ValType::bottom;
    if (typed) {
        const u32 count = reader.read_u32();
        check(count == 1, Errc::invalid_result_arity);
        const u8 byte = reader.read_u8();
        if (reader.ok() && !is_value_type(byte)) fail(Errc::malformed_value_type);
        type = static_cast<ValType>(byte);
    }
    expect_at(0, ValType::i32);
    const u32 available = builder.height() - base;
    for (u32 depth = 1; depth <= 2; ++depth) {
        if (depth >= available) {
            check(frames.back().dead, Errc::type_mismatch);
            continue;
        }
        const ValType found = builder.operand(builder.height() - 1 - depth).type();
        if (!typed && is_reference(found)) fail(Errc::type_mismatch);
        if (type == ValType::bottom) type = found;
        check(found == type || found == ValType::bottom, Errc::type_mismatch);
    }
    if (live && reader.ok()) return builder.select(type);
    discard(3);
    builder.push_dead(type);
}

// ---- control ----

void Lowering::Impl::begin_block(Op op) {
    const u32 type = read_block_type();
    const auto params = block_params(type);
    const u32 count = static_cast<u32>(params.size());
    if (op == Op::if_) expect_at(0, ValType::i32);
    expect(params, op == Op::if_ ? 1 : 0);
    if (!reader.ok()) return;
    if (!live) {
        if (op == Op::if_) discard(1);
        retake(params);
        const FrameKind kind = op == Op::block  ? FrameKind::block
                               : op == Op::loop ? FrameKind::loop
                                                : FrameKind::if_;
        return push_frame(kind, type, count);
    }
    if (op == Op::if_) {
        builder.materialise_below_top(count);
        builder.materialise_locals_below_top();
        const u32 else_label = builder.new_label();
        builder.branch_if(op, else_label, false, EventKind::before);
        push_frame(FrameKind::if_, type, count);
        if (reader.ok()) frames.back().else_label = else_label;
        return builder.mark(EventKind::after_split, op);
    }
    builder.materialise_top(count);
    builder.materialise_locals();
    if (op == Op::loop) builder.mark_before(EventKind::before, op);
    push_frame(op == Op::loop ? FrameKind::loop : FrameKind::block, type, count);
    if (op != Op::loop || !reader.ok()) return;
    builder.bind(frames.back().label);
    builder.mark(EventKind::loop_header, op);
}

void Lowering::Impl::else_arm() {
    Frame& frame = frames.back();
    if (frame.kind != FrameKind::if_) return fail(Errc::illegal_opcode);
    const auto results = block_results(frame.type);
    expect(results);
    check_height(frame, static_cast<u32>(results.size()));
    if (!reader.ok()) return;
    if (live) {
        builder.weigh(else_weight);
        builder.move_results(static_cast<u32>(results.size()), frame.height);
        builder.mark_before(EventKind::before, Op::else_);
        builder.jump(frame.label);
        frame.targeted = true;
        builder.mark(EventKind::cut);
    }
    builder.truncate(frame.height);
    live = frame.live;
    builder.forget_weight();
    frame.kind = FrameKind::else_;
    frame.dead = false;
    const auto params = block_params(frame.type);
    if (!live) return push_dead(params);
    builder.bind(frame.else_label);
    builder.mark(EventKind::after_split, Op::else_);
    for (const ValType type : params)
        builder.push_slot(type);
}

void Lowering::Impl::end_block() {
    const Frame frame = frames.back();
    const auto results = block_results(frame.type);
    const u32 arity = static_cast<u32>(results.size());
    expect(results);
    check_height(frame, arity);
    if (frame.kind == FrameKind::if_) { // no else: the parameters pass through
        const auto params = block_params(frame.type);
        check(std::equal(params.begin(), params.end(), results.begin(), results.end()),
              Errc::type_mismatch);
    }
    if (!reader.ok()) return;
    if (frame.kind == FrameKind::function) return end_function();
    const bool is_if = frame.kind == FrameKind::if_ || frame.kind == FrameKind::else_;
    const bool joins = frame.kind != FrameKind::loop && (frame.targeted || is_if);
    frames.pop_back();
    base = frames.back().height;
    if (live) {
        builder.weigh(end_weight);
        if (joins) builder.materialise_top(arity);
        builder.mark_before(EventKind::before, Op::end);
    }
    if (!frame.live) {
        builder.truncate(frame.height);
        return push_dead(results);
    }
    const bool skipped_if = frame.kind == FrameKind::if_; // the condition may be false
    const bool reached = live || skipped_if || (frame.targeted && frame.kind != FrameKind::loop);
    if (skipped_if) builder.bind(frame.else_label);
    if (frame.targeted && frame.kind != FrameKind::loop) builder.bind(frame.label);
    if (!joins && live) { // operands stay as they are
        if (lazy_nan) builder.settle_nans(arity);
        return;
    }
    builder.truncate(frame.height);
    if (!live) builder.forget_weight();
    live = reached;
    if (!reached) return push_dead(results);
    builder.mark(EventKind::join, Op::end);
    for (const ValType type : results)
        builder.push_slot(type);
}

void Lowering::Impl::end_function() {
    const Frame& frame = frames.back();
    const u32 arity = static_cast<u32>(block_results(frame.type).size());
    if (live) {
        builder.weigh(end_weight);
        if (frame.targeted) builder.materialise_top(arity);
        builder.mark(EventKind::before, Op::end);
    }
    if (frame.targeted) {
        builder.bind(frame.label);
        builder.truncate(0);
        for (const ValType type : block_results(frame.type))
            builder.push_slot(type);
    }
    if (live || frame.targeted) builder.return_results(arity);
    frames.pop_back();
    if (!reader.at_end()) reader.fail(Errc::section_size_mismatch);
}

void Lowering::Impl::branch(u32 depth) {
    Frame* frame = target(depth);
    if (frame == nullptr) return;
    const auto types = label_types(*frame);
    expect(types);
    if (live && reader.ok()) {
        const u32 arity = static_cast<u32>(types.size());
        if (frame->kind == FrameKind::function) {
            builder.mark_before(EventKind::before, Op::br);
            builder.return_results(arity);
        } else {
            frame->targeted = true;
            builder.move_results(arity, frame->height);
            builder.mark_before(before_kind(*frame), Op::br);
            builder.jump(frame->label);
        }
    }
    become_unreachable(true);
}

void Lowering::Impl::branch_if(u32 depth) {
    expect_at(0, ValType::i32);
    Frame* frame = target(depth);
    if (frame == nullptr) return;
    const auto types = label_types(*frame);
    const u32 arity = static_cast<u32>(types.size());
    expect(types, 1);
    if (!live || !reader.ok()) {
        discard(1);
        return retake(types);
    }
    frame->targeted = true;
    builder.materialise_below_top(arity);
    if (arity == 0 || builder.height() - 1 - arity == frame->height) {
        builder.branch_if(Op::br_if, frame->label, true, before_kind(*frame));
    } else {
        const u32 skip = builder.new_label();
        builder.branch_if(Op::br_if, skip, false, before_kind(*frame));
        builder.move_results(arity, frame->height);
        builder.jump(frame->label);
        builder.bind(skip);
    }
    builder.mark(EventKind::after_split, Op::br_if);
}

void Lowering::Impl::branch_table() {
    const u32 count = reader.read_u32();
    check(count <= profile.limits.br_table_targets, Errc::br_table_too_large);
    if (reader.ok() && count > reader.remaining()) reader.fail(Errc::unexpected_end);
    expect_at(0, ValType::i32);
    if (!reader.ok()) return;
    const Reader targets = reader;
    // First pass: depths and types; every target must agree in arity with the default.
    EventKind kind = EventKind::before;
    u32 arity = 0;
    for (u32 i = 0; i <= count; ++i) {
        Frame* frame = target(reader.read_u32());
        if (frame == nullptr || !reader.ok()) return;
        const auto types = label_types(*frame);
        if (i == 0) arity = static_cast<u32>(types.size());
        check(types.size() == arity, Errc::type_mismatch);
        if (!reader.ok()) return;
        // Types are checked once a frame and table, so a table costs its entries plus distinct
        // frames' arity.
        if (frame->stub_table != table_number + 1) {
            frame->stub_table = table_number + 1;
            frame->stub = 0xffff'ffff;
            expect(types, 1);
        }
        if (frame->kind == FrameKind::loop) kind = EventKind::before_backward;
    }
    ++table_number;
    if (!live || !reader.ok()) return become_unreachable(true);
    builder.materialise_below_top(arity);
    builder.begin_table(count, kind);
    Reader again = targets;
    for (u32 i = 0; i <= count; ++i) {
        Frame& frame = *target(again.read_u32());
        frame.targeted = true;
        u32 label = frame.label;
        if (arity != 0 && builder.height() - arity != frame.height) {
            if (frame.stub == 0xffff'ffff) frame.stub = builder.new_label();
            label = frame.stub;
        }
        builder.table_label(i, label);
    }
    if (arity != 0) {
        again = targets;
        for (u32 i = 0; i <= count; ++i) {
            Frame& frame = *target(again.read_u32());
            if (frame.stub == 0xffff'ffff) continue;
            builder.bind(frame.stub);
            builder.move_results(arity, frame.height);
            builder.jump(frame.label);
            frame.stub = 0xffff'ffff;
        }
    }
    become_unreachable(true);
}

void Lowering::Impl::direct_call(Op op) {
    const u32 index = reader.read_u32();
    if (index >= module.functions.size()) return fail(Errc::unknown_function);
    const u32 type = module.functions[index];
    const auto params = module.params(type);
    const auto results = module.results(type);
    expect(params);
    if (op == Op::return_call) {
        const auto own = block_results(frames[0].type);
        check(std::equal(own.begin(), own.end(), results.begin(), results.end()),
              Errc::type_mismatch);
    }
    const u32 count = static_cast<u32>(params.size());
    units += results.size();
    if (live && reader.ok()) {
        const bool host = index < module.imported_functions;
        const Op row = op == Op::call ? (host ? Op::call_host : Op::call)
                                      : (host ? Op::return_call_host : Op::return_call);
        builder.call(row, op, host ? index : index - module.imported_functions, count, results);
    } else {
        discard(count);
        if (op == Op::call) push_dead(results);
    }
    if (op == Op::return_call) become_unreachable(true);
}

u32 Lowering::Impl::read_table_index() {
    if (profile.features.has(Feature::reference_types)) return reader.read_u32();
    if (profile.features.has(Feature::overlong_table_index)) {
        const u32 index = reader.read_u32();
        if (index != 0) forbidden(Errc::reference_types_disabled, "a second table");
        return 0;
    }
    if (reader.read_u8() != 0) fail(Errc::zero_byte_expected);
    return 0;
}

void Lowering::Impl::indirect_call(Op op) {
    const u32 type = reader.read_u32();
    const u32 table_index = read_table_index();
    check(table_element(table_index) == ValType::funcref, Errc::type_mismatch);
    if (type >= module.types.size()) return fail(Errc::unknown_type);
    expect_at(0, ValType::i32);
    const auto params = module.params(type);
    const auto results = module.results(type);
    const u32 count = static_cast<u32>(params.size());
    units += results.size();
    expect(params, 1);
    if (op == Op::return_call_indirect) {
        const auto own = block_results(frames[0].type);
        check(std::equal(own.begin(), own.end(), results.begin(), results.end()),
              Errc::type_mismatch);
    }
    if (live && reader.ok()) {
        builder.call_indirect(op, type, table_index, count, results);
    } else {
        discard(count + 1);
        if (op == Op::call_indirect) push_dead(results);
    }
    if (op == Op::return_call_indirect) become_unreachable(true);
}

void Lowering::Impl::return_from_function() {
    const auto results = block_results(frames[0].type);
    expect(results);
    if (live && reader.ok()) {
        builder.mark_before(EventKind::before, Op::return_);
        builder.return_results(static_cast<u32>(results.size()));
    }
    become_unreachable(true);
}

inline void Lowering::Impl::constant(ValType type, u64 bits) {
    if (live) [[likely]]
        builder.push_constant(type, bits);
    else
        builder.push_dead(type);
}

void Lowering::Impl::reference(Op op) {
    switch (op) {
    case Op::ref_null: {
        const auto type = static_cast<ValType>(reader.read_u8());
        if (reader.ok() && !is_reference(type)) return fail(Errc::malformed_reference_type);
        return constant(type, 0);
    }
    case Op::ref_func: {
        const u32 index = reader.read_u32();
        if (index >= module.functions.size()) return fail(Errc::unknown_function);
        check(module.referenced[index], Errc::undeclared_function_reference);
        if (live) return builder.nullary(op, ValType::funcref, index);
        return builder.push_dead(ValType::funcref);
    }
    default: { // ref.is_null
        if (at_frame_base()) {
            check(frames.back().dead, Errc::type_mismatch);
        } else {
            const ValType type = builder.operand(builder.height() - 1).type();
            check(type == ValType::bottom || is_reference(type), Errc::type_mismatch);
        }
        if (live && reader.ok()) return builder.unary(op, ValType::i32);
        discard(1);
        return builder.push_dead(ValType::i32);
    }
    }
}

void Lowering::Impl::size_or_grow(Op op) {
    if (reader.read_u8() != 0) fail(Errc::zero_byte_expected);
    check(!module.memories.empty(), Errc::unknown_memory);
    const bool fits = op == Op::memory_grow ? has(ValType::i32) : live;
    if (!fits || !reader.ok()) return take_slowly(op);
    if (op == Op::memory_grow)
        builder.memory_grow();
    else
        builder.nullary(op, ValType::i32);
}

void Lowering::Impl::special(Op op) {
    switch (op) {
    case Op::f32_const: return constant(ValType::f32, reader.read_fixed<u32>());
    case Op::f64_const: return constant(ValType::f64, reader.read_fixed<u64>());
    case Op::br_table: return branch_table();
    case Op::return_: return return_from_function();
    case Op::call_indirect:
    case Op::return_call_indirect: return indirect_call(op);
    case Op::unreachable:
        if (live) {
            builder.mark(EventKind::cut, op);
            builder.trap_unreachable();
        }
        return become_unreachable(false);
    case Op::ref_null:
    case Op::ref_func:
    case Op::ref_is_null: return reference(op);
    case Op::nop: return;
    default: return table(op);
    }
}

/// Prefixed, unknown and disabled operators.
void Lowering::Impl::unusual() {
    const u8 byte = module.bytes[reader.marked()];
    u16 op = op_of_byte[byte];
    if (op == no_op) {
        if (byte != 0xfc) return fail(unknown_opcode(byte));
        const u32 sub = reader.read_u32();
        op = sub < op_of_fc.size() ? op_of_fc[sub] : no_op;
        if (op == no_op) return fail(Errc::illegal_opcode);
        builder.weigh(fc_weights[sub]);
    }
    const Errc disabled = disabled_error(static_cast<Op>(op));
    if (disabled != Errc{}) forbidden(disabled, op_infos[op].text);
    perform(enabled_row(op));
}

/// REQUIRES: the body is not at its end.
inline void Lowering::Impl::step() {
    reader.mark();
    const Row& row = rows[reader.read_u8()];
    builder.weigh(row.weight);
    perform(row);
}

inline void Lowering::Impl::perform(const Row& row) {
    const Op op = static_cast<Op>(row.op);
    // Every third operator: known by a test, it costs less than a wrong guess of the switch's jump.
    if (row.step == Step::local_get) return local_get();
    switch (row.step) {
    case Step::local_get: break;
    case Step::local_set: return local_set(false);
    case Step::local_tee: return local_set(true);
    case Step::i32_const: return constant(ValType::i32, static_cast<u32>(reader.read_s32()));
    case Step::i64_const: return constant(ValType::i64, static_cast<u64>(reader.read_s64()));
    case Step::binary:
        if (!has(row.param[0], row.param[1])) [[unlikely]]
            return take_slowly(op);
        if (lazy_nan && is_float(row.result)) [[unlikely]]
            return lazy_float(op, signature_rules[row.op]);
        return builder.binary(op, row.param[0], row.result);
    case Step::unary:
        if (!has(row.param[0])) [[unlikely]]
            return take_slowly(op);
        if (lazy_nan && is_float(row.result)) [[unlikely]]
            return lazy_float(op, signature_rules[row.op]);
        return builder.unary(op, row.result);
    case Step::load: {
        const u32 offset = memory_argument(row);
        if (!has(ValType::i32)) [[unlikely]]
            return take_slowly(op);
        return builder.load(op, row.result, offset);
    }
    case Step::store: {
        const u32 offset = memory_argument(row);
        if (!has(ValType::i32, row.param[1])) [[unlikely]]
            return take_slowly(op);
        return builder.store(op, offset);
    }
    case Step::retype:
        if (!has(row.param[0])) [[unlikely]]
            return take_slowly(op);
        return builder.retype(row.result);
    case Step::size_or_grow: return size_or_grow(op);
    case Step::bulk: return bulk(op);
    case Step::global: return global(op);
    case Step::begin_block: return begin_block(op);
    case Step::else_: return else_arm();
    case Step::end: return end_block();
    case Step::br: return branch(reader.read_u32());
    case Step::br_if: return branch_if(reader.read_u32());
    case Step::call: return direct_call(op);
    case Step::drop: return drop();
    case Step::select: return select(op == Op::select_t);
    case Step::special: return special(op);
    case Step::unusual: return unusual();
    }
    __builtin_unreachable();
}

// ---- one function ----

bool Lowering::Impl::read_locals(u32 index) {
    const u32 type = module.functions[module.imported_functions + index];
    locals.clear();
    for (const ValType param : module.params(type))
        locals.push_back(param);
    const u32 params = locals.size();
    const u32 groups = reader.read_u32();
    u64 declared = 0;
    for (u32 i = 0; i < groups && reader.ok(); ++i) {
        reader.mark();
        const u32 count = reader.read_u32();
        const u8 byte = reader.read_u8();
        if (!reader.ok()) return false;
        declared += count;
        check(declared <= 0xffff'ffff, Errc::too_many_locals);
        check(is_value_type(byte), byte == 0x7b ? Errc::simd_disabled : Errc::malformed_value_type);
        check(declared <= profile.limits.locals, Errc::too_many_function_locals);
        const auto value_type = static_cast<ValType>(byte);
        if (is_reference(value_type) && !reference_values_allowed())
            forbidden(Errc::reference_types_disabled, "a local");
        if (!reader.ok()) return false;
        if (ValType* first = locals.extend(count)) std::fill_n(first, count, value_type);
    }
    if (!reader.ok()) return false;
    if (index == next_function) {
        ++next_function;
        total_locals += locals.size() - params;
    }
    check(total_locals <= profile.limits.total_locals, Errc::too_many_total_locals);
    if (const u32 halves = profile.limits.locals_per_code_byte_halves; halves != 0)
        check(total_locals * 2 <= static_cast<u64>(halves) * module.code_section.size,
              Errc::too_many_total_locals);
    return reader.ok();
}

/// The walk for bodies that may have too many operators, or whose offsets are wanted.
void Lowering::Impl::walk_carefully(bool with_offsets) {
    u32 budget = profile.limits.body_operators;
    for (; !reader.at_end(); --budget) {
        if (budget == 0) break;
        step();
        if (with_offsets) builder.note_offsets();
    }
    if (budget != 0 || !reader.ok() || frames.empty()) return;
    reader.mark();
    fail(Errc::body_has_too_many_operators);
}

/// Walks the body; false, on the way, if it must be walked as a wide function.
bool Lowering::Impl::walk(u32 index, ir::Draft& draft, bool wide, bool with_offsets) {
    const Range body = module.bodies[index];
    reader = Reader(module.bytes, body.offset, body.offset + body.size);
    if (!read_locals(index)) return true;
    const u32 type = module.functions[module.imported_functions + index];
    const u32 params = static_cast<u32>(module.params(type).size());
    live = true;
    table_number = 0;
    frames.clear();
    wide = wide || body.size > 0xffff; // it may need far slots, and starting again costs more
    builder.begin(draft, params, locals.size() - params, {profile.limits.operand_stack, wide});
    push_frame(FrameKind::function, type, 0);
    if (!reader.at_end()) {
        const u8 first = module.bytes[reader.offset()];
        const u16 code = op_of_byte[first];
        draft.first_op = code == no_op ? Op::nop : static_cast<Op>(code);
    }
    if (with_offsets || body.size > profile.limits.body_operators) {
        walk_carefully(with_offsets);
    } else {
        while (!reader.at_end())
            step();
    }
    emitted += u64{draft.records.size()} + draft.events.size();
    units += locals.size();
    if (builder.failed() || frames.failed() || locals.failed()) [[unlikely]] {
        resource_error = {Errc::out_of_memory, Error::no_index, function};
        return true;
    }
    if (builder.too_high_at() != ir::Builder::no_offset) [[unlikely]] {
        resource_error = {Errc::operand_stack_too_high, builder.too_high_at(), function};
        return true;
    }
    if (builder.needs_wide()) return false;
    if (reader.ok() && !frames.empty()) reader.fail(Errc::unexpected_end);
    if (reader.ok()) builder.finish(static_cast<u32>(module.results(type).size()));
    return true;
}

result<> Lowering::Impl::lower(u32 index, ir::Draft& draft, Report* to, bool with_offsets) {
    report = to;
    report_from = 0;
    function = module.imported_functions + index;
    first_forbidden = {};
    resource_error = {};
    if (!walk(index, draft, false, with_offsets)) {
        report_from = reader.marked() + 1; // the rest is collected already
        (void)walk(index, draft, true, with_offsets);
    }
    frames.release_if_large();
    builder.release_if_large();
    if (resource_error.code == Errc::out_of_memory) return resource_error;
    Error first = first_forbidden;
    const auto found = [&](Error error) {
        if (error.code == Errc{} || error == first) return;
        if (to != nullptr) to->add(error);
        if (first.code == Errc{} || error.offset < first.offset) first = error;
    };
    found(resource_error);
    if (!reader.ok()) found({reader.error().code, reader.error().offset, function});
    if (first.code != Errc{}) return first;
    return success();
}

Lowering::Lowering(const Module& module, const Profile& profile, const Weights& weights,
                   Marks marks)
    : impl_(std::make_unique<Impl>(module, profile, weights, marks)) {}
Lowering::~Lowering() = default;

Lowering::Work Lowering::work() const noexcept {
    return {impl_->emitted + impl_->builder.scanned(), impl_->units};
}

result<> Lowering::lower(u32 index, ir::Draft& draft, Report* report, bool with_offsets) {
    return impl_->lower(index, draft, report, with_offsets);
}

} // namespace lockstep

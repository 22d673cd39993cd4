// SPDX-License-Identifier: Apache-2.0
// ir::Builder: records for operators. Slots beyond 16 bits appear only in wide functions: there, an
// operator works on three scratch slots between locals and operands, and `wide` copies carry values
// to and from the far slots.
#include "vm/builder.hpp"

namespace lockstep::ir {
namespace {

/// The comparison with its operands exchanged, or `nop`.
Op mirrored(Op op) {
    switch (op) {
    case Op::i32_eq:
    case Op::i32_ne:
    case Op::i64_eq:
    case Op::i64_ne: return op;
    case Op::i32_lt_s: return Op::i32_gt_s;
    case Op::i32_lt_u: return Op::i32_gt_u;
    case Op::i32_gt_s: return Op::i32_lt_s;
    case Op::i32_gt_u: return Op::i32_lt_u;
    case Op::i32_le_s: return Op::i32_ge_s;
    case Op::i32_le_u: return Op::i32_ge_u;
    case Op::i32_ge_s: return Op::i32_le_s;
    case Op::i32_ge_u: return Op::i32_le_u;
    case Op::i64_lt_s: return Op::i64_gt_s;
    case Op::i64_lt_u: return Op::i64_gt_u;
    case Op::i64_gt_s: return Op::i64_lt_s;
    case Op::i64_gt_u: return Op::i64_lt_u;
    case Op::i64_le_s: return Op::i64_ge_s;
    case Op::i64_le_u: return Op::i64_ge_u;
    case Op::i64_ge_s: return Op::i64_le_s;
    case Op::i64_ge_u: return Op::i64_le_u;
    case Op::i32_add:
    case Op::i32_mul:
    case Op::i32_and:
    case Op::i32_or:
    case Op::i32_xor:
    case Op::i64_add:
    case Op::i64_mul:
    case Op::i64_and:
    case Op::i64_or:
    case Op::i64_xor: return op;
    default: return Op::nop;
    }
}

/// The integer comparison that holds exactly when `op` does not, or `nop` if `op` is no integer
/// comparison.
Op inverted(Op op) {
    switch (op) {
    case Op::i32_eq: return Op::i32_ne;
    case Op::i32_ne: return Op::i32_eq;
    case Op::i32_lt_s: return Op::i32_ge_s;
    case Op::i32_lt_u: return Op::i32_ge_u;
    case Op::i32_gt_s: return Op::i32_le_s;
    case Op::i32_gt_u: return Op::i32_le_u;
    case Op::i32_le_s: return Op::i32_gt_s;
    case Op::i32_le_u: return Op::i32_gt_u;
    case Op::i32_ge_s: return Op::i32_lt_s;
    case Op::i32_ge_u: return Op::i32_lt_u;
    case Op::i64_eq: return Op::i64_ne;
    case Op::i64_ne: return Op::i64_eq;
    case Op::i64_lt_s: return Op::i64_ge_s;
    case Op::i64_lt_u: return Op::i64_ge_u;
    case Op::i64_gt_s: return Op::i64_le_s;
    case Op::i64_gt_u: return Op::i64_le_u;
    case Op::i64_le_s: return Op::i64_gt_s;
    case Op::i64_le_u: return Op::i64_gt_u;
    case Op::i64_ge_s: return Op::i64_lt_s;
    case Op::i64_ge_u: return Op::i64_lt_u;
    default: return Op::nop;
    }
}

bool fits_short(ValType type, u64 bits) {
    const i64 value = type == ValType::i32 ? static_cast<i32>(bits) : static_cast<i64>(bits);
    return value == static_cast<i16>(value) && !is_float(type);
}

} // namespace

void Builder::begin(Draft& draft, u32 params, u32 locals, Options options) {
    draft_ = &draft;
    draft.clear();
    draft.param_slots = params;
    draft.local_slots = locals;
    stack_.clear();
    pending_.clear();
    const u32 all = params + locals;
    if (u32* heads = pending_.extend(all))
        std::fill_n(heads, all, 0u);
    else if (all != 0)
        out_of_memory();
    scanned_ += all;
    weight_ = 0;
    base_ = all + (options.wide ? scratch_slots : 0);
    max_height_ = 0;
    max_operands_ = options.max_operands;
    too_high_at_ = no_offset;
    watermark_ = 0;
    event_position_ = 0;
    producer_ = nothing;
    wide_ = options.wide;
    needs_wide_ = false;
    far_position_ = nothing;
    mark(EventKind::entry);
}

void Builder::finish(u32 result_slots) {
    Draft& draft = *draft_;
    const u32 named = draft.param_slots + draft.local_slots;
    draft.result_slots = result_slots;
    draft.window = std::max(base_ + max_height_, result_slots);
    draft.cost = 4 + named + max_height_;
}

// ---- emission ----

bool Builder::may_be_far() {
    if (wide_) return true;
    needs_wide_ = true;
    producer_ = nothing;
    reader_->stop();
    return false;
}

u16 Builder::far_source(u32 slot, u32 scratch) {
    if (!may_be_far()) return 0;
    const u32 here = draft_->records.size();
    if (slot == far_slot_ && here == far_position_ && event_position_ != here)
        return static_cast<u16>(scratch_slot(0)); // it was defined just now
    emit_copy(scratch_slot(scratch), slot);
    return static_cast<u16>(scratch_slot(scratch));
}

void Builder::define_far(Record record, u32 dst, const u64* following) {
    if (!may_be_far()) return;
    record.dst = static_cast<u16>(scratch_slot(0));
    emit(record);
    if (following != nullptr) emit_word(*following);
    emit_copy(dst, scratch_slot(0));
    far_slot_ = dst;
    far_position_ = draft_->records.size();
}

void Builder::widen(u32 dst, u32 a) {
    if (may_be_far()) emit(make(Op::wide, static_cast<u16>(dst >> 16), static_cast<u16>(a >> 16)));
}

void Builder::emit_constant(u32 dst, u64 bits) {
    const u32 low = static_cast<u32>(bits);
    const u16 slot = static_cast<u16>(dst);
    if (bits == low)
        emit_base(make32(Op::const_u32, slot, low), dst, 0);
    else if (bits == static_cast<u64>(static_cast<i64>(static_cast<i32>(low))))
        emit_base(make32(Op::const_s32, slot, low), dst, 0);
    else
        define(make(Op::const_word), dst, bits);
    producer_ = nothing;
}

bool Builder::rise() {
    if (!stack_.reserve(max_height_ + 1)) {
        out_of_memory();
        return false;
    }
    if (++max_height_ > max_operands_) too_high();
    return true;
}

u32 Builder::skip(u32 delta) {
    if (!draft_->events.push_back({0, EventKind::skip, 0, delta})) out_of_memory();
    return 0;
}

void Builder::carry_weight() {
    while (weight_ > 0xffff'ffff) {
        event(draft_->records.size(), EventKind::before, Op::nop, 0xffff'ffff);
        weight_ -= 0xffff'ffff;
    }
}

// ---- the operand stack ----

void Builder::materialise(u32 index) {
    Operand& operand = stack_[index];
    if (operand.place() == Place::local)
        emit_copy(home(index), operand.local());
    else if (operand.place() == Place::constant)
        emit_constant(home(index), operand.payload);
    else
        return;
    operand = make_operand(0, operand.type(), Place::slot, operand.nan_pending());
}

void Builder::materialise_pending(u32 local) {
    u32 next = pending_[local];
    pending_[local] = 0;
    while (next != 0) {
        const u32 index = next - 1;
        next = stack_[index].next_pending();
        materialise(index);
    }
}

void Builder::materialise_locals_above_watermark() {
    scanned_ += stack_.size() - watermark_;
    for (u32 i = watermark_; i < stack_.size(); ++i) {
        if (stack_[i].place() != Place::local) continue;
        pending_[stack_[i].local()] = 0;
        materialise(i);
    }
    watermark_ = stack_.size();
}

void Builder::materialise_locals_below_top() {
    const Operand top = pop();
    materialise_locals();
    if (top.place() == Place::local)
        push_local(top.local(), top.type());
    else
        push(top);
}

void Builder::materialise_some_below_top(u32 count) {
    Operand& top = stack_.back();
    const u32 below = stack_.size() - 1;
    scanned_ += count;
    for (u32 i = below; i > below - count; --i) {
        const Operand& operand = stack_[i - 1];
        if (operand.place() == Place::local) {
            if (top.place() == Place::local && top.local() == operand.local())
                top.payload = operand.payload;
            else
                pending_[operand.local()] = operand.next_pending();
        }
        materialise(i - 1);
    }
}

/// REQUIRES: no operand above it is pending for the same local.
void Builder::materialise_topmost(u32 index) {
    const Operand& operand = stack_[index];
    if (operand.place() == Place::local) pending_[operand.local()] = operand.next_pending();
    materialise(index);
}

// ---- operators ----

void Builder::binary(Op op, ValType operands, ValType type, bool nan_pending) {
    Operand b = pop();
    Operand a = pop();
    const u32 at = height();
    if (a.place() == Place::constant && b.place() != Place::constant && mirrored(op) != Op::nop) {
        op = mirrored(op);
        const u16 left = narrow_slot(use(b, at + 1), 1);
        b = a;
        a = make_operand(left, operands, Place::local); // names the slot; it is not on the stack
    }
    const u16 left = narrow_slot(use(a, at), 1);
    if (b.place() != Place::constant) {
        const u16 right = narrow_slot(use(b, at + 1), 2);
        define(make(op, 0, left, right), home(at));
    } else if (fits_short(operands, b.payload)) {
        define(make(op, 0, left, static_cast<u16>(b.payload), form_short), home(at));
    } else {
        define(make(op, 0, left, 0, form_word), home(at), b.payload);
    }
    push_slot(type, nan_pending);
}

void Builder::canonicalise(ValType type) {
    const bool pending = stack_.back().nan_pending();
    unary(type == ValType::f32 ? Op::canonical_f32 : Op::canonical_f64, type, pending);
}

bool Builder::fold_address(u32 producer, Op access, Record& record) {
    if (producer == nothing) return false;
    const Record add = draft_->records[producer];
    const i16 constant = static_cast<i16>(add.b);
    if (add.op == static_cast<u16>(Op::i32_add)) {
        record = make(access, 0, add.a, add.b, form_indexed);
    } else if (add.op == (static_cast<u16>(Op::i32_add) | form_short)) {
        record = make(access, 0, add.a, add.b, form_indexed | form_short);
    } else if (add.op == (static_cast<u16>(Op::i32_sub) | form_short) && constant != INT16_MIN) {
        record = make(access, 0, add.a, static_cast<u16>(-constant), form_indexed | form_short);
    } else {
        return false;
    }
    take_back(producer);
    return true;
}

void Builder::take_back(u32 producer) {
    draft_->records.truncate(producer);
    if (draft_->offsets.size() > producer) draft_->offsets.truncate(producer);
}

void Builder::select(ValType type) {
    const Operand cond = pop();
    const Operand b = pop();
    const Operand a = pop();
    const u32 at = height();
    const u64 c = use(cond, at + 2);
    const u16 second = narrow_slot(use(b, at + 1), 2);
    const u16 first = narrow_slot(use(a, at), 1);
    define(make(Op::select, 0, first, second), home(at), c);
    push_slot(type);
}

void Builder::local_set(u32 local) {
    const u32 producer = producer_;
    const Operand value = pop();
    if (pending_[local] != 0)
        materialise_pending(local);
    else if (value.place() == Place::slot && producer != nothing) {
        draft_->records[producer].dst = static_cast<u16>(local);
        producer_ = nothing;
        return;
    }
    if (value.place() == Place::constant)
        emit_constant(local, value.payload);
    else if (const u32 source = use(value, height()); source != local)
        emit_copy(local, source);
}

void Builder::local_tee(u32 local, ValType type) {
    const Operand value = stack_.back();
    local_set(local);
    if (value.place() == Place::constant)
        push_constant(type, value.payload);
    else
        push_local(local, type);
    // The local has the canonical NaN, the operand not yet.
    Operand& top = stack_.back();
    top = make_operand(top.payload, type, top.place(), value.nan_pending());
}

void Builder::global_get(u32 global, ValType type) { nullary(Op::global_get, type, global); }

void Builder::global_set(u32 global) {
    const Operand value = pop();
    const u16 source = narrow_slot(use(value, height()), 1);
    emit(make32(Op::global_set, source, global));
}

void Builder::nullary(Op op, ValType type, u32 immediate) {
    define(make32(op, 0, immediate), home(height()));
    push_slot(type);
}

void Builder::drop_segment(Op op, u32 segment) { emit(make32(op, 0, segment)); }

void Builder::memory_grow() {
    const Operand pages = pop();
    const u16 a = narrow_slot(use(pages, height()), 1);
    mark(EventKind::observer_before, Op::memory_grow);
    event(draft_->records.size(), EventKind::units, Op::memory_grow, a);
    define(make(Op::memory_grow, 0, a), home(height()));
    push_slot(ValType::i32);
    mark(EventKind::observer_after, Op::memory_grow);
}

void Builder::bulk(Op op, u32 operands, u32 first, u32 second, bool has_result) {
    pop_to_homes(operands);
    u32 from = home(height());
    if (from + operands > 0x10000) [[unlikely]] {
        for (u32 i = 0; i < operands; ++i)
            emit_copy(scratch_slot(i), from + i);
        from = scratch_slot(0);
    }
    mark(EventKind::observer_before, op);
    event(draft_->records.size(), EventKind::units, op, from + operands - 1);
    const u64 indices = pair(first, second);
    const Record record = make(op, 0, static_cast<u16>(from));
    if (has_result) {
        define(record, home(height()), indices);
        push_slot(ValType::i32);
    } else {
        emit(record);
        emit_word(indices);
    }
    mark(EventKind::observer_after, op);
}

void Builder::table_get(u32 table, ValType type) {
    const Operand index = pop();
    const u16 a = narrow_slot(use(index, height()), 1);
    define(make(Op::table_get, 0, a), home(height()), u64{table});
    push_slot(type);
}

void Builder::table_set(u32 table) {
    const Operand value = pop();
    const Operand index = pop();
    const u16 a = narrow_slot(use(index, height()), 1);
    const u16 b = narrow_slot(use(value, height() + 1), 2);
    emit(make(Op::table_set, 0, a, b));
    emit_word(table);
}

void Builder::trap_unreachable() { emit(make(Op::unreachable)); }

// ---- control ----

void Builder::bind(u32 label) {
    event(draft_->records.size(), EventKind::label, Op::nop, label);
    producer_ = nothing;
}

void Builder::jump(u32 label) {
    event(draft_->records.size(), EventKind::fixup_jump, Op::nop, 0);
    emit(make32(Op::jump, 0, label));
}

void Builder::emit_branch(Record record, u32 label, i32 constant) {
    emit(record);
    event(draft_->records.size(), EventKind::fixup, Op::nop, 0);
    emit_word(pair(label, static_cast<u32>(constant)));
}

/// Takes back the comparison that has just made `cond` and turns it into a branch record.
bool Builder::fuse(u32 producer, bool taken_if, Record& record, i32& constant) {
    const Record compare = draft_->records[producer];
    const u16 form = compare.op & (form_short | form_word);
    Op op = op_of(compare);
    record = compare;
    if (op == Op::i32_eqz || op == Op::i64_eqz) {
        const Op equal = op == Op::i32_eqz ? Op::i32_eq : Op::i64_eq;
        record = make(taken_if ? equal : inverted(equal), 0, compare.a, 0, form_short);
    } else {
        if (inverted(op) == Op::nop) return false;
        if (!taken_if) op = inverted(op);
        if (form == form_word) {
            const u64 bits = word_of(draft_->records[producer + 1]);
            const bool is_i32 = info(op).signature == Signature::ii_i;
            constant = static_cast<i32>(bits);
            if (!is_i32 && static_cast<i64>(bits) != constant) return false;
        }
        record = make(op, 0, compare.a, compare.b, form);
    }
    record.op |= form_branch;
    take_back(producer);
    return true;
}

void Builder::branch_if(Op op, u32 label, bool taken_if, EventKind mark_kind) {
    const u32 producer = producer_;
    const Operand cond = pop();
    Record record{};
    i32 constant = 0;
    if (cond.place() != Place::slot || producer == nothing ||
        !fuse(producer, taken_if, record, constant)) {
        const u16 a = narrow_slot(use(cond, height()), 1);
        constant = 0;
        record = make(taken_if ? Op::i32_ne : Op::i32_eq, 0, a, 0, form_short | form_branch);
    }
    if (op != Op::nop) mark_before(mark_kind, op);
    emit_branch(record, label, constant);
}

void Builder::move_results(u32 arity, u32 height) {
    if (arity == 0) return;
    const u32 first = stack_.size() - arity;
    if (arity == 1) {
        const Operand& top = stack_[first];
        if (top.place() == Place::constant)
            emit_constant(home(height), top.payload);
        else if (const u32 source = use(top, first); source != home(height))
            emit_copy(home(height), source);
        producer_ = nothing;
        return;
    }
    materialise_top(arity);
    if (first == height) return;
    emit_base(make(Op::copy_range, static_cast<u16>(home(height)), static_cast<u16>(home(first)),
                   static_cast<u16>(arity)),
              home(height), home(first));
}

void Builder::begin_table(u32 count, EventKind mark_kind) {
    const Operand index = pop();
    const u16 a = narrow_slot(use(index, height()), 1);
    mark_before(mark_kind, Op::br_table);
    emit(make(Op::br_table, 0, a));
    emit_word(count);
    table_begin_ = draft_->records.size();
    event(table_begin_, EventKind::fixup_table, Op::nop, count + 1);
    for (u32 i = 0; i <= count; i += 2)
        emit_word(0);
}

void Builder::table_label(u32 index, u32 label) {
    if (draft_->records.failed()) return; // the words are not there
    Record& pair_of_labels = draft_->records[table_begin_ + index / 2];
    const u64 bits = word_of(pair_of_labels);
    pair_of_labels = word(index % 2 == 0 ? (bits & ~u64{0xffff'ffff}) | label
                                         : (bits & 0xffff'ffff) | static_cast<u64>(label) << 32);
}

void Builder::return_results(u32 arity) {
    if (arity == 0) {
        emit(make(Op::return_));
    } else if (arity == 1) {
        const u32 index = stack_.size() - 1;
        const u16 a = narrow_slot(use(stack_[index], index), 1);
        emit(make(Op::return_, 0, a, 1));
    } else {
        materialise_top(arity);
        const u32 from = home(stack_.size() - arity);
        emit_base(make(Op::return_range, 0, static_cast<u16>(from), static_cast<u16>(arity)), 0,
                  from);
    }
}

void Builder::call(Op op, Op original, u32 function, u32 params, std::span<const ValType> results) {
    pop_to_homes(params);
    const bool host = op == Op::call_host || op == Op::return_call_host;
    if (host)
        mark(EventKind::observer_before, original);
    else
        mark_before(EventKind::before, original);
    const u32 base = home(height());
    emit_base(make32(op, static_cast<u16>(base), function), base, 0);
    if (original == Op::return_call) return;
    for (const ValType type : results)
        push_slot(type);
    mark(EventKind::observer_after, original);
}

void Builder::call_indirect(Op op, u32 type, u32 table, u32 params,
                            std::span<const ValType> results) {
    const Operand index = pop();
    u32 a = use(index, height());
    pop_to_homes(params);
    if (a > 0xffff) a = narrow_slot(a, 1);
    mark_before(EventKind::before, op);
    const u32 base = home(height());
    emit_base(make(op, static_cast<u16>(base), static_cast<u16>(a)), base, a & 0xffff);
    emit_word(pair(type, table));
    if (op == Op::return_call_indirect) return;
    for (const ValType result : results)
        push_slot(result);
    mark(EventKind::observer_after, op);
}

} // namespace lockstep::ir

// SPDX-License-Identifier: Apache-2.0
// ir::Builder turns validated, reachable operators into records. It keeps the operand stack
// symbolic: an operand is its own slot, a local not yet copied, or a constant (decisions: never a
// load), and each symbolic operand is materialised at most once, so the work is linear. Private to
// lowering.
#pragma once

#include "vm/ir.hpp"
#include "vm/reader.hpp"
#include "vm/types.hpp"

#include <algorithm>
#include <array>

namespace lockstep::ir {

enum class Place : u8 {
    slot,  ///< in its home, the slot of its height
    local, ///< payload: local index | (stack index + 1 of the next pending operand of that local)
           ///< << 32
    constant, ///< payload: the bits
    dead,     ///< unreachable code: there is no value
};

/// Two words, written and moved as such.
struct Operand {
    u64 payload = 0;
    u64 facts = 0;

    [[nodiscard]] ValType type() const noexcept { return static_cast<ValType>(facts & 0xff); }
    [[nodiscard]] Place place() const noexcept { return static_cast<Place>(facts >> 8 & 0xff); }
    /// Straight from an arithmetic operator (NanRule::cosmwasm).
    [[nodiscard]] bool nan_pending() const noexcept { return (facts >> 16 & 1) != 0; }
    /// REQUIRES: place() == Place::local.
    [[nodiscard]] u32 local() const noexcept { return static_cast<u32>(payload); }
    [[nodiscard]] u32 next_pending() const noexcept { return static_cast<u32>(payload >> 32); }
};

[[nodiscard]] constexpr Operand make_operand(u64 payload, ValType type, Place place,
                                             bool nan_pending = false) noexcept {
    return {payload, static_cast<u64>(type) | static_cast<u64>(place) << 8 |
                         static_cast<u64>(nan_pending) << 16};
}

class Builder {
public:
    /// `reader` feeds the walk, has the operator at work marked, and is stopped when memory runs
    /// out; it must outlive the builder.
    Builder(Reader& reader, bool marks_before) : reader_(&reader), marks_before_(marks_before) {}

    struct Options {
        u32 max_operands;
        bool wide; ///< slots beyond 16 bits are expected
    };
    void begin(Draft& draft, u32 params, u32 locals, Options options);
    /// Fills the draft's totals.
    void finish(u32 result_slots);
    /// Gives back what an uncommonly large body took.
    void release_if_large() noexcept {
        stack_.release_if_large();
        pending_.release_if_large();
    }
    /// The function needs a slot above 65,535 and was not begun as wide: the reader was stopped.
    [[nodiscard]] bool needs_wide() const noexcept { return needs_wide_; }

    [[nodiscard]] bool failed() const noexcept {
        return draft_->failed() || stack_.failed() || pending_.failed();
    }
    [[nodiscard]] u32 height() const noexcept { return stack_.size(); }
    /// Locals and operands that loops looked at so far, over all functions: what is not seen in
    /// records and events.
    [[nodiscard]] u64 scanned() const noexcept { return scanned_; }
    /// Offset of the first operator that made the stack higher than the limit, or no_offset.
    [[nodiscard]] u32 too_high_at() const noexcept { return too_high_at_; }
    static constexpr u32 no_offset = 0xffff'ffff;
    [[nodiscard]] const Operand& operand(u32 index) const noexcept { return stack_[index]; }

    // --- the operand stack ---
    void push_dead(ValType type) {
        if (!stack_.push_back(make_operand(0, type, Place::dead))) return out_of_memory();
        if (stack_.size() > max_operands_) too_high();
    }
    void push_slot(ValType type, bool nan_pending = false) {
        push(make_operand(0, type, Place::slot, nan_pending));
    }
    void push_constant(ValType type, u64 bits) { push(make_operand(bits, type, Place::constant)); }
    void push_local(u32 local, ValType type) {
        if (watermark_ > stack_.size()) watermark_ = stack_.size();
        push(make_operand(local | static_cast<u64>(pending_[local]) << 32, type, Place::local));
        pending_[local] = stack_.size();
    }
    Operand pop() {
        const Operand top = stack_.back();
        stack_.pop_back();
        if (top.place() == Place::local) pending_[top.local()] = top.next_pending();
        return top;
    }
    void truncate(u32 height) {
        if (stack_.size() > height) scanned_ += stack_.size() - height;
        while (stack_.size() > height)
            pop();
    }
    /// Changes the type of the top operand where the bits stay: reinterpretations,
    /// i64.extend_i32_u.
    void retype(ValType type) {
        Operand& top = stack_.back();
        top = make_operand(top.payload, type, top.place());
    }
    /// The top `count` operands leave a block: no NaN is pending any more (NanRule::cosmwasm).
    void settle_nans(u32 count) {
        for (u32 i = stack_.size() - count; i < stack_.size(); ++i)
            stack_[i] = make_operand(stack_[i].payload, stack_[i].type(), stack_[i].place());
    }
    /// Copies every pending local to its home; done once ahead of each block.
    void materialise_locals() {
        if (watermark_ < stack_.size()) materialise_locals_above_watermark();
    }
    /// The same for all but the top operand, the condition of an `if`.
    void materialise_locals_below_top();
    /// Brings the top `count` operands to their homes, constants too.
    void materialise_top(u32 count) {
        scanned_ += count;
        for (u32 i = stack_.size(); i > stack_.size() - count; --i)
            if (stack_[i - 1].place() != Place::slot) materialise_topmost(i - 1);
    }
    /// The same, and pops them: the arguments of a call.
    void pop_to_homes(u32 count) {
        materialise_top(count);
        stack_.truncate(stack_.size() - count);
    }
    /// The same as materialise_top for the `count` operands below the top one.
    void materialise_below_top(u32 count) {
        if (count != 0) materialise_some_below_top(count);
    }
    void drop() {
        pop();
        producer_ = nothing;
    }

    // --- operators: each pops its operands and pushes its results ---
    void unary(Op op, ValType type, bool nan_pending = false) {
        const Operand a = pop();
        const u16 source = narrow_slot(use(a, height()), 1);
        define(make(op, 0, source), home(height()));
        push_slot(type, nan_pending);
    }
    void binary(Op op, ValType operands, ValType type, bool nan_pending = false);
    void canonicalise(ValType type);
    void load(Op op, ValType type, u32 offset) {
        const u32 producer = producer_;
        const Operand address = pop();
        Record record{};
        if (offset == 0 && address.place() == Place::slot && fold_address(producer, op, record)) {
            define(record, home(height()));
            return push_slot(type);
        }
        const u16 a = narrow_slot(use(address, height()), 1);
        if (offset <= 0xffff)
            define(make(op, 0, a, static_cast<u16>(offset)), home(height()));
        else
            define(make(op, 0, a, 0, form_word), home(height()), u64{offset});
        push_slot(type);
    }
    void store(Op op, u32 offset) {
        const u32 producer = producer_;
        const Operand value = pop();
        const Operand address = pop();
        Record record{};
        // Only a local: a constant would be put where the addition's right operand may still be.
        if (offset == 0 && value.place() == Place::local && address.place() == Place::slot &&
            fold_address(producer, op, record)) {
            record.dst = narrow_slot(use(value, height() + 1), 2);
            return emit(record);
        }
        const u16 a = narrow_slot(use(address, height()), 1);
        const u16 v = narrow_slot(use(value, height() + 1), 2);
        if (offset <= 0xffff) return emit(make(op, v, a, static_cast<u16>(offset)));
        emit(make(op, v, a, 0, form_word));
        emit_word(offset);
    }
    void select(ValType type);
    void local_set(u32 local);
    void local_tee(u32 local, ValType type);
    void global_get(u32 global, ValType type);
    void global_set(u32 global);
    void nullary(Op op, ValType type, u32 immediate = 0);
    void drop_segment(Op op, u32 segment);
    void memory_grow();
    /// memory.* and table.* with contiguous operands; the last operand is the length.
    void bulk(Op op, u32 operands, u32 first, u32 second, bool has_result);
    void table_get(u32 table, ValType type);
    void table_set(u32 table);
    void trap_unreachable();

    // --- control ---
    [[nodiscard]] u32 new_label() { return draft_->label_count++; }
    void bind(u32 label);
    void jump(u32 label);
    /// Pops the condition and branches to `label` if it is zero (`taken_if` false) or not zero.
    void branch_if(Op op, u32 label, bool taken_if, EventKind mark_kind);
    void move_results(u32 arity, u32 height);
    /// Pops the index; the labels of `count` targets and the default are set with table_label().
    void begin_table(u32 count, EventKind mark_kind);
    void table_label(u32 index, u32 label);
    void return_results(u32 arity);
    /// `op` is call, call_host, return_call or return_call_host.
    void call(Op op, Op original, u32 function, u32 params, std::span<const ValType> results);
    void call_indirect(Op op, u32 type, u32 table, u32 params, std::span<const ValType> results);

    /// Draft::offsets, when they are wanted: the records since the last time are of the operator at
    /// work.
    void note_offsets() {
        while (draft_->offsets.size() < draft_->records.size())
            if (!draft_->offsets.push_back(reader_->marked())) return out_of_memory();
    }

    // --- gas ---
    void weigh(u32 weight) noexcept { weight_ += weight; }
    /// Unreachable operators weigh nothing.
    void forget_weight() noexcept { weight_ = 0; }
    void mark(EventKind kind, Op op = Op::nop) {
        if (weight_ > 0xffff'ffff) [[unlikely]]
            carry_weight();
        event(draft_->records.size(), kind, op, static_cast<u32>(weight_));
        weight_ = 0;
        producer_ = nothing;
    }
    /// A mark ahead of an operator, if they are wanted (Marks); if not, the next mark has its
    /// weight.
    void mark_before(EventKind kind, Op op) {
        producer_ = nothing;
        if (marks_before_) mark(kind, op);
    }

private:
    static constexpr u32 nothing = 0xffff'ffff;
    static constexpr u32 scratch_slots = 3;

    /// Room up to max_height_ is there since the first time the stack was so high.
    void push(Operand operand) {
        if (stack_.size() == max_height_ && !rise()) [[unlikely]]
            return;
        stack_.push_back_reserved(operand);
    }
    [[nodiscard, gnu::noinline, gnu::cold]] bool rise();
    /// What could not be added is missing from now on: the walk ends behind this operator, before
    /// anyone looks for it.
    [[gnu::noinline, gnu::cold]] void out_of_memory() { reader_->stop(); }
    [[gnu::noinline, gnu::cold]] void too_high() {
        too_high_at_ = std::min(too_high_at_, reader_->marked());
    }
    [[nodiscard]] u32 home(u32 index) const noexcept { return base_ + index; }
    [[nodiscard]] u32 use(const Operand& operand, u32 index) {
        if (operand.place() == Place::local) return operand.local();
        if (operand.place() == Place::constant) emit_constant(home(index), operand.payload);
        return home(index);
    }
    /// The slot's 16 bits; a far source is first copied to scratch slot 1 or 2.
    [[nodiscard]] u16 narrow_slot(u32 slot, u32 scratch) {
        if (slot > 0xffff) [[unlikely]]
            return far_source(slot, scratch);
        return static_cast<u16>(slot);
    }
    void append(Record record) {
        if (!draft_->records.push_back(record)) [[unlikely]]
            out_of_memory();
    }
    void emit(Record record) {
        append(record);
        producer_ = nothing;
    }
    void emit_word(u64 value) { emit(word(value)); }
    /// Emits a record that defines `dst`.
    void define(Record record, u32 dst) {
        if (dst > 0xffff) [[unlikely]]
            return define_far(record, dst, nullptr);
        record.dst = static_cast<u16>(dst);
        const u32 position = draft_->records.size();
        append(record);
        producer_ = position;
    }
    void define(Record record, u32 dst, u64 following) {
        if (dst > 0xffff) [[unlikely]]
            return define_far(record, dst, &following);
        record.dst = static_cast<u16>(dst);
        const u32 position = draft_->records.size();
        append(record);
        append(word(following));
        producer_ = position;
    }
    void event(u32 position, EventKind kind, Op op, u32 value) {
        u32 delta = position - event_position_;
        if (delta > 0xffff) [[unlikely]]
            delta = skip(delta);
        const bool added = draft_->events.push_back(
            std::bit_cast<Event>(delta | static_cast<u32>(kind) << 16 | static_cast<u32>(op) << 24 |
                                 static_cast<u64>(value) << 32));
        if (!added) [[unlikely]]
            out_of_memory();
        event_position_ = position;
    }
    [[nodiscard]] bool may_be_far();
    [[nodiscard, gnu::noinline, gnu::cold]] u16 far_source(u32 slot, u32 scratch);
    [[gnu::noinline, gnu::cold]] void define_far(Record record, u32 dst, const u64* following);
    /// A record whose dst and a are slots that may be far: copies, calls, returns.
    void emit_base(Record record, u32 dst, u32 a) {
        if (((dst | a) >> 16) != 0) [[unlikely]]
            widen(dst, a);
        emit(record);
    }
    [[gnu::noinline, gnu::cold]] void widen(u32 dst, u32 a);
    void emit_copy(u32 dst, u32 src) {
        emit_base(make(Op::copy, static_cast<u16>(dst), static_cast<u16>(src)), dst, src);
    }
    void emit_constant(u32 dst, u64 bits);
    void emit_branch(Record record, u32 label, i32 constant);
    [[gnu::noinline, gnu::cold]] void carry_weight();
    [[gnu::noinline, gnu::cold]] u32 skip(u32 delta);
    [[nodiscard]] u32 scratch_slot(u32 number) const noexcept {
        return draft_->param_slots + draft_->local_slots + number;
    }
    void materialise_locals_above_watermark();
    void materialise_some_below_top(u32 count);
    void materialise_topmost(u32 index);
    void materialise(u32 index);
    void materialise_pending(u32 local);
    /// Takes back the i32.add or i32.sub that has just made an address; `record` becomes the access
    /// without it.
    [[nodiscard]] bool fold_address(u32 producer, Op access, Record& record);
    void take_back(u32 producer);
    [[nodiscard]] bool fuse(u32 producer, bool taken_if, Record& record, i32& constant);

    Draft* draft_ = nullptr;
    Buffer<Operand> stack_;
    Buffer<u32> pending_; ///< per local: stack index + 1 of its topmost pending operand
    u64 weight_ = 0;
    u32 base_ = 0; ///< slot of operand 0
    u64 scanned_ = 0;
    u32 max_height_ = 0;
    u32 watermark_ = 0; ///< no operand below it is a pending local
    u32 event_position_ = 0;
    u32 producer_ =
        nothing; ///< record that made the top operand, while its dst may still be changed
    u32 max_operands_ = 0;
    u32 too_high_at_ = no_offset;
    u32 table_begin_ = 0; ///< record of the first label of the latest br_table
    Reader* reader_;
    const bool marks_before_;
    bool wide_ = false;
    bool needs_wide_ = false;
    u32 far_slot_ = 0;           ///< scratch slot 0 has its value ...
    u32 far_position_ = nothing; ///< ... as long as no more records than these were made
};

} // namespace lockstep::ir

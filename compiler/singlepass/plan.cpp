// SPDX-License-Identifier: Apache-2.0
// The two walks. A block goes from a label to the next one: a conditional branch does not end it. A
// slot that no block reads before writing needs no home in memory across blocks, and its value is
// dead behind the last read before a write. Linear in records, operands moved, and slots.
#include "compiler/singlepass/plan.hpp"

#include <algorithm>

namespace lockstep::compiler {
namespace {

using ir::Record;

constexpr RowFacts facts_of(const OpInfo& row) {
    if (row.op_class == OpClass::store) {
        const bool is_float = row.signature == Signature::if_ || row.signature == Signature::id_;
        return {Shape::store, false, false, is_float};
    }
    if (row.op_class == OpClass::load && row.access != 0)
        return {Shape::load, false, false,
                row.signature == Signature::i_f || row.signature == Signature::i_d};
    if (row.immediate != Immediate::none) return {Shape::other, false, false, false};
    switch (row.signature) {
    case Signature::i_i:
    case Signature::i_l:
    case Signature::l_i:
    case Signature::l_l: return {Shape::unary, false, false, false};
    case Signature::i_f:
    case Signature::i_d:
    case Signature::l_f:
    case Signature::l_d: return {Shape::unary, false, false, true};
    case Signature::f_i:
    case Signature::f_l:
    case Signature::d_i:
    case Signature::d_l: return {Shape::unary, true, false, false};
    case Signature::f_f:
    case Signature::f_d:
    case Signature::d_f:
    case Signature::d_d: return {Shape::unary, true, false, true};
    case Signature::ii_i:
    case Signature::ll_i:
    case Signature::ll_l: return {Shape::binary, false, false, false};
    case Signature::ff_i:
    case Signature::dd_i: return {Shape::binary, true, true, false};
    case Signature::ff_f:
    case Signature::dd_d: return {Shape::binary, true, true, true};
    default: return {Shape::other, false, false, false};
    }
}

} // namespace

constexpr std::array<RowFacts, op_count> row_facts = [] {
    std::array<RowFacts, op_count> table{};
    for (usize i = 0; i < op_count; ++i)
        table[i] = facts_of(op_infos[i]);
    for (const Op op : {Op::raw_promote, Op::raw_demote, Op::canonical_f32, Op::canonical_f64})
        table[static_cast<usize>(op)] = {Shape::unary, true, false, true};
    table[static_cast<usize>(Op::ref_is_null)] = {Shape::unary, false, false, false};
    return table;
}();

CallShape call_shape(const Executable& executable, const Record* record) noexcept {
    const Module& module = executable.module;
    const auto of_type = [&](u32 type) {
        return CallShape{module.types[type].param_count, module.types[type].result_count};
    };
    switch (ir::op_of(*record)) {
    case Op::call:
    case Op::return_call: {
        const ir::Function& callee = executable.code.functions[ir::low32(*record)];
        return {callee.param_slots, callee.result_slots};
    }
    case Op::call_host:
    case Op::return_call_host: return of_type(module.functions[ir::low32(*record)]);
    default: return of_type(static_cast<u32>(ir::word_of(record[1])));
    }
}

namespace {

class Planner {
public:
    Planner(Plan& plan, const Executable& executable, const ir::Function& function)
        : plan_(plan), executable_(executable), function_(function),
          records_(executable.code.records.data() + function.begin) {}

    bool run() noexcept {
        const u32 size = function_.size;
        plan_.target.clear();
        plan_.labels.clear();
        plan_.loop_end.clear();
        plan_.last.clear();
        plan_.slots.clear();
        plan_.call_weight = 0;
        u32* targets = plan_.target.extend(size);
        u8* last = plan_.last.extend(size);
        SlotPlan* slots = plan_.slots.extend(function_.window);
        if (targets == nullptr || last == nullptr || (slots == nullptr && function_.window != 0))
            return false;
        std::fill_n(targets, size, 0u);
        std::fill_n(last, size, u8{0});
        std::fill_n(slots, function_.window, SlotPlan{none, none, 0, 0, false, false});
        const u32 named = function_.param_slots + function_.local_slots;
        for (u32 i = 0; i < std::min(named, function_.window); ++i)
            slots[i].changes = true; // comes in a register, or as zero
        return find_targets() && find_uses();
    }

private:
    static constexpr u32 none = 0xffff'ffff;

    bool find_targets() noexcept {
        for (u32 at = 0; at < function_.size;) {
            const Record* record = records_ + at;
            switch (ir::op_of(*record)) {
            case Op::wide:
            case Op::trace: return false;
            case Op::jump: add_target(ir::low32(*record), at); break;
            case Op::br_table: {
                const u32 count = static_cast<u32>(ir::word_of(record[1]));
                for (u32 i = 0; i <= count; ++i)
                    add_target(table_target(record, i), at);
                break;
            }
            default:
                if ((record->op & ir::form_branch) != 0 && info(ir::op_of(*record)).access == 0)
                    add_target(static_cast<u32>(ir::word_of(record[1])), at);
            }
            at += 1 + ir::words_after(record);
        }
        return !plan_.labels.failed() && !plan_.loop_end.failed();
    }
    static u32 table_target(const Record* record, u32 index) noexcept {
        return load_le<u32>(reinterpret_cast<const u8*>(record + 2) + usize{index} * 4);
    }
    void add_target(u32 target, u32 from) noexcept {
        u32& number = plan_.target[target];
        if (number == 0) {
            plan_.labels.push_back({});
            plan_.loop_end.push_back(0);
            if (plan_.labels.failed() || plan_.loop_end.failed()) return;
            number = plan_.labels.size();
        }
        u32& end = plan_.loop_end[number - 1];
        if (target <= from) end = std::max(end, from);
    }

    bool find_uses() noexcept {
        for (u32 at = 0; at < function_.size;) {
            const Record* record = records_ + at;
            at_ = at;
            if (plan_.target[at] != 0) block_ = at;
            while (depth_ != 0 && at > ends_[depth_ - 1])
                --depth_;
            if (plan_.target[at] != 0 && plan_.loop_end[plan_.target[at] - 1] != 0) enter_loop(at);
            visit(record);
            at += 1 + ir::words_after(record);
        }
        for (SlotPlan& slot : plan_.slots)
            mark_last(slot);
        return true;
    }
    /// Only the innermost loops matter for weights: deeper ones than max_depth count as that.
    void enter_loop(u32 at) noexcept {
        if (depth_ == max_depth) return;
        ends_[depth_++] = plan_.loop_end[plan_.target[at] - 1];
    }
    [[nodiscard]] u32 weight() const noexcept { return 1u << (3 * std::min(depth_, 4u)); }

    void mark_last(const SlotPlan& slot) noexcept {
        if (slot.last_read != none && (slot.last_read & 3) != 3)
            plan_.last[slot.last_read >> 2] |= static_cast<u8>(1u << (slot.last_read & 3));
    }
    void read(u32 number, u32 operand, bool is_float) noexcept {
        SlotPlan& slot = plan_.slots[number];
        if (slot.written == none || slot.written < block_) slot.crosses = true;
        if (slot.last_read != none && slot.last_read >> 2 < block_) mark_last(slot);
        slot.last_read = at_ << 2 | operand;
        add(is_float ? slot.float_weight : slot.weight);
    }
    void write(u32 number, bool is_float) noexcept {
        SlotPlan& slot = plan_.slots[number];
        mark_last(slot);
        slot.last_read = none;
        slot.written = at_;
        slot.changes = true;
        add(is_float ? slot.float_weight : slot.weight);
    }
    void add(u32& to) noexcept { to = to > 0x7fff'ffff ? to : to + weight(); }
    void read_range(u32 first, u32 count) noexcept {
        for (u32 i = 0; i < count; ++i)
            read(first + i, 3, false);
    }
    void write_range(u32 first, u32 count) noexcept {
        for (u32 i = 0; i < count; ++i)
            write(first + i, false);
    }

    void visit(const Record* record) noexcept {
        const RowFacts facts = row_facts[static_cast<usize>(ir::op_of(*record))];
        const u16 form = record->op;
        switch (facts.shape) {
        case Shape::unary:
            read(record->a, 0, facts.float_a);
            return write(record->dst, facts.float_dst);
        case Shape::binary:
            read(record->a, 0, facts.float_a);
            if ((form & (ir::form_short | ir::form_word)) == 0) read(record->b, 1, facts.float_b);
            if ((form & ir::form_branch) == 0) write(record->dst, facts.float_dst);
            return;
        case Shape::load:
        case Shape::store:
            read(record->a, 0, false);
            if ((form & ir::form_indexed) != 0 && (form & ir::form_short) == 0)
                read(record->b, 1, false);
            return facts.shape == Shape::load ? write(record->dst, facts.float_dst)
                                              : read(record->dst, 2, facts.float_dst);
        case Shape::other: return visit_other(record);
        }
    }
    void visit_other(const Record* record) noexcept {
        const u32 dst = record->dst;
        const u32 a = record->a;
        switch (ir::op_of(*record)) {
        case Op::copy: read(a, 0, false); return write(dst, false);
        case Op::const_u32:
        case Op::const_s32:
        case Op::const_word:
        case Op::global_get:
        case Op::ref_func:
        case Op::table_size:
        case Op::memory_size: return write(dst, false);
        case Op::global_set: return read(dst, 2, false);
        case Op::select:
            read(a, 0, false);
            read(record->b, 1, false);
            read(static_cast<u32>(ir::word_of(record[1])), 2, false);
            return write(dst, false);
        case Op::copy_range: read_range(a, record->b); return write_range(dst, record->b);
        case Op::br_table:
        case Op::charge_units: return read(a, 3, false);
        case Op::memory_grow:
        case Op::table_get: read(a, 3, false); return write(dst, false);
        case Op::table_set: read(a, 3, false); return read(record->b, 3, false);
        case Op::memory_init:
        case Op::memory_copy:
        case Op::memory_fill:
        case Op::table_init:
        case Op::table_copy:
        case Op::table_fill: return read_range(a, 3);
        case Op::table_grow: read_range(a, 2); return write(dst, false);
        case Op::return_:
        case Op::return_range: return read_range(a, record->b);
        case Op::call:
        case Op::call_host:
        case Op::call_indirect:
        case Op::return_call:
        case Op::return_call_host:
        case Op::return_call_indirect: return visit_call(record);
        default: return;
        }
    }
    void visit_call(const Record* record) noexcept {
        const Op op = ir::op_of(*record);
        const CallShape shape = call_shape(executable_, record);
        const bool tail =
            op == Op::return_call || op == Op::return_call_host || op == Op::return_call_indirect;
        if (op == Op::call_indirect || op == Op::return_call_indirect) read(record->a, 3, false);
        read_range(record->dst, shape.params);
        if (tail) return;
        write_range(record->dst, shape.results);
        if (op != Op::call_host) add(plan_.call_weight);
    }

    static constexpr u32 max_depth = 16;

    Plan& plan_;
    const Executable& executable_;
    const ir::Function& function_;
    const Record* records_;
    u32 at_ = 0;
    u32 block_ = 0; ///< first record of the block
    u32 depth_ = 0;
    u32 ends_[max_depth]{};
};

} // namespace

bool Plan::make(const Executable& executable, u32 function) noexcept {
    return Planner(*this, executable, executable.code.functions[function]).run();
}

} // namespace lockstep::compiler

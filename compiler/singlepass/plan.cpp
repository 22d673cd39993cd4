// SPDX-License-Identifier: Apache-2.0
// The two walks. A block goes from a label to the next one: a conditional branch does not end it. A
// slot that no block reads before writing needs no home in memory across blocks, and its value is
// dead behind the last read before a write. Linear in records, operands moved, and slots.
#include "compiler/singlepass/plan.hpp"

#include <algorithm>

namespace lockstep::compiler {

using ir::Record;

CallShape call_shape(const Executable& executable, const Record* record) noexcept {
    const Module& module = executable.module;
    const auto of_type = [&](u32 type) {
        return CallShape{module.types[type].param_count, module.types[type].result_count};
    };
    const u32 index = ir::low32(*record);
    switch (ir::op_of(*record)) {
    case Op::call:
    case Op::return_call: return of_type(module.functions[module.imported_functions + index]);
    case Op::call_host:
    case Op::return_call_host: return of_type(module.functions[index]);
    default: return of_type(static_cast<u32>(ir::word_of(record[1])));
    }
}

namespace {

class Planner {
public:
    Planner(Plan& plan, const Executable& executable, const ir::Function& function)
        : plan_(plan), executable_(executable), function_(function),
          records_(executable.code.records.data() + function.begin) {}

    bool run() noexcept { return reset() && find_targets() && find_uses(); }

private:
    bool reset() noexcept {
        const u32 size = function_.size;
        const u32 window = function_.window;
        plan_.target.clear();
        plan_.labels.clear();
        plan_.loop_end.clear();
        plan_.last.clear();
        plan_.slots.clear();
        plan_.call_weight = 0;
        targets_ = plan_.target.extend(size);
        last_ = plan_.last.extend(size + 1);
        slots_ = plan_.slots.extend(window);
        if (targets_ == nullptr || last_ == nullptr || (slots_ == nullptr && window != 0))
            return false;
        std::fill_n(targets_, size, 0u);
        std::fill_n(last_, size + 1, u8{0});
        std::fill_n(slots_, window, SlotPlan{});
        const u32 named = function_.param_slots + function_.local_slots;
        for (u32 i = 0; i < std::min(named, window); ++i)
            slots_[i].changes = true; // comes in a register, or as zero
        return true;
    }

    bool find_targets() noexcept {
        for (u32 at = 0; at < function_.size;) {
            const Record* record = records_ + at;
            const Row& row = row_of(*record);
            at += 1 + row.words;
            if (row.control == Control::falls) continue;
            const u32 from = static_cast<u32>(record - records_);
            switch (row.control) {
            case Control::falls: break;
            case Control::refused: return false;
            case Control::jump: add_target(ir::low32(*record), from); break;
            case Control::fused: add_target(static_cast<u32>(ir::word_of(record[1])), from); break;
            case Control::table:
                at = from + 1 + ir::words_after(record);
                for (u32 i = 0; i <= static_cast<u32>(ir::word_of(record[1])); ++i)
                    add_target(table_target(record, i), from);
                break;
            }
        }
        return !plan_.labels.failed() && !plan_.loop_end.failed();
    }
    static u32 table_target(const Record* record, u32 index) noexcept {
        return load_le<u32>(reinterpret_cast<const u8*>(record + 2) + usize{index} * 4);
    }
    void add_target(u32 target, u32 from) noexcept {
        u32& number = targets_[target];
        if (number == 0) {
            // After one failure the two would not be of one length.
            if (plan_.loop_end.failed() || !plan_.labels.push_back({}) ||
                !plan_.loop_end.push_back(0))
                return;
            number = plan_.labels.size();
        }
        if (target > from) return;
        u32& end = plan_.loop_end[number - 1];
        end = std::max(end, from);
    }

    bool find_uses() noexcept {
        const u32 size = function_.size;
        for (u32 at = 0; at < size;) {
            const Record* record = records_ + at;
            const Row& row = row_of(*record);
            at_ = at;
            while (at > loop_end_)
                [[unlikely]] leave_loop();
            if (targets_[at] != 0) begin_block();
            at += 1 + row.words;
            if ((row.operands & special) == 0)
                visit(record, row);
            else
                at += visit_special(record);
        }
        for (u32 i = 0; i < function_.window; ++i)
            mark_last(slots_[i].last_read, true);
        return true;
    }
    void begin_block() noexcept {
        block_ = at_;
        const u32 end = plan_.loop_end[targets_[at_] - 1];
        if (end == 0 || depth_ == max_depth) return;
        ends_[depth_++] = loop_end_;
        loop_end_ = end;
        weigh();
    }
    void leave_loop() noexcept {
        loop_end_ = ends_[--depth_];
        weigh();
    }
    /// Only the innermost loops matter for weights: deeper ones than 4 count as that.
    void weigh() noexcept { weight_ = u64{1} << (3 * std::min(depth_, 4u)); }

    /// `read` as in SlotPlan::last_read; that of nothing has a place of its own.
    void mark_last(u32 read, bool is_last) noexcept {
        last_[read >> 2] |= static_cast<u8>(u32{is_last} << (read & 3));
    }
    void read(u32 number, u32 operand, bool is_float) noexcept {
        SlotPlan& slot = slots_[number];
        slot.crosses |= slot.written <= block_;
        mark_last(slot.last_read, slot.last_read >> 2 <= block_);
        slot.last_read = (at_ + 1) << 2 | operand;
        (is_float ? slot.float_weight : slot.weight) += weight_;
    }
    void write(u32 number, bool is_float) noexcept {
        SlotPlan& slot = slots_[number];
        mark_last(slot.last_read, true);
        slot.last_read = 0;
        slot.written = at_ + 1;
        slot.changes = true;
        (is_float ? slot.float_weight : slot.weight) += weight_;
    }
    void read_range(u32 first, u32 count) noexcept {
        for (u32 i = 0; i < count; ++i)
            read(first + i, 3, false);
    }
    void write_range(u32 first, u32 count) noexcept {
        for (u32 i = 0; i < count; ++i)
            write(first + i, false);
    }

    void visit(const Record* record, const Row& row) noexcept {
        const u32 uses = row.operands;
        if ((uses & reads_a) != 0) read(record->a, 0, (uses & float_a) != 0);
        if ((uses & reads_b) != 0) read(record->b, 1, (uses & float_a) != 0);
        if ((uses & reads_dst) != 0) read(record->dst, 2, (uses & float_dst) != 0);
        if ((uses & writes_dst) != 0) write(record->dst, (uses & float_dst) != 0);
    }
    /// Gives the words beyond those of its row.
    u32 visit_special(const Record* record) noexcept {
        const u32 dst = record->dst;
        const u32 a = record->a;
        switch (ir::op_of(*record)) {
        case Op::select:
            read(a, 0, false);
            read(record->b, 1, false);
            read(static_cast<u32>(ir::word_of(record[1])), 2, false);
            write(dst, false);
            break;
        case Op::copy_range:
            read_range(a, record->b);
            write_range(dst, record->b);
            break;
        case Op::br_table: read(a, 3, false); return ir::words_after(record) - 1;
        case Op::charge_units: read(a, 3, false); break;
        case Op::memory_grow:
        case Op::table_get:
            read(a, 3, false);
            write(dst, false);
            break;
        case Op::table_set:
            read(a, 3, false);
            read(record->b, 3, false);
            break;
        case Op::memory_init:
        case Op::memory_copy:
        case Op::memory_fill:
        case Op::table_init:
        case Op::table_copy:
        case Op::table_fill: read_range(a, 3); break;
        case Op::table_grow:
            read_range(a, 2);
            write(dst, false);
            break;
        case Op::return_:
        case Op::return_range: read_range(a, record->b); break;
        default: visit_call(record);
        }
        return 0;
    }
    void visit_call(const Record* record) noexcept {
        const Op op = ir::op_of(*record);
        const CallShape shape = call_shape(executable_, record);
        if (op == Op::call_indirect || op == Op::return_call_indirect) read(record->a, 3, false);
        read_range(record->dst, shape.params);
        if (row_of(*record).family == Family::tail_call) return;
        write_range(record->dst, shape.results);
        if (op != Op::call_host) plan_.call_weight += weight_;
    }

    static constexpr u32 max_depth = 16;

    Plan& plan_;
    const Executable& executable_;
    const ir::Function& function_;
    const Record* records_;
    u32* targets_ = nullptr;
    u8* last_ = nullptr;
    SlotPlan* slots_ = nullptr;
    u32 at_ = 0;
    u32 block_ = 0; ///< first record of the block
    u32 depth_ = 0;
    u32 loop_end_ = 0xffff'ffff; ///< last record of the innermost loop
    u64 weight_ = 1;
    u32 ends_[max_depth]{};
};

} // namespace

bool Plan::make(const Executable& executable, u32 function) noexcept {
    return Planner(*this, executable, executable.code.functions[function]).run();
}

} // namespace lockstep::compiler

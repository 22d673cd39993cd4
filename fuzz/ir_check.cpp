// SPDX-License-Identifier: Apache-2.0
#include "fuzz/ir_check.hpp"

#include "fuzz/check.hpp"

#include <vector>

namespace lockstep::fuzz {
namespace {

using ir::Record;

class Checker {
public:
    Checker(const Executable& executable, const ir::Function& function,
            metering::Placement placement)
        : module_(executable.module), code_(executable.code), function_(function),
          records_(executable.code.records.begin() + function.begin, function.size),
          placement_(placement) {}

    void run() {
        check(function_.size != 0, "a function has records");
        check(function_.window >= function_.param_slots + function_.local_slots,
              "the window holds parameters and locals");
        starts_.resize(function_.size);
        checked_before_.resize(function_.size + 1);
        u32 last = 0;
        for (u32 at = 0; at < function_.size;) {
            starts_[at] = true;
            last = at;
            const Record& record = records_[at];
            checked_before_[at + 1] = checked_before_[at] + (is_checked_charge(record) ? 1u : 0u);
            const u32 next = at + 1 + ir::words_after(&record);
            for (u32 word = at + 1; word < next && word < function_.size; ++word)
                checked_before_[word + 1] = checked_before_[word];
            at = next;
            check(at <= function_.size, "following words lie inside the function");
        }
        check(ends(records_[last]), "the last record does not go on");
        if (placement_ == metering::Placement::lockstep_1)
            check(is_checked_charge(records_[0]), "a checked charge stands at the entry");
        bool wide = false;
        for (u32 at = 0; at < function_.size; ++at) {
            if (!starts_[at]) continue;
            if (!wide) check_record(at);
            wide = ir::op_of(records_[at]) == Op::wide;
        }
    }

private:
    static bool is_checked_charge(const Record& record) {
        switch (ir::op_of(record)) {
        case Op::charge:
        case Op::charge_word: return (record.dst & 1) != 0;
        case Op::charge_units: return true;
        default: return false;
        }
    }
    static bool ends(const Record& record) {
        switch (ir::op_of(record)) {
        case Op::unreachable:
        case Op::br_table:
        case Op::return_:
        case Op::return_range:
        case Op::return_call:
        case Op::return_call_host:
        case Op::return_call_indirect:
        case Op::jump: return true;
        default: return false;
        }
    }
    void slot(u32 index) const { check(index < function_.window, "a slot lies in the window"); }
    void branch(u32 at, u32 target) const {
        check(target < function_.size && starts_[target], "a branch goes to a record");
        if (placement_ != metering::Placement::none && target <= at)
            check(checked_before_[at + 1] > checked_before_[target],
                  "a checked charge stands between a loop's header and the branch back");
    }
    void table(u64 index) const { check(index < module_.tables.size(), "the table exists"); }
    void check_record(u32 at) const;
    void numeric(const Record& record, Signature signature) const;
    void indices(const Record& record, u64 word) const;

    const Module& module_;
    const ir::Code& code_;
    const ir::Function& function_;
    std::span<const Record> records_;
    metering::Placement placement_;
    std::vector<bool> starts_;
    std::vector<u32> checked_before_;
};

/// A row with a signature of its own.
void Checker::numeric(const Record& record, Signature signature) const {
    slot(record.a);
    slot(record.dst);
    const bool constant = (record.op & (ir::form_short | ir::form_word)) != 0;
    switch (signature) {
    case Signature::ii_i:
    case Signature::ll_i:
    case Signature::ff_i:
    case Signature::dd_i:
    case Signature::ll_l:
    case Signature::ff_f:
    case Signature::dd_d:
        if (!constant) slot(record.b);
        return;
    default: check(!constant, "only binary operators have a constant form");
    }
}

void Checker::indices(const Record& record, u64 word) const {
    const u32 low = ir::low32(record);
    switch (ir::op_of(record)) {
    case Op::call:
    case Op::return_call: return check(low < code_.functions.size(), "the function exists");
    case Op::call_host:
    case Op::return_call_host:
        return check(low < module_.imported_functions, "the imported function exists");
    case Op::ref_func: return check(low < module_.functions.size(), "the function exists");
    case Op::global_get:
    case Op::global_set:
        slot(record.dst);
        return check(low < module_.globals.size(), "the global exists");
    case Op::call_indirect:
    case Op::return_call_indirect:
        slot(record.a);
        table(word >> 32);
        return check(static_cast<u32>(word) < module_.types.size(), "the type exists");
    case Op::table_get:
    case Op::table_set:
    case Op::table_fill:
    case Op::table_grow: return table(word);
    case Op::table_size: return table(low);
    case Op::table_init:
        check(static_cast<u32>(word) < module_.elements.size(), "the segment exists");
        return table(word >> 32);
    case Op::table_copy: table(word >> 32); return table(static_cast<u32>(word));
    case Op::elem_drop: return check(low < module_.elements.size(), "the segment exists");
    case Op::data_drop: return check(low < module_.data.size(), "the segment exists");
    case Op::memory_init:
        check(static_cast<u32>(word) < module_.data.size(), "the segment exists");
        [[fallthrough]];
    case Op::memory_copy:
    case Op::memory_fill:
    case Op::memory_grow:
    case Op::memory_size: return check(!module_.memories.empty(), "there is a memory");
    default: return;
    }
}

void Checker::check_record(u32 at) const {
    const Record& record = records_[at];
    const Op op = ir::op_of(record);
    check(static_cast<usize>(op) < op_count, "the record has a row");
    const u32 words = ir::words_after(&record);
    const u64 word = words == 0 ? 0 : ir::word_of(records_[at + 1]);
    if ((record.op & ir::form_branch) != 0 && info(op).access == 0) {
        slot(record.a);
        return branch(at, static_cast<u32>(word));
    }
    if (info(op).access != 0) {
        check(!module_.memories.empty(), "there is a memory");
        slot(record.a);
        return slot(record.dst);
    }
    switch (op) {
    case Op::jump: return branch(at, ir::low32(record));
    case Op::br_table:
        slot(record.a);
        for (u32 i = 0; i <= static_cast<u32>(word); ++i) {
            const u64 labels = ir::word_of(records_[at + 2 + i / 2]);
            branch(at, static_cast<u32>(i % 2 == 0 ? labels : labels >> 32));
        }
        return;
    case Op::copy: slot(record.a); return slot(record.dst);
    case Op::const_u32:
    case Op::const_s32:
    case Op::const_word: return slot(record.dst);
    case Op::select:
        slot(record.a);
        slot(record.b);
        check(word < function_.window, "a slot lies in the window");
        return slot(record.dst);
    case Op::copy_range:
        check(record.b > 0, "a range is not empty");
        slot(record.a + record.b - 1u);
        return slot(record.dst + record.b - 1u);
    case Op::return_:
        check(record.b == function_.result_slots && record.b <= 1, "it returns the results");
        return record.b == 0 ? static_cast<void>(0) : slot(record.a);
    case Op::return_range:
        check(record.b == function_.result_slots, "it returns the results");
        return record.b == 0 ? static_cast<void>(0) : slot(record.a + record.b - 1u);
    default: break;
    }
    const Signature signature = is_wasm(op) ? info(op).signature : Signature::special;
    if (signature != Signature::special && info(op).immediate == Immediate::none)
        return numeric(record, signature);
    indices(record, word);
}

} // namespace

void check_code(const Executable& executable, metering::Placement placement) {
    u32 end = 0;
    for (const ir::Function& function : executable.code.functions) {
        check(function.begin == end, "functions stand one behind the other");
        end = function.begin + function.size;
        check(end <= executable.code.records.size(), "functions lie inside the code");
        Checker(executable, function, placement).run();
    }
    check(end == executable.code.records.size(), "no record lies between functions");
    check(executable.code.functions.size() == executable.module.bodies.size(),
          "every body became a function");
}

} // namespace lockstep::fuzz

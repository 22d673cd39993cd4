// SPDX-License-Identifier: Apache-2.0
// From draft to code: events are walked once, runs of records between them are copied, charges are
// inserted, and every label becomes a record index relative to the function's first record.
#include "vm/ir.hpp"

#include <algorithm>

namespace lockstep::ir {

void Draft::clear() noexcept {
    records.clear();
    events.clear();
    large.clear();
    offsets.clear();
    label_count = 0;
}

u32 words_after(const Record* record) noexcept {
    const u16 form = record->op;
    if ((form & form_word) != 0) return 1;
    if ((form & form_branch) != 0) return info(op_of(*record)).access != 0 ? 0 : 1;
    switch (op_of(*record)) {
    case Op::select:
    case Op::const_word:
    case Op::charge_word:
    case Op::charge_units:
    case Op::call_indirect:
    case Op::return_call_indirect:
    case Op::table_get:
    case Op::table_set:
    case Op::memory_init:
    case Op::memory_copy:
    case Op::memory_fill:
    case Op::table_init:
    case Op::table_copy:
    case Op::table_grow:
    case Op::table_fill: return 1;
    case Op::br_table: {
        const u32 count = static_cast<u32>(word_of(record[1]));
        return 1 + count / 2 + 1;
    }
    default: return 0;
    }
}

namespace {

enum class Fix : u32 { jump, low_half, both_halves };

class Assembler {
public:
    Assembler(const Draft& draft, Code& code, AssembleScratch& scratch, Buffer<u32>* offsets)
        : draft_(draft), code_(code), labels_(scratch.label_positions), fixups_(scratch.fixups),
          offsets_(offsets), begin_(code.records.size()) {}

    result<> run() {
        labels_.clear();
        fixups_.clear();
        if (u32* first = labels_.extend(draft_.label_count))
            std::fill_n(first, draft_.label_count, 0u);
        // Room for every record and two records a charge.
        const u64 most = u64{draft_.records.size()} + u64{draft_.events.size()} * 2 + 2;
        first_ = most > 0x3fff'ffff ? nullptr : code_.records.extend(static_cast<u32>(most));
        if (first_ == nullptr || labels_.failed()) return Error{Errc::out_of_memory};
        next_ = first_;
        for (const Event& event : draft_.events) {
            position_ += event.delta;
            take(event);
        }
        copy_until(draft_.records.size());
        const u32 size = here();
        code_.records.truncate(begin_ + size);
        if (fixups_.failed() || (offsets_ != nullptr && offsets_->failed()))
            return Error{Errc::out_of_memory};
        for (const u32 fixup : fixups_)
            resolve(fixup);
        code_.functions.push_back({begin_, draft_.local_slots, draft_.window, draft_.cost,
                                   narrow<u16>(draft_.param_slots),
                                   narrow<u16>(draft_.result_slots), size});
        if (code_.functions.failed()) return Error{Errc::out_of_memory};
        return success();
    }

private:
    [[nodiscard]] u32 here() const { return static_cast<u32>(next_ - first_); }

    /// Runs are short: a loop beats a call of memcpy.
    void copy_until(u32 position) {
        const Record* from = draft_.records.data() + copied_;
        const u32 count = position - copied_;
        for (u32 i = 0; i + 1 < count; i += 2)
            std::memcpy(next_ + i, from + i, 2 * sizeof(Record));
        if (count % 2 != 0) next_[count - 1] = from[count - 1];
        next_ += count;
        if (offsets_ != nullptr)
            for (u32 i = copied_; i < position; ++i)
                offsets_->push_back(draft_.offsets[i]);
        copied_ = position;
    }
    void insert(Record record) {
        *next_++ = record;
        if (offsets_ == nullptr) return;
        offsets_->push_back(position_ < draft_.offsets.size() ? draft_.offsets[position_] : 0);
    }
    void charge(u64 amount, bool checked) {
        copy_until(position_);
        const u16 flags = checked ? 1 : 0;
        if (amount <= 0xffff'ffff)
            return insert(make32(Op::charge, flags, static_cast<u32>(amount)));
        insert(make(Op::charge_word, flags));
        insert(word(amount));
    }
    void fix(u32 position, Fix kind) {
        copy_until(position);
        fixups_.push_back(static_cast<u32>(kind) << 30 | here());
    }
    void take(const Event& event) {
        switch (event.kind) {
        case EventKind::charge: return charge(event.value, false);
        case EventKind::charge_checked: return charge(event.value, true);
        case EventKind::charge_large: return charge(draft_.large[event.value], true);
        case EventKind::charge_units:
            copy_until(position_);
            insert(make(Op::charge_units, 1, static_cast<u16>(event.value)));
            return insert(word(draft_.unit_price[event.op]));
        case EventKind::label:
            copy_until(position_);
            labels_[event.value] = here();
            return;
        case EventKind::fixup: return fix(position_, Fix::low_half);
        case EventKind::fixup_jump: return fix(position_, Fix::jump);
        case EventKind::fixup_table:
            for (u32 i = 0; i < (event.value + 1) / 2; ++i)
                fix(position_ + i, Fix::both_halves);
            return;
        case EventKind::skip: position_ += event.value; return;
        default: return;
        }
    }
    void resolve(u32 fixup) {
        Record& record = first_[fixup & 0x3fff'ffff];
        const u64 bits = word_of(record);
        const u32 low = static_cast<u32>(bits);
        const u32 high = static_cast<u32>(bits >> 32);
        switch (static_cast<Fix>(fixup >> 30)) {
        case Fix::jump: record = make32(Op::jump, 0, labels_[low32(record)]); return;
        case Fix::low_half: record = word(pair(labels_[low], high)); return;
        case Fix::both_halves: record = word(pair(labels_[low], labels_[high])); return;
        }
    }

    const Draft& draft_;
    Code& code_;
    Buffer<u32>& labels_;
    Buffer<u32>& fixups_;
    Buffer<u32>* offsets_;
    u32 begin_;
    Record* first_ = nullptr;
    Record* next_ = nullptr;
    u32 position_ = 0; ///< in the draft
    u32 copied_ = 0;   ///< draft records before it are in the code
};

} // namespace

result<> assemble(const Draft& draft, Code& code, AssembleScratch& scratch, Buffer<u32>* offsets) {
    return Assembler(draft, code, scratch, offsets).run();
}

} // namespace lockstep::ir

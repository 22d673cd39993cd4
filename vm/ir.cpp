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

namespace {

/// In the top bits of a fixup; the rest is a record's number.
enum class Fix : u32 { jump = 0, low_half = 0x4000'0000, table = 0x8000'0000 };
constexpr u32 fix_bits = 0xc000'0000;

/// What an event does, in numbers, so that the frequent kinds need no branch: which comes next
/// cannot be predicted.
struct alignas(16) Effect {
    u32 label_mask; ///< all ones if a label stands here
    Fix fix;
    u8 fixed;    ///< what follows here names a label
    u8 inserted; ///< records put in here: a charge
    u8 checked;  ///< ... which is tested
    bool rare;   ///< see put_rare(); or a skip
};

constexpr std::array<Effect, static_cast<usize>(EventKind::skip) + 1> effects = [] {
    std::array<Effect, static_cast<usize>(EventKind::skip) + 1> table{};
    const auto at = [&](EventKind kind) -> Effect& { return table[static_cast<usize>(kind)]; };
    at(EventKind::charge).inserted = 1;
    at(EventKind::charge_checked).inserted = 1;
    at(EventKind::charge_checked).checked = 1;
    at(EventKind::label).label_mask = 0xffff'ffff;
    for (const EventKind kind : {EventKind::fixup, EventKind::fixup_jump, EventKind::fixup_table})
        at(kind).fixed = 1;
    at(EventKind::fixup).fix = Fix::low_half;
    at(EventKind::fixup_table).fix = Fix::table;
    for (const EventKind kind : {EventKind::charge_large, EventKind::charge_units, EventKind::skip})
        at(kind).rare = true;
    return table;
}();

// Rare things are functions of their own that get what they need: an Assembler whose address nobody
// takes lives in registers.

/// Writes what a rare event stands for and returns what is behind it.
[[gnu::noinline, gnu::cold]] Record* put_rare(const Draft& draft, Event event, Record* next) {
    if (event.kind == EventKind::charge_large) {
        *next++ = make(Op::charge_word, 1);
        *next++ = word(draft.large[event.value]);
    } else if (event.kind == EventKind::charge_units) {
        *next++ = make(Op::charge_units, 1, static_cast<u16>(event.value));
        *next++ = word(draft.unit_price[event.op]);
    }
    return next;
}

[[gnu::noinline, gnu::cold]] void copy_offsets(const Draft& draft, u32 from, u32 to,
                                               Buffer<u32>& offsets) {
    for (u32 i = from; i < to; ++i)
        offsets.push_back(draft.offsets[i]);
}

/// Records that were put in have the offset of the record they stand ahead of.
[[gnu::noinline, gnu::cold]] void add_offsets(const Draft& draft, u32 position, u32 end,
                                              Buffer<u32>& offsets) {
    while (offsets.size() < end && !offsets.failed())
        offsets.push_back(position < draft.offsets.size() ? draft.offsets[position] : 0);
}

class Assembler {
public:
    Assembler(Draft& draft, Code& code, AssembleScratch& scratch, Buffer<u32>* offsets)
        : draft_(draft), code_(code), scratch_(scratch), offsets_(offsets),
          begin_(code.records.size()), count_(draft.records.size()) {}

    result<> run() {
        if (!make_room()) return Error{Errc::out_of_memory};
        for (const Event& event : draft_.events) {
            position_ += event.delta;
            copy_until(position_);
            take(event);
        }
        copy_until(count_);
        if (offsets_ != nullptr && offsets_->failed()) return Error{Errc::out_of_memory};
        for (const u32* fixup = scratch_.fixups.data(); fixup != fixups_; ++fixup)
            resolve(*fixup);
        const u32 size = here();
        if (!keep(size)) return Error{Errc::out_of_memory};
        code_.functions.push_back({begin_, draft_.local_slots, draft_.window, draft_.cost,
                                   narrow<u16>(draft_.param_slots),
                                   narrow<u16>(draft_.result_slots), size});
        if (code_.functions.failed()) return Error{Errc::out_of_memory};
        return success();
    }

private:
    static constexpr u32 short_run = 4;
    static constexpr u32 ahead =
        2 * short_run; ///< what is written ahead of knowing its use, and more
    static constexpr u32 large_draft = 1 << 16;

    /// How much the events put in and fix: at most, or exactly where much memory is at stake.
    struct Needs {
        u64 records;
        u32 fixups;
    };
    [[nodiscard]] Needs needs() const {
        const u32 count = draft_.events.size();
        if (count < large_draft) return {u64{count} * 2, count};
        Needs needs{};
        for (const Event& event : draft_.events) {
            const Effect& effect = effects[static_cast<usize>(event.kind)];
            needs.records += effect.rare ? 2u : effect.inserted;
            needs.fixups += effect.fixed;
        }
        return needs;
    }
    /// For every record, every charge, and what is written ahead of knowing its use: the rest of a
    /// short run, a charge, a label, a fixup.
    bool make_room() {
        const Needs needs = this->needs();
        const u64 most = count_ + needs.records + ahead;
        if (most > 0x3fff'ffff) return false;
        scratch_.label_positions.clear();
        scratch_.fixups.clear();
        next_ = first_ = is_large() ? spread(static_cast<u32>(needs.records) + ahead)
                                    : code_.records.extend(static_cast<u32>(most));
        if (first_ == nullptr) return false;
        source_ = is_large() ? first_ + needs.records + ahead : draft_.records.data();
        labels_ = scratch_.label_positions.extend(draft_.label_count + 1);
        fixups_ = scratch_.fixups.extend(needs.fixups + 1);
        if (labels_ == nullptr || fixups_ == nullptr) return false;
        std::fill_n(labels_, draft_.label_count + 1, 0u);
        return true;
    }
    [[nodiscard]] bool is_large() const { return draft_.events.size() >= large_draft; }
    /// Moves the draft's records up, so that the code can be written below them.
    Record* spread(u32 distance) {
        if (draft_.records.extend(distance) == nullptr) return nullptr;
        Record* first = draft_.records.data();
        std::memmove(first + distance, first, usize{count_} * sizeof(Record));
        return first;
    }
    /// The finished records become part of the code.
    bool keep(u32 size) {
        if (!is_large()) {
            code_.records.truncate(begin_ + size);
            return true;
        }
        draft_.records.truncate(size);
        if (begin_ == 0) {
            std::swap(code_.records, draft_.records);
            return true;
        }
        Record* to = code_.records.extend(size);
        if (to == nullptr) return false;
        std::memcpy(to, draft_.records.data(), usize{size} * sizeof(Record));
        draft_.records.release_if_large();
        return true;
    }
    [[nodiscard]] u32 here() const { return static_cast<u32>(next_ - first_); }

    /// Most runs are short: these are copied as one length, which needs no loop.
    void copy_until(u32 position) {
        const Record* from = source_ + copied_;
        const u32 count = position - copied_;
        if (count <= short_run && count_ - copied_ >= short_run) [[likely]]
            std::memcpy(next_, from, short_run * sizeof(Record));
        else if (count != 0)
            std::memmove(next_, from, count * sizeof(Record));
        next_ += count;
        if (offsets_ != nullptr) [[unlikely]]
            copy_offsets(draft_, copied_, position, *offsets_);
        copied_ = position;
    }
    void take(const Event& event) {
        const Effect& effect = effects[static_cast<usize>(event.kind)];
        *next_ = make32(Op::charge, effect.checked, event.value);
        next_ += effect.inserted;
        labels_[(event.value + 1) & effect.label_mask] = here();
        *fixups_ = static_cast<u32>(effect.fix) | here();
        fixups_ += effect.fixed;
        if (effect.rare) [[unlikely]] {
            next_ = put_rare(draft_, event, next_);
            if (event.kind == EventKind::skip) position_ += event.value;
        }
        if (offsets_ != nullptr) [[unlikely]]
            add_offsets(draft_, position_, offsets_begin_ + here(), *offsets_);
    }
    [[nodiscard]] u32 label(u32 number) const { return labels_[number + 1]; }
    void resolve(u32 fixup) {
        Record* record = first_ + (fixup & ~fix_bits);
        switch (static_cast<Fix>(fixup & fix_bits)) {
        case Fix::jump: *record = make32(Op::jump, 0, label(low32(*record))); return;
        case Fix::low_half: {
            const u64 bits = word_of(*record);
            *record = word(pair(label(static_cast<u32>(bits)), static_cast<u32>(bits >> 32)));
            return;
        }
        case Fix::table: return resolve_table(record);
        }
    }
    /// The number of targets stands ahead of them; one more is the default.
    void resolve_table(Record* targets) {
        const u32 count = static_cast<u32>(word_of(targets[-1]));
        for (u32 i = 0; i <= count / 2; ++i) {
            const u64 bits = word_of(targets[i]);
            targets[i] =
                word(pair(label(static_cast<u32>(bits)), label(static_cast<u32>(bits >> 32))));
        }
    }

    Draft& draft_;
    Code& code_;
    AssembleScratch& scratch_;
    Buffer<u32>* offsets_;
    u32 begin_;
    u32 count_; ///< records of the draft
    const Record* source_ = nullptr;
    u32 offsets_begin_ = offsets_ == nullptr ? 0 : offsets_->size();
    u32* labels_ = nullptr; ///< label n stands at n + 1; the first takes what is none
    u32* fixups_ = nullptr; ///< behind the latest
    Record* first_ = nullptr;
    Record* next_ = nullptr;
    u32 position_ = 0; ///< in the draft
    u32 copied_ = 0;   ///< draft records before it are in the code
};

} // namespace

result<> assemble(Draft& draft, Code& code, AssembleScratch& scratch, Buffer<u32>* offsets) {
    return Assembler(draft, code, scratch, offsets).run();
}

} // namespace lockstep::ir

// SPDX-License-Identifier: Apache-2.0
// Where values are. A slot has one home for the whole function: a pinned register or its place in
// the window. Values of slots without a register are cached in temporaries between two labels. Each
// operation costs O(1) and emits at most one move per register.
#pragma once

#include "compiler/singlepass/plan.hpp"
#include "compiler/zeal.hpp"

#include <bit>

namespace lockstep::compiler {

template <Masm M>
class Registers {
public:
    explicit Registers(M& masm) : masm_(masm) {}

    /// Chooses the pinned slots. False when out of memory.
    [[nodiscard]] bool begin(const Plan& plan, u32 window, TrapsMode traps, u32 zeal) noexcept {
        plan_ = &plan;
        slots_.clear();
        where_ = slots_.extend(window);
        if (where_ == nullptr && window != 0) return false;
        std::fill_n(where_, window, nowhere);
        std::fill(std::begin(slot_), std::end(slot_), no_slot);
        bound_ = pinned_ = dirty_ = locked_ = changing_pins_ = 0;
        pending_ = {};
        pool_ = 0;
        for (u32 i = 0; i < M::gprs_of(traps); ++i)
            pool_ |= 1u << M::gpr_order[i].n;
        for (const Fpr f : M::fpr_order)
            pool_ |= 1u << (f.n + fpr_base);
        shuffle_ = (zeal & zeal_shuffle) != 0 ? zeal | 1 : 0;
        if ((zeal & zeal_spill) == 0) {
            pin(false, M::gpr_temps, M::gprs_of(traps));
            pin(true, M::fpr_temps, static_cast<u32>(std::size(M::fpr_order)));
        }
        stale_ = pinned_;
        temps_ = pool_ & ~pinned_;
        return true;
    }

    // ---- operands ----

    /// The slot's value in a general register, until finish().
    Gpr use(u32 slot) noexcept {
        const u32 reg = where(slot);
        if (reg < fpr_base) {
            make_valid(reg);
            lock(reg);
            return gpr(reg);
        }
        const u32 to = take(gprs());
        if (reg != nowhere) {
            make_valid(reg);
            masm_.mov(gpr(to), fpr(reg)); // a copy that no slot knows of
        } else {
            masm_.load_slot(gpr(to), slot);
            bind(to, slot, false);
        }
        return gpr(to);
    }
    Fpr use_float(u32 slot) noexcept {
        const u32 reg = where(slot);
        if (reg != nowhere && reg >= fpr_base) {
            make_valid(reg);
            lock(reg);
            return fpr(reg);
        }
        const u32 to = take(fprs());
        if (reg != nowhere) {
            make_valid(reg);
            masm_.mov(fpr(to), gpr(reg));
        } else {
            masm_.load_slot(fpr(to), slot);
            bind(to, slot, false);
        }
        return fpr(to);
    }
    /// A register for a passing value, until finish().
    Gpr temporary() noexcept { return gpr(take(gprs())); }
    Fpr float_temporary() noexcept { return fpr(take(fprs())); }

    /// The register to write the slot's new value to; finish() completes it.
    Gpr define(u32 slot) noexcept { return gpr(define_in(slot, gprs())); }
    Fpr define_float(u32 slot) noexcept { return fpr(define_in(slot, fprs())); }

    /// The slot's new value is in `from`, a vacated register.
    void define_at(u32 slot, Gpr from) noexcept {
        const u32 to = where(slot);
        if (to != nowhere && is_pinned(to)) {
            to >= fpr_base ? masm_.mov(fpr(to), from) : masm_.mov(gpr(to), from);
            stale_ &= ~(1u << to);
            dirty_ |= 1u << to;
            return;
        }
        if (to != nowhere) unbind(to);
        bind(from.n, slot, true);
    }

    /// `dst` := `src`, in whatever class is cheapest.
    void copy(u32 dst, u32 src, bool src_dead) noexcept {
        const u32 to = where(dst);
        const u32 from = where(src);
        if (to == nowhere || !is_pinned(to)) {
            if (from != nowhere && !is_pinned(from) && src_dead) { // the register changes its name
                drop(dst);
                unbind(from);
                bind(from, dst, true);
                return;
            }
            if (from != nowhere && from >= fpr_base) {
                const Fpr value = use_float(src);
                masm_.mov(define_float(dst), value);
            } else {
                const Gpr value = use(src);
                masm_.mov(define(dst), value);
            }
            return;
        }
        if (to >= fpr_base) {
            if (from == nowhere)
                masm_.load_slot(define_float(dst), src);
            else if (from >= fpr_base)
                masm_.mov(define_float(dst), use_float(src));
            else
                masm_.mov(define_float(dst), use(src));
        } else {
            if (from == nowhere)
                masm_.load_slot(define(dst), src);
            else
                masm_.mov(define(dst), use(src));
        }
    }

    /// After each record: completes definitions, forgets operands whose value is dead.
    void finish() noexcept {
        if (pending_.from != nowhere) {
            pending_.from < fpr_base ? masm_.mov(fpr(pending_.to), gpr(pending_.from))
                                     : masm_.mov(gpr(pending_.to), fpr(pending_.from));
            pending_ = {};
        }
        locked_ = 0;
    }
    /// The slot's value is not needed any more.
    void release(u32 slot) noexcept {
        if (plan_->slots[slot].crosses) return;
        const u32 reg = where(slot);
        if (reg != nowhere && !is_pinned(reg)) unbind(reg);
    }

    // ---- boundaries ----

    /// Ahead of a branch: what other blocks read is in its home.
    void settle() noexcept {
        for (u32 rest = bound_ & dirty_; rest != 0; rest &= rest - 1) {
            const u32 reg = static_cast<u32>(std::countr_zero(rest));
            if (plan_->slots[slot_[reg]].crosses) write_back(reg);
        }
        for (u32 rest = stale_; rest != 0; rest &= rest - 1)
            make_valid(static_cast<u32>(std::countr_zero(rest)));
    }
    /// At a label: only homes hold values.
    void at_label() noexcept {
        forget_temporaries();
        stale_ = 0;
        dirty_ = changing_pins_;
    }
    /// Every value is in the window; registers keep theirs.
    void flush() noexcept {
        for (u32 rest = dirty_ & (bound_ | pinned_); rest != 0; rest &= rest - 1)
            write_back(static_cast<u32>(std::countr_zero(rest)));
    }
    /// Every value is in the window only.
    void spill() noexcept {
        flush();
        forget_temporaries();
    }
    /// Puts the garbage in `from` into all registers that hold nothing.
    void poison(Gpr from) noexcept {
        for (u32 rest = pool_ & ~bound_ & (~pinned_ | stale_); rest != 0; rest &= rest - 1) {
            const u32 reg = static_cast<u32>(std::countr_zero(rest));
            reg < fpr_base ? masm_.mov(gpr(reg), from) : masm_.mov(fpr(reg), from);
        }
    }
    /// Behind a stub that keeps pinned general registers and has written slots from `first` on, or
    /// one slot.
    void after_stub(u32 first, u32 count) noexcept {
        forget_temporaries();
        stale_ |= pinned_ & fprs();
        for (u32 rest = pinned_; rest != 0; rest &= rest - 1) {
            const u32 reg = static_cast<u32>(std::countr_zero(rest));
            if (slot_[reg] - first < count) stale_ |= 1u << reg;
        }
    }
    /// Ahead of a call: the first arguments go to their registers, all else to the window.
    void pass(u32 base, u32 params) noexcept {
        const u32 in_registers = std::min(params, M::arguments);
        for (u32 rest = dirty_ & (bound_ | pinned_); rest != 0; rest &= rest - 1) {
            const u32 reg = static_cast<u32>(std::countr_zero(rest));
            const u32 slot = slot_[reg];
            if (slot < base || (slot >= base + in_registers && slot < base + params))
                write_back(reg);
        }
        for (u32 i = 0; i < in_registers; ++i)
            pass_one(base, i, in_registers);
        forget_temporaries();
        stale_ = pinned_;
        dirty_ = 0;
    }
    /// The slot's value is what the function returns.
    void to_result(u32 slot) noexcept {
        const u32 from = where(slot);
        if (from == nowhere) return masm_.load_slot(M::result, slot);
        make_valid(from);
        from < fpr_base ? masm_.mov(M::result, gpr(from)) : masm_.mov(M::result, fpr(from));
    }
    /// Gives the temporary of a dead operand to the slot about to be defined.
    void rename(u32 dead, u32 slot, Gpr reg) noexcept {
        const u32 to = where(slot);
        if (where(dead) != reg.n || is_pinned(reg.n) || (to != nowhere && is_pinned(to))) return;
        if (to != nowhere) unbind(to);
        unbind(reg.n);
        bind(reg.n, slot, true);
    }
    /// Behind a call or at entry: argument register `i` holds `slot`.
    void receive(u32 i, u32 slot) noexcept { define_at(slot, M::gpr_order[i]); }
    /// A declared local is zero at entry.
    void zero(u32 slot) noexcept {
        const u32 reg = where(slot);
        if (reg == nowhere) {
            if (plan_->slots[slot].crosses) masm_.store_slot_zero(slot);
            return;
        }
        if (reg < fpr_base) {
            masm_.constant(gpr(reg), 0);
        } else {
            masm_.fzero(fpr(reg));
        }
        stale_ &= ~(1u << reg);
        dirty_ |= 1u << reg;
    }
    /// Frees registers an instruction needs for itself.
    void vacate(u32 mask) noexcept {
        for (u32 rest = mask; rest != 0; rest &= rest - 1) {
            const u32 reg = static_cast<u32>(std::countr_zero(rest));
            if ((bound_ >> reg & 1) != 0) {
                write_back(reg);
                unbind(reg);
            }
            lock(reg);
        }
    }
    void store_home(u32 slot) noexcept {
        const u32 reg = where(slot);
        if (reg != nowhere && (dirty_ >> reg & 1) != 0) write_back(reg);
    }
    [[nodiscard]] bool is_float(u32 slot) const noexcept {
        const u32 reg = where(slot);
        return reg != nowhere && reg >= fpr_base;
    }

private:
    static constexpr u32 fpr_base = 16;
    static constexpr u8 nowhere = 0xff;
    static constexpr u32 no_slot = 0xffff'ffff;

    [[nodiscard]] static Gpr gpr(u32 reg) noexcept { return {reg}; }
    [[nodiscard]] static Fpr fpr(u32 reg) noexcept { return {reg - fpr_base}; }
    [[nodiscard]] u32 where(u32 slot) const noexcept {
        hot_assert(slot < slots_.size());
        return where_[slot];
    }
    [[nodiscard]] bool is_pinned(u32 reg) const noexcept { return (pinned_ >> reg & 1) != 0; }
    [[nodiscard]] static constexpr u32 gprs() noexcept { return 0xffff; }
    [[nodiscard]] static constexpr u32 fprs() noexcept { return 0xffff'0000; }
    void lock(u32 reg) noexcept { locked_ |= 1u << reg; }

    void bind(u32 reg, u32 slot, bool dirty) noexcept {
        slot_[reg] = slot;
        where_[slot] = static_cast<u8>(reg);
        bound_ |= 1u << reg;
        dirty_ = (dirty_ & ~(1u << reg)) | u32{dirty} << reg;
    }
    void unbind(u32 reg) noexcept {
        where_[slot_[reg]] = nowhere;
        slot_[reg] = no_slot;
        bound_ &= ~(1u << reg);
        dirty_ &= ~(1u << reg);
    }
    void drop(u32 slot) noexcept {
        const u32 reg = where(slot);
        if (reg != nowhere) unbind(reg);
    }
    void forget_temporaries() noexcept {
        for (u32 rest = bound_; rest != 0; rest &= rest - 1)
            unbind(static_cast<u32>(std::countr_zero(rest)));
    }
    void write_back(u32 reg) noexcept {
        if ((dirty_ >> reg & 1) == 0) return;
        reg < fpr_base ? masm_.store_slot(slot_[reg], gpr(reg))
                       : masm_.store_slot(slot_[reg], fpr(reg));
        dirty_ &= ~(1u << reg);
    }
    void make_valid(u32 reg) noexcept {
        if ((stale_ >> reg & 1) != 0) [[unlikely]]
            reload(reg);
    }
    [[gnu::noinline]] void reload(u32 reg) noexcept {
        reg < fpr_base ? masm_.load_slot(gpr(reg), slot_[reg])
                       : masm_.load_slot(fpr(reg), slot_[reg]);
        stale_ &= ~(1u << reg);
    }
    /// A free register of the class, locked; the oldest value goes if there is none.
    u32 take(u32 mask) noexcept {
        const u32 usable = temps_ & mask & ~locked_;
        u32 reg = usable & ~bound_;
        if (shuffle_ != 0) [[unlikely]]
            reg = any_of(reg);
        if (reg == 0) {
            // Values that memory has too go first; among equals, in turn.
            u32 victims = usable & ~dirty_;
            if (victims == 0) victims = usable;
            assert(victims != 0);
            const u32 after = victims & ~((2u << last_victim_) - 1);
            reg = static_cast<u32>(std::countr_zero(after != 0 ? after : victims));
            last_victim_ = reg;
            write_back(reg);
            unbind(reg);
        } else {
            reg = static_cast<u32>(std::countr_zero(reg));
        }
        lock(reg);
        return reg;
    }
    /// One bit of the mask, if it has any.
    u32 any_of(u32 mask) noexcept {
        shuffle_ = shuffle_ * 1664525 + 1013904223;
        u32 skip = (shuffle_ >> 16) % 32;
        for (; skip > 0 && (mask & (mask - 1)) != 0; --skip)
            mask &= mask - 1;
        return mask & (0 - mask);
    }
    u32 define_in(u32 slot, u32 mask) noexcept {
        u32 reg = where(slot);
        if (reg != nowhere && is_pinned(reg)) {
            stale_ &= ~(1u << reg);
            dirty_ |= 1u << reg;
            if ((1u << reg & mask) != 0) return reg;
            pending_ = {take(mask), reg};
            return pending_.from;
        }
        if (reg != nowhere) {
            if ((1u << reg & mask) != 0) {
                dirty_ |= 1u << reg;
                lock(reg);
                return reg;
            }
            unbind(reg);
        }
        reg = take(mask);
        bind(reg, slot, true);
        return reg;
    }
    void pass_one(u32 base, u32 i, u32 count) noexcept {
        const u32 to = M::gpr_order[i].n;
        const u32 from = where(base + i);
        if (from == to) return;
        const bool needed =
            (bound_ >> to & 1) != 0 && slot_[to] - base < count && slot_[to] > base + i;
        if (from != nowhere && from < fpr_base && !is_pinned(from)) {
            if (!needed) {
                masm_.mov(gpr(to), gpr(from));
                return;
            }
            masm_.exchange(gpr(to), gpr(from));
            const u32 other = slot_[to];
            const bool other_dirty = (dirty_ >> to & 1) != 0;
            unbind(to);
            unbind(from);
            bind(from, other, other_dirty);
            return;
        }
        if (needed) {
            write_back(to);
            unbind(to);
        }
        if (from == nowhere) {
            masm_.load_slot(gpr(to), base + i);
        } else {
            make_valid(from);
            from < fpr_base ? masm_.mov(gpr(to), gpr(from)) : masm_.mov(gpr(to), fpr(from));
        }
    }
    /// The slots used most get registers first .. last of the class's order.
    void pin(bool is_float, u32 first, u32 last) noexcept {
        struct Candidate {
            u64 gain;
            u32 slot;
        };
        Candidate best[16]{};
        const u32 most = last - first;
        u32 count = 0;
        const u64 call_cost = plan_->call_weight * 2;
        for (u32 slot = 0; slot < plan_->slots.size(); ++slot) {
            const SlotPlan& use = plan_->slots[slot];
            const bool belongs =
                is_float ? use.float_weight > use.weight / 2 : use.float_weight <= use.weight / 2;
            u64 gain = use.weight + use.float_weight;
            if (!use.crosses) gain /= 4;
            if (!belongs || gain <= call_cost + 2) continue;
            if (count == most && gain <= best[count - 1].gain) continue;
            u32 at = count < most ? count++ : count - 1;
            for (; at > 0 && best[at - 1].gain < gain; --at)
                best[at] = best[at - 1];
            best[at] = {gain, slot};
        }
        for (u32 i = 0; i < count; ++i) {
            const u32 reg =
                is_float ? M::fpr_order[last - 1 - i].n + fpr_base : M::gpr_order[last - 1 - i].n;
            pinned_ |= 1u << reg;
            slot_[reg] = best[i].slot;
            where_[best[i].slot] = static_cast<u8>(reg);
            if (plan_->slots[best[i].slot].changes) changing_pins_ |= 1u << reg;
        }
    }

    struct Pending {
        u32 from = nowhere;
        u32 to = nowhere;
    };

    M& masm_;
    Buffer<u8> slots_;
    u8* where_ = nullptr; ///< per slot: its register, or nowhere
    const Plan* plan_ = nullptr;
    u32 slot_[32];
    u32 pool_ = 0;
    u32 temps_ = 0; ///< of the pool, those that are not pinned
    u32 bound_ = 0; ///< temporaries that hold a slot
    u32 pinned_ = 0;
    u32 stale_ = 0;  ///< pinned registers that do not hold their slot's value
    u32 dirty_ = 0;  ///< registers whose value the window has not
    u32 locked_ = 0; ///< in use by the record at hand
    u32 changing_pins_ = 0;
    u32 last_victim_ = 0;
    u32 shuffle_ = 0; ///< state of zeal_shuffle's choices, 0 = off
    Pending pending_;
};

} // namespace lockstep::compiler

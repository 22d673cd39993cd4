// SPDX-License-Identifier: Apache-2.0
// Code for one function, record by record, in one pass. Operands come from Registers, instructions
// go out through a Masm; a record without a case of its own is left to NativeRuntime::slow. Traps,
// the gas counter's refill and NaNs are handled behind the function's code.
#pragma once

#include "compiler/singlepass/registers.hpp"
#include "compiler/zeal.hpp"

namespace lockstep::compiler {

/// What emission needs between functions.
struct ModuleCode {
    const Executable& executable;
    TrapsMode traps;
    u32 zeal;
    Stubs stubs;
    struct CallFix {
        u32 at;
        u32 function;
    };
    Buffer<CallFix> calls;
    Buffer<NativeCode::Site> sites;
    CodeMap* map; ///< null unless somebody wants to know
};

template <Masm M>
class Emitter {
public:
    Emitter(M& masm, ModuleCode& module) : m_(masm), module_(module), regs_(masm) {}

    /// False: the function has to be interpreted.
    bool function(u32 index) noexcept {
        const Executable& executable = module_.executable;
        if (!plan_.make(executable, index)) return false;
        fn_ = &executable.code.functions[index];
        records_ = executable.code.records.data() + fn_->begin;
        after_jump_ = false;
        failed_ = false;
        cold_.clear();
        table_fixes_.clear();
        if (!regs_.begin(plan_, fn_->window, module_.traps, module_.zeal)) return false;
        if (!prologue()) return false;
        const bool watched = module_.map != nullptr || (module_.zeal & zeal_spill) != 0;
        const u32 size = fn_->size;
        for (at_ = 0; at_ < size;) {
            const ir::Record* record = records_ + at_;
            const Row& row = row_of(*record);
            u32 words = row.words;
            u32 room = bytes_per_record;
            if (row.control == Control::table) [[unlikely]] {
                words = ir::words_after(record);
                room += words * 8;
            }
            if (!m_.ensure(room)) return false;
            if (plan_.target[at_] != 0) bind_label();
            if (watched) [[unlikely]]
                watch();
            emit(record, row);
            regs_.finish();
            if (plan_.last_of(at_) != 0) forget(record, row);
            assert(m_.within_room());
            at_ += 1 + words;
        }
        if (failed_ || !cold_code() || !fix_tables()) return false;
        if (module_.map != nullptr) note(CodeMap::end_of_function);
        return true;
    }

    /// A function that the interpreter runs: native callers find it like any other.
    bool interpreted(u32 index) noexcept {
        if (!m_.ensure(bytes_per_record)) return false;
        m_.save_return();
        for (u32 i = 0; i < M::arguments; ++i)
            m_.store_slot(i, M::gpr_order[i]);
        m_.constant(M::scratch, index | NativeAbi::interpreted_function);
        m_.call(module_.stubs.slow);
        m_.load_slot(M::result, 0);
        m_.ret();
        return true;
    }

private:
    using Record = ir::Record;
    static constexpr u32 bytes_per_record = 1024;

    enum class ColdKind : u8 { trap, refill, nan32, nan64, foreign };
    struct Cold {
        Label label;
        u32 back;
        u32 record; ///< in Code::records
        ColdKind kind;
        u8 detail; ///< Trap, or register
    };
    struct TableFix {
        u32 table;
        u32 index;
        u32 label;
    };

    // ---- the frame ----

    bool prologue() noexcept {
        const u32 zeros = fn_->local_slots;
        if (!m_.ensure(bytes_per_record)) return false;
        m_.enter_frame(fn_->cost, module_.stubs.traps[static_cast<u32>(Trap::stack_overflow)]);
        for (u32 i = 0; i < std::min<u32>(fn_->param_slots, M::arguments); ++i)
            regs_.receive(i, i);
        if ((module_.zeal & zeal_poison) != 0 && !poison()) return false;
        for (u32 i = 0; i < zeros; ++i) {
            if (!m_.ensure(64)) return false;
            regs_.zero(fn_->param_slots + i);
        }
        return true;
    }
    /// Fills registers that hold no argument and slots that hold no parameter.
    bool poison() noexcept {
        constexpr u64 garbage = 0xfff7'dead'beef'0bad; // a signalling NaN with all halves set
        constexpr u32 most_slots = 64;
        m_.constant(M::scratch, garbage);
        for (u32 slot = fn_->param_slots; slot < std::min(fn_->window, most_slots); ++slot) {
            if (!m_.ensure(64)) return false;
            m_.store_slot(slot, M::scratch);
        }
        if (!m_.ensure(bytes_per_record)) return false;
        regs_.poison(M::scratch);
        return true;
    }
    void leave() noexcept { m_.leave_frame(fn_->cost); }

    void bind_label() noexcept {
        if (!after_jump_) regs_.settle();
        regs_.at_label();
        m_.bind(label_at(at_));
        after_jump_ = false;
    }
    [[nodiscard]] Label& label_at(u32 record) noexcept {
        return plan_.labels[plan_.target[record] - 1];
    }

    /// Frees the registers of operands that are dead behind the record.
    void forget(const Record* record, const Row& row) noexcept {
        const u8 last = plan_.last_of(at_);
        const bool writes = (row.operands & writes_dst) != 0;
        const auto release = [&](u32 slot) {
            if (!writes || slot != record->dst) regs_.release(slot);
        };
        if ((last & last_a) != 0) release(record->a);
        if ((last & last_b) != 0) release(record->b);
        if ((last & last_third) != 0)
            release(row.family == Family::select ? static_cast<u32>(ir::word_of(record[1]))
                                                 : record->dst);
    }
    [[nodiscard]] bool dead_after(u8 bit, u32 slot) const noexcept {
        return (plan_.last_of(at_) & bit) != 0 && !plan_.slots[slot].crosses;
    }

    // ---- code behind the function ----

    [[nodiscard]] u32 record_number() const noexcept { return fn_->begin + at_; }
    /// The label of cold code of this record. It stays valid until the next call.
    Label& cold(ColdKind kind, u8 detail = 0) noexcept {
        if (!cold_.push_back({{}, 0, record_number(), kind, detail})) return lost_;
        return cold_.back().label;
    }
    Label& trap(Trap code) noexcept { return cold(ColdKind::trap, static_cast<u8>(code)); }
    void come_back() noexcept {
        if (!cold_.empty()) cold_.back().back = m_.here();
    }
    /// Behind a call: its last byte stands for it, so that no two places are one.
    void site(u32 record) noexcept { module_.sites.push_back({m_.here() - 1, record}); }

    /// Ahead of each record, for listings and tests.
    void watch() noexcept {
        if ((module_.zeal & zeal_spill) != 0) regs_.spill();
        if (module_.map != nullptr) note(record_number());
    }
    void note(u32 record) noexcept { module_.map->starts.push_back({m_.here(), record}); }

    bool cold_code() noexcept {
        if (cold_.failed()) return false;
        for (Cold& cold : cold_) {
            if (!m_.ensure(128)) return false;
            if (module_.map != nullptr) note(cold.record | CodeMap::cold);
            m_.bind(cold.label);
            switch (cold.kind) {
            case ColdKind::trap:
                m_.call(module_.stubs.traps[cold.detail]);
                site(cold.record);
                continue;
            case ColdKind::refill:
                m_.call(module_.stubs.refill);
                site(cold.record);
                break;
            case ColdKind::foreign:
                m_.call(module_.stubs.foreign);
                site(cold.record);
                break;
            case ColdKind::nan32: m_.canonical_nan(false, Fpr{cold.detail}); break;
            case ColdKind::nan64: m_.canonical_nan(true, Fpr{cold.detail}); break;
            }
            const u32 jump = m_.jump_later();
            m_.resolve(jump, cold.back);
        }
        return true;
    }
    bool fix_tables() noexcept {
        if (table_fixes_.failed()) return false;
        for (const TableFix& fix : table_fixes_)
            m_.set_table_entry(fix.table, fix.index, plan_.labels[fix.label].position);
        return true;
    }
    // ---- records ----

    void slow(u32 first_written, u32 count) noexcept {
        regs_.flush();
        m_.constant(M::scratch, record_number());
        m_.call(module_.stubs.slow);
        site(record_number());
        regs_.after_stub(first_written, count);
    }

    [[gnu::always_inline]] void emit(const Record* record, const Row& row) noexcept {
        switch (row.family) {
        case Family::refused: failed_ = true; return;
        case Family::slow: return slow(record->dst, 1);
        case Family::slow_effect: return slow(0, 0);
        case Family::alu: return alu(record, row);
        case Family::mul: return multiply(record, row);
        case Family::shift: return shift(record, row);
        case Family::divide: return divide(record, row);
        case Family::compare: return compare(record, row);
        case Family::is_zero:
            m_.compare_imm(row.wide, regs_.use(record->a), 0);
            return m_.set(Cond::eq, regs_.define(record->dst));
        case Family::count: {
            const Gpr from = regs_.use(record->a);
            return m_.count(static_cast<Count>(row.kind), row.wide, regs_.define(record->dst),
                            from);
        }
        case Family::wrap: {
            const Gpr from = regs_.use(record->a);
            return m_.wrap(regs_.define(record->dst), from);
        }
        case Family::extend: {
            const Gpr from = regs_.use(record->a);
            return m_.extend(row.kind, row.wide, regs_.define(record->dst), from);
        }
        case Family::float_sign: {
            const Fpr from = regs_.use_float(record->a);
            const Fpr d = regs_.define_float(record->dst);
            return row.kind != 0 ? m_.fabs(row.wide, d, from) : m_.fneg(row.wide, d, from);
        }
        case Family::float_unary: return float_unary(record, row);
        case Family::convert_int: {
            const Gpr from = regs_.use(record->a);
            return m_.convert_int(row.kind != 0, row.wide, regs_.define_float(record->dst), from);
        }
        case Family::float_binary: return float_binary(record, row);
        case Family::float_compare: return float_compare(record, row);
        case Family::load: return load(record, row);
        case Family::store: return store(record, row);
        case Family::float_load: return float_load(record, row);
        case Family::float_store: return float_store(record, row);
        case Family::copy: return regs_.copy(record->dst, record->a, dead_after(last_a, record->a));
        case Family::copy_range: return copy_range(record);
        case Family::constant_u32: return constant(record->dst, ir::low32(*record));
        case Family::constant_s32:
            return constant(record->dst,
                            static_cast<u64>(i64{static_cast<i32>(ir::low32(*record))}));
        case Family::constant_word: return constant(record->dst, ir::word_of(record[1]));
        case Family::select: return select(record);
        case Family::global_get: {
            const Gpr cell = global_cell(ir::low32(*record));
            return m_.load_field(regs_.define(record->dst), cell, offsetof(Global, value));
        }
        case Family::global_set: {
            const Gpr value = regs_.use(record->dst);
            return m_.store_field(global_cell(ir::low32(*record)), offsetof(Global, value), value);
        }
        case Family::ref_func: {
            const Gpr d = regs_.define(record->dst);
            m_.load_activation(d, ActivationLayout::funcs);
            return m_.alu_imm(Alu::add, true, d, d,
                              static_cast<i32>(ir::low32(*record) * sizeof(Func)));
        }
        case Family::memory_size: {
            const Gpr d = regs_.define(record->dst);
            m_.load_memory_size(d);
            return m_.shift_imm(Shift::shr_u, true, d, d, 16);
        }
        case Family::charge: return charge(ir::low32(*record), (record->dst & 1) != 0);
        case Family::jump:
            regs_.settle();
            m_.jump(label_at(ir::low32(*record)));
            after_jump_ = true;
            return;
        case Family::br_table: return branch_table(record);
        case Family::unreachable:
            m_.jump(trap(Trap::unreachable));
            after_jump_ = true;
            return;
        case Family::return_:
            if (record->b != 0) regs_.to_result(record->a);
            leave();
            after_jump_ = true;
            return;
        case Family::return_range: return return_range(record);
        case Family::call: return call(record);
        case Family::tail_call: return tail_call(record);
        }
    }

    // Integers.

    [[nodiscard]] static i64 constant_of(const Record* record, const Row& row) noexcept {
        if (row.right == RightForm::short_constant) return static_cast<i16>(record->b);
        const u64 word = ir::word_of(record[1]);
        if (row.right == RightForm::fused) return static_cast<i32>(word >> 32);
        return row.wide ? static_cast<i64>(word) : i64{static_cast<i32>(word)};
    }
    /// Whether an instruction takes the constant.
    [[nodiscard]] static bool is_small(i64 value) noexcept {
        return value == static_cast<i32>(value);
    }
    /// The right operand as a register.
    Gpr right_register(const Record* record, const Row& row) noexcept {
        if (row.right == RightForm::slot) return regs_.use(record->b);
        const Gpr reg = regs_.temporary();
        const i64 value = constant_of(record, row);
        m_.constant(reg, row.wide ? static_cast<u64>(value) : static_cast<u32>(value));
        return reg;
    }
    /// The result's register; that of a dead left operand if it can be.
    Gpr define_over(const Record* record, Gpr a) noexcept {
        if (record->a != record->dst && dead_after(last_a, record->a))
            regs_.rename(record->a, record->dst, a);
        return regs_.define(record->dst);
    }

    void alu(const Record* record, const Row& row) noexcept {
        const Alu op = static_cast<Alu>(row.kind);
        const Gpr a = regs_.use(record->a);
        if (row.right != RightForm::slot) {
            const i64 value = constant_of(record, row);
            if (is_small(value))
                return m_.alu_imm(op, row.wide, define_over(record, a), a, static_cast<i32>(value));
        }
        const Gpr b = right_register(record, row);
        m_.alu(op, row.wide, define_over(record, a), a, b);
    }
    void multiply(const Record* record, const Row& row) noexcept {
        const Gpr a = regs_.use(record->a);
        if (row.right != RightForm::slot) {
            const i64 value = constant_of(record, row);
            if (is_small(value))
                return m_.mul_imm(row.wide, define_over(record, a), a, static_cast<i32>(value));
        }
        const Gpr b = right_register(record, row);
        m_.mul(row.wide, define_over(record, a), a, b);
    }
    void shift(const Record* record, const Row& row) noexcept {
        const Shift op = static_cast<Shift>(row.kind);
        const Gpr a = regs_.use(record->a);
        if (row.right != RightForm::slot)
            return m_.shift_imm(op, row.wide, define_over(record, a), a,
                                static_cast<u32>(constant_of(record, row)));
        const Gpr b = regs_.use(record->b);
        m_.shift(op, row.wide, define_over(record, a), a, b);
    }
    void divide(const Record* record, const Row& row) noexcept {
        const Division op = static_cast<Division>(row.kind);
        const bool is_signed = op == Division::div_s || op == Division::rem_s;
        const bool remainder = op == Division::rem_s || op == Division::rem_u;
        const Gpr a = regs_.use(record->a);
        const Gpr b = right_register(record, row);
        regs_.vacate(M::division_clobbers);
        Label by_zero, overflow;
        m_.divide(is_signed, remainder, row.wide, a, b, by_zero, overflow);
        trap(Trap::integer_divide_by_zero) = by_zero;
        if (is_signed && !remainder) trap(Trap::integer_overflow) = overflow;
        regs_.define_at(record->dst, remainder ? M::remainder : M::quotient);
    }
    void compare(const Record* record, const Row& row) noexcept {
        const bool branches = row.control == Control::fused;
        if (branches) regs_.settle();
        const Gpr a = regs_.use(record->a);
        const i64 value = row.right != RightForm::slot ? constant_of(record, row) : i64{1} << 32;
        if (is_small(value))
            m_.compare_imm(row.wide, a, static_cast<i32>(value));
        else
            m_.compare(row.wide, a, right_register(record, row));
        const Cond cond = static_cast<Cond>(row.kind);
        if (branches)
            m_.branch(cond, label_at(static_cast<u32>(ir::word_of(record[1]))));
        else
            m_.set(cond, regs_.define(record->dst));
    }
    void select(const Record* record) noexcept {
        const Gpr cond = regs_.use(static_cast<u32>(ir::word_of(record[1])));
        const Gpr a = regs_.use(record->a);
        const Gpr b = regs_.use(record->b);
        m_.select(regs_.define(record->dst), cond, a, b);
    }

    // Floats.

    void float_unary(const Record* record, const Row& row) noexcept {
        const Fpr from = regs_.use_float(record->a);
        const Fpr d = regs_.define_float(record->dst);
        switch (static_cast<FloatUnary>(row.kind)) {
        case FloatUnary::nearest:
        case FloatUnary::floor:
        case FloatUnary::ceil:
        case FloatUnary::trunc: m_.fround(row.wide, d, from, row.kind); break;
        case FloatUnary::sqrt: m_.fsqrt(row.wide, d, from); break;
        case FloatUnary::promote: m_.promote(d, from); break;
        case FloatUnary::demote: m_.demote(d, from); break;
        }
        make_canonical(row.wide, d);
    }
    void make_canonical(bool wide, Fpr d) noexcept {
        m_.branch_if_nan(wide, d,
                         cold(wide ? ColdKind::nan64 : ColdKind::nan32, static_cast<u8>(d.n)));
        come_back();
    }
    Fpr float_right(const Record* record, const Row& row) noexcept {
        if (row.right == RightForm::slot) return regs_.use_float(record->b);
        const Fpr b = regs_.float_temporary();
        const u64 word = ir::word_of(record[1]);
        m_.constant(M::scratch, row.wide ? word : static_cast<u32>(word));
        m_.mov(b, M::scratch);
        return b;
    }
    void float_binary(const Record* record, const Row& row) noexcept {
        const Fpr a = regs_.use_float(record->a);
        const Fpr b = float_right(record, row);
        const Fpr d = regs_.define_float(record->dst);
        switch (static_cast<FloatBinary>(row.kind)) {
        case FloatBinary::add: m_.fadd(row.wide, d, a, b); break;
        case FloatBinary::sub: m_.fsub(row.wide, d, a, b); break;
        case FloatBinary::mul: m_.fmul(row.wide, d, a, b); break;
        case FloatBinary::div: m_.fdiv(row.wide, d, a, b); break;
        case FloatBinary::copysign: return m_.fcopysign(row.wide, d, a, b);
        }
        make_canonical(row.wide, d);
    }
    void float_compare(const Record* record, const Row& row) noexcept {
        const Fpr a = regs_.use_float(record->a);
        const Fpr b = float_right(record, row);
        m_.fcompare(static_cast<Cond>(row.kind), row.wide, regs_.define(record->dst), a, b);
    }

    // Memory.

    struct Address {
        Gpr reg;
        u32 offset;
    };
    Address address(const Record* record, const Row& row) noexcept {
        const u32 size = info(ir::op_of(*record)).access;
        const Gpr a = regs_.use(record->a);
        Gpr reg = a;
        u64 offset = 0;
        if (row.kind != 0) { // indexed
            reg = regs_.temporary();
            if (row.right == RightForm::short_constant)
                m_.alu_imm(Alu::add, false, reg, a, static_cast<i16>(record->b));
            else
                m_.alu(Alu::add, false, reg, a, regs_.use(record->b));
        } else {
            offset = row.right == RightForm::word ? ir::word_of(record[1]) : record->b;
        }
        if (module_.traps == TrapsMode::explicit_checks)
            m_.bounds(reg, offset + size, trap(Trap::memory_out_of_bounds));
        if (offset > 0x7fff'ffff) {
            const Gpr sum = regs_.temporary();
            m_.add_offset(sum, reg, offset);
            return {sum, 0};
        }
        return {reg, static_cast<u32>(offset)};
    }
    void access_site(u32 at) noexcept {
        if (module_.traps == TrapsMode::signals)
            module_.sites.push_back({at, record_number() | NativeCode::memory_access});
    }
    void load(const Record* record, const Row& row) noexcept {
        const Address from = address(record, row);
        const Gpr d = regs_.define(record->dst);
        access_site(m_.load(ir::op_of(*record), d, from.reg, from.offset));
    }
    void float_load(const Record* record, const Row& row) noexcept {
        const Address from = address(record, row);
        const Fpr d = regs_.define_float(record->dst);
        access_site(m_.load(row.wide, d, from.reg, from.offset));
    }
    void store(const Record* record, const Row& row) noexcept {
        const Gpr value = regs_.use(record->dst);
        const Address to = address(record, row);
        access_site(m_.store(ir::op_of(*record), value, to.reg, to.offset));
    }
    void float_store(const Record* record, const Row& row) noexcept {
        if (!regs_.is_float(record->dst)) return store(record, row);
        const Fpr value = regs_.use_float(record->dst);
        const Address to = address(record, row);
        access_site(m_.store(row.wide, value, to.reg, to.offset));
    }

    // The rest.

    void constant(u32 dst, u64 value) noexcept { m_.constant(regs_.define(dst), value); }
    Gpr global_cell(u32 index) noexcept {
        m_.load_activation(M::scratch, ActivationLayout::globals);
        m_.load_field(M::scratch, M::scratch, index * 8);
        return M::scratch;
    }
    void copy_range(const Record* record) noexcept {
        const u32 count = record->b;
        if (count > 8) {
            slow(record->dst, count);
            return;
        }
        const bool up = record->dst <= record->a;
        for (u32 i = 0; i < count; ++i) {
            const u32 k = up ? i : count - 1 - i;
            regs_.copy(record->dst + k, record->a + k, false);
            regs_.finish();
        }
    }
    void charge(u32 amount, bool checked) noexcept {
        if (amount > 0x7fff'ffff)
            m_.charge_word(amount);
        else if (amount != 0)
            m_.charge(static_cast<i32>(amount));
        if (!checked) return;
        if (amount == 0) m_.test_gas();
        if (at_loop_header()) { // worth a branch that is not taken
            m_.branch(Cond::negative, cold(ColdKind::refill));
            return come_back();
        }
        m_.call_if_gas_negative(module_.stubs.refill);
        site(record_number());
    }
    [[nodiscard]] bool at_loop_header() const noexcept {
        const u32 target = plan_.target[at_];
        return target != 0 && plan_.loop_end[target - 1] != 0;
    }
    void branch_table(const Record* record) noexcept {
        const u32 count = static_cast<u32>(ir::word_of(record[1]));
        regs_.settle();
        const Gpr from = regs_.use(record->a);
        const Gpr index = regs_.temporary();
        m_.clamp(index, from, count);
        const u32 table = m_.table_jump(index, count + 1);
        for (u32 i = 0; i <= count; ++i) {
            const u32 target = load_le<u32>(reinterpret_cast<const u8*>(record + 2) + usize{i} * 4);
            table_fixes_.push_back({table, i, plan_.target[target] - 1});
        }
        after_jump_ = true;
    }
    void return_range(const Record* record) noexcept {
        const u32 count = record->b;
        if (count > 16) {
            slow(0, 0);
        } else {
            for (u32 i = 0; i < count; ++i)
                regs_.store_home(record->a + i);
            for (u32 i = 0; i < count && record->a != 0; ++i) {
                m_.load_slot(M::scratch, record->a + i);
                m_.store_slot(i, M::scratch);
            }
        }
        m_.load_slot(M::result, 0);
        leave();
        after_jump_ = true;
    }

    // Calls.

    /// Puts the Func of a call through a table or of an import into the scratch register.
    void resolve(const Record* record, Op op) noexcept {
        if (op == Op::call_host || op == Op::return_call_host) {
            m_.load_activation(M::scratch, ActivationLayout::funcs);
            return m_.alu_imm(Alu::add, true, M::scratch, M::scratch,
                              static_cast<i32>(ir::low32(*record) * sizeof(Func)));
        }
        const u32 type = static_cast<u32>(ir::word_of(record[1]));
        const u32 table = static_cast<u32>(ir::word_of(record[1]) >> 32);
        const Gpr index = regs_.use(record->a);
        const Gpr end = regs_.temporary();
        m_.load_activation(M::scratch, ActivationLayout::tables);
        m_.load_field(M::scratch, M::scratch, table * 8);
        m_.load_field(end, M::scratch, table_elements_end);
        m_.load_field(M::scratch, M::scratch, table_elements);
        m_.alu(Alu::sub, true, end, end, M::scratch);
        m_.shift_imm(Shift::shr_u, true, end, end, 3);
        m_.compare(true, index, end);
        m_.branch(Cond::ge_u, trap(Trap::undefined_element));
        m_.load_indexed(M::scratch, M::scratch, index);
        m_.compare_imm(true, M::scratch, 0);
        m_.branch(Cond::eq, trap(Trap::uninitialized_element));
        m_.load_activation(end, ActivationLayout::signatures);
        m_.load_field32(end, end, type * 4);
        m_.compare_field32(end, M::scratch, offsetof(Func, signature));
        m_.branch(Cond::ne, trap(Trap::indirect_call_type_mismatch));
        regs_.finish();
    }
    static constexpr u32 table_elements = offsetof(Table, elements);
    static constexpr u32 table_elements_end = table_elements + sizeof(void*);

    void call(const Record* record) noexcept {
        const Op op = ir::op_of(*record);
        const CallShape shape = call_shape(module_.executable, record);
        const u32 base = record->dst;
        if (op != Op::call) resolve(record, op);
        regs_.pass(base, shape.params);
        if (base != 0) m_.move_window(static_cast<i32>(base));
        if (op == Op::call) {
            module_.calls.push_back({m_.call_later(), ir::low32(*record)});
        } else if (op == Op::call_host) {
            m_.call(module_.stubs.foreign);
        } else {
            call_func();
        }
        site(record_number());
        if (op == Op::call_indirect) come_back();
        if (base != 0) m_.move_window(-static_cast<i32>(base));
        if (shape.results != 0) regs_.receive(0, base);
    }
    /// Calls the Func in the scratch register: directly if it is of this instance.
    void call_func() noexcept {
        m_.compare_context(M::scratch);
        m_.branch(Cond::ne, cold(ColdKind::foreign));
        m_.call(M::scratch, offsetof(Func, native));
    }
    void tail_call(const Record* record) noexcept {
        const Op op = ir::op_of(*record);
        const CallShape shape = call_shape(module_.executable, record);
        const u32 base = record->dst;
        if (op != Op::return_call) resolve(record, op);
        regs_.pass(base, shape.params);
        for (u32 i = M::arguments; i < shape.params && base != 0; ++i) { // upwards: base > 0
            if (!m_.ensure(bytes_per_record)) return static_cast<void>(failed_ = true);
            m_.load_slot(M::fscratch, base + i);
            m_.store_slot(i, M::fscratch);
        }
        if (op == Op::return_call) {
            m_.release_frame(fn_->cost);
            module_.calls.push_back({m_.jump_later(), ir::low32(*record)});
        } else {
            m_.compare_field_zero(M::scratch, offsetof(Func, code));
            m_.branch(Cond::eq,
                      cold(ColdKind::foreign)); // of the host: the frame stays for its call
            m_.release_frame(fn_->cost);
            if (op == Op::return_call_indirect) {
                Label elsewhere;
                m_.compare_context(M::scratch);
                m_.branch(Cond::ne, elsewhere);
                m_.jump(M::scratch, offsetof(Func, native));
                m_.bind(elsewhere);
            }
            m_.jump(module_.stubs.foreign_tail);
            come_back();
            leave();
        }
        after_jump_ = true;
    }

    M& m_;
    ModuleCode& module_;
    Plan plan_;
    Registers<M> regs_;
    Buffer<Cold> cold_;
    Buffer<TableFix> table_fixes_;
    const ir::Function* fn_ = nullptr;
    const Record* records_ = nullptr;
    u32 at_ = 0;
    Label lost_; ///< stands for cold code that memory did not suffice for
    bool after_jump_ = false;
    bool failed_ = false; ///< out of memory within a record
};

} // namespace lockstep::compiler

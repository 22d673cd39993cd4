// SPDX-License-Identifier: Apache-2.0
// Code for one function, record by record, in one pass. Operands come from Registers, instructions
// go out through a Masm; a record without a case of its own is left to NativeRuntime::slow. Traps,
// the gas counter's refill and NaNs are handled behind the function's code.
#pragma once

#include "compiler/singlepass/registers.hpp"

namespace lockstep::compiler {

/// What emission needs between functions.
struct ModuleCode {
    const Executable& executable;
    TrapsMode traps;
    Stubs stubs;
    struct CallFix {
        u32 at;
        u32 function;
    };
    Buffer<CallFix> calls;
    Buffer<NativeCode::Site> sites;
};

template <class M>
class Emitter {
public:
    Emitter(M& masm, ModuleCode& module) : m_(masm), module_(module), regs_(masm, where_) {}

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
        if (!regs_.begin(plan_, fn_->window, module_.traps)) return false;
        if (!prologue()) return false;
        for (at_ = 0; at_ < fn_->size;) {
            const ir::Record* record = records_ + at_;
            const u32 words = ir::words_after(record);
            if (!m_.ensure(bytes_per_record + table_bytes(record))) return false;
            if (plan_.target[at_] != 0) bind_label();
            emit(record);
            finish(record);
            assert(m_.within_room());
            at_ += 1 + words;
        }
        return !failed_ && cold_code() && fix_tables();
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
        for (u32 i = 0; i < zeros; ++i) {
            if (!m_.ensure(64)) return false;
            regs_.zero(fn_->param_slots + i);
        }
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

    void finish(const Record* record) noexcept {
        regs_.finish();
        const u8 last = plan_.last[at_];
        if (last == 0) return;
        const RowFacts facts = row_facts[static_cast<usize>(ir::op_of(*record))];
        const bool writes_dst =
            facts.shape != Shape::store && ir::op_of(*record) != Op::global_set &&
            !((record->op & ir::form_branch) != 0 && facts.shape == Shape::binary);
        const auto release = [&](u32 slot) {
            if (!writes_dst || slot != record->dst) regs_.release(slot);
        };
        if ((last & last_a) != 0) release(record->a);
        if ((last & last_b) != 0) release(record->b);
        if ((last & last_third) != 0)
            release(ir::op_of(*record) == Op::select ? static_cast<u32>(ir::word_of(record[1]))
                                                     : record->dst);
    }
    [[nodiscard]] bool dead_after(u8 bit, u32 slot) const noexcept {
        return (plan_.last[at_] & bit) != 0 && !plan_.slots[slot].crosses;
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

    bool cold_code() noexcept {
        if (cold_.failed()) return false;
        for (Cold& cold : cold_) {
            if (!m_.ensure(128)) return false;
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
    [[nodiscard]] static u32 table_bytes(const Record* record) noexcept {
        return ir::op_of(*record) == Op::br_table
                   ? (static_cast<u32>(ir::word_of(record[1])) + 1) * 4
                   : 0;
    }

    // ---- records ----

    void slow(u32 first_written, u32 count) noexcept {
        regs_.flush();
        m_.constant(M::scratch, record_number());
        m_.call(module_.stubs.slow);
        site(record_number());
        regs_.after_stub(first_written, count);
    }
    void slow_row(const Record* record) noexcept { slow(record->dst, 1); }

    static constexpr u32 index_of(Op op, Op first) noexcept {
        return static_cast<u32>(op) - static_cast<u32>(first);
    }

    void emit(const Record* record) noexcept {
        const Op op = ir::op_of(*record);
        const RowFacts facts = row_facts[static_cast<usize>(op)];
        switch (facts.shape) {
        case Shape::load: return load(record, op, facts.float_dst);
        case Shape::store: return store(record, op, facts.float_dst);
        case Shape::unary: return unary(record, op);
        case Shape::binary: return facts.float_a ? float_binary(record, op) : binary(record, op);
        case Shape::other: return other(record, op);
        }
    }

    // Integers.

    struct Right {
        bool constant;
        i64 value;
    };
    [[nodiscard]] static Right right_of(const Record* record, bool wide) noexcept {
        if ((record->op & ir::form_short) != 0) return {true, static_cast<i16>(record->b)};
        if ((record->op & ir::form_word) == 0) return {false, 0};
        const u64 word = ir::word_of(record[1]);
        if ((record->op & ir::form_branch) != 0) return {true, static_cast<i32>(word >> 32)};
        return {true, wide ? static_cast<i64>(word) : i64{static_cast<i32>(word)}};
    }
    /// The right operand as a register.
    Gpr right_register(const Record* record, Right right, bool wide) noexcept {
        if (!right.constant) return regs_.use(record->b);
        const Gpr reg = regs_.temporary();
        m_.constant(reg, wide ? static_cast<u64>(right.value) : static_cast<u32>(right.value));
        return reg;
    }

    void binary(const Record* record, Op op) noexcept {
        const bool i64_compare = op >= Op::i64_eq && op <= Op::i64_ge_u;
        if (i64_compare || (op >= Op::i32_eq && op <= Op::i32_ge_u)) {
            const u32 cond = index_of(op, i64_compare ? Op::i64_eq : Op::i32_eq);
            return compare(record, static_cast<Cond>(cond), i64_compare);
        }
        const bool wide = op >= Op::i64_clz;
        const u32 kind = index_of(op, wide ? Op::i64_add : Op::i32_add);
        const Right right = right_of(record, wide);
        const bool small = right.constant && right.value == static_cast<i32>(right.value);
        enum : u32 {
            add,
            sub,
            mul,
            div_s,
            div_u,
            rem_s,
            rem_u,
            and_,
            or_,
            xor_,
            shl,
            shr_s,
            shr_u,
            rotl,
            rotr
        };
        if (kind >= div_s && kind <= rem_u)
            return divide(record, right, wide, kind == div_s || kind == rem_s, kind >= rem_s);
        const Gpr a = regs_.use(record->a);
        if (kind >= shl) {
            const Shift shift = static_cast<Shift>(kind - shl);
            if (right.constant)
                return m_.shift_imm(shift, wide, define_over(record, a), a,
                                    static_cast<u32>(right.value));
            const Gpr b = regs_.use(record->b);
            return m_.shift(shift, wide, define_over(record, a), a, b);
        }
        if (kind == mul) {
            if (small)
                return m_.mul_imm(wide, define_over(record, a), a, static_cast<i32>(right.value));
            const Gpr b = right_register(record, right, wide);
            return m_.mul(wide, define_over(record, a), a, b);
        }
        constexpr Alu alus[] = {Alu::add, Alu::sub, Alu::add,  Alu::add, Alu::add,
                                Alu::add, Alu::add, Alu::and_, Alu::or_, Alu::xor_};
        if (small)
            return m_.alu_imm(alus[kind], wide, define_over(record, a), a,
                              static_cast<i32>(right.value));
        const Gpr b = right_register(record, right, wide);
        m_.alu(alus[kind], wide, define_over(record, a), a, b);
    }
    /// The result's register; that of a dead left operand if it can be.
    Gpr define_over(const Record* record, Gpr a) noexcept {
        if (dead_after(last_a, record->a) && record->a != record->dst)
            regs_.rename(record->a, record->dst, a);
        return regs_.define(record->dst);
    }

    void divide(const Record* record, Right right, bool wide, bool is_signed,
                bool remainder) noexcept {
        const Gpr a = regs_.use(record->a);
        const Gpr b = right_register(record, right, wide);
        regs_.vacate(M::division_clobbers);
        Label by_zero, overflow;
        m_.divide(is_signed, remainder, wide, a, b, by_zero, overflow);
        trap(Trap::integer_divide_by_zero) = by_zero;
        if (is_signed && !remainder) trap(Trap::integer_overflow) = overflow;
        regs_.define_at(record->dst, remainder ? M::remainder : M::quotient);
    }

    void compare(const Record* record, Cond cond, bool wide) noexcept {
        const Right right = right_of(record, wide);
        const bool branches = (record->op & ir::form_branch) != 0;
        if (branches) regs_.settle();
        const Gpr a = regs_.use(record->a);
        const bool small = right.constant && right.value == static_cast<i32>(right.value);
        if (small)
            m_.compare_imm(wide, a, static_cast<i32>(right.value));
        else
            m_.compare(wide, a, right_register(record, right, wide));
        if (branches)
            m_.branch(cond, label_at(static_cast<u32>(ir::word_of(record[1]))));
        else
            m_.set(cond, regs_.define(record->dst));
    }

    // Unary rows.

    void unary(const Record* record, Op op) noexcept {
        const u32 a = record->a;
        const u32 dst = record->dst;
        switch (op) {
        case Op::i32_eqz:
        case Op::i64_eqz:
        case Op::ref_is_null:
            m_.compare_imm(op != Op::i32_eqz, regs_.use(a), 0);
            return m_.set(Cond::eq, regs_.define(dst));
        case Op::i32_clz:
        case Op::i32_ctz:
        case Op::i32_popcnt:
        case Op::i64_clz:
        case Op::i64_ctz:
        case Op::i64_popcnt: {
            const bool wide = op >= Op::i64_clz;
            const Gpr from = regs_.use(a);
            return m_.count(static_cast<Count>(index_of(op, wide ? Op::i64_clz : Op::i32_clz)),
                            wide, regs_.define(dst), from);
        }
        case Op::i32_wrap_i64: {
            const Gpr from = regs_.use(a);
            return m_.wrap(regs_.define(dst), from);
        }
        case Op::i64_extend_i32_s:
        case Op::i64_extend32_s: return extend(record, 32, true);
        case Op::i32_extend8_s: return extend(record, 8, false);
        case Op::i32_extend16_s: return extend(record, 16, false);
        case Op::i64_extend8_s: return extend(record, 8, true);
        case Op::i64_extend16_s: return extend(record, 16, true);
        case Op::f32_abs:
        case Op::f64_abs:
            return float_unary(record, [&](Fpr d, Fpr s) { m_.fabs(op == Op::f64_abs, d, s); });
        case Op::f32_neg:
        case Op::f64_neg:
            return float_unary(record, [&](Fpr d, Fpr s) { m_.fneg(op == Op::f64_neg, d, s); });
        case Op::f32_sqrt:
            return arithmetic(record, false, [&](Fpr d, Fpr s) { m_.fsqrt(false, d, s); });
        case Op::f64_sqrt:
            return arithmetic(record, true, [&](Fpr d, Fpr s) { m_.fsqrt(true, d, s); });
        case Op::f32_nearest: return round(record, false, 0);
        case Op::f32_floor: return round(record, false, 1);
        case Op::f32_ceil: return round(record, false, 2);
        case Op::f32_trunc: return round(record, false, 3);
        case Op::f64_nearest: return round(record, true, 0);
        case Op::f64_floor: return round(record, true, 1);
        case Op::f64_ceil: return round(record, true, 2);
        case Op::f64_trunc: return round(record, true, 3);
        case Op::f64_promote_f32:
            return arithmetic(record, true, [&](Fpr d, Fpr s) { m_.promote(d, s); });
        case Op::f32_demote_f64:
            return arithmetic(record, false, [&](Fpr d, Fpr s) { m_.demote(d, s); });
        case Op::f32_convert_i32_s: return convert(record, false, false);
        case Op::f32_convert_i32_u: return convert(record, true, false);
        case Op::f32_convert_i64_s: return convert(record, true, false);
        case Op::f64_convert_i32_s: return convert(record, false, true);
        case Op::f64_convert_i32_u: return convert(record, true, true);
        case Op::f64_convert_i64_s: return convert(record, true, true);
        default: return slow_row(record);
        }
    }
    void extend(const Record* record, u32 bits, bool wide) noexcept {
        const Gpr from = regs_.use(record->a);
        m_.extend(bits, wide, regs_.define(record->dst), from);
    }
    /// i32 operands are zero-extended: the unsigned conversion is that of 64 bits.
    void convert(const Record* record, bool from64, bool wide) noexcept {
        const Gpr from = regs_.use(record->a);
        m_.convert_int(from64, wide, regs_.define_float(record->dst), from);
    }
    template <class Op1>
    void float_unary(const Record* record, Op1 op) noexcept {
        const Fpr from = regs_.use_float(record->a);
        op(regs_.define_float(record->dst), from);
    }
    void round(const Record* record, bool wide, u8 mode) noexcept {
        arithmetic(record, wide, [&](Fpr d, Fpr s) { m_.fround(wide, d, s, mode); });
    }
    template <class Op1>
    void arithmetic(const Record* record, bool wide, Op1 op) noexcept {
        const Fpr from = regs_.use_float(record->a);
        const Fpr d = regs_.define_float(record->dst);
        op(d, from);
        make_canonical(wide, d);
    }
    void make_canonical(bool wide, Fpr d) noexcept {
        m_.branch_if_nan(wide, d,
                         cold(wide ? ColdKind::nan64 : ColdKind::nan32, static_cast<u8>(d.n)));
        come_back();
    }

    // Floats.

    void float_binary(const Record* record, Op op) noexcept {
        const bool f64_compare = op >= Op::f64_eq && op <= Op::f64_ge;
        const bool is_compare = f64_compare || (op >= Op::f32_eq && op <= Op::f32_ge);
        const bool wide = f64_compare || (op >= Op::f64_add && op <= Op::f64_copysign);
        if (op == Op::f32_min || op == Op::f32_max || op == Op::f64_min || op == Op::f64_max)
            return slow_row(record);
        const Fpr a = regs_.use_float(record->a);
        Fpr b{};
        if ((record->op & ir::form_word) != 0) {
            b = regs_.float_temporary();
            const u64 word = ir::word_of(record[1]);
            m_.constant(M::scratch, wide ? word : static_cast<u32>(word));
            m_.mov(b, M::scratch);
        } else {
            b = regs_.use_float(record->b);
        }
        if (is_compare) {
            constexpr Cond conds[] = {Cond::eq,   Cond::ne,   Cond::lt_s,
                                      Cond::gt_s, Cond::le_s, Cond::ge_s};
            const u32 index = index_of(op, f64_compare ? Op::f64_eq : Op::f32_eq);
            return m_.fcompare(conds[index], wide, regs_.define(record->dst), a, b);
        }
        const Fpr d = regs_.define_float(record->dst);
        switch (op) {
        case Op::f32_add:
        case Op::f64_add: m_.fadd(wide, d, a, b); break;
        case Op::f32_sub:
        case Op::f64_sub: m_.fsub(wide, d, a, b); break;
        case Op::f32_mul:
        case Op::f64_mul: m_.fmul(wide, d, a, b); break;
        case Op::f32_div:
        case Op::f64_div: m_.fdiv(wide, d, a, b); break;
        default: return m_.fcopysign(wide, d, a, b);
        }
        make_canonical(wide, d);
    }

    // Memory.

    struct Address {
        Gpr reg;
        u32 offset;
    };
    Address address(const Record* record) noexcept {
        const u32 size = info(ir::op_of(*record)).access;
        const Gpr a = regs_.use(record->a);
        Gpr reg = a;
        u64 offset = 0;
        if ((record->op & ir::form_indexed) != 0) {
            reg = regs_.temporary();
            if ((record->op & ir::form_short) != 0)
                m_.alu_imm(Alu::add, false, reg, a, static_cast<i16>(record->b));
            else
                m_.alu(Alu::add, false, reg, a, regs_.use(record->b));
        } else {
            offset = (record->op & ir::form_word) != 0 ? ir::word_of(record[1]) : record->b;
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
    void load(const Record* record, Op op, bool is_float) noexcept {
        const Address from = address(record);
        if (is_float) {
            const Fpr d = regs_.define_float(record->dst);
            return access_site(m_.load(op == Op::f64_load, d, from.reg, from.offset));
        }
        const Gpr d = regs_.define(record->dst);
        access_site(m_.load(op, d, from.reg, from.offset));
    }
    void store(const Record* record, Op op, bool is_float) noexcept {
        if (is_float && regs_.is_float(record->dst)) {
            const Fpr value = regs_.use_float(record->dst);
            const Address to = address(record);
            return access_site(m_.store(op == Op::f64_store, value, to.reg, to.offset));
        }
        const Gpr value = regs_.use(record->dst);
        const Address to = address(record);
        access_site(m_.store(op, value, to.reg, to.offset));
    }

    // The rest.

    void other(const Record* record, Op op) noexcept {
        const u32 dst = record->dst;
        switch (op) {
        case Op::copy: return regs_.copy(dst, record->a, dead_after(last_a, record->a));
        case Op::const_u32: return constant(dst, ir::low32(*record));
        case Op::const_s32:
            return constant(dst, static_cast<u64>(i64{static_cast<i32>(ir::low32(*record))}));
        case Op::const_word: return constant(dst, ir::word_of(record[1]));
        case Op::copy_range: return copy_range(record);
        case Op::select: {
            const Gpr cond = regs_.use(static_cast<u32>(ir::word_of(record[1])));
            const Gpr a = regs_.use(record->a);
            const Gpr b = regs_.use(record->b);
            return m_.select(regs_.define(dst), cond, a, b);
        }
        case Op::global_get: {
            const Gpr cell = global_cell(ir::low32(*record));
            return m_.load_field(regs_.define(dst), cell, offsetof(Global, value));
        }
        case Op::global_set: {
            const Gpr value = regs_.use(dst);
            return m_.store_field(global_cell(ir::low32(*record)), offsetof(Global, value), value);
        }
        case Op::ref_func: {
            const Gpr d = regs_.define(dst);
            m_.load_activation(d, ActivationLayout::funcs);
            return m_.alu_imm(Alu::add, true, d, d,
                              static_cast<i32>(ir::low32(*record) * sizeof(Func)));
        }
        case Op::memory_size: {
            const Gpr d = regs_.define(dst);
            m_.load_memory_size(d);
            return m_.shift_imm(Shift::shr_u, true, d, d, 16);
        }
        case Op::charge: return charge(ir::low32(*record), (record->dst & 1) != 0);
        case Op::jump:
            regs_.settle();
            m_.jump(label_at(ir::low32(*record)));
            after_jump_ = true;
            return;
        case Op::br_table: return branch_table(record);
        case Op::unreachable:
            m_.jump(trap(Trap::unreachable));
            after_jump_ = true;
            return;
        case Op::return_:
            if (record->b != 0) regs_.to_result(record->a);
            leave();
            after_jump_ = true;
            return;
        case Op::return_range: return return_range(record);
        case Op::call:
        case Op::call_host:
        case Op::call_indirect: return call(record, op);
        case Op::return_call:
        case Op::return_call_host:
        case Op::return_call_indirect: return tail_call(record, op);
        case Op::charge_units:
        case Op::charge_word:
        case Op::data_drop:
        case Op::elem_drop:
        case Op::memory_init:
        case Op::memory_copy:
        case Op::memory_fill:
        case Op::table_init:
        case Op::table_copy:
        case Op::table_fill:
        case Op::table_set: return slow(0, 0);
        default: return slow_row(record);
        }
    }
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

    void call(const Record* record, Op op) noexcept {
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
    void tail_call(const Record* record, Op op) noexcept {
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
    Buffer<u8> where_;
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

// SPDX-License-Identifier: Apache-2.0
// The decoder's second half: constant expressions (spec 3.3.10), element and data segments
// (spec 5.5.12, 5.5.14).
#include "vm/decode.hpp"

namespace lockstep {
namespace {

/// What an opcode that no constant expression may have is told.
Errc not_constant(u8 code) noexcept {
    const bool known = op_of_byte[code] != no_op || code == 0xfc;
    return known ? Errc::constant_expression_required : unknown_opcode(code);
}

} // namespace

/// An expression of type `expected` with its `end`. Bottom stands for a value whose operator was a
/// problem.
Range Decoder::read_constant_expression(ValType expected, u32 owner) {
    const u32 begin = in_.offset();
    stack_.clear();
    while (in_.ok()) {
        const u32 at = in_.offset();
        if (stack_.size() == usize{limits_.operand_stack} + 1)
            check_limit(Errc::operand_stack_too_high, stack_.size(), limits_.operand_stack, at,
                        owner);
        const u8 code = in_.read_u8();
        switch (static_cast<Op>(op_of_byte[code])) {
        case Op::i32_const:
            in_.read_s32();
            stack_.push_back(ValType::i32);
            break;
        case Op::i64_const:
            in_.read_s64();
            stack_.push_back(ValType::i64);
            break;
        case Op::f32_const:
            in_.read_fixed<u32>();
            stack_.push_back(ValType::f32);
            break;
        case Op::f64_const:
            in_.read_fixed<u64>();
            stack_.push_back(ValType::f64);
            break;
        case Op::global_get: stack_.push_back(read_constant_global(owner)); break;
        case Op::ref_null:
            require_references(at, owner);
            stack_.push_back(read_reference_type());
            break;
        case Op::ref_func:
            require_references(at, owner);
            read_function_reference(owner);
            stack_.push_back(ValType::funcref);
            break;
        case Op::i32_add:
        case Op::i32_sub:
        case Op::i32_mul: apply_binary(ValType::i32, at, owner); break;
        case Op::i64_add:
        case Op::i64_sub:
        case Op::i64_mul: apply_binary(ValType::i64, at, owner); break;
        case Op::end:
            if (stack_.size() != 1 || (stack_[0] != expected && stack_[0] != ValType::bottom))
                problem(Errc::type_mismatch, at, owner);
            return {begin, in_.offset() - begin};
        default: in_.fail_at(not_constant(code), at); // what follows cannot be told apart
        }
    }
    return {};
}

void Decoder::apply_binary(ValType type, u32 offset, u32 owner) {
    require(Feature::extended_const, Errc::extended_const_disabled, offset, owner);
    for (int operand = 0; operand < 2; ++operand) {
        if (stack_.empty() || (stack_.back() != type && stack_.back() != ValType::bottom)) {
            problem(Errc::type_mismatch, offset, owner);
            stack_.clear();
            break;
        }
        stack_.pop_back();
    }
    stack_.push_back(type);
}

/// Only imported globals are in scope, and only immutable ones are constant (spec 3.4.10, C').
ValType Decoder::read_constant_global(u32 owner) {
    const u32 at = in_.offset();
    const u32 index = in_.read_u32();
    check_index(Errc::unknown_global, index, module_.imported_globals, at, owner);
    if (index >= module_.imported_globals) return ValType::bottom;
    const GlobalType global = module_.globals[index].type;
    if (global.is_mutable) problem(Errc::constant_expression_required, at, owner);
    return global.type;
}

/// All eight forms of spec 5.5.12: bit 0 = not active, bit 1 = explicit table or declarative, bit 2
/// = expressions.
void Decoder::read_elements() {
    const u32 count = read_count(Errc::too_many_element_segments, limits_.element_segments);
    reserve(module_.elements, count, 3);
    for (u32 i = 0; i < count && in_.ok(); ++i) {
        const u32 at = in_.offset();
        const u32 flags = in_.read_u32();
        if (flags > 7) in_.fail_at(Errc::malformed_segment_flags, at);
        if ((flags & 1) != 0)
            require_bulk_segments(at, i);
        else if (flags != 0 && !features_.has(Feature::bulk_memory) &&
                 !features_.has(Feature::bulk_segments))
            require_references(at, i);

        ElementSegment segment;
        segment.expressions = (flags & 4) != 0;
        if ((flags & 1) != 0)
            segment.mode = (flags & 2) != 0 ? SegmentMode::declarative : SegmentMode::passive;
        bool table_exists = false;
        if (segment.mode == SegmentMode::active) {
            const u32 table_at = (flags & 2) != 0 ? in_.offset() : at;
            if ((flags & 2) != 0) segment.table = in_.read_u32();
            table_exists = segment.table < module_.tables.size();
            check_index(Errc::unknown_table, segment.table, module_.tables.size(), table_at, i);
            segment.offset = read_constant_expression(ValType::i32, i);
        }
        const u32 type_at = in_.offset();
        if ((flags & 3) != 0) {
            if (segment.expressions)
                segment.type = read_reference_type();
            else if (in_.read_u8() != 0)
                in_.fail_at(Errc::malformed_element_kind, type_at);
        }
        if (table_exists && module_.tables[segment.table].element != segment.type)
            problem(Errc::type_mismatch, type_at, i);
        read_element_items(segment, i);
        module_.elements.push_back(segment);
    }
}

void Decoder::read_element_items(ElementSegment& segment, u32 index) {
    const u32 at = in_.offset();
    segment.count = in_.read_u32();
    check_limit(Errc::too_many_segment_elements, segment.count, limits_.segment_elements, at,
                index);
    const u32 begin = in_.offset();
    for (u32 i = 0; i < segment.count && in_.ok(); ++i) {
        if (segment.expressions)
            read_constant_expression(segment.type, index);
        else
            read_function_reference(index);
    }
    segment.items = {begin, in_.offset() - begin};
}

void Decoder::read_data() {
    const u32 count_at = in_.offset();
    const u32 count = read_count(Errc::too_many_data_segments, limits_.data_segments);
    if (module_.data_count && *module_.data_count != count)
        in_.fail_at(Errc::data_count_mismatch, count_at);
    reserve(module_.data, count, 2);
    for (u32 i = 0; i < count && in_.ok(); ++i) {
        const u32 at = in_.offset();
        const u32 flags = in_.read_u32();
        if (flags > 2) in_.fail_at(Errc::malformed_segment_flags, at);
        if (flags != 0) require_bulk_segments(at, i);
        DataSegment segment;
        if (flags == 1) {
            segment.mode = SegmentMode::passive;
        } else {
            const u32 memory_at = flags == 2 ? in_.offset() : at;
            if (flags == 2) segment.memory = in_.read_u32();
            check_index(Errc::unknown_memory, segment.memory, module_.memories.size(), memory_at,
                        i);
            segment.offset = read_constant_expression(ValType::i32, i);
        }
        const u32 size = in_.read_u32();
        segment.data = {in_.offset(), size};
        if (size > in_.remaining()) in_.fail(Errc::unexpected_end);
        in_.read_bytes(size);
        module_.data.push_back(segment);
    }
}

} // namespace lockstep

// SPDX-License-Identifier: Apache-2.0
// What bodies are refused for, at which operator, and what a report says beyond the first problem.
// Everything named here is consensus: code, offset, function.
#include "vm/lower.hpp"
#include "vm/report.hpp"

#include "vm/test/lowering.hpp"

using namespace lockstep;
using namespace lockstep::test;

namespace {

const Bytes i32_0 = code(Op::i32_const, 0);
const Bytes i64_0 = code(Op::i64_const, 0);
const Bytes f32_0 = code(Op::f32_const, raw(0.0f));
const Bytes f64_0 = code(Op::f64_const, raw(0.0));

/// The problem of a body of type [] -> [] in which the operators of `before` are sound.
Refusal after(const Bytes& before, const Bytes& rest, const Shape& shape = {{}, {}, {}}) {
    Refusal refusal = refusal_of(shape, code(before, rest));
    if (refusal.code != Errc{}) refusal.at -= static_cast<i64>(before.size());
    return refusal;
}

Refusal refusal(const Bytes& body, const Shape& shape = {{}, {}, {}}) {
    return refusal_of(shape, body);
}
bool valid(const Bytes& body, const Shape& shape = {{}, {}, {}}) {
    return refusal(body, shape) == Refusal{};
}

constexpr Refusal mismatch{Errc::type_mismatch, 0};

} // namespace

TEST_CASE("lower: operands of the wrong type, or none at all") {
    // Each operator with a simple signature: with its own operands it is sound, with one less or
    // another it is not.
    const auto operand = [](char letter) {
        return letter == 'i' ? i32_0 : letter == 'l' ? i64_0 : letter == 'f' ? f32_0 : f64_0;
    };
    const std::string_view signatures[] = {
        "",  "",  "",  "i",  "i",  "i",  "i",  "l",  "l",  "l",  "l",  "f",  "f",  "f",  "f",  "d",
        "d", "d", "d", "ii", "ll", "ff", "dd", "ll", "ff", "dd", "ii", "il", "if", "id", "iii"};
    u32 tested = 0;
    for (usize i = 0; i < wasm_op_count; ++i) {
        const OpInfo& row = op_infos[i];
        const std::string_view letters = signatures[static_cast<usize>(row.signature)];
        const bool plain = row.immediate == Immediate::none || row.immediate == Immediate::memarg;
        if (letters.empty() || !plain) continue;
        ++tested;
        const Bytes rest = row.immediate == Immediate::memarg
                               ? code(static_cast<Op>(i), 0, 0, Op::return_)
                               : code(static_cast<Op>(i), Op::return_);
        Bytes all;
        for (const char letter : letters)
            append(all, operand(letter));
        CHECK(after(all, rest) == Refusal{});
        CHECK(after({}, rest) == mismatch);
        for (usize wrong = 0; wrong < letters.size(); ++wrong) {
            Bytes others;
            for (usize k = 0; k < letters.size(); ++k)
                append(others, k != wrong          ? operand(letters[k])
                               : letters[k] == 'i' ? f32_0
                                                   : i32_0);
            CHECK(after(others, rest) == mismatch);
        }
        if (letters.size() > 1) CHECK(after(operand(letters[1]), rest) == mismatch);
    }
    CHECK(tested == 128 + 8 + 14 + 9);
}

TEST_CASE("lower: type mismatches of operators with a rule of their own") {
    const Shape locals{{}, {}, {i32_, i64_}};
    CHECK(after(i64_0, code(Op::local_set, 0), locals) == mismatch);
    CHECK(after(i32_0, code(Op::local_tee, 1), locals) == mismatch);
    CHECK(after({}, code(Op::drop)) == mismatch);
    CHECK(after(i64_0, code(Op::global_set, 0)) == mismatch);
    CHECK(after(code(i32_0, i64_0, i32_0), code(Op::select)) == mismatch);
    CHECK(after(code(i32_0, i32_0, i64_0), code(Op::select)) == mismatch);
    CHECK(after(code(i32_0, i32_0), code(Op::select)) == mismatch);
    CHECK(after(code(i32_0, i32_0, i32_0), code(Op::select_t, 1, i64_)) == mismatch);
    // References need the typed form.
    const Bytes null = code(Op::ref_null, ValType::funcref);
    CHECK(after(code(null, null, i32_0), code(Op::select)) == mismatch);
    CHECK(valid(code(null, null, i32_0, Op::select_t, 1, ValType::funcref, Op::drop)));
    CHECK(after(i32_0, code(Op::ref_is_null)) == mismatch);
    CHECK(after({}, code(Op::ref_is_null)) == mismatch);
    CHECK(after(code(i32_0, Op::ref_null, ValType::externref), code(Op::table_set, 0)) == mismatch);
    CHECK(after(code(i32_0, i32_0), code(Op::table_grow, 0)) == mismatch);
    CHECK(after(code(i32_0, null), code(Op::table_fill, 0)) == mismatch);
    CHECK(after(code(i32_0, i32_0, i64_0), code(Op::memory_copy, 0, 0)) == mismatch);
    CHECK(after(i64_0, code(Op::memory_grow, 0)) == mismatch);
    CHECK(after(i32_0, code(Op::call, callee_ii_i)) == mismatch);
    CHECK(after(code(i32_0, i64_0), code(Op::call, callee_ii_i)) == mismatch);
    CHECK(after(code(i64_0, i32_0), code(Op::call_indirect, type_i_i, 0)) == mismatch);
    CHECK(after(code(i32_0, i64_0), code(Op::call_indirect, type_i_i, 0)) == mismatch);
    CHECK(after(code(i32_0, i32_0), code(Op::return_call, callee_ii_i)) ==
          mismatch); // gives [i32], not []
    CHECK(after(code(i32_0, i32_0), code(Op::return_call_indirect, type_i_i, 0)) == mismatch);
    CHECK(after({}, code(Op::return_), {{}, {i32_}, {}}) == mismatch);
    CHECK(after(i64_0, code(Op::return_), {{}, {i32_}, {}}) == mismatch);
}

TEST_CASE("lower: blocks that leave the wrong stack") {
    const Bytes end = code(Op::end);
    CHECK(after(i32_0, {}) == mismatch); // the body's own end
    CHECK(after({}, {}, {{}, {i32_}, {}}) == mismatch);
    CHECK(after(code(i32_0, i32_0), {}, {{}, {i32_}, {}}) == mismatch);
    CHECK(after(code(Op::block, no_result, i32_0), end) == mismatch);
    CHECK(after(code(Op::block, i32_), end) == mismatch);
    CHECK(after(code(Op::block, i32_, i64_0), end) == mismatch);
    CHECK(after(code(Op::loop, i32_, i32_0, i32_0), end) == mismatch);
    // A block cannot take what stands below it.
    CHECK(after(code(i32_0, Op::block, no_result), code(Op::drop, Op::end)) == mismatch);
    CHECK(after(i64_0, code(Op::block, type_i_i)) == mismatch);
    CHECK(after(code(i32_0, i64_0), code(Op::if_, no_result)) == mismatch);
    CHECK(after(code(i32_0, Op::if_, i32_), code(Op::else_)) == mismatch);
    CHECK(after(code(i32_0, Op::if_, i32_, i32_0, Op::else_), end) == mismatch);
    // Without `else`, results must be the parameters.
    CHECK(after(code(i32_0, Op::if_, i32_, i32_0), end) == mismatch);
    CHECK(after(code(i32_0, Op::if_, type_none_ii, i32_0, i32_0), end) == mismatch);
    CHECK(valid(code(i32_0, i32_0, Op::if_, type_i_i, Op::end, Op::drop)));
    CHECK(after(Bytes{}, code(Op::else_)) == Refusal{Errc::illegal_opcode, 0});
    CHECK(after(code(Op::block, no_result), code(Op::else_)) == Refusal{Errc::illegal_opcode, 0});
    CHECK(after(code(i32_0, Op::if_, no_result, Op::else_), code(Op::else_)) ==
          Refusal{Errc::illegal_opcode, 0});
}

TEST_CASE("lower: branches") {
    CHECK(after({}, code(Op::br, 1)) == Refusal{Errc::unknown_label, 0});
    CHECK(after(code(Op::loop, no_result, i32_0), code(Op::br_if, 2, Op::end)) ==
          Refusal{Errc::unknown_label, 0});
    CHECK(after(code(Op::block, no_result, i32_0), code(Op::br_table, 1, 0, 2, Op::end)) ==
          Refusal{Errc::unknown_label, 0});
    CHECK(after(code(Op::block, i32_), code(Op::br, 0, Op::end)) == mismatch);
    CHECK(after(code(Op::block, i32_, i64_0), code(Op::br, 0, Op::end)) == mismatch);
    CHECK(after(code(Op::block, i32_, i32_0), code(Op::br_if, 0, Op::end)) == mismatch);
    // A loop's label takes its parameters, not its results.
    CHECK(valid(code(Op::loop, i32_, Op::br, 0, Op::end, Op::drop)));
    CHECK(after(code(i32_0, Op::loop, type_i_i, Op::drop), code(Op::br, 0, Op::end)) == mismatch);
    // All targets of a table take as many values, each of its own type.
    const Bytes two = code(Op::block, i32_, Op::block, no_result);
    CHECK(after(code(two, i32_0, i32_0), code(Op::br_table, 1, 0, 1, Op::end, Op::end)) ==
          mismatch);
    CHECK(after(code(two, i32_0), code(Op::br_table, 1, 1, 0, Op::end, Op::end)) == mismatch);
    const Bytes mixed = code(Op::block, i32_, Op::block, i64_);
    CHECK(after(code(mixed, i64_0, i32_0), code(Op::br_table, 1, 0, 1, Op::end, Op::end)) ==
          mismatch);
    CHECK(valid(code(mixed, Op::unreachable, Op::br_table, 1, 0, 1, Op::end, Op::unreachable,
                     Op::end, Op::drop)));
    CHECK(after(code(mixed, Op::unreachable, f32_0, i32_0), code(Op::br_table, 1, 0, 1)) ==
          mismatch);
    CHECK(after(i32_0, code(Op::br_table, 9, 0)) == Refusal{Errc::unexpected_end, 0 + 2});
}

TEST_CASE("lower: after an unconditional branch the stack is polymorphic, what is on it is not") {
    for (const Bytes& gone :
         {code(Op::unreachable), code(Op::return_), code(Op::br, 0),
          code(i32_0, Op::br_table, 0, 0), code(Op::return_call, callee_none)}) {
        CHECK(valid(code(gone, Op::i32_add, Op::drop)));
        CHECK(valid(code(gone, i64_0, Op::call, callee_none, Op::drop)));
        CHECK(valid(code(gone, Op::select, Op::drop)));
        CHECK(valid(code(gone, i64_0, i32_0, Op::select, Op::i64_eqz, Op::drop)));
        CHECK(valid(code(gone, Op::ref_is_null, Op::drop)));
        CHECK(valid(code(gone, Op::block, type_ii_ii, Op::drop, Op::drop, Op::unreachable, Op::end,
                         Op::drop, Op::drop)));
        CHECK(valid(code(gone, Op::if_, type_i_i, Op::else_, Op::end, Op::drop)));
        CHECK(valid(code(gone, Op::call_indirect, type_i_i, 0, Op::drop)));
        CHECK(valid(code(gone, Op::br_if, 0)));
        CHECK(after(code(gone, i64_0), code(Op::i32_eqz)) == mismatch);
        CHECK(after(code(gone, i64_0, i32_0, i32_0), code(Op::select)) == mismatch);
        CHECK(after(code(gone, Op::i32_eqz), code(Op::i64_eqz)) == mismatch);
        CHECK(after(code(gone, i64_0, i32_0, Op::select), code(Op::i32_eqz)) == mismatch);
        CHECK(after(code(gone, i32_0), {}) == mismatch); // nothing may be left over
        CHECK(after(code(gone), code(Op::local_get, 0)) == Refusal{Errc::unknown_local, 0});
        CHECK(after(code(gone), code(Op::br, 1)) == Refusal{Errc::unknown_label, 0});
        CHECK(after(code(gone), code(Op::call, 99)) == Refusal{Errc::unknown_function, 0});
        // The end of a block ends it: its results are there and nothing else is.
        CHECK(after(code(Op::block, no_result, gone, Op::end), code(Op::drop)) == mismatch);
        CHECK(after(code(Op::loop, i32_, gone, Op::end), code(Op::i64_eqz)) == mismatch);
        CHECK(after(code(i32_0, Op::if_, no_result, gone, Op::else_), code(Op::drop)) == mismatch);
    }
    // br_if gives back the types of its label, not what it found.
    CHECK(after(code(Op::block, i32_, Op::unreachable, i32_0, Op::br_if, 0), code(Op::i64_eqz)) ==
          mismatch);
}

TEST_CASE("lower: names that are not there") {
    const auto alone = [](const Bytes& body) {
        ModuleBuilder b;
        b.function({}, {}, {}, body);
        Refusal found = refusal_of(decoded(b.build()), body.size());
        return found;
    };
    const Bytes memory_operand = code(i32_0);
    CHECK(after({}, code(Op::local_get, 2), {{i32_}, {}, {i32_}}) ==
          Refusal{Errc::unknown_local, 0});
    CHECK(after({}, code(Op::local_set, 0)) == Refusal{Errc::unknown_local, 0});
    CHECK(after({}, code(Op::global_get, 2)) == Refusal{Errc::unknown_global, 0});
    CHECK(after(i64_0, code(Op::global_set, 1)) == Refusal{Errc::global_is_immutable, 0});
    CHECK(after({}, code(Op::call, 5)) == Refusal{Errc::unknown_function, 0});
    CHECK(after({}, code(Op::call_indirect, 99, 0)) == Refusal{Errc::unknown_type, 0});
    CHECK(after({}, code(Op::block, sleb(99))) == Refusal{Errc::unknown_type, 0});
    CHECK(after({}, code(Op::ref_func, 99)) == Refusal{Errc::unknown_function, 0});
    CHECK(after({}, code(Op::ref_func, 0)) == Refusal{Errc::undeclared_function_reference, 0});
    CHECK(after({}, code(Op::table_size, 1)) == Refusal{Errc::unknown_table, 0});
    CHECK(after(code(i32_0, i32_0, i32_0), code(Op::memory_init, 1, 0)) ==
          Refusal{Errc::unknown_data_segment, 0});
    CHECK(after({}, code(Op::data_drop, 1)) == Refusal{Errc::unknown_data_segment, 0});
    CHECK(after({}, code(Op::elem_drop, 2)) == Refusal{Errc::unknown_elem_segment, 0});
    CHECK(after(code(i32_0, i32_0, i32_0), code(Op::table_init, 2, 0)) ==
          Refusal{Errc::unknown_elem_segment, 0});
    CHECK(after(i32_0, code(Op::i32_load, 3, 0)) == Refusal{Errc::alignment_too_large, 0});
    CHECK(after(i32_0, code(Op::i32_load8_u, 1, 0)) == Refusal{Errc::alignment_too_large, 0});
    CHECK(alone(code(i32_0, Op::i32_load, 2, 0)) == Refusal{Errc::unknown_memory, 2});
    CHECK(alone(code(Op::memory_size, 0)) == Refusal{Errc::unknown_memory, 0});
    CHECK(alone(code(i32_0, Op::call_indirect, 0, 0)) == Refusal{Errc::unknown_table, 2});
    CHECK(alone(code(Op::data_drop, 0)) == Refusal{Errc::data_count_required, 0});
}

TEST_CASE("lower: malformed bodies") {
    CHECK(after(i32_0, Bytes{0xff}) == Refusal{Errc::illegal_opcode, 0});
    CHECK(after(i32_0, Bytes{0xfc, 18}) == Refusal{Errc::illegal_opcode, 0});
    CHECK(after({}, Bytes{0xfd, 0}) == Refusal{Errc::simd_disabled, 0});
    CHECK(after({}, Bytes{0xfe, 0}) == Refusal{Errc::threads_disabled, 0});
    CHECK(after({}, Bytes{0x06, 0x40}) == Refusal{Errc::exceptions_disabled, 0});
    CHECK(after({}, Bytes{0xfb, 0}) == Refusal{Errc::gc_disabled, 0});
    CHECK(after({}, code(Op::block, u8{0x41})) == Refusal{Errc::malformed_value_type, 1});
    CHECK(after({}, code(Op::memory_size, 1)) == Refusal{Errc::zero_byte_expected, 0});
    CHECK(after({}, code(Op::ref_null, i32_)) == Refusal{Errc::malformed_reference_type, 0});
    CHECK(after(code(i32_0, i32_0, i32_0), code(Op::select_t, 2, i32_, i32_)) ==
          Refusal{Errc::invalid_result_arity, 0});
    CHECK(after({}, Bytes{0x41, 0x80, 0x80, 0x80, 0x80, 0x10}) ==
          Refusal{Errc::integer_too_large, 5});
    CHECK(after({}, Bytes{0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0}) ==
          Refusal{Errc::integer_representation_too_long, 5});
    // The body ends too early, or goes on behind its end.
    CHECK(after({}, code(Op::i32_const)) ==
          Refusal{Errc::unexpected_end, 2}); // the final end is read as the constant
    CHECK(after(code(Op::end), code(Op::nop)) == Refusal{Errc::section_size_mismatch, 0});
    CHECK(after(code(Op::block, no_result), {}) == Refusal{Errc::unexpected_end, 1});
}

TEST_CASE("lower: limits of a body, at the bound and one beyond") {
    Profile profile = core_profile();
    const auto limited = [&](const Bytes& body, const Shape& shape = {{}, {}, {}}) {
        return refusal_of(shape, body, profile);
    };
    profile.limits.nesting = 3;
    const Bytes block = code(Op::block, no_result);
    const Bytes ends = code(Op::end, Op::end);
    CHECK(limited(code(block, block, ends)) == Refusal{});
    CHECK(limited(code(block, block, block, ends, Op::end)) == Refusal{Errc::nesting_too_deep, 4});
    CHECK(limited(code(Op::unreachable, block, block, block)) ==
          Refusal{Errc::nesting_too_deep, 5});

    profile = core_profile();
    profile.limits.operand_stack = 2;
    CHECK(limited(code(i32_0, i32_0, Op::drop, Op::drop)) == Refusal{});
    CHECK(limited(code(i32_0, i32_0, i32_0, Op::drop, Op::drop, Op::drop)) ==
          Refusal{Errc::operand_stack_too_high, 4});
    CHECK(limited(code(Op::unreachable, i32_0, i32_0, i32_0, Op::drop)) ==
          Refusal{Errc::operand_stack_too_high, 5});
    CHECK(limited(code(i32_0, Op::call, callee_none_ii, Op::drop, Op::drop, Op::drop)) ==
          Refusal{Errc::operand_stack_too_high, 2});
    CHECK(limited(code(i32_0, i32_0, i32_0, Op::i64_eqz)) ==
          Refusal{Errc::operand_stack_too_high, 4}); // the first in byte order

    profile = core_profile();
    profile.limits.body_operators = 3;
    CHECK(limited(code(Op::nop, Op::nop)) == Refusal{});
    CHECK(limited(code(Op::nop, Op::nop, Op::nop)) ==
          Refusal{Errc::body_has_too_many_operators, 3});

    profile = core_profile();
    profile.limits.br_table_targets = 2;
    CHECK(limited(code(i32_0, Op::br_table, 2, 0, 0, 0)) == Refusal{});
    CHECK(limited(code(i32_0, Op::br_table, 3, 0, 0, 0, 0)) ==
          Refusal{Errc::br_table_too_large, 2});

    profile = core_profile();
    profile.limits.locals = 3;
    CHECK(limited({}, {{i32_}, {}, {i32_, i32_, i64_}}) == Refusal{});
    CHECK(limited({}, {{}, {}, {i32_, i32_, i64_, i64_}}) ==
          Refusal{Errc::too_many_function_locals, -2});
}

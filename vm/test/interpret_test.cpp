// SPDX-License-Identifier: Apache-2.0
// The meaning of records, form by form, and the traps of operators.
#include "vm/test/lowering.hpp"
#include "vm/test/run_wasm.hpp"

using namespace lockstep;
using namespace lockstep::test;

namespace {

const Bytes get0 = code(Op::local_get, 0);
const Bytes get1 = code(Op::local_get, 1);

/// The instance of around() with its function 0 exported as "f".
Instance& instance_of(Store& store, const Shape& shape, const Bytes& body) {
    ModuleBuilder b = around(shape, body);
    b.export_function("f", 0);
    return *instantiate(store, b).instance;
}

constexpr i64 constants[] = {0,       1,      -1,      7,           32'767,
                             -32'768, 32'768, -32'769, 0x7fff'ffff, -0x8000'0000ll};

} // namespace

TEST_CASE("interpret: every form of an integer operator gives the same") {
    // The right operand in a slot, in the record or in a word; sides changed; the condition of a
    // branch.
    for (usize i = 0; i < wasm_op_count; ++i) {
        const Op op = static_cast<Op>(i);
        const Signature signature = info(op).signature;
        if (signature != Signature::ii_i && signature != Signature::ll_l &&
            signature != Signature::ll_i)
            continue;
        const bool is_i32 = signature == Signature::ii_i;
        const bool compares = info(op).op_class == OpClass::compare;
        const ValType type = is_i32 ? i32_ : i64_;
        const ValType result = signature == Signature::ll_l ? i64_ : i32_;
        ModuleBuilder b;
        const auto add = [&](const std::string& name, const Types& params, const Bytes& body) {
            b.export_function(name, b.function(params, {result}, {}, body));
        };
        std::vector<i64> values(std::begin(constants), std::end(constants));
        if (!is_i32) values.insert(values.end(), {1ll << 40, INT64_MIN, INT64_MAX});
        const auto constant = [&](i64 value) {
            return code(is_i32 ? Op::i32_const : Op::i64_const, sleb(value));
        };
        const auto condition = [](const Bytes& compare) {
            return code(compare, Op::if_, i32_, Op::i32_const, 1, Op::else_, Op::i32_const, 0,
                        Op::end);
        };
        add("slot", {type, type}, code(get0, get1, op));
        if (compares) add("slot?", {type, type}, condition(code(get0, get1, op)));
        for (const i64 value : values) {
            const std::string name = std::to_string(value);
            add("right" + name, {type}, code(get0, constant(value), op));
            add("left" + name, {type}, code(constant(value), get0, op));
            if (compares) add("right?" + name, {type}, condition(code(get0, constant(value), op)));
            if (compares) add("left?" + name, {type}, condition(code(constant(value), get0, op)));
        }
        Store store;
        Instance& instance = *instantiate(store, b).instance;
        const auto run = [&](const std::string& name, std::initializer_list<Value> args) {
            const Outcome outcome = call(instance, name, args);
            return std::pair(outcome.trap, outcome.trap == Trap::none ? outcome.values[0].bits : 0);
        };
        for (const i64 x : values)
            for (const i64 y : values) {
                const Value left =
                    is_i32 ? i32_value(static_cast<u32>(x)) : Value::from_i64(static_cast<u64>(x));
                const Value right =
                    is_i32 ? i32_value(static_cast<u32>(y)) : Value::from_i64(static_cast<u64>(y));
                const auto expected = run("slot", {left, right});
                CAPTURE(info(op).text);
                CHECK(run("right" + std::to_string(y), {left}) == expected);
                CHECK(run("left" + std::to_string(x), {right}) == expected);
                if (!compares) continue;
                CHECK(run("slot?", {left, right}) == expected);
                CHECK(run("right?" + std::to_string(y), {left}) == expected);
                CHECK(run("left?" + std::to_string(x), {right}) == expected);
            }
    }
}

TEST_CASE("interpret: float operators take a constant from the word that follows") {
    Store store;
    Instance& sum = instance_of(store, {{f32_}, {f32_}, {}},
                                code(get0, Op::f32_const, raw(0.25f), Op::f32_add));
    CHECK(call(sum, "f", {Value::from_f32(1.5f)}).values[0] == Value::from_f32(1.75f));
    Instance& less =
        instance_of(store, {{f64_}, {i32_}, {}}, code(get0, Op::f64_const, raw(-0.5), Op::f64_lt));
    CHECK(call_i32(less, "f", {Value::from_f64(-1)}) == 1);
    CHECK(call_i32(less, "f", {Value::from_f64(0)}) == 0);
    // f32 results have a zero upper half, whatever stood in the slot.
    Instance& narrow = instance_of(store, {{i64_}, {i64_}, {}},
                                   code(get0, Op::f64_reinterpret_i64, Op::f32_demote_f64,
                                        Op::i32_reinterpret_f32, Op::i64_extend_i32_u));
    CHECK(call(narrow, "f", {Value::from_f64(-1)}).values[0].bits == 0xbf80'0000);
}

TEST_CASE("interpret: traps of operators") {
    const auto constant = [](i64 value) { return code(Op::i64_const, sleb(value)); };
    const auto i32 = [](i64 value) { return code(Op::i32_const, sleb(value)); };
    const Bytes nan = code(Op::f64_const, raw(__builtin_nan("")));
    const std::pair<Bytes, Trap> traps[] = {
        {code(Op::unreachable), Trap::unreachable},
        {code(i32(1), i32(0), Op::i32_div_s, Op::drop), Trap::integer_divide_by_zero},
        {code(i32(1), get0, Op::i32_rem_u, Op::drop), Trap::integer_divide_by_zero},
        {code(constant(1), constant(0), Op::i64_rem_s, Op::drop), Trap::integer_divide_by_zero},
        {code(i32(-0x8000'0000ll), i32(-1), Op::i32_div_s, Op::drop), Trap::integer_overflow},
        {code(constant(INT64_MIN), constant(-1), Op::i64_div_s, Op::drop), Trap::integer_overflow},
        {code(i32(-0x8000'0000ll), i32(-1), Op::i32_rem_s, Op::drop), Trap::none},
        {code(Op::f64_const, raw(1e10), Op::i32_trunc_f64_s, Op::drop), Trap::integer_overflow},
        {code(nan, Op::i64_trunc_f64_u, Op::drop), Trap::invalid_conversion},
        {code(nan, Op::i32_trunc_sat_f64_s, Op::drop), Trap::none},
        {code(i32(2), Op::table_get, 0, Op::drop), Trap::table_out_of_bounds},
        {code(i32(-1), Op::ref_null, ValType::funcref, Op::table_set, 0),
         Trap::table_out_of_bounds},
        {code(i32(2), i32(0), i32(1), Op::table_init, 1, 0), Trap::table_out_of_bounds},
        {code(i32(0), i32(3), i32(1), Op::memory_init, 0, 0), Trap::memory_out_of_bounds},
        {code(i32(65536), i32(0), i32(1), Op::memory_fill, 0), Trap::memory_out_of_bounds},
        {code(i32(65536), i32(0), i32(0), Op::memory_fill, 0), Trap::none},
        {code(i32(0), i32(65535), i32(2), Op::memory_copy, 0, 0), Trap::memory_out_of_bounds},
        {code(i32(0), i32(2), Op::call_indirect, type_i_i, 0, Op::drop), Trap::undefined_element},
        {code(i32(0), i32(-1), Op::call_indirect, type_i_i, 0, Op::drop), Trap::undefined_element},
        {code(i32(0), i32(1), Op::call_indirect, type_i_i, 0, Op::drop),
         Trap::indirect_call_type_mismatch},
        {code(i32(0), Op::ref_null, ValType::funcref, Op::table_set, 0, i32(0), i32(0),
              Op::call_indirect, type_i_i, 0, Op::drop),
         Trap::uninitialized_element},
        {code(i32(41), i32(0), Op::call_indirect, type_i_i, 0, Op::drop), Trap::none},
    };
    in_both_modes([&](Store& store) {
        for (const auto& [body, trap] : traps) {
            Instance& instance = instance_of(store, {{i32_}, {}, {}}, body);
            const Outcome outcome = call(instance, "f", {i32_value(0)});
            CHECK(outcome.trap == trap);
            CHECK(outcome.values.empty());
            CHECK(outcome.trap_function == (trap == Trap::none ? Error::no_index : 0));
        }
    });
}

TEST_CASE("interpret: br_table takes the default for every other index") {
    Store store;
    Instance& instance =
        instance_of(store, {{i32_}, {i32_}, {}},
                    code(Op::block, no_result, Op::block, no_result, Op::block, no_result, get0,
                         Op::br_table, 2, 0, 1, 2, Op::end, Op::i32_const, 10, Op::return_, Op::end,
                         Op::i32_const, 11, Op::return_, Op::end, Op::i32_const, 12));
    const u32 results[] = {10, 11, 12, 12};
    for (u32 i = 0; i < 4; ++i)
        CHECK(call_i32(instance, "f", {i32_value(i)}) == results[i]);
    for (const u32 i : {0x8000'0000u, 0xffff'ffffu})
        CHECK(call_i32(instance, "f", {i32_value(i)}) == 12);
}

TEST_CASE("interpret: locals are zero at every entry") {
    Store store;
    // Fills its window, then calls a function whose window lies over the same slots.
    ModuleBuilder b;
    const u32 reader =
        b.function({}, {i64_}, {i64_, i32_, f64_, ValType::externref},
                   code(get0, get1, Op::i64_extend_i32_u, Op::i64_or, Op::local_get, 2,
                        Op::i64_reinterpret_f64, Op::i64_or, Op::local_get, 3, Op::ref_is_null,
                        Op::i32_eqz, Op::i64_extend_i32_u, Op::i64_or, Op::i64_const, sleb(-1),
                        Op::local_set, 0, Op::i32_const, sleb(-1), Op::local_set, 1));
    b.export_function(
        "f", b.function({}, {i64_}, {},
                        code(Op::i64_const, sleb(-1), Op::i64_const, sleb(-1), Op::i64_const,
                             sleb(-1), Op::loop, no_result, Op::end, Op::drop, Op::drop, Op::drop,
                             Op::call, reader, Op::call, reader, Op::i64_or)));
    Instance& instance = *instantiate(store, b).instance;
    for (u32 i = 0; i < 3; ++i)
        CHECK(call(instance, "f").values[0].bits == 0);
}

// SPDX-License-Identifier: Apache-2.0
// Functions with more slots than 16 bits name. What a program does must not depend on how high its
// operands lie, so small programs run on an empty stack and then at every height around slot
// 65,536, and give the same.
#include "vm/test/lowering.hpp"
#include "vm/test/run_wasm.hpp"

using namespace lockstep;
using namespace lockstep::test;

namespace {

constexpr u32 host_ii_i = 0; // function indices
constexpr u32 host_ii_ii = 1;
constexpr u32 mix = 2;
constexpr u32 swap = 3;
constexpr u32 first_program = 4;
constexpr u8 type_ii_i = 0; // block types
constexpr u8 type_pair = 1;
constexpr u32 named = 50'000 + 2; // slots of locals and parameters

const Bytes get0 = code(Op::local_get, 0);
const Bytes get1 = code(Op::local_get, 1);
const Bytes clz0 = code(get0, Op::i32_clz); // values in slots, not pending locals
const Bytes ctz1 = code(get1, Op::i32_ctz);
const Bytes add = code(Op::i32_add);

/// Programs leave one i32, or leave the function with two. Local 2 is an i32, local 3 an i64.
const std::vector<Bytes>& programs() {
    static const auto one = [](u32 value) { return code(Op::i32_const, sleb(value)); };
    static const std::vector<Bytes> list{
        // operators
        code(clz0, ctz1, Op::i32_sub),
        code(get0, ctz1, Op::i32_sub),
        code(clz0, get1, Op::i32_shl),
        code(clz0, one(9), Op::i32_sub, one(100'000), Op::i32_mul),
        code(one(9), clz0, Op::i32_sub),
        code(one(100'000), clz0, Op::i32_lt_s),
        code(one(4), one(5), Op::i32_sub),
        code(Op::i64_const, sleb(-7), Op::i64_const, sleb(1ll << 40), Op::i64_xor, Op::local_tee, 3,
             Op::local_get, 3, Op::i64_rotl, Op::i32_wrap_i64),
        code(get0, Op::f64_convert_i32_s, Op::f64_const, raw(2.5), Op::f64_div,
             Op::i32_trunc_f64_s),
        code(get0, get1, clz0, ctz1, add, Op::i32_mul, add, Op::drop, get0),
        // locals and globals
        code(clz0, Op::local_set, 2, ctz1, Op::local_tee, 2, Op::local_get, 2, add),
        code(get0, get1, get0, one(5), Op::local_set, 0, add, add),
        code(get0, clz0, Op::local_set, 0, get0, add),
        code(one(77), Op::local_tee, 2, Op::local_get, 2, add),
        code(clz0, Op::global_set, 0, get1, Op::global_set, 1, Op::global_get, 0, Op::global_get, 1,
             Op::i32_sub),
        // select
        code(clz0, ctz1, get0, Op::select),
        code(get0, ctz1, clz0, Op::i32_eqz, Op::select),
        code(one(3), one(4), one(0), Op::select),
        // blocks and branches
        code(get0, get1, Op::if_, i32_, clz0, Op::else_, get1, Op::end, add),
        code(get0, get1, get0, Op::i32_eqz, Op::if_, type_ii_i, add, Op::else_, Op::i32_sub,
             Op::end),
        code(Op::block, i32_, get0, get1, ctz1, Op::br_if, 0, add, Op::end),
        code(Op::block, i32_, clz0, ctz1, get0, Op::br_if, 0, add, Op::end),
        code(Op::block, i32_, clz0, ctz1, get0, Op::i32_eqz, Op::br_if, 0, add, Op::end),
        code(Op::block, i32_, one(1), clz0, ctz1, Op::i32_ge_u, Op::br_if, 0, Op::drop, one(2),
             Op::end),
        code(Op::block, i32_, one(1), clz0, one(70'000), Op::i32_lt_s, Op::br_if, 0, Op::drop,
             one(2), Op::end),
        code(get0, get1, Op::block, type_pair, clz0, get1, get0, Op::br, 0, Op::end, Op::i32_sub),
        code(get0, one(0), Op::loop, type_pair, one(1), add, Op::local_tee, 2, get0, Op::local_get,
             2, Op::local_get, 2, get1, Op::i32_lt_u, Op::br_if, 0, Op::drop, Op::drop, Op::end,
             Op::i32_sub),
        code(Op::block, i32_, get0, Op::block, i32_, clz0, Op::local_get, 2, Op::br_table, 1, 0, 1,
             Op::end, add, Op::end),
        code(Op::block, i32_, get0, Op::block, i32_, clz0, ctz1, Op::br_table, 2, 0, 0, 1, Op::end,
             add, Op::end),
        // memory
        code(clz0, ctz1, Op::i32_store, 2, 4, clz0, Op::i32_load, 2, 4),
        code(clz0, ctz1, Op::i32_store, 2, 65'600, clz0, Op::i32_load16_u, 1, 65'600),
        code(clz0, ctz1, add, get1, Op::i32_store8, 0, 0, clz0, ctz1, add, Op::i32_load8_s, 0, 0),
        code(clz0, ctz1, add, one(99), Op::i32_store, 2, 0, clz0, one(3), add, Op::i32_load, 2, 0),
        code(one(8), Op::i64_const, sleb(-2), Op::i64_store, 3, 0, get0, one(4), Op::i32_sub,
             Op::i32_load8_u, 0, 0),
        code(clz0, ctz1, one(30), Op::memory_fill, 0, one(90), get0, clz0, Op::memory_copy, 0, 0,
             one(99), Op::i32_load, 2, 0),
        code(get0, one(0), one(3), Op::memory_init, 0, 0, get0, Op::i32_load, 2, 0),
        code(one(0), Op::memory_grow, 0, Op::memory_size, 0, Op::i32_sub),
        code(ctz1, Op::memory_grow, 0, one(50), add),
        // tables
        code(Op::ref_func, mix, ctz1, Op::table_grow, 1, Op::table_size, 1, Op::i32_sub),
        code(one(1), one(1), Op::table_get, 0, Op::table_set, 1, one(1), Op::table_get, 1,
             Op::ref_is_null),
        code(one(0), Op::ref_null, ValType::funcref, ctz1, Op::table_fill, 1, one(2), one(0),
             one(1), Op::table_copy, 1, 0, one(2), Op::table_get, 1, Op::ref_is_null),
        // calls
        code(clz0, ctz1, Op::call, mix, get0, get1, Op::call, mix, one(4), Op::call, mix, add),
        code(get0, clz0, ctz1, Op::call, host_ii_i, Op::i32_sub),
        code(get0, get1, clz0, Op::call, swap, Op::i32_sub, Op::i32_mul),
        code(get0, get1, ctz1, one(3), Op::i32_sub, Op::call_indirect, type_ii_i, 0),
        code(clz0, get1, one(1), Op::call_indirect, type_ii_i, 0),
        code(clz0, get1, Op::local_get, 2, Op::call_indirect, type_ii_i, 0),
        code(get0, get1, Op::call, host_ii_ii, Op::i32_sub),
        // leaving the function
        code(get0, get1, clz0, ctz1, Op::return_),
        code(get0, clz0, one(5), Op::br, 0),
        code(get0, clz0, ctz1, get0, Op::br_if, 0, Op::return_),
        code(get1, get0, clz0, Op::return_call, swap),
        code(get1, get0, clz0, Op::return_call, host_ii_ii),
        code(get1, get0, clz0, one(2), Op::return_call_indirect, type_pair, 0),
        code(get1, get0, clz0, ctz1, Op::return_call_indirect, type_pair, 0),
        // traps
        code(clz0, get0, get0, Op::i32_sub, Op::i32_div_u),
        code(clz0, Op::i32_load, 2, sleb(0)),
        code(one(0x7fff'ffff), clz0, add, Op::i32_load, 2, 0),
        code(clz0, get0, one(4), Op::call_indirect, type_ii_i, 0),
        code(clz0, get0, clz0, Op::call_indirect, type_ii_i, 0),
        code(clz0, Op::unreachable),
    };
    return list;
}

/// A function of type [i32 i32] -> [i32 i32] that runs a program on top of `below` other operands,
/// and gives their sum, then what the program left.
Bytes on_top(u32 below, const Bytes& program) {
    Bytes body;
    for (u32 i = 0; i < below; ++i)
        append(body, code(get0, Op::i32_const, sleb(i), add));
    append(body, code(program, Op::local_set, 2));
    append(body, below == 0 ? code(Op::i32_const, 0) : Bytes{});
    for (u32 i = 1; i < below; ++i)
        append(body, add);
    append(body, code(Op::local_get, 2));
    return body;
}

ModuleBuilder all_programs(u32 below, u32 locals) {
    ModuleBuilder b;
    b.type({i32_, i32_}, {i32_});
    b.type({i32_, i32_}, {i32_, i32_});
    b.import_function("m", "one", {i32_, i32_}, {i32_});
    b.import_function("m", "two", {i32_, i32_}, {i32_, i32_});
    b.function({i32_, i32_}, {i32_}, {}, code(get0, Op::i32_const, 31, Op::i32_mul, get1, add));
    b.function({i32_, i32_}, {i32_, i32_}, {}, code(get1, get0));
    Types declared(locals, i32_);
    declared[1] = i64_;
    for (const Bytes& program : programs()) {
        const u32 index = b.function({i32_, i32_}, {i32_, i32_}, declared, on_top(below, program));
        b.export_function(std::to_string(index - first_program), index);
    }
    b.table(5);
    b.table(5);
    b.memory(2, 10);
    b.global(i32_, true, i32_init(1));
    b.global(i32_, true, i32_init(2));
    b.element(i32_init(0), {mix, host_ii_i, swap, host_ii_ii});
    b.count_data();
    b.passive_data("abc");
    return b;
}

struct Ending {
    Trap trap;
    std::vector<Value> values;
    friend bool operator==(const Ending&, const Ending&) = default;
};

std::vector<Ending> run_all(const ModuleBuilder& b, TrapsMode traps) {
    const auto host = [](u32 results) {
        return HostFunction{{{i32_, i32_}, Types(results, i32_)}, [](HostCall& call) {
                                std::swap(call.slots()[0], call.slots()[1]);
                                return HostStatus::ok;
                            }};
    };
    const HostFunction one = host(1);
    const HostFunction two = host(2);
    const Extern imports[] = {&one, &two};
    const auto executable = compile(b.build(), {.price = 1, .max_slots = 1u << 20});
    std::vector<Ending> endings;
    for (u32 i = 0; i < programs().size(); ++i) {
        Store store(traps);
        Instance& instance = *store.instantiate(executable, imports, {}).value().instance;
        const Outcome outcome = call(instance, std::to_string(i), {i32_value(12), i32_value(40)});
        endings.push_back({outcome.trap, outcome.values});
    }
    return endings;
}

} // namespace

TEST_CASE("lower: a program does the same at every height around slot 65,536") {
    const std::vector<Ending> expected = run_all(all_programs(0, 2), TrapsMode::explicit_checks);
    for (u32 first = 65'536 - 6; first < 65'536 + 3; ++first) {
        const u32 below = first - named;
        const u32 sum = below * 12 + below * (below - 1) / 2;
        const ModuleBuilder b = all_programs(below, 50'000);
        for (const TrapsMode traps : {TrapsMode::explicit_checks, TrapsMode::signals}) {
            if (traps == TrapsMode::signals && !guard_faults_supported) continue;
            const std::vector<Ending> found = run_all(b, traps);
            for (u32 i = 0; i < found.size(); ++i) {
                CAPTURE(i);
                CAPTURE(first);
                Ending wanted = expected[i];
                // Programs that leave the function give something else than a sum, and not zero.
                if (wanted.trap == Trap::none && wanted.values[0].i32() == 0)
                    wanted.values[0] = i32_value(sum);
                CHECK(found[i] == wanted);
            }
        }
    }
}

TEST_CASE("lower: functions become wide when they use slot 65,536, and cost no more") {
    for (const u32 slots : {65'535u, 65'536u, 65'537u}) {
        const u32 operands = slots - named;
        Bytes body;
        for (u32 i = 0; i < operands; ++i)
            append(body, clz0);
        append(body, code(Op::unreachable));
        const ir::Code code =
            lowered(decoded(around({{i32_, i32_}, {}, Types(50'000, i64_)}, body).build()));
        const ir::Function& function = code.functions[0];
        const bool wide = slots > 65'536;
        CHECK(function.cost == 4 + slots);
        CHECK(function.window == slots + (wide ? 3 : 0));
        // The operands around the border have a copy each: three scratch slots shift them.
        CHECK(function.size == operands + 1 + (wide ? 2 * 4 : 0));
    }
    // A slot that no record names does not count: the constant is a right operand.
    Bytes body;
    for (u32 i = 0; i < 65'536 - named; ++i)
        append(body, clz0);
    const ir::Code narrow =
        lowered(decoded(around({{i32_, i32_}, {}, Types(50'000, i64_)},
                               code(body, Op::i32_const, 1, add, Op::unreachable))
                            .build()));
    CHECK(narrow.functions[0].cost == 4 + 65'537);
    CHECK(narrow.functions[0].size == 65'536 - named + 2);
}

TEST_CASE("lower: 20,000 constants and 20,000 pending locals on top of 50,000 locals") {
    Bytes set;
    Bytes gets;
    Bytes constants;
    Bytes adds;
    for (u32 i = 0; i < 20'000; ++i) {
        append(set, code(Op::i32_const, sleb(i64{i} * 3), Op::local_set, 30'000 + i));
        append(gets, code(Op::local_get, 30'000 + i));
        append(constants, code(Op::i32_const, sleb(i64{i} * 7)));
        append(adds, add);
    }
    const Bytes first_add(adds.begin() + 1, adds.end());
    const u32 sum = 20'000u * 19'999u / 2;
    ModuleBuilder b;
    const Types locals(50'000, i32_);
    b.export_function("constants", b.function({}, {i32_}, locals, code(constants, first_add)));
    b.export_function("locals", b.function({}, {i32_}, locals, code(set, gets, first_add)));
    b.export_function(
        "copied",
        b.function({}, {i32_}, locals, code(set, gets, Op::loop, no_result, Op::end, first_add)));
    // Each copy must be made before its local changes.
    Bytes changed = code(set, gets);
    for (u32 i = 0; i < 20'000; ++i)
        append(changed, code(Op::i32_const, 0, Op::local_set, 30'000 + i));
    b.export_function("changed", b.function({}, {i32_}, locals, code(changed, first_add)));
    b.export_function("both",
                      b.function({}, {i32_}, locals, code(constants, set, gets, adds, first_add)));
    Store store;
    Instance& instance = *instantiate(store, b, {}, {.max_slots = 1u << 20}).instance;
    CHECK(call_i32(instance, "constants") == sum * 7);
    for (const char* name : {"locals", "copied", "changed"})
        CHECK(call_i32(instance, name) == sum * 3);
    CHECK(call_i32(instance, "both") == sum * 10);
}

TEST_CASE("lower: hundreds of results and arguments across the border") {
    // pass: 1,000 i32 -> the same 1,000; the caller has them at heights from 64,936 on.
    const Types thousand(1'000, i32_);
    Bytes all;
    for (u32 i = 0; i < 1'000; ++i)
        append(all, code(Op::local_get, i));
    ModuleBuilder b;
    const u32 type = b.type(thousand, thousand);
    const u32 pass = b.function(thousand, thousand, {}, all);
    Bytes body;
    for (u32 i = 0; i < 15'000; ++i)
        append(body, code(Op::local_get, 0, Op::i32_clz));
    Bytes push;
    for (u32 i = 0; i < 1'000; ++i)
        append(push, code(Op::local_get, i % 7, Op::i32_const, sleb(i), Op::i32_xor));
    const Bytes wrapped =
        code(Op::block, sleb(type), Op::local_get, 0, Op::drop, Op::br, 0, Op::end);
    b.export_function("f", b.function({i32_}, thousand, Types(50'000, i32_),
                                      code(body, push, Op::call, pass, wrapped, Op::return_)));
    b.export_function("tail", b.function({i32_}, thousand, Types(50'000, i32_),
                                         code(body, push, Op::return_call, pass)));
    Store store;
    Instance& instance = *instantiate(store, b, {}, {.max_slots = 1u << 20}).instance;
    for (const char* name : {"f", "tail"}) {
        const Outcome outcome = call(instance, name, {i32_value(99)});
        REQUIRE(outcome.values.size() == 1'000);
        for (u32 i = 0; i < 1'000; ++i)
            CHECK(outcome.values[i].i32() == (i ^ (i % 7 == 0 ? 99 : 0)));
    }
}

// SPDX-License-Identifier: Apache-2.0
// CosmWasm's rule for NaNs. Its compiler makes the NaN of an arithmetic operator canonical only
// when somebody looks at the bits; neg, abs, promote and demote do not look. So they see what the
// hardware made, and what they make of it is canonical when it is looked at. Here arithmetic is
// canonical at once, and those operators are followed by a record that makes their result
// canonical, exactly where CosmWasm's compiler would still have it pending.
#include "vm/instance.hpp"
#include "vm/test/lowering.hpp"

#include <limits>

using namespace lockstep;
using namespace lockstep::test;

namespace {

Profile lazy_profile() {
    Profile profile = core_profile();
    profile.nan_rule = NanRule::cosmwasm;
    return profile;
}

const Bytes get0 = code(Op::local_get, 0);
const Bytes sum = code(get0, Op::local_get, 1, Op::f64_add);

/// The names of the records ahead of the return of a body of type [f64 f64] -> [f64] with a
/// declared f64.
std::string names(const Bytes& body, const Profile& profile) {
    const ir::Code made =
        lowered(decoded(around({{f64_, f64_}, {f64_}, {f64_}}, body).build()), profile);
    std::string text;
    for (u32 i = 0; i + 1 < made.functions[0].size; i += 1 + ir::words_after(&made.records[i]))
        text += (i == 0 ? "" : ", ") + std::string(info(ir::op_of(made.records[i])).text);
    return text;
}
std::string lazy(const Bytes& body) { return names(body, lazy_profile()); }

/// What the body makes of infinity and minus infinity under the lazy rule.
u64 run(const Bytes& body) {
    auto executable = std::make_shared<Executable>();
    ModuleBuilder b = around({{f64_, f64_}, {f64_}, {f64_}}, body);
    b.export_function("f", 0);
    executable->module = decoded(b.build());
    executable->code = lowered(executable->module, lazy_profile());
    executable->max_frames = 10;
    executable->max_slots = 1'000;
    Store store;
    Instance& instance = *store.instantiate(executable, {}, {}).value().instance;
    constexpr f64 infinity = std::numeric_limits<f64>::infinity();
    const Value args[] = {Value::from_f64(infinity), Value::from_f64(-infinity)};
    const Outcome outcome = store.call(*instance.find_function("f"), args, {}).value();
    REQUIRE(outcome.trap == Trap::none);
    return outcome.values[0].bits;
}

constexpr u64 canonical = 0x7ff8'0000'0000'0000;
constexpr u64 minus_canonical = 0xfff8'0000'0000'0000;

} // namespace

TEST_CASE("lower: the lazy NaN rule after arithmetic") {
    const Op one[] = {Op::f64_ceil, Op::f64_floor, Op::f64_trunc, Op::f64_nearest, Op::f64_sqrt};
    const Op two[] = {Op::f64_add, Op::f64_sub, Op::f64_mul, Op::f64_div};
    for (const Op op : one)
        CHECK(lazy(code(get0, op, Op::f64_neg)) ==
              std::string(info(op).text) + ", f64.neg, canonical_f64");
    for (const Op op : two)
        CHECK(lazy(code(get0, get0, op, Op::f64_abs)) ==
              std::string(info(op).text) + ", f64.abs, canonical_f64");
    // It is passed on from one such operator to the next.
    CHECK(lazy(code(sum, Op::f64_neg, Op::f64_neg)) ==
          "f64.add, f64.neg, canonical_f64, f64.neg, canonical_f64");
    CHECK(lazy(code(sum, Op::f32_demote_f64, Op::f32_neg, Op::f64_promote_f32)) ==
          "f64.add, raw_demote, canonical_f32, f32.neg, canonical_f32, raw_promote, canonical_f64");
    CHECK(lazy(code(sum, sum, Op::f64_add)) == "f64.add, f64.add, f64.add");
    CHECK(names(code(sum, Op::f64_neg, Op::f32_demote_f64, Op::f64_promote_f32), core_profile()) ==
          "f64.add, f64.neg, f32.demote_f64, f64.promote_f32");
}

TEST_CASE("lower: the lazy NaN rule where nothing is pending") {
    CHECK(lazy(code(get0, Op::f64_neg)) == "f64.neg");
    CHECK(lazy(code(get0, Op::f32_demote_f64, Op::f64_promote_f32)) == "raw_demote, raw_promote");
    CHECK(lazy(code(Op::i32_const, 0, Op::f64_load, 3, 0, Op::f64_abs)) ==
          "const_u32, f64.load, f64.abs");
    CHECK(lazy(code(Op::f64_const, raw(1.0), Op::f64_neg)) == "const_word, f64.neg");
    CHECK(lazy(code(Op::i32_const, 1, Op::f64_convert_i32_s, Op::f64_neg)) ==
          "const_u32, f64.convert_i32_s, f64.neg");
    // These make their result canonical themselves.
    for (const Op op : {Op::f64_min, Op::f64_max, Op::f64_copysign})
        CHECK(lazy(code(sum, get0, op, Op::f64_neg)) ==
              "f64.add, " + std::string(info(op).text) + ", f64.neg");
    // Here somebody looked at the bits.
    CHECK(lazy(code(sum, Op::local_set, 2, Op::local_get, 2, Op::f64_neg)) == "f64.add, f64.neg");
    CHECK(lazy(code(sum, Op::i64_reinterpret_f64, Op::f64_reinterpret_i64, Op::f64_neg)) ==
          "f64.add, f64.neg");
    CHECK(lazy(code(sum, get0, Op::i32_const, 1, Op::select, Op::f64_neg)) ==
          "f64.add, const_u32, select, f64.neg");
}

TEST_CASE("lower: the lazy NaN rule, local.tee and br_if do not end what is pending") {
    CHECK(lazy(code(sum, Op::local_tee, 2, Op::f64_neg)) == "f64.add, f64.neg, canonical_f64");
    CHECK(lazy(code(get0, Op::local_tee, 2, Op::f64_neg)) == "copy, f64.neg");
    CHECK(lazy(code(Op::block, f64_, sum, get0, get0, Op::f64_eq, Op::br_if, 0, Op::f64_neg,
                    Op::end)) == "f64.add, f64.eq, i32.ne, f64.neg, canonical_f64");
    CHECK(run(code(sum, Op::local_tee, 2, Op::f64_neg)) == canonical);
    CHECK(run(code(sum, Op::local_tee, 2, Op::f64_neg, Op::drop, Op::local_get, 2, Op::f64_neg)) ==
          minus_canonical);
}

TEST_CASE("lower: the lazy NaN rule, the end of a block does, whether a branch names it or not") {
    const Bytes block = code(Op::block, f64_, sum, Op::end, Op::f64_neg);
    const Bytes loop = code(Op::loop, f64_, sum, Op::end, Op::f64_neg);
    const Bytes nested = code(Op::block, f64_, Op::loop, f64_, sum, Op::end, Op::end, Op::f64_neg);
    const Bytes named = code(Op::block, f64_, sum, Op::br, 0, Op::end, Op::f64_neg);
    const Bytes arms =
        code(Op::i32_const, 1, Op::if_, f64_, sum, Op::else_, get0, Op::end, Op::f64_neg);
    CHECK(lazy(block) == "f64.add, f64.neg");
    for (const Bytes& body : {block, loop, nested, named, arms})
        CHECK(run(body) == minus_canonical);
    // What stood below the block is still pending.
    CHECK(run(code(sum, Op::block, f64_, sum, Op::end, Op::drop, Op::f64_neg)) == canonical);
}

TEST_CASE("lower: the lazy NaN rule, bits") {
    CHECK(run(sum) == canonical);
    CHECK(run(code(sum, Op::f64_neg)) == canonical);
    CHECK(run(code(sum, Op::f64_neg, Op::f64_neg, Op::f64_abs)) == canonical);
    CHECK(run(code(sum, Op::local_set, 2, Op::local_get, 2, Op::f64_neg)) == minus_canonical);
    CHECK(run(code(sum, Op::f32_demote_f64, Op::f32_neg, Op::f64_promote_f32)) == canonical);
    // A NaN that no operator made keeps sign and payload, quieted.
    const auto constant = [](u64 bits) {
        return code(Op::i64_const, sleb(static_cast<i64>(bits)), Op::f64_reinterpret_i64);
    };
    CHECK(run(code(constant(0xfff4'0000'0000'0001), Op::f64_neg)) == 0x7ff4'0000'0000'0001);
    CHECK(run(code(constant(0xfff4'0000'4000'0000), Op::f32_demote_f64, Op::f64_promote_f32)) ==
          0xfffc'0000'4000'0000);
}

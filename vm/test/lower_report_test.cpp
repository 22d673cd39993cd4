// SPDX-License-Identifier: Apache-2.0
// Lowering with a report, under profiles with features off, and over the bodies of a whole module.
#include "vm/lower.hpp"
#include "vm/report.hpp"

#include "vm/test/lowering.hpp"

using namespace lockstep;
using namespace lockstep::test;

namespace {

const Bytes i32_0 = code(Op::i32_const, 0);

Profile without(std::initializer_list<Feature> features) {
    Profile profile = core_profile();
    for (const Feature feature : features)
        profile.features.set(feature, false);
    return profile;
}

/// A body of type [] -> [] under a profile; the Error is the same with and without a report.
Refusal refusal(const Bytes& body, const Profile& profile) {
    Report report;
    const Refusal first = refusal_of({{}, {}, {}}, body, profile);
    CHECK(refusal_of({{}, {}, {}}, body, profile, &report) == first);
    CHECK(report.problems.empty() == (first.code == Errc{}));
    return first;
}

} // namespace

TEST_CASE("lower: operators of features that are off") {
    const auto refused = [](const Bytes& body, std::initializer_list<Feature> off, Errc code,
                            i64 at = 0) {
        CHECK(refusal(body, core_profile()) == Refusal{});
        CHECK(refusal(body, without(off)) == Refusal{code, at});
    };
    refused(code(Op::f32_const, raw(0.0f), Op::drop), {Feature::floats}, Errc::floats_disabled);
    refused(code(i32_0, Op::f64_convert_i32_u, Op::drop), {Feature::floats}, Errc::floats_disabled,
            2);
    refused(code(i32_0, Op::i32_extend8_s, Op::drop), {Feature::sign_extension},
            Errc::sign_extension_disabled, 2);
    refused(code(Op::unreachable, Op::i64_trunc_sat_f64_u, Op::drop), {Feature::sat_float_to_int},
            Errc::sat_float_to_int_disabled, 1);
    refused(code(i32_0, i32_0, i32_0, Op::memory_fill, 0), {Feature::bulk_memory},
            Errc::bulk_memory_disabled, 6);
    refused(code(Op::data_drop, 0), {Feature::bulk_memory}, Errc::bulk_memory_disabled);
    refused(code(Op::ref_null, ValType::funcref, Op::drop), {Feature::reference_types},
            Errc::reference_types_disabled);
    refused(code(i32_0, Op::table_get, 0, Op::drop), {Feature::reference_types},
            Errc::reference_types_disabled, 2);
    refused(code(Op::table_size, 0, Op::drop), {Feature::reference_types},
            Errc::reference_types_disabled);
    refused(code(i32_0, i32_0, i32_0, Op::select_t, 1, i32_, Op::drop), {Feature::reference_types},
            Errc::reference_types_disabled, 6);
    refused(code(Op::return_call, callee_none), {Feature::tail_call}, Errc::tail_call_disabled);
    refused(code(i32_0, Op::block, type_i_i, Op::end, Op::drop), {Feature::multi_value},
            Errc::multi_value_disabled, 2);
    refused(code(Op::block, ValType::funcref, Op::unreachable, Op::end, Op::drop),
            {Feature::reference_types}, Errc::reference_types_disabled);
    // In unreachable code as well.
    refused(code(Op::unreachable, Op::f32_neg, Op::drop), {Feature::floats}, Errc::floats_disabled,
            1);
}

TEST_CASE("lower: the table index of call_indirect by features") {
    const Bytes overlong =
        code(i32_0, i32_0, Op::call_indirect, type_i_i, u8{0x80}, u8{0}, Op::drop);
    const Bytes plain = code(i32_0, i32_0, Op::call_indirect, type_i_i, 0, Op::drop);
    const Profile old = without({Feature::reference_types, Feature::overlong_table_index});
    CHECK(refusal(overlong, core_profile()) == Refusal{});
    CHECK(refusal(overlong, without({Feature::reference_types})) == Refusal{});
    CHECK(refusal(overlong, old) == Refusal{Errc::zero_byte_expected, 4});
    CHECK(refusal(plain, old) == Refusal{});
    CHECK(refusal(code(i32_0, i32_0, Op::call_indirect, type_i_i, 1, Op::drop),
                  without({Feature::reference_types})) ==
          Refusal{Errc::reference_types_disabled, 4});
}

TEST_CASE("lower: a report goes on behind features that are off, not behind invalid code") {
    const Profile profile = without({Feature::floats, Feature::sign_extension});
    const Bytes body = code(i32_0, Op::f32_convert_i32_s, Op::drop, i32_0, Op::i32_extend8_s,
                            Op::i64_eqz, Op::drop, Op::f32_neg);
    Report report;
    CHECK(refusal_of({{}, {}, {}}, body, profile, &report) == Refusal{Errc::floats_disabled, 2});
    REQUIRE(report.problems.size() == 3);
    CHECK(report.problems[0].error.code == Errc::floats_disabled);
    CHECK(report.problems[0].detail == "f32.convert_i32_s");
    CHECK(report.problems[1].error.code == Errc::sign_extension_disabled);
    CHECK(report.problems[2].error.code == Errc::type_mismatch);
    CHECK(report.problems[2].error.offset - report.problems[0].error.offset == 5);
    for (const Problem& problem : report.problems)
        CHECK(problem.error.index == 0);
    // Invalid code comes first: nothing after it is looked at.
    Report invalid;
    CHECK(refusal_of({{}, {}, {}}, code(Op::drop, Op::f32_neg), profile, &invalid) ==
          Refusal{Errc::type_mismatch, 0});
    CHECK(invalid.problems.size() == 1);
}

TEST_CASE("lower: a stack that is too high is reported with what comes after it") {
    Profile profile = without({Feature::floats});
    profile.limits.operand_stack = 1;
    const Bytes float_first =
        code(Op::f32_const, raw(0.0f), i32_0, i32_0, Op::drop, Op::drop, Op::drop);
    Report report;
    CHECK(refusal_of({{}, {}, {}}, float_first, profile, &report) ==
          Refusal{Errc::floats_disabled, 0});
    CHECK(refusal_of({{}, {}, {}}, float_first, profile) == Refusal{Errc::floats_disabled, 0});
    REQUIRE(report.problems.size() == 2);
    CHECK(report.problems[1].error.code == Errc::operand_stack_too_high);
    const Bytes stack_first = code(i32_0, i32_0, Op::drop, Op::f32_convert_i32_s, Op::drop);
    CHECK(refusal(stack_first, profile) == Refusal{Errc::operand_stack_too_high, 2});
}

TEST_CASE("lower: locals over all functions of a module") {
    const auto outcome = [](u32 total, u32 halves) {
        ModuleBuilder b;
        b.import_function("m", "f", {}, {});
        for (u32 i = 0; i < 3; ++i)
            b.function({i64_}, {}, {10, i32_}, {});
        Profile profile = core_profile();
        profile.limits.total_locals = total;
        profile.limits.locals_per_code_byte_halves = halves;
        const Module module = decoded(b.build());
        Lowering lowering(module, profile, Weights{});
        ir::Draft draft;
        for (u32 i = 0; i < 3; ++i) {
            const result<> lowered = lowering.lower(i, draft);
            if (lowered.has_value()) continue;
            CHECK(lowered.error().code == Errc::too_many_total_locals);
            return lowered.error().index;
        }
        return 0u;
    };
    CHECK(outcome(30, 0) == 0);
    CHECK(outcome(29, 0) == 3);
    CHECK(outcome(9, 0) == 1);
    // Sizes and contents of the code section: 1 + 3 * 5 bytes, so n/2 times 16.
    CHECK(outcome(1'000, 4) == 0);
    CHECK(outcome(1'000, 3) == 3);
    CHECK(outcome(1'000, 1) == 1);
}

TEST_CASE("lower: a Lowering goes from function to function, failed ones too") {
    ModuleBuilder b;
    b.function({}, {i32_}, {}, code(Op::i64_const, 1));
    b.function({i32_}, {i32_}, {},
               code(Op::local_get, 0, Op::block, no_result, Op::end, Op::i32_const, 1));
    b.function({i32_}, {i32_}, {}, code(Op::local_get, 0, Op::i32_const, 1, Op::i32_add));
    const Module module = decoded(b.build());
    const Profile profile = core_profile();
    Lowering lowering(module, profile, Weights{});
    ir::Draft draft;
    CHECK(lowering.lower(0, draft).error().code == Errc::type_mismatch);
    CHECK(lowering.lower(1, draft).error().index == 1);
    REQUIRE(lowering.lower(2, draft).has_value());
    CHECK(draft.records.size() == 2);
    CHECK(draft.window == 3);
    const Lowering::Work before = lowering.work();
    REQUIRE(lowering.lower(2, draft).has_value());
    CHECK(draft.records.size() == 2);
    CHECK(lowering.work().steps > before.steps);
}

TEST_CASE("lower: work stays linear in bytes and declared units") {
    // n pending copies of a local under n blocks, each of which changes it: copied once, not n
    // times.
    const auto rate = [](u32 n) {
        Bytes body;
        for (u32 i = 0; i < n; ++i)
            append(body, code(Op::local_get, 0));
        for (u32 i = 0; i < n; ++i)
            append(body, code(Op::block, no_result));
        for (u32 i = 0; i < n; ++i)
            append(body, code(i32_0, Op::local_set, 0, Op::end));
        for (u32 i = 0; i < n; ++i)
            append(body, code(Op::drop));
        const Module module = decoded(around({{i32_}, {}, {}}, body).build());
        const Profile profile = core_profile();
        Lowering lowering(module, profile, Weights{});
        ir::Draft draft;
        REQUIRE(lowering.lower(0, draft).has_value());
        const Lowering::Work work = lowering.work();
        return static_cast<double>(work.steps) / static_cast<double>(body.size() + work.units);
    };
    CHECK(rate(100) < 4);
    CHECK(rate(10'000) < rate(100) * 1.1);
}

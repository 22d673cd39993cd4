// SPDX-License-Identifier: Apache-2.0
#include "conformance/harness.hpp"
#include "vm/test/wasm_builder.hpp"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::conformance;
using namespace lockstep::test;

namespace {

constexpr u64 unlimited = std::numeric_limits<u64>::max();

/// Runs `run` of the module everywhere; no mode may differ from the judge.
CaseReport run(const Bytes& wasm, u64 gas_limit = unlimited) {
    const Profile profile = core_profile();
    const auto program = Program::compile(wasm, profile, metering::lockstep_1());
    REQUIRE(program.has_value());
    std::vector<std::string> differences;
    CaseReport report = program.value().run_everywhere({{"run", {}}}, gas_limit, differences);
    CHECK(differences.empty());
    return report;
}

/// A function whose frame has `slots` slots: locals, and an operand stack that reaches the last
/// one. It loads, stores, calls, selects and branches with its highest slots.
Bytes make_wide(u32 slots) {
    constexpr u32 locals = 50'000;
    ModuleBuilder b;
    b.memory(1);
    const u32 add3 = b.function(
        {i64_, i64_, i64_}, {i64_}, {},
        code(Op::local_get, 0, Op::local_get, 1, Op::i64_add, Op::local_get, 2, Op::i64_add));
    const u32 pushed = slots - locals - 4;
    Bytes body = code(Op::i64_const, sleb(7), Op::local_set, locals - 1);
    for (u32 i = 0; i < pushed; ++i)
        append(body, code(Op::i64_const, sleb(i), Op::local_get, locals - 1, Op::i64_mul));
    append(body,
           code(Op::i64_const, sleb(100), Op::i64_const, sleb(200), Op::i64_const, sleb(300)));
    append(body, code(Op::call, add3));                                             // 600
    append(body, code(Op::i64_const, sleb(1), Op::i32_const, sleb(0), Op::select)); // 1
    append(body, code(Op::i32_const, sleb(8), Op::local_get, locals - 1, Op::i64_store, 3, 0));
    append(body, code(Op::block, i64_, Op::i32_const, sleb(8), Op::i64_load, 3, 0, Op::local_get,
                      locals - 2, Op::i64_eqz, Op::br_if, 0, Op::drop, Op::i64_const, sleb(-1),
                      Op::end)); // 7
    for (u32 i = 0; i < pushed + 1; ++i)
        append(body, code(Op::i64_add));
    b.export_function("run", b.function({}, {i64_}, Types(locals, i64_), body));
    return b.build();
}

} // namespace

TEST_CASE("harness: frames around 65,536 slots") {
    for (u32 slots = 65'525; slots <= 65'545; ++slots) {
        CAPTURE(slots);
        const CaseReport report = run(make_wide(slots));
        REQUIRE(report.calls.size() == 1);
        CHECK(report.calls[0].trap == Trap::none);
        const u64 pushed = slots - 50'000 - 4;
        const u64 sum = pushed * (pushed - 1) / 2 * 7 + 1 + 7;
        CHECK(to_text(report.calls[0].results) == "[i64:" + std::to_string(sum) + "]");
    }
}

TEST_CASE("harness: host calls are traced with the gas they see, and return zeros") {
    ModuleBuilder b;
    const u32 host = b.import_function("env", "f", {i32_, f64_}, {i64_});
    const u32 f = b.function(
        {}, {i64_}, {}, code(Op::i32_const, sleb(-1), Op::f64_const, raw(1.5), Op::call, host));
    b.export_function("run", f);
    const CaseReport report = run(b.build());
    CHECK(to_text(report.calls.at(0)) ==
          "[i64:0], gas 21, env.f[i32:4294967295 f64:0x3ff8000000000000] at 20");
}

TEST_CASE("harness: calls after out of gas are skipped") {
    ModuleBuilder b;
    b.export_function("run", b.function({}, {}, {}, code(Op::nop)));
    const Profile profile = core_profile();
    const auto program = Program::compile(b.build(), profile, metering::lockstep_1());
    REQUIRE(program.has_value());
    const CaseReport report = program.value().run({{"run", {}}, {"run", {}}}, 3, modes()[0]);
    CHECK(to_text(report.calls.at(0)) == "trap out_of_gas, gas 3");
    CHECK(report.calls.at(1).skipped);
}

TEST_CASE("harness: every kind of difference is found") {
    CaseReport judge;
    judge.calls.push_back({.results = {{ValType::i32}, {Value::from_i32(5)}}, .gas_used = 20});
    judge.memory_pages = 1;
    CHECK(!find_difference(judge, judge));
    const auto differs = [&](auto change) {
        CaseReport other = judge;
        change(other);
        return find_difference(judge, other).has_value();
    };
    CHECK(differs([](CaseReport& r) { r.error = Error{Errc::out_of_memory}; }));
    CHECK(differs([](CaseReport& r) { r.start.trap = Trap::unreachable; }));
    CHECK(differs([](CaseReport& r) { r.calls[0].trap = Trap::unreachable; }));
    CHECK(differs([](CaseReport& r) { r.calls[0].results.values[0].bits = 6; }));
    CHECK(differs([](CaseReport& r) { r.calls[0].gas_used = 21; }));
    CHECK(differs([](CaseReport& r) { r.calls[0].host.push_back({"env.f", 1, {}}); }));
    CHECK(differs([](CaseReport& r) { r.globals = {{ValType::i32}, {Value{}}}; }));
    CHECK(differs([](CaseReport& r) { r.memory_pages = 2; }));
    CHECK(differs([](CaseReport& r) { r.memory_digest = 1; }));
}

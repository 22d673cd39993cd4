// SPDX-License-Identifier: Apache-2.0
// The decoder: each rule of the binary format and of module validation, each limit at its bound and
// one beyond, each feature off, reports, and hostile sizes. Every module is decoded with and
// without a report; both must agree.
#include "vm/module.hpp"
#include "vm/siphash.hpp"
#include "vm/test/wasm_builder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>

using namespace lockstep;
using namespace lockstep::test;

namespace {

constexpr Errc accepted{};

/// The Error with its offset and index; code 0 for a module that is accepted. Checks what must hold
/// for every module.
Error problem_of(const Bytes& bytes, const Profile& profile = core_profile()) {
    const result<Module> plain = decode(bytes, profile);
    Report report;
    const result<Module> reported = decode(bytes, profile, &report);
    CHECK(plain.has_value() == reported.has_value());
    CHECK(report.problems.empty() == plain.has_value());
    if (plain) return {accepted};
    CHECK(plain.error() == reported.error());
    CHECK(report.problems.at(0).error == plain.error());
    CHECK(std::ranges::is_sorted(report.problems, {},
                                 [](const Problem& problem) { return problem.error.offset; }));
    return plain.error();
}

Errc error_of(const Bytes& bytes, const Profile& profile = core_profile()) {
    return problem_of(bytes, profile).code;
}

Profile without(Feature feature) {
    Profile profile = core_profile();
    profile.features.set(feature, false);
    return profile;
}

Profile limited(u32 ModuleLimits::*limit, u32 value) {
    Profile profile = core_profile();
    profile.limits.*limit = value;
    return profile;
}

/// Accepted with the limit at `needed`, rejected with `code` one below.
void check_limit(const Bytes& bytes, u32 ModuleLimits::*limit, u32 needed, Errc code) {
    CAPTURE(text_of(code));
    CHECK(error_of(bytes, limited(limit, needed)) == accepted);
    CHECK(error_of(bytes, limited(limit, needed - 1)) == code);
}

/// One i32 global with this initial value, `end` included.
Bytes global_module(const Bytes& init, ValType type = i32_) {
    return wasm(section(6, code(1, type, u8{0}, init)));
}

Bytes one_of(u8 id, const Bytes& entry) { return section(id, code(1, entry)); }

const Bytes unit_type = one_of(1, {0x60, 0, 0});

} // namespace

TEST_CASE("decode: header") {
    const Bytes good = wasm();
    CHECK(error_of(good) == accepted);
    for (usize size = 0; size < 8; ++size)
        CHECK(error_of({good.begin(), good.begin() + static_cast<i64>(size)}) ==
              Errc::unexpected_end);
    for (usize i = 0; i < 8; ++i) {
        Bytes bad = good;
        bad[i] ^= 0x20;
        CHECK(error_of(bad) ==
              (i < 4 ? Errc::magic_header_not_detected : Errc::unknown_binary_version));
    }
    CHECK(problem_of({0, 'a', 's', 'n', 1, 0, 0, 0}) == Error{Errc::magic_header_not_detected, 0});
    CHECK(problem_of({0, 'a', 's', 'm', 0x0d, 0, 1, 0}) == Error{Errc::unknown_binary_version, 4});
}

TEST_CASE("decode: sections") {
    SUBCASE("order") {
        // The ids in their order, each section empty (one zero count); 8 and 12 hold a number
        // instead.
        const std::vector<u8> order{1, 2, 3, 4, 5, 6, 7, 9, 12, 10, 11};
        for (usize a = 0; a < order.size(); ++a)
            for (usize b = 0; b < order.size(); ++b) {
                const Bytes module = wasm(section(order[a], {0}), section(order[b], {0}));
                CHECK(error_of(module) == (a < b ? accepted : Errc::unexpected_content));
            }
        CHECK(problem_of(wasm(section(3, {0}), section(1, {0}))) ==
              Error{Errc::unexpected_content, 11});
    }
    SUBCASE("ids and sizes") {
        CHECK(problem_of(wasm(section(13, {0}))) == Error{Errc::malformed_section_id, 8});
        CHECK(error_of(wasm(Bytes{0x81, 0x00, 0x01, 0x00})) == Errc::malformed_section_id);
        CHECK(error_of(wasm(Bytes{1})) == Errc::unexpected_end);
        CHECK(problem_of(wasm(Bytes{1, 2, 0})) == Error{Errc::length_out_of_bounds, 9});
        CHECK(error_of(wasm(Bytes{1, 0xff, 0xff, 0xff, 0xff, 0x0f})) == Errc::length_out_of_bounds);
        CHECK(error_of(wasm(Bytes{1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00})) ==
              Errc::integer_representation_too_long);
        CHECK(error_of(wasm(Bytes{1, 0x80, 0x80, 0x80, 0x80, 0x10})) == Errc::integer_too_large);
        CHECK(problem_of(wasm(section(1, {0, 0}))) == Error{Errc::section_size_mismatch, 11});
        CHECK(error_of(wasm(section(1, {}))) == Errc::unexpected_end);
        CHECK(error_of(wasm(section(1, {1}))) == Errc::unexpected_end);
    }
    SUBCASE("custom") {
        const Bytes custom = section(0, code("name", Bytes{0xff, 0xff}));
        CHECK(error_of(wasm(custom, unit_type, custom, custom)) == accepted);
        CHECK(error_of(wasm(section(0, {}))) == Errc::unexpected_end);
        CHECK(error_of(wasm(section(0, {2, 'a'}))) == Errc::length_out_of_bounds);
        CHECK(error_of(wasm(section(0, {1, 0x80}))) == Errc::malformed_utf8);
        const Module module = decode(wasm(custom), core_profile()).value();
        REQUIRE(module.custom_sections.size() == 1);
        CHECK(module.text(module.custom_sections[0].name) == "name");
        CHECK(module.custom_sections[0].data.size == 2);
    }
}

TEST_CASE("decode: UTF-8") {
    const auto named = [](std::string_view name) { return error_of(wasm(section(0, code(name)))); };
    for (const char* good :
         {"", "a", "12345678", "1234567890123456\xc3\xa4", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
          "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        CHECK(named(good) == accepted);
    for (const char* bad : {"\x80",
                            "\xbf",
                            "\xc0\x80",
                            "\xc1\xbf",
                            "\xc2",
                            "\xc2\x7f",
                            "\xc2\xc0",
                            "\xe0\x9f\xbf",
                            "\xe0\xa0",
                            "\xe1\x80\x7f",
                            "\xed\xa0\x80",
                            "\xed\xbf\xbf",
                            "\xf0\x8f\xbf\xbf",
                            "\xf0\x90\x80",
                            "\xf1\x80\x80\xc0",
                            "\xf4\x90\x80\x80",
                            "\xf5\x80\x80\x80",
                            "\xff",
                            "12345678\xff",
                            "1234567\xe2\x82"})
        CHECK(named(bad) == Errc::malformed_utf8);
    CHECK(problem_of(wasm(section(0, code("abcdefgh\xff")))).offset == 8 + 2 + 1 + 8);
    CHECK(named({"\0", 1}) == accepted);
}

TEST_CASE("decode: types") {
    const auto type = [](const Bytes& entry) { return error_of(wasm(one_of(1, entry))); };
    CHECK(type(code(u8{0x60}, Types{i32_, i64_, f32_, f64_, ValType::funcref, ValType::externref},
                    Types{i32_, i64_})) == accepted);
    CHECK(type({0xe0, 0x7f, 0, 0}) == Errc::integer_representation_too_long);
    CHECK(type({0x61, 0, 0}) == Errc::malformed_function_type);
    CHECK(type({0x5f, 0}) == Errc::gc_disabled);
    CHECK(type({0x60, 1, 0x79, 0}) == Errc::malformed_value_type);
    CHECK(type({0x60, 1, 0x40, 0}) == Errc::malformed_value_type);
    CHECK(type({0x60, 1, 0x7b, 0}) == Errc::simd_disabled);
    CHECK(type({0x60, 1, 0x6e, 0}) == Errc::gc_disabled);
    CHECK(type({0x60, 1, 0x64, 0}) == Errc::gc_disabled);
    CHECK(type({0x60, 1, 0x69, 0}) == Errc::exceptions_disabled);
    CHECK(type({0x60, 2, 0x7f}) == Errc::unexpected_end);

    ModuleBuilder b;
    b.type({i32_, i64_}, {f32_});
    b.type({i32_}, {i64_, f32_});
    b.type({i32_, i64_}, {f32_});
    b.type({}, {i32_, i64_, f32_});
    b.type({i32_}, {i64_, f32_});
    const Module module = decode(b.build(), core_profile()).value();
    CHECK(module.func_type(1) == FuncType{{i32_}, {i64_, f32_}});
    const std::vector<u32> canonical{0, 1, 0, 3, 1};
    for (usize i = 0; i < canonical.size(); ++i)
        CHECK(module.types[i].canonical == canonical[i]);
}

TEST_CASE("decode: canonical types of a large section") {
    ModuleBuilder b;
    constexpr u32 distinct = 5000;
    for (u32 i = 0; i < 2 * distinct; ++i) {
        Types params;
        for (u32 bits = i % distinct + 1; bits != 0; bits >>= 1)
            params.push_back((bits & 1) != 0 ? i32_ : i64_);
        b.type(params, {});
    }
    const Module module = decode(b.build(), core_profile()).value();
    for (u32 i = 0; i < 2 * distinct; ++i)
        REQUIRE(module.types[i].canonical == i % distinct);
}

TEST_CASE("decode: imports") {
    const auto import = [](const Bytes& entry) {
        return error_of(wasm(unit_type, one_of(2, code("m", "n", entry))));
    };
    CHECK(import({0, 0}) == accepted);
    CHECK(import({0, 1}) == Errc::unknown_type);
    CHECK(import({1, 0x70, 0, 1}) == accepted);
    CHECK(import({2, 1, 1, 2}) == accepted);
    CHECK(import({3, 0x7f, 1}) == accepted);
    CHECK(import({3, 0x7f, 2}) == Errc::malformed_mutability);
    CHECK(import({4, 0}) == Errc::malformed_import_kind);
    CHECK(import({0x80, 0}) == Errc::malformed_import_kind);
    CHECK(import({0}) == Errc::unexpected_end);

    ModuleBuilder b;
    CHECK(b.import_function("env", "f", {i32_}, {}) == 0);
    CHECK(b.import_table("env", "t", 1, 2) == 0);
    CHECK(b.import_memory("env", "m", 3) == 0);
    CHECK(b.import_global("env", "g", i64_, true) == 0);
    CHECK(b.import_function("env", "h", {}, {}) == 1);
    const u32 f = b.function({}, {}, {}, {});
    CHECK(f == 2);
    const Module module = decode(b.build(), core_profile()).value();
    CHECK(module.imports.size() == 5);
    CHECK(module.text(module.imports[4].module) == "env");
    CHECK(module.text(module.imports[4].name) == "h");
    CHECK(module.imports[4].kind == ExternKind::function);
    CHECK(module.imports[4].type == 1);
    CHECK(module.imported_functions == 2);
    CHECK(module.imported_tables == 1);
    CHECK(module.imported_memories == 1);
    CHECK(module.imported_globals == 1);
    CHECK(module.functions == std::vector<u32>{0, 1, 2});
    CHECK(module.tables[0].limits.max == 2);
    CHECK(module.memories[0].limits.min == 3);
    CHECK_FALSE(module.memories[0].limits.has_max);
    CHECK(module.globals[0].type == GlobalType{i64_, true});
    CHECK(module.bodies.size() == 1);
}

TEST_CASE("decode: functions and bodies") {
    const Bytes body{2, 0, 0x0b};
    CHECK(error_of(wasm(unit_type, one_of(3, {0}), one_of(10, body))) == accepted);
    CHECK(error_of(wasm(unit_type, one_of(3, {1}), one_of(10, body))) == Errc::unknown_type);
    CHECK(error_of(wasm(unit_type, one_of(3, {0}))) == Errc::function_code_mismatch);
    CHECK(error_of(wasm(unit_type, one_of(10, body))) == Errc::function_code_mismatch);
    CHECK(error_of(wasm(unit_type, one_of(3, {0}), section(10, code(2, body, body)))) ==
          Errc::function_code_mismatch);
    CHECK(error_of(wasm(unit_type, one_of(3, {0}), one_of(10, {3, 0, 0x0b}))) ==
          Errc::unexpected_end);
    CHECK(error_of(wasm(unit_type, one_of(3, {0}), one_of(10, {1, 0, 0x0b}))) ==
          Errc::section_size_mismatch);
    CHECK(error_of(wasm(section(3, {0}), section(10, {0}))) == accepted);

    ModuleBuilder b;
    b.function({}, {i32_}, {i64_, i64_}, code(Op::i32_const, sleb(7)));
    const Module module = decode(b.build(), core_profile()).value();
    const Bytes expected{1, 2, 0x7e, 0x41, 7, 0x0b};
    CHECK(std::ranges::equal(module.view(module.bodies[0]), expected));
    CHECK(module.code_section.size == expected.size() + 2);
}

TEST_CASE("decode: tables and memories") {
    const auto table = [](const Bytes& entry) { return error_of(wasm(one_of(4, entry))); };
    const auto memory = [](const Bytes& entry) { return error_of(wasm(one_of(5, entry))); };
    const Bytes most = leb(0xffff'ffff);
    CHECK(table(code(u8{0x70}, u8{1}, 10, most)) == accepted);
    CHECK(table({0x6f, 0, 0}) == accepted);
    CHECK(table({0x7f, 0, 0}) == Errc::malformed_reference_type);
    CHECK(table({0x6e, 0, 0}) == Errc::gc_disabled);
    CHECK(table({0x70, 1, 2, 1}) == Errc::min_greater_than_max);
    CHECK(table(code(u8{0x70}, u8{1}, most, 0)) == Errc::min_greater_than_max);
    CHECK(table({0x70, 2}) == Errc::integer_too_large);
    CHECK(table({0x70, 3, 0, 0}) == Errc::threads_disabled);
    CHECK(table({0x70, 4, 0}) == Errc::memory64_disabled);
    CHECK(table({0x70, 8, 0}) == Errc::malformed_limits_flags);
    CHECK(table({0x70, 0x81, 0, 0, 0}) == Errc::integer_representation_too_long);

    CHECK(memory(code(u8{1}, 65536, 65536)) == accepted);
    CHECK(memory(code(u8{0}, 65537)) == Errc::memory_size_limit);
    CHECK(memory(code(u8{1}, 0, 65537)) == Errc::memory_size_limit);
    CHECK(memory({1, 2, 1}) == Errc::min_greater_than_max);
    CHECK(memory({2, 0}) == Errc::integer_too_large);
    CHECK(memory({3, 0, 0}) == Errc::threads_disabled);
    CHECK(memory({5, 0, 0}) == Errc::memory64_disabled);
    CHECK(error_of(wasm(section(5, {2, 0, 0, 0, 0}))) == Errc::multiple_memories);
    CHECK(error_of(wasm(section(4, {2, 0x70, 0, 0, 0x70, 0, 0}))) == accepted);
}

TEST_CASE("decode: LEB128 of every width") {
    const auto init = [](const Bytes& bytes, ValType type = i32_) {
        return error_of(global_module(bytes, type));
    };
    CHECK(init({0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x0b}) == accepted); // -2^31
    CHECK(init({0x41, 0xff, 0xff, 0xff, 0xff, 0x07, 0x0b}) == accepted); // 2^31 - 1
    CHECK(init({0x41, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x0b}) == accepted);
    CHECK(init({0x41, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0b}) == Errc::integer_too_large);
    CHECK(init({0x41, 0x80, 0x80, 0x80, 0x80, 0x70, 0x0b}) == Errc::integer_too_large);
    CHECK(init({0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0b}) ==
          Errc::integer_representation_too_long);
    const Bytes nine(9, 0x80);
    CHECK(init(code(Op::i64_const, nine, u8{0x7f}, Op::end), i64_) == accepted);
    CHECK(init(code(Op::i64_const, nine, u8{0x01}, Op::end), i64_) == Errc::integer_too_large);
    CHECK(init(code(Op::i64_const, nine, Bytes{0x80, 0}, Op::end), i64_) ==
          Errc::integer_representation_too_long);
    CHECK(error_of(wasm(one_of(5, {0, 0x82, 0x80, 0x80, 0x80, 0x00}))) == accepted);
    CHECK(error_of(wasm(one_of(5, {0, 0x82, 0x80, 0x80, 0x80, 0x10}))) == Errc::integer_too_large);
}

TEST_CASE("decode: constant expressions") {
    const auto init = [](const Bytes& bytes, ValType type = i32_) {
        ModuleBuilder b;
        b.import_global("m", "constant", i32_);
        b.import_global("m", "variable", i32_, true);
        b.import_function("m", "f", {}, {});
        b.global(i32_, false, i32_init(1));
        b.global(type, false, bytes);
        return error_of(b.build());
    };
    CHECK(init(i32_init(-5)) == accepted);
    CHECK(init(code(Op::i64_const, 0, Op::end), i64_) == accepted);
    CHECK(init(code(Op::f32_const, raw(1.5f), Op::end), f32_) == accepted);
    CHECK(init(code(Op::f64_const, raw(1.5), Op::end), f64_) == accepted);
    CHECK(init(code(Op::global_get, 0, Op::end)) == accepted);
    CHECK(init(code(Op::ref_null, ValType::funcref, Op::end), ValType::funcref) == accepted);
    CHECK(init(code(Op::ref_null, ValType::externref, Op::end), ValType::externref) == accepted);
    CHECK(init(code(Op::ref_func, 0, Op::end), ValType::funcref) == accepted);
    const Bytes one = code(Op::i32_const, 1);
    CHECK(init(code(one, one, Op::i32_add, one, Op::i32_sub, one, Op::i32_mul, Op::end)) ==
          accepted);
    const Bytes wide = code(Op::i64_const, 1);
    CHECK(init(code(wide, wide, wide, Op::i64_add, Op::i64_mul, Op::end), i64_) == accepted);

    CHECK(init(code(Op::end)) == Errc::type_mismatch);
    CHECK(init(code(one, one, Op::end)) == Errc::type_mismatch);
    CHECK(init(code(one, Op::end), i64_) == Errc::type_mismatch);
    CHECK(init(code(one, Op::i32_add, Op::end)) == Errc::type_mismatch);
    CHECK(init(code(one, wide, Op::i32_add, Op::end)) == Errc::type_mismatch);
    CHECK(init(code(Op::ref_null, ValType::funcref, Op::end), ValType::externref) ==
          Errc::type_mismatch);
    CHECK(init(code(Op::global_get, 1, Op::end)) == Errc::constant_expression_required);
    CHECK(init(code(Op::global_get, 2, Op::end)) == Errc::unknown_global); // not imported
    CHECK(init(code(Op::global_get, 3, Op::end)) == Errc::unknown_global);
    CHECK(init(code(Op::ref_func, 1, Op::end), ValType::funcref) == Errc::unknown_function);
    CHECK(init(code(one, Op::nop, Op::end)) == Errc::constant_expression_required);
    CHECK(init(code(one, Op::i32_eqz, Op::end)) == Errc::constant_expression_required);
    CHECK(init(code(Op::memory_copy, 0, 0, Op::end)) == Errc::constant_expression_required);
    CHECK(init({0xf3, 0x0b}) == Errc::illegal_opcode);
    CHECK(init({0xfd, 0x0c}) == Errc::simd_disabled);
    CHECK(init({0xfe, 0x00}) == Errc::threads_disabled);
    CHECK(init({0xfb, 0x00}) == Errc::gc_disabled);
    CHECK(init({0x06, 0x40}) == Errc::exceptions_disabled);
    CHECK(init(code(Op::ref_null, u8{0x6e}, Op::end), ValType::funcref) == Errc::gc_disabled);
    CHECK(init({0xd0, 0x7f, 0x0b}, ValType::funcref) == Errc::malformed_reference_type);
    CHECK(error_of(global_module({0x41, 0})) == Errc::unexpected_end);
    CHECK(error_of(global_module({0x43, 0, 0})) == Errc::unexpected_end);
}

TEST_CASE("decode: globals") {
    CHECK(error_of(wasm(one_of(6, {0x7f, 2, 0x41, 0, 0x0b}))) == Errc::malformed_mutability);
    CHECK(error_of(wasm(one_of(6, {0x40, 0, 0x41, 0, 0x0b}))) == Errc::malformed_value_type);
    ModuleBuilder b;
    b.import_global("m", "g", f64_);
    b.global(i64_, true, code(Op::i64_const, sleb(-1), Op::end));
    const Module module = decode(b.build(), core_profile()).value();
    CHECK(module.globals[0].init.size == 0);
    CHECK(std::ranges::equal(module.view(module.globals[1].init), Bytes{0x42, 0x7f, 0x0b}));
    CHECK(module.globals[1].type == GlobalType{i64_, true});
}

TEST_CASE("decode: exports and start") {
    const auto full = [] {
        ModuleBuilder b;
        b.function({}, {}, {}, {});
        b.function({i32_}, {}, {}, {});
        b.table(1);
        b.memory(1);
        b.global(i32_, false, i32_init(0));
        return b;
    };
    ModuleBuilder good = full();
    good.export_function("", 0);
    good.export_function("f", 0);
    good.export_table("t", 0);
    good.export_memory("m", 0);
    good.export_global("g", 0);
    good.start(0);
    const Module module = decode(good.build(), core_profile()).value();
    CHECK(module.exports.size() == 5);
    CHECK(module.text(module.exports[2].name) == "t");
    CHECK(module.exports[4].kind == ExternKind::global);
    CHECK(module.start == 0u);

    const auto with = [&](const std::function<void(ModuleBuilder&)>& add) {
        ModuleBuilder b = full();
        add(b);
        return error_of(b.build());
    };
    CHECK(with([](ModuleBuilder& b) { b.export_function("f", 2); }) == Errc::unknown_function);
    CHECK(with([](ModuleBuilder& b) { b.export_table("f", 1); }) == Errc::unknown_table);
    CHECK(with([](ModuleBuilder& b) { b.export_memory("f", 1); }) == Errc::unknown_memory);
    CHECK(with([](ModuleBuilder& b) { b.export_global("f", 1); }) == Errc::unknown_global);
    CHECK(with([](ModuleBuilder& b) { b.start(1); }) == Errc::invalid_start_function);
    CHECK(with([](ModuleBuilder& b) { b.start(2); }) == Errc::unknown_function);
    CHECK(with([](ModuleBuilder& b) {
              b.export_function("a", 0);
              b.export_memory("b", 0);
              b.export_global("a", 0);
          }) == Errc::duplicate_export_name);
    CHECK(error_of(wasm(one_of(7, {0, 4, 0}))) == Errc::malformed_export_kind);
}

TEST_CASE("decode: element segments in all eight forms") {
    const auto segment = [](const Bytes& bytes) {
        ModuleBuilder b;
        b.import_function("m", "f", {}, {});
        b.import_global("m", "r", ValType::externref);
        b.table(10);
        b.table(10, {}, ValType::externref);
        b.raw_element(bytes);
        return error_of(b.build());
    };
    const Bytes zero = i32_init(0);
    const Bytes items{1, 0};
    const Bytes f = code(1, Op::ref_func, 0, Op::end);
    const Bytes null = code(1, Op::ref_null, ValType::externref, Op::end);
    CHECK(segment(code(0, zero, items)) == accepted);
    CHECK(segment(code(1, u8{0}, items)) == accepted);
    CHECK(segment(code(2, 0, zero, u8{0}, items)) == accepted);
    CHECK(segment(code(3, u8{0}, items)) == accepted);
    CHECK(segment(code(4, zero, f)) == accepted);
    CHECK(segment(code(5, ValType::funcref, f)) == accepted);
    CHECK(segment(code(6, 1, zero, ValType::externref, null)) == accepted);
    CHECK(segment(code(7, ValType::externref, null)) == accepted);
    CHECK(segment(code(5, ValType::externref, 1, Op::global_get, 0, Op::end)) == accepted);
    CHECK(segment(code(Bytes{0x80, 0}, zero, items)) == accepted);

    CHECK(segment({8}) == Errc::malformed_segment_flags);
    CHECK(segment(code(1, u8{1}, items)) == Errc::malformed_element_kind);
    CHECK(segment(code(5, i32_, f)) == Errc::malformed_reference_type);
    CHECK(segment(code(2, 2, zero, u8{0}, items)) == Errc::unknown_table);
    CHECK(segment(code(2, 1, zero, u8{0}, items)) == Errc::type_mismatch);
    CHECK(segment(code(6, 0, zero, ValType::externref, null)) == Errc::type_mismatch);
    CHECK(segment(code(4, zero, null)) == Errc::type_mismatch);
    CHECK(segment(code(0, code(Op::i64_const, 0, Op::end), items)) == Errc::type_mismatch);
    CHECK(segment(code(0, zero, Bytes{1, 1})) == Errc::unknown_function);
    CHECK(segment(code(0, zero, Bytes{2, 0})) == Errc::unexpected_end);
    ModuleBuilder b;
    b.element(zero, {});
    CHECK(error_of(b.build()) == Errc::unknown_table);
}

TEST_CASE("decode: segments are ranges") {
    ModuleBuilder b;
    b.import_function("m", "f", {}, {});
    b.table(10);
    b.memory(1);
    b.element(i32_init(3), {0, 0});
    b.passive_element({0});
    b.data(i32_init(8), "abc");
    b.passive_data("de");
    b.count_data();
    const Module module = decode(b.build(), core_profile()).value();
    REQUIRE(module.elements.size() == 2);
    CHECK(module.elements[0].mode == SegmentMode::active);
    CHECK(module.elements[0].count == 2);
    CHECK_FALSE(module.elements[0].expressions);
    CHECK(std::ranges::equal(module.view(module.elements[0].offset), i32_init(3)));
    CHECK(std::ranges::equal(module.view(module.elements[0].items), Bytes{0, 0}));
    CHECK(module.elements[1].mode == SegmentMode::passive);
    REQUIRE(module.data.size() == 2);
    CHECK(module.text(module.data[0].data) == "abc");
    CHECK(std::ranges::equal(module.view(module.data[0].offset), i32_init(8)));
    CHECK(module.data[1].mode == SegmentMode::passive);
    CHECK(module.text(module.data[1].data) == "de");
    CHECK(module.data_count == 2u);
}

TEST_CASE("decode: data segments") {
    const auto segment = [](const Bytes& bytes) {
        return error_of(wasm(one_of(5, {0, 1}), one_of(11, bytes)));
    };
    const Bytes zero = i32_init(0);
    CHECK(segment(code(0, zero, "x")) == accepted);
    CHECK(segment(code(1, "x")) == accepted);
    CHECK(segment(code(2, 0, zero, "x")) == accepted);
    CHECK(segment(code(2, 1, zero, "x")) == Errc::unknown_memory);
    CHECK(segment({3}) == Errc::malformed_segment_flags);
    CHECK(segment(code(0, zero, u8{2}, u8{'x'})) == Errc::unexpected_end);
    CHECK(error_of(wasm(one_of(11, code(0, zero, "x")))) == Errc::unknown_memory);
    CHECK(error_of(wasm(one_of(11, code(1, "x")))) == accepted);

    CHECK(error_of(wasm(section(12, {1}), one_of(11, code(1, "x")))) == accepted);
    CHECK(error_of(wasm(section(12, {2}), one_of(11, code(1, "x")))) == Errc::data_count_mismatch);
    CHECK(error_of(wasm(section(12, {1}))) == Errc::data_count_mismatch);
    CHECK(error_of(wasm(section(12, {0}))) == accepted);
}

TEST_CASE("decode: functions that ref.func may name") {
    ModuleBuilder b;
    for (int i = 0; i < 5; ++i)
        b.function({}, {}, {}, {});
    b.table(5);
    b.global(ValType::funcref, false, code(Op::ref_func, 1, Op::end));
    b.export_function("e", 2);
    b.element(i32_init(0), {3});
    b.raw_element(code(7, ValType::funcref, 1, Op::ref_func, 4, Op::end));
    b.start(0);
    const Module module = decode(b.build(), core_profile()).value();
    CHECK(module.referenced == std::vector<bool>{false, true, true, true, true});
}

TEST_CASE("decode: names of functions") {
    ModuleBuilder b;
    for (int i = 0; i < 3; ++i)
        b.function({}, {}, {}, {});
    b.export_function("exported", 1);
    b.export_function("other", 0);
    const Bytes names = code(2, 0, "zero", 2, "two");
    b.custom("name", code(u8{0}, 2, "m", u8{1}, names.size(), names));
    const Module module = decode(b.build(), core_profile()).value();
    CHECK(module.function_name(0) == "zero");
    CHECK(module.function_name(1) == "exported");
    CHECK(module.function_name(2) == "two");
    CHECK(module.function_name(3).empty());
    ModuleBuilder broken;
    broken.function({}, {}, {}, {});
    broken.custom("name", {1, 0xff, 0xff});
    CHECK(decode(broken.build(), core_profile()).value().function_name(0).empty());
}

TEST_CASE("decode: every limit, at the bound and one beyond") {
    ModuleBuilder b;
    b.import_function("environment", "f", {i32_, i32_, i32_}, {});
    b.import_table("environment", "t", 1);
    b.import_global("environment", "g", i32_);
    b.function({i32_, i64_}, {i32_, i32_}, {i32_}, code(Op::i32_const, 0, Op::i32_const, 0));
    b.function({i32_}, {}, {}, {});
    b.function({i32_}, {}, {}, {});
    b.table(7, 9);
    b.memory(5, 8);
    b.global(i32_, false, i32_init(0));
    b.global(i32_, false,
             code(Op::i32_const, 0, Op::i32_const, 0, Op::i32_const, 0, Op::i32_add, Op::i32_add,
                  Op::end));
    b.export_function("a", 0);
    b.export_function("b", 0);
    b.element(i32_init(0), {0, 0, 0});
    b.passive_element({});
    b.data(i32_init(0), "x");
    b.data(i32_init(0), "x");
    b.data(i32_init(0), "x");
    b.custom("c1", Bytes(10));
    b.custom("c2", Bytes(20));
    const Bytes bytes = b.build();
    using L = ModuleLimits;
    check_limit(bytes, &L::module_bytes, narrow<u32>(bytes.size()), Errc::module_too_large);
    check_limit(bytes, &L::types, 4, Errc::too_many_types);
    check_limit(bytes, &L::functions, 4, Errc::too_many_functions);
    check_limit(bytes, &L::imports, 3, Errc::too_many_imports);
    check_limit(bytes, &L::exports, 2, Errc::too_many_exports);
    check_limit(bytes, &L::globals, 3, Errc::too_many_globals);
    check_limit(bytes, &L::tables, 2, Errc::too_many_tables);
    check_limit(bytes, &L::data_segments, 3, Errc::too_many_data_segments);
    check_limit(bytes, &L::element_segments, 2, Errc::too_many_element_segments);
    check_limit(bytes, &L::segment_elements, 3, Errc::too_many_segment_elements);
    check_limit(bytes, &L::params, 3, Errc::too_many_params);
    check_limit(bytes, &L::results, 2, Errc::too_many_results);
    check_limit(bytes, &L::total_params, 3 + 2 + 1 + 1, Errc::too_many_total_params);
    check_limit(bytes, &L::body_bytes, 8, Errc::body_too_large);
    check_limit(bytes, &L::operand_stack, 3, Errc::operand_stack_too_high);
    check_limit(bytes, &L::table_elements, 7, Errc::table_too_large);
    check_limit(bytes, &L::memory_pages, 5, Errc::memory_too_large);
    check_limit(bytes, &L::name_bytes, 11, Errc::name_too_long);
    check_limit(bytes, &L::custom_bytes, 13 + 23, Errc::custom_sections_too_large);

    // Imports alone can be too many of a kind.
    CHECK(error_of(bytes, limited(&L::functions, 0)) == Errc::too_many_functions);
    CHECK(error_of(bytes, limited(&L::tables, 0)) == Errc::too_many_tables);
    CHECK(error_of(bytes, limited(&L::globals, 0)) == Errc::too_many_globals);
    CHECK(error_of(wasm(section(12, {5})), limited(&L::data_segments, 4)) ==
          Errc::too_many_data_segments);
}

TEST_CASE("decode: every feature off") {
    const auto type = [](ValType param) {
        return wasm(one_of(1, code(u8{0x60}, Types{param}, Types{})));
    };
    const auto check = [](const Bytes& bytes, Feature feature, Errc code) {
        CAPTURE(text_of(code));
        CHECK(error_of(bytes) == accepted);
        CHECK(error_of(bytes, without(feature)) == code);
    };
    check(wasm(one_of(1, {0x60, 0, 2, 0x7f, 0x7f})), Feature::multi_value,
          Errc::multi_value_disabled);

    check(type(ValType::externref), Feature::reference_types, Errc::reference_types_disabled);
    check(type(ValType::funcref), Feature::reference_types, Errc::reference_types_disabled);
    check(wasm(section(4, {2, 0x70, 0, 0, 0x70, 0, 0})), Feature::reference_types,
          Errc::reference_types_disabled);
    check(wasm(one_of(4, {0x6f, 0, 0})), Feature::reference_types, Errc::reference_types_disabled);
    check(wasm(one_of(4, {0x70, 0, 1}),
               one_of(9, code(4, i32_init(0), 1, Op::ref_null, ValType::funcref, Op::end))),
          Feature::reference_types, Errc::reference_types_disabled);

    check(wasm(section(12, {0})), Feature::bulk_memory, Errc::bulk_memory_disabled);
    check(wasm(one_of(11, code(1, "x"))), Feature::bulk_memory, Errc::bulk_memory_disabled);
    check(wasm(one_of(5, {0, 1}), one_of(11, code(2, 0, i32_init(0), "x"))), Feature::bulk_memory,
          Errc::bulk_memory_disabled);
    check(wasm(one_of(9, {1, 0, 0})), Feature::bulk_memory, Errc::bulk_memory_disabled);
    check(wasm(one_of(9, {3, 0, 0})), Feature::bulk_memory, Errc::bulk_memory_disabled);

    const Bytes one = code(Op::i32_const, 1);
    check(global_module(code(one, one, Op::i32_add, Op::end)), Feature::extended_const,
          Errc::extended_const_disabled);

    ModuleBuilder imported;
    imported.import_global("m", "g", i32_, true);
    check(imported.build(), Feature::mutable_globals, Errc::mutable_globals_disabled);
    ModuleBuilder exported;
    exported.global(i32_, true, i32_init(0));
    CHECK(error_of(exported.build(), without(Feature::mutable_globals)) == accepted);
    exported.export_global("g", 0);
    check(exported.build(), Feature::mutable_globals, Errc::mutable_globals_disabled);

    ModuleBuilder start;
    start.start(start.function({}, {}, {}, {}));
    check(start.build(), Feature::start_function, Errc::start_function_disabled);

    SUBCASE("an explicit table 0 needs one of the two proposals") {
        Profile mvp = without(Feature::reference_types);
        const Bytes explicit_table =
            wasm(one_of(4, {0x70, 0, 1}), one_of(9, code(2, 0, i32_init(0), u8{0}, u8{0})));
        CHECK(error_of(explicit_table, mvp) == accepted);
        mvp.features.set(Feature::bulk_memory, false);
        CHECK(error_of(explicit_table, mvp) == Errc::reference_types_disabled);
    }
    SUBCASE("floats are a matter of operators") {
        CHECK(error_of(type(f64_), without(Feature::floats)) == accepted);
        CHECK(error_of(global_module(code(Op::f32_const, raw(1.0f), Op::end), f32_),
                       without(Feature::floats)) == accepted);
    }
    SUBCASE("reference values and bulk segments without their operators") {
        Profile profile = without(Feature::reference_types);
        profile.features.set(Feature::reference_values);
        CHECK(error_of(type(ValType::externref), profile) == accepted);
        profile = without(Feature::bulk_memory);
        profile.features.set(Feature::bulk_segments);
        CHECK(error_of(wasm(section(12, {0})), profile) == accepted);
    }
}

TEST_CASE("decode: a report lists what is wrong with a module") {
    ModuleBuilder b;
    b.import_global("env", "state", i32_, true);
    b.function({}, {}, {}, {});
    b.global(i32_, false, code(Op::global_get, 9, Op::end));
    b.export_function("run", 0);
    b.export_function("run", 7);
    b.start(5);
    b.passive_data("x");
    Profile profile = core_profile();
    profile.features.set(Feature::mutable_globals, false);
    profile.features.set(Feature::bulk_memory, false);
    profile.limits.exports = 1;
    Report report;
    const Bytes bytes = b.build();
    CHECK(decode(bytes, profile, &report).error().code == Errc::mutable_globals_disabled);
    std::vector<Errc> found;
    found.reserve(report.problems.size());
    for (const Problem& problem : report.problems)
        found.push_back(problem.error.code);
    CHECK(found == std::vector{Errc::mutable_globals_disabled, Errc::unknown_global,
                               Errc::too_many_exports, Errc::duplicate_export_name,
                               Errc::unknown_function, Errc::unknown_function,
                               Errc::bulk_memory_disabled});
    CHECK(report.problems[0].detail == "\"env\".\"state\"");
    CHECK(report.problems[1].detail == "index 9, there are 1");
    CHECK(report.problems[2].detail == "found 2, allowed 1");
    CHECK(report.problems[3].detail == "\"run\"");
    CHECK(problem_of(bytes, profile).code == Errc::mutable_globals_disabled);

    SUBCASE("and ends with what is malformed") {
        Bytes cut = bytes;
        cut.pop_back();
        cut.pop_back();
        Report second;
        CHECK_FALSE(decode(cut, profile, &second));
        CHECK(second.problems.back().error.code == Errc::length_out_of_bounds);
        CHECK(second.problems.size() == 7);
    }
    SUBCASE("up to a number") {
        ModuleBuilder many;
        for (int i = 0; i < 150; ++i)
            many.export_function("f", 0);
        Report third;
        CHECK_FALSE(decode(many.build(), core_profile(), &third));
        CHECK(third.problems.size() == Report::max_problems);
        CHECK(third.not_listed == 150 + 149 - Report::max_problems);
    }
    SUBCASE("also of a module that is too large") {
        profile.limits.module_bytes = 10;
        Report fourth;
        CHECK(decode(bytes, profile, &fourth).error().code == Errc::module_too_large);
        CHECK(fourth.problems.size() == 8);
    }
}

TEST_CASE("decode: counts that the bytes cannot hold cost nothing") {
    const Bytes huge = leb(0xffff'ffff);
    Profile profile = core_profile();
    for (u32 ModuleLimits::*limit :
         {&ModuleLimits::types, &ModuleLimits::functions, &ModuleLimits::imports,
          &ModuleLimits::exports, &ModuleLimits::globals, &ModuleLimits::tables,
          &ModuleLimits::data_segments, &ModuleLimits::element_segments,
          &ModuleLimits::segment_elements, &ModuleLimits::params, &ModuleLimits::name_bytes})
        profile.limits.*limit = 0xffff'ffff;
    for (const u8 id : Bytes{1, 2, 3, 4, 5, 6, 7, 9, 11})
        CHECK(error_of(wasm(section(id, huge)), profile) == Errc::unexpected_end);
    CHECK(error_of(wasm(section(10, huge)), profile) == Errc::function_code_mismatch);
    CHECK(error_of(wasm(one_of(1, code(u8{0x60}, huge))), profile) == Errc::too_many_params);
    CHECK(error_of(wasm(one_of(9, code(u8{1}, u8{0}, huge))), profile) == Errc::unexpected_end);
    CHECK(error_of(wasm(section(2, code(1, huge))), profile) == Errc::length_out_of_bounds);
    CHECK(error_of(wasm(one_of(11, code(1, huge))), profile) == Errc::unexpected_end);
}

TEST_CASE("decode: many entries") {
    ModuleBuilder b;
    constexpr u32 count = 120'000;
    const std::string prefix = "name";
    for (u32 i = 0; i < count; ++i)
        b.import_global("m", prefix + std::to_string(i % 7), i32_);
    for (u32 i = 0; i < count; ++i)
        b.export_global(prefix + std::to_string(i), i);
    const Module module = decode(b.build(), core_profile()).value();
    CHECK(module.imports.size() == count);
    CHECK(module.exports.size() == count);
}

TEST_CASE("decode: damaged modules end with an error or a sound module") {
    ModuleBuilder b;
    b.import_function("env", "f", {i32_, i64_}, {i32_});
    b.import_global("env", "g", i32_);
    b.function({}, {i32_}, {i32_, f64_}, code(Op::i32_const, 1));
    b.table(4, 8);
    b.memory(1, 2);
    b.global(i32_, true, code(Op::global_get, 0, Op::i32_const, 1, Op::i32_add, Op::end));
    b.export_function("run", 1);
    b.export_memory("memory", 0);
    b.start(1);
    b.element(i32_init(0), {0, 1});
    b.raw_element(code(5, ValType::funcref, 1, Op::ref_func, 1, Op::end));
    b.data(i32_init(0), "hello");
    b.passive_data("bye");
    b.count_data();
    b.custom("name", Bytes{1, 2, 3});
    const Bytes good = b.build();
    for (usize size = 0; size < good.size(); ++size) {
        const Bytes cut(good.begin(), good.begin() + static_cast<i64>(size));
        problem_of(cut);
    }
    std::mt19937 random(1);
    for (int round = 0; round < 20'000; ++round) {
        Bytes bad = good;
        for (auto edits = random() % 3 + 1; edits != 0; --edits)
            bad[random() % bad.size()] = static_cast<u8>(random());
        problem_of(bad);
    }
}

TEST_CASE("siphash: SipHash-1-3") {
    const SipKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
    const Bytes input{0, 1, 2, 3, 4, 5, 6, 7, 8};
    const auto hash = [&](usize size) { return siphash13(key, bytes_view(input).first(size)); };
    CHECK(hash(0) == 0xabac0158050fc4dc);
    CHECK(static_cast<u32>(hash(1)) == 0x7d57ca93);
    CHECK(static_cast<u32>(hash(2)) == 0x4dc7d44d);
    CHECK(hash(8) != hash(9));
}

// SPDX-License-Identifier: Apache-2.0
#include "conformance/spec_values.hpp"

#include <doctest/doctest.h>

using namespace lockstep;
using namespace lockstep::conformance;

namespace {

bool matches(const char* type, const char* expected, u64 bits, bool strict = false) {
    const Json list = Json::array({{{"type", type}, {"value", expected}}});
    const ValType value_type = std::string_view(type) == "f32"   ? ValType::f32
                               : std::string_view(type) == "f64" ? ValType::f64
                               : std::string_view(type) == "i32" ? ValType::i32
                                                                 : ValType::externref;
    return all_match(list, {{value_type}, {Value::from_i64(bits)}}, strict);
}

} // namespace

TEST_CASE("spec values: NaN patterns") {
    CHECK(matches("f32", "nan:canonical", 0x7fc0'0000));
    CHECK(matches("f32", "nan:canonical", 0xffc0'0000));
    CHECK(!matches("f32", "nan:canonical", 0x7fc0'0001));
    CHECK(matches("f32", "nan:arithmetic", 0xffc0'0001));
    CHECK(!matches("f32", "nan:arithmetic", 0x7fa0'0000));
    CHECK(!matches("f32", "nan:arithmetic", 0x7f80'0000));
    CHECK(!matches("f32", "nan:canonical", 0x1'7fc0'0000));
    CHECK(matches("f64", "nan:canonical", 0xfff8'0000'0000'0000));
    CHECK(matches("f64", "nan:arithmetic", 0x7ff8'0000'0000'0001));
    CHECK(!matches("f64", "nan:arithmetic", 0x7ff4'0000'0000'0000));
}

TEST_CASE("spec values: with --strict-nan only the positive canonical NaN will do") {
    CHECK(matches("f32", "nan:arithmetic", 0x7fc0'0000, true));
    CHECK(!matches("f32", "nan:canonical", 0xffc0'0000, true));
    CHECK(!matches("f32", "nan:arithmetic", 0x7fc0'0001, true));
    CHECK(matches("f64", "nan:canonical", 0x7ff8'0000'0000'0000, true));
    CHECK(!matches("f64", "nan:arithmetic", 0xfff8'0000'0000'0000, true));
}

TEST_CASE("spec values: numbers by all their bits, references of the host one higher") {
    CHECK(matches("i32", "5", 5));
    CHECK(!matches("i32", "5", 0x1'0000'0005));
    CHECK(matches("externref", "null", 0));
    CHECK(matches("externref", "0", 1));
    CHECK(!matches("externref", "0", 0));
    CHECK(!all_match(Json::array(), {{ValType::i32}, {Value{}}}, false));
}

// SPDX-License-Identifier: Apache-2.0
#include "conformance/spec_values.hpp"

#include "conformance/commands.hpp"
#include "conformance/values.hpp"

namespace lockstep::conformance {
namespace {

ValType type_of(const Json& value) {
    const std::string name = text_at(value, "type");
    for (const ValType type : {ValType::i32, ValType::i64, ValType::f32, ValType::f64,
                               ValType::funcref, ValType::externref})
        if (name == name_of(type)) return type;
    throw Mismatch("the script names the unknown type " + name);
}

Value reference_of(ValType type, const std::string& text) {
    if (text == "null") return {};
    if (type == ValType::externref) return Value::from_i64(parse_number(text) + 1);
    throw Mismatch("a funcref argument other than null");
}

/// Whether `value` is a NaN that the pattern (nan:canonical, nan:arithmetic) allows.
bool matches_nan(ValType type, std::string_view pattern, u64 value, bool strict) {
    const bool is_f32 = type == ValType::f32;
    const u64 canonical = is_f32 ? canonical_nan32 : canonical_nan64;
    if (strict) return value == canonical;
    const u64 sign = is_f32 ? u64{1} << 31 : u64{1} << 63;
    const u64 looked_at = pattern == "nan:canonical" ? ~sign : canonical;
    return (value & looked_at) == canonical && (!is_f32 || value >> 32 == 0);
}

bool matches(const Json& expected, Value value, bool strict_nan) {
    const ValType type = type_of(expected);
    if (!expected.contains("value")) return value.bits != 0; // any reference but null
    const std::string text = text_at(expected, "value");
    if (text.starts_with("nan:")) return matches_nan(type, text, value.bits, strict_nan);
    return value.bits == argument_of(expected).bits;
}

} // namespace

std::string text_at(const Json& object, const char* key) {
    return object.at(key).get<std::string>();
}

Value argument_of(const Json& value) {
    const ValType type = type_of(value);
    const std::string text = text_at(value, "value");
    if (is_reference(type)) return reference_of(type, text);
    if (text.starts_with("nan:"))
        return Value::from_i64(type == ValType::f32 ? canonical_nan32 : canonical_nan64);
    return Value::from_i64(parse_number(text));
}

bool all_match(const Json& expected, const TypedValues& results, bool strict_nan) {
    bool equal = results.values.size() == expected.size();
    for (usize i = 0; equal && i < expected.size(); ++i)
        equal = results.types[i] == type_of(expected[i]) &&
                matches(expected[i], results.values[i], strict_nan);
    return equal;
}

std::string to_text(const Json& expected) {
    std::string list = "[";
    for (const Json& value : expected) {
        const std::string text = value.contains("value") ? text_at(value, "value") : "ref";
        const bool number = !text.empty() && text[0] >= '0' && text[0] <= '9';
        const ValType type = type_of(value);
        if (list.size() > 1) list += ' ';
        list +=
            number ? to_text(type, argument_of(value)) : std::string(name_of(type)) + ':' + text;
    }
    return list + "]";
}

} // namespace lockstep::conformance

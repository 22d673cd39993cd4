// SPDX-License-Identifier: Apache-2.0
#include "conformance/values.hpp"

#include <cstdio>

namespace lockstep::conformance {

bool is_nan(ValType type, Value value) noexcept {
    if (type == ValType::f32) return (value.bits & 0x7fff'ffff) > 0x7f80'0000;
    return type == ValType::f64 && (value.bits & ~(u64{1} << 63)) > 0x7ff0'0000'0000'0000;
}

std::string to_text(ValType type, Value value) {
    if (is_reference(type)) return value.bits == 0 ? "null" : "ref";
    std::string text(name_of(type));
    char digits[24];
    std::snprintf(digits, sizeof digits, is_float(type) ? ":%#llx" : ":%llu",
                  static_cast<unsigned long long>(value.bits));
    return text + digits;
}

std::string to_oracle_text(ValType type, Value value) {
    if (is_reference(type)) return to_text(type, value);
    const std::string name(name_of(type));
    return name + ':' + (is_nan(type, value) ? "nan" : std::to_string(value.bits));
}

} // namespace lockstep::conformance

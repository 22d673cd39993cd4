// SPDX-License-Identifier: Apache-2.0
// Names and texts of errors.def.
#include "vm/result.hpp"

namespace lockstep {

// Version 14 of clang-format pulls an include into a macro that ends with a case.
// clang-format off
std::string_view name_of(Errc code) noexcept {
    switch (code) {
#define ERROR(number, name, kind, text)                                                            \
    case Errc::name:                                                                               \
        return #name;
#include "vm/errors.def"
    }
    return "unknown_error";
}

std::string_view text_of(Errc code) noexcept {
    switch (code) {
#define ERROR(number, name, kind, text)                                                            \
    case Errc::name:                                                                               \
        return text;
#include "vm/errors.def"
    }
    return "unknown error";
}

ErrorKind kind_of(Errc code) noexcept {
    switch (code) {
#define ERROR(number, name, kind, text)                                                            \
    case Errc::name:                                                                               \
        return ErrorKind::kind;
#include "vm/errors.def"
    }
    return ErrorKind::fault;
}

std::string_view name_of(Trap trap) noexcept {
    switch (trap) {
    case Trap::none:
        return "none";
#define TRAP(number, name, text)                                                                   \
    case Trap::name:                                                                               \
        return #name;
#include "vm/errors.def"
    }
    return "unknown_trap";
}

std::string_view text_of(Trap trap) noexcept {
    switch (trap) {
    case Trap::none:
        return "no trap";
#define TRAP(number, name, text)                                                                   \
    case Trap::name:                                                                               \
        return text;
#include "vm/errors.def"
    }
    return "unknown trap";
}

// clang-format on

} // namespace lockstep

// SPDX-License-Identifier: Apache-2.0
// What a target demands: a broken promise is printed and ends the process, which is how a fuzzer
// notices.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace lockstep::fuzz {

[[noreturn]] inline void fail(std::string_view promise) {
    std::fprintf(stderr, "fuzz: broken promise: %.*s\n", static_cast<int>(promise.size()),
                 promise.data());
    std::abort();
}

inline void check(bool holds, std::string_view promise) {
    if (!holds) [[unlikely]]
        fail(promise);
}

} // namespace lockstep::fuzz

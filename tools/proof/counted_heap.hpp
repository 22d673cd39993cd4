// SPDX-License-Identifier: Apache-2.0
// The heap of a proof program: malloc, realloc, operator new and the rest are replaced in the whole
// process, so that every allocation of the library is counted and any of them can be made to fail.
#pragma once

#include "vm/bytes.hpp"

namespace lockstep::proof {

/// Counts while it is switched on; in the thread that switched it on.
struct CountedHeap {
    bool on = false;
    u64 calls = 0;        ///< allocations asked for
    u64 fail_at = 0;      ///< this one fails, if it is not 0
    bool fail_on = false; ///< and all that come after it
    i64 blocks = 0;       ///< in use, of those made while it was on or freed while it was on
    i64 bytes = 0;        ///< in use, as asked for
    i64 peak = 0;         ///< of bytes; while a block moves both its places count
};
[[nodiscard]] CountedHeap& counted_heap() noexcept;

/// Switches the counting on for a scope.
class Counting {
public:
    Counting() noexcept { counted_heap().on = true; }
    Counting(const Counting&) = delete;
    Counting& operator=(const Counting&) = delete;
    ~Counting() { counted_heap().on = false; }
};

} // namespace lockstep::proof

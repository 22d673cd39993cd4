// SPDX-License-Identifier: Apache-2.0
// Counts the heap of the process through the sanitizer's hooks: the numbers are the requested
// sizes, so they are the same in every run.
#pragma once

#include "vm/bytes.hpp"

namespace lockstep::fuzz {

/// The most bytes that were in use at once since it was made, beyond those in use then. One at a
/// time, in one thread.
class HeapPeak {
public:
    HeapPeak() noexcept;
    HeapPeak(const HeapPeak&) = delete;
    HeapPeak& operator=(const HeapPeak&) = delete;
    ~HeapPeak();
    /// 0 in a build without AddressSanitizer.
    [[nodiscard]] u64 bytes() const noexcept;
};

} // namespace lockstep::fuzz

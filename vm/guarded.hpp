// SPDX-License-Identifier: Apache-2.0
// The border where exceptions stop: inside, standard containers and packages may throw; outside, an
// exhausted machine is an Error of kind fault like any other.
#pragma once

#include "vm/result.hpp"

#include <new>
#include <stdexcept>

namespace lockstep {

/// Returns what `work` returns, a result; an exception out of it becomes a fault.
template <class Work>
[[nodiscard]] auto guarded(Work&& work) noexcept -> decltype(work()) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return Error{Errc::out_of_memory};
    } catch (const std::length_error&) {
        return Error{Errc::out_of_memory};
    } catch (...) {
        return Error{Errc::internal_bug};
    }
}

} // namespace lockstep

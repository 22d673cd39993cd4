// SPDX-License-Identifier: Apache-2.0
// One digest for all state: what two nodes, or two runs of a replay, compare.
#pragma once

#include "storage/kv.hpp"
#include "vm/digest.hpp"

namespace lockstep::storage {

/// The SHA-256 of u32le(size of key), key, u32le(size of value), value of each pair of
/// Family::state in the order of keys. Reads all of the state, in a snapshot. Faults as Kv::get().
/// Any thread.
[[nodiscard]] result<Digest> state_hash(const Kv& kv) noexcept;

} // namespace lockstep::storage

// SPDX-License-Identifier: Apache-2.0
// state_hash(): see README.md for the layout of the hashed message.
#include "storage/state_hash.hpp"

#include "vm/guarded.hpp"

namespace lockstep::storage {

result<Digest> state_hash(const Kv& kv) noexcept {
    return guarded([&]() -> result<Digest> {
        TRY(const auto pairs, kv.iterate(Family::state, {}));
        Sha256 hash;
        for (;;) {
            TRY(const auto pair, pairs->next());
            if (!pair) return hash.finish();
            hash.append_prefixed(pair->first).append_prefixed(pair->second);
        }
    });
}

} // namespace lockstep::storage

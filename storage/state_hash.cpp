// SPDX-License-Identifier: Apache-2.0
// state_hash(): see README.md for the layout of the hashed message.
#include "storage/state_hash.hpp"

#include "storage/guarded.hpp"

namespace lockstep::storage {

result<Digest> state_hash(const Kv& kv) noexcept {
    return guarded([&]() -> result<Digest> {
        const result<std::unique_ptr<KvIterator>> pairs = kv.iterate(Family::state, {});
        if (!pairs) return pairs.error();
        Sha256 hash;
        for (;;) {
            const result<std::optional<KeyValue>> pair = pairs.value()->next();
            if (!pair) return pair.error();
            if (!pair.value()) return hash.finish();
            hash.append_prefixed(pair.value()->first).append_prefixed(pair.value()->second);
        }
    });
}

} // namespace lockstep::storage

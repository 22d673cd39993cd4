// SPDX-License-Identifier: Apache-2.0
// Words for tests of stores: keys and values as text, whole ranges as lists of pairs.
#pragma once

#include "storage/kv.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::storage::test {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// The same numbers on every machine.
class Random {
public:
    explicit Random(u32 seed) : engine_(seed) {}
    u32 below(u32 n) { return static_cast<u32>(engine_() % n); }

private:
    std::mt19937 engine_;
};

inline std::string text(bytes_view bytes) { return std::string(as_text(bytes)); }

/// All that is left of `iterator`.
inline Pairs drain(KvIterator& iterator) {
    Pairs pairs;
    for (;;) {
        const result<std::optional<KeyValue>> pair = iterator.next();
        REQUIRE(pair.has_value());
        if (!pair.value()) return pairs;
        pairs.emplace_back(text(pair.value()->first), text(pair.value()->second));
    }
}

/// The range from `start` to `end` of anything that has iterate(); null is no bound.
template <class Source, class... Family>
Pairs scan(Source&& source, const char* start, const char* end, Order order, Family... family) {
    Range range;
    if (start != nullptr) range.start = as_bytes(start);
    if (end != nullptr) range.end = as_bytes(end);
    range.order = order;
    result<std::unique_ptr<KvIterator>> iterator = source.iterate(family..., range);
    REQUIRE(iterator.has_value());
    return drain(*iterator.value());
}

inline Pairs all(const Kv& kv, Family family = Family::state) {
    return scan(kv, nullptr, nullptr, Order::ascending, family);
}

inline std::optional<std::string> get(const Kv& kv, Family family, std::string_view key) {
    const result<std::optional<Bytes>> value = kv.get(family, as_bytes(key));
    REQUIRE(value.has_value());
    if (!value.value()) return std::nullopt;
    return text(*value.value());
}

inline void put(Kv& kv, Family family, std::string_view key, std::string_view value,
                bool sync = false) {
    Batch batch;
    batch.sync = sync;
    batch.put(family, as_bytes(key), as_bytes(value));
    REQUIRE(kv.write(batch).has_value());
}

inline void remove(Kv& kv, Family family, std::string_view key) {
    Batch batch;
    batch.remove(family, as_bytes(key));
    REQUIRE(kv.write(batch).has_value());
}

inline std::unique_ptr<Kv> open(const std::filesystem::path& path) {
    std::string detail;
    result<OpenedKv> opened = open_rocksdb_kv(path, {}, &detail);
    INFO(detail);
    REQUIRE(opened.has_value());
    return std::move(opened).value().kv;
}

} // namespace lockstep::storage::test

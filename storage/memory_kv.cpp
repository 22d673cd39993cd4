// SPDX-License-Identifier: Apache-2.0
// The store in memory: an ordered map per family. An iterator shares its family's map; a write to a
// map that is shared copies it first, so iterators see a snapshot and others pay nothing.
#include "storage/kv.hpp"
#include "vm/guarded.hpp"

#include <array>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>

namespace lockstep::storage {

namespace {

using Map = std::map<Bytes, Bytes, KeyOrder>;
using Maps = std::array<std::shared_ptr<Map>, family_count>;

usize index_of(Family family) noexcept { return static_cast<usize>(family); }

// A family's share of a batch, with all memory it needs: applying it cannot fail.
struct Changes {
    Map puts;
    std::set<Bytes, KeyOrder> touched;

    void add(const Batch::Change& change) {
        if (change.value) {
            puts.insert_or_assign(change.key, *change.value);
        } else {
            puts.erase(change.key);
        }
        touched.insert(change.key);
    }

    [[nodiscard]] bool empty() const noexcept { return touched.empty(); }

    void apply_to(Map& map) noexcept {
        for (const Bytes& key : touched)
            map.erase(key);
        map.merge(puts);
    }
};

class MemoryIterator final : public KvIterator {
public:
    MemoryIterator(std::shared_ptr<const Map> map, std::shared_mutex& mutex, const Range& range)
        : map_(std::move(map)), mutex_(mutex), order_(range.order) {
        first_ = range.start ? map_->lower_bound(*range.start) : map_->begin();
        last_ = range.end ? map_->lower_bound(*range.end) : map_->end();
        if (range.start && range.end && !KeyOrder()(*range.start, *range.end)) last_ = first_;
    }

    // Under the mutex, so that a writer who finds the map no longer shared also sees that it is
    // no longer being read.
    ~MemoryIterator() override {
        const std::shared_lock lock(mutex_);
        map_.reset();
    }

private:
    result<std::optional<KeyValue>> step() override {
        if (first_ == last_) return std::nullopt;
        if (order_ == Order::descending) return KeyValue(*--last_);
        return KeyValue(*first_++);
    }

    std::shared_ptr<const Map> map_;
    std::shared_mutex& mutex_;
    Order order_;
    Map::const_iterator first_;
    Map::const_iterator last_;
};

class MemoryKv final : public Kv {
public:
    MemoryKv() {
        for (std::shared_ptr<Map>& map : maps_)
            map = std::make_shared<Map>();
    }

    result<std::optional<Bytes>> get(Family family, bytes_view key) const noexcept override {
        return guarded([&]() -> result<std::optional<Bytes>> {
            const std::shared_lock lock(mutex_);
            const Map& map = *maps_[index_of(family)];
            const Map::const_iterator found = map.find(key);
            if (found == map.end()) return std::nullopt;
            return found->second;
        });
    }

    result<std::unique_ptr<KvIterator>> iterate(Family family,
                                                const Range& range) const noexcept override {
        return guarded([&]() -> result<std::unique_ptr<KvIterator>> {
            std::shared_ptr<const Map> map;
            {
                const std::shared_lock lock(mutex_);
                map = maps_[index_of(family)];
            }
            return std::make_unique<MemoryIterator>(std::move(map), mutex_, range);
        });
    }

    result<> write(const Batch& batch) noexcept override {
        return guarded([&]() -> result<> {
            TRY(batch.problem());
            std::array<Changes, family_count> changes;
            for (const Batch::Change& change : batch.changes()) {
                changes[index_of(change.family)].add(change);
            }
            const std::unique_lock lock(mutex_);
            Maps written = writable(changes);
            for (usize i = 0; i < family_count; ++i)
                changes[i].apply_to(*written[i]);
            maps_.swap(written);
            return success();
        });
    }

    std::string last_problem() const noexcept override { return {}; }
    u64 artifact_faults() const noexcept override { return 0; }

private:
    // The maps, each that changes and is shared with an iterator replaced by a copy.
    [[nodiscard]] Maps writable(const std::array<Changes, family_count>& changes) const {
        Maps written = maps_;
        for (usize i = 0; i < family_count; ++i) {
            const bool shared = maps_[i].use_count() > 2;
            if (shared && !changes[i].empty()) written[i] = std::make_shared<Map>(*maps_[i]);
        }
        return written;
    }

    mutable std::shared_mutex mutex_;
    Maps maps_;
};

} // namespace

result<std::unique_ptr<Kv>> memory_kv() noexcept {
    return guarded([]() -> result<std::unique_ptr<Kv>> { return std::make_unique<MemoryKv>(); });
}

} // namespace lockstep::storage

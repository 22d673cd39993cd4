// SPDX-License-Identifier: Apache-2.0
// Batch, and what all iterators have in common.
#include "storage/kv.hpp"

#include "vm/guarded.hpp"

namespace lockstep::storage {

result<std::optional<KeyValue>> KvIterator::next() noexcept {
    if (fault_) return *fault_;
    result<std::optional<KeyValue>> pair = guarded([&] { return step(); });
    if (!pair) fault_ = pair.error();
    return pair;
}

result<bool> Kv::read(Family family, bytes_view key,
                      const std::function<void(bytes_view)>& use) const noexcept {
    return guarded([&]() -> result<bool> {
        TRY(const std::optional<Bytes> value, get(family, key));
        if (value) use(*value);
        return value.has_value();
    });
}

void Batch::put(Family family, bytes_view key, bytes_view value) noexcept {
    add(family, key, value);
}

void Batch::remove(Family family, bytes_view key) noexcept { add(family, key, std::nullopt); }

result<> Batch::problem() const noexcept {
    if (problem_) return Error{*problem_};
    return success();
}

void Batch::clear() noexcept {
    changes_.clear();
    problem_.reset();
}

void Batch::add(Family family, bytes_view key, std::optional<bytes_view> value) noexcept {
    constexpr usize longest = std::numeric_limits<u32>::max();
    const result<> added = guarded([&]() -> result<> {
        if (key.size() > longest || (value && value->size() > longest)) {
            return Error{Errc::bad_argument};
        }
        Change change{family, Bytes(key.begin(), key.end()), std::nullopt};
        if (value) change.value.emplace(value->begin(), value->end());
        changes_.push_back(std::move(change));
        return success();
    });
    if (!added && !problem_) problem_ = added.error().code;
}

} // namespace lockstep::storage

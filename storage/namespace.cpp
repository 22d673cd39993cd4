// SPDX-License-Identifier: Apache-2.0
// Namespace: a prefix is put before keys on the way in and cut off on the way out.
#include "storage/namespace.hpp"

#include "vm/guarded.hpp"

namespace lockstep::storage {

namespace {

// The first key after all keys that begin with `prefix`; none if there is no such key.
std::optional<Bytes> successor(Bytes prefix) {
    while (!prefix.empty() && prefix.back() == 0xff)
        prefix.pop_back();
    if (prefix.empty()) return std::nullopt;
    ++prefix.back();
    return prefix;
}

class NamespaceIterator final : public KvIterator {
public:
    NamespaceIterator(std::unique_ptr<KvIterator> full, usize prefix_size)
        : full_(std::move(full)), prefix_size_(static_cast<std::ptrdiff_t>(prefix_size)) {}

private:
    result<std::optional<KeyValue>> step() override {
        TRY(auto pair, full_->next());
        if (pair) pair->first.erase(pair->first.begin(), pair->first.begin() + prefix_size_);
        return pair;
    }

    std::unique_ptr<KvIterator> full_;
    std::ptrdiff_t prefix_size_;
};

} // namespace

Namespace::Namespace(Overlay& overlay, Bytes prefix) noexcept
    : overlay_(&overlay), prefix_(std::move(prefix)) {}

result<Namespace> Namespace::open(Overlay& overlay, bytes_view name) noexcept {
    if (name.size() > std::numeric_limits<u16>::max()) return Error{Errc::bad_argument};
    return guarded([&]() -> result<Namespace> {
        Bytes prefix = {static_cast<u8>(name.size() >> 8), static_cast<u8>(name.size())};
        prefix.insert(prefix.end(), name.begin(), name.end());
        return Namespace(overlay, std::move(prefix));
    });
}

result<std::optional<Bytes>> Namespace::get(bytes_view key) const noexcept {
    return guarded([&] { return overlay_->get(full(key)); });
}

result<> Namespace::put(bytes_view key, bytes_view value) noexcept {
    return guarded([&] { return overlay_->put(full(key), value); });
}

result<> Namespace::remove(bytes_view key) noexcept {
    return guarded([&] { return overlay_->remove(full(key)); });
}

result<std::unique_ptr<KvIterator>> Namespace::iterate(const Range& range) noexcept {
    return guarded([&]() -> result<std::unique_ptr<KvIterator>> {
        const Bytes start = full(range.start.value_or(bytes_view()));
        const std::optional<Bytes> end = range.end ? full(*range.end) : successor(prefix_);
        TRY(auto iterator, overlay_->iterate({start, end, range.order}));
        return std::make_unique<NamespaceIterator>(std::move(iterator), prefix_.size());
    });
}

Bytes Namespace::full(bytes_view key) const {
    Bytes bytes;
    bytes.reserve(prefix_.size() + key.size());
    bytes.insert(bytes.end(), prefix_.begin(), prefix_.end());
    bytes.insert(bytes.end(), key.begin(), key.end());
    return bytes;
}

} // namespace lockstep::storage

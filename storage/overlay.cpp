// SPDX-License-Identifier: Apache-2.0
// Overlay: an ordered map from key to the versions that are still needed. A write replaces the
// newest version if nobody can ever ask for it again (same level, no iterator made since) and adds
// one otherwise, noted in the undo log. So a commit only forgets where the level began, and a
// rollback pops one version per note.
#include "storage/overlay.hpp"

#include "vm/guarded.hpp"

#include <algorithm>

namespace lockstep::storage {

namespace {

// Grows geometrically, so that the next push_back cannot fail.
template <class T>
void make_room(std::vector<T>& items) {
    if (items.size() == items.capacity()) items.reserve(std::max<usize>(16, items.size() * 2));
}

} // namespace

result<> Overlay::begin() noexcept {
    return guarded([&]() -> result<> {
        levels_.push_back({last_serial_ + 1, undo_log_.size()});
        ++last_serial_;
        return success();
    });
}

result<> Overlay::commit() noexcept {
    if (levels_.empty()) return Error{Errc::bad_argument};
    levels_.pop_back();
    if (levels_.empty()) undo_log_.clear();
    return success();
}

result<> Overlay::rollback() noexcept {
    if (levels_.empty()) return Error{Errc::bad_argument};
    const usize start = levels_.back().undo_start;
    levels_.pop_back();
    while (undo_log_.size() > start) {
        undo(undo_log_.back());
        undo_log_.pop_back();
    }
    return success();
}

void Overlay::undo(Pending::iterator entry) noexcept {
    entry->second.pop_back();
    if (!entry->second.empty()) return;
    pending_.erase(entry);
    ++erasures_;
}

result<std::optional<Bytes>> Overlay::get(bytes_view key) const noexcept {
    return guarded([&]() -> result<std::optional<Bytes>> {
        const Pending::const_iterator found = pending_.find(key);
        if (found == pending_.end()) return base_.get(Family::state, key);
        return found->second.back().value;
    });
}

result<> Overlay::put(bytes_view key, bytes_view value) noexcept {
    return guarded([&]() -> result<> {
        store(key, Bytes(value.begin(), value.end()));
        return success();
    });
}

result<> Overlay::remove(bytes_view key) noexcept {
    return guarded([&]() -> result<> {
        store(key, std::nullopt);
        return success();
    });
}

void Overlay::store(bytes_view key, std::optional<Bytes> value) {
    make_room(undo_log_);
    Pending::iterator entry = pending_.find(key);
    if (entry != pending_.end()) {
        Version& newest = entry->second.back();
        if (newest.level >= serial() && newest.epoch == epoch_) {
            newest.value = std::move(value);
            return;
        }
    }
    Version version{serial(), epoch_, std::move(value)};
    if (entry != pending_.end()) {
        entry->second.push_back(std::move(version));
    } else {
        History history;
        history.push_back(std::move(version));
        entry = pending_.emplace(Bytes(key.begin(), key.end()), std::move(history)).first;
    }
    if (!levels_.empty()) undo_log_.push_back(entry);
}

result<> Overlay::flush_into(Batch& batch) const noexcept {
    if (!levels_.empty()) return Error{Errc::bad_argument};
    for (const auto& [key, history] : pending_) {
        const std::optional<Bytes>& value = history.back().value;
        if (value) {
            batch.put(Family::state, key, *value);
        } else {
            batch.remove(Family::state, key);
        }
    }
    return batch.problem();
}

void Overlay::clear() noexcept {
    undo_log_.clear();
    levels_.clear();
    pending_.clear();
    ++erasures_;
}

// Merges two ordered walks: the base's iterator, one pair ahead, and a cursor in the pending map.
// The map may change between two steps: new entries carry a later epoch and are passed over, and
// after an erasure the cursor is found again by its key.
class Overlay::Iterator final : public KvIterator {
public:
    Iterator(const Overlay& overlay, std::unique_ptr<KvIterator> base, const Range& range)
        : overlay_(overlay), base_(std::move(base)), ascending_(range.order == Order::ascending),
          epoch_(overlay.epoch_), erasures_(overlay.erasures_) {
        const std::optional<bytes_view>& from = ascending_ ? range.start : range.end;
        const std::optional<bytes_view>& to = ascending_ ? range.end : range.start;
        if (to) limit_.emplace(to->begin(), to->end());
        const Pending& pending = overlay_.pending_;
        const Pending::const_iterator unbounded = ascending_ ? pending.begin() : pending.end();
        rest_at(from ? pending.lower_bound(*from) : unbounded);
        if (!ascending_) advance();
    }

private:
    result<std::optional<KeyValue>> step() override {
        for (;;) {
            if (!base_done_ && !base_head_) {
                TRY(base_head_, base_->next());
                base_done_ = !base_head_;
            }
            const Version* version = settle();
            if (version == nullptr || (base_head_ && before(base_head_->first, cursor_->first))) {
                return std::exchange(base_head_, std::nullopt);
            }
            std::optional<KeyValue> pair;
            if (version->value) pair.emplace(cursor_->first, *version->value);
            if (base_head_ && base_head_->first == cursor_->first) base_head_.reset();
            advance();
            if (pair) return pair;
        }
    }

    // Moves the cursor on to the first entry that this iterator may see and returns what it sees
    // there; null at the end.
    const Version* settle() {
        if (erasures_ != overlay_.erasures_) find_again();
        while (!cursor_done_) {
            if (const Version* version = visible(cursor_->second)) return version;
            advance();
        }
        return nullptr;
    }

    [[nodiscard]] const Version* visible(const History& history) const {
        const auto later = [](u64 epoch, const Version& version) { return epoch < version.epoch; };
        const auto next = std::upper_bound(history.begin(), history.end(), epoch_, later);
        return next == history.begin() ? nullptr : &*(next - 1);
    }

    void advance() {
        if (ascending_) {
            rest_at(std::next(cursor_));
        } else if (cursor_ == overlay_.pending_.begin()) {
            cursor_done_ = true;
        } else {
            rest_at(std::prev(cursor_));
        }
    }

    void rest_at(Pending::const_iterator entry) {
        cursor_ = entry;
        cursor_done_ = entry == overlay_.pending_.end() || beyond_limit(entry->first);
        if (!cursor_done_) cursor_key_.assign(entry->first.begin(), entry->first.end());
    }

    void find_again() {
        erasures_ = overlay_.erasures_;
        if (cursor_done_) return;
        if (ascending_) {
            rest_at(overlay_.pending_.lower_bound(cursor_key_));
        } else {
            cursor_ = overlay_.pending_.upper_bound(cursor_key_);
            advance();
        }
    }

    // The limit is exclusive upwards and inclusive downwards.
    [[nodiscard]] bool beyond_limit(bytes_view key) const {
        if (!limit_) return false;
        return ascending_ ? !KeyOrder()(key, *limit_) : KeyOrder()(key, *limit_);
    }

    [[nodiscard]] bool before(bytes_view a, bytes_view b) const {
        return ascending_ ? KeyOrder()(a, b) : KeyOrder()(b, a);
    }

    const Overlay& overlay_;
    std::unique_ptr<KvIterator> base_;
    std::optional<KeyValue> base_head_;
    bool base_done_ = false;
    bool ascending_;
    u64 epoch_;
    u64 erasures_;
    std::optional<Bytes> limit_;
    Pending::const_iterator cursor_;
    Bytes cursor_key_;
    bool cursor_done_ = false;
};

result<std::unique_ptr<KvIterator>> Overlay::iterate(const Range& range) noexcept {
    return guarded([&]() -> result<std::unique_ptr<KvIterator>> {
        TRY(auto base, base_.iterate(Family::state, range));
        auto iterator = std::make_unique<Iterator>(*this, std::move(base), range);
        ++epoch_;
        return iterator;
    });
}

} // namespace lockstep::storage

// SPDX-License-Identifier: Apache-2.0
#include "storage/artifact_shelf.hpp"

#include "vm/guarded.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace lockstep::storage {

namespace {

using Key = std::array<u8, 33>;

constexpr u8 artifact_kind = 'a';
constexpr u8 note_kind = 'i';
constexpr u8 pin_kind = 'p';
constexpr usize note_bytes = 16;
constexpr u64 touch_seconds = 3600;

Key key_of(u8 kind, const Digest& digest) noexcept {
    Key key;
    key[0] = kind;
    std::ranges::copy(digest, key.begin() + 1);
    return key;
}

u64 now() noexcept {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<u64>(std::chrono::duration_cast<std::chrono::seconds>(since).count());
}

Bytes note_of(u64 bytes, bytes_view label) {
    Bytes note(note_bytes);
    store_le(note.data(), now());
    store_le(note.data() + 8, bytes);
    note.insert(note.end(), label.begin(), label.end());
    return note;
}

/// Calls `each` with digest and value of all pairs of a kind.
template <class Each>
result<> walk(const Kv& kv, u8 kind, Each each) {
    const u8 first = kind;
    const u8 last = static_cast<u8>(kind + 1);
    TRY(const auto pairs, kv.iterate(Family::artifacts, {.start = bytes_view(&first, 1),
                                                         .end = bytes_view(&last, 1)}));
    for (;;) {
        TRY(std::optional<KeyValue> pair, pairs->next());
        if (!pair) return success();
        if (pair->first.size() != sizeof(Key)) continue;
        Digest digest;
        std::copy(pair->first.begin() + 1, pair->first.end(), digest.begin());
        each(digest, pair->second);
    }
}

} // namespace

bool ArtifactShelf::write(const Batch& batch) noexcept {
    const u64 faults = kv_->artifact_faults();
    return kv_->write(batch).has_value() && kv_->artifact_faults() == faults;
}

ArtifactShelf::Found ArtifactShelf::get(const Digest& key) const noexcept {
    Found found;
    const Read done = read(key, [&](bytes_view artifact) {
        found.artifact.emplace(artifact.begin(), artifact.end());
    });
    found.faulted = done == Read::faulted;
    return found;
}

ArtifactShelf::Read ArtifactShelf::read(const Digest& key,
                                        const std::function<void(bytes_view)>& use) const noexcept {
    const u64 faults = kv_->artifact_faults();
    const result<bool> done = kv_->read(Family::artifacts, key_of(artifact_kind, key), use);
    if (!done) return Read::faulted;
    if (done.assume_value()) return Read::used;
    return kv_->artifact_faults() == faults ? Read::absent : Read::faulted;
}

void ArtifactShelf::touch(const Digest& key) noexcept {
    static_cast<void>(guarded([&]() -> result<> {
        TRY(auto note, kv_->get(Family::artifacts, key_of(note_kind, key)));
        if (!note || note->size() < note_bytes) return success();
        if (now() < load_le<u64>(note->data()) + touch_seconds) return success();
        store_le(note->data(), now());
        Batch batch;
        batch.put(Family::artifacts, key_of(note_kind, key), *note);
        static_cast<void>(write(batch));
        return success();
    }));
}

bool ArtifactShelf::put(const Digest& key, bytes_view artifact, usize label_bytes) noexcept {
    const auto put = guarded([&]() -> result<bool> {
        Batch batch;
        batch.put(Family::artifacts, key_of(artifact_kind, key), artifact);
        batch.put(Family::artifacts, key_of(note_kind, key),
                  note_of(artifact.size(), artifact.first(std::min(label_bytes, artifact.size()))));
        return write(batch);
    });
    return put && put.assume_value();
}

void ArtifactShelf::remove(const Digest& key) noexcept {
    Batch batch;
    batch.remove(Family::artifacts, key_of(artifact_kind, key));
    batch.remove(Family::artifacts, key_of(note_kind, key));
    static_cast<void>(write(batch));
}

result<std::vector<ArtifactNote>> ArtifactShelf::notes() const noexcept {
    return guarded([&]() -> result<std::vector<ArtifactNote>> {
        std::vector<ArtifactNote> notes;
        TRY(walk(*kv_, note_kind, [&](const Digest& key, const Bytes& value) {
            if (value.size() < note_bytes) return;
            notes.push_back({key, load_le<u64>(value.data()), load_le<u64>(value.data() + 8),
                             Bytes(value.begin() + note_bytes, value.end())});
        }));
        return notes;
    });
}

result<ArtifactShelf::Collected>
ArtifactShelf::collect(u64 max_bytes,
                       const std::function<bool(const ArtifactNote&)>& keep) noexcept {
    return guarded([&]() -> result<Collected> {
        TRY(std::vector<ArtifactNote> all, notes());
        std::ranges::sort(all, std::greater<>(), &ArtifactNote::last_use);
        Collected done;
        for (const ArtifactNote& note : all) {
            const bool fits = note.bytes <= max_bytes && done.kept_bytes <= max_bytes - note.bytes;
            if (fits && (!keep || keep(note))) {
                ++done.kept;
                done.kept_bytes += note.bytes;
                continue;
            }
            remove(note.key);
            ++done.removed;
            done.removed_bytes += note.bytes;
        }
        return done;
    });
}

bool ArtifactShelf::pin(const Digest& code) noexcept {
    Batch batch;
    batch.put(Family::artifacts, key_of(pin_kind, code), {});
    return write(batch);
}

bool ArtifactShelf::unpin(const Digest& code) noexcept {
    Batch batch;
    batch.remove(Family::artifacts, key_of(pin_kind, code));
    return write(batch);
}

result<std::vector<Digest>> ArtifactShelf::pins() const noexcept {
    return guarded([&]() -> result<std::vector<Digest>> {
        std::vector<Digest> codes;
        TRY(walk(*kv_, pin_kind,
                 [&](const Digest& code, const Bytes& /*value*/) { codes.push_back(code); }));
        return codes;
    });
}

} // namespace lockstep::storage

// SPDX-License-Identifier: Apache-2.0
// Two lists in memory, the unpinned one an LRU; one flight per code under way. Whoever starts a
// flight works without a lock and lands it, whatever happened; the others sleep on it.
#include "storage/code_cache.hpp"

#include "vm/guarded.hpp"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <set>

namespace lockstep::storage {

namespace {

template <class T>
u64 bytes_of(const std::vector<T>& vector) noexcept {
    return u64{vector.capacity()} * sizeof(T);
}
template <class T>
u64 bytes_of(const Buffer<T>& buffer) noexcept {
    return u64{buffer.size()} * sizeof(T);
}

struct Entry {
    Digest code;
    std::shared_ptr<const Executable> executable;
    u64 bytes;
};
using Entries = std::list<Entry>;

struct Flight {
    std::condition_variable landed;
    std::optional<MadeExecutable> outcome;
};

} // namespace

u64 bytes_of(const Executable& executable) noexcept {
    const Module& module = executable.module;
    u64 bytes = sizeof(Executable) + bytes_of(module.bytes) + bytes_of(module.types) +
                bytes_of(module.imports) + bytes_of(module.functions) + bytes_of(module.globals) +
                bytes_of(module.exports) + bytes_of(module.elements) + bytes_of(module.data) +
                bytes_of(module.bodies) + bytes_of(module.custom_sections) +
                bytes_of(executable.code.records) + bytes_of(executable.code.functions);
    if (const NativeCode* const native = executable.native.get()) {
        constexpr u64 page = 4096;
        bytes += sizeof(NativeCode) + (native->size + page - 1) / page * page +
                 bytes_of(native->entries) + bytes_of(native->sites);
    }
    return bytes;
}

struct CodeCache::Impl {
    Impl(CodeCodec c, const CodeCacheOptions& o, Kv* artifacts) : codec(std::move(c)), options(o) {
        if (artifacts == nullptr) return;
        shelf.emplace(*artifacts);
        if (const auto stored = shelf->pins())
            pinned.insert(stored.assume_value().begin(), stored.assume_value().end());
    }

    const CodeCodec codec;
    const CodeCacheOptions options;
    std::optional<ArtifactShelf> shelf;

    mutable std::mutex mutex; // of all below but the disk's
    Entries entries;          // the most recently used first
    Entries pinned_entries;
    std::map<Digest, Entries::iterator> index; // into either
    std::set<Digest> pinned;
    std::map<Digest, std::shared_ptr<Flight>> flights;
    CodeCacheStats stats;

    std::mutex disk_mutex;
    std::optional<u64> disk_bytes;

    void count(u64 CodeCacheStats::*number) noexcept {
        const std::lock_guard lock(mutex);
        ++(stats.*number);
    }

    // ---- memory; the mutex is held ----

    std::shared_ptr<const Executable> find(const Digest& code) noexcept {
        const auto found = index.find(code);
        if (found == index.end()) return nullptr;
        const bool is_pinned = pinned.contains(code);
        if (!is_pinned) entries.splice(entries.begin(), entries, found->second);
        ++stats.memory_hits;
        stats.pinned_hits += is_pinned ? 1 : 0;
        return found->second->executable;
    }

    /// Without memory for it, it is not kept.
    void keep(const Digest& code, const std::shared_ptr<const Executable>& executable) noexcept {
        const u64 bytes = bytes_of(*executable);
        const bool is_pinned = pinned.contains(code);
        if (index.contains(code) || (!is_pinned && bytes > options.memory_bytes)) return;
        static_cast<void>(guarded([&]() -> result<> {
            Entries made{Entry{code, executable, bytes}};
            index.emplace(code, made.begin());
            (is_pinned ? pinned_entries : entries).splice(list_of(is_pinned).begin(), made);
            (is_pinned ? stats.pinned_bytes : stats.bytes) += bytes;
            return success();
        }));
        evict();
    }

    Entries& list_of(bool is_pinned) noexcept { return is_pinned ? pinned_entries : entries; }

    void evict() noexcept {
        while (stats.bytes > options.memory_bytes) {
            stats.bytes -= entries.back().bytes;
            index.erase(entries.back().code);
            entries.pop_back();
            ++stats.evictions;
        }
    }

    /// Moves the code's entry, if there is one, to the list it belongs to now.
    void move_entry(const Digest& code, bool is_pinned) noexcept {
        const auto found = index.find(code);
        if (found == index.end()) return;
        Entries& to = list_of(is_pinned);
        to.splice(to.begin(), list_of(!is_pinned), found->second);
        const u64 bytes = found->second->bytes;
        (is_pinned ? stats.pinned_bytes : stats.bytes) += bytes;
        (is_pinned ? stats.bytes : stats.pinned_bytes) -= bytes;
        evict();
    }

    // ---- the disk; no mutex is held ----

    /// The code from its artifact, or nothing and the cause counted.
    std::shared_ptr<const Executable> load(const Digest& code,
                                           const std::function<MadeExecutable()>& make) {
        if (!shelf) {
            count(&CodeCacheStats::absent);
            return nullptr;
        }
        const Digest key = codec.key(code);
        std::shared_ptr<const Executable> loaded;
        const auto read = shelf->read(
            key, [&](bytes_view artifact) { loaded = load_from(code, key, artifact, make); });
        if (read == ArtifactShelf::Read::absent) count(&CodeCacheStats::absent);
        if (read == ArtifactShelf::Read::faulted) count(&CodeCacheStats::unreadable);
        if (loaded != nullptr) shelf->touch(key);
        return loaded;
    }

    std::shared_ptr<const Executable> load_from(const Digest& code, const Digest& key,
                                                bytes_view artifact,
                                                const std::function<MadeExecutable()>& make) {
        MadeExecutable opened = codec.open(code, artifact);
        if (!opened) {
            refuse(key, opened.error().code);
            return nullptr;
        }
        count(&CodeCacheStats::disk_hits);
        if (is_to_be_rechecked()) return recheck(code, artifact, opened.assume_value(), make);
        return std::move(opened).assume_value();
    }

    void refuse(const Digest& key, Errc code) noexcept {
        const bool damaged = code == Errc::artifact_damaged;
        const bool foreign = code == Errc::artifact_foreign;
        count(damaged   ? &CodeCacheStats::damaged
              : foreign ? &CodeCacheStats::foreign
                        : &CodeCacheStats::failed);
        if (damaged || foreign) shelf->remove(key);
    }

    bool is_to_be_rechecked() noexcept {
        const std::lock_guard lock(mutex);
        return options.recheck_every != 0 && stats.disk_hits % options.recheck_every == 0;
    }

    /// Makes the code once more. If that differs, what was just made is the truth.
    std::shared_ptr<const Executable> recheck(const Digest& code, bytes_view artifact,
                                              std::shared_ptr<const Executable> opened,
                                              const std::function<MadeExecutable()>& make) {
        count(&CodeCacheStats::rechecked);
        const MadeExecutable made = make();
        if (!made) return opened;
        const result<Bytes> sealed = codec.seal(code, *made.assume_value());
        if (!sealed || std::ranges::equal(sealed.assume_value(), artifact)) return opened;
        count(&CodeCacheStats::recheck_differences);
        store(code, *made.assume_value());
        return made.assume_value();
    }

    void store(const Digest& code, const Executable& executable) noexcept {
        if (!shelf) return;
        const result<> stored = guarded([&]() -> result<> {
            TRY(const Bytes artifact, codec.seal(code, executable));
            if (!shelf->put(codec.key(code), artifact, codec.label_bytes))
                return Error{Errc::io_failure};
            return keep_in_bounds(artifact.size());
        });
        count(stored ? &CodeCacheStats::stored : &CodeCacheStats::store_failures);
    }

    /// After `added` bytes were stored. Makes room for a while, so that it is not done each time.
    result<> keep_in_bounds(u64 added) {
        const std::lock_guard lock(disk_mutex);
        if (!disk_bytes) {
            TRY(const auto notes, shelf->notes());
            u64 sum = 0;
            for (const ArtifactNote& note : notes)
                sum += note.bytes;
            disk_bytes = sum;
        } else {
            *disk_bytes += added;
        }
        if (*disk_bytes <= options.disk_bytes) return success();
        TRY(const auto collected, shelf->collect(options.disk_bytes / 4 * 3, nullptr));
        disk_bytes = collected.kept_bytes;
        return success();
    }

    // ---- both ----

    struct Produced {
        MadeExecutable outcome;
        bool is_new = false;
    };

    Produced produce(const Digest& code, const std::function<MadeExecutable()>& make) noexcept {
        // A fault while loading is no reason not to make it.
        const auto loaded = guarded(
            [&]() -> result<std::shared_ptr<const Executable>> { return load(code, make); });
        if (!loaded) count(&CodeCacheStats::failed);
        if (loaded && loaded.assume_value() != nullptr) return {loaded.assume_value(), false};
        count(&CodeCacheStats::misses);
        return {guarded([&] { return make(); }), true};
    }

    MadeExecutable get(const Digest& code, const std::function<MadeExecutable()>& make) {
        std::unique_lock lock(mutex);
        if (auto executable = find(code)) return executable;
        if (const auto under_way = flights.find(code); under_way != flights.end()) {
            const std::shared_ptr<Flight> flight = under_way->second;
            ++stats.joined;
            flight->landed.wait(lock, [&] { return flight->outcome.has_value(); });
            return *flight->outcome;
        }
        const auto flight = std::make_shared<Flight>();
        const auto position = flights.emplace(code, flight).first;
        lock.unlock();
        const Produced produced = produce(code, make);
        lock.lock();
        flights.erase(position);
        flight->outcome.emplace(produced.outcome);
        flight->landed.notify_all();
        if (produced.outcome) keep(code, produced.outcome.assume_value());
        lock.unlock();
        if (produced.outcome && produced.is_new) store(code, *produced.outcome.assume_value());
        return produced.outcome;
    }
};

CodeCache::CodeCache(CodeCodec codec, const CodeCacheOptions& options, Kv* artifacts)
    : impl_(std::make_unique<Impl>(std::move(codec), options, artifacts)) {}
CodeCache::~CodeCache() = default;

MadeExecutable CodeCache::get(const Digest& code,
                              const std::function<MadeExecutable()>& make) noexcept {
    return guarded([&] { return impl_->get(code, make); });
}

void CodeCache::add(const Digest& code,
                    const std::shared_ptr<const Executable>& executable) noexcept {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->keep(code, executable);
    }
    impl_->store(code, *executable);
}

bool CodeCache::pin(const Digest& code) noexcept {
    const auto pinned = guarded([&]() -> result<> {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->pinned.insert(code).second) impl_->move_entry(code, true);
        return success();
    });
    return pinned && (!impl_->shelf || impl_->shelf->pin(code));
}

bool CodeCache::unpin(const Digest& code) noexcept {
    {
        const std::lock_guard lock(impl_->mutex);
        if (impl_->pinned.erase(code) != 0) impl_->move_entry(code, false);
    }
    return !impl_->shelf || impl_->shelf->unpin(code);
}

result<std::vector<Digest>> CodeCache::pins() const noexcept {
    return guarded([&]() -> result<std::vector<Digest>> {
        const std::lock_guard lock(impl_->mutex);
        return std::vector<Digest>(impl_->pinned.begin(), impl_->pinned.end());
    });
}

CodeCacheStats CodeCache::stats() const noexcept {
    const std::lock_guard lock(impl_->mutex);
    CodeCacheStats stats = impl_->stats;
    stats.entries = impl_->entries.size();
    stats.pinned_entries = impl_->pinned_entries.size();
    return stats;
}

} // namespace lockstep::storage

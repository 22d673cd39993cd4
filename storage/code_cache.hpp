// SPDX-License-Identifier: Apache-2.0
// The cache of code that is ready to run: in memory, and on the disk if there is one. It decides
// how fast code is there and nothing else: whatever is wrong with it is a miss, counted by its
// cause, and the code is made as if it had never been cached. It knows no compiler; whoever owns it
// says how code is made, sealed and opened.
#pragma once

#include "storage/artifact_shelf.hpp"
#include "vm/executable.hpp"

namespace lockstep::storage {

using MadeExecutable = result<std::shared_ptr<const Executable>>;

/// How code becomes bytes and comes back. Called from any thread, without a lock held.
struct CodeCodec {
    /// What the artifact of a code (its SHA-256) is stored under.
    std::function<Digest(const Digest& code)> key;
    /// An Error: it is not stored.
    std::function<result<Bytes>(const Digest& code, const Executable&)> seal;
    /// The bytes are private. artifact_foreign and artifact_damaged remove the artifact.
    std::function<MadeExecutable(const Digest& code, bytes_view)> open;
    usize label_bytes = 0; ///< so many of an artifact's first bytes are its label
};

struct CodeCacheOptions {
    u64 memory_bytes = u64{64} << 20; ///< Executables kept, by their size, native code included
    u64 disk_bytes = u64{2} << 30;    ///< artifacts kept; the longest unused go first
    /// Each n-th artifact read is made again and must be equal, byte for byte; 0: none.
    u32 recheck_every = 0;
};

/// Sums since the start, but for entries and bytes.
struct CodeCacheStats {
    u64 memory_hits = 0; ///< those of pinned code included
    u64 pinned_hits = 0;
    u64 joined = 0; ///< found another thread at it and waited
    u64 disk_hits = 0;
    u64 misses = 0; ///< had to be made; the sum of the next five
    u64 absent = 0;
    u64 unreadable = 0; ///< the disk failed
    u64 damaged = 0;
    u64 foreign = 0; ///< authentic, but for another key
    u64 failed = 0;  ///< could not be opened for a fault of the machine
    u64 stored = 0;
    u64 store_failures = 0;
    u64 evictions = 0; ///< from memory
    u64 rechecked = 0;
    u64 recheck_differences = 0; ///< a bug of the compiler, or of the machine
    u64 entries = 0;
    u64 bytes = 0;
    u64 pinned_entries = 0; ///< not among `entries`, nor bounded
    u64 pinned_bytes = 0;
};

/// The memory an executable takes, native code included.
[[nodiscard]] u64 bytes_of(const Executable& executable) noexcept;

/// Thread-safe. Threads that ask for the same code wait for the one that makes it; no lock is held
/// while code is made, opened, sealed or stored.
class CodeCache {
public:
    /// `artifacts`, if given, must outlive it; null: memory only. The pins stored there hold.
    CodeCache(CodeCodec codec, const CodeCacheOptions& options, Kv* artifacts);
    ~CodeCache();
    CodeCache(const CodeCache&) = delete;
    CodeCache& operator=(const CodeCache&) = delete;

    /// The code with this SHA-256, from memory, from the disk, or by `make`, whose Error it then
    /// returns and does not keep. Faults: out_of_memory.
    [[nodiscard]] MadeExecutable get(const Digest& code,
                                     const std::function<MadeExecutable()>& make) noexcept;

    /// Keeps what was made elsewhere, in memory and on the disk.
    void add(const Digest& code, const std::shared_ptr<const Executable>& executable) noexcept;

    /// Pinned code is never evicted from memory, once it is there; on the disk the pin is kept for
    /// the next start. False if it could not be stored, which changes nothing for this process.
    bool pin(const Digest& code) noexcept;
    bool unpin(const Digest& code) noexcept;
    /// Faults: out_of_memory.
    [[nodiscard]] result<std::vector<Digest>> pins() const noexcept;

    [[nodiscard]] CodeCacheStats stats() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace lockstep::storage

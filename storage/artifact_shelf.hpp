// SPDX-License-Identifier: Apache-2.0
// Compiled code in a store: how artifacts, notes about them and pins lie in Family::artifacts.
//
//     'a' key    the artifact, as whoever sealed it wrote it
//     'i' key    a note: u64le(last use, Unix seconds) u64le(size) label
//     'p' code   a pin: code that shall be ready from the start
//
// Both keys are 32 bytes. A note is what `ls` and `gc` read instead of artifacts; nothing in it is
// authenticated, and no decision about running code rests on it.
#pragma once

#include "storage/kv.hpp"
#include "vm/digest.hpp"

#include <functional>

namespace lockstep::storage {

struct ArtifactNote {
    Digest key{};
    u64 last_use = 0; ///< Unix seconds, exact to an hour
    u64 bytes = 0;
    Bytes label; ///< the artifact's first bytes
};

/// A view of a store; `kv` must outlive it. Any thread, as Kv. What cannot be read is not there.
class ArtifactShelf {
public:
    explicit ArtifactShelf(Kv& kv) noexcept : kv_(&kv) {}

    struct Found {
        std::optional<Bytes> artifact;
        bool faulted = false; ///< reading failed, rather than nothing being there
    };
    [[nodiscard]] Found get(const Digest& key) const noexcept;
    enum class Read : u8 { used, absent, faulted };
    /// Calls `use` with the artifact, if it is there; nobody can change it meanwhile.
    [[nodiscard]] Read read(const Digest& key,
                            const std::function<void(bytes_view)>& use) const noexcept;
    /// Notes that the artifact is used now, if the last note is older than an hour.
    void touch(const Digest& key) noexcept;
    /// False if it could not be written. The label is the first `label_bytes` of the artifact.
    [[nodiscard]] bool put(const Digest& key, bytes_view artifact, usize label_bytes) noexcept;
    void remove(const Digest& key) noexcept;

    /// Faults: out_of_memory.
    [[nodiscard]] result<std::vector<ArtifactNote>> notes() const noexcept;

    struct Collected {
        u64 removed = 0;
        u64 removed_bytes = 0;
        u64 kept = 0;
        u64 kept_bytes = 0;
    };
    /// Removes what `keep` refuses, and then what was used longest ago until at most `max_bytes`
    /// are left. `keep` may be null. Faults: out_of_memory.
    [[nodiscard]] result<Collected>
    collect(u64 max_bytes, const std::function<bool(const ArtifactNote&)>& keep) noexcept;

    /// False if it could not be written.
    [[nodiscard]] bool pin(const Digest& code) noexcept;
    [[nodiscard]] bool unpin(const Digest& code) noexcept;
    /// Faults: out_of_memory.
    [[nodiscard]] result<std::vector<Digest>> pins() const noexcept;

private:
    [[nodiscard]] bool write(const Batch& batch) noexcept;

    Kv* kv_;
};

} // namespace lockstep::storage

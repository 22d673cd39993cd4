// SPDX-License-Identifier: Apache-2.0
// The Engine: one profile, one gas schedule, one traps mode, one tier policy, fixed for its life.
// get_or_compile() is the only way from bytes to an Executable outside tests. It knows neither
// CosmWasm nor JSON.
#pragma once

#include "compiler/compile.hpp"
#include "storage/code_cache.hpp"
#include "vm/instance.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace lockstep::contract {

struct EngineOptions {
    compiler::Tier tier = compiler::Tier::singlepass;
    TrapsMode traps = TrapsMode::explicit_checks;
    u64 memory_cache_bytes = u64{64} << 20; ///< Executables kept in memory, by their size
    /// Where compiled code is kept over restarts, in Family::artifacts; must outlive the Engine.
    /// Used only with the secret of that store (storage/mac_key.hpp).
    storage::Kv* artifacts = nullptr;
    std::optional<MacKey> mac_key = {};
    u64 disk_cache_bytes = u64{2} << 30;
    u32 recheck_every = 0; ///< compile each n-th artifact again and compare; 0: none
};

struct EngineStats {
    storage::CodeCacheStats cache;
    bool disk_cache = false; ///< whether there is one
    u64 traps_fallbacks = 0; ///< 1 if signals were asked for and the reservation failed at start
};

/// Thread-safe. Two threads that ask for the same code compile it once; no lock is held meanwhile.
class Engine {
public:
    /// Errors: free_schedule_refused, because contracts never run without gas.
    [[nodiscard]] static result<std::unique_ptr<Engine>>
    create(Profile profile, metering::Schedule schedule, const EngineOptions& options);
    ~Engine();

    [[nodiscard]] const Profile& profile() const noexcept;
    [[nodiscard]] const metering::Schedule& schedule() const noexcept;
    [[nodiscard]] TrapsMode traps() const noexcept; ///< the effective one
    [[nodiscard]] EngineStats stats() const;

    /// Validates and compiles in any case and keeps the result; `report` collects every problem.
    [[nodiscard]] result<std::shared_ptr<const Executable>> compile(bytes_view wasm,
                                                                    Report* report = nullptr);

    /// The Executable of the code with this SHA-256; `wasm` is asked for only on a miss and must
    /// hash to it (corrupt_state otherwise). What is wrong with the caches is counted and nothing
    /// else.
    [[nodiscard]] result<std::shared_ptr<const Executable>>
    get_or_compile(const Digest& code_hash, const std::function<result<std::vector<u8>>()>& wasm);

    /// Pinned code stays in memory once it is there; the pin is kept with the artifacts. False if
    /// it could not be kept there.
    bool pin(const Digest& code_hash) noexcept;
    bool unpin(const Digest& code_hash) noexcept;
    [[nodiscard]] result<std::vector<Digest>> pins() const noexcept;

private:
    struct Impl;
    explicit Engine(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lockstep::contract

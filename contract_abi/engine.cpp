// SPDX-License-Identifier: Apache-2.0
// The Engine: the compiler behind the code cache, which learns here how code is compiled, sealed
// and opened.
#include "contract_abi/engine.hpp"

#include "compiler/artifact.hpp"
#include "vm/guard_fault.hpp"
#include "vm/guarded.hpp"

namespace lockstep::contract {
namespace {

using Compiled = result<std::shared_ptr<const Executable>>;

/// Whether memories can be made in mode `signals` on this machine now.
bool signals_work() noexcept {
    if (!install_guard_fault_handler()) return false;
    return LinearMemory::create(1, max_memory_pages, TrapsMode::signals).has_value();
}

} // namespace

struct Engine::Impl {
    Impl(Profile p, metering::Schedule s, const EngineOptions& o)
        : profile(std::move(p)), schedule(std::move(s)), options(o),
          key_of_all(compiler::artifact_key({}, compile_options(nullptr))),
          cache(codec(),
                {.memory_bytes = o.memory_cache_bytes,
                 .disk_bytes = o.disk_cache_bytes,
                 .recheck_every = o.recheck_every},
                has_disk() ? o.artifacts : nullptr) {}

    const Profile profile;
    const metering::Schedule schedule;
    const EngineOptions options;            ///< the effective ones
    const compiler::ArtifactKey key_of_all; ///< but for the code
    u64 traps_fallbacks = 0;
    storage::CodeCache cache;

    [[nodiscard]] bool has_disk() const noexcept {
        return options.artifacts != nullptr && options.mac_key.has_value();
    }

    [[nodiscard]] compiler::Options compile_options(Report* report) const noexcept {
        return {.profile = profile,
                .schedule = schedule,
                .tier = options.tier,
                .traps = options.traps,
                .report = report,
                .stats = nullptr};
    }

    [[nodiscard]] compiler::ArtifactKey key_of(const Digest& code) const noexcept {
        compiler::ArtifactKey key = key_of_all;
        key.code = code;
        return key;
    }

    [[nodiscard]] storage::CodeCodec codec() const {
        return {
            .key = [this](const Digest& code) { return compiler::digest(key_of(code)); },
            .seal = [this](const Digest& code,
                           const Executable& executable) -> result<std::vector<u8>> {
                return compiler::seal(executable, key_of(code), &*options.mac_key);
            },
            .open = [this](const Digest& code, bytes_view bytes) -> Compiled {
                return compiler::open_artifact(bytes, key_of(code), *options.mac_key,
                                               compile_options(nullptr));
            },
            .label_bytes = compiler::artifact_header_bytes,
        };
    }

    Compiled compile(bytes_view wasm, Report* report) const {
        return compiler::compile(wasm, compile_options(report));
    }

    Compiled make(const Digest& code, const std::function<result<std::vector<u8>>()>& wasm) const {
        TRY(const std::vector<u8> bytes, wasm());
        if (sha256(bytes) != code) return Error{Errc::corrupt_state};
        return compile(bytes, nullptr);
    }
};

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

result<std::unique_ptr<Engine>> Engine::create(Profile profile, metering::Schedule schedule,
                                               const EngineOptions& options) {
    if (!schedule.reported || schedule.placement == metering::Placement::none)
        return Error{Errc::free_schedule_refused};
    return guarded([&]() -> result<std::unique_ptr<Engine>> {
        EngineOptions effective = options;
        const bool falls_back = options.traps == TrapsMode::signals && !signals_work();
        if (falls_back) effective.traps = TrapsMode::explicit_checks;
        auto impl = std::make_unique<Impl>(std::move(profile), std::move(schedule), effective);
        impl->traps_fallbacks = falls_back ? 1 : 0;
        return std::unique_ptr<Engine>(new Engine(std::move(impl)));
    });
}

const Profile& Engine::profile() const noexcept { return impl_->profile; }
const metering::Schedule& Engine::schedule() const noexcept { return impl_->schedule; }
TrapsMode Engine::traps() const noexcept { return impl_->options.traps; }

EngineStats Engine::stats() const {
    return {impl_->cache.stats(), impl_->has_disk(), impl_->traps_fallbacks};
}

Compiled Engine::compile(bytes_view wasm, Report* report) {
    return guarded([&]() -> Compiled {
        TRY(auto executable, impl_->compile(wasm, report));
        impl_->cache.add(sha256(wasm), executable);
        return executable;
    });
}

Compiled Engine::get_or_compile(const Digest& code_hash,
                                const std::function<result<std::vector<u8>>()>& wasm) {
    return guarded(
        [&] { return impl_->cache.get(code_hash, [&] { return impl_->make(code_hash, wasm); }); });
}

bool Engine::pin(const Digest& code_hash) noexcept { return impl_->cache.pin(code_hash); }
bool Engine::unpin(const Digest& code_hash) noexcept { return impl_->cache.unpin(code_hash); }
result<std::vector<Digest>> Engine::pins() const noexcept { return impl_->cache.pins(); }

} // namespace lockstep::contract

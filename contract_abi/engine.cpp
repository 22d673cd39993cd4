// SPDX-License-Identifier: Apache-2.0
// The Engine: an LRU of Executables by bytes, and one flight per code. Waiting threads sleep on the
// flight; the one that compiles holds no lock.
#include "contract_abi/engine.hpp"

#include "vm/guard_fault.hpp"

#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>

namespace lockstep::contract {
namespace {

using Compiled = result<std::shared_ptr<const Executable>>;

/// A compilation under way. Guarded by the Engine's mutex.
struct Flight {
    std::condition_variable landed;
    std::optional<Compiled> outcome;
};

struct Entry {
    Digest code;
    std::shared_ptr<const Executable> executable;
    u64 bytes;
};

template <class T>
u64 bytes_of(const std::vector<T>& vector) noexcept {
    return u64{vector.capacity()} * sizeof(T);
}

u64 bytes_of(const Executable& executable) noexcept {
    const Module& module = executable.module;
    return sizeof(Executable) + bytes_of(module.bytes) + bytes_of(module.types) +
           bytes_of(module.imports) + bytes_of(module.functions) + bytes_of(module.globals) +
           bytes_of(module.exports) + bytes_of(module.elements) + bytes_of(module.data) +
           bytes_of(module.bodies) + bytes_of(module.custom_sections) +
           u64{executable.code.records.size()} * sizeof(ir::Record) +
           u64{executable.code.functions.size()} * sizeof(ir::Function);
}

/// Whether memories can be made in mode `signals` on this machine now.
bool signals_work() noexcept {
    if (!install_guard_fault_handler()) return false;
    return LinearMemory::create(1, max_memory_pages, TrapsMode::signals).has_value();
}

} // namespace

struct Engine::Impl {
    Impl(Profile p, metering::Schedule s, const EngineOptions& o)
        : profile(std::move(p)), schedule(std::move(s)), options(o) {}

    const Profile profile;
    const metering::Schedule schedule;
    EngineOptions options;

    std::mutex mutex;
    std::list<Entry> entries; // the most recently used first
    std::map<Digest, std::list<Entry>::iterator> index;
    std::map<Digest, std::shared_ptr<Flight>> flights;
    EngineStats stats;

    std::shared_ptr<const Executable> find(const Digest& code) {
        const auto found = index.find(code);
        if (found == index.end()) return nullptr;
        entries.splice(entries.begin(), entries, found->second);
        return found->second->executable;
    }

    void keep(const Digest& code, const std::shared_ptr<const Executable>& executable) {
        const u64 bytes = bytes_of(*executable);
        if (bytes > options.memory_cache_bytes) return;
        entries.push_front({code, executable, bytes});
        index[code] = entries.begin();
        stats.bytes += bytes;
        while (stats.bytes > options.memory_cache_bytes) {
            stats.bytes -= entries.back().bytes;
            index.erase(entries.back().code);
            entries.pop_back();
            ++stats.evictions;
        }
        stats.entries = entries.size();
    }

    Compiled compile(bytes_view wasm, Report* report) const {
        return compiler::compile(wasm, {.profile = profile,
                                        .schedule = schedule,
                                        .tier = options.tier,
                                        .traps = options.traps,
                                        .report = report,
                                        .stats = nullptr});
    }

    Compiled make(const Digest& code, const std::function<result<std::vector<u8>>()>& wasm) const {
        try {
            TRY(const std::vector<u8> bytes, wasm());
            if (sha256(bytes) != code) return Error{Errc::corrupt_state};
            return compile(bytes, nullptr);
        } catch (const std::bad_alloc&) {
            return Error{Errc::out_of_memory};
        } catch (const std::length_error&) {
            return Error{Errc::out_of_memory};
        }
    }

    Compiled get(const Digest& code, const std::function<result<std::vector<u8>>()>& wasm) {
        std::unique_lock lock(mutex);
        if (auto executable = find(code)) {
            ++stats.hits;
            return executable;
        }
        if (const auto under_way = flights.find(code); under_way != flights.end()) {
            const std::shared_ptr<Flight> flight = under_way->second;
            ++stats.hits;
            flight->landed.wait(lock, [&] { return flight->outcome.has_value(); });
            return *flight->outcome;
        }
        const auto flight = std::make_shared<Flight>();
        const auto position = flights.emplace(code, flight).first;
        ++stats.misses;
        lock.unlock();
        Compiled outcome = make(code, wasm);
        lock.lock();
        flights.erase(position);
        flight->outcome.emplace(outcome);
        flight->landed.notify_all();
        if (outcome) keep(code, outcome.value());
        return outcome;
    }
};

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

result<std::unique_ptr<Engine>> Engine::create(Profile profile, metering::Schedule schedule,
                                               const EngineOptions& options) {
    if (!schedule.reported || schedule.placement == metering::Placement::none)
        return Error{Errc::free_schedule_refused};
    try {
        auto impl = std::make_unique<Impl>(std::move(profile), std::move(schedule), options);
        if (options.traps == TrapsMode::signals && !signals_work()) {
            impl->options.traps = TrapsMode::explicit_checks;
            impl->stats.traps_fallbacks = 1;
        }
        return std::unique_ptr<Engine>(new Engine(std::move(impl)));
    } catch (const std::bad_alloc&) {
        return Error{Errc::out_of_memory};
    }
}

const Profile& Engine::profile() const noexcept { return impl_->profile; }
const metering::Schedule& Engine::schedule() const noexcept { return impl_->schedule; }
TrapsMode Engine::traps() const noexcept { return impl_->options.traps; }

EngineStats Engine::stats() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->stats;
}

Compiled Engine::compile(bytes_view wasm, Report* report) const {
    return impl_->compile(wasm, report);
}

Compiled Engine::get_or_compile(const Digest& code_hash,
                                const std::function<result<std::vector<u8>>()>& wasm) {
    try {
        return impl_->get(code_hash, wasm);
    } catch (const std::bad_alloc&) {
        return Error{Errc::out_of_memory};
    }
}

} // namespace lockstep::contract

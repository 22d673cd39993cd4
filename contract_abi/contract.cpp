// SPDX-License-Identifier: Apache-2.0
// Contracts: the Engine with a store of code beside it. Code lies in Family::code under its
// SHA-256, as it was uploaded: gas is never written into it, so one stored code serves every
// schedule.
#include "contract_abi/contract.hpp"
#include "vm/guarded.hpp"

#include <array>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>

namespace lockstep::contract {
namespace {

/// lockstep-1 bounds modules by its profile; the ABI adds the imports and prices of the newest
/// CosmWasm and what a contract has to export.
cosmwasm::Regime lockstep_1_regime(const Profile& profile) {
    constexpr u32 unlimited = 0xffff'ffff;
    cosmwasm::Regime regime = cosmwasm::newest_regime();
    regime.name = "lockstep-1";
    regime.limits = {
        .tables_checked = true,
        .table_maximum = unlimited,
        .memory_pages = profile.limits.memory_pages,
        .imports = unlimited,
        .functions = unlimited,
        .params = unlimited,
        .results = unlimited,
        .total_params = unlimited,
        .locals = unlimited,
        .total_locals = unlimited,
    };
    return regime;
}

constexpr std::string_view cosmwasm_prefix = "cosmwasm-";

} // namespace

result<Rules> find_rules(std::string_view name) {
    if (name == "lockstep-1") {
        Profile profile = lockstep_1_profile();
        cosmwasm::Regime regime = lockstep_1_regime(profile);
        return Rules{std::string(name), std::move(profile), metering::lockstep_1(),
                     std::move(regime)};
    }
    if (!name.starts_with(cosmwasm_prefix)) return Error{Errc::unknown_profile};
    const std::string_view release = name.substr(cosmwasm_prefix.size());
    TRY(Profile profile, cosmwasm_stored_profile(release));
    TRY(metering::Schedule schedule, metering::cosmwasm(release));
    TRY(cosmwasm::Regime regime, cosmwasm::find_regime(release));
    return Rules{std::string(name), std::move(profile), std::move(schedule), std::move(regime)};
}

Digest digest(const Rules& rules) {
    Sha256 hash;
    hash.update(lockstep::digest(rules.profile))
        .update(metering::digest(rules.schedule))
        .update(cosmwasm::digest(rules.regime));
    return hash.finish();
}

struct Contracts::Impl {
    Impl(storage::Kv& c, Rules r, const ContractsOptions& o, std::unique_ptr<Engine> e)
        : code(c), rules(std::move(r)), options(o), engine(std::move(e)) {}

    storage::Kv& code;
    const Rules rules;
    const ContractsOptions options;
    const std::unique_ptr<Engine> engine;
    std::mutex mutex;
    std::map<Digest, Bytes> staged; // guarded by mutex, as is the next
    std::set<Digest> stored;        // code that was seen in the store

    std::optional<Bytes> find_staged(const Digest& checksum) {
        const std::lock_guard lock(mutex);
        const auto found = staged.find(checksum);
        if (found == staged.end()) return {};
        return found->second;
    }

    result<Bytes> load(const Digest& checksum) {
        if (auto bytes = find_staged(checksum)) return std::move(*bytes);
        TRY(auto bytes, code.get(storage::Family::code, checksum));
        if (!bytes) return Error{Errc::not_found};
        return std::move(*bytes);
    }

    bool is_known(const Digest& checksum) {
        const std::lock_guard lock(mutex);
        return stored.contains(checksum) || staged.contains(checksum);
    }

    /// Code that is not stored is not found, whatever the caches have.
    result<std::shared_ptr<const Executable>> executable(const Digest& checksum) {
        std::optional<Bytes> bytes;
        if (!is_known(checksum)) {
            TRY(bytes, load(checksum));
            const std::lock_guard lock(mutex);
            stored.insert(checksum);
        }
        return engine->get_or_compile(checksum, [&]() -> result<Bytes> {
            if (bytes) return *std::exchange(bytes, std::nullopt);
            return load(checksum);
        });
    }

    /// The checks of the contract ABI on the module as such. A memory's size is theirs to judge,
    /// not the decoder's.
    result<StoredCode> check_module(bytes_view wasm, CheckReport* report) const {
        StoredCode stored;
        stored.checksum = sha256(wasm);
        Profile profile = rules.profile;
        profile.limits.memory_pages = max_memory_pages;
        const auto module = decode(wasm, profile);
        if (!module) {
            if (is_fault(module.error())) return module.error();
            stored.error = cosmwasm::invalid_module(module.error());
            return stored;
        }
        auto checked =
            cosmwasm::check_module(module.value(), rules.regime, options.capabilities, report);
        if (!checked) stored.error = std::move(checked.error());
        auto analysis = cosmwasm::analyze(module.value());
        if (analysis) stored.analysis = std::move(analysis.value());
        return stored;
    }

    /// Validates the bodies too and keeps the compiled form. With a report, a module that is
    /// rejected already is looked through to the end; the compiler then lists the problems of the
    /// module itself.
    result<StoredCode> check(bytes_view wasm, CheckReport* report) {
        TRY(StoredCode stored, check_module(wasm, report));
        if (!stored.ok() && report == nullptr) return stored;
        const auto compiled =
            report == nullptr ? engine->get_or_compile(
                                    stored.checksum,
                                    [&] { return result<Bytes>(Bytes(wasm.begin(), wasm.end())); })
                              : engine->compile(wasm, &report->module);
        if (compiled) return stored;
        if (is_fault(compiled.error())) return compiled.error();
        if (stored.ok()) stored.error = cosmwasm::invalid_module(compiled.error());
        return stored;
    }

    result<CallResult> call(const Digest& checksum, EntryPoint entry,
                            std::span<const bytes_view> arguments, Backend& backend, u64 gas_limit,
                            const std::atomic<bool>* cancel) {
        TRY(const std::shared_ptr<const Executable> code_of, executable(checksum));
        const cosmwasm::CallSettings settings{
            .gas_limit = gas_limit, .traps = engine->traps(), .cancel = cancel};
        return cosmwasm::call(code_of, rules.regime, backend, entry, arguments, settings);
    }
};

Contracts::Contracts(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Contracts::~Contracts() = default;

result<std::unique_ptr<Contracts>> Contracts::create(storage::Kv& code, Rules rules,
                                                     const ContractsOptions& options) {
    return guarded([&]() -> result<std::unique_ptr<Contracts>> {
        TRY(auto engine, Engine::create(rules.profile, rules.schedule, options.engine));
        auto impl = std::make_unique<Impl>(code, std::move(rules), options, std::move(engine));
        return std::unique_ptr<Contracts>(new Contracts(std::move(impl)));
    });
}

result<StoredCode> Contracts::check_code(bytes_view wasm, CheckReport* report) {
    return guarded([&] { return impl_->check(wasm, report); });
}

result<StoredCode> Contracts::store_code(bytes_view wasm, CheckReport* report) {
    return guarded([&]() -> result<StoredCode> {
        TRY(StoredCode stored, impl_->check(wasm, report));
        if (!stored.ok()) return stored;
        storage::Batch batch;
        batch.sync = true;
        batch.put(storage::Family::code, stored.checksum, wasm);
        TRY(impl_->code.write(batch));
        return stored;
    });
}

result<StoredCode> Contracts::stage_code(bytes_view wasm, storage::Batch& batch,
                                         CheckReport* report) {
    return guarded([&]() -> result<StoredCode> {
        TRY(StoredCode stored, impl_->check(wasm, report));
        if (!stored.ok()) return stored;
        {
            const std::lock_guard lock(impl_->mutex);
            impl_->staged.insert_or_assign(stored.checksum, Bytes(wasm.begin(), wasm.end()));
        }
        batch.put(storage::Family::code, stored.checksum, wasm);
        return stored;
    });
}

void Contracts::forget_staged() noexcept {
    const std::lock_guard lock(impl_->mutex);
    impl_->staged.clear();
}

result<StoredCode> Contracts::store_code_unchecked(bytes_view wasm) {
    return guarded([&]() -> result<StoredCode> {
        StoredCode stored;
        stored.checksum = sha256(wasm);
        const auto compiled = impl_->engine->compile(wasm);
        if (!compiled) {
            if (is_fault(compiled.error())) return compiled.error();
            stored.error =
                VmError(VmErrorKind::compile, "Error compiling Wasm: Could not compile: " +
                                                  std::string(text_of(compiled.error().code)));
            return stored;
        }
        auto analysis = cosmwasm::analyze(compiled.value()->module);
        if (analysis) stored.analysis = std::move(analysis.value());
        storage::Batch batch;
        batch.sync = true;
        batch.put(storage::Family::code, stored.checksum, wasm);
        TRY(impl_->code.write(batch));
        return stored;
    });
}

result<u32> Contracts::preload_pinned() {
    return guarded([&]() -> result<u32> {
        TRY(const std::vector<Digest> pins, impl_->engine->pins());
        u32 ready = 0;
        for (const Digest& checksum : pins) {
            const auto executable = impl_->executable(checksum);
            if (executable)
                ++ready;
            else if (is_fault(executable.error()))
                return executable.error();
        }
        return ready;
    });
}

result<Bytes> Contracts::load_code(const Digest& checksum) {
    return guarded([&]() -> result<Bytes> {
        TRY(Bytes bytes, impl_->load(checksum));
        if (sha256(bytes) != checksum) return Error{Errc::corrupt_state};
        return bytes;
    });
}

result<Analysis> Contracts::analyze(const Digest& checksum) {
    return guarded([&]() -> result<Analysis> {
        TRY(const auto executable, impl_->executable(checksum));
        auto analysis = cosmwasm::analyze(executable->module);
        if (!analysis) return Error{Errc::bad_argument};
        return std::move(analysis.value());
    });
}

result<CallResult> Contracts::call(const Digest& checksum, EntryPoint entry,
                                   std::span<const bytes_view> arguments, Backend& backend,
                                   u64 gas_limit, const std::atomic<bool>* cancel) {
    return guarded(
        [&] { return impl_->call(checksum, entry, arguments, backend, gas_limit, cancel); });
}

result<CallResult> Contracts::instantiate(const Digest& checksum, std::string_view env,
                                          std::string_view info, std::string_view msg,
                                          Backend& backend, u64 gas_limit) {
    const std::array arguments{as_bytes(env), as_bytes(info), as_bytes(msg)};
    return call(checksum, EntryPoint::instantiate, arguments, backend, gas_limit);
}

result<CallResult> Contracts::execute(const Digest& checksum, std::string_view env,
                                      std::string_view info, std::string_view msg, Backend& backend,
                                      u64 gas_limit) {
    const std::array arguments{as_bytes(env), as_bytes(info), as_bytes(msg)};
    return call(checksum, EntryPoint::execute, arguments, backend, gas_limit);
}

result<CallResult> Contracts::query(const Digest& checksum, std::string_view env,
                                    std::string_view msg, Backend& backend, u64 gas_limit) {
    const std::array arguments{as_bytes(env), as_bytes(msg)};
    return call(checksum, EntryPoint::query, arguments, backend, gas_limit);
}

result<CallResult> Contracts::migrate(const Digest& checksum, std::string_view env,
                                      std::string_view msg, std::string_view migrate_info,
                                      Backend& backend, u64 gas_limit) {
    const std::array arguments{as_bytes(env), as_bytes(msg), as_bytes(migrate_info)};
    const usize count = migrate_info.empty() ? 2 : 3;
    return call(checksum, EntryPoint::migrate, std::span(arguments).first(count), backend,
                gas_limit);
}

result<CallResult> Contracts::sudo(const Digest& checksum, std::string_view env,
                                   std::string_view msg, Backend& backend, u64 gas_limit) {
    const std::array arguments{as_bytes(env), as_bytes(msg)};
    return call(checksum, EntryPoint::sudo, arguments, backend, gas_limit);
}

result<CallResult> Contracts::reply(const Digest& checksum, std::string_view env,
                                    std::string_view msg, Backend& backend, u64 gas_limit) {
    const std::array arguments{as_bytes(env), as_bytes(msg)};
    return call(checksum, EntryPoint::reply, arguments, backend, gas_limit);
}

const Rules& Contracts::rules() const noexcept { return impl_->rules; }
Engine& Contracts::engine() noexcept { return *impl_->engine; }

} // namespace lockstep::contract

// SPDX-License-Identifier: Apache-2.0
// The embedding interface for chains: stored code, and calls of contracts by the code's checksum.
// What the contracts see of the chain is the Backend of each call.
#pragma once

#include "contract_abi/backend.hpp"
#include "contract_abi/cosmwasm/check.hpp"
#include "contract_abi/cosmwasm/cosmwasm.hpp"
#include "contract_abi/engine.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lockstep::contract {

using cosmwasm::Analysis;
using cosmwasm::CallResult;
using cosmwasm::CheckReport;
using cosmwasm::default_capabilities;
using cosmwasm::EntryPoint;
using cosmwasm::GasReport;
using cosmwasm::VmError;
using cosmwasm::VmErrorKind;

/// Everything consensus depends on below the chain.
struct Rules {
    std::string name;
    Profile profile; ///< for code that is or was stored
    metering::Schedule schedule;
    cosmwasm::Regime regime;
};

/// `lockstep-1`: its profile and schedule, with the ABI of CosmWasm 3.0.9; `cosmwasm-X.Y.Z`: all
/// three of that release. Errors: unknown_profile.
[[nodiscard]] result<Rules> find_rules(std::string_view name);

/// The rules id: digest of profile, schedule and regime.
[[nodiscard]] Digest digest(const Rules& rules);

struct ContractsOptions {
    EngineOptions engine;
    std::vector<std::string> capabilities = default_capabilities();
};

/// What became of code that was to be stored.
struct StoredCode {
    std::optional<VmError> error; ///< kinds static_validation and compile
    Digest checksum{};            ///< SHA-256 of the code
    Analysis analysis;

    [[nodiscard]] bool ok() const noexcept { return !error.has_value(); }
};

/// Any thread, also at once. Errors (not in a value) are faults, not_found for code that is not
/// stored, and bad_argument. `code` must outlive it.
class Contracts {
public:
    [[nodiscard]] static result<std::unique_ptr<Contracts>>
    create(storage::Kv& code, Rules rules, const ContractsOptions& options = {});
    ~Contracts();

    /// Checks code as a chain must before it stores it; nothing is kept but the compiled form.
    /// `report`, if given, collects every problem for people.
    [[nodiscard]] result<StoredCode> check_code(bytes_view wasm, CheckReport* report = nullptr);

    /// check_code(), then writes the code and syncs.
    [[nodiscard]] result<StoredCode> store_code(bytes_view wasm, CheckReport* report = nullptr);

    /// check_code(), then adds the code to `batch`, for a chain that writes a whole block at once.
    /// Until the batch is written and forget_staged() called, calls find it all the same.
    [[nodiscard]] result<StoredCode> stage_code(bytes_view wasm, storage::Batch& batch,
                                                CheckReport* report = nullptr);
    void forget_staged() noexcept;

    /// Stores code without the checks of the contract ABI, as state sync does; it must still
    /// compile.
    [[nodiscard]] result<StoredCode> store_code_unchecked(bytes_view wasm);

    /// Makes all pinned code ready (Engine::pin), as a node does at its start; how many there are.
    /// Code that is not stored is passed over.
    [[nodiscard]] result<u32> preload_pinned();

    /// The code with this checksum.
    [[nodiscard]] result<Bytes> load_code(const Digest& checksum);
    [[nodiscard]] result<Analysis> analyze(const Digest& checksum);

    /// Calls any entry point; arguments as cosmwasm::call() takes them.
    [[nodiscard]] result<CallResult> call(const Digest& checksum, EntryPoint entry,
                                          std::span<const bytes_view> arguments, Backend& backend,
                                          u64 gas_limit, const std::atomic<bool>* cancel = nullptr);

    // The same by name; env, info, msg, ... are JSON.
    [[nodiscard]] result<CallResult> instantiate(const Digest& checksum, std::string_view env,
                                                 std::string_view info, std::string_view msg,
                                                 Backend& backend, u64 gas_limit);
    [[nodiscard]] result<CallResult> execute(const Digest& checksum, std::string_view env,
                                             std::string_view info, std::string_view msg,
                                             Backend& backend, u64 gas_limit);
    [[nodiscard]] result<CallResult> query(const Digest& checksum, std::string_view env,
                                           std::string_view msg, Backend& backend, u64 gas_limit);
    /// `migrate_info` empty: a call with two arguments.
    [[nodiscard]] result<CallResult> migrate(const Digest& checksum, std::string_view env,
                                             std::string_view msg, std::string_view migrate_info,
                                             Backend& backend, u64 gas_limit);
    [[nodiscard]] result<CallResult> sudo(const Digest& checksum, std::string_view env,
                                          std::string_view msg, Backend& backend, u64 gas_limit);
    [[nodiscard]] result<CallResult> reply(const Digest& checksum, std::string_view env,
                                           std::string_view msg, Backend& backend, u64 gas_limit);

    [[nodiscard]] const Rules& rules() const noexcept;
    [[nodiscard]] Engine& engine() noexcept;

private:
    struct Impl;
    explicit Contracts(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lockstep::contract

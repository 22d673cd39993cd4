// SPDX-License-Identifier: Apache-2.0
// Calls of CosmWasm contracts. One call is one fresh Store with one instance: nothing of it
// survives but what went to the Backend.
#pragma once

#include "contract_abi/backend.hpp"
#include "contract_abi/cosmwasm/regime.hpp"
#include "contract_abi/cosmwasm/vm_error.hpp"
#include "vm/instance.hpp"

namespace lockstep::contract::cosmwasm {

/// The exports that a chain calls. `arguments` is what they take; migrate takes a third one if the
/// contract's does.
enum class EntryPoint : u8 {
    instantiate,
    execute,
    migrate,
    sudo,
    reply,
    query,
    ibc_channel_open,
    ibc_channel_connect,
    ibc_channel_close,
    ibc_packet_receive,
    ibc_packet_ack,
    ibc_packet_timeout,
    ibc_source_callback,
    ibc_destination_callback,
    ibc2_packet_receive,
    ibc2_packet_ack,
    ibc2_packet_timeout,
    ibc2_packet_send,
};
inline constexpr usize entry_point_count = 18;

struct EntryPointInfo {
    std::string_view name; ///< of the export
    u32 arguments;
    bool writes; ///< the contract's storage
};
[[nodiscard]] const EntryPointInfo& info_of(EntryPoint entry) noexcept;
[[nodiscard]] std::optional<EntryPoint> find_entry_point(std::string_view name) noexcept;

/// In CosmWasm gas. used_internally = limit - used_externally - remaining, not below 0.
struct GasReport {
    u64 limit = 0;
    u64 remaining = 0;
    u64 used_externally = 0;
    u64 used_internally = 0;
};

struct CallSettings {
    u64 gas_limit = 0;
    TrapsMode traps = TrapsMode::explicit_checks;
    /// Set by another thread to end the call with the fault `interrupted`.
    const std::atomic<bool>* cancel = nullptr;
};

/// How a call ended: with the raw JSON that the contract returned, or with an error. Gas is right
/// in both cases.
struct CallResult {
    std::optional<VmError> error;
    Bytes data;
    GasReport gas;
    u32 trap_function = Error::no_index; ///< where the guest trapped, for people
    u32 trap_record = Error::no_index;

    [[nodiscard]] bool ok() const noexcept { return !error.has_value(); }
};

/// Calls an entry point with its arguments as JSON, in the order env, info, msg. With three
/// arguments, a `migrate` that takes two is called again with two, at the cost of the first
/// attempt. Errors are faults only.
[[nodiscard]] result<CallResult> call(const std::shared_ptr<const Executable>& executable,
                                      const Regime& regime, Backend& backend, EntryPoint entry,
                                      std::span<const bytes_view> arguments,
                                      const CallSettings& settings);

/// A fault's text for people; names the import that this build cannot run.
[[nodiscard]] std::string describe(const Error& fault);

} // namespace lockstep::contract::cosmwasm

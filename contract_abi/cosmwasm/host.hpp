// SPDX-License-Identifier: Apache-2.0
// The host's side of one contract call: gas, depth, storage mode, and the two ways across the
// border (regions and calls of the guest). Imports and entry points are written with it. Private to
// the contract ABI.
#pragma once

#include "contract_abi/backend.hpp"
#include "contract_abi/cosmwasm/cosmwasm.hpp"
#include "contract_abi/cosmwasm/region.hpp"

namespace lockstep::contract::cosmwasm {

struct ImportRow;

class Host {
public:
    Host(const Regime& regime, Backend& backend, const CallSettings& settings) noexcept
        : regime_(regime), backend_(backend), settings_(settings), gas_left_(settings.gas_limit) {}
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    /// Creates the one instance, with gas limit 0 as CosmWasm does. Its trap or link error is an
    /// instantiation error.
    [[nodiscard]] Checked<> instantiate(Store& store,
                                        const std::shared_ptr<const Executable>& executable);

    [[nodiscard]] const Regime& regime() const noexcept { return regime_; }
    [[nodiscard]] const HostCosts& costs() const noexcept { return regime_.costs; }
    [[nodiscard]] Backend& backend() noexcept { return backend_; }
    [[nodiscard]] u64 gas_left() const noexcept { return gas_left_; }
    [[nodiscard]] bool may_write() const noexcept { return may_write_; }
    void set_may_write(bool may) noexcept { may_write_ = may; }
    [[nodiscard]] GasReport gas_report() const noexcept;

    // --- gas ------------------------------------------------------------------------------------
    /// Takes what was paid elsewhere and what is to be paid here; gas_depletion, and nothing left,
    /// if it is not there.
    [[nodiscard]] Checked<> account(u64 externally_used, u64 cost);
    [[nodiscard]] Checked<> charge(u64 cost) { return account(0, cost); }
    /// No price is one that no u64 holds.
    [[nodiscard]] Checked<> charge(std::optional<u64> cost);
    /// Accounts for an answer of the chain, then gives its value or makes its error a VmError.
    template <class T>
    [[nodiscard]] Checked<T> settle(Answer<T> answer) {
        TRY(account(answer.externally_used, answer.cost));
        if (answer.error) return backend_error(*answer.error);
        return std::move(answer.value);
    }
    [[nodiscard]] static VmError backend_error(const BackendError& error);

    // --- regions --------------------------------------------------------------------------------
    /// The bytes of the Region at `pointer`; in the guest's memory, so valid until guest code runs.
    [[nodiscard]] Checked<bytes_view> read_region(u32 pointer, u32 max_length);
    /// The same without a charge, for what has no influence on the call; nothing if it cannot be
    /// read.
    [[nodiscard]] std::optional<bytes_view> peek_region(u32 pointer, u32 max_length) const;
    [[nodiscard]] Checked<> write_region(u32 pointer, bytes_view data);
    /// Lets the contract allocate a Region and writes `data` into it.
    [[nodiscard]] Checked<u32> write_to_contract(bytes_view data);

    // --- the guest ------------------------------------------------------------------------------
    /// Calls an exported function with i32 arguments.
    [[nodiscard]] Checked<u32> call_function1(std::string_view name, std::span<const u32> args);
    [[nodiscard]] Checked<> call_function0(std::string_view name, std::span<const u32> args);

    /// What an import does when the guest calls it: the flat charge, the row's handler, and the
    /// books.
    HostStatus run(HostCall& call, const ImportRow& row);

    /// Where the guest last trapped, for people.
    [[nodiscard]] u32 trap_function() const noexcept { return trap_function_; }
    [[nodiscard]] u32 trap_record() const noexcept { return trap_record_; }

private:
    /// The first result of a guest call; calls of the contract ABI have none or one.
    struct Returned {
        usize count = 0;
        ValType type = ValType::bottom;
        Slot value = 0;
    };

    [[nodiscard]] std::span<u8> memory() const noexcept;
    [[nodiscard]] Checked<const Func*> find_function(std::string_view name, usize arguments) const;
    [[nodiscard]] Checked<Returned> call_function(std::string_view name, std::span<const u32> args,
                                                  usize results);
    [[nodiscard]] Checked<Returned> call_guest(const Func& function, std::span<const u32> args);
    [[nodiscard]] Checked<Slot> call_from_outside(const Func& function, std::span<const u32> args);
    [[nodiscard]] Checked<Slot> call_from_import(const Func& function, std::span<const u32> args);
    [[nodiscard]] VmError trap_error(Trap trap);
    HostStatus fail(HostCall& call, VmError error);

    const Regime& regime_;
    Backend& backend_;
    const CallSettings& settings_;
    Store* store_ = nullptr;
    Instance* instance_ = nullptr;
    Memory* memory_ = nullptr; ///< the one exported as `memory`
    HostCall* call_ = nullptr; ///< the innermost import that runs, if one does
    u64 gas_left_;
    u64 externally_used_ = 0;
    u32 depth_ = 0;
    bool may_write_ = false;
    bool guest_exhausted_ =
        false;            ///< the guest itself ran out of gas: then that is how the whole call ends
    std::string failure_; ///< text of the host function that ended the guest
    u32 trap_function_ = Error::no_index;
    u32 trap_record_ = Error::no_index;
};

} // namespace lockstep::contract::cosmwasm

// SPDX-License-Identifier: Apache-2.0
// A small chain around the contracts: accounts, a bank, wasm messages with submessages and replies,
// queries. It shapes addresses, events, replies and errors as wasmd does, has no consensus and no
// signatures, and is deterministic: the same calls on the same rules give the same bytes in the
// same store.
//
// State lies in Family::state, code in Family::code. Everything a block changed is written in one
// synced batch by commit_block(); before that nothing is. A Fault unwinds the transaction and the
// block (decision 19).
#pragma once

#include "contract_abi/contract.hpp"
#include "contract_abi/simulation/types.hpp"

#include <functional>
#include <memory>

namespace lockstep::contract::simulation {

struct ChainConfig {
    std::string chain_id = "lockstep-local";
    std::string rules = "lockstep-1"; ///< or cosmwasm-X.Y.Z; see find_rules()
    std::string address_prefix = "lock";
    u64 genesis_time_ns = 1'700'000'000'000'000'000;
    u64 block_interval_ns = 5'000'000'000;
    /// In CosmWasm gas, for transactions and queries that name no limit.
    u64 default_gas_limit = 400'000'000'000'000;
    EngineOptions engine;
    std::vector<std::string> capabilities = default_capabilities();
    /// Gets what contracts write with `debug`. Has no influence on results or gas.
    std::function<void(const DebugLine&)> debug;
};

/// What all transactions have in common. `funds` go to the contract first.
struct TxOptions {
    std::vector<Coin> funds;
    std::optional<u64> gas_limit; ///< absent: ChainConfig::default_gas_limit
};

struct InstantiateOptions : TxOptions {
    std::string label = "contract";
    std::string admin; ///< empty: nobody may migrate it
    std::optional<Bytes>
        salt; ///< given: instantiate2, the address depends on creator, code and salt
};

/// One thread at a time. Transactions need an open block. Errors (not in a TxResult) are faults,
/// after which the block is gone, and bad_argument for a misuse such as a transaction without a
/// block.
class Chain {
public:
    /// Opens the chain that `kv` holds, or begins one. `kv` must outlive it. Errors: bad_argument
    /// if the store holds a chain with another id, prefix or rules; unknown rules; faults.
    [[nodiscard]] static result<std::unique_ptr<Chain>> open(storage::Kv& kv,
                                                             const ChainConfig& config);
    ~Chain();
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;

    // --- blocks ---------------------------------------------------------------------------------
    /// Opens the next block: height + 1, time + block_interval_ns, or `time_ns` if given.
    [[nodiscard]] result<Block> begin_block(std::optional<u64> time_ns = {});
    /// Writes all the block did in one synced batch.
    [[nodiscard]] result<Block> commit_block();
    /// Forgets the open block.
    void abandon_block() noexcept;
    [[nodiscard]] bool in_block() const noexcept;
    /// The open block, else the last committed one (height 0: none yet).
    [[nodiscard]] Block block() const noexcept;

    // --- transactions; each runs alone, atomically ----------------------------------------------
    /// Creates coins. `address` must be valid here and everywhere below.
    [[nodiscard]] result<TxResult> mint(std::string_view address, const std::vector<Coin>& coins);
    [[nodiscard]] result<TxResult> bank_send(std::string_view from, std::string_view to,
                                             const std::vector<Coin>& coins);
    /// Checks and stores code; a problem is the TxResult's failure, `report` collects all of them
    /// for people.
    [[nodiscard]] result<TxResult> store_code(std::string_view sender, bytes_view wasm,
                                              CheckReport* report = nullptr);
    [[nodiscard]] result<TxResult> instantiate(std::string_view sender, u64 code_id,
                                               std::string_view msg,
                                               const InstantiateOptions& options = {});
    [[nodiscard]] result<TxResult> execute(std::string_view sender, std::string_view contract,
                                           std::string_view msg, const TxOptions& options = {});
    [[nodiscard]] result<TxResult> migrate(std::string_view sender, std::string_view contract,
                                           u64 code_id, std::string_view msg,
                                           const TxOptions& options = {});
    [[nodiscard]] result<TxResult> sudo(std::string_view contract, std::string_view msg,
                                        const TxOptions& options = {});

    // --- queries: of the open block, else of the last committed one ------------------------------
    [[nodiscard]] result<QueryResult> query_smart(std::string_view contract, std::string_view msg,
                                                  std::optional<u64> gas_limit = {});
    /// One value of a contract's storage.
    [[nodiscard]] result<std::optional<Bytes>> query_raw(std::string_view contract, bytes_view key);
    /// A CosmWasm QueryRequest in JSON, as a contract would make it; the data is the answer's
    /// payload.
    [[nodiscard]] result<QueryResult> query(std::string_view request,
                                            std::optional<u64> gas_limit = {});
    [[nodiscard]] result<Amount> balance(std::string_view address, std::string_view denom);
    [[nodiscard]] result<std::vector<Coin>> balances(std::string_view address);
    [[nodiscard]] result<std::optional<CodeInfo>> code_info(u64 code_id);
    [[nodiscard]] result<std::optional<ContractInfo>> contract_info(std::string_view address);
    /// All contracts, in the order of their addresses' bytes.
    [[nodiscard]] result<std::vector<ContractInfo>> contracts();

    // --- identity -------------------------------------------------------------------------------
    /// The digest of the committed state (storage::state_hash).
    [[nodiscard]] result<Digest> state_hash() const;
    [[nodiscard]] Digest rules_id() const noexcept;
    /// The address of a 20-byte account that belongs to `name`: the first 20 bytes of
    /// SHA-256(name).
    [[nodiscard]] std::string account(std::string_view name) const;
    [[nodiscard]] const ChainConfig& config() const noexcept;
    [[nodiscard]] Contracts&
    contracts_api() noexcept; ///< the machine below, for stats and analysis

private:
    struct Impl;
    explicit Chain(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace lockstep::contract::simulation

// SPDX-License-Identifier: Apache-2.0
// The message and query machine: what happens inside one transaction. chain.cpp opens and closes
// transactions and blocks around it; contracts.cpp runs contracts, messages.cpp dispatches what
// they send, queries.cpp answers what they ask, bank.cpp moves coins. Private to the simulation.
#pragma once

#include "contract_abi/simulation/chain.hpp"
#include "contract_abi/simulation/state.hpp"

#include <nlohmann/json_fwd.hpp>

namespace lockstep::contract::simulation {

/// What one step of the call tree works on. Events of a step that fails are dropped with its Frame.
struct Frame {
    u64 gas_left = 0;
    u64 used_externally = 0;
    std::vector<Event> events;
    u32 call_depth = 0;
    u32 query_depth = 0;
};

/// A message that a contract sent.
struct SubMessage;
/// What a contract returned.
struct Response;

/// What a message left behind, as wasmd's message server answers.
struct Dispatched {
    std::optional<Bytes> data; ///< the response, in protobuf
    std::string type_url;      ///< its type; empty: none
};

struct NewContract {
    u64 code_id = 0;
    std::string_view msg;
    std::string_view label;
    std::string_view admin;
    std::optional<Bytes> salt; ///< given: instantiate2
    bool fix_msg = false;      ///< the address depends on the message too
};

struct Created {
    Bytes address;
    std::optional<Bytes> data;
};

class Machine {
public:
    Machine(Contracts& contracts, State& state, const ChainConfig& config) noexcept
        : contracts_(contracts), state_(state), config_(config) {}

    Block block;
    u32 tx_index = 0;
    bool in_transaction = false;

    // --- addresses ------------------------------------------------------------------------------
    [[nodiscard]] std::string humanize(bytes_view address) const;
    /// Fails with invalid_address.
    [[nodiscard]] Done<Bytes> canonicalize(std::string_view human) const;

    // --- bank -----------------------------------------------------------------------------------
    [[nodiscard]] Done<> mint(Frame& frame, bytes_view to, const std::vector<Coin>& coins);
    [[nodiscard]] Done<> burn(Frame& frame, bytes_view from, const std::vector<Coin>& coins);
    [[nodiscard]] Done<> send(Frame& frame, bytes_view from, bytes_view to,
                              const std::vector<Coin>& coins);

    // --- contracts ------------------------------------------------------------------------------
    [[nodiscard]] Done<Created> instantiate(Frame& frame, bytes_view sender,
                                            const NewContract& what,
                                            const std::vector<Coin>& funds);
    [[nodiscard]] Done<std::optional<Bytes>> execute(Frame& frame, bytes_view sender,
                                                     bytes_view contract, std::string_view msg,
                                                     const std::vector<Coin>& funds);
    [[nodiscard]] Done<std::optional<Bytes>> migrate(Frame& frame, bytes_view sender,
                                                     bytes_view contract, u64 code_id,
                                                     std::string_view msg);
    [[nodiscard]] Done<std::optional<Bytes>> sudo(Frame& frame, bytes_view contract,
                                                  std::string_view msg);
    [[nodiscard]] Done<std::optional<Bytes>> reply(Frame& frame, bytes_view contract,
                                                   std::string_view reply);
    [[nodiscard]] Done<> set_admin(Frame& frame, bytes_view sender, bytes_view contract,
                                   std::string_view admin);

    // --- queries --------------------------------------------------------------------------------
    [[nodiscard]] Done<Bytes> query_smart(Frame& frame, bytes_view contract, std::string_view msg);
    /// Answers a QueryRequest; the payload only.
    [[nodiscard]] Done<Bytes> query(Frame& frame, std::string_view request);
    /// The same for a contract: the JSON of SystemResult<ContractResult<Binary>>. Stops only for
    /// lack of gas and Faults.
    [[nodiscard]] Done<Bytes> query_result(Frame& frame, std::string_view request);

    [[nodiscard]] Contracts& contracts() noexcept { return contracts_; }
    [[nodiscard]] State& state() noexcept { return state_; }
    [[nodiscard]] const ChainConfig& config() const noexcept { return config_; }
    /// Takes gas that is counted as the contract's own.
    [[nodiscard]] Done<> charge(Frame& frame, u64 gas) const;
    /// `sdk_gas` of the Cosmos SDK in CosmWasm gas.
    [[nodiscard]] u64 from_sdk_gas(u64 sdk_gas) const noexcept;

private:
    [[nodiscard]] std::string env(bytes_view contract) const;
    [[nodiscard]] std::string message_info(bytes_view sender, const std::vector<Coin>& funds) const;
    [[nodiscard]] Done<ContractEntry> require_contract(bytes_view address);
    [[nodiscard]] Done<CodeEntry> require_code(u64 code_id);
    [[nodiscard]] Done<Bytes> new_address(const NewContract& what, const CodeEntry& code,
                                          bytes_view creator);
    /// Runs one entry point of code on a contract's storage; the JSON it returned.
    [[nodiscard]] Done<Bytes> run(Frame& frame, const CodeEntry& code, bytes_view contract,
                                  EntryPoint entry, std::span<const bytes_view> arguments);
    [[nodiscard]] Done<Response> run_for_response(Frame& frame, const CodeEntry& code,
                                                  bytes_view contract, EntryPoint entry,
                                                  std::span<const bytes_view> arguments,
                                                  const ErrorCode& failed);
    /// sudo and reply: env and message, wasmd's event of the entry point's name.
    [[nodiscard]] Done<std::optional<Bytes>> run_plain(Frame& frame, bytes_view contract,
                                                       EntryPoint entry, std::string_view msg);
    [[nodiscard]] Done<std::optional<u64>> migrate_version(const CodeEntry& code);
    /// Emits the contract's events, then sends its messages. The data is the contract's, or the
    /// last reply's.
    [[nodiscard]] Done<std::optional<Bytes>> handle_response(Frame& frame, bytes_view contract,
                                                             Response response);
    [[nodiscard]] Done<std::optional<Bytes>> send_message(Frame& frame, bytes_view contract,
                                                          const SubMessage& message);
    /// Runs the message in a level of its own, within its gas limit; `child` gets the events.
    [[nodiscard]] Done<Dispatched>
    dispatch_in_level(Frame& frame, Frame& child, bytes_view contract, const SubMessage& message);
    [[nodiscard]] Done<Dispatched> dispatch(Frame& frame, bytes_view sender,
                                            const nlohmann::json& message);
    [[nodiscard]] Done<Dispatched> dispatch_bank(Frame& frame, bytes_view sender,
                                                 const nlohmann::json& message);
    [[nodiscard]] Done<Dispatched> dispatch_wasm(Frame& frame, bytes_view sender,
                                                 const nlohmann::json& message);
    [[nodiscard]] Done<Dispatched> dispatch_instantiate(Frame& frame, bytes_view sender,
                                                        const nlohmann::json& message,
                                                        bool predictable);
    [[nodiscard]] Done<Bytes> query_bank(const nlohmann::json& request);
    [[nodiscard]] Done<Bytes> query_wasm(Frame& frame, const nlohmann::json& request);

    Contracts& contracts_;
    State& state_;
    const ChainConfig& config_;
};

/// What storage costs, in SDK gas; the Cosmos SDK's table. Keys count without the namespace in
/// front of them. It is reported as used externally, times Regime::gas_per_sdk_gas.
namespace costs {
inline constexpr u64 read_flat = 1000;
inline constexpr u64 read_byte = 3;
inline constexpr u64 write_flat = 2000;
inline constexpr u64 write_byte = 30;
inline constexpr u64 remove = 1000;
inline constexpr u64 iterator_next = 30; ///< and read_byte per byte of key and value
inline constexpr u64 humanize = 5;       ///< wasmd's prices of the address codec
inline constexpr u64 canonicalize = 4;
inline constexpr u64 validate = 9;
inline constexpr u64 compile_byte = 3; ///< of code that is stored
inline constexpr u64 call = 2000; ///< of any entry point; wasmd's price for code that is loaded
inline constexpr u64 coin = 2 * (read_flat + write_flat); ///< minted, burnt or moved, per denom
} // namespace costs

/// Messages inside messages, and queries inside queries.
inline constexpr u32 max_call_depth = 64;
inline constexpr u32 max_query_depth = 10;

} // namespace lockstep::contract::simulation

// SPDX-License-Identifier: Apache-2.0
// What goes into the simulated chain and what comes out: coins, blocks, messages' results, events.
#pragma once

#include "storage/kv.hpp"
#include "vm/digest.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::contract::simulation {

using storage::Bytes;

/// An amount of a coin. CosmWasm's Uint128; arithmetic here is checked.
using Amount = __uint128_t;

/// Decimal digits, as the bank and the contracts write amounts.
[[nodiscard]] std::string to_string(Amount amount);
/// Nothing unless `text` is 1 to 39 decimal digits of a number below 2^128.
[[nodiscard]] std::optional<Amount> parse_amount(std::string_view text) noexcept;

struct Coin {
    std::string denom;
    Amount amount = 0;
    friend bool operator==(const Coin&, const Coin&) = default;
};

/// Reads "12ulock" or "5atom,12ulock"; nothing if the text is not that.
[[nodiscard]] std::optional<std::vector<Coin>> parse_coins(std::string_view text);

struct Attribute {
    std::string key;
    std::string value;
    friend bool operator==(const Attribute&, const Attribute&) = default;
};

struct Event {
    std::string type;
    std::vector<Attribute> attributes;
    friend bool operator==(const Event&, const Event&) = default;
};

/// The block that transactions run in.
struct Block {
    u64 height = 0;
    u64 time_ns = 0; ///< since 1970
};

/// Why a transaction or a query failed. `code` and `codespace` are wasmd's and bank's; chains hash
/// them, never the text.
struct Failure {
    std::string codespace;
    u32 code = 0;
    std::string text;
    /// The text is the contract's own or a system error, so a reply may see it; otherwise it sees
    /// codespace and code.
    bool visible = false;
};

/// What became of a transaction. Gas is in CosmWasm gas.
struct TxResult {
    std::optional<Failure> failure; ///< absent: success
    std::optional<Bytes> data;
    std::vector<Event> events; ///< empty after a failure
    u64 gas_limit = 0;
    u64 gas_used = 0;             ///< at most gas_limit
    u64 gas_used_externally = 0;  ///< the part of it that the chain's own storage and queries cost
    std::string contract_address; ///< of an instantiation
    u64 code_id = 0;              ///< of stored code
    Digest checksum{};            ///< of stored code

    [[nodiscard]] bool ok() const noexcept { return !failure.has_value(); }
    [[nodiscard]] std::string error() const { return failure ? failure->text : std::string(); }
};

struct QueryResult {
    std::optional<Failure> failure;
    Bytes data; ///< of a smart query: what the contract answered, JSON
    u64 gas_used = 0;

    [[nodiscard]] bool ok() const noexcept { return !failure.has_value(); }
    [[nodiscard]] std::string error() const { return failure ? failure->text : std::string(); }
};

struct CodeInfo {
    u64 code_id = 0;
    std::string creator;
    Digest checksum{};
};

struct ContractInfo {
    std::string address;
    u64 code_id = 0;
    std::string creator;
    std::string admin; ///< empty: none
    std::string label;
};

/// A line a contract wrote with `debug`.
struct DebugLine {
    std::string contract;
    std::string message;
    u64 gas_left = 0;
};

} // namespace lockstep::contract::simulation

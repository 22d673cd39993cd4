// SPDX-License-Identifier: Apache-2.0
// Results of transactions and queries as JSON (what replay logs expect and --json prints) and as
// text.
#pragma once

#include "contract_abi/simulation/types.hpp"
#include "tools/commands.hpp"

namespace lockstep::tools {

namespace sim = contract::simulation;

/// Only what is there: ok, codespace, code, error, gas_used, data (base64), contract, code_id,
/// checksum, events.
[[nodiscard]] Json outcome_json(const sim::TxResult& tx);
/// ok, codespace, code, error, gas_used, data (base64).
[[nodiscard]] Json outcome_json(const sim::QueryResult& query);
[[nodiscard]] std::string outcome_text(const sim::TxResult& tx, const sim::Block& block);

/// Printable text as it is, other bytes in base64.
[[nodiscard]] std::string data_text(bytes_view data);
[[nodiscard]] std::string coins_text(const std::vector<sim::Coin>& coins);

/// The coins of "12ulock,5atom", or a Stop.
[[nodiscard]] std::vector<sim::Coin> coins_of(const std::string& text);

} // namespace lockstep::tools

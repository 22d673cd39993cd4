// SPDX-License-Identifier: Apache-2.0
// The JSON that contracts and chain exchange, as values. Private to the simulation.
#pragma once

#include "contract_abi/simulation/outcome.hpp"

#include <nlohmann/json.hpp>

namespace lockstep::contract::simulation {

enum class ReplyOn : u8 { always, error, success, never };

struct SubMessage {
    u64 id = 0;
    nlohmann::json message;
    Bytes payload;
    std::optional<u64> gas_limit; ///< in SDK gas
    ReplyOn reply_on = ReplyOn::never;
};

struct Response {
    std::vector<SubMessage> messages;
    std::vector<Attribute> attributes;
    std::vector<Event> events;
    std::optional<Bytes> data;
};

/// Reads ContractResult<Response>. The contract's own error becomes the failure `failed`, which
/// replies may see.
[[nodiscard]] Done<Response> parse_response(bytes_view bytes, const ErrorCode& failed);

/// Reads ContractResult<Binary>, what a query returns.
[[nodiscard]] Done<Bytes> parse_query_response(bytes_view bytes);

/// A document, or nothing if the text is no JSON or nests too deep.
[[nodiscard]] std::optional<nlohmann::json> parse_json(std::string_view text);

/// The members of a document. A missing or mistyped one is the failure `invalid_request`, with its
/// name.
[[nodiscard]] Done<std::string> text_member(const nlohmann::json& object, const char* name);
/// The empty text if it is missing or null.
[[nodiscard]] Done<std::string> optional_text_member(const nlohmann::json& object,
                                                     const char* name);
[[nodiscard]] Done<u64> number_member(const nlohmann::json& object, const char* name);
[[nodiscard]] Done<Bytes> binary_member(const nlohmann::json& object, const char* name);
[[nodiscard]] Done<std::vector<Coin>> coins_member(const nlohmann::json& object, const char* name);

/// The one member of an externally tagged enum; an empty name if it is none.
[[nodiscard]] std::pair<std::string, const nlohmann::json*>
variant_of(const nlohmann::json& document);

/// Compact, with keys as they were put in, ill-formed UTF-8 replaced.
[[nodiscard]] std::string write_json(const nlohmann::ordered_json& document);
[[nodiscard]] nlohmann::ordered_json to_json(const Coin& coin);
[[nodiscard]] nlohmann::ordered_json to_json(const std::vector<Coin>& coins);
[[nodiscard]] nlohmann::ordered_json to_json(const std::vector<Event>& events);

} // namespace lockstep::contract::simulation

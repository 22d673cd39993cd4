// SPDX-License-Identifier: Apache-2.0
// Text and JSON at the contract's border: what the host parses, it writes back as serde_json would,
// because its length is paid for. Private to the contract ABI.
#pragma once

#include "vm/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::contract::cosmwasm {

/// JSON nested deeper than this is refused, as serde_json does.
inline constexpr u32 max_json_depth = 128;

/// The chain's answer to a query, parsed as SystemResult<ContractResult<Binary>> and written in its
/// one form. What cannot be parsed becomes the system error invalid_response, as in libwasmvm.
[[nodiscard]] std::string normalize_query_result(bytes_view answer);

/// Whether arrays and objects nest at most max_json_depth deep; true for what is no JSON at all.
[[nodiscard]] bool is_shallow(std::string_view json) noexcept;

/// Standard base64 with padding.
[[nodiscard]] std::string to_base64(bytes_view bytes);
/// Standard base64; padding may be absent, unused bits must be 0.
[[nodiscard]] std::optional<std::vector<u8>> from_base64(std::string_view text);

[[nodiscard]] bool is_utf8(bytes_view bytes) noexcept;
/// Like Rust's from_utf8_lossy: each maximal invalid part becomes U+FFFD.
[[nodiscard]] std::string lossy_utf8(bytes_view bytes);

} // namespace lockstep::contract::cosmwasm

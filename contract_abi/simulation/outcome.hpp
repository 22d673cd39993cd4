// SPDX-License-Identifier: Apache-2.0
// How a step inside a transaction ends early: with a failure that a reply may catch, without gas,
// or with a Fault that nothing catches. Private to the simulation.
#pragma once

#include "contract_abi/checked.hpp"
#include "contract_abi/simulation/types.hpp"

namespace lockstep::contract::simulation {

struct Stop {
    enum class Kind : u8 { failure, out_of_gas, fault };
    Kind kind = Kind::failure;
    Failure failure;
    std::string system_error; ///< of a query: the SystemError's JSON, if it is one
    Error fault{Errc::internal_bug};

    Stop() = default;
    explicit Stop(Failure f) : failure(std::move(f)) {}
    explicit Stop(Error error) : kind(Kind::fault), fault(error) {}
};

template <class T = std::monostate>
using Done = contract::Checked<T, Stop>;

/// One registered error: what replies and block results tell apart.
struct ErrorCode {
    std::string_view codespace;
    u32 code;
    std::string_view description;
};

// wasmd's and the SDK's own numbers.
namespace errors {
inline constexpr ErrorCode create_failed{"wasm", 2, "create wasm contract failed"};
inline constexpr ErrorCode instantiate_failed{"wasm", 4, "instantiate wasm contract failed"};
inline constexpr ErrorCode execute_failed{"wasm", 5, "execute wasm contract failed"};
inline constexpr ErrorCode query_failed{"wasm", 9, "query wasm contract failed"};
inline constexpr ErrorCode migration_failed{"wasm", 11, "migrate wasm contract failed"};
inline constexpr ErrorCode empty{"wasm", 12, "empty"};
inline constexpr ErrorCode limit{"wasm", 13, "exceeds limit"};
inline constexpr ErrorCode invalid{"wasm", 14, "invalid"};
inline constexpr ErrorCode duplicate{"wasm", 15, "duplicate"};
inline constexpr ErrorCode unknown_message{"wasm", 20, "unknown message from the contract"};
inline constexpr ErrorCode invalid_event{"wasm", 21, "invalid event"};
inline constexpr ErrorCode no_such_contract{"wasm", 22, "no such contract"};
inline constexpr ErrorCode query_stack{"wasm", 27, "max query stack size exceeded"};
inline constexpr ErrorCode no_such_code{"wasm", 28, "no such code"};
inline constexpr ErrorCode vm_error{"wasm", 29, "wasmvm error"};
inline constexpr ErrorCode call_depth{"wasm", 30, "max call depth exceeded"};
inline constexpr ErrorCode unauthorized{"sdk", 4, "unauthorized"};
inline constexpr ErrorCode insufficient_funds{"sdk", 5, "insufficient funds"};
inline constexpr ErrorCode invalid_address{"sdk", 7, "invalid address"};
inline constexpr ErrorCode invalid_coins{"sdk", 10, "invalid coins"};
inline constexpr ErrorCode out_of_gas{"sdk", 11, "out of gas"};
inline constexpr ErrorCode invalid_request{"sdk", 18, "invalid request"};
} // namespace errors

/// "what: description", as the SDK words an error that was given more words.
[[nodiscard]] Stop stop(const ErrorCode& code, std::string_view what = {});
[[nodiscard]] Stop out_of_gas();
/// The same stop one level further out: more words, and from there on no reply may see the text.
[[nodiscard]] Stop wrapped(Stop inner, std::string_view where);
/// What a contract may know of a failure: its text if it is visible, else "codespace: x, code: n".
[[nodiscard]] std::string redacted(const Failure& failure);

/// A result of the house's as a Done: every Error in here is a Fault, or a bug, which is one too.
template <class T>
[[nodiscard]] Done<T> must(result<T> from) {
    if (from) return std::move(from).value();
    return Stop(is_fault(from.error()) ? from.error() : Error{Errc::internal_bug});
}
[[nodiscard]] Done<> must(const result<>& from);

} // namespace lockstep::contract::simulation

// SPDX-License-Identifier: Apache-2.0
// What a step of a life came to, and whether that is what it expects. Private to the lives.
#pragma once

#include "conformance/life.hpp"
#include "contract_abi/simulation/types.hpp"

namespace lockstep::conformance {

namespace sim = contract::simulation;

/// The same for every kind of step.
struct Outcome {
    std::optional<std::string> error; ///< "fault NAME" for a Fault
    std::optional<u64> gas;
    std::optional<Json> answer; ///< of a query; of a transaction, its data in base64
    std::vector<sim::Event> events;
    std::string debug;    ///< the last line a contract wrote
    std::string more;     ///< else to be compared: codes of errors, addresses, hashes
    std::string problems; ///< of rejected code, for people
};

[[nodiscard]] Outcome outcome_of(const Error& fault);
[[nodiscard]] Outcome outcome_of(const result<sim::TxResult>& ended);
[[nodiscard]] Outcome outcome_of(const result<sim::QueryResult>& ended);

/// JSON as it is, other text as a string, other bytes in base64.
[[nodiscard]] Json readable(bytes_view bytes);
/// All of it in one line.
[[nodiscard]] std::string to_text(const Outcome& outcome);

/// The members of a step that tell what it expects.
inline constexpr std::string_view expectable[] = {"error", "answer",     "answer_has", "gas_used",
                                                  "debug", "attributes", "events",     "no_events"};

/// How many expectations `step` has of `outcome`, and in words those that it does not fulfil.
struct Verdict {
    usize expectations = 0;
    std::vector<std::string> failures;
};
[[nodiscard]] Verdict judge(const Json& step, const Outcome& outcome);

} // namespace lockstep::conformance

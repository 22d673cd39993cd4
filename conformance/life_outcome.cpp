// SPDX-License-Identifier: Apache-2.0
// A step that does not say `error` expects success.
#include "conformance/life_outcome.hpp"

#include "contract_abi/cosmwasm/json.hpp"

#include <algorithm>

namespace lockstep::conformance {
namespace {

using contract::cosmwasm::to_base64;

Outcome outcome_of(const std::optional<sim::Failure>& failure, u64 gas) {
    Outcome outcome;
    outcome.gas = gas;
    if (!failure) return outcome;
    outcome.error = failure->text;
    outcome.more = failure->codespace + " " + std::to_string(failure->code);
    return outcome;
}

Json to_json(const sim::Event& event) {
    Json attributes = Json::array();
    for (const sim::Attribute& attribute : event.attributes)
        attributes.push_back({attribute.key, attribute.value});
    return {{"type", event.type}, {"attributes", std::move(attributes)}};
}

std::string printable(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool has_attributes(const sim::Event& event, const Json& wanted) {
    return std::all_of(wanted.items().begin(), wanted.items().end(), [&](const auto& item) {
        const sim::Attribute attribute{item.key(), item.value().template get<std::string>()};
        return std::find(event.attributes.begin(), event.attributes.end(), attribute) !=
               event.attributes.end();
    });
}

/// One outcome under judgement.
class Judge {
public:
    explicit Judge(const Outcome& outcome) : outcome_(outcome) {}

    void error(const std::string& wanted) {
        const std::string got = outcome_.error.value_or("");
        const bool held =
            outcome_.error.has_value() == !wanted.empty() && got.find(wanted) != std::string::npos;
        expect(held, wanted.empty() ? "success" : "an error with: " + wanted,
               outcome_.error ? "error: " + got + outcome_.problems : "success");
    }

    void equal(const Json& wanted, const Json& got) {
        expect(got == wanted, printable(wanted), printable(got));
    }

    void at_least(const Json& wanted, const Json& got) {
        expect(has_all(got, wanted), "at least " + printable(wanted), printable(got));
    }

    void event(const std::string& type, const Json& attributes) {
        std::string seen = "only";
        bool found = false;
        for (const sim::Event& event : outcome_.events) {
            found = found || (event.type == type && has_attributes(event, attributes));
            seen += "\n    " + printable(to_json(event));
        }
        expect(found, "an event " + type + " with " + printable(attributes), seen);
    }

    void no_event(const std::string& type) {
        expect(std::none_of(outcome_.events.begin(), outcome_.events.end(),
                            [&](const sim::Event& event) { return event.type == type; }),
               "no event " + type, "one");
    }

    Verdict take() { return std::move(verdict_); }

private:
    void expect(bool held, const std::string& wanted, const std::string& got) {
        ++verdict_.expectations;
        if (!held) verdict_.failures.push_back("expected " + wanted + "\n    got " + got);
    }

    const Outcome& outcome_;
    Verdict verdict_;
};

} // namespace

Outcome outcome_of(const Error& fault) {
    Outcome outcome;
    outcome.error = "fault " + std::string(lockstep::name_of(fault.code));
    return outcome;
}

Outcome outcome_of(const result<sim::TxResult>& ended) {
    if (ended.has_error()) return outcome_of(ended.error());
    const sim::TxResult& tx = ended.value();
    Outcome outcome = outcome_of(tx.failure, tx.gas_used);
    outcome.events = tx.events;
    if (tx.data) outcome.answer = to_base64(*tx.data);
    outcome.more += " external " + std::to_string(tx.gas_used_externally);
    outcome.more += " " + tx.contract_address + " " + to_hex(tx.checksum);
    return outcome;
}

Outcome outcome_of(const result<sim::QueryResult>& ended) {
    if (ended.has_error()) return outcome_of(ended.error());
    Outcome outcome = outcome_of(ended.value().failure, ended.value().gas_used);
    if (ended.value().ok()) outcome.answer = readable(ended.value().data);
    return outcome;
}

Json readable(bytes_view bytes) {
    Json parsed = Json::parse(as_text(bytes), nullptr, false);
    if (!parsed.is_discarded()) return parsed;
    if (contract::cosmwasm::is_utf8(bytes)) return std::string(as_text(bytes));
    return to_base64(bytes);
}

std::string to_text(const Outcome& outcome) {
    Json all{{"debug", outcome.debug}, {"more", outcome.more}, {"events", Json::array()}};
    if (outcome.error) all["error"] = *outcome.error;
    if (outcome.gas) all["gas"] = *outcome.gas;
    if (outcome.answer) all["answer"] = *outcome.answer;
    for (const sim::Event& event : outcome.events)
        all["events"].push_back(to_json(event));
    return printable(all);
}

Verdict judge(const Json& step, const Outcome& outcome) {
    Judge judge(outcome);
    const std::string error = step.value("error", "");
    const Json answer = outcome.answer.value_or(Json());
    judge.error(error);
    if (outcome.error && error.empty()) return judge.take(); // the rest would say nothing new
    if (step.contains("answer")) judge.equal(step["answer"], answer);
    if (step.contains("answer_has")) judge.at_least(step["answer_has"], answer);
    if (step.contains("gas_used")) judge.equal(step["gas_used"], outcome.gas.value_or(0));
    if (step.contains("debug")) judge.equal(step["debug"], outcome.debug);
    if (step.contains("attributes")) judge.event("wasm", step["attributes"]);
    if (step.contains("events"))
        for (const auto& [type, attributes] : step["events"].items())
            judge.event(type, attributes);
    if (step.contains("no_events"))
        for (const Json& type : step["no_events"])
            judge.no_event(type.get<std::string>());
    return judge.take();
}

} // namespace lockstep::conformance

// SPDX-License-Identifier: Apache-2.0
#include "conformance/oracle.hpp"

#include "conformance/commands.hpp"
#include "conformance/files.hpp"
#include "conformance/values.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace lockstep::conformance {
namespace {

using Json = nlohmann::json;

Json to_json(const TypedValues& values) {
    Json list = Json::array();
    for (usize i = 0; i < values.values.size(); ++i)
        list.push_back(to_oracle_text(values.types[i], values.values[i]));
    return list;
}

/// A report in the oracle's words, without what is the same in all of them.
Json to_json(const CallReport& report) {
    if (report.skipped) return {{"outcome", "skipped"}};
    Json host = Json::array();
    for (const HostEvent& event : report.host)
        host.push_back({event.name, std::to_string(event.gas_used), to_json(event.args)});
    Json made = {{"gas_used", std::to_string(report.gas_used)}, {"host", std::move(host)}};
    if (report.trap == Trap::none) {
        made["outcome"] = "ok";
        made["results"] = to_json(report.results);
    } else if (report.trap == Trap::out_of_gas) {
        made["outcome"] = "out_of_gas";
    } else {
        made["outcome"] = "trap";
        made["trap"] = name_of(report.trap);
    }
    return made;
}

/// V8 words a reference in a list as this, whatever its type.
void normalise(Json& report) {
    for (Json& value : report["results"]) {
        const std::string text = value.get<std::string>();
        if (text.ends_with(":null") || text.ends_with(":ref"))
            value = text.substr(text.find(':') + 1);
    }
    if (report["results"].is_null()) report.erase("results");
}

/// What differs first between two reports of a call that do differ.
std::string first_difference(const Json& mine, const Json& theirs) {
    const auto words = [](const std::string& what, const Json& a, const Json& b) {
        return what + ": ours " + a.dump() + ", oracle " + b.dump();
    };
    const Json none;
    const Json& host = mine.value("host", Json::array());
    const Json& other = theirs.value("host", Json::array());
    for (usize i = 0; i < std::max(host.size(), other.size()); ++i) {
        const Json& a = i < host.size() ? host[i] : none;
        const Json& b = i < other.size() ? other[i] : none;
        if (a != b) return words("host call " + std::to_string(i), a, b);
    }
    for (const char* key : {"outcome", "trap", "gas_used", "results"})
        if (mine.value(key, none) != theirs.value(key, none))
            return words(key, mine.value(key, none), theirs.value(key, none));
    return "reports differ";
}

Comparison compare_call(const CallReport& ours, Json theirs, const std::string& which) {
    const bool deep = ours.trap == Trap::stack_overflow ||
                      (theirs.contains("trap") && theirs["trap"] == "stack_overflow");
    if (deep) return {Verdict::incomparable, which + ": stack overflow"};
    normalise(theirs);
    const Json mine = to_json(ours);
    if (mine == theirs) return {};
    return {Verdict::different, which + ": " + first_difference(mine, theirs)};
}

/// The instantiation failed on one side at least.
Comparison compare_failures(const CaseReport& ours, const Json& theirs) {
    const std::string error = theirs.value("error", "none");
    const Trap trap = ours.start.trap;
    if (trap != Trap::none && error == "trap at instantiation: " + std::string(name_of(trap)))
        return {};
    if (ours.error && error != "none") return {};
    const std::string mine =
        ours.error ? std::string(text_of(ours.error->code)) : "start " + to_text(ours.start);
    return {Verdict::different, "ours " + mine + ", oracle error " + error};
}

} // namespace

std::string make_job(const std::filesystem::path& file, std::string_view schedule, u64 limit,
                     const std::vector<Call>& calls) {
    Json list = Json::array();
    for (const Call& call : calls) {
        Json args = Json::array();
        for (usize i = 0; i < call.args.values.size(); ++i) {
            const ValType type = call.args.types[i];
            const u64 bits = call.args.values[i].bits;
            args.push_back(std::string(name_of(type)) + ':' +
                           (is_reference(type) ? "null" : std::to_string(bits)));
        }
        list.push_back({{"export", call.function}, {"args", std::move(args)}});
    }
    return Json{{"file", file.string()},
                {"schedule", schedule},
                {"limit", std::to_string(limit)},
                {"calls", std::move(list)}}
        .dump();
}

Comparison compare_reports(const CaseReport& ours, std::string_view report) {
    const Json theirs = Json::parse(report);
    if (ours.error || theirs.contains("error")) return compare_failures(ours, theirs);
    if (theirs.contains("start")) {
        Comparison start = compare_call(ours.start, theirs["start"], "start");
        if (start.verdict != Verdict::equal) return start;
    } else if (ours.start.trap != Trap::none) {
        return compare_failures(ours, theirs);
    }
    for (usize i = 0; i < ours.calls.size(); ++i) {
        Comparison call =
            compare_call(ours.calls[i], theirs.at("calls").at(i), "call " + std::to_string(i));
        if (call.verdict != Verdict::equal) return call;
    }
    return {};
}

std::vector<std::string> Oracle::run(const std::vector<std::string>& jobs) const {
    std::string text;
    for (const std::string& job : jobs)
        text += job + '\n';
    const std::filesystem::path list = scratch_ / "jobs.jsonl";
    const std::filesystem::path answers = scratch_ / "reports.jsonl";
    write_file(list, text);
    const char* node = std::getenv("NODE");
    run_command(quoted(node == nullptr ? "node" : node) + ' ' + quoted(script_.string()) +
                " --batch " + quoted(list.string()) + " > " + quoted(answers.string()));
    std::vector<std::string> reports;
    std::istringstream lines(read_file(answers));
    for (std::string line; std::getline(lines, line);)
        reports.push_back(std::move(line));
    if (reports.size() != jobs.size()) throw UsageError("the oracle left jobs out");
    return reports;
}

} // namespace lockstep::conformance

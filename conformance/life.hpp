// SPDX-License-Identifier: Apache-2.0
// A life: what a contract goes through on a chain of its own, as data. conformance/contracts/lives
// has one JSON file each; conformance/contracts/README.md describes the format.
#pragma once

#include "conformance/harness.hpp"
#include "contract_abi/simulation/types.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>

namespace lockstep::conformance {

using Json = nlohmann::json;

struct Life {
    std::string name; ///< of the file
    std::vector<std::string> rules;
    std::map<std::string, std::string> codes;    ///< name in the steps: file, .wasm or .wat
    std::map<std::string, std::string> accounts; ///< name: coins they begin with
    std::vector<Json> steps;
};
/// Throws UsageError if the file is not a life.
[[nodiscard]] Life read_life(const std::filesystem::path& path);

/// The bytes of a life's codes by their names.
using Codes = std::map<std::string, std::string>;

/// Addresses by name. In data "@name" as a whole string stands for the address, and so does
/// "@{name}" inside one; {"@base64": X} stands for X as JSON in base64.
class Names {
public:
    void define(const std::string& name, const std::string& address) { all_[name] = address; }
    /// Throws UsageError for a name that nobody defined.
    [[nodiscard]] const std::string& address(const std::string& name) const;
    [[nodiscard]] Json resolve(const Json& data) const;

private:
    [[nodiscard]] std::string resolve_text(const std::string& text) const;
    std::map<std::string, std::string> all_;
};

/// Whether `whole` has all that `part` has: members of objects, items of lists in their places.
[[nodiscard]] bool has_all(const Json& whole, const Json& part);

/// Where a life takes place.
struct Stage {
    Mode mode;
    bool rocksdb = false; ///< otherwise the state is in memory
};
[[nodiscard]] std::string name_of(const Stage& stage);

/// What a step came to. Everything in it must be the same on all stages.
struct StepReport {
    usize step = 0;   ///< from 1
    std::string kind; ///< execute, query, ...
    std::optional<u64> gas;
    std::string outcome; ///< all there is to see: result, data, events, error, gas
};

struct LifeReport {
    std::vector<StepReport> steps;
    std::string state_hash; ///< of the last block
    u64 gas = 0;            ///< of all transactions and queries
    usize expectations = 0; ///< that were held against what happened
    std::vector<std::string> failures;
};

/// Lives the life on a new chain. Throws UsageError where the data makes no sense.
[[nodiscard]] LifeReport run_life(const Life& life, const std::string& rules, const Codes& codes,
                                  Stage stage);

} // namespace lockstep::conformance

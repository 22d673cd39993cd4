// SPDX-License-Identifier: Apache-2.0
// The subcommands of `conformance`, and how they read their command line and tell how they ended.
#pragma once

#include "vm/bytes.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::conformance {

/// What a subcommand ends with; `failed` decides the exit status.
struct Tally {
    u64 passed = 0;
    u64 failed = 0;
    u64 skipped = 0;

    Tally& operator+=(const Tally& other) noexcept {
        passed += other.passed;
        failed += other.failed;
        skipped += other.skipped;
        return *this;
    }
};

/// A wrong command line or a file that cannot be read; main prints it and exits with 2.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The words behind a subcommand. Ask for every flag and option first, then for the rest.
class Arguments {
public:
    explicit Arguments(std::vector<std::string> words) : words_(std::move(words)) {}

    /// Whether `name` is there.
    [[nodiscard]] bool flag(std::string_view name);
    /// The word behind `name`. Throws UsageError if there is none.
    [[nodiscard]] std::optional<std::string> option(std::string_view name);
    [[nodiscard]] std::string option(std::string_view name, std::string_view otherwise);
    /// Words that are not options; they are taken out. Throws UsageError for an option nobody asked
    /// for.
    [[nodiscard]] std::vector<std::string> rest();

private:
    std::vector<std::string> words_;
};

/// `text` as a decimal number. Throws UsageError.
[[nodiscard]] u64 parse_number(std::string_view text);

[[nodiscard]] Tally run_contracts(Arguments arguments); ///< not without CosmWasm
[[nodiscard]] Tally run_spec(Arguments arguments);
[[nodiscard]] Tally run_gas(Arguments arguments);
[[nodiscard]] Tally run_goldens(Arguments arguments);
[[nodiscard]] Tally run_regress(Arguments arguments);

} // namespace lockstep::conformance

// SPDX-License-Identifier: Apache-2.0
// One case run in every way we can run code: each tier, each mode of finding bounds. Results,
// traps, gas, the trace of host calls, and after success globals and memory must be the same; the
// interpreter with explicit checks is the judge.
#pragma once

#include "compiler/compile.hpp"
#include "vm/instance.hpp"

#include <string>
#include <vector>

namespace lockstep::conformance {

/// A way to run code.
struct Mode {
    compiler::Tier tier;
    TrapsMode traps;
    u32 zeal = 0; ///< bits of compiler/zeal.hpp
};
/// All ways a chain runs code; the first is the judge. A new tier is two rows.
[[nodiscard]] std::span<const Mode> modes() noexcept;
/// `interp/explicit`.
[[nodiscard]] std::string name_of(Mode mode);

/// Values with their types; a funcref is 0 or 1, because its address means nothing outside of its
/// Store.
struct TypedValues {
    std::vector<ValType> types;
    std::vector<Value> values;
    friend bool operator==(const TypedValues&, const TypedValues&) = default;
};
/// `[i32:5 f32:0x7fc00000]`
[[nodiscard]] std::string to_text(const TypedValues& values);

/// A call of an exported function. References among the arguments are null.
struct Call {
    std::string function;
    TypedValues args;
};

/// A call of an imported function, which returns zeros.
struct HostEvent {
    std::string name; ///< MODULE.NAME
    u64 gas_used = 0; ///< so far in this call
    TypedValues args;
    friend bool operator==(const HostEvent&, const HostEvent&) = default;
};

struct CallReport {
    bool skipped = false; ///< the instance was no longer fit for calls
    Trap trap = Trap::none;
    TypedValues results{};
    u64 gas_used = 0;
    std::vector<HostEvent> host{};
    friend bool operator==(const CallReport&, const CallReport&) = default;
};
/// `[i32:5], gas 20` or `trap unreachable, gas 3`, with the host calls.
[[nodiscard]] std::string to_text(const CallReport& report);

/// What a case did. After an error there is nothing else. Calls after out of gas and after a start
/// function that trapped are skipped.
struct CaseReport {
    std::optional<Error> error{};
    CallReport start{}; ///< the instantiation: segments and start function
    std::vector<CallReport> calls{};
    TypedValues globals{}; ///< after success of all calls
    u64 memory_pages = 0;  ///< likewise
    u64 memory_digest = 0; ///< likewise
};
/// The first difference in words, or nothing.
[[nodiscard]] std::optional<std::string> find_difference(const CaseReport& judge,
                                                         const CaseReport& other);

/// A module compiled in every mode for one schedule, and once more per traps mode with all zeal.
class Program {
public:
    [[nodiscard]] static result<Program> compile(bytes_view wasm, const Profile& profile,
                                                 const metering::Schedule& schedule);

    [[nodiscard]] const Module& module() const noexcept { return executables_.front()->module; }
    [[nodiscard]] const Executable& executable() const noexcept { return *executables_.front(); }

    /// Instantiates with imports that trace and return zeros, and fresh memories, tables and
    /// globals; then makes the calls in order, each with the whole limit.
    [[nodiscard]] CaseReport run(const std::vector<Call>& calls, u64 gas_limit, Mode mode) const;
    /// The same in every mode: the judge's report, and each difference from it.
    [[nodiscard]] CaseReport run_everywhere(const std::vector<Call>& calls, u64 gas_limit,
                                            std::vector<std::string>& differences) const;

private:
    std::vector<std::shared_ptr<const Executable>> executables_; ///< per mode, then zealous ones
};

} // namespace lockstep::conformance

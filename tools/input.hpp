// SPDX-License-Identifier: Apache-2.0
// What comes in: files, and the names of profiles, schedules, tiers and traps modes on the command
// line.
#pragma once

#include "compiler/compile.hpp"
#include "tools/commands.hpp"
#include "vm/memory.hpp"

namespace lockstep::tools {

inline constexpr u64 max_file_bytes = u64{1} << 30;

/// All bytes of a file of at most 1 GiB, or a Stop that says why not.
[[nodiscard]] std::vector<u8> read_file(const std::string& path);

/// The rules of a compilation as the command line names them. Stops list what there is.
struct Rules {
    std::string profile_name;
    std::string schedule_name; ///< empty: the profile's own, or lockstep-1
    std::string tier_name = "singlepass";

    void add_options(CLI::App& app);
};

/// Rules with their numbers looked up.
struct Numbers {
    explicit Numbers(const Rules& rules, TrapsMode traps = TrapsMode::explicit_checks);

    Profile profile;
    metering::Schedule schedule;
    compiler::Tier tier;
    TrapsMode traps; ///< what native code is made for

    [[nodiscard]] compiler::Options options(Report* report = nullptr,
                                            compiler::CompileStats* stats = nullptr) const {
        return {.profile = profile,
                .schedule = schedule,
                .tier = tier,
                .traps = traps,
                .report = report,
                .stats = stats};
    }
};

/// Ends the name of a profile for code that was stored before.
inline constexpr std::string_view stored_suffix = "-stored";
/// X.Y.Z of a name cosmwasm-X.Y.Z or cosmwasm-X.Y.Z-stored, else empty.
[[nodiscard]] std::string_view cosmwasm_release(std::string_view name) noexcept;

/// How a chain's contracts are run. Nothing that they do depends on it.
struct Running {
    std::string tier = "singlepass";
    std::string traps = "signals";

    void add_options(CLI::App& app);
};
/// The tier of that name, or a Stop.
[[nodiscard]] compiler::Tier tier_of(const std::string& name);

/// Of every --traps.
inline constexpr const char* tier_description = "How code is run: interp or singlepass";
inline constexpr const char* traps_description =
    "How bad memory accesses are found: signals or explicit; results are the same";
/// The traps mode of that name ("explicit", "signals"); where signals do not work here, explicit.
[[nodiscard]] TrapsMode effective_traps(const std::string& name);
[[nodiscard]] std::string_view name_of(TrapsMode traps) noexcept;

/// Reads an argument by its type: decimal or 0x hexadecimal integers, floats with inf, nan and
/// nan:0xBITS, null references. Nothing if the text is not that or out of range.
[[nodiscard]] std::optional<Value> parse_value(std::string_view text, ValType type);
/// The bytes of 0x hexadecimal digits, or of the text itself.
[[nodiscard]] std::vector<u8> parse_bytes(std::string_view text);
/// "i32:-5", "f64:1.5", "f32:nan:0x7fc00000", "funcref:null".
[[nodiscard]] std::string value_text(Value value, ValType type);

} // namespace lockstep::tools

// SPDX-License-Identifier: Apache-2.0
// The choke point: a module becomes an Executable here and nowhere else, so no path runs unmetered
// code; artifact.hpp brings back what was made here. Accept and reject are the validator's alone; a
// tier never refuses a module.
#pragma once

#include "metering/schedule.hpp"
#include "vm/executable.hpp"
#include "vm/memory.hpp"
#include "vm/profile.hpp"

#include <memory>

namespace lockstep::compiler {

/// How code is run. Results, traps and gas do not depend on it.
enum class Tier : u8 { interpreter, singlepass };

[[nodiscard]] std::string_view name_of(Tier tier) noexcept;
/// `interp`, `singlepass`, or Errc::bad_argument.
[[nodiscard]] result<Tier> find_tier(std::string_view name);

/// Nanoseconds per stage and the size of the result; for `vmtool bench`.
struct CompileStats {
    u64 decode_ns = 0;
    u64 lower_ns = 0;
    u64 meter_ns = 0;
    u64 translate_ns = 0; ///< 0 on the interpreter
    u64 ir_bytes = 0;
    u64 native_bytes = 0; ///< 0 on the interpreter
};

struct Options {
    const Profile& profile;
    const metering::Schedule& schedule;
    Tier tier = Tier::singlepass;
    TrapsMode traps = TrapsMode::explicit_checks; ///< that of the Stores the code is for
    u32 zeal = 0;                                 ///< bits of zeal.hpp, for tests
    Report* report = nullptr;                     ///< collects every problem of a rejected module
    CompileStats* stats = nullptr;                ///< measuring costs about 50 ns a function
};

/// Decodes, validates, lowers and meters `wasm`. Errors: the first problem in byte order; faults.
/// Linear in the bytes and declared units. Thread-safe.
[[nodiscard]] result<std::shared_ptr<const Executable>> compile(bytes_view wasm,
                                                                const Options& options);

/// Sets what an Executable keeps of the profile's and the schedule's numbers.
void set_limits(Executable& executable, const Options& options) noexcept;

/// Wasm offset per record of one function of an executable, found by lowering it again; for carets
/// in traps. The options must be those it was compiled with.
[[nodiscard]] result<std::vector<u32>> source_map(const Executable& executable, u32 function,
                                                  const Options& options);

} // namespace lockstep::compiler

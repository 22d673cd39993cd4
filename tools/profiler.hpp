// SPDX-License-Identifier: Apache-2.0
// Where native code spends its time: a map that Linux perf reads, and a sampling profiler of our
// own. Both name Wasm functions.
#pragma once

#include "vm/executable.hpp"

#include <string>

namespace lockstep::tools {

/// Writes /tmp/perf-PID.map, which `perf report` finds by itself: a line for the stubs and for each
/// function. Stops if there is no native code or the file cannot be written.
void write_perf_map(const Executable& executable);

/// Samples the process's CPU time between start() and stop(), as often as the system's clock ticks.
/// One at a time. REQUIRES: the executable outlives it.
class Profiler {
public:
    /// Stops if there is no native code.
    explicit Profiler(const Executable& executable);
    Profiler(const Profiler&) = delete;
    Profiler& operator=(const Profiler&) = delete;
    ~Profiler();

    void start();
    void stop() noexcept;
    /// One line per stack: "outermost;...;innermost COUNT", as flame graph tools read it. Time in
    /// C++ is `host`. Stops if the file cannot be written.
    void write(const std::string& file) const;

private:
    const Executable& executable_;
};

} // namespace lockstep::tools

// SPDX-License-Identifier: Apache-2.0
// A sample is taken in a signal handler. Native frames are nothing but return addresses, so walking
// them is reading words until the one that belongs to the stub that entered.
#include "tools/profiler.hpp"

#include "tools/commands.hpp"
#include "vm/names.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <ranges>

#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

namespace lockstep::tools {
namespace {

constexpr u32 most_frames = 128; ///< the innermost
constexpr u32 in_host = 0xffff'ffff;
constexpr int interval_us = 1000;

/// Written by the handler, read after stop(): samples one behind the other, each its frames from
/// the innermost on and then `end_of_sample`.
struct Samples {
    static constexpr u32 end_of_sample = 0xffff'fffe;
    const NativeCode* code = nullptr;
    std::vector<u32> offsets; ///< places in the code, or in_host
    usize used = 0;
};
Samples samples;

const NativeCode& native_of(const Executable& executable) {
    if (executable.native != nullptr) return *executable.native;
    throw Stop{Exit::usage,
               "there is no native code to look at",
               {},
               "the interpreter runs this module",
               "Choose --tier singlepass."};
}

u64 pc_of(const ucontext_t& context) noexcept {
#if defined(__x86_64__)
    return static_cast<u64>(context.uc_mcontext.gregs[REG_RIP]);
#else
    return context.uc_mcontext.pc;
#endif
}
/// The register that counts native frames.
u64 frames_of(const ucontext_t& context) noexcept {
#if defined(__x86_64__)
    return static_cast<u64>(context.uc_mcontext.gregs[REG_RSP]);
#else
    return context.uc_mcontext.regs[23];
#endif
}

void put(u32 value) noexcept {
    if (samples.used < samples.offsets.size()) samples.offsets[samples.used++] = value;
}

void take_sample(int, siginfo_t*, void* raw) {
    const NativeCode& code = *samples.code;
    const auto& context = *static_cast<const ucontext_t*>(raw);
    const u64 base = reinterpret_cast<u64>(code.base);
    const u32 stubs_end = code.entries.empty() ? code.size : code.entries[0];
    if (samples.used + most_frames + 2 > samples.offsets.size()) return;
    u64 offset = pc_of(context) - base;
    if (offset >= stubs_end && offset < code.size) {
        const u64* frame = reinterpret_cast<const u64*>(frames_of(context));
        for (u32 i = 0; i < most_frames && offset >= stubs_end && offset < code.size; ++i) {
            put(static_cast<u32>(offset));
            offset = *frame++ - base;
        }
    } else {
        put(in_host);
    }
    put(Samples::end_of_sample);
}

/// The function at a place in the code, counted from the first defined one.
u32 function_at(const NativeCode& code, u32 offset) {
    const u32* after = std::upper_bound(code.entries.begin(), code.entries.end(), offset);
    return narrow<u32>(after - code.entries.begin()) - 1;
}

/// Per defined function, without what the formats give a meaning to.
std::vector<std::string> labels(const Executable& executable) {
    const Module& module = executable.module;
    const std::vector<std::string> names = function_names(module);
    std::vector<std::string> labels;
    for (u32 i = module.imported_functions; i < names.size(); ++i) {
        std::string label = names[i].empty() ? "function-" + std::to_string(i) : names[i];
        for (char& c : label)
            if (static_cast<unsigned char>(c) <= ' ' || c == ';' || c == 0x7f) c = '_';
        labels.push_back("wasm:" + label);
    }
    return labels;
}

void must_write(std::ofstream& out, const std::string& file) {
    out.flush();
    if (!out) throw Stop{Exit::environment, "the file could not be written", file, {}, {}};
}

} // namespace

void write_perf_map(const Executable& executable) {
    const NativeCode& code = native_of(executable);
    const std::string file = "/tmp/perf-" + std::to_string(::getpid()) + ".map";
    std::ofstream out(file);
    const std::vector<std::string> names = labels(executable);
    const auto line = [&](u32 begin, u32 end, const std::string& name) {
        out << std::hex << reinterpret_cast<u64>(code.base) + begin << ' ' << end - begin << ' '
            << name << '\n';
    };
    line(0, code.entries.empty() ? code.size : code.entries[0], "lockstep:stubs");
    for (u32 i = 0; i < code.entries.size(); ++i)
        line(code.entries[i], i + 1 < code.entries.size() ? code.entries[i + 1] : code.size,
             names[i]);
    must_write(out, file);
}

Profiler::Profiler(const Executable& executable) : executable_(executable) {
    samples.code = &native_of(executable);
    samples.offsets.resize(usize{8} << 20);
    samples.used = 0;
}

Profiler::~Profiler() { stop(); }

void Profiler::start() {
    struct sigaction action {};
    action.sa_sigaction = take_sample;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    if (::sigaction(SIGPROF, &action, nullptr) != 0)
        throw Stop{Exit::environment, "the profiler could not start"};
    const itimerval every{{0, interval_us}, {0, interval_us}};
    ::setitimer(ITIMER_PROF, &every, nullptr);
}

void Profiler::stop() noexcept {
    const itimerval never{};
    ::setitimer(ITIMER_PROF, &never, nullptr);
}

void Profiler::write(const std::string& file) const {
    const std::vector<std::string> names = labels(executable_);
    std::map<std::string, u64> stacks;
    std::vector<std::string> frames;
    for (const u32 offset : std::span(samples.offsets).first(samples.used)) {
        if (offset != Samples::end_of_sample) {
            frames.push_back(offset == in_host ? "host"
                                               : names[function_at(*samples.code, offset)]);
            continue;
        }
        std::string stack;
        for (const std::string& frame : std::ranges::reverse_view(frames))
            stack += (stack.empty() ? "" : ";") + frame;
        ++stacks[stack];
        frames.clear();
    }
    std::ofstream out(file);
    for (const auto& [stack, count] : stacks)
        out << stack << ' ' << count << '\n';
    must_write(out, file);
}

} // namespace lockstep::tools

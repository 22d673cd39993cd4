// SPDX-License-Identifier: Apache-2.0
// vmtool bench compile: time per stage, size, and peak of memory of compiling files. Each file is
// compiled in a child process of its own, so files do not disturb one another and none can end the
// measurement.
//
// The peak is the high-water mark of resident memory (VmHWM, set back through
// /proc/self/clear_refs) less what was resident before. It is measured in a compilation of its own
// after the timed ones, which have brought in the program's pages; what the allocator kept of them
// is given back first. Linux counts pages per processor in batches, so the figure is exact to about
// 128 KiB, and less than that is often 0.
#include "tools/anatomy.hpp"
#include "tools/input.hpp"
#include "tools/text.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>

#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep::tools {
namespace {

struct Options {
    std::vector<std::string> files;
    u32 repeat = 5;
    std::string traps = "signals";
    Rules rules{.profile_name = "core", .schedule_name = {}};
};

// ---- in the child ----

u64 total(const compiler::CompileStats& stats) {
    return stats.decode_ns + stats.lower_ns + stats.meter_ns + stats.translate_ns;
}

/// A line "Name:  123 kB" of /proc/self/status, in bytes.
u64 status_bytes(std::string_view name) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name))
            return std::strtoull(line.c_str() + name.size() + 1, nullptr, 10) * 1024;
    return 0;
}

bool reset_high_water_mark() {
    std::FILE* file = std::fopen("/proc/self/clear_refs", "w");
    if (file == nullptr) return false;
    const bool written = std::fputs("5", file) >= 0;
    return std::fclose(file) == 0 && written;
}

/// The counters of resident pages are kept per processor.
void stay_on_one_processor() {
    cpu_set_t set;
    CPU_ZERO(&set);
    const int processor = sched_getcpu();
    if (processor < 0) return;
    CPU_SET(static_cast<usize>(processor), &set);
    static_cast<void>(sched_setaffinity(0, sizeof set, &set));
}

Json measure_peak(const std::vector<u8>& wasm, const Numbers& numbers) {
    stay_on_one_processor();
    // The allocator's own thresholds: large blocks are the system's.
    static_cast<void>(mallopt(M_MMAP_THRESHOLD, 128 * 1024));
    static_cast<void>(mallopt(M_TRIM_THRESHOLD, 128 * 1024));
    static_cast<void>(malloc_trim(0));
    if (status_bytes("VmRSS:") == 0 || !reset_high_water_mark()) return {};
    const u64 before = status_bytes("VmHWM:");
    static_cast<void>(compiler::compile(wasm, numbers.options()));
    const u64 peak = status_bytes("VmHWM:");
    return peak > before ? peak - before : 0;
}

/// What one compilation gives back the next one gets, so that pages are brought in once: as in a
/// node that compiles one contract after another.
void keep_freed_memory() {
    static_cast<void>(mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024));
    static_cast<void>(mallopt(M_TRIM_THRESHOLD, 512 * 1024 * 1024));
}

Json measure_file(const std::string& file, const Numbers& numbers, u32 repeat) {
    const std::vector<u8> wasm = read_file(file);
    keep_freed_memory();
    std::optional<compiler::CompileStats> best;
    Json rejected;
    for (u32 i = 0; i < repeat; ++i) {
        compiler::CompileStats stats;
        const auto compiled = compiler::compile(wasm, numbers.options(nullptr, &stats));
        if (compiled.has_error()) {
            if (is_fault(compiled.error()))
                throw stop_for(compiled.error(), "the module could not be compiled", file);
            rejected = name_of(compiled.error().code);
        }
        if (!best || total(stats) < total(*best)) best = stats;
    }
    return {{"file", file},
            {"wasm_bytes", wasm.size()},
            {"code_bytes", Anatomy(wasm).code_bytes()},
            {"rejected", rejected},
            {"stages_ns",
             {{"decode", best->decode_ns},
              {"lower", best->lower_ns},
              {"meter", best->meter_ns},
              {"translate", best->translate_ns}}},
            {"native_bytes", best->native_bytes},
            {"ir_bytes", best->ir_bytes},
            {"peak_bytes", measure_peak(wasm, numbers)}};
}

/// What the child tells: {"ok": ...} or a Stop.
std::string tell(const std::string& file, const Numbers& numbers, u32 repeat) {
    Json told;
    try {
        told["ok"] = measure_file(file, numbers, repeat);
    } catch (const Stop& stop) {
        told = error_json(stop);
    } catch (const std::bad_alloc&) {
        told = error_json({Exit::environment, "the machine is out of memory", file});
    }
    return told.dump(-1, ' ', false, Json::error_handler_t::replace);
}

[[noreturn]] void be_child(int out, const std::string& file, const Numbers& numbers, u32 repeat) {
    const std::string text = tell(file, numbers, repeat);
    usize done = 0;
    while (done < text.size()) {
        const ssize_t n = write(out, text.data() + done, text.size() - done);
        if (n <= 0) _exit(1);
        done += static_cast<usize>(n);
    }
    _exit(0);
}

// ---- in the parent ----

std::string read_all(int in) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t n = read(in, buffer.data(), buffer.size());
        if (n <= 0) return text;
        text.append(buffer.data(), static_cast<usize>(n));
    }
}

Stop died(const std::string& file, int status) {
    const std::string how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                : "status " + std::to_string(WEXITSTATUS(status));
    const bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    return {killed ? Exit::environment : Exit::bug,
            "the compilation ended by " + how,
            file,
            {},
            killed ? "The system kills what takes too much memory; look at its log."
                   : "Please report it with the file."};
}

Json in_child(const std::string& file, const Numbers& numbers, u32 repeat) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw Stop{Exit::environment, "no pipe could be made"};
    const pid_t child = fork();
    if (child < 0) throw Stop{Exit::environment, "no process could be made"};
    if (child == 0) be_child(ends[1], file, numbers, repeat);
    close(ends[1]);
    const std::string text = read_all(ends[0]);
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    Json told = Json::parse(text, nullptr, false);
    if (status != 0 || !told.is_object()) throw died(file, status);
    if (told.contains("ok")) return told["ok"];
    const Json& error = told["error"];
    throw Stop{static_cast<Exit>(error["exit"].get<int>()), error["what"], error["where"],
               error["why"], error["remedy"]};
}

std::string text_of_files(const Json& files) {
    std::vector<std::vector<std::string>> rows = {{"file", "wasm", "code", "decode us", "lower us",
                                                   "meter us", "translate us", "MB/s", "peak KiB",
                                                   "rejected"}};
    for (const Json& file : files) {
        const Json& stages = file["stages_ns"];
        u64 sum = 0;
        rows.push_back({printable(file["file"].get<std::string>()), file["wasm_bytes"].dump(),
                        file["code_bytes"].dump()});
        for (const Json& ns : stages) {
            sum += ns.get<u64>();
            rows.back().push_back(std::to_string(ns.get<u64>() / 1000));
        }
        rows.back().push_back(
            std::to_string(sum == 0 ? 0 : file["code_bytes"].get<u64>() * 1000 / sum));
        rows.back().push_back(file["peak_bytes"].is_null()
                                  ? "?"
                                  : std::to_string(file["peak_bytes"].get<u64>() / 1024));
        rows.back().push_back(file["rejected"].is_null() ? "-"
                                                         : file["rejected"].get<std::string>());
    }
    return table_text(rows);
}

Exit bench_compile(const Options& options, bool json) {
    const Numbers numbers(options.rules, effective_traps(options.traps));
    Json files = Json::array();
    {
        Progress progress("compiling", options.files.size());
        for (const std::string& file : options.files) {
            files.push_back(in_child(file, numbers, options.repeat));
            progress.show(files.size());
        }
    }
    if (json)
        print_json({{"files", std::move(files)}});
    else
        std::cout << text_of_files(files);
    return Exit::ok;
}

constexpr const char* footer = R"(
Compiles each file --repeat times in a process of its own and reports the fastest. With --json:
{"files": [{"file", "wasm_bytes", "code_bytes" (of the code section), "rejected": null or the first
problem's name, "stages_ns": {"decode", "lower", "meter", "translate"}, "native_bytes", "ir_bytes",
"peak_bytes"}]}. peak_bytes is the rise of resident memory, exact to about 128 KiB, or null where the
system does not tell it (tools/README.md); translate and native_bytes are 0 on the interpreter. A
rejected file is no failure.

  vmtool bench compile --profile cosmwasm-3.0.9 --repeat 20 --json contracts/*.wasm)";

} // namespace

void add_bench_compile(CLI::App& bench, Session& session) {
    CLI::App* app =
        bench.add_subcommand("compile", "How long compilation takes, and how much memory");
    const auto options = std::make_shared<Options>();
    app->add_option("FILE", options->files, "Modules")->required();
    app->add_option("--traps", options->traps, "What native code is made for: signals or explicit")
        ->capture_default_str();
    app->add_option("--repeat", options->repeat, "Compilations of each file")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000'000));
    options->rules.add_options(*app);
    app->footer(footer);
    app->callback([options, &session] {
        session.action = [options, &session] { return bench_compile(*options, session.json); };
    });
}

} // namespace lockstep::tools

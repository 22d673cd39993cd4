// SPDX-License-Identifier: Apache-2.0
// vmtool compile: a module as code in a file, for this machine or another.
#include "tools/compiled_file.hpp"
#include "tools/text.hpp"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lockstep::tools {
namespace {

struct Options {
    std::string file;
    std::string out;
    std::string target;
    std::string traps = "signals";
    std::string key_file;
    Rules rules{.profile_name = "core", .schedule_name = {}, .tier_name = "singlepass"};
};

/// Whatever works on this machine: the code may be for another.
TrapsMode traps_of(const std::string& name) {
    return name == "signals" ? TrapsMode::signals : effective_traps(name);
}

std::optional<compiler::Target> target_of(const Options& options, compiler::Tier tier) {
    if (tier == compiler::Tier::interpreter) {
        if (options.target.empty()) return {};
        throw Stop{Exit::usage,
                   "the tier interp makes no code for a target",
                   {},
                   {},
                   "Leave --target out, or choose --tier singlepass."};
    }
    if (options.target == "x64") return compiler::Target::x64;
    if (options.target == "a64") return compiler::Target::a64;
    if (options.target.empty() && compiler::host_target()) return compiler::host_target();
    if (options.target.empty())
        throw Stop{Exit::usage,
                   "no tier makes code for this machine",
                   {},
                   "code is for arm64, or x86-64-v3 (AVX2, BMI2)",
                   "Name another machine's --target, or choose --tier interp."};
    throw Stop{Exit::usage,
               "there is no target \"" + printable(options.target) + "\"",
               {},
               {},
               "Choose one of: x64, a64."};
}

compiler::GeneratedCode generate(const Executable& executable, TrapsMode traps,
                                 compiler::Target target, const std::string& file) {
    auto code = compiler::generate(executable, traps, target);
    if (code.has_value()) return std::move(code).assume_value();
    if (code.error().code == Errc::bad_argument)
        throw Stop{Exit::usage,
                   "this build makes no code for " + std::string(compiler::baseline_of(target)),
                   {},
                   {},
                   "Leave --target out, or use a build that has that target."};
    throw stop_for(code.error(), "the module could not be compiled", file);
}

[[noreturn]] void cannot_write(const std::string& path) {
    throw Stop{Exit::environment, "the compiled file could not be written", path,
               std::strerror(errno), "Check the path, its permissions and free space."};
}

/// Whole or not at all.
void write_file(const std::string& path, const std::vector<u8>& bytes) {
    std::string fresh = path + ".new-XXXXXX";
    const int file = mkostemp(fresh.data(), O_CLOEXEC);
    if (file < 0) cannot_write(path);
    usize done = 0;
    while (done < bytes.size()) {
        const ssize_t n = write(file, bytes.data() + done, bytes.size() - done);
        if (n <= 0) break;
        done += static_cast<usize>(n);
    }
    const bool written = done == bytes.size() && fchmod(file, 0644) == 0 && fsync(file) == 0;
    if (close(file) == 0 && written && rename(fresh.c_str(), path.c_str()) == 0) return;
    const int reason = errno;
    unlink(fresh.c_str());
    errno = reason;
    cannot_write(path);
}

Exit compile(const Options& options, bool json) {
    Numbers numbers(options.rules, traps_of(options.traps));
    const auto target = target_of(options, numbers.tier);
    const std::vector<u8> wasm = read_file(options.file);
    // The code is made apart, because it may not be for this machine.
    compiler::Options compile_options = numbers.options();
    compile_options.tier = compiler::Tier::interpreter;
    const auto executable =
        compile_module(wasm, options.file, compile_options, numbers.profile.name);
    compiler::ArtifactKey key = compiler::artifact_key(sha256(wasm), numbers.options());
    key.target = target;
    std::optional<MacKey> mac;
    if (!options.key_file.empty()) mac = key_from(options.key_file, true);
    const MacKey* const secret = mac ? &*mac : nullptr;
    const std::vector<u8> bytes =
        need(target ? compiler::seal(*executable,
                                     generate(*executable, numbers.traps, *target, options.file),
                                     key, secret)
                    : compiler::seal(*executable, key, secret),
             "the code could not be sealed", options.file);
    write_file(options.out, bytes);
    const auto header = need(compiler::read_artifact_header(bytes), "the code is damaged");
    if (json) {
        print_json({{"file", options.file},
                    {"out", options.out},
                    {"bytes", bytes.size()},
                    {"wasm_bytes", header.wasm_bytes},
                    {"native_bytes", header.native_bytes},
                    {"functions", header.functions},
                    {"interpreted_functions", header.interpreted},
                    {"tier", compiler::name_of(key.tier)},
                    {"target", compiler::baseline_of(key.target)},
                    {"traps_mode", name_of(key.traps)},
                    {"artifact_key", to_hex(compiler::digest(key))},
                    {"authenticated", mac.has_value()}});
        return Exit::ok;
    }
    std::cout << printable(options.out) << ": " << bytes.size() << " bytes, "
              << compiler::name_of(key.tier) << " for " << compiler::baseline_of(key.target) << ", "
              << name_of(key.traps) << " traps, "
              << (mac ? "authenticated by the key" : "not authenticated") << '\n';
    return Exit::ok;
}

constexpr const char* footer = R"(
OUT holds the module, its metered IR and its code. It runs only on the build of vmtool that made it,
under the same profile and schedule. With --key it carries a tag that only holders of the key can
make; a key file that is not there is made (32 random bytes, mode 0600). Running a compiled file
needs its key, or it is compiled again and compared. With --json: {"file", "out", "bytes",
"wasm_bytes", "native_bytes", "functions", "interpreted_functions", "tier", "target", "traps_mode",
"artifact_key", "authenticated"}.

  vmtool compile fib.wasm -o fib.lockstep --key my.key
  vmtool run --key my.key fib.lockstep fib 20)";

} // namespace

void add_compile(CLI::App& parent, Session& session) {
    CLI::App* app = parent.add_subcommand("compile", "Compile a module into a file");
    const auto options = std::make_shared<Options>();
    app->add_option("FILE", options->file, "A module")->required();
    app->add_option("-o,--out", options->out, "The file to write")->required();
    app->add_option("--target", options->target, "Whose code: x64 or a64; default: this machine's");
    app->add_option("--traps", options->traps, traps_description)->capture_default_str();
    app->add_option("--key", options->key_file, key_description);
    options->rules.add_options(*app);
    app->footer(footer);
    app->callback([options, &session] {
        session.action = [options, &session] { return compile(*options, session.json); };
    });
}

} // namespace lockstep::tools

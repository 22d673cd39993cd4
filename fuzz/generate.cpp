// SPDX-License-Identifier: Apache-2.0
// Writes generated modules to files, so that other programs can use the generator:
//     generate COUNT SEED OUTDIR [--lockstep-1] [--no-floats] [--no-imports] [--no-traps]
//     [--no-endless]
// makes OUTDIR/SEED.wasm, OUTDIR/SEED+1.wasm, ... With "-" for OUTDIR it only says how fast it is.
#include "fuzz/wasm_gen.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace lockstep;

bool set_option(fuzz::GeneratorOptions& options, std::string_view name) {
    if (name == "--lockstep-1") {
        const bool floats = options.floats;
        options = fuzz::GeneratorOptions::lockstep_1();
        options.floats = floats;
    } else if (name == "--no-floats") {
        options.floats = false;
    } else if (name == "--no-imports") {
        options.imports = false;
    } else if (name == "--no-traps") {
        options.traps = false;
    } else if (name == "--no-endless") {
        options.endless = false;
    } else {
        return false;
    }
    return true;
}

bool read_number(std::string_view text, u64& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

bool write_file(const std::filesystem::path& path, const std::vector<u8>& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    file.close();
    return !file.fail();
}

int run(u64 count, u64 seed, const std::string& directory, const fuzz::GeneratorOptions& options) {
    u64 bytes = 0;
    const auto start = std::chrono::steady_clock::now();
    for (u64 i = seed; i != seed + count; ++i) {
        const std::vector<u8> module = fuzz::generate(i, options);
        bytes += module.size();
        if (directory == "-") continue;
        const auto path = std::filesystem::path(directory) / (std::to_string(i) + ".wasm");
        if (!write_file(path, module)) {
            std::fprintf(stderr, "generate: cannot write %s\n", path.c_str());
            return 1;
        }
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    std::printf("%llu modules, %llu bytes, %.0f modules/s\n",
                static_cast<unsigned long long>(count), static_cast<unsigned long long>(bytes),
                static_cast<double>(count) / time.count());
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<usize>(argc));
    fuzz::GeneratorOptions options;
    u64 count = 0;
    u64 seed = 0;
    bool good = argc >= 4 && read_number(arguments[1], count) && read_number(arguments[2], seed);
    for (usize i = 4; good && i < arguments.size(); ++i)
        good = set_option(options, arguments[i]);
    if (!good) {
        std::fputs("usage: generate COUNT SEED OUTDIR|- [--lockstep-1] [--no-floats] "
                   "[--no-imports] [--no-traps] [--no-endless]\n",
                   stderr);
        return 2;
    }
    return run(count, seed, arguments[3], options);
}

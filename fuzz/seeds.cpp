// SPDX-License-Identifier: Apache-2.0
// Runs a target on generated modules without libFuzzer, for compilers and machines that have none:
//     tiers_seeds COUNT SEED
// is fuzz_tiers on the modules of SEED, SEED+1, ... A broken promise ends it, with the seed.
#include "vm/bytes.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const lockstep::u8* data, lockstep::usize size);

namespace {

using namespace lockstep;

constinit volatile std::sig_atomic_t running = 0; // counted from the first seed
u64 first = 0;

/// Ends the process.
void tell_seed(int signal) {
    char text[32];
    char* const end = std::to_chars(text, text + 24, first + static_cast<u64>(running)).ptr;
    constexpr std::string_view label = "seed ";
    (void)!::write(STDERR_FILENO, label.data(), label.size());
    *end = '\n';
    (void)!::write(STDERR_FILENO, text, static_cast<usize>(end - text) + 1);
    ::_exit(128 + signal);
}

bool read_number(std::string_view text, u64& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

/// See input.hpp: choices, the mark of a generated module, its seed.
void run(u64 seed) {
    u8 input[10] = {static_cast<u8>(seed * 7), 64};
    store_le<u64>(input + 2, seed);
    (void)LLVMFuzzerTestOneInput(input, sizeof(input));
}

} // namespace

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<usize>(argc));
    u64 count = 0;
    if (arguments.size() != 3 || !read_number(arguments[1], count) || count > 1'000'000'000 ||
        !read_number(arguments[2], first)) {
        std::fputs("usage: tiers_seeds COUNT SEED\n", stderr);
        return 2;
    }
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGILL})
        (void)std::signal(signal, tell_seed);
    for (u64 i = 0; i < count; ++i) {
        running = static_cast<std::sig_atomic_t>(i);
        run(first + i);
    }
    std::printf("%llu passed, 0 failed\n", static_cast<unsigned long long>(count));
    return 0;
}

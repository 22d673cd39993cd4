// SPDX-License-Identifier: Apache-2.0
// vmtool bench calls: what a step between host and guest costs, and an instance. The modules are
// made here; every figure is the least of several rounds.
#include "tools/input.hpp"
#include "tools/text.hpp"
#include "vm/instance.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>

namespace lockstep::tools {
namespace {

struct Options {
    std::string traps = "signals";
    Rules rules{.profile_name = "core", .schedule_name = {}};
    u32 rounds = 15;
};

using Bytes = std::vector<u8>;

void append(Bytes& to, const Bytes& bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

Bytes leb(u64 value) {
    Bytes bytes;
    do {
        const u8 low = value & 0x7f;
        value >>= 7;
        bytes.push_back(static_cast<u8>(low | (value != 0 ? 0x80 : 0)));
    } while (value != 0);
    return bytes;
}

/// A section, or anything else that has its size in front.
Bytes sized(const Bytes& contents) {
    Bytes bytes = leb(contents.size());
    append(bytes, contents);
    return bytes;
}

void section(Bytes& module, u8 id, const Bytes& contents) {
    module.push_back(id);
    append(module, sized(contents));
}

constexpr u32 image_bytes = 64 * 1024;

/// Imports host.nop; exports empty, calls_host and calls_guest, which call it or a function of
/// their own n times. One page of memory, all of it initialised if `image`.
Bytes make_module(bool image) {
    const Bytes loop_head = {0, 0x03, 0x40}; // no locals; loop
    const Bytes loop_tail = {0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x0b};
    const auto loop_over = [&](u8 callee) {
        Bytes body = loop_head;
        append(body, {0x10, callee});
        append(body, loop_tail);
        return body;
    };
    Bytes module = {0, 'a', 's', 'm', 1, 0, 0, 0};
    section(module, 1, {2, 0x60, 0, 0, 0x60, 1, 0x7f, 0}); // () -> (), (i32) -> ()
    section(module, 2, {1, 4, 'h', 'o', 's', 't', 3, 'n', 'o', 'p', 0, 0});
    section(module, 3, {3, 0, 1, 1});
    section(module, 5, {1, 0, 1});
    section(module, 7, {3,   5,   'e', 'm', 'p', 't', 'y', 0,   1,   4,   'h', 'o',
                        's', 't', 0,   2,   5,   'g', 'u', 'e', 's', 't', 0,   3});
    Bytes code = {3};
    append(code, sized({0, 0x0b}));
    append(code, sized(loop_over(0)));
    append(code, sized(loop_over(1)));
    section(module, 10, code);
    if (image) {
        Bytes data = {1, 0, 0x41, 0, 0x0b};
        append(data, sized(Bytes(image_bytes, 0x5a)));
        section(module, 11, data);
    }
    return module;
}

/// Least nanoseconds of `count` times what `work` does.
template <class Work>
double least_ns(u32 rounds, u32 count, Work&& work) {
    double least = 1e18;
    for (u32 round = 0; round < rounds; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        work(count);
        const std::chrono::duration<double, std::nano> took =
            std::chrono::steady_clock::now() - begin;
        least = std::min(least, took.count() / count);
    }
    return least;
}

std::shared_ptr<const Executable> compile_made(const Bytes& wasm, const Numbers& numbers) {
    return need(compiler::compile(wasm, numbers.options()), "the module could not be compiled");
}

class Calls {
public:
    Calls(const Numbers& numbers, u32 rounds) : numbers_(numbers), rounds_(rounds) {}

    Json measure() {
        Json figures = Json::object();
        Store store(numbers_.traps);
        const Instance& instance = instantiate(store, compile_made(make_module(false), numbers_));
        const auto call = [&](const char* name, std::span<const Value> args) {
            const auto outcome = store.call(*instance.find_function(name), args, no_limit);
            if (need(outcome, "a call failed").trap != Trap::none)
                throw Stop{Exit::bug, "a call of the benchmark trapped"};
        };
        figures["host_to_wasm"] = least_ns(rounds_, 100'000, [&](u32 count) {
            const Func& empty = *instance.find_function("empty");
            for (u32 i = 0; i < count; ++i)
                (void)store.call(empty, {}, no_limit);
        });
        const auto loop = [&](const char* name) {
            return least_ns(rounds_, 1'000'000, [&](u32 count) {
                const Value times[] = {Value::from_i32(count)};
                call(name, times);
            });
        };
        const double host = loop("host");
        const double guest = loop("guest");
        figures["wasm_to_host"] = host;
        figures["wasm_to_wasm"] = guest;
        figures["instantiate"] = instantiations(false);
        figures["instantiate_64_kib_image"] = instantiations(true);
        return figures;
    }

private:
    static constexpr CallOptions no_limit{.gas_limit = ~u64{0}};

    const Instance& instantiate(Store& store, const std::shared_ptr<const Executable>& executable) {
        const Extern imports[] = {&nop_};
        return *need(store.instantiate(executable, imports, no_limit), "it could not start")
                    .instance;
    }
    double instantiations(bool image) {
        const auto executable = compile_made(make_module(image), numbers_);
        return least_ns(rounds_, 2'000, [&](u32 count) {
            for (u32 i = 0; i < count; ++i) {
                Store store(numbers_.traps);
                (void)instantiate(store, executable);
            }
        });
    }

    const Numbers& numbers_;
    u32 rounds_;
    HostFunction nop_{{}, [](HostCall&) { return HostStatus::ok; }, true};
};

Exit bench_calls(const Options& options, bool json) {
    const Numbers numbers(options.rules, effective_traps(options.traps));
    const Json figures = Calls(numbers, options.rounds).measure();
    if (json) {
        print_json({{"tier", compiler::name_of(numbers.tier)},
                    {"traps_mode", name_of(numbers.traps)},
                    {"ns", figures}});
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows = {{"step", "ns"}};
    for (const auto& [name, ns] : figures.items()) {
        char text[32];
        std::snprintf(text, sizeof text, "%.1f", ns.get<double>());
        rows.push_back({name, text});
    }
    std::cout << table_text(rows);
    return Exit::ok;
}

constexpr const char* footer = R"(
host_to_wasm is Store::call of an empty function; wasm_to_host and wasm_to_wasm are one turn of a
loop that calls an empty function of the host or of the module; instantiate makes and releases a
Store with one instance, with 64 KiB of data or without.)";

} // namespace

void add_bench_calls(CLI::App& bench, Session& session) {
    CLI::App* app = bench.add_subcommand("calls", "Steps between host and guest, in nanoseconds");
    const auto options = std::make_shared<Options>();
    app->add_option("--rounds", options->rounds, "The least of so many rounds counts")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app->add_option("--traps", options->traps, traps_description)->capture_default_str();
    options->rules.add_options(*app);
    app->footer(footer);
    app->callback([options, &session] {
        session.action = [options, &session] { return bench_calls(*options, session.json); };
    });
}

} // namespace lockstep::tools

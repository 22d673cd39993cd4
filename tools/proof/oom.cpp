// SPDX-License-Identifier: Apache-2.0
// Running out of memory is a Fault and nothing else:
//     oom CONTRACT [EXPORT [ARGUMENT...]]
// decodes, compiles, instantiates and calls once, and then does it again with every allocation
// (malloc, realloc, new) failing, with that one and all later ones failing, and with every system
// call of a memory or a guest stack failing. Each time the end is a Fault or, where it was not
// needed, the same outcome; nothing is left allocated; and the same once more, without a failure,
// has the same outcome. To be run from a build with AddressSanitizer, too: then nothing is read
// that was given back.
#include "compiler/compile.hpp"
#include "tools/proof/counted_heap.hpp"
#include "vm/guard_fault.hpp"
#include "vm/instance.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace lockstep;

struct Request {
    bytes_view wasm;
    std::string function;
    std::vector<Value> args;
    TrapsMode traps = TrapsMode::explicit_checks;
};

/// A Fault, an Error, or an outcome.
struct Ending {
    Errc error{};
    Trap trap = Trap::none;
    u64 gas = 0;
    u64 value = 0;
    friend bool operator==(const Ending&, const Ending&) = default;
};

Ending of(const Error& error) { return {error.code, Trap::none, 0, 0}; }

u32 attempts = 0;

/// Host functions that answer zeros; made before anything is counted.
std::vector<HostFunction> make_hosts(const Request& request, const Profile& profile) {
    std::vector<HostFunction> hosts;
    const auto module = decode(request.wasm, profile);
    if (module.has_error()) return hosts;
    for (const Import& import : module.value().imports) {
        FuncType type = module.value().func_type(import.type);
        const usize results = type.results.size();
        hosts.push_back({std::move(type), [results](HostCall& call) {
                             std::fill_n(call.slots(), results, Slot{0});
                             return HostStatus::ok;
                         }});
    }
    return hosts;
}

Ending compile_and_call(const Request& request, const compiler::Options& options,
                        std::span<const Extern> imports, MemoryPool& pool) {
    const auto made = compiler::compile(request.wasm, options);
    if (made.has_error()) return of(made.error());
    Store store(request.traps, pool);
    const auto instance = store.instantiate(made.value(), imports, {.gas_limit = 1'000'000'000});
    if (instance.has_error()) return of(instance.error());
    const Func* function = instance.value().instance->find_function(request.function);
    if (function == nullptr) return {Errc::unknown_export, Trap::none, 0, 0};
    const auto outcome = store.call(*function, request.args, {.gas_limit = 1'000'000'000});
    if (outcome.has_error()) return of(outcome.error());
    return {Errc{}, outcome.value().trap, outcome.value().gas_used,
            outcome.value().values.empty() ? 0 : outcome.value().values[0].bits};
}

/// What one attempt took.
struct Taken {
    Ending ending;
    u64 allocations = 0;
    u64 system_calls = 0;
    i64 blocks_left = 0;
};

/// One attempt with the `heap_call`-th allocation and the `system_call`-th system call failing (0:
/// none).
Taken attempt(const Request& request, const std::vector<HostFunction>& hosts, u64 heap_call,
              u64 system_call, bool from_then_on = false) {
    Profile profile = core_profile();
    // A guest stack of a size of its own, so that no idle one fits and it has to be mapped.
    profile.max_slots += ++attempts % 4096;
    const metering::Schedule schedule = metering::lockstep_1();
    std::vector<Extern> imports;
    for (const HostFunction& host : hosts)
        imports.emplace_back(&host);
    MemoryPool pool(0);
    Taken taken;
    proof::CountedHeap& heap = proof::counted_heap();
    MemoryTestHooks& hooks = memory_test_hooks();
    heap = {};
    heap.fail_at = heap_call;
    heap.fail_on = from_then_on;
    hooks.calls_made = 0;
    hooks.fail_call = system_call;
    {
        const proof::Counting counting;
        taken.ending =
            compile_and_call(request, {.profile = profile, .schedule = schedule}, imports, pool);
    }
    hooks.fail_call = 0;
    taken.allocations = heap.calls;
    taken.system_calls = hooks.calls_made;
    taken.blocks_left = heap.blocks;
    return taken;
}

struct Counts {
    u64 faults = 0;
    u64 not_needed = 0;
    u64 failed = 0;
};

void judge(const char* what, u64 k, const Taken& taken, const Taken& good, bool retried,
           Counts& counts) {
    const bool fault = taken.ending.error == Errc::out_of_memory;
    const bool same = taken.ending == good.ending;
    if (fault)
        ++counts.faults;
    else if (same)
        ++counts.not_needed;
    if ((fault || same) && taken.blocks_left == good.blocks_left && retried) return;
    ++counts.failed;
    std::printf("FAILED: %s %llu: %s, trap %u, %lld blocks left, retry %s\n", what,
                static_cast<unsigned long long>(k),
                taken.ending.error == Errc{} ? "no error"
                                             : std::string(name_of(taken.ending.error)).c_str(),
                static_cast<unsigned>(taken.ending.trap),
                static_cast<long long>(taken.blocks_left - good.blocks_left),
                retried ? "good" : "differs");
}

bool run_mode(Request request, TrapsMode traps) {
    request.traps = traps;
    const std::vector<HostFunction> hosts = make_hosts(request, core_profile());
    for (u32 i = 0; i < 20; ++i) // fills the pools of the process
        (void)attempt(request, hosts, 0, 0);
    const Taken good = attempt(request, hosts, 0, 0);
    const char* mode = traps == TrapsMode::signals ? "signals" : "explicit";
    std::printf(
        "%s: %s, trap %u, gas %llu, value %llu; %llu allocations, %llu system calls\n", mode,
        good.ending.error == Errc{} ? "no error" : std::string(name_of(good.ending.error)).c_str(),
        static_cast<unsigned>(good.ending.trap), static_cast<unsigned long long>(good.ending.gas),
        static_cast<unsigned long long>(good.ending.value),
        static_cast<unsigned long long>(good.allocations),
        static_cast<unsigned long long>(good.system_calls));
    if (good.ending.error != Errc{}) return false;
    Counts counts;
    const auto try_one = [&](const char* what, u64 k, const Taken& taken) {
        judge(what, k, taken, good, attempt(request, hosts, 0, 0).ending == good.ending, counts);
    };
    for (u64 k = 1; k <= good.allocations; ++k) {
        try_one("allocation", k, attempt(request, hosts, k, 0));
        try_one("allocations from", k, attempt(request, hosts, k, 0, true));
    }
    for (u64 k = 1; k <= good.system_calls; ++k)
        try_one("system call", k, attempt(request, hosts, 0, k));
    std::printf(
        "%s: %llu ended in a Fault, %llu were not needed\n%llu passed, %llu failed\n", mode,
        static_cast<unsigned long long>(counts.faults),
        static_cast<unsigned long long>(counts.not_needed),
        static_cast<unsigned long long>(2 * good.allocations + good.system_calls - counts.failed),
        static_cast<unsigned long long>(counts.failed));
    return counts.failed == 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<usize>(argc));
    if (argc < 2) {
        std::fputs("usage: oom CONTRACT [EXPORT [ARGUMENT...]]\n", stderr);
        return 2;
    }
    std::ifstream file(arguments[1], std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "%s cannot be read\n", arguments[1]);
        return 4;
    }
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    Request request{as_bytes(bytes), argc > 2 ? arguments[2] : "allocate", {}};
    for (usize i = 3; i < arguments.size(); ++i)
        request.args.push_back({std::strtoull(arguments[i], nullptr, 0), 0});
    if (argc <= 2) request.args.push_back(Value::from_i32(100));
    bool good = run_mode(request, TrapsMode::explicit_checks);
    if (guard_faults_supported) good = run_mode(request, TrapsMode::signals) && good;
    return good ? 0 : 1;
}

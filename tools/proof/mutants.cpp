// SPDX-License-Identifier: Apache-2.0
// Damaged contracts are rejected or run within gas:
//     mutants N DIR [SEED [PROFILE]]
// takes the *.wasm of DIR in turn, changes one byte of each, compiles it as code that a chain had
// stored, and calls every export with small arguments, imports being answered with zeros. Nothing
// crashes, nothing runs on without end, and both traps modes agree. To be run from a build with
// AddressSanitizer and UBSan.
#include "compiler/compile.hpp"
#include "vm/guard_fault.hpp"
#include "vm/instance.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace lockstep;

constexpr u64 gas_limit = 5'000'000; ///< of a call, about 40,000 operators

struct Contract {
    std::string name;
    std::vector<u8> bytes;
};

struct Counts {
    u64 rejected = 0;
    u64 not_linked = 0; ///< or trapped in a segment
    u64 ran = 0;        ///< modules of which exports were called
    u64 calls = 0;
    u64 returned = 0;
    u64 trapped = 0;
    u64 out_of_gas = 0;
};

/// splitmix64
class Random {
public:
    explicit Random(u64 seed) : state_(seed) {}
    u64 next() {
        state_ += 0x9e3779b97f4a7c15;
        u64 z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

private:
    u64 state_;
};

[[noreturn]] void fail(const std::string& what) {
    std::printf("FAILED: %s\n", what.c_str());
    std::fflush(stdout);
    std::abort();
}

std::vector<Contract> read_contracts(const std::filesystem::path& directory) {
    std::vector<Contract> contracts;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (entry.path().extension() != ".wasm") continue;
        std::ifstream file(entry.path(), std::ios::binary);
        contracts.push_back(
            {entry.path().filename(),
             {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}});
    }
    std::ranges::sort(contracts, {}, &Contract::name);
    return contracts;
}

/// A Store with one instance; host functions answer zeros.
struct World {
    explicit World(TrapsMode traps) : store(traps) {}
    std::vector<HostFunction> hosts;
    Store store;
    Instance* instance = nullptr;
};

std::unique_ptr<World> make_world(const std::shared_ptr<const Executable>& executable,
                                  TrapsMode traps) {
    auto world = std::make_unique<World>(traps);
    const Module& module = executable->module;
    world->hosts.reserve(module.imports.size());
    std::vector<Extern> imports;
    for (const Import& import : module.imports) {
        if (import.kind != ExternKind::function) return nullptr;
        FuncType type = module.func_type(import.type);
        const usize results = type.results.size();
        world->hosts.push_back({std::move(type), [results](HostCall& call) {
                                    std::fill_n(call.slots(), results, Slot{0});
                                    return HostStatus::ok;
                                }});
        imports.emplace_back(&world->hosts.back());
    }
    const auto made = world->store.instantiate(executable, imports, {.gas_limit = gas_limit});
    if (made.has_error()) {
        if (is_fault(made.error())) fail("a fault at instantiation");
        return nullptr;
    }
    if (made.value().trap != Trap::none) return nullptr;
    world->instance = made.value().instance;
    return world;
}

struct Ending {
    Trap trap;
    u64 gas;
    u64 values;
    friend bool operator==(const Ending&, const Ending&) = default;
};

/// Calls every export, each in a new world where the former one is out of gas.
std::vector<Ending> run(const std::shared_ptr<const Executable>& executable, TrapsMode traps) {
    std::vector<Ending> endings;
    std::unique_ptr<World> world = make_world(executable, traps);
    if (world == nullptr) return endings;
    u64 number = 0;
    for (const Export& entry : executable->module.exports) {
        if (entry.kind != ExternKind::function) continue;
        if (world->instance->poisoned()) world = make_world(executable, traps);
        const Func& function = world->instance->function(entry.index);
        std::vector<Value> args;
        for (const ValType type : world->store.type_of(function).params)
            args.push_back(is_reference(type) ? Value{}
                                              : Value::from_i32(static_cast<u32>(number++ % 40)));
        const auto outcome = world->store.call(function, args, {.gas_limit = gas_limit});
        if (outcome.has_error()) fail("a call met a fault");
        Ending ending{outcome.value().trap, outcome.value().gas_used, 0};
        for (const Value& value : outcome.value().values)
            ending.values = ending.values * 31 + value.bits;
        if (ending.gas > gas_limit) fail("a call used more gas than it had");
        endings.push_back(ending);
    }
    return endings;
}

void try_module(const std::vector<u8>& bytes, const compiler::Options& options, Counts& counts) {
    const auto made = compiler::compile(bytes, options);
    if (made.has_error()) {
        if (is_fault(made.error())) fail("a fault while compiling");
        ++counts.rejected;
        return;
    }
    const std::vector<Ending> endings = run(made.value(), TrapsMode::explicit_checks);
    if (guard_faults_supported && run(made.value(), TrapsMode::signals) != endings)
        fail("the traps modes disagree");
    if (endings.empty()) {
        ++counts.not_linked;
        return;
    }
    ++counts.ran;
    for (const Ending& ending : endings) {
        ++counts.calls;
        if (ending.trap == Trap::none)
            ++counts.returned;
        else if (ending.trap == Trap::out_of_gas)
            ++counts.out_of_gas;
        else
            ++counts.trapped;
    }
}

void print(const char* what, const Counts& counts) {
    const auto number = [](u64 value) { return static_cast<unsigned long long>(value); };
    std::printf("%-22s %7llu rejected, %5llu not linked, %7llu ran: %8llu calls, %8llu returned, "
                "%7llu trapped, %6llu out of gas\n",
                what, number(counts.rejected), number(counts.not_linked), number(counts.ran),
                number(counts.calls), number(counts.returned), number(counts.trapped),
                number(counts.out_of_gas));
    std::fflush(stdout);
}

/// What is being tried, for the report of a crash.
std::string trying;
extern "C" void __asan_on_error() { std::printf("FAILED: %s\n", trying.c_str()); }

int run_all(u64 count, const std::vector<Contract>& contracts, u64 seed, const Profile& profile,
            const metering::Schedule& schedule) {
    const compiler::Options options{.profile = profile, .schedule = schedule};
    Counts originals;
    for (const Contract& contract : contracts)
        try_module(contract.bytes, options, originals);
    print("originals", originals);

    Counts counts;
    Random random(seed);
    for (u64 i = 0; i < count; ++i) {
        const Contract& contract = contracts[i % contracts.size()];
        std::vector<u8> bytes = contract.bytes;
        const usize at = random.next() % bytes.size();
        bytes[at] = static_cast<u8>(bytes[at] + 1 + random.next() % 255);
        trying =
            contract.name + ", byte " + std::to_string(at) + " := " + std::to_string(bytes[at]);
        try_module(bytes, options, counts);
        if ((i + 1) % 1000 == 0) print(("after " + std::to_string(i + 1)).c_str(), counts);
    }
    print("mutants", counts);
    std::printf("%llu passed, 0 failed\n", static_cast<unsigned long long>(count));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<usize>(argc));
    const auto number = [&](usize index, u64 otherwise) {
        return arguments.size() > index ? std::strtoull(arguments[index], nullptr, 10) : otherwise;
    };
    if (argc < 3 || argc > 5) {
        std::fputs("usage: mutants N DIR [SEED [PROFILE]]\n", stderr);
        return 2;
    }
    const std::string name = argc > 4 ? arguments[4] : "cosmwasm-3.0.8";
    const auto profile = find_profile(name);
    const auto schedule = metering::find_schedule(name);
    const std::vector<Contract> contracts = read_contracts(arguments[2]);
    if (profile.has_error() || schedule.has_error() || contracts.empty()) {
        std::fputs("mutants: no such profile, or no *.wasm in the directory\n", stderr);
        return 2;
    }
    return run_all(number(1, 0), contracts, number(3, 1), profile.value(), schedule.value());
}

// SPDX-License-Identifier: Apache-2.0
// Damaged contracts are rejected, or do the same in every way we can run code:
//     mutants N DIR [SEED [PROFILE]]
// takes the *.wasm of DIR in turn and changes a few bytes of each, mostly an operator for another
// of its kind or a number inside a function, until N that are still valid have run. Each is
// compiled as code that a chain had stored, on every tier, for both traps modes, and once with
// zeal; every export, the changed functions and some others are called with arguments out of range
// and in range, imports being answered with zeros. Traps, gas, results, the calls of the host with
// their gas, and memory and globals in the end are those of the interpreter with explicit checks.
// Attempt number n of seed s is the first attempt of seed s + n.
#include "compiler/compile.hpp"
#include "tools/proof/random.hpp"
#include "vm/guard_fault.hpp"
#include "vm/instance.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace lockstep;
using proof::Random;

constexpr u64 gas_limit = 5'000'000; ///< of a call, about 40,000 operators
constexpr u32 others_called = 4;     ///< functions called though nobody changed them
constexpr u64 most_divergences = 10; ///< then it is enough

struct Contract {
    std::string name;
    std::vector<u8> bytes;
};

struct Counts {
    u64 rejected = 0;
    u64 not_linked = 0; ///< or trapped in a segment
    u64 ran = 0;        ///< modules of which functions were called
    u64 calls = 0;      ///< on the judge
    u64 returned = 0;
    u64 trapped = 0;
    u64 out_of_gas = 0;
    u64 host_calls = 0;
    u64 divergences = 0;
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

constexpr u64 mix(u64 hash, u64 value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15;
    return hash ^ (hash >> 29);
}

/// A way to run code.
struct Mode {
    const char* name;
    compiler::Tier tier;
    TrapsMode traps;
    bool zeal = false;
};
constexpr std::array modes{
    Mode{"interp/explicit", compiler::Tier::interpreter, TrapsMode::explicit_checks},
    Mode{"interp/signals", compiler::Tier::interpreter, TrapsMode::signals},
    Mode{"singlepass/explicit", compiler::Tier::singlepass, TrapsMode::explicit_checks},
    Mode{"singlepass/signals", compiler::Tier::singlepass, TrapsMode::signals},
    Mode{"zeal/explicit", compiler::Tier::singlepass, TrapsMode::explicit_checks, true},
    Mode{"zeal/signals", compiler::Tier::singlepass, TrapsMode::signals, true}, // one of the two
};

/// A Store with one instance; host functions answer zeros and leave a trace.
struct World {
    explicit World(TrapsMode traps) : store(traps) {}
    std::vector<HostFunction> hosts;
    Store store;
    Instance* instance = nullptr;
    u64 trace = 0;
    u64 host_calls = 0;

    void trace_call(const HostCall& call, usize host) {
        ++host_calls;
        trace = mix(mix(trace, host), call.gas_left());
        for (usize i = 0; i < hosts[host].type.params.size(); ++i)
            if (!is_reference(hosts[host].type.params[i])) trace = mix(trace, call.slots()[i]);
    }
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
        const auto answer = [results, of = world.get(),
                             host = world->hosts.size()](HostCall& call) {
            of->trace_call(call, host);
            std::fill_n(call.slots(), results, Slot{0});
            return HostStatus::ok;
        };
        world->hosts.push_back({std::move(type), answer});
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
    u32 function = 0;
    Trap trap = Trap::none;
    u64 gas = 0;
    u64 values = 0;
    u64 trace = 0;
    friend bool operator==(const Ending&, const Ending&) = default;
};

struct Endings {
    std::vector<Ending> calls;
    u64 state = 0; ///< memory and globals of the last world, and at times of those before
    u64 host_calls = 0;
};

/// References are left out: they are addresses.
u64 state_of(const World& world) {
    u64 state = 0;
    for (const Global* global : world.instance->globals())
        if (!is_reference(global->type.type)) state = mix(state, global->value);
    if (const Memory* memory = world.instance->memory())
        state = mix(state, std::hash<std::string_view>{}(as_text(memory->linear.bytes())));
    return state;
}

/// Half of them as small as lengths, some as large as addresses, some at the edges.
Value argument(ValType type, u64 seed) {
    constexpr std::array<u64, 8> edges{1024,       65'536,       1'048'576,  ~u64{0},
                                       0x80000000, u64{1} << 63, 0x7fc00001, 0x7ff4000000000001};
    if (is_reference(type)) return {};
    u64 bits = (seed >> 8) % 40;
    if (seed % 8 == 1) bits = edges[(seed >> 8) % edges.size()];
    if (seed % 8 == 3) bits = seed >> 16;
    if (seed % 8 >= 5) bits = 1'048'576 - ((seed >> 8) % 4096) * 4;
    return Value::from_i64(type == ValType::i64 || type == ValType::f64 ? bits
                                                                        : bits & 0xffff'ffff);
}

Ending call(World& world, u32 index, u64 seed) {
    const Func& function = world.instance->function(index);
    const FuncTypeView type = world.store.type_of(function);
    std::vector<Value> args;
    for (const ValType param : type.params)
        args.push_back(argument(param, seed = mix(seed, index)));
    const auto outcome = world.store.call(function, args, {.gas_limit = gas_limit});
    if (outcome.has_error()) fail("a call met a fault");
    if (outcome.value().gas_used > gas_limit) fail("a call used more gas than it had");
    Ending ending{index, outcome.value().trap, outcome.value().gas_used, 0, world.trace};
    for (usize i = 0; i < outcome.value().values.size(); ++i)
        if (!is_reference(type.results[i]))
            ending.values = mix(ending.values, outcome.value().values[i].bits);
    return ending;
}

/// Calls all of `functions`, in a new world where the former one is out of gas.
Endings run(const std::shared_ptr<const Executable>& executable, TrapsMode traps,
            const std::vector<u32>& functions, u64 seed) {
    Endings endings;
    std::unique_ptr<World> world = make_world(executable, traps);
    if (world == nullptr) return endings;
    for (const u32 function : functions) {
        if (world->instance->poisoned()) world = make_world(executable, traps);
        const u64 before = world->host_calls;
        endings.calls.push_back(call(*world, function, seed = mix(seed, function)));
        endings.host_calls += world->host_calls - before;
        const bool looks =
            endings.calls.size() % 8 == 0 || endings.calls.size() == functions.size();
        if (looks && !world->instance->poisoned())
            endings.state = mix(endings.state, state_of(*world));
    }
    return endings;
}

struct Mutant {
    std::string name; ///< what was changed
    std::vector<u8> bytes;
    std::vector<u32> places; ///< offsets of the changes
    u64 seed = 0;
};

/// Exports, functions with a changed body, and some others.
std::vector<u32> choose_functions(const Module& module, const Mutant& mutant) {
    std::vector<u32> chosen;
    for (const Export& entry : module.exports)
        if (entry.kind == ExternKind::function) chosen.push_back(entry.index);
    for (u32 i = 0; i < module.bodies.size(); ++i)
        for (const u32 place : mutant.places)
            if (place - module.bodies[i].offset < module.bodies[i].size)
                chosen.insert(chosen.end(), 3, module.imported_functions + i);
    Random random(mutant.seed);
    for (u32 i = 0; i < others_called && !module.functions.empty(); ++i)
        chosen.push_back(static_cast<u32>(random.next() % module.functions.size()));
    return chosen;
}

std::string to_text(const Ending& ending) {
    return "function " + std::to_string(ending.function) + ": " +
           std::string(name_of(ending.trap)) + ", gas " + std::to_string(ending.gas) +
           ", results " + std::to_string(ending.values) + ", trace " + std::to_string(ending.trace);
}

/// The first difference in words; nothing if there is none.
std::string find_difference(const Endings& judge, const Endings& other) {
    if (judge.calls.size() != other.calls.size()) return "one of them does not start";
    for (usize i = 0; i < judge.calls.size(); ++i)
        if (judge.calls[i] != other.calls[i])
            return "call " + std::to_string(i) + ": " + to_text(judge.calls[i]) + " against " +
                   to_text(other.calls[i]);
    return judge.state == other.state ? "" : "memory or globals";
}

void count(const Endings& endings, Counts& counts) {
    ++(endings.calls.empty() ? counts.not_linked : counts.ran);
    counts.host_calls += endings.host_calls;
    for (const Ending& ending : endings.calls) {
        ++counts.calls;
        if (ending.trap == Trap::none)
            ++counts.returned;
        else if (ending.trap == Trap::out_of_gas)
            ++counts.out_of_gas;
        else
            ++counts.trapped;
    }
}

/// Code under test. `options` are those of the judge.
class Trial {
public:
    Trial(const Mutant& mutant, const compiler::Options& options)
        : mutant_(mutant), options_(options) {}

    void run(Counts& counts) {
        const auto executable = compile(modes[0]);
        if (executable == nullptr) {
            ++counts.rejected;
            return;
        }
        const std::vector<u32> functions = choose_functions(executable->module, mutant_);
        const Endings judge = ::run(executable, modes[0].traps, functions, mutant_.seed);
        count(judge, counts);
        for (const Mode& mode : std::span(modes).subspan(1)) {
            if (mode.traps == TrapsMode::signals && !guard_faults_supported) continue;
            if (mode.zeal && (mode.traps == TrapsMode::signals) == (mutant_.seed / 16 % 2 == 0))
                continue;
            const auto same = compile(mode);
            if (same == nullptr) fail("a tier refuses a module");
            const auto difference =
                find_difference(judge, ::run(same, mode.traps, functions, mutant_.seed));
            if (difference.empty()) continue;
            ++counts.divergences;
            std::printf("DIVERGENCE: seed %llu, %s, %s: %s\n",
                        static_cast<unsigned long long>(mutant_.seed), mutant_.name.c_str(),
                        mode.name, difference.c_str());
        }
    }

private:
    [[nodiscard]] std::shared_ptr<const Executable> compile(const Mode& mode) const {
        const u32 zeal = mode.zeal ? static_cast<u32>(mix(2, mutant_.seed)) : 0;
        const auto made = compiler::compile(mutant_.bytes, {.profile = options_.profile,
                                                            .schedule = options_.schedule,
                                                            .tier = mode.tier,
                                                            .traps = mode.traps,
                                                            .zeal = zeal});
        if (made.has_value()) return made.value();
        if (is_fault(made.error())) fail("a fault while compiling");
        return nullptr;
    }

    const Mutant& mutant_;
    const compiler::Options& options_;
};

/// Operators that take and give the same types: one for another leaves a module valid.
constexpr std::array<std::array<u8, 2>, 16> kinds{{
    {0x20, 0x22}, // local.get, set, tee: only sometimes
    {0x28, 0x28}, // loads and stores, by type
    {0x2c, 0x2f},
    {0x30, 0x35},
    {0x36, 0x37},
    {0x3a, 0x3b},
    {0x3c, 0x3e},
    {0x46, 0x4f}, // i32 comparisons
    {0x51, 0x5a}, // i64 comparisons
    {0x67, 0x69}, // i32 clz, ctz, popcnt
    {0x6a, 0x78}, // i32 arithmetic
    {0x79, 0x7b},
    {0x7c, 0x8a}, // i64 arithmetic
    {0xa0, 0xa6}, // f64 arithmetic
    {0xac, 0xad}, // i64.extend_i32
    {0xc0, 0xc1}, // i32.extend
}};

u8 another(u8 byte, Random& random) {
    for (const auto& [first, last] : kinds)
        if (byte >= first && byte <= last)
            return static_cast<u8>(first + random.next() % (u32{last} - first + 1));
    // A number's last byte stays its last byte.
    return static_cast<u8>((byte & 0xc0) | (random.next() & 0x3f));
}

/// A range of bytes: a function's body, or the whole module.
Range choose_range(const Module& module, Random& random) {
    if (random.next() % 8 == 0 || module.bodies.empty())
        return {0, static_cast<u32>(module.bytes.size())};
    return module.bodies[random.next() % module.bodies.size()];
}

Mutant make_mutant(const Contract& contract, const Module& module, u64 seed) {
    Mutant mutant{contract.name, contract.bytes, {}, seed};
    Random random(seed);
    const Range range = choose_range(module, random);
    for (int changes = 1 + std::countr_zero(random.next() | 8); changes != 0; --changes) {
        if (range.size == 0) break;
        const u32 at = range.offset + static_cast<u32>(random.next() % range.size);
        u8& byte = mutant.bytes[at];
        byte = random.next() % 8 == 0 ? static_cast<u8>(random.next()) : another(byte, random);
        if (byte == contract.bytes[at]) continue;
        mutant.places.push_back(at);
        mutant.name += ", byte " + std::to_string(at) + " := " + std::to_string(byte);
    }
    return mutant;
}

void print(const char* what, const Counts& counts) {
    const auto number = [](u64 value) { return static_cast<unsigned long long>(value); };
    std::printf("%-22s %7llu rejected, %5llu not linked, %7llu ran: %8llu calls, %8llu returned, "
                "%7llu trapped, %6llu out of gas, %7llu calls of the host, %llu divergences\n",
                what, number(counts.rejected), number(counts.not_linked), number(counts.ran),
                number(counts.calls), number(counts.returned), number(counts.trapped),
                number(counts.out_of_gas), number(counts.host_calls), number(counts.divergences));
    std::fflush(stdout);
}

/// What is being tried, for the report of a crash.
std::string trying;
extern "C" void __asan_on_error() { std::printf("FAILED: %s\n", trying.c_str()); }

int run_all(u64 count, const std::vector<Contract>& contracts, u64 seed,
            const compiler::Options& options) {
    Counts originals;
    std::vector<Module> modules;
    for (const Contract& contract : contracts) {
        Trial({contract.name, contract.bytes, {}, seed}, options).run(originals);
        auto decoded = decode(contract.bytes, options.profile);
        if (decoded.has_error()) fail(contract.name + " is no module");
        modules.push_back(std::move(decoded).value());
    }
    print("originals", originals);

    Counts counts;
    for (u64 tried = seed; counts.ran < count && counts.divergences < most_divergences; ++tried) {
        const usize which = tried % contracts.size();
        const Mutant mutant = make_mutant(contracts[which], modules[which], tried);
        if (mutant.places.empty()) continue;
        trying = mutant.name;
        const u64 before = counts.ran;
        Trial(mutant, options).run(counts);
        if (counts.ran != before && counts.ran % 1000 == 0) print("mutants so far", counts);
    }
    print("mutants", counts);
    const u64 failed = originals.divergences + counts.divergences;
    std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(counts.ran),
                static_cast<unsigned long long>(failed));
    return failed == 0 ? 0 : 1;
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
    return run_all(number(1, 0), contracts, number(3, 1),
                   {.profile = profile.value(), .schedule = schedule.value()});
}

// SPDX-License-Identifier: Apache-2.0
// Runs every export of a module: it never crashes and always ends. The same run gives the same
// everything on every tier in both traps modes, once more, and with exactly the gas it took; under
// another schedule it differs only in gas, up to the point where gas runs out.
#include "compiler/compile.hpp"
#include "fuzz/check.hpp"
#include "fuzz/input.hpp"
#include "vm/guard_fault.hpp"
#include "vm/instance.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace lockstep::fuzz {
namespace {

/// core with sizes that can be run and compared thousands of times a second.
const Profile& profile() {
    static const Profile small = [] {
        Profile made = core_profile();
        made.limits.memory_pages = 64;
        made.limits.table_elements = 10'000;
        return made;
    }();
    return small;
}

struct Pricing {
    metering::Schedule schedule;
    u64 gas; ///< of a call: about as many operators under each
};

const std::array<Pricing, 3>& pricings() {
    static const std::array<Pricing, 3> all{
        Pricing{metering::lockstep_1(), 60'000},
        Pricing{metering::cosmwasm("3.0.8").value(), 10'000'000},
        Pricing{metering::free_schedule(), 25'000},
    };
    return all;
}

constexpr u64 mix(u64 hash, u64 value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15;
    return hash ^ (hash >> 29);
}

/// What one call did, in terms that are the same in every run.
struct CallRecord {
    Trap trap = Trap::none;
    u64 gas = 0;
    u64 trace = 0; ///< of the host's calls so far
    std::vector<u64> values;
    friend bool operator==(const CallRecord&, const CallRecord&) = default;
};

bool same_but_gas(CallRecord a, CallRecord b) {
    a.gas = b.gas = 0;
    return a == b;
}

class Run {
public:
    Run(std::shared_ptr<const Executable> executable, TrapsMode traps)
        : executable_(std::move(executable)), store_(traps) {
        const Module& module = executable_->module;
        for (const Import& import : module.imports) {
            linkable_ = linkable_ && import.kind == ExternKind::function;
            const u32 number = static_cast<u32>(hosts_.size());
            hosts_.push_back(
                {import.kind == ExternKind::function ? module.func_type(import.type) : FuncType{},
                 [this, number](HostCall& call) { return host(call, number); }});
        }
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    /// Instantiates; false if the module wants something that only another module can give.
    bool start(u64 gas) {
        if (!linkable_) return false;
        std::vector<Extern> imports;
        for (const HostFunction& each : hosts_)
            imports.emplace_back(&each);
        const auto made = store_.instantiate(executable_, imports, {.gas_limit = gas});
        if (made.has_error()) {
            check(!is_fault(made.error()), "instantiation meets no fault");
            return false;
        }
        instance_ = made.value().instance;
        record({made.value().trap, made.value().gas_used, trace_, {}});
        return made.value().trap == Trap::none;
    }

    void call_first_export(u64 gas, u64 seed) { call_exports(gas, seed, 1); }
    void call_exports(u64 gas, u64 seed, usize most = 8) {
        for (const Export& entry : executable_->module.exports) {
            if (ended_ || calls_.size() > most) return;
            if (entry.kind == ExternKind::function)
                call(instance_->function(entry.index), gas, seed = mix(seed, entry.index));
        }
    }

    void call(const Func& function, u64 gas, u64 seed) {
        const FuncTypeView type = store_.type_of(function);
        std::vector<Value> args;
        for (const ValType param : type.params)
            args.push_back(argument(param, seed = mix(seed, args.size())));
        const auto outcome = store_.call(function, args, {.gas_limit = gas});
        check(outcome.has_value(), "a call meets no fault");
        CallRecord made{outcome.value().trap, outcome.value().gas_used, trace_, {}};
        check(made.gas <= gas, "no more gas is used than there is");
        if (made.trap == Trap::none) {
            check(outcome.value().values.size() == type.results.size(), "all results are there");
            for (usize i = 0; i < type.results.size(); ++i)
                made.values.push_back(stable(outcome.value().values[i].bits, type.results[i]));
        }
        record(std::move(made));
    }

    /// Everything that outlives the calls.
    void compare_state(const Run& other) const {
        check(state() == other.state(), "globals and tables are the same");
        const Memory* mine = instance_->memory();
        const Memory* others = other.instance_->memory();
        if (mine == nullptr) return;
        check(mine->view.size == others->view.size, "memories are equally large");
        check(std::memcmp(mine->view.base, others->view.base, mine->view.size) == 0,
              "memories are the same");
    }

    [[nodiscard]] const std::vector<CallRecord>& calls() const { return calls_; }
    [[nodiscard]] bool out_of_gas() const { return ended_; }

private:
    void record(CallRecord made) {
        ended_ = made.trap == Trap::out_of_gas;
        calls_.push_back(std::move(made));
    }

    /// References as numbers of functions.
    [[nodiscard]] u64 stable(u64 bits, ValType type) const {
        if (type == ValType::i32 || type == ValType::f32)
            check(bits <= 0xffff'ffff, "the upper half of a 32-bit value is zero");
        if (type != ValType::funcref || bits == 0) return bits;
        for (u32 i = 0; i < executable_->module.functions.size(); ++i)
            if (reinterpret_cast<Slot>(&instance_->function(i)) == bits) return i + 1;
        fail("a funcref is null or a function of the instance");
    }

    [[nodiscard]] std::vector<u64> state() const {
        std::vector<u64> all;
        for (const Global* global : instance_->globals())
            all.push_back(stable(global->value, global->type.type));
        for (u32 i = 0; i < executable_->module.tables.size(); ++i) {
            const Table& table = *instance_->context().tables[i];
            all.push_back(table.elements.size());
            for (const Slot element : table.elements)
                all.push_back(stable(element, table.type.element));
        }
        return all;
    }

    [[nodiscard]] Value argument(ValType type, u64 seed) const {
        constexpr std::array<u64, 10> edges{
            0,          1,          2,          ~u64{0},      65535,
            0x7fffffff, 0x80000000, 0x7fc00001, u64{1} << 63, 0x3ff0000000000000};
        switch (type) {
        case ValType::funcref:
            return {seed % 2 == 0 ? 0 : reinterpret_cast<Slot>(&instance_->function(0)), 0};
        case ValType::externref: return {seed % 4, 0};
        default: {
            const u64 bits = seed % 4 == 0 ? seed >> 8 : edges[(seed >> 8) % edges.size()];
            return {type == ValType::i64 || type == ValType::f64 ? bits : bits & 0xffff'ffff, 0};
        }
        }
    }

    /// A host that sees, writes, charges, traps and calls back as its arguments say.
    HostStatus host(HostCall& call, u32 number) {
        const FuncType& type = hosts_[number].type;
        trace_ = mix(trace_, number);
        for (u32 i = 0; i < type.params.size(); ++i)
            trace_ =
                mix(trace_, is_reference(type.params[i]) ? call.slots()[i] != 0 : call.slots()[i]);
        const u64 seed = trace_;
        if (const std::span<u8> memory = call.memory(); !memory.empty() && seed % 3 == 0)
            memory[(seed >> 8) % memory.size()] ^= 0x55;
        if (seed % 5 == 0 && !call.charge(seed % 50)) return call.trap(Trap::host_out_of_gas);
        if (seed % 67 == 0) return call.trap(Trap::host_error);
        if (const Instance* caller = call.caller().instance; seed % 7 == 0 && caller != nullptr) {
            const Func& callee =
                caller->function(static_cast<u32>((seed >> 8) % caller->module().functions.size()));
            std::vector<Slot> args(callee.params);
            std::vector<Slot> results(callee.results);
            const HostStatus status = call.call_guest(callee, args, results);
            if (status != HostStatus::ok) return status;
        }
        for (u32 i = 0; i < type.results.size(); ++i) {
            const Value made = argument(type.results[i], seed + i);
            call.slots()[i] = is_reference(type.results[i]) ? 0 : made.bits;
        }
        return HostStatus::ok;
    }

    std::shared_ptr<const Executable> executable_;
    std::vector<HostFunction> hosts_;
    Store store_;
    Instance* instance_ = nullptr;
    std::vector<CallRecord> calls_;
    u64 trace_ = 0;
    bool linkable_ = true;
    bool ended_ = false; ///< out of gas: the instance is poisoned
};

/// A way to run code.
struct Mode {
    compiler::Tier tier = compiler::Tier::interpreter;
    TrapsMode traps = TrapsMode::explicit_checks;
    u32 zeal = 0;
};
/// All ways but the judge's.
constexpr std::array other_modes{
    Mode{compiler::Tier::interpreter, TrapsMode::signals},
    Mode{compiler::Tier::singlepass, TrapsMode::explicit_checks},
    Mode{compiler::Tier::singlepass, TrapsMode::signals},
};

std::shared_ptr<const Executable> compile(bytes_view wasm, const metering::Schedule& schedule,
                                          Mode mode = {}) {
    const auto made = compiler::compile(wasm, {.profile = profile(),
                                               .schedule = schedule,
                                               .tier = mode.tier,
                                               .traps = mode.traps,
                                               .zeal = mode.zeal});
    if (made.has_error()) {
        check(!is_fault(made.error()), "bad bytes are no fault");
        return nullptr;
    }
    return made.value();
}

/// Runs everything; false if nothing could be called.
bool run_all(Run& run, u64 gas, u64 seed) {
    if (!run.start(gas)) return false;
    run.call_exports(gas, seed);
    return true;
}

/// `other` is a run of the same code.
void compare(const Run& run, const Run& other) {
    check(run.calls() == other.calls(), "the same code does the same");
    if (!run.out_of_gas()) run.compare_state(other);
}

/// `other` is a run under another schedule: the same up to where one of the two runs out of gas.
void compare_schedules(const Run& run, const Run& other) {
    const auto& a = run.calls();
    const auto& b = other.calls();
    for (usize i = 0; i < a.size() && i < b.size(); ++i) {
        if (a[i].trap == Trap::out_of_gas || b[i].trap == Trap::out_of_gas) return;
        if (a[i].trap == Trap::host_out_of_gas || b[i].trap == Trap::host_out_of_gas) return;
        check(same_but_gas(a[i], b[i]), "a schedule changes nothing but gas");
    }
    if (!run.out_of_gas() && !other.out_of_gas()) run.compare_state(other);
}

/// The first call needs what it used: with that it ends in the same way, with one less it runs out.
void check_exact_gas(const std::shared_ptr<const Executable>& executable, const Run& run,
                     u64 start_gas, u64 seed) {
    if (run.calls().size() < 2) return;
    const CallRecord& one = run.calls()[1];
    if (one.trap == Trap::out_of_gas || one.trap == Trap::host_out_of_gas) return;
    const auto again = [&](u64 gas) {
        Run fresh(executable, TrapsMode::explicit_checks);
        check(fresh.start(start_gas), "it starts again");
        fresh.call_first_export(gas, seed);
        return fresh.calls().at(1);
    };
    check(again(one.gas) == one, "with exactly its gas a call does the same");
    check(again(~u64{0}) == one, "with all the gas there is a call does the same");
    if (one.gas == 0) return;
    const Trap trap = again(one.gas - 1).trap;
    check(trap == Trap::out_of_gas || trap == Trap::host_out_of_gas,
          "with one gas less it runs out of gas");
}

/// Unpriced operators must not take long either, where prices do not bound them.
bool small(const Module& module) {
    for (const MemoryType& memory : module.memories)
        if (!memory.limits.has_max || memory.limits.max > 8) return false;
    for (const TableType& table : module.tables)
        if (!table.limits.has_max || table.limits.max > 200) return false;
    return true;
}

void run(const Input& input) {
    const Pricing& first = pricings()[0];
    const auto executable = compile(input.module, first.schedule);
    if (executable == nullptr) return;
    const u64 seed = mix(1, input.choice);
    Run explicit_run(executable, TrapsMode::explicit_checks);
    const bool called = run_all(explicit_run, first.gas, seed);
    const auto same_in = [&](Mode mode) {
        if (mode.traps == TrapsMode::signals && !guard_faults_supported) return;
        const auto same = compile(input.module, first.schedule, mode);
        check(same != nullptr, "a tier decides nothing about a module");
        Run other(same, mode.traps);
        check(run_all(other, first.gas, seed) == called, "all modes start");
        if (called) compare(explicit_run, other);
    };
    for (const Mode mode : other_modes)
        same_in(mode);
    const u32 zeal = static_cast<u32>(mix(2, input.choice));
    same_in({compiler::Tier::singlepass,
             (zeal & 16) != 0 ? TrapsMode::signals : TrapsMode::explicit_checks, zeal});
    if (!called) return;

    check_exact_gas(executable, explicit_run, first.gas, seed);

    if (!small(executable->module)) return;
    const Pricing& other = pricings()[1 + input.choice % 2];
    const auto repriced = compile(input.module, other.schedule);
    check(repriced != nullptr, "a schedule decides nothing about a module");
    Run other_run(repriced, TrapsMode::explicit_checks);
    if (run_all(other_run, other.gas, seed)) compare_schedules(explicit_run, other_run);
}

} // namespace
} // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const lockstep::u8* data, lockstep::usize size) {
    lockstep::fuzz::run(lockstep::fuzz::read_input({data, size}));
    return 0;
}

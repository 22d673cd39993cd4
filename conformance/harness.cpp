// SPDX-License-Identifier: Apache-2.0
#include "conformance/harness.hpp"

#include "compiler/zeal.hpp"
#include "conformance/values.hpp"

#include <array>
#include <functional>

namespace lockstep::conformance {
namespace {

constexpr std::array all_modes{
    Mode{compiler::Tier::interpreter, TrapsMode::explicit_checks},
    Mode{compiler::Tier::interpreter, TrapsMode::signals},
    Mode{compiler::Tier::singlepass, TrapsMode::explicit_checks},
    Mode{compiler::Tier::singlepass, TrapsMode::signals},
};
constexpr u32 all_zeal = compiler::zeal_spill | compiler::zeal_shuffle | compiler::zeal_far |
                         compiler::zeal_poison | 0xace << compiler::zeal_seed_shift;
constexpr std::array zealous_modes{
    Mode{compiler::Tier::singlepass, TrapsMode::explicit_checks, all_zeal},
    Mode{compiler::Tier::singlepass, TrapsMode::signals, all_zeal},
};

TypedValues make_comparable(std::span<const ValType> types, std::span<const Value> values) {
    TypedValues made{{types.begin(), types.end()}, {values.begin(), values.end()}};
    for (usize i = 0; i < types.size(); ++i)
        if (types[i] == ValType::funcref) made.values[i] = Value::from_i64(values[i].bits != 0);
    return made;
}

/// One instance of a program and what its host sees.
class Run {
public:
    Run(std::shared_ptr<const Executable> executable, TrapsMode traps, u64 gas_limit)
        : store_(traps), executable_(std::move(executable)), module_(executable_->module),
          limit_(gas_limit) {}

    CaseReport run(const std::vector<Call>& calls);

private:
    result<std::vector<Extern>> make_imports();
    result<Extern> make_import(const Import& import);
    HostStatus trace(const std::string& name, const FuncType& type, HostCall& call);
    result<CallReport> call(const Call& call);
    void look_at_state(CaseReport& report);

    Store store_;
    std::shared_ptr<const Executable> executable_;
    const Module& module_;
    u64 limit_;
    Instance* instance_ = nullptr;
    std::vector<HostEvent> host_;
};

HostStatus Run::trace(const std::string& name, const FuncType& type, HostCall& call) {
    std::vector<Value> args;
    for (usize i = 0; i < type.params.size(); ++i)
        args.push_back(Value::from_i64(call.slots()[i]));
    host_.push_back({name, limit_ - call.gas_left(), make_comparable(type.params, args)});
    for (usize i = 0; i < type.results.size(); ++i)
        call.slots()[i] = 0;
    return HostStatus::ok;
}

template <class T>
result<Extern> as_extern(result<T> made) {
    if (made.has_error()) return made.error();
    return Extern(made.value());
}

result<Extern> Run::make_import(const Import& import) {
    switch (import.kind) {
    case ExternKind::function: {
        const FuncType type = module_.func_type(import.type);
        const std::string name =
            std::string(module_.text(import.module)) + '.' + std::string(module_.text(import.name));
        return as_extern(store_.add_function(
            {type, [this, name, type](HostCall& call) { return trace(name, type, call); }}));
    }
    case ExternKind::table: return as_extern(store_.add_table(module_.tables[import.type]));
    case ExternKind::memory:
        return as_extern(store_.add_memory(module_.memories[import.type].limits));
    case ExternKind::global:
        return as_extern(store_.add_global(module_.globals[import.type].type, {}));
    }
    return Error{Errc::internal_bug};
}

result<std::vector<Extern>> Run::make_imports() {
    std::vector<Extern> imports;
    for (const Import& import : module_.imports) {
        auto made = make_import(import);
        if (made.has_error()) return made.error();
        imports.push_back(made.value());
    }
    return imports;
}

result<CallReport> Run::call(const Call& call) {
    host_.clear();
    const Func* function = instance_->find_function(call.function);
    if (function == nullptr) return Error{Errc::unknown_export};
    auto outcome = store_.call(*function, call.args.values, {.gas_limit = limit_});
    if (outcome.has_error()) return outcome.error();
    CallReport report{.trap = outcome.value().trap, .gas_used = outcome.value().gas_used};
    report.host = std::move(host_);
    if (report.trap == Trap::none)
        report.results = make_comparable(store_.type_of(*function).results, outcome.value().values);
    return report;
}

void Run::look_at_state(CaseReport& report) {
    std::vector<ValType> types;
    std::vector<Value> values;
    for (const Global* global : instance_->globals()) {
        types.push_back(global->type.type);
        values.push_back(Value::from_i64(global->value));
    }
    report.globals = make_comparable(types, values);
    if (const Memory* memory = instance_->memory()) {
        report.memory_pages = memory->linear.pages();
        report.memory_digest = std::hash<std::string_view>{}(as_text(memory->linear.bytes()));
    }
}

CaseReport Run::run(const std::vector<Call>& calls) {
    CaseReport report;
    const auto fail = [&](Error error) {
        report = {.error = error};
        return report;
    };
    const auto imports = make_imports();
    if (imports.has_error()) return fail(imports.error());
    const auto made = store_.instantiate(executable_, imports.value(), {.gas_limit = limit_});
    if (made.has_error()) return fail(made.error());
    instance_ = made.value().instance;
    report.start.trap = made.value().trap;
    report.start.gas_used = made.value().gas_used;
    report.start.host = std::move(host_);
    bool over = report.start.trap != Trap::none;
    bool success = !over;
    for (const Call& each : calls) {
        if (over) {
            report.calls.push_back({.skipped = true});
            continue;
        }
        auto called = call(each);
        if (called.has_error()) return fail(called.error());
        over = called.value().trap == Trap::out_of_gas;
        success = success && called.value().trap == Trap::none;
        report.calls.push_back(std::move(called).value());
    }
    if (success) look_at_state(report);
    return report;
}

std::string number(u64 value) { return std::to_string(value); }

} // namespace

std::span<const Mode> modes() noexcept { return all_modes; }

std::string name_of(Mode mode) {
    return std::string(compiler::name_of(mode.tier)) +
           (mode.traps == TrapsMode::signals ? "/signals" : "/explicit") +
           (mode.zeal != 0 ? "/zeal" : "");
}

std::string to_text(const TypedValues& values) {
    std::string text = "[";
    for (usize i = 0; i < values.values.size(); ++i)
        text += (i == 0 ? "" : " ") + to_text(values.types[i], values.values[i]);
    return text + "]";
}

std::string to_text(const CallReport& report) {
    if (report.skipped) return "skipped";
    std::string text = report.trap == Trap::none ? to_text(report.results)
                                                 : "trap " + std::string(name_of(report.trap));
    text += ", gas " + number(report.gas_used);
    for (const HostEvent& event : report.host)
        text += ", " + event.name + to_text(event.args) + " at " + number(event.gas_used);
    return text;
}

std::optional<std::string> find_difference(const CaseReport& judge, const CaseReport& other) {
    const auto differ = [](std::string what, const std::string& a, const std::string& b) {
        return std::move(what) + ": " + a + " against " + b;
    };
    const auto error = [](const CaseReport& report) {
        return std::string(report.error ? name_of(report.error->code) : "none");
    };
    if (judge.error != other.error) return differ("error", error(judge), error(other));
    if (judge.start != other.start)
        return differ("start", to_text(judge.start), to_text(other.start));
    for (usize i = 0; i < judge.calls.size(); ++i)
        if (judge.calls[i] != other.calls[i])
            return differ("call " + number(i), to_text(judge.calls[i]), to_text(other.calls[i]));
    if (judge.globals != other.globals)
        return differ("globals", to_text(judge.globals), to_text(other.globals));
    if (judge.memory_pages != other.memory_pages)
        return differ("memory pages", number(judge.memory_pages), number(other.memory_pages));
    if (judge.memory_digest != other.memory_digest) return "contents of the memory";
    return std::nullopt;
}

result<Program> Program::compile(bytes_view wasm, const Profile& profile,
                                 const metering::Schedule& schedule) {
    Program program;
    for (const std::span<const Mode> some : {modes(), std::span<const Mode>(zealous_modes)})
        for (const Mode mode : some) {
            auto made =
                compiler::compile(wasm, {profile, schedule, mode.tier, mode.traps, mode.zeal});
            if (made.has_error()) return made.error();
            program.executables_.push_back(std::move(made).value());
        }
    return program;
}

CaseReport Program::run(const std::vector<Call>& calls, u64 gas_limit, Mode mode) const {
    usize i = 0;
    while (modes()[i].tier != mode.tier || modes()[i].traps != mode.traps)
        ++i;
    return Run(executables_[i], mode.traps, gas_limit).run(calls);
}

CaseReport Program::run_everywhere(const std::vector<Call>& calls, u64 gas_limit,
                                   std::vector<std::string>& differences) const {
    CaseReport judge = run(calls, gas_limit, modes()[0]);
    const auto compare = [&](Mode mode, const CaseReport& report) {
        const auto difference = find_difference(judge, report);
        if (difference) differences.push_back(name_of(mode) + ": " + *difference);
    };
    for (const Mode mode : modes().subspan(1))
        compare(mode, run(calls, gas_limit, mode));
    for (usize i = 0; i < zealous_modes.size(); ++i) {
        const auto& executable = executables_[modes().size() + i];
        const Mode mode = zealous_modes[i];
        compare(mode, Run(executable, mode.traps, gas_limit).run(calls));
    }
    return judge;
}

} // namespace lockstep::conformance

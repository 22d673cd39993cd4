// SPDX-License-Identifier: Apache-2.0
// Runs whole modules and tells everything that can be seen, for the scripts that compare lockstep
// with others:
//     witness GAS MODES FILE...
// calls each exported function once, in order, with arguments that follow from its number; imported
// functions answer with zeros. Prints one line of JSON a module, in the words of conformance/gas.
// GAS is for each call. MODES is a list of interp, explicit, signals and zeal: the interpreter, and
// the single pass with explicit checks, with guard pages and, under both, with zeal. All of them
// must see the same, or it ends with status 1.
#include "compiler/compile.hpp"
#include "compiler/zeal.hpp"
#include "vm/digest.hpp"
#include "vm/instance.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <list>

namespace {

using namespace lockstep;
using Json = nlohmann::json;

struct Mode {
    compiler::Tier tier;
    TrapsMode traps;
    u32 zeal = 0;
};

constexpr u64 mix(u64 hash, u64 value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15;
    return hash ^ (hash >> 29);
}

bool is_nan(ValType type, u64 bits) {
    if (type == ValType::f32) return std::isnan(std::bit_cast<f32>(static_cast<u32>(bits)));
    return type == ValType::f64 && std::isnan(std::bit_cast<f64>(bits));
}

std::string text(ValType type, u64 bits) {
    const std::string name(name_of(type));
    if (is_reference(type)) return name + (bits == 0 ? ":null" : ":ref");
    return name + ":" + (is_nan(type, bits) ? "nan" : std::to_string(bits));
}

/// Often the edge of something. Not a NaN: V8 gets floats as numbers, without payloads.
u64 argument(ValType type, u64 seed) {
    constexpr std::array<u64, 9> edges{
        0, 1, 2, ~u64{0}, 65535, 0x7fffffff, 0x80000000, u64{1} << 63, 0x3ff0'0000'0000'0000};
    if (is_reference(type)) return 0;
    const u64 bits = seed % 4 == 0 ? seed >> 8 : edges[(seed >> 8) % edges.size()];
    const bool wide = type == ValType::i64 || type == ValType::f64;
    const u64 fit = wide ? bits : bits & 0xffff'ffff;
    return is_nan(type, fit) ? 0 : fit;
}

class Run {
public:
    Run(std::shared_ptr<const Executable> executable, TrapsMode traps, u64 gas)
        : executable_(std::move(executable)), store_(traps), gas_(gas) {}
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    [[nodiscard]] Json all() {
        if (!link()) return {{"error", stopped_ ? "cut" : "not linked"}};
        for (const Export& entry : module().exports)
            if (entry.kind == ExternKind::function && !stopped_) call(entry);
        if (!stopped_) add_state();
        return std::move(seen_);
    }

private:
    [[nodiscard]] const Module& module() const { return executable_->module; }

    bool link() {
        std::vector<Extern> imports;
        for (const Import& import : module().imports) {
            if (import.kind != ExternKind::function) return false;
            imports.emplace_back(&add_host(import));
        }
        const auto made = store_.instantiate(executable_, imports, {.gas_limit = gas_});
        if (made.has_error()) return false;
        stopped_ = stops(made.value().trap);
        instance_ = made.value().instance;
        return made.value().trap == Trap::none;
    }
    /// Behind the end of gas or of the stack nobody else is where we are.
    static bool stops(Trap trap) {
        return trap == Trap::out_of_gas || trap == Trap::stack_overflow;
    }
    const HostFunction& add_host(const Import& import) {
        FuncType type = module().func_type(import.type);
        std::string name(module().text(import.module));
        name.append(".").append(module().text(import.name));
        return hosts_.emplace_back(HostFunction{type, [this, type, name](HostCall& call) {
                                                    note(name, type.params, call.slots());
                                                    std::fill_n(call.slots(), type.results.size(),
                                                                Slot{0});
                                                    return HostStatus::ok;
                                                }});
    }
    void note(const std::string& name, std::span<const ValType> types, const Slot* slots) {
        Json args = Json::array();
        for (usize i = 0; i < types.size(); ++i)
            args.push_back(text(types[i], slots[i]));
        called_.push_back({name, std::move(args)});
    }

    void call(const Export& entry) {
        const Func& function = instance_->function(entry.index);
        const FuncTypeView type = store_.type_of(function);
        std::vector<Value> values;
        Json args = Json::array();
        u64 seed = mix(1, entry.index);
        for (const ValType param : type.params) {
            values.push_back({argument(param, seed = mix(seed, 1)), 0});
            args.push_back(text(param, values.back().bits));
        }
        called_ = Json::array();
        const auto outcome = store_.call(function, values, {.gas_limit = gas_});
        if (outcome.has_error()) throw std::runtime_error("a call met a fault");
        Json made = report(outcome.value(), type.results);
        made["export"] = module().text(entry.name);
        made["args"] = std::move(args);
        made["host"] = std::move(called_);
        seen_["calls"].push_back(std::move(made));
    }
    Json report(const Outcome& outcome, std::span<const ValType> types) {
        const std::string gas = std::to_string(outcome.gas_used);
        stopped_ = stops(outcome.trap);
        if (outcome.trap == Trap::out_of_gas) return {{"outcome", "out_of_gas"}, {"gas_used", gas}};
        if (outcome.trap != Trap::none)
            return {{"outcome", "trap"}, {"trap", name_of(outcome.trap)}, {"gas_used", gas}};
        Json results = Json::array();
        for (usize i = 0; i < types.size(); ++i)
            results.push_back(text(types[i], outcome.values[i].bits));
        return {{"outcome", "ok"}, {"results", std::move(results)}, {"gas_used", gas}};
    }

    void add_state() {
        Json& state = seen_["state"] = Json::object();
        for (const Export& entry : module().exports)
            if (entry.kind != ExternKind::function)
                state[std::string(module().text(entry.name))] = state_of(entry);
    }
    [[nodiscard]] std::string state_of(const Export& entry) const {
        if (entry.kind == ExternKind::memory) {
            const MemoryView& view = instance_->memory(entry.index)->view;
            return to_hex(sha256({view.base, view.size}));
        }
        if (entry.kind == ExternKind::global) {
            const Global& global = *instance_->globals()[entry.index];
            return text(global.type.type, global.value);
        }
        const auto& elements = instance_->context().tables[entry.index]->elements;
        std::string made;
        for (const Slot element : elements)
            made += element == 0 ? '0' : '1';
        return "table:" + made;
    }

    std::shared_ptr<const Executable> executable_;
    std::list<HostFunction> hosts_;
    Store store_;
    u64 gas_;
    Instance* instance_ = nullptr;
    Json seen_ = {{"calls", Json::array()}};
    Json called_;
    bool stopped_ = false;
};

Json see(bytes_view wasm, const Mode& mode, u64 gas) {
    const auto made = compiler::compile(wasm, {.profile = core_profile(),
                                               .schedule = metering::lockstep_1(),
                                               .tier = mode.tier,
                                               .traps = mode.traps,
                                               .zeal = mode.zeal});
    if (made.has_error()) return {{"error", name_of(made.error().code)}};
    if (mode.tier == compiler::Tier::singlepass && made.value()->native == nullptr)
        throw std::runtime_error("there is no native code");
    return Run(made.value(), mode.traps, gas).all();
}

/// The single pass with another way to be awkward for each module.
constexpr u32 zeal_of(u64 seed) { return static_cast<u32>(mix(3, seed) >> 8) | 1; }

std::vector<Mode> find_modes(std::string_view names, u64 seed) {
    using compiler::Tier;
    std::vector<Mode> modes;
    const auto add = [&](std::string_view name, Mode mode) {
        if (names.find(name) != std::string_view::npos) modes.push_back(mode);
    };
    add("interp", {Tier::interpreter, TrapsMode::explicit_checks});
    add("explicit", {Tier::singlepass, TrapsMode::explicit_checks});
    add("signals", {Tier::singlepass, TrapsMode::signals});
    add("zeal", {Tier::singlepass, TrapsMode::explicit_checks, zeal_of(seed)});
    add("zeal", {Tier::singlepass, TrapsMode::signals, zeal_of(~seed)});
    return modes;
}

/// Whether all modes see the same.
bool tell(const char* path, const std::vector<u8>& wasm, std::string_view modes, u64 gas) {
    Json first;
    for (const Mode& mode : find_modes(modes, wasm.size())) {
        Json seen = see(wasm, mode, gas);
        if (!first.is_null() && seen != first) {
            std::fprintf(stderr, "%s: tier %s, traps %u, zeal %u: %s\nbut first: %s\n", path,
                         std::string(name_of(mode.tier)).c_str(), static_cast<unsigned>(mode.traps),
                         mode.zeal, seen.dump().c_str(), first.dump().c_str());
            return false;
        }
        first = std::move(seen);
    }
    first["file"] = path;
    std::puts(first.dump().c_str());
    return true;
}

} // namespace

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<usize>(argc));
    u64 gas = 0;
    const std::string_view number = argc > 1 ? arguments[1] : "";
    const auto read = std::from_chars(number.data(), number.data() + number.size(), gas);
    if (argc < 3 || read.ec != std::errc{} || find_modes(arguments[2], 0).empty()) {
        std::fputs("usage: witness GAS MODES FILE...\n", stderr);
        return 2;
    }
    try {
        for (const char* path : arguments.subspan(3)) {
            std::ifstream file(path, std::ios::binary);
            const std::vector<u8> wasm((std::istreambuf_iterator<char>(file)), {});
            if (!tell(path, wasm, arguments[2], gas)) return 1;
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "witness: %s\n", error.what());
        return 1;
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Charges, regions and guest calls in the order of cosmwasm-vm's environment.rs, memory.rs and
// instance.rs: the order decides which error a contract ends with and how much gas is left.
#include "contract_abi/cosmwasm/host.hpp"

#include "contract_abi/cosmwasm/imports.hpp"

#include <algorithm>
#include <array>

namespace lockstep::contract::cosmwasm {
namespace {

/// The contract ABI calls no function with more.
constexpr usize max_arguments = 3;

/// Wasmer's texts.
std::string_view message_of(Trap trap) noexcept {
    switch (trap) {
    case Trap::undefined_element: return "undefined element: out of bounds table access";
    case Trap::out_of_gas: return "unreachable"; // a start function's: metering traps so
    default: return text_of(trap);
    }
}

std::string list_of(std::span<const ValType> types) {
    std::string text;
    for (const ValType type : types) {
        if (!text.empty()) text += ", ";
        std::string name(name_of(type));
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
        text += name;
    }
    return "[" + text + "]";
}

VmError instantiation_error(const std::string& what) {
    return {VmErrorKind::instantiation, "Error instantiating a Wasm module: " + what};
}

VmError resolve_error(const std::string& what) {
    return {VmErrorKind::resolve, "Error resolving Wasm function: Could not get export: " + what};
}

/// The error of an instantiation that did not link.
VmError link_error(const Error& error, const Module& module) {
    if (is_fault(error)) return VmError(error);
    std::string what = "Error instantiating module: ";
    if (error.index < module.imports.size()) {
        const Import& import = module.imports[error.index];
        what += "Error while importing \"" + std::string(module.text(import.module)) + "\".\"" +
                std::string(module.text(import.name)) + "\": ";
    }
    return instantiation_error(what + std::string(text_of(error.code)));
}

} // namespace

// --- the instance
// -----------------------------------------------------------------------------------

Checked<> Host::instantiate(Store& store, const std::shared_ptr<const Executable>& executable) {
    const Module& module = executable->module;
    std::vector<Extern> externs;
    externs.reserve(module.imports.size());
    for (const Import& import : module.imports) {
        const HostFunction* function = nullptr;
        if (module.text(import.module) == "env")
            function = find_import(module.text(import.name), regime_);
        externs.emplace_back(function);
    }
    const CallOptions options{.gas_limit = 0, .cancel = settings_.cancel, .user = this};
    auto made = store.instantiate(executable, externs, options);
    if (!made) return link_error(made.error(), module);
    if (made.value().trap != Trap::none)
        return instantiation_error("Error instantiating module: RuntimeError: " +
                                   std::string(message_of(made.value().trap)));
    Instance* const instance = made.value().instance;
    const std::optional<Extern> exported = instance->find_export("memory");
    if (!exported)
        return instantiation_error("Could not get memory 'memory': Missing export memory");
    Memory* const* const memory = std::get_if<Memory*>(&*exported);
    if (memory == nullptr)
        return instantiation_error("Could not get memory 'memory': Incompatible Export Type");
    store_ = &store;
    instance_ = instance;
    memory_ = *memory;
    return done;
}

std::span<u8> Host::memory() const noexcept {
    return {memory_->view.base, static_cast<usize>(memory_->view.size)};
}

// --- gas
// --------------------------------------------------------------------------------------------

GasReport Host::gas_report() const noexcept {
    const u64 limit = settings_.gas_limit;
    const u64 spent = limit - gas_left_;
    return {limit, gas_left_, externally_used_,
            spent > externally_used_ ? spent - externally_used_ : 0};
}

Checked<> Host::account(u64 externally_used, u64 cost) {
    if (__builtin_add_overflow(externally_used_, externally_used, &externally_used_))
        externally_used_ = ~u64{0};
    u64 total = 0;
    if (__builtin_add_overflow(externally_used, cost, &total) || total > gas_left_) {
        gas_left_ = 0;
        return gas_depletion();
    }
    gas_left_ -= total;
    return done;
}

Checked<> Host::charge(std::optional<u64> cost) {
    if (!cost) return gas_depletion();
    return charge(*cost);
}

VmError Host::backend_error(const BackendError& error) {
    const std::string prefix = "Error calling into the VM's backend: ";
    const auto backend = [&](const std::string& what) {
        return VmError(VmErrorKind::backend, prefix + what);
    };
    switch (error.kind) {
    case BackendErrorKind::user:
        return backend("User error during call into backend: " + error.text);
    case BackendErrorKind::unknown:
        return backend("Unknown error during call into backend: " + error.text);
    case BackendErrorKind::foreign_panic: return backend("Panic in FFI call");
    case BackendErrorKind::bad_argument: return backend("Bad argument");
    case BackendErrorKind::invalid_utf8:
        return backend("VM received invalid UTF-8 data from backend");
    case BackendErrorKind::iterator_does_not_exist:
        return backend("Iterator with ID " + error.text + " does not exist");
    case BackendErrorKind::out_of_gas: return gas_depletion();
    case BackendErrorKind::fault: break;
    }
    return VmError(is_fault(error.fault) ? error.fault : Error{Errc::host_fault});
}

// --- regions
// ----------------------------------------------------------------------------------------

Checked<bytes_view> Host::read_region(u32 pointer, u32 max_length) {
    TRY(const Region region, load_region(memory(), pointer));
    TRY(charge(regime_.costs.read_region(region.length)));
    if (region.length > max_length) {
        VmError error =
            communication_error("Region length too big. Got " + std::to_string(region.length) +
                                ", limit " + std::to_string(max_length));
        error.too_long = true;
        error.length = region.length;
        return error;
    }
    return region_data(memory(), region);
}

std::optional<bytes_view> Host::peek_region(u32 pointer, u32 max_length) const {
    const auto region = load_region(memory(), pointer);
    if (!region || region.value().length > max_length) return {};
    const auto data = region_data(memory(), region.value());
    if (!data) return {};
    return data.value();
}

Checked<> Host::write_region(u32 pointer, bytes_view data) {
    TRY(const Region region, load_region(memory(), pointer));
    TRY(charge(regime_.costs.write_region.total(data.size())));
    return store_region(memory(), pointer, region, data);
}

Checked<u32> Host::write_to_contract(bytes_view data) {
    if (data.size() > 0xffff'ffff)
        return VmError(VmErrorKind::conversion,
                       "Couldn't convert from usize to u32. Input: " + std::to_string(data.size()));
    const std::array<u32, 1> size{static_cast<u32>(data.size())};
    TRY(const u32 pointer, call_function1("allocate", size));
    if (pointer == 0) return communication_error("Got a zero Wasm address");
    TRY(write_region(pointer, data));
    return pointer;
}

// --- calls of the guest
// -----------------------------------------------------------------------------

Checked<const Func*> Host::find_function(std::string_view name, usize arguments) const {
    const std::optional<Extern> exported = instance_->find_export(name);
    if (!exported) return resolve_error("Missing export " + std::string(name));
    const Func* const* const function = std::get_if<const Func*>(&*exported);
    if (function == nullptr) return resolve_error("Incompatible Export Type");
    const FuncTypeView type = store_->type_of(**function);
    if (regime_.checks_arity && type.params.size() != arguments)
        return VmError(VmErrorKind::function_arity_mismatch,
                       "The called function args arity does not match. The contract's method "
                       "arity: " +
                           std::to_string(type.params.size()));
    return *function;
}

Checked<Host::Returned> Host::call_guest(const Func& function, std::span<const u32> args) {
    constexpr std::array<ValType, max_arguments> given{ValType::i32, ValType::i32, ValType::i32};
    const auto types = std::span(given).first(args.size());
    const FuncTypeView type = store_->type_of(function);
    if (!std::equal(types.begin(), types.end(), type.params.begin(), type.params.end()))
        return runtime_error("Parameters of type " + list_of(types) + " did not match signature " +
                             list_of(type.params) + " -> " + list_of(type.results));
    TRY(const Slot value,
        call_ == nullptr ? call_from_outside(function, args) : call_from_import(function, args));
    if (type.results.empty()) return Returned{};
    return Returned{type.results.size(), type.results[0], value};
}

Checked<Slot> Host::call_from_outside(const Func& function, std::span<const u32> args) {
    std::array<Value, max_arguments> values;
    std::transform(args.begin(), args.end(), values.begin(), Value::from_i32);
    const u64 limit = gas_left_; // imports change it meanwhile
    const CallOptions options{.gas_limit = limit, .cancel = settings_.cancel, .user = this};
    auto ended = store_->call(function, std::span(values).first(args.size()), options);
    if (!ended) return VmError(is_fault(ended.error()) ? ended.error() : Error{Errc::internal_bug});
    const Outcome& outcome = ended.value();
    gas_left_ = limit - outcome.gas_used;
    if (outcome.trap != Trap::none) {
        trap_function_ = outcome.trap_function;
        trap_record_ = outcome.trap_record;
        return trap_error(outcome.trap);
    }
    return outcome.values.empty() ? Slot{0} : outcome.values[0].bits;
}

Checked<Slot> Host::call_from_import(const Func& function, std::span<const u32> args) {
    std::array<Slot, max_arguments> slots{};
    std::copy(args.begin(), args.end(), slots.begin());
    std::array<Slot, 1> one{};
    std::vector<Slot> many;
    std::span<Slot> results = std::span(one).first(function.results == 0 ? 0 : 1);
    if (function.results > 1) {
        many.resize(function.results);
        results = many;
    }
    HostCall& call = *call_;
    call.set_gas_left(gas_left_);
    const HostStatus status =
        call.call_guest(function, std::span(slots).first(args.size()), results);
    gas_left_ = call.gas_left();
    if (status == HostStatus::trap) return trap_error(call.activation().trap);
    if (status != HostStatus::ok) return VmError(call.activation().fault);
    return results.empty() ? Slot{0} : results[0];
}

VmError Host::trap_error(Trap trap) {
    if (trap == Trap::out_of_gas) {
        guest_exhausted_ = true;
        gas_left_ = 0;
        return gas_depletion();
    }
    if (trap == Trap::host_error || trap == Trap::host_out_of_gas)
        return runtime_error(std::exchange(failure_, {}));
    return runtime_error(message_of(trap));
}

Checked<Host::Returned> Host::call_function(std::string_view name, std::span<const u32> args,
                                            usize results) {
    TRY(const Func* const function, find_function(name, args.size()));
    if (++depth_ > regime_.max_call_depth)
        return VmError(VmErrorKind::max_call_depth_exceeded, "Maximum call depth exceeded.");
    auto returned = call_guest(*function, args);
    --depth_;
    if (returned && returned.value().count != results)
        return VmError(VmErrorKind::result_mismatch,
                       "Unexpected number of result values when calling '" + std::string(name) +
                           "'. Expected: " + std::to_string(results) +
                           ", actual: " + std::to_string(returned.value().count) + ".");
    return returned;
}

Checked<u32> Host::call_function1(std::string_view name, std::span<const u32> args) {
    TRY(const Returned returned, call_function(name, args, 1));
    if (returned.type != ValType::i32)
        return VmError(VmErrorKind::conversion,
                       "Couldn't convert from wasmer::value::Value to u32. Input: " +
                           std::to_string(returned.value));
    return static_cast<u32>(returned.value);
}

Checked<> Host::call_function0(std::string_view name, std::span<const u32> args) {
    TRY(call_function(name, args, 0));
    return done;
}

// --- imports
// ----------------------------------------------------------------------------------------

HostStatus Host::run(HostCall& call, const ImportRow& row) {
    HostCall* const outer = std::exchange(call_, &call);
    gas_left_ = call.gas_left();
    ImportCall in{*this, call, row};
    auto ended = charge(regime_.costs.host_call);
    if (ended) ended = row.handler(in);
    call_ = outer;
    call.set_gas_left(gas_left_);
    return ended ? HostStatus::ok : fail(call, std::move(ended.error()));
}

HostStatus Host::fail(HostCall& call, VmError error) {
    if (error.kind == VmErrorKind::fault) return call.fault(error.fault);
    if (guest_exhausted_) return call.trap(Trap::out_of_gas);
    const bool gas = error.kind == VmErrorKind::gas_depletion;
    failure_ = std::move(error.text);
    return call.trap(gas ? Trap::host_out_of_gas : Trap::host_error);
}

} // namespace lockstep::contract::cosmwasm

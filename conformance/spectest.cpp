// SPDX-License-Identifier: Apache-2.0
// The host module of the official tests; its functions take arguments and do nothing.
#include "conformance/spec_script.hpp"

#include <stdexcept>

namespace lockstep::conformance {

namespace {

template <class T>
T made(result<T> thing) {
    if (thing.has_error()) throw std::runtime_error("no memory for spectest");
    return thing.value();
}

} // namespace

Spectest::Spectest(Store& store) {
    using enum ValType;
    const auto print = [&](const char* name, std::vector<ValType> params) {
        exports_[name] = made(store.add_function(
            {{std::move(params), {}}, [](HostCall&) { return HostStatus::ok; }}));
    };
    print("print", {});
    print("print_i32", {i32});
    print("print_i64", {i64});
    print("print_f32", {f32});
    print("print_f64", {f64});
    print("print_i32_f32", {i32, f32});
    print("print_f64_f64", {f64, f64});
    exports_["global_i32"] = made(store.add_global({i32, false}, Value::from_i32(666)));
    exports_["global_i64"] = made(store.add_global({i64, false}, Value::from_i64(666)));
    exports_["global_f32"] = made(store.add_global({f32, false}, Value::from_f32(666.6F)));
    exports_["global_f64"] = made(store.add_global({f64, false}, Value::from_f64(666.6)));
    exports_["table"] = made(store.add_table({funcref, {10, 20, true}}));
    exports_["memory"] = made(store.add_memory({1, 2, true}));
}

std::optional<Extern> Spectest::find(std::string_view name) const {
    const auto found = exports_.find(name);
    if (found == exports_.end()) return std::nullopt;
    return found->second;
}

} // namespace lockstep::conformance

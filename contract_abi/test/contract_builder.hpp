// SPDX-License-Identifier: Apache-2.0
// Small CosmWasm contracts for tests. allocate is a bump allocator; constant texts are Regions in
// the data; what an entry point does is given as operators over its arguments, which are addresses
// of Regions.
//     ContractBuilder c;
//     const u32 read = c.import("db_read");
//     c.entry("query", 2, code(Op::local_get, 1, Op::call, read));
#pragma once

#include "contract_abi/contract.hpp"
#include "contract_abi/cosmwasm/imports.hpp"
#include "contract_abi/test/mock_backend.hpp"
#include "vm/test/wasm_builder.hpp"

#include <doctest/doctest.h>

#include <set>

namespace lockstep::contract::test {

using namespace lockstep::test;
using storage::Bytes;

class ContractBuilder {
public:
    ModuleBuilder module;

    /// Imports must come first. The signature is that of the table.
    u32 import(std::string_view name) {
        for (const cosmwasm::ImportRow& row : cosmwasm::imports())
            if (row.name == name) return import(name, row.signature);
        FAIL("no such import");
        return 0;
    }
    u32 import(std::string_view name, std::string_view signature) {
        Types params;
        Types results;
        Types* list = &params;
        for (const char letter : signature) {
            if (letter == '_')
                list = &results;
            else
                list->push_back(letter == 'i' ? i32_ : i64_);
        }
        return module.import_function("env", name, params, results);
    }

    /// The address of a Region that holds `text`.
    u32 region(std::string_view text) {
        return raw_region(data_end_ + cosmwasm::region_size, static_cast<u32>(text.size()),
                          static_cast<u32>(text.size()), text);
    }
    /// A Region with any fields, with `text` behind it.
    u32 raw_region(u32 offset, u32 capacity, u32 length, std::string_view text = {}) {
        const u32 address = data_end_;
        const std::array<u32, 3> fields{offset, capacity, length};
        std::string bytes(reinterpret_cast<const char*>(fields.data()), sizeof fields);
        bytes += text;
        module.data(i32_init(address), bytes);
        data_end_ += static_cast<u32>(bytes.size() + 15) / 16 * 16;
        return address;
    }

    /// An export with `arguments` Regions that returns one. `body` without its final `end`.
    void entry(std::string_view name, u32 arguments, const Bytes& body, const Types& locals = {}) {
        const u32 function = module.function(Types(arguments, i32_), {i32_}, locals, body);
        module.export_function(name, function);
    }
    /// An entry point that returns a constant.
    void answer(std::string_view name, u32 arguments, std::string_view text) {
        entry(name, arguments, code(Op::i32_const, sleb(region(text))));
    }

    /// memory, allocate, deallocate and the interface version; then the module.
    [[nodiscard]] Bytes build() {
        module.memory(2);
        module.export_memory("memory", 0);
        const u32 heap = module.global(i32_, true, i32_init(65536));
        const u32 allocate = module.function(
            {i32_}, {i32_}, {i32_},
            code(Op::global_get, heap, Op::local_tee, 1, Op::local_get, 1, Op::i32_const, sleb(12),
                 Op::i32_add, Op::i32_store, 2, 0, Op::local_get, 1, Op::local_get, 0,
                 Op::i32_store, 2, 4, Op::local_get, 1, Op::i32_const, sleb(0), Op::i32_store, 2, 8,
                 Op::local_get, 1, Op::i32_const, sleb(12), Op::i32_add, Op::local_get, 0,
                 Op::i32_add, Op::global_set, heap, Op::local_get, 1));
        module.export_function("allocate", allocate);
        module.export_function("deallocate", module.function({i32_}, {}, {}, {}));
        module.export_function("interface_version_8", module.function({}, {}, {}, {}));
        return module.build();
    }

private:
    u32 data_end_ = 1024;
};

/// A value of a result that must be one.
template <class T>
T good(result<T> from) {
    REQUIRE_MESSAGE(from.has_value(),
                    text_of(from.has_value() ? Errc::internal_bug : from.error().code));
    return std::move(from).value();
}

inline constexpr u64 plenty = u64{1} << 50;

/// Code under rules, ready to call.
class Runner {
public:
    explicit Runner(const Bytes& wasm, std::string_view rules = "cosmwasm-3.0.9")
        : kv_(good(storage::memory_kv())),
          contracts_(good(Contracts::create(*kv_, good(find_rules(rules))))) {
        const StoredCode stored = good(contracts_->store_code(wasm));
        REQUIRE_MESSAGE(stored.ok(), (stored.error ? stored.error->text : ""));
        checksum_ = stored.checksum;
    }

    MockBackend backend;

    [[nodiscard]] result<CallResult>
    try_call(EntryPoint entry, const std::vector<std::string_view>& arguments, u64 gas = plenty) {
        std::vector<bytes_view> views;
        for (const std::string_view argument : arguments)
            views.push_back(as_bytes(argument));
        return contracts_->call(checksum_, entry, views, backend, gas);
    }
    [[nodiscard]] CallResult query(std::string_view msg, u64 gas = plenty) {
        return good(try_call(EntryPoint::query, {"{}", msg}, gas));
    }
    [[nodiscard]] CallResult execute(std::string_view msg, u64 gas = plenty) {
        return good(try_call(EntryPoint::execute, {"{}", "{}", msg}, gas));
    }
    [[nodiscard]] Contracts& contracts() noexcept { return *contracts_; }
    [[nodiscard]] const Digest& checksum() const noexcept { return checksum_; }

private:
    std::unique_ptr<storage::Kv> kv_;
    std::unique_ptr<Contracts> contracts_;
    Digest checksum_{};
};

inline std::string text_of_call(const CallResult& ended) {
    return ended.error ? ended.error->text : std::string(as_text(ended.data));
}

inline constexpr std::string_view runtime_prefix =
    "Error executing Wasm: Wasmer runtime error: RuntimeError: ";

} // namespace lockstep::contract::test

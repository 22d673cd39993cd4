// SPDX-License-Identifier: Apache-2.0
// Calls as a whole: gas reports, kinds of errors, what a contract must export.
#include "contract_abi/test/contract_builder.hpp"

#include <atomic>

namespace lockstep::contract::test {
namespace {

Bytes constant(u32 value) { return code(Op::i32_const, sleb(static_cast<i32>(value))); }

/// Of the builder's allocate: 19 operators and the end.
constexpr u64 allocate_gas = 19 * 115 + 1610;
constexpr std::string_view out_of_gas = "Ran out of gas during contract execution";

TEST_CASE("entry: the result is what the contract's Region holds") {
    ContractBuilder c;
    c.answer("query", 2, R"({"ok":"e30="})");
    c.entry("execute", 3, code(Op::local_get, 2)); // gives the message back
    Runner runner(c.build());
    CHECK(text_of_call(runner.query("{}")) == R"({"ok":"e30="})");
    CHECK(text_of_call(runner.execute("a message")) == "a message");
    CHECK(text_of_call(runner.execute("")).empty());
}

TEST_CASE("entry: a gas report adds up") {
    ContractBuilder c;
    c.answer("query", 2, "{}");
    Runner runner(c.build());
    const CallResult ended = runner.query("{}", 10'000'000);
    REQUIRE(ended.ok());
    CHECK(ended.gas.limit == 10'000'000);
    CHECK(ended.gas.used_externally == 0);
    CHECK(ended.gas.used_internally + ended.gas.remaining == 10'000'000);
    // Twice allocate, write_region, the entry point, read_region, deallocate.
    const u64 writes = u64{2} * (230'000 + 570 * 2);
    const u64 read = 200'000 + 2 * 115;
    CHECK(ended.gas.used_internally == 2 * allocate_gas + writes + (115 + 1610) + read + 1610);
    CHECK(runner.query("{}", ended.gas.used_internally).ok());
    const CallResult unlimited = runner.query("{}", ~u64{0});
    REQUIRE(unlimited.ok());
    CHECK(unlimited.gas.used_internally == ended.gas.used_internally);
}

TEST_CASE("entry: with one gas less it ends where the gas ends") {
    ContractBuilder c;
    c.answer("query", 2, "{}");
    Runner runner(c.build());
    const u64 used = runner.query("{}").gas.used_internally;
    const CallResult ended = runner.query("{}", used - 1);
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.error->kind == VmErrorKind::gas_depletion);
    CHECK(ended.error->text == out_of_gas);
    CHECK(ended.gas.remaining == 0);
    CHECK(ended.gas.used_internally == used - 1);
}

TEST_CASE("entry: out of gas in the guest and in the host are told apart") {
    ContractBuilder looping;
    looping.entry("query", 2, code(Op::loop, u8{0x40}, Op::br, 0, Op::end, Op::i32_const, sleb(0)));
    const CallResult guest = Runner(looping.build()).query("{}", 5'000'000);
    REQUIRE_FALSE(guest.ok());
    CHECK(guest.error->kind == VmErrorKind::gas_depletion);
    CHECK(guest.gas.remaining == 0);
    CHECK(guest.gas.used_internally == 5'000'000);

    ContractBuilder c;
    const u32 read = c.import("db_read");
    Bytes body = constant(c.region("key"));
    append(body, code(Op::call, read));
    c.entry("query", 2, body);
    Runner runner(c.build());
    runner.backend.data["key"] = "value";
    runner.backend.external = 50'000'000;
    const CallResult host = runner.query("{}", 10'000'000);
    REQUIRE_FALSE(host.ok());
    CHECK(host.error->kind == VmErrorKind::runtime);
    CHECK(host.error->text == std::string(runtime_prefix) + std::string(out_of_gas));
    CHECK(host.gas.remaining == 0);
    CHECK(host.gas.used_externally == 50'000'000); // also what was beyond the limit
    CHECK(host.gas.used_internally == 0);
}

TEST_CASE("entry: the guest's gas may end inside an import, in allocate") {
    ContractBuilder c;
    const u32 read = c.import("db_read");
    const u32 key = c.region("key");
    // allocate runs for ever when it is called for the value's length.
    c.module.memory(2);
    c.module.export_memory("memory", 0);
    const u32 allocate = c.module.function(
        {i32_}, {i32_}, {},
        code(Op::local_get, 0, Op::i32_const, sleb(5), Op::i32_eq, Op::if_, u8{0x40}, Op::loop,
             u8{0x40}, Op::br, 0, Op::end, Op::end, Op::i32_const, sleb(key)));
    c.module.export_function("allocate", allocate);
    c.module.export_function("deallocate", c.module.function({i32_}, {}, {}, {}));
    c.module.export_function("interface_version_8", c.module.function({}, {}, {}, {}));
    Bytes body = constant(key);
    append(body, code(Op::call, read));
    c.entry("query", 2, body);
    Runner runner(c.module.build());
    runner.backend.data["{}y"] = "value"; // the arguments were written over the key's beginning
    runner.backend.data["{}"] = "value";
    const CallResult ended = runner.query("{}", 50'000'000);
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.error->kind == VmErrorKind::gas_depletion);
    CHECK(ended.gas.remaining == 0);
}

TEST_CASE("entry: traps have wasmer's texts and leave the gas of the last charge") {
    const struct {
        Bytes body;
        std::string_view text;
    } rows[] = {
        {code(Op::unreachable), "unreachable"},
        {code(Op::i32_const, sleb(-1), Op::i32_load, 2, 0), "out of bounds memory access"},
        {code(Op::i32_const, sleb(1), Op::i32_const, sleb(0), Op::i32_div_u),
         "integer divide by zero"},
        {code(Op::i32_const, sleb(INT32_MIN), Op::i32_const, sleb(-1), Op::i32_div_s),
         "integer overflow"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        ContractBuilder c;
        c.entry("query", 2, row.body);
        const CallResult ended = Runner(c.build()).query("{}", 10'000'000);
        REQUIRE_FALSE(ended.ok());
        CHECK(ended.error->kind == VmErrorKind::runtime);
        CHECK(ended.error->text == std::string(runtime_prefix) + std::string(row.text));
        CHECK(ended.gas.remaining > 0);
        CHECK(ended.trap_function != Error::no_index);
    }
}

TEST_CASE("entry: exports that are missing or have another shape") {
    const auto error = [](auto&& define) {
        ContractBuilder c;
        define(c);
        Runner runner(c.build());
        return text_of_call(runner.query("{}"));
    };
    const std::string resolve = "Error resolving Wasm function: Could not get export: ";
    CHECK(error([](ContractBuilder&) {}) == resolve + "Missing export query");
    CHECK(error([](ContractBuilder& c) {
              c.module.export_global("query", c.module.global(i32_, false, i32_init(0)));
          }) == resolve + "Incompatible Export Type");
    CHECK(error([](ContractBuilder& c) { c.answer("query", 3, "{}"); }) ==
          "The called function args arity does not match. The contract's method arity: 3");
    CHECK(error([](ContractBuilder& c) {
              c.module.export_function("query", c.module.function({i32_, i64_}, {i32_}, {},
                                                                  code(Op::i32_const, sleb(0))));
          }) == std::string(runtime_prefix) +
                    "Parameters of type [I32, I32] did not match signature [I32, I64] -> [I32]");
    CHECK(error([](ContractBuilder& c) {
              c.module.export_function("query", c.module.function({i32_, i32_}, {}, {}, {}));
          }) == "Unexpected number of result values when calling 'query'. Expected: 1, actual: 0.");
    CHECK(error([](ContractBuilder& c) {
              c.module.export_function("query", c.module.function({i32_, i32_}, {i64_}, {},
                                                                  code(Op::i64_const, sleb(7))));
          }).starts_with("Couldn't convert from "));
}

TEST_CASE("entry: a contract without an exported memory has no instance and no gas report") {
    ModuleBuilder b;
    b.memory(1);
    for (const std::string_view name : {"allocate", "deallocate", "interface_version_8"})
        b.export_function(name, b.function({}, {}, {}, {}));
    const CallResult ended = Runner(b.build()).query("{}", 1'000'000);
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.error->kind == VmErrorKind::instantiation);
    CHECK(ended.error->text == "Error instantiating a Wasm module: Could not get memory 'memory': "
                               "Missing export memory");
    CHECK(ended.gas.limit == 0);
}

TEST_CASE("entry: import signatures are checked when the instance is made") {
    ContractBuilder c;
    c.import("db_read", "ii_i");
    c.answer("query", 2, "{}");
    const CallResult ended = Runner(c.build()).query("{}");
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.error->kind == VmErrorKind::instantiation);
    CHECK(ended.error->text ==
          "Error instantiating a Wasm module: Error instantiating module: Error while importing "
          "\"env\".\"db_read\": incompatible import type");
}

TEST_CASE("entry: a start function has no gas") {
    ContractBuilder c;
    c.answer("query", 2, "{}");
    c.module.start(c.module.function({}, {}, {}, {}));
    const CallResult ended = Runner(c.build()).query("{}");
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.error->text == "Error instantiating a Wasm module: Error instantiating module: "
                               "RuntimeError: unreachable");
}

TEST_CASE("entry: allocate that answers 0, or too little") {
    const auto with_allocate = [](const Bytes& body) {
        ContractBuilder c;
        c.module.memory(1);
        c.module.export_memory("memory", 0);
        c.module.export_function("allocate", c.module.function({i32_}, {i32_}, {}, body));
        c.module.export_function("deallocate", c.module.function({i32_}, {}, {}, {}));
        c.module.export_function("interface_version_8", c.module.function({}, {}, {}, {}));
        c.answer("query", 2, "{}");
        const u32 small = c.region("x");
        static_cast<void>(small);
        Runner runner(c.module.build());
        return text_of_call(runner.query("{}"));
    };
    const std::string prefix = "Error in guest/host communication: ";
    CHECK(with_allocate(constant(0)) == prefix + "Got a zero Wasm address");
    // The region of "x" lies behind that of "{}".
    CHECK(with_allocate(constant(1024 + 16)) == prefix + "Region too small. Got 1, required 2");
}

TEST_CASE("entry: calls inside calls are two deep") {
    ContractBuilder c;
    const u32 read = c.import("db_read");
    const u32 key = c.region("key");
    // allocate reads a key itself; the value would have to be allocated in turn.
    c.module.memory(1);
    c.module.export_memory("memory", 0);
    const u32 allocate =
        c.module.function({i32_}, {i32_}, {}, code(Op::i32_const, sleb(key), Op::call, read));
    c.module.export_function("allocate", allocate);
    c.module.export_function("deallocate", c.module.function({i32_}, {}, {}, {}));
    c.module.export_function("interface_version_8", c.module.function({}, {}, {}, {}));
    c.answer("query", 2, "{}");
    Runner runner(c.module.build());
    runner.backend.data["key"] = "value";
    const std::string inner =
        std::string(runtime_prefix) + std::string(runtime_prefix) + "Maximum call depth exceeded.";
    CHECK(text_of_call(runner.query("{}")) == inner);
}

TEST_CASE("entry: migrate takes two or three arguments") {
    const auto migrate = [](u32 arity, std::string_view rules, usize arguments) {
        ContractBuilder c;
        c.entry("migrate", arity, code(Op::local_get, 1));
        Runner runner(c.build(), rules);
        std::vector<std::string_view> given{"env", "msg", "info"};
        given.resize(arguments);
        return good(runner.try_call(EntryPoint::migrate, given));
    };
    CHECK(text_of_call(migrate(3, "cosmwasm-2.2.0", 3)) == "msg");
    CHECK(text_of_call(migrate(2, "cosmwasm-2.2.0", 2)) == "msg");
    const CallResult retried = migrate(2, "cosmwasm-2.2.0", 3);
    CHECK(text_of_call(retried) == "msg");
    // The first attempt has allocated all three arguments, the second two of them again.
    CHECK(retried.gas.used_internally - migrate(2, "cosmwasm-2.2.0", 2).gas.used_internally ==
          3 * allocate_gas);
    CHECK(text_of_call(migrate(3, "cosmwasm-2.2.0", 2)).ends_with("method arity: 3"));
    CHECK(text_of_call(migrate(2, "cosmwasm-2.1.7", 2)) == "msg");

    ContractBuilder c;
    c.answer("migrate", 2, "{}");
    Runner old(c.build(), "cosmwasm-2.1.7");
    CHECK(old.try_call(EntryPoint::migrate, {"", "", ""}).error().code == Errc::bad_argument);
    CHECK(old.try_call(EntryPoint::query, {""}).error().code == Errc::bad_argument);
}

TEST_CASE("entry: every entry point can be called by name") {
    usize count = 0;
    for (const std::string_view name :
         {"instantiate", "execute", "migrate", "sudo", "reply", "query", "ibc_channel_open",
          "ibc_channel_connect", "ibc_channel_close", "ibc_packet_receive", "ibc_packet_ack",
          "ibc_packet_timeout", "ibc_source_callback", "ibc_destination_callback",
          "ibc2_packet_receive", "ibc2_packet_ack", "ibc2_packet_timeout", "ibc2_packet_send"}) {
        const auto entry = cosmwasm::find_entry_point(name);
        REQUIRE(entry.has_value());
        CHECK(cosmwasm::info_of(*entry).name == name);
        CHECK(cosmwasm::info_of(*entry).writes == (name != "query"));
        ++count;
    }
    CHECK(count == cosmwasm::entry_point_count);
    CHECK_FALSE(cosmwasm::find_entry_point("allocate").has_value());
}

TEST_CASE("entry: nothing of a call survives but its storage") {
    ContractBuilder c;
    // Counts in memory: each call finds the fresh "0".
    const u32 region = c.region("0");
    c.entry("query", 2,
            code(Op::i32_const, sleb(region + 12), Op::i32_const, sleb(region + 12),
                 Op::i32_load8_u, 0, 0, Op::i32_const, sleb(1), Op::i32_add, Op::i32_store8, 0, 0,
                 Op::i32_const, sleb(region)));
    Runner runner(c.build());
    for (int i = 0; i < 3; ++i)
        CHECK(text_of_call(runner.query("")) == "1");
}

TEST_CASE("entry: a call that is cancelled is a fault") {
    ContractBuilder c;
    c.entry("query", 2, code(Op::loop, u8{0x40}, Op::br, 0, Op::end, Op::i32_const, sleb(0)));
    Runner runner(c.build());
    const std::atomic<bool> cancel = true;
    const std::array arguments{as_bytes("{}"), as_bytes("{}")};
    const auto ended = runner.contracts().call(runner.checksum(), EntryPoint::query, arguments,
                                               runner.backend, ~u64{0}, &cancel);
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == Errc::interrupted);
}

TEST_CASE("contracts: code that is not stored, unchecked and staged code") {
    const auto kv = good(storage::memory_kv());
    const auto contracts = good(Contracts::create(*kv, good(find_rules("cosmwasm-3.0.9"))));
    MockBackend backend;
    CHECK(contracts->query(Digest{}, "{}", "{}", backend, plenty).error().code == Errc::not_found);
    CHECK(contracts->load_code(Digest{}).error().code == Errc::not_found);

    ModuleBuilder bare; // no contract, but a module
    bare.memory(1);
    const Bytes wasm = bare.build();
    CHECK_FALSE(good(contracts->store_code(wasm)).ok());
    CHECK(contracts->load_code(sha256(wasm)).has_error());
    const StoredCode unchecked = good(contracts->store_code_unchecked(wasm));
    REQUIRE(unchecked.ok());
    CHECK(good(contracts->load_code(unchecked.checksum)) == wasm);
    const StoredCode broken = good(contracts->store_code_unchecked(Bytes{1, 2, 3}));
    REQUIRE_FALSE(broken.ok());
    CHECK(broken.error->kind == VmErrorKind::compile);

    ContractBuilder c;
    c.answer("query", 2, "{}");
    storage::Batch batch;
    const StoredCode staged = good(contracts->stage_code(c.build(), batch));
    REQUIRE(staged.ok());
    CHECK(batch.changes().size() == 1);
    CHECK(good(contracts->query(staged.checksum, "{}", "{}", backend, plenty)).ok());
    CHECK(good(kv->get(storage::Family::code, staged.checksum)) == std::nullopt);
    contracts->forget_staged();
    CHECK(contracts->load_code(staged.checksum).error().code == Errc::not_found);
    // Its compiled form is still there, which makes no difference.
    CHECK(contracts->query(staged.checksum, "{}", "{}", backend, plenty).error().code ==
          Errc::not_found);
}

TEST_CASE(
    "contracts: deployed once, compiled once, also over a restart; pinned code is preloaded") {
    const auto kv = good(storage::memory_kv());
    ContractBuilder c;
    c.answer("query", 2, "{}");
    ContractsOptions options;
    options.engine.artifacts = kv.get();
    options.engine.mac_key = MacKey{5};
    Digest checksum{};
    MockBackend backend;
    for (u32 start = 0; start < 2; ++start) {
        const auto contracts =
            good(Contracts::create(*kv, good(find_rules("cosmwasm-3.0.9")), options));
        if (start == 0) {
            checksum = good(contracts->store_code(c.build())).checksum;
            CHECK(contracts->engine().pin(checksum));
            CHECK(contracts->engine().pin(Digest{})); // not stored
        } else {
            CHECK(good(contracts->preload_pinned()) == 1);
        }
        CHECK(good(contracts->query(checksum, "{}", "{}", backend, plenty)).ok());
        const EngineStats stats = contracts->engine().stats();
        CHECK(stats.cache.misses == (start == 0 ? 1 : 0));
        CHECK(stats.cache.disk_hits == start);
        CHECK(stats.cache.pinned_entries == 1);
    }
}

TEST_CASE("contracts: damaged code is a fault") {
    const auto kv = good(storage::memory_kv());
    ContractBuilder c;
    c.answer("query", 2, "{}");
    const Bytes wasm = c.build();
    storage::Batch batch;
    batch.put(storage::Family::code, sha256(wasm), as_bytes("not the code"));
    REQUIRE(kv->write(batch).has_value());
    const auto contracts = good(Contracts::create(*kv, good(find_rules("cosmwasm-3.0.9"))));
    MockBackend backend;
    CHECK(contracts->query(sha256(wasm), "{}", "{}", backend, plenty).error().code ==
          Errc::corrupt_state);
    CHECK(contracts->load_code(sha256(wasm)).error().code == Errc::corrupt_state);
}

} // namespace
} // namespace lockstep::contract::test

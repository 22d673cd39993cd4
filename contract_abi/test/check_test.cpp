// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/test/contract_builder.hpp"

namespace lockstep::contract::test {
namespace {

using cosmwasm::check_prefix;

/// The text without the common prefix; empty if the code is accepted.
std::string check(const Bytes& wasm, std::string_view rules = "cosmwasm-3.0.9",
                  CheckReport* report = nullptr) {
    const auto kv = good(storage::memory_kv());
    const auto contracts = good(Contracts::create(*kv, good(find_rules(rules))));
    const StoredCode stored = good(contracts->check_code(wasm, report));
    if (stored.ok()) return {};
    CHECK(stored.error->kind == VmErrorKind::static_validation);
    CHECK(stored.error->text.starts_with(check_prefix));
    return stored.error->text.substr(check_prefix.size());
}

TEST_CASE("check: the smallest contract passes everywhere") {
    for (const std::string_view rules :
         {"lockstep-1", "cosmwasm-1.0.0", "cosmwasm-1.5.11", "cosmwasm-2.2.0", "cosmwasm-3.0.9"}) {
        CAPTURE(rules);
        ContractBuilder c;
        CHECK(check(c.build(), rules).empty());
    }
}

TEST_CASE("check: tables") {
    const auto with_table = [](u32 min, std::optional<u32> max) {
        ContractBuilder c;
        c.module.table(min, max);
        return c.build();
    };
    CHECK(check(with_table(10, 2500)).empty());
    CHECK(check(with_table(10, 2501)) ==
          "Wasm contract's first table section has a too large max limit");
    CHECK(check(with_table(10, {})) == "Wasm contract must not have unbound table section");
    CHECK(check(with_table(10, {}), "cosmwasm-1.2.8").empty());
    CHECK(check(with_table(10, 2501), "cosmwasm-1.2.8").empty());
}

TEST_CASE("check: memory") {
    const auto with_memory = [](auto&& define) {
        ModuleBuilder b;
        define(b);
        for (const std::string_view name : {"allocate", "deallocate", "interface_version_8"})
            b.export_function(name, b.function({}, {}, {}, {}));
        return b.build();
    };
    const Bytes none = with_memory([](ModuleBuilder&) {});
    CHECK(check(none) == "Wasm contract must contain exactly one memory");
    CHECK(check(none, "cosmwasm-1.3.0") == "Wasm contract doesn't have a memory section");
    CHECK(check(with_memory([](ModuleBuilder& b) { b.memory(512); })).empty());
    CHECK(check(with_memory([](ModuleBuilder& b) { b.memory(513); })) ==
          "Wasm contract memory's minimum must not exceed 512 pages.");
    CHECK(check(with_memory([](ModuleBuilder& b) { b.memory(257); }), "lockstep-1") ==
          "Wasm contract memory's minimum must not exceed 256 pages.");
    CHECK(check(with_memory([](ModuleBuilder& b) { b.memory(1, 5); })) ==
          "Wasm contract memory's maximum must be unset. The host will set it for you.");
}

TEST_CASE("check: interface version and required exports") {
    const auto with_exports = [](std::initializer_list<std::string_view> names) {
        ModuleBuilder b;
        b.memory(1);
        for (const std::string_view name : names)
            b.export_function(name, b.function({}, {}, {}, {}));
        return b.build();
    };
    CHECK(check(with_exports({"allocate", "deallocate"})) ==
          "Wasm contract missing a required marker export: interface_version_*");
    CHECK(check(with_exports({"interface_version_8", "interface_version_7"})) ==
          "Wasm contract contains more than one marker export: interface_version_*");
    CHECK(check(with_exports({"interface_version_7"})) ==
          "Wasm contract has unknown interface_version_* marker export (see "
          "https://github.com/CosmWasm/cosmwasm/blob/main/packages/vm/README.md)");
    CHECK(check(with_exports({"interface_version_8", "deallocate"})) ==
          "Wasm contract doesn't have required export: \"allocate\". Exports required by VM: "
          "[\"allocate\", \"deallocate\"].");
    CHECK(check(with_exports({"interface_version_8", "allocate"})) ==
          "Wasm contract doesn't have required export: \"deallocate\". Exports required by VM: "
          "[\"allocate\", \"deallocate\"].");
}

TEST_CASE("check: imports") {
    ContractBuilder unknown;
    unknown.import("db_reed", "i_i");
    const std::string text = check(unknown.build());
    CHECK(text.starts_with("Wasm contract requires unsupported import: \"env.db_reed\". Required "
                           "imports: {\"env.db_reed\"}. Available imports: [\"env.abort\", "
                           "\"env.db_read\", "));
    CHECK(text.ends_with("\"env.db_next_value\"]."));

    ContractBuilder newer;
    newer.import("db_next_key");
    const Bytes newer_wasm = newer.build();
    CHECK(check(newer_wasm).empty());
    CHECK(check(newer_wasm, "cosmwasm-1.3.4")
              .starts_with("Wasm contract requires unsupported import: \"env.db_next_key\""));

    ContractBuilder other_module;
    other_module.module.import_function("wasi", "db_read", {i32_}, {i32_});
    CHECK(check(other_module.build())
              .starts_with("Wasm contract requires unsupported import: \"wasi.db_read\""));

    ContractBuilder global;
    global.module.import_global("env", "db_read", i32_);
    CHECK(check(global.build()) ==
          "Wasm contract requires non-function import: \"env.db_read\". Right now, all supported "
          "imports are functions.");

    ContractBuilder many;
    for (int i = 0; i < 101; ++i)
        many.import("debug");
    const Bytes many_wasm = many.build();
    CHECK(check(many_wasm) == "Import count exceeds limit. Imports: 101. Limit: 100.");
    CHECK(check(many_wasm, "cosmwasm-1.2.8").empty());

    // The signature is looked at when the contract is instantiated.
    ContractBuilder signature;
    signature.import("db_read", "iI_");
    CHECK(check(signature.build()).empty());
}

TEST_CASE("check: long lists of imports are cut") {
    ContractBuilder c;
    for (char name = 'a'; name < 'a' + 20; ++name)
        c.import(std::string(30, name), "_");
    const std::string text = check(c.build());
    const std::string a30 = "\"env." + std::string(30, 'a') + "\"";
    CHECK(text.find("Required imports: {" + a30 + ", \"env.b") != std::string::npos);
    CHECK(text.find(", ... 16 more}") != std::string::npos);
}

TEST_CASE("check: capabilities") {
    const auto requires_ = [](std::initializer_list<std::string_view> names) {
        ContractBuilder c;
        for (const std::string_view name : names)
            c.module.export_function(name, c.module.function({}, {}, {}, {}));
        return c.build();
    };
    CHECK(check(requires_({"requires_iterator", "requires_stargate", "requires_"})).empty());
    CHECK(check(requires_({"requires_water", "requires_iterator", "requires_nutrients"})) ==
          "Wasm contract requires unavailable capabilities: {\"nutrients\", \"water\"}");
    CHECK(check(requires_({"requires_water"}), "cosmwasm-1.0.0") ==
          "Wasm contract requires unsupported features: {\"water\"}");
}

TEST_CASE("check: functions, parameters, results and locals") {
    const auto with_function = [](const Types& params, const Types& results, usize locals,
                                  u32 count = 1) {
        ContractBuilder c;
        const Bytes body = results.empty() ? Bytes() : code(Op::unreachable);
        for (u32 i = 0; i < count; ++i)
            c.module.function(params, results, Types(locals, i32_), body);
        return c.build();
    };
    CHECK(check(with_function(Types(100, i32_), {}, 100)).empty());
    CHECK(check(with_function(Types(101, i32_), {}, 0)) ==
          "Wasm contract contains function with more than 100 parameters");
    CHECK(check(with_function(Types(51, i32_), {}, 0), "cosmwasm-1.5.11") ==
          "Wasm contract contains function with more than 50 parameters");
    CHECK(check(with_function(Types(51, i32_), {}, 0), "cosmwasm-1.5.0").empty());
    CHECK(check(with_function({}, {}, 101)) ==
          "Wasm contract contains function with more than 100 locals: 101");
    CHECK(check(with_function({}, {}, 101), "cosmwasm-3.0.8").empty());
    CHECK(check(with_function({}, {}, 100, 101)) ==
          "Wasm contract contains more than 10000 function locals in total: 10101");
    CHECK(check(with_function(Types(100, i32_), {}, 0, 101)) ==
          "Wasm contract contains more than 10000 function parameters in total");
    CHECK(check(with_function({}, {}, 0, 20'001)) ==
          "Wasm contract contains more than 20000 functions");
    CHECK(check(with_function({}, {}, 0, 19'997)).empty());
    CHECK(check(with_function(Types(64, i32_), {}, 100), "lockstep-1") != "");
}

TEST_CASE("check: modules that are no modules, and bodies") {
    CHECK(
        check({}).starts_with("Wasm bytecode could not be deserialized. Deserialization error: "));
    CHECK(check(Bytes{'n', 'o', 'p', 'e'}) ==
          "Wasm bytecode could not be deserialized. Deserialization error: \"magic header not "
          "detected (at offset 0x0)\"");
    ContractBuilder c;
    c.entry("query", 2, code(Op::i64_const, sleb(1)));
    CHECK(check(c.build()).find("type mismatch") != std::string::npos);
}

TEST_CASE("check: floats were the compiler's to refuse before 1.5") {
    ContractBuilder c;
    c.module.function(
        {}, {}, {},
        code(Op::f32_const, raw(1.0f), Op::f32_const, raw(1.0f), Op::f32_add, Op::drop));
    const Bytes wasm = c.build();
    CHECK(check(wasm).empty());
    const auto kv = good(storage::memory_kv());
    const auto contracts = good(Contracts::create(*kv, good(find_rules("cosmwasm-1.4.5"))));
    const StoredCode stored = good(contracts->check_code(wasm));
    REQUIRE_FALSE(stored.ok());
    CHECK(stored.error->kind == VmErrorKind::compile);
    CHECK(stored.error->text.starts_with(
        "Error compiling Wasm: Could not compile: floating-point operators are not allowed"));
}

TEST_CASE("check: a report has every problem, the error only the first") {
    ModuleBuilder b;
    b.import_function("env", "nonsense", {}, {});
    b.memory(1, 2);
    b.export_function("requires_water",
                      b.function({}, {i32_}, Types(101, i32_), code(Op::i64_const, sleb(1))));
    CheckReport report;
    const std::string first = check(b.build(), "cosmwasm-3.0.9", &report);
    CHECK(first.starts_with("Wasm contract memory's maximum must be unset."));
    REQUIRE(report.contract.size() == 7);
    CHECK(report.contract[0] == first);
    CHECK(report.contract[1].find("marker export") != std::string::npos);
    CHECK(report.contract[2].find("\"allocate\"") != std::string::npos);
    CHECK(report.contract[3].find("\"deallocate\"") != std::string::npos);
    CHECK(report.contract[4].find("env.nonsense") != std::string::npos);
    CHECK(report.contract[5].find("{\"water\"}") != std::string::npos);
    CHECK(report.contract[6].find("locals: 101") != std::string::npos);
    REQUIRE(report.module.problems.size() == 1);
    CHECK(report.module.problems[0].error.code == Errc::type_mismatch);
}

TEST_CASE("check: the order of checks decides the error") {
    ModuleBuilder b;
    b.table(1);
    b.memory(1, 2);
    CHECK(check(b.build()) == "Wasm contract must not have unbound table section");
}

TEST_CASE("analyze: entry points, capabilities, migrate version") {
    ContractBuilder c;
    for (const std::string_view name : {"query", "execute", "ibc2_packet_send", "instantiate"})
        c.answer(name, 2, "{}");
    c.module.export_function("requires_stargate", 0);
    c.module.export_function("requires_iterator", 0);
    c.module.custom("cw_migrate_version", Bytes{'4', '2'});
    Runner runner(c.build());
    const Analysis analysis = good(runner.contracts().analyze(runner.checksum()));
    CHECK(analysis.entry_points ==
          std::vector<std::string>{"execute", "ibc2_packet_send", "instantiate", "query"});
    CHECK(analysis.required_capabilities == std::vector<std::string>{"iterator", "stargate"});
    CHECK(analysis.migrate_version == 42);
    CHECK_FALSE(analysis.has_ibc_entry_points);
}

TEST_CASE("analyze: all six make a contract an IBC contract") {
    ContractBuilder c;
    for (const std::string_view name :
         {"ibc_channel_open", "ibc_channel_connect", "ibc_channel_close", "ibc_packet_receive",
          "ibc_packet_ack", "ibc_packet_timeout"})
        c.answer(name, 2, "{}");
    Runner runner(c.build());
    CHECK(good(runner.contracts().analyze(runner.checksum())).has_ibc_entry_points);
}

TEST_CASE("check: a migrate version that is no number") {
    const auto with_version = [](std::string_view version) {
        ContractBuilder c;
        c.module.custom("cw_migrate_version", Bytes(version.begin(), version.end()));
        return c.build();
    };
    CHECK(check(with_version("18446744073709551615")).empty());
    CHECK(check(with_version("18446744073709551616")) == "number too large to fit in target type");
    CHECK(check(with_version("")) == "cannot parse integer from empty string");
    CHECK(check(with_version("1.0")) == "invalid digit found in string");
    CHECK(check(with_version("1.0"), "cosmwasm-2.0.9").empty());
}

} // namespace
} // namespace lockstep::contract::test

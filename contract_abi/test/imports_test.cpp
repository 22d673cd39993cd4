// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/test/contract_builder.hpp"

namespace lockstep::contract::test {
namespace {

Bytes constant(u32 value) { return code(Op::i32_const, sleb(static_cast<i32>(value))); }

/// A contract whose query calls an import with constants and returns the Region that the import
/// returned.
Bytes calling(std::string_view import, const std::vector<std::string_view>& regions) {
    ContractBuilder c;
    const u32 function = c.import(import);
    Bytes body;
    for (const std::string_view region : regions)
        append(body, constant(c.region(region)));
    append(body, code(Op::call, function));
    c.entry("query", 2, body);
    return c.build();
}

/// The same for imports that return a number: query returns a Region with its four bytes, execute
/// likewise.
Bytes number_of(std::string_view import, const std::vector<std::string_view>& regions,
                const std::vector<u32>& numbers = {}) {
    ContractBuilder c;
    const u32 function = c.import(import);
    const u32 out = c.region("....");
    Bytes body = constant(out + cosmwasm::region_size);
    for (const std::string_view region : regions)
        append(body, constant(c.region(region)));
    for (const u32 number : numbers)
        append(body, constant(number));
    append(body, code(Op::call, function, Op::i32_store, 2, 0));
    append(body, constant(out));
    c.entry("query", 2, body);
    return c.build();
}

u32 number(const CallResult& ended) {
    REQUIRE_MESSAGE(ended.ok(), text_of_call(ended));
    REQUIRE(ended.data.size() == 4);
    return load_le<u32>(ended.data.data());
}

/// The error of a host function, as the outer call shows it.
std::string host_error(std::string_view text) {
    return std::string(runtime_prefix) + std::string(text);
}

TEST_CASE("imports: the table is 24 rows with different names") {
    std::set<std::string_view> names;
    for (const cosmwasm::ImportRow& row : cosmwasm::imports())
        names.insert(row.name);
    CHECK(names.size() == 24);
    CHECK(cosmwasm::imports().size() == 24);
}

TEST_CASE("imports: db_read") {
    Runner runner(calling("db_read", {"key"}));
    runner.backend.data["key"] = "value";
    CHECK(text_of_call(runner.query("")) == "value");
    runner.backend.data.clear();
    // Address 0 is no Region.
    CHECK(text_of_call(runner.query("")) ==
          "Error in guest/host communication: Got an invalid region: Got a zero Wasm address in "
          "the offset");
}

TEST_CASE("imports: db_read's key is limited") {
    Runner runner(calling("db_read", {std::string(65'537, 'k')}));
    CHECK(text_of_call(runner.query("")) ==
          host_error("Error in guest/host communication: Region length too big. Got 65537, limit "
                     "65536"));
}

/// execute and query both write and remove.
Bytes writer(usize key_size, usize value_size) {
    ContractBuilder c;
    const u32 write = c.import("db_write");
    const u32 remove = c.import("db_remove");
    const std::string key(key_size, 'k');
    const u32 key_region = c.region(key);
    Bytes body = constant(key_region);
    append(body, constant(c.region(std::string(value_size, 'v'))));
    append(body, code(Op::call, write));
    append(body, constant(c.region("gone")));
    append(body, code(Op::call, remove));
    append(body, constant(c.region("done")));
    c.entry("execute", 3, body);
    c.entry("query", 2, body);
    return c.build();
}

TEST_CASE("imports: db_write and db_remove") {
    Runner runner(writer(3, 5));
    runner.backend.data["gone"] = "x";
    CHECK(text_of_call(runner.execute("")) == "done");
    CHECK(runner.backend.data.size() == 1);
    CHECK(runner.backend.data.at("kkk") == "vvvvv");
    const CallResult refused = runner.query("");
    CHECK(text_of_call(refused) ==
          host_error("Must not call a writing storage function in this context."));
    CHECK(refused.error->kind == VmErrorKind::runtime);
}

TEST_CASE("imports: db_write words its limits in its own way") {
    const auto error = [](usize key, usize value) {
        // 128 KiB of value need a larger memory than the builder's.
        Runner runner(writer(key, value));
        return text_of_call(runner.execute(""));
    };
    CHECK(error(65'537, 1) ==
          host_error("Generic error: Key too big. Tried to write 65537 bytes to "
                     "storage, limit is 65536."));
}

TEST_CASE("imports: scanning") {
    ContractBuilder c;
    const u32 scan = c.import("db_scan");
    const u32 next = c.import("db_next");
    const u32 next_key = c.import("db_next_key");
    const u32 next_value = c.import("db_next_value");
    const u32 out = c.region("............");
    // query: iterator 0 over everything, descending; three different steps of it, the last
    // returned.
    Bytes body = code(Op::i32_const, sleb(0), Op::i32_const, sleb(0), Op::i32_const, sleb(2),
                      Op::call, scan, Op::local_tee, 2, Op::call, next_key, Op::drop, Op::local_get,
                      2, Op::call, next_value, Op::drop, Op::local_get, 2, Op::call, next);
    c.entry("query", 2, body, {i32_});
    // sudo: the second iterator of a call is number 1; its end is 8 zero bytes, and 0 for keys and
    // values.
    const u32 start = c.region("b");
    const u32 end = c.region("c");
    body = code(Op::i32_const, sleb(0), Op::i32_const, sleb(0), Op::i32_const, sleb(1), Op::call,
                scan, Op::drop, Op::i32_const, sleb(out + 12), Op::i32_const, sleb(start),
                Op::i32_const, sleb(end), Op::i32_const, sleb(1), Op::call, scan, Op::local_tee, 2,
                Op::i32_store, 2, 0, Op::local_get, 2, Op::call, next, Op::drop, Op::i32_const,
                sleb(out + 12), Op::local_get, 2, Op::call, next_key, Op::i32_store, 2, 4,
                Op::i32_const, sleb(out + 12), Op::local_get, 2, Op::call, next_value,
                Op::i32_store, 2, 8, Op::i32_const, sleb(out));
    c.entry("sudo", 2, body, {i32_});
    const Bytes wasm = c.build();
    Runner runner(wasm);
    runner.backend.data = {{"a", "1"}, {"b", "22"}, {"c", "3"}};
    CHECK(text_of_call(runner.query("")) == std::string("a\0\0\0\1"
                                                        "1\0\0\0\1",
                                                        10));

    Runner fresh(
        wasm); // a chain numbers the iterators of each call from 0, the mock all of its own
    fresh.backend.data = runner.backend.data;
    const CallResult ended = good(fresh.try_call(EntryPoint::sudo, {"{}", "{}"}));
    REQUIRE(ended.ok());
    CHECK(load_le<u32>(ended.data.data()) == 1);
    CHECK(load_le<u32>(&ended.data[4]) == 0);
    CHECK(load_le<u32>(&ended.data[8]) == 0);

    runner.backend.data = {{"a", "1"}, {"b", "22"}};
    CHECK(text_of_call(runner.query("")) == std::string(8, '\0'));
}

TEST_CASE("imports: scan's order is looked at after its bounds; unknown iterators") {
    Runner order(number_of("db_scan", {"a", "b"}, {3}));
    CHECK(text_of_call(order.query("")) ==
          host_error("Error in guest/host communication: Got an invalid value for iteration "
                     "order: 3"));
    Runner negative(number_of("db_scan", {"a", "b"}, {0xffff'ffff}));
    CHECK(text_of_call(negative.query("")) ==
          host_error("Error in guest/host communication: Got an invalid value for iteration "
                     "order: -1"));
    Runner bounds(number_of("db_scan", {"a", std::string(65'537, 'b')}, {3}));
    CHECK(
        text_of_call(bounds.query("")).ends_with("Region length too big. Got 65537, limit 65536"));
    for (const std::string_view name : {"db_next", "db_next_key", "db_next_value"}) {
        Runner unknown(number_of(name, {}, {42}));
        CHECK(
            text_of_call(unknown.query("")) ==
            host_error("Error calling into the VM's backend: Iterator with ID 42 does not exist"));
    }
}

const std::string mock_address = simulation::bech32_encode("mock", Bytes{1, 2, 3});

TEST_CASE("imports: addresses") {
    CHECK(number(Runner(number_of("addr_validate", {mock_address})).query("")) == 0);
    CHECK(text_of_call(Runner(calling("addr_validate", {""})).query("")) == "Input is empty");
    CHECK(text_of_call(Runner(calling("addr_validate", {"\xff"})).query("")) ==
          "Input is not valid UTF-8");
    CHECK(text_of_call(Runner(calling("addr_validate", {"nobody"})).query("")) == "no address");
    const std::string long_address(257, 'a');
    CHECK(text_of_call(Runner(calling("addr_validate", {long_address})).query(""))
              .ends_with("Region length too big. Got 257, limit 256"));
    CHECK(text_of_call(Runner(calling("addr_canonicalize", {"", "destination"})).query("")) ==
          "Input is empty");
    CHECK(text_of_call(Runner(calling("addr_canonicalize", {"nobody", "destination"})).query("")) ==
          "no address");
    const std::string long_canonical(65, 'a');
    CHECK(text_of_call(Runner(calling("addr_humanize", {long_canonical, "destination"})).query(""))
              .ends_with("Region length too big. Got 65, limit 64"));
}

TEST_CASE("imports: canonicalize and humanize write into the destination") {
    const auto converting = [](std::string_view import, std::string_view from, u32 capacity) {
        ContractBuilder c;
        const u32 function = c.import(import);
        const u32 destination = c.region(std::string(capacity, '.'));
        Bytes body = constant(c.region(from));
        append(body, constant(destination));
        append(body, code(Op::call, function, Op::drop));
        append(body, constant(destination));
        c.entry("query", 2, body);
        return c.build();
    };
    CHECK(text_of_call(Runner(converting("addr_canonicalize", mock_address, 64)).query("")) ==
          "\1\2\3");
    CHECK(text_of_call(Runner(converting("addr_humanize", "\1\2\3", 90)).query("")) ==
          mock_address);
    CHECK(text_of_call(Runner(converting("addr_humanize", "\1\2\3", 5)).query("")) ==
          host_error("Error in guest/host communication: Region too small. Got 5, required " +
                     std::to_string(mock_address.size())));
}

TEST_CASE("imports: 1.x validates by a round trip") {
    std::string upper = mock_address;
    for (char& letter : upper)
        letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
    Runner old(calling("addr_validate", {upper}), "cosmwasm-1.5.11");
    CHECK(text_of_call(old.query("")) == "Address is not normalized");
    Runner right(number_of("addr_validate", {mock_address}), "cosmwasm-1.5.11");
    right.backend.cost = 7;
    const CallResult ended = right.query("");
    CHECK(number(ended) == 0);
    // Both answers were paid for; the rest is as in 2.0 with one answer.
    Runner once(number_of("addr_validate", {mock_address}), "cosmwasm-1.5.11");
    CHECK(ended.gas.used_internally == once.query("").gas.used_internally + 14);
}

TEST_CASE("imports: debug costs the same whether it is shown, and abort") {
    ContractBuilder c;
    const u32 debug = c.import("debug");
    Bytes body = constant(c.region("hello"));
    append(body, code(Op::call, debug));
    append(body, constant(c.region("{}")));
    c.entry("query", 2, body);
    const Bytes wasm = c.build();
    Runner runner(wasm);
    const u64 used = runner.query("").gas.used_internally;
    CHECK(runner.backend.debug_lines == std::vector<std::string>{"hello"});
    // Before CWA-2025-003 the region was read only to be shown.
    Runner before(wasm, "cosmwasm-2.2.1");
    Runner after(wasm, "cosmwasm-2.2.2");
    CHECK(after.query("").gas.used_internally - before.query("").gas.used_internally ==
          200'000 + 5 * 115);
    CHECK(before.backend.debug_lines == std::vector<std::string>{"hello"});
    CHECK(used > 0);

    ContractBuilder aborting;
    const u32 abort = aborting.import("abort");
    body = constant(aborting.region("the \xff end"));
    append(body, code(Op::call, abort));
    append(body, constant(0));
    aborting.entry("query", 2, body);
    CHECK(text_of_call(Runner(aborting.build()).query("")) ==
          host_error("Aborted: the \xef\xbf\xbd end"));
}

TEST_CASE("imports: query_chain gets the gas that is left, and its answer in normal form") {
    Runner runner(calling("query_chain", {R"({"bank":{}})"}));
    runner.backend.query_answer = R"( {"ok": {"ok": "AQI"}} )";
    runner.backend.external = 1000;
    const CallResult ended = runner.query("", 1'000'000'000);
    CHECK(text_of_call(ended) == R"({"ok":{"ok":"AQI="}})");
    CHECK(runner.backend.last_query == R"({"bank":{}})");
    CHECK(runner.backend.last_query_limit < 1'000'000'000);
    CHECK(runner.backend.last_query_limit > ended.gas.remaining);
    CHECK(ended.gas.used_externally == 1000);
    Runner too_long(calling("query_chain", {std::string(65'537, '{')}));
    CHECK(text_of_call(too_long.query("")).ends_with("Got 65537, limit 65536"));
}

TEST_CASE("imports: errors of the chain") {
    const auto error = [](BackendErrorKind kind) {
        Runner runner(calling("db_read", {"key"}));
        runner.backend.error = BackendError{kind, "why"};
        return text_of_call(runner.query(""));
    };
    const std::string prefix = host_error("Error calling into the VM's backend: ");
    CHECK(error(BackendErrorKind::user) == prefix + "User error during call into backend: why");
    CHECK(error(BackendErrorKind::unknown) ==
          prefix + "Unknown error during call into backend: why");
    CHECK(error(BackendErrorKind::foreign_panic) == prefix + "Panic in FFI call");
    CHECK(error(BackendErrorKind::bad_argument) == prefix + "Bad argument");
    CHECK(error(BackendErrorKind::out_of_gas) ==
          host_error("Ran out of gas during contract execution"));
    // An address codec's error that is not the user's ends the contract too.
    Runner codec(calling("addr_validate", {mock_address}));
    codec.backend.error = BackendError{BackendErrorKind::unknown, "why"};
    CHECK(text_of_call(codec.query("")) == prefix + "Unknown error during call into backend: why");
}

TEST_CASE("imports: a chain's fault is no result of the call") {
    Runner runner(calling("db_read", {"key"}));
    runner.backend.error = BackendError{BackendErrorKind::fault, {}, Error{Errc::io_failure}};
    const auto ended = runner.try_call(EntryPoint::query, {"{}", "{}"});
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == Errc::io_failure);
}

// --- prices
// -----------------------------------------------------------------------------------------

/// What a query costs beyond one that does the same without the import's prices.
u64 price(const Bytes& wasm, std::string_view rules, const MockBackend& like = {}) {
    Runner runner(wasm, rules);
    runner.backend.data = like.data;
    runner.backend.cost = like.cost;
    const CallResult ended = runner.query("");
    return ended.gas.used_internally;
}

TEST_CASE("imports: every charge of db_read, by release") {
    const Bytes wasm = calling("db_read", {"key"});
    MockBackend like;
    like.data["key"] = "value";
    // The same operators run in all of them; only host prices differ.
    const u64 bare = price(wasm, "cosmwasm-2.2.0", like);
    const u64 result_and_key = 200'000 + 115 * 5 + 200'000 + 115 * 3;
    CHECK(price(wasm, "cosmwasm-2.2.1", like) - bare == 18'000 + result_and_key);
    // Two arguments ("{}" and ""), and the value.
    const u64 writes = 3 * 230'000 + 570 * (2 + 0 + 5);
    CHECK(price(wasm, "cosmwasm-3.0.8", like) - bare == 18'000 + result_and_key + writes);
}

TEST_CASE("imports: strings and address codec") {
    const Bytes wasm = number_of("addr_validate", {mock_address});
    const u64 bare = price(wasm, "cosmwasm-2.2.0");
    const u64 reads = 200'000 + 115 * 4 + 200'000 + 115 * mock_address.size();
    const u64 string = 28'700 + 1'400 * mock_address.size();
    CHECK(price(wasm, "cosmwasm-2.2.1") - bare == 18'000 + reads + string);
    MockBackend like;
    like.cost = 1'260'000;
    CHECK(price(wasm, "cosmwasm-2.2.0", like) - bare == 1'260'000);
}

const std::string hash_text(32, 'h');

TEST_CASE("imports: secp256k1 codes and prices") {
    const std::string signature(64, 's');
    const std::string key = "\x02" + std::string(32, 'k');
    Runner generic(number_of("secp256k1_verify", {hash_text, std::string(64, '\0'), key}));
    CHECK(number(generic.query("")) == 10);
    Runner format(number_of("secp256k1_verify", {hash_text, signature, "k"}));
    CHECK(number(format.query("")) == 5);
    const std::string long_hash(33, 'h');
    Runner too_long(number_of("secp256k1_verify", {long_hash, signature, key}));
    CHECK(text_of_call(too_long.query("")).ends_with("Got 33, limit 32"));
    const Bytes wasm = number_of("secp256k1_verify", {hash_text, signature, "k"});
    CHECK(price(wasm, "cosmwasm-2.0.7") - price(wasm, "cosmwasm-2.1.4") == 58'000'000);
}

TEST_CASE("imports: recovery codes are in the upper half; a parameter over 255 costs nothing") {
    const auto recovering = [](u32 param) {
        ContractBuilder c;
        const u32 recover = c.import("secp256k1_recover_pubkey");
        const u32 out = c.region("........");
        Bytes body = constant(out + cosmwasm::region_size);
        append(body, constant(c.region(hash_text)));
        append(body, constant(c.region(std::string(64, 's'))));
        append(body, constant(param));
        append(body, code(Op::call, recover, Op::i64_store, 3, 0));
        append(body, constant(out));
        c.entry("query", 2, body);
        return c.build();
    };
    const auto run = [&](u32 param) { return Runner(recovering(param)).query(""); };
    const CallResult paid = run(2);
    REQUIRE(paid.ok());
    CHECK(load_le<u64>(paid.data.data()) == u64{6} << 32);
    const CallResult unpaid = run(256);
    CHECK(load_le<u64>(unpaid.data.data()) == u64{6} << 32);
    CHECK(paid.gas.used_internally - unpaid.gas.used_internally == 194'000'000);
}

TEST_CASE("imports: cryptography that this build lacks is a fault that names it") {
    const std::string point(48, 'p');
    const struct {
        std::string_view name;
        std::vector<std::string_view> regions;
    } rows[] = {{"secp256r1_verify", {"h", "s", "k"}},
                {"ed25519_verify", {"m", "s", "k"}},
                {"ed25519_batch_verify", {"", "", ""}},
                {"bls12_381_aggregate_g1", {point, point}},
                {"bls12_381_aggregate_g2", {point, point}},
                {"bls12_381_pairing_equality", {point, point, point, point}}};
    for (const auto& row : rows) {
        CAPTURE(row.name);
        Runner runner(number_of(row.name, row.regions));
        const auto ended = runner.try_call(EntryPoint::query, {"{}", "{}"});
        REQUIRE(ended.has_error());
        CHECK(ended.error().code == Errc::crypto_unavailable);
        CHECK(cosmwasm::describe(ended.error()) ==
              "this build cannot run the cryptographic import " + std::string(row.name));
        // Before it comes to that, gas and limits are the contract's own affair.
        CHECK(runner.query("", 3'000'000).error.has_value());
    }
    const std::string too_long(49, 'p');
    Runner limits(number_of("bls12_381_pairing_equality", {point, point, too_long, point}));
    CHECK(text_of_call(limits.query("")).ends_with("Got 49, limit 48"));
}

} // namespace
} // namespace lockstep::contract::test

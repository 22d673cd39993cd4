// SPDX-License-Identifier: Apache-2.0
// The simulated chain with puppets: contracts whose execute returns what they were instantiated
// with.
#include "contract_abi/cosmwasm/json.hpp"
#include "contract_abi/simulation/chain.hpp"
#include "contract_abi/test/contract_builder.hpp"

namespace lockstep::contract::test {
namespace {

using namespace simulation;

Bytes constant(u32 value) { return code(Op::i32_const, sleb(static_cast<i32>(value))); }

/// instantiate keeps its message under "r"; execute, sudo and migrate write "ran" and return it;
/// reply keeps the Reply under "reply" and answers with data "replied"; query asks the chain its
/// message and keeps nothing.
Bytes puppet(std::string_view mark = "") {
    ContractBuilder c;
    const u32 read = c.import("db_read");
    const u32 write = c.import("db_write");
    const u32 ask = c.import("query_chain");
    const u32 debug = c.import("debug");
    const u32 response_key = c.region("r");
    const u32 ran_key = c.region("ran");
    const u32 reply_key = c.region("reply");
    const u32 asked_key = c.region("asked");
    const std::string ok = R"({"ok":{"messages":[],"attributes":[],"events":[],"data":null}})";
    const u32 ok_region = c.region(ok);
    const u32 replied =
        c.region(R"({"ok":{"messages":[],"attributes":[{"key":"got","value":"reply"}],)"
                 R"("events":[],"data":"cmVwbGllZA=="}})");
    const auto store = [&](u32 key, u32 argument) {
        Bytes body = constant(key);
        append(body, code(Op::local_get, argument, Op::call, write));
        return body;
    };
    const auto then = [](Bytes body, const Bytes& more) {
        append(body, more);
        return body;
    };
    c.entry("instantiate", 3, then(store(response_key, 2), constant(ok_region)));
    Bytes run = constant(ran_key);
    append(run, constant(ran_key));
    append(run, code(Op::call, write));
    append(run, constant(response_key));
    append(run, code(Op::call, read));
    c.entry("execute", 3, run);
    c.entry("sudo", 2, run);
    c.entry("migrate", 3, run);
    c.entry("reply", 2, then(store(reply_key, 1), constant(replied)));
    Bytes query = code(Op::local_get, 1, Op::call, debug);
    append(query, constant(c.region(R"({"ok":"YW5zd2Vy"})")));
    c.entry("query", 2, query);
    // ibc_source_callback, which no chain of ours calls, is here to use the import: its message is
    // asked and kept.
    Bytes asking = constant(asked_key);
    append(asking, code(Op::local_get, 1, Op::call, ask, Op::call, write));
    c.entry("ibc_source_callback", 2, then(asking, constant(ok_region)));
    if (!mark.empty()) c.region(mark);
    return c.build();
}

/// A chain with the puppet's code as number 1, alice with coins, and an open block.
class Stage {
public:
    explicit Stage(const ChainConfig& config = {})
        : kv(good(storage::memory_kv())), chain(good(Chain::open(*kv, config))),
          alice(chain->account("alice")), bob(chain->account("bob")) {
        good(chain->begin_block());
        REQUIRE(good(chain->mint(alice, {{"ulock", 1000}, {"atom", 50}})).ok());
        const TxResult stored = good(chain->store_code(alice, puppet()));
        REQUIRE_MESSAGE(stored.ok(), stored.error());
        REQUIRE(stored.code_id == 1);
    }

    /// A puppet that answers with `response`.
    std::string make(std::string_view response, const InstantiateOptions& options = {}) {
        const TxResult made = good(chain->instantiate(alice, 1, response, options));
        REQUIRE_MESSAGE(made.ok(), made.error());
        return made.contract_address;
    }
    TxResult execute(const std::string& contract, const TxOptions& options = {}) {
        return good(chain->execute(alice, contract, "{}", options));
    }
    bool ran(const std::string& contract) {
        return good(chain->query_raw(contract, as_bytes("ran"))).has_value();
    }
    std::string reply_of(const std::string& contract) {
        const auto bytes = good(chain->query_raw(contract, as_bytes("reply")));
        return bytes ? std::string(as_text(*bytes)) : "";
    }
    Amount balance(std::string_view address, std::string_view denom = "ulock") {
        return good(chain->balance(address, denom));
    }

    std::unique_ptr<storage::Kv> kv;
    std::unique_ptr<Chain> chain;
    std::string alice;
    std::string bob;
};

/// The address of the chain's contract number `instance`, made from code 1.
std::string machine_address(const Chain& chain, u64 instance) {
    return bech32_encode(chain.config().address_prefix, contract_address(1, instance));
}

/// A Response with these messages.
std::string response(std::initializer_list<std::string> messages, std::string_view rest = "") {
    std::string list;
    for (const std::string& message : messages)
        list += (list.empty() ? "" : ",") + message;
    return R"({"ok":{"messages":[)" + list +
           R"(],"attributes":[{"key":"do","value":"it"}],"events":[])" + std::string(rest) + "}}";
}

std::string sub_message(const std::string& message, std::string_view reply_on,
                        std::string_view more = "") {
    return R"({"id":7,"msg":)" + message + R"(,"gas_limit":null,"reply_on":")" +
           std::string(reply_on) + "\"" + std::string(more) + "}";
}

std::string execute_message(const std::string& contract, std::string_view funds = "[]") {
    return R"({"wasm":{"execute":{"contract_addr":")" + contract + R"(","msg":"e30=","funds":)" +
           std::string(funds) + "}}}";
}

std::string send_message(const std::string& to, std::string_view amount) {
    return R"({"bank":{"send":{"to_address":")" + to +
           R"(","amount":[{"denom":"ulock","amount":")" + std::string(amount) + R"("}]}}})";
}

const std::string boom = R"({"error":"boom"})";
const std::string fine = R"({"ok":{"messages":[],"attributes":[],"events":[],"data":"ZmluZQ=="}})";

// --- bank
// -------------------------------------------------------------------------------------------

TEST_CASE("simulation: coins move, and only if they are there") {
    Stage stage;
    const TxResult sent = good(stage.chain->bank_send(stage.alice, stage.bob, {{"ulock", 300}}));
    REQUIRE(sent.ok());
    CHECK(sent.events[2] ==
          Event{"transfer",
                {{"recipient", stage.bob}, {"sender", stage.alice}, {"amount", "300ulock"}}});
    CHECK(stage.balance(stage.alice) == 700);
    CHECK(stage.balance(stage.bob) == 300);
    const TxResult refused =
        good(stage.chain->bank_send(stage.alice, stage.bob, {{"atom", 1}, {"ulock", 701}}));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.failure->codespace == "sdk");
    CHECK(refused.failure->code == 5);
    CHECK(stage.balance(stage.alice, "atom") == 50);
    CHECK(good(stage.chain->balances(stage.alice)) ==
          std::vector<Coin>{{"atom", 50}, {"ulock", 700}});
    CHECK_FALSE(good(stage.chain->bank_send(stage.alice, stage.bob, {})).ok());
    CHECK_FALSE(good(stage.chain->bank_send(stage.alice, stage.bob, {{"1x", 5}})).ok());
    CHECK_FALSE(good(stage.chain->bank_send(stage.alice, "nobody", {{"ulock", 5}})).ok());
    // The whole balance leaves no entry.
    REQUIRE(good(stage.chain->bank_send(stage.bob, stage.alice, {{"ulock", 300}})).ok());
    CHECK(good(stage.chain->balances(stage.bob)).empty());
}

TEST_CASE("simulation: a transfer to oneself changes nothing") {
    Stage stage;
    REQUIRE(good(stage.chain->bank_send(stage.alice, stage.alice, {{"ulock", 300}})).ok());
    CHECK(stage.balance(stage.alice) == 1000);
}

TEST_CASE("simulation: the supply is bounded, and burning takes from it") {
    Stage stage;
    CHECK_FALSE(good(stage.chain->mint(stage.bob, {{"ulock", ~Amount{0}}})).ok());
    const std::string burn = R"({"bank":{"burn":{"amount":[{"denom":"ulock","amount":"4"}]}}})";
    const std::string contract = stage.make(response({sub_message(burn, "never")}));
    REQUIRE(stage.execute(contract, {.funds = {{"ulock", 10}}, .gas_limit = {}}).ok());
    CHECK(stage.balance(contract) == 6);
    const QueryResult supply = good(stage.chain->query(R"({"bank":{"supply":{"denom":"ulock"}}})"));
    CHECK(as_text(supply.data) == R"({"amount":{"denom":"ulock","amount":"996"}})");
}

// --- contracts
// --------------------------------------------------------------------------------------

TEST_CASE("simulation: instantiation, funds, events and information") {
    Stage stage;
    InstantiateOptions options;
    options.funds = {{"ulock", 5}, {"atom", 1}};
    options.label = "my puppet";
    options.admin = stage.bob;
    const TxResult made = good(stage.chain->instantiate(stage.alice, 1, fine, options));
    REQUIRE(made.ok());
    CHECK(stage.balance(made.contract_address) == 5);
    CHECK(made.events.back() ==
          Event{"instantiate", {{"_contract_address", made.contract_address}, {"code_id", "1"}}});
    CHECK(made.gas_used > made.gas_used_externally);
    CHECK(made.gas_used_externally == (2000 + 30 * (1 + fine.size())) * 140'000);
    const auto info = good(stage.chain->contract_info(made.contract_address));
    REQUIRE(info.has_value());
    CHECK(info->label == "my puppet");
    CHECK(info->admin == stage.bob);
    CHECK(info->creator == stage.alice);
    CHECK(good(stage.chain->contracts()).size() == 1);
    CHECK(good(stage.chain->code_info(1))->creator == stage.alice);
    CHECK_FALSE(good(stage.chain->code_info(2)).has_value());
    CHECK(stage.make(fine) != made.contract_address);
}

TEST_CASE("simulation: what cannot be instantiated or executed") {
    Stage stage;
    InstantiateOptions options;
    const auto failure = [&](u64 code_id, std::string_view msg) {
        return good(stage.chain->instantiate(stage.alice, code_id, msg, options)).failure->code;
    };
    CHECK(failure(2, "{}") == 28);
    CHECK(failure(1, "no json") == 14);
    options.label = "";
    CHECK(failure(1, "{}") == 12);
    options.label = "label";
    options.admin = "nobody";
    CHECK(failure(1, "{}") == 7);
    options.admin = "";
    options.funds = {{"ulock", 5000}};
    CHECK(failure(1, "{}") == 5);
    CHECK(good(stage.chain->execute(stage.alice, stage.bob, "{}")).failure->code == 22);
}

TEST_CASE("simulation: a contract's events get its address, and bad ones fail the transaction") {
    Stage stage;
    const auto with_events = [&](std::string_view attributes, std::string_view events) {
        const std::string contract =
            stage.make(R"({"ok":{"messages":[],"attributes":)" + std::string(attributes) +
                       R"(,"events":)" + std::string(events) + R"(,"data":null}})");
        return std::pair(contract, stage.execute(contract));
    };
    const auto [contract, ended] =
        with_events(R"([{"key":" a ","value":" b "}])",
                    R"([{"type":"mine","attributes":[{"key":"c","value":"d"}]}])");
    REQUIRE(ended.ok());
    REQUIRE(ended.events.size() == 3);
    CHECK(ended.events[0] == Event{"execute", {{"_contract_address", contract}}});
    CHECK(ended.events[1] == Event{"wasm", {{"_contract_address", contract}, {"a", "b"}}});
    CHECK(ended.events[2] == Event{"wasm-mine", {{"_contract_address", contract}, {"c", "d"}}});
    CHECK(with_events(R"([{"key":"_x","value":"b"}])", "[]").second.failure->code == 21);
    CHECK(with_events(R"([{"key":" ","value":"b"}])", "[]").second.failure->code == 21);
    CHECK(with_events("[]", R"([{"type":"xy","attributes":[]}])").second.failure->code == 21);
}

TEST_CASE("simulation: a contract's error undoes the transaction") {
    Stage stage;
    const std::string contract = stage.make(boom);
    const TxResult ended = stage.execute(contract, {.funds = {{"ulock", 10}}, .gas_limit = {}});
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.error() == "boom: execute wasm contract failed");
    CHECK(ended.failure->code == 5);
    CHECK(ended.events.empty());
    CHECK(ended.gas_used > 0);
    CHECK_FALSE(stage.ran(contract));
    CHECK(stage.balance(contract) == 0);
}

TEST_CASE("simulation: answers that are no Response") {
    Stage stage;
    for (const std::string_view answer :
         {"7", "{}", R"({"ok":7})", R"({"ok":{"messages":[{"id":1}]}})", R"({"error":7})",
          R"({"ok":{"messages":[],"data":"*"}})",
          R"({"ok":{"messages":[{"id":1,"msg":{"bank":{}},"reply_on":"perhaps"}]}})"}) {
        CAPTURE(answer);
        const TxResult ended = stage.execute(stage.make(answer));
        REQUIRE_FALSE(ended.ok());
        CHECK(ended.failure->code == 29);
    }
}

TEST_CASE("simulation: messages run in order; the coins are the contract's") {
    Stage stage;
    const std::string callee = stage.make(fine);
    const std::string caller = stage.make(response(
        {sub_message(send_message(stage.bob, "3"), "never"),
         sub_message(execute_message(callee, R"([{"denom":"ulock","amount":"2"}])"), "never")}));
    const TxResult ended = stage.execute(caller, {.funds = {{"ulock", 10}}, .gas_limit = {}});
    REQUIRE_MESSAGE(ended.ok(), ended.error());
    CHECK(stage.balance(caller) == 5);
    CHECK(stage.balance(callee) == 2);
    CHECK(stage.balance(stage.bob) == 3);
    CHECK(stage.ran(callee));
    std::vector<std::string> types;
    for (const Event& event : ended.events)
        types.push_back(event.type);
    CHECK(types == std::vector<std::string>{"coin_spent", "coin_received", "transfer", "execute",
                                            "wasm", "coin_spent", "coin_received", "transfer",
                                            "coin_spent", "coin_received", "transfer", "execute"});
    CHECK_FALSE(ended.data.has_value()); // without a reply the callee's data is not the caller's
}

TEST_CASE("simulation: a message that fails without a reply undoes all") {
    Stage stage;
    const std::string callee = stage.make(boom);
    for (const std::string_view reply_on : {"never", "success"}) {
        const std::string caller =
            stage.make(response({sub_message(send_message(stage.bob, "3"), "never"),
                                 sub_message(execute_message(callee), reply_on)}));
        const TxResult ended = stage.execute(caller, {.funds = {{"ulock", 10}}, .gas_limit = {}});
        REQUIRE_FALSE(ended.ok());
        CHECK(ended.error() == "boom: execute wasm contract failed");
        CHECK_FALSE(stage.ran(caller));
        CHECK(stage.balance(stage.bob) == 0);
        CHECK(stage.balance(stage.alice) == 1000);
    }
}

TEST_CASE("simulation: a reply catches a failure, whose own writes are undone") {
    Stage stage;
    const std::string inner = stage.make(fine);
    // The callee calls the inner contract, then fails in a transfer it cannot pay.
    const std::string callee =
        stage.make(response({sub_message(execute_message(inner), "never"),
                             sub_message(send_message(stage.bob, "1"), "never")}));
    for (const std::string_view reply_on : {"error", "always"}) {
        const std::string caller =
            stage.make(response({sub_message(execute_message(callee), reply_on)}));
        const TxResult ended = stage.execute(caller);
        REQUIRE_MESSAGE(ended.ok(), ended.error());
        CHECK(stage.ran(caller));
        CHECK_FALSE(stage.ran(callee));
        CHECK_FALSE(stage.ran(inner));
        // The bank's words are not for contracts: they differ between versions.
        CHECK(stage.reply_of(caller) ==
              R"({"gas_used":0,"id":7,"result":{"error":"codespace: sdk, code: 5"}})");
        REQUIRE(ended.data.has_value());
        CHECK(as_text(*ended.data) == "replied");
        REQUIRE(ended.events.size() == 4);
        CHECK(ended.events[2].type == "reply");
        CHECK(ended.events[3].attributes[1] == Attribute{"got", "reply"});
    }
}

TEST_CASE("simulation: a reply sees the contract's own words and its payload") {
    Stage stage;
    const std::string callee = stage.make(boom);
    const std::string caller = stage.make(
        response({sub_message(execute_message(callee), "error", R"(,"payload":"cGF5")")}));
    REQUIRE(stage.execute(caller).ok());
    CHECK(stage.reply_of(caller) ==
          R"({"gas_used":0,"id":7,"result":{"error":"boom: execute wasm contract failed"},)"
          R"("payload":"cGF5"})");
}

TEST_CASE("simulation: a reply to success gets events and the response") {
    Stage stage;
    const std::string callee = stage.make(fine);
    for (const std::string_view reply_on : {"success", "always"}) {
        const std::string caller =
            stage.make(response({sub_message(execute_message(callee), reply_on)}));
        REQUIRE(stage.execute(caller).ok());
        CHECK(stage.ran(callee));
        CHECK(stage.reply_of(caller) ==
              R"({"gas_used":0,"id":7,"result":{"ok":{"events":[{"type":"execute","attributes":)"
              R"([{"key":"_contract_address","value":")" +
                  callee +
                  R"("}]}],"data":"CgRmaW5l","msg_responses":[{"type_url":)"
                  R"("/cosmwasm.wasm.v1.MsgExecuteContractResponse","value":"CgRmaW5l"}]}}})");
    }
    // On success no reply is made to reply_on error.
    const std::string silent =
        stage.make(response({sub_message(execute_message(callee), "error")}));
    REQUIRE(stage.execute(silent).ok());
    CHECK(stage.reply_of(silent).empty());
}

TEST_CASE("simulation: a reply to a bank message has no events, and 1.x knows less") {
    const auto reply_under = [](std::string_view rules) {
        ChainConfig config;
        config.rules = rules;
        config.default_gas_limit = u64{1} << 60;
        Stage stage(config);
        const std::string caller =
            stage.make(response({sub_message(send_message(stage.bob, "3"), "always")}));
        REQUIRE(stage.execute(caller, {.funds = {{"ulock", 3}}, .gas_limit = {}}).ok());
        return stage.reply_of(caller);
    };
    CHECK(reply_under("cosmwasm-3.0.9") ==
          R"({"gas_used":0,"id":7,"result":{"ok":{"events":[],"msg_responses":[{"type_url":)"
          R"("/cosmos.bank.v1beta1.MsgSendResponse","value":""}]}}})");
    CHECK(reply_under("cosmwasm-1.5.11") == R"({"id":7,"result":{"ok":{"events":[]}}})");
}

TEST_CASE("simulation: a contract makes another and is told its address") {
    Stage stage;
    const std::string msg = cosmwasm::to_base64(as_bytes(fine));
    const auto make = [&](std::string_view kind, std::string_view more) {
        return R"({"wasm":{")" + std::string(kind) + R"(":{"code_id":1,"msg":")" + msg +
               R"(","funds":[],"label":"child","admin":null)" + std::string(more) + "}}}";
    };
    const std::string caller =
        stage.make(response({sub_message(make("instantiate", ""), "success")}));
    REQUIRE(stage.execute(caller).ok());
    const std::string child = machine_address(*stage.chain, 2);
    CHECK(stage.reply_of(caller).find("MsgInstantiateContractResponse") != std::string::npos);
    REQUIRE(good(stage.chain->contract_info(child)).has_value());
    CHECK(good(stage.chain->contract_info(child))->creator == caller);

    const std::string predictable =
        stage.make(response({sub_message(make("instantiate2", R"(,"salt":"c2FsdA==")"), "never")}));
    REQUIRE(stage.execute(predictable).ok());
    // The same salt once more is the same address.
    CHECK(stage.execute(predictable).failure->code == 15);
}

TEST_CASE("simulation: migration is the admin's") {
    Stage stage;
    const TxResult stored = good(stage.chain->store_code(stage.alice, puppet("another")));
    REQUIRE(stored.code_id == 2);
    InstantiateOptions options;
    options.admin = stage.alice;
    const std::string contract = stage.make(fine, options);
    CHECK(good(stage.chain->migrate(stage.bob, contract, 2, "{}")).failure->code == 4);
    CHECK(good(stage.chain->migrate(stage.alice, contract, 9, "{}")).failure->code == 18);
    const TxResult ended = good(stage.chain->migrate(stage.alice, contract, 2, "{}"));
    REQUIRE_MESSAGE(ended.ok(), ended.error());
    CHECK(as_text(*ended.data) == "fine");
    CHECK(good(stage.chain->contract_info(contract))->code_id == 2);
    CHECK(stage.ran(contract));
    CHECK(good(stage.chain->migrate(stage.alice, stage.make(fine), 2, "{}")).failure->code == 4);
    // The admin gives it up through a message of its own.
    const std::string clear = stage.make(response({sub_message(
        R"({"wasm":{"clear_admin":{"contract_addr":")" + contract + "\"}}}", "never")}));
    CHECK(stage.execute(clear).failure->code == 4);
}

TEST_CASE("simulation: sudo") {
    Stage stage;
    const std::string contract = stage.make(fine);
    const TxResult ended = good(stage.chain->sudo(contract, "{}"));
    REQUIRE(ended.ok());
    CHECK(ended.events[0].type == "sudo");
    CHECK(as_text(*ended.data) == "fine");
}

TEST_CASE("simulation: what it does not offer is refused by name") {
    Stage stage;
    const auto error = [&](const std::string& message) {
        return stage.execute(stage.make(response({sub_message(message, "never")}))).error();
    };
    CHECK(
        error(R"({"staking":{"delegate":{}}})").starts_with("staking messages are not supported"));
    CHECK(error(R"({"wasm":{"dance":{}}})").starts_with("wasm.dance messages are not supported"));
    CHECK(error(R"({"bank":{"mint":{}}})").starts_with("bank.mint messages are not supported"));
    CHECK(good(stage.chain->query(R"({"staking":{"validators":{}}})")).error().find("staking") !=
          std::string::npos);
    CHECK(good(stage.chain->query("no json")).error().find("invalid_request") != std::string::npos);
}

// --- gas
// --------------------------------------------------------------------------------------------

TEST_CASE("simulation: a transaction without enough gas uses its limit and leaves nothing") {
    Stage stage;
    const std::string contract = stage.make(fine);
    const u64 used = stage.execute(contract).gas_used;
    const TxResult ended = stage.execute(contract, {.funds = {}, .gas_limit = used - 1});
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.failure->code == 11);
    CHECK(ended.gas_used == used - 1);
    CHECK(stage.execute(contract, {.funds = {}, .gas_limit = used}).ok());
}

TEST_CASE("simulation: a submessage's gas limit is caught, the transaction's is not") {
    Stage stage;
    const std::string callee = stage.make(fine);
    const auto limited = [&](std::string_view limit) {
        return R"({"id":7,"msg":)" + execute_message(callee) + R"(,"gas_limit":)" +
               std::string(limit) + R"(,"reply_on":"error"})";
    };
    const std::string caller = stage.make(response({limited("10")}));
    const TxResult caught = stage.execute(caller);
    REQUIRE_MESSAGE(caught.ok(), caught.error());
    CHECK(stage.reply_of(caller).find("codespace: sdk, code: 11") != std::string::npos);
    CHECK_FALSE(stage.ran(callee));
    // The limit was used up.
    const std::string generous = stage.make(response({limited("1000000")}));
    CHECK(stage.execute(generous).ok());
    CHECK(stage.ran(callee));

    // With no limit of its own the message takes the transaction with it, whatever the reply.
    const std::string unlimited = stage.make(response({limited("null")}));
    const u64 used = stage.execute(unlimited).gas_used;
    const TxResult ended = stage.execute(unlimited, {.funds = {}, .gas_limit = used - 1});
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.failure->code == 11);
    CHECK(ended.gas_used == used - 1);
}

TEST_CASE("simulation: messages nest only so deep") {
    Stage stage;
    // A contract that calls itself: its address is known beforehand.
    const std::string itself = machine_address(*stage.chain, 1);
    const std::string contract =
        stage.make(response({sub_message(execute_message(itself), "never")}));
    REQUIRE(contract == itself);
    const TxResult ended = stage.execute(contract);
    REQUIRE_FALSE(ended.ok());
    CHECK(ended.failure->code == 30);
}

// --- queries
// ----------------------------------------------------------------------------------------

TEST_CASE("simulation: queries") {
    std::vector<DebugLine> lines;
    ChainConfig config;
    config.debug = [&](const DebugLine& line) { lines.push_back(line); };
    Stage stage(config);
    const std::string contract = stage.make(fine);
    const QueryResult smart = good(stage.chain->query_smart(contract, "{\"a\":1}"));
    REQUIRE_MESSAGE(smart.ok(), smart.error());
    CHECK(as_text(smart.data) == "answer");
    CHECK(smart.gas_used > 0);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].contract == contract);
    CHECK(lines[0].message == "{\"a\":1}");

    const auto ask = [&](const std::string& request) {
        const QueryResult answer = good(stage.chain->query(request));
        return answer.ok() ? std::string(as_text(answer.data)) : answer.error();
    };
    CHECK(ask(R"({"wasm":{"smart":{"contract_addr":")" + contract + R"(","msg":"e30="}}})") ==
          "answer");
    CHECK(ask(R"({"wasm":{"raw":{"contract_addr":")" + contract + R"(","key":"cg=="}}})") == fine);
    CHECK(ask(R"({"wasm":{"raw":{"contract_addr":")" + contract + R"(","key":"eA=="}}})").empty());
    CHECK(ask(R"({"wasm":{"contract_info":{"contract_addr":")" + contract + "\"}}}") ==
          R"({"code_id":1,"creator":")" + stage.alice + R"(","pinned":false})");
    CHECK(
        ask(R"({"wasm":{"code_info":{"code_id":1}}})").starts_with(R"({"code_id":1,"creator":")"));
    CHECK(ask(R"({"bank":{"balance":{"address":")" + stage.alice + R"(","denom":"atom"}}})") ==
          R"({"amount":{"denom":"atom","amount":"50"}})");
    CHECK(ask(R"({"bank":{"all_balances":{"address":")" + stage.alice + "\"}}}") ==
          R"({"amount":[{"denom":"atom","amount":"50"},{"denom":"ulock","amount":"1000"}]})");
    CHECK(good(stage.chain->query_smart(stage.bob, "{}")).failure->code == 22);
    CHECK(stage.chain->balance("nobody", "ulock").error().code == Errc::bad_argument);
}

// --- blocks
// -----------------------------------------------------------------------------------------

TEST_CASE("simulation: blocks give height and time, and are written whole or not at all") {
    Stage stage;
    Chain& chain = *stage.chain;
    CHECK(chain.block().height == 1);
    CHECK(chain.block().time_ns == chain.config().genesis_time_ns + 5'000'000'000);
    const Digest empty = good(chain.state_hash());
    const std::string contract = stage.make(fine);
    CHECK(good(chain.state_hash()) == empty);
    good(chain.commit_block());
    const Digest first = good(chain.state_hash());
    CHECK(first != empty);
    CHECK(chain.block().height == 1);
    CHECK_FALSE(chain.in_block());
    CHECK(chain.execute(stage.alice, contract, "{}").error().code == Errc::bad_argument);
    CHECK(good(chain.query_smart(contract, "{}")).ok());

    good(chain.begin_block(42));
    CHECK(chain.block().height == 2);
    CHECK(chain.block().time_ns == 42);
    REQUIRE(stage.execute(contract).ok());
    chain.abandon_block();
    CHECK_FALSE(stage.ran(contract));
    CHECK(chain.block().height == 1);
    CHECK(good(chain.state_hash()) == first);
}

TEST_CASE("simulation: a chain is opened again where it was, under its own rules only") {
    Stage stage;
    const std::string contract = stage.make(fine);
    good(stage.chain->commit_block());
    const Digest hash = good(stage.chain->state_hash());
    ChainConfig config = stage.chain->config();
    stage.chain = good(Chain::open(*stage.kv, config));
    CHECK(stage.chain->block().height == 1);
    CHECK(good(stage.chain->state_hash()) == hash);
    good(stage.chain->begin_block());
    CHECK(stage.execute(contract).ok()); // the code is there too
    config.rules = "cosmwasm-3.0.9";
    CHECK(Chain::open(*stage.kv, config).error().code == Errc::bad_argument);
    config = {};
    config.chain_id = "another";
    CHECK(Chain::open(*stage.kv, config).error().code == Errc::bad_argument);
}

TEST_CASE("simulation: the same calls give the same state and gas") {
    const auto run = [] {
        Stage stage;
        const std::string callee = stage.make(fine);
        const std::string caller =
            stage.make(response({sub_message(execute_message(callee), "always")}));
        const u64 gas = stage.execute(caller).gas_used;
        good(stage.chain->commit_block());
        return std::pair(good(stage.chain->state_hash()), gas);
    };
    CHECK(run() == run());
}

TEST_CASE("simulation: code that is rejected has no number") {
    Stage stage;
    CheckReport report;
    const TxResult refused = good(stage.chain->store_code(stage.alice, Bytes{1, 2, 3}, &report));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.failure->code == 2);
    CHECK(
        refused.error().starts_with("Error calling the VM: Error during static Wasm validation: "));
    CHECK(refused.error().ends_with(": create wasm contract failed"));
    CHECK(report.module.problems.size() == 1);
    CHECK(good(stage.chain->store_code(stage.alice, puppet("next"))).code_id == 2);
}

TEST_CASE("simulation: a fault unwinds the block, past every reply") {
    Stage stage;
    // The callee needs cryptography that this build cannot run.
    ContractBuilder c;
    const u32 verify = c.import("ed25519_verify");
    const u32 empty = c.region("");
    Bytes body = constant(empty);
    append(body, constant(empty));
    append(body, constant(empty));
    append(body, code(Op::call, verify));
    c.answer("instantiate", 3, fine);
    c.entry("execute", 3, body);
    REQUIRE(good(stage.chain->store_code(stage.alice, c.build())).code_id == 2);
    const TxResult made = good(stage.chain->instantiate(stage.alice, 2, "{}"));
    REQUIRE(made.ok());
    const std::string caller =
        stage.make(response({sub_message(execute_message(made.contract_address), "always")}));
    const auto ended = stage.chain->execute(stage.alice, caller, "{}");
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == Errc::crypto_unavailable);
    CHECK_FALSE(stage.chain->in_block());
    CHECK(stage.chain->block().height == 0);
    CHECK(stage.balance(stage.alice) == 0); // everything was in that block
}

} // namespace
} // namespace lockstep::contract::test

// SPDX-License-Identifier: Apache-2.0
// Many threads on one Engine do what one thread does:
//     threads SECONDS DIR [signals|explicit [THREADS [SEED]]]
// The *.wasm of DIR are stored in a RocksDB store in a temporary directory, whose Engine keeps few
// of them in memory and not all on the disk. Each thread then lives short lives of contracts chosen
// at random (instantiate, execute, query, over a chain of its own in memory) and in between deploys
// code again, pins, unpins, reads the pins and the numbers. What each step of a life comes to,
// gas and texts included, and the contract's storage in the end are what the same life came to
// alone on an Engine without caches. The resident memory of the last quarter of the time must be
// what it was in the second.
#include "contract_abi/contract.hpp"
#include "contract_abi/test/mock_backend.hpp"
#include "storage/mac_key.hpp"
#include "tools/proof/random.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include <unistd.h>

namespace {

using namespace lockstep;
using proof::Random;
using namespace lockstep::contract;
namespace fs = std::filesystem;

constexpr u64 gas_limit = 100'000'000'000;
constexpr u64 memory_cache_bytes = u64{8} << 20; ///< a few contracts
constexpr u64 disk_cache_bytes = u64{8} << 20;   ///< not all of them
constexpr u64 rss_slack = u64{16} << 20;

[[noreturn]] void fail(const std::string& what) {
    std::printf("FAILED: %s\n", what.c_str());
    std::fflush(stdout);
    std::_Exit(1); // the other threads are still at it
}

template <class T>
T need(result<T> made, const char* what) {
    if (made.has_error()) fail(std::string(what) + ": " + std::string(name_of(made.error().code)));
    return std::move(made).assume_value();
}

// --- lives
// -----------------------------------------------------------------------------------------

/// `@name` in the message is an address.
struct Step {
    EntryPoint entry;
    const char* sender;
    const char* message;
};

constexpr EntryPoint instantiate = EntryPoint::instantiate;
constexpr EntryPoint execute = EntryPoint::execute;
constexpr EntryPoint query = EntryPoint::query;

const std::vector<Step> token{
    {instantiate, "alice",
     R"({"name":"Lock","symbol":"LOCK","decimals":6,"initial_balances":[{"address":"@alice","amount":"1000000"},{"address":"@bob","amount":"500"}],"mint":{"minter":"@alice"}})"},
    {execute, "alice", R"({"transfer":{"recipient":"@bob","amount":"76543"}})"},
    {execute, "bob", R"({"transfer":{"recipient":"@alice","amount":"99999999"}})"},
    {execute, "alice", R"({"mint":{"recipient":"@carol","amount":"5"}})"},
    {execute, "alice", R"({"increase_allowance":{"spender":"@carol","amount":"77"}})"},
    {execute, "carol", R"({"transfer_from":{"owner":"@alice","recipient":"@carol","amount":"7"}})"},
    {execute, "carol", R"({"burn":{"amount":"2"}})"},
    {query, "", R"({"balance":{"address":"@carol"}})"},
    {query, "", R"({"all_accounts":{}})"},
    {query, "", R"({"token_info":{}})"},
};
const std::vector<Step> group{
    {instantiate, "alice",
     R"({"admin":"@alice","members":[{"addr":"@alice","weight":1},{"addr":"@bob","weight":2}]})"},
    {execute, "alice",
     R"({"update_members":{"remove":["@bob"],"add":[{"addr":"@carol","weight":9}]}})"},
    {execute, "bob", R"({"update_members":{"remove":["@bob"],"add":[]}})"},
    {query, "", R"({"list_members":{}})"},
    {query, "", R"({"total_weight":{}})"},
};
const std::vector<Step> stars{
    {instantiate, "alice", R"({"name":"Stars","symbol":"STAR","minter":"@alice"})"},
    {execute, "alice",
     R"({"mint":{"token_id":"1","owner":"@bob","token_uri":null,"extension":{}}})"},
    {execute, "bob", R"({"transfer_nft":{"recipient":"@carol","token_id":"1"}})"},
    {query, "", R"({"owner_of":{"token_id":"1"}})"},
    {query, "", R"({"all_tokens":{}})"},
};
const std::vector<Step> wallet{
    {instantiate, "alice", R"({"admins":["@alice","@bob"],"mutable":true})"},
    {execute, "alice",
     R"({"execute":{"msgs":[{"bank":{"send":{"to_address":"@bob","amount":[{"denom":"u","amount":"1"}]}}}]}})"},
    {execute, "carol", R"({"freeze":{}})"},
    {execute, "bob", R"({"update_admins":{"admins":["@carol"]}})"},
    {query, "", R"({"admin_list":{}})"},
};
const std::vector<Step> multisig{
    {instantiate, "alice",
     R"({"voters":[{"addr":"@alice","weight":1},{"addr":"@bob","weight":2}],"threshold":{"absolute_count":{"weight":3}},"max_voting_period":{"height":100}})"},
    {execute, "alice", R"({"propose":{"title":"t","description":"d","msgs":[]}})"},
    {execute, "bob", R"({"vote":{"proposal_id":1,"vote":"yes"}})"},
    {query, "", R"({"list_proposals":{}})"},
    {query, "", R"({"list_voters":{}})"},
};
const std::vector<Step> stake{
    {instantiate, "alice",
     R"({"denom":{"native":"ulock"},"tokens_per_weight":"10","min_bond":"50","unbonding_period":{"height":2},"admin":"@alice"})"},
    {execute, "bob", R"({"bond":{}})"},
    {query, "", R"({"list_members":{}})"},
};
const std::vector<Step> any{
    {instantiate, "alice", R"({})"},
    {instantiate, "alice",
     R"({"default_timeout":600,"gov_contract":"@alice","swap_router_contract":"@bob","allowlist":[]})"},
    {execute, "alice", R"({})"},
    {query, "", R"({"port":{}})"},
    {query, "", R"({"config":{}})"},
    {query, "", R"({"nonsense":[1,2,3]})"},
};

const std::vector<Step>& steps_of(std::string_view contract) {
    if (contract.starts_with("cw20-base")) return token;
    if (contract.starts_with("cw4-group")) return group;
    if (contract.starts_with("cw4-stake")) return stake;
    if (contract.starts_with("cw721-base")) return stars;
    if (contract.starts_with("cw1-")) return wallet;
    if (contract.starts_with("cw3-fixed")) return multisig;
    return any;
}

std::string address(std::string_view name) {
    return simulation::bech32_encode("mock", simulation::account_address(name));
}

std::string with_addresses(std::string text) {
    for (const std::string_view name : {"alice", "bob", "carol"}) {
        const std::string marked = "@" + std::string(name);
        for (usize at = 0; (at = text.find(marked)) != std::string::npos;)
            text.replace(at, marked.size(), address(name));
    }
    return text;
}

std::string to_text(const CallResult& made) {
    std::string text =
        made.error ? std::to_string(static_cast<u32>(made.error->kind)) + " " + made.error->text
                   : std::string(as_text(made.data));
    return text + ", gas " + std::to_string(made.gas.used_internally) + " and " +
           std::to_string(made.gas.used_externally);
}

/// What each step came to, and the storage.
using Life = std::vector<std::string>;

struct Code {
    std::string name;
    Bytes wasm;
    Digest hash{};
    Life expected{};
};

Life live(Contracts& contracts, const Code& code) {
    static const std::string env =
        R"({"block":{"height":12345,"time":"1571797419879305533","chain_id":"threads"},"transaction":{"index":3},"contract":{"address":")" +
        address("contract") + R"("}})";
    test::MockBackend backend;
    backend.external = 3;
    backend.cost = 5;
    Life life;
    for (const Step& step : steps_of(code.name)) {
        const std::string info = R"({"sender":")" + address(step.sender) + R"(","funds":[]})";
        const std::string message = with_addresses(step.message);
        std::vector<bytes_view> arguments{as_bytes(env), as_bytes(info), as_bytes(message)};
        if (step.entry == query) arguments.erase(arguments.begin() + 1);
        life.push_back(to_text(
            need(contracts.call(code.hash, step.entry, arguments, backend, gas_limit), "a call")));
    }
    for (const auto& [key, value] : backend.data)
        life.push_back(std::string(key).append(" = ").append(value));
    return life;
}

// --- the program
// -----------------------------------------------------------------------------------

/// A directory that goes away.
class Scratch {
public:
    Scratch() {
        std::string name = (fs::temp_directory_path() / "threads-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) fail("there is no place for a store");
        path_ = name;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

std::vector<Code> read_codes(const fs::path& directory) {
    std::vector<Code> codes;
    for (const auto& entry : fs::directory_iterator(directory)) {
        if (entry.path().extension() != ".wasm") continue;
        std::ifstream file(entry.path(), std::ios::binary);
        codes.push_back({entry.path().stem().string(),
                         {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}});
        codes.back().hash = sha256(codes.back().wasm);
    }
    std::ranges::sort(codes, {}, &Code::name);
    if (codes.empty()) fail("there is no *.wasm in the directory");
    return codes;
}

void deploy(Contracts& contracts, const Code& code) {
    const StoredCode stored = need(contracts.store_code(code.wasm), "code cannot be stored");
    if (!stored.ok()) fail(code.name + " is refused: " + stored.error->text);
    if (stored.checksum != code.hash) fail("a checksum is wrong");
}

/// Lives alone, on an Engine that keeps nothing.
void live_alone(std::vector<Code>& codes, const Rules& rules, TrapsMode traps) {
    const auto kv = need(storage::memory_kv(), "memory");
    const auto contracts =
        need(Contracts::create(*kv, rules, {.engine = {.traps = traps, .memory_cache_bytes = 0}}),
             "an Engine");
    usize good = 0;
    usize all = 0;
    for (Code& code : codes) {
        deploy(*contracts, code);
        code.expected = live(*contracts, code);
        all += steps_of(code.name).size();
        for (const std::string& step : code.expected)
            good += static_cast<usize>(step.starts_with(R"({"ok")"));
    }
    std::printf("%zu contracts, %zu steps, of which %zu succeed\n", codes.size(), all, good);
}

u64 resident_bytes() {
    std::ifstream file("/proc/self/statm");
    u64 size = 0;
    u64 resident = 0;
    file >> size >> resident;
    return resident * static_cast<u64>(sysconf(_SC_PAGESIZE));
}

struct Done {
    std::atomic<u64> lives{0};
    std::atomic<u64> deployed{0};
    std::atomic<u64> pins{0};
};

class Worker {
public:
    Worker(Contracts& contracts, const std::vector<Code>& codes, u64 seed, Done& done)
        : contracts_(contracts), codes_(codes), random_(seed), done_(done) {}

    void step() {
        const Code& code = codes_[random_.below(codes_.size())];
        switch (random_.below(100)) {
        case 0: deploy(contracts_, code), ++done_.deployed; break;
        case 1:
        case 2: pin(code); break;
        case 3:
        case 4:
        case 5:
        case 6: unpin(code); break;
        case 7: look(code); break;
        default: live_here(code);
        }
    }

private:
    void pin(const Code& code) {
        if (!contracts_.engine().pin(code.hash)) fail("code cannot be pinned");
        ++done_.pins;
    }
    void unpin(const Code& code) {
        if (!contracts_.engine().unpin(code.hash)) fail("code cannot be unpinned");
    }
    void look(const Code& code) {
        static_cast<void>(need(contracts_.engine().pins(), "the pins"));
        static_cast<void>(contracts_.engine().stats());
        static_cast<void>(need(contracts_.analyze(code.hash), "an analysis"));
        if (need(contracts_.load_code(code.hash), "code") != code.wasm) fail("code has changed");
    }
    void live_here(const Code& code) {
        const Life life = live(contracts_, code);
        ++done_.lives;
        if (life == code.expected) return;
        for (usize i = 0; i < std::min(life.size(), code.expected.size()); ++i)
            if (life[i] != code.expected[i])
                fail(code.name + ", step " + std::to_string(i) + ": " + life[i] +
                     "\n  instead of " + code.expected[i]);
        fail(code.name + ": the storage has other entries");
    }

    Contracts& contracts_;
    const std::vector<Code>& codes_;
    Random random_;
    Done& done_;
};

void print(double seconds, const Done& done, const EngineStats& stats, u64 resident) {
    const auto number = [](u64 value) { return static_cast<unsigned long long>(value); };
    const storage::CodeCacheStats& cache = stats.cache;
    std::printf("%5.0f s: %llu lives, %llu deployed, %llu pins; memory hits %llu (pinned %llu), "
                "joined %llu, disk hits %llu, misses %llu, stored %llu, evictions %llu, rechecked "
                "%llu, differences %llu; resident %llu KiB\n",
                seconds, number(done.lives), number(done.deployed), number(done.pins),
                number(cache.memory_hits), number(cache.pinned_hits), number(cache.joined),
                number(cache.disk_hits), number(cache.misses), number(cache.stored),
                number(cache.evictions), number(cache.rechecked), number(cache.recheck_differences),
                number(resident >> 10));
    std::fflush(stdout);
}

/// Watches until the time is over: the largest resident size of each quarter.
std::array<u64, 4> watch(double seconds, const Done& done, Engine& engine) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    std::array<u64, 4> quarters{};
    double printed = 0;
    for (double now = 0; now < seconds;) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        now = std::chrono::duration<double>(Clock::now() - start).count();
        const u64 resident = resident_bytes();
        const auto quarter = std::min<usize>(static_cast<usize>(now / seconds * 4), 3);
        quarters[quarter] = std::max(quarters[quarter], resident);
        if (now - printed < seconds / 10) continue;
        print(printed = now, done, engine.stats(), resident);
    }
    return quarters;
}

std::array<u64, 4> run_threads(Contracts& contracts, const std::vector<Code>& codes, double seconds,
                               u64 count, u64 seed, Done& done) {
    std::atomic<bool> over{false};
    std::vector<std::thread> threads;
    for (u64 i = 0; i < count; ++i)
        threads.emplace_back([&, i] {
            Worker worker(contracts, codes, seed * 1000 + i, done);
            while (!over)
                worker.step();
        });
    const auto quarters = watch(seconds, done, contracts.engine());
    over = true;
    for (std::thread& each : threads)
        each.join();
    return quarters;
}

void check_end(const EngineStats& stats, const std::array<u64, 4>& quarters) {
    const storage::CodeCacheStats& cache = stats.cache;
    if (cache.recheck_differences + cache.damaged + cache.foreign + cache.unreadable != 0)
        fail("the cache found something wrong with its artifacts");
    if (cache.store_failures != 0) fail("artifacts could not be stored");
    if (!stats.disk_cache) fail("there was no cache on the disk");
    std::printf("resident at most, by quarters: %llu %llu %llu %llu KiB\n",
                static_cast<unsigned long long>(quarters[0] >> 10),
                static_cast<unsigned long long>(quarters[1] >> 10),
                static_cast<unsigned long long>(quarters[2] >> 10),
                static_cast<unsigned long long>(quarters[3] >> 10));
    if (quarters[3] > quarters[1] + quarters[1] / 10 + rss_slack) fail("the memory grows");
}

int run(double seconds, const fs::path& directory, TrapsMode traps, u64 threads, u64 seed) {
    const Rules rules = need(find_rules("cosmwasm-2.2.1"), "the rules");
    std::vector<Code> codes = read_codes(directory);
    live_alone(codes, rules, traps);

    const Scratch scratch;
    const auto opened = need(storage::open_rocksdb_kv(scratch.path() / "store"), "a store");
    const ContractsOptions options{.engine = {.traps = traps,
                                              .memory_cache_bytes = memory_cache_bytes,
                                              .artifacts = opened.kv.get(),
                                              .mac_key = MacKey{1, 2, 3},
                                              .disk_cache_bytes = disk_cache_bytes,
                                              .recheck_every = 50}};
    const auto contracts = need(Contracts::create(*opened.kv, rules, options), "an Engine");
    for (const Code& code : codes)
        deploy(*contracts, code);
    Done done;
    const auto quarters = run_threads(*contracts, codes, seconds, threads, seed, done);
    check_end(contracts->engine().stats(), quarters);
    std::printf("%llu passed, 0 failed\n", static_cast<unsigned long long>(done.lives));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::span<char*> arguments(argv, static_cast<usize>(argc));
    const std::string_view traps = argc > 3 ? arguments[3] : "signals";
    if (argc < 3 || argc > 6 || (traps != "signals" && traps != "explicit")) {
        std::fputs("usage: threads SECONDS DIR [signals|explicit [THREADS [SEED]]]\n", stderr);
        return 2;
    }
    const auto number = [&](usize index, u64 otherwise) {
        return arguments.size() > index ? std::strtoull(arguments[index], nullptr, 10) : otherwise;
    };
    return run(static_cast<double>(number(1, 0)), arguments[2],
               traps == "signals" ? TrapsMode::signals : TrapsMode::explicit_checks, number(4, 16),
               number(5, 1));
}

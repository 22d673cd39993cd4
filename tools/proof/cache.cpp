// SPDX-License-Identifier: Apache-2.0
// Nothing that is wrong with the code cache reaches a result:
//     cache corrupt N [CONTRACT]     N artifacts flipped, cut, lengthened, swapped, stale, sealed
//                                    with another key: all counted, none run
//     cache kill N DIR               N processes killed while they store artifacts
//     cache disk DIR                 the disk full, failing and flipping bits at every write
//     cache time CONTRACT...         how long code takes from the disk and from memory
// Every outcome is compared with that of an Engine without caches.
#include "compiler/artifact.hpp"
#include "contract_abi/engine.hpp"
#include "storage/test/faulty_env.hpp"
#include "tools/proof/random.hpp"
#include "vm/instance.hpp"
#include "vm/test/wasm_builder.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include <malloc.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace lockstep;
using contract::Engine;
using contract::EngineOptions;
using contract::EngineStats;
using proof::Random;
using test::Bytes;
using Clock = std::chrono::steady_clock;

constexpr MacKey secret{1, 2, 3};

[[noreturn]] void fail(const std::string& what) {
    std::printf("FAILED: %s\n", what.c_str());
    std::fflush(stdout);
    std::abort();
}

void check(bool holds, const char* what) {
    if (!holds) fail(what);
}

Bytes read_file(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (bytes.empty()) fail(name + " cannot be read");
    return bytes;
}

/// allocate(x) sums up to n in memory.
Bytes module_of(u32 n) {
    using namespace lockstep::test;
    ModuleBuilder b;
    b.memory(1, 1);
    const Bytes body =
        code(Op::loop, 0x40, Op::local_get, 0, Op::local_get, 0, Op::i32_load, 2, 0, Op::local_get,
             1, Op::i32_add, Op::i32_store, 2, 0, Op::local_get, 1, Op::i32_const, 1, Op::i32_add,
             Op::local_tee, 1, Op::i32_const, sleb(n), Op::i32_lt_s, Op::br_if, 0, Op::end,
             Op::local_get, 0, Op::i32_load, 2, 0);
    b.export_function("allocate", b.function({i32_}, {i32_}, {i32_}, body));
    b.custom("padding", Bytes(20'000, u8{0})); // so that a few fill a disk's block
    return b.build();
}

struct Ending {
    Trap trap = Trap::none;
    u64 gas = 0;
    std::vector<Value> values;
    friend bool operator==(const Ending&, const Ending&) = default;
};

/// Calls allocate(100); host functions answer zeros.
Ending call(const std::shared_ptr<const Executable>& executable, TrapsMode traps) {
    const Module& module = executable->module;
    std::vector<HostFunction> hosts;
    for (const Import& import : module.imports) {
        FuncType type = module.func_type(import.type);
        const usize results = type.results.size();
        hosts.push_back({std::move(type), [results](HostCall& host) {
                             std::fill_n(host.slots(), results, Slot{0});
                             return HostStatus::ok;
                         }});
    }
    Store store(traps);
    std::vector<Extern> imports;
    for (const HostFunction& host : hosts)
        imports.emplace_back(&host);
    const CallOptions options{.gas_limit = 1'000'000'000'000};
    const auto made = store.instantiate(executable, imports, options);
    if (!made) fail("a module cannot be instantiated");
    const Func* const function = made.value().instance->find_function("allocate");
    if (function == nullptr) fail("a module has no allocate()");
    const Outcome outcome = store.call(*function, std::vector<Value>{{100, 0}}, options).value();
    return {outcome.trap, outcome.gas_used, outcome.values};
}

/// Code, and what calling it comes to without a cache.
struct Code {
    Bytes wasm;
    Digest hash;
    Ending expected;
};

struct Rules {
    Profile profile = cosmwasm_stored_profile("3.0.9").value();
    metering::Schedule schedule = metering::cosmwasm("3.0.9").value();
    EngineOptions options{.tier = compiler::Tier::singlepass, .traps = TrapsMode::signals};

    [[nodiscard]] std::unique_ptr<Engine> engine(storage::Kv* kv, u64 memory = 0,
                                                 const MacKey& mac = secret) const {
        EngineOptions with = options;
        with.artifacts = kv;
        with.mac_key = mac;
        with.memory_cache_bytes = memory;
        return Engine::create(profile, schedule, with).value();
    }
    [[nodiscard]] compiler::ArtifactKey key_of(const Digest& code, TrapsMode traps) const {
        return compiler::artifact_key(
            code, {.profile = profile, .schedule = schedule, .tier = options.tier, .traps = traps});
    }
    [[nodiscard]] Code code(Bytes wasm) const {
        const Digest hash = sha256(wasm);
        Code made{std::move(wasm), hash, {}};
        const auto e = engine(nullptr);
        made.expected = call(e->get_or_compile(hash, source(made)).value(), e->traps());
        return made;
    }
    static std::function<result<Bytes>()> source(const Code& code) {
        return [&code] { return result<Bytes>(code.wasm); };
    }
};

/// Runs `code` on `engine`; the outcome must be the expected one.
void run(Engine& engine, const Code& code) {
    const auto executable = engine.get_or_compile(code.hash, Rules::source(code));
    if (!executable) fail("code cannot be had");
    check(call(executable.value(), engine.traps()) == code.expected, "the outcome is the same");
}

u64 number(const char* text) {
    u64 value = 0;
    std::from_chars(text, text + std::char_traits<char>::length(text), value);
    return value;
}

// ---- corrupt ----

struct Corruption {
    const char* name;
    u64 tried = 0;
    u64 damaged = 0;
    u64 foreign = 0;
    u64 absent = 0;
};

void corrupt(u64 count, Bytes wasm) {
    const Rules rules;
    const Code code = rules.code(std::move(wasm));
    const Code other = rules.code(module_of(7));
    const auto kv = storage::memory_kv().value();
    storage::ArtifactShelf shelf(*kv);
    const auto first = rules.engine(kv.get());
    run(*first, code);
    run(*first, other);
    const TrapsMode traps = first->traps();
    const auto executable = first->get_or_compile(code.hash, Rules::source(code)).value();
    const compiler::ArtifactKey key = rules.key_of(code.hash, traps);
    const Digest name = compiler::digest(key);
    const Bytes good = *shelf.get(name).artifact;
    const Bytes of_other = *shelf.get(compiler::digest(rules.key_of(other.hash, traps))).artifact;
    const auto sealed = [&](const std::function<void(compiler::ArtifactKey&)>& change,
                            const MacKey& mac) {
        compiler::ArtifactKey changed = key;
        change(changed);
        return compiler::seal(*executable, changed, &mac).value();
    };
    Corruption kinds[] = {{"flipped"},       {"cut"},          {"lengthened"},
                          {"of other code"}, {"stale build"},  {"other schedule"},
                          {"other profile"}, {"other secret"}, {"under another key"},
                          {"several bytes"}};
    Random random(1);
    for (u64 i = 0; i < count; ++i) {
        Corruption& kind = kinds[i % std::size(kinds)];
        Bytes bad = good;
        Digest where = name;
        switch (i % std::size(kinds)) {
        case 0: bad[random.below(bad.size())] ^= static_cast<u8>(1u << random.below(8)); break;
        case 1: bad.resize(random.below(bad.size())); break;
        case 2: bad.resize(bad.size() + 1 + random.below(100)); break;
        case 3: bad = of_other; break;
        case 4: bad = sealed([&](auto& k) { k.build[random.below(32)] ^= 1; }, secret); break;
        case 5: bad = sealed([&](auto& k) { k.schedule[random.below(32)] ^= 1; }, secret); break;
        case 6: bad = sealed([&](auto& k) { k.profile[random.below(32)] ^= 1; }, secret); break;
        case 7: {
            MacKey mac = secret;
            mac[random.below(32)] ^= 1;
            bad = sealed([](auto&) {}, mac);
            break;
        }
        case 8: where[random.below(32)] ^= 1; break;
        case 9:
            for (u64 n = 1 + random.below(50); n != 0; --n)
                bad[random.below(bad.size())] = static_cast<u8>(random.next());
            if (bad == good) bad[0] ^= 1;
            break;
        default: break;
        }
        shelf.remove(name);
        check(shelf.put(where, bad, compiler::artifact_header_bytes), "it is stored");
        const auto engine = rules.engine(kv.get());
        run(*engine, code);
        const storage::CodeCacheStats stats = engine->stats().cache;
        check(stats.disk_hits == 0 && stats.misses == 1, "what is wrong is a miss");
        ++kind.tried;
        kind.damaged += stats.damaged;
        kind.foreign += stats.foreign;
        kind.absent += stats.absent;
        if (where != name) shelf.remove(where);
    }
    std::printf("%-18s %8s %8s %8s %8s\n", "corruption", "tried", "damaged", "foreign", "absent");
    for (const Corruption& kind : kinds) {
        std::printf("%-18s %8llu %8llu %8llu %8llu\n", kind.name,
                    static_cast<unsigned long long>(kind.tried),
                    static_cast<unsigned long long>(kind.damaged),
                    static_cast<unsigned long long>(kind.foreign),
                    static_cast<unsigned long long>(kind.absent));
        check(kind.damaged + kind.foreign + kind.absent == kind.tried, "every one is counted");
    }
    std::printf("%llu corruptions of %zu bytes: all counted, 0 run, every outcome the same\n",
                static_cast<unsigned long long>(count), good.size());
}

// ---- kill ----

constexpr u32 module_count = 12;

std::vector<Code> make_codes(const Rules& rules) {
    std::vector<Code> codes;
    for (u32 i = 0; i < module_count; ++i)
        codes.push_back(rules.code(module_of(10 + i)));
    return codes;
}

std::unique_ptr<storage::Kv> open(const std::filesystem::path& path,
                                  const storage::KvOptions& options = {}) {
    std::string detail;
    auto opened = storage::open_rocksdb_kv(path, options, &detail);
    if (!opened) fail("the store does not open: " + detail);
    if (opened.value().artifacts_set_aside != 0) fail("the artifacts were damaged: " + detail);
    return std::move(opened.value().kv);
}

/// Stores artifacts, and removes them, until it is killed.
[[noreturn]] void be_writer(const Rules& rules, const std::vector<Code>& codes,
                            const std::filesystem::path& path, u64 seed) {
    const auto kv = open(path);
    Random random(seed);
    for (;;) {
        const auto engine = rules.engine(kv.get());
        const Code& code = codes[random.below(codes.size())];
        run(*engine, code);
        const TrapsMode traps = engine->traps();
        if (random.below(3) == 0)
            storage::ArtifactShelf(*kv).remove(compiler::digest(rules.key_of(code.hash, traps)));
    }
}

void kill_writers(u64 count, const std::filesystem::path& directory) {
    const Rules rules;
    const std::vector<Code> codes = make_codes(rules);
    const std::filesystem::path path = directory / "killed";
    std::filesystem::remove_all(path);
    static_cast<void>(open(path));
    Random random(2);
    u64 hits = 0;
    u64 misses = 0;
    u64 bad = 0;
    for (u64 i = 0; i < count; ++i) {
        const pid_t child = fork();
        if (child < 0) fail("no process can be made");
        if (child == 0) be_writer(rules, codes, path, random.next());
        usleep(static_cast<useconds_t>(random.below(60'000)));
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) fail("a writer ended by itself");
        const auto kv = open(path);
        const auto engine = rules.engine(kv.get());
        for (const Code& code : codes)
            run(*engine, code);
        const auto stats = engine->stats().cache;
        hits += stats.disk_hits;
        misses += stats.misses;
        bad += stats.misses - stats.absent;
    }
    std::printf("%llu writers killed: the cache opened each time; %llu hits, %llu misses, of which "
                "%llu damaged; every outcome the same\n",
                static_cast<unsigned long long>(count), static_cast<unsigned long long>(hits),
                static_cast<unsigned long long>(misses), static_cast<unsigned long long>(bad));
    check(bad == 0, "no artifact is damaged by a kill");
}

// ---- disk ----

void spoil_disk(const std::filesystem::path& directory) {
    const Rules rules;
    const std::vector<Code> codes = make_codes(rules);
    const std::filesystem::path path = directory / "spoiled";
    u64 rounds = 0;
    u64 failures = 0;
    u64 unreadable = 0;
    const auto round = [&](const std::function<void(storage::test::Faults&)>& begin) {
        std::filesystem::remove_all(path);
        storage::test::Faults faults;
        faults.where = "/artifacts/";
        const auto env = storage::test::faulty_env(faults);
        u64 failed = 0;
        {
            const auto kv = open(path, {.env = env.get()});
            begin(faults);
            const auto engine = rules.engine(kv.get());
            for (u32 pass = 0; pass < 2; ++pass)
                for (const Code& code : codes)
                    run(*engine, code);
            const auto stats = engine->stats().cache;
            failed = stats.store_failures;
            failures += failed;
            unreadable += stats.unreadable + kv->artifact_faults();
        }
        // What was written is read by the next process, from a disk that works again.
        auto opened = storage::open_rocksdb_kv(path);
        if (!opened) fail("the store does not open");
        const auto engine = rules.engine(opened.value().kv.get());
        for (const Code& code : codes)
            run(*engine, code);
        check(engine->stats().cache.damaged == 0, "no artifact is half there");
        ++rounds;
        return failed;
    };
    u64 appends = 0;
    while (round([&](auto& faults) { faults.appends_left = static_cast<i64>(appends); }) != 0)
        ++appends;
    u64 syncs = 0;
    for (; syncs < 8; ++syncs)
        static_cast<void>(
            round([&](auto& faults) { faults.syncs_left = static_cast<i64>(syncs); }));
    static_cast<void>(round([](auto& faults) { faults.reads_fail = true; }));
    static_cast<void>(round([](auto& faults) { faults.reads_flip = true; }));
    std::printf("%llu rounds: the disk full at each of %llu appends, %llu fsyncs failing, reads "
                "failing and flipping; %llu artifacts not stored, %llu faults counted; every "
                "outcome the same\n",
                static_cast<unsigned long long>(rounds), static_cast<unsigned long long>(appends),
                static_cast<unsigned long long>(syncs), static_cast<unsigned long long>(failures),
                static_cast<unsigned long long>(unreadable));
    check(failures != 0, "the disk failed");
}

// ---- time ----

double microseconds(Clock::time_point begin) {
    return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

void measure(const std::string& file) {
    // As a node that loads one after another: memory that was freed is not given back.
    static_cast<void>(mallopt(M_MMAP_THRESHOLD, 32 << 20));
    static_cast<void>(mallopt(M_TRIM_THRESHOLD, 512 << 20));
    Rules rules;
    const Code code{read_file(file), {}, {}};
    const Digest hash = sha256(code.wasm);
    std::string name = (std::filesystem::temp_directory_path() / "lockstep-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) fail("no directory can be made");
    {
        const auto kv = open(name);
        static_cast<void>(rules.engine(kv.get())->get_or_compile(hash, Rules::source(code)));
    }
    const auto kv = open(name);
    std::vector<double> disk;
    double memory = 1e9;
    TrapsMode traps{};
    for (u32 i = 0; i < 41; ++i) {
        const auto engine = rules.engine(kv.get(), u64{1} << 30);
        traps = engine->traps();
        const auto begin = Clock::now();
        const auto loaded = engine->get_or_compile(hash, Rules::source(code));
        disk.push_back(microseconds(begin));
        check(loaded.has_value() && engine->stats().cache.disk_hits == 1, "it comes from the disk");
        for (u32 k = 0; k < 100; ++k) {
            const auto again = Clock::now();
            check(engine->get_or_compile(hash, Rules::source(code)).has_value(), "it is there");
            memory = std::min(memory, microseconds(again));
        }
    }
    const double first = disk.front();
    std::sort(disk.begin(), disk.end());
    const Bytes artifact =
        *storage::ArtifactShelf(*kv).get(compiler::digest(rules.key_of(hash, traps))).artifact;
    const double size = static_cast<double>(artifact.size()) / (1 << 20);
    std::printf("%s: %zu bytes of Wasm, artifact %.2f MiB; from the disk: first %.0f us, median "
                "%.0f us, best %.0f us (%.0f us a MiB); from memory: %.2f us\n",
                file.c_str(), code.wasm.size(), size, first, disk[disk.size() / 2], disk.front(),
                disk[disk.size() / 2] / size, memory);
    std::filesystem::remove_all(name);
}

} // namespace

int main(int argc, char** argv) {
    const std::string mode = argc > 2 ? argv[1] : "";
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    if (mode == "corrupt")
        corrupt(number(argv[2]), argc > 3 ? read_file(argv[3]) : module_of(5));
    else if (mode == "kill" && argc > 3)
        kill_writers(number(argv[2]), argv[3]);
    else if (mode == "disk")
        spoil_disk(argv[2]);
    else if (mode == "time")
        for (int i = 2; i < argc; ++i)
            measure(argv[i]);
    else {
        std::fprintf(stderr, "usage: cache corrupt N [CONTRACT] | kill N DIR | disk DIR | "
                             "time CONTRACT...\n");
        return 2;
    }
    return 0;
}

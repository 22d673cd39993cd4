// SPDX-License-Identifier: Apache-2.0
// vmtool bench load: how long it takes until a contract's code can be called: compiled, from the
// disk, from memory. The store is a RocksDB of its own in a temporary directory.
#include "tools/input.hpp"
#include "tools/text.hpp"

#include "contract_abi/engine.hpp"
#include "storage/kv.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>

#include <malloc.h>
#include <unistd.h>

namespace lockstep::tools {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::vector<std::string> files;
    std::string traps = "signals";
    Rules rules{.profile_name = "core", .schedule_name = {}};
    u32 repeat = 51;
};

class TemporaryDirectory {
public:
    TemporaryDirectory()
        : path_(fs::temp_directory_path() / ("lockstep-bench-" + std::to_string(::getpid()))) {
        fs::create_directories(path_);
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const noexcept { return path_; }

private:
    fs::path path_;
};

template <class Work>
double median_us(u32 repeat, Work&& work) {
    std::vector<double> times;
    for (u32 i = 0; i < repeat; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - begin;
        times.push_back(took.count());
    }
    std::nth_element(times.begin(), times.begin() + repeat / 2, times.end());
    return times[repeat / 2];
}

class Loads {
public:
    Loads(const Options& options, storage::Kv& kv)
        : numbers_(options.rules, effective_traps(options.traps)), repeat_(options.repeat),
          kv_(kv) {}

    Json measure(const std::string& file) {
        const std::vector<u8> wasm = read_file(file);
        const Digest code = sha256(wasm);
        const auto from_wasm = [&]() -> result<std::vector<u8>> { return wasm; };
        const auto from_nowhere = []() -> result<std::vector<u8>> {
            return Error{Errc::internal_bug}; // it has to be in the cache
        };
        Json entry{{"file", file}, {"wasm_bytes", wasm.size()}};
        entry["compile_us"] = median_us(repeat_, [&] {
            const auto engine = make_engine(0, nullptr);
            (void)need(engine->get_or_compile(code, from_wasm), "it could not be compiled", file);
        });
        (void)need(make_engine(0, &kv_)->get_or_compile(code, from_wasm), "it could not be kept");
        entry["artifact_bytes"] = artifact_bytes();
        const auto cold = make_engine(0, &kv_);
        entry["from_disk_us"] = median_us(repeat_, [&] {
            (void)need(cold->get_or_compile(code, from_nowhere), "it was not on the disk", file);
        });
        const auto warm = make_engine(u64{1} << 30, &kv_);
        (void)need(warm->get_or_compile(code, from_nowhere), "it was not on the disk", file);
        entry["from_memory_us"] = median_us(repeat_ * 100, [&] {
            (void)need(warm->get_or_compile(code, from_nowhere), "it was not in memory", file);
        });
        return entry;
    }

private:
    std::unique_ptr<contract::Engine> make_engine(u64 memory_bytes, storage::Kv* artifacts) {
        contract::EngineOptions options;
        options.tier = numbers_.tier;
        options.traps = numbers_.traps;
        options.memory_cache_bytes = memory_bytes;
        options.artifacts = artifacts;
        if (artifacts != nullptr) options.mac_key = MacKey{};
        return need(contract::Engine::create(numbers_.profile, numbers_.schedule, options),
                    "the engine could not be made");
    }
    /// Of the artifact that was added last: the growth of all of them.
    u64 artifact_bytes() {
        u64 all = 0;
        const auto entries =
            need(kv_.iterate(storage::Family::artifacts, {}), "it could not be read");
        while (const auto entry = need(entries->next(), "it could not be read"))
            all += entry->second.size();
        return all - std::exchange(known_bytes_, all);
    }

    const Numbers numbers_;
    u32 repeat_;
    storage::Kv& kv_;
    u64 known_bytes_ = 0;
};

Exit bench_load(const Options& options, bool json) {
    // As in a node: what one piece of code gives back the next one gets; see bench compile.
    static_cast<void>(mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024));
    static_cast<void>(mallopt(M_TRIM_THRESHOLD, 512 * 1024 * 1024));
    const TemporaryDirectory directory;
    const auto opened =
        need(storage::open_rocksdb_kv(directory.path() / "store"), "no store could be made");
    Loads loads(options, *opened.kv);
    Json files = Json::array();
    for (const std::string& file : options.files)
        files.push_back(loads.measure(file));
    if (json) {
        print_json({{"files", std::move(files)}});
        return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows(1);
    for (const auto& [key, _] : files.front().items())
        rows.front().push_back(key);
    for (const Json& file : files) {
        rows.emplace_back();
        for (const auto& [key, value] : file.items()) {
            char text[32];
            if (value.is_number_float()) {
                std::snprintf(text, sizeof text, "%.2f", value.get<double>());
                rows.back().push_back(text);
            } else {
                rows.back().push_back(value.is_string() ? printable(value.get<std::string>())
                                                        : value.dump());
            }
        }
    }
    std::cout << table_text(rows);
    return Exit::ok;
}

constexpr const char* footer = R"(
Medians. compile: from bytes to code that can be called, with their SHA-256; from_disk: the artifact
out of RocksDB, authenticated, checked and mapped; from_memory: out of the engine's own memory.)";

} // namespace

void add_bench_load(CLI::App& bench, Session& session) {
    CLI::App* app = bench.add_subcommand("load", "Until code can be called: compiled or cached");
    const auto options = std::make_shared<Options>();
    app->add_option("FILES", options->files, "Modules")->required();
    app->add_option("--repeat", options->repeat, "The median of so many counts")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    app->add_option("--traps", options->traps, traps_description)->capture_default_str();
    options->rules.add_options(*app);
    app->footer(footer);
    app->callback([options, &session] {
        session.action = [options, &session] { return bench_load(*options, session.json); };
    });
}

} // namespace lockstep::tools

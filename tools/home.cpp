// SPDX-License-Identifier: Apache-2.0
// config.json is written whole or not at all (a new file, synced, renamed), and before the store,
// so that a home with a config.json is a chain, and one without is none, whenever the machine
// stops.
#include "tools/home.hpp"

#include "storage/mac_key.hpp"
#include "tools/input.hpp"
#include "tools/text.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <fcntl.h>
#include <unistd.h>

namespace lockstep::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view config_format = "lockstep-home-1";

[[noreturn]] void cannot_write(const fs::path& path) {
    throw Stop{Exit::environment, "the home could not be made", path.string(), std::strerror(errno),
               "Check permissions and free space."};
}

void sync(const fs::path& path, int flags) {
    const int file = open(path.c_str(), flags | O_CLOEXEC);
    if (file < 0) cannot_write(path);
    const bool synced = fsync(file) == 0;
    close(file);
    if (!synced) cannot_write(path);
}

void write_config(const fs::path& directory, const HomeConfig& config) {
    const Json object{{"format", config_format},
                      {"chain_id", config.chain_id},
                      {"rules", config.rules},
                      {"address_prefix", config.address_prefix},
                      {"genesis_time_ns", config.genesis_time_ns},
                      {"block_interval_ns", config.block_interval_ns}};
    const fs::path temporary = directory / "config.json.new";
    const std::string text = object.dump(2) + "\n";
    const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) cannot_write(temporary);
    const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const bool closed = close(file) == 0;
    if (!written || !closed) cannot_write(temporary);
    sync(temporary, O_RDONLY);
    std::error_code problem;
    fs::rename(temporary, directory / "config.json", problem);
    if (problem) cannot_write(directory / "config.json");
    sync(directory, O_RDONLY | O_DIRECTORY);
}

HomeConfig read_config(const fs::path& path) {
    const std::vector<u8> bytes = read_file(path.string());
    const Json object = Json::parse(as_text(bytes), nullptr, false);
    try {
        if (object.at("format") != config_format)
            throw Stop{Exit::bad_input, "the home was made by another version of vmtool",
                       path.string(), "format is " + object.at("format").dump(),
                       "Use that version, or a new directory."};
        return {object.at("chain_id"), object.at("rules"), object.at("address_prefix"),
                object.at("genesis_time_ns"), object.at("block_interval_ns")};
    } catch (const Json::exception& problem) {
        throw Stop{Exit::bad_input, "the home's config.json is damaged", path.string(),
                   problem.what(), "Restore it from a copy."};
    }
}

HomeConfig config_in(const std::string& directory) {
    const fs::path path = fs::path(directory) / "config.json";
    std::error_code problem;
    if (!fs::exists(path, problem))
        throw Stop{Exit::bad_input, "there is no chain", directory, "it has no config.json",
                   "vmtool contract init --home DIR begins one."};
    return read_config(path);
}

contract::Rules need_rules(const std::string& name) {
    auto found = contract::find_rules(name);
    if (found.has_error())
        throw Stop{Exit::usage,
                   "there are no rules \"" + printable(name) + "\"",
                   {},
                   {},
                   "Choose one of: lockstep-1, cosmwasm-1.0.0 ... cosmwasm-3.0.9."};
    return std::move(found).assume_value();
}

/// What was asked for must be what is.
void refuse_other(const std::string& what, const std::string& asked, const std::string& found) {
    if (asked.empty() || asked == found) return;
    throw Stop{Exit::usage,
               "the chain's " + what + " cannot be changed",
               {},
               "it has " + printable(found) + ", not " + printable(asked),
               "Leave the option out, or begin another chain in a new --home."};
}

/// Makes the directory of a new chain; refuses one that holds other things.
void create(const fs::path& directory, HomeConfig config) {
    if (config.rules.empty()) config.rules = HomeConfig{}.rules;
    if (config.chain_id.empty()) config.chain_id = HomeConfig{}.chain_id;
    static_cast<void>(need_rules(config.rules));
    std::error_code problem;
    fs::create_directories(directory, problem);
    for (const fs::directory_entry& entry : fs::directory_iterator(directory, problem))
        if (entry.path().filename() != "config.json.new")
            throw Stop{Exit::bad_input,
                       "the directory holds no chain and is not empty",
                       directory.string(),
                       {},
                       "Name a new directory with --home."};
    if (problem)
        throw Stop{Exit::environment, "the home could not be made", directory.string(),
                   problem.message(), "Check the path and its permissions."};
    write_config(directory, config);
}

std::unique_ptr<storage::Kv> open_store(const std::string& directory) {
    std::string detail;
    auto opened = storage::open_rocksdb_kv(fs::path(directory) / "data", {}, &detail);
    if (opened.has_error()) {
        Stop stop = stop_for(opened.error(), "the chain's store could not be opened", directory);
        if (!detail.empty()) stop.why += ": " + printable(detail);
        throw stop;
    }
    if (opened.assume_value().artifacts_set_aside != 0)
        std::cerr << "vmtool: the cache of compiled code was damaged; it was set aside and starts "
                     "empty\n";
    return std::move(opened.assume_value().kv);
}

/// The secret of the home's artifacts; without one compiled code is kept in memory only.
std::optional<MacKey> mac_key_of(const std::string& directory) {
    std::string detail;
    const auto key = storage::read_or_create_mac_key(
        storage::mac_key_path(fs::path(directory) / "data"), &detail);
    if (key.has_value()) return key.assume_value();
    std::cerr << "vmtool: compiled code is not kept on the disk: " << printable(detail) << '\n';
    return {};
}

} // namespace

HomeStore open_home_store(const std::string& directory) {
    HomeConfig config = config_in(directory);
    contract::Rules rules = need_rules(config.rules);
    return {std::move(config), std::move(rules), open_store(directory),
            fs::path(directory) / "data"};
}

Home Home::open(const std::string& directory, const Running& how) {
    HomeConfig config = config_in(directory);
    return Home(std::move(config), open_store(directory), directory, how);
}

Home Home::open_or_create(const std::string& directory, const HomeConfig& config,
                          const Running& how) {
    std::error_code problem;
    if (!fs::exists(fs::path(directory) / "config.json", problem)) create(directory, config);
    Home home = open(directory, how);
    refuse_other("rules", config.rules, home.config().rules);
    refuse_other("chain id", config.chain_id, home.config().chain_id);
    return home;
}

Home Home::in_memory(const HomeConfig& config, const Running& how) {
    return Home(config, need(storage::memory_kv(), "no store could be made"), {}, how);
}

Home::Home(HomeConfig config, std::unique_ptr<storage::Kv> kv, std::string directory,
           const Running& how)
    : config_(std::move(config)), directory_(std::move(directory)), kv_(std::move(kv)),
      debug_lines_(std::make_shared<std::vector<sim::DebugLine>>()) {
    sim::ChainConfig chain;
    chain.chain_id = config_.chain_id;
    chain.rules = config_.rules;
    chain.address_prefix = config_.address_prefix;
    chain.genesis_time_ns = config_.genesis_time_ns;
    chain.block_interval_ns = config_.block_interval_ns;
    chain.engine.tier = tier_of(how.tier);
    chain.engine.traps = effective_traps(how.traps);
    if (!directory_.empty()) {
        chain.engine.artifacts = kv_.get();
        chain.engine.mac_key = mac_key_of(directory_);
    }
    chain.debug = [lines = debug_lines_](const sim::DebugLine& line) { lines->push_back(line); };
    static_cast<void>(need_rules(config_.rules));
    auto opened = sim::Chain::open(*kv_, chain);
    if (opened.has_error() && opened.error().code == Errc::bad_argument)
        throw Stop{Exit::bad_input, "the store belongs to a chain with other rules, id or prefix",
                   directory_,
                   "config.json or this version's numbers are not those it was made with",
                   "Restore config.json, or replay the chain's transactions into a new home."};
    chain_ = must(std::move(opened), "the chain could not be opened");
}

std::string Home::address_of(std::string_view account) const {
    const std::string start = config_.address_prefix + "1";
    if (account.substr(0, start.size()) == start) return std::string(account);
    return chain_->account(account);
}

std::vector<sim::DebugLine> Home::take_debug_lines() { return std::exchange(*debug_lines_, {}); }

Stop Home::fault(const Error& error, const char* what) const {
    Stop stop = stop_for(error, what, directory_);
    const std::string problem = kv_->last_problem();
    if (!problem.empty()) stop.why += ": " + printable(problem);
    return stop;
}

} // namespace lockstep::tools

// SPDX-License-Identifier: Apache-2.0
// A local chain and where it lies: DIR/config.json says what it is, DIR/data is its store. Or
// nowhere, in memory.
#pragma once

#include "contract_abi/simulation/chain.hpp"
#include "tools/commands.hpp"
#include "tools/input.hpp"

#include <filesystem>

namespace lockstep::tools {

namespace sim = contract::simulation;

/// What is fixed when a chain begins.
struct HomeConfig {
    std::string chain_id = "lockstep-local";
    std::string rules = "lockstep-1"; ///< profile, schedule and contract ABI in one name
    std::string address_prefix = "lock";
    u64 genesis_time_ns = sim::ChainConfig{}.genesis_time_ns;
    u64 block_interval_ns = sim::ChainConfig{}.block_interval_ns;
    friend bool operator==(const HomeConfig&, const HomeConfig&) = default;
};

/// A home's configuration and its store, for what needs no chain.
struct HomeStore {
    HomeConfig config;
    contract::Rules rules;
    std::unique_ptr<storage::Kv> kv;
    std::filesystem::path path; ///< of the store
};
/// Stops if there is no chain in `directory`.
[[nodiscard]] HomeStore open_home_store(const std::string& directory);

class Home {
public:
    /// Opens the chain in `directory`. Stops if there is none.
    [[nodiscard]] static Home open(const std::string& directory, const Running& how);
    /// Begins it by `config` if there is none. An empty rules or chain_id means: as it is, or the
    /// default.
    [[nodiscard]] static Home open_or_create(const std::string& directory, const HomeConfig& config,
                                             const Running& how);
    [[nodiscard]] static Home in_memory(const HomeConfig& config, const Running& how);

    [[nodiscard]] sim::Chain& chain() noexcept { return *chain_; }
    [[nodiscard]] const HomeConfig& config() const noexcept { return config_; }
    /// An address as it is; of anything else, the address of the account with that name.
    [[nodiscard]] std::string address_of(std::string_view account) const;
    /// What contracts said with `debug` since the last call.
    [[nodiscard]] std::vector<sim::DebugLine> take_debug_lines();

    /// The value, or a Stop that names what is wrong with the store.
    template <class T>
    [[nodiscard]] T must(result<T> made, const char* what) const {
        if (made.has_error()) throw fault(made.error(), what);
        return std::move(made).assume_value();
    }

private:
    Home(HomeConfig config, std::unique_ptr<storage::Kv> kv, std::string directory,
         const Running& how);
    [[nodiscard]] Stop fault(const Error& error, const char* what) const;

    HomeConfig config_;
    std::string directory_;
    std::unique_ptr<storage::Kv> kv_;
    std::shared_ptr<std::vector<sim::DebugLine>> debug_lines_;
    std::unique_ptr<sim::Chain> chain_; ///< after what it refers to
};

} // namespace lockstep::tools

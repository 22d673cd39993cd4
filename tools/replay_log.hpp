// SPDX-License-Identifier: Apache-2.0
// The log that `vmtool replay` executes: JSON Lines, format lockstep-replay-1, described in
// tools/README.md. This reads it line by line and refuses what is not well formed; what the lines
// do is replay.cpp's.
#pragma once

#include "contract_abi/simulation/types.hpp"
#include "tools/home.hpp"

#include <variant>

namespace lockstep::tools {

inline constexpr std::string_view replay_format = "lockstep-replay-1";

struct ReplayAccount {
    std::string name; ///< a name or an address
    std::vector<sim::Coin> coins;
};

struct ReplayHeader {
    HomeConfig config;
    std::string rules_id; ///< empty: not said
    std::vector<ReplayAccount> accounts;
};

struct ReplayCode {
    std::string name;
    std::vector<u8> wasm; ///< of the sha256 that the line says
};

struct ReplayBlock {
    u64 height = 0;
    std::optional<u64> time_ns;
};

enum class TxKind : u8 { store, instantiate, execute, migrate, sudo, send, mint, query };

struct ReplayTx {
    TxKind kind = TxKind::store;
    std::string kind_name;
    std::string sender;
    std::string contract;
    std::string to;
    std::string code; ///< name of a code line
    u64 code_id = 0;
    std::string msg; ///< JSON text
    sim::TxOptions options;
    std::string label = "contract";
    std::string admin;
    std::string salt;
    std::string as; ///< a name for the new contract
    Json expect;    ///< null: nothing
};

struct ReplayCommit {
    u64 height = 0;
    std::string state_hash; ///< empty: not said
};

struct ReplayEnd {
    std::optional<u64> transactions;
};

struct ReplayLine {
    usize number = 0; ///< from 1
    Json source;      ///< as it was read
    std::variant<ReplayHeader, ReplayCode, ReplayBlock, ReplayTx, ReplayCommit, ReplayEnd> entry;
};

/// A Stop for a line that is not as it should be.
[[nodiscard]] Stop malformed(const std::string& file, usize line, std::string why,
                             std::string remedy = {});

class ReplayLog {
public:
    explicit ReplayLog(std::string file);

    /// Names that stand for addresses: "@name" as a whole string of a transaction is replaced.
    void define(const std::string& name, const std::string& address);

    /// The next line that is not empty; nothing at the end. Stops where a line is malformed.
    [[nodiscard]] std::optional<ReplayLine> next();
    /// Whether the last line was cut off in the middle.
    [[nodiscard]] bool cut_off() const noexcept { return cut_off_; }

    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    [[nodiscard]] usize line() const noexcept { return line_; }
    [[nodiscard]] usize size() const noexcept { return text_.size(); }
    [[nodiscard]] usize position() const noexcept { return at_; }

private:
    std::optional<Json> parse(std::string_view line, bool ended);

    std::string file_;
    std::vector<u8> text_;
    usize at_ = 0;
    usize line_ = 0;
    bool cut_off_ = false;
    std::vector<std::pair<std::string, std::string>> names_; ///< "@name", address
};

} // namespace lockstep::tools

// SPDX-License-Identifier: Apache-2.0
// vmtool replay: executes a log of transactions on a chain of its own and compares what comes out
// with what the log expects. Whatever differs is a divergence; the first is shown in full. A log
// that does not say `end` is incomplete.
#include "tools/input.hpp"
#include "tools/replay_log.hpp"
#include "tools/text.hpp"
#include "tools/tx_text.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

namespace lockstep::tools {
namespace {

struct Options {
    std::string file;
    std::string home;
    std::string record;
    Running how;
};

struct Divergence {
    std::string where; ///< "transaction 3 of block 2 (execute), line 9"
    std::string what;  ///< "gas_used"
    Json expected;
    Json got;
};

struct Totals {
    u64 blocks = 0;
    u64 transactions = 0;
    u64 failed = 0;
    u64 gas = 0;
    u64 divergences = 0;
    u64 resumed_after = 0; ///< blocks up to here were already in the home
    f64 seconds = 0;       ///< of executing and committing
    bool complete = false;
    std::string incomplete_why;
    std::optional<Divergence> first;
    std::string state_hash;
};

using Clock = std::chrono::steady_clock;

class Replay {
public:
    explicit Replay(const Options& options) : options_(options), log_(options.file) {
        if (!options.record.empty()) {
            record_.open(options.record + ".new", std::ios::trunc | std::ios::binary);
            if (!record_) throw cannot_record();
        }
    }

    Totals run() {
        Progress progress("replaying, KiB of the log", log_.size() / 1024);
        while (auto line = log_.next()) {
            line_ = line->number;
            if (totals_.complete) throw wrong("there are lines after the end");
            if (!home_ && !std::holds_alternative<ReplayHeader>(line->entry))
                throw wrong("the log does not begin with its header",
                            "The first line has the key format.");
            std::visit([&](auto& entry) { take(entry, line->source); }, line->entry);
            record(line->source);
            progress.show(log_.position() / 1024);
        }
        finish();
        return std::move(totals_);
    }

private:
    // ---- lines ----

    void take(ReplayHeader& header, Json& source) {
        if (home_) throw wrong("there is a second header", "Begin another log.");
        home_.emplace(options_.home.empty()
                          ? Home::in_memory(header.config, options_.how)
                          : Home::open_or_create(options_.home, header.config, options_.how));
        if (!(home_->config() == header.config))
            throw Stop{Exit::usage, "the home belongs to another chain", options_.home,
                       "its config.json differs from the log's header", "Name a new directory."};
        totals_.resumed_after = home_->chain().block().height;
        static_cast<void>(home_->must(chain().contracts_api().preload_pinned(),
                                      "the pinned code could not be made ready"));
        const std::string rules_id = to_hex(home_->chain().rules_id());
        if (!header.rules_id.empty() && header.rules_id != rules_id)
            diverged({"the header", "rules_id", header.rules_id, rules_id});
        source["rules_id"] = rules_id;
        accounts_ = header.accounts;
        for (const ReplayAccount& account : accounts_)
            log_.define(account.name, home_->address_of(account.name));
    }

    void take(ReplayCode& code, Json&) { codes_[code.name] = std::move(code.wasm); }

    void take(const ReplayBlock& block, Json&) {
        if (block_) throw wrong("the block before has no end", "Add a commit line.");
        block_ = block.height;
        tx_in_block_ = 0;
        skipping_ = block.height <= totals_.resumed_after;
        if (skipping_) return;
        const Timer timer(totals_.seconds);
        const sim::Block begun =
            home_->must(chain().begin_block(block.time_ns), "no block could be begun");
        if (begun.height != block.height)
            throw wrong("the block has height " + std::to_string(block.height) + ", but " +
                            std::to_string(begun.height) + " comes next",
                        "Heights go up by one, from 1.");
        if (begun.height == 1) mint_balances();
    }

    void take(const ReplayTx& tx, Json& source) {
        if (!block_) throw wrong("the transaction is in no block", "Add a block line before it.");
        ++tx_in_block_;
        if (skipping_) return skip(tx);
        const Json outcome = perform(tx);
        ++totals_.transactions;
        totals_.gas += outcome["gas_used"].get<u64>();
        if (!outcome["ok"].get<bool>()) ++totals_.failed;
        if (!tx.as.empty()) // after a failure, something that is no address
            log_.define(tx.as, outcome.value("contract", "failed:" + tx.as));
        compare(tx, outcome);
        source["expect"] = outcome;
    }

    void take(const ReplayCommit& commit, Json& source) {
        if (block_ != commit.height)
            throw wrong("no block of height " + std::to_string(commit.height) + " is open");
        if (!skipping_) {
            const Timer timer(totals_.seconds);
            static_cast<void>(
                home_->must(chain().commit_block(), "the block could not be written"));
            ++totals_.blocks;
        }
        const bool current =
            chain().block().height == commit.height; // not one before the home's last
        if (current && (!commit.state_hash.empty() || !options_.record.empty())) {
            const std::string hash = state_hash();
            if (!commit.state_hash.empty() && hash != commit.state_hash)
                diverged({"the end of block " + std::to_string(commit.height) + ", line " +
                              std::to_string(line_),
                          "state_hash", commit.state_hash, hash});
            source["state_hash"] = hash;
        }
        block_.reset();
    }

    void take(const ReplayEnd& end, Json& source) {
        if (block_) throw wrong("the last block has no end", "Add a commit line.");
        const u64 count = totals_.transactions + skipped_;
        if (end.transactions && *end.transactions != count)
            throw wrong("the log has " + std::to_string(count) +
                            " transactions, but its end says " + std::to_string(*end.transactions),
                        "Lines were lost or added; get the log again.");
        source["transactions"] = count;
        totals_.complete = true;
    }

    // ---- transactions ----

    Json perform(const ReplayTx& tx) {
        const Timer timer(totals_.seconds);
        if (tx.kind == TxKind::query)
            return outcome_json(
                home_->must(chain().query_smart(address(tx.contract), tx.msg, tx.options.gas_limit),
                            "the query could not be run"));
        return outcome_json(home_->must(transact(tx), "the transaction could not be run"));
    }

    result<sim::TxResult> transact(const ReplayTx& tx) {
        switch (tx.kind) {
        case TxKind::store: return chain().store_code(address(tx.sender), code(tx.code));
        case TxKind::instantiate: return instantiate(tx);
        case TxKind::execute:
            return chain().execute(address(tx.sender), address(tx.contract), tx.msg, tx.options);
        case TxKind::migrate:
            return chain().migrate(address(tx.sender), address(tx.contract), tx.code_id, tx.msg,
                                   tx.options);
        case TxKind::sudo: return chain().sudo(address(tx.contract), tx.msg, tx.options);
        case TxKind::send:
            return chain().bank_send(address(tx.sender), address(tx.to), tx.options.funds);
        case TxKind::mint: return chain().mint(address(tx.to), tx.options.funds);
        case TxKind::query: break;
        }
        return Error{Errc::internal_bug};
    }

    result<sim::TxResult> instantiate(const ReplayTx& tx) {
        sim::InstantiateOptions more;
        static_cast<sim::TxOptions&>(more) = tx.options;
        more.label = tx.label;
        if (!tx.admin.empty()) more.admin = address(tx.admin);
        if (!tx.salt.empty()) more.salt.emplace(tx.salt.begin(), tx.salt.end());
        return chain().instantiate(address(tx.sender), tx.code_id, tx.msg, more);
    }

    /// The transaction's block is in the home; only the name it gives is needed.
    void skip(const ReplayTx& tx) {
        ++skipped_;
        if (tx.as.empty()) return;
        if (!tx.expect.is_object() || !tx.expect.contains("contract"))
            throw wrong("the home has this block, but not the address that \"as\" names",
                        "Replay a log made with --record, or without --home.");
        log_.define(tx.as, tx.expect["contract"].get<std::string>());
    }

    void mint_balances() {
        for (const ReplayAccount& account : accounts_) {
            if (account.coins.empty()) continue;
            const sim::TxResult tx = home_->must(chain().mint(address(account.name), account.coins),
                                                 "the accounts could not be made");
            if (!tx.ok()) throw wrong("an account's coins: " + printable(tx.error()));
        }
    }

    std::string address(const std::string& account) const {
        if (account.starts_with("@"))
            throw wrong("the name " + printable(account) + " stands for nothing yet",
                        "Names are the header's accounts and the \"as\" of instantiations before.");
        return account.starts_with("failed:") ? account : home_->address_of(account);
    }

    const std::vector<u8>& code(const std::string& name) const {
        const auto found = codes_.find(name);
        if (found == codes_.end())
            throw wrong("there is no code \"" + printable(name) + "\"",
                        "Add a code line before the transaction.");
        return found->second;
    }

    // ---- comparing and recording ----

    void compare(const ReplayTx& tx, const Json& outcome) {
        for (const auto& [key, expected] : tx.expect.items()) {
            const Json got = outcome.value(key, Json());
            if (got == expected) continue;
            return diverged({"transaction " + std::to_string(tx_in_block_) + " of block " +
                                 std::to_string(*block_) + " (" + tx.kind_name + "), line " +
                                 std::to_string(line_),
                             key, expected, got});
        }
    }

    void diverged(Divergence divergence) {
        ++totals_.divergences;
        if (!totals_.first) totals_.first = std::move(divergence);
    }

    void record(const Json& source) {
        if (options_.record.empty()) return;
        record_ << source.dump() << '\n';
        if (!record_) throw cannot_record();
    }

    Stop cannot_record() const {
        return {Exit::environment,
                "the log could not be recorded",
                options_.record,
                {},
                "Check the path, its permissions and the free space."};
    }

    void finish() {
        if (!home_) throw wrong("the log is empty", "Its first line is the header.");
        if (log_.cut_off())
            totals_.incomplete_why = "its last line is cut off";
        else if (block_)
            totals_.incomplete_why = "block " + std::to_string(*block_) + " has no end";
        else if (!totals_.complete)
            totals_.incomplete_why = "it does not say {\"end\":true}";
        if (chain().in_block()) chain().abandon_block();
        totals_.state_hash = state_hash();
        if (options_.record.empty()) return;
        record_.close();
        std::error_code problem;
        if (record_) std::filesystem::rename(options_.record + ".new", options_.record, problem);
        if (!record_ || problem) throw cannot_record();
    }

    [[nodiscard]] std::string state_hash() {
        return to_hex(home_->must(chain().state_hash(), "the state could not be read"));
    }
    [[nodiscard]] Stop wrong(std::string why, std::string remedy = {}) const {
        return malformed(log_.file(), std::max<usize>(log_.line(), 1), std::move(why),
                         std::move(remedy));
    }
    [[nodiscard]] sim::Chain& chain() { return home_->chain(); }

    /// Adds its life to a number of seconds.
    class Timer {
    public:
        explicit Timer(f64& seconds) : seconds_(seconds) {}
        Timer(const Timer&) = delete;
        Timer& operator=(const Timer&) = delete;
        ~Timer() { seconds_ += std::chrono::duration<f64>(Clock::now() - start_).count(); }

    private:
        f64& seconds_;
        Clock::time_point start_ = Clock::now();
    };

    const Options& options_;
    ReplayLog log_;
    std::ofstream record_;
    std::optional<Home> home_;
    std::vector<ReplayAccount> accounts_;
    std::map<std::string, std::vector<u8>> codes_;
    std::optional<u64> block_; ///< the open one
    bool skipping_ = false;
    u64 tx_in_block_ = 0;
    u64 skipped_ = 0;
    usize line_ = 0;
    Totals totals_;
};

// ---- saying it ----

u64 per_second(u64 count, f64 seconds) {
    return seconds <= 0 ? 0 : static_cast<u64>(static_cast<f64>(count) / seconds);
}

/// A long value from shortly before `difference`.
std::string excerpt(const std::string& text, usize difference) {
    constexpr usize before = 80;
    constexpr usize length = 600;
    const usize begin = difference > before ? difference - before : 0;
    std::string part =
        printable(std::string_view(text).substr(std::min(begin, text.size()), length));
    if (begin > 0) part = "..." + part;
    if (text.size() > begin + length) part += "...";
    return part;
}

std::string divergence_text(const Divergence& divergence) {
    const auto text = [](const Json& value) {
        return value.dump(-1, ' ', false, Json::error_handler_t::replace);
    };
    const std::string expected = text(divergence.expected);
    const std::string got = text(divergence.got);
    const usize common = static_cast<usize>(
        std::mismatch(expected.begin(), expected.end(), got.begin(), got.end()).first -
        expected.begin());
    return "DIVERGENCE in " + divergence.where + ": " + printable(divergence.what) +
           "\n  expected  " + excerpt(expected, common) + "\n  got       " + excerpt(got, common) +
           "\n";
}

Json totals_json(const Options& options, const Totals& totals) {
    Json object{{"log", options.file},
                {"complete", totals.complete},
                {"blocks", totals.blocks},
                {"transactions", totals.transactions},
                {"failed", totals.failed},
                {"gas_used", totals.gas},
                {"seconds", totals.seconds},
                {"transactions_per_second", per_second(totals.transactions, totals.seconds)},
                {"gas_per_second", per_second(totals.gas, totals.seconds)},
                {"resumed_after_block", totals.resumed_after},
                {"state_hash", totals.state_hash},
                {"divergences", totals.divergences},
                {"first_divergence", Json()}};
    if (totals.first)
        object["first_divergence"] = {{"where", totals.first->where},
                                      {"what", totals.first->what},
                                      {"expected", totals.first->expected},
                                      {"got", totals.first->got}};
    return object;
}

std::string totals_text(const Options& options, const Totals& totals) {
    std::string text;
    if (totals.first) text += divergence_text(*totals.first) + "\n";
    if (totals.resumed_after != 0)
        text += "resumed after block " + std::to_string(totals.resumed_after) + "\n";
    char seconds[32];
    static_cast<void>(std::snprintf(seconds, sizeof seconds, "%.3f", totals.seconds));
    text += "transactions: " + std::to_string(totals.transactions) + " (" +
            std::to_string(totals.failed) + " failed) in " + std::to_string(totals.blocks) +
            " blocks, " + seconds + " s\n";
    text += "per second:   " + std::to_string(per_second(totals.transactions, totals.seconds)) +
            " transactions, " + std::to_string(per_second(totals.gas, totals.seconds)) + " gas\n";
    text += "state hash:   " + totals.state_hash + "\n";
    if (!options.record.empty()) text += "recorded:     " + options.record + "\n";
    if (!totals.complete)
        text += "INCOMPLETE:   the log ended early: " + totals.incomplete_why + "\n";
    return text + "divergences: " + std::to_string(totals.divergences) + "\n";
}

Exit replay(const Options& options, bool json) {
    const Totals totals = Replay(options).run();
    if (json)
        print_json(totals_json(options, totals));
    else
        std::cout << totals_text(options, totals);
    if (totals.divergences != 0) return Exit::rejected;
    return totals.complete ? Exit::ok : Exit::incomplete;
}

constexpr const char* footer = R"(
The log is JSON Lines, lockstep-replay-1; tools/README.md describes it. With --home blocks are kept,
and a replay that was interrupted goes on behind the last one. Exit code 1 on a divergence, 3 if the
log ended early, 4 if it is malformed.

  vmtool replay network.jsonl
  vmtool replay --record expected.jsonl transactions.jsonl)";

} // namespace

void add_replay(CLI::App& parent, Session& session) {
    CLI::App* app = parent.add_subcommand("replay", "Execute a log of transactions and compare");
    const auto options = std::make_shared<Options>();
    app->add_option("FILE", options->file, "The log")->required();
    app->add_option("--home", options->home, "Keep the chain here; default: in memory");
    app->add_option("--record", options->record,
                    "Write the log with what came out as expectations");
    options->how.add_options(*app);
    app->footer(footer);
    app->callback([options, &session] {
        session.action = [options, &session] { return replay(*options, session.json); };
    });
}

} // namespace lockstep::tools

// SPDX-License-Identifier: Apache-2.0
// Living a life: each step is one call of the simulated chain.
#include "conformance/commands.hpp"
#include "conformance/files.hpp"
#include "conformance/life_outcome.hpp"
#include "contract_abi/simulation/chain.hpp"

#include <algorithm>
#include <array>

namespace lockstep::conformance {
namespace {

constexpr u64 second_ns = 1'000'000'000;

std::vector<sim::Coin> coins_of(const std::string& text) {
    if (text.empty()) return {};
    auto coins = sim::parse_coins(text);
    if (!coins) throw UsageError("not a list of coins: " + text);
    return std::move(*coins);
}

class LifeRun {
public:
    LifeRun(const Life& life, const std::string& rules, const Codes& codes, Stage stage)
        : life_(life), codes_(codes), stage_(stage) {
        config_.rules = rules;
        config_.engine.tier = stage.mode.tier;
        config_.engine.traps = stage.mode.traps;
        config_.debug = [this](const sim::DebugLine& line) { debug_ = line.message; };
    }

    LifeReport run() {
        open();
        begin_block(config_.block_interval_ns);
        for (const auto& [name, coins] : life_.accounts) {
            names_.define(name, chain_->account(name));
            if (!coins.empty())
                static_cast<void>(need(chain_->mint(names_.address(name), coins_of(coins))));
        }
        for (const Json& step : life_.steps) {
            ++number_;
            try {
                take(step);
            } catch (const std::exception& error) { // the data makes no sense, at least not now
                report_.failures.push_back(where() + error.what());
                return std::move(report_);
            }
        }
        static_cast<void>(need(chain_->commit_block()));
        report_.state_hash = to_hex(need(chain_->state_hash()));
        return std::move(report_);
    }

private:
    struct Verb {
        std::string_view name;
        Outcome (LifeRun::*take)(const Json&);
    };

    // --- the chain ------------------------------------------------------------------------------

    template <class T>
    static T need(result<T> made) {
        if (made.has_error())
            throw UsageError("the chain failed: " +
                             std::string(lockstep::name_of(made.error().code)));
        return std::move(made).assume_value();
    }

    void open() {
        if (stage_.rocksdb)
            kv_ = need(storage::open_rocksdb_kv(scratch_.path() / "data")).kv;
        else if (!kv_)
            kv_ = need(storage::memory_kv());
        chain_ = need(sim::Chain::open(*kv_, config_));
    }

    void begin_block(u64 after_ns) {
        static_cast<void>(need(chain_->begin_block(chain_->block().time_ns + after_ns)));
    }

    /// Writes the block; what its state is.
    Outcome commit_block() {
        static_cast<void>(need(chain_->commit_block()));
        Outcome outcome;
        outcome.more = to_hex(need(chain_->state_hash()));
        return outcome;
    }

    // --- steps ----------------------------------------------------------------------------------

    void take(const Json& written) {
        static constexpr std::array verbs{
            Verb{"store", &LifeRun::store},     Verb{"instantiate", &LifeRun::instantiate},
            Verb{"execute", &LifeRun::execute}, Verb{"migrate", &LifeRun::migrate},
            Verb{"sudo", &LifeRun::sudo},       Verb{"send", &LifeRun::send},
            Verb{"query", &LifeRun::query},     Verb{"ask", &LifeRun::ask},
            Verb{"raw", &LifeRun::raw},         Verb{"balance", &LifeRun::balance},
            Verb{"block", &LifeRun::block},     Verb{"reopen", &LifeRun::reopen},
        };
        if (written.value("only", config_.rules) != config_.rules) return;
        const auto* verb = std::find_if(verbs.begin(), verbs.end(), [&](const Verb& candidate) {
            return written.is_object() && written.contains(candidate.name);
        });
        if (verb == verbs.end()) throw UsageError("no such step: " + written.dump());
        kind_ = verb->name;
        used_ = {"note", "only", std::string(kind_)};
        debug_.clear();
        Json step = written;
        for (const std::string_view key : expectable) // may name what the step makes
            step.erase(std::string(key));
        Outcome outcome = (this->*verb->take)(names_.resolve(step));
        outcome.debug = debug_;
        report_.gas += outcome.gas.value_or(0);
        report_.steps.push_back({number_, std::string(kind_), outcome.gas, to_text(outcome)});
        const Verdict verdict = judge(names_.resolve(written), outcome);
        report_.expectations += verdict.expectations;
        for (const std::string& failure : verdict.failures)
            report_.failures.push_back(where() + failure);
        refuse_unused(written);
        if (!chain_->in_block()) begin_block(config_.block_interval_ns); // lost by a fault
    }

    Outcome store(const Json& step) {
        const auto code = codes_.find(step.at("store"));
        if (code == codes_.end()) throw UsageError("there is no such code");
        contract::CheckReport problems;
        Outcome outcome =
            outcome_of(chain_->store_code(who(step, "from"), as_bytes(code->second), &problems));
        for (const std::string& problem : problems.contract)
            outcome.problems += "\n    " + problem;
        for (const Problem& problem : problems.module.problems)
            outcome.problems += "\n    " + std::string(text_of(problem.error.code));
        return outcome;
    }

    Outcome instantiate(const Json& step) {
        sim::InstantiateOptions options;
        static_cast<sim::TxOptions&>(options) = options_of(step);
        options.label = text_or(step, "label", "contract");
        if (step.contains("admin")) options.admin = who(step, "admin");
        if (const std::string salt = text_or(step, "salt", ""); !salt.empty())
            options.salt.emplace(salt.begin(), salt.end());
        const std::string as = text_or(step, "as", "");
        const u64 code_id = used(step, "instantiate").get<u64>();
        const auto ended = chain_->instantiate(who(step, "from"), code_id, message(step), options);
        if (ended.has_value() && ended.value().ok() && !as.empty())
            names_.define(as, ended.value().contract_address);
        return outcome_of(ended);
    }

    Outcome execute(const Json& step) {
        return outcome_of(chain_->execute(who(step, "from"), who(step, "execute"), message(step),
                                          options_of(step)));
    }

    Outcome migrate(const Json& step) {
        const u64 code_id = used(step, "code_id").get<u64>();
        return outcome_of(chain_->migrate(who(step, "from"), who(step, "migrate"), code_id,
                                          message(step), options_of(step)));
    }

    Outcome sudo(const Json& step) {
        return outcome_of(chain_->sudo(who(step, "sudo"), message(step), options_of(step)));
    }

    Outcome send(const Json& step) {
        return outcome_of(chain_->bank_send(who(step, "from"), who(step, "to"),
                                            coins_of(used(step, "send").get<std::string>())));
    }

    Outcome query(const Json& step) {
        return outcome_of(chain_->query_smart(who(step, "query"), message(step), gas_limit(step)));
    }

    Outcome ask(const Json& step) {
        return outcome_of(chain_->query(step.at("ask").dump(), gas_limit(step)));
    }

    Outcome raw(const Json& step) {
        const std::string key = used(step, "key").get<std::string>();
        const auto value = need(chain_->query_raw(who(step, "raw"), as_bytes(key)));
        Outcome outcome;
        outcome.answer = value ? readable(*value) : Json();
        return outcome;
    }

    Outcome balance(const Json& step) {
        Outcome outcome;
        outcome.answer = Json::object();
        for (const sim::Coin& coin : need(chain_->balances(who(step, "balance"))))
            (*outcome.answer)[coin.denom] = sim::to_string(coin.amount);
        return outcome;
    }

    Outcome block(const Json& step) {
        Outcome outcome = commit_block();
        begin_block(step.at("block").get<u64>() * second_ns);
        return outcome;
    }

    /// Everything but the store ends and begins again, as in a node that is restarted.
    Outcome reopen(const Json&) {
        Outcome outcome = commit_block();
        chain_.reset();
        if (stage_.rocksdb) kv_.reset();
        open();
        if (to_hex(need(chain_->state_hash())) != outcome.more)
            report_.failures.push_back(where() + "the state is not what was written");
        begin_block(config_.block_interval_ns);
        return outcome;
    }

    // --- a step's members -----------------------------------------------------------------------

    const Json& used(const Json& step, const char* key) {
        used_.emplace_back(key);
        return step.at(key);
    }
    std::string text_or(const Json& step, const char* key, const char* otherwise) {
        return step.contains(key) ? used(step, key).get<std::string>() : otherwise;
    }
    const std::string& who(const Json& step, const char* key) {
        return names_.address(used(step, key).get<std::string>());
    }
    std::string message(const Json& step) {
        if (step.contains("msg_text")) return text_or(step, "msg_text", "");
        return used(step, "msg").dump();
    }
    std::optional<u64> gas_limit(const Json& step) {
        if (!step.contains("gas_limit")) return {};
        return used(step, "gas_limit").get<u64>();
    }
    sim::TxOptions options_of(const Json& step) {
        return {coins_of(text_or(step, "funds", "")), gas_limit(step)};
    }
    void refuse_unused(const Json& step) const {
        const auto knows = [](const auto& list, const std::string& key) {
            return std::find(std::begin(list), std::end(list), key) != std::end(list);
        };
        for (const auto& [key, value] : step.items())
            if (!knows(used_, key) && !knows(expectable, key))
                throw UsageError("such a step has no \"" + key + "\"");
    }

    [[nodiscard]] std::string where() const {
        return life_.name + ", step " + std::to_string(number_) + " (" + std::string(kind_) + "): ";
    }

    const Life& life_;
    const Codes& codes_;
    const Stage stage_;
    sim::ChainConfig config_;
    ScratchFolder scratch_;
    std::unique_ptr<storage::Kv> kv_;
    std::unique_ptr<sim::Chain> chain_; ///< after what it refers to
    Names names_;
    LifeReport report_;
    usize number_ = 0;
    std::string_view kind_;
    std::vector<std::string> used_; ///< members of the step that its verb asked for
    std::string debug_;             ///< the last line a contract wrote
};

} // namespace

LifeReport run_life(const Life& life, const std::string& rules, const Codes& codes, Stage stage) {
    return LifeRun(life, rules, codes, stage).run();
}

} // namespace lockstep::conformance

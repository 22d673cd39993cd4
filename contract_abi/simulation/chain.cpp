// SPDX-License-Identifier: Apache-2.0
// Blocks and transactions. A transaction is one level of the overlay; a block is what level 0 has
// gathered, written with the block's height and new code in one synced batch. Family::meta holds
// "chain" (what the store belongs to) and "block" (the last one), each as JSON.
#include "contract_abi/simulation/chain.hpp"

#include "contract_abi/simulation/address.hpp"
#include "contract_abi/simulation/machine.hpp"
#include "contract_abi/simulation/response.hpp"
#include "storage/state_hash.hpp"
#include "vm/guarded.hpp"

#include <new>
#include <stdexcept>

namespace lockstep::contract::simulation {
namespace {

using nlohmann::json;

constexpr std::string_view chain_key = "chain";
constexpr std::string_view block_key = "block";

std::string identity_of(const ChainConfig& config, const Rules& rules) {
    return json{{"chain_id", config.chain_id},
                {"address_prefix", config.address_prefix},
                {"rules", rules.name},
                {"rules_id", to_hex(digest(rules))}}
        .dump();
}

std::string text_of(const Block& block) {
    return json{{"height", block.height}, {"time_ns", block.time_ns}}.dump();
}

/// The last block of the chain in `kv`, which is begun if there is none.
result<Block> open_meta(storage::Kv& kv, const ChainConfig& config, const Rules& rules) {
    const std::string identity = identity_of(config, rules);
    TRY(const auto stored, kv.get(storage::Family::meta, as_bytes(chain_key)));
    if (!stored) {
        storage::Batch batch;
        batch.sync = true;
        batch.put(storage::Family::meta, as_bytes(chain_key), as_bytes(identity));
        TRY(kv.write(batch));
        return Block{0, config.genesis_time_ns};
    }
    if (as_text(*stored) != identity) return Error{Errc::bad_argument};
    TRY(const auto last, kv.get(storage::Family::meta, as_bytes(block_key)));
    if (!last) return Block{0, config.genesis_time_ns};
    const json block = json::parse(as_text(*last), nullptr, false);
    if (!block.is_object()) return Error{Errc::corrupt_state};
    return Block{block.value("height", u64{0}), block.value("time_ns", u64{0})};
}

} // namespace

struct Chain::Impl {
    Impl(storage::Kv& k, const ChainConfig& c, std::unique_ptr<Contracts> api, Block last)
        : kv(k), config(c), contracts(std::move(api)), overlay(kv), state(overlay),
          machine(*contracts, state, config), committed(last) {
        machine.block = last;
    }

    storage::Kv& kv;
    const ChainConfig config;
    std::unique_ptr<Contracts> contracts;
    storage::Overlay overlay;
    State state;
    Machine machine;
    storage::Batch codes; ///< of the open block
    Block committed;
    bool in_block = false;

    void abandon() noexcept {
        overlay.clear();
        codes.clear();
        contracts->forget_staged();
        machine.block = committed;
        machine.in_transaction = false;
        in_block = false;
    }

    /// Runs `work(frame, result)` as a transaction.
    template <class Work>
    result<TxResult> transact(std::optional<u64> gas_limit, Work&& work) {
        if (!in_block) return Error{Errc::bad_argument};
        auto outcome =
            guarded([&]() -> result<TxResult> { return transact_in_level(gas_limit, work); });
        if (!outcome) abandon();
        return outcome;
    }

    template <class Work>
    result<TxResult> transact_in_level(std::optional<u64> gas_limit, Work&& work) {
        TxResult result;
        result.gas_limit = gas_limit.value_or(config.default_gas_limit);
        Frame frame;
        frame.gas_left = result.gas_limit;
        TRY(overlay.begin());
        machine.in_transaction = true;
        Done<> ended = work(frame, result);
        machine.in_transaction = false;
        if (!ended && ended.error().kind == Stop::Kind::fault) return ended.error().fault;
        if (ended) {
            TRY(overlay.commit());
            result.events = std::move(frame.events);
        } else {
            TRY(overlay.rollback());
            result.failure = std::move(ended.error().failure);
            result.data.reset();
        }
        ++machine.tx_index;
        const bool exhausted = !ended && ended.error().kind == Stop::Kind::out_of_gas;
        result.gas_used = exhausted ? result.gas_limit : result.gas_limit - frame.gas_left;
        result.gas_used_externally = std::min(frame.used_externally, result.gas_used);
        return result;
    }

    /// Runs `work(frame)` as a query. Its errors are values, but for faults.
    template <class Work>
    result<QueryResult> ask(std::optional<u64> gas_limit, Work&& work) {
        return guarded([&]() -> result<QueryResult> {
            const u64 limit = gas_limit.value_or(config.default_gas_limit);
            Frame frame;
            frame.gas_left = limit;
            Done<Bytes> answer = work(frame);
            QueryResult result;
            if (answer)
                result.data = std::move(answer.value());
            else if (answer.error().kind == Stop::Kind::fault)
                return answer.error().fault;
            else
                result.failure = std::move(answer.error().failure);
            result.gas_used = limit - frame.gas_left;
            return result;
        });
    }

    /// A value of the state for the outside; a bad address is bad_argument.
    template <class T, class Work>
    result<T> read(std::string_view address, Work&& work) {
        return guarded([&]() -> result<T> {
            const auto bytes = machine.canonicalize(address);
            if (!bytes) return Error{Errc::bad_argument};
            Done<T> value = work(bytes.value());
            if (value) return std::move(value.value());
            return value.error().fault;
        });
    }

    ContractInfo info(bytes_view address, const ContractEntry& entry) const {
        return {machine.humanize(address), entry.code_id, machine.humanize(entry.creator),
                entry.admin.empty() ? std::string() : machine.humanize(entry.admin), entry.label};
    }

    Done<> store_code(Frame& frame, TxResult& result, std::string_view sender, bytes_view wasm,
                      CheckReport* report) {
        TRY(const Bytes creator, machine.canonicalize(sender));
        TRY(machine.charge(frame, machine.from_sdk_gas(costs::compile_byte * wasm.size())));
        auto stored = contracts->stage_code(wasm, codes, report);
        if (!stored) return Stop(stored.error());
        result.checksum = stored.value().checksum;
        if (!stored.value().ok())
            return stop(errors::create_failed,
                        "Error calling the VM: " + stored.value().error->text);
        TRY(result.code_id, state.next("code"));
        TRY(state.set_code(result.code_id, {creator, result.checksum}));
        Event event{"store_code", {{"code_checksum", to_hex(result.checksum)}}};
        event.attributes.push_back({"code_id", std::to_string(result.code_id)});
        for (const std::string& capability : stored.value().analysis.required_capabilities)
            event.attributes.push_back({"required_capability", capability});
        frame.events.push_back(std::move(event));
        return done;
    }

    result<Block> commit() {
        storage::Batch batch = codes;
        batch.sync = true;
        TRY(overlay.flush_into(batch));
        batch.put(storage::Family::meta, as_bytes(block_key), as_bytes(text_of(machine.block)));
        TRY(kv.write(batch));
        committed = machine.block;
        abandon(); // everything pending is written now
        return committed;
    }
};

// --- opening and blocks
// -----------------------------------------------------------------------------

Chain::Chain(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Chain::~Chain() = default;

result<std::unique_ptr<Chain>> Chain::open(storage::Kv& kv, const ChainConfig& config) {
    return guarded([&]() -> result<std::unique_ptr<Chain>> {
        TRY(Rules rules, find_rules(config.rules));
        TRY(const Block last, open_meta(kv, config, rules));
        const ContractsOptions options{config.engine, config.capabilities};
        TRY(auto contracts, Contracts::create(kv, std::move(rules), options));
        auto impl = std::make_unique<Impl>(kv, config, std::move(contracts), last);
        return std::unique_ptr<Chain>(new Chain(std::move(impl)));
    });
}

result<Block> Chain::begin_block(std::optional<u64> time_ns) {
    if (impl_->in_block) return Error{Errc::bad_argument};
    Block& block = impl_->machine.block;
    block = {impl_->committed.height + 1,
             time_ns.value_or(impl_->committed.time_ns + impl_->config.block_interval_ns)};
    impl_->machine.tx_index = 0;
    impl_->in_block = true;
    return block;
}

result<Block> Chain::commit_block() {
    if (!impl_->in_block) return Error{Errc::bad_argument};
    auto committed = guarded([&] { return impl_->commit(); });
    if (!committed) impl_->abandon();
    return committed;
}

void Chain::abandon_block() noexcept { impl_->abandon(); }
bool Chain::in_block() const noexcept { return impl_->in_block; }
Block Chain::block() const noexcept { return impl_->machine.block; }

// --- transactions
// -----------------------------------------------------------------------------------

result<TxResult> Chain::mint(std::string_view address, const std::vector<Coin>& coins) {
    return impl_->transact({}, [&](Frame& frame, TxResult&) -> Done<> {
        TRY(const Bytes to, impl_->machine.canonicalize(address));
        return impl_->machine.mint(frame, to, coins);
    });
}

result<TxResult> Chain::bank_send(std::string_view from, std::string_view to,
                                  const std::vector<Coin>& coins) {
    return impl_->transact({}, [&](Frame& frame, TxResult&) -> Done<> {
        TRY(const Bytes sender, impl_->machine.canonicalize(from));
        TRY(const Bytes recipient, impl_->machine.canonicalize(to));
        return impl_->machine.send(frame, sender, recipient, coins);
    });
}

result<TxResult> Chain::store_code(std::string_view sender, bytes_view wasm, CheckReport* report) {
    return impl_->transact({}, [&](Frame& frame, TxResult& result) {
        return impl_->store_code(frame, result, sender, wasm, report);
    });
}

result<TxResult> Chain::instantiate(std::string_view sender, u64 code_id, std::string_view msg,
                                    const InstantiateOptions& options) {
    return impl_->transact(options.gas_limit, [&](Frame& frame, TxResult& result) -> Done<> {
        TRY(const Bytes creator, impl_->machine.canonicalize(sender));
        const NewContract what{code_id, msg, options.label, options.admin, options.salt, false};
        TRY(Created created, impl_->machine.instantiate(frame, creator, what, options.funds));
        result.contract_address = impl_->machine.humanize(created.address);
        result.data = std::move(created.data);
        return done;
    });
}

result<TxResult> Chain::execute(std::string_view sender, std::string_view contract,
                                std::string_view msg, const TxOptions& options) {
    return impl_->transact(options.gas_limit, [&](Frame& frame, TxResult& result) -> Done<> {
        TRY(const Bytes caller, impl_->machine.canonicalize(sender));
        TRY(const Bytes address, impl_->machine.canonicalize(contract));
        TRY(result.data, impl_->machine.execute(frame, caller, address, msg, options.funds));
        return done;
    });
}

result<TxResult> Chain::migrate(std::string_view sender, std::string_view contract, u64 code_id,
                                std::string_view msg, const TxOptions& options) {
    return impl_->transact(options.gas_limit, [&](Frame& frame, TxResult& result) -> Done<> {
        TRY(const Bytes caller, impl_->machine.canonicalize(sender));
        TRY(const Bytes address, impl_->machine.canonicalize(contract));
        TRY(result.data, impl_->machine.migrate(frame, caller, address, code_id, msg));
        return done;
    });
}

result<TxResult> Chain::sudo(std::string_view contract, std::string_view msg,
                             const TxOptions& options) {
    return impl_->transact(options.gas_limit, [&](Frame& frame, TxResult& result) -> Done<> {
        TRY(const Bytes address, impl_->machine.canonicalize(contract));
        TRY(result.data, impl_->machine.sudo(frame, address, msg));
        return done;
    });
}

// --- queries
// ----------------------------------------------------------------------------------------

result<QueryResult> Chain::query_smart(std::string_view contract, std::string_view msg,
                                       std::optional<u64> gas_limit) {
    return impl_->ask(gas_limit, [&](Frame& frame) -> Done<Bytes> {
        TRY(const Bytes address, impl_->machine.canonicalize(contract));
        return impl_->machine.query_smart(frame, address, msg);
    });
}

result<QueryResult> Chain::query(std::string_view request, std::optional<u64> gas_limit) {
    return impl_->ask(gas_limit,
                      [&](Frame& frame) { return impl_->machine.query(frame, request); });
}

result<std::optional<Bytes>> Chain::query_raw(std::string_view contract, bytes_view key) {
    using Value = std::optional<Bytes>;
    return impl_->read<Value>(contract, [&](bytes_view address) -> Done<Value> {
        TRY(const storage::Namespace names, impl_->state.storage_of(address));
        return must(names.get(key));
    });
}

result<Amount> Chain::balance(std::string_view address, std::string_view denom) {
    return impl_->read<Amount>(
        address, [&](bytes_view bytes) { return impl_->state.balance(bytes, denom); });
}

result<std::vector<Coin>> Chain::balances(std::string_view address) {
    return impl_->read<std::vector<Coin>>(
        address, [&](bytes_view bytes) { return impl_->state.balances(bytes); });
}

result<std::optional<CodeInfo>> Chain::code_info(u64 code_id) {
    return guarded([&]() -> result<std::optional<CodeInfo>> {
        const auto entry = impl_->state.code(code_id);
        if (!entry) return entry.error().fault;
        if (!entry.value()) return std::optional<CodeInfo>();
        return std::optional<CodeInfo>(
            {code_id, impl_->machine.humanize(entry.value()->creator), entry.value()->checksum});
    });
}

result<std::optional<ContractInfo>> Chain::contract_info(std::string_view address) {
    using Info = std::optional<ContractInfo>;
    return impl_->read<Info>(address, [&](bytes_view bytes) -> Done<Info> {
        TRY(const std::optional<ContractEntry> entry, impl_->state.contract(bytes));
        return entry ? Info(impl_->info(bytes, *entry)) : Info();
    });
}

result<std::vector<ContractInfo>> Chain::contracts() {
    return guarded([&]() -> result<std::vector<ContractInfo>> {
        const auto entries = impl_->state.contracts();
        if (!entries) return entries.error().fault;
        std::vector<ContractInfo> infos;
        for (const auto& [address, entry] : entries.value())
            infos.push_back(impl_->info(address, entry));
        return infos;
    });
}

// --- identity
// ---------------------------------------------------------------------------------------

result<Digest> Chain::state_hash() const { return storage::state_hash(impl_->kv); }
Digest Chain::rules_id() const noexcept { return digest(impl_->contracts->rules()); }
std::string Chain::account(std::string_view name) const {
    return impl_->machine.humanize(account_address(name));
}
const ChainConfig& Chain::config() const noexcept { return impl_->config; }
Contracts& Chain::contracts_api() noexcept { return *impl_->contracts; }

} // namespace lockstep::contract::simulation

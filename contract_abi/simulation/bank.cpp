// SPDX-License-Identifier: Apache-2.0
// Coins: minted, moved and burnt, with the events of the Cosmos SDK's bank.
#include "contract_abi/simulation/address.hpp"
#include "contract_abi/simulation/machine.hpp"

#include <algorithm>

namespace lockstep::contract::simulation {
namespace {

/// The SDK's pattern: a letter, then 2 to 127 letters, digits or / : . _ -
bool is_denom(std::string_view denom) noexcept {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto is_rest = [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') ||
               std::string_view("/:._-").find(c) != std::string_view::npos;
    };
    return denom.size() >= 3 && denom.size() <= 128 && is_letter(denom[0]) &&
           std::all_of(denom.begin(), denom.end(), is_rest);
}

/// One coin per denom, in their order, none of them 0.
Done<std::vector<Coin>> normalized(const std::vector<Coin>& coins) {
    std::map<std::string, Amount> sums;
    for (const Coin& coin : coins) {
        Amount& sum = sums[coin.denom];
        if (!is_denom(coin.denom)) return stop(errors::invalid_coins, "denom " + coin.denom);
        if (__builtin_add_overflow(sum, coin.amount, &sum))
            return stop(errors::invalid_coins, "amount of " + coin.denom);
    }
    std::vector<Coin> normal;
    for (const auto& [denom, amount] : sums)
        if (amount != 0) normal.push_back({denom, amount});
    if (normal.empty()) return stop(errors::invalid_coins, "no coins");
    return normal;
}

std::string text_of(const std::vector<Coin>& coins) {
    std::string text;
    for (const Coin& coin : coins)
        text += (text.empty() ? "" : ",") + to_string(coin.amount) + coin.denom;
    return text;
}

Done<> take(State& state, bytes_view from, const std::vector<Coin>& coins) {
    for (const Coin& coin : coins) {
        TRY(const Amount balance, state.balance(from, coin.denom));
        if (balance < coin.amount)
            return stop(errors::insufficient_funds, "spendable balance " + to_string(balance) +
                                                        coin.denom + " is smaller than " +
                                                        to_string(coin.amount) + coin.denom);
        TRY(state.set_balance(from, coin.denom, balance - coin.amount));
    }
    return done;
}

Done<> give(State& state, bytes_view to, const std::vector<Coin>& coins) {
    for (const Coin& coin : coins) {
        TRY(const Amount balance, state.balance(to, coin.denom));
        // Never overflows: it is at most the supply, which was checked.
        TRY(state.set_balance(to, coin.denom, balance + coin.amount));
    }
    return done;
}

} // namespace

std::string Machine::humanize(bytes_view address) const {
    return bech32_encode(config_.address_prefix, address);
}

Done<Bytes> Machine::canonicalize(std::string_view human) const {
    std::optional<Bytes> bytes = bech32_decode(config_.address_prefix, human);
    if (!bytes || bytes->empty() || bytes->size() > max_address_size)
        return stop(errors::invalid_address, human);
    return std::move(*bytes);
}

Done<> Machine::mint(Frame& frame, bytes_view to, const std::vector<Coin>& coins) {
    TRY(const std::vector<Coin> normal, normalized(coins));
    TRY(charge(frame, from_sdk_gas(costs::coin * normal.size())));
    for (const Coin& coin : normal) {
        TRY(Amount supply, state_.supply(coin.denom));
        if (__builtin_add_overflow(supply, coin.amount, &supply))
            return stop(errors::invalid_coins, "supply of " + coin.denom);
        TRY(state_.set_supply(coin.denom, supply));
    }
    TRY(give(state_, to, normal));
    const std::string amount = text_of(normal);
    frame.events.push_back({"coin_received", {{"receiver", humanize(to)}, {"amount", amount}}});
    frame.events.push_back({"coinbase", {{"minter", humanize(to)}, {"amount", amount}}});
    return done;
}

Done<> Machine::burn(Frame& frame, bytes_view from, const std::vector<Coin>& coins) {
    TRY(const std::vector<Coin> normal, normalized(coins));
    TRY(charge(frame, from_sdk_gas(costs::coin * normal.size())));
    TRY(take(state_, from, normal));
    for (const Coin& coin : normal) {
        TRY(const Amount supply, state_.supply(coin.denom));
        TRY(state_.set_supply(coin.denom, supply - coin.amount));
    }
    const std::string amount = text_of(normal);
    frame.events.push_back({"coin_spent", {{"spender", humanize(from)}, {"amount", amount}}});
    frame.events.push_back({"burn", {{"burner", humanize(from)}, {"amount", amount}}});
    return done;
}

Done<> Machine::send(Frame& frame, bytes_view from, bytes_view to, const std::vector<Coin>& coins) {
    TRY(const std::vector<Coin> normal, normalized(coins));
    TRY(charge(frame, from_sdk_gas(costs::coin * normal.size())));
    TRY(take(state_, from, normal));
    TRY(give(state_, to, normal));
    const std::string amount = text_of(normal);
    const std::string sender = humanize(from);
    const std::string receiver = humanize(to);
    frame.events.push_back({"coin_spent", {{"spender", sender}, {"amount", amount}}});
    frame.events.push_back({"coin_received", {{"receiver", receiver}, {"amount", amount}}});
    frame.events.push_back(
        {"transfer", {{"recipient", receiver}, {"sender", sender}, {"amount", amount}}});
    return done;
}

} // namespace lockstep::contract::simulation

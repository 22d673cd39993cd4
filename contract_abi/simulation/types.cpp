// SPDX-License-Identifier: Apache-2.0
// Texts of amounts and coins, and of failures.
#include "contract_abi/simulation/types.hpp"

#include "contract_abi/simulation/outcome.hpp"

#include <algorithm>

namespace lockstep::contract::simulation {

std::string to_string(Amount amount) {
    std::string digits;
    do {
        digits += static_cast<char>('0' + static_cast<int>(amount % 10));
        amount /= 10;
    } while (amount != 0);
    std::reverse(digits.begin(), digits.end());
    return digits;
}

std::optional<Amount> parse_amount(std::string_view text) noexcept {
    if (text.empty() || text.size() > 39) return {};
    Amount amount = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return {};
        if (__builtin_mul_overflow(amount, Amount{10}, &amount)) return {};
        if (__builtin_add_overflow(amount, static_cast<Amount>(c - '0'), &amount)) return {};
    }
    return amount;
}

std::optional<std::vector<Coin>> parse_coins(std::string_view text) {
    std::vector<Coin> coins;
    while (!text.empty()) {
        const std::string_view one = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        const usize digits = one.find_first_not_of("0123456789");
        if (digits == std::string_view::npos) return {};
        const std::optional<Amount> amount = parse_amount(one.substr(0, digits));
        if (!amount) return {};
        coins.push_back({std::string(one.substr(digits)), *amount});
    }
    return coins;
}

Stop stop(const ErrorCode& code, std::string_view what) {
    std::string text(code.description);
    if (!what.empty()) text = std::string(what) + ": " + text;
    return Stop(Failure{std::string(code.codespace), code.code, std::move(text), false});
}

Stop out_of_gas() {
    Stop stopped = stop(errors::out_of_gas);
    stopped.kind = Stop::Kind::out_of_gas;
    return stopped;
}

Stop wrapped(Stop inner, std::string_view where) {
    inner.failure.text = std::string(where) + ": " + inner.failure.text;
    inner.failure.visible = false;
    return inner;
}

std::string redacted(const Failure& failure) {
    if (failure.visible) return failure.text;
    return "codespace: " + failure.codespace + ", code: " + std::to_string(failure.code);
}

Done<> must(const result<>& from) {
    if (from) return done;
    return Stop(is_fault(from.error()) ? from.error() : Error{Errc::internal_bug});
}

} // namespace lockstep::contract::simulation

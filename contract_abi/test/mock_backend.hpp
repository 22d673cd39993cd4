// SPDX-License-Identifier: Apache-2.0
// A chain for tests: storage in a map, bech32 addresses with the prefix "mock", a fixed answer to
// queries. Every answer costs what `external` and `cost` say.
#pragma once

#include "contract_abi/backend.hpp"
#include "contract_abi/simulation/address.hpp"

#include <map>

namespace lockstep::contract::test {

class MockBackend final : public Backend {
public:
    std::map<std::string, std::string, std::less<>> data;
    std::string query_answer = R"({"ok":{"ok":"AQID"}})";
    std::string last_query;
    u64 last_query_limit = 0;
    std::vector<std::string> debug_lines;
    u64 external = 0;                  ///< of storage and queries
    u64 cost = 0;                      ///< of addresses
    std::optional<BackendError> error; ///< what everything answers, if set

    Answer<std::optional<Bytes>> db_read(bytes_view key) override {
        const auto found = data.find(as_text(key));
        if (found == data.end()) return outside(std::optional<Bytes>());
        return outside(std::optional<Bytes>(to_bytes(found->second)));
    }
    Answer<Nothing> db_write(bytes_view key, bytes_view value) override {
        data[std::string(as_text(key))] = as_text(value);
        return outside(Nothing{});
    }
    Answer<Nothing> db_remove(bytes_view key) override {
        data.erase(std::string(as_text(key)));
        return outside(Nothing{});
    }
    Answer<u32> db_scan(std::optional<bytes_view> start, std::optional<bytes_view> end,
                        storage::Order order) override {
        std::vector<KeyValue> pairs;
        for (const auto& [key, value] : data) {
            if (start && key < as_text(*start)) continue;
            if (end && key >= as_text(*end)) continue;
            pairs.emplace_back(to_bytes(key), to_bytes(value));
        }
        // Read from the back.
        if (order == storage::Order::ascending) pairs = {pairs.rbegin(), pairs.rend()};
        iterators_.push_back(std::move(pairs));
        return outside(static_cast<u32>(iterators_.size() - 1));
    }
    Answer<std::optional<KeyValue>> db_next(u32 iterator) override {
        if (iterator >= iterators_.size())
            return BackendError{BackendErrorKind::iterator_does_not_exist,
                                std::to_string(iterator)};
        std::vector<KeyValue>& pairs = iterators_[iterator];
        if (pairs.empty()) return outside(std::optional<KeyValue>());
        std::optional<KeyValue> pair = std::move(pairs.back());
        pairs.pop_back();
        return outside(std::move(pair));
    }
    Answer<std::optional<Bytes>> db_next_key(u32 iterator) override {
        const auto pair = db_next(iterator);
        if (pair.error) return *pair.error;
        return outside(pair.value ? std::optional(pair.value->first) : std::nullopt);
    }
    Answer<std::optional<Bytes>> db_next_value(u32 iterator) override {
        const auto pair = db_next(iterator);
        if (pair.error) return *pair.error;
        return outside(pair.value ? std::optional(pair.value->second) : std::nullopt);
    }
    Answer<Nothing> addr_validate(std::string_view human) override {
        const auto bytes = simulation::bech32_decode("mock", human);
        if (!bytes) return inside<Nothing>(BackendError{BackendErrorKind::user, "no address"});
        return inside<Nothing>(Nothing{});
    }
    Answer<Bytes> addr_canonicalize(std::string_view human) override {
        const auto bytes = simulation::bech32_decode("mock", human);
        if (!bytes) return inside<Bytes>(BackendError{BackendErrorKind::user, "no address"});
        return inside<Bytes>(*bytes);
    }
    Answer<std::string> addr_humanize(bytes_view canonical) override {
        return inside<std::string>(simulation::bech32_encode("mock", canonical));
    }
    Answer<Bytes> query(bytes_view request, u64 gas_limit) override {
        last_query = as_text(request);
        last_query_limit = gas_limit;
        return outside(to_bytes(query_answer));
    }
    void debug(bytes_view message, u64) override { debug_lines.emplace_back(as_text(message)); }

private:
    static Bytes to_bytes(std::string_view text) { return {text.begin(), text.end()}; }

    template <class T>
    Answer<T> outside(T value) const {
        Answer<T> answer(std::move(value));
        answer.externally_used = external;
        answer.error = error;
        return answer;
    }
    template <class T>
    Answer<T> inside(Answer<T> answer) const {
        answer.cost = cost;
        if (error) answer.error = error;
        return answer;
    }

    std::vector<std::vector<KeyValue>> iterators_;
};

} // namespace lockstep::contract::test

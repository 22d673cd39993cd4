// SPDX-License-Identifier: Apache-2.0
// Storage by the Cosmos SDK's price table, addresses by wasmd's; see machine.hpp for both.
#include "contract_abi/simulation/backend.hpp"

#include "contract_abi/cosmwasm/json.hpp"

namespace lockstep::contract::simulation {
namespace {

/// A result of the storage as an Answer: its errors are faults.
template <class T>
Answer<T> answer_of(result<T> from) {
    if (from) return std::move(from).value();
    return from.error();
}
Answer<Nothing> answer_of(const result<>& from) {
    if (from) return Nothing{};
    return from.error();
}

u64 size_of(const std::optional<Bytes>& value) noexcept { return value ? value->size() : 0; }

} // namespace

template <class T>
Answer<T> ContractBackend::priced(Answer<T> answer, u64 sdk_gas) const {
    answer.externally_used = machine_.from_sdk_gas(sdk_gas);
    return answer;
}

Answer<std::optional<Bytes>> ContractBackend::db_read(bytes_view key) {
    Answer<std::optional<Bytes>> answer = answer_of(names_.get(key));
    const u64 bytes = key.size() + size_of(answer.value);
    return priced(std::move(answer), costs::read_flat + costs::read_byte * bytes);
}

Answer<Nothing> ContractBackend::db_write(bytes_view key, bytes_view value) {
    return priced(answer_of(names_.put(key, value)),
                  costs::write_flat + costs::write_byte * (key.size() + value.size()));
}

Answer<Nothing> ContractBackend::db_remove(bytes_view key) {
    return priced(answer_of(names_.remove(key)), costs::remove);
}

Answer<u32> ContractBackend::db_scan(std::optional<bytes_view> start, std::optional<bytes_view> end,
                                     storage::Order order) {
    auto iterator = names_.iterate({start, end, order});
    if (!iterator) return iterator.error();
    iterators_.push_back(std::move(iterator).value());
    return priced<u32>(static_cast<u32>(iterators_.size() - 1), costs::read_flat);
}

Answer<std::optional<KeyValue>> ContractBackend::db_next(u32 iterator) {
    if (iterator >= iterators_.size())
        return BackendError{BackendErrorKind::iterator_does_not_exist, std::to_string(iterator)};
    Answer<std::optional<KeyValue>> answer = answer_of(iterators_[iterator]->next());
    const u64 bytes = answer.value ? answer.value->first.size() + answer.value->second.size() : 0;
    return priced(std::move(answer), costs::iterator_next + costs::read_byte * bytes);
}

Answer<std::optional<Bytes>> ContractBackend::db_next_key(u32 iterator) {
    Answer<std::optional<KeyValue>> pair = db_next(iterator);
    Answer<std::optional<Bytes>> key;
    key.error = std::move(pair.error);
    key.externally_used = pair.externally_used;
    if (pair.value) key.value = std::move(pair.value->first);
    return key;
}

Answer<std::optional<Bytes>> ContractBackend::db_next_value(u32 iterator) {
    Answer<std::optional<KeyValue>> pair = db_next(iterator);
    Answer<std::optional<Bytes>> value;
    value.error = std::move(pair.error);
    value.externally_used = pair.externally_used;
    if (pair.value) value.value = std::move(pair.value->second);
    return value;
}

Answer<Nothing> ContractBackend::addr_validate(std::string_view human) {
    const auto bytes = machine_.canonicalize(human);
    Answer<Nothing> answer;
    if (!bytes)
        answer.error = BackendError{BackendErrorKind::user, bytes.error().failure.text};
    else if (machine_.humanize(bytes.value()) != human)
        answer.error = BackendError{BackendErrorKind::user, "address not normalized"};
    answer.cost = machine_.from_sdk_gas(costs::validate);
    return answer;
}

Answer<Bytes> ContractBackend::addr_canonicalize(std::string_view human) {
    auto bytes = machine_.canonicalize(human);
    Answer<Bytes> answer;
    if (bytes)
        answer.value = std::move(bytes.value());
    else
        answer.error = BackendError{BackendErrorKind::user, bytes.error().failure.text};
    answer.cost = machine_.from_sdk_gas(costs::canonicalize);
    return answer;
}

Answer<std::string> ContractBackend::addr_humanize(bytes_view canonical) {
    Answer<std::string> answer;
    if (canonical.empty() || canonical.size() > max_address_size)
        answer.error = BackendError{BackendErrorKind::user, "addresses have 1 to 64 bytes"};
    else
        answer.value = machine_.humanize(canonical);
    answer.cost = machine_.from_sdk_gas(costs::humanize);
    return answer;
}

Answer<Bytes> ContractBackend::query(bytes_view request, u64 gas_limit) {
    Frame frame;
    frame.gas_left = gas_limit;
    frame.query_depth = frame_.query_depth;
    auto data = machine_.query_result(frame, as_text(request));
    Answer<Bytes> answer;
    if (data)
        answer.value = std::move(data.value());
    else if (data.error().kind == Stop::Kind::fault)
        return data.error().fault;
    else
        answer.error = BackendError{BackendErrorKind::out_of_gas, {}};
    answer.externally_used = gas_limit - frame.gas_left;
    return answer;
}

void ContractBackend::debug(bytes_view message, u64 gas_left) {
    if (machine_.config().debug)
        machine_.config().debug(
            {machine_.humanize(contract_), cosmwasm::lossy_utf8(message), gas_left});
}

} // namespace lockstep::contract::simulation

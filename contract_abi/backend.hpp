// SPDX-License-Identifier: Apache-2.0
// What a chain gives to one call of a contract: storage, the address codec, queries, a sink for
// debug lines. A chain derives from Backend; the contract ABI calls it while the guest runs, on the
// guest's thread.
#pragma once

#include "storage/kv.hpp"

#include <optional>
#include <string>

namespace lockstep::contract {

using storage::Bytes;
using storage::KeyValue;

/// Why a chain did not answer. Only the text of a `user` error of the address codec is shown to the
/// contract; every other error ends it.
enum class BackendErrorKind : u8 {
    user,    ///< the input was bad
    unknown, ///< anything else
    foreign_panic,
    bad_argument,
    invalid_utf8,
    iterator_does_not_exist, ///< only db_next...; `text` is the id
    out_of_gas,              ///< the chain's own meter ran out
    fault, ///< the chain's machine is ill: `fault` says how, and no result comes of the call
};

struct BackendError {
    BackendErrorKind kind = BackendErrorKind::unknown;
    std::string text;
    Error fault{Errc::host_fault};
};

struct Nothing {};

/// A value or an error, and what it cost either way. `externally_used` was paid on the chain's own
/// meter: it reduces the gas left and is reported apart. `cost` is a price that the contract's
/// meter still has to take.
template <class T>
struct Answer {
    T value{};
    std::optional<BackendError> error;
    u64 externally_used = 0;
    u64 cost = 0;

    Answer() = default;
    Answer(T v) : value(std::move(v)) {}
    Answer(BackendError e) : error(std::move(e)) {}
    Answer(Error fault)
        : error(BackendError{BackendErrorKind::fault, std::string(text_of(fault.code)), fault}) {}
};

/// One chain as one call sees it. Functions may throw std::bad_alloc and std::length_error, which
/// become faults.
class Backend {
public:
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    /// The contract's own storage. db_write and db_remove are called only where the entry point may
    /// write.
    virtual Answer<std::optional<Bytes>> db_read(bytes_view key) = 0;
    virtual Answer<Nothing> db_write(bytes_view key, bytes_view value) = 0;
    virtual Answer<Nothing> db_remove(bytes_view key) = 0;

    /// Opens an iterator over [start, end) and returns its number: 0, 1, 2, ... in each call.
    /// Iterators end with the call. An unknown number is iterator_does_not_exist, without gas. No
    /// value: the end.
    virtual Answer<u32> db_scan(std::optional<bytes_view> start, std::optional<bytes_view> end,
                                storage::Order order) = 0;
    virtual Answer<std::optional<KeyValue>> db_next(u32 iterator) = 0;
    virtual Answer<std::optional<Bytes>> db_next_key(u32 iterator) = 0;
    virtual Answer<std::optional<Bytes>> db_next_value(u32 iterator) = 0;

    /// Whether `human` is an address in its one normalised form.
    virtual Answer<Nothing> addr_validate(std::string_view human) = 0;
    virtual Answer<Bytes> addr_canonicalize(std::string_view human) = 0;
    virtual Answer<std::string> addr_humanize(bytes_view canonical) = 0;

    /// Answers a QueryRequest (JSON) within `gas_limit`: the JSON of
    /// SystemResult<ContractResult<Binary>>.
    virtual Answer<Bytes> query(bytes_view request, u64 gas_limit) = 0;

    /// Gets what the contract says with `debug`, as it came. Must not influence the call.
    virtual void debug(bytes_view message, u64 gas_left) {
        static_cast<void>(message);
        static_cast<void>(gas_left);
    }
};

} // namespace lockstep::contract

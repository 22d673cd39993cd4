// SPDX-License-Identifier: Apache-2.0
// The simulated chain as one call of one contract sees it. Private to the simulation.
#pragma once

#include "contract_abi/simulation/address.hpp"
#include "contract_abi/simulation/machine.hpp"

namespace lockstep::contract::simulation {

class ContractBackend final : public Backend {
public:
    /// `frame` gives the depth of queries.
    ContractBackend(Machine& machine, const Frame& frame, bytes_view contract,
                    storage::Namespace names)
        : machine_(machine), frame_(frame), contract_(contract), names_(std::move(names)) {}

    Answer<std::optional<Bytes>> db_read(bytes_view key) override;
    Answer<Nothing> db_write(bytes_view key, bytes_view value) override;
    Answer<Nothing> db_remove(bytes_view key) override;
    Answer<u32> db_scan(std::optional<bytes_view> start, std::optional<bytes_view> end,
                        storage::Order order) override;
    Answer<std::optional<KeyValue>> db_next(u32 iterator) override;
    Answer<std::optional<Bytes>> db_next_key(u32 iterator) override;
    Answer<std::optional<Bytes>> db_next_value(u32 iterator) override;
    Answer<Nothing> addr_validate(std::string_view human) override;
    Answer<Bytes> addr_canonicalize(std::string_view human) override;
    Answer<std::string> addr_humanize(bytes_view canonical) override;
    Answer<Bytes> query(bytes_view request, u64 gas_limit) override;
    void debug(bytes_view message, u64 gas_left) override;

private:
    /// Prices the answer in SDK gas of the chain's meter.
    template <class T>
    [[nodiscard]] Answer<T> priced(Answer<T> answer, u64 sdk_gas) const;

    Machine& machine_;
    const Frame& frame_;
    bytes_view contract_;
    storage::Namespace names_;
    std::vector<std::unique_ptr<storage::KvIterator>> iterators_;
};

} // namespace lockstep::contract::simulation

// SPDX-License-Identifier: Apache-2.0
// Regions: how data crosses the border of a contract. A Region is 12 bytes of linear memory that
// say where data lies; every address the contract and the host exchange is that of a Region. This
// file knows memory but no gas: reading and writing with their charges is Host's.
#pragma once

#include "contract_abi/cosmwasm/vm_error.hpp"

namespace lockstep::contract::cosmwasm {

struct Region {
    u32 offset = 0;
    u32 capacity = 0;
    u32 length = 0;
};
inline constexpr u32 region_size = 12;

/// Reads the Region at `pointer` and tests it in CosmWasm's order: readable, offset not 0, length
/// within capacity, capacity within the address space.
[[nodiscard]] Checked<Region> load_region(std::span<const u8> memory, u32 pointer);

/// The bytes that `region` holds. They lie in `memory`.
[[nodiscard]] Checked<bytes_view> region_data(std::span<const u8> memory, const Region& region);

/// Writes `data` into `region`, which was loaded from `pointer`, and the new length into the
/// Region.
[[nodiscard]] Checked<> store_region(std::span<u8> memory, u32 pointer, Region region,
                                     bytes_view data);

} // namespace lockstep::contract::cosmwasm

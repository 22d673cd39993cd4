// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/cosmwasm/region.hpp"

namespace lockstep::contract::cosmwasm {
namespace {

bool inside(std::span<const u8> memory, u64 offset, u64 size) noexcept {
    return size <= memory.size() && offset <= memory.size() - size;
}

std::string number(u64 value) { return std::to_string(value); }

VmError invalid_region(const std::string& why) {
    return communication_error("Got an invalid region: " + why);
}

VmError deref_error(u32 pointer) {
    return communication_error("The Wasm memory address " + number(pointer) +
                               " provided by the contract could not be dereferenced: Could not "
                               "dereference this pointer to a Region");
}

VmError access_error(const Region& region, usize memory_size) {
    return communication_error(
        "Tried to access memory of region Region { offset: " + number(region.offset) +
        ", capacity: " + number(region.capacity) + ", length: " + number(region.length) +
        " } in Wasm memory of size " + number(memory_size) +
        " bytes. This typically happens when the given Region pointer does not point to a proper "
        "Region struct.");
}

} // namespace

Checked<Region> load_region(std::span<const u8> memory, u32 pointer) {
    if (!inside(memory, pointer, region_size)) return deref_error(pointer);
    const u8* const at = memory.data() + pointer;
    const Region region{load_le<u32>(at), load_le<u32>(at + 4), load_le<u32>(at + 8)};
    if (region.offset == 0) return invalid_region("Got a zero Wasm address in the offset");
    if (region.length > region.capacity)
        return invalid_region("Region length exceeds capacity. Length " + number(region.length) +
                              ", capacity " + number(region.capacity));
    if (region.capacity > 0xffff'ffff - region.offset)
        return invalid_region("Region exceeds address space. Offset " + number(region.offset) +
                              ", capacity " + number(region.capacity));
    return region;
}

Checked<bytes_view> region_data(std::span<const u8> memory, const Region& region) {
    if (!inside(memory, region.offset, region.length)) return access_error(region, memory.size());
    return memory.subspan(region.offset, region.length);
}

Checked<> store_region(std::span<u8> memory, u32 pointer, Region region, bytes_view data) {
    if (data.size() > region.capacity)
        return communication_error("Region too small. Got " + number(region.capacity) +
                                   ", required " + number(data.size()));
    if (!inside(memory, region.offset, data.size())) return access_error(region, memory.size());
    if (!data.empty()) std::memcpy(memory.data() + region.offset, data.data(), data.size());
    region.length = static_cast<u32>(data.size());
    // The data may have been written over the Region itself: its fields are written last, whole.
    u8* const at = memory.data() + pointer;
    store_le(at, region.offset);
    store_le(at + 4, region.capacity);
    store_le(at + 8, region.length);
    return done;
}

} // namespace lockstep::contract::cosmwasm

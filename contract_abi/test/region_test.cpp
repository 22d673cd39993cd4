// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/cosmwasm/region.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace lockstep::contract::cosmwasm {
namespace {

/// 64 bytes of memory with a Region at 4.
std::vector<u8> memory_with(const Region& region) {
    std::vector<u8> memory(64, 0);
    store_le(&memory[4], region.offset);
    store_le(&memory[8], region.capacity);
    store_le(&memory[12], region.length);
    return memory;
}

std::string error_of(const Region& region) {
    const std::vector<u8> memory = memory_with(region);
    const auto loaded = load_region(memory, 4);
    return loaded ? "" : loaded.error().text;
}

const std::string prefix = "Error in guest/host communication: ";
const std::string invalid = prefix + "Got an invalid region: ";

TEST_CASE("region: fields and the order of checks") {
    CHECK(error_of({20, 10, 10}).empty());
    CHECK(error_of({0xffff'ffff, 0, 0}).empty());
    CHECK(error_of({1, 0xffff'fffe, 0}).empty());
    CHECK(error_of({0, 5, 6}) == invalid + "Got a zero Wasm address in the offset");
    CHECK(error_of({0xffff'ffff, 5, 6}) ==
          invalid + "Region length exceeds capacity. Length 6, capacity 5");
    CHECK(error_of({2, 0xffff'fffe, 6}) ==
          invalid + "Region exceeds address space. Offset 2, capacity 4294967294");
}

TEST_CASE("region: its twelve bytes must lie in memory") {
    const std::vector<u8> memory(64, 1);
    for (const u32 pointer : {53u, 64u, 0xffff'ffffu}) {
        const auto loaded = load_region(memory, pointer);
        REQUIRE_FALSE(loaded.has_value());
        CHECK(loaded.error().kind == VmErrorKind::communication);
        CHECK(loaded.error().text == prefix + "The Wasm memory address " + std::to_string(pointer) +
                                         " provided by the contract could not be dereferenced: "
                                         "Could not dereference this pointer to a Region");
    }
    CHECK(load_region(memory, 52).has_value()); // the last that does; its data lies elsewhere
    CHECK_FALSE(load_region({}, 0).has_value());
}

TEST_CASE("region: data") {
    std::vector<u8> memory = memory_with({20, 10, 3});
    memory[20] = 'a';
    memory[21] = 'b';
    memory[22] = 'c';
    const auto data = region_data(memory, {20, 10, 3});
    REQUIRE(data.has_value());
    CHECK(as_text(data.value()) == "abc");
    CHECK(region_data(memory, {64, 0, 0}).has_value());
    CHECK_FALSE(region_data(memory, {65, 0, 0}).has_value());
    const auto outside = region_data(memory, {60, 10, 5});
    REQUIRE_FALSE(outside.has_value());
    CHECK(outside.error().text ==
          prefix + "Tried to access memory of region Region { offset: 60, capacity: 10, length: 5 "
                   "} in Wasm memory of size 64 bytes. This typically happens when the given "
                   "Region pointer does not point to a proper Region struct.");
}

TEST_CASE("region: writing sets the length and keeps the rest") {
    std::vector<u8> memory = memory_with({20, 10, 3});
    REQUIRE(store_region(memory, 4, {20, 10, 3}, as_bytes("hello")).has_value());
    CHECK(as_text(bytes_view(memory).subspan(20, 5)) == "hello");
    const auto region = load_region(memory, 4);
    REQUIRE(region.has_value());
    CHECK(region.value().offset == 20);
    CHECK(region.value().capacity == 10);
    CHECK(region.value().length == 5);
    REQUIRE(store_region(memory, 4, {20, 10, 5}, {}).has_value());
    CHECK(load_region(memory, 4).value().length == 0);
}

TEST_CASE("region: writing too much") {
    std::vector<u8> memory = memory_with({20, 4, 0});
    const auto small = store_region(memory, 4, {20, 4, 0}, as_bytes("hello"));
    REQUIRE_FALSE(small.has_value());
    CHECK(small.error().text == prefix + "Region too small. Got 4, required 5");
    const auto outside = store_region(memory, 4, {60, 10, 0}, as_bytes("hello"));
    REQUIRE_FALSE(outside.has_value());
    CHECK(outside.error().text.starts_with(prefix + "Tried to access memory of region"));
    CHECK(load_region(memory, 4).value().length == 0);
}

} // namespace
} // namespace lockstep::contract::cosmwasm

// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/simulation/address.hpp"
#include "contract_abi/simulation/types.hpp"

#include <doctest/doctest.h>

namespace lockstep::contract::simulation {
namespace {

TEST_CASE("address: BIP 173's valid strings decode and encode again") {
    struct Vector {
        std::string_view prefix;
        std::string_view text;
        bool whole_bytes; ///< its 5-bit groups are bytes
    };
    constexpr Vector vectors[] = {
        {"a", "a12uel5l", true},
        {"abcdef", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", true},
        {"split", "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", true},
    };
    for (const Vector& vector : vectors) {
        CAPTURE(vector.text);
        const auto bytes = bech32_decode(vector.prefix, vector.text);
        CHECK(bytes.has_value() == vector.whole_bytes);
        if (bytes) CHECK(bech32_encode(vector.prefix, *bytes) == vector.text);
    }
    CHECK(bech32_decode("a", "A12UEL5L").has_value());
}

TEST_CASE("address: what is not well formed") {
    const std::string good = bech32_encode("lock", account_address("alice"));
    REQUIRE(bech32_decode("lock", good).has_value());
    CHECK(*bech32_decode("lock", good) == account_address("alice"));
    CHECK_FALSE(bech32_decode("cosmos", good).has_value());
    for (usize i = 0; i < good.size(); ++i) {
        std::string changed = good;
        changed[i] = changed[i] == 'q' ? 'p' : 'q';
        CAPTURE(changed);
        CHECK_FALSE(bech32_decode("lock", changed).has_value());
    }
    std::string mixed = good;
    mixed[0] = 'L';
    CHECK_FALSE(bech32_decode("lock", mixed).has_value());
    for (const std::string_view wrong :
         {"", "lock", "lock1", "1qqqqqq", "lock1qqqqq", "lock1 qqqqqq"})
        CHECK_FALSE(bech32_decode("lock", wrong).has_value());
}

TEST_CASE("address: contracts have wasmd's addresses") {
    // The first contract of the first code on every wasmd chain.
    CHECK(bech32_encode("cosmos", contract_address(1, 1)) ==
          "cosmos14hj2tavq8fpesdwxxcu44rty3hh90vhujrvcmstl4zr3txmfvw9s4hmalr");
    CHECK(contract_address(1, 2) != contract_address(2, 1));
}

TEST_CASE("address: instantiate2 follows each of its inputs") {
    const Digest checksum = sha256(as_bytes("code"));
    const auto make = [&](std::string_view creator, std::string_view salt, std::string_view msg) {
        return contract_address_2(checksum, as_bytes(creator), as_bytes(salt), as_bytes(msg));
    };
    CHECK(make("creator", "salt", "") == make("creator", "salt", ""));
    CHECK(make("creator", "salt", "") != make("creators", "alt", ""));
    CHECK(make("creator", "salt", "") != make("creator", "salt", "m"));
    CHECK(make("creator", "salt", "") !=
          contract_address_2(sha256(as_bytes("other")), as_bytes("creator"), as_bytes("salt"), {}));
}

TEST_CASE("coins: amounts and lists") {
    CHECK(to_string(Amount{0}) == "0");
    CHECK(to_string(~Amount{0}) == "340282366920938463463374607431768211455");
    CHECK(parse_amount("340282366920938463463374607431768211455") == ~Amount{0});
    CHECK_FALSE(parse_amount("340282366920938463463374607431768211456").has_value());
    for (const std::string_view wrong : {"", "-1", "1.0", " 1", "1e3"})
        CHECK_FALSE(parse_amount(wrong).has_value());
    const auto coins = parse_coins("12ulock,5atom");
    REQUIRE(coins.has_value());
    CHECK(*coins == std::vector<Coin>{{"ulock", 12}, {"atom", 5}});
    CHECK(parse_coins("")->empty());
    for (const std::string_view wrong : {"12", "ulock", ",", "1a,,2b"})
        CHECK_FALSE(parse_coins(wrong).has_value());
}

} // namespace
} // namespace lockstep::contract::simulation

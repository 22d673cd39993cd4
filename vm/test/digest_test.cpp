// SPDX-License-Identifier: Apache-2.0
// Vectors of FIPS 180-4 and RFC 4231, and the layout of a struct's digest.
#include "vm/digest.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace lockstep;

namespace {

std::string hex_of(std::string_view message) { return to_hex(sha256(as_bytes(message))); }

} // namespace

TEST_CASE("digest: SHA-256 of the published messages") {
    CHECK(hex_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(hex_of(std::string(1'000'000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("digest: HMAC-SHA-256 of the published messages") {
    CHECK(to_hex(hmac_sha256(std::vector<u8>(20, 0x0b), as_bytes("Hi There"))) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(to_hex(hmac_sha256(std::vector<u8>(131, 0xaa),
                             as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(to_hex(hmac_sha256({}, {})) ==
          "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("digest: pieces give the digest of the whole, and finish starts afresh") {
    Sha256 pieces;
    pieces.update(as_bytes("a")).update({}).update(as_bytes("bc"));
    CHECK(pieces.finish() == sha256(as_bytes("abc")));
    CHECK(pieces.finish() == sha256({}));
}

TEST_CASE("digest: numbers are little-endian and byte strings carry their length") {
    Sha256 fields;
    fields.append_u32(0x04030201).append_u64(0x0c0b0a0908070605).append_prefixed(as_bytes("xy"));
    const std::vector<u8> message = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 2, 0, 0, 0, 'x', 'y'};
    CHECK(fields.finish() == sha256(message));
}

TEST_CASE("digest: hexadecimal text") {
    const Digest digest = sha256(as_bytes("abc"));
    const std::string text = to_hex(digest);
    CHECK(parse_hex(text) == digest);
    CHECK(parse_hex("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD") == digest);
    CHECK(to_hex({}).empty());
    CHECK_FALSE(parse_hex(""));
    CHECK_FALSE(parse_hex(text.substr(1)));
    CHECK_FALSE(parse_hex(text + "0"));
    for (const char bad : {'g', 'G', '/', ':', '@', '`', ' ', '\0'}) {
        std::string spoiled = text;
        spoiled[63] = bad;
        CHECK_FALSE(parse_hex(spoiled));
    }
}

TEST_CASE("digest: comparison in constant time") {
    const Digest digest = sha256({});
    Digest other = digest;
    CHECK(equal_in_constant_time(digest, other));
    other[31] ^= 1;
    CHECK_FALSE(equal_in_constant_time(digest, other));
}

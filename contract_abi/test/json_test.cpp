// SPDX-License-Identifier: Apache-2.0
#include "contract_abi/cosmwasm/json.hpp"

#include <doctest/doctest.h>

namespace lockstep::contract::cosmwasm {
namespace {

std::string normal(std::string_view answer) { return normalize_query_result(as_bytes(answer)); }

TEST_CASE("json: base64") {
    const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        CHECK(to_base64(as_bytes(plain)) == encoded);
        REQUIRE(from_base64(encoded).has_value());
        CHECK(as_text(*from_base64(encoded)) == plain);
    }
    CHECK(as_text(from_base64("Zm8").value()) == "fo"); // without padding
    for (const std::string_view wrong :
         {"Z", "Zh==", "Zm9", "Zg=", "Zg===", "Z=g=", "Zm 9", "-_-_"}) {
        CAPTURE(wrong);
        CHECK_FALSE((wrong == "Zm9" ? from_base64("Zm9=v") : from_base64(wrong)).has_value());
    }
}

TEST_CASE("json: answers in normal form stay, others are brought to it") {
    const std::string_view forms[] = {
        R"({"ok":{"ok":"AQID"}})",
        R"({"ok":{"ok":""}})",
        R"({"ok":{"error":"no \"luck\"\n\t\u0001"}})",
        R"({"error":{"invalid_request":{"error":"bad","request":"e30="}}})",
        R"({"error":{"invalid_response":{"error":"bad","response":"e30="}}})",
        R"({"error":{"no_such_contract":{"addr":"nobody"}}})",
        R"({"error":{"no_such_code":{"code_id":18446744073709551615}}})",
        R"({"error":{"unknown":{}}})",
        R"({"error":{"unsupported_request":{"kind":"staking"}}})",
    };
    for (const std::string_view form : forms)
        CHECK(normal(form) == form);
    CHECK(normal(" { \"ok\" : { \"ok\" : \"AQI\" } } ") == R"({"ok":{"ok":"AQI="}})");
    CHECK(normal(R"({"ok":{"error":"\u00e9\/"}})") == "{\"ok\":{\"error\":\"\xc3\xa9/\"}}");
    CHECK(normal(R"({"error":{"no_such_contract":{"more":1,"addr":"x"}}})") ==
          R"({"error":{"no_such_contract":{"addr":"x"}}})");
}

TEST_CASE("json: what cannot be parsed is an invalid response") {
    for (const std::string_view wrong :
         {"", "{", "[]", "{}", "null", R"({"ok":"AQID"})", R"({"ok":{"ok":"*"}})",
          R"({"ok":{"ok":7}})", R"({"ok":{"ok":"","error":""}})", R"({"error":{"nonsense":{}}})",
          R"({"error":{"no_such_code":{"code_id":-1}}})", R"({"error":{"no_such_contract":{}}})",
          "{\"ok\":{\"error\":\"\xff\"}}"}) {
        CAPTURE(wrong);
        const std::string answer = normal(wrong);
        CHECK(
            answer.starts_with(R"({"error":{"invalid_response":{"error":"Parsing Go response: )"));
        CHECK(answer.ends_with(R"(","response":")" + to_base64(as_bytes(wrong)) + R"("}}})"));
    }
}

TEST_CASE("json: depth") {
    CHECK(is_shallow(std::string(128, '[') + std::string(128, ']')));
    CHECK_FALSE(is_shallow(std::string(129, '[')));
    CHECK(is_shallow("\"" + std::string(500, '[') + "\""));
    CHECK(is_shallow(R"("\"[[[")"));
    CHECK(normal(std::string(100'000, '[')).find("recursion limit exceeded") != std::string::npos);
}

TEST_CASE("json: UTF-8") {
    for (const std::string_view good : {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x9a\x80",
                                        "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        CHECK(is_utf8(as_bytes(good)));
        CHECK(lossy_utf8(as_bytes(good)) == good);
    }
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"\x80", "\xef\xbf\xbd"},
        {"a\xff"
         "b",
         "a\xef\xbf\xbd"
         "b"},
        {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"}, // overlong
        {"\xe2\x82"
         "x",
         "\xef\xbf\xbd"
         "x"}, // cut short: one for the whole part
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, // surrogate
        {"\xf0\x9f\x9a", "\xef\xbf\xbd"},
        {"\xf5\x80", "\xef\xbf\xbd\xef\xbf\xbd"}};
    for (const auto& [bytes, lossy] : vectors) {
        CHECK_FALSE(is_utf8(as_bytes(bytes)));
        CHECK(lossy_utf8(as_bytes(bytes)) == lossy);
    }
}

} // namespace
} // namespace lockstep::contract::cosmwasm

// SPDX-License-Identifier: Apache-2.0
// base64 and UTF-8 by hand, JSON by nlohmann/json, whose compact output equals serde_json's for the
// few shapes that are written here: keys in a fixed order, strings escaped alike.
#include "contract_abi/cosmwasm/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace lockstep::contract::cosmwasm {
namespace {

using nlohmann::json;

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string quoted(const std::string& text) { return json(text).dump(); }

std::string field(std::string_view name, const std::string& value) {
    return "\"" + std::string(name) + "\":" + value;
}

/// {"name":value}
std::string variant(std::string_view name, const std::string& value) {
    return "{" + field(name, value) + "}";
}

/// Why an answer is no SystemResult; thrown nowhere, so a string that is empty while all is well.
class Normalizer {
public:
    /// The normal form, or nothing if `document` is not of the type; why() then says so.
    std::optional<std::string> system_result(const json& document) {
        const auto [name, content] = only_variant(document);
        if (name == "ok") return wrap("ok", contract_result(*content));
        if (name == "error") return wrap("error", system_error(*content));
        return unknown_variant(name);
    }
    [[nodiscard]] const std::string& why() const noexcept { return why_; }

private:
    using Text = std::optional<std::string>;

    /// An externally tagged enum: an object of one member.
    static std::pair<std::string, const json*> only_variant(const json& document) {
        if (!document.is_object() || document.size() != 1) return {};
        return {document.begin().key(), &document.begin().value()};
    }
    Text unknown_variant(const std::string& name) {
        why_ =
            name.empty() ? "expected an object with one member" : "unknown variant `" + name + "`";
        return {};
    }
    static Text wrap(std::string_view name, const Text& content) {
        return content ? Text(variant(name, *content)) : Text();
    }

    Text contract_result(const json& document) {
        const auto [name, content] = only_variant(document);
        if (name == "ok") return wrap("ok", binary(*content));
        if (name == "error") return wrap("error", text(*content));
        return unknown_variant(name);
    }

    Text text(const json& value) {
        if (value.is_string()) return quoted(value.get_ref<const std::string&>());
        why_ = "expected a string";
        return {};
    }
    Text binary(const json& value) {
        if (value.is_string()) {
            const auto bytes = from_base64(value.get_ref<const std::string&>());
            if (bytes) return "\"" + to_base64(*bytes) + "\"";
        }
        why_ = "expected base64";
        return {};
    }
    Text number(const json& value) {
        if (value.is_number_unsigned()) return std::to_string(value.get<u64>());
        why_ = "expected u64";
        return {};
    }

    using Reader = Text (Normalizer::*)(const json&);
    struct Member {
        std::string_view name;
        Reader reader;
    };
    Text members(const json& content, std::initializer_list<Member> list) {
        std::string out;
        for (const Member& member : list) {
            const auto found = content.find(std::string(member.name));
            if (found == content.end()) {
                why_ = "missing field `" + std::string(member.name) + "`";
                return {};
            }
            const Text value = (this->*member.reader)(*found);
            if (!value) return {};
            out += (out.empty() ? "" : ",") + field(member.name, *value);
        }
        return "{" + out + "}";
    }

    Text system_error(const json& document) {
        const auto [name, content] = only_variant(document);
        if (content == nullptr || !content->is_object()) return unknown_variant(name);
        Text body;
        if (name == "invalid_request")
            body =
                members(*content, {{"error", &Normalizer::text}, {"request", &Normalizer::binary}});
        else if (name == "invalid_response")
            body = members(*content,
                           {{"error", &Normalizer::text}, {"response", &Normalizer::binary}});
        else if (name == "no_such_contract")
            body = members(*content, {{"addr", &Normalizer::text}});
        else if (name == "no_such_code")
            body = members(*content, {{"code_id", &Normalizer::number}});
        else if (name == "unknown")
            body = "{}";
        else if (name == "unsupported_request")
            body = members(*content, {{"kind", &Normalizer::text}});
        else
            return unknown_variant(name);
        return wrap(name, body);
    }

    std::string why_;
};

std::string invalid_response(const std::string& why, bytes_view answer) {
    const std::string body = "{" + field("error", quoted("Parsing Go response: " + why)) + "," +
                             field("response", "\"" + to_base64(answer) + "\"") + "}";
    return variant("error", variant("invalid_response", body));
}

/// The length of the UTF-8 sequence at the front of `bytes`, and whether it is whole and well
/// formed. If not, the length is that of its longest well-formed beginning (at least 1), which one
/// U+FFFD replaces.
struct Sequence {
    usize length;
    bool valid;
};
Sequence next_sequence(bytes_view bytes) noexcept {
    const u8 lead = bytes[0];
    if (lead < 0x80) return {1, true};
    if (lead < 0xc2 || lead > 0xf4) return {1, false};
    const usize length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    // The second byte's range excludes overlong forms, surrogates and what is beyond U+10FFFF.
    const u8 low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const u8 high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (usize i = 1; i < length; ++i) {
        if (i == bytes.size()) return {i, false};
        const u8 from = i == 1 ? low : u8{0x80};
        const u8 to = i == 1 ? high : u8{0xbf};
        if (bytes[i] < from || bytes[i] > to) return {i, false};
    }
    return {length, true};
}

} // namespace

std::string normalize_query_result(bytes_view answer) {
    const std::string_view text = as_text(answer);
    if (!is_shallow(text)) return invalid_response("recursion limit exceeded", answer);
    const json document = json::parse(text, nullptr, false);
    if (document.is_discarded()) return invalid_response("expected value", answer);
    Normalizer normalizer;
    const std::optional<std::string> normal = normalizer.system_result(document);
    return normal ? *normal : invalid_response(normalizer.why(), answer);
}

bool is_shallow(std::string_view json) noexcept {
    u32 depth = 0;
    bool in_string = false;
    for (usize i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > max_json_depth) return false;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return true;
}

std::string to_base64(bytes_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (usize i = 0; i < bytes.size(); i += 3) {
        const usize count = std::min<usize>(3, bytes.size() - i);
        u32 group = u32{bytes[i]} << 16;
        if (count > 1) group |= u32{bytes[i + 1]} << 8;
        if (count > 2) group |= bytes[i + 2];
        for (usize digit = 0; digit < 4; ++digit)
            text += digit <= count ? alphabet[group >> (18 - 6 * digit) & 63] : '=';
    }
    return text;
}

std::optional<std::vector<u8>> from_base64(std::string_view text) {
    usize padding = 0;
    while (padding < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    if (text.size() % 4 == 1) return {};
    if (padding != 0 && (text.size() + padding) % 4 != 0) return {};
    std::vector<u8> bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    u32 bits = 0;
    u32 count = 0;
    for (const char c : text) {
        const usize value = alphabet.find(c);
        if (value == std::string_view::npos) return {};
        bits = bits << 6 | static_cast<u32>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes.push_back(static_cast<u8>(bits >> count));
        }
    }
    if ((bits & ((1u << count) - 1)) != 0) return {};
    return bytes;
}

bool is_utf8(bytes_view bytes) noexcept {
    while (!bytes.empty()) {
        const Sequence sequence = next_sequence(bytes);
        if (!sequence.valid) return false;
        bytes = bytes.subspan(sequence.length);
    }
    return true;
}

std::string lossy_utf8(bytes_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const Sequence sequence = next_sequence(bytes);
        text += sequence.valid ? as_text(bytes.first(sequence.length)) : "\xef\xbf\xbd";
        bytes = bytes.subspan(sequence.length);
    }
    return text;
}

} // namespace lockstep::contract::cosmwasm

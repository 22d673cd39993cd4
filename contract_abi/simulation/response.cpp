// SPDX-License-Identifier: Apache-2.0
// Reading is tolerant as Go's encoding/json is (unknown members are skipped, null is absent) and
// strict about types.
#include "contract_abi/simulation/response.hpp"

#include "contract_abi/cosmwasm/json.hpp"

namespace lockstep::contract::simulation {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

Stop bad_member(const char* name) {
    return stop(errors::invalid_request, "missing or invalid member `" + std::string(name) + "`");
}

Stop bad_response(std::string_view why) {
    return stop(errors::vm_error, "the contract's answer could not be read: " + std::string(why));
}

/// A member that is there and not null.
const json* find(const json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Done<std::vector<Attribute>> attributes_member(const json& object, const char* name) {
    std::vector<Attribute> attributes;
    const json* const list = find(object, name);
    if (list == nullptr) return attributes;
    if (!list->is_array()) return bad_member(name);
    for (const json& item : *list) {
        TRY(std::string key, text_member(item, "key"));
        TRY(std::string value, text_member(item, "value"));
        attributes.push_back({std::move(key), std::move(value)});
    }
    return attributes;
}

Done<std::vector<Event>> events_member(const json& object, const char* name) {
    std::vector<Event> events;
    const json* const list = find(object, name);
    if (list == nullptr) return events;
    if (!list->is_array()) return bad_member(name);
    for (const json& item : *list) {
        TRY(std::string type, text_member(item, "type"));
        TRY(std::vector<Attribute> attributes, attributes_member(item, "attributes"));
        events.push_back({std::move(type), std::move(attributes)});
    }
    return events;
}

Done<ReplyOn> reply_on_member(const json& object) {
    TRY(const std::string text, text_member(object, "reply_on"));
    if (text == "always") return ReplyOn::always;
    if (text == "error") return ReplyOn::error;
    if (text == "success") return ReplyOn::success;
    if (text == "never") return ReplyOn::never;
    return stop(errors::invalid, "replyOn value");
}

Done<SubMessage> read_message(const json& object) {
    SubMessage message;
    const json* const body = find(object, "msg");
    if (body == nullptr || !body->is_object()) return bad_member("msg");
    message.message = *body;
    if (find(object, "id") != nullptr) {
        TRY(message.id, number_member(object, "id"));
    }
    if (find(object, "payload") != nullptr) {
        TRY(message.payload, binary_member(object, "payload"));
    }
    if (find(object, "gas_limit") != nullptr) {
        TRY(const u64 limit, number_member(object, "gas_limit"));
        message.gas_limit = limit;
    }
    TRY(message.reply_on, reply_on_member(object));
    return message;
}

Done<Response> read_response(const json& object) {
    Response response;
    if (const json* const list = find(object, "messages")) {
        if (!list->is_array()) return bad_member("messages");
        for (const json& item : *list) {
            TRY(SubMessage message, read_message(item));
            response.messages.push_back(std::move(message));
        }
    }
    TRY(response.attributes, attributes_member(object, "attributes"));
    TRY(response.events, events_member(object, "events"));
    if (find(object, "data") != nullptr) {
        TRY(Bytes data, binary_member(object, "data"));
        response.data = std::move(data);
    }
    return response;
}

/// The contract's own words, which every node has alike.
Stop contract_error(const json& text, const ErrorCode& failed) {
    if (!text.is_string()) return bad_response("its error is no text");
    Stop stopped = stop(failed, text.get_ref<const std::string&>());
    stopped.failure.visible = true;
    return stopped;
}

} // namespace

Done<Response> parse_response(bytes_view bytes, const ErrorCode& failed) {
    const std::optional<json> document = parse_json(as_text(bytes));
    if (!document) return bad_response("no JSON");
    const auto [name, content] = variant_of(*document);
    if (name == "error") return contract_error(*content, failed);
    if (name != "ok" || !content->is_object()) return bad_response("neither ok nor error");
    auto response = read_response(*content);
    if (!response) return bad_response(response.error().failure.text);
    return response;
}

Done<Bytes> parse_query_response(bytes_view bytes) {
    const std::optional<json> document = parse_json(as_text(bytes));
    if (!document) return bad_response("no JSON");
    const auto [name, content] = variant_of(*document);
    if (name == "error") return contract_error(*content, errors::query_failed);
    if (name != "ok" || !content->is_string()) return bad_response("neither ok nor error");
    auto data = cosmwasm::from_base64(content->get_ref<const std::string&>());
    if (!data) return bad_response("no base64");
    return std::move(*data);
}

std::optional<json> parse_json(std::string_view text) {
    if (!cosmwasm::is_shallow(text)) return {};
    json document = json::parse(text, nullptr, false);
    if (document.is_discarded()) return {};
    return document;
}

Done<std::string> text_member(const json& object, const char* name) {
    const json* const member = find(object, name);
    if (member == nullptr || !member->is_string()) return bad_member(name);
    return member->get<std::string>();
}

Done<std::string> optional_text_member(const json& object, const char* name) {
    if (find(object, name) == nullptr) return std::string();
    return text_member(object, name);
}

Done<u64> number_member(const json& object, const char* name) {
    const json* const member = find(object, name);
    if (member == nullptr || !member->is_number_unsigned()) return bad_member(name);
    return member->get<u64>();
}

Done<Bytes> binary_member(const json& object, const char* name) {
    TRY(const std::string text, text_member(object, name));
    auto bytes = cosmwasm::from_base64(text);
    if (!bytes) return bad_member(name);
    return std::move(*bytes);
}

Done<std::vector<Coin>> coins_member(const json& object, const char* name) {
    std::vector<Coin> coins;
    const json* const list = find(object, name);
    if (list == nullptr) return coins;
    if (!list->is_array()) return bad_member(name);
    for (const json& item : *list) {
        TRY(std::string denom, text_member(item, "denom"));
        TRY(const std::string digits, text_member(item, "amount"));
        const std::optional<Amount> amount = parse_amount(digits);
        if (!amount) return bad_member(name);
        coins.push_back({std::move(denom), *amount});
    }
    return coins;
}

std::pair<std::string, const json*> variant_of(const json& document) {
    if (!document.is_object() || document.size() != 1) return {};
    return {document.begin().key(), &document.begin().value()};
}

std::string write_json(const ordered_json& document) {
    return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json to_json(const Coin& coin) {
    return {{"denom", coin.denom}, {"amount", to_string(coin.amount)}};
}

ordered_json to_json(const std::vector<Coin>& coins) {
    ordered_json list = ordered_json::array();
    for (const Coin& coin : coins)
        list.push_back(to_json(coin));
    return list;
}

ordered_json to_json(const std::vector<Event>& events) {
    ordered_json list = ordered_json::array();
    for (const Event& event : events) {
        ordered_json attributes = ordered_json::array();
        for (const Attribute& attribute : event.attributes)
            attributes.push_back({{"key", attribute.key}, {"value", attribute.value}});
        list.push_back({{"type", event.type}, {"attributes", std::move(attributes)}});
    }
    return list;
}

} // namespace lockstep::contract::simulation

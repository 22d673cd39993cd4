// SPDX-License-Identifier: Apache-2.0
// Reading of lives, and of what stands in them for something else.
#include "conformance/life.hpp"

#include "conformance/commands.hpp"
#include "conformance/files.hpp"
#include "contract_abi/cosmwasm/json.hpp"

#include <algorithm>

namespace lockstep::conformance {

Life read_life(const std::filesystem::path& path) {
    Life life;
    life.name = path.stem().string();
    life.rules = {"cosmwasm-2.2.1", "lockstep-1"};
    try {
        const Json file = Json::parse(read_file(path));
        if (file.contains("rules")) file.at("rules").get_to(life.rules);
        file.at("codes").get_to(life.codes);
        file.at("accounts").get_to(life.accounts);
        file.at("steps").get_to(life.steps);
        for (const auto& [key, value] : file.items())
            if (key != "note" && key != "rules" && key != "codes" && key != "accounts" &&
                key != "steps")
                throw UsageError(path.string() + ": a life has no \"" + key + "\"");
    } catch (const Json::exception& error) {
        throw UsageError(path.string() + ": " + error.what());
    }
    return life;
}

const std::string& Names::address(const std::string& name) const {
    const auto found = all_.find(name);
    if (found == all_.end()) throw UsageError("the name " + name + " stands for nothing yet");
    return found->second;
}

std::string Names::resolve_text(const std::string& text) const {
    if (text.starts_with('@') && !text.starts_with("@{")) return address(text.substr(1));
    std::string resolved;
    usize at = 0;
    for (usize begin = 0; (begin = text.find("@{", at)) != std::string::npos;) {
        const usize end = text.find('}', begin);
        if (end == std::string::npos) break;
        resolved += text.substr(at, begin - at) + address(text.substr(begin + 2, end - begin - 2));
        at = end + 1;
    }
    return resolved + text.substr(at);
}

Json Names::resolve(const Json& data) const {
    if (data.is_string()) return resolve_text(data.get<std::string>());
    if (data.is_object() && data.size() == 1 && data.contains("@base64"))
        return contract::cosmwasm::to_base64(as_bytes(resolve(data["@base64"]).dump()));
    Json resolved = data;
    if (data.is_structured())
        for (Json& item : resolved)
            item = resolve(item);
    return resolved;
}

bool has_all(const Json& whole, const Json& part) {
    if (whole.type() != part.type() || !part.is_structured()) return whole == part;
    if (part.is_object())
        return std::all_of(part.items().begin(), part.items().end(), [&](const auto& item) {
            return whole.contains(item.key()) && has_all(whole[item.key()], item.value());
        });
    return std::equal(whole.begin(), whole.end(), part.begin(), part.end(), has_all);
}

std::string name_of(const Stage& stage) {
    return name_of(stage.mode) + std::string(stage.rocksdb ? " on RocksDB" : " in memory");
}

} // namespace lockstep::conformance

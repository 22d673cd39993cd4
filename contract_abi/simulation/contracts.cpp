// SPDX-License-Identifier: Apache-2.0
// Running contracts: what wasmd's keeper does before and after the virtual machine, in its order,
// because the order decides events and errors.
#include "contract_abi/simulation/address.hpp"
#include "contract_abi/simulation/backend.hpp"
#include "contract_abi/simulation/response.hpp"

#include "contract_abi/cosmwasm/json.hpp"

#include <algorithm>
#include <array>

namespace lockstep::contract::simulation {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view address_key = "_contract_address";

Event contract_event(std::string type, const std::string& address) {
    return {std::move(type), {{std::string(address_key), address}}};
}

/// Go's strings.TrimSpace, for ASCII.
std::string trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\n\v\f\r";
    const usize first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(space) - first + 1));
}

/// The contract's address and then its attributes, checked as wasmd does.
Done<Event> own_event(std::string type, const std::string& address,
                      const std::vector<Attribute>& attributes) {
    Event event = contract_event(std::move(type), address);
    for (const Attribute& attribute : attributes) {
        std::string key = trimmed(attribute.key);
        if (key.empty())
            return stop(errors::invalid_event, "Empty attribute key. Value: " + attribute.value);
        if (key.starts_with('_'))
            return stop(errors::invalid_event,
                        "Attribute key starts with reserved prefix _: '" + attribute.key + "'");
        event.attributes.push_back({std::move(key), trimmed(attribute.value)});
    }
    return event;
}

Done<> check_message(std::string_view msg) {
    if (cosmwasm::is_shallow(msg) && nlohmann::json::accept(msg)) return done;
    return stop(errors::invalid, "payload msg");
}

Done<> check_label(std::string_view label) {
    if (label.empty()) return wrapped(stop(errors::empty, "is required"), "label");
    if (label.size() > 128)
        return wrapped(stop(errors::limit, "cannot be longer than 128 characters"), "label");
    const bool printable = std::none_of(
        label.begin(), label.end(), [](char c) { return static_cast<u8>(c) < 0x20 || c == 0x7f; });
    if (!printable || !cosmwasm::is_utf8(as_bytes(label)) || label.front() == ' ' ||
        label.back() == ' ')
        return stop(errors::invalid, "label");
    return done;
}

} // namespace

// --- gas and environment
// ----------------------------------------------------------------------------

Done<> Machine::charge(Frame& frame, u64 gas) const {
    if (frame.gas_left < gas) {
        frame.gas_left = 0;
        return out_of_gas();
    }
    frame.gas_left -= gas;
    return done;
}

u64 Machine::from_sdk_gas(u64 sdk_gas) const noexcept {
    u64 gas = 0;
    if (__builtin_mul_overflow(sdk_gas, contracts_.rules().regime.gas_per_sdk_gas, &gas))
        return ~u64{0};
    return gas;
}

std::string Machine::env(bytes_view contract) const {
    ordered_json transaction;
    if (in_transaction) {
        transaction = {{"index", tx_index}};
        if (contracts_.rules().regime.release >= 3'000'000) {
            const std::string identity = config_.chain_id + "/" + std::to_string(block.height) +
                                         "/" + std::to_string(tx_index);
            transaction["hash"] = cosmwasm::to_base64(sha256(as_bytes(identity)));
        }
    }
    return write_json({{"block",
                        {{"height", block.height},
                         {"time", std::to_string(block.time_ns)},
                         {"chain_id", config_.chain_id}}},
                       {"transaction", std::move(transaction)},
                       {"contract", {{"address", humanize(contract)}}}});
}

std::string Machine::message_info(bytes_view sender, const std::vector<Coin>& funds) const {
    return write_json({{"sender", humanize(sender)}, {"funds", to_json(funds)}});
}

Done<ContractEntry> Machine::require_contract(bytes_view address) {
    TRY(std::optional<ContractEntry> entry, state_.contract(address));
    if (entry) return std::move(*entry);
    const std::string human = humanize(address);
    Stop stopped = stop(errors::no_such_contract, "address " + human);
    stopped.system_error = write_json({{"no_such_contract", {{"addr", human}}}});
    return stopped;
}

Done<CodeEntry> Machine::require_code(u64 code_id) {
    TRY(const std::optional<CodeEntry> entry, state_.code(code_id));
    if (entry) return *entry;
    Stop stopped = stop(errors::no_such_code, "code id " + std::to_string(code_id));
    stopped.system_error = write_json({{"no_such_code", {{"code_id", code_id}}}});
    return stopped;
}

// --- the virtual machine
// ----------------------------------------------------------------------------

Done<Bytes> Machine::run(Frame& frame, const CodeEntry& code, bytes_view contract, EntryPoint entry,
                         std::span<const bytes_view> arguments) {
    TRY(charge(frame, from_sdk_gas(costs::call)));
    TRY(storage::Namespace names, state_.storage_of(contract));
    ContractBackend backend(*this, frame, contract, std::move(names));
    const u64 limit = frame.gas_left;
    auto called = contracts_.call(code.checksum, entry, arguments, backend, limit);
    if (!called)
        return Stop(called.error().code == Errc::not_found ? Error{Errc::corrupt_state}
                    : is_fault(called.error())             ? called.error()
                                                           : Error{Errc::internal_bug});
    CallResult& ended = called.value();
    const bool without_instance = ended.error && ended.error->kind == VmErrorKind::instantiation;
    if (!without_instance) {
        frame.gas_left = ended.gas.remaining;
        frame.used_externally += std::min(ended.gas.used_externally, limit);
    }
    if (!ended.error) return std::move(ended.data);
    if (!without_instance && frame.gas_left == 0) return out_of_gas();
    return stop(errors::vm_error, "Error calling the VM: " + ended.error->text);
}

Done<Response> Machine::run_for_response(Frame& frame, const CodeEntry& code, bytes_view contract,
                                         EntryPoint entry, std::span<const bytes_view> arguments,
                                         const ErrorCode& failed) {
    TRY(const Bytes json, run(frame, code, contract, entry, arguments));
    return parse_response(json, failed);
}

Done<std::optional<Bytes>> Machine::handle_response(Frame& frame, bytes_view contract,
                                                    Response response) {
    const std::string address = humanize(contract);
    if (!response.attributes.empty()) {
        TRY(Event event, own_event("wasm", address, response.attributes));
        frame.events.push_back(std::move(event));
    }
    for (const Event& custom : response.events) {
        const std::string type = trimmed(custom.type);
        if (type.size() <= 2)
            return stop(errors::invalid_event, "Event type too short: '" + type + "'");
        TRY(Event event, own_event("wasm-" + type, address, custom.attributes));
        frame.events.push_back(std::move(event));
    }
    if (frame.call_depth == max_call_depth) return stop(errors::call_depth);
    std::optional<Bytes> data = std::move(response.data);
    ++frame.call_depth;
    for (const SubMessage& message : response.messages) {
        TRY(std::optional<Bytes> replied, send_message(frame, contract, message));
        if (replied) data = std::move(replied);
    }
    --frame.call_depth;
    return data;
}

// --- entry points
// -----------------------------------------------------------------------------------

Done<Bytes> Machine::new_address(const NewContract& what, const CodeEntry& code,
                                 bytes_view creator) {
    Digest address{};
    if (what.salt) {
        if (what.salt->empty() || what.salt->size() > 64) return stop(errors::invalid, "salt");
        const std::string_view msg = what.fix_msg ? what.msg : std::string_view();
        address = contract_address_2(code.checksum, creator, *what.salt, as_bytes(msg));
    } else {
        TRY(const u64 instance, state_.next("instance"));
        address = contract_address(what.code_id, instance);
    }
    TRY(const std::optional<ContractEntry> taken, state_.contract(address));
    if (taken)
        return stop(errors::duplicate, "contract address already exists, try a different "
                                       "combination of creator, checksum and salt");
    return Bytes(address.begin(), address.end());
}

Done<Created> Machine::instantiate(Frame& frame, bytes_view sender, const NewContract& what,
                                   const std::vector<Coin>& funds) {
    TRY(check_label(what.label));
    TRY(check_message(what.msg));
    Bytes admin;
    if (!what.admin.empty()) {
        TRY(admin, canonicalize(what.admin));
    }
    TRY(const CodeEntry code, require_code(what.code_id));
    TRY(Bytes address, new_address(what, code, sender));
    if (!funds.empty()) {
        TRY(send(frame, sender, address, funds));
    }
    const std::string env_json = env(address);
    const std::string info = message_info(sender, funds);
    const std::array arguments{as_bytes(env_json), as_bytes(info), as_bytes(what.msg)};
    TRY(Response response, run_for_response(frame, code, address, EntryPoint::instantiate,
                                            arguments, errors::instantiate_failed));
    TRY(state_.set_contract(address, {what.code_id, Bytes(sender.begin(), sender.end()),
                                      std::move(admin), std::string(what.label)}));
    Event event = contract_event("instantiate", humanize(address));
    event.attributes.push_back({"code_id", std::to_string(what.code_id)});
    frame.events.push_back(std::move(event));
    auto data = handle_response(frame, address, std::move(response));
    if (!data) return wrapped(std::move(data.error()), "dispatch");
    return Created{std::move(address), std::move(data.value())};
}

Done<std::optional<Bytes>> Machine::execute(Frame& frame, bytes_view sender, bytes_view contract,
                                            std::string_view msg, const std::vector<Coin>& funds) {
    TRY(check_message(msg));
    TRY(const ContractEntry entry, require_contract(contract));
    TRY(const CodeEntry code, require_code(entry.code_id));
    if (!funds.empty()) {
        TRY(send(frame, sender, contract, funds));
    }
    const std::string env_json = env(contract);
    const std::string info = message_info(sender, funds);
    const std::array arguments{as_bytes(env_json), as_bytes(info), as_bytes(msg)};
    TRY(Response response, run_for_response(frame, code, contract, EntryPoint::execute, arguments,
                                            errors::execute_failed));
    frame.events.push_back(contract_event("execute", humanize(contract)));
    return handle_response(frame, contract, std::move(response));
}

Done<std::optional<u64>> Machine::migrate_version(const CodeEntry& code) {
    auto analysis = contracts_.analyze(code.checksum);
    if (analysis) return analysis.value().migrate_version;
    return Stop(is_fault(analysis.error()) ? analysis.error() : Error{Errc::corrupt_state});
}

Done<std::optional<Bytes>> Machine::migrate(Frame& frame, bytes_view sender, bytes_view contract,
                                            u64 code_id, std::string_view msg) {
    TRY(check_message(msg));
    TRY(std::optional<ContractEntry> entry, state_.contract(contract));
    if (!entry) return stop(errors::invalid_request, "unknown contract");
    if (entry->admin.empty() || as_text(entry->admin) != as_text(sender))
        return stop(errors::unauthorized, "can not migrate");
    TRY(const std::optional<CodeEntry> code, state_.code(code_id));
    if (!code) return stop(errors::invalid_request, "unknown code");
    TRY(const CodeEntry old_code, require_code(entry->code_id));
    TRY(const std::optional<u64> version, migrate_version(*code));
    TRY(const std::optional<u64> old_version, migrate_version(old_code));

    std::optional<Response> response;
    // Code that says its state has the same layout is not asked to migrate it.
    if (!version || !old_version || *version != *old_version) {
        const std::string env_json = env(contract);
        const std::string info = write_json(
            {{"sender", humanize(sender)},
             {"old_migrate_version", old_version ? ordered_json(*old_version) : ordered_json()}});
        const std::array arguments{as_bytes(env_json), as_bytes(msg), as_bytes(info)};
        const usize count = contracts_.rules().regime.checks_arity ? 3 : 2;
        TRY(response,
            run_for_response(frame, *code, contract, EntryPoint::migrate,
                             std::span(arguments).first(count), errors::migration_failed));
    }
    entry->code_id = code_id;
    TRY(state_.set_contract(contract, *entry));
    Event event{"migrate", {{"code_id", std::to_string(code_id)}}};
    event.attributes.push_back({std::string(address_key), humanize(contract)});
    frame.events.push_back(std::move(event));
    if (!response) return std::optional<Bytes>();
    auto data = handle_response(frame, contract, std::move(*response));
    if (!data) return wrapped(std::move(data.error()), "dispatch");
    return data;
}

Done<std::optional<Bytes>> Machine::sudo(Frame& frame, bytes_view contract, std::string_view msg) {
    return run_plain(frame, contract, EntryPoint::sudo, msg);
}

Done<std::optional<Bytes>> Machine::reply(Frame& frame, bytes_view contract,
                                          std::string_view reply) {
    return run_plain(frame, contract, EntryPoint::reply, reply);
}

Done<std::optional<Bytes>> Machine::run_plain(Frame& frame, bytes_view contract, EntryPoint entry,
                                              std::string_view msg) {
    TRY(const ContractEntry info, require_contract(contract));
    TRY(const CodeEntry code, require_code(info.code_id));
    const std::string env_json = env(contract);
    const std::array arguments{as_bytes(env_json), as_bytes(msg)};
    TRY(Response response,
        run_for_response(frame, code, contract, entry, arguments, errors::execute_failed));
    const std::string_view name = cosmwasm::info_of(entry).name;
    frame.events.push_back(contract_event(std::string(name), humanize(contract)));
    auto data = handle_response(frame, contract, std::move(response));
    if (!data) return wrapped(std::move(data.error()), "dispatch");
    return data;
}

Done<> Machine::set_admin(Frame& frame, bytes_view sender, bytes_view contract,
                          std::string_view admin) {
    TRY(std::optional<ContractEntry> entry, state_.contract(contract));
    if (!entry) return stop(errors::invalid_request, "unknown contract");
    if (entry->admin.empty() || as_text(entry->admin) != as_text(sender))
        return stop(errors::unauthorized, "can not modify contract");
    entry->admin.clear();
    if (!admin.empty()) {
        TRY(entry->admin, canonicalize(admin));
    }
    TRY(state_.set_contract(contract, *entry));
    Event event = contract_event("update_contract_admin", humanize(contract));
    event.attributes.push_back({"new_admin_address", std::string(admin)});
    frame.events.push_back(std::move(event));
    return done;
}

} // namespace lockstep::contract::simulation

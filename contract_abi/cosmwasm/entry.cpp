// SPDX-License-Identifier: Apache-2.0
// Entry points: the exact sequence of guest calls and region accesses around one call, which
// decides its gas.
#include "contract_abi/cosmwasm/host.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>

namespace lockstep::contract::cosmwasm {
namespace {

constexpr std::array<EntryPointInfo, entry_point_count> infos{{
    {"instantiate", 3, true},
    {"execute", 3, true},
    {"migrate", 2, true},
    {"sudo", 2, true},
    {"reply", 2, true},
    {"query", 2, false},
    {"ibc_channel_open", 2, true},
    {"ibc_channel_connect", 2, true},
    {"ibc_channel_close", 2, true},
    {"ibc_packet_receive", 2, true},
    {"ibc_packet_ack", 2, true},
    {"ibc_packet_timeout", 2, true},
    {"ibc_source_callback", 2, true},
    {"ibc_destination_callback", 2, true},
    {"ibc2_packet_receive", 2, true},
    {"ibc2_packet_ack", 2, true},
    {"ibc2_packet_timeout", 2, true},
    {"ibc2_packet_send", 2, true},
}};

Checked<Bytes> call_raw(Host& host, std::string_view name, std::span<const bytes_view> arguments) {
    std::array<u32, 3> regions{};
    for (usize i = 0; i < arguments.size(); ++i) {
        TRY(regions[i], host.write_to_contract(arguments[i]));
    }
    TRY(const u32 result_region,
        host.call_function1(name, std::span(regions).first(arguments.size())));
    TRY(const bytes_view result, host.read_region(result_region, max_result));
    Bytes data(result.begin(), result.end());
    // The contract has freed its arguments; the result is freed here.
    const std::array<u32, 1> freed{result_region};
    TRY(host.call_function0("deallocate", freed));
    return data;
}

Checked<Bytes> call_entry(Host& host, EntryPoint entry, std::span<const bytes_view> arguments) {
    const EntryPointInfo& info = info_of(entry);
    host.set_may_write(info.writes);
    auto data = call_raw(host, info.name, arguments);
    if (data || arguments.size() == info.arguments ||
        data.error().kind != VmErrorKind::function_arity_mismatch)
        return data;
    // An older contract: once more without the third argument. The regions written so far stay paid
    // and allocated.
    return call_raw(host, info.name, arguments.first(info.arguments));
}

bool fits(EntryPoint entry, usize arguments, const Regime& regime) noexcept {
    const usize expected = info_of(entry).arguments;
    const bool with_info = entry == EntryPoint::migrate && regime.checks_arity;
    return arguments == expected || (with_info && arguments == expected + 1);
}

CallResult call_in(Store& store, const std::shared_ptr<const Executable>& executable, Host& host,
                   EntryPoint entry, std::span<const bytes_view> arguments) {
    CallResult ended;
    if (auto made = host.instantiate(store, executable); !made) {
        ended.error = std::move(made.error()); // without an instance there is no gas report
        return ended;
    }
    auto data = call_entry(host, entry, arguments);
    if (data)
        ended.data = std::move(data.value());
    else
        ended.error = std::move(data.error());
    ended.gas = host.gas_report();
    ended.trap_function = host.trap_function();
    ended.trap_record = host.trap_record();
    return ended;
}

} // namespace

const EntryPointInfo& info_of(EntryPoint entry) noexcept {
    return infos[static_cast<usize>(entry)];
}

std::optional<EntryPoint> find_entry_point(std::string_view name) noexcept {
    const auto* found = std::find_if(infos.begin(), infos.end(),
                                     [&](const EntryPointInfo& info) { return info.name == name; });
    if (found == infos.end()) return {};
    return static_cast<EntryPoint>(found - infos.begin());
}

result<CallResult> call(const std::shared_ptr<const Executable>& executable, const Regime& regime,
                        Backend& backend, EntryPoint entry, std::span<const bytes_view> arguments,
                        const CallSettings& settings) {
    if (!fits(entry, arguments.size(), regime)) return Error{Errc::bad_argument};
    try {
        Store store(settings.traps);
        Host host(regime, backend, settings);
        CallResult ended = call_in(store, executable, host, entry, arguments);
        if (ended.error && ended.error->kind == VmErrorKind::fault) return ended.error->fault;
        return ended;
    } catch (const std::bad_alloc&) {
        return Error{Errc::out_of_memory};
    } catch (const std::length_error&) {
        return Error{Errc::out_of_memory};
    }
}

} // namespace lockstep::contract::cosmwasm

// SPDX-License-Identifier: Apache-2.0
// The imports of CosmWasm. Host::run has taken the flat charge when a handler starts; a handler
// then reads its regions in the order of the arguments (each pays), pays for strings and
// cryptography, asks the chain (which costs), and last writes to the contract, whose `allocate` is
// metered guest code. That order is consensus.
#include "contract_abi/cosmwasm/imports.hpp"

#include "contract_abi/cosmwasm/crypto.hpp"
#include "contract_abi/cosmwasm/json.hpp"

#include <algorithm>
#include <array>
#include <deque>

namespace lockstep::contract::cosmwasm {
namespace {

using Outcome = Checked<>;

Outcome return_u32(ImportCall& in, u32 value) {
    in.call.return_i32(value);
    return done;
}

/// Writes `data` to the contract and returns its address.
Outcome return_data(ImportCall& in, bytes_view data) {
    TRY(const u32 pointer, in.host.write_to_contract(data));
    return return_u32(in, pointer);
}

Outcome return_text(ImportCall& in, std::string_view text) {
    return return_data(in, as_bytes(text));
}

/// Writes `data` to the contract, or returns 0 where there is none.
Outcome return_optional(ImportCall& in, const std::optional<Bytes>& data) {
    return data ? return_data(in, *data) : return_u32(in, 0);
}

// --- storage
// ----------------------------------------------------------------------------------------

Outcome db_read(ImportCall& in) {
    TRY(const bytes_view key, in.read(0));
    TRY(const std::optional<Bytes> value, in.host.settle(in.host.backend().db_read(key)));
    return return_optional(in, value);
}

VmError write_denied() {
    return {VmErrorKind::write_access_denied,
            "Must not call a writing storage function in this context."};
}

/// Reads a Region of db_write, which words its limits in its own way.
Checked<bytes_view> read_for_write(ImportCall& in, u32 i, std::string_view what) {
    auto data = in.read(i);
    if (data || !data.error().too_long) return data;
    return VmError(VmErrorKind::generic,
                   "Generic error: " + std::string(what) + " too big. Tried to write " +
                       std::to_string(data.error().length) + " bytes to storage, limit is " +
                       std::to_string(in.row.regions[i]) + ".");
}

Outcome db_write(ImportCall& in) {
    if (!in.host.may_write()) return write_denied();
    TRY(const bytes_view key, read_for_write(in, 0, "Key"));
    TRY(const bytes_view value, read_for_write(in, 1, "Value"));
    TRY(in.host.settle(in.host.backend().db_write(key, value)));
    return done;
}

Outcome db_remove(ImportCall& in) {
    if (!in.host.may_write()) return write_denied();
    TRY(const bytes_view key, in.read(0));
    TRY(in.host.settle(in.host.backend().db_remove(key)));
    return done;
}

// --- iterators
// --------------------------------------------------------------------------------------

/// A bound of a scan: address 0 is none.
Checked<std::optional<bytes_view>> read_bound(ImportCall& in, u32 i) {
    if (in.call.arg_i32(i) == 0) return std::optional<bytes_view>();
    TRY(const bytes_view bound, in.read(i));
    return std::optional<bytes_view>(bound);
}

Outcome db_scan(ImportCall& in) {
    TRY(const std::optional<bytes_view> start, read_bound(in, 0));
    TRY(const std::optional<bytes_view> end, read_bound(in, 1));
    const u32 order = in.call.arg_i32(2);
    if (order != 1 && order != 2)
        return communication_error("Got an invalid value for iteration order: " +
                                   std::to_string(static_cast<i32>(order)));
    const auto direction = order == 1 ? storage::Order::ascending : storage::Order::descending;
    TRY(const u32 iterator, in.host.settle(in.host.backend().db_scan(start, end, direction)));
    return return_u32(in, iterator);
}

void append_section(Bytes& out, const Bytes& section) {
    const u32 size = __builtin_bswap32(static_cast<u32>(section.size()));
    const auto suffix = std::bit_cast<std::array<u8, 4>>(size);
    out.insert(out.end(), section.begin(), section.end());
    out.insert(out.end(), suffix.begin(), suffix.end());
}

Outcome db_next(ImportCall& in) {
    TRY(const std::optional<KeyValue> pair,
        in.host.settle(in.host.backend().db_next(in.call.arg_i32(0))));
    Bytes sections;
    append_section(sections, pair ? pair->first : Bytes());
    append_section(sections, pair ? pair->second : Bytes());
    return return_data(in, sections);
}

Outcome db_next_key(ImportCall& in) {
    TRY(const std::optional<Bytes> key,
        in.host.settle(in.host.backend().db_next_key(in.call.arg_i32(0))));
    return return_optional(in, key);
}

Outcome db_next_value(ImportCall& in) {
    TRY(const std::optional<Bytes> value,
        in.host.settle(in.host.backend().db_next_value(in.call.arg_i32(0))));
    return return_optional(in, value);
}

// --- addresses
// --------------------------------------------------------------------------------------

/// What is wrong with an address, to be told to the contract; nothing if it is right.
using Complaint = std::optional<std::string>;

/// Accounts for an answer of the address codec. Its user error is for the contract, not the end of
/// it.
template <class T>
Checked<Complaint> settle_address(Host& host, const Answer<T>& answer) {
    TRY(host.account(answer.externally_used, answer.cost));
    if (!answer.error) return Complaint();
    if (answer.error->kind != BackendErrorKind::user) return Host::backend_error(*answer.error);
    return Complaint(answer.error->text);
}

struct HumanAddress {
    std::string text;
    Complaint complaint; ///< at first sight
};
Checked<HumanAddress> read_human(ImportCall& in) {
    TRY(const bytes_view source, in.read(0));
    if (source.empty()) return HumanAddress{{}, "Input is empty"};
    TRY(in.pay(source.size()));
    if (!is_utf8(source)) return HumanAddress{{}, "Input is not valid UTF-8"};
    return HumanAddress{std::string(as_text(source)), {}};
}

/// 1.x: an address is valid if it comes back from its canonical form unchanged.
Checked<Complaint> validate_by_round_trip(Host& host, const std::string& human) {
    const Answer<Bytes> canonical = host.backend().addr_canonicalize(human);
    TRY(const Complaint complaint, settle_address(host, canonical));
    if (complaint) return complaint;
    const Answer<std::string> normal = host.backend().addr_humanize(canonical.value);
    TRY(const Complaint second, settle_address(host, normal));
    if (!second && normal.value != human) return Complaint("Address is not normalized");
    return second;
}

Outcome addr_validate(ImportCall& in) {
    TRY(const HumanAddress human, read_human(in));
    if (human.complaint) return return_text(in, *human.complaint);
    TRY(const Complaint complaint,
        in.host.regime().validates_by_round_trip
            ? validate_by_round_trip(in.host, human.text)
            : settle_address(in.host, in.host.backend().addr_validate(human.text)));
    return complaint ? return_text(in, *complaint) : return_u32(in, 0);
}

Outcome addr_canonicalize(ImportCall& in) {
    TRY(const HumanAddress human, read_human(in));
    if (human.complaint) return return_text(in, *human.complaint);
    const Answer<Bytes> answer = in.host.backend().addr_canonicalize(human.text);
    TRY(const Complaint complaint, settle_address(in.host, answer));
    if (complaint) return return_text(in, *complaint);
    TRY(in.host.write_region(in.call.arg_i32(1), answer.value));
    return return_u32(in, 0);
}

Outcome addr_humanize(ImportCall& in) {
    TRY(const bytes_view source, in.read(0));
    const Answer<std::string> answer = in.host.backend().addr_humanize(source);
    TRY(const Complaint complaint, settle_address(in.host, answer));
    if (complaint) return return_text(in, *complaint);
    TRY(in.host.write_region(in.call.arg_i32(1), as_bytes(answer.value)));
    return return_u32(in, 0);
}

// --- messages and queries
// ---------------------------------------------------------------------------

Outcome debug(ImportCall& in) {
    if (in.host.regime().debug_reads) {
        TRY(const bytes_view message, in.read(0));
        in.host.backend().debug(message, in.host.gas_left());
    } else if (const auto message = in.host.peek_region(in.call.arg_i32(0), max_debug_message)) {
        in.host.backend().debug(*message, in.host.gas_left());
    }
    return done;
}

Outcome abort(ImportCall& in) {
    TRY(const bytes_view message, in.read(0));
    TRY(in.pay(message.size()));
    return VmError(VmErrorKind::aborted, "Aborted: " + lossy_utf8(message));
}

Outcome query_chain(ImportCall& in) {
    TRY(const bytes_view request, in.read(0));
    TRY(const Bytes answer, in.host.settle(in.host.backend().query(request, in.host.gas_left())));
    return return_text(in, normalize_query_result(answer));
}

// --- cryptography
// -----------------------------------------------------------------------------------

Outcome verify_secp256k1(ImportCall& in) {
    TRY(const bytes_view hash, in.read(0));
    TRY(const bytes_view signature, in.read(1));
    TRY(const bytes_view pubkey, in.read(2));
    TRY(in.pay());
    const CryptoResult<bool> verdict = secp256k1_verify(hash, signature, pubkey);
    if (const auto* code = std::get_if<CryptoCode>(&verdict))
        return return_u32(in, static_cast<u32>(*code));
    return return_u32(in, std::get<bool>(verdict) ? 0 : 1);
}

/// An error code where a success would be an address: in the upper half.
Outcome return_code_high(ImportCall& in, CryptoCode code) {
    in.call.return_i64(u64{static_cast<u32>(code)} << 32);
    return done;
}

/// An import this build cannot run. What comes before the cryptography is done, so that a Region
/// too long or the end of the gas is still the result; then it is a Fault that names the row,
/// because anything else would be an answer.
Outcome unavailable(ImportCall& in) {
    for (u32 i = 0; i < in.row.regions.size(); ++i) {
        if (in.row.regions[i] == 0) continue;
        TRY(in.read(i));
    }
    TRY(in.pay());
    const u32 row = static_cast<u32>(&in.row - imports().data());
    return VmError(Error{Errc::crypto_unavailable, Error::no_index, row});
}

/// The recovery parameter is one byte; more is answered before anything is paid for the
/// cryptography.
Outcome recover_pubkey(ImportCall& in, Outcome (*recover)(ImportCall&, bytes_view, bytes_view)) {
    TRY(const bytes_view hash, in.read(0));
    TRY(const bytes_view signature, in.read(1));
    if (in.call.arg_i32(2) > 0xff) return return_code_high(in, CryptoCode::invalid_recovery_param);
    TRY(in.pay());
    return recover(in, hash, signature);
}

Outcome recover_secp256k1(ImportCall& in) {
    return recover_pubkey(in, [](ImportCall& at, bytes_view hash, bytes_view signature) -> Outcome {
        const auto recovered = secp256k1_recover_pubkey(hash, signature, at.call.arg_i32(2));
        if (const auto* code = std::get_if<CryptoCode>(&recovered))
            return return_code_high(at, *code);
        TRY(const u32 pointer, at.host.write_to_contract(std::get<0>(recovered)));
        at.call.return_i64(pointer);
        return done;
    });
}

Outcome recover_secp256r1(ImportCall& in) {
    return recover_pubkey(in, [](ImportCall& at, bytes_view, bytes_view) -> Outcome {
        const u32 row = static_cast<u32>(&at.row - imports().data());
        return VmError(Error{Errc::crypto_unavailable, Error::no_index, row});
    });
}

// --- the table
// --------------------------------------------------------------------------------------

// Lengths of Regions.
constexpr u32 key = max_db_key;
constexpr u32 value = max_db_value;
constexpr u32 human = max_human_address;
constexpr u32 canonical = max_canonical_address;
constexpr u32 request = max_query_request;
constexpr u32 message = 128 * 1024; // of ed25519
constexpr u32 batch = 256;
constexpr u32 messages = (message + 4) * batch;
constexpr u32 signatures = (64 + 4) * batch;
constexpr u32 pubkeys = (32 + 4) * batch;
constexpr u32 points = 2 * 1024 * 1024;
constexpr u32 text = 5 * 1024 * 1024;
constexpr u32 dst = 5 * 1024;

template <u64 HostCosts::*Price>
std::optional<u64> flat(const HostCosts& costs, u64) {
    return costs.*Price;
}
template <LinearCost HostCosts::*Price>
std::optional<u64> linear(const HostCosts& costs, u64 n) {
    return (costs.*Price).total(n);
}
constexpr auto none = nullptr;
constexpr auto strings = linear<&HostCosts::string_from_bytes>;
constexpr auto verify_k1 = flat<&HostCosts::secp256k1_verify>;
constexpr auto recover_k1 = flat<&HostCosts::secp256k1_recover_pubkey>;
constexpr auto verify_r1 = flat<&HostCosts::secp256r1_verify>;
constexpr auto recover_r1 = flat<&HostCosts::secp256r1_recover_pubkey>;
constexpr auto verify_ed = flat<&HostCosts::ed25519_verify>;
constexpr auto verify_eds = linear<&HostCosts::ed25519_batch_verify>;
constexpr auto sum_g1 = linear<&HostCosts::bls12_381_aggregate_g1>;
constexpr auto sum_g2 = linear<&HostCosts::bls12_381_aggregate_g2>;
constexpr auto pairing = linear<&HostCosts::bls12_381_pairing_equality>;
constexpr auto hash_g1 = flat<&HostCosts::bls12_381_hash_to_g1>;
constexpr auto hash_g2 = flat<&HostCosts::bls12_381_hash_to_g2>;

// Releases.
constexpr u32 v1_0 = 1'000'000;
constexpr u32 v1_4 = 1'004'000;
constexpr u32 v2_1 = 2'001'000;

// clang-format off
constexpr std::array rows = std::to_array<ImportRow>({
    // name                        signature since  Regions                    price       handler
    {"abort",                      "i_",     v1_0, {max_abort_message},        strings,    abort},
    {"db_read",                    "i_i",    v1_0, {key},                      none,       db_read},
    {"db_write",                   "ii_",    v1_0, {key, value},               none,       db_write},
    {"db_remove",                  "i_",     v1_0, {key},                      none,       db_remove},
    {"addr_validate",              "i_i",    v1_0, {human},                    strings,    addr_validate},
    {"addr_canonicalize",          "ii_i",   v1_0, {human},                    strings,    addr_canonicalize},
    {"addr_humanize",              "ii_i",   v1_0, {canonical},                none,       addr_humanize},
    {"bls12_381_aggregate_g1",     "ii_i",   v2_1, {points},                   sum_g1,     unavailable},
    {"bls12_381_aggregate_g2",     "ii_i",   v2_1, {points},                   sum_g2,     unavailable},
    {"bls12_381_pairing_equality", "iiii_i", v2_1, {points, points, 48, 96},   pairing,    unavailable},
    {"bls12_381_hash_to_g1",       "iiii_i", v2_1, {0, text, dst},             hash_g1,    unavailable},
    {"bls12_381_hash_to_g2",       "iiii_i", v2_1, {0, text, dst},             hash_g2,    unavailable},
    {"secp256k1_verify",           "iii_i",  v1_0, {32, 64, 65},               verify_k1,  verify_secp256k1},
    {"secp256k1_recover_pubkey",   "iii_I",  v1_0, {32, 64},                   recover_k1, recover_secp256k1},
    {"secp256r1_verify",           "iii_i",  v2_1, {32, 64, 65},               verify_r1,  unavailable},
    {"secp256r1_recover_pubkey",   "iii_I",  v2_1, {32, 64},                   recover_r1, recover_secp256r1},
    {"ed25519_verify",             "iii_i",  v1_0, {message, 64, 32},          verify_ed,  unavailable},
    {"ed25519_batch_verify",       "iii_i",  v1_0, {messages, signatures, pubkeys}, verify_eds, unavailable},
    {"debug",                      "i_",     v1_0, {max_debug_message},        none,       debug},
    {"query_chain",                "i_i",    v1_0, {request},                  none,       query_chain},
    {"db_scan",                    "iii_i",  v1_0, {key, key},                 none,       db_scan},
    {"db_next",                    "i_i",    v1_0, {},                         none,       db_next},
    {"db_next_key",                "i_i",    v1_4, {},                         none,       db_next_key},
    {"db_next_value",              "i_i",    v1_4, {},                         none,       db_next_value},
});
// clang-format on

FuncType type_of(std::string_view signature) {
    FuncType type;
    std::vector<ValType>* list = &type.params;
    for (const char letter : signature) {
        if (letter == '_')
            list = &type.results;
        else
            list->push_back(letter == 'i' ? ValType::i32 : ValType::i64);
    }
    return type;
}

/// One host function per row. A deque, because HostFunctions are not copied.
std::deque<HostFunction> make_functions() {
    std::deque<HostFunction> functions;
    for (const ImportRow& row : rows) {
        const ImportRow* const own = &row;
        functions.push_back({type_of(row.signature), [own](HostCall& call) {
                                 return static_cast<Host*>(call.user())->run(call, *own);
                             }});
    }
    return functions;
}

} // namespace

std::span<const ImportRow> imports() noexcept { return rows; }

std::optional<u32> find_import_row(std::string_view name, const Regime& regime) noexcept {
    const auto* found = std::find_if(rows.begin(), rows.end(),
                                     [&](const ImportRow& row) { return row.name == name; });
    if (found == rows.end() || found->since > regime.release) return {};
    return static_cast<u32>(found - rows.begin());
}

const HostFunction* find_import(std::string_view name, const Regime& regime) {
    static const std::deque<HostFunction> functions = make_functions();
    const std::optional<u32> row = find_import_row(name, regime);
    return row ? &functions[*row] : nullptr;
}

std::string describe(const Error& fault) {
    std::string text(text_of(fault.code));
    if (fault.code == Errc::crypto_unavailable && fault.index < rows.size())
        text += " " + std::string(rows[fault.index].name);
    return text;
}

} // namespace lockstep::contract::cosmwasm

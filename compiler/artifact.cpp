// SPDX-License-Identifier: Apache-2.0
// A header of fixed size, the arrays of an Executable one behind the other, a tag over all of it.
// Reading: the tag, the header, then every number that is used as an index later; so even a bug of
// the writer cannot make us read beyond an array.
#include "compiler/artifact.hpp"

#include "compiler/build_id.hpp"
#include "vm/guarded.hpp"

#include <algorithm>

namespace lockstep::compiler {
namespace {

constexpr std::array<u8, 8> magic{'l', 'o', 'c', 'k', 's', 't', 'e', 'p'};
constexpr u8 no_target = 0xff;
constexpr usize tag_bytes = 32;

/// As it lies in the file; all numbers little-endian.
struct Header {
    std::array<u8, 8> magic;
    u32 format;
    u8 tier;
    u8 target; ///< or no_target
    u8 traps;
    u8 trace;
    u32 zeal;
    u32 nothing; ///< 0
    Digest code;
    Digest profile;
    Digest schedule;
    Digest build;
    u64 total_bytes; ///< header, sections and tag
    // The sections, in their order.
    u32 records;
    u32 functions;
    u32 sites; ///< entries stand before them, one per function if there is a target
    u32 wasm_bytes;
    u32 native_bytes;
    // What else NativeCode has.
    u32 enter;
    u32 memory_landing;
    u32 interpreted;
};
static_assert(sizeof(Header) == artifact_header_bytes && std::is_trivially_copyable_v<Header> &&
              std::has_unique_object_representations_v<Header>);

constexpr Error damaged{Errc::artifact_damaged};
constexpr Error foreign{Errc::artifact_foreign};

/// Where everything lies.
struct Layout {
    usize records, functions, entries, sites, wasm, native, tag, end;
};

Layout layout_of(const Header& header) noexcept {
    Layout at{};
    at.records = sizeof(Header);
    at.functions = at.records + usize{header.records} * sizeof(ir::Record);
    at.entries = at.functions + usize{header.functions} * sizeof(ir::Function);
    const usize entries = header.target == no_target ? 0 : header.functions;
    at.sites = at.entries + entries * sizeof(u32);
    at.wasm = at.sites + usize{header.sites} * sizeof(NativeCode::Site);
    at.native = at.wasm + header.wasm_bytes;
    at.tag = at.native + header.native_bytes;
    at.end = at.tag + tag_bytes;
    return at;
}

u8 number_of(std::optional<Target> target) noexcept {
    return target ? static_cast<u8>(*target) : no_target;
}

void put_key(Header& header, const ArtifactKey& key) noexcept {
    header.magic = magic;
    header.format = key.format;
    header.tier = static_cast<u8>(key.tier);
    header.target = number_of(key.target);
    header.traps = static_cast<u8>(key.traps);
    header.trace = key.trace ? 1 : 0;
    header.zeal = key.zeal;
    header.code = key.code;
    header.profile = key.profile;
    header.schedule = key.schedule;
    header.build = key.build;
}

/// The header, whose enumerations then have values that exist.
result<Header> header_of(bytes_view bytes) noexcept {
    if (bytes.size() < sizeof(Header)) return damaged;
    const auto header = load_le<Header>(bytes.data());
    if (header.magic != magic) return damaged;
    if (header.format != artifact_format) return foreign;
    if (header.tier > static_cast<u8>(Tier::singlepass) ||
        (header.target != no_target && header.target > static_cast<u8>(Target::a64)) ||
        header.traps > static_cast<u8>(TrapsMode::signals) || header.trace > 1 ||
        header.nothing != 0)
        return damaged;
    return header;
}

/// The header of a whole artifact, whose sections lie where layout_of() says.
result<Header> whole_header_of(bytes_view bytes) noexcept {
    TRY(const Header header, header_of(bytes));
    if (header.total_bytes != bytes.size() || layout_of(header).end != bytes.size()) return damaged;
    return header;
}

ArtifactKey key_of(const Header& header) noexcept {
    ArtifactKey key;
    key.format = header.format;
    key.tier = static_cast<Tier>(header.tier);
    if (header.target != no_target) key.target = static_cast<Target>(header.target);
    key.traps = static_cast<TrapsMode>(header.traps);
    key.trace = header.trace != 0;
    key.zeal = header.zeal;
    key.code = header.code;
    key.profile = header.profile;
    key.schedule = header.schedule;
    key.build = header.build;
    return key;
}

Digest tag_of(bytes_view bytes, const MacKey& mac) {
    return hmac_sha256(mac, bytes.first(bytes.size() - tag_bytes));
}

bool has_tag_of(bytes_view bytes, const MacKey& mac) {
    if (bytes.size() < sizeof(Header) + tag_bytes) return false;
    const auto found = load_le<Digest>(bytes.data() + bytes.size() - tag_bytes);
    return equal_in_constant_time(found, tag_of(bytes, mac));
}

// ---- writing ----

/// Native code wherever it lies now.
struct CodeView {
    bytes_view bytes;
    std::span<const u32> entries;
    std::span<const NativeCode::Site> sites;
    u32 enter = 0;
    u32 memory_landing = 0;
    u32 interpreted = 0;
};

template <class T>
void put(u8* to, std::span<const T> values) noexcept {
    if (!values.empty()) std::memcpy(to, values.data(), values.size_bytes());
}
template <class T>
std::span<const T> view(const Buffer<T>& buffer) noexcept {
    return {buffer.data(), buffer.size()};
}

std::vector<u8> write(const Executable& executable, const CodeView& native, const ArtifactKey& key,
                      const MacKey* mac) {
    const bytes_view wasm = executable.module.bytes;
    Header header{};
    put_key(header, key);
    header.records = executable.code.records.size();
    header.functions = executable.code.functions.size();
    header.sites = narrow<u32>(native.sites.size());
    header.wasm_bytes = narrow<u32>(wasm.size());
    header.native_bytes = narrow<u32>(native.bytes.size());
    header.enter = native.enter;
    header.memory_landing = native.memory_landing;
    header.interpreted = native.interpreted;
    const Layout at = layout_of(header);
    header.total_bytes = at.end;
    std::vector<u8> bytes(at.end);
    u8* const to = bytes.data();
    store_le(to, header);
    put(to + at.records, view(executable.code.records));
    put(to + at.functions, view(executable.code.functions));
    put(to + at.entries, native.entries);
    put(to + at.sites, native.sites);
    put(to + at.wasm, wasm);
    put(to + at.native, native.bytes);
    if (mac != nullptr) store_le(to + at.tag, tag_of(bytes, *mac));
    return bytes;
}

CodeView view_of(const NativeCode& native) noexcept {
    return {.bytes = {native.base, native.size},
            .entries = view(native.entries),
            .sites = view(native.sites),
            .enter = native.enter,
            .memory_landing = native.memory_landing,
            .interpreted = native.interpreted};
}

// ---- reading ----

template <class T>
result<> fill(Buffer<T>& buffer, const u8* from, u32 count) noexcept {
    if (count == 0) return success();
    T* const to = buffer.extend(count);
    if (to == nullptr) return Error{Errc::out_of_memory};
    std::memcpy(static_cast<void*>(to), from, usize{count} * sizeof(T));
    return success();
}

/// Functions fill the records one behind the other and have the shapes of the module's.
bool functions_fit(const ir::Code& code, const Module& module) noexcept {
    if (code.functions.size() != module.bodies.size()) return false;
    u64 end = 0;
    for (u32 i = 0; i < code.functions.size(); ++i) {
        const ir::Function& function = code.functions[i];
        const TypeEntry& type =
            module.types[module.functions[usize{module.imported_functions} + i]];
        if (function.begin != end || function.size == 0 ||
            function.param_slots != type.param_count || function.result_slots != type.result_count)
            return false;
        if (function.window < u64{function.param_slots} + function.local_slots) return false;
        end += function.size;
    }
    return end == code.records.size();
}

bool native_fits(const GeneratedCode& code, const Header& header) noexcept {
    if (header.enter >= header.native_bytes || header.memory_landing >= header.native_bytes ||
        header.interpreted > header.functions)
        return false;
    constexpr u32 alignment = 16;
    u32 before = 0; // the stubs come first
    for (const u32 entry : code.entries) {
        if (entry <= before || entry % alignment != 0 || entry >= header.native_bytes) return false;
        before = entry;
    }
    u64 next = 0;
    for (const NativeCode::Site& site : code.sites) {
        if (site.offset < next || site.offset >= header.native_bytes ||
            (site.record & ~NativeCode::memory_access) >= header.records)
            return false;
        next = u64{site.offset} + 1;
    }
    return true;
}

bool no_native(const Header& header) noexcept {
    return header.sites == 0 && header.native_bytes == 0 && header.enter == 0 &&
           header.memory_landing == 0 && header.interpreted == 0;
}

/// What an artifact holds, checked; the code is where it was.
struct Contents {
    std::shared_ptr<Executable> executable;
    GeneratedCode tables; ///< all of the native code but its bytes
    bytes_view native;
};

result<Contents> read(bytes_view bytes, const Header& header, const Options& options) {
    const Layout at = layout_of(header);
    Contents contents{std::make_shared<Executable>(), {}, {}};
    Executable& executable = *contents.executable;
    const u8* const from = bytes.data();
    auto module = decode(bytes.subspan(at.wasm, header.wasm_bytes), options.profile);
    if (module.has_error()) return is_fault(module.error()) ? module.error() : damaged;
    executable.module = std::move(module).assume_value();
    TRY(fill(executable.code.records, from + at.records, header.records));
    TRY(fill(executable.code.functions, from + at.functions, header.functions));
    if (!functions_fit(executable.code, executable.module)) return damaged;
    set_limits(executable, options);
    if (header.target == no_target) {
        if (!no_native(header)) return damaged;
        return contents;
    }
    contents.native = bytes.subspan(at.native, header.native_bytes);
    GeneratedCode& tables = contents.tables;
    tables.target = static_cast<Target>(header.target);
    tables.traps = static_cast<TrapsMode>(header.traps);
    tables.enter = header.enter;
    tables.memory_landing = header.memory_landing;
    tables.interpreted = header.interpreted;
    TRY(fill(tables.entries, from + at.entries, header.functions));
    TRY(fill(tables.sites, from + at.sites, header.sites));
    if (!native_fits(tables, header)) return damaged;
    return contents;
}

} // namespace

Digest digest(const ArtifactKey& key) {
    Sha256 message;
    message.append_prefixed(as_bytes("lockstep artifact"))
        .append_u32(key.format)
        .append_prefixed(as_bytes(name_of(key.tier)))
        .append_prefixed(as_bytes(baseline_of(key.target)))
        .append_u32(static_cast<u32>(key.traps))
        .append_u32(u32{key.trace})
        .append_u32(key.zeal)
        .update(key.code)
        .update(key.profile)
        .update(key.schedule)
        .update(key.build);
    return message.finish();
}

ArtifactKey artifact_key(const Digest& code, const Options& options) {
    ArtifactKey key;
    key.tier = options.tier;
    if (options.tier == Tier::singlepass) key.target = host_target();
    key.traps = options.traps;
    key.zeal = options.zeal;
    key.code = code;
    key.profile = lockstep::digest(options.profile);
    key.schedule = metering::digest(options.schedule);
    key.build = build_id();
    return key;
}

std::string_view baseline_of(std::optional<Target> target) noexcept {
    if (!target) return "ir";
    switch (*target) {
    case Target::x64: return "x86-64-v3";
    case Target::a64: return "armv8.0-a";
    }
    return "unknown";
}

result<std::vector<u8>> seal(const Executable& executable, const ArtifactKey& key,
                             const MacKey* mac) noexcept {
    const NativeCode* const native = executable.native.get();
    if ((native != nullptr) != key.target.has_value()) return Error{Errc::bad_argument};
    if (native != nullptr && (key.target != host_target() || native->traps != key.traps))
        return Error{Errc::bad_argument};
    return guarded([&]() -> result<std::vector<u8>> {
        return write(executable, native == nullptr ? CodeView{} : view_of(*native), key, mac);
    });
}

result<std::vector<u8>> seal(const Executable& executable, const GeneratedCode& code,
                             const ArtifactKey& key, const MacKey* mac) noexcept {
    if (key.target != code.target || code.traps != key.traps) return Error{Errc::bad_argument};
    const CodeView native{.bytes = view(code.bytes),
                          .entries = view(code.entries),
                          .sites = view(code.sites),
                          .enter = code.enter,
                          .memory_landing = code.memory_landing,
                          .interpreted = code.interpreted};
    return guarded(
        [&]() -> result<std::vector<u8>> { return write(executable, native, key, mac); });
}

result<std::shared_ptr<const Executable>> open_artifact(bytes_view bytes, const ArtifactKey& key,
                                                        const MacKey& mac,
                                                        const Options& options) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const Executable>> {
        if (!has_tag_of(bytes, mac)) return damaged;
        TRY(const Header header, whole_header_of(bytes));
        if (key_of(header) != key || (key.target && key.target != host_target())) return foreign;
        TRY(Contents contents, read(bytes, header, options));
        if (key.target) {
            TRY(contents.executable->native, map_code(std::move(contents.tables), contents.native));
        }
        return std::shared_ptr<const Executable>(std::move(contents.executable));
    });
}

bool is_artifact(bytes_view bytes) noexcept {
    return bytes.size() >= magic.size() && std::ranges::equal(bytes.first(magic.size()), magic);
}

result<ArtifactHeader> read_artifact_header(bytes_view bytes) noexcept {
    TRY(const Header header, header_of(bytes));
    return ArtifactHeader{.key = key_of(header),
                          .total_bytes = header.total_bytes,
                          .wasm_bytes = header.wasm_bytes,
                          .native_bytes = header.native_bytes,
                          .functions = header.functions,
                          .interpreted = header.interpreted};
}

result<bytes_view> wasm_of_artifact(bytes_view bytes) noexcept {
    TRY(const Header header, whole_header_of(bytes));
    return bytes.subspan(layout_of(header).wasm, header.wasm_bytes);
}

bool same_but_for_tags(bytes_view a, bytes_view b) noexcept {
    return a.size() == b.size() && a.size() >= tag_bytes &&
           std::memcmp(a.data(), b.data(), a.size() - tag_bytes) == 0;
}

bool is_authentic(bytes_view bytes, const MacKey& mac) noexcept {
    const auto authentic = guarded([&]() -> result<bool> { return has_tag_of(bytes, mac); });
    return authentic.has_value() && authentic.assume_value();
}

result<> check_artifact(bytes_view bytes, const Options& options) noexcept {
    return guarded([&]() -> result<> {
        TRY(const Header header, whole_header_of(bytes));
        TRY(read(bytes, header, options));
        return success();
    });
}

} // namespace lockstep::compiler

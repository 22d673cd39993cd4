// SPDX-License-Identifier: Apache-2.0
// Bytes that come from a cache: without a valid tag all are refused; what was sealed is opened and
// is what it was; and whatever an authentic artifact holds, the check that follows the tag neither
// crashes nor reads beyond an array, and what it lets through holds no index that does. Nothing
// that was changed is run.
#include "compiler/artifact.hpp"
#include "fuzz/check.hpp"
#include "fuzz/input.hpp"

namespace lockstep::fuzz {
namespace {

using Bytes = std::vector<u8>;

constexpr MacKey secret{42};
constexpr usize tag_bytes = 32;

struct Rules {
    Profile profile = core_profile();
    metering::Schedule schedule = metering::lockstep_1();
};

const Rules& rules() {
    static const Rules all;
    return all;
}

/// splitmix64, from the input's bytes.
class Random {
public:
    explicit Random(bytes_view bytes) {
        for (const u8 byte : bytes)
            state_ = (state_ ^ byte) * 0x100'0000'01b3;
    }
    u64 next() {
        state_ += 0x9e37'79b9'7f4a'7c15;
        u64 z = state_;
        z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
        z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
        return z ^ (z >> 31);
    }
    usize below(usize n) { return static_cast<usize>(next() % n); }

private:
    u64 state_ = 0xcbf2'9ce4'8422'2325;
};

/// Changes, cuts or lengthens; half of the changes are to the header.
Bytes changed(Bytes bytes, Random& random) {
    const usize count = 1 + random.below(4);
    for (usize i = 0; i < count; ++i) {
        const usize end =
            random.below(2) == 0 ? compiler::artifact_header_bytes : bytes.size() - tag_bytes;
        u8& byte = bytes[random.below(end)];
        byte = random.below(2) == 0 ? static_cast<u8>(byte ^ (1u << random.below(8)))
                                    : static_cast<u8>(random.next());
    }
    if (random.below(8) == 0) bytes.resize(tag_bytes + random.below(bytes.size()));
    if (random.below(8) == 0) bytes.resize(bytes.size() + random.below(64));
    return bytes;
}

void reseal(Bytes& bytes) {
    const usize tag = bytes.size() - tag_bytes;
    store_le(bytes.data() + tag, hmac_sha256(secret, bytes_view(bytes).first(tag)));
}

/// Every index that running code would use.
void check_indices(const Executable& executable) {
    const ir::Code& code = executable.code;
    check(code.functions.size() == executable.module.bodies.size(), "every body has a function");
    for (const ir::Function& function : code.functions)
        check(function.size != 0 && u64{function.begin} + function.size <= code.records.size(),
              "functions lie inside the records");
    const NativeCode* const native = executable.native.get();
    if (native == nullptr) return;
    check(native->entries.size() == code.functions.size(), "every function has an entry");
    check(native->enter < native->size && native->memory_landing < native->size,
          "the stubs lie inside the code");
    for (const u32 entry : native->entries)
        check(entry < native->size, "entries lie inside the code");
    for (const NativeCode::Site& site : native->sites) {
        check(site.offset < native->size, "sites lie inside the code");
        check((site.record & ~NativeCode::memory_access) < code.records.size(),
              "sites name records");
        check(native->site(site.offset) == &site, "a site is found");
    }
}

void check_refused(bytes_view bytes, const compiler::ArtifactKey& key,
                   const compiler::Options& options) {
    check(compiler::open_artifact(bytes, key, secret, options).has_error(),
          "what has no valid tag is refused");
}

void check_changed(const Bytes& sealed, const compiler::ArtifactKey& key,
                   const compiler::Options& options, Random& random) {
    Bytes bytes = changed(sealed, random);
    if (bytes == sealed) return;
    check_refused(bytes, key, options);
    static_cast<void>(compiler::read_artifact_header(bytes));
    static_cast<void>(compiler::wasm_of_artifact(bytes));
    static_cast<void>(compiler::check_artifact(bytes, options));
    reseal(bytes);
    const auto opened = compiler::open_artifact(bytes, key, secret, options);
    if (opened.has_error()) return;
    check(compiler::check_artifact(bytes, options).has_value(), "what is opened passes the check");
    check_indices(*opened.value());
    const auto again = compiler::seal(*opened.value(), key, &secret);
    check(again.has_value() && again.value() == bytes, "what was opened is sealed alike");
}

void run(bytes_view data) {
    Random random(data);
    const Input input = read_input(data);
    const compiler::Options options{.profile = rules().profile,
                                    .schedule = rules().schedule,
                                    .tier = input.choice % 4 == 0 ? compiler::Tier::interpreter
                                                                  : compiler::Tier::singlepass,
                                    .traps = TrapsMode::explicit_checks};
    const compiler::ArtifactKey key = compiler::artifact_key(sha256(input.module), options);
    check_refused(data, key, options);
    check_refused(input.module, key, options);
    const auto made = compiler::compile(input.module, options);
    if (made.has_error()) return;
    const auto sealed = compiler::seal(*made.value(), key, &secret);
    if (sealed.has_error()) return; // no memory for its code
    const auto opened = compiler::open_artifact(sealed.value(), key, secret, options);
    check(opened.has_value(), "what was sealed is opened");
    check_indices(*opened.value());
    for (u32 i = 0; i < 8; ++i)
        check_changed(sealed.value(), key, options, random);
}

} // namespace
} // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const lockstep::u8* data, lockstep::usize size) {
    lockstep::fuzz::run({data, size});
    return 0;
}

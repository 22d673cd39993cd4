// SPDX-License-Identifier: Apache-2.0
// What was sealed runs as what was compiled; everything else is refused.
#include "compiler/artifact.hpp"
#include "compiler/build_id.hpp"
#include "vm/test/run_wasm.hpp"

#include <functional>
#include <set>

using namespace lockstep;
using namespace lockstep::compiler;
using namespace lockstep::test;

namespace {

constexpr MacKey secret{1, 2, 3};

/// f(x) sums a loop over memory, stores, and divides by x.
Bytes program() {
    ModuleBuilder b;
    b.memory(1, 1);
    const Bytes body =
        code(Op::loop, 0x40, Op::local_get, 0, Op::local_get, 0, Op::i32_load, 2, 0, Op::local_get,
             1, Op::i32_add, Op::i32_store, 2, 0, Op::local_get, 1, Op::i32_const, 1, Op::i32_add,
             Op::local_tee, 1, Op::i32_const, sleb(100), Op::i32_lt_s, Op::br_if, 0, Op::end,
             Op::i32_const, sleb(1000), Op::local_get, 0, Op::i32_div_s, Op::local_get, 0,
             Op::i32_load, 2, 0, Op::i32_add);
    const u32 f = b.function({i32_}, {i32_}, {i32_}, body);
    b.export_function("f",
                      b.function({i32_}, {i32_}, {}, code(Op::local_get, 0, Op::call, leb(f))));
    return b.build();
}

struct Rules {
    Profile profile = core_profile();
    metering::Schedule schedule = metering::lockstep_1();

    [[nodiscard]] Options options(Tier tier, TrapsMode traps) const {
        return {.profile = profile, .schedule = schedule, .tier = tier, .traps = traps};
    }
};

struct Sealed {
    Rules rules;
    Bytes wasm = program();
    Options options;
    std::shared_ptr<const Executable> executable;
    ArtifactKey key;
    Bytes bytes;

    explicit Sealed(Tier tier = Tier::singlepass, TrapsMode traps = TrapsMode::explicit_checks)
        : options(rules.options(tier, traps)), executable(compiler::compile(wasm, options).value()),
          key(artifact_key(sha256(wasm), options)), bytes(seal(*executable, key, &secret).value()) {
    }
    Sealed(const Sealed&) = delete;
    Sealed& operator=(const Sealed&) = delete;

    [[nodiscard]] result<std::shared_ptr<const Executable>> open(bytes_view from) const {
        return open_artifact(from, key, secret, options);
    }
    [[nodiscard]] Errc refusal(bytes_view from) const {
        const auto opened = open(from);
        return opened ? Errc{} : opened.error().code;
    }
    /// With a tag that is right again.
    [[nodiscard]] Bytes resealed(Bytes changed) const {
        const usize tag = changed.size() - 32;
        store_le(changed.data() + tag, hmac_sha256(secret, bytes_view(changed).first(tag)));
        return changed;
    }
};

struct Ending {
    Trap trap;
    u64 gas;
    std::vector<Value> values;
    u32 function;
    u32 record;
    friend bool operator==(const Ending&, const Ending&) = default;
};

Ending run(const std::shared_ptr<const Executable>& executable, TrapsMode traps, u32 argument,
           u64 gas = plenty) {
    Store store(traps);
    Instance& instance = *store.instantiate(executable, {}, {}).value().instance;
    const Outcome out = call(instance, "f", {i32_value(argument)}, gas);
    return {out.trap, out.gas_used, out.values, out.trap_function, out.trap_record};
}

} // namespace

TEST_CASE("artifact: what was sealed runs as what was compiled, on every tier and traps mode") {
    for (const Tier tier : {Tier::interpreter, Tier::singlepass}) {
        for (const TrapsMode traps : {TrapsMode::explicit_checks, TrapsMode::signals}) {
            if (traps == TrapsMode::signals && !install_guard_fault_handler()) continue;
            const Sealed sealed(tier, traps);
            const auto opened = sealed.open(sealed.bytes);
            REQUIRE(opened.has_value());
            const auto& executable = opened.value();
            CHECK((executable->native != nullptr) == (sealed.executable->native != nullptr));
            // 4: fine; 0: division by zero; 65535: out of bounds; then out of gas
            for (const u32 argument : {4u, 0u, 65535u})
                CHECK(run(executable, traps, argument) == run(sealed.executable, traps, argument));
            CHECK(run(executable, traps, 4, 99) == run(sealed.executable, traps, 4, 99));
            CHECK(seal(*executable, sealed.key, &secret).value() == sealed.bytes);
            CHECK(executable->max_slots == sealed.executable->max_slots);
            CHECK(check_artifact(sealed.bytes, sealed.options).has_value());
        }
    }
}

TEST_CASE("artifact: any flipped bit, any cut, anything added is refused") {
    for (const Tier tier : {Tier::interpreter, Tier::singlepass}) {
        const Sealed sealed(tier);
        Bytes bytes = sealed.bytes;
        for (usize i = 0; i < bytes.size(); ++i) {
            bytes[i] ^= static_cast<u8>(1u << i % 8);
            CHECK(sealed.refusal(bytes) == Errc::artifact_damaged);
            bytes[i] = sealed.bytes[i];
            CHECK(sealed.refusal(bytes_view(bytes).first(i)) == Errc::artifact_damaged);
        }
        bytes.push_back(0);
        CHECK(sealed.refusal(bytes) == Errc::artifact_damaged);
    }
}

TEST_CASE("artifact: another secret or none is refused") {
    const Sealed sealed;
    MacKey other = secret;
    other[31] ^= 1;
    CHECK(open_artifact(sealed.bytes, sealed.key, other, sealed.options).error().code ==
          Errc::artifact_damaged);
    const Bytes unsigned_bytes = seal(*sealed.executable, sealed.key, nullptr).value();
    CHECK(sealed.refusal(unsigned_bytes) == Errc::artifact_damaged);
    CHECK(same_but_for_tags(unsigned_bytes, sealed.bytes));
    CHECK(unsigned_bytes != sealed.bytes);
    CHECK_FALSE(is_authentic(unsigned_bytes, secret));
}

TEST_CASE("artifact: each field of the key makes another digest and another artifact") {
    const Sealed sealed;
    const std::function<void(ArtifactKey&)> changes[] = {
        [](ArtifactKey& key) { ++key.format; },
        [](ArtifactKey& key) { key.tier = Tier::interpreter; },
        [](ArtifactKey& key) {
            key.target = key.target == Target::a64 ? Target::x64 : Target::a64;
        },
        [](ArtifactKey& key) { key.target.reset(); },
        [](ArtifactKey& key) { key.traps = TrapsMode::signals; },
        [](ArtifactKey& key) { key.trace = true; },
        [](ArtifactKey& key) { key.zeal = 1; },
        [](ArtifactKey& key) { key.code[0] ^= 1; },
        [](ArtifactKey& key) { key.profile[31] ^= 1; },
        [](ArtifactKey& key) { key.schedule[31] ^= 1; },
        [](ArtifactKey& key) { key.build[31] ^= 1; },
    };
    std::set<Digest> digests{digest(sealed.key)};
    for (const auto& change : changes) {
        ArtifactKey other = sealed.key;
        change(other);
        CHECK(digests.insert(digest(other)).second);
        CHECK(open_artifact(sealed.bytes, other, secret, sealed.options).error().code ==
              Errc::artifact_foreign);
    }
}

TEST_CASE("artifact: the key follows the options") {
    const Sealed sealed;
    std::set<Digest> digests;
    const auto add = [&](const Options& options) {
        CHECK(digests.insert(digest(artifact_key(sealed.key.code, options))).second);
    };
    add(sealed.options);
    const Profile profile = lockstep_1_profile();
    const metering::Schedule schedule = metering::free_schedule();
    add({.profile = profile, .schedule = sealed.rules.schedule, .tier = Tier::singlepass});
    add({.profile = sealed.rules.profile, .schedule = schedule, .tier = Tier::singlepass});
    add(sealed.rules.options(Tier::interpreter, TrapsMode::explicit_checks));
    add(sealed.rules.options(Tier::singlepass, TrapsMode::signals));
    Options zealous = sealed.options;
    zealous.zeal = 1;
    add(zealous);
    CHECK(sealed.key.build == build_id());
    CHECK(build_id() != Digest{});
}

TEST_CASE("artifact: the header tells what it is") {
    const Sealed sealed;
    REQUIRE(is_artifact(sealed.bytes));
    CHECK_FALSE(is_artifact(sealed.wasm));
    const auto header = read_artifact_header(bytes_view(sealed.bytes).first(artifact_header_bytes));
    REQUIRE(header.has_value());
    CHECK(header.value().key == sealed.key);
    CHECK(header.value().total_bytes == sealed.bytes.size());
    CHECK(header.value().functions == 2);
    const bytes_view wasm = wasm_of_artifact(sealed.bytes).value();
    CHECK(Bytes(wasm.begin(), wasm.end()) == sealed.wasm);
}

TEST_CASE("artifact: code that is not there cannot be sealed as if it were") {
    if (!host_target()) return;
    const Sealed sealed(Tier::interpreter);
    ArtifactKey key = sealed.key;
    key.target = host_target();
    CHECK(seal(*sealed.executable, key, &secret).error().code == Errc::bad_argument);
    const GeneratedCode generated =
        generate(*sealed.executable, TrapsMode::explicit_checks, *host_target()).value();
    key.tier = Tier::singlepass;
    const Sealed native;
    CHECK(seal(*sealed.executable, generated, key, &secret).value() == native.bytes);
}

TEST_CASE("artifact: whatever an authentic artifact holds, no index leaves its array") {
    for (const Tier tier : {Tier::interpreter, Tier::singlepass}) {
        const Sealed sealed(tier);
        const usize tables = sealed.bytes.size() - sealed.executable->module.bytes.size() -
                             (sealed.executable->native ? sealed.executable->native->size : 0);
        constexpr usize key_and_sizes = artifact_header_bytes - 3 * sizeof(u32);
        u32 refused = 0;
        for (usize i = 0; i < tables - 32; ++i) {
            for (const u8 mask : {u8{0x01}, u8{0x80}, u8{0xff}}) {
                Bytes changed = sealed.bytes;
                changed[i] ^= mask;
                changed = sealed.resealed(std::move(changed));
                refused += check_artifact(changed, sealed.options).has_value() ? 0u : 1u;
                if (i < key_and_sizes) CHECK(sealed.refusal(changed) != Errc{});
            }
        }
        CHECK(refused > 3 * 40); // sizes, functions, entries and sites; a record may be anything
    }
}

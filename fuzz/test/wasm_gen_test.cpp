// SPDX-License-Identifier: Apache-2.0
#include "fuzz/wasm_gen.hpp"

#include "compiler/compile.hpp"
#include "fuzz/input.hpp"
#include "vm/digest.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace lockstep;
using fuzz::GeneratorOptions;

namespace {

/// Modules of `count` seeds that the profile rejects.
u32 rejected(u32 count, const GeneratorOptions& options, const Profile& profile) {
    const metering::Schedule schedule = metering::lockstep_1();
    u32 bad = 0;
    for (u64 seed = 0; seed < count; ++seed) {
        const std::vector<u8> module = fuzz::generate(seed, options);
        const auto made = compiler::compile(module, {.profile = profile, .schedule = schedule});
        if (made.has_value()) continue;
        MESSAGE("seed " << seed << ": " << text_of(made.error().code));
        ++bad;
    }
    return bad;
}

} // namespace

TEST_CASE("wasm_gen: every module is valid under core") {
    CHECK(rejected(2000, {}, core_profile()) == 0);
}

TEST_CASE("wasm_gen: options keep modules inside a profile") {
    CHECK(rejected(1000, GeneratorOptions::lockstep_1(), lockstep_1_profile()) == 0);

    GeneratorOptions options = GeneratorOptions::lockstep_1();
    options.floats = false;
    options.sign_extension = false;
    options.sat_float_to_int = false;
    options.bulk_memory = false;
    options.start_function = true;
    CHECK(rejected(1000, options, cosmwasm_profile("1.0.0").value()) == 0);
}

TEST_CASE("wasm_gen: a seed gives the same module on every machine") {
    Sha256 hash;
    for (u64 seed = 0; seed < 200; ++seed) {
        const std::vector<u8> module = fuzz::generate(seed);
        hash.update(module);
    }
    // Changes when the generator does: then the corpus of the fuzzers loses its meaning, too.
    CHECK(to_hex(hash.finish()) ==
          "62742da9f7dde4475820b6e78e6714208702ae3ee064ef60d4f3efb4b9056a00");
}

TEST_CASE("wasm_gen: decisions and seed are the bytes") {
    const std::array<u8, 8> seed{7};
    CHECK(fuzz::generate(bytes_view(seed)) == fuzz::generate(u64{7}));
    CHECK(!fuzz::generate(bytes_view{}).empty());
    std::vector<u8> decisions(400, 0xff);
    const std::vector<u8> one = fuzz::generate(decisions);
    decisions[100] = 0;
    CHECK(fuzz::generate(decisions) != one);
}

TEST_CASE("input: modules as they are, generated, and changed") {
    const std::vector<u8> raw{3, 0, 0x00, 'a', 's', 'm'};
    const fuzz::Input as_is = fuzz::read_input(raw);
    CHECK(as_is.choice == 3);
    CHECK(as_is.module == std::vector<u8>{0x00, 'a', 's', 'm'});
    CHECK(!as_is.generated);

    std::vector<u8> bytes{0, 64, 1, 2, 3, 4, 5, 6, 7, 8};
    const fuzz::Input generated = fuzz::read_input(bytes);
    CHECK(generated.generated);
    CHECK(generated.module == fuzz::generate(bytes_view(bytes).subspan(2)));

    bytes[1] = 193; // one byte is changed: the fifth from the end says where
    bytes.insert(bytes.end(), {3, 0, 0, 0, 'M'});
    const fuzz::Input changed = fuzz::read_input(bytes);
    CHECK(!changed.generated);
    CHECK(changed.module.size() == generated.module.size());
    CHECK(changed.module[3] == 'M');
    CHECK(fuzz::read_input({}).module.empty());
}

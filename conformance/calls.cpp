// SPDX-License-Identifier: Apache-2.0
#include "conformance/calls.hpp"

#include <algorithm>

namespace lockstep::conformance {
namespace {

u64 fnv(std::string_view text) {
    u64 hash = 0xcbf2'9ce4'8422'2325;
    for (const char c : text)
        hash = (hash ^ static_cast<u8>(c)) * 0x100'0000'01b3;
    return hash;
}

Value make_argument(ValType type, Random& random) {
    const u64 small = random.below(24);
    const u64 any = random.next();
    const bool often = random.below(4) != 0;
    switch (type) {
    case ValType::i32: return Value::from_i32(static_cast<u32>(often ? small : any));
    case ValType::i64: return Value::from_i64(often ? small : any);
    case ValType::f32: return Value::from_f32(static_cast<f32>(small) * 0.5F);
    case ValType::f64: return Value::from_f64(static_cast<f64>(small) * 0.5);
    default: return {};
    }
}

} // namespace

Random::Random(u64 seed, std::string_view text) noexcept : state_(fnv(text) ^ seed) {}

u64 Random::next() noexcept {
    u64 z = state_ += 0x9e37'79b9'7f4a'7c15;
    z = (z ^ z >> 30) * 0xbf58'476d'1ce4'e5b9;
    z = (z ^ z >> 27) * 0x94d0'49bb'1331'11eb;
    return z ^ z >> 31;
}

std::vector<Call> choose_calls(const Module& module, u64 seed, u64 most) {
    std::vector<const Export*> functions;
    for (const Export& each : module.exports)
        if (each.kind == ExternKind::function) functions.push_back(&each);
    const usize count = std::min<usize>(functions.size(), most);
    std::vector<Call> calls;
    for (usize i = 0; i < count; ++i) {
        const Export& chosen = *functions[i * functions.size() / count];
        Call call{std::string(module.text(chosen.name)), {}};
        Random random(seed, call.function);
        for (const ValType type : module.params(module.functions[chosen.index])) {
            call.args.types.push_back(type);
            call.args.values.push_back(make_argument(type, random));
        }
        calls.push_back(std::move(call));
    }
    return calls;
}

} // namespace lockstep::conformance

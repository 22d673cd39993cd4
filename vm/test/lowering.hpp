// SPDX-License-Identifier: Apache-2.0
// What the tests of lowering share: a body in a small module, its IR as text, its first problem.
#pragma once

#include "vm/lower.hpp"
#include "vm/test/wasm_builder.hpp"

#include <doctest/doctest.h>

namespace lockstep::test {

inline constexpr u8 no_result = 0x40; ///< block type

/// What a function takes, gives and declares.
struct Shape {
    Types params;
    Types results;
    Types locals;
};

/// Type indices and functions of around().
inline constexpr u8 type_i_i = 0;
inline constexpr u8 type_none_ii = 1;
inline constexpr u8 type_ii_ii = 2;
inline constexpr u32 callee_ii_i = 1;
inline constexpr u32 callee_none = 2;
inline constexpr u32 callee_none_ii = 3;
inline constexpr u32 callee_i_i = 4;

/// A module whose function 0 has this body (without its `end`), with one of everything to refer to:
/// the callees above, a memory, a table of two functions, global 0 (mutable, i32) and global 1
/// (i64), a segment of each kind.
inline ModuleBuilder around(const Shape& shape, const Bytes& body) {
    ModuleBuilder b;
    b.type({i32_}, {i32_});
    b.type({}, {i32_, i32_});
    b.type({i32_, i32_}, {i32_, i32_});
    b.function(shape.params, shape.results, shape.locals, body);
    b.function({i32_, i32_}, {i32_}, {}, code(Op::local_get, 0, Op::local_get, 1, Op::i32_sub));
    b.function({}, {}, {}, {});
    b.function({}, {i32_, i32_}, {}, code(Op::i32_const, 3, Op::i32_const, 4));
    b.function({i32_}, {i32_}, {}, code(Op::local_get, 0, Op::i32_const, 1, Op::i32_add));
    b.table(2);
    b.memory(1);
    b.global(i32_, true, i32_init(0));
    b.global(i64_, false, code(Op::i64_const, 1, Op::end));
    b.element(i32_init(0), {callee_i_i, callee_none});
    b.passive_element({callee_none});
    b.count_data();
    b.passive_data("abc");
    return b;
}

inline Module decoded(const Bytes& wasm) {
    result<Module> module = decode(wasm, core_profile());
    REQUIRE_MESSAGE(module.has_value(),
                    text_of(module.has_value() ? Errc::internal_bug : module.error().code));
    return std::move(module).value();
}

/// No charges.
inline void free_of_charge(ir::Draft& draft) {
    for (ir::Event& event : draft.events)
        if (event.kind <= ir::EventKind::units) event.kind = ir::EventKind::none;
}

/// Every function lowered, metered and assembled.
inline ir::Code lowered(const Module& module, const Profile& profile = core_profile(),
                        const Weights& weights = {}, void (*meter)(ir::Draft&) = free_of_charge) {
    Lowering lowering(module, profile, weights);
    ir::Draft draft;
    ir::AssembleScratch scratch;
    ir::Code code;
    for (u32 i = 0; i < module.bodies.size(); ++i) {
        const result<> outcome = lowering.lower(i, draft);
        REQUIRE_MESSAGE(outcome.has_value(),
                        text_of(outcome.has_value() ? Errc::internal_bug : outcome.error().code));
        meter(draft);
        REQUIRE(ir::assemble(draft, code, scratch).has_value());
    }
    return code;
}

/// The records of one function, a line each.
inline std::string records_of(const ir::Code& code, u32 function = 0) {
    const std::string text = ir::to_text(code, function);
    std::string lines;
    for (usize at = text.find('\n') + 1; at < text.size();) {
        const usize end = text.find('\n', at) + 1;
        lines += text.substr(at + 2, end - at - 2);
        at = end;
    }
    return lines;
}

/// Decoded by the widest rules: what a profile changes here is how bodies are lowered.
inline std::string ir_of(const Shape& shape, const Bytes& body,
                         const Profile& profile = core_profile()) {
    return records_of(lowered(decoded(around(shape, body).build()), profile));
}

/// The first problem of a body: what it is and at which of the body's bytes; bytes of the
/// declarations of locals count negatively.
struct Refusal {
    Errc code{};
    i64 at = 0;
    friend bool operator==(const Refusal&, const Refusal&) = default;
};
inline std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
    return out << (refusal.code == Errc{} ? "none" : name_of(refusal.code)) << " at " << refusal.at;
}

inline Refusal refusal_of(const Module& module, usize body_size,
                          const Profile& profile = core_profile(), Report* report = nullptr) {
    Lowering lowering(module, profile, Weights{});
    ir::Draft draft;
    const result<> outcome = lowering.lower(0, draft, report);
    if (outcome.has_value()) return {};
    CHECK(outcome.error().index == module.imported_functions);
    const Range range = module.bodies[0];
    const i64 begin = i64{range.offset} + range.size - 1 - static_cast<i64>(body_size);
    return {outcome.error().code, outcome.error().offset - begin};
}

inline Refusal refusal_of(const Shape& shape, const Bytes& body,
                          const Profile& profile = core_profile(), Report* report = nullptr) {
    const Module module = decoded(around(shape, body).build());
    return refusal_of(module, body.size(), profile, report);
}

} // namespace lockstep::test

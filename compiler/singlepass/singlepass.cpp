// SPDX-License-Identifier: Apache-2.0
// A module's code: the stubs, then function by function, then the distances of calls; and mapping
// it.
#include "compiler/singlepass/singlepass.hpp"

#include "compiler/code_memory.hpp"
#include "compiler/singlepass/emit.hpp"
#include "compiler/target/a64.hpp"
#include "compiler/target/x64.hpp"

#include <algorithm>
#include <new>

namespace lockstep::compiler {
namespace {

const void* land(const void* context, const void* pc) noexcept {
    const auto& code = *static_cast<const NativeCode*>(context);
    const u64 offset = static_cast<u64>(static_cast<const u8*>(pc) - code.base);
    const NativeCode::Site* site = code.site(static_cast<u32>(offset));
    if (site == nullptr || (site->record & NativeCode::memory_access) == 0) return nullptr;
    return code.base + code.memory_landing;
}

/// An interpreted function's code, its alignment included.
constexpr u32 interpreted_bytes = 64;

/// Code of one function; false if the interpreter has to run it. Where short branches do not reach,
/// it is made again with far ones: only code of more than a megabyte is.
template <Masm M>
bool translate_function(M& masm, ModuleCode& module, Emitter<M>& emitter, u32 index) noexcept {
    const u32 begin = masm.here();
    const u32 calls = module.calls.size();
    const u32 sites = module.sites.size();
    const u32 starts = module.map != nullptr ? module.map->starts.size() : 0;
    const u32 behind = module.executable.code.functions.size() - index - 1;
    for (const bool far : {(module.zeal & zeal_far) != 0, true}) {
        masm.begin_function(far);
        const bool done = emitter.function(index);
        const bool fits = masm.here() + u64{behind} * interpreted_bytes <= M::max_code;
        if (done && fits && !masm.out_of_reach()) return true;
        masm.rewind(begin);
        module.calls.truncate(calls);
        module.sites.truncate(sites);
        if (module.map != nullptr) module.map->starts.truncate(starts);
        if (!fits || !masm.out_of_reach()) break;
    }
    masm.begin_function(false);
    return false;
}

constexpr u32 stub_bytes = 4096;
/// Of contracts' code, per byte of Wasm; only a guess that saves copies.
constexpr u32 growth(TrapsMode traps) { return traps == TrapsMode::signals ? 3 : 5; }

template <Masm M>
result<GeneratedCode> generate_for(const Executable& executable, TrapsMode traps, Target target,
                                   CodeMap* map, u32 zeal) noexcept {
    const Error no_memory{Errc::out_of_memory};
    M masm;
    ModuleCode module{executable, traps, zeal, {}, {}, {}, map};
    GeneratedCode code;
    const u64 likely = u64{executable.module.code_section.size} * growth(traps);
    if (!masm.ensure(static_cast<u32>(std::min<u64>(likely, M::max_code)) + stub_bytes))
        return no_memory;
    masm.begin_function(false);
    masm.stubs(traps, module.stubs);
    const u32 count = executable.code.functions.size();
    if (masm.here() + u64{count} * interpreted_bytes > M::max_code) return no_memory;
    u32* entries = code.entries.extend(count);
    if (entries == nullptr && count != 0) return no_memory;
    Emitter<M> emitter(masm, module);
    for (u32 i = 0; i < count; ++i) {
        if (!masm.ensure(16)) return no_memory;
        masm.align(16);
        entries[i] = masm.here();
        if (translate_function(masm, module, emitter, i)) continue;
        if (!emitter.interpreted(i)) return no_memory;
        assert(masm.here() - entries[i] + 16 <= interpreted_bytes);
        ++code.interpreted;
    }
    if (module.calls.failed() || module.sites.failed()) return no_memory;
    for (const ModuleCode::CallFix& call : module.calls)
        masm.resolve(call.at, entries[call.function]);
    code.target = target;
    code.traps = traps;
    code.bytes = masm.take();
    code.enter = module.stubs.enter.position;
    code.memory_landing = module.stubs.memory.position;
    code.sites = std::move(module.sites);
    code.sites.shrink_to_fit();
    if (map != nullptr) {
        map->stubs = module.stubs;
        if (map->starts.failed()) return no_memory;
    }
    return code;
}

} // namespace

std::optional<Target> host_target() noexcept {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
        __builtin_cpu_supports("lzcnt") != 0 && __builtin_cpu_supports("popcnt") != 0)
        return Target::x64;
#elif defined(__aarch64__)
    return Target::a64;
#endif
    return std::nullopt;
}

result<GeneratedCode> generate(const Executable& executable, TrapsMode traps, Target target,
                               CodeMap* map, u32 zeal) noexcept {
    switch (target) {
    case Target::x64: return generate_for<X64>(executable, traps, target, map, zeal);
    case Target::a64: return generate_for<A64>(executable, traps, target, map, zeal);
    }
    return Error{Errc::bad_argument};
}

result<std::unique_ptr<const NativeCode>> map_code(GeneratedCode code) noexcept {
    const std::span<const u8> bytes{code.bytes.data(), code.bytes.size()};
    return map_code(std::move(code), bytes); // a Buffer's block stays where it is
}

result<std::unique_ptr<const NativeCode>> map_code(GeneratedCode tables,
                                                   std::span<const u8> bytes) noexcept {
    try {
        TRY(CodeMemory mapped, CodeMemory::create(bytes));
        auto kept = std::make_shared<CodeMemory>(std::move(mapped));
        auto native = std::make_unique<NativeCode>();
        native->base = kept->base();
        native->size = narrow<u32>(bytes.size());
        native->enter = tables.enter;
        native->memory_landing = tables.memory_landing;
        native->traps = tables.traps;
        native->entries = std::move(tables.entries);
        native->sites = std::move(tables.sites);
        native->interpreted = tables.interpreted;
        if (tables.traps == TrapsMode::signals) {
            TRY(kept->guard(land, native.get()));
        }
        native->mapping = std::move(kept);
        return std::unique_ptr<const NativeCode>(std::move(native));
    } catch (const std::bad_alloc&) {
        return Error{Errc::out_of_memory};
    }
}

result<std::unique_ptr<const NativeCode>> translate(const Executable& executable, TrapsMode traps,
                                                    u32 zeal) noexcept {
    const std::optional<Target> target = host_target();
    if (!target) return Error{Errc::bad_argument};
    TRY(GeneratedCode code, generate(executable, traps, *target, nullptr, zeal));
    return map_code(std::move(code));
}

} // namespace lockstep::compiler

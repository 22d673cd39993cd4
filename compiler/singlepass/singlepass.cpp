// SPDX-License-Identifier: Apache-2.0
// A module's code: the stubs, then function by function, then the distances of calls; and mapping
// it.
#include "compiler/singlepass/singlepass.hpp"

#include "compiler/code_memory.hpp"
#include "compiler/singlepass/emit.hpp"
#include "compiler/target/x64.hpp"

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

template <class M>
result<GeneratedCode> generate_for(const Executable& executable, TrapsMode traps,
                                   Target target) noexcept {
    const Error no_memory{Errc::out_of_memory};
    M masm;
    ModuleCode module{executable, traps, {}, {}, {}};
    GeneratedCode code;
    if (!masm.ensure(4096)) return no_memory;
    masm.stubs(traps, module.stubs);
    const u32 count = executable.code.functions.size();
    u32* entries = code.entries.extend(count);
    if (entries == nullptr && count != 0) return no_memory;
    Emitter<M> emitter(masm, module);
    for (u32 i = 0; i < count; ++i) {
        const u32 calls = module.calls.size();
        const u32 sites = module.sites.size();
        if (!masm.ensure(16)) return no_memory;
        masm.align(16);
        entries[i] = masm.here();
        if (emitter.function(i)) continue;
        masm.rewind(entries[i]);
        module.calls.truncate(calls);
        module.sites.truncate(sites);
        if (!emitter.interpreted(i)) return no_memory;
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
    return code;
}

} // namespace

std::optional<Target> host_target() noexcept {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
        __builtin_cpu_supports("lzcnt") != 0 && __builtin_cpu_supports("popcnt") != 0)
        return Target::x64;
#endif
    return std::nullopt;
}

bool singlepass_supported() noexcept { return host_target().has_value(); }

result<GeneratedCode> generate(const Executable& executable, TrapsMode traps,
                               Target target) noexcept {
    switch (target) {
    case Target::x64: return generate_for<X64>(executable, traps, target);
    case Target::a64: break;
    }
    return Error{Errc::bad_argument};
}

result<std::unique_ptr<const NativeCode>> map_code(GeneratedCode code) noexcept {
    const std::span<const u8> bytes{code.bytes.data(), code.bytes.size()};
    return map_code(std::move(code), bytes); // a Buffer's block stays where it is
}

result<std::unique_ptr<const NativeCode>> map_code(GeneratedCode code,
                                                   std::span<const u8> bytes) noexcept {
    try {
        TRY(CodeMemory mapped, CodeMemory::create(bytes));
        auto kept = std::make_shared<CodeMemory>(std::move(mapped));
        auto native = std::make_unique<NativeCode>();
        native->base = kept->base();
        native->size = narrow<u32>(bytes.size());
        native->enter = code.enter;
        native->memory_landing = code.memory_landing;
        native->traps = code.traps;
        native->entries = std::move(code.entries);
        native->sites = std::move(code.sites);
        native->interpreted = code.interpreted;
        if (code.traps == TrapsMode::signals) {
            TRY(kept->guard(land, native.get()));
        }
        native->mapping = std::move(kept);
        return std::unique_ptr<const NativeCode>(std::move(native));
    } catch (const std::bad_alloc&) {
        return Error{Errc::out_of_memory};
    }
}

result<std::unique_ptr<const NativeCode>> translate(const Executable& executable,
                                                    TrapsMode traps) noexcept {
    const std::optional<Target> target = host_target();
    if (!target) return Error{Errc::bad_argument};
    TRY(GeneratedCode code, generate(executable, traps, *target));
    return map_code(std::move(code));
}

} // namespace lockstep::compiler

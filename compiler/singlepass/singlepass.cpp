// SPDX-License-Identifier: Apache-2.0
// A module's code: the stubs, then function by function, then the distances of calls.
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
result<std::unique_ptr<const NativeCode>> translate_for(const Executable& executable,
                                                        TrapsMode traps) {
    const Error no_memory{Errc::out_of_memory};
    M masm;
    ModuleCode module{executable, traps, {}, {}, {}};
    auto native = std::make_unique<NativeCode>();
    if (!masm.ensure(4096)) return no_memory;
    masm.stubs(traps, module.stubs);
    const u32 count = executable.code.functions.size();
    u32* entries = native->entries.extend(count);
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
        ++native->interpreted;
    }
    if (module.calls.failed() || module.sites.failed()) return no_memory;
    for (const ModuleCode::CallFix& call : module.calls)
        masm.resolve(call.at, entries[call.function]);

    auto mapping = CodeMemory::create({masm.data(), masm.here()});
    if (mapping.has_error()) return mapping.error();
    auto kept = std::make_shared<CodeMemory>(std::move(mapping).value());
    native->base = kept->base();
    native->size = masm.here();
    native->enter = module.stubs.enter.position;
    native->memory_landing = module.stubs.memory.position;
    native->traps = traps;
    native->sites = std::move(module.sites);
    native->sites.shrink_to_fit();
    if (traps == TrapsMode::signals) {
        TRY(kept->guard(land, native.get()));
    }
    native->mapping = std::move(kept);
    return std::unique_ptr<const NativeCode>(std::move(native));
}

} // namespace

bool singlepass_supported() noexcept {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
           __builtin_cpu_supports("lzcnt") != 0 && __builtin_cpu_supports("popcnt") != 0;
#else
    return false;
#endif
}

result<std::unique_ptr<const NativeCode>> translate(const Executable& executable,
                                                    TrapsMode traps) noexcept {
    try {
        return translate_for<X64>(executable, traps);
    } catch (const std::bad_alloc&) {
        return Error{Errc::out_of_memory};
    }
}

} // namespace lockstep::compiler

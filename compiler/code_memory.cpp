// SPDX-License-Identifier: Apache-2.0
#include "compiler/code_memory.hpp"

#include <cstring>

#include <sys/mman.h>

namespace lockstep::compiler {

CodeMemory::~CodeMemory() {
    guard_ = {};
    if (base_ != nullptr) (void)::munmap(base_, size_);
}

result<CodeMemory> CodeMemory::create(std::span<const u8> code) noexcept {
    CodeMemory memory;
    // All pages at once: a fault for each would take longer than the copy.
    void* const mapped = ::mmap(nullptr, code.size(), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (mapped == MAP_FAILED) return Error{Errc::out_of_memory};
    memory.base_ = static_cast<u8*>(mapped);
    memory.size_ = code.size();
    std::memcpy(mapped, code.data(), code.size());
    if (::mprotect(mapped, code.size(), PROT_READ | PROT_EXEC) != 0)
        return Error{Errc::out_of_memory};
    __builtin___clear_cache(static_cast<char*>(mapped), static_cast<char*>(mapped) + code.size());
    return memory;
}

result<> CodeMemory::guard(FaultLanding landing, const void* context) noexcept {
    TRY(guard_, GuardedCode::create(base_, size_, landing, context));
    return success();
}

} // namespace lockstep::compiler

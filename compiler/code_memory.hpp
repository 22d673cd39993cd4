// SPDX-License-Identifier: Apache-2.0
// Memory for generated code: written once, then executable; never writable and executable (W^X).
#pragma once

#include "vm/bytes.hpp"
#include "vm/guard_fault.hpp"
#include "vm/result.hpp"

namespace lockstep::compiler {

class CodeMemory {
public:
    CodeMemory() = default;
    CodeMemory(CodeMemory&& other) noexcept
        : base_(std::exchange(other.base_, nullptr)), size_(other.size_),
          guard_(std::move(other.guard_)) {}
    CodeMemory& operator=(CodeMemory&&) = delete;
    ~CodeMemory();

    /// Copies `code` to pages of its own. Errors: out_of_memory.
    [[nodiscard]] static result<CodeMemory> create(std::span<const u8> code) noexcept;
    /// Lets guard faults in the code be answered by `landing`. Errors: out_of_memory.
    [[nodiscard]] result<> guard(FaultLanding landing, const void* context) noexcept;

    [[nodiscard]] const u8* base() const noexcept { return base_; }

private:
    u8* base_ = nullptr;
    usize size_ = 0;
    GuardedCode guard_;
};

} // namespace lockstep::compiler

// SPDX-License-Identifier: Apache-2.0
// Validation and lowering of one function body in a single walk (spec 3.3, appendix "Validation
// Algorithm").
#pragma once

#include "vm/ir.hpp"
#include "vm/module.hpp"

#include <array>
#include <memory>

namespace lockstep {

/// Gas weight per operator, by Op.
using Weights = std::array<u32, wasm_op_count>;

/// Which marks a Draft gets. `regions` leaves out `before` and `before_backward`, except at the end
/// of a body: their weight goes on to the next mark. Enough for rules that charge ahead of a
/// region.
enum class Marks : u8 { all, regions };

/// Validates bodies of one module and lowers them. Not thread-safe; holds memory proportional to
/// the largest body seen. The module and the profile must outlive it.
class Lowering {
public:
    Lowering(const Module& module, const Profile& profile, const Weights& weights,
             Marks marks = Marks::all);
    Lowering(const Lowering&) = delete;
    Lowering& operator=(const Lowering&) = delete;
    ~Lowering();

    /// Validates the body of defined function `index` and fills `draft`. The Error is the first
    /// problem in byte order; with a `report`, disabled features are collected and the walk goes
    /// on. `with_offsets` also fills Draft::offsets. Linear in the body plus its declared locals
    /// and the operands its calls and branches move.
    [[nodiscard]] result<> lower(u32 index, ir::Draft& draft, Report* report = nullptr,
                                 bool with_offsets = false);

    /// What all bodies so far took, in deterministic steps, and the declared units among their
    /// causes: locals, and operands that blocks, branches, calls and returns take and give. Steps
    /// are linear in bytes and units; the fuzzers hold lowering to that.
    struct Work {
        u64 steps = 0;
        u64 units = 0;
    };
    [[nodiscard]] Work work() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace lockstep

// SPDX-License-Identifier: Apache-2.0
// The border to the host: functions that a guest imports, and what one call of them may see and do.
#pragma once

#include "vm/result.hpp"
#include "vm/types.hpp"

#include <functional>

namespace lockstep {

struct Activation;
struct Context;
struct Func;
enum class TrapsMode : u8;

/// How a host function ended. After `trap`, the Activation holds the trap; after `fault`, the
/// Fault.
enum class HostStatus : u8 { ok, trap, fault, suspend /* reserved */ };

/// One call of a host function. Valid only during the call. The arguments stand in slots()[0...];
/// the function writes its results to slots()[0...] before it returns ok (i32 and f32 with a zero
/// upper half). It runs with the guest's floating-point mode: round to nearest, subnormals kept.
class HostCall {
public:
    HostCall(Activation& activation, Context& caller, Slot* slots, Slot* free_slots,
             TrapsMode traps) noexcept
        : activation_(activation), caller_(caller), slots_(slots), free_slots_(free_slots),
          traps_(traps) {}

    [[nodiscard]] Slot* slots() const noexcept { return slots_; }
    [[nodiscard]] u32 arg_i32(u32 index) const noexcept { return static_cast<u32>(slots_[index]); }
    [[nodiscard]] u64 arg_i64(u32 index) const noexcept { return slots_[index]; }
    void return_i32(u32 value) noexcept { slots_[0] = value; }
    void return_i64(u64 value) noexcept { slots_[0] = value; }

    /// CallOptions::user of the outermost call: the state of this call for functions that many
    /// Stores share.
    [[nodiscard]] void* user() const noexcept;

    /// Memory 0 of the calling instance; empty if it has none. Invalid after anything that runs
    /// guest code.
    [[nodiscard]] std::span<u8> memory() const noexcept;

    [[nodiscard]] u64 gas_left() const noexcept;
    /// Takes `amount` of gas; false, and nothing left, if there is less: then end with
    /// trap(Trap::host_out_of_gas).
    [[nodiscard]] bool charge(u64 amount) noexcept;
    /// Sets what is left, as the CosmWasm host does after external costs.
    void set_gas_left(u64 amount) noexcept;

    /// Ends the guest with `trap` (host_error, host_out_of_gas, ...).
    HostStatus trap(Trap trap) noexcept;
    HostStatus fault(Error error) noexcept;

    /// Calls back into the guest; gas, frames and slots go on counting, and while it runs this
    /// function's arguments or results, whichever are more, count as slots. `args` and results as
    /// slots, as many as the function has. When the guest trapped or a Fault happened, the status
    /// says so and this host function must return it; if it returns ok the outcome is the same.
    [[nodiscard]] HostStatus call_guest(const Func& function, std::span<const Slot> args,
                                        std::span<Slot> results) noexcept;

    [[nodiscard]] Context& caller() const noexcept { return caller_; }
    [[nodiscard]] Activation& activation() const noexcept { return activation_; }

private:
    Activation& activation_;
    Context& caller_;
    Slot* slots_;
    Slot* free_slots_; ///< behind the arguments and results: nothing above it is in use
    TrapsMode traps_;
};

/// A function of the host. `call` runs on the thread of the guest; an exception out of it becomes a
/// Fault.
struct HostFunction {
    FuncType type;
    std::function<HostStatus(HostCall&)> call;
    /// Promises that `call` leaves the floating-point mode as it found it, which saves the look
    /// afterwards (about 3 ns).
    bool keeps_float_mode = false;
};

} // namespace lockstep

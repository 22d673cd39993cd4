// SPDX-License-Identifier: Apache-2.0
// What running code sees. An Activation belongs to one outermost call and is shared by every
// instance it reaches; a Context belongs to one instance. Compiled code will address both by
// offset, so they are plain structs.
#pragma once

#include "vm/host.hpp"
#include "vm/ir.hpp"
#include "vm/memory.hpp"

#include <atomic>

namespace lockstep {

class Instance;

/// What a funcref points to.
struct Func {
    const ir::Function* code = nullptr; ///< null for a host function
    const HostFunction* host = nullptr;
    Context* context = nullptr; ///< of the defining instance; null for a host function
    u32 signature = 0;          ///< number of its type in the Store
    u16 params = 0;
    u16 results = 0;
    const void* native = nullptr; ///< entry of its native code, if it has any
};

struct MemoryView {
    u8* base = nullptr;
    u64 size = 0; ///< bytes
};

struct Table {
    TableType type;
    std::vector<Slot> elements; ///< funcref: const Func*; externref: the host's number; 0 is null
};

struct Global {
    GlobalType type;
    Slot value = 0;
};

/// Without initial values: every call has a copy, which is written before it is read.
struct Context {
    MemoryView* memory0; ///< never null: an instance without memory points to an empty view
    const ir::Record* records;
    const ir::Function* functions; ///< the defined ones
    const Func* funcs;             ///< all, imports first
    Global* const* globals;
    Table* const* tables;
    const u32* signatures; ///< per type of the module: number in the Store
    Instance* instance;
};

/// Where a return goes on.
struct FrameRecord {
    const ir::Record* return_to;
    Slot* base;
    const ir::Record* body; ///< of the caller; branch targets count from it
    Context* context;
    u32 cost; ///< slots of the returning function
};

struct NativeRuntime;

struct Activation {
    i64 gas = 0; ///< counter of running code: at most one slice of what is left; negative = look at
                 ///< reserve
    u32 slots_left = 0;
    u32 frames_left = 0; ///< while native code runs: as of its last entry, see native_limit

    // For native code (vm/native.hpp), which addresses them by offset.
    u8* native_limit = nullptr;       ///< frames must not go below it: it stands for max_frames
    const Context* context = nullptr; ///< of the running instance
    Context here;                     ///< a copy of it
    FrameRecord* next_frame = nullptr;
    u8* native_sp = nullptr; ///< where native frames go on; null: this call runs no native code
    u8* host_sp = nullptr;   ///< stack pointer of the C++ frame that entered native code
    const NativeRuntime* native_runtime = nullptr;
    const u8* trap_pc = nullptr; ///< where native code trapped

    u64 gas_reserve = 0; ///< the rest
    u64 gas_slice = u64{1} << 62;
    const std::atomic<bool>* cancel = nullptr;
    const ir::Record* trap_record = nullptr; ///< where the guest trapped, if it did in its own code
    Context* trap_context = nullptr;
    Trap trap = Trap::none;
    bool faulted = false;
    Error fault{};
    u32 host_depth = 0;
    u32 max_host_depth = 0;
    void* user = nullptr; ///< CallOptions::user

    void set_gas(u64 left) noexcept {
        const u64 now = left < gas_slice ? left : gas_slice;
        gas = static_cast<i64>(now);
        gas_reserve = left - now;
    }
    /// What is left; 0 if more was charged than there was.
    [[nodiscard]] u64 gas_left() const noexcept {
        if (gas >= 0) return static_cast<u64>(gas) + gas_reserve;
        const u64 debt = 0 - static_cast<u64>(gas);
        return gas_reserve >= debt ? gas_reserve - debt : 0;
    }
    [[nodiscard]] bool in_debt() const noexcept {
        return gas < 0 && gas_reserve < 0 - static_cast<u64>(gas);
    }
    /// Slow path of a checked charge: refills the counter. False if the gas is out or the call was
    /// cancelled (a Fault, already recorded).
    [[nodiscard]] bool refill() noexcept;
};

} // namespace lockstep

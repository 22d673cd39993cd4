// SPDX-License-Identifier: Apache-2.0
// Stores, instances and calls (spec 4.5). A Store owns instances, memories, tables, globals and
// host functions and releases them together; it is single-threaded, while Executables are shared
// between threads.
#pragma once

#include "vm/context.hpp"
#include "vm/executable.hpp"
#include "vm/memory.hpp"
#include "vm/siphash.hpp"

#include <list>
#include <variant>

namespace lockstep {

/// Something that can be imported or exported, owned by its Store; or, as an import only, a
/// function of the host that no Store owns and that must outlive it. The latter costs a Store
/// nothing, so many calls can share a list of them.
using Extern = std::variant<const Func*, Table*, struct Memory*, Global*, const HostFunction*>;
[[nodiscard]] ExternKind kind_of(const Extern& external) noexcept;

/// A memory of a Store. `view` is what running code sees and follows every growth.
struct Memory {
    LinearMemory linear;
    MemoryView view;
    Limits declared;
    [[nodiscard]] result<std::optional<u32>> grow(u32 delta) noexcept;
};

struct CallOptions {
    u64 gas_limit = 0;
    /// Set by another thread to end the call with the fault `interrupted`; looked at every few
    /// million gas.
    const std::atomic<bool>* cancel = nullptr;
    void* user = nullptr; ///< what HostCall::user() gives
};

/// A function type that lies elsewhere.
struct FuncTypeView {
    std::span<const ValType> params;
    std::span<const ValType> results;
};

/// How a call ended: with values, or with a trap. `gas_used` is the whole limit after out of gas.
struct Outcome {
    Trap trap = Trap::none;
    std::vector<Value> values;
    u64 gas_used = 0;
    u32 trap_function = Error::no_index; ///< where the guest trapped, for people
    u32 trap_record = Error::no_index;   ///< record inside that function's code
};

class Store;

class Instance {
public:
    [[nodiscard]] const Module& module() const noexcept { return executable_->module; }
    [[nodiscard]] const Executable& executable() const noexcept { return *executable_; }
    /// The export of that name, or nothing.
    [[nodiscard]] std::optional<Extern> find_export(std::string_view name) const;
    /// An exported function, or nothing.
    [[nodiscard]] const Func* find_function(std::string_view name) const;
    [[nodiscard]] Memory* memory(u32 index = 0) const noexcept {
        return index < memories_.size() ? memories_[index] : nullptr;
    }
    [[nodiscard]] std::span<Global* const> globals() const noexcept { return globals_; }
    [[nodiscard]] const Func& function(u32 index) const noexcept;
    /// Whether it ran out of gas or met a Fault: then Store::call refuses its functions.
    [[nodiscard]] bool poisoned() const noexcept { return poisoned_; }
    [[nodiscard]] Context& context() noexcept { return context_; }
    [[nodiscard]] Store& store() const noexcept { return *store_; }

private:
    friend class Store;
    friend class Instantiation;
    friend struct Runtime;

    std::shared_ptr<const Executable> executable_;
    Store* store_ = nullptr;
    Context context_{};
    MemoryView no_memory_;
    /// All, imports first. Most functions are never referred to, so a defined one is written when
    /// function() is asked for it; whatever ref.func may name has been written before code runs.
    mutable Buffer<Func> funcs_;
    std::vector<Table*> tables_;
    std::vector<Memory*> memories_;
    std::vector<Global*> globals_;
    std::vector<Table> own_tables_; ///< this and the next two never grow after instantiation
    std::vector<Memory> own_memories_;
    std::vector<Global> own_globals_;
    std::vector<u32> signatures_;
    std::vector<std::vector<Slot>>
        passive_elements_;           ///< per segment, until dropped; none if no segment is passive
    std::vector<bool> passive_data_; ///< per segment: still there; none if no segment is passive
    bool poisoned_ = false;
};

/// What became of an instantiation that linked: `trap` is set when a segment or the start function
/// trapped; the instance then stays in the Store, because tables of other instances may refer to it
/// (spec 4.5.4).
struct Instantiated {
    Instance* instance = nullptr;
    Trap trap = Trap::none;
    u64 gas_used = 0;
};

class Store {
public:
    /// `traps` holds for every memory of the Store. Limits of frames and slots come from the first
    /// executable.
    explicit Store(TrapsMode traps = TrapsMode::explicit_checks,
                   MemoryPool& pool = default_memory_pool());
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    ~Store();

    [[nodiscard]] TrapsMode traps() const noexcept { return traps_; }

    /// Errors of the next four: out_of_memory; add_memory also memory_too_large.
    [[nodiscard]] result<const Func*> add_function(HostFunction function) noexcept;
    [[nodiscard]] result<Memory*> add_memory(Limits limits) noexcept;
    [[nodiscard]] result<Table*> add_table(TableType type) noexcept;
    [[nodiscard]] result<Global*> add_global(GlobalType type, Value value) noexcept;

    /// Links `imports` in the module's order, initialises memories and tables, and runs the start
    /// function within options.gas_limit. A null pointer among the imports is one that the host
    /// does not have. Errors: unknown_import, incompatible_import_type (`index` is the import's),
    /// memory_too_large, faults.
    [[nodiscard]] result<Instantiated> instantiate(std::shared_ptr<const Executable> executable,
                                                   std::span<const Extern> imports,
                                                   const CallOptions& options) noexcept;

    /// Calls a function of this Store from the outside, never from within a call: host functions
    /// use HostCall::call_guest. Errors: argument_mismatch, instance_poisoned, faults; a trap is a
    /// value of the Outcome. After out of gas or a fault the instance is poisoned.
    [[nodiscard]] result<Outcome> call(const Func& function, std::span<const Value> args,
                                       const CallOptions& options) noexcept;

    /// The type of a function of this Store. Valid as long as the Store.
    [[nodiscard]] FuncTypeView type_of(const Func& function) const noexcept;

private:
    friend class Instantiation;
    struct Stack;
    struct OwnFunction {
        HostFunction host;
        Func func;
    };

    [[nodiscard]] result<Outcome> run(const Func& function, std::span<const Value> args,
                                      const CallOptions& options);
    [[nodiscard]] result<Memory> new_memory(Limits limits, u32 max_pages) const;
    void set_limits(const Executable& executable) noexcept;

    // Numbers of function types: equal types have equal numbers. The first module's own numbers are
    // adopted as they are; a table of types is made only when there are others.
    void adopt(const std::shared_ptr<const Executable>& executable);
    [[nodiscard]] u32 signature(FuncTypeView type);
    [[nodiscard]] FuncTypeView signature_type(u32 signature) const noexcept;
    [[nodiscard]] u32 adopted_count() const noexcept {
        return adopted_ == nullptr ? 0 : static_cast<u32>(adopted_->module.types.size());
    }

    TrapsMode traps_;
    MemoryPool& pool_;
    std::list<OwnFunction> functions_;
    std::list<Memory> memories_;
    std::list<Table> tables_;
    std::list<Global> globals_;
    std::list<Instance> instances_;
    std::shared_ptr<const Executable> adopted_;
    std::vector<FuncType> more_types_; ///< numbered on from adopted_count()
    IndexTable type_index_;
    bool adopted_indexed_ = false;
    MemoryView no_memory_;
    Context host_context_{}; ///< the caller of a host function that is called from the outside
    Stack* stack_ = nullptr;
    u32 max_frames_ = 0;
    u32 max_slots_ = 0;
    u32 max_nesting_ = 0;
    bool gas_reported_ = true;
    bool running_ = false;
};

} // namespace lockstep

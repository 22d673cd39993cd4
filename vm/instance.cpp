// SPDX-License-Identifier: Apache-2.0
// Stores and outermost calls. A call runs on a guest stack (slots and frame records, committed by
// the system as they are touched) that comes from a pool of the process, so it costs no mmap; the
// host's floating-point mode is saved around it. Nothing is thrown out of here: what the library
// throws for want of memory becomes a Fault.
#include "vm/instance.hpp"

#include "vm/guard_fault.hpp"
#include "vm/guarded.hpp"
#include "vm/runtime.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <mutex>
#include <new>
#include <stdexcept>

#include <sys/mman.h>

namespace lockstep {

/// The guest stack of a Store.
struct Store::Stack {
    // Beyond the slots that calls are counted against: arguments are written before the callee's
    // frame is counted, and those of a host function called from the outside are not counted.
    static constexpr u32 slack_slots = 2 * 0x1'0000;
    static constexpr u32 slack_frames = 16;
    static constexpr usize native_slack =
        NativeAbi::slack_bytes + 1024 * usize{NativeAbi::nesting_bytes};

    Slot* slots = nullptr;
    FrameRecord* frames = nullptr;
    u32 max_slots = 0;
    u32 max_frames = 0;

    [[nodiscard]] static usize bytes(u32 slots, u32 frames) noexcept {
        return (usize{slots} + slack_slots) * sizeof(Slot) +
               (usize{frames} + slack_frames) * (sizeof(FrameRecord) + NativeAbi::frame_bytes) +
               native_slack;
    }
    /// Native frames grow down from the end.
    [[nodiscard]] u8* native_top() const noexcept {
        const u64 end = reinterpret_cast<u64>(slots) + bytes(max_slots, max_frames);
        return reinterpret_cast<u8*>(end & ~u64{15});
    }
    Stack() = default;
    Stack(const Stack&) = delete;
    Stack& operator=(const Stack&) = delete;
    ~Stack();

    class Pool;
    static Pool& pool() noexcept;
    [[nodiscard]] static result<std::unique_ptr<Stack>> map(u32 slots, u32 frames) noexcept;
};

namespace {

/// With a cancel flag the counter is refilled, and the flag looked at, this often.
constexpr u64 cancel_slice = 5'000'000;

/// As memory.cpp does: counts a system call and tells whether a test wants it to fail.
bool call_fails() noexcept {
    MemoryTestHooks& hooks = memory_test_hooks();
    hooks.calls_made.fetch_add(1, std::memory_order_relaxed);
    u64 left = hooks.fail_call.load(std::memory_order_relaxed);
    while (left != 0 && !hooks.fail_call.compare_exchange_weak(left, left - 1)) {
    }
    if (left == 1) errno = ENOMEM;
    return left == 1;
}

/// What a thread needs before it runs guarded accesses.
result<> prepare_thread(TrapsMode traps) noexcept {
    if (traps != TrapsMode::signals) return success();
    thread_local bool ready = false;
    if (ready) return success();
    TRY(ensure_alternate_stack());
    ready = true;
    return success();
}

/// The guest's floating-point mode, and the host's again afterwards. Nothing inside leaves another
/// mode than the guest's, and looking costs less than setting. Sticky flags are nobody's.
class FloatModeScope {
public:
    FloatModeScope() noexcept : saved_(FloatMode::get()) { FloatMode::ensure_guest(); }
    FloatModeScope(const FloatModeScope&) = delete;
    FloatModeScope& operator=(const FloatModeScope&) = delete;
    ~FloatModeScope() {
        if (((saved_ ^ FloatMode::guest) & FloatMode::mask) != 0) [[unlikely]]
            FloatMode::set(saved_);
    }

private:
    u64 saved_;
};

Slot to_slot(Value value, ValType type) noexcept {
    return type == ValType::i32 || type == ValType::f32 ? value.i32() : value.bits;
}

/// Fills in where the guest trapped.
void locate(const Activation& activation, Outcome& outcome) noexcept {
    if (activation.trap_context == nullptr || activation.trap_record == nullptr) return;
    const Instance* instance = activation.trap_context->instance;
    if (instance == nullptr) return;
    const Executable& executable = instance->executable();
    const ir::Code& code = executable.code;
    const std::less<const ir::Record*> before;
    if (before(activation.trap_record, code.records.begin()) ||
        !before(activation.trap_record, code.records.end()))
        return;
    const u32 at = narrow<u32>(activation.trap_record - code.records.begin());
    const ir::Function* after = std::upper_bound(
        code.functions.begin(), code.functions.end(), at,
        [](u32 record, const ir::Function& function) { return record < function.begin; });
    if (after == code.functions.begin()) return;
    const u32 index = narrow<u32>(after - code.functions.begin()) - 1;
    outcome.trap_function = executable.module.imported_functions + index;
    outcome.trap_record = at - code.functions[index].begin;
}

} // namespace

// ---- the guest stack ----

Store::Stack::~Stack() {
    if (slots != nullptr && !call_fails())
        (void)memory_test_hooks().calls.munmap(slots, bytes(max_slots, max_frames));
}

result<std::unique_ptr<Store::Stack>> Store::Stack::map(u32 slots, u32 frames) noexcept {
    std::unique_ptr<Stack> stack{new (std::nothrow) Stack};
    if (stack == nullptr || call_fails()) return Error{Errc::out_of_memory};
    void* base =
        memory_test_hooks().calls.mmap(nullptr, bytes(slots, frames), PROT_READ | PROT_WRITE,
                                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) return Error{Errc::out_of_memory};
    stack->slots = static_cast<Slot*>(base);
    stack->frames = reinterpret_cast<FrameRecord*>(stack->slots + usize{slots} + slack_slots);
    stack->max_slots = slots;
    stack->max_frames = frames;
    return stack;
}

/// Idle stacks of the process. What earlier calls left in them is never read: validated code
/// writes a slot before it reads it.
class Store::Stack::Pool {
public:
    result<Stack*> acquire(u32 slots, u32 frames) noexcept {
        {
            const std::lock_guard lock{mutex_};
            for (u32 i = count_; i > 0; --i) {
                std::unique_ptr<Stack>& idle = idle_[i - 1];
                if (idle->max_slots != slots || idle->max_frames != frames) continue;
                Stack* found = idle.release();
                idle = std::move(idle_[--count_]);
                return found;
            }
        }
        TRY(std::unique_ptr<Stack> made, map(slots, frames));
        return made.release();
    }
    void release(Stack* stack) noexcept {
        std::unique_ptr<Stack> victim{stack}; // unmapped without the lock
        const std::lock_guard lock{mutex_};
        if (count_ < idle_.size()) {
            idle_[count_++] = std::move(victim);
        } else {
            // The one that was kept longest goes, so that sizes nobody asks for do not stay.
            std::rotate(idle_.begin(), idle_.begin() + 1, idle_.end());
            std::swap(idle_.back(), victim);
        }
    }

private:
    std::mutex mutex_;
    std::array<std::unique_ptr<Stack>, 16> idle_;
    u32 count_ = 0;
};

Store::Stack::Pool& Store::Stack::pool() noexcept {
    static Pool pool;
    return pool;
}

// ---- the Store and what the host makes in it ----

Store::Store(TrapsMode traps, MemoryPool& pool) : traps_(traps), pool_(pool) {
    host_context_.memory0 = &no_memory_;
}

Store::~Store() {
    if (stack_ != nullptr) Stack::pool().release(stack_);
}

void Store::set_limits(const Executable& executable) noexcept {
    max_frames_ = executable.max_frames;
    max_slots_ = executable.max_slots;
    max_nesting_ = executable.max_nesting;
    gas_reported_ = executable.gas_reported;
    if (stack_ != nullptr) Stack::pool().release(std::exchange(stack_, nullptr));
}

result<const Func*> Store::add_function(HostFunction function) noexcept {
    return guarded([&]() -> result<const Func*> {
        const FuncType& type = function.type;
        if (type.params.size() > 0xffff || type.results.size() > 0xffff)
            return Error{Errc::bad_argument};
        Func func;
        func.signature = signature({type.params, type.results});
        func.params = narrow<u16>(type.params.size());
        func.results = narrow<u16>(type.results.size());
        OwnFunction& own = functions_.emplace_back(OwnFunction{std::move(function), func});
        own.func.host = &own.host;
        return &own.func;
    });
}

result<Memory> Store::new_memory(Limits limits, u32 max_pages) const {
    if (traps_ == TrapsMode::signals) {
        static const bool installed = install_guard_fault_handler().has_value();
        if (!installed) return Error{Errc::out_of_memory};
    }
    if (limits.has_max) max_pages = std::min(max_pages, limits.max);
    if (limits.min > max_pages) return Error{Errc::memory_too_large};
    TRY(LinearMemory linear, LinearMemory::create(limits.min, max_pages, traps_, pool_));
    const MemoryView view{linear.base(), linear.size_bytes()};
    return Memory{std::move(linear), view, limits};
}

result<Memory*> Store::add_memory(Limits limits) noexcept {
    return guarded([&]() -> result<Memory*> {
        TRY(Memory memory, new_memory(limits, max_memory_pages));
        return &memories_.emplace_back(std::move(memory));
    });
}

result<Table*> Store::add_table(TableType type) noexcept {
    return guarded([&]() -> result<Table*> {
        return &tables_.emplace_back(Table{type, std::vector<Slot>(type.limits.min)});
    });
}

result<Global*> Store::add_global(GlobalType type, Value value) noexcept {
    return guarded([&]() -> result<Global*> {
        return &globals_.emplace_back(Global{type, to_slot(value, type.type)});
    });
}

result<std::optional<u32>> Memory::grow(u32 delta) noexcept {
    result<std::optional<u32>> former = linear.grow(delta);
    view = {linear.base(), linear.size_bytes()};
    return former;
}

ExternKind kind_of(const Extern& external) noexcept {
    constexpr ExternKind kinds[] = {ExternKind::function, ExternKind::table, ExternKind::memory,
                                    ExternKind::global, ExternKind::function};
    static_assert(std::size(kinds) == std::variant_size_v<Extern>);
    return kinds[external.index()];
}

// ---- numbers of function types ----

void Store::adopt(const std::shared_ptr<const Executable>& executable) {
    if (adopted_ == nullptr && more_types_.empty()) adopted_ = executable;
}

FuncTypeView Store::signature_type(u32 signature) const noexcept {
    const u32 adopted = adopted_count();
    if (signature < adopted)
        return {adopted_->module.params(signature), adopted_->module.results(signature)};
    const FuncType& type = more_types_[signature - adopted];
    return {type.params, type.results};
}

u32 Store::signature(FuncTypeView type) {
    const auto hash = [](FuncTypeView of) {
        const SipKey key = process_sip_key();
        const auto bytes = [](std::span<const ValType> types) {
            return bytes_view(reinterpret_cast<const u8*>(types.data()), types.size());
        };
        return siphash13(key, bytes(of.params)) ^ std::rotl(siphash13(key, bytes(of.results)), 32);
    };
    if (!adopted_indexed_) {
        for (u32 i = 0; i < adopted_count(); ++i)
            if (adopted_->module.types[i].canonical == i)
                (void)type_index_.find_or_add(hash(signature_type(i)), i,
                                              [](u32) { return false; });
        adopted_indexed_ = true;
    }
    FuncType copy{{type.params.begin(), type.params.end()},
                  {type.results.begin(), type.results.end()}};
    more_types_.reserve(more_types_.size() + 1); // so that nothing fails between index and list
    const u32 next = adopted_count() + narrow<u32>(more_types_.size());
    const u32 number = type_index_.find_or_add(hash(type), next, [&](u32 other) {
        const FuncTypeView found = signature_type(other);
        return std::ranges::equal(found.params, copy.params) &&
               std::ranges::equal(found.results, copy.results);
    });
    if (number == next) more_types_.push_back(std::move(copy));
    return number;
}

FuncTypeView Store::type_of(const Func& function) const noexcept {
    if (function.host != nullptr) return {function.host->type.params, function.host->type.results};
    return signature_type(function.signature);
}

// ---- instances ----

const Func& Instance::function(u32 index) const noexcept {
    Func& func = funcs_[index];
    const Module& of = module();
    if (index >= of.imported_functions) {
        const TypeEntry& type = of.types[of.functions[index]];
        func.code = context_.functions + (index - of.imported_functions);
        func.host = nullptr;
        func.context = const_cast<Context*>(&context_);
        func.signature = signatures_[of.functions[index]];
        func.params = type.param_count;
        func.results = type.result_count;
        const NativeCode* native = executable_->native.get();
        func.native = native != nullptr && native->suits(store_->traps())
                          ? native->base + native->entries[index - of.imported_functions]
                          : nullptr;
    }
    return func;
}

std::optional<Extern> Instance::find_export(std::string_view name) const {
    const Module& of = module();
    for (const Export& entry : of.exports) {
        if (of.text(entry.name) != name) continue;
        switch (entry.kind) {
        case ExternKind::function: return &function(entry.index);
        case ExternKind::table: return tables_[entry.index];
        case ExternKind::memory: return memories_[entry.index];
        case ExternKind::global: return globals_[entry.index];
        }
    }
    return std::nullopt;
}

const Func* Instance::find_function(std::string_view name) const {
    const std::optional<Extern> found = find_export(name);
    if (!found || !std::holds_alternative<const Func*>(*found)) return nullptr;
    return std::get<const Func*>(*found);
}

// ---- calls ----

result<Outcome> Store::call(const Func& function, std::span<const Value> args,
                            const CallOptions& options) noexcept {
    return guarded([&] { return run(function, args, options); });
}

result<Outcome> Store::run(const Func& function, std::span<const Value> args,
                           const CallOptions& options) {
    assert(!running_ && "a host function calls back through HostCall::call_guest");
    Instance* const instance = function.context == nullptr ? nullptr : function.context->instance;
    if (instance != nullptr && instance->poisoned_) return Error{Errc::instance_poisoned};
    if (args.size() != function.params) return Error{Errc::argument_mismatch};
    TRY(prepare_thread(traps_));
    if (stack_ == nullptr) {
        TRY(stack_, Stack::pool().acquire(max_slots_, max_frames_));
    }
    Outcome outcome;
    outcome.values.resize(function.results); // memory for them is found before the guest runs

    Activation activation;
    if (options.cancel != nullptr) activation.gas_slice = cancel_slice;
    activation.set_gas(options.gas_limit);
    activation.frames_left = max_frames_;
    activation.slots_left = max_slots_;
    activation.next_frame = stack_->frames;
    activation.native_sp = stack_->native_top();
    activation.cancel = options.cancel;
    activation.max_host_depth = max_nesting_;
    activation.user = options.user;
    Slot* const window = stack_->slots;
    const FuncTypeView type = type_of(function);
    for (usize i = 0; i < args.size(); ++i)
        window[i] = to_slot(args[i], type.params[i]);

    running_ = true;
    {
        const FloatModeScope scope;
        outcome.trap = function.host != nullptr
                           ? Runtime::call_host(activation, host_context_, function, window, traps_)
                           : execute(activation, function, window, traps_);
    }
    running_ = false;

    // The last charges of a call are not always tested, so debt can also come to light here.
    if (activation.in_debt()) outcome.trap = Trap::out_of_gas;
    if (activation.faulted || outcome.trap == Trap::out_of_gas) {
        if (instance != nullptr) instance->poisoned_ = true;
        if (activation.trap_context != nullptr && activation.trap_context->instance != nullptr)
            activation.trap_context->instance->poisoned_ = true;
    }
    if (activation.faulted) return activation.fault;
    if (gas_reported_) {
        const u64 left = activation.gas_left();
        outcome.gas_used = outcome.trap == Trap::out_of_gas ? options.gas_limit
                           : left < options.gas_limit       ? options.gas_limit - left
                                                            : 0;
    }
    if (outcome.trap != Trap::none) {
        outcome.values.clear();
        locate(activation, outcome);
        return outcome;
    }
    for (usize i = 0; i < outcome.values.size(); ++i)
        outcome.values[i].bits = window[i];
    return outcome;
}

} // namespace lockstep

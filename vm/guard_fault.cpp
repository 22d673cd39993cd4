// SPDX-License-Identifier: Apache-2.0
// The signal handler behind guarded accesses, and the tables it reads. Readers are lock-free: an
// entry counts while its `end` is not 0, and a reader that sees `end` change looks away. Adding
// takes a mutex.
#include "vm/guard_fault.hpp"

#include <array>
#include <atomic>
#include <mutex>

#include <cerrno>
#include <csignal>
#include <sys/mman.h>
#include <ucontext.h>

namespace lockstep {

struct GuardSlot::Entry {
    std::atomic<u64> begin{0};
    std::atomic<u64> end{0};
    std::atomic<FaultLanding> landing{nullptr};
    std::atomic<const void*> context{nullptr};
};

/// A note of an accessor; both are distances from the fields themselves.
struct GuardFixup {
    i32 pc;
    i32 target;
};

// Defined by the linker; absent if no accessor is in this binary.
extern const GuardFixup guard_fixups_begin[] asm("__start_lockstep_fixups")
    __attribute__((weak, visibility("hidden")));
extern const GuardFixup guard_fixups_end[] asm("__stop_lockstep_fixups")
    __attribute__((weak, visibility("hidden")));

namespace {

static_assert(std::atomic<u64>::is_always_lock_free);
static_assert(std::atomic<FaultLanding>::is_always_lock_free);

constexpr Error out_of_memory{Errc::out_of_memory};

u64 address_of(const void* pointer) noexcept { return reinterpret_cast<u64>(pointer); }

/// A snapshot of an entry.
struct Range {
    u64 begin = 0;
    u64 end = 0;
    FaultLanding landing = nullptr;
    const void* context = nullptr;
};

class RangeTable {
public:
    /// Null when the table is full.
    GuardSlot::Entry* add(const Range& range) noexcept {
        const std::lock_guard lock{mutex_};
        for (usize i = 0; i < entries_.size(); ++i) {
            GuardSlot::Entry& entry = entries_[i];
            if (entry.end != 0) continue;
            entry.begin = range.begin;
            entry.landing = range.landing;
            entry.context = range.context;
            entry.end = range.end;
            if (i >= used_) used_ = i + 1;
            return &entry;
        }
        return nullptr;
    }

    /// Async-signal-safe.
    Range find(u64 address) const noexcept {
        const usize used = used_;
        for (usize i = 0; i < used; ++i) {
            const GuardSlot::Entry& entry = entries_[i];
            const u64 end = entry.end;
            const Range range{entry.begin, end, entry.landing, entry.context};
            if (address >= range.begin && address < end && entry.end == end) return range;
        }
        return {};
    }

private:
    std::mutex mutex_;
    std::atomic<usize> used_{0};
    std::array<GuardSlot::Entry, 4096> entries_;
};

// Ready before any constructor runs.
constinit RangeTable regions;
constinit RangeTable codes;

/// Where to go on after a fault at `pc`; 0 if that is not one of our memory accesses.
u64 landing_of(u64 pc, bool& generated) noexcept {
    for (const GuardFixup* fixup = guard_fixups_begin; fixup != guard_fixups_end; ++fixup)
        if (address_of(&fixup->pc) + static_cast<u64>(i64{fixup->pc}) == pc)
            return address_of(&fixup->target) + static_cast<u64>(i64{fixup->target});
    const Range code = codes.find(pc);
    if (code.landing == nullptr) return 0;
    generated = true;
    return address_of(code.landing(code.context, reinterpret_cast<const void*>(pc)));
}

u64 pc_of(const ucontext_t& context) noexcept {
#if defined(__x86_64__)
    return static_cast<u64>(context.uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
    return context.uc_mcontext.pc;
#else
    (void)context;
    return 0;
#endif
}

void set_pc(ucontext_t& context, u64 pc) noexcept {
#if defined(__x86_64__)
    context.uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(pc);
#elif defined(__aarch64__)
    context.uc_mcontext.pc = pc;
#else
    (void)context;
    (void)pc;
#endif
}

/// Tells generated code where it was.
void set_scratch(ucontext_t& context, u64 pc) noexcept {
#if defined(__x86_64__)
    context.uc_mcontext.gregs[REG_RCX] = static_cast<greg_t>(pc);
#elif defined(__aarch64__)
    context.uc_mcontext.regs[16] = pc;
#else
    (void)context;
    (void)pc;
#endif
}

/// Whether the kernel reports that a page has no such access. Damaged memory, protection keys,
/// tags, wild addresses and signals sent by a process are none of that.
bool is_access_fault(int signal, int code) noexcept {
    if (signal == SIGSEGV) return code == SEGV_MAPERR || code == SEGV_ACCERR;
    return code == BUS_ADRERR;
}

/// The handlers that were there before, set before ours is.
struct Previous {
    struct sigaction action;
    std::atomic<bool> spent; // SA_RESETHAND: it was called once
};
Previous previous_segv;
Previous previous_bus;

/// Does what the system would have done if our handler were not there.
void forward(int signal, siginfo_t* info, void* context) noexcept {
    Previous& previous = signal == SIGSEGV ? previous_segv : previous_bus;
    const struct sigaction& action = previous.action;
    const auto flags = static_cast<unsigned>(action.sa_flags);
    const bool siginfo = (flags & SA_SIGINFO) != 0;
    // A signal that a process sent does not come again after the return.
    const bool sent = info->si_code <= 0;
    if (!siginfo && action.sa_handler == SIG_IGN && sent) return;
    const bool spent =
        (flags & static_cast<unsigned>(SA_RESETHAND)) != 0 && previous.spent.exchange(true);
    if (spent || (!siginfo && (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN))) {
        // The kernel ends a process whose fault is ignored, too.
        struct sigaction none = {};
        none.sa_handler = SIG_DFL;
        (void)::sigaction(signal, &none, nullptr);
        if (sent) (void)::raise(signal);
        return;
    }
    sigset_t blocked = action.sa_mask;
    if ((flags & SA_NODEFER) == 0) (void)::sigaddset(&blocked, signal);
    sigset_t before;
    (void)::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    if (siginfo)
        action.sa_sigaction(signal, info, context);
    else
        action.sa_handler(signal);
    (void)::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void handle_fault(int signal, siginfo_t* info, void* raw_context) noexcept {
    const int saved_errno = errno;
    auto& context = *static_cast<ucontext_t*>(raw_context);
    u64 landing = 0;
    bool generated = false;
    const u64 pc = pc_of(context);
    if (is_access_fault(signal, info->si_code)) {
        landing = landing_of(pc, generated);
        if (landing != 0 && regions.find(address_of(info->si_addr)).end == 0) landing = 0;
    }
    if (landing != 0) {
        set_pc(context, landing);
        if (generated) set_scratch(context, pc);
    } else {
        forward(signal, info, raw_context);
    }
    errno = saved_errno;
}

bool install(int signal, Previous& previous) noexcept {
    // Read first: a fault may arrive as soon as ours is in place.
    if (::sigaction(signal, nullptr, &previous.action) != 0) return false;
    struct sigaction ours = {};
    ours.sa_sigaction = handle_fault;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    (void)::sigemptyset(&ours.sa_mask);
    return ::sigaction(signal, &ours, nullptr) == 0;
}

constexpr usize alternate_stack_bytes = usize{64} << 10;

class AlternateStack {
public:
    AlternateStack() = default;
    AlternateStack(const AlternateStack&) = delete;
    AlternateStack& operator=(const AlternateStack&) = delete;
    ~AlternateStack() {
        if (stack_ == nullptr) return;
        stack_t current = {};
        if (::sigaltstack(nullptr, &current) == 0 && current.ss_sp == stack_) {
            stack_t none = {};
            none.ss_flags = SS_DISABLE;
            (void)::sigaltstack(&none, nullptr);
        }
        (void)::munmap(stack_, alternate_stack_bytes);
    }

    bool install() noexcept {
        if (stack_ == nullptr) {
            void* const mapped = ::mmap(nullptr, alternate_stack_bytes, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
            if (mapped == MAP_FAILED) return false;
            stack_ = mapped;
        }
        stack_t ours = {};
        ours.ss_sp = stack_;
        ours.ss_size = alternate_stack_bytes;
        return ::sigaltstack(&ours, nullptr) == 0;
    }

private:
    void* stack_ = nullptr;
};

} // namespace

GuardSlot::~GuardSlot() {
    if (entry_ != nullptr) entry_->end = 0;
}

result<GuardedRegion> GuardedRegion::create(const void* begin, u64 size) noexcept {
    Entry* const entry = regions.add({address_of(begin), address_of(begin) + size});
    if (entry == nullptr) return out_of_memory;
    return GuardedRegion{entry};
}

result<GuardedCode> GuardedCode::create(const void* begin, u64 size, FaultLanding landing,
                                        const void* context) noexcept {
    Entry* const entry = codes.add({address_of(begin), address_of(begin) + size, landing, context});
    if (entry == nullptr) return out_of_memory;
    return GuardedCode{entry};
}

result<> install_guard_fault_handler() noexcept {
    if (!guard_faults_supported) return Error{Errc::bad_argument};
    static std::mutex mutex;
    static bool segv_installed = false;
    static bool bus_installed = false;
    const std::lock_guard lock{mutex};
    if (!segv_installed) segv_installed = install(SIGSEGV, previous_segv);
    if (!bus_installed) bus_installed = install(SIGBUS, previous_bus);
    if (!segv_installed || !bus_installed) return out_of_memory;
    return success();
}

result<> ensure_alternate_stack() noexcept {
    stack_t current = {};
    if (::sigaltstack(nullptr, &current) != 0) return out_of_memory;
    if ((current.ss_flags & SS_DISABLE) == 0) return success();
    static thread_local AlternateStack stack;
    if (!stack.install()) return out_of_memory;
    return success();
}

} // namespace lockstep

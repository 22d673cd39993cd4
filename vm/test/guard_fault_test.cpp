// SPDX-License-Identifier: Apache-2.0
// Guard faults: accesses out of bounds are answered exactly, on any thread and stack; faults that
// are not ours reach the handler that was there first, as if ours did not exist. The latter needs a
// process in which nothing is installed yet: such cases run this binary again with the name of a
// scenario in the environment.
#include "vm/guard_fault.hpp"

#include "vm/memory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lockstep;

#if LOCKSTEP_GUARD_FAULTS

// A piece of "generated code": loads a byte; the landing gives 1000.
extern "C" {
u64 guard_test_load(const u8* address);
extern const u8 guard_test_load_end[];
extern const u8 guard_test_landing[];
}
asm(".text\n"
    ".globl guard_test_load, guard_test_load_end, guard_test_landing\n"
    "guard_test_load:\n"
#if defined(__x86_64__)
    "  movzbl (%rdi), %eax\n"
    "  ret\n"
    "guard_test_load_end:\n"
    "guard_test_landing:\n"
    "  movl $1000, %eax\n"
#else
    "  ldrb w0, [x0]\n"
    "  ret\n"
    "guard_test_load_end:\n"
    "guard_test_landing:\n"
    "  mov w0, #1000\n"
#endif
    "  ret\n");

namespace {

LinearMemory make(u32 pages, MemoryPool& pool) {
    return LinearMemory::create(pages, 16, TrapsMode::signals, pool).value();
}

/// Installs the handler for a test case. doctest puts a handler of its own in place before each
/// test case and the one from before it afterwards, so ours must be put back.
void install_for_test() {
    REQUIRE(install_guard_fault_handler().has_value());
    static const struct sigaction ours = [] {
        struct sigaction current = {};
        ::sigaction(SIGSEGV, nullptr, &current);
        return current;
    }();
    REQUIRE(::sigaction(SIGSEGV, &ours, nullptr) == 0);
}

void get_ready() {
    install_for_test();
    REQUIRE(ensure_alternate_stack().has_value());
}

template <class T>
[[gnu::noinline]] bool load(const LinearMemory& memory, u64 address, T* out) {
    return guarded_load(memory.base(), address, out);
}
/// Only asks: gcc 12 once dropped a load whose value is not used.
template <class T>
[[gnu::noinline]] bool can_load(const LinearMemory& memory, u64 address) {
    T unused;
    return guarded_load(memory.base(), address, &unused);
}
template <class T>
[[gnu::noinline]] bool store(const LinearMemory& memory, u64 address, T value) {
    return guarded_store(memory.base(), address, value);
}

/// Loads and stores around and beyond the end; the number of wrong answers. The bytes of the memory
/// are those of `expected` before and after.
template <class T>
u32 wrong_answers(const LinearMemory& memory, std::vector<u8>& expected, std::mt19937_64& random) {
    u32 wrong = 0;
    const u64 size = memory.size_bytes();
    u64 address = 0;
    switch (random() % 4) {
    case 0: address = size + random() % (2 * u64{0xffff'ffff} + 8 - size); break;
    case 1: address = size - std::min(size, u64{12}) + random() % 24; break;
    case 2: address = 2 * u64{0xffff'ffff} + random() % 8; break;
    default: address = random() % (size + 1); break;
    }
    const bool inside = memory.contains(address, sizeof(T));
    const T poison = static_cast<T>(0x5a5a'5a5a'5a5a'5a5a);
    T value = poison;
    if (load(memory, address, &value) != inside) ++wrong;
    if (value != (inside ? load_le<T>(expected.data() + address) : poison)) ++wrong;
    value = static_cast<T>(random());
    if (store(memory, address, value) != inside) ++wrong;
    if (inside) store_le(expected.data() + address, value);
    if (size > 0 && std::memcmp(memory.base() + size - 16, expected.data() + size - 16, 16) != 0)
        ++wrong;
    return wrong;
}

u32 wrong_answers(const LinearMemory& memory, u32 rounds, u64 seed) {
    std::mt19937_64 random{seed};
    std::vector<u8> expected(static_cast<usize>(memory.size_bytes()));
    for (usize i = 0; i < expected.size(); ++i)
        memory.base()[i] = expected[i] = static_cast<u8>(random());
    u32 wrong = 0;
    for (u32 i = 0; i < rounds; ++i) {
        wrong += wrong_answers<u8>(memory, expected, random);
        wrong += wrong_answers<u16>(memory, expected, random);
        wrong += wrong_answers<u32>(memory, expected, random);
        wrong += wrong_answers<u64>(memory, expected, random);
    }
    if (!std::equal(expected.begin(), expected.end(), memory.base())) ++wrong;
    return wrong;
}

struct Landing {
    u64 calls = 0;
    u64 stack = 0;
    bool refuse = false;
};
const void* land(const void* context, const void* pc) noexcept {
    auto& landing = *const_cast<Landing*>(static_cast<const Landing*>(context));
    ++landing.calls;
    landing.stack = reinterpret_cast<u64>(__builtin_frame_address(0));
    return landing.refuse || pc != reinterpret_cast<const void*>(guard_test_load)
               ? nullptr
               : guard_test_landing;
}
GuardedCode test_code(Landing& landing) {
    const auto* const begin = reinterpret_cast<const u8*>(guard_test_load);
    return GuardedCode::create(begin, static_cast<u64>(guard_test_load_end - begin), land, &landing)
        .value();
}

} // namespace

TEST_CASE("guard fault: accesses out of bounds are answered and memory is exact") {
    get_ready();
    MemoryPool pool;
    for (const u32 pages : {1u, 0u, 2u}) {
        const LinearMemory memory = make(pages, pool);
        CHECK(wrong_answers(memory, 5'000, pages) == 0);
    }
}

TEST_CASE("guard fault: accesses that lie across the end") {
    get_ready();
    MemoryPool pool;
    LinearMemory memory = make(1, pool);
    for (u64 before = 1; before < 8; ++before) {
        u64 value = 77;
        CHECK(!load(memory, 65536 - before, &value));
        CHECK(value == 77);
        CHECK(!can_load<u64>(memory, 65536 - before));
        CHECK(can_load<u8>(memory, 65536 - before));
        CHECK(!store(memory, 65536 - before, ~u64{0}));
    }
    CHECK(std::count(memory.bytes().begin(), memory.bytes().end(), 0) == 65536);
    CHECK(store(memory, 65528, ~u64{0}));
    CHECK(!store(memory, 65536, u8{1}));
    CHECK(memory.grow(1).value().has_value());
    CHECK(store(memory, 65536 - 3, u64{0x0102'0304'0506'0708}));
    u64 value = 0;
    CHECK(load(memory, 65536 - 3, &value));
    CHECK(value == 0x0102'0304'0506'0708);
}

TEST_CASE("guard fault: threads") {
    install_for_test();
    MemoryPool pool;
    std::atomic<u32> wrong{0};
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (u64 t = 0; t < 4; ++t)
        threads.emplace_back([&pool, &wrong, t] {
            if (install_guard_fault_handler().has_error()) ++wrong;
            if (ensure_alternate_stack().has_error()) ++wrong;
            for (u32 i = 0; i < 4; ++i)
                wrong += wrong_answers(make(1, pool), 300, t);
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("guard fault: generated code lands where it says, on the alternate stack") {
    install_for_test();
    MemoryPool pool;
    const LinearMemory memory = make(1, pool);
    memory.base()[5] = 200;
    Landing landing;
    const GuardedCode code = test_code(landing);
    u64 first = 0;
    u64 last = 0;
    const auto run = [&] {
        CHECK(guard_test_load(memory.base() + 5) == 200);
        CHECK(guard_test_load(memory.base() + 65536) == 1000);
        stack_t stack = {};
        CHECK(::sigaltstack(nullptr, &stack) == 0);
        first = reinterpret_cast<u64>(stack.ss_sp);
        last = first + stack.ss_size;
    };
    SUBCASE("ours") {
        std::thread{[&] {
            CHECK(ensure_alternate_stack().has_value());
            CHECK(ensure_alternate_stack().has_value());
            run();
        }}.join();
    }
    SUBCASE("one that was there") {
        std::vector<u8> memory_of_stack(64 << 10);
        std::thread{[&] {
            stack_t theirs = {};
            theirs.ss_sp = memory_of_stack.data();
            theirs.ss_size = memory_of_stack.size();
            stack_t former = {};
            CHECK(::sigaltstack(&theirs, &former) == 0);
            CHECK(ensure_alternate_stack().has_value());
            run();
            CHECK(first == reinterpret_cast<u64>(memory_of_stack.data()));
            CHECK(::sigaltstack(&former, nullptr) == 0);
        }}.join();
    }
    CHECK(landing.calls == 1);
    CHECK(landing.stack > first);
    CHECK(landing.stack < last);
}

TEST_CASE("guard fault: the table of ranges is bounded") {
    std::vector<u8> bytes(1);
    std::vector<GuardedRegion> regions;
    for (;;) {
        result<GuardedRegion> region = GuardedRegion::create(bytes.data(), 1);
        if (region.has_error()) {
            CHECK(region.error().code == Errc::out_of_memory);
            break;
        }
        regions.push_back(std::move(region).value());
    }
    CHECK(regions.size() >= 4000);
    MemoryPool pool;
    CHECK(LinearMemory::create(1, 1, TrapsMode::signals, pool).error().code == Errc::out_of_memory);
    regions.pop_back();
    CHECK(LinearMemory::create(1, 1, TrapsMode::signals, pool).has_value());
    regions.clear();
    get_ready();
    CHECK(wrong_answers(make(1, pool), 10, 1) == 0);
}

// Scenarios in a process of their own ----------------------------------------

namespace {

constexpr const char* variable = "LOCKSTEP_GUARD_FAULT_SCENARIO";
constexpr int good = 42;
constexpr int cannot_start = 127;

// ThreadSanitizer runs every handler with all signals blocked.
#if defined(__SANITIZE_THREAD__)
constexpr bool masks_are_exact = false;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
constexpr bool masks_are_exact = false;
#else
constexpr bool masks_are_exact = true;
#endif
#else
constexpr bool masks_are_exact = true;
#endif

u8* foreign_page = nullptr;
const void* expected_address = nullptr;
std::atomic<int> handled{0};

[[noreturn]] void leave(bool passed) { ::_exit(passed ? good : 1); }

bool blocked(int signal) {
    sigset_t now;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &now);
    return ::sigismember(&now, signal) == 1;
}

void give_page() { ::mprotect(foreign_page, 4096, PROT_READ | PROT_WRITE); }

void on_siginfo(int signal, siginfo_t* info, void* context) {
    ++handled;
    if (context == nullptr || info->si_signo != signal || info->si_addr != expected_address)
        leave(false);
    give_page();
}
void on_plain(int signal) {
    ++handled;
    if (signal != SIGSEGV || !blocked(SIGSEGV) || !blocked(SIGUSR1)) leave(false);
    if (masks_are_exact && blocked(SIGUSR2)) leave(false);
    give_page();
}
void on_nodefer(int) {
    ++handled;
    if (masks_are_exact && blocked(SIGSEGV)) leave(false);
    give_page();
}
void on_bus(int signal) { leave(signal == SIGBUS); }
sigjmp_buf jump;
void on_jump(int) { siglongjmp(jump, 1); }

void set_handler(int signal, void (*handler)(int), int flags = 0) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    ::sigaddset(&action.sa_mask, SIGUSR1);
    ::sigaction(signal, &action, nullptr);
}
void set_siginfo_handler() {
    struct sigaction action = {};
    action.sa_sigaction = on_siginfo;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGSEGV, &action, nullptr);
}

[[gnu::noinline]] u8 read(const u8* address) { return *const_cast<const volatile u8*>(address); }
u8 read_foreign() { return read(foreign_page); }

void install() {
    if (install_guard_fault_handler().has_error() || ensure_alternate_stack().has_error())
        leave(false);
}

void run_scenario(std::string_view name) {
    foreign_page =
        static_cast<u8*>(::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    expected_address = foreign_page;
    MemoryPool pool;
    const LinearMemory memory = make(1, pool);
    u8 byte = 0;
    if (name == "siginfo") {
        set_siginfo_handler();
        install();
        if (load(memory, 65536, &byte) || handled != 0) leave(false);
        leave(read_foreign() == 0 && handled == 1 && !load(memory, 65536, &byte) && handled == 1);
    }
    if (name == "plain") {
        set_handler(SIGSEGV, on_plain);
        install();
        leave(read_foreign() == 0 && handled == 1 && !blocked(SIGSEGV) && !blocked(SIGUSR1));
    }
    if (name == "nodefer") {
        set_handler(SIGSEGV, on_nodefer, SA_NODEFER);
        install();
        leave(read_foreign() == 0 && handled == 1);
    }
    if (name == "resethand") {
        set_handler(SIGSEGV, on_plain, static_cast<int>(SA_RESETHAND));
        install();
        if (read_foreign() != 0 || handled != 1) leave(false);
        ::mprotect(foreign_page, 4096, PROT_NONE);
        read_foreign();
    }
    if (name == "jump out") {
        set_handler(SIGSEGV, on_jump);
        install();
        for (std::atomic<int> i = 0; i < 100; ++i) {
            if (sigsetjmp(jump, 1) == 0) {
                read_foreign();
                leave(false);
            }
            if (load(memory, 65536, &byte)) leave(false);
        }
        leave(true);
    }
    if (name == "default null") {
        set_handler(SIGSEGV, SIG_DFL);
        install();
        read(reinterpret_cast<const u8*>(8));
    }
    if (name == "default page") {
        set_handler(SIGSEGV, SIG_DFL);
        install();
        read_foreign();
    }
    if (name == "default wild address") { // not canonical on x86: reported without an address
        set_handler(SIGSEGV, SIG_DFL);
        install();
        (void)guarded_load(reinterpret_cast<const u8*>(0x7f00'0000'0000'0000), 0, &byte);
    }
    if (name == "default sent") {
        set_handler(SIGSEGV, SIG_DFL);
        install();
        ::raise(SIGSEGV);
    }
    if (name == "ignored fault") {
        set_handler(SIGSEGV, SIG_IGN);
        install();
        read_foreign();
    }
    if (name == "ignored sent") {
        set_handler(SIGSEGV, SIG_IGN);
        install();
        ::raise(SIGSEGV);
        leave(!load(memory, 65536, &byte));
    }
    if (name == "bus") {
        set_handler(SIGBUS, on_bus);
        install();
        const int file = ::memfd_create("empty", 0);
        const void* const mapped = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0);
        read(static_cast<const u8*>(mapped));
    }
    if (name == "our pc, other address") {
        set_siginfo_handler();
        install();
        byte = 1;
        leave(guarded_load(foreign_page, 0, &byte) && byte == 0 && handled == 1);
    }
    if (name == "our pc, other address, default") {
        set_handler(SIGSEGV, SIG_DFL);
        install();
        (void)guarded_load(foreign_page, 0, &byte);
    }
    if (name == "our pc, region gone") {
        set_siginfo_handler();
        install();
        {
            const GuardedRegion region = GuardedRegion::create(foreign_page, 4096).value();
            if (guarded_load(foreign_page, 4095, &byte) || handled != 0) leave(false);
        }
        leave(guarded_load(foreign_page, 0, &byte) && handled == 1);
    }
    if (name == "other pc, our address") {
        set_handler(SIGSEGV, SIG_DFL);
        install();
        read(memory.base() + 65536);
    }
    if (name == "other pc, our address, siginfo") {
        set_siginfo_handler();
        install();
        const GuardedRegion region = GuardedRegion::create(foreign_page, 4096).value();
        leave(read_foreign() == 0 && handled == 1);
    }
    if (name == "generated code gone") {
        set_handler(SIGSEGV, SIG_DFL);
        install();
        Landing landing;
        {
            const GuardedCode code = test_code(landing);
            if (guard_test_load(memory.base() + 65536) != 1000) leave(false);
        }
        guard_test_load(memory.base() + 65536);
    }
    if (name == "generated code, not an access") {
        set_handler(SIGSEGV, SIG_DFL);
        install();
        Landing landing;
        const GuardedCode code = test_code(landing);
        landing.refuse = true;
        guard_test_load(memory.base() + 65536);
    }
    leave(false);
}

int status_of(const char* scenario) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv(variable, scenario, 1);
        ::execl("/proc/self/exe", "vm_test", "--test-case=guard fault scenario", "--no-skip",
                "--no-intro", static_cast<char*>(nullptr));
        ::_exit(cannot_start);
    }
    int status = 0;
    CHECK(::waitpid(child, &status, 0) == child);
    return status;
}

/// Under an emulator /proc/self/exe is not a program of this machine; then the scenarios are not
/// run.
bool can_restart() {
    const int status = status_of("ignored sent");
    const bool yes = !(WIFEXITED(status) && WEXITSTATUS(status) == cannot_start);
    if (!yes) MESSAGE("not run: this program cannot start itself here");
    return yes;
}

} // namespace

TEST_CASE("guard fault scenario" * doctest::skip()) {
    const char* const name = std::getenv(variable);
    if (name != nullptr) run_scenario(name);
}

TEST_CASE("guard fault: other faults reach the handler that was there") {
    if (!can_restart()) return;
    for (const char* const scenario :
         {"siginfo", "plain", "nodefer", "jump out", "ignored sent", "bus", "our pc, other address",
          "our pc, region gone", "other pc, our address, siginfo"}) {
        INFO("scenario: ", std::string{scenario});
        const int status = status_of(scenario);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == good);
    }
}

TEST_CASE("guard fault: without a handler other faults end the process") {
    if (!can_restart()) return;
    for (const char* const scenario :
         {"resethand", "default null", "default page", "default wild address", "default sent",
          "ignored fault", "our pc, other address, default", "other pc, our address",
          "generated code gone", "generated code, not an access"}) {
        INFO("scenario: ", std::string{scenario});
        const int status = status_of(scenario);
        CHECK(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == SIGSEGV);
    }
}

#endif

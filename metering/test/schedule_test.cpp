// SPDX-License-Identifier: Apache-2.0
// Which release runs which regime, what an operator costs, and that a digest names the numbers.
#include "metering/schedule.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace lockstep;
using metering::Placement;
using metering::Schedule;

namespace {

u32 price(const Schedule& schedule, Op op) { return schedule.weights[static_cast<usize>(op)]; }

struct Row {
    const char* version;
    u32 op;
    u32 accounting_op;
    bool if_is_accounting;
    bool charges_locals;
};

// Both ends of every row of CosmWasm's history, and its longest-lived releases.
// clang-format off
constexpr Row rows[] = {
    {"1.0.0",  150'000,   150'000, false, false},
    {"1.2.3",  150'000,   150'000, false, false},
    {"1.5.0",  150'000,   150'000, false, false},
    {"1.5.5",  150'000,   150'000, false, false},
    {"1.5.6",  115'000, 1'610'000, false, false},
    {"1.5.7",  115'000, 1'610'000, false, false},
    {"1.5.8",  115'000, 1'610'000,  true, false},
    {"1.5.9",  115'000, 1'610'000,  true, false},
    {"1.5.10", 115'000, 1'610'000,  true, false},
    {"1.5.11", 115'000, 1'610'000,  true, false},
    {"2.0.0",      150,       150, false, false},
    {"2.0.4",      150,       150, false, false},
    {"2.0.5",      115,     1'610, false, false},
    {"2.0.6",      115,     1'610, false, false},
    {"2.0.7",      115,     1'610,  true, false},
    {"2.0.8",      115,     1'610,  true, false},
    {"2.0.9",      115,     1'610,  true, false},
    {"2.1.0",      170,       170, false, false},
    {"2.1.1",      170,       170, false, false},
    {"2.1.2",      115,     1'610, false, false},
    {"2.1.3",      115,     1'610, false, false},
    {"2.1.4",      115,     1'610,  true, false},
    {"2.1.5",      115,     1'610,  true, false},
    {"2.1.6",      115,     1'610,  true, false},
    {"2.1.7",      115,     1'610,  true, false},
    {"2.2.0",      115,     1'610,  true, false},
    {"2.2.1",      115,     1'610,  true, false},
    {"2.2.8",      115,     1'610,  true, false},
    {"2.2.9",      115,     1'610,  true,  true},
    {"2.3.0",      115,     1'610,  true, false},
    {"2.3.3",      115,     1'610,  true, false},
    {"2.3.4",      115,     1'610,  true,  true},
    {"3.0.0",      115,     1'610,  true, false},
    {"3.0.8",      115,     1'610,  true, false},
    {"3.0.9",      115,     1'610,  true,  true},
};
// clang-format on

} // namespace

TEST_CASE("schedule: CosmWasm's regimes by release") {
    for (const Row& row : rows) {
        CAPTURE(row.version);
        const result<Schedule> found =
            metering::find_schedule(std::string("cosmwasm-") + row.version);
        REQUIRE(found.has_value());
        const Schedule& schedule = found.value();
        CHECK(schedule.name == std::string("cosmwasm-") + row.version);
        CHECK(schedule.placement == Placement::cosmwasm);
        CHECK(schedule.if_is_accounting == row.if_is_accounting);
        CHECK(schedule.reported);
        for (const Op op : {Op::loop, Op::else_, Op::end, Op::br, Op::br_if, Op::br_table,
                            Op::return_, Op::call, Op::call_indirect})
            CHECK(price(schedule, op) == row.accounting_op);
        for (const Op op : {Op::unreachable, Op::nop, Op::block, Op::drop, Op::select, Op::i32_load,
                            Op::i64_div_s, Op::f64_sqrt, Op::memory_grow, Op::memory_copy})
            CHECK(price(schedule, op) == row.op);
        CHECK(price(schedule, Op::if_) == (row.if_is_accounting ? row.accounting_op : row.op));
        CHECK(schedule.local == (row.charges_locals ? row.op : 0));
        CHECK(schedule.free_locals == (row.charges_locals ? 29 : 0));
        CHECK(schedule.entry_base == 0);
        CHECK(schedule.grow_page == 0);
        CHECK(schedule.bulk_byte == 0);
        CHECK(schedule.table_elem == 0);
        CHECK(digest(metering::cosmwasm(row.version).value()) == digest(schedule));
    }
}

TEST_CASE("schedule: a name that no schedule has") {
    for (const char* name : {"",
                             "lockstep",
                             "lockstep-2",
                             "Lockstep-1",
                             "lockstep-1 ",
                             "free-",
                             "core",
                             "cosmwasm",
                             "cosmwasm-",
                             "cosmwasm-0.16.7",
                             "cosmwasm-1.5.12",
                             "cosmwasm-1.6.0",
                             "cosmwasm-2.0.10",
                             "cosmwasm-2.1.8",
                             "cosmwasm-2.2.10",
                             "cosmwasm-2.3.5",
                             "cosmwasm-2.4.0",
                             "cosmwasm-3.0.10",
                             "cosmwasm-3.1.0",
                             "cosmwasm-4.0.0",
                             "cosmwasm-3.0",
                             "cosmwasm-3.0.9.0",
                             "cosmwasm-v3.0.9",
                             "cosmwasm-3.0.x",
                             "cosmwasm-lockstep-1",
                             "2.2.0"}) {
        CAPTURE(name);
        const result<Schedule> found = metering::find_schedule(name);
        REQUIRE(found.has_error());
        CHECK(found.error().code == Errc::unknown_schedule);
    }
    CHECK(metering::cosmwasm("lockstep-1").has_error());
}

TEST_CASE("schedule: lockstep-1 by class") {
    const Schedule schedule = metering::find_schedule("lockstep-1").value();
    CHECK(schedule.name == "lockstep-1");
    CHECK(schedule.placement == Placement::lockstep_1);
    CHECK(schedule.reported);
    CHECK(schedule.entry_base == 8);
    CHECK(schedule.local == 1);
    CHECK(schedule.free_locals == 0);
    CHECK(schedule.grow_page == 4096);
    CHECK(schedule.bulk_byte == 1);
    CHECK(schedule.table_elem == 8);

    struct Priced {
        u32 price;
        std::vector<Op> ops;
    };
    const Priced examples[] = {
        {1,
         {Op::unreachable, Op::nop, Op::block, Op::loop, Op::else_, Op::end, Op::drop,
          Op::local_get, Op::local_set, Op::local_tee, Op::i32_const, Op::i64_const, Op::f32_const,
          Op::f64_const, Op::ref_null}},
        {3,
         {Op::if_, Op::br, Op::br_if, Op::br_table, Op::return_, Op::select, Op::select_t,
          Op::global_get, Op::global_set}},
        {10, {Op::call, Op::return_call}},
        {16, {Op::call_indirect, Op::return_call_indirect}},
        {2,
         {Op::i32_add, Op::i64_mul, Op::i32_clz, Op::i64_popcnt, Op::f64_le, Op::f32_neg,
          Op::f64_copysign, Op::i32_wrap_i64, Op::i64_extend_i32_u, Op::i32_extend8_s,
          Op::f32_reinterpret_i32, Op::memory_size, Op::table_size, Op::ref_is_null}},
        {16, {Op::i32_div_s, Op::i32_rem_u, Op::i64_div_u, Op::i64_rem_s}},
        {6, {Op::f32_add, Op::f64_mul, Op::f64_min, Op::f32_nearest, Op::f64_trunc}},
        {20, {Op::f32_div, Op::f64_div, Op::f32_sqrt, Op::f64_sqrt}},
        {8,
         {Op::i32_trunc_f32_s, Op::f64_convert_i64_u, Op::f32_demote_f64, Op::f64_promote_f32,
          Op::i64_trunc_sat_f64_u}},
        {4,
         {Op::i32_load, Op::i64_load32_u, Op::f64_load, Op::i32_store8, Op::f32_store, Op::ref_func,
          Op::data_drop, Op::elem_drop}},
        {100, {Op::memory_grow}},
        {20, {Op::memory_init, Op::memory_copy, Op::memory_fill}},
        {10, {Op::table_init, Op::table_copy, Op::table_grow, Op::table_fill}},
        {6, {Op::table_get, Op::table_set}},
    };
    for (const Priced& example : examples)
        for (const Op op : example.ops) {
            CAPTURE(info(op).text);
            CHECK(price(schedule, op) == example.price);
        }
}

TEST_CASE("schedule: free and free-uninterruptible") {
    const Schedule free = metering::find_schedule("free").value();
    CHECK(free.placement == Placement::lockstep_1);
    CHECK_FALSE(free.reported);
    const Schedule unbounded = metering::find_schedule("free-uninterruptible").value();
    CHECK(unbounded.placement == Placement::none);
    CHECK_FALSE(unbounded.reported);
    for (usize i = 0; i < wasm_op_count; ++i) {
        CHECK(free.weights[i] == 1);
        CHECK(unbounded.weights[i] == 0);
    }
}

TEST_CASE("schedule: digests") {
    // As many digests as there are regimes of operators, and our own three.
    std::set<Digest> digests;
    for (const Row& row : rows)
        digests.insert(digest(metering::cosmwasm(row.version).value()));
    CHECK(digests.size() == 8);
    for (const char* name : {"lockstep-1", "free", "free-uninterruptible"})
        digests.insert(digest(metering::find_schedule(name).value()));
    CHECK(digests.size() == 11);

    // Every number counts, the name does not.
    const Schedule base = metering::lockstep_1();
    Schedule renamed = base;
    renamed.name = "another";
    CHECK(digest(renamed) == digest(base));
    std::set<Digest> changed{digest(base)};
    const auto add = [&](auto change) {
        Schedule schedule = base;
        change(schedule);
        CHECK(changed.insert(digest(schedule)).second);
    };
    add([](Schedule& s) { s.placement = Placement::cosmwasm; });
    add([](Schedule& s) { s.entry_base = 4098; });
    add([](Schedule& s) { s.local = 4098; });
    add([](Schedule& s) { s.free_locals = 4098; });
    add([](Schedule& s) { s.grow_page = 4098; });
    add([](Schedule& s) { s.bulk_byte = 4098; });
    add([](Schedule& s) { s.table_elem = 4098; });
    add([](Schedule& s) { s.if_is_accounting = false; });
    add([](Schedule& s) { s.reported = false; });
    for (usize i = 0; i < wasm_op_count; ++i) {
        add([i](Schedule& s) { s.weights[i] += 1; });
        add([i](Schedule& s) { s.weights[i] = 0; });
    }
}

TEST_CASE("schedule: digests that must not move") {
    const auto hex = [](const char* name) {
        return to_hex(digest(metering::find_schedule(name).value()));
    };
    // Frozen, all of them: other numbers need another name.
    CHECK(hex("lockstep-1") == "d428a3109db94c7090cce17844e43d2177e191dd4477fc418ef7bcfc93a4353c");
    CHECK(hex("cosmwasm-1.0.0") ==
          "9da24f9800197776875aeabc761b9be93d4a488d52656cf4099dbd3c7ddb3efa");
    CHECK(hex("cosmwasm-2.2.1") ==
          "76dbdcb51c346d33604144d02031a97adf7d3f3c9e6effca94fc4e54512e2b31");
    CHECK(hex("cosmwasm-3.0.9") ==
          "15963d4df57c48a3f9162a9e97fe60a95351e8587b2e9c6aa6c0151b6c3673a5");
}

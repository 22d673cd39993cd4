// SPDX-License-Identifier: Apache-2.0
// From draft to code: events meet records, labels become record numbers, charges are put in.
#include "vm/ir.hpp"

#include "vm/test/lowering.hpp"

using namespace lockstep;
using namespace lockstep::test;
using ir::Event;
using ir::EventKind;
using ir::make;
using ir::make32;

namespace {

/// A draft written by hand. Records get their number times ten as Wasm offset.
struct Maker {
    ir::Draft draft;
    u32 last = 0; ///< position of the latest event

    Maker& record(ir::Record record) {
        draft.offsets.push_back(draft.records.size() * 10);
        draft.records.push_back(record);
        return *this;
    }
    Maker& nops(u32 count) {
        for (u32 i = 0; i < count; ++i)
            record(make(Op::copy, 1, 2));
        return *this;
    }
    Maker& event(EventKind kind, u32 value = 0, Op op = Op::nop) {
        const u32 delta = draft.records.size() - last;
        REQUIRE(delta <= 0xffff);
        draft.events.push_back({static_cast<u16>(delta), kind, static_cast<u8>(op), value});
        last = draft.records.size();
        return *this;
    }
    Maker& label(u32 number) {
        draft.label_count = std::max(draft.label_count, number + 1);
        return event(EventKind::label, number);
    }
    std::string text(Buffer<u32>* offsets = nullptr) {
        ir::Code code;
        ir::AssembleScratch scratch;
        REQUIRE(ir::assemble(draft, code, scratch, offsets).has_value());
        REQUIRE(code.functions.size() == 1);
        REQUIRE(code.functions[0].size == code.records.size());
        return records_of(code);
    }
};

} // namespace

TEST_CASE("ir: records without events are copied") {
    CHECK(Maker{}.text() == "");
    CHECK(Maker{}.record(make(Op::i32_add, 2, 0, 1)).record(make(Op::return_, 0, 2, 1)).text() ==
          "0: i32.add s2, s0, s1\n1: return s2\n");
}

TEST_CASE("ir: charges stand where their events do, in the order of the events") {
    Maker maker;
    maker.event(EventKind::charge_checked, 0).event(EventKind::charge, 5).nops(1);
    maker.event(EventKind::none, 9).event(EventKind::charge, 0xffff'ffff).nops(1);
    maker.draft.large.push_back(1);
    maker.draft.large.push_back(u64{1} << 40);
    maker.draft.unit_price[static_cast<usize>(Op::memory_grow)] = 70'000;
    maker.event(EventKind::charge_large, 1)
        .event(EventKind::charge_units, 3, Op::memory_grow)
        .nops(1);
    maker.event(EventKind::charge, 6);
    CHECK(maker.text() ==
          "0: charge 0 checked\n1: charge 5\n2: copy s1, s2\n3: charge 4294967295\n4: copy s1, s2\n"
          "5: charge_word 1099511627776 checked\n7: charge_units s3 * 70000\n9: copy s1, s2\n10: "
          "charge "
          "6\n");
}

TEST_CASE("ir: labels are bound between the charges ahead of them and behind them") {
    Maker maker;
    maker.event(EventKind::charge, 1).label(0).event(EventKind::charge, 2).nops(1);
    maker.event(EventKind::fixup_jump).record(make32(Op::jump, 0, 0));
    CHECK(maker.text() == "0: charge 1\n1: charge 2\n2: copy s1, s2\n3: jump -> 1\n");
}

TEST_CASE("ir: branches forward and backward") {
    Maker maker;
    maker.label(1).nops(1);
    maker.record(make(Op::i32_ne, 0, 4, 0, ir::form_branch | ir::form_short));
    maker.event(EventKind::fixup).record(ir::word(ir::pair(0, 0)));
    maker.event(EventKind::charge, 7);
    maker.record(make(Op::i64_lt_s, 0, 4, 0, ir::form_branch | ir::form_word));
    maker.event(EventKind::fixup).record(ir::word(ir::pair(1, static_cast<u32>(-70'000))));
    maker.event(EventKind::fixup_jump).record(make32(Op::jump, 0, 2));
    maker.label(0).nops(1).label(2);
    // A label is a number of the function, whatever stands in the code before it.
    ir::Code code;
    ir::AssembleScratch scratch;
    for (u32 i = 0; i < 2; ++i) {
        REQUIRE(ir::assemble(maker.draft, code, scratch).has_value());
        CHECK(records_of(code, i) == "0: copy s1, s2\n1: br_if i32.ne s4, 0 -> 7\n3: charge 7\n4: "
                                     "br_if i64.lt_s s4, -70000 -> 0\n"
                                     "6: jump -> 8\n7: copy s1, s2\n");
    }
    CHECK(code.functions[1].begin == 8);
}

TEST_CASE("ir: tables have a label in each half of their words") {
    for (u32 count = 0; count < 5; ++count) {
        Maker maker;
        maker.label(9).event(EventKind::charge, 1);
        maker.record(make(Op::br_table, 0, 6)).record(ir::word(count));
        maker.event(EventKind::fixup_table, count + 1);
        for (u32 i = 0; i <= count; i += 2)
            maker.record(ir::word(ir::pair(i, i < count ? i + 1 : 0)));
        std::string targets;
        for (u32 i = 0; i <= count; ++i) {
            targets += (i == 0 ? "" : ", ") + std::to_string(3 + count / 2 + 1 + i);
            maker.label(i).nops(1);
        }
        const std::string text = maker.text();
        CHECK(text.starts_with("0: charge 1\n1: br_table s6 -> " + targets + "\n" +
                               std::to_string(4 + count / 2) + ": copy"));
        CHECK(ir::words_after(maker.draft.records.data()) == 2 + count / 2);
    }
}

TEST_CASE("ir: more than 65,535 records between two events") {
    for (const u32 gap : {65'534u, 65'535u, 65'536u, 200'000u}) {
        Maker maker;
        maker.event(EventKind::fixup_jump).record(make32(Op::jump, 0, 0)).nops(gap);
        if (gap >= 65'535) {
            maker.draft.events.push_back({0, EventKind::skip, 0, gap + 1});
            maker.last = gap + 1;
        }
        maker.event(EventKind::charge, 3).label(0).record(make(Op::return_));
        const std::string text = maker.text();
        CHECK(text.starts_with("0: jump -> " + std::to_string(gap + 2) + "\n1: copy"));
        CHECK(text.ends_with(": copy s1, s2\n" + std::to_string(gap + 1) + ": charge 3\n" +
                             std::to_string(gap + 2) + ": return\n"));
    }
    // Lowering writes such events: 70,000 records without a label between them.
    Bytes body = code(Op::block, no_result, Op::local_get, 0, Op::br_if, 0);
    for (u32 i = 0; i < 70'000; ++i)
        append(body, code(Op::local_get, 0, Op::global_set, 0));
    append(body, code(Op::end));
    const std::string text = ir_of({{i32_}, {}, {}}, body);
    CHECK(text.starts_with("0: br_if i32.ne s0, 0 -> 70002\n"));
    CHECK(text.ends_with("\n70002: return\n"));
}

TEST_CASE("ir: offsets stay beside their records") {
    Maker maker;
    maker.event(EventKind::charge, 1).record(make(Op::const_word, 1)).record(ir::word(5));
    maker.event(EventKind::charge, u32{2}).nops(1);
    maker.draft.unit_price[static_cast<usize>(Op::memory_grow)] = 1;
    maker.event(EventKind::charge_units, 3, Op::memory_grow).nops(2).event(EventKind::charge, 9);
    Buffer<u32> offsets;
    offsets.push_back(77); // of the function before
    CHECK(maker.text(&offsets).starts_with("0: charge 1\n"));
    // charge, const_word, its word, charge, copy, charge_units, its word, copy, copy, charge behind
    // the end
    const std::vector<u32> expected{77, 0, 0, 10, 20, 20, 30, 30, 30, 40, 0};
    CHECK(std::vector<u32>(offsets.begin(), offsets.end()) == expected);
}

TEST_CASE("ir: what a function says about itself") {
    Maker maker;
    maker.nops(3);
    maker.draft.param_slots = 2;
    maker.draft.result_slots = 1;
    maker.draft.local_slots = 50'000;
    maker.draft.window = 50'010;
    maker.draft.cost = 50'012;
    ir::Code code;
    ir::AssembleScratch scratch;
    REQUIRE(ir::assemble(maker.draft, code, scratch).has_value());
    CHECK(ir::to_text(code, 0).starts_with(
        "function 0: params 2, locals 50000, results 1, window 50010, cost 50012\n  0: copy"));
    maker.draft.clear();
    CHECK(maker.draft.records.empty());
    CHECK(maker.draft.events.empty());
    CHECK(maker.draft.label_count == 0);
}

TEST_CASE("ir: words that follow, by row and form") {
    const auto words = [](ir::Record record) {
        const ir::Record records[] = {record, ir::word(7), {}, {}, {}, {}};
        return ir::words_after(records);
    };
    CHECK(words(make(Op::i32_add)) == 0);
    CHECK(words(make(Op::i32_add, 0, 0, 0, ir::form_short)) == 0);
    CHECK(words(make(Op::f64_add, 0, 0, 0, ir::form_word)) == 1);
    for (const u16 form : {u16{0}, ir::form_short, ir::form_word})
        CHECK(words(make(Op::i64_ge_u, 0, 0, 0, form | ir::form_branch)) == 1);
    CHECK(words(make(Op::i32_load)) == 0);
    CHECK(words(make(Op::i32_load, 0, 0, 0, ir::form_word)) == 1);
    CHECK(words(make(Op::i64_store8, 0, 0, 0, ir::form_indexed)) == 0);
    CHECK(words(make(Op::i64_store8, 0, 0, 0, ir::form_indexed | ir::form_short)) == 0);
    CHECK(words(make(Op::br_table)) == 1 + 4);
    for (const Op op :
         {Op::select, Op::const_word, Op::charge_word, Op::charge_units, Op::call_indirect,
          Op::return_call_indirect, Op::table_get, Op::table_set, Op::memory_init, Op::memory_copy,
          Op::memory_fill, Op::table_init, Op::table_copy, Op::table_grow, Op::table_fill})
        CHECK(words(make(op)) == 1);
    for (const Op op : {Op::copy, Op::const_u32, Op::copy_range, Op::jump, Op::return_,
                        Op::return_range, Op::call, Op::call_host, Op::return_call, Op::charge,
                        Op::global_get, Op::memory_grow, Op::wide})
        CHECK(words(make(op)) == 0);
}

TEST_CASE("ir: text of wide records") {
    Maker maker;
    maker.record(make(Op::wide, 1, 2)).record(make(Op::copy, 3, 4));
    CHECK(maker.text() == "0: wide s1, s2\n1: copy s3, s4\n");
}

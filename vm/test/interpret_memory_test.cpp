// SPDX-License-Identifier: Apache-2.0
// Linear memory as running code sees it, in both traps modes: every access at the end of memory,
// growth.
#include "vm/test/lowering.hpp"
#include "vm/test/run_wasm.hpp"

using namespace lockstep;
using namespace lockstep::test;

namespace {

const Bytes get0 = code(Op::local_get, 0);
const Bytes get1 = code(Op::local_get, 1);

} // namespace

TEST_CASE("interpret: each access of each width ends at the last byte of memory") {
    in_both_modes([](Store& store) {
        for (usize i = 0; i < wasm_op_count; ++i) {
            const OpInfo& row = op_infos[i];
            if (row.access == 0) continue;
            const Op op = static_cast<Op>(i);
            const bool stores = row.op_class == OpClass::store;
            const Signature signature = row.signature;
            const Bytes value = !stores                       ? Bytes{}
                                : signature == Signature::ii_ ? code(Op::i32_const, sleb(-1))
                                : signature == Signature::il_ ? code(Op::i64_const, sleb(-1))
                                : signature == Signature::if_
                                    ? code(Op::f32_const, sleb(-1), u8{0xff}, u8{0xff}, u8{0xff})
                                    : code(Op::f64_const, raw(-1.0));
            const auto access = [&](const Bytes& address, u32 offset) {
                return code(address, value, op, 0, offset, stores ? Bytes{} : code(Op::drop));
            };
            ModuleBuilder b;
            b.memory(2, 2);
            const auto add = [&](const char* name, const Bytes& body) {
                b.export_function(name, b.function({i32_, i32_}, {}, {}, body));
            };
            add("plain", access(get0, 0));
            add("offset", access(get0, 9));
            add("word", access(get0, 70'000));
            add("largest", access(get0, 0xffff'ffff));
            add("sum", access(code(get0, get1, Op::i32_add), 0));
            add("less", access(code(get0, Op::i32_const, 9, Op::i32_sub), 0));
            Instance& instance = *instantiate(store, b).instance;
            const u32 last = 2 * 65'536 - row.access;
            const auto ends = [&](const char* name, u32 at, u32 more = 0) {
                CAPTURE(row.text);
                CAPTURE(name);
                CHECK(call(instance, name, {i32_value(at), i32_value(more)}).trap == Trap::none);
                CHECK(call(instance, name, {i32_value(at + 1), i32_value(more)}).trap ==
                      Trap::memory_out_of_bounds);
                CHECK(call(instance, name, {i32_value(at + row.access), i32_value(more)}).trap ==
                      Trap::memory_out_of_bounds);
            };
            ends("plain", last);
            ends("offset", last - 9);
            ends("word", last - 70'000);
            ends("sum", last - 5, 5);
            ends("sum", last + 5, 0u - 5); // the addition wraps at 32 bits, the offset does not
            ends("less", last + 9);
            for (const u32 at : {0u, 1u, 0xffff'ffffu})
                CHECK(call(instance, "largest", {i32_value(at), i32_value(0)}).trap ==
                      Trap::memory_out_of_bounds);
            CHECK(call(instance, "offset", {i32_value(0xffff'fff9), i32_value(0)}).trap ==
                  Trap::memory_out_of_bounds);
        }
    });
}

TEST_CASE("interpret: a store across the end writes nothing") {
    in_both_modes([](Store& store) {
        ModuleBuilder b = around({{i32_, i64_}, {}, {}}, code(get0, get1, Op::i64_store, 0, 0));
        b.export_function("f", 0);
        Instance& instance = *instantiate(store, b).instance;
        for (u32 over = 1; over < 8; ++over)
            CHECK(
                trap_of(instance, "f", {i32_value(65'536 - 8 + over), Value::from_i64(~u64{0})}) ==
                Trap::memory_out_of_bounds);
        const MemoryView view = instance.memory()->view;
        for (u32 i = 1; i <= 8; ++i)
            CHECK(view.base[view.size - i] == 0);
    });
}

TEST_CASE("interpret: loads extend, stores cut off") {
    in_both_modes([](Store& store) {
        ModuleBuilder b;
        b.memory(1);
        b.data(i32_init(0), std::string_view("\xff\x80\x01\x80\x03\x04\x05\x86", 8));
        const std::pair<Op, u64> loads[] = {{Op::i32_load, 0x8001'80ff},
                                            {Op::i64_load, 0x8605'0403'8001'80ff},
                                            {Op::f32_load, 0x8001'80ff},
                                            {Op::f64_load, 0x8605'0403'8001'80ff},
                                            {Op::i32_load8_s, 0xffff'ffff},
                                            {Op::i32_load8_u, 0xff},
                                            {Op::i32_load16_s, 0xffff'80ff},
                                            {Op::i32_load16_u, 0x80ff},
                                            {Op::i64_load8_s, ~u64{0}},
                                            {Op::i64_load8_u, 0xff},
                                            {Op::i64_load16_s, 0xffff'ffff'ffff'80ff},
                                            {Op::i64_load16_u, 0x80ff},
                                            {Op::i64_load32_s, 0xffff'ffff'8001'80ff},
                                            {Op::i64_load32_u, 0x8001'80ff}};
        for (const auto& [op, bits] : loads) {
            const Signature signature = info(op).signature;
            const ValType type = signature == Signature::i_i   ? i32_
                                 : signature == Signature::i_l ? i64_
                                 : signature == Signature::i_f ? f32_
                                                               : f64_;
            b.export_function(info(op).text,
                              b.function({}, {type}, {}, code(Op::i32_const, 0, op, 0, 0)));
        }
        for (const Op op : {Op::i64_store8, Op::i64_store16, Op::i64_store32, Op::i64_store})
            b.export_function(info(op).text,
                              b.function({i64_}, {}, {}, code(Op::i32_const, 16, get0, op, 0, 0)));
        Instance& instance = *instantiate(store, b).instance;
        for (const auto& [op, bits] : loads)
            CHECK(call(instance, info(op).text).values[0].bits == bits);
        u64 written = 0;
        for (const Op op : {Op::i64_store8, Op::i64_store16, Op::i64_store32, Op::i64_store}) {
            (void)call(instance, info(op).text, {Value::from_i64(0x1122'3344'5566'7788 + written)});
            const u64 mask = info(op).access == 8 ? ~u64{0} : (u64{1} << info(op).access * 8) - 1;
            CHECK(load_le<u64>(instance.memory()->view.base + 16) ==
                  ((0x1122'3344'5566'7788 + written) & mask));
            ++written;
        }
    });
}

TEST_CASE("interpret: memory that grows is there at once") {
    in_both_modes([](Store& store) {
        ModuleBuilder b;
        b.memory(1, 3);
        // [delta at] -> [what grow gives, pages then, the byte written and read back]
        b.export_function(
            "f", b.function({i32_, i32_}, {i32_, i32_, i32_}, {},
                            code(get0, Op::memory_grow, 0, Op::memory_size, 0, get1, Op::i32_const,
                                 7, Op::i32_store8, 0, 0, get1, Op::i32_load8_u, 0, 0)));
        Instance& instance = *instantiate(store, b).instance;
        const auto grow = [&](u32 delta, u32 at) {
            return call(instance, "f", {i32_value(delta), i32_value(at)});
        };
        CHECK(grow(1, 2 * 65'536).trap == Trap::memory_out_of_bounds);
        CHECK(instance.memory()->view.size == 2 * page_size);
        const Outcome grown = grow(1, 3 * 65'536 - 1);
        REQUIRE(grown.values.size() == 3);
        CHECK(grown.values[0].i32() == 2);
        CHECK(grown.values[1].i32() == 3);
        CHECK(grown.values[2].i32() == 7);
        for (const u32 delta : {1u, 65'536u, 0xffff'ffffu}) {
            const Outcome refused = grow(delta, 0);
            CHECK(refused.values[0].i32() == 0xffff'ffff);
            CHECK(refused.values[1].i32() == 3);
        }
    });
}

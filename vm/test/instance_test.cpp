// SPDX-License-Identifier: Apache-2.0
#include "vm/instance.hpp"

#include "vm/guard_fault.hpp"
#include "vm/test/run_wasm.hpp"

#include <algorithm>

namespace lockstep {
using namespace test;
namespace {

/// Exports "load" and "store" of one byte, "size" and "grow".
void export_memory_functions(ModuleBuilder& b) {
    b.export_function(
        "load", b.function({i32_}, {i32_}, {}, code(Op::local_get, 0, Op::i32_load8_u, 0, 0)));
    b.export_function("store",
                      b.function({i32_, i32_}, {}, {},
                                 code(Op::local_get, 0, Op::local_get, 1, Op::i32_store8, 0, 0)));
    b.export_function("size", b.function({}, {i32_}, {}, code(Op::memory_size, 0)));
    b.export_function("grow",
                      b.function({i32_}, {i32_}, {}, code(Op::local_get, 0, Op::memory_grow, 0)));
}

u32 constant_function(ModuleBuilder& b, i64 value) {
    return b.function({}, {i32_}, {}, code(Op::i32_const, sleb(value)));
}

/// Exports "call": calls the element with this index of table 0 as [] -> [i32].
void export_caller(ModuleBuilder& b) {
    const u32 type = b.type({}, {i32_});
    b.export_function(
        "call", b.function({i32_}, {i32_}, {}, code(Op::local_get, 0, Op::call_indirect, type, 0)));
}

Error link_error(Store& store, const ModuleBuilder& b, std::initializer_list<Extern> imports) {
    const result<Instantiated> made =
        store.instantiate(compile(b.build()), imports, {.gas_limit = plenty});
    REQUIRE(made.has_error());
    return made.error();
}

HostFunction host_of_type(FuncType type) {
    return {std::move(type), [](HostCall& call) {
                call.return_i32(7);
                return HostStatus::ok;
            }};
}

} // namespace

TEST_CASE("instance: imports must be there, in order and of the wanted kind") {
    Store store;
    ModuleBuilder b;
    b.import_function("m", "f", {}, {i32_});
    b.import_global("m", "g", i32_);
    Global* global = store.add_global({i32_, false}, i32_value(1)).value();
    const HostFunction host = host_of_type({{}, {i32_}});

    CHECK(link_error(store, b, {}) == Error{Errc::unknown_import, Error::no_index, 0});
    CHECK(link_error(store, b, {&host}) == Error{Errc::unknown_import, Error::no_index, 1});
    CHECK(link_error(store, b, {static_cast<const Func*>(nullptr), global}).code ==
          Errc::unknown_import);
    CHECK(link_error(store, b, {global, &host}).code == Errc::incompatible_import_type);
    CHECK(instantiate(store, b, {&host, global}).trap == Trap::none);
}

TEST_CASE("instance: functions match by exact type, wherever they come from") {
    Store store;
    ModuleBuilder exporter;
    exporter.type({i64_}, {}); // type numbers of the two modules differ
    exporter.export_function(
        "f", exporter.function({i32_, i64_}, {f32_}, {}, code(Op::f32_const, raw(1.5f))));
    Instance& first = *instantiate(store, exporter).instance;
    const Func* guest = first.find_function("f");
    REQUIRE(guest != nullptr);
    const Func* own = store.add_function(host_of_type({{i32_, i64_}, {f32_}})).value();
    const HostFunction shared = host_of_type({{i32_, i64_}, {f32_}});

    for (const Extern& external : {Extern(guest), Extern(own), Extern(&shared)}) {
        ModuleBuilder same;
        same.import_function("m", "f", {i32_, i64_}, {f32_});
        CHECK(instantiate(store, same, {external}).trap == Trap::none);
        for (const Types& params : {Types{i32_}, Types{i64_, i32_}, Types{i32_, i64_, i32_}}) {
            ModuleBuilder other;
            other.import_function("m", "f", params, {f32_});
            CHECK(link_error(store, other, {external}).code == Errc::incompatible_import_type);
        }
        ModuleBuilder no_result;
        no_result.import_function("m", "f", {i32_, i64_}, {});
        CHECK(link_error(store, no_result, {external}).code == Errc::incompatible_import_type);
    }
    CHECK(guest->signature == own->signature);
    CHECK(std::ranges::equal(store.type_of(*guest).params, Types{i32_, i64_}));
    CHECK(std::ranges::equal(store.type_of(*own).results, Types{f32_}));
}

TEST_CASE("instance: types get equal numbers when the host's functions come first") {
    Store store;
    const Func* first = store.add_function(host_of_type({{i64_}, {}})).value();
    const Func* second = store.add_function(host_of_type({{}, {i32_}})).value();
    CHECK(first->signature != second->signature);
    ModuleBuilder b;
    b.import_function("m", "f", {}, {i32_});
    b.table(2);
    b.element(i32_init(0), {0, constant_function(b, 3)});
    export_caller(b);
    Instance& instance = *instantiate(store, b, {second}).instance;
    CHECK(call_i32(instance, "call", {i32_value(0)}) == 7);
    CHECK(call_i32(instance, "call", {i32_value(1)}) == 3);
}

TEST_CASE("instance: limits of imported tables and memories") {
    Store store;
    const auto links = [&](const Extern& external, u32 min, std::optional<u32> max) {
        ModuleBuilder b;
        if (kind_of(external) == ExternKind::memory)
            b.import_memory("m", "x", min, max);
        else
            b.import_table("m", "x", min, max);
        return store.instantiate(compile(b.build()), std::span(&external, 1), {.gas_limit = 0})
            .has_value();
    };
    const Extern bounded[] = {store.add_memory({2, 4, true}).value(),
                              store.add_table({ValType::funcref, {2, 4, true}}).value()};
    for (const Extern& external : bounded) {
        CHECK(links(external, 2, 4));
        CHECK(links(external, 1, 5));
        CHECK(links(external, 0, {}));
        CHECK_FALSE(links(external, 3, 4));
        CHECK_FALSE(links(external, 2, 3));
    }
    const Extern unbounded[] = {store.add_memory({2, 0, false}).value(),
                                store.add_table({ValType::funcref, {2, 0, false}}).value()};
    for (const Extern& external : unbounded) {
        CHECK(links(external, 2, {}));
        CHECK_FALSE(links(external, 2, 65536));
    }
    // What counts is the size now.
    Memory* memory = std::get<Memory*>(bounded[0]);
    REQUIRE(memory->grow(1).value() == std::optional<u32>(2));
    CHECK(links(memory, 3, 4));

    ModuleBuilder references;
    references.import_table("m", "x", 0, {}, ValType::externref);
    CHECK(link_error(store, references, {bounded[1]}).code == Errc::incompatible_import_type);
}

TEST_CASE("instance: imported globals match in type and mutability") {
    Store store;
    Global* constant = store.add_global({i64_, false}, Value::from_i64(5)).value();
    Global* variable = store.add_global({i64_, true}, Value::from_i64(6)).value();
    ModuleBuilder wants_constant;
    wants_constant.import_global("m", "g", i64_);
    ModuleBuilder wants_variable;
    wants_variable.import_global("m", "g", i64_, true);
    ModuleBuilder wants_i32;
    wants_i32.import_global("m", "g", i32_);
    CHECK(instantiate(store, wants_constant, {constant}).trap == Trap::none);
    CHECK(instantiate(store, wants_variable, {variable}).trap == Trap::none);
    CHECK(link_error(store, wants_constant, {variable}).code == Errc::incompatible_import_type);
    CHECK(link_error(store, wants_variable, {constant}).code == Errc::incompatible_import_type);
    CHECK(link_error(store, wants_i32, {constant}).code == Errc::incompatible_import_type);
}

TEST_CASE("instance: initial values of globals") {
    Store store;
    Global* base = store.add_global({i32_, false}, i32_value(40)).value();
    ModuleBuilder b;
    b.import_global("m", "base", i32_);
    const u32 f = constant_function(b, 11);
    // (base - 2) * 3 + 1, wrapping products, references.
    b.global(i32_, false,
             code(Op::global_get, 0, Op::i32_const, 2, Op::i32_sub, Op::i32_const, 3, Op::i32_mul,
                  Op::i32_const, 1, Op::i32_add, Op::end));
    b.global(i64_, false,
             code(Op::i64_const, sleb(-1), Op::i64_const, sleb(-3), Op::i64_mul, Op::i64_const,
                  sleb(5), Op::i64_sub, Op::i64_const, sleb(1), Op::i64_add, Op::end));
    b.global(i32_, false, i32_init(-1));
    b.global(f32_, false, code(Op::f32_const, raw(-0.0f), Op::end));
    b.global(f64_, false, code(Op::f64_const, raw(2.5), Op::end));
    b.global(ValType::funcref, false, code(Op::ref_func, f, Op::end));
    b.global(ValType::externref, false, code(Op::ref_null, ValType::externref, Op::end));
    Instance& instance = *instantiate(store, b, {base}).instance;
    const auto globals = instance.globals();
    REQUIRE(globals.size() == 8);
    CHECK(globals[0] == base);
    CHECK(globals[1]->value == 115);
    CHECK(globals[2]->value == static_cast<u64>(-1));
    CHECK(globals[3]->value == 0xffff'ffff); // zero-extended
    CHECK(globals[4]->value == 0x8000'0000);
    CHECK(globals[5]->value == std::bit_cast<u64>(2.5));
    CHECK(globals[6]->value == reinterpret_cast<Slot>(&instance.function(f)));
    CHECK(globals[7]->value == 0);
}

TEST_CASE("instance: mutable globals are shared between instances") {
    Store store;
    ModuleBuilder exporter;
    exporter.global(i32_, true, i32_init(1));
    exporter.export_global("g", 0);
    exporter.export_function("get", exporter.function({}, {i32_}, {}, code(Op::global_get, 0)));
    Instance& first = *instantiate(store, exporter).instance;
    ModuleBuilder importer;
    importer.import_global("m", "g", i32_, true);
    importer.export_function(
        "set", importer.function({i32_}, {}, {}, code(Op::local_get, 0, Op::global_set, 0)));
    importer.export_global("again", 0);
    const std::optional<Extern> global = first.find_export("g");
    REQUIRE(global.has_value());
    Instance& second = *instantiate(store, importer, {*global}).instance;
    CHECK(call(second, "set", {i32_value(99)}).trap == Trap::none);
    CHECK(call_i32(first, "get") == 99);
    CHECK(second.find_export("again") == global);
    CHECK_FALSE(second.find_export("g").has_value());
    CHECK(second.find_function("again") == nullptr);
}

TEST_CASE("instance: a table across instances calls in the right context") {
    Store store;
    ModuleBuilder owner;
    owner.table(4, 8);
    owner.memory(1);
    owner.data(i32_init(0), "A");
    const u32 read = owner.function({}, {i32_}, {}, code(Op::i32_const, 0, Op::i32_load8_u, 0, 0));
    owner.element(i32_init(0), {read});
    owner.export_table("t", 0);
    export_caller(owner);
    Instance& first = *instantiate(store, owner).instance;

    ModuleBuilder user;
    user.import_table("m", "t", 4);
    user.memory(1);
    user.data(i32_init(0), "B");
    const u32 other = user.function({i64_}, {}, {}, {});
    const u32 own_read =
        user.function({}, {i32_}, {}, code(Op::i32_const, 0, Op::i32_load8_u, 0, 0));
    user.element(i32_init(1), {own_read, other});
    export_caller(user);
    Instance& second = *instantiate(store, user, {*first.find_export("t")}).instance;

    for (Instance* instance : {&first, &second}) {
        CHECK(call_i32(*instance, "call", {i32_value(0)}) == 'A');
        CHECK(call_i32(*instance, "call", {i32_value(1)}) == 'B');
        CHECK(trap_of(*instance, "call", {i32_value(2)}) == Trap::indirect_call_type_mismatch);
        CHECK(trap_of(*instance, "call", {i32_value(3)}) == Trap::uninitialized_element);
        CHECK(trap_of(*instance, "call", {i32_value(4)}) == Trap::undefined_element);
    }
}

TEST_CASE("instance: two instances see a memory grow") {
    Store store;
    ModuleBuilder owner;
    owner.memory(1, 3);
    owner.export_memory("mem", 0);
    export_memory_functions(owner);
    Instance& first = *instantiate(store, owner).instance;
    ModuleBuilder user;
    user.import_memory("m", "mem", 1);
    export_memory_functions(user);
    Instance& second = *instantiate(store, user, {*first.find_export("mem")}).instance;

    CHECK(trap_of(second, "load", {i32_value(65536)}) == Trap::memory_out_of_bounds);
    CHECK(call_i32(first, "grow", {i32_value(1)}) == 1);
    CHECK(call(second, "store", {i32_value(65536), i32_value(5)}).trap == Trap::none);
    CHECK(call_i32(first, "load", {i32_value(65536)}) == 5);
    CHECK(call_i32(second, "size") == 2);
    CHECK(call_i32(second, "grow", {i32_value(2)}) == 0xffff'ffff);
    CHECK(call_i32(second, "grow", {i32_value(1)}) == 2);
    CHECK(call_i32(first, "size") == 3);
    CHECK(first.memory() == second.memory());
    CHECK(first.memory(1) == nullptr);
}

TEST_CASE("instance: a memory that grows in a callee of another instance is seen on return") {
    Store store;
    ModuleBuilder owner;
    owner.memory(1);
    owner.export_memory("mem", 0);
    owner.export_function(
        "grow", owner.function({}, {}, {}, code(Op::i32_const, 1, Op::memory_grow, 0, Op::drop)));
    Instance& first = *instantiate(store, owner).instance;
    ModuleBuilder user;
    user.import_function("m", "grow", {}, {});
    user.import_memory("m", "mem", 1);
    user.export_function(
        "run", user.function({}, {i32_}, {},
                             code(Op::call, 0, Op::i32_const, sleb(65536), Op::i32_load, 0, 0)));
    Instance& second =
        *instantiate(store, user, {first.find_function("grow"), *first.find_export("mem")})
             .instance;
    CHECK(call_i32(second, "run") == 0);
}

TEST_CASE("instance: memories behave alike in traps mode signals") {
    if (!guard_faults_supported) return;
    Store store(TrapsMode::signals);
    ModuleBuilder b;
    b.memory(1, 2);
    b.data(i32_init(65535), "z");
    export_memory_functions(b);
    Instance& instance = *instantiate(store, b).instance;
    CHECK(call_i32(instance, "load", {i32_value(65535)}) == 'z');
    CHECK(trap_of(instance, "load", {i32_value(65536)}) == Trap::memory_out_of_bounds);
    CHECK(trap_of(instance, "load", {i32_value(0xffff'ffff)}) == Trap::memory_out_of_bounds);
    CHECK(call_i32(instance, "grow", {i32_value(1)}) == 1);
    CHECK(call_i32(instance, "load", {i32_value(65536)}) == 0);
    CHECK(trap_of(instance, "store", {i32_value(131072), i32_value(0)}) ==
          Trap::memory_out_of_bounds);
}

TEST_CASE("instance: the profile bounds memories") {
    Store store;
    ModuleBuilder b;
    b.memory(2, 9);
    export_memory_functions(b);
    const CompileOptions four{.memory_pages = 4};
    Instance& instance = *instantiate(store, b, {}, four).instance;
    CHECK(call_i32(instance, "grow", {i32_value(3)}) == 0xffff'ffff);
    CHECK(call_i32(instance, "grow", {i32_value(2)}) == 2);
    CHECK(call_i32(instance, "grow", {i32_value(0)}) == 4);
    CHECK(call_i32(instance, "grow", {i32_value(0xffff'ffff)}) == 0xffff'ffff);

    const auto too_small = compile(b.build(), {.memory_pages = 1});
    CHECK(store.instantiate(too_small, {}, {}).error().code == Errc::memory_too_large);

    ModuleBuilder importer;
    importer.import_memory("m", "mem", 1);
    export_memory_functions(importer);
    Memory* host_memory = store.add_memory({1, 0, false}).value();
    Instance& user = *instantiate(store, importer, {host_memory}, four).instance;
    CHECK(call_i32(user, "grow", {i32_value(4)}) == 0xffff'ffff);
    CHECK(call_i32(user, "grow", {i32_value(3)}) == 1);
}

TEST_CASE("instance: a segment that does not fit traps, earlier ones stay") {
    Store store;
    Memory* memory = store.add_memory({1, 0, false}).value();
    Table* table = store.add_table({ValType::funcref, {3, 0, false}}).value();
    ModuleBuilder b;
    b.import_memory("m", "mem", 1);
    b.import_table("m", "t", 3);
    const u32 f = constant_function(b, 21);
    b.element(i32_init(1), {f});
    b.data(i32_init(0), "first");
    b.data(i32_init(65534), "xyz");
    b.data(i32_init(8), "never");
    const Instantiated made = instantiate(store, b, {memory, table});
    CHECK(made.trap == Trap::memory_out_of_bounds);
    CHECK(as_text(memory->linear.bytes().first(8)) == std::string_view("first\0\0\0", 8));
    CHECK(memory->linear.bytes()[8] == 0);
    CHECK(memory->linear.bytes()[65534] == 0); // nothing of the one that trapped

    // The function it left in the table can still be called.
    ModuleBuilder user;
    user.import_table("m", "t", 3);
    export_caller(user);
    Instance& second = *instantiate(store, user, {table}).instance;
    CHECK(call_i32(second, "call", {i32_value(1)}) == 21);

    ModuleBuilder elements;
    elements.import_table("m", "t", 3);
    const u32 g = constant_function(elements, 22);
    elements.element(i32_init(2), {g});
    elements.element(i32_init(2), {g, g});
    CHECK(instantiate(store, elements, {table}).trap == Trap::table_out_of_bounds);
    CHECK(call_i32(second, "call", {i32_value(2)}) == 22);
}

TEST_CASE("instance: empty segments at and behind the end") {
    Store store;
    const auto trap = [&](i64 offset, bool data) {
        ModuleBuilder b;
        b.memory(1);
        b.table(10);
        if (data)
            b.data(i32_init(offset), "");
        else
            b.element(i32_init(offset), {});
        return instantiate(store, b).trap;
    };
    CHECK(trap(65536, true) == Trap::none);
    CHECK(trap(65537, true) == Trap::memory_out_of_bounds);
    CHECK(trap(-1, true) == Trap::memory_out_of_bounds);
    CHECK(trap(10, false) == Trap::none);
    CHECK(trap(11, false) == Trap::table_out_of_bounds);
}

TEST_CASE("instance: memory.init and data.drop") {
    Store store;
    ModuleBuilder b;
    b.memory(1);
    b.data(i32_init(0), "active");
    b.passive_data("passive");
    b.count_data();
    for (u32 segment = 0; segment < 2; ++segment) {
        const Bytes init =
            code(Op::local_get, 0, Op::local_get, 1, Op::local_get, 2, Op::memory_init, segment, 0);
        b.export_function(segment == 0 ? "init0" : "init1",
                          b.function({i32_, i32_, i32_}, {}, {}, init));
    }
    b.export_function("drop", b.function({}, {}, {}, code(Op::data_drop, 1)));
    Instance& instance = *instantiate(store, b).instance;
    const auto init = [&](std::string_view name, u32 to, u32 from, u32 length) {
        return trap_of(instance, name, {i32_value(to), i32_value(from), i32_value(length)});
    };
    const auto bytes = [&](usize at) {
        return as_text(instance.memory()->linear.bytes().subspan(at, 4));
    };
    CHECK(init("init1", 16, 1, 4) == Trap::none);
    CHECK(bytes(16) == "assi");
    CHECK(init("init1", 16, 4, 4) == Trap::memory_out_of_bounds);
    CHECK(bytes(16) == "assi");
    CHECK(init("init1", 65534, 0, 3) == Trap::memory_out_of_bounds);
    CHECK(init("init1", 65536, 7, 0) == Trap::none);
    CHECK(init("init1", 65537, 0, 0) == Trap::memory_out_of_bounds);
    CHECK(init("init1", 0, 8, 0) == Trap::memory_out_of_bounds);
    CHECK(init("init1", 0xffff'ffff, 0xffff'ffff, 2) == Trap::memory_out_of_bounds);
    CHECK(init("init0", 0, 0, 1) == Trap::memory_out_of_bounds); // dropped at the beginning
    CHECK(init("init0", 0, 0, 0) == Trap::none);
    CHECK(call(instance, "drop").trap == Trap::none);
    CHECK(call(instance, "drop").trap == Trap::none);
    CHECK(init("init1", 0, 0, 1) == Trap::memory_out_of_bounds);
    CHECK(init("init1", 0, 0, 0) == Trap::none);
}

TEST_CASE("instance: memory.fill and memory.copy") {
    Store store;
    ModuleBuilder b;
    b.memory(1);
    b.data(i32_init(0), "0123456789");
    const Bytes args = code(Op::local_get, 0, Op::local_get, 1, Op::local_get, 2);
    b.export_function("fill",
                      b.function({i32_, i32_, i32_}, {}, {}, code(args, Op::memory_fill, 0)));
    b.export_function("copy",
                      b.function({i32_, i32_, i32_}, {}, {}, code(args, Op::memory_copy, 0, 0)));
    Instance& instance = *instantiate(store, b).instance;
    const auto run = [&](std::string_view name, u32 to, u32 second, u32 length) {
        return trap_of(instance, name, {i32_value(to), i32_value(second), i32_value(length)});
    };
    const auto text = [&] { return as_text(instance.memory()->linear.bytes().first(10)); };
    CHECK(run("copy", 2, 0, 5) == Trap::none);
    CHECK(text() == "0101234789");
    CHECK(run("copy", 0, 2, 5) == Trap::none);
    CHECK(text() == "0123434789");
    CHECK(run("fill", 8, 0x1'41, 2) == Trap::none);
    CHECK(text() == "01234347AA");
    CHECK(run("fill", 65535, 0x42, 2) == Trap::memory_out_of_bounds);
    CHECK(instance.memory()->linear.bytes()[65535] == 0);
    CHECK(run("fill", 65536, 0, 0) == Trap::none);
    CHECK(run("fill", 65537, 0, 0) == Trap::memory_out_of_bounds);
    CHECK(run("copy", 0, 65535, 2) == Trap::memory_out_of_bounds);
    CHECK(run("copy", 65535, 0, 2) == Trap::memory_out_of_bounds);
    CHECK(run("copy", 65536, 65536, 0) == Trap::none);
    CHECK(run("copy", 65537, 0, 0) == Trap::memory_out_of_bounds);
    CHECK(run("copy", 0, 0xffff'ffff, 0xffff'ffff) == Trap::memory_out_of_bounds);
}

TEST_CASE("instance: table.init, copy, fill, grow and elem.drop") {
    Store store;
    ModuleBuilder b;
    b.table(4, 12);
    const u32 one = constant_function(b, 1);
    const u32 two = constant_function(b, 2);
    b.passive_element({one, two});
    b.element(i32_init(3), {two}); // segment 1, dropped at the beginning
    // Segment 2: passive, of expressions.
    b.raw_element(code(5, ValType::funcref, 3, Op::ref_func, two, Op::end, Op::ref_null,
                       ValType::funcref, Op::end, Op::ref_func, one, Op::end));
    // Segment 3: declarative.
    const u32 three = constant_function(b, 3);
    b.raw_element(code(3, 0, 1, three));
    const Bytes args = code(Op::local_get, 0, Op::local_get, 1, Op::local_get, 2);
    const Types iii{i32_, i32_, i32_};
    for (u32 segment = 0; segment < 4; ++segment)
        b.export_function(std::string("init") + static_cast<char>('0' + segment),
                          b.function(iii, {}, {}, code(args, Op::table_init, segment, 0)));
    b.export_function("copy", b.function(iii, {}, {}, code(args, Op::table_copy, 0, 0)));
    b.export_function("fill3", b.function({i32_, i32_}, {}, {},
                                          code(Op::local_get, 0, Op::ref_func, three, Op::local_get,
                                               1, Op::table_fill, 0)));
    b.export_function("grow3",
                      b.function({i32_}, {i32_}, {},
                                 code(Op::ref_func, three, Op::local_get, 0, Op::table_grow, 0)));
    b.export_function("size", b.function({}, {i32_}, {}, code(Op::table_size, 0)));
    b.export_function("drop", b.function({}, {}, {}, code(Op::elem_drop, 0)));
    export_caller(b);
    Instance& instance = *instantiate(store, b).instance;
    const auto run = [&](std::string_view name, u32 to, u32 from, u32 length) {
        return trap_of(instance, name, {i32_value(to), i32_value(from), i32_value(length)});
    };
    const auto element = [&](u32 i) -> u32 {
        const Outcome outcome = call(instance, "call", {i32_value(i)});
        return outcome.trap == Trap::none                    ? outcome.values[0].i32()
               : outcome.trap == Trap::uninitialized_element ? 0
                                                             : 99;
    };
    CHECK(element(3) == 2);
    CHECK(run("init0", 0, 0, 2) == Trap::none);
    CHECK(element(0) == 1);
    CHECK(element(1) == 2);
    CHECK(run("init0", 0, 1, 2) == Trap::table_out_of_bounds);
    CHECK(run("init0", 3, 0, 2) == Trap::table_out_of_bounds);
    CHECK(element(3) == 2); // nothing was written
    CHECK(run("init0", 4, 2, 0) == Trap::none);
    CHECK(run("init0", 5, 0, 0) == Trap::table_out_of_bounds);
    CHECK(run("init0", 0, 3, 0) == Trap::table_out_of_bounds);
    CHECK(run("init1", 0, 0, 1) == Trap::table_out_of_bounds);
    CHECK(run("init1", 0, 0, 0) == Trap::none);
    CHECK(run("init3", 0, 0, 1) == Trap::table_out_of_bounds);
    CHECK(run("init2", 1, 0, 3) == Trap::none);
    CHECK(element(1) == 2);
    CHECK(element(2) == 0);
    CHECK(element(3) == 1);
    CHECK(run("copy", 0, 1, 3) == Trap::none); // 2 0 1 1
    CHECK(run("copy", 1, 0, 3) == Trap::none); // 2 2 0 1
    CHECK(element(1) == 2);
    CHECK(element(2) == 0);
    CHECK(element(3) == 1);
    CHECK(run("copy", 2, 0, 3) == Trap::table_out_of_bounds);
    CHECK(run("copy", 0, 2, 3) == Trap::table_out_of_bounds);
    CHECK(run("copy", 4, 4, 0) == Trap::none);
    CHECK(run("copy", 0, 5, 0) == Trap::table_out_of_bounds);
    CHECK(trap_of(instance, "fill3", {i32_value(1), i32_value(2)}) == Trap::none);
    CHECK(element(1) == 3);
    CHECK(element(2) == 3);
    CHECK(trap_of(instance, "fill3", {i32_value(3), i32_value(2)}) == Trap::table_out_of_bounds);
    CHECK(element(3) == 1);
    CHECK(call_i32(instance, "grow3", {i32_value(8)}) == 4);
    CHECK(call_i32(instance, "grow3", {i32_value(1)}) == 0xffff'ffff);
    CHECK(call_i32(instance, "grow3", {i32_value(0xffff'ffff)}) == 0xffff'ffff);
    CHECK(call_i32(instance, "size") == 12);
    CHECK(element(11) == 3);
    CHECK(call(instance, "drop").trap == Trap::none);
    CHECK(run("init0", 0, 0, 1) == Trap::table_out_of_bounds);
}

TEST_CASE("instance: tables grow to ten million elements") {
    Store store;
    ModuleBuilder b;
    b.table(0);
    b.export_function("grow", b.function({i32_}, {i32_}, {},
                                         code(Op::ref_null, ValType::funcref, Op::local_get, 0,
                                              Op::table_grow, 0)));
    Instance& instance = *instantiate(store, b).instance;
    CHECK(call_i32(instance, "grow", {i32_value(10'000'001)}) == 0xffff'ffff);
    CHECK(call_i32(instance, "grow", {i32_value(9'999'999)}) == 0);
    CHECK(call_i32(instance, "grow", {i32_value(2)}) == 0xffff'ffff);
    CHECK(call_i32(instance, "grow", {i32_value(1)}) == 9'999'999);
}

TEST_CASE("instance: the start function") {
    Store store;
    ModuleBuilder b;
    b.global(i32_, true, i32_init(0));
    b.start(b.function({}, {}, {}, code(Op::i32_const, 5, Op::global_set, 0)));
    const Instantiated good = instantiate(store, b, {}, {.price = 3});
    CHECK(good.trap == Trap::none);
    CHECK(good.gas_used == 3);
    CHECK(good.instance->globals()[0]->value == 5);

    ModuleBuilder traps;
    traps.global(i32_, true, i32_init(0));
    traps.start(
        traps.function({}, {}, {}, code(Op::i32_const, 5, Op::global_set, 0, Op::unreachable)));
    const Instantiated bad = instantiate(store, traps);
    CHECK(bad.trap == Trap::unreachable);
    CHECK(bad.instance->globals()[0]->value == 5);
    CHECK_FALSE(bad.instance->poisoned());

    const Instantiated poor = instantiate(store, b, {}, {.price = 3}, 2);
    CHECK(poor.trap == Trap::out_of_gas);
    CHECK(poor.gas_used == 2);
    CHECK(poor.instance->poisoned());

    ModuleBuilder imported;
    imported.start(imported.import_function("m", "f", {}, {}));
    bool called = false;
    const HostFunction host{{}, [&](HostCall&) {
                                called = true;
                                return HostStatus::ok;
                            }};
    CHECK(instantiate(store, imported, {&host}).trap == Trap::none);
    CHECK(called);
}

TEST_CASE("instance: arguments, results and where a trap was") {
    Store store;
    ModuleBuilder b;
    b.export_function("swap", b.function({i32_, i64_}, {i64_, i32_}, {},
                                         code(Op::local_get, 1, Op::local_get, 0)));
    const u32 inner = b.function({}, {}, {}, code(Op::nop, Op::unreachable));
    b.export_function("trap", b.function({}, {}, {}, code(Op::call, inner)));
    Instance& instance = *instantiate(store, b).instance;
    // The upper half of an i32 argument is not the guest's business.
    const Outcome swapped =
        call(instance, "swap", {Value{0xdead'beef'0000'0007, 0}, Value::from_i64(1ull << 40)});
    REQUIRE(swapped.values.size() == 2);
    CHECK(swapped.values[0].i64() == 1ull << 40);
    CHECK(swapped.values[1].bits == 7);
    CHECK(try_call(instance, "swap", {i32_value(1)}).error().code == Errc::argument_mismatch);
    CHECK(instance.find_function("none") == nullptr);

    const Outcome trapped = call(instance, "trap");
    CHECK(trapped.trap == Trap::unreachable);
    CHECK(trapped.values.empty());
    CHECK(trapped.trap_function == inner);
    CHECK(trapped.trap_record == 0);
    CHECK(call(instance, "trap").trap == Trap::unreachable); // it stays usable
}

TEST_CASE("instance: out of gas uses the limit and poisons") {
    Store store;
    ModuleBuilder b;
    b.export_function("turns",
                      b.function({i32_}, {}, {},
                                 code(Op::loop, u8{0x40}, Op::local_get, 0, Op::i32_const, 1,
                                      Op::i32_sub, Op::local_tee, 0, Op::br_if, 0, Op::end)));
    Instance& instance = *instantiate(store, b, {}, {.price = 10}).instance;
    const Outcome exact = call(instance, "turns", {i32_value(4)}, 50);
    CHECK(exact.trap == Trap::none);
    CHECK(exact.gas_used == 50);
    CHECK(call(instance, "turns", {i32_value(4)}, ~u64{0}).gas_used == 50);
    const Outcome poor = call(instance, "turns", {i32_value(4)}, 49);
    CHECK(poor.trap == Trap::out_of_gas);
    CHECK(poor.gas_used == 49);
    CHECK(instance.poisoned());
    CHECK(try_call(instance, "turns", {i32_value(1)}).error().code == Errc::instance_poisoned);
}

TEST_CASE("instance: the call stack is counted in frames and slots") {
    ModuleBuilder b;
    // f(n) = n == 0 ? 0 : 1 + f(n - 1)
    const u32 f = b.function({i32_}, {i32_}, {},
                             code(Op::local_get, 0, Op::if_, i32_, Op::local_get, 0, Op::i32_const,
                                  1, Op::i32_sub, Op::call, 0, Op::i32_const, 1, Op::i32_add,
                                  Op::else_, Op::i32_const, 0, Op::end));
    b.export_function("f", f);
    Store store;
    Instance& frames = *instantiate(store, b, {}, {.max_frames = 10}).instance;
    CHECK(call_i32(frames, "f", {i32_value(9)}) == 9);
    CHECK(trap_of(frames, "f", {i32_value(10)}) == Trap::stack_overflow);
    CHECK(call_i32(frames, "f", {i32_value(9)}) == 9);

    const auto code = compile(b.build());
    const u32 cost = code->code.functions[0].cost;
    Store other;
    Instance& slots = *instantiate(other, b, {}, {.max_slots = 10 * cost}).instance;
    CHECK(call_i32(slots, "f", {i32_value(9)}) == 9);
    CHECK(trap_of(slots, "f", {i32_value(10)}) == Trap::stack_overflow);
}

TEST_CASE("instance: a failing system call is a fault and the Store stays usable") {
    ModuleBuilder b;
    b.memory(1);
    export_memory_functions(b);
    const auto code = compile(b.build(), {.max_frames = 77, .max_slots = 7'777});
    MemoryTestHooks& hooks = memory_test_hooks();
    u32 faults = 0;
    for (u64 k = 1; k < 20; ++k) {
        MemoryPool pool;
        Store store(TrapsMode::explicit_checks, pool);
        hooks.fail_call = k;
        result<Instantiated> made = store.instantiate(code, {}, {});
        if (made.has_error()) {
            ++faults;
            CHECK(made.error().code == Errc::out_of_memory);
            made = store.instantiate(code, {}, {});
            REQUIRE(made.has_value());
        }
        Instance& instance = *made.value().instance;
        result<Outcome> outcome = try_call(instance, "grow", {i32_value(1)});
        if (outcome.has_error()) {
            ++faults;
            CHECK(outcome.error().code == Errc::out_of_memory);
            if (!instance.poisoned()) CHECK(call_i32(instance, "grow", {i32_value(1)}) == 1);
        } else {
            CHECK(outcome.value().values[0].i32() == 1);
        }
        hooks.fail_call = 0;
    }
    CHECK(faults >= 3); // memory, guest stack, growth
}

TEST_CASE("instance: guest stacks are reused") {
    ModuleBuilder b;
    b.export_function("f", constant_function(b, 1));
    const auto code = compile(b.build());
    const auto run = [&] {
        Store store;
        Instance& instance = *store.instantiate(code, {}, {}).value().instance;
        CHECK(call_i32(instance, "f") == 1);
    };
    run();
    const u64 before = memory_test_hooks().calls_made;
    run();
    CHECK(memory_test_hooks().calls_made == before);
}

} // namespace lockstep

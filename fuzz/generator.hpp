// SPDX-License-Identifier: Apache-2.0
// The generator's state and parts, private to wasm_gen.cpp (code) and wasm_gen_module.cpp
// (everything else).
#pragma once

#include "fuzz/choices.hpp"
#include "fuzz/wasm_gen.hpp"

#include <array>

namespace lockstep::fuzz {

inline constexpr std::array numeric_types{ValType::i32, ValType::i64, ValType::f32, ValType::f64};
inline constexpr std::array all_types{ValType::i32, ValType::i64,     ValType::f32,
                                      ValType::f64, ValType::funcref, ValType::externref};

constexpr usize index_of(ValType type) {
    for (usize i = 0; i < all_types.size(); ++i)
        if (all_types[i] == type) return i;
    return 0;
}

/// The type alone, as a list that lives as long as the program.
inline Types list_of(ValType type) { return {&all_types[index_of(type)], 1}; }

struct BlockType {
    Types params;
    Types results;
    i64 code; ///< as it is encoded
};

struct Label {
    Types types;
    bool loop;
    bool bounded; ///< a loop that nothing branches to but its own counter
};

struct Table {
    ValType element;
    u32 min;
    u32 max;
    std::vector<u32> functions; ///< by element, where the module writes a function there
};

inline constexpr u32 no_function = 0xffff'ffff;
inline constexpr u32 no_memory = no_function;
inline constexpr u32 no_type = no_function;

/// An operator of the table with a signature of its own.
struct Row {
    Op op;
    u8 params;
    ValType param;
    ValType last_param;
    ValType result;
    bool access;
    bool traps;
};

class Generator {
public:
    Generator(bytes_view bytes, const GeneratorOptions& options) : in_(bytes), o_(options) {}
    Bytes run();

private:
    // Decisions.
    u32 below(u64 bound) { return in_.below(bound); }
    bool chance(u32 one_in) { return in_.chance(one_in); }
    bool risky() { return o_.traps && chance(10); }
    bool exhausted() const { return budget_ <= 0; }
    ValType numeric_type() { return numeric_types[below(o_.floats ? 4 : 2)]; }
    ValType any_type() {
        return o_.reference_types && chance(10) ? all_types[4 + below(2)] : numeric_type();
    }
    bool allowed(const Row& row) const;

    // The module's parts.
    std::vector<ValType> some_types(u32 most, bool numeric);
    void make_types();
    void make_functions();
    void make_tables();
    void make_globals();
    void make_segments();
    void constant_expression(Code& code, ValType type);
    void element_segment(u32 table, bool passive);
    void function_body(u32 function);
    void wide_body();
    u32 exports(Code& out);
    Bytes assemble();

    // One value, no value.
    void expression(ValType type);
    void operation(ValType type);
    void terminal(ValType type);
    void values(Types types);
    void condition();
    void statements(u32 most);
    void statement();
    void plain_statement(u32 kind);
    void control_statement(u32 kind);
    void consume(ValType type);
    void consume_all(Types types);

    // Parts of them.
    void constant(ValType type);
    void number(ValType type);
    void numeric(ValType type);
    void select(ValType type);
    u32 address(u32 width);
    void consume_and_get(ValType type);
    void access(const Row& row, u32 offset);
    void load(ValType type);
    void store();
    void length();
    void bulk_memory();
    void table_index(const Table& table);
    void table_operator();
    u32 type_for(Types results);
    BlockType block_type(Types results);
    BlockType any_block_type();
    void block(Op op, const BlockType& type);
    void body(Types initial, Types results);
    void bounded_loop(ValType result);
    void branch_if(u32 depth);
    void branch_table(u32 depth);
    void leave();
    void dead_operators();
    void call(u32 function, bool tail);
    void indirect(u32 slot, u32 table, bool tail);
    bool call_for(Types wanted, bool tail = false);
    bool call_tail(Types wanted) { return call_for(wanted, true); }
    void call_statement();

    // What to name.
    u32 local_of(ValType type);
    u32 global_of(ValType type, bool is_mutable);
    u32 table_of(ValType element);
    u32 target();
    u32 callee();
    u32 counter();
    u32 duplicate_type(u32 type);

    Types params(u32 function) const { return types_[functions_[function]].params; }
    Types results(u32 function) const { return types_[functions_[function]].results; }
    void get(u32 local) { code_.op(Op::local_get, local); }

    Source in_;
    const GeneratorOptions& o_;
    std::vector<FuncType> types_;
    std::vector<u32> functions_; ///< type, imports first
    u32 imported_ = 0;
    std::vector<GlobalType> globals_;
    std::vector<Table> tables_;
    u32 pages_ = no_memory;
    u32 max_pages_ = 0;
    Code import_section_, global_section_, element_section_, code_section_, data_section_;
    std::vector<ValType> elements_; ///< per segment: type
    u32 data_ = 0;
    std::vector<bool> named_by_ref_func_;
    bool endless_ = false;

    // The function at work.
    Code code_;
    u32 function_ = 0;
    std::vector<ValType> locals_;
    std::array<std::vector<u32>, all_types.size()> locals_by_type_;
    std::vector<u32> counters_;
    u32 counters_used_ = 0;
    std::vector<Label> labels_;
    i32 budget_ = 0;
    u32 depth_ = 0;
};

} // namespace lockstep::fuzz

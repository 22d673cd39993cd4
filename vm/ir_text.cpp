// SPDX-License-Identifier: Apache-2.0
// IR as text, one record a line: what `vmtool inspect --what ir` and the goldens show.
#include "vm/ir.hpp"

namespace lockstep::ir {
namespace {

std::string slot(u32 number) { return "s" + std::to_string(number); }

std::string target(u64 bits) { return "-> " + std::to_string(static_cast<u32>(bits)); }

std::string signed_text(i64 value) { return std::to_string(value); }

bool is_store(Op op) { return is_wasm(op) && info(op).op_class == OpClass::store; }
bool is_load(Op op) { return is_wasm(op) && info(op).access != 0 && !is_store(op); }

bool is_unary(Op op) {
    switch (info(op).signature) {
    case Signature::i_i:
    case Signature::i_l:
    case Signature::i_f:
    case Signature::i_d:
    case Signature::l_i:
    case Signature::l_l:
    case Signature::l_f:
    case Signature::l_d:
    case Signature::f_i:
    case Signature::f_l:
    case Signature::f_f:
    case Signature::f_d:
    case Signature::d_i:
    case Signature::d_l:
    case Signature::d_f:
    case Signature::d_d: return true;
    default:
        return op == Op::copy || op == Op::raw_promote || op == Op::raw_demote ||
               op == Op::canonical_f32 || op == Op::canonical_f64 || op == Op::ref_is_null ||
               op == Op::memory_grow;
    }
}

std::string right_operand(const Record* record) {
    const u16 form = record->op;
    if ((form & form_short) != 0) return signed_text(static_cast<i16>(record->b));
    if ((form & form_word) == 0) return slot(record->b);
    const u64 bits = word_of(record[1]);
    if ((form & form_branch) != 0) return signed_text(static_cast<i32>(bits >> 32));
    return signed_text(static_cast<i64>(bits));
}

std::string memory_operand(const Record* record) {
    if ((record->op & form_indexed) != 0)
        return "[" + slot(record->a) + " +% " + right_operand(record) + "]";
    const u64 offset = (record->op & form_word) != 0 ? word_of(record[1]) : record->b;
    return "[" + slot(record->a) + " + " + std::to_string(offset) + "]";
}

std::string table_targets(const Record* record) {
    const u32 count = static_cast<u32>(word_of(record[1]));
    std::string text;
    for (u32 i = 0; i <= count; ++i) {
        const u64 bits = word_of(record[2 + i / 2]);
        text += (i == 0 ? "-> " : ", ") + std::to_string(static_cast<u32>(bits >> (i % 2 * 32)));
    }
    return text;
}

std::string operands(const Record* record) {
    const Op op = op_of(*record);
    const std::string dst = slot(record->dst);
    const std::string a = slot(record->a);
    if (is_store(op)) return memory_operand(record) + ", " + dst;
    if (is_load(op)) return dst + ", " + memory_operand(record);
    if ((record->op & form_branch) != 0)
        return a + ", " + right_operand(record) + " " + target(word_of(record[1]));
    if (is_unary(op)) return dst + ", " + a;
    switch (op) {
    case Op::jump: return target(low32(*record));
    case Op::br_table: return a + " " + table_targets(record);
    case Op::return_: return record->b != 0 ? a : "";
    case Op::return_range: return a + " * " + std::to_string(record->b);
    case Op::copy_range: return dst + ", " + a + " * " + std::to_string(record->b);
    case Op::const_s32: return dst + ", " + signed_text(static_cast<i32>(low32(*record)));
    case Op::const_word: return dst + ", " + std::to_string(word_of(record[1]));
    case Op::charge:
    case Op::charge_word: {
        const u64 amount = op == Op::charge ? low32(*record) : word_of(record[1]);
        return std::to_string(amount) + (record->dst != 0 ? " checked" : "");
    }
    case Op::charge_units: return a + " * " + std::to_string(word_of(record[1]));
    case Op::select:
        return dst + ", " + a + ", " + slot(record->b) + " if " +
               slot(static_cast<u32>(word_of(record[1])));
    case Op::call_indirect:
    case Op::return_call_indirect: {
        const u64 bits = word_of(record[1]);
        return "base " + dst + ", index " + a + ", type " + std::to_string(static_cast<u32>(bits)) +
               ", table " + std::to_string(bits >> 32);
    }
    case Op::call:
    case Op::call_host:
    case Op::return_call:
    case Op::return_call_host:
        return "base " + dst + ", function " + std::to_string(low32(*record));
    case Op::wide: return dst + ", " + a;
    case Op::unreachable: return "";
    case Op::table_get: return dst + ", " + a + ", table " + std::to_string(word_of(record[1]));
    case Op::table_set:
        return a + ", " + slot(record->b) + ", table " + std::to_string(word_of(record[1]));
    default: break;
    }
    if (is_wasm(op) && info(op).signature != Signature::special && words_after(record) == 0 &&
        info(op).immediate == Immediate::none)
        return dst + ", " + a + ", " + right_operand(record);
    if ((record->op & form_word) != 0) return dst + ", " + a + ", " + right_operand(record);
    if (words_after(record) != 0) {
        const u64 bits = word_of(record[1]);
        return dst + ", base " + a + ", " + std::to_string(static_cast<u32>(bits)) + ", " +
               std::to_string(bits >> 32);
    }
    return dst + ", " + std::to_string(low32(*record));
}

std::string name(const Record& record) {
    const Op op = op_of(record);
    const bool branch = (record.op & form_branch) != 0 && info(op).access == 0;
    std::string text(branch ? "br_if " : "");
    text += info(op).text;
    return text;
}

} // namespace

std::string to_text(const Code& code, u32 function) {
    const Function& f = code.functions[function];
    std::string text = "function " + std::to_string(function) + ": params " +
                       std::to_string(f.param_slots) + ", locals " + std::to_string(f.local_slots) +
                       ", results " + std::to_string(f.result_slots) + ", window " +
                       std::to_string(f.window) + ", cost " + std::to_string(f.cost) + "\n";
    const Record* records = code.records.data() + f.begin;
    for (u32 i = 0; i < f.size; i += 1 + words_after(records + i)) {
        const std::string line = operands(records + i);
        text += "  " + std::to_string(i) + ": " + name(records[i]);
        if (!line.empty()) text += " " + line;
        text += "\n";
    }
    return text;
}

} // namespace lockstep::ir

// SPDX-License-Identifier: Apache-2.0
#include "compiler/listing.hpp"

#include "compiler/singlepass/rows.hpp"

#include <capstone/capstone.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <sstream>

namespace lockstep::compiler {
namespace {

constexpr u32 record_column = 44;

std::string hex4(u32 value) {
    char text[16];
    std::snprintf(text, sizeof text, "%04x", value);
    return text;
}

/// Capstone's handle of one target.
class Disassembler {
public:
    explicit Disassembler(Target target) {
        const bool x64 = target == Target::x64;
        ok_ = cs_open(x64 ? CS_ARCH_X86 : CS_ARCH_ARM64, x64 ? CS_MODE_64 : CS_MODE_ARM,
                      &handle_) == CS_ERR_OK;
        if (!ok_) return;
        cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
        instruction_ = cs_malloc(handle_);
        x64_ = x64;
    }
    Disassembler(const Disassembler&) = delete;
    Disassembler& operator=(const Disassembler&) = delete;
    ~Disassembler() {
        if (instruction_ != nullptr) cs_free(instruction_, 1);
        if (ok_) cs_close(&handle_);
    }
    [[nodiscard]] bool ready() const noexcept { return instruction_ != nullptr; }

    /// The instruction at `offset` of the code; null if the bytes are none.
    const cs_insn* at(std::span<const u8> code, u32 offset, u32 end) {
        const uint8_t* bytes = code.data() + offset;
        size_t size = end - offset;
        uint64_t address = offset;
        return cs_disasm_iter(handle_, &bytes, &size, &address, instruction_) ? instruction_
                                                                              : nullptr;
    }
    /// The offset that a branch, call or adr names, if it is in the instruction.
    [[nodiscard]] std::optional<u32> target(const cs_insn& instruction) const {
        const bool names_place = !x64_ && instruction.id == ARM64_INS_ADR;
        if (!names_place && !cs_insn_group(handle_, &instruction, CS_GRP_JUMP) &&
            !cs_insn_group(handle_, &instruction, CS_GRP_CALL) &&
            !cs_insn_group(handle_, &instruction, CS_GRP_BRANCH_RELATIVE))
            return std::nullopt;
        if (x64_) {
            const cs_x86& detail = instruction.detail->x86;
            if (detail.op_count == 1 && detail.operands[0].type == X86_OP_IMM)
                return static_cast<u32>(detail.operands[0].imm);
            return std::nullopt;
        }
        const cs_arm64& detail = instruction.detail->arm64;
        if (detail.op_count == 0) return std::nullopt;
        const cs_arm64_op& last = detail.operands[detail.op_count - 1];
        return last.type == ARM64_OP_IMM ? std::optional(static_cast<u32>(last.imm)) : std::nullopt;
    }

private:
    csh handle_ = 0;
    cs_insn* instruction_ = nullptr;
    bool ok_ = false;
    bool x64_ = false;
};

/// The records of a function as text, by number.
std::vector<std::string> record_texts(const Executable& executable, u32 function, u32 size) {
    std::vector<std::string> texts(size);
    std::istringstream lines(ir::to_text(executable.code, function));
    std::string line;
    std::getline(lines, line); // the head
    while (std::getline(lines, line)) {
        const auto number = static_cast<usize>(std::strtoul(line.c_str(), nullptr, 10));
        if (number < size) texts[number] = line.substr(line.find_first_not_of(' '));
    }
    return texts;
}

class Lister {
public:
    Lister(const Executable& executable, const GeneratedCode& code, const CodeMap& map,
           Disassembler& disassembler)
        : executable_(executable), code_(code), map_(map), disassembler_(disassembler) {}

    std::string function(u32 index) {
        const ir::Function& function = executable_.code.functions[index];
        entry_ = code_.entries[index];
        end_ = index + 1 < code_.entries.size() ? code_.entries[index + 1] : code_.bytes.size();
        const std::vector<std::string> texts = record_texts(executable_, index, function.size);
        text_.clear();
        const auto* place =
            std::lower_bound(map_.starts.begin(), map_.starts.end(), entry_,
                             [](const NativeCode::Site& site, u32 at) { return site.offset < at; });
        if (place == map_.starts.end() || place->offset >= end_) {
            lines("(interpreted)", entry_, end_);
            return std::move(text_);
        }
        lines("(entry)", entry_, place->offset);
        for (; place != map_.starts.end() && place->offset < end_; ++place) {
            const u32 next =
                place + 1 != map_.starts.end() && place[1].offset < end_ ? place[1].offset : end_;
            if (place->record == CodeMap::end_of_function) break;
            const bool cold = (place->record & CodeMap::cold) != 0;
            const u32 number = (place->record & ~CodeMap::cold) - function.begin;
            const ir::Record* record = executable_.code.records.data() + function.begin + number;
            is_charge_ = row_of(*record).family == Family::charge && !cold;
            const u32 data = cold ? 0 : table_bytes(record);
            lines(cold ? "(of " + std::to_string(number) + ")" : texts[number], place->offset,
                  next - data);
            table(next - data, next);
        }
        return std::move(text_);
    }

private:
    static u32 table_bytes(const ir::Record* record) {
        if (row_of(*record).family != Family::br_table) return 0;
        return (static_cast<u32>(ir::word_of(record[1])) + 1) * 4;
    }
    void line(const std::string& left, u32 offset, const std::string& right) {
        std::string shown = left;
        if (shown.size() > record_column) {
            text_ += shown + '\n';
            shown.clear();
        }
        shown.resize(record_column, ' ');
        text_ += shown + " | " + hex4(offset - entry_) + "  " + right + '\n';
    }
    void lines(std::string left, u32 begin, u32 end) {
        if (begin == end && !left.empty()) text_ += left + '\n';
        for (u32 at = begin; at < end;) {
            const cs_insn* instruction = disassembler_.at({code_.bytes.data(), end}, at, end);
            if (instruction == nullptr) {
                line(left, at, "(data)");
                return;
            }
            std::string right = instruction->mnemonic;
            right += operands(*instruction);
            if (is_charge_ && at == begin) right += "  ; gas";
            line(left, at, right);
            left.clear();
            at += instruction->size;
        }
        is_charge_ = false;
    }
    void table(u32 begin, u32 end) {
        for (u32 at = begin; at < end; at += 4) {
            const u32 target = begin + load_le<u32>(code_.bytes.data() + at);
            line({}, at, "-> " + hex4(target - entry_));
        }
    }
    std::string operands(const cs_insn& instruction) const {
        const std::string plain = instruction.op_str;
        const std::optional<u32> target = disassembler_.target(instruction);
        if (plain.empty()) return {};
        if (!target) return ' ' + plain;
        const usize comma = plain.rfind(", ");
        const std::string before =
            comma == std::string::npos ? " " : ' ' + plain.substr(0, comma + 2);
        return before + name_of_target(*target);
    }
    [[nodiscard]] std::string name_of_target(u32 target) const {
        if (target >= entry_ && target < end_) return hex4(target - entry_);
        const auto* found = std::lower_bound(code_.entries.begin(), code_.entries.end(), target);
        if (found != code_.entries.end() && *found == target) {
            const auto defined = static_cast<u32>(found - code_.entries.begin());
            return "function " + std::to_string(executable_.module.imported_functions + defined);
        }
        for (u32 trap = 1; trap < trap_count; ++trap)
            if (map_.stubs.traps[trap].position == target)
                return "trap " + std::string(name_of(static_cast<Trap>(trap)));
        if (target == map_.stubs.slow.position) return "slow";
        if (target == map_.stubs.refill.position) return "refill";
        if (target == map_.stubs.foreign.position) return "foreign";
        if (target == map_.stubs.foreign_tail.position) return "foreign_tail";
        return "?";
    }

    const Executable& executable_;
    const GeneratedCode& code_;
    const CodeMap& map_;
    Disassembler& disassembler_;
    std::string text_;
    u32 entry_ = 0;
    u32 end_ = 0;
    bool is_charge_ = false;
};

} // namespace

result<std::vector<std::string>> listing(const Executable& executable, TrapsMode traps,
                                         Target target) {
    try {
        CodeMap map;
        TRY(const GeneratedCode code, generate(executable, traps, target, &map));
        Disassembler disassembler(target);
        if (!disassembler.ready()) return Error{Errc::out_of_memory};
        Lister lister(executable, code, map, disassembler);
        std::vector<std::string> texts;
        for (u32 i = 0; i < executable.code.functions.size(); ++i)
            texts.push_back(lister.function(i));
        return texts;
    } catch (const std::bad_alloc&) {
        return Error{Errc::out_of_memory};
    }
}

} // namespace lockstep::compiler

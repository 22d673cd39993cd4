// SPDX-License-Identifier: Apache-2.0
// Where a target's class writes its code: room is asked for once per record, so that an instruction
// is written without a check.
#pragma once

#include "vm/buffer.hpp"

#include <algorithm>

namespace lockstep::compiler {

class CodeBuffer {
public:
    /// Room for `bytes` more; false when out of memory.
    [[nodiscard]] bool ensure(u32 bytes) noexcept {
        if (static_cast<usize>(end_ - p_) < bytes && !grow(bytes)) [[unlikely]]
            return false;
        room_ = p_ + bytes;
        return true;
    }
    /// Whether no more was written than ensure() was asked for.
    [[nodiscard]] bool within_room() const noexcept { return p_ <= room_; }
    [[nodiscard]] u32 here() const noexcept { return static_cast<u32>(p_ - code_.data()); }
    /// All code written. Nothing may be called afterwards.
    [[nodiscard]] Buffer<u8> take() noexcept {
        code_.truncate(here());
        return std::move(code_);
    }
    void rewind(u32 to) noexcept { p_ = code_.data() + to; }
    /// Entries of a jump table are counted from the table's first byte.
    void set_table_entry(u32 table, u32 index, u32 target) noexcept {
        store_le<u32>(code_.data() + table + usize{index} * 4, target - table);
    }

protected:
    static constexpr u32 slack = 8; ///< so much may be written beyond what was asked for

    Buffer<u8> code_;
    u8* p_ = nullptr;

private:
    [[gnu::cold]] bool grow(u32 bytes) noexcept {
        const u32 used = here();
        if (code_.extend(std::max(bytes + slack, used + 4096)) == nullptr) return false;
        p_ = code_.data() + used;
        end_ = code_.end() - slack;
        return true;
    }

    const u8* end_ = nullptr;  ///< less the slack
    const u8* room_ = nullptr; ///< what ensure() was asked for
};

} // namespace lockstep::compiler

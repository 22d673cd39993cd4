// SPDX-License-Identifier: Apache-2.0
#include "fuzz/input.hpp"

#include <algorithm>

namespace lockstep::fuzz {

Input read_input(bytes_view bytes, const GeneratorOptions& options) {
    Input input;
    if (bytes.size() < 2) return input;
    input.choice = bytes[0];
    const u8 kind = bytes[1];
    bytes = bytes.subspan(2);
    if (kind < 64) {
        input.module.assign(bytes.begin(), bytes.end());
        return input;
    }
    constexpr usize edit_bytes = 5;
    const usize edits = kind < 192 ? 0 : std::min<usize>(kind % 8, bytes.size() / edit_bytes);
    const bytes_view changes = bytes.last(edits * edit_bytes);
    input.module = generate(bytes.first(bytes.size() - changes.size()), options);
    input.generated = edits == 0;
    for (usize i = 0; i < edits; ++i) {
        const u32 position = load_le<u32>(&changes[i * edit_bytes]);
        input.module[position % input.module.size()] = changes[i * edit_bytes + 4];
    }
    return input;
}

} // namespace lockstep::fuzz

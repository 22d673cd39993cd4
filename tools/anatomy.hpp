// SPDX-License-Identifier: Apache-2.0
// A module as people look at it, rejected or not: its sections, and names for places in it.
#pragma once

#include "tools/commands.hpp"
#include "vm/module.hpp"

namespace lockstep::tools {

struct Section {
    u8 id = 0;
    std::string name; ///< "type", "code", ...; of a custom section `custom "its name"`
    Range contents;
};

/// What can be told of any bytes. It keeps a view of them.
class Anatomy {
public:
    explicit Anatomy(bytes_view wasm);

    /// As far as their sizes fit into the file.
    [[nodiscard]] const std::vector<Section>& sections() const noexcept { return sections_; }
    /// Bytes of the code section, 0 without one.
    [[nodiscard]] u32 code_bytes() const noexcept;
    /// Decoded by the profile `core`; null if that rejects it. Bodies are not looked at.
    [[nodiscard]] const Module* module() const;
    /// The section that an offset lies in, or null.
    [[nodiscard]] const Section* section_at(u32 offset) const noexcept;
    /// The function that an error lies in, or Error::no_index; elsewhere `index` counts other
    /// things.
    [[nodiscard]] u32 function_of(const Error& error) const noexcept;
    /// "offset 0x4d in the code section, function 3 "add"".
    [[nodiscard]] std::string place(const Error& error) const;

private:
    bytes_view wasm_;
    std::vector<Section> sections_;
    mutable std::optional<result<Module>> module_;
};

/// "(i32, i64) -> i32"
[[nodiscard]] std::string to_text(const FuncType& type);
/// `function 3 "add"`, or nothing for no_index. `module` may be null.
[[nodiscard]] std::string function_text(u32 function, const Module* module);
/// The type of an import or export: "(i32) -> i32", "1 ... 16 pages", "mutable i64".
[[nodiscard]] std::string extern_text(const Module& module, ExternKind kind, u32 index);
/// The same of an import, whose `type` counts as Import says.
[[nodiscard]] std::string import_text(const Module& module, const Import& import);

} // namespace lockstep::tools

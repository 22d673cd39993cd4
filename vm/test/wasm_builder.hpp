// SPDX-License-Identifier: Apache-2.0
// Builds WebAssembly binaries for tests:
//     ModuleBuilder b;
//     const u32 f = b.function({i32_}, {i32_}, {}, code(Op::local_get, 0, Op::i32_const, sleb(1),
//     Op::i32_add)); b.export_function("f", f); const Bytes bytes = b.build();
// Imports come before definitions of their kind. Nothing is checked: invalid modules can be built
// as well.
#pragma once

#include "vm/opcodes.hpp"
#include "vm/types.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace lockstep::test {

using Bytes = std::vector<u8>;
using Types = std::vector<ValType>;

inline constexpr ValType i32_ = ValType::i32;
inline constexpr ValType i64_ = ValType::i64;
inline constexpr ValType f32_ = ValType::f32;
inline constexpr ValType f64_ = ValType::f64;

inline Bytes leb(u64 value) {
    Bytes out;
    for (; value >= 0x80; value >>= 7)
        out.push_back(static_cast<u8>(value | 0x80));
    out.push_back(static_cast<u8>(value));
    return out;
}

inline Bytes sleb(i64 value) {
    Bytes out;
    for (; value < -64 || value > 63; value >>= 7)
        out.push_back(static_cast<u8>(value | 0x80));
    out.push_back(static_cast<u8>(value & 0x7f));
    return out;
}

/// `value`'s object representation, for the constants of f32.const and f64.const.
template <class T>
inline Bytes raw(T value) {
    const auto bytes = std::bit_cast<std::array<u8, sizeof(T)>>(value);
    return {bytes.begin(), bytes.end()};
}

inline void append(Bytes& out, const Bytes& bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}
inline void append(Bytes& out, u8 byte) { out.push_back(byte); }
inline void append(Bytes& out, ValType type) { out.push_back(static_cast<u8>(type)); }
inline void append(Bytes& out, std::string_view name) {
    append(out, leb(name.size()));
    out.insert(out.end(), name.begin(), name.end());
}
inline void append(Bytes& out, const char* name) { append(out, std::string_view(name)); }
inline void append(Bytes& out, Op op) {
    const u16 opcode = info(op).code;
    if (opcode >= 0x100) out.push_back(0xfc);
    out.push_back(static_cast<u8>(opcode & 0xff));
}
template <std::integral T>
inline void append(Bytes& out, T value) {
    append(out, leb(static_cast<u64>(value)));
}
template <class T>
inline void append(Bytes& out, const std::vector<T>& list) {
    append(out, list.size());
    for (const T& item : list)
        append(out, item);
}

/// Its arguments one after the other: Op, ValType, u8 and Bytes as they are, names and vectors with
/// their length in front, other integers as unsigned LEB128.
template <class... Part>
inline Bytes code(const Part&... part) {
    Bytes out;
    (append(out, part), ...);
    return out;
}

/// A constant expression.
inline Bytes i32_init(i64 value) { return code(Op::i32_const, sleb(value), Op::end); }

inline constexpr u8 module_header[] = {0x00, 'a', 's', 'm', 1, 0, 0, 0};

inline Bytes section(u8 id, const Bytes& contents) { return code(id, contents.size(), contents); }

/// A module of sections that are already encoded.
template <class... Part>
inline Bytes wasm(const Part&... part) {
    return code(Bytes(std::begin(module_header), std::end(module_header)), part...);
}

class ModuleBuilder {
public:
    u32 type(const Types& params, const Types& results) {
        return types_.add(code(u8{0x60}, params, results));
    }

    u32 import_function(std::string_view module, std::string_view name, const Types& params,
                        const Types& results) {
        imports_.add(code(module, name, u8{0}, type(params, results)));
        return functions_++;
    }
    u32 import_table(std::string_view module, std::string_view name, u32 min,
                     std::optional<u32> max = {}, ValType element = ValType::funcref) {
        imports_.add(code(module, name, u8{1}, element, limits(min, max)));
        return table_count_++;
    }
    u32 import_memory(std::string_view module, std::string_view name, u32 min,
                      std::optional<u32> max = {}) {
        imports_.add(code(module, name, u8{2}, limits(min, max)));
        return memory_count_++;
    }
    u32 import_global(std::string_view module, std::string_view name, ValType value,
                      bool is_mutable = false) {
        imports_.add(code(module, name, u8{3}, value, u8{is_mutable}));
        return global_count_++;
    }

    /// `body` without its final `end`.
    u32 function(const Types& params, const Types& results, const Types& locals,
                 const Bytes& body) {
        function_types_.add(code(type(params, results)));
        List groups;
        for (usize i = 0; i < locals.size();) {
            usize next = i;
            while (next < locals.size() && locals[next] == locals[i])
                ++next;
            groups.add(code(next - i, locals[i]));
            i = next;
        }
        const Bytes entry = code(groups.encoded(), body, Op::end);
        bodies_.add(code(entry.size(), entry));
        return functions_++;
    }
    u32 table(u32 min, std::optional<u32> max = {}, ValType element = ValType::funcref) {
        tables_.add(code(element, limits(min, max)));
        return table_count_++;
    }
    u32 memory(u32 min, std::optional<u32> max = {}) {
        memories_.add(limits(min, max));
        return memory_count_++;
    }
    /// `init` with its `end`.
    u32 global(ValType value, bool is_mutable, const Bytes& init) {
        globals_.add(code(value, u8{is_mutable}, init));
        return global_count_++;
    }

    void export_function(std::string_view name, u32 i) { exports_.add(code(name, u8{0}, i)); }
    void export_table(std::string_view name, u32 i) { exports_.add(code(name, u8{1}, i)); }
    void export_memory(std::string_view name, u32 i) { exports_.add(code(name, u8{2}, i)); }
    void export_global(std::string_view name, u32 i) { exports_.add(code(name, u8{3}, i)); }
    void start(u32 function) { start_ = code(function); }

    /// An active segment of functions in table 0.
    u32 element(const Bytes& offset, const std::vector<u32>& functions) {
        return elements_.add(code(u8{0}, offset, functions));
    }
    u32 passive_element(const std::vector<u32>& functions) {
        return elements_.add(code(u8{1}, u8{0}, functions));
    }
    /// A segment in any form, given in full.
    u32 raw_element(const Bytes& segment) { return elements_.add(segment); }
    u32 data(const Bytes& offset, std::string_view bytes) {
        return data_.add(code(u8{0}, offset, bytes));
    }
    u32 passive_data(std::string_view bytes) { return data_.add(code(u8{1}, bytes)); }
    /// Writes a data count section; memory.init and data.drop need it.
    void count_data() { count_data_ = true; }
    void custom(std::string_view name, const Bytes& contents) {
        append(customs_, section(0, code(name, contents)));
    }

    [[nodiscard]] Bytes build() const {
        Bytes out = wasm(types_.section(1), imports_.section(2), function_types_.section(3),
                         tables_.section(4), memories_.section(5), globals_.section(6),
                         exports_.section(7));
        if (start_) append(out, section(8, *start_));
        append(out, elements_.section(9));
        if (count_data_) append(out, section(12, leb(data_.count)));
        append(out, code(bodies_.section(10), data_.section(11), customs_));
        return out;
    }

private:
    struct List {
        u32 count = 0;
        Bytes bytes;
        u32 add(const Bytes& entry) {
            append(bytes, entry);
            return count++;
        }
        [[nodiscard]] Bytes encoded() const { return code(count, bytes); }
        [[nodiscard]] Bytes section(u8 id) const {
            return count == 0 ? Bytes{} : test::section(id, encoded());
        }
    };
    static Bytes limits(u32 min, std::optional<u32> max) {
        return max ? code(u8{1}, min, *max) : code(u8{0}, min);
    }
    List types_, imports_, function_types_, tables_, memories_, globals_, exports_, elements_,
        bodies_, data_;
    u32 functions_ = 0, table_count_ = 0, memory_count_ = 0, global_count_ = 0;
    std::optional<Bytes> start_;
    bool count_data_ = false;
    Bytes customs_;
};

} // namespace lockstep::test

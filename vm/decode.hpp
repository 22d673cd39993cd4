// SPDX-License-Identifier: Apache-2.0
// The walk behind decode(), private to decode.cpp and decode_segments.cpp; what an unknown opcode
// is told, which lower.cpp asks too.
#pragma once

#include "vm/module.hpp"
#include "vm/reader.hpp"
#include "vm/siphash.hpp"

#include <algorithm>
#include <string>

namespace lockstep {

/// The error for an opcode that the table does not have; proposals that are known but not supported
/// are named.
[[nodiscard]] Errc unknown_opcode(u8 byte) noexcept;

/// One walk over one module. After any read the reader may have failed; then values are zero, loops
/// end and problems are ignored, so that only indices which are used at once have to be checked on
/// the spot.
class Decoder {
public:
    Decoder(Module& module, const Profile& profile, Report* report)
        : module_(module), features_(profile.features), limits_(profile.limits), report_(report),
          in_(module.bytes, 0, static_cast<u32>(module.bytes.size())) {}

    result<void> run(Error* after_code);

private:
    // Problems.
    static std::string no_detail() { return {}; }
    template <class Detail>
    void problem(Errc code, u32 offset, u32 index, Detail detail);
    void problem(Errc code, u32 offset, u32 index = Error::no_index) {
        problem(code, offset, index, no_detail);
    }
    void check_limit(Errc code, u64 found, u64 limit, u32 offset, u32 index = Error::no_index) {
        if (found > limit) [[unlikely]]
            above_limit(code, found, limit, offset, index);
    }
    void above_limit(Errc code, u64 found, u64 limit, u32 offset, u32 index);
    void require(Feature feature, Errc code, u32 offset, u32 index = Error::no_index) {
        if (!features_.has(feature)) problem(code, offset, index);
    }
    void require_references(u32 offset, u32 index = Error::no_index) {
        if (!features_.has(Feature::reference_values))
            require(Feature::reference_types, Errc::reference_types_disabled, offset, index);
    }
    void require_bulk_segments(u32 offset, u32 index = Error::no_index) {
        if (!features_.has(Feature::bulk_segments))
            require(Feature::bulk_memory, Errc::bulk_memory_disabled, offset, index);
    }
    void check_index(Errc code, u32 found, usize size, u32 offset, u32 index) {
        if (found >= size) [[unlikely]]
            above_index(code, found, size, offset, index);
    }
    void above_index(Errc code, u32 found, usize size, u32 offset, u32 index);

    // Parts of sections. `owner` is the index of the global or segment an expression stands in.
    u32 read_count(Errc too_many, u32 limit, usize before = 0);
    template <class T>
    void reserve(std::vector<T>& list, u32 count, u32 least_bytes) {
        list.reserve(list.size() + std::min(count, in_.remaining() / least_bytes));
    }
    Range read_name();
    ValType read_value_type();
    ValType read_reference_type();
    u16 read_value_types(u32& offset, Errc too_many, u32 limit);
    Limits read_limits();
    void read_table();
    void read_memory();
    GlobalType read_global_type();
    u32 read_type_index(u32 function);
    u32 check_import(Errc too_many, usize before, u32 limit, u32 offset, u32 import);
    void mark_referenced(u32 function) {
        if (function >= module_.functions.size()) return;
        if (module_.referenced.empty()) module_.referenced.resize(module_.functions.size());
        module_.referenced[function] = true;
    }

    Range read_constant_expression(ValType expected, u32 owner);
    void apply_binary(ValType type, u32 offset, u32 owner);
    ValType read_constant_global(u32 owner);
    void read_function_reference(u32 owner);

    // Sections.
    void read_header();
    void read_section();
    void read_contents(u8 id);
    void read_custom();
    void read_types();
    void read_imports();
    void read_functions();
    void read_tables();
    void read_memories();
    void read_globals();
    void read_exports();
    void read_start();
    void read_elements();
    void read_element_items(ElementSegment& segment, u32 index);
    void read_data_count();
    void read_code();
    void read_data();
    void check_end();

    Module& module_;
    const Features features_;
    const ModuleLimits& limits_;
    Report* report_;
    Reader in_; ///< the section being read, or the rest of the module between two sections
    std::optional<Error> first_;
    const SipKey key_ = process_sip_key();
    u8 last_order_ = 0;
    u64 custom_bytes_ = 0;
    u64 total_params_ = 0;
    std::vector<ValType> stack_; ///< of the constant expression being read
};

/// Notes a problem after which decoding could go on. Without a report it ends here.
template <class Detail>
void Decoder::problem(Errc code, u32 offset, u32 index, Detail detail) {
    if (!in_.ok()) return;
    const Error error{code, offset, index};
    if (!first_) first_ = error;
    if (!report_)
        in_.fail_at(code, offset);
    else if (report_->problems.size() < Report::max_problems)
        report_->add(error, detail());
    else
        report_->add(error);
}

} // namespace lockstep

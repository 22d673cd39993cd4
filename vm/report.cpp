// SPDX-License-Identifier: Apache-2.0
// What is known about problems beyond their text: which compiler or flag usually makes them, and
// what to do.
#include "vm/report.hpp"

namespace lockstep {
namespace {

struct Row {
    Errc code;
    Advice advice;
};

constexpr std::string_view split_function = "Split the function, or compile with less inlining: "
                                            "opt-level = \"z\" in Rust, -Os in clang.";
constexpr std::string_view fewer_functions =
    "Remove what is not called: lto = true and opt-level = \"z\" in Cargo.toml, then wasm-opt -Oz.";
constexpr std::string_view damaged =
    "The file was cut short or damaged, or a tool wrote a section wrongly.";
constexpr std::string_view build_again =
    "Build it again; wasm-validate (wabt) or wasm-tools validate shows whether the tool is at "
    "fault.";

constexpr Row rows[] = {
    {Errc::unexpected_end, {damaged, build_again}},
    {Errc::length_out_of_bounds, {damaged, build_again}},
    {Errc::section_size_mismatch, {damaged, build_again}},
    {Errc::magic_header_not_detected,
     {"This is not a binary module: text format, a gzip archive or base64 are usual.",
      "Convert text with wat2wasm; unpack archives first."}},
    {Errc::unknown_binary_version,
     {"A component (wasm32-wasip2) instead of a core module has version 0d 00 01 00.",
      "Build for wasm32-unknown-unknown."}},
    {Errc::malformed_section_id,
     {"Section 13 is a tag section: the module uses exception handling.",
      "Compile without exceptions: -fno-exceptions, or panic = \"abort\" in Cargo.toml."}},
    {Errc::unexpected_content,
     {"Sections stand twice or out of order, often after a tool joined or edited modules.",
      build_again}},
    {Errc::malformed_utf8, {"A name is not UTF-8.", "Use plain ASCII names for exports."}},
    {Errc::zero_byte_expected,
     {"Rust 1.82 and newer (LLVM 19) write the table index of call_indirect as a five-byte zero, "
      "which needs reference types or this profile's overlong_table_index.",
      "Pass the module through wasm-opt, which writes it in one byte, or use Rust 1.81."}},
    {Errc::data_count_required,
     {"memory.init or data.drop without a data count section.", build_again}},
    {Errc::multiple_memories,
     {"The multi-memory proposal, or a tool that added a memory of its own.",
      "Keep one memory, defined or imported; wasm-opt --multi-memory-lowering joins several."}},
    {Errc::constant_expression_required,
     {"An initial value is computed, or reads a mutable global.",
      "Use a constant, or set the value in a function."}},
    {Errc::undeclared_function_reference,
     {"ref.func names a function that no export, global or element segment mentions.",
      "Add (elem declare func $f)."}},
    {Errc::duplicate_export_name,
     {"Two functions have the same #[no_mangle] or export_name, often a library that brings its "
      "own entry points.",
      "Give the library its feature for use as a dependency (CosmWasm: features = "
      "[\"library\"])."}},

    {Errc::floats_disabled,
     {"f32 or f64 arithmetic, often in a library: serde's default number handling, Duration, "
      "formatting of numbers.",
      "Use integers or fixed-point decimals; serde-json-wasm instead of serde_json. The function's "
      "name says whose code it is."}},
    {Errc::sign_extension_disabled,
     {"Rust 1.70 and newer (LLVM 16) emit sign-extension operators by default.",
      "Compile with -C target-feature=-sign-ext, or run wasm-opt --signext-lowering."}},
    {Errc::sat_float_to_int_disabled,
     {"Rust's `as` casts from floats to integers; on by default from Rust 1.87 (LLVM 20).",
      "Compile with -C target-feature=-nontrapping-fptoint, or run wasm-opt "
      "--llvm-nontrapping-fptoint-lowering."}},
    {Errc::multi_value_disabled,
     {"A function with several results or a block with parameters: compilers emit them only when "
      "told to, but from LLVM 19 on (Rust 1.82) the feature is on by default.",
      "Compile with -C target-feature=-multivalue and without -Zwasm-c-abi; return a struct "
      "through a pointer."}},
    {Errc::bulk_memory_disabled,
     {"Rust 1.87 and newer (LLVM 20) emit memory.copy and memory.fill by default.",
      "Compile with -C target-feature=-bulk-memory (std included: -Z build-std), use Rust 1.86, or "
      "run wasm-opt --llvm-memory-copy-fill-lowering."}},
    {Errc::reference_types_disabled,
     {"externref, funcref or a second table; Rust 1.82 and newer (LLVM 19) have the feature on by "
      "default, wasm-bindgen makes use of it.",
      "Compile with -C target-feature=-reference-types, and leave wasm-bindgen out of contracts."}},
    {Errc::tail_call_disabled,
     {"clang's musttail or -mtail-call, Rust's become.",
      "Compile with -mno-tail-call, or write a loop."}},
    {Errc::extended_const_disabled,
     {"Position-independent code: -C relocation-model=pic with -C target-feature=+extended-const.",
      "Compile without pic, or with -extended-const."}},
    {Errc::mutable_globals_disabled,
     {"The stack pointer is imported or exported: a shared library, or a linker told to export "
      "all.",
      "Link a final module: no --export=__stack_pointer, no --import-memory with dynamic "
      "linking."}},
    {Errc::simd_disabled,
     {"-msimd128 or -C target-feature=+simd128, or a library with hand-written SIMD.",
      "Compile with -C target-feature=-simd128."}},
    {Errc::threads_disabled,
     {"-pthread, or -C target-feature=+atomics.",
      "Compile without threads: a contract runs alone."}},
    {Errc::exceptions_disabled,
     {"C++ exceptions or panic = \"unwind\".",
      "Compile with -fno-exceptions, or panic = \"abort\" in Cargo.toml."}},
    {Errc::gc_disabled,
     {"A language with garbage-collected references (Kotlin, Dart, OCaml, Scheme) or typed "
      "function references.",
      "Compile for plain linear memory."}},
    {Errc::multi_memory_disabled,
     {"The multi-memory proposal.", "wasm-opt --multi-memory-lowering joins the memories."}},
    {Errc::memory64_disabled, {"wasm64-unknown-unknown.", "Build for wasm32-unknown-unknown."}},
    {Errc::start_function_disabled,
     {"A (start) function: threads, wasm-bindgen's #[wasm_bindgen(start)], or TinyGo.",
      "Move the code to an exported function that the chain calls."}},

    {Errc::module_too_large,
     {"Debug information, names, or code that is never called.",
      "Build with --release, strip = true, lto = true, opt-level = \"z\"; then wasm-opt -Oz "
      "--strip-debug."}},
    {Errc::too_many_types,
     {"Many generic instances with different signatures.",
      "Remove unused code with wasm-opt -Oz."}},
    {Errc::too_many_functions, {"Generic code, instantiated many times.", fewer_functions}},
    {Errc::too_many_imports,
     {"wasm-bindgen or a port of a system library asks for functions that no chain has.",
      "Leave features out that need a browser or an operating system (getrandom's js, chrono's "
      "clock)."}},
    {Errc::too_many_exports,
     {"Every function is exported.", "Link without --export-all and --export-dynamic."}},
    {Errc::too_many_globals,
     {"A tool that keeps its variables in globals.", "Keep variables in memory."}},
    {Errc::too_many_tables, {"More than one table.", "Link with a single function table."}},
    {Errc::too_many_data_segments,
     {"Every constant is a segment of its own.", "wasm-opt --memory-packing, or -Oz, joins them."}},
    {Errc::too_many_element_segments,
     {"Every table entry is a segment of its own.", "wasm-opt -Oz joins them."}},
    {Errc::too_many_params, {"A structure is passed field by field.", "Pass a pointer to it."}},
    {Errc::too_many_results, {"A structure is returned field by field.", "Return a pointer."}},
    {Errc::too_many_total_params,
     {"Many functions with many parameters.", "Pass pointers, and remove unused code."}},
    {Errc::too_many_function_locals,
     {"One very large function, after inlining: a generated parser or an unrolled loop.",
      split_function}},
    {Errc::too_many_total_locals,
     {"Large functions after inlining, or a compiler that does not reuse locals.",
      "wasm-opt --coalesce-locals, which -Oz includes, shares locals."}},
    {Errc::body_too_large,
     {"One very large function, after inlining or with a large generated table.", split_function}},
    {Errc::body_has_too_many_operators,
     {"One very large function, after inlining or with a large generated table.", split_function}},
    {Errc::nesting_too_deep,
     {"A match with very many arms, or deeply nested generated code.",
      "Look values up in a table instead of matching, or split the function."}},
    {Errc::operand_stack_too_high,
     {"A generated expression with very many operands.", split_function}},
    {Errc::br_table_too_large,
     {"A match with very many arms.", "Look values up in a table instead of matching."}},
    {Errc::table_too_large,
     {"Very many functions are called through pointers.",
      "Use fewer trait objects, and remove unused code."}},
    {Errc::memory_too_large,
     {"A large static array or stack, or a high initial memory.",
      "Link with a smaller --initial-memory; -C link-arg=-zstack-size=N sets the stack."}},
    {Errc::name_too_long,
     {"Mangled names as exports, or a section named by a tool.",
      "Export under a short name with #[export_name] or #[no_mangle]."}},
    {Errc::custom_sections_too_large,
     {"Debug information (.debug_info and others) and the name section.",
      "wasm-opt --strip-debug, or strip = true in Cargo.toml."}},
    {Errc::too_many_segment_elements,
     {"Very many functions are called through pointers.",
      "Use fewer trait objects, and remove unused code."}},

    {Errc::unknown_import,
     {"A library asks for a function that this host does not offer; wasm-bindgen and WASI are "
      "usual.",
      "Build for wasm32-unknown-unknown and leave such features out; the detail names the "
      "import."}},
    {Errc::incompatible_import_type,
     {"The import exists, but with another signature.",
      "Use the library version that fits the chain's release."}},
};

} // namespace

Advice advice_for(Errc code) noexcept {
    for (const Row& row : rows)
        if (row.code == code) return row.advice;
    return {};
}

} // namespace lockstep

// SPDX-License-Identifier: Apache-2.0
// What is run of a compiled file is either what a holder of the key has sealed, or what was
// compiled just now.
#include "tools/compiled_file.hpp"

#include "storage/mac_key.hpp"
#include "tools/anatomy.hpp"
#include "tools/text.hpp"

#include <iostream>

namespace lockstep::tools {
namespace {

using compiler::ArtifactHeader;
using compiler::ArtifactKey;

compiler::ArtifactHeader header_of(bytes_view bytes, const std::string& file) {
    const auto header = compiler::read_artifact_header(bytes);
    if (header.has_value()) return header.assume_value();
    if (header.error().code == Errc::artifact_foreign)
        throw Stop{Exit::bad_input, "the compiled file has the format of another version of vmtool",
                   file, "this one reads format " + std::to_string(compiler::artifact_format),
                   "Compile the module again: vmtool compile FILE -o OUT."};
    throw Stop{Exit::bad_input, "the compiled file is damaged", file, "its header makes no sense",
               "Compile the module again: vmtool compile FILE -o OUT."};
}

bytes_view wasm_in(bytes_view bytes, const std::string& file) {
    const auto wasm = compiler::wasm_of_artifact(bytes);
    if (wasm.has_error())
        throw Stop{Exit::bad_input, "the compiled file is damaged", file,
                   "its size is not what its header says",
                   "Compile the module again: vmtool compile FILE -o OUT."};
    return wasm.assume_value();
}

/// Why the file's code cannot be used here, or empty.
std::string misfit(const ArtifactKey& has, const ArtifactKey& needs, const Numbers& numbers) {
    if (has.build != needs.build) return "it was made by another build of vmtool";
    if (has.target != needs.target)
        return "it is for " + std::string(compiler::baseline_of(has.target)) +
               ", this machine runs " + std::string(compiler::baseline_of(needs.target));
    if (has.profile != needs.profile) return "it is not for the profile " + numbers.profile.name;
    if (has.schedule != needs.schedule)
        return "it is not for the gas schedule " + numbers.schedule.name;
    if (has.traps != needs.traps) return "guard pages do not work here";
    if (has.trace != needs.trace) return "it is traced";
    if (has != needs && has.code == needs.code) return "it was made with other options";
    return {};
}

[[noreturn]] void differs(const std::string& file, const char* why) {
    throw Stop{Exit::bad_input, "the compiled file is not what its module compiles to", file, why,
               "Nothing of it was run. Compile the module again: vmtool compile FILE -o OUT."};
}

LoadedCode load_compiled(const std::vector<u8>& bytes, const std::string& file, Numbers& numbers,
                         const std::string& key_file) {
    const ArtifactHeader header = header_of(bytes, file);
    const bytes_view wasm = wasm_in(bytes, file);
    numbers.tier = header.key.tier;
    numbers.traps = effective_traps(std::string(name_of(header.key.traps)));
    const ArtifactKey key = compiler::artifact_key(sha256(wasm), numbers.options());
    const auto compile_again = [&] {
        return compile_module(wasm, file, numbers.options(), numbers.profile.name);
    };
    const std::string misfits = misfit(header.key, key, numbers);
    if (!misfits.empty())
        return {compile_again(), CodeOrigin::replaced, misfits + "; its module was compiled again"};
    if (header.key.code != key.code) differs(file, "its header names another module");
    std::string remark = "without --key";
    if (!key_file.empty()) {
        auto opened =
            compiler::open_artifact(bytes, key, key_from(key_file, false), numbers.options());
        if (opened.has_value())
            return {std::move(opened).assume_value(), CodeOrigin::authenticated,
                    "authenticated by the key"};
        if (is_fault(opened.error()))
            throw stop_for(opened.error(), "the compiled file could not be loaded", file);
        remark = "not authenticated by this key";
    }
    auto executable = compile_again();
    const auto sealed =
        need(compiler::seal(*executable, key, nullptr), "the module could not be compiled", file);
    if (!compiler::same_but_for_tags(sealed, bytes)) differs(file, "its bytes are others");
    return {std::move(executable), CodeOrigin::compared,
            remark + ": its module was compiled again, the code is the same"};
}

} // namespace

std::string_view name_of(CodeOrigin origin) noexcept {
    switch (origin) {
    case CodeOrigin::module: return "module";
    case CodeOrigin::authenticated: return "authenticated";
    case CodeOrigin::compared: return "compared";
    case CodeOrigin::replaced: return "replaced";
    }
    return "unknown";
}

void say_origin(const LoadedCode& code) {
    if (!code.remark.empty()) std::cerr << "vmtool: compiled file: " << code.remark << '\n';
}

std::shared_ptr<const Executable> compile_module(bytes_view wasm, const std::string& file,
                                                 const compiler::Options& options,
                                                 const std::string& profile_name) {
    auto compiled = compiler::compile(wasm, options);
    if (compiled.has_value()) return std::move(compiled).assume_value();
    const Anatomy anatomy(wasm);
    Stop stop =
        stop_for(compiled.error(), "the module was rejected by " + profile_name, file, &anatomy);
    if (!is_fault(compiled.error()))
        stop.remedy += (stop.remedy.empty() ? "" : " ") + std::string("vmtool check lists all "
                                                                      "problems.");
    throw stop;
}

LoadedCode load_code(const std::string& file, Numbers& numbers, const std::string& key_file) {
    const std::vector<u8> bytes = read_file(file);
    if (compiler::is_artifact(bytes)) return load_compiled(bytes, file, numbers, key_file);
    return {compile_module(bytes, file, numbers.options(), numbers.profile.name),
            CodeOrigin::module,
            {}};
}

MacKey key_from(const std::string& file, bool create) {
    std::string detail;
    const auto key = create ? storage::read_or_create_mac_key(file, &detail)
                            : storage::read_mac_key(file, &detail);
    if (key.has_value()) return key.assume_value();
    throw Stop{key.error().code == Errc::io_failure ? Exit::environment : Exit::bad_input,
               "the key cannot be used", file, printable(detail),
               "A key is a file of 32 random bytes with mode 0600; vmtool compile --key FILE makes "
               "a new one."};
}

} // namespace lockstep::tools

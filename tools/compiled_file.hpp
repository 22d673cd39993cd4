// SPDX-License-Identifier: Apache-2.0
// A file that holds a module, or code that `vmtool compile` made of one.
#pragma once

#include "compiler/artifact.hpp"
#include "tools/input.hpp"

namespace lockstep::tools {

/// How code came from a file.
enum class CodeOrigin : u8 {
    module,        ///< compiled from a module
    authenticated, ///< a compiled file whose tag is the key's
    compared,      ///< a compiled file that was compiled again, with the same result
    replaced,      ///< a compiled file for something else: its module was compiled again
};

struct LoadedCode {
    std::shared_ptr<const Executable> executable;
    CodeOrigin origin = CodeOrigin::module;
    std::string remark; ///< for people; empty for a module
};

[[nodiscard]] std::string_view name_of(CodeOrigin origin) noexcept;

/// Code from `file`. Of a compiled file nothing is run that is neither authenticated nor compared;
/// its tier and traps mode are set in `numbers`. `key_file` may be empty. Stops say what is wrong.
[[nodiscard]] LoadedCode load_code(const std::string& file, Numbers& numbers,
                                   const std::string& key_file);

/// Tells people on standard error how the code of a compiled file was come by.
void say_origin(const LoadedCode& code);

/// The module in a file, compiled; Stops say why it was rejected.
[[nodiscard]] std::shared_ptr<const Executable> compile_module(bytes_view wasm,
                                                               const std::string& file,
                                                               const compiler::Options& options,
                                                               const std::string& profile_name);

/// Of every --key.
inline constexpr const char* key_description = "File with the key that authenticates compiled code";
/// The key in `file`, or a Stop; with `create` a new one if there is no file.
[[nodiscard]] MacKey key_from(const std::string& file, bool create);

} // namespace lockstep::tools

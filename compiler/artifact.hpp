// SPDX-License-Identifier: Apache-2.0
// Artifacts: an Executable as bytes that a later process, or another one, can run. An artifact is
// for one key, field by field, and authenticated by a tag that only holders of a node's own secret
// can make; compiler/README.md has the layout.
//
// Native code is position-independent as it is generated: calls are relative, everything else is
// reached through the Activation. So there are no relocations, and nothing in the code is changed
// when it is loaded.
#pragma once

#include "compiler/compile.hpp"
#include "compiler/singlepass/singlepass.hpp"

#include <vector>

namespace lockstep::compiler {

/// The version of the layout. To be raised with every change of it.
inline constexpr u32 artifact_format = 1;

/// Everything an artifact's bytes depend on. Two that differ in a field are never taken for one
/// another.
struct ArtifactKey {
    u32 format = artifact_format;
    Tier tier = Tier::interpreter;
    std::optional<Target> target; ///< none: IR only
    TrapsMode traps = TrapsMode::explicit_checks;
    bool trace = false; ///< the IR has trace rows (none has yet)
    u32 zeal = 0;       ///< bits of zeal.hpp
    Digest code{};      ///< SHA-256 of the module
    Digest profile{};   ///< digest of the effective numbers
    Digest schedule{};
    Digest build{}; ///< build_id()
    friend bool operator==(const ArtifactKey&, const ArtifactKey&) = default;
};

/// The name artifacts are stored under: a digest over every field.
[[nodiscard]] Digest digest(const ArtifactKey& key);

/// The key of what compile() makes of this code here and now.
[[nodiscard]] ArtifactKey artifact_key(const Digest& code, const Options& options);

/// "x86-64-v3", "armv8.0-a": a target with the processor it takes for granted; "ir" for none.
[[nodiscard]] std::string_view baseline_of(std::optional<Target> target) noexcept;

/// The bytes of `executable`, with a tag by `mac`; null: with zeros instead, so that nobody can
/// take it for authentic. Errors: out_of_memory; bad_argument if the native code is not what `key`
/// says (it may be missing because memory was short when it was made). The same input gives the
/// same bytes.
[[nodiscard]] result<std::vector<u8>> seal(const Executable& executable, const ArtifactKey& key,
                                           const MacKey* mac) noexcept;

/// The same with code of any target beside what the executable itself may run.
[[nodiscard]] result<std::vector<u8>> seal(const Executable& executable, const GeneratedCode& code,
                                           const ArtifactKey& key, const MacKey* mac) noexcept;

/// The Executable that was sealed, ready to run. `bytes` must be a private copy that nobody else
/// can change; it is checked whole, tag first, before any of it becomes executable, and not needed
/// afterwards. `options` are those of `key`. Errors: artifact_damaged, artifact_foreign (authentic,
/// but for another key), out_of_memory. Thread-safe.
[[nodiscard]] result<std::shared_ptr<const Executable>>
open_artifact(bytes_view bytes, const ArtifactKey& key, const MacKey& mac,
              const Options& options) noexcept;

// ---- what is known without running anything; for tools ----

/// What the header says. Nothing of it is authenticated.
struct ArtifactHeader {
    ArtifactKey key;
    u64 total_bytes = 0;
    u32 wasm_bytes = 0;
    u32 native_bytes = 0;
    u32 functions = 0;
    u32 interpreted = 0;
};

/// Size of the header in bytes.
inline constexpr usize artifact_header_bytes = 192;

/// Whether it begins as an artifact does.
[[nodiscard]] bool is_artifact(bytes_view bytes) noexcept;

/// Reads a header; what follows it may be missing. Errors: artifact_damaged, artifact_foreign
/// (another format).
[[nodiscard]] result<ArtifactHeader> read_artifact_header(bytes_view bytes) noexcept;

/// The module inside, not authenticated. Errors: as read_artifact_header(); artifact_damaged if the
/// sizes do not fit.
[[nodiscard]] result<bytes_view> wasm_of_artifact(bytes_view bytes) noexcept;

/// Whether both are the same but for their tags.
[[nodiscard]] bool same_but_for_tags(bytes_view a, bytes_view b) noexcept;

/// Whether the tag is `mac`'s.
[[nodiscard]] bool is_authentic(bytes_view bytes, const MacKey& mac) noexcept;

/// All checks of open_artifact() but tag and key, without mapping anything. Errors: as there.
[[nodiscard]] result<> check_artifact(bytes_view bytes, const Options& options) noexcept;

} // namespace lockstep::compiler

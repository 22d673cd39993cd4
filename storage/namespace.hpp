// SPDX-License-Identifier: Apache-2.0
// One contract's part of the state. Its keys stand in the overlay as u16be(size of name), name,
// key: with the length in front no name's keys lie inside another's.
#pragma once

#include "storage/overlay.hpp"

namespace lockstep::storage {

/// The keys below one name, seen without it. One thread at a time. The overlay must outlive it.
/// Errors are those of Overlay.
class Namespace {
public:
    /// The namespace `name` of `overlay`. bad_argument for a name longer than 65,535 bytes.
    [[nodiscard]] static result<Namespace> open(Overlay& overlay, bytes_view name) noexcept;

    [[nodiscard]] result<std::optional<Bytes>> get(bytes_view key) const noexcept;
    [[nodiscard]] result<> put(bytes_view key, bytes_view value) noexcept;
    [[nodiscard]] result<> remove(bytes_view key) noexcept;
    /// As Overlay::iterate(), within the namespace; keys come without its prefix.
    [[nodiscard]] result<std::unique_ptr<KvIterator>> iterate(const Range& range) noexcept;

    /// What stands in front of each key.
    [[nodiscard]] bytes_view prefix() const noexcept { return prefix_; }

private:
    Namespace(Overlay& overlay, Bytes prefix) noexcept;
    [[nodiscard]] Bytes full(bytes_view key) const;

    Overlay* overlay_;
    Bytes prefix_;
};

} // namespace lockstep::storage

// SPDX-License-Identifier: Apache-2.0
// A growing array for what a module sizes: never throws, grows by realloc (so large blocks move by
// remapping, not by copying) and keeps its memory between uses. Out of memory drops what was to be
// added and sets failed(), a Fault that the caller must look for before it trusts the contents.
#pragma once

#include "vm/bytes.hpp"

#include <cstdlib>
#include <utility>

namespace lockstep {

template <class T>
class Buffer {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    Buffer() noexcept = default;
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        swap(other);
        return *this;
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { std::free(data_); }

    [[nodiscard]] bool failed() const noexcept { return failed_; }
    [[nodiscard]] u32 size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] T* data() noexcept { return data_; }
    [[nodiscard]] const T* data() const noexcept { return data_; }
    [[nodiscard]] T* begin() noexcept { return data_; }
    [[nodiscard]] T* end() noexcept { return data_ + size_; }
    [[nodiscard]] const T* begin() const noexcept { return data_; }
    [[nodiscard]] const T* end() const noexcept { return data_ + size_; }
    [[nodiscard]] T& operator[](u32 i) noexcept {
        hot_assert(i < size_);
        return data_[i];
    }
    [[nodiscard]] const T& operator[](u32 i) const noexcept {
        hot_assert(i < size_);
        return data_[i];
    }
    [[nodiscard]] T& back() noexcept { return (*this)[size_ - 1]; }

    /// False when out of memory.
    bool push_back(T value) noexcept {
        if (size_ == capacity_ && !grow(size_ + 1)) [[unlikely]]
            return false;
        data_[size_++] = value;
        return true;
    }
    /// Makes room for `size` elements in all; false when out of memory.
    [[nodiscard]] bool reserve(u32 size) noexcept { return size <= capacity_ || grow(size); }
    /// REQUIRES: reserve() made room for it.
    void push_back_reserved(T value) noexcept {
        hot_assert(size_ < capacity_);
        data_[size_++] = value;
    }
    /// Appends `count` elements whose contents are not set, and returns the first; null when out of
    /// memory.
    T* extend(u32 count) noexcept {
        if (count > capacity_ - size_ && !grow(static_cast<u64>(size_) + count)) [[unlikely]]
            return nullptr;
        T* first = data_ + size_;
        size_ += count;
        return first;
    }
    void pop_back() noexcept {
        hot_assert(size_ > 0);
        --size_;
    }
    void truncate(u32 size) noexcept {
        hot_assert(size <= size_);
        size_ = size;
    }
    void clear() noexcept {
        size_ = 0;
        failed_ = false;
    }
    /// Gives a large block back; small ones are kept for the next use.
    void release_if_large() noexcept {
        if (capacity_ > large_bytes / sizeof(T)) *this = Buffer();
    }
    void shrink_to_fit() noexcept {
        if (size_ == capacity_ || size_ == 0) return;
        if (void* block = std::realloc(static_cast<void*>(data_), size_ * sizeof(T))) {
            data_ = static_cast<T*>(block);
            capacity_ = size_;
        }
    }

private:
    static constexpr u32 large_bytes = 1 << 20;

    // Out of line, so that the many places which append keep their registers.
    [[gnu::noinline, gnu::cold]] bool grow(u64 needed) noexcept {
        // Large blocks move by remapping, so they can afford small steps.
        const u32 divisor = capacity_ > large_bytes / sizeof(T) ? 8 : 2;
        u64 capacity = capacity_ + static_cast<u64>(capacity_) / divisor + 16;
        if (capacity < needed) capacity = needed;
        constexpr u64 most = 0xffff'ffffu;
        if (capacity > most) capacity = most;
        void* block = needed > most ? nullptr
                                    : std::realloc(static_cast<void*>(data_),
                                                   static_cast<usize>(capacity) * sizeof(T));
        if (block == nullptr) {
            failed_ = true;
            return false;
        }
        data_ = static_cast<T*>(block);
        capacity_ = static_cast<u32>(capacity);
        return true;
    }
    void swap(Buffer& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        std::swap(failed_, other.failed_);
    }

    T* data_ = nullptr;
    u32 size_ = 0;
    u32 capacity_ = 0;
    bool failed_ = false;
};

} // namespace lockstep

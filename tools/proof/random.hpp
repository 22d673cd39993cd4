// SPDX-License-Identifier: Apache-2.0
// The numbers of a seed, the same on every machine.
#pragma once

#include "vm/bytes.hpp"

namespace lockstep::proof {

/// splitmix64
class Random {
public:
    explicit Random(u64 seed) : state_(seed) {}
    u64 next() {
        state_ += 0x9e3779b97f4a7c15;
        u64 z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    u64 below(u64 end) { return next() % end; }

private:
    u64 state_;
};

} // namespace lockstep::proof

// SPDX-License-Identifier: Apache-2.0
// A target's class beside asmjit's assembler: both emit the same instructions, and the bytes must
// be equal.
#pragma once

#include "vm/digest.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <asmjit/core.h>

namespace lockstep::test {

template <class M, class Assembler>
class Beside {
public:
    explicit Beside(asmjit::Arch arch) {
        holder_.init(asmjit::Environment(arch));
        holder_.attach(&theirs_);
        REQUIRE(ours_.ensure(8192));
        ours_.ret(); // no reference stands at 0
    }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    ~Beside() { compare(); }

    /// Both are called, with what they emit to. It is compared at the end.
    template <class Ours, class Theirs>
    void same(const char* what, const Ours& ours, const Theirs& theirs) {
        REQUIRE(ours_.ensure(8192));
        Case made{what, ours_.here(), 0, theirs_.offset(), 0};
        ours(ours_);
        theirs(theirs_);
        made.ours_end = ours_.here();
        made.theirs_end = theirs_.offset();
        cases_.push_back(made);
    }
    M& ours() noexcept { return ours_; }

private:
    struct Case {
        const char* what;
        u32 ours;
        u32 ours_end;
        usize theirs;
        usize theirs_end;
    };
    void compare() {
        CHECK(!cases_.empty());
        const Buffer<u8> code = ours_.take();
        const u8* const theirs = holder_.sectionById(0)->data();
        u32 shown = 0;
        u32 different = 0;
        for (usize i = 0; i < cases_.size(); ++i) {
            const Case& one = cases_[i];
            const usize size = one.ours_end - one.ours;
            if (size == one.theirs_end - one.theirs &&
                std::equal(code.data() + one.ours, code.data() + one.ours_end, theirs + one.theirs))
                continue;
            ++different;
            if (++shown <= 10)
                MESSAGE(std::string(one.what), ", case ", i, ": ",
                        to_hex({code.data() + one.ours, size}),
                        ", asmjit: ", to_hex({theirs + one.theirs, one.theirs_end - one.theirs}));
        }
        CHECK(different == 0);
    }

    M ours_;
    asmjit::CodeHolder holder_;
    Assembler theirs_;
    std::vector<Case> cases_;
};

} // namespace lockstep::test

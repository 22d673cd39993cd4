// SPDX-License-Identifier: Apache-2.0
// Reports: how many problems they keep, and that advice is given where a compiler is usually the
// cause.
#include "vm/report.hpp"

#include <doctest/doctest.h>

using namespace lockstep;

namespace {

constexpr Errc every_code[] = {
#define ERROR(number, name, kind, text) Errc::name,
#include "vm/errors.def"
};

} // namespace

TEST_CASE("report: keeps the first hundred problems and counts the rest") {
    Report report;
    for (u32 i = 0; i < 130; ++i)
        report.add({Errc::unknown_function, i}, std::to_string(i));
    REQUIRE(report.problems.size() == 100);
    CHECK(report.problems[99].error.offset == 99);
    CHECK(report.problems[99].detail == "99");
    CHECK(report.not_listed == 30);
}

TEST_CASE("report: advice") {
    for (const Errc code : every_code) {
        CAPTURE(name_of(code));
        const Advice advice = advice_for(code);
        CHECK(advice.cause.empty() == advice.remedy.empty());
        const ErrorKind kind = kind_of(code);
        if (kind == ErrorKind::feature || kind == ErrorKind::limit)
            CHECK_FALSE(advice.cause.empty());
        if (kind == ErrorKind::fault || kind == ErrorKind::usage) CHECK(advice.cause.empty());
    }
    CHECK(advice_for(Errc::bulk_memory_disabled).remedy.find("--llvm-memory-copy-fill-lowering") !=
          std::string_view::npos);
    CHECK(advice_for(Errc::type_mismatch).cause.empty());
}

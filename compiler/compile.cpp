// SPDX-License-Identifier: Apache-2.0
// decode -> (lower -> meter -> assemble) per function -> Executable. One draft serves all
// functions, so the memory beyond the module and its code is that of the largest function.
#include "compiler/compile.hpp"

#include "compiler/singlepass/singlepass.hpp"
#include "metering/meter.hpp"

#include <chrono>
#include <new>
#include <stdexcept>

namespace lockstep::compiler {
namespace {

/// Adds the time between laps to the stages, if anyone wants to know.
class Laps {
public:
    explicit Laps(const CompileStats* stats) : on_(stats != nullptr) {
        if (on_) last_ = std::chrono::steady_clock::now();
    }
    void lap(u64 CompileStats::*stage, CompileStats* stats) {
        if (!on_) return;
        const auto now = std::chrono::steady_clock::now();
        stats->*stage += static_cast<u64>(
            std::chrono::duration_cast<std::chrono::nanoseconds>(now - last_).count());
        last_ = now;
    }

private:
    bool on_;
    std::chrono::steady_clock::time_point last_;
};

/// `after_code` is what decoding found behind the bodies, if anything.
result<> compile_bodies(Executable& executable, const Options& options, Error after_code,
                        Laps& laps) {
    const Module& module = executable.module;
    Lowering lowering(module, options.profile, options.schedule.weights,
                      metering::marks_for(options.schedule));
    ir::Draft draft;
    ir::AssembleScratch scratch;
    Error first{};
    for (u32 i = 0; i < module.bodies.size(); ++i) {
        const auto lowered = lowering.lower(i, draft, options.report);
        laps.lap(&CompileStats::lower_ns, options.stats);
        if (lowered.has_error()) {
            if (first.code == Errc{}) first = lowered.error();
            if (options.report == nullptr || is_fault(first)) return first;
            continue;
        }
        metering::meter(draft, options.schedule);
        laps.lap(&CompileStats::meter_ns, options.stats);
        if (draft.failed()) return Error{Errc::out_of_memory};
        TRY(ir::assemble(draft, executable.code, scratch));
        laps.lap(&CompileStats::lower_ns, options.stats);
    }
    if (first.code == Errc{} || (after_code.code != Errc{} && after_code.offset < first.offset))
        first = after_code;
    if (first.code != Errc{}) return first;
    return success();
}

result<std::shared_ptr<const Executable>> compile_module(bytes_view wasm, const Options& options) {
    auto executable = std::make_shared<Executable>();
    Laps laps(options.stats);
    Error after_code{};
    auto decoded = decode(wasm, options.profile, options.report, &after_code);
    laps.lap(&CompileStats::decode_ns, options.stats);
    if (decoded.has_error()) return decoded.error();
    executable->module = std::move(decoded).value();
    TRY(compile_bodies(*executable, options, after_code, laps));
    executable->code.records.shrink_to_fit();
    executable->code.functions.shrink_to_fit();
    laps.lap(&CompileStats::lower_ns, options.stats);
    if (options.tier == Tier::singlepass && host_target()) {
        // Without memory for the code, the interpreter runs it: a tier decides nothing.
        if (auto native = translate(*executable, options.traps, options.zeal))
            executable->native = std::move(native).value();
        laps.lap(&CompileStats::translate_ns, options.stats);
        if (options.stats != nullptr && executable->native != nullptr)
            options.stats->native_bytes = executable->native->size;
    }
    set_limits(*executable, options);
    if (options.stats != nullptr)
        options.stats->ir_bytes = u64{executable->code.records.size()} * sizeof(ir::Record) +
                                  u64{executable->code.functions.size()} * sizeof(ir::Function);
    return std::shared_ptr<const Executable>(std::move(executable));
}

} // namespace

std::string_view name_of(Tier tier) noexcept {
    switch (tier) {
    case Tier::interpreter: return "interp";
    case Tier::singlepass: return "singlepass";
    }
    return "unknown";
}

result<Tier> find_tier(std::string_view name) {
    for (const Tier tier : {Tier::interpreter, Tier::singlepass})
        if (name == name_of(tier)) return tier;
    return Error{Errc::bad_argument};
}

void set_limits(Executable& executable, const Options& options) noexcept {
    executable.max_frames = options.profile.max_frames;
    executable.max_slots = options.profile.max_slots;
    executable.max_nesting = options.profile.max_nesting;
    executable.memory_pages = options.profile.limits.memory_pages;
    executable.gas_reported = options.schedule.reported;
}

result<std::shared_ptr<const Executable>> compile(bytes_view wasm, const Options& options) {
    try {
        return compile_module(wasm, options);
    } catch (const std::bad_alloc&) {
        return Error{Errc::out_of_memory};
    } catch (const std::length_error&) {
        return Error{Errc::out_of_memory};
    }
}

result<std::vector<u32>> source_map(const Executable& executable, u32 function,
                                    const Options& options) {
    Lowering lowering(executable.module, options.profile, options.schedule.weights,
                      metering::marks_for(options.schedule));
    ir::Draft draft;
    TRY(lowering.lower(function, draft, nullptr, true));
    metering::meter(draft, options.schedule);
    ir::Code code;
    ir::AssembleScratch scratch;
    Buffer<u32> offsets;
    TRY(ir::assemble(draft, code, scratch, &offsets));
    return std::vector<u32>(offsets.begin(), offsets.end());
}

} // namespace lockstep::compiler

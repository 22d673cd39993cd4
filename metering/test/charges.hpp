// SPDX-License-Identifier: Apache-2.0
// A metered draft as text, for tests.
#pragma once

#include "vm/ir.hpp"

#include <string>

namespace lockstep::metering::test {

/// The events that are left, in order: charges with their amount, `!` where they are tested, labels
/// and branches.
inline std::string charges(const ir::Draft& draft) {
    using ir::EventKind;
    std::string text;
    const auto add = [&text](const std::string& what) {
        text += (text.empty() ? "" : ", ") + what;
    };
    for (const ir::Event& event : draft.events) {
        const std::string value = std::to_string(event.value);
        switch (event.kind) {
        case EventKind::charge: add("charge " + value); break;
        case EventKind::charge_checked: add("charge! " + value); break;
        case EventKind::charge_large:
            add("charge! " + std::to_string(draft.large[event.value]));
            break;
        case EventKind::charge_units:
            add("charge! slot " + value + " * " + std::to_string(draft.unit_price[event.op]));
            break;
        case EventKind::none: break;
        case EventKind::label: add("label"); break;
        case EventKind::fixup:
        case EventKind::fixup_jump:
        case EventKind::fixup_table: add("branch"); break;
        case EventKind::skip: add("skip " + value); break;
        default: add("a mark is left"); break;
        }
    }
    return text;
}

} // namespace lockstep::metering::test

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""build_id.py OUTPUT ROOT TOOLCHAIN: writes a C++ source with the build id, the SHA-256 over all
sources that decide what compiled code is (vm, metering, compiler; tests left out) and the name of
the compiler. The file is touched only when it changes, so that an unchanged tree builds nothing."""
import hashlib
import pathlib
import sys

ROOMS = ("vm", "metering", "compiler")
SUFFIXES = (".cpp", ".hpp", ".def", ".build", ".py")

output, root, toolchain = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
digest = hashlib.sha256()


def add(field):
    digest.update(len(field).to_bytes(8, "little") + field)


add(toolchain.encode())
sources = [p for room in ROOMS for p in (root / room).rglob("*") if p.suffix in SUFFIXES]
for name in sorted(p.relative_to(root).as_posix() for p in sources):
    if "/test/" not in name:
        add(name.encode())
        add((root / name).read_bytes())

numbers = ", ".join(f"0x{byte:02x}" for byte in digest.digest())
text = f"""// Made by compiler/build_id.py.
#include "compiler/build_id.hpp"

const lockstep::Digest& lockstep::compiler::build_id() noexcept {{
    static constexpr Digest id{{{numbers}}};
    return id;
}}
"""
if not output.exists() or output.read_text() != text:
    output.write_text(text)

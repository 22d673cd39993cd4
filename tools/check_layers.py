#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails on an #include that leaves the layers of meson.build, on a package header named outside its
room, on a file called detail or utils, and on a source that no build list names."""
import fnmatch
import pathlib
import re
import sys

LOWER = {  # room -> the other rooms it may include; conformance, fuzz and tools are nobody's
    "vm": "",
    "metering": "vm",
    "compiler": "vm metering",
    "storage": "vm",
    "contract_abi": "vm metering compiler storage",
    "conformance": "vm metering compiler storage contract_abi",
    "fuzz": "vm metering compiler storage contract_abi",
    "tools": "vm metering compiler storage contract_abi",
}
PACKAGES = {  # start of a header's name -> the files that may name it
    "asmjit": ("compiler/test/masm_*",),
    "llvm": ("compiler/llvm/*",),
    "rocksdb/": ("storage/*",),
    "boost/": ("vm/result.hpp",),
    "nlohmann/": ("contract_abi/*", "conformance/*", "tools/*"),
    "CLI/": ("tools/*",),
    "doctest": ("*/test/*",),
    "openssl/": ("vm/digest.cpp", "contract_abi/cosmwasm/*"),
    "secp256k1": ("contract_abi/cosmwasm/*",),
}
INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)')

root = pathlib.Path(__file__).resolve().parent.parent
failures = 0


def fail(where, rule):
    global failures
    failures += 1
    print(f"{where}: {rule}")


for room, lower in LOWER.items():
    build = (root / room / "meson.build").read_text()
    for path in sorted((root / room).rglob("*.*")):
        if path.suffix not in (".cpp", ".hpp", ".c", ".h", ".def"):
            continue
        name = path.relative_to(root).as_posix()
        if re.search(r"(^|[/_])(details?|utils?)([/_.])", name):
            fail(f"{name}:1", "no file is called detail or utils: name it after what it holds")
        local = path.relative_to(root / room)
        if path.suffix in (".cpp", ".c") and not re.search(
            rf"'{re.escape(local.as_posix())}'|^    '{local.stem}',$", build, re.M
        ):
            fail(f"{name}:1", f"not built: {room}/meson.build does not name it")
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            quote, header = found.groups()
            where, other = f"{name}:{number}", header.split("/")[0]
            if other in LOWER and other not in (room, *lower.split()):
                fail(where, f"{room} may not include {other} (only: {lower or 'itself'})")
            elif quote == '"' and not ("/" in header and other in LOWER):
                fail(where, f'"{header}" is not a full path from the root')
            for start, allowed in PACKAGES.items():
                if header.startswith(start) and not any(fnmatch.fnmatch(name, a) for a in allowed):
                    fail(where, f"<{header}> may only be named in {', '.join(allowed)}")

print(f"layers: {failures} broken rules" if failures else "layers: all includes follow the order")
sys.exit(failures > 0)

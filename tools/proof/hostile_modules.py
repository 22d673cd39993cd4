# SPDX-License-Identifier: Apache-2.0
"""Families of modules that are hostile to compilers. Each FAMILIES[name](n) is valid under the profile core, and its
size or what it declares grows with n. CAPS holds the greatest sensible n where a limit or a boundary of ours, not the
module's size, bounds it; LARGE the n of those that show their nature only in larger modules."""


def u(n):
    """Unsigned LEB128."""
    out = b""
    while True:
        byte, n = n & 0x7F, n >> 7
        if not n:
            return out + bytes([byte])
        out += bytes([byte | 0x80])


def s(n):
    """Signed LEB128."""
    out = b""
    while True:
        byte, n = n & 0x7F, n >> 7
        if (n == 0 and not byte & 0x40) or (n == -1 and byte & 0x40):
            return out + bytes([byte])
        out += bytes([byte | 0x80])


def vec(items):
    return u(len(items)) + b"".join(items)


def name(text):
    return u(len(text)) + text.encode()


def func_type(params, results):
    return b"\x60" + vec(params) + vec(results)


def body(code, locals_=()):
    content = vec([u(count) + type_ for count, type_ in locals_]) + code + END
    return u(len(content)) + content


def module(types, functions, bodies, imports=(), tables=(), memories=(), globals_=(), exports=(), elements=(),
           datas=(), customs=()):
    sections = ((1, types), (2, imports), (3, [u(f) for f in functions]), (4, tables), (5, memories), (6, globals_),
                (7, exports), (9, elements), (10, bodies), (11, datas))
    out = b"\0asm\1\0\0\0"
    for number, items in sections:
        if items:
            content = vec(list(items))
            out += bytes([number]) + u(len(content)) + content
    return out + b"".join(b"\0" + u(len(custom)) + custom for custom in customs)


I32, I64, F32, F64 = b"\x7f", b"\x7e", b"\x7d", b"\x7c"
UNIT = func_type([], [])
MEMORY = [b"\x01\x01\x01"]
DROP, END, BLOCK, LOOP, IF, ELSE = b"\x1a", b"\x0b", b"\x02\x40", b"\x03\x40", b"\x04\x40", b"\x05"
BR_IF, BR_TABLE, ADD = b"\x0d", b"\x0e", b"\x6a"


def const(value):
    return b"\x41" + s(value)


def const64(value):
    return b"\x42" + s(value)


def get(local):
    return b"\x20" + u(local)


def put(local):
    return b"\x21" + u(local)


def one(code, locals_=(), types=(UNIT,), type_=0, **parts):
    """A module of one function."""
    return module(types, [type_], [body(code, locals_)], **parts)


def empty(**parts):
    return one(b"", **parts)


FAMILIES = {}
CAPS = {}
LARGE = {}
SLOTS = 65_000  # a function of more is lowered twice and in longer records: a step, once


def family(cap=None, large=None):
    def add(function):
        FAMILIES[function.__name__] = function
        if cap:
            CAPS[function.__name__] = cap
        if large:
            LARGE[function.__name__] = large
        return function
    return add


# --- the module's structure ---

@family()
def types_many(n):
    types = []
    for i in range(n):
        params = []
        while True:
            params.append([I32, I64, F32, F64][i % 4])
            i //= 4
            if not i:
                break
        types.append(func_type(params, []))
    return module(types + [UNIT], [n], [body(b"")])


@family()
def types_dup_call_indirect(n):
    code = b"".join(const(0) + b"\x11" + u(i) + b"\0" for i in range(n))
    return module([UNIT] * (n + 1), [0], [body(code)], tables=[b"\x70\x00\x01"])


@family()
def funcs_empty(n):
    return module([UNIT], [0] * n, [body(b"")] * n)


@family()
def imports_many(n):
    return empty(imports=[name("env") + name(f"f{i}") + b"\0" + u(0) for i in range(n)])


@family()
def exports_long_prefix(n):
    return empty(exports=[name("p" * 60 + f"{i:06}") + b"\0" + u(0) for i in range(n)])


@family()
def globals_many(n):
    return empty(globals_=[I64 + b"\x01" + const64(i) + END for i in range(n)])


@family()
def globals_long_expression(n):
    return empty(globals_=[I64 + b"\x01" + const64(1) + (const64(3) + b"\x7c") * n + END])


@family(100_000)
def data_tiny_segments(n):
    return empty(memories=MEMORY, datas=[b"\0" + const(i % 60000) + END + u(1) + b"x" for i in range(n)])


@family()
def elements_many(n):
    return empty(tables=[b"\x70\x00" + u(100)], elements=[b"\0" + const(i % 99) + END + b"\1\0" for i in range(n)])


@family()
def elements_one_segment(n):
    return empty(tables=[b"\x70\x00" + u(n)], elements=[b"\0" + const(0) + END + u(n) + b"\0" * n])


@family()
def elements_expressions(n):
    return empty(tables=[b"\x70\x00\x01"], elements=[b"\5\x70" + u(n) + (b"\xd2\0" + END) * n])


@family()
def custom_sections(n):
    return empty(customs=[name("c") + b"x"] * n)


@family()
def name_section(n):
    names = vec([u(i) + name(f"fn_{i:06}") for i in range(n)])
    return module([UNIT], [0] * n, [body(b"")] * n, customs=[name("name") + b"\x01" + u(len(names)) + names])


@family(20_000)
def table_huge(n):
    return empty(tables=[b"\x70\x00" + u(n * 100)])


@family(65_536)
def memory_huge(n):
    return empty(memories=[b"\x00" + u(n)])


# --- locals and parameters ---

@family(49_000)
def locals_one_func(n):
    return one(b"", [(n, I64)])


@family(400)
def locals_many_funcs(n):
    return module([UNIT], [0] * n, [body(b"", [(20_000, I64)])] * n)


@family(49_000)
def locals_groups(n):
    return one(b"", [(1, [I32, I64, F32, F64][i % 4]) for i in range(n)])


@family()
def locals_empty_groups(n):
    return one(b"", [(0, I64)] * n)


@family(2_000)
def params_many_funcs(n):
    return module([func_type([I64] * 1000, [])], [0] * n, [body(b"")] * n)


@family()
def locals_set_get(n):
    return one(b"".join(const(i) + put(i % 1000) for i in range(n)), [(1000, I32)])


@family()
def local_alias_flush(n):
    """n copies of a local wait on the stack while the local is set n times."""
    return one(get(0) * n + (const(7) + put(0)) * n + DROP * n, [(1, I32)])


@family()
def local_alias_blocks(n):
    """The same, and a block after each set."""
    return one(get(0) * n + (const(7) + put(0) + BLOCK + END) * n + DROP * n, [(1, I32)])


@family()
def local_alias_refill(n):
    """Under a high stack, one alias at a time comes, meets a block, and goes."""
    return one(get(0) * n + (get(0) + BLOCK + END + DROP + get(0) + put(0)) * n + DROP * n, [(1, I32)])


@family()
def local_alias_many(n):
    """Aliases of many locals, each set once below a high stack."""
    k = 1000
    return one(b"".join(get(i % k) for i in range(n)) + b"".join(const(1) + put(i % k) for i in range(n)) + DROP * n,
               [(k, I32)])


@family(49_000)
def big_frame(n):
    return one(b"".join(get(i) + const64(i) + b"\x7c" + put((i * 7919) % n) for i in range(n)), [(n, I64)])


@family()
def wide_frame(n):
    """Slots beyond 16 bits: every operator needs copies."""
    locals_, high = 49_000, 17_000
    code = const(1) * high + (get(locals_ - 1) + get(0) + ADD + b"\x22" + u(locals_ - 2) + DROP) * n + DROP * high
    return one(code, [(locals_, I32)])


# --- control ---

@family()
def nest_block(n):
    return one(BLOCK * n + END * n)


@family()
def nest_loop(n):
    return one(LOOP * n + END * n)


@family()
def nest_if_else(n):
    return one((const(1) + IF) * n + (ELSE + END) * n)


@family()
def nest_block_result(n):
    return one(b"\x02\x7f" * n + const(1) + END * n + DROP)


@family()
def nest_dead(n):
    return one(b"\x00" + BLOCK * n + END * n)


@family()
def seq_blocks(n):
    return one((BLOCK + END) * n)


@family()
def seq_loops(n):
    return one((LOOP + END) * n)


@family()
def seq_blocks_high_stack(n):
    return one(const(1) * n + (BLOCK + END) * n + DROP * n)


@family()
def seq_ifs_high_stack(n):
    return one(get(0) * n + (get(0) + IF + ELSE + END) * n + DROP * n, [(1, I32)])


@family()
def br_if_same_target(n):
    return one(BLOCK + (const(0) + BR_IF + b"\x00") * n + END)


@family()
def br_if_value_high_stack(n):
    """Each branch moves one value down over a high stack."""
    return one(b"\x02\x7f" + const(1) * n + (get(0) + BR_IF + b"\x00") * n + b"\x0c\x00" + END + DROP, [(1, I32)])


@family()
def br_to_all_levels(n):
    return one(BLOCK * n + b"".join(const(0) + BR_IF + u(i) for i in range(n)) + END * n)


@family(65_520)
def br_table_wide(n):
    return one(BLOCK + const(0) + BR_TABLE + u(n) + b"\x00" * n + b"\x00" + END)


@family()
def br_table_many(n):
    k = 16
    table = BLOCK + const(0) + BR_TABLE + u(k) + bytes(range(k)) + b"\x00" + END
    return one(BLOCK * k + table * n + END * k)


@family(65_520)
def br_table_all_levels(n):
    """One table over n blocks of one result each: a move for each."""
    return one(b"\x02\x7f" * n + const(1) + const(2) + const(0) + BR_TABLE + u(n - 1) +
               b"".join(u(i) for i in range(n)) + END * n + DROP)


@family()
def br_table_empty_deep(n):
    """n tables without targets, each to the outermost of n blocks."""
    return one(BLOCK * n + (BLOCK + const(0) + BR_TABLE + b"\0" + u(n) + END) * n + END * n)


@family(65_520)
def br_table_far(n):
    """A table over 64 targets that lie far from one another."""
    k = 64
    pad = b"".join(get(1) + const64((i * 0x9E3779B97F4A7C15) % (1 << 62)) + b"\x85" + put(1)
                   for i in range(max(1, n // 64)))
    return one(BLOCK * k + get(0) + BR_TABLE + vec([u(i % k) for i in range(n)]) + u(0) + (END + pad) * k,
               [(1, I32), (1, I64)])


@family(20_000)
def multi_value_br_if(n):
    types = [UNIT, func_type([], [I64] * 100)]
    code = b"\x02\x01" + const64(1) * 100 + (const(0) + BR_IF + b"\x00") * n + END + DROP * 100
    return one(code, types=types)


@family(20_000)
def multi_value_br_table(n):
    types = [UNIT, func_type([], [I64] * 50)]
    code = b"\x02\x01" * 8 + const64(1) * 50 + b"".join(const(0) + BR_IF + u(i % 8) for i in range(n))
    return one(code + END * 8 + DROP * 50, types=types)


@family(20_000)
def multi_value_calls(n):
    """Two bytes a call, 200 operands each."""
    types = [UNIT, func_type([I64] * 100, [I64] * 100)]
    caller = const64(1) * 100 + b"\x10\x01" * n + DROP * 100
    return module(types, [0, 1], [body(caller), body(b"".join(get(i) for i in range(100)))])


@family(20_000)
def multi_value_blocks(n):
    types = [UNIT, func_type([I64] * 100, [I64] * 100)]
    return one(const64(1) * 100 + (b"\x02\x01" + END) * n + DROP * 100, types=types)


@family(20_000)
def multi_value_loops(n):
    types = [UNIT, func_type([I64] * 100, [I64] * 100)]
    return one(const64(1) * 100 + (b"\x03\x01" + const(0) + BR_IF + b"\0" + END) * n + DROP * 100, types=types)


@family()
def loops_locals_phi(n):
    k = 100
    return one(b"".join(LOOP + get(i % k) + get((i + 1) % k) + ADD + b"\x22" + u(i % k) + b"\x45" + BR_IF + b"\0" + END
                        for i in range(n)), [(k, I32)])


# --- straight-line code ---

@family(SLOTS)
def stack_deep_adds(n):
    return one(const(1) * n + ADD * (n - 1) + DROP)


@family(large=960_000)
def stack_deep_adds_wide(n):
    return one(const(1) * n + ADD * (n - 1) + DROP)


@family()
def stack_up_and_down(n):
    k = 1000
    return one((const(1) * k + DROP * k) * (n // k + 1))


@family()
def add_chain(n):
    return one(const(1) + (const(3) + ADD) * n + DROP)


@family()
def xor_mul_chain(n):
    return one(get(0) + (get(1) + b"\x85" + get(0) + b"\x7e") * n + put(0), [(2, I64)])


@family()
def div_rem_chain(n):
    return one(get(0) + (get(1) + b"\x7f" + get(1) + b"\x82") * n + put(0), [(2, I64)])


@family()
def shift_rot_chain(n):
    return one(get(0) + (get(1) + b"\x86" + get(1) + b"\x89" + get(0) + b"\x88") * n + put(0), [(2, I64)])


@family()
def select_chain(n):
    return one(get(0) + (get(1) + get(2) + b"\x1b") * n + put(0), [(3, I32)])


@family()
def compare_branch_chain(n):
    return one(BLOCK + (get(0) + get(1) + b"\x48" + BR_IF + b"\0") * n + END, [(2, I32)])


@family()
def loads_same_addr(n):
    return one((const(0) + b"\x28\x02\x00" + DROP) * n, memories=MEMORY)


@family()
def loads_far_offset(n):
    return one((get(0) + b"\x28\x00\xff\xff\xff\xff\x0f" + put(0)) * n, [(1, I32)], memories=MEMORY)


@family()
def stores_loads_alias(n):
    return one(b"".join(get(0) + get(1) + b"\x36\x02" + u(i * 4) + get(1) + b"\x28\x02" + u(i * 4) + put(0)
                        for i in range(n)), [(2, I32)], memories=MEMORY)


@family()
def float_nan_chain(n):
    return one(get(0) + (get(1) + b"\xa0\x9f") * n + put(0), [(2, F64)])


@family()
def float_constants(n):
    return one((b"\x44" + b"\x01" * 8 + put(0)) * n, [(1, F64)])


@family()
def trunc_sat_chain(n):
    return one((get(0) + b"\xfc\x06" + DROP + get(0) + b"\xb0" + DROP) * n, [(1, F64)])


@family()
def popcnt_clz_chain(n):
    return one(get(0) + b"\x7b\x79\x7a" * n + put(0), [(1, I64)])


@family()
def memory_copy_fill(n):
    return one((const(0) + const(0) + const(16) + b"\xfc\x0a\x00\x00" + const(0) + const(0) + const(32) +
                b"\xfc\x0b\x00") * n, memories=MEMORY)


@family()
def memory_grow_chain(n):
    return one(const(0) + b"\x40\x00" * n + DROP, memories=MEMORY)


@family()
def dead_code(n):
    return one(b"\x00" + ADD * n + DROP)


@family()
def leb_padded(n):
    return one((b"\x41\x81\x80\x80\x80\x00" + DROP) * n)


@family()
def nops(n):
    return one(b"\x01" * n)


@family()
def unreachables(n):
    return module([UNIT], [0] * n, [body(b"\x00")] * n)


# --- calls ---

@family()
def calls_direct(n):
    return module([UNIT], [0, 0], [body(b"\x10\x01" * n), body(b"")])


@family()
def calls_high_stack(n):
    """One argument each, below it a high stack."""
    types = [UNIT, func_type([I32], [])]
    return module(types, [0, 1], [body(const(1) * n + (get(0) + b"\x10\x01") * n + DROP * n, [(1, I32)]), body(b"")])


@family(400)
def inline_doubling(n):
    return module([UNIT], [0] * n, [body((b"\x10" + u(i + 1)) * 2) for i in range(n - 1)] + [body(b"")])


@family()
def big_one_func_mixed(n):
    operators = [b"\x6a", b"\x6b", b"\x71", b"\x72", b"\x73", b"\x6c", b"\x74"]
    return one(b"".join(get(i % 16) + get((i * 7) % 16) + operators[i % 7] + put((i * 3) % 16) +
                        (BLOCK + get(i % 16) + BR_IF + b"\x00" + const(i) + put(i % 16) + END if i % 5 == 0 else b"")
                        for i in range(n)), [(16, I32)])

"""Makes small ELF files byte by byte, after the System V ABI alone: no compiler and no library has a say in them."""

import struct

FLASH, STACK = 0x0800_0000, 0x2000_1000
TABLE = struct.pack("<II", STACK, FLASH + 0x41).ljust(0x40, b"\0") + b"\xfe\xe7" * 16
"""A vector table whose reset vector points behind it, and an endless branch there."""


def small_elf(
    parts=((FLASH, TABLE),),
    *,
    entry=FLASH + 0x41,
    machine=40,
    kind=2,
    wide=False,
    big=False,
    symbols=(),
    interpreter=False,
    lines=False,
):
    """An ELF with one segment a part and perhaps a symbol table.

    Args:
        parts: (load address, bytes).
        entry: `e_entry`.
        machine: `e_machine`.
        kind: `e_type`: 1 object file, 2 program, 3 shared.
        wide: 64 bit.
        big: big-endian.
        symbols: (name, value, size, type, bind, section index).
        interpreter: with a `PT_INTERP`, as every program of Linux that is linked dynamically.
        lines: with a section `.debug_line`.
    """
    order = ">" if big else "<"
    ident = b"\x7fELF" + bytes([2 if wide else 1, 2 if big else 1, 1]) + bytes(9)
    if wide:
        return ident + struct.pack(order + "HHIQQQIHHHHHH", kind, machine, 1, entry, 0, 0, 0, 64, 56, 0, 64, 0, 0)
    chunks = [(1, address, data) for address, data in parts]
    if interpreter:
        chunks.insert(0, (3, 0, b"/lib/ld-linux-armhf.so.3\0"))
    offset = 52 + 32 * len(chunks)
    headers, body = b"", b""
    for p_type, address, data in chunks:
        at = offset + len(body)
        headers += struct.pack(order + "IIIIIIII", p_type, at, address, address, len(data), len(data), 5, 4)
        body += data
    names, table = b"\0", struct.pack(order + "IIIBBH", 0, 0, 0, 0, 0, 0)
    for name, value, size, s_type, bind, section in symbols:
        table += struct.pack(order + "IIIBBH", len(names), value, size, bind << 4 | s_type, 0, section)
        names += name.encode() + b"\0"
    section_names = b"\0.symtab\0.strtab\0.shstrtab\0.debug_line\0"
    sections = [(0, 0, b"", 0, 0)]
    if symbols:
        sections += [(1, 2, table, 2, 16), (9, 3, names, 0, 0)]
    sections.append((17, 3, section_names, 0, 0))
    last = len(sections) - 1
    if lines:
        sections.append((27, 1, b"\1\2\3\4", 0, 0))
    rows = b""
    for name, s_type, data, link, size in sections:
        at = offset + len(body)
        rows += struct.pack(order + "IIIIIIIIII", name, s_type, 0, 0, at if data else 0, len(data), link, 0, 4, size)
        body += data
    header = ident + struct.pack(
        order + "HHIIIIIHHHHHH",
        *(kind, machine, 1, entry, 52, offset + len(body), 0x0500_0400, 52, 32, len(chunks), 40, len(sections), last),
    )
    return header + headers + body + rows


def hex_record(kind, address, data=b""):
    """One line of Intel HEX."""
    record = bytes([len(data)]) + address.to_bytes(2, "big") + bytes([kind]) + data
    return b":" + (record + bytes([-sum(record) & 0xFF])).hex().upper().encode() + b"\r\n"


def hex_file(address, data, *, entry=None):
    """An Intel HEX file of one run of bytes."""
    lines = hex_record(4, 0, (address >> 16).to_bytes(2, "big"))
    for start in range(0, len(data), 16):
        lines += hex_record(0, (address & 0xFFFF) + start, data[start : start + 16])
    if entry is not None:
        lines += hex_record(5, 0, entry.to_bytes(4, "big"))
    return lines + hex_record(1, 0)

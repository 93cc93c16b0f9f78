"""What every peer's module needs."""

import gc
import pathlib


def repeat(function, *arguments):
    """`function(*arguments)` n times."""

    def run(count):
        for _ in range(count):
            function(*arguments)

    return run


def late(encode, decode, value):
    """(encode_n, decode_n) of a value that takes seconds: what is decoded is what was encoded when that was timed."""
    written = []

    def encode_n(count):
        for _ in range(count):
            written[:] = [encode(value)]

    def decode_n(count):
        for _ in range(count):
            read = decode(written[0])
        assert read == value

    return encode_n, decode_n


def peak_over(work):
    """(result of `work()`, bytes that this process held at most meanwhile, over what it held before).

    Linux only: resets the kernel's high-water mark of this process.
    """
    gc.collect()
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    before = held("VmRSS")
    result = work()
    return result, max(0, held("VmHWM") - before)


def held(field):
    """A field of /proc/self/status, in bytes."""
    with pathlib.Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field))


def list_memory(encode, decode, values):
    """{part: bytes} that converting a list took over the list itself, and over its bytes and the list that was read."""
    data, write = peak_over(lambda: encode(values))
    values.clear()
    back, read = peak_over(lambda: decode(data))
    return {"write": write, "read": max(0, read - list_size(back))}


def list_size(values):
    """Bytes of a list of ints and of its elements."""
    return values.__sizeof__() + sum(value.__sizeof__() for value in values)

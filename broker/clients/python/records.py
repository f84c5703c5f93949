"""The records of the round trip: a pure function of their number, as in ../src/lib.rs."""


def record(n):
    """Key, value and headers of record n; any of them may be null, header names repeat."""
    key = None if n % 11 == 0 else b"key-%d" % (n % 1000)
    if n % 13 == 0:
        value = None
    elif n % 17 == 0:
        value = b""
    else:
        value = b"value %d " % n + b"abcdefgh" * (n % 23)
    headers = []
    if n % 5 == 0:
        headers = [("h", b"%d" % n), ("h", None), ("g", b"")]
    elif n % 5 == 1:
        headers = [("trace", b"1")]
    return key, value, headers


def legal(n):
    """Record n without what some clients refuse: neither key nor value, a null header."""
    key, value, headers = record(n)
    headers = [(name, b"" if held is None else held) for name, held in headers]
    return key, b"" if key is None and value is None else value, headers


def check(client, codec, acked, read, record=record):
    """acked: {(partition, offset): n}; read: {(partition, offset): (key, value, headers)}, in order of reading."""
    assert set(read) == set(acked), f"{client} {codec}: {len(acked)} acknowledged, {len(read)} read"
    last = {}
    for (partition, offset), got in read.items():
        assert offset == last.get(partition, -1) + 1, f"{client} {codec}: partition {partition} jumps to {offset}"
        last[partition] = offset
        n = acked[(partition, offset)]
        assert got == record(n), f"{client} {codec}: partition {partition} offset {offset}: {got} != {record(n)}"
    print(f"ok   {client} {codec}: {len(acked)} records read back equal and in order", flush=True)

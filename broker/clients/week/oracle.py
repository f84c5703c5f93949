"""What must be true of a log, judged from outside: by what was sent, acknowledged, asked for and read.

A value is "LIFE SEQ " and filling; LIFE tells lives of a topic of one name apart, SEQ counts its records.
"""
import time
from collections import defaultdict

# A check of retention may be late by its interval, by a kill and by a loaded machine.
LATE_MS = 20_000


def now_ms():
    return int(time.time() * 1000)


class Wrong(Exception):
    pass


def must(fact, text):
    if not fact:
        raise Wrong(text)


class Sent:
    """What a writer knows of one topic's life."""

    def __init__(self, topic, life, partitions, keys=0):
        self.topic, self.life, self.partitions, self.keys = topic, life, partitions, keys
        self.next = 0
        # Partition: {offset: (seq, timestamp, size)}; without what is known to be deleted.
        self.acked = {p: {} for p in range(partitions)}
        self.low = dict.fromkeys(range(partitions), 0)
        self.high = dict.fromkeys(range(partitions), 0)
        self.count = self.failed = 0
        # Key: [(seq, tombstone)] in the order of sending; and the last of them that was acknowledged.
        self.by_key = defaultdict(list)
        self.last_acked = {}

    def delivered(self, partition, offset, seq, stamp, size, key):
        self.acked[partition][offset] = (seq, stamp, size)
        self.high[partition] = max(self.high[partition], offset + 1)
        self.count += 1
        if key is not None:
            self.last_acked[key] = max(self.last_acked.get(key, -1), seq)


def values_of(sent, records):
    """(offset, seq, key, tombstone) of records; a value of another life is what a deleted topic left behind."""
    last = -1
    out = []
    for r in records:
        must(r.offset() > last, f"{sent.topic}: offset {r.offset()} behind {last}")
        last = r.offset()
        head = dict(r.headers() or [])
        life, seq = int(head["life"]), int(head["seq"])
        must(life == sent.life, f"{sent.topic}-{r.partition()} at {r.offset()}: a record of life {life}, this is {sent.life}")
        must(0 <= seq < sent.next, f"{sent.topic} at {r.offset()}: number {seq} was never sent")
        out.append((r.offset(), seq, r.key(), r.value() is None))
    return out


def check_ends(sent, p, low, high, before):
    """Nothing goes back. `before`: what the end had to be when the broker was asked."""
    must(low >= sent.low[p], f"{sent.topic}-{p}: the log start went back from {sent.low[p]} to {low}")
    must(high >= before, f"{sent.topic}-{p}: the end is {high}, acknowledged was up to {before}")
    must(low <= high, f"{sent.topic}-{p}: the log start {low} is above the end {high}")


def drop_deleted(sent, p, low, retention_ms=None, retention_bytes=None, asked=None):
    """Forgets what is below `low`, after asking whether it was allowed to go."""
    acked = sent.acked[p]
    gone = [o for o in list(acked) if o < low]
    if retention_ms is not None and gone:
        newest = max(acked[o][1] for o in gone)
        age = now_ms() - newest
        must(age >= retention_ms, f"{sent.topic}-{p}: deleted below {low} what is {age} ms old, retention.ms {retention_ms}")
    if retention_bytes is not None and gone:
        left = sum(v[2] for o, v in list(acked.items()) if o >= low)
        must(left >= 0.8 * retention_bytes, f"{sent.topic}-{p}: {left} bytes are left, retention.bytes is {retention_bytes}")
    if asked is not None:
        done, tried = asked
        must(low >= done, f"{sent.topic}-{p}: DeleteRecords below {done} was acknowledged, the log starts at {low}")
        must(low <= tried, f"{sent.topic}-{p}: the log starts at {low}, nobody asked for more than {tried}")
    for o in gone:
        del acked[o]
    sent.low[p] = low


def check_plain(sent, p, records, low, acked):
    """Every acknowledged record from `low` on is there, once; `acked` as it was before the reading."""
    found = {}
    numbers = set()
    for offset, seq, _, _ in values_of(sent, records):
        must(seq not in numbers, f"{sent.topic}-{p}: number {seq} is there twice, again at {offset}")
        numbers.add(seq)
        found[offset] = seq
    for offset, (seq, _, _) in acked.items():
        if offset >= low:
            must(found.get(offset) == seq, f"{sent.topic}-{p}: at {offset} number {seq} was acknowledged, {found.get(offset)} is there")
    return len(found)


def check_not_late(sent, p, retention_ms):
    """What is there is not older than retention and its delays allow."""
    oldest = min((v[1] for v in list(sent.acked[p].values())), default=now_ms())
    age = now_ms() - oldest
    must(age <= retention_ms + LATE_MS, f"{sent.topic}-{p}: a record of {age} ms is left, retention.ms is {retention_ms}")


def check_keys(sent, records, last_acked, may_be_gone=None):
    """Each key's last value is there. `may_be_gone`: age from which retention may have taken it."""
    seen = {}
    for offset, seq, key, tombstone in records:
        name = key.decode()
        if name in seen:
            must(seq > seen[name][0], f"{sent.topic}: key {name}: number {seq} behind {seen[name][0]}, at {offset}")
        seen[name] = (seq, tombstone)
    for name, acked in last_acked.items():
        history = sent.by_key[name]
        tombstone = dict(history)[acked]
        got = seen.get(name)
        if got is None:
            later = [t for s, t in history if s >= acked]
            must(any(later) or may_be_gone, f"{sent.topic}: key {name} is gone; number {acked} was acknowledged")
        else:
            must(got[0] >= acked, f"{sent.topic}: key {name} has number {got[0]}, {acked} was acknowledged after it"
                 + (" (a tombstone)" if tombstone else ""))
    return len(records)


class Record:
    """What the self test hands to the checks in place of a record that was read."""

    def __init__(self, offset, seq, life=1, key=None, value=b""):
        self.at = (offset, key, value, [("life", str(life).encode()), ("seq", str(seq).encode())])

    def offset(self):
        return self.at[0]

    def partition(self):
        return 0

    def key(self):
        return self.at[1]

    def value(self):
        return self.at[2]

    def headers(self):
        return self.at[3]


def self_test():
    """Every check is silent about a log that is right, and speaks about one that is wrong."""
    def log(keys=0):
        sent = Sent("t", 1, 1, keys)
        sent.next = 4
        for seq in range(4):
            key = f"k{seq % 2}" if keys else None
            if key:
                sent.by_key[key].append((seq, seq == 3))
            sent.delivered(0, seq, seq, now_ms() - 10_000, 100, key)
        return sent

    def keyed(*records):
        sent = log(2)
        check_keys(sent, values_of(sent, records), sent.last_acked)

    right = [Record(n, n) for n in range(4)]
    check_plain(log(), 0, right, 0, log().acked[0])
    check_plain(log(), 0, right[2:], 2, log().acked[0])
    check_ends(log(), 0, 0, 4, 4)
    drop_deleted(log(), 0, 2, retention_ms=9000)
    check_not_late(log(), 0, 10_000)
    keyed(Record(2, 2, key=b"k0"), Record(3, 3, key=b"k1", value=None))
    keyed(Record(2, 2, key=b"k0"))
    wrong = {
        "an acknowledged record is gone": lambda: check_plain(log(), 0, right[:2] + right[3:], 0, log().acked[0]),
        "a record is there twice": lambda: check_plain(log(), 0, right + [Record(4, 1)], 0, log().acked[0]),
        "records changed places": lambda: check_plain(log(), 0, [Record(0, 1), Record(1, 0)] + right[2:], 0, log().acked[0]),
        "offsets go back": lambda: values_of(log(), [right[1], right[0]]),
        "a record of a deleted topic": lambda: values_of(log(), [Record(0, 0, life=7)]),
        "a record that nobody sent": lambda: values_of(log(), [Record(0, 9)]),
        "the end is behind": lambda: check_ends(log(), 0, 0, 3, 4),
        "deleted too early": lambda: drop_deleted(log(), 0, 2, retention_ms=60_000),
        "too much deleted": lambda: drop_deleted(log(), 0, 2, retention_bytes=1000),
        "DeleteRecords came back": lambda: drop_deleted(log(), 0, 0, asked=(2, 2)),
        "deleted unasked": lambda: drop_deleted(log(), 0, 2, asked=(0, 0)),
        "never deleted": lambda: check_not_late(log(), 0, -LATE_MS),
        "a key is gone": lambda: keyed(Record(3, 3, key=b"k1", value=None)),
        "an old value stayed, the tombstone went": lambda: keyed(Record(1, 1, key=b"k1"), Record(2, 2, key=b"k0")),
        "an old value came last": lambda: keyed(Record(2, 2, key=b"k0"), Record(3, 0, key=b"k0")),
    }
    for name, check in wrong.items():
        try:
            check()
        except Wrong:
            continue
        raise AssertionError(f"the oracle says nothing: {name}")
    print(f"ok   week: the oracle sees {len(wrong)} wrong logs", flush=True)


if __name__ == "__main__":
    self_test()

"""What the members of a group said, judged: every record processed, no partition owned twice, offsets never back.

Source: the lines of ../python/member.py.
"""
import bisect
from collections import defaultdict

# Members and checker share a clock; a line is written after what it says.
SLACK_MS = 5


def judge(logs, ends, kills):
    """`logs`: lines by member and life; `ends`: records per partition; `kills`: when a member's life was cut off,
    by the same names. Returns what is wrong, and a few numbers."""
    wrong, held, processed = [], defaultdict(list), defaultdict(set)
    commits, firsts, reads = defaultdict(list), [], 0
    for name, lines in logs.items():
        open_at = {}

        def close(partition, at):
            if partition in open_at:
                held[partition].append((open_at.pop(partition), at, name))

        last = 0
        for line in lines:
            letter, at, *what = line.split()
            at = last = int(at)
            if letter == "A":
                for p in map(int, what):
                    close(p, at)
                    open_at[p] = at
            elif letter in "RL":
                for p in map(int, what):
                    close(p, at)
            else:
                for pair in what:
                    p, offset = map(int, pair.split(":"))
                    if letter == "P":
                        processed[p].add(offset)
                        reads += 1
                        if p not in open_at:
                            wrong.append(f"{name} read {p}:{offset} without owning {p}")
                    elif letter == "C":
                        commits[p].append((at, offset))
                    else:
                        firsts.append((at, p, offset, name))
        for p in list(open_at):
            close(p, kills.get(name, last))
    for p, spans in held.items():
        spans.sort()
        for (_, to, one), (since, _, other) in zip(spans, spans[1:]):
            if one != other and since < to - SLACK_MS:
                wrong.append(f"partition {p}: {other} was given it {to - since} ms before {one} gave it back")
    for p, end in ends.items():
        missing = sorted(set(range(end)) - processed[p])
        if missing:
            wrong.append(f"partition {p}: {len(missing)} of {end} records were never processed, first {missing[:3]}")
    for p, all_ in commits.items():
        all_.sort()
        for (_, before), (at, after) in zip(all_, all_[1:]):
            if after < before:
                wrong.append(f"partition {p}: offset {after} was committed at {at} after {before}")
    for at, p, offset, name in firsts:
        earlier = commits[p][: bisect.bisect_left(commits[p], (at - SLACK_MS * 20, -1))]
        if earlier and offset < max(o for _, o in earlier):
            wrong.append(f"{name} began {p} at {offset}, {max(o for _, o in earlier)} had been committed")
    total = sum(ends.values())
    return wrong, {"records": total, "reads": reads, "repeated": reads - sum(map(len, processed.values())),
                   "assignments": sum(map(len, held.values())), "commits": sum(map(len, commits.values()))}

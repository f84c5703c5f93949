"""A week of a broker's life squeezed into minutes: small segments, short retention, kills in between.

Arguments: working folder, port, minutes (0.5). RINGLOG names the broker, RATE the records a second of each topic (250).

Topics are deleted by time, by size and by DeleteRecords, compacted, compacted and deleted, and deleted to be created
anew under the same name, while configs change, a group reads and commits, and the broker is killed at random moments.
oracle.py judges what can be read, every few seconds and at the end; in the last third nobody kills, so that memory,
files and descriptors can be judged too. One line a look; the exit status is 1 if anything was wrong.
"""
import os
import random
import re
import shutil
import sys
import threading
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))
import oracle
from broker import Broker, end_all  # noqa: E402
from oracle import Sent, Wrong, must, now_ms

work, port = sys.argv[1], int(sys.argv[2])
minutes = float(sys.argv[3]) if len(sys.argv) > 3 else 0.5
RATE = int(os.environ.get("RATE", "250"))
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1_000_000)))
chance = random.Random(SEED)
bootstrap = f"127.0.0.1:{port}"
data = os.path.join(work, "data")
MIB = 1 << 20

FLAGS = {
    "log.retention.check.interval.ms": 500, "log.cleaner.backoff.ms": 300, "log.segment.delete.delay.ms": 0,
    "offsets.topic.segment.bytes": MIB, "offsets.topic.num.partitions": 4, "group.initial.rebalance.delay.ms": 0,
    "auto.create.topics.enable": "false",
}
SMALL = {"segment.bytes": MIB, "segment.ms": 2000, "file.delete.delay.ms": 0}
COMPACTED = {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": 0.1, "delete.retention.ms": 2000,
             "max.compaction.lag.ms": 3000}
TIME_MS, BOTH_MS, SIZE = [4000, 6000, 8000], 6000, 3 * MIB
LIVES = {
    "time": {"retention.ms": TIME_MS[0]},
    "size": {"retention.bytes": SIZE, "segment.ms": 604_800_000},
    "asked": {"retention.ms": -1},
    "keyed": COMPACTED,
    "both": {**COMPACTED, "cleanup.policy": "compact,delete", "retention.ms": BOTH_MS},
    "born": {"retention.ms": -1},
}
PARTITIONS = 3


class Looked(Broker):
    """Is killed only between two looks, and at once starts again."""

    def __init__(self):
        self.alive = threading.Lock()
        self.kills = 0
        flags = [a for k, v in FLAGS.items() for a in ("--set", f"{k}={v}")]
        super().__init__(os.path.join(work, "broker.log"), data, bootstrap, flags)

    def kill(self):
        """Whoever looks holds the lock."""
        with self.alive:
            super().kill()
            self.kills += 1
            self.start()

    def resident_mib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) // 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


def retried(what, seconds=60):
    """`what` until it succeeds: a broker that is killed refuses for a moment."""
    until = time.monotonic() + seconds
    while True:
        try:
            return what()
        except KafkaException as e:
            if time.monotonic() > until:
                raise Wrong(f"refused for {seconds} s: {e}") from e
            time.sleep(0.2)


class Writer(threading.Thread):
    """Sends to one topic all the time; keys if the topic is compacted."""

    def __init__(self, sent):
        super().__init__(daemon=True)
        self.sent, self.over = sent, threading.Event()
        self.producer = Producer({
            "bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 20, "log_level": 0,
            "message.timeout.ms": 120_000, "reconnect.backoff.max.ms": 300, "topic.metadata.refresh.interval.ms": 1000,
            "compression.type": chance.choice(["none", "lz4", "zstd"]), "statistics.interval.ms": 0})
        self.start()

    def run(self):
        sent, rng = self.sent, random.Random(SEED ^ self.sent.life)
        began = time.monotonic()
        while not self.over.is_set():
            due = int((time.monotonic() - began) * RATE)
            while sent.next < due and not self.over.is_set():
                self.one(sent, rng)
            self.producer.poll(0.02)

    def one(self, sent, rng):
        seq, stamp = sent.next, now_ms()
        key = f"k{rng.randrange(sent.keys)}" if sent.keys else None
        tombstone = key is not None and rng.random() < 0.1
        value = None if tombstone else rng.randbytes(rng.choice([50, 500, 4000]))
        if key is not None:
            sent.by_key[key].append((seq, tombstone))

        def acked(error, message):
            if error is None:
                sent.delivered(message.partition(), message.offset(), seq, stamp, len(value or b"") + 60, key)
            else:
                sent.failed += 1
        partition = int(key[1:]) % sent.partitions if key else seq % sent.partitions
        sent.next += 1
        while True:
            try:
                return self.producer.produce(
                    sent.topic, value, key, partition, on_delivery=acked, timestamp=stamp,
                    headers={"life": str(sent.life), "seq": str(seq)})
            except BufferError:
                self.producer.poll(0.1)

    def end(self, deleted=False):
        self.over.set()
        self.join()
        if deleted:
            self.producer.purge()
        left = self.producer.flush(120)
        must(left == 0 or deleted, f"{self.sent.topic}: {left} records were answered by nothing")


class Reader(threading.Thread):
    """A group of one that commits what it read."""

    def __init__(self, topic):
        super().__init__(daemon=True)
        self.topic, self.over, self.committed, self.count = topic, threading.Event(), {}, 0
        self.start()

    def run(self):
        consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "week", "enable.auto.commit": False,
                             "auto.offset.reset": "earliest", "log_level": 0, "session.timeout.ms": 10_000,
                             "reconnect.backoff.max.ms": 300})
        consumer.subscribe([self.topic])
        while not self.over.is_set():
            records = [r for r in consumer.consume(500, 0.5) if r.error() is None]
            if not records:
                continue
            self.count += len(records)
            try:
                done = consumer.commit(asynchronous=False)
            except KafkaException:
                # A broker that was killed, or a rebalance: those offsets are read again.
                continue
            for at in done:
                if at.error is None and at.offset >= 0:
                    self.committed[at.partition] = at.offset
        consumer.close()


class Week:
    def __init__(self):
        self.broker = Looked()
        self.admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0, "reconnect.backoff.max.ms": 300})
        self.lives = 0
        self.writers = {}
        self.asked = {p: (0, 0) for p in range(PARTITIONS)}
        self.shown = {}
        self.least_ms = TIME_MS[0]
        self.looked = self.read = 0
        self.deck = []
        for name in LIVES:
            self.born(name)
        self.reader = Reader("time")

    def born(self, name):
        configs = {k: str(v) for k, v in {**SMALL, **LIVES[name]}.items()}

        def create():
            try:
                self.admin.create_topics([NewTopic(name, PARTITIONS, 1, config=configs)])[name].result()
            except KafkaException as e:
                # An answer that a kill took: it is there.
                if e.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise
        retried(create)
        self.lives += 1
        keys = 300 if "compact" in configs.get("cleanup.policy", "") else 0
        self.writers[name] = Writer(Sent(name, self.lives, PARTITIONS, keys))

    def reborn(self):
        self.writers.pop("born").end(deleted=True)

        def delete():
            try:
                self.admin.delete_topics(["born"])["born"].result()
            except KafkaException as e:
                if e.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise
        retried(delete)
        self.born("born")

    def delete_records(self):
        sent = self.writers["asked"].sent
        for p in range(PARTITIONS):
            done, tried = self.asked[p]
            if sent.high[p] <= done:
                continue
            to = chance.randrange(done, sent.high[p])
            self.asked[p] = (done, max(tried, to))
            try:
                answer = self.admin.delete_records([TopicPartition("asked", p, to)])
                low = next(iter(answer.values())).result().low_watermark
            except KafkaException:
                # It may have been done or not.
                continue
            must(low >= to, f"asked-{p}: DeleteRecords to {to} was answered with {low}")
            self.asked[p] = (max(done, to), max(tried, to))

    def configure(self):
        ms = chance.choice(TIME_MS)
        resource = ConfigResource(ResourceType.TOPIC, "time", incremental_configs=[
            ConfigEntry("retention.ms", str(ms), incremental_operation=AlterConfigOpType.SET)])
        self.shown.pop("retention.ms", None)
        try:
            next(iter(self.admin.incremental_alter_configs([resource]).values())).result()
            self.shown["retention.ms"] = str(ms)
        except KafkaException:
            pass

    def records(self, name, p, low, high):
        """All records of a partition from `low` to `high`, and from where on they came."""
        consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "oracle", "enable.auto.commit": False,
                             "auto.offset.reset": "earliest", "enable.partition.eof": True, "log_level": 0,
                             "fetch.wait.max.ms": 50})
        consumer.assign([TopicPartition(name, p, low)])
        all_, until = [], time.monotonic() + 60
        while low < high:
            for r in consumer.consume(2000, 0.5):
                if r.error() is None:
                    all_.append(r)
                elif r.error().code() == KafkaError._PARTITION_EOF and r.offset() >= high:
                    low = high
            if all_ and all_[-1].offset() >= high - 1:
                break
            must(time.monotonic() < until, f"{name}-{p}: reading from {low} to {high} does not end")
        start, _ = consumer.get_watermark_offsets(TopicPartition(name, p), timeout=30)
        consumer.close()
        return [r for r in all_ if r.offset() < high], start

    def look(self, name, last=False):
        sent = self.writers[name].sent
        ends = Consumer({"bootstrap.servers": bootstrap, "group.id": "oracle", "log_level": 0})
        last_acked = dict(sent.last_acked)
        keyed = []
        for p in range(PARTITIONS):
            before, acked = sent.high[p], dict(sent.acked[p])
            low, high = retried(lambda p=p: ends.get_watermark_offsets(TopicPartition(name, p), timeout=30))
            oracle.check_ends(sent, p, low, high, before)
            records, start = retried(lambda p=p, low=low, high=high: self.records(name, p, low, high))
            self.read += len(records)
            if sent.keys:
                keyed += oracle.values_of(sent, records)
            else:
                # What retention took while we read was allowed to go, or drop_deleted says so.
                oracle.check_plain(sent, p, records, max(low, start), acked)
            if name != "keyed":
                oracle.drop_deleted(
                    sent, p, max(low, start),
                    retention_ms={"time": self.least_ms, "both": BOTH_MS}.get(name),
                    retention_bytes=SIZE if name == "size" else None,
                    asked=self.asked[p] if name == "asked" else (0, 0) if name == "born" else None)
            if name in ("time",) and last:
                oracle.check_not_late(sent, p, max(TIME_MS))
        if sent.keys:
            oracle.check_keys(sent, keyed, last_acked, may_be_gone=name == "both")
        ends.close()

    def look_at_all(self, last=False):
        with self.broker.alive:
            for name in LIVES:
                self.look(name, last)
            self.look_at_offsets()
            self.look_at_configs()
        self.looked += 1

    def look_at_offsets(self):
        acked = dict(self.reader.committed)
        if not acked:
            return
        consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "week", "log_level": 0})
        found = retried(lambda: consumer.committed([TopicPartition("time", p) for p in acked], timeout=30))
        consumer.close()
        for at in found:
            must(at.offset >= acked[at.partition], f"group: {at.offset} is committed for time-{at.partition}, {acked[at.partition]} was acknowledged")

    def look_at_configs(self):
        resource = ConfigResource(ResourceType.TOPIC, "time")
        found = retried(lambda: next(iter(self.admin.describe_configs([resource]).values())).result())
        for name, value in self.shown.items():
            must(found[name].value == value, f"{name} of time is {found[name].value}, {value} was acknowledged")

    def disk(self):
        """Bytes on disk without the commit logs, whose size is fixed; and what should not lie there."""
        total, files, odd = 0, 0, []
        for folder, _, names in os.walk(data):
            name = os.path.basename(folder)
            topic = name.rsplit("-", 1)[0]
            if folder != data and os.path.dirname(folder) == data and topic not in LIVES and not name.startswith(("__", "cores")):
                odd.append(name)
            for f in names:
                if f.startswith("commit-"):
                    continue
                files += 1
                if re.search(r"\.(deleted|cleaned|swap|tmp)$", f):
                    odd.append(f"{name}/{f}")
                try:
                    total += os.stat(os.path.join(folder, f)).st_blocks * 512
                except FileNotFoundError:
                    pass
        return total, files, odd

    def say(self, text):
        total, files, _ = self.disk()
        sent = [w.sent for w in self.writers.values()]
        print(f"     {text}: {sum(s.count for s in sent)} acknowledged, {self.read} read, {self.broker.kills} kills, "
              f"{self.lives} lives, {total / MIB:.0f} MiB in {files} files, {self.broker.resident_mib()} MiB resident, "
              f"{self.broker.descriptors()} descriptors", flush=True)

    def act(self):
        if not self.deck:
            # Each kind in every round, so that a short run has them all.
            self.deck = [self.broker.kill] * 3 + [self.delete_records] * 2 + [self.reborn, self.configure]
            chance.shuffle(self.deck)
            self.deck.append(self.broker.kill)
        self.deck.pop()()

    def live(self):
        whole = minutes * 60
        began = time.monotonic()
        spent = lambda: time.monotonic() - began
        every = max(7, whole / 60)
        next_look = every
        while spent() < whole * 2 / 3:
            time.sleep(chance.uniform(0.1, 1.5))
            self.act()
            if spent() > next_look:
                self.look_at_all()
                self.say(f"{spent():4.0f} s")
                next_look = spent() + every
        calm = (self.broker.resident_mib(), self.broker.descriptors())
        while spent() < whole:
            time.sleep(1)
            self.delete_records()
            self.configure()
            if spent() > next_look:
                self.look_at_all()
                self.say(f"{spent():4.0f} s")
                next_look = spent() + every
        self.end(calm)

    def end(self, calm):
        for writer in self.writers.values():
            writer.end()
        # Retention and compaction come to their ends: nothing is written any more.
        time.sleep(max(TIME_MS) / 1000 + 3)
        self.look_at_all(last=True)
        self.say("end")
        self.reader.over.set()
        self.reader.join(30)
        total, files, odd = self.disk()
        must(not odd, f"left behind on disk: {odd[:10]}")
        resident, descriptors = self.broker.resident_mib(), self.broker.descriptors()
        # Each core may keep 256 MiB of what was appended last for its readers.
        most = 256 * (os.cpu_count() + 1)
        must(resident <= most, f"{calm[0]} MiB were resident when the kills ended, {resident} at the end, at most {most} are explained")
        must(descriptors <= calm[1] * 1.5 + 200, f"{calm[1]} descriptors were open when the kills ended, {descriptors} at the end")
        kept = sum(v[2] for w in self.writers.values() if w.sent.topic in ("asked", "born")
                   for p in w.sent.acked.values() for v in p.values())
        # Three topics are bounded by retention, two by their keys; each partition may hold some segments more.
        bound = kept * 2 + len(LIVES) * PARTITIONS * (SIZE + 6 * MIB)
        must(total <= bound, f"{total / MIB:.0f} MiB are on disk, at most {bound / MIB:.0f} are explained")
        failed = sum(w.sent.failed for w in self.writers.values())
        must(failed == 0, f"{failed} records were refused")
        must(self.broker.stop() == 0, "the broker does not stop cleanly")


def main():
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    print(f"     seed {SEED}, {minutes} minutes, {RATE} records a second for each of {len(LIVES)} topics", flush=True)
    oracle.self_test()
    week = Week()
    try:
        week.live()
    except (Wrong, AssertionError) as e:
        print(f"FAILED week: {e} (seed {SEED}, broker: {week.broker.log.name})", flush=True)
        return 1
    finally:
        end_all()  # `os._exit` below asks nobody
    print(f"ok   week: {week.looked} looks, {week.broker.kills} kills, {week.lives} lives of topics", flush=True)
    shutil.rmtree(work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # Threads of clients may wait for what is gone.
    os._exit(status)

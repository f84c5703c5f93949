"""Replicas move between two data directories while they are written, and the broker is killed in the midst of it.

Arguments: working folder, port, rounds (8). RINGLOG names the broker, RINGCTL the command line.

Each round asks for some partitions to move (`kafka-reassign-partitions --execute`, as an operator would); in every
second one the broker is killed at a random moment behind the answer. Without being asked again, every replica has to
arrive, and its folder has to be in no other directory. At the end all that was acknowledged is read back: at its
offset, once, in order, without a hole. One line a round; the exit status is 1 if anything was wrong.
"""
import json
import logging
import os
import random
import shutil
import subprocess
import sys
import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))
from broker import Broker  # noqa: E402

work, port = sys.argv[1], int(sys.argv[2])
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 8
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1_000_000)))
chance = random.Random(SEED)
bootstrap = f"127.0.0.1:{port}"
dirs = [os.path.join(os.path.abspath(work), name) for name in ("a", "b")]
# Records of 2 kB each second, over all partitions.
PARTITIONS, RATE, ARRIVE_S = 6, 4000, 60


# A broker that is killed is no news.
QUIET = logging.getLogger("clients")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


def wrong(what):
    print(f"FAILED moves: {what} (seed {SEED})", flush=True)
    sys.exit(1)


def tool(name, *args):
    """What a stock tool prints; tried again while the broker is away."""
    until = time.monotonic() + 60
    while True:
        done = subprocess.run([os.environ["RINGCTL"], "as", name, "--bootstrap-server", bootstrap, *args],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout
        if time.monotonic() > until:
            wrong(f"{name} {' '.join(args)}: {done.stdout}{done.stderr}")
        time.sleep(0.3)


def places():
    """Of each partition: the directories that have it, and those that have it as a future replica."""
    out = tool("kafka-log-dirs", "--describe", "--topic-list", "t")
    found = json.loads(next(line for line in out.splitlines() if line.startswith("{")))
    current, future = [set() for _ in range(PARTITIONS)], [set() for _ in range(PARTITIONS)]
    for log_dir in found["brokers"][0]["logDirs"]:
        for replica in log_dir["partitions"]:
            index = int(replica["partition"].rsplit("-", 1)[1])
            (future if replica["isFuture"] else current)[index].add(dirs.index(log_dir["logDir"]))
    return current, future


def folders():
    return [{name for name in os.listdir(path) if name.startswith("t-")} for path in dirs]


class Writer(threading.Thread):
    """Numbered records to every partition in turn."""

    def __init__(self):
        super().__init__(daemon=True)
        self.acked = [{} for _ in range(PARTITIONS)]
        self.failed, self.over = [], threading.Event()
        self.producer = Producer({
            "bootstrap.servers": bootstrap, "enable.idempotence": True, "acks": "all", "linger.ms": 5,
            "message.timeout.ms": 120_000, "reconnect.backoff.max.ms": 300,
            "log.connection.close": False}, logger=QUIET)
        self.start()

    def run(self):
        sequence, began = 0, time.monotonic()

        def done(error, message):
            if error is not None:
                self.failed.append(str(error))
            else:
                self.acked[message.partition()][message.offset()] = int(message.key())
        while not self.over.is_set():
            while sequence < (time.monotonic() - began) * RATE:
                try:
                    self.producer.produce("t", b"x" * 2000, str(sequence), sequence % PARTITIONS, on_delivery=done)
                    sequence += 1
                except BufferError:
                    break
            self.producer.poll(0.005)
        if self.producer.flush(120):
            self.failed.append("records without an answer")


def judge(writer):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "judge", "enable.auto.commit": False}, logger=QUIET)
    total = 0
    for index, acked in enumerate(writer.acked):
        low, high = consumer.get_watermark_offsets(TopicPartition("t", index), timeout=30)
        if low != 0:
            wrong(f"partition {index} begins at {low}")
        consumer.assign([TopicPartition("t", index, 0)])
        keys = []
        while len(keys) < high:
            message = consumer.poll(30)
            if message is None or message.error():
                wrong(f"partition {index} at {len(keys)} of {high}: {message and message.error()}")
            if message.offset() != len(keys):
                wrong(f"partition {index}: offset {message.offset()} where {len(keys)} is due")
            keys.append(int(message.key()))
        if any(a >= b for a, b in zip(keys, keys[1:])):
            wrong(f"partition {index}: a record twice, or out of order")
        lost = [offset for offset, key in acked.items() if offset >= high or keys[offset] != key]
        if lost:
            wrong(f"partition {index}: {len(lost)} acknowledged records are not there, the first at {min(lost)}")
        total += len(acked)
    consumer.close()
    return total


shutil.rmtree(work, ignore_errors=True)
os.makedirs(work)
broker = Broker(os.path.join(work, "broker.log"), dirs, bootstrap)
admin = AdminClient({"bootstrap.servers": bootstrap}, logger=QUIET)
for made in admin.create_topics([NewTopic("t", PARTITIONS, 1, config={"segment.bytes": 4 << 20})]).values():
    made.result()
writer = Writer()
moved = kills = 0
for n in range(rounds):
    time.sleep(0.5)
    current, _ = places()
    chosen = chance.sample(range(PARTITIONS), chance.randint(1, PARTITIONS))
    wanted = {index: 1 - min(current[index]) for index in chosen}
    plan = os.path.join(work, "plan.json")
    with open(plan, "w") as file:
        json.dump({"version": 1, "partitions": [
            {"topic": "t", "partition": i, "replicas": [1], "log_dirs": [dirs[to]]} for i, to in wanted.items()]}, file)
    began = time.monotonic()
    tool("kafka-reassign-partitions", "--execute", "--reassignment-json-file", plan)
    if n % 2:
        time.sleep(chance.random() * 0.4)
        broker.kill()
        broker.start()
        kills += 1
    while True:
        current, future = places()
        if not any(future) and all(current[i] == {to} for i, to in wanted.items()):
            break
        if time.monotonic() - began > ARRIVE_S:
            wrong(f"after {ARRIVE_S} s {wanted} are still in {current}, on the way to {future}")
        time.sleep(0.1)
    moved += len(wanted)
    took = time.monotonic() - began
    print(f"     round {n}: {len(wanted)} replicas moved in {took:.1f} s{', over a kill' if n % 2 else ''}", flush=True)
writer.over.set()
writer.join()
if writer.failed:
    wrong(f"{len(writer.failed)} records were not acknowledged: {writer.failed[0]}")
total = judge(writer)
# A former folder goes behind the move.
until = time.monotonic() + 30
while any(not name[2:].isdigit() for names in folders() for name in names) or folders()[0] & folders()[1]:
    if time.monotonic() > until:
        wrong(f"folders are left: {folders()}")
    time.sleep(0.2)
if broker.stop() != 0:
    wrong("the broker did not stop cleanly")
shutil.rmtree(work)
print(f"ok   moves: {moved} replicas between two directories over {kills} kills, {total} acknowledged records are there")

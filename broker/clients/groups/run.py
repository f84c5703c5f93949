"""Members of several clients in one group, while they are restarted one after the other and the broker is killed.

Arguments: working folder, port, how to run each client's member as NAME=COMMAND, then scenarios (all).
RINGLOG names the broker. With KILLS=N it is killed N times after every restart of a member, at random moments, and
all members are restarted three times over; else once in the middle. Every scenario prints one line; the exit status
is 1 if anything was wrong.
"""
import os
import random
import shlex
import shutil
import signal
import sys
import time

from confluent_kafka import Producer, TopicPartition, Consumer
from confluent_kafka.admin import AdminClient, NewTopic

import check

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))
from broker import Broker, log, run  # noqa: E402

work, port = sys.argv[1], int(sys.argv[2])
members = dict(a.split("=", 1) for a in sys.argv[3:] if "=" in a)
wanted = [a for a in sys.argv[3:] if "=" not in a]
PARTITIONS, PER_SECOND = 12, 600
KILLS = int(os.environ.get("KILLS", "0"))
bootstrap = f"127.0.0.1:{port}"

RANGE = ["confluent", "java", "kafka-python", "aiokafka", "franz-go", "sarama", "kafkajs"]
BOTH = ["confluent", "java", "franz-go"]
# kafkajs has no static members.
STATIC = [c for c in RANGE if c != "kafkajs"]
# Name, protocol, clients (twice the same: two members), protocols that members change to in turn.
# In those that begin with "static" every member has a name that its next life has too.
SCENARIOS = [
    ("range", "range", RANGE, []),
    ("cooperative", "cooperative-sticky", BOTH, []),
    ("consumer", "consumer", BOTH, []),
    ("static-range", "range", STATIC, []),
    ("static-cooperative", "cooperative-sticky", BOTH, []),
    ("static-consumer", "consumer", BOTH, []),
    ("upgrade", "cooperative-sticky", ["java", "confluent", "java"], ["consumer", "cooperative-sticky"]),
]
SCENARIOS += [(f"{c}-alone", "range", [c, c, c], []) for c in RANGE]


class Member:
    def __init__(self, name, client, group, topic, protocol, instance):
        self.name, self.out = name, log(os.path.join(work, f"{name}.out"))
        command = shlex.split(members[client]) + [bootstrap, group, topic, protocol, instance]
        self.errors = log(os.path.join(work, f"{name}.err"))
        self.process = run(command, stdout=self.out, stderr=self.errors)
        self.killed = None

    def end(self, kindly):
        if kindly:
            self.process.terminate()
            try:
                self.process.wait(40)
                return
            except subprocess.TimeoutExpired:
                print(f"     {self.name} does not end when asked", flush=True)
        self.process.kill()
        self.killed = int(time.time() * 1000)
        self.process.wait()

    def lines(self):
        with open(self.out.name) as said:
            # The last line of one that was killed may be cut off.
            return [l for l in said.read().split("\n")[:-1] if l and l[0] in "ARLFPC" and l[1:2] == " "]

    def last_words(self):
        with open(self.errors.name) as said:
            return " | ".join(said.read().split("\n")[-4:])[-600:]


class Feed:
    """Produces all the time, and knows how many records each partition has."""

    def __init__(self, topic):
        self.topic, self.ends, self.count = topic, dict.fromkeys(range(PARTITIONS), 0), 0
        self.producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 5,
                                  "message.timeout.ms": 120000, "reconnect.backoff.max.ms": 500, "log_level": 0})

    def run(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for _ in range(PER_SECOND // 20):
                self.producer.produce(self.topic, f"{self.count}".encode(), partition=self.count % PARTITIONS)
                self.count += 1
            self.producer.poll(0.05)

    def finish(self):
        assert self.producer.flush(60) == 0, "the broker did not take every record"
        consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "ends"})
        for p in range(PARTITIONS):
            self.ends[p] = consumer.get_watermark_offsets(TopicPartition(self.topic, p), timeout=20)[1]
        consumer.close()
        assert sum(self.ends.values()) == self.count, "every record is there once"
        return self.ends


def scenario(name, protocol, clients, changes):
    began, topic, group = time.monotonic(), f"topic-{name}", f"group-{name}"
    static = name.startswith("static")
    # A static member of the consumer protocol that was killed keeps its name for its session, 45 seconds at least.
    kindly = static and protocol == "consumer"
    data = os.path.join(work, f"data-{name}")
    shutil.rmtree(data, ignore_errors=True)
    flags = shlex.split(os.environ.get("RINGLOG_FLAGS", ""))
    broker = Broker(os.path.join(work, f"broker-{name}.log"), data, bootstrap, flags)
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    admin.create_topics([NewTopic(topic, PARTITIONS, 1)])[topic].result()
    all_, lives, feed = [], {}, Feed(topic)

    def start(slot, client, protocol):
        lives[slot] = lives.get(slot, -1) + 1
        instance = f"{client}-{slot}" if static else "-"
        member = Member(f"{name}-{slot}-{client}-{lives[slot]}", client, group, topic, protocol, instance)
        all_.append(member)
        return member

    now = {}
    for slot, client in enumerate(clients):
        now[slot] = start(slot, client, protocol)
        feed.run(1.5)
    feed.run(3)
    for turn, protocol in enumerate((changes or [protocol]) * (3 if KILLS else 1)):
        for slot, client in enumerate(clients):
            now[slot].end(kindly=kindly or slot % 3 != 2)
            feed.run(1)
            now[slot] = start(slot, client, protocol)
            feed.run(3)
            kills = KILLS or int(turn == 0 and slot == len(clients) // 2)
            for _ in range(kills):
                feed.run(2 * random.random() if KILLS else 0)
                broker.kill()
                feed.run(0.5)
                broker.start()
            feed.run(3 if kills else 0)
    ends = feed.finish()
    until = time.monotonic() + 90
    while time.monotonic() < until:
        wrong, numbers = check.judge({m.name: m.lines() for m in all_}, ends, {})
        if not any("never processed" in w for w in wrong):
            break
        time.sleep(1)
    dead = [f"{m.name} ended by itself, its last words: {m.last_words()}" for m in now.values()
            if m.process.poll() is not None]
    for member in now.values():
        member.end(kindly=True)
    kills = {m.name: m.killed for m in all_ if m.killed}
    wrong, numbers = check.judge({m.name: m.lines() for m in all_}, ends, kills)
    wrong += dead
    if broker.stop() != 0:
        wrong.append("the broker did not stop cleanly")
    shutil.rmtree(broker.data, ignore_errors=True)
    figures = ", ".join(f"{v} {k}" for k, v in numbers.items())
    print(f"{'FAIL' if wrong else 'ok  '} groups {name}: {figures}, {time.monotonic() - began:.0f} s", flush=True)
    for line in wrong[:12]:
        print("     " + line, flush=True)
    return not wrong


os.makedirs(work, exist_ok=True)
good = True
for name, protocol, clients, changes in SCENARIOS:
    clients = [c for c in clients if c in members]
    if clients and (not wanted or name in wanted):
        good &= scenario(name, protocol, clients, changes)
sys.exit(0 if good else 1)

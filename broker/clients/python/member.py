"""One member of a group: says on standard output what it was given, read, committed and gave back.

Arguments: client (confluent, kafka-python, aiokafka), bootstrap address, group, topic, protocol, static name or -.
Protocols: range, cooperative-sticky (classic), consumer (KIP-848). SIGTERM ends it cleanly.

A line is a letter, milliseconds since 1970, and partitions or partition:offset pairs: A was given, R gave back
(before another may read), L lost, F first offset that was read after being given, P was read and processed,
C was committed.
"""
import asyncio
import signal
import sys
import threading
import time

client, bootstrap, group, topic, protocol, instance = sys.argv[1:7]
instance = None if instance == "-" else instance
stopping = False


def stop(*_):
    global stopping
    stopping = True


printing = threading.Lock()


def say(letter, what):
    if what:
        with printing:
            print(letter, int(time.time() * 1000), " ".join(str(w) for w in what), flush=True)


def classic(**own):
    """What kafka-python and aiokafka are told alike."""
    return dict(
        bootstrap_servers=bootstrap,
        group_id=group,
        client_id=client,
        group_instance_id=instance,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=6000,
        heartbeat_interval_ms=500,
        **own,
    )


class Book:
    """What is owned, and what has been read since the last commit. Callbacks may come from another thread."""

    def __init__(self):
        self.lock, self.owned, self.next, self.fresh = threading.Lock(), set(), {}, set()

    def given(self, partitions):
        with self.lock:
            say("A", sorted(partitions))
            self.owned |= set(partitions)
            self.fresh |= set(partitions)

    def gone(self, letter, partitions):
        with self.lock:
            say(letter, sorted(partitions))
            for p in partitions:
                self.owned.discard(p)
                self.next.pop(p, None)
                self.fresh.discard(p)

    def read(self, partition, offset):
        """A record that was fetched before its partition was given back is not processed any more."""
        with self.lock:
            if partition not in self.owned:
                return
            if partition in self.fresh:
                self.fresh.discard(partition)
                say("F", [f"{partition}:{offset}"])
            say("P", [f"{partition}:{offset}"])
            self.next[partition] = offset + 1

    def reached(self):
        with self.lock:
            return dict(self.next)

    def committed(self, offsets):
        say("C", [f"{p}:{o}" for p, o in sorted(offsets.items())])


def confluent():
    from confluent_kafka import Consumer, KafkaException, TopicPartition

    config = {
        "bootstrap.servers": bootstrap,
        "group.id": group,
        "client.id": "confluent",
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "reconnect.backoff.max.ms": 500,
    }
    if instance:
        config["group.instance.id"] = instance
    if protocol == "consumer":
        config["group.protocol"] = "consumer"
    else:
        config |= {"partition.assignment.strategy": protocol, "session.timeout.ms": 6000, "heartbeat.interval.ms": 500}
    book, consumer = Book(), Consumer(config)
    incremental = protocol != "range"

    def commit():
        offsets = book.reached()
        if offsets:
            try:
                consumer.commit(offsets=[TopicPartition(topic, p, o) for p, o in offsets.items()], asynchronous=False)
                book.committed(offsets)
            except KafkaException as e:
                print("commit:", e, file=sys.stderr, flush=True)

    def assigned(c, tps):
        book.given([tp.partition for tp in tps])
        c.incremental_assign(tps) if incremental else c.assign(tps)

    def revoked(c, tps):
        commit()
        book.gone("R", [tp.partition for tp in tps])
        c.incremental_unassign(tps) if incremental else c.unassign()

    def lost(c, tps):
        book.gone("L", [tp.partition for tp in tps])
        c.incremental_unassign(tps) if incremental else c.unassign()

    consumer.subscribe([topic], on_assign=assigned, on_revoke=revoked, on_lost=lost)
    last = time.monotonic()
    while not stopping:
        for m in consumer.consume(200, 0.1):
            if m.error():
                print("consume:", m.error(), file=sys.stderr, flush=True)
            else:
                book.read(m.partition(), m.offset())
        if time.monotonic() > last + 0.3:
            last = time.monotonic()
            commit()
    commit()
    consumer.close()


def kafka_python():
    from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
    from kafka.coordinator.assignors.range import RangePartitionAssignor
    from kafka.errors import KafkaError

    book = Book()
    consumer = KafkaConsumer(
        **classic(metadata_max_age_ms=5000, partition_assignment_strategy=[RangePartitionAssignor])
    )

    def commit():
        offsets = book.reached()
        if offsets:
            try:
                consumer.commit({TopicPartition(topic, p): OffsetAndMetadata(o, "", -1) for p, o in offsets.items()})
                book.committed(offsets)
            except KafkaError as e:
                print("commit:", e, file=sys.stderr, flush=True)

    class Listener(ConsumerRebalanceListener):
        def on_partitions_revoked(self, revoked):
            # This client refuses to commit here: what was not committed is read again.
            book.gone("R", [tp.partition for tp in revoked])

        def on_partitions_lost(self, lost):
            book.gone("L", [tp.partition for tp in lost])

        def on_partitions_assigned(self, assigned):
            book.given([tp.partition for tp in assigned])

    consumer.subscribe([topic], listener=Listener())
    last = time.monotonic()
    while not stopping:
        try:
            polled = consumer.poll(timeout_ms=100, max_records=200)
        except KafkaError as e:
            # While it looks for the coordinator this client hands on that nobody answers.
            if not e.retriable:
                raise
            print("poll:", e, file=sys.stderr, flush=True)
            time.sleep(0.1)
            continue
        for records in polled.values():
            for r in records:
                book.read(r.partition, r.offset)
        if time.monotonic() > last + 0.3:
            last = time.monotonic()
            commit()
    commit()
    consumer.close(autocommit=False)


async def aiokafka():
    from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
    from aiokafka.coordinator.assignors.range import RangePartitionAssignor
    from aiokafka.errors import KafkaError

    book = Book()
    consumer = AIOKafkaConsumer(
        **classic(retry_backoff_ms=200, partition_assignment_strategy=[RangePartitionAssignor])
    )

    async def commit():
        offsets = book.reached()
        if offsets:
            try:
                await consumer.commit({TopicPartition(topic, p): o for p, o in offsets.items()})
                book.committed(offsets)
            except KafkaError as e:
                print("commit:", e, file=sys.stderr, flush=True)

    class Listener(ConsumerRebalanceListener):
        async def on_partitions_revoked(self, revoked):
            await commit()
            book.gone("R", [tp.partition for tp in revoked])

        async def on_partitions_assigned(self, assigned):
            book.given([tp.partition for tp in assigned])

    consumer.subscribe([topic], listener=Listener())
    await consumer.start()
    last = time.monotonic()
    while not stopping:
        for records in (await consumer.getmany(timeout_ms=100, max_records=200)).values():
            for r in records:
                book.read(r.partition, r.offset)
        if time.monotonic() > last + 0.3:
            last = time.monotonic()
            await commit()
    await commit()
    await consumer.stop()


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
if client == "aiokafka":
    asyncio.run(aiokafka())
else:
    {"confluent": confluent, "kafka-python": kafka_python}[client]()

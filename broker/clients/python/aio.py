"""aiokafka: idempotent, acks=all, every codec, read back equal and in order.

Arguments: bootstrap address, number of records per codec.
"""
import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from records import check, legal

bootstrap, count = sys.argv[1], int(sys.argv[2])
PARTITIONS = 3


async def round_trip(codec):
    topic = f"aiokafka-{codec or 'none'}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    await admin.close()
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", compression_type=codec, linger_ms=5
    )
    await producer.start()
    futures = []
    for n in range(count):
        key, value, headers = legal(n)
        futures.append(await producer.send(topic, key=key, value=value, headers=headers))
    acked = {}
    for n, future in enumerate(futures):
        meta = await future
        assert (meta.partition, meta.offset) not in acked, "an offset was given out twice"
        acked[(meta.partition, meta.offset)] = n
    await producer.stop()

    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    partitions = [TopicPartition(topic, p) for p in range(PARTITIONS)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning()
    read = {}
    while len(read) < count:
        batches = await asyncio.wait_for(consumer.getmany(timeout_ms=1000), 60)
        for messages in batches.values():
            for m in messages:
                read[(m.partition, m.offset)] = (m.key, m.value, list(m.headers))
    ends = await consumer.end_offsets(partitions)
    assert sum(ends.values()) == count, ends
    await consumer.stop()
    check("aiokafka", codec or "none", acked, read, legal)


for codec in [None, "gzip", "snappy", "lz4", "zstd"]:
    asyncio.run(round_trip(codec))

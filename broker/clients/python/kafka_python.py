"""kafka-python: idempotent, acks=all, every codec, read back equal and in order.

Arguments: bootstrap address, number of records per codec.
"""
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from records import check, legal

bootstrap, count = sys.argv[1], int(sys.argv[2])
PARTITIONS = 3

admin = KafkaAdminClient(bootstrap_servers=bootstrap)
for codec in [None, "gzip", "snappy", "lz4", "zstd"]:
    topic = f"kafka-python-{codec or 'none'}"
    admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
    producer = KafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        acks="all",
        compression_type=codec,
        linger_ms=5,
    )
    futures = []
    for n in range(count):
        key, value, headers = legal(n)
        futures.append(producer.send(topic, key=key, value=value, headers=headers))
    producer.flush(timeout=600)
    acked = {}
    for n, future in enumerate(futures):
        meta = future.get(timeout=60)
        assert (meta.partition, meta.offset) not in acked, "an offset was given out twice"
        acked[(meta.partition, meta.offset)] = n
    producer.close()

    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, consumer_timeout_ms=60_000)
    partitions = [TopicPartition(topic, p) for p in range(PARTITIONS)]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    read = {}
    while len(read) < count:
        message = next(consumer)
        got = (message.key, message.value, [(k, v) for k, v in message.headers])
        read[(message.partition, message.offset)] = got
    ends = consumer.end_offsets(partitions)
    assert sum(ends.values()) == count, ends
    consumer.close()
    check("kafka-python", codec or "none", acked, read, legal)

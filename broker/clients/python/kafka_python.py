"""kafka-python: idempotent, acks=all, every codec, read back equal and in order.

Arguments: bootstrap address, number of records per codec.
"""
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.protocol.admin.topics import ElectionType

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

# What an operator asks, with this client's own calls.
topic = TopicPartition(topic, 0)
(broker,) = admin.describe_log_dirs()
(directory,) = broker["log_dirs"]
sizes = {(t["name"], p["partition_index"]): p["partition_size"] for t in directory["topics"] for p in t["partitions"]}
assert directory["error_code"] == 0 and directory["total_bytes"] > directory["usable_bytes"] > 0, directory
assert sizes[topic] > 0, sizes
producers = admin.describe_producers([topic])[topic].active_producers
assert len(producers) == 1, producers
quorum = admin.describe_metadata_quorum()["topics"][0]["partitions"][0]
assert (quorum["leader_id"], len(quorum["current_voters"]), quorum["observers"]) == (1, 1, []), quorum
assert admin.describe_features()["group.version"]["finalized"] == (1, 1)
assert admin.alter_partition_reassignments({topic: [1]}) == {topic: None}
assert admin.list_partition_reassignments() == {}
assert admin.list_transactions() == {1: []}
admin.elect_leaders(ElectionType.PREFERRED)
print("ok   kafka-python: directories, producers, quorum, features, elections, reassignments")

"""confluent-kafka: idempotent, acks=all, every codec, read back equal and in order.

Arguments: bootstrap address, number of records per codec.
"""
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, ElectionType, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from records import check, record

bootstrap, count = sys.argv[1], int(sys.argv[2])
PARTITIONS = 3

admin = AdminClient({"bootstrap.servers": bootstrap})
for codec in ["none", "gzip", "snappy", "lz4", "zstd"]:
    topic = f"confluent-{codec}"
    for created in admin.create_topics([NewTopic(topic, PARTITIONS, 1)]).values():
        created.result(30)
    acked = {}

    def delivered(n):
        def report(error, message):
            assert error is None, error
            at = (message.partition(), message.offset())
            assert at not in acked, "an offset was given out twice"
            acked[at] = n

        return report

    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "acks": "all",
            "compression.type": codec,
            "linger.ms": 5,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    for n in range(count):
        key, value, headers = record(n)
        producer.produce(topic, key=key, value=value, headers=headers, on_delivery=delivered(n))
        producer.poll(0)
    assert producer.flush(600) == 0
    assert len(acked) == count

    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in range(PARTITIONS)])
    read = {}
    while len(read) < count:
        message = consumer.poll(60)
        assert message is not None, f"no more records after {len(read)}"
        assert message.error() is None, message.error()
        got = (message.key(), message.value(), message.headers() or [])
        read[(message.partition(), message.offset())] = got
    ends = [consumer.get_watermark_offsets(TopicPartition(topic, p), 30)[1] for p in range(PARTITIONS)]
    assert sum(ends) == count, ends
    consumer.close()
    check("confluent-kafka", codec, acked, read)

# librdkafka's only call of an operator: each partition says why nobody was elected.
elected = admin.elect_leaders(ElectionType.PREFERRED, [TopicPartition(topic, 0), TopicPartition("nowhere", 0)])
codes = sorted(error.code() for error in elected.result(60).values())
assert codes == [KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError.ELECTION_NOT_NEEDED], codes
print("ok   confluent-kafka: elections")

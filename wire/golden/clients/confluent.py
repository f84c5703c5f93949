"""confluent-kafka (librdkafka): create a topic, produce idempotently with headers, consume in a group, commit."""

import sys

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

common = {"bootstrap.servers": sys.argv[1], "client.id": "golden"}
admin = AdminClient(common)
admin.create_topics([NewTopic("golden-ck", 1, 1)])["golden-ck"].result()
producer = Producer(common | {"enable.idempotence": True, "compression.type": "lz4"})
producer.produce("golden-ck", key=b"k", value=b"v", headers=[("h", b"1"), ("h", None)])
producer.flush()
producer.produce("golden-ck", value=b"w" * 400)
producer.flush()
consumer = Consumer(common | {"group.id": "golden-ck", "auto.offset.reset": "earliest"})
consumer.subscribe(["golden-ck"])
got = []
for _ in range(200):
    message = consumer.poll(0.2)
    if message is not None and message.error() is None:
        got.append(message)
    if len(got) == 2:
        break
consumer.commit(asynchronous=False)
consumer.close()
admin.delete_topics(["golden-ck"])["golden-ck"].result()
print("confluent-kafka:", len(got))

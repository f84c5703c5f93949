"""kafka-python: create a topic, produce idempotently with headers, consume in a group, commit."""

import sys

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

address = sys.argv[1]
admin = KafkaAdminClient(bootstrap_servers=address, client_id="golden")
admin.create_topics([NewTopic("golden-kr", 1, 1)])
producer = KafkaProducer(bootstrap_servers=address, client_id="golden", enable_idempotence=True, acks="all")
producer.send("golden-kr", key=b"k", value=b"v", headers=[("h", b"1"), ("h", b"")]).get(20)
producer.send("golden-kr", value=b"w" * 100).get(20)
producer.close()
consumer = KafkaConsumer("golden-kr", bootstrap_servers=address, client_id="golden", group_id="golden-kp",
                         auto_offset_reset="earliest", consumer_timeout_ms=6000)
got = 0
for _ in consumer:
    got += 1
    if got == 2:
        break
consumer.commit()
consumer.close()
admin.delete_topics(["golden-kr"])
admin.close()
print("kafka-python:", got)

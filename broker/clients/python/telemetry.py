"""Metrics of clients, with librdkafka: what a producer pushes is shown. The subscription is there already.

Arguments: bootstrap address, URL of the metrics.
"""
import sys
import time
import urllib.request

from confluent_kafka import Producer

bootstrap, url = sys.argv[1], sys.argv[2]
producer = Producer({"bootstrap.servers": bootstrap, "client.id": "told"})
producer.produce("told", b"value")
assert producer.flush(60) == 0
end = time.monotonic() + 60
name = "client_org_apache_kafka_producer_connection_creation_total{"
while time.monotonic() < end:
    producer.poll(0.1)
    lines = urllib.request.urlopen(url).read().decode().splitlines()
    own = [line for line in lines if 'client_software_name="confluent-kafka-python"' in line or 'client_software_name="librdkafka"' in line]
    found = [line for line in own if line.startswith(name)]
    if found:
        break
else:
    raise AssertionError(f"not shown: {lines}")
assert float(found[0].rsplit(" ", 1)[1]) >= 1, found
print(f"ok   librdkafka: what a producer pushes is shown, {len(own)} numbers")

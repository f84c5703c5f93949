package check;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Metrics of clients, with the Java client: a subscription, and what producer, consumer and admin then push is shown.
 * Arguments: bootstrap address, URL of the metrics.
 */
public final class Telemetry {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long PATIENCE_MS = 60_000;

    private static String shown(String url) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Waits for a series of this client; returns its value. */
    private static double series(String url, String name, String instance, Runnable meanwhile) throws Exception {
        long end = System.currentTimeMillis() + PATIENCE_MS;
        while (System.currentTimeMillis() < end) {
            meanwhile.run();
            for (String line : shown(url).split("\n")) {
                if (line.startsWith(name + "{") && line.contains("client_instance_id=\"" + instance + "\"")
                        && line.contains("client_software_name=\"apache-kafka-java\"")) {
                    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                }
            }
        }
        throw new AssertionError(name + " of " + instance + " is not shown:\n" + shown(url));
    }

    public static void main(String[] args) throws Exception {
        Properties p = new Properties();
        p.put("bootstrap.servers", args[0]);
        p.put("client.id", "told");
        try (Admin admin = Admin.create(p)) {
            ConfigResource all = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "all");
            List<AlterConfigOp> set = List.of(
                    new AlterConfigOp(new ConfigEntry("metrics", "*"), AlterConfigOp.OpType.SET),
                    new AlterConfigOp(new ConfigEntry("interval.ms", "200"), AlterConfigOp.OpType.SET),
                    new AlterConfigOp(new ConfigEntry("match", "client_id=told"), AlterConfigOp.OpType.SET));
            admin.incrementalAlterConfigs(Map.of(all, set)).all().get();
            admin.createTopics(List.of(new NewTopic("told", 1, (short) 1))).all().get();
        }
        p.put("key.serializer", ByteArraySerializer.class.getName());
        p.put("value.serializer", ByteArraySerializer.class.getName());
        p.put("key.deserializer", ByteArrayDeserializer.class.getName());
        p.put("value.deserializer", ByteArrayDeserializer.class.getName());
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(p);
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(p)) {
            for (int n = 0; n < 10; n++) {
                producer.send(new ProducerRecord<>("told", new byte[100])).get();
            }
            String id = producer.clientInstanceId(Duration.ofMillis(PATIENCE_MS)).toString();
            double made = series(args[1], "client_org_apache_kafka_producer_connection_creation_total", id, () -> { });
            consumer.assign(List.of(new TopicPartition("told", 0)));
            // A consumer speaks to brokers while it is polled, and only then.
            Uuid known = null;
            for (long end = System.currentTimeMillis() + PATIENCE_MS; known == null; ) {
                consumer.poll(Duration.ofMillis(50));
                known = consumer.clientInstanceId(Duration.ofMillis(1));
                if (System.currentTimeMillis() > end) {
                    throw new AssertionError("the consumer gets no id");
                }
            }
            String other = known.toString();
            series(args[1], "client_org_apache_kafka_consumer_connection_creation_total", other,
                    () -> consumer.poll(Duration.ofMillis(50)));
            if (made < 1 || id.equals(other)) {
                throw new AssertionError("connections " + made + ", ids " + id + " and " + other);
            }
            System.out.println("ok   java: what producer and consumer push is shown, every 200 ms");
        }
    }
}

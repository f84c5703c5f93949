package check;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The Java client: idempotent, acks=all, every codec, read back equal and in order.
 * Arguments: bootstrap address, number of records per codec.
 */
public final class RoundTrip {
    private static final int PARTITIONS = 3;

    private RoundTrip() {}

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    /** The record with number n, as ../src/lib.rs makes it. */
    private static ProducerRecord<byte[], byte[]> record(String topic, int n) {
        byte[] key = n % 11 == 0 ? null : utf8("key-" + n % 1000);
        byte[] value;
        if (n % 13 == 0) {
            value = null;
        } else if (n % 17 == 0) {
            value = new byte[0];
        } else {
            value = utf8("value " + n + " " + "abcdefgh".repeat(n % 23));
        }
        List<Header> headers = new ArrayList<>();
        if (n % 5 == 0) {
            headers.add(new RecordHeader("h", utf8(Integer.toString(n))));
            headers.add(new RecordHeader("h", (byte[]) null));
            headers.add(new RecordHeader("g", new byte[0]));
        } else if (n % 5 == 1) {
            headers.add(new RecordHeader("trace", utf8("1")));
        }
        return new ProducerRecord<>(topic, null, key, value, headers);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static void roundTrip(String bootstrap, String codec, int count) throws Exception {
        String topic = "java-" + codec;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
        }
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("enable.idempotence", true);
        config.put("acks", "all");
        config.put("compression.type", codec);
        config.put("linger.ms", 5);
        Map<TopicPartition, Map<Long, Integer>> acked = new HashMap<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> futures = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                futures.add(producer.send(record(topic, n)));
            }
            producer.flush();
            for (int n = 0; n < count; n++) {
                RecordMetadata at = futures.get(n).get();
                Map<Long, Integer> log =
                        acked.computeIfAbsent(new TopicPartition(topic, at.partition()), p -> new HashMap<>());
                require(log.put(at.offset(), n) == null, at + " was given out twice");
            }
        }
        readBack(bootstrap, topic, acked, count);
        System.out.printf("ok   java %s: %d records read back equal and in order%n", codec, count);
    }

    private static void readBack(
            String bootstrap, String topic, Map<TopicPartition, Map<Long, Integer>> acked, int count) {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", false);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = new ArrayList<>();
            for (int p = 0; p < PARTITIONS; p++) {
                all.add(new TopicPartition(topic, p));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<Integer, Long> next = new HashMap<>();
            long deadline = System.nanoTime() + Duration.ofMinutes(20).toNanos();
            for (int read = 0; read < count; ) {
                require(System.nanoTime() < deadline, "only " + read + " of " + count + " records came");
                for (ConsumerRecord<byte[], byte[]> got : consumer.poll(Duration.ofSeconds(1))) {
                    long expected = next.getOrDefault(got.partition(), 0L);
                    require(got.offset() == expected, topic + "-" + got.partition() + " jumps to " + got.offset());
                    next.put(got.partition(), expected + 1);
                    Integer n = acked.getOrDefault(new TopicPartition(topic, got.partition()), Map.of())
                            .get(got.offset());
                    require(n != null, got.offset() + " was never acknowledged");
                    ProducerRecord<byte[], byte[]> sent = record(topic, n);
                    require(Arrays.equals(got.key(), sent.key()), "key of record " + n);
                    require(Arrays.equals(got.value(), sent.value()), "value of record " + n);
                    require(Arrays.equals(got.headers().toArray(), sent.headers().toArray()), "headers of record " + n);
                    read++;
                }
            }
            long ends = consumer.endOffsets(all).values().stream().mapToLong(Long::longValue).sum();
            require(ends == count, "end offsets add up to " + ends);
        }
    }

    public static void main(String[] args) throws Exception {
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            roundTrip(args[0], codec, Integer.parseInt(args[1]));
        }
    }
}

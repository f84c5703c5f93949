package check;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One member of a group, with the Java client: see ../../../../../python/member.py for its lines.
 * Arguments: bootstrap address, group, topic, protocol, static name or -.
 */
public final class Member implements ConsumerRebalanceListener {
    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<Integer, Long> next = new TreeMap<>();
    private final Set<Integer> fresh = new HashSet<>();
    private volatile boolean stopping;

    private Member(String[] args) {
        topic = args[2];
        Properties p = new Properties();
        p.put("bootstrap.servers", args[0]);
        p.put("group.id", args[1]);
        p.put("client.id", "java");
        p.put("enable.auto.commit", "false");
        p.put("auto.offset.reset", "earliest");
        p.put("max.poll.records", "200");
        p.put("reconnect.backoff.max.ms", "500");
        p.put("key.deserializer", ByteArrayDeserializer.class.getName());
        p.put("value.deserializer", ByteArrayDeserializer.class.getName());
        if (!args[4].equals("-")) {
            p.put("group.instance.id", args[4]);
        }
        if (args[3].equals("consumer")) {
            p.put("group.protocol", "consumer");
        } else {
            String kind = args[3].equals("range") ? "RangeAssignor" : "CooperativeStickyAssignor";
            p.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer." + kind);
            p.put("session.timeout.ms", "6000");
            p.put("heartbeat.interval.ms", "500");
        }
        consumer = new KafkaConsumer<>(p);
    }

    private static void say(char letter, String what) {
        System.out.println(letter + " " + System.currentTimeMillis() + what);
    }

    private static String numbers(Collection<TopicPartition> partitions) {
        StringBuilder all = new StringBuilder();
        partitions.stream().mapToInt(TopicPartition::partition).sorted().forEach(p -> all.append(' ').append(p));
        return all.toString();
    }

    private void gone(char letter, Collection<TopicPartition> partitions) {
        if (!partitions.isEmpty()) {
            say(letter, numbers(partitions));
        }
        for (TopicPartition tp : partitions) {
            next.remove(tp.partition());
            fresh.remove(tp.partition());
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (!partitions.isEmpty()) {
            say('A', numbers(partitions));
        }
        partitions.forEach(tp -> fresh.add(tp.partition()));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commit();
        gone('R', partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        gone('L', partitions);
    }

    private void commit() {
        if (next.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        StringBuilder all = new StringBuilder();
        next.forEach((p, o) -> {
            offsets.put(new TopicPartition(topic, p), new OffsetAndMetadata(o));
            all.append(' ').append(p).append(':').append(o);
        });
        try {
            consumer.commitSync(offsets, Duration.ofSeconds(20));
            say('C', all.toString());
        } catch (WakeupException e) {
            stopping = true;
        } catch (KafkaException e) {
            System.err.println("commit: " + e);
        }
    }

    private void run() {
        consumer.subscribe(Set.of(topic), this);
        long last = System.currentTimeMillis();
        while (!stopping) {
            for (ConsumerRecord<byte[], byte[]> r : consumer.poll(Duration.ofMillis(100))) {
                String at = " " + r.partition() + ":" + r.offset();
                if (fresh.remove(r.partition())) {
                    say('F', at);
                }
                say('P', at);
                next.put(r.partition(), r.offset() + 1);
            }
            if (System.currentTimeMillis() > last + 300) {
                last = System.currentTimeMillis();
                commit();
            }
        }
        commit();
        consumer.close();
    }

    public static void main(String[] args) throws Exception {
        Member member = new Member(args);
        Thread running = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            member.stopping = true;
            try {
                running.join(30_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        member.run();
    }
}

package check;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A member of a group that stays while tools look at it: one for each group. */
final class GroupMember extends Thread {
    private static final Map<String, GroupMember> MEMBERS = new HashMap<>();

    private final Properties config = new Properties();
    private final String topic;
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile boolean leaving;

    private GroupMember(List<String> words) {
        String protocol = words.get(3);
        topic = words.get(4);
        config.put("bootstrap.servers", words.get(1));
        config.put("group.id", words.get(2));
        config.put("client.id", "looked-at");
        config.put("group.protocol", protocol);
        if (protocol.equals("classic")) {
            config.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer.RangeAssignor");
        }
        if (words.size() > 5) {
            config.put("group.instance.id", words.get(5));
        }
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", "false");
        config.put("key.deserializer", ByteArrayDeserializer.class.getName());
        config.put("value.deserializer", ByteArrayDeserializer.class.getName());
        setDaemon(true);
    }

    static void run(List<String> words) throws InterruptedException {
        if (words.get(0).equals("leave")) {
            GroupMember member = MEMBERS.remove(words.get(1));
            member.leaving = true;
            member.join();
            return;
        }
        GroupMember member = new GroupMember(words);
        MEMBERS.put(words.get(2), member);
        member.start();
        System.out.println(member.settled.await(40, TimeUnit.SECONDS) ? "has joined" : "has not joined");
    }

    @Override
    public void run() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config)) {
            consumer.subscribe(Set.of(topic));
            while (!leaving) {
                consumer.poll(Duration.ofMillis(100));
                boolean read = !consumer.assignment().isEmpty()
                        && consumer.assignment().stream().allMatch(p -> consumer.currentLag(p).orElse(-1) == 0);
                if (settled.getCount() > 0 && read) {
                    consumer.commitSync();
                    settled.countDown();
                }
            }
        } catch (KafkaException e) {
            System.out.println("member: " + e);
        }
    }
}

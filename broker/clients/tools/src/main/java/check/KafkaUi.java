package check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The calls of Java's AdminClient that kafka-ui makes for its pages, and what they give, one line each.
 * Arguments: bootstrap address. What is printed against Apache Kafka is what must be printed.
 */
public final class KafkaUi {
    private static final String TOPIC = "ui";
    private static final String GROUP = "ui-group";

    private KafkaUi() {}

    public static void main(String[] args) throws Exception {
        Properties configs = new Properties();
        configs.put("bootstrap.servers", args[0]);
        configs.put("client.id", "kafbat-ui-app");
        configs.put("request.timeout.ms", "10000");
        configs.put("default.api.timeout.ms", "10000");
        try (Admin admin = Admin.create(configs)) {
            prepare(admin, configs);
            cluster(admin);
            topics(admin);
            offsets(admin);
            groups(admin);
            change(admin);
            absent(admin);
            say("deleteTopics", () -> admin.deleteTopics(List.of(TOPIC)).all().get());
            say("listTopics", () -> admin.listTopics().names().get().contains(TOPIC));
        }
        System.out.flush();
    }

    private static void prepare(Admin admin, Properties configs) throws Exception {
        NewTopic topic = new NewTopic(TOPIC, 2, (short) 1).configs(Map.of("retention.ms", "500000", "cleanup.policy", "compact"));
        say("createTopics", () -> admin.createTopics(List.of(topic)).all().get());
        say("createTopics again", () -> admin.createTopics(List.of(topic)).all().get());
        try (var producer = new KafkaProducer<>(configs, new StringSerializer(), new StringSerializer())) {
            for (int n = 0; n < 10; n++) {
                producer.send(new ProducerRecord<>(TOPIC, n % 2, 1700000000000L + n, "k" + n, "v" + n)).get();
            }
        }
    }

    private static void cluster(Admin admin) {
        DescribeClusterResult cluster = admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));
        say("describeCluster nodes", () -> cluster.nodes().get());
        say("describeCluster controller", () -> cluster.controller().get());
        say("describeCluster id", () -> cluster.clusterId().get().length());
        say("describeCluster operations", () -> new java.util.TreeSet<>(cluster.authorizedOperations().get()));
        say("describeFeatures", () -> admin.describeFeatures().featureMetadata().get().finalizedFeatures().entrySet().stream()
                .filter(f -> f.getKey().equals("metadata.version") || f.getKey().equals("group.version"))
                .map(f -> f.getKey() + "=" + f.getValue().maxVersionLevel()).sorted().toList());
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        // Each has configs of its own; what both have is looked at.
        List<String> known = List.of("auto.create.topics.enable", "log.retention.hours", "log.retention.ms", "log.segment.bytes",
                "num.partitions", "min.insync.replicas", "message.max.bytes", "offsets.retention.minutes", "node.id", "process.roles");
        say("describeConfigs broker", () -> configs(admin, broker).entrySet().stream()
                .filter(e -> known.contains(e.getKey())).map(Map.Entry::getValue).toList());
        say("describeLogDirs", () -> admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1).values().stream()
                .map(dir -> dir.error() + " total " + dir.totalBytes().isPresent() + " usable " + dir.usableBytes().isPresent() + " "
                        + dir.replicaInfos().entrySet().stream().filter(e -> e.getKey().topic().equals(TOPIC))
                                .map(e -> e.getKey() + " lag " + e.getValue().offsetLag() + " future " + e.getValue().isFuture() + " some " + (e.getValue().size() > 0))
                                .sorted().toList())
                .toList());
        say("describeMetadataQuorum", () -> {
            QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();
            return "leader " + quorum.leaderId() + " voters " + quorum.voters().stream().map(QuorumInfo.ReplicaState::replicaId).toList();
        });
    }

    private static void topics(Admin admin) {
        say("listTopics internal", () -> admin.listTopics(new ListTopicsOptions().listInternal(true)).listings().get().stream()
                .filter(t -> t.name().equals(TOPIC) || t.isInternal()).map(t -> t.name() + " " + t.isInternal()).sorted().toList());
        say("describeTopics", () -> admin.describeTopics(List.of(TOPIC), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .allTopicNames().get().values().stream().map(KafkaUi::text).toList());
        say("describeTopics unknown", () -> admin.describeTopics(List.of("nowhere")).allTopicNames().get());
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
        say("describeConfigs topic", () -> {
            configs(admin, topic).values().forEach(line -> System.out.println("  " + line));
            return "";
        });
        say("describeConfigs unknown", () -> configs(admin, new ConfigResource(ConfigResource.Type.TOPIC, "nowhere")));
        say("listPartitionReassignments", () -> admin.listPartitionReassignments().reassignments().get());
        say("describeProducers", () -> admin.describeProducers(List.of(new TopicPartition(TOPIC, 0))).all().get().values().stream()
                .map(s -> s.activeProducers().stream().map(p -> "epoch " + p.producerEpoch() + " sequence " + p.lastSequence()).toList()).toList());
    }

    private static void offsets(Admin admin) {
        List<TopicPartition> all = List.of(new TopicPartition(TOPIC, 0), new TopicPartition(TOPIC, 1));
        Map<String, OffsetSpec> specs = new TreeMap<>(Map.of("earliest", OffsetSpec.earliest(), "latest", OffsetSpec.latest(),
                "max timestamp", OffsetSpec.maxTimestamp(), "timestamp", OffsetSpec.forTimestamp(1700000000003L),
                "earliest local", OffsetSpec.earliestLocal(), "latest tiered", OffsetSpec.latestTiered()));
        specs.forEach((name, spec) -> say("listOffsets " + name, () -> new TreeMap<>(admin.listOffsets(
                all.stream().collect(Collectors.toMap(p -> p, p -> spec))).all().get().entrySet().stream()
                .collect(Collectors.toMap(e -> e.getKey().toString(), e -> e.getValue().offset() + " at " + e.getValue().timestamp())))));
    }

    private static void groups(Admin admin) {
        Map<TopicPartition, OffsetAndMetadata> at = Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(2),
                new TopicPartition(TOPIC, 1), new OffsetAndMetadata(1));
        say("alterConsumerGroupOffsets", () -> admin.alterConsumerGroupOffsets(GROUP, at).all().get());
        say("listConsumerGroups", () -> admin.listConsumerGroups().all().get().stream().filter(g -> g.groupId().equals(GROUP)).toList());
        say("listGroups", () -> admin.listGroups().all().get().stream().filter(g -> g.groupId().equals(GROUP)).toList());
        say("describeConsumerGroups", () -> admin.describeConsumerGroups(List.of(GROUP), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                .all().get().values().stream().map(g -> g.groupId() + " " + g.groupState() + " " + g.type() + " simple " + g.isSimpleConsumerGroup()
                        + " members " + g.members().size() + " coordinator " + g.coordinator().id() + " operations "
                        + new java.util.TreeSet<>(g.authorizedOperations())).toList());
        say("describeConsumerGroups unknown", () -> admin.describeConsumerGroups(List.of("nobody")).all().get());
        say("listConsumerGroupOffsets", () -> new TreeMap<>(admin.listConsumerGroupOffsets(Map.of(GROUP, new ListConsumerGroupOffsetsSpec()))
                .all().get().get(GROUP).entrySet().stream().collect(Collectors.toMap(e -> e.getKey().toString(), Map.Entry::getValue))));
        say("listConsumerGroupOffsets unknown", () -> admin.listConsumerGroupOffsets("nobody").all().get());
        say("deleteConsumerGroupOffsets", () -> admin.deleteConsumerGroupOffsets(GROUP, java.util.Set.of(new TopicPartition(TOPIC, 1))).all().get());
        say("deleteConsumerGroups", () -> admin.deleteConsumerGroups(List.of(GROUP, "nobody")).deletedGroups().get(GROUP).get());
        say("deleteConsumerGroups unknown", () -> admin.deleteConsumerGroups(List.of("nobody")).all().get());
        say("listTransactions", () -> admin.listTransactions().all().get());
    }

    private static void change(Admin admin) {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
        Collection<AlterConfigOp> set = List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "600000"), AlterConfigOp.OpType.SET),
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.APPEND),
                new AlterConfigOp(new ConfigEntry("segment.ms", ""), AlterConfigOp.OpType.DELETE));
        say("incrementalAlterConfigs", () -> admin.incrementalAlterConfigs(Map.of(topic, set)).all().get());
        say("describeConfigs changed", () -> configs(admin, topic).entrySet().stream()
                .filter(e -> List.of("retention.ms", "cleanup.policy").contains(e.getKey())).map(Map.Entry::getValue).toList());
        Collection<AlterConfigOp> bad = List.of(new AlterConfigOp(new ConfigEntry("retention.ms", "x"), AlterConfigOp.OpType.SET));
        say("incrementalAlterConfigs wrong", () -> admin.incrementalAlterConfigs(Map.of(topic, bad)).all().get());
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        Collection<AlterConfigOp> threads = List.of(new AlterConfigOp(new ConfigEntry("log.cleaner.backoff.ms", "16000"), AlterConfigOp.OpType.SET));
        say("incrementalAlterConfigs broker", () -> admin.incrementalAlterConfigs(Map.of(broker, threads)).all().get());
        Collection<AlterConfigOp> fixed = List.of(new AlterConfigOp(new ConfigEntry("node.id", "3"), AlterConfigOp.OpType.SET));
        say("incrementalAlterConfigs fixed", () -> admin.incrementalAlterConfigs(Map.of(broker, fixed)).all().get());
        say("createPartitions", () -> admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(3))).all().get());
        say("createPartitions fewer", () -> admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(1))).all().get());
        say("deleteRecords", () -> admin.deleteRecords(Map.of(new TopicPartition(TOPIC, 0), RecordsToDelete.beforeOffset(3)))
                .lowWatermarks().get(new TopicPartition(TOPIC, 0)).get().lowWatermark());
        say("deleteRecords beyond", () -> admin.deleteRecords(Map.of(new TopicPartition(TOPIC, 0), RecordsToDelete.beforeOffset(99))).all().get());
        say("alterPartitionReassignments", () -> admin.alterPartitionReassignments(Map.of(new TopicPartition(TOPIC, 0),
                java.util.Optional.of(new NewPartitionReassignment(List.of(1))))).all().get());
        say("electLeaders", () -> admin.electLeaders(org.apache.kafka.common.ElectionType.PREFERRED,
                java.util.Set.of(new TopicPartition(TOPIC, 0))).partitions().get());
    }

    /** What this broker may not have; kafka-ui takes both of these answers for "there is none". */
    private static void absent(Admin admin) {
        quiet("describeAcls", () -> admin.describeAcls(AclBindingFilter.ANY).values().get());
        quiet("describeClientQuotas", () -> admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get());
    }

    private static Map<String, String> configs(Admin admin, ConfigResource resource) throws Exception {
        Config config = admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true))
                .all().get().get(resource);
        Map<String, String> all = new TreeMap<>();
        for (ConfigEntry e : config.entries()) {
            List<String> synonyms = new ArrayList<>();
            e.synonyms().forEach(s -> synonyms.add(s.name() + "=" + s.value() + "@" + s.source()));
            all.put(e.name(), e.name() + "=" + e.value() + " " + e.source() + " " + e.type() + " sensitive " + e.isSensitive()
                    + " read-only " + e.isReadOnly() + " documented " + (e.documentation() != null) + " " + synonyms);
        }
        return all;
    }

    private static String text(TopicDescription t) {
        List<String> parts = new ArrayList<>();
        for (TopicPartitionInfo p : t.partitions()) {
            parts.add(p.partition() + " leader " + p.leader().id() + " replicas " + p.replicas().stream().map(Node::id).toList()
                    + " isr " + p.isr().stream().map(Node::id).toList());
        }
        return t.name() + " internal " + t.isInternal() + " operations " + new java.util.TreeSet<>(t.authorizedOperations()) + " " + parts;
    }

    private static void quiet(String call, Callable<Object> what) {
        try {
            what.call();
            System.out.println(call + ": answered, or not there");
        } catch (Exception e) {
            String name = (e instanceof ExecutionException ? e.getCause() : e).getClass().getSimpleName();
            boolean fits = List.of("SecurityDisabledException", "UnsupportedVersionException", "InvalidRequestException").contains(name);
            System.out.println(call + ": " + (fits ? "answered, or not there" : e));
        }
    }

    private static void say(String call, Callable<Object> what) {
        try {
            System.out.println(call + ": " + what.call());
        } catch (ExecutionException e) {
            System.out.println(call + " failed: " + e.getCause());
        } catch (Exception e) {
            System.out.println(call + " failed: " + e);
        }
    }
}

package check;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs a script of stock tools in this one machine and prints what each of them printed.
 * Arguments: script, bootstrap address, data directory; and perhaps the path of ringctl, and the tools, with commas
 * between, that are to be ringctl's instead of Kafka's.
 *
 * A line of the script is a tool's name and its arguments; lines behind it that begin with "| " are its standard
 * input, "~ N TEXT" is TEXT followed by N bytes of filling. BOOTSTRAP and DATA stand for the last two arguments.
 *
 * "member join BOOTSTRAP GROUP PROTOCOL TOPIC [NAME]" starts a consumer and waits until it has read its topic and
 * committed; "member leave GROUP" ends it (see {@link GroupMember}).
 */
public final class Tools {
    private static final String PACKAGE = "org.apache.kafka.tools.";
    private static final Map<String, String> CLASSES = Map.ofEntries(
            Map.entry("topics", PACKAGE + "TopicCommand"),
            Map.entry("get-offsets", PACKAGE + "GetOffsetShell"),
            Map.entry("console-producer", PACKAGE + "ConsoleProducer"),
            Map.entry("console-consumer", PACKAGE + "consumer.ConsoleConsumer"),
            Map.entry("dump-log", PACKAGE + "DumpLogSegments"),
            Map.entry("consumer-groups", PACKAGE + "consumer.group.ConsumerGroupCommand"),
            Map.entry("groups", PACKAGE + "GroupsCommand"),
            Map.entry("configs", "kafka.admin.ConfigCommand"),
            Map.entry("delete-records", PACKAGE + "DeleteRecordsCommand"),
            Map.entry("log-dirs", PACKAGE + "LogDirsCommand"),
            Map.entry("metadata-quorum", PACKAGE + "MetadataQuorumCommand"),
            Map.entry("broker-api-versions", PACKAGE + "BrokerApiVersionsCommand"),
            Map.entry("features", PACKAGE + "FeatureCommand"),
            Map.entry("leader-election", PACKAGE + "LeaderElectionCommand"),
            Map.entry("reassign-partitions", PACKAGE + "reassign.ReassignPartitionsCommand"),
            Map.entry("transactions", PACKAGE + "TransactionsCommand"),
            Map.entry("client-metrics", PACKAGE + "ClientMetricsCommand"),
            Map.entry("cluster", PACKAGE + "ClusterTool"));

    private static volatile CompletableFuture<Integer> ended;
    private static String ringctl;
    private static List<String> ours = List.of();

    private Tools() {}

    /** Longer than any tool needs; some of them wait for ever for what does not exist. */
    private static final int PATIENCE_S = 60;

    public static void main(String[] args) throws Exception {
        Exit.setExitProcedure((status, message) -> end(status));
        Exit.setHaltProcedure((status, message) -> end(status));
        PrintStream real = System.out;
        if (args.length > 4) {
            ringctl = args[3];
            ours = List.of(args[4].split(","));
        }
        List<String> lines = Files.readAllLines(Path.of(args[0]));
        for (int at = 0; at < lines.size(); at++) {
            String line = lines.get(at);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            StringBuilder input = new StringBuilder();
            while (at + 1 < lines.size() && lines.get(at + 1).matches("[|~] .*")) {
                input.append(input(lines.get(++at))).append('\n');
            }
            real.println("$ " + line);
            real.print(call(line.replace("BOOTSTRAP", args[1]).replace("DATA", args[2]), input.toString()));
            real.println();
            real.flush();
        }
        real.flush();
        // Some tools leave threads behind.
        Runtime.getRuntime().halt(0);
    }

    private static String input(String line) {
        if (line.startsWith("| ")) {
            return line.substring(2);
        }
        String[] words = line.split(" ", 3);
        return words[2] + "x".repeat(Integer.parseInt(words[1]));
    }

    private static String call(String line, String input) throws Exception {
        List<String> words = new ArrayList<>(List.of(line.trim().split("\\s+")));
        String tool = words.remove(0);
        if (ours.contains(tool)) {
            return callOurs(tool, words, input);
        }
        ByteArrayOutputStream held = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(held, true, StandardCharsets.UTF_8);
        PrintStream oldOut = System.out;
        PrintStream oldErr = System.err;
        InputStream oldIn = System.in;
        System.setOut(out);
        System.setErr(out);
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        ended = new CompletableFuture<>();
        Thread thread = new Thread(() -> invoke(tool, words));
        thread.setDaemon(true);
        thread.start();
        String end = "";
        try {
            int status = ended.get(PATIENCE_S, TimeUnit.SECONDS);
            end = status == 0 ? "" : "exit status " + status + "\n";
        } catch (TimeoutException e) {
            end = "does not end\n";
        } finally {
            System.setOut(oldOut);
            System.setErr(oldErr);
            System.setIn(oldIn);
        }
        return held.toString(StandardCharsets.UTF_8) + end;
    }

    /** The same command by ringctl, a process of its own. */
    private static String callOurs(String tool, List<String> words, String input) throws Exception {
        List<String> command = new ArrayList<>(List.of(ringctl, "as", "kafka-" + tool));
        command.addAll(words);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture<byte[]> held = CompletableFuture.supplyAsync(() -> {
            try {
                return process.getInputStream().readAllBytes();
            } catch (java.io.IOException e) {
                return e.toString().getBytes(StandardCharsets.UTF_8);
            }
        });
        try (var in = process.getOutputStream()) {
            // Records of one millisecond are one to a time index; the Java tool takes longer for a record.
            for (String line : input.split("(?<=\n)")) {
                in.write(line.getBytes(StandardCharsets.UTF_8));
                in.flush();
                Thread.sleep(line.isEmpty() ? 0 : 10);
            }
        } catch (java.io.IOException e) {
            // It reads no input.
        }
        // Apache Kafka's broker takes changes over a moment after it has acknowledged them; the Java tools start slower.
        boolean late = tool.equals("topics") || tool.equals("configs") && words.contains("brokers");
        long pause = late && words.contains("--alter") ? 300 : 0;
        String end = "does not end\n";
        if (process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
            end = process.exitValue() == 0 ? "" : "exit status " + process.exitValue() + "\n";
        } else {
            process.destroyForcibly();
        }
        Thread.sleep(pause);
        return new String(held.get(), StandardCharsets.UTF_8) + end;
    }

    private static void invoke(String tool, List<String> words) {
        try {
            if (tool.equals("member")) {
                GroupMember.run(words);
                ended.complete(0);
                return;
            }
            Method main = Class.forName(CLASSES.get(tool)).getMethod("main", String[].class);
            main.invoke(null, (Object) words.toArray(new String[0]));
            ended.complete(0);
        } catch (InvocationTargetException e) {
            System.out.println("threw " + e.getCause());
            ended.complete(1);
        } catch (ReflectiveOperationException | InterruptedException e) {
            // Not what a tool does: a comparison of two such lines would say nothing.
            System.out.println("NO SUCH TOOL " + e);
            ended.complete(1);
        }
    }

    /** In place of the end of the machine: this thread goes no further. */
    private static void end(int status) {
        ended.complete(status);
        while (true) {
            LockSupport.park();
        }
    }
}

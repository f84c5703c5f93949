// Kafka's own codec as a peer: a driver as src/driver.rs describes it.
//
// Arguments: the file of samples to check, the file to write own samples to, how many of each message and version.
// Messages are found by scanning the class path, so that one which the samples lack is told, not missed.
import java.io.BufferedWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

public class Codecs {
    static final String[] PACKAGES = {
        "org/apache/kafka/common/message/",
        "org/apache/kafka/common/metadata/",
        "org/apache/kafka/coordinator/group/generated/",
        "org/apache/kafka/coordinator/share/generated/",
        "org/apache/kafka/coordinator/transaction/generated/",
        "org/apache/kafka/raft/generated/",
        "org/apache/kafka/server/log/remote/metadata/storage/generated/",
        "org/apache/kafka/storage/internals/log/generated/",
        "org/apache/kafka/server/log/generated/",
    };

    /** Every message class on the class path by its simple name. */
    static Map<String, Class<?>> messages() throws Exception {
        Map<String, Class<?>> all = new TreeMap<>();
        for (String path : System.getProperty("java.class.path").split(":")) {
            if (!path.endsWith(".jar")) {
                continue;
            }
            try (JarFile jar = new JarFile(path)) {
                for (var entries = jar.entries(); entries.hasMoreElements(); ) {
                    String name = entries.nextElement().getName();
                    if (!name.endsWith(".class") || name.contains("$") || !name.startsWith("org/apache/kafka/")) {
                        continue;
                    }
                    boolean wanted = Arrays.stream(PACKAGES).anyMatch(name::startsWith)
                        || name.contains("/generated/");
                    // What the instances of a Streams application tell one another is opaque to brokers.
                    if (!wanted || name.startsWith("org/apache/kafka/streams/")) {
                        continue;
                    }
                    Class<?> c = Class.forName(name.substring(0, name.length() - 6).replace('/', '.'),
                        false, Codecs.class.getClassLoader());
                    if (Message.class.isAssignableFrom(c) && !c.isInterface() && !Modifier.isAbstract(c.getModifiers())) {
                        all.put(c.getSimpleName(), c);
                    }
                }
            }
        }
        return all;
    }

    static byte[] encode(Message m, short version) {
        ByteBuffer buffer = MessageUtil.toByteBufferAccessor(m, version).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    static Message decode(Class<?> c, byte[] bytes, short version) throws Exception {
        ByteBufferAccessor in = new ByteBufferAccessor(ByteBuffer.wrap(bytes));
        Message m = (Message) c.getConstructor(Readable.class, short.class).newInstance(in, version);
        if (in.remaining() != 0) {
            throw new IllegalStateException(in.remaining() + " bytes left");
        }
        return m;
    }

    /** Null, or how our sample and Kafka differ. */
    static String check(Class<?> c, short version, String kind, byte[] ours) {
        try {
            Message m = kind.equals("default") ? (Message) c.getConstructor().newInstance() : decode(c, ours, version);
            byte[] theirs = encode(m, version);
            if (kind.equals("default")) {
                decode(c, ours, version);
            }
            return Arrays.equals(ours, theirs) ? null : "kafka writes " + HexFormat.of().formatHex(theirs);
        } catch (InvocationTargetException e) {
            return e.getCause().toString();
        } catch (Exception e) {
            return e.toString();
        }
    }

    // Random values, by the schema of the version: only fields that it carries are set.

    static Schema schema(Class<?> c, short version) throws Exception {
        Schema[] all = (Schema[]) c.getField("SCHEMAS").get(null);
        return all[version];
    }

    static Object fill(Class<?> c, short version, Random g) throws Exception {
        Object out = c.getConstructor().newInstance();
        Map<String, Method> setters = new LinkedHashMap<>();
        for (Method m : c.getMethods()) {
            if (m.getName().startsWith("set") && m.getParameterCount() == 1) {
                setters.put(m.getName().substring(3).toLowerCase(Locale.ROOT), m);
            }
        }
        for (var bound : schema(c, version).fields()) {
            if (bound.def.type instanceof TaggedFields tags) {
                for (Field f : tags.fields().values()) {
                    if (g.nextInt(3) > 0) {
                        set(out, setters, f, version, g);
                    }
                }
            } else {
                set(out, setters, bound.def, version, g);
            }
        }
        return out;
    }

    static void set(Object out, Map<String, Method> setters, Field f, short version, Random g) throws Exception {
        Method setter = setters.get(f.name.replace("_", "").toLowerCase(Locale.ROOT));
        if (setter == null) {
            throw new IllegalStateException(out.getClass() + " has no setter for " + f.name);
        }
        if (f.type.isNullable() && g.nextInt(4) == 0) {
            setter.invoke(out, (Object) null);
            return;
        }
        setter.invoke(out, value(setter.getParameterTypes()[0], setter.getGenericParameterTypes()[0], f, version, g));
    }

    static Object value(Class<?> c, java.lang.reflect.Type generic, Field f, short version, Random g) throws Exception {
        if (!Collection.class.isAssignableFrom(c)) {
            return single(c, f.type.toString(), version, g);
        }
        Class<?> element = (Class<?>) (generic instanceof ParameterizedType p
            ? p.getActualTypeArguments()[0]
            : ((ParameterizedType) c.getGenericSuperclass()).getActualTypeArguments()[0]);
        @SuppressWarnings("unchecked")
        Collection<Object> all = c.isInterface() ? new ArrayList<>() : (Collection<Object>) c.getConstructor().newInstance();
        boolean plain = element.getName().startsWith("java.");
        int count = plain && g.nextInt(32) == 0 ? 125 + g.nextInt(6) : g.nextInt(4);
        String of = f.type.arrayElementType().map(Object::toString).orElse("");
        for (int i = 0; i < count; i++) {
            all.add(single(element, of, version, g));
        }
        return all;
    }

    static Object single(Class<?> c, String wire, short version, Random g) throws Exception {
        long n = switch (g.nextInt(4)) {
            case 0 -> g.nextInt(300);
            case 1 -> -1;
            default -> g.nextLong();
        };
        if (c == boolean.class || c == Boolean.class) {
            return g.nextBoolean();
        } else if (c == byte.class || c == Byte.class) {
            return (byte) n;
        } else if (c == short.class || c == Short.class) {
            return (short) n;
        } else if (c == int.class || c == Integer.class) {
            return wire.equals("UINT16") ? (int) (n & 0xffff) : (int) n;
        } else if (c == long.class || c == Long.class) {
            return wire.equals("UINT32") ? n & 0xffffffffL : n;
        } else if (c == double.class || c == Double.class) {
            return g.nextLong() / 8.0;
        } else if (c == String.class) {
            return text(g);
        } else if (c == Uuid.class) {
            return new Uuid(g.nextLong(), g.nextLong());
        } else if (c == byte[].class) {
            return bytes(g);
        } else if (c == ByteBuffer.class) {
            return ByteBuffer.wrap(bytes(g));
        } else if (c == BaseRecords.class) {
            return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes(g)));
        } else if (c.getName().startsWith("org.apache.kafka.")) {
            return fill(c, version, g);
        }
        throw new IllegalStateException("no random value for " + c);
    }

    static String text(Random g) {
        int length = g.nextInt(48) == 0 ? 120 + g.nextInt(12) : g.nextInt(7);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append(new String[] {"b", "Q", "9", ".", "ß", "中", "\uD83D\uDE00"}[g.nextInt(7)]);
        }
        return out.toString();
    }

    static byte[] bytes(Random g) {
        byte[] out = new byte[g.nextInt(48) == 0 ? 120 + g.nextInt(12) : g.nextInt(10)];
        g.nextBytes(out);
        return out;
    }

    static void bring(BufferedWriter out, String name, Class<?> c, short version, int seeds) throws Exception {
        for (int seed = 0; seed < seeds; seed++) {
            Message m = (Message) fill(c, version, new Random(seed * 7919L + version));
            byte[] bytes = encode(m, version);
            out.write(name + " " + version + " sample " + HexFormat.of().formatHex(bytes) + "\n");
        }
    }

    static Class<?> find(Map<String, Class<?>> messages, String name) {
        // Requests and responses are generated as data classes of the same name plus "Data".
        return messages.getOrDefault(name, messages.get(name + "Data"));
    }

    public static void main(String[] args) throws Exception {
        Map<String, Class<?>> messages = messages();
        Map<String, Integer> same = new LinkedHashMap<>();
        Map<String, Class<?>> pairs = new LinkedHashMap<>();
        try (var lines = Files.lines(Path.of(args[0]))) {
            for (String line : (Iterable<String>) lines::iterator) {
                String[] words = line.split(" ", -1);
                Class<?> c = find(messages, words[0]);
                if (c == null) {
                    System.out.println("differs " + words[0] + ": Kafka has no such message");
                    continue;
                }
                String why = check(c, Short.parseShort(words[1]), words[2], HexFormat.of().parseHex(words[3]));
                String pair = words[0] + " " + words[1];
                pairs.put(pair, c);
                if (why == null) {
                    same.merge(pair, 1, Integer::sum);
                } else {
                    System.out.println("differs " + line + ": " + why);
                }
            }
        }
        same.forEach((pair, count) -> System.out.println("same " + pair + " " + count));
        try (BufferedWriter out = Files.newBufferedWriter(Path.of(args[1]))) {
            for (var pair : pairs.entrySet()) {
                String[] words = pair.getKey().split(" ");
                bring(out, words[0], pair.getValue(), Short.parseShort(words[1]), Integer.parseInt(args[2]));
            }
        }
        more(messages, pairs);
    }

    /** What Kafka has and the samples lack: a difference, since nothing is to be left out. */
    static void more(Map<String, Class<?>> messages, Map<String, Class<?>> pairs) throws Exception {
        Map<Class<?>, String> names = new LinkedHashMap<>();
        pairs.forEach((pair, c) -> names.put(c, pair.split(" ")[0]));
        for (var m : messages.entrySet()) {
            short low = m.getValue().getField("LOWEST_SUPPORTED_VERSION").getShort(null);
            short high = m.getValue().getField("HIGHEST_SUPPORTED_VERSION").getShort(null);
            for (int v = low; v <= high; v++) {
                if (!pairs.containsKey(names.get(m.getValue()) + " " + v)) {
                    System.out.println("differs " + m.getKey() + " " + v + ": Kafka has it, the samples do not");
                }
            }
        }
    }
}

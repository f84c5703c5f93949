// Checks our encoded samples against Kafka's own codec.
//
// Input: a file of lines `Name version kind hex`. kind "sample": decode, encode again, compare.
// kind "default": encode a new object, compare. Prints each difference; exits 1 if there is any.
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.Readable;

public class CodecCheck {
    static final String[] PACKAGES = {
        "org.apache.kafka.common.message.",
        "org.apache.kafka.common.metadata.",
        "org.apache.kafka.coordinator.group.generated.",
        "org.apache.kafka.coordinator.share.generated.",
        "org.apache.kafka.coordinator.transaction.generated.",
        "org.apache.kafka.raft.generated.",
        "org.apache.kafka.server.log.remote.metadata.storage.generated.",
    };

    static Class<?> find(String name) throws ClassNotFoundException {
        // Requests and responses are generated as data classes of the same name plus "Data".
        for (String p : PACKAGES) {
            for (String suffix : new String[] {"", "Data"}) {
                try {
                    return Class.forName(p + name + suffix);
                } catch (ClassNotFoundException e) {
                    continue;
                }
            }
        }
        throw new ClassNotFoundException(name);
    }

    static byte[] encode(Message m, short version) {
        ByteBuffer buffer = MessageUtil.toByteBufferAccessor(m, version).buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    static String check(String[] words) throws Exception {
        Class<?> c = find(words[0]);
        short version = Short.parseShort(words[1]);
        byte[] ours = HexFormat.of().parseHex(words.length > 3 ? words[3] : "");
        Message m;
        if (words[2].equals("default")) {
            m = (Message) c.getConstructor().newInstance();
        } else {
            ByteBufferAccessor in = new ByteBufferAccessor(ByteBuffer.wrap(ours));
            m = (Message) c.getConstructor(Readable.class, short.class).newInstance(in, version);
            if (in.remaining() != 0) {
                return in.remaining() + " bytes left";
            }
        }
        byte[] theirs = encode(m, version);
        return java.util.Arrays.equals(ours, theirs) ? null : "kafka writes " + HexFormat.of().formatHex(theirs);
    }

    public static void main(String[] args) throws Exception {
        int bad = 0;
        int all = 0;
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            String why;
            try {
                why = check(line.split(" "));
            } catch (InvocationTargetException e) {
                why = e.getCause().toString();
            } catch (Exception e) {
                why = e.toString();
            }
            all++;
            if (why != null) {
                bad++;
                System.out.println(line + ": " + why);
            }
        }
        System.out.println(all + " checked, " + bad + " differ");
        System.exit(bad == 0 && all > 0 ? 0 : 1);
    }
}

// Record batches by Kafka's own code: `write` prints batches for our golden file, `read FILE` prints what Kafka
// reads from ours. Run as CodecCheck.java is, with Kafka's jars on the class path.
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;

public class BatchCheck {
    static final HexFormat HEX = HexFormat.of();

    public static void main(String[] args) throws Exception {
        if (args[0].equals("write")) {
            for (CompressionType type : CompressionType.values()) {
                print("small-" + type.name, small(Compression.of(type).build()));
                if (type != CompressionType.NONE) print("big-" + type.name, big(Compression.of(type).build()));
            }
            print("marker", MemoryRecords.withEndTransactionMarker(7, 1234, 3, 99L, (short) 4,
                new EndTransactionMarker(ControlRecordType.COMMIT, 12)));
            return;
        }
        for (String line : Files.readAllLines(Path.of(args[1]))) {
            String[] parts = line.split(" ");
            MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(HEX.parseHex(parts[1])));
            for (RecordBatch batch : records.batches()) read(parts[0], (DefaultRecordBatch) batch);
        }
    }

    static void print(String name, MemoryRecords records) {
        ByteBuffer buffer = records.buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        System.out.println(name + " " + HEX.formatHex(bytes));
    }

    static MemoryRecordsBuilder builder(Compression compression, boolean transactional) {
        return new MemoryRecordsBuilder(ByteBuffer.allocate(1 << 20), RecordBatch.MAGIC_VALUE_V2, compression,
            TimestampType.CREATE_TIME, 0L, RecordBatch.NO_TIMESTAMP, 77L, (short) 5, 11, transactional, false, -1, 1 << 20);
    }

    static byte[] utf8(String s) {
        return s == null ? null : s.getBytes(StandardCharsets.UTF_8);
    }

    static MemoryRecords small(Compression compression) {
        MemoryRecordsBuilder b = builder(compression, true);
        b.append(1_700_000_000_000L, utf8("key"), utf8("value"), new Header[] {
            new RecordHeader("h", utf8("1")), new RecordHeader("h", null), new RecordHeader("h\u00e4der", utf8("")) });
        b.append(1_699_999_000_000L, (byte[]) null, utf8(""), new Header[0]);
        b.append(1_700_000_000_001L, utf8(""), (byte[]) null, new Header[0]);
        return b.build();
    }

    static MemoryRecords big(Compression compression) {
        MemoryRecordsBuilder b = builder(compression, false);
        byte[] value = utf8("a value that compresses well ".repeat(50));
        for (int i = 0; i < 100; i++) b.append(1_700_000_000_000L + i, utf8("key-" + i % 10), value, new Header[0]);
        return b.build();
    }

    static void read(String name, DefaultRecordBatch batch) {
        batch.ensureValid();
        System.out.printf("%s batch %d-%d epoch %d max %d pid %d %d %d codec %s txn %s control %s type %s%n", name,
            batch.baseOffset(), batch.lastOffset(), batch.partitionLeaderEpoch(), batch.maxTimestamp(), batch.producerId(),
            batch.producerEpoch(), batch.baseSequence(), batch.compressionType().name, batch.isTransactional(),
            batch.isControlBatch(), batch.timestampType());
        try (CloseableIterator<Record> records = batch.streamingIterator(BufferSupplier.create())) {
            while (records.hasNext()) {
                Record r = records.next();
                StringBuilder line = new StringBuilder(name + " record " + r.offset() + " " + r.timestamp());
                line.append(' ').append(hex(r.key())).append(' ').append(hex(r.value()));
                for (Header h : r.headers()) {
                    line.append(' ').append(HEX.formatHex(utf8(h.key()))).append('=');
                    line.append(h.value() == null ? "null" : HEX.formatHex(h.value()));
                }
                System.out.println(line);
            }
        }
    }

    static String hex(ByteBuffer buffer) {
        if (buffer == null) return "null";
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return HEX.formatHex(bytes);
    }
}

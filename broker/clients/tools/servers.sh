# shellcheck shell=bash
# Servers, and transcripts of tools against them; sourced by tools/run here and by tools/compare/run of the workspace.
#
# Wants: $work, a folder; $RINGLOG, the program, and its flags in $flags; $port, the first of two ports. Sets $server, to be killed at exit.
# shellcheck disable=SC2154
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

mvn -q -B compile dependency:build-classpath -Dmdep.outputFile="$work/classpath" >"$work/mvn.log" 2>&1 || {
    tail -5 "$work/mvn.log"
    echo "FAILED tools: Maven does not bring the tools"
    exit 1
}
classpath=$PWD/target/classes:$(cat "$work/classpath")

await() { # FILE TEXT
    until grep -q "$2" "$1"; do
        kill -0 $server 2>/dev/null || {
            cat "$1"
            exit 1
        }
        sleep 0.1
    done
}
ringlog() {
    : >"$work/server.log"
    "$RINGLOG" dev --data "$work/data" --kafka 127.0.0.1:$port --admin off "${flags[@]}" >"$work/server.log" 2>&1 &
    server=$!
    await "$work/server.log" '^READY in '
}
kafka() {
    cat >"$work/server.properties" <<P
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:$((port + 1))
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$work/data
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
P
    # With eligible leader replicas every topic shows a min.insync.replicas that nobody gave it.
    java -cp "$classpath" kafka.tools.StorageTool format --standalone -t "$(java -cp "$classpath" kafka.tools.StorageTool random-uuid)" \
        -c "$work/server.properties" --feature eligible.leader.replicas.version=0 >"$work/server.log" 2>&1
    # Without a logger that is bound, nothing says that it has started: the port does.
    java -Xmx512m -cp "$classpath" kafka.Kafka "$work/server.properties" >>"$work/server.log" 2>&1 &
    server=$!
    until (echo >/dev/tcp/127.0.0.1/$port) 2>/dev/null; do sleep 0.2; done
    sleep 3
}

# What is different from run to run (the order of some lists in Java's messages too), made equal; also what records compress to, with milliseconds between them.
normal() {
    sed -E -e "s|$work/data|DATA|g; s|127\.0\.0\.1:$port|BOOTSTRAP|g; s|\b$port\b|PORT|g" \
        -e 's/(TopicId: |Cluster ?I[dD]: +)[A-Za-z0-9_-]{22}/\1ID/' \
        -e 's/(CreateTime|LogAppendTime|timestamp|lastTimestamp|producerId):( ?)[0-9]+/\1:\2N/g' \
        -e 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UUID/g; s/ [A-Za-z0-9_-]{22} +(bert|\/)/ ID \1/' \
        -e 's/size: [0-9]+ (magic: 2 compresscodec: (gzip|snappy|lz4|zstd))/size: N \1/' \
        -e 's/(HighWatermark: +)[0-9]+/\1N/; s/("directoryId": ")[A-Za-z0-9_-]{22}"(, "endpoints": \[[^]]*\])?/\1ID"/' \
        -e 's/^(1 +\t)[A-Za-z0-9_-]{22}\t[0-9]+ +\t(0 +\t)[^\t]+\t[^\t]+\t/\1ID\tN\t\2N\tN\t/' \
        -e 's/^[0-9]+ +(\t0 +\t-1 +\t0 +\t)[0-9]+\t/N\1N\t/' \
        -e 's/\[all-groups\], \[group\]/[group], [all-groups]/; s/\[topic\], \[group\]/[group], [topic]/' \
        -e 's/\[\[config\], \[bootstrap-server\]\]/[[bootstrap-server], [config]]/' \
        -e 's/crc: [0-9]+/crc: N/; s/Epoch: [0-9]+$/Epoch: N/; s/x{100,}/x…/g' -e '/^Picked up /d; /^SLF4J/d; /^\tat /d'
}
# APIs and features that ringlog does not have are left out on both sides; docs/deviations.md names them.
shared() { # PART
    local absent='^$' have='^$'
    absent=$(sed -nE 's/^\t([A-Za-z]+\([0-9]+\)): UNSUPPORTED,?$/\1/p' "$work/ringlog.$1.txt")
    have=$(sed -nE 's/^Feature: ([a-z.]+) .*/\1/p' "$work/ringlog.$1.txt")
    awk -v absent="$absent" -v have="$have" '
        BEGIN { split(absent, a, "\n"); for (i in a) no[a[i]]; split(have, h, "\n"); for (i in h) yes[h[i]] }
        /^\t[A-Za-z]+\([0-9]+\): / { api = $1; sub(/:$/, "", api); if (api in no) next; sub(/,$/, "") }
        /^Feature: / && !($2 in yes) { next }
        { print }'
}
# What is ours alone: the words of the help below a mistake, and no stack traces.
without_help() {
    sed -E '/^\t\.\.\. [0-9]+ more$/d; s/^Exception in thread "main" /threw /' |
        awk '/^Option( \(\* = required\))? +Description/ || /^usage: / { help = 1 } /^$|^exit status|: error: / { help = 0 } !help && !/^  --/'
}
tools() { # SCRIPT [RINGCTL TOOLS]: the transcript, of ringctl for some tools
    java -Xmx512m -cp "$classpath" check.Tools "$1" 127.0.0.1:$port "$work/data" "${@:2}" 2>"$work/tools.err" | normal
}

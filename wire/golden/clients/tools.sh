#!/usr/bin/env bash
# tools.sh kcat|java ADDRESS: the same with kcat, and with the stock tools of Apache Kafka (KAFKA: a script that runs
# `KAFKA tool NAME ARGS...`).
set -euo pipefail
which=$1 address=$2
case $which in
kcat)
    printf 'k:v\n' | kcat -b "$address" -P -t golden-kc -p 0 -K: -H h=1 -X client.id=golden -X enable.idempotence=true
    printf '%0300d\n' 0 | kcat -b "$address" -P -t golden-kc -p 0 -X client.id=golden -z gzip
    kcat -b "$address" -G golden-kc golden-kc -c 2 -X client.id=golden -X auto.offset.reset=earliest -X session.timeout.ms=6000
    kcat -b "$address" -L -t golden-kc
    kcat -b "$address" -Q -t golden-kc:0:-1
    ;;
java)
    "$KAFKA" tool topics --bootstrap-server "$address" --create --topic golden-ja --partitions 1
    printf 'h:1\tk\tv\n' | "$KAFKA" tool console-producer --bootstrap-server "$address" --topic golden-ja \
        --reader-property parse.key=true --reader-property parse.headers=true
    "$KAFKA" tool console-consumer --bootstrap-server "$address" --topic golden-ja --from-beginning --max-messages 1 --group golden-ja
    "$KAFKA" tool console-consumer --bootstrap-server "$address" --topic golden-ja --from-beginning --max-messages 1 \
        --group golden-jb --consumer-property group.protocol=consumer
    "$KAFKA" tool consumer-groups --bootstrap-server "$address" --describe --group golden-ja
    "$KAFKA" tool topics --bootstrap-server "$address" --describe --topic golden-ja
    "$KAFKA" tool configs --bootstrap-server "$address" --describe --all --entity-type topics --entity-name golden-ja
    "$KAFKA" tool get-offsets --bootstrap-server "$address" --topic golden-ja
    "$KAFKA" tool topics --bootstrap-server "$address" --delete --topic golden-ja
    ;;
esac

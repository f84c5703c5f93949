// franz-go: idempotent, acks=all, every codec, read back equal and in order.
//
// Arguments: bootstrap address, number of records per codec.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const partitions = 3

type place struct {
	partition int32
	offset    int64
}

// record makes the record with number n, as ../src/lib.rs does.
func record(n int) *kgo.Record {
	r := &kgo.Record{}
	if n%11 != 0 {
		r.Key = []byte(fmt.Sprintf("key-%d", n%1000))
	}
	switch {
	case n%13 == 0:
	case n%17 == 0:
		r.Value = []byte{}
	default:
		r.Value = []byte(fmt.Sprintf("value %d %s", n, strings.Repeat("abcdefgh", n%23)))
	}
	switch n % 5 {
	case 0:
		r.Headers = []kgo.RecordHeader{{Key: "h", Value: []byte(strconv.Itoa(n))}, {Key: "h"}, {Key: "g", Value: []byte{}}}
	case 1:
		r.Headers = []kgo.RecordHeader{{Key: "trace", Value: []byte("1")}}
	}
	return r
}

func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }

func equal(a, b *kgo.Record) bool {
	if !same(a.Key, b.Key) || !same(a.Value, b.Value) || len(a.Headers) != len(b.Headers) {
		return false
	}
	for i, h := range a.Headers {
		if h.Key != b.Headers[i].Key || !same(h.Value, b.Headers[i].Value) {
			return false
		}
	}
	return true
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func roundTrip(bootstrap, name string, codec kgo.CompressionCodec, count int) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	topic := "franz-go-" + name
	producer, err := kgo.NewClient(kgo.SeedBrokers(bootstrap), kgo.DefaultProduceTopic(topic),
		kgo.RequiredAcks(kgo.AllISRAcks()), kgo.ProducerBatchCompression(codec), kgo.ProducerLinger(5*time.Millisecond))
	check(err)
	defer producer.Close()
	_, err = kadm.NewClient(producer).CreateTopic(ctx, partitions, 1, nil, topic)
	check(err)

	var lock sync.Mutex
	acked := map[place]int{}
	for n := 0; n < count; n++ {
		producer.Produce(ctx, record(n), func(r *kgo.Record, err error) {
			check(err)
			lock.Lock()
			defer lock.Unlock()
			at := place{r.Partition, r.Offset}
			if _, twice := acked[at]; twice {
				log.Fatalf("%v was given out twice", at)
			}
			acked[at] = n
		})
	}
	check(producer.Flush(ctx))

	from := map[int32]kgo.Offset{}
	for p := int32(0); p < partitions; p++ {
		from[p] = kgo.NewOffset().AtStart()
	}
	consumer, err := kgo.NewClient(kgo.SeedBrokers(bootstrap),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}))
	check(err)
	defer consumer.Close()
	next := map[int32]int64{}
	for read := 0; read < count; {
		fetches := consumer.PollFetches(ctx)
		for _, e := range fetches.Errors() {
			log.Fatalf("%s-%d: %v", e.Topic, e.Partition, e.Err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if r.Offset != next[r.Partition] {
				log.Fatalf("partition %d jumps to %d", r.Partition, r.Offset)
			}
			next[r.Partition]++
			n, known := acked[place{r.Partition, r.Offset}]
			if !known || !equal(r, record(n)) {
				log.Fatalf("partition %d offset %d: not what was acknowledged", r.Partition, r.Offset)
			}
			read++
		})
	}
	fmt.Printf("ok   franz-go %s: %d records read back equal and in order\n", name, count)
}

func main() {
	count, err := strconv.Atoi(os.Args[2])
	check(err)
	roundTrip(os.Args[1], "none", kgo.NoCompression(), count)
	roundTrip(os.Args[1], "gzip", kgo.GzipCompression(), count)
	roundTrip(os.Args[1], "snappy", kgo.SnappyCompression(), count)
	roundTrip(os.Args[1], "lz4", kgo.Lz4Compression(), count)
	roundTrip(os.Args[1], "zstd", kgo.ZstdCompression(), count)
}

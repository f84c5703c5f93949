// sarama: idempotent, acks=all, every codec, read back equal and in order.
//
// Arguments: bootstrap address, number of records per codec.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/IBM/sarama"
)

const partitions = 3

type place struct {
	partition int32
	offset    int64
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// record makes the record with number n, as ../../src/record.rs does.
func record(topic string, n int) *sarama.ProducerMessage {
	m := &sarama.ProducerMessage{Topic: topic, Metadata: n}
	if n%11 != 0 {
		m.Key = sarama.StringEncoder(fmt.Sprintf("key-%d", n%1000))
	}
	switch {
	case n%13 == 0:
	case n%17 == 0:
		m.Value = sarama.ByteEncoder{}
	default:
		m.Value = sarama.StringEncoder(fmt.Sprintf("value %d %s", n, strings.Repeat("abcdefgh", n%23)))
	}
	switch n % 5 {
	case 0:
		m.Headers = []sarama.RecordHeader{{Key: []byte("h"), Value: []byte(strconv.Itoa(n))}, {Key: []byte("h")},
			{Key: []byte("g"), Value: []byte{}}}
	case 1:
		m.Headers = []sarama.RecordHeader{{Key: []byte("trace"), Value: []byte("1")}}
	}
	return m
}

// This client reads null and empty alike where there is nothing behind them.
func same(got []byte, sent sarama.Encoder) bool {
	if sent == nil {
		return len(got) == 0
	}
	want, err := sent.Encode()
	check(err)
	return bytes.Equal(got, want)
}

func equal(got *sarama.ConsumerMessage, sent *sarama.ProducerMessage) bool {
	if !same(got.Key, sent.Key) || !same(got.Value, sent.Value) || len(got.Headers) != len(sent.Headers) {
		return false
	}
	for i, h := range sent.Headers {
		if !bytes.Equal(got.Headers[i].Key, h.Key) || !bytes.Equal(got.Headers[i].Value, h.Value) {
			return false
		}
	}
	return true
}

func produce(bootstrap, topic string, codec sarama.CompressionCodec, count int) map[place]int {
	config := configuration()
	config.Producer.Compression = codec
	client, err := sarama.NewAsyncProducer([]string{bootstrap}, config)
	check(err)
	go func() {
		for n := 0; n < count; n++ {
			client.Input() <- record(topic, n)
		}
	}()
	acked := map[place]int{}
	for len(acked) < count {
		select {
		case m := <-client.Successes():
			at := place{m.Partition, m.Offset}
			if _, twice := acked[at]; twice {
				log.Fatalf("%v was given out twice", at)
			}
			acked[at] = m.Metadata.(int)
		case err := <-client.Errors():
			log.Fatal(err)
		}
	}
	check(client.Close())
	return acked
}

func readBack(bootstrap, topic string, acked map[place]int) {
	config := configuration()
	client, err := sarama.NewConsumer([]string{bootstrap}, config)
	check(err)
	for p := int32(0); p < partitions; p++ {
		expected := int64(0)
		for at := range acked {
			if at.partition == p {
				expected++
			}
		}
		log_, err := client.ConsumePartition(topic, p, sarama.OffsetOldest)
		check(err)
		for next := int64(0); next < expected; next++ {
			select {
			case m := <-log_.Messages():
				n, known := acked[place{p, m.Offset}]
				if m.Offset != next || !known || !equal(m, record(topic, n)) {
					log.Fatalf("%s-%d offset %d, expected %d: not what was acknowledged", topic, p, m.Offset, next)
				}
			case <-time.After(time.Minute):
				log.Fatalf("%s-%d: no more after %d of %d", topic, p, next, expected)
			}
		}
		if end := log_.HighWaterMarkOffset(); end != expected {
			log.Fatalf("%s-%d ends at %d, not %d", topic, p, end, expected)
		}
		check(log_.Close())
	}
	check(client.Close())
}

func configuration() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Return.Successes = true
	config.Producer.Flush.Frequency = 5 * time.Millisecond
	config.Net.MaxOpenRequests = 1
	return config
}

func main() {
	bootstrap := os.Args[1]
	count, err := strconv.Atoi(os.Args[2])
	check(err)
	admin, err := sarama.NewClusterAdmin([]string{bootstrap}, configuration())
	check(err)
	for codec := sarama.CompressionNone; codec <= sarama.CompressionZSTD; codec++ {
		topic := "sarama-" + codec.String()
		check(admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1}, false))
		readBack(bootstrap, topic, produce(bootstrap, topic, codec, count))
		fmt.Printf("ok   sarama %s: %d records read back equal and in order\n", codec, count)
	}
	check(admin.Close())
}

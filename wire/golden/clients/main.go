// franz-go and sarama: create a topic, produce idempotently with headers, consume in a group, commit.
//
// Arguments: franz or sarama, bootstrap address.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/IBM/sarama"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func franz(address string) int {
	ctx := context.Background()
	c, err := kgo.NewClient(kgo.SeedBrokers(address), kgo.ClientID("golden"), kgo.ConsumerGroup("golden-fg"),
		kgo.ConsumeTopics("golden-fg"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	check(err)
	defer c.Close()
	create := kmsg.NewPtrCreateTopicsRequest()
	create.Topics = []kmsg.CreateTopicsRequestTopic{{Topic: "golden-fg", NumPartitions: 1, ReplicationFactor: 1}}
	_, err = create.RequestWith(ctx, c)
	check(err)
	headers := []kgo.RecordHeader{{Key: "h", Value: []byte("1")}, {Key: "h"}}
	check(c.ProduceSync(ctx, &kgo.Record{Topic: "golden-fg", Key: []byte("k"), Value: []byte("v"), Headers: headers}).FirstErr())
	check(c.ProduceSync(ctx, &kgo.Record{Topic: "golden-fg", Value: []byte(strings.Repeat("w", 300))}).FirstErr())
	got := 0
	for got < 2 {
		got += c.PollFetches(ctx).NumRecords()
	}
	check(c.CommitUncommittedOffsets(ctx))
	c.LeaveGroup()
	remove := kmsg.NewPtrDeleteTopicsRequest()
	topic := "golden-fg"
	remove.TopicNames = []string{topic}
	remove.Topics = []kmsg.DeleteTopicsRequestTopic{{Topic: &topic}}
	_, err = remove.RequestWith(ctx, c)
	check(err)
	return got
}

type handler struct{ done chan int }

func (handler) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (handler) Cleanup(sarama.ConsumerGroupSession) error { return nil }
func (h handler) ConsumeClaim(s sarama.ConsumerGroupSession, c sarama.ConsumerGroupClaim) error {
	got := 0
	for m := range c.Messages() {
		s.MarkMessage(m, "")
		if got++; got == 2 {
			s.Commit()
			h.done <- got
			return nil
		}
	}
	return nil
}

func saramas(address string) int {
	config := sarama.NewConfig()
	config.ClientID, config.Version = "golden", sarama.MaxVersion
	config.Producer.Idempotent, config.Net.MaxOpenRequests = true, 1
	config.Producer.RequiredAcks, config.Producer.Return.Successes = sarama.WaitForAll, true
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	admin, err := sarama.NewClusterAdmin([]string{address}, config)
	check(err)
	check(admin.CreateTopic("golden-sa", &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}, false))
	producer, err := sarama.NewSyncProducer([]string{address}, config)
	check(err)
	for _, value := range []string{"v", strings.Repeat("w", 300)} {
		_, _, err = producer.SendMessage(&sarama.ProducerMessage{Topic: "golden-sa", Value: sarama.StringEncoder(value),
			Headers: []sarama.RecordHeader{{Key: []byte("h"), Value: []byte("1")}}})
		check(err)
	}
	check(producer.Close())
	group, err := sarama.NewConsumerGroup([]string{address}, "golden-sa", config)
	check(err)
	h := handler{make(chan int, 1)}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	go func() { _ = group.Consume(ctx, []string{"golden-sa"}, h) }()
	got := <-h.done
	cancel()
	check(group.Close())
	check(admin.DeleteTopic("golden-sa"))
	return got
}

func main() {
	if os.Args[1] == "franz" {
		fmt.Println("franz-go:", franz(os.Args[2]))
	} else {
		fmt.Println("sarama:", saramas(os.Args[2]))
	}
}

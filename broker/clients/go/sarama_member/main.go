// One member of a group, with sarama: see ../../python/member.py for its lines.
//
// Arguments: bootstrap address, group, topic, protocol (range), static name or -.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/IBM/sarama"
)

var mu sync.Mutex

func say(letter string, what ...string) {
	mu.Lock()
	defer mu.Unlock()
	if len(what) > 0 {
		fmt.Println(letter, time.Now().UnixMilli(), strings.Join(what, " "))
	}
}

type member struct {
	topic string
}

func (m member) numbers(session sarama.ConsumerGroupSession) []string {
	mine := append([]int32{}, session.Claims()[m.topic]...)
	sort.Slice(mine, func(i, j int) bool { return mine[i] < mine[j] })
	all := []string{}
	for _, p := range mine {
		all = append(all, fmt.Sprint(p))
	}
	return all
}

func (m member) Setup(session sarama.ConsumerGroupSession) error {
	say("A", m.numbers(session)...)
	return nil
}

// Every claim has ended.
func (m member) Cleanup(session sarama.ConsumerGroupSession) error {
	session.Commit()
	say("R", m.numbers(session)...)
	return nil
}

func (m member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	fresh := true
	for {
		select {
		case r, ok := <-claim.Messages():
			if !ok {
				return nil
			}
			at := fmt.Sprintf("%d:%d", r.Partition, r.Offset)
			if fresh {
				fresh = false
				say("F", at)
			}
			say("P", at)
			session.MarkMessage(r, "")
		case <-session.Context().Done():
			return nil
		}
	}
}

func main() {
	bootstrap, group, topic, instance := os.Args[1], os.Args[2], os.Args[3], os.Args[5]
	config := sarama.NewConfig()
	config.Version = sarama.V3_6_0_0
	config.ClientID = "sarama"
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.AutoCommit.Interval = 300 * time.Millisecond
	config.Consumer.Group.Session.Timeout = 6 * time.Second
	config.Consumer.Group.Heartbeat.Interval = 500 * time.Millisecond
	config.Consumer.Group.Rebalance.GroupStrategies = []sarama.BalanceStrategy{sarama.NewBalanceStrategyRange()}
	config.Consumer.Return.Errors = true
	if instance != "-" {
		config.Consumer.Group.InstanceId = instance
	}
	ctx, cancel := context.WithCancel(context.Background())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() { <-stop; cancel() }()
	for ctx.Err() == nil {
		cg, err := sarama.NewConsumerGroup([]string{bootstrap}, group, config)
		if err != nil {
			log.Print(err)
			time.Sleep(300 * time.Millisecond)
			continue
		}
		go func() {
			for err := range cg.Errors() {
				log.Print(err)
			}
		}()
		for ctx.Err() == nil {
			if err := cg.Consume(ctx, []string{topic}, member{topic}); err != nil {
				log.Print(err)
				time.Sleep(300 * time.Millisecond)
			}
		}
		cg.Close()
	}
}

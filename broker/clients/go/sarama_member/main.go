// One member of a group, with sarama: see ../../python/member.py for its lines.
//
// Arguments: bootstrap address, group, topic, protocol (range), static name or -.
package main

import (
	"context"
	"log"
	"maps"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/IBM/sarama"

	"ringlog/clients/said"
)

type member struct {
	client                 sarama.Client
	group, topic, instance string
	mu                     sync.Mutex
	next                   map[int32]int64
	ended                  chan struct{}
}

// What this client commits by itself it does not tell: a commit of its own says whether it was taken.
func (m *member) commit(session sarama.ConsumerGroupSession) {
	m.mu.Lock()
	offsets := maps.Clone(m.next)
	m.mu.Unlock()
	if len(offsets) == 0 {
		return
	}
	request := &sarama.OffsetCommitRequest{
		Version: 7, ConsumerGroup: m.group, ConsumerGroupGeneration: session.GenerationID(), ConsumerID: session.MemberID(),
	}
	if m.instance != "-" {
		request.GroupInstanceId = &m.instance
	}
	for p, o := range offsets {
		request.AddBlockWithLeaderEpoch(m.topic, p, o, -1, sarama.ReceiveTime, "")
	}
	coordinator, err := m.client.Coordinator(m.group)
	if err == nil {
		var response *sarama.OffsetCommitResponse
		response, err = coordinator.CommitOffset(request)
		for _, each := range refusals(response, m.topic) {
			log.Print("commit: ", each)
			return
		}
	}
	if err != nil {
		log.Print("commit: ", err)
		coordinator.Close()
		m.client.RefreshCoordinator(m.group)
		return
	}
	said.Line("C", said.Offsets(offsets)...)
}

func refusals(response *sarama.OffsetCommitResponse, topic string) []sarama.KError {
	all := []sarama.KError{}
	if response != nil {
		for _, each := range response.Errors[topic] {
			if each != sarama.ErrNoError {
				all = append(all, each)
			}
		}
	}
	return all
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.next, m.ended = map[int32]int64{}, make(chan struct{})
	said.Line("A", said.Partitions(session.Claims()[m.topic])...)
	go func() {
		defer close(m.ended)
		for {
			select {
			case <-session.Context().Done():
				return
			case <-time.After(300 * time.Millisecond):
				m.commit(session)
			}
		}
	}()
	return nil
}

// Every claim has ended.
func (m *member) Cleanup(session sarama.ConsumerGroupSession) error {
	<-m.ended
	m.commit(session)
	said.Line("R", said.Partitions(session.Claims()[m.topic])...)
	return nil
}

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	fresh := true
	for {
		select {
		case r, ok := <-claim.Messages():
			if !ok {
				return nil
			}
			if fresh {
				fresh = false
				said.Line("F", said.At(r.Partition, r.Offset))
			}
			said.Line("P", said.At(r.Partition, r.Offset))
			m.mu.Lock()
			m.next[r.Partition] = r.Offset + 1
			m.mu.Unlock()
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
	config.Consumer.Offsets.AutoCommit.Enable = false
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
		if err := run(ctx, bootstrap, group, topic, instance, config); err != nil {
			log.Print(err)
			time.Sleep(300 * time.Millisecond)
		}
	}
}

// Takes part until it is asked to end, or the client cannot be made.
func run(ctx context.Context, bootstrap, group, topic, instance string, config *sarama.Config) error {
	client, err := sarama.NewClient([]string{bootstrap}, config)
	if err != nil {
		return err
	}
	defer client.Close()
	cg, err := sarama.NewConsumerGroupFromClient(group, client)
	if err != nil {
		return err
	}
	defer cg.Close()
	go func() {
		for err := range cg.Errors() {
			log.Print(err)
		}
	}()
	m := &member{client: client, group: group, topic: topic, instance: instance}
	for ctx.Err() == nil {
		if err := cg.Consume(ctx, []string{topic}, m); err != nil {
			log.Print(err)
			time.Sleep(300 * time.Millisecond)
		}
	}
	return nil
}

// One member of a group, with franz-go: see ../../python/member.py for its lines.
//
// Arguments: bootstrap address, group, topic, protocol, static name or -.
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

	"github.com/twmb/franz-go/pkg/kgo"

	"ringlog/clients/said"
)

var (
	mu    sync.Mutex
	next  = map[int32]int64{}
	fresh = map[int32]bool{}
)

func gone(letter string, partitions []int32) {
	mu.Lock()
	defer mu.Unlock()
	said.Line(letter, said.Partitions(partitions)...)
	for _, p := range partitions {
		delete(next, p)
		delete(fresh, p)
	}
}

func commit(ctx context.Context, cl *kgo.Client, topic string) {
	mu.Lock()
	offsets := maps.Clone(next)
	mu.Unlock()
	if len(offsets) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	records := []*kgo.Record{}
	for p, o := range offsets {
		records = append(records, &kgo.Record{Topic: topic, Partition: p, LeaderEpoch: -1, Offset: o - 1})
	}
	if err := cl.CommitRecords(ctx, records...); err != nil {
		log.Print("commit: ", err)
		return
	}
	said.Line("C", said.Offsets(offsets)...)
}

func main() {
	bootstrap, group, topic, protocol, instance := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	opts := []kgo.Opt{
		kgo.SeedBrokers(bootstrap), kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.ClientID("franz-go"),
		kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.SessionTimeout(6 * time.Second), kgo.HeartbeatInterval(500 * time.Millisecond),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, given map[string][]int32) {
			mu.Lock()
			defer mu.Unlock()
			said.Line("A", said.Partitions(given[topic])...)
			for _, p := range given[topic] {
				fresh[p] = true
			}
		}),
		kgo.OnPartitionsRevoked(func(ctx context.Context, cl *kgo.Client, back map[string][]int32) {
			commit(ctx, cl, topic)
			gone("R", back[topic])
		}),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, lost map[string][]int32) { gone("L", lost[topic]) }),
	}
	ctx := context.Background()
	switch protocol {
	case "range":
		opts = append(opts, kgo.Balancers(kgo.RangeBalancer()))
	case "cooperative-sticky":
		opts = append(opts, kgo.Balancers(kgo.CooperativeStickyBalancer()))
	case "consumer":
		opts = append(opts, kgo.Balancers(kgo.RangeBalancer()), kgo.ServerSideBalancer())
	}
	if instance != "-" {
		opts = append(opts, kgo.InstanceID(instance))
	}
	cl, err := kgo.NewClient(opts...)
	if err != nil {
		log.Fatal(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	last := time.Now()
	for running := true; running; {
		select {
		case <-stop:
			running = false
		default:
			poll, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			fetches := cl.PollRecords(poll, 200)
			cancel()
			fetches.EachRecord(func(r *kgo.Record) {
				mu.Lock()
				defer mu.Unlock()
				at := said.At(r.Partition, r.Offset)
				if fresh[r.Partition] {
					delete(fresh, r.Partition)
					said.Line("F", at)
				}
				said.Line("P", at)
				next[r.Partition] = r.Offset + 1
			})
			if time.Since(last) > 300*time.Millisecond {
				last = time.Now()
				commit(ctx, cl, topic)
			}
			cl.AllowRebalance()
		}
	}
	cl.CloseAllowingRebalance()
}

// Prints and reads records by franz-go's formatter and reader, which are those of rpk: what ringctl is compared with.
//
//	format print BOOTSTRAP TOPIC FORMAT    every record of TOPIC's partition 0
//	format read FORMAT OUT                 the records of standard input by FORMAT, printed by OUT
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/twmb/franz-go/pkg/kgo"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: format print BOOTSTRAP TOPIC FORMAT | format read FORMAT OUT")
		os.Exit(64)
	}
	var err error
	if os.Args[1] == "print" {
		err = print(os.Args[2], os.Args[3], os.Args[4])
	} else {
		err = read(os.Args[2], os.Args[3])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "format:", err)
		os.Exit(1)
	}
}

func print(bootstrap, topic, layout string) error {
	formatter, err := kgo.NewRecordFormatter(layout)
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(bootstrap),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().AtStart()}}),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	for {
		fetches := client.PollFetches(context.Background())
		if err := fetches.Err(); err != nil {
			return err
		}
		done := false
		fetches.EachPartition(func(p kgo.FetchTopicPartition) {
			for _, record := range p.Records {
				os.Stdout.Write(formatter.AppendPartitionRecord(nil, &p.FetchPartition, record))
				done = record.Offset+1 >= p.HighWatermark
			}
		})
		if done {
			return nil
		}
	}
}

func read(layout, out string) error {
	formatter, err := kgo.NewRecordFormatter(out)
	if err != nil {
		return err
	}
	reader, err := kgo.NewRecordReader(os.Stdin, layout)
	if err != nil {
		return err
	}
	for {
		record, err := reader.ReadRecord()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		os.Stdout.Write(formatter.AppendRecord(nil, record))
	}
}

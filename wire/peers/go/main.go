// franz-go's message codec (kmsg, from a generator and definitions of its own) as a peer: a driver as
// src/driver.rs describes it.
//
// Arguments: the file of samples to check, the file to write own samples to, how many of each message and version.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// message is what kmsg's requests, responses and records have in common.
type message interface {
	AppendTo([]byte) []byte
	ReadFrom([]byte) error
	Default()
}

type codec struct {
	max int16
	new func(version int16) message
	// Records stand behind an int16 in kmsg: the type of a key, the version of a value.
	prefix func(version int16) []byte
}

// Kafka's names where kmsg has another.
var kafkaNames = map[string]string{
	"AlterPartitionAssignments": "AlterPartitionReassignments",
}

// Tags by the first version that may carry them. kmsg writes a tag in every flexible version, Kafka does not.
var tagsFrom = map[string]int16{
	"ProduceResponseTopicPartition.CurrentLeader":           10,
	"ProduceResponse.Brokers":                               10,
	"FetchRequest.ReplicaState":                             15,
	"FetchRequestTopicPartition.ReplicaDirectoryID":         17,
	"FetchRequestTopicPartition.HighWatermark":              18,
	"FetchResponse.Brokers":                                 16,
	"VoteResponse.NodeEndpoints":                            1,
	"BeginQuorumEpochResponse.NodeEndpoints":                1,
	"EndQuorumEpochResponse.NodeEndpoints":                  1,
	"FetchSnapshotRequestTopicPartition.ReplicaDirectoryID": 1,
	"FetchSnapshotResponse.NodeEndpoints":                   1,
	"BrokerHeartbeatRequest.OfflineLogDirs":                 1,
	"BrokerHeartbeatRequest.CordonedLogDirs":                2,
}

func codecs() map[string]codec {
	all := map[string]codec{}
	none := func(int16) []byte { return nil }
	for key := int16(0); key <= kmsg.MaxKey; key++ {
		key := key
		request := kmsg.RequestForKey(key)
		if request == nil {
			continue
		}
		name := kmsg.NameForKey(key)
		if other, ok := kafkaNames[name]; ok {
			name = other
		}
		name = strings.ToLower(name)
		all[name+"request"] = codec{request.MaxVersion(), func(v int16) message {
			m := kmsg.RequestForKey(key)
			m.SetVersion(v)
			return m.(message)
		}, none}
		all[name+"response"] = codec{request.MaxVersion(), func(v int16) message {
			m := kmsg.ResponseForKey(key)
			m.SetVersion(v)
			return m.(message)
		}, none}
	}
	int16s := func(n int16) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
	key := func(name string, kind int16, new func() message) {
		all[strings.ToLower(name)] = codec{0, func(int16) message {
			m := new()
			reflect.ValueOf(m).Elem().FieldByName("Version").SetInt(int64(kind))
			return m
		}, func(int16) []byte { return int16s(kind) }}
	}
	value := func(name string, max int16, new func() message) {
		all[strings.ToLower(name)] = codec{max, func(v int16) message {
			m := new()
			reflect.ValueOf(m).Elem().FieldByName("Version").SetInt(int64(v))
			return m
		}, int16s}
	}
	key("LegacyOffsetCommitKey", 0, func() message { return new(kmsg.OffsetCommitKey) })
	key("OffsetCommitKey", 1, func() message { return new(kmsg.OffsetCommitKey) })
	key("GroupMetadataKey", 2, func() message { return new(kmsg.GroupMetadataKey) })
	key("TransactionLogKey", 0, func() message { return new(kmsg.TxnMetadataKey) })
	value("OffsetCommitValue", 4, func() message { return new(kmsg.OffsetCommitValue) })
	value("GroupMetadataValue", 4, func() message { return new(kmsg.GroupMetadataValue) })
	value("TransactionLogValue", 1, func() message { return new(kmsg.TxnMetadataValue) })
	value("ConsumerProtocolSubscription", 3, func() message { return new(kmsg.ConsumerMemberMetadata) })
	value("ConsumerProtocolAssignment", 3, func() message { return new(kmsg.ConsumerMemberAssignment) })
	value("DefaultPrincipalData", 0, func() message { return new(kmsg.DefaultPrincipalData) })
	value("EndTxnMarker", 0, func() message { return new(kmsg.EndTxnMarker) })
	return all
}

// again reads ours and writes what it read; a default is written from a default too.
func again(c codec, version int16, kind string, ours []byte) (string, bool) {
	prefix := c.prefix(version)
	m := c.new(version)
	if err := m.ReadFrom(append(append([]byte{}, prefix...), ours...)); err != nil {
		return "kmsg cannot read it: " + err.Error(), false
	}
	theirs := m.AppendTo(nil)[len(prefix):]
	if !bytes.Equal(ours, theirs) {
		return "kmsg writes " + hex.EncodeToString(theirs), false
	}
	return "", true
}

// fill sets every exported field; kmsg writes those that the version has.
func fill(v reflect.Value, g *rand.Rand, version int16, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(g.Intn(2) == 0)
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n := []int64{int64(g.Intn(300)), -1, int64(g.Uint64()), int64(g.Uint64())}[g.Intn(4)]
		v.SetInt(n << (64 - v.Type().Bits()) >> (64 - v.Type().Bits()))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(g.Uint64() >> (64 - v.Type().Bits()))
	case reflect.Float64:
		v.SetFloat(float64(g.Int63n(1<<40)) / 8)
	case reflect.String:
		v.SetString(text(g))
	case reflect.Array:
		for i := 0; i < v.Len(); i++ {
			fill(v.Index(i), g, version, depth)
		}
	case reflect.Pointer:
		if g.Intn(4) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			defaults(v)
			fill(v.Elem(), g, version, depth+1)
		}
	case reflect.Slice:
		count := g.Intn(4)
		switch v.Type().Elem().Kind() {
		case reflect.Struct:
			if g.Intn(5) == 0 && depth < 2 {
				return // nil: null where it may be
			}
		default:
			if g.Intn(32) == 0 {
				count = 125 + g.Intn(6)
			}
		}
		v.Set(reflect.MakeSlice(v.Type(), count, count))
		for i := 0; i < count; i++ {
			defaults(v.Index(i).Addr())
			fill(v.Index(i), g, version, depth+1)
		}
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			field := v.Type().Field(i)
			if version < tagsFrom[v.Type().Name()+"."+field.Name] {
				continue
			}
			if field.IsExported() && field.Type != reflect.TypeOf(kmsg.Tags{}) && !(depth == 0 && field.Name == "Version") {
				fill(v.Field(i), g, version, depth+1)
			}
		}
	default:
		panic("no random value for " + v.Type().String())
	}
}

func defaults(v reflect.Value) {
	if d, ok := v.Interface().(interface{ Default() }); ok {
		d.Default()
	}
}

func text(g *rand.Rand) string {
	length := g.Intn(7)
	if g.Intn(48) == 0 {
		length = 120 + g.Intn(12)
	}
	var out strings.Builder
	for i := 0; i < length; i++ {
		out.WriteString([]string{"c", "R", "7", "_", "ø", "文", "\U0001F680"}[g.Intn(7)])
	}
	return out.String()
}

func main() {
	samples, err := os.Open(os.Args[1])
	check(err)
	file, err := os.Create(os.Args[2])
	check(err)
	seeds, err := strconv.Atoi(os.Args[3])
	check(err)
	said, brought := bufio.NewWriter(os.Stdout), bufio.NewWriter(file)
	// Names are found in lower case: kmsg writes ACLs, SASL, SCRAM, ProducerID.
	all, seen := codecs(), map[string]int{}
	var order []string
	lines := bufio.NewScanner(samples)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		pair := words[0] + " " + words[1]
		version, err := strconv.Atoi(words[1])
		check(err)
		c, known := all[strings.ToLower(words[0])]
		known = known && int16(version) <= c.max
		if _, ok := seen[pair]; !ok {
			seen[pair] = 0
			order = append(order, pair)
			if known {
				bring(brought, c, words[0], int16(version), seeds)
			}
		}
		if !known {
			continue
		}
		ours, err := hex.DecodeString(words[3])
		check(err)
		if why, ok := again(c, int16(version), words[2], ours); ok {
			seen[pair]++
		} else {
			fmt.Fprintf(said, "differs %s: %s\n", lines.Text(), why)
		}
	}
	check(lines.Err())
	for _, pair := range order {
		if seen[pair] > 0 {
			fmt.Fprintf(said, "same %s %d\n", pair, seen[pair])
		} else {
			fmt.Fprintf(said, "unknown %s\n", pair)
		}
	}
	lower := map[string]bool{}
	for _, pair := range order {
		lower[strings.ToLower(pair)] = true
	}
	more(said, all, lower)
	check(said.Flush())
	check(brought.Flush())
}

func bring(out *bufio.Writer, c codec, name string, version int16, seeds int) {
	for seed := 0; seed < seeds; seed++ {
		g := rand.New(rand.NewSource(int64(seed)*7919 + int64(version)))
		m := c.new(version)
		m.Default()
		fill(reflect.ValueOf(m).Elem(), g, version, 0)
		body := m.AppendTo(nil)[len(c.prefix(version)):]
		fmt.Fprintf(out, "%s %d sample %s\n", name, version, hex.EncodeToString(body))
	}
}

// more tells what kmsg has above what the samples have.
func more(out *bufio.Writer, all map[string]codec, seen map[string]bool) {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		c, ours := all[name], false
		for version := int16(0); version <= c.max; version++ {
			if seen[fmt.Sprintf("%s %d", name, version)] {
				ours = true
			} else if ours {
				fmt.Fprintf(out, "more %s %d\n", name, version)
			}
		}
		if !ours {
			fmt.Fprintf(out, "more %s 0-%d\n", name, c.max)
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

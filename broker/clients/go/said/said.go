// Package said writes the lines of a member of a group: see ../../python/member.py for what they mean.
package said

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"
)

var mu sync.Mutex

// Line says something of partitions, or of partition:offset pairs; nothing of none.
func Line(letter string, what ...string) {
	mu.Lock()
	defer mu.Unlock()
	if len(what) > 0 {
		fmt.Println(letter, time.Now().UnixMilli(), strings.Join(what, " "))
	}
}

// Partitions in their order.
func Partitions(partitions []int32) []string {
	sorted := append([]int32{}, partitions...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	all := []string{}
	for _, p := range sorted {
		all = append(all, fmt.Sprint(p))
	}
	return all
}

// At is a partition:offset pair.
func At(partition int32, offset int64) string {
	return fmt.Sprintf("%d:%d", partition, offset)
}

// Offsets by partition, as pairs.
func Offsets(next map[int32]int64) []string {
	all := []string{}
	for p, o := range next {
		all = append(all, At(p, o))
	}
	sort.Strings(all)
	return all
}

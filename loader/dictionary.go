package loader

import (
	"crypto/sha256"
	"sync"
)

// A dictionary numbers the distinct combinations of texts of a file. Rows share
// few of them (thousands for millions of rows), so the format's SELECT runs
// over those alone.
type dictionary struct {
	mu      sync.Mutex
	numbers map[[16]byte]uint32 // by the texts' hash, which is shorter than they are
	next    uint32
	fresh   []entry // since the last take
	bytes   int     // of fresh
}

type entry struct {
	number uint32
	texts  string // as packed by a scanner
}

func newDictionary() *dictionary { return &dictionary{numbers: map[[16]byte]uint32{}} }

func (d *dictionary) number(packed []byte) uint32 {
	sum := sha256.Sum256(packed)
	hash := [16]byte(sum[:16])
	d.mu.Lock()
	defer d.mu.Unlock()
	if n, ok := d.numbers[hash]; ok {
		return n
	}
	if len(d.numbers) == maxDictionary {
		clear(d.numbers)
	}
	n := d.next
	d.next++
	d.numbers[hash] = n
	d.fresh = append(d.fresh, entry{n, string(packed)})
	d.bytes += len(packed)
	return n
}

// take returns the entries that were added since the last take.
func (d *dictionary) take() []entry {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.fresh
	d.fresh, d.bytes = nil, 0
	return f
}

// waiting returns the bytes of the entries that take would return.
func (d *dictionary) waiting() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.bytes
}

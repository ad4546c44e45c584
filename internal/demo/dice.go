package demo

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
)

// one is the unit of all arithmetic here: quantities, prices and factors are
// whole numbers of millionths. Floating point would give other bytes on a
// machine that fuses multiplication and addition.
const one = 1_000_000

// times returns n millionths times f millionths, both not negative.
func times(n, f int64) int64 {
	hi, lo := bits.Mul64(uint64(n), uint64(f))
	q, _ := bits.Div64(hi, lo, one)
	return int64(q)
}

// A dice is a stream of chance. Every series has its own, so that a new
// resource leaves the others as they were.
type dice struct{ pcg *rand.PCG }

// newDice returns the stream of this number under seed.
func newDice(seed, stream uint64) dice {
	return dice{rand.NewPCG(seed, (stream+1)*0x9E3779B97F4A7C15)}
}

// below returns a number from 0 up to but not including n.
func (d dice) below(n int64) int64 {
	hi, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int64(hi)
}

// between returns a number from a to b.
func (d dice) between(a, b int64) int64 { return a + d.below(b-a+1) }

// normal returns a bell-shaped number of millionths with mean 0 and standard
// deviation one: twelve even ones, added.
func (d dice) normal() int64 {
	sum := int64(-6 * one)
	for range 12 {
		sum += d.below(one)
	}
	return sum
}

// tail returns a heavy-tailed factor of at least one half and at most eight;
// it exceeds x about once in 4x² times.
func (d dice) tail() int64 {
	u := max(d.between(1, one), d.between(1, one))
	v := max(u, one/16)
	return one * (one / 2) / v
}

// guid returns a random identifier in lower case.
func (d dice) guid() string {
	a, b := d.pcg.Uint64(), d.pcg.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

package usage

import (
	"math/big"
	"slices"
)

// Spread divides total over weights in proportion, exactly: the shares add up
// to total to the last digit. What rounding leaves goes to the largest
// remainders, the earlier first. Where the weights add up to zero the shares
// are equal. The weights must not be negative.
func Spread(total Decimal, weights []Decimal) []Decimal {
	shares := make([]Decimal, len(weights))
	if len(weights) == 0 {
		return shares
	}
	ws := make([]*big.Int, len(weights))
	var sum big.Int
	for i, w := range weights {
		ws[i] = w.Big()
		sum.Add(&sum, ws[i])
	}
	if sum.Sign() == 0 {
		for i := range ws {
			ws[i] = big.NewInt(1)
		}
		sum.SetInt64(int64(len(ws)))
	}
	t := total.Abs().Big()
	left := new(big.Int).Set(t)
	rem := make([]*big.Int, len(ws))
	out := make([]*big.Int, len(ws))
	for i, w := range ws {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(t, w), &sum, new(big.Int))
		out[i], rem[i] = q, r
		left.Sub(left, q)
	}
	for _, i := range largest(rem, int(left.Int64())) {
		out[i].Add(out[i], big.NewInt(1))
	}
	for i, q := range out {
		shares[i], _ = DecimalFromBig(q)
		if total.hi < 0 {
			shares[i] = shares[i].Neg()
		}
	}
	return shares
}

// largest returns the indices of the n largest of v, the earlier first among
// equals.
func largest(v []*big.Int, n int) []int {
	idx := make([]int, len(v))
	for i := range idx {
		idx[i] = i
	}
	slices.SortStableFunc(idx, func(a, b int) int { return v[b].Cmp(v[a]) })
	return idx[:n]
}

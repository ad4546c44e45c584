package loader

import (
	"fmt"
	"maps"

	"usagereport/usage"
)

// A Reject is a row that was not loaded, with its address.
type Reject struct {
	Ref    string // of the file, where the load has several
	Line   int64
	Column string
	Value  string
	Reason string
}

func (r Reject) String() string {
	if r.Column == "" {
		return fmt.Sprintf("%d: %s", r.Line, r.Reason)
	}
	return fmt.Sprintf("%d: %s: %q: %s", r.Line, r.Column, r.Value, r.Reason)
}

// counts is what is counted while rows are read.
type counts struct {
	read    int64
	rounded int64
	short   int64 // rows with fewer fields than the header
	noCost  int64 // rows whose total column is empty
	filled  int64 // rows in which format.Else filled a number
	ended   int64 // texts whose billing period ends in the last second of a day
	assumed int64 // rows without a currency, in files of one
	credits int64 // charges that are made of rows' credits
	blank   int64 // rows without a value, which are none
	headers int64 // lines that repeat the header, which are none
	idle    int64 // rows which say that nothing was used
	long    int64 // charges that last over mostDays days
	inIDs   int64 // texts with an id that a spreadsheet has rounded
	lost    int64 // texts with U+FFFD, for characters that were lost before
	rejects []Reject
	totals  map[string]usage.Decimal // by currency
	size    usage.Decimal            // the sum of the largest number of each row, without sign

	charged map[writtenDay]string // the days of charges, each as a row has it

	sums  []sumRow // rows that look like a spreadsheet's totals
	notes []Reject // lines that look like notes below the rows
	last  int64    // line of the last row that is none
}

// A sumRow is a row without a day and with hardly a text, as a spreadsheet adds
// below a table. It is one if its amount is the sum of the file.
type sumRow struct {
	Reject
	amount usage.Decimal
}

func (c *counts) addTotal(currency string, total usage.Decimal) {
	if currency != "" {
		c.totals[currency] = c.totals[currency].Add(total)
	}
}

// addCharged adds day t, which a row writes as b.
func (c *counts) addCharged(b []byte, t int64) {
	w := writtenDayOf(b, t)
	if _, known := c.charged[w]; known {
		return
	}
	if c.charged == nil {
		c.charged = map[writtenDay]string{}
	}
	c.charged[w] = string(b)
}

func (c *counts) add(d counts) {
	if c.charged == nil {
		c.charged = d.charged
	} else {
		maps.Copy(c.charged, d.charged)
	}
	c.read += d.read
	c.rounded += d.rounded
	c.short += d.short
	c.noCost += d.noCost
	c.filled += d.filled
	c.ended += d.ended
	c.assumed += d.assumed
	c.credits += d.credits
	c.blank += d.blank
	c.headers += d.headers
	c.idle += d.idle
	c.long += d.long
	c.lost += d.lost
	c.inIDs += d.inIDs
	c.size = c.size.Add(d.size)
	c.sums = append(c.sums, d.sums...)
	c.notes = append(c.notes, d.notes...)
	c.last = max(c.last, d.last)
	c.rejects = append(c.rejects, d.rejects...)
	if c.totals == nil {
		c.totals = map[string]usage.Decimal{}
	}
	for cur, t := range d.totals {
		c.totals[cur] = c.totals[cur].Add(t)
	}
}

func (r *run) warnings(f *Format, c counts, o scanOptions) []string {
	var out []string
	warn := func(n int64, one, many string) {
		if n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, plural(int(n), one, many)))
		}
	}
	if c.read == 0 && len(c.totals) == 0 {
		out = append(out, "the file has a header and no rows; it replaces nothing")
	}
	warn(c.rounded, "number was rounded to 18 fraction digits", "numbers were rounded to 18 fraction digits")
	warn(c.short, "row is shorter than the header; what it lacks is taken as empty",
		"rows are shorter than the header; what they lack is taken as empty")
	warn(c.filled, "row has no EffectiveCost; its BilledCost stands for it", "rows have no EffectiveCost; their BilledCost stands for it")
	warn(c.assumed, "row names no currency; the only one that the file names stands for it",
		"rows name no currency; the only one that the file names stands for it")
	warn(c.blank, "row has no value at all and was left out", "rows have no value at all and were left out")
	warn(c.headers, "line repeats the header and was left out", "lines repeat the header and were left out")
	warn(c.idle, "row says that nothing was used, and was left out", "rows say that nothing was used, and were left out")
	warn(c.lost, "combination of names holds U+FFFD, a character that was lost before the file came here",
		"combinations of names hold U+FFFD, for characters that were lost before the file came here")
	const rounded = "an id that a spreadsheet has rounded, like 1.23457E+11, so several may be one now; load the file as it was exported"
	warn(c.inIDs, "combination of names has "+rounded, "combinations of names have "+rounded)
	warn(c.long, "charge lasts over three years, by its end; it counts on its first day",
		"charges last over three years, by their ends; they count on their first days")
	warn(c.noCost, "row has no cost, which counts as 0", "rows have no cost, which counts as 0")
	warn(int64(len(c.rejects)), "row was rejected; its cost is missing from every sum",
		"rows were rejected; their cost is missing from every sum")
	switch _, none := c.totals[usage.NoCurrency]; {
	case none && c.read > 0 && len(c.totals) > 1:
		out = append(out, "some rows name no currency and stand apart from the others; load it with --assume-currency CODE if you know it")
	case none && c.read > 0:
		out = append(out, "the file names no currency; load it with --assume-currency CODE if you know it")
	}
	return out
}

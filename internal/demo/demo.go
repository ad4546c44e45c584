// Package demo invents the cloud bill of a company that does not exist: cost
// exports of about 400 resources over fourteen months, with incidents planted
// in the last weeks and a file that lists them. It serves to
// try the program on, and to test what it finds.
//
// Chance comes from the seed alone, days from the options alone, and all
// arithmetic is done in whole numbers: the same options give the same bytes on
// every machine.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"usagereport/internal/atomicfile"
	"usagereport/usage"
)

// Options say what to invent. The zero Options are the usual estate.
type Options struct {
	Seed     uint64    // 0 is 1
	Months   int       // number of files, at least minMonths; 0 is 14
	End      usage.Day // last day that has data; no day is 2026-11-15
	Currency string    // of the bill, an ISO 4217 code; "" is EUR
}

const (
	defaultMonths = 14
	minMonths     = 3 // fewer do not hold all incidents
	maxMonths     = 120
)

// withDefaults returns o with its zero values replaced, or what is wrong with
// it.
func (o Options) withDefaults() (Options, error) {
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Months == 0 {
		o.Months = defaultMonths
	}
	if o.End == 0 {
		o.End = usage.Date(2026, 11, 15)
	}
	if o.Currency == "" {
		o.Currency = "EUR"
	}
	if o.Months < minMonths || o.Months > maxMonths {
		return o, fmt.Errorf("months %d: not between %d and %d", o.Months, minMonths, maxMonths)
	}
	if !regexp.MustCompile(`^[A-Z]{3}$`).MatchString(o.Currency) {
		return o, fmt.Errorf("currency %q: not three capital letters", o.Currency)
	}
	return o, nil
}

// A Truth is the content of truth.json: what a report on the files should find
// and what it should not. Amounts are exact decimals.
type Truth struct {
	Seed       uint64      `json:"seed"`
	Currency   string      `json:"currency"`
	From       usage.Day   `json:"from"`
	To         usage.Day   `json:"to"`
	CompleteTo usage.Day   `json:"as_of_complete_to"` // last day whose usage has all arrived
	Incomplete []Arrival   `json:"incomplete"`        // the days since
	Total      string      `json:"total"`
	Months     []Month     `json:"months"`
	Incidents  []*Incident `json:"incidents"`
	Accepted   []*Incident `json:"accepted"` // older or harmless changes; none is a finding
}

// An Arrival says how much of a day's usage the files hold.
type Arrival struct {
	Day  usage.Day `json:"day"`
	Part string    `json:"arrived"` // of its cost: "0.35"
}

// A Month describes the file of a month.
type Month struct {
	File  string `json:"file"` // its name, without folder
	Rows  int64  `json:"rows"`
	Total string `json:"total"`

	total usage.Decimal
}

// A Result says what Write has written.
type Result struct {
	Files []string // paths of the cost files, oldest first
	Truth string   // path of truth.json
	Rows  int64    // of all cost files
	Total usage.Money
}

// Write writes one cost file per month and truth.json into the folder dir,
// which it creates where needed. Files of the same names are replaced, others
// left alone; each appears whole or not at all, and truth.json last: a folder
// that has one is complete.
func Write(ctx context.Context, dir string, o Options) (Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Result{}, fmt.Errorf("demo: %w", err)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return Result{}, fmt.Errorf("demo: %w", err)
	}
	result := Result{Truth: filepath.Join(dir, "truth.json")}
	if err := os.Remove(result.Truth); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Result{}, fmt.Errorf("demo: %w", err)
	}
	e := newEstate(o)
	x := newExporter(e)
	truth := Truth{
		Seed: o.Seed, Currency: o.Currency,
		From: e.days[e.from].day, To: o.End, CompleteTo: o.End - lateDays,
		Accepted: []*Incident{},
	}
	var total usage.Decimal
	for from := e.from; from < len(e.days); {
		month := e.days[from].month
		to := min(from+month.Days(), len(e.days))
		m := Month{File: month.From.Time().Format("2006-01") + ".csv"}
		path := filepath.Join(dir, m.File)
		err := atomicfile.Write(path, func(w io.Writer) error { return x.write(ctx, w, from, to, &m) })
		if err != nil {
			return Result{}, fmt.Errorf("demo: %w", err)
		}
		m.Total = m.total.String()
		truth.Months = append(truth.Months, m)
		total = total.Add(m.total)
		result.Files = append(result.Files, path)
		result.Rows += m.Rows
		from = to
	}

	truth.Total, truth.Incomplete = total.String(), x.arrivals()
	truth.Incidents = e.incidents
	for _, in := range e.accepted {
		if in.Start >= truth.From {
			truth.Accepted = append(truth.Accepted, in)
		}
	}
	number("I", truth.Incidents)
	number("A", truth.Accepted)
	result.Total = usage.Money{Amount: total, Currency: o.Currency}
	err = atomicfile.Write(result.Truth, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(truth)
	})
	if err != nil {
		return Result{}, fmt.Errorf("demo: %w", err)
	}
	return result, nil
}

// number gives the incidents their ids, and their excess as text.
func number(letter string, list []*Incident) {
	for i, in := range list {
		in.ID = fmt.Sprintf("%s%d", letter, i+1)
		if in.measured {
			in.Excess = in.excess.String()
		}
	}
}

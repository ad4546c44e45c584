package reports

import (
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// The sources are the footer: which files the numbers come from, that they add
// up, and how to make the report again.
type sources struct {
	Report   *analysis.Report
	Sums     []sourceSum
	Warned   []analysis.Source // those with warnings or rejected rows
	Commands []string
	Unlisted int // files that Commands leaves out
}

// A sourceSum follows one currency from the files to the page.
type sourceSum struct {
	Currency            string
	Files               int
	File, Ledger, Shown usage.Money
	Total               usage.Money // what the page gives as the period's cost
	Loaded              bool        // the ledger holds what the files say
	Adds                bool        // Shown equals Total
	Effective           bool        // which is by effective cost, whatever the files are of
}

// maxFiles is how many files the commands to recompute name.
const maxFiles = 20

func viewSources(l *locale.Locale, r *analysis.Report, _ *analysis.Part) (any, bool) {
	v := sources{Report: r}
	var refs, places []string
	listed, flags, last := 0, "", int64(0)
	load := func() { // in the order in which they were loaded, with the flags of each
		if len(refs) > 0 {
			v.Commands = append(v.Commands, strings.Join(slices.Concat([]string{strings.TrimSpace("usagereport load " + flags)}, refs), " "))
		}
		refs = nil
	}
	for i := range r.Parts {
		p := &r.Parts[i]
		totals := []usage.Money{p.Total}
		if len(p.Converted) > 0 { // files are in the currencies of the bills
			totals = nil
			for _, c := range p.Converted {
				totals = append(totals, c.Billed)
			}
		}
		for _, total := range totals {
			s := sourceSum{Currency: total.Currency, Total: total, Effective: r.Cost == analysis.Effective}
			s.File.Currency, s.Ledger.Currency, s.Shown.Currency = s.Currency, s.Currency, s.Currency
			for _, src := range r.Sources {
				if src.Current && src.Currency == s.Currency {
					s.Files++
					s.File = s.File.Add(src.File)
					s.Ledger = s.Ledger.Add(src.Ledger)
					s.Shown = s.Shown.Add(src.Shown)
				}
			}
			s.Loaded = s.File.Amount.Round(15) == s.Ledger.Amount.Round(15)
			s.Adds = s.Shown.Amount == s.Total.Amount
			if s.Files > 0 {
				v.Sums = append(v.Sums, s)
			}
		}
	}
	for _, src := range r.Sources {
		if len(src.Warnings) > 0 || src.Rejected > 0 {
			v.Warned = append(v.Warned, src)
		}
		if !src.Current {
			continue
		}
		if place, ok := enginePlace(src.Ref); ok {
			if !slices.Contains(places, place) {
				places = append(places, place)
				v.Commands = append(v.Commands, "usagereport load --engine "+shellQuote(place))
			}
			continue
		}
		if src.LoadID == last { // in another currency
			continue
		}
		if last = src.LoadID; listed == maxFiles {
			v.Unlisted++
			continue
		}
		if src.Flags != flags {
			load()
			flags = src.Flags
		}
		refs = append(refs, shellQuote(src.Ref))
		listed++
	}
	load()
	if len(r.Parts) > 0 {
		v.Commands = append(v.Commands, "usagereport report"+chosen(r, &r.Parts[0]))
	}
	return v, len(r.Sources) > 0 || len(r.Parts) > 0
}

// enginePlace returns the place that a month was read from where it lies, as --engine has
// it, and whether a ref is that of such a month: parquet:PLACE#MONTH, or
// trino://HOST/CATALOG/SCHEMA/TABLE#MONTH.
func enginePlace(ref string) (place string, ok bool) {
	at := strings.LastIndexByte(ref, '#')
	if at < 0 {
		return "", false
	}
	place = ref[:at]
	if strings.HasPrefix(place, "parquet:") {
		return place, true
	}
	table, ok := strings.CutPrefix(place, "trino://")
	if parts := strings.Split(table, "/"); ok && len(parts) == 4 {
		return fmt.Sprintf("trino://USER@%s/%s/%s?table=%s", parts[0], parts[1], parts[2], parts[3]), true
	}
	return "", false
}

// maxQuoted is how much of a file's name or a statement stands in a command.
const maxQuoted = 1000

// shellQuote returns s as one word of a shell command. A file's name is data,
// also in a line that is copied.
func shellQuote(s string) string {
	s = locale.Name(s, maxQuoted)
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=,") == "" && s[0] != '-' {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

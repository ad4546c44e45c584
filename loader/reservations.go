package loader

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"usagereport/internal/smallcsv"
)

// A reservationFile is one kind of Azure's files of reservations, which say something beside the
// usage: their amounts are in the cost files already, or are none.
type reservationFile struct {
	kind, format, title string
	must                []string // the columns by which it is known
	days                []string // columns of days or times, of which the first is there in each row
	numbers             []string // and of numbers, not less than 0 but for amounts
	scope               []string // the columns that say of what a row is; a file speaks for all of one
	id                  []string // those that tell the rows of a scope apart; none: the whole row, as often as it is there
}

// reservationFiles lists them. The columns are those of Microsoft's own documents; price sheets and
// recommendations of a billing profile (MCA) spell them with blanks.
func reservationFiles() []reservationFile {
	return []reservationFile{
		{
			kind: "hours", format: "azure_reservation_details", title: "Azure reservation details",
			must: []string{"ReservationId", "UsageDate", "ReservedHours", "UsedHours"},
			days: []string{"UsageDate"}, numbers: []string{"ReservedHours", "UsedHours"},
			scope: []string{"UsageDate", "ReservationId"}, id: []string{"InstanceId", "SkuName"},
		},
		{
			kind: "transaction", format: "azure_reservation_transactions", title: "Azure reservation transactions",
			must: []string{"EventDate", "EventType", "ReservationOrderId", "Amount", "Currency"},
			days: []string{"EventDate"}, numbers: []string{"Amount", "Quantity"},
		},
		{
			kind: "recommendation", format: "azure_reservation_recommendations", title: "Azure reservation recommendations",
			must:    []string{"CostWithNoReservedInstances", "RecommendedQuantity", "NetSavings", "LookBackPeriod", "Term"},
			days:    []string{"FirstUsageDate"},
			numbers: []string{"CostWithNoReservedInstances", "TotalCostWithReservedInstances", "NetSavings", "RecommendedQuantity"},
			scope:   []string{"Scope", "SubscriptionId", "ResourceType", "LookBackPeriod", "Term"},
		},
	}
}

// reservationsOf returns what kind of file of reservations has a header; nil for none.
func reservationsOf(h Header) *reservationFile {
	x := h.index()
	for _, f := range reservationFiles() {
		if !slices.ContainsFunc(f.must, func(name string) bool { return x.find(column{name}) < 0 }) && x.find(column{"BilledCost"}) < 0 {
			return &f
		}
	}
	return nil
}

// isBeside says whether a header is that of a file that says something beside the usage.
func isBeside(h Header) bool { return isRates(h) || isContracts(h) || reservationsOf(h) != nil }

// personal are the columns that are not kept: who owns an account is no cost.
func personal() []string { return []string{"accountowneremail"} }

// load reads a file of f into the table reservations. It returns how many lines there are
// and how many of them said something new.
func (f *reservationFile) load(ctx context.Context, conn *sql.Conn, in io.Reader, ref string, order DayOrder) (lines, changed int64,
	err error,
) {
	known := slices.Concat(f.must, f.days, f.numbers, f.scope, f.id)
	table, err := smallcsv.Read("", in, smallcsv.Columns{Known: known, Must: f.must, Others: true})
	if err != nil {
		return 0, 0, rejected(err)
	}
	type given struct {
		Scope string            `json:"scope"`
		ID    string            `json:"id"`
		Said  map[string]string `json:"said"`
	}
	seen := map[string]int{} // on which line a row was last
	var batch []given
	if _, err := conn.ExecContext(ctx, query("reservations_given")); err != nil {
		return 0, 0, err
	}
	put := func() error {
		b, err := json.Marshal(batch)
		if err != nil {
			return err
		}
		batch = batch[:0]
		_, err = conn.ExecContext(ctx, query("reservations_put"), sql.Named("rows", string(b)))
		return err
	}
	order = orderBeside(table, f.days, order)
	for _, r := range table.Rows {
		said, err := f.said(r, table.Header, order)
		if err != nil {
			return 0, 0, rejected(err)
		}
		g := given{Said: said, Scope: keyed(said, f.scope), ID: keyed(said, f.id)}
		if f.id == nil {
			all, err := json.Marshal(said)
			if err != nil {
				return 0, 0, err
			}
			g.ID = string(all)
		}
		if f.scope == nil {
			g.Scope = g.ID
		}
		key := g.Scope + "\x00" + g.ID
		if line := seen[key]; line > 0 && f.id != nil {
			return 0, 0, rejected(r.Wrong("", fmt.Sprintf("says of the same as line %d, so its hours would count twice", line)))
		}
		if f.id == nil { // the same twice in one file is twice
			for n := 2; seen[key] > 0; n++ {
				g.ID = fmt.Sprint(strings.TrimSuffix(g.ID, fmt.Sprint(" ", n-1)), " ", n)
				key = g.Scope + "\x00" + g.ID
			}
		}
		seen[key] = r.Line
		if batch = append(batch, g); len(batch) == 5000 {
			if err := put(); err != nil {
				return 0, 0, err
			}
		}
	}
	if err := put(); err != nil {
		return 0, 0, err
	}
	err = conn.QueryRowContext(ctx, query("reservations_changed"), sql.Named("kind", f.kind)).Scan(&changed)
	if err != nil || changed == 0 {
		return int64(len(table.Rows)), 0, err
	}
	if _, err := conn.ExecContext(ctx, query("reservations_replaced"), sql.Named("kind", f.kind)); err != nil {
		return 0, 0, err
	}
	_, err = conn.ExecContext(ctx, query("reservations_take"), sql.Named("kind", f.kind), sql.Named("ref", ref))
	return int64(len(table.Rows)), changed, err
}

// said returns what a row says, by its columns' plain names: days and numbers as SQL reads them.
func (f *reservationFile) said(r smallcsv.Row, header []string, order DayOrder) (map[string]string, error) {
	out := map[string]string{}
	for _, name := range header {
		v, plain := r.Get(name), plainName(name)
		if v == "" || isNull([]byte(v)) || slices.Contains(personal(), plain) {
			continue
		}
		switch {
		case slices.Contains(f.days, name):
			micros, err := parseTime([]byte(v), order)
			if err != nil {
				return nil, r.Wrong(name, err.Error())
			}
			v = time.UnixMicro(micros).UTC().Format(time.DateOnly)
		case slices.Contains(f.numbers, name):
			d, err := numberIn(r, name, v)
			if err != nil {
				return nil, err
			}
			if d.Sign() < 0 && f.kind == "hours" {
				return nil, r.Wrong(name, "is negative")
			}
			v = d.String()
		case name == "Currency":
			code, err := currencyIn(r, name, v)
			if err != nil {
				return nil, err
			}
			v = code
		case strings.HasSuffix(plain, "id"):
			v = strings.ToLower(v) // one thing in any case of letters
		}
		out[plain] = v
	}
	for _, name := range slices.Concat(f.must, f.days[:1]) {
		if name != "Term" && name != "LookBackPeriod" && out[plainName(name)] == "" {
			return nil, r.Wrong(name, "is empty")
		}
	}
	return out, nil
}

// plainName is a column's name in small letters, without what may stand between its words.
func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(name))
}

// keyed writes some values as one text, different for different ones.
func keyed(said map[string]string, names []string) string {
	var out []string
	for _, name := range names {
		out = append(out, cmp.Or(said[plainName(name)], "-"))
	}
	return strings.Join(out, "\x1f")
}

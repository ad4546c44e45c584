package loader

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/ledger"
	"usagereport/usage"
)

// moveEnds moves the ends of billing periods of a load that name their last day, and
// returns how many texts name such an end.
func (r *run) moveEnds(ctx context.Context, load int64, alone bool) (moved int64, err error) {
	const may = "SELECT count(*) FROM load_keys WHERE load_id = $load AND day(BillingPeriodEnd + 1) = day(BillingPeriodStart)"
	err = r.conn.QueryRowContext(ctx, may, sql.Named("load", load)).Scan(&moved)
	switch {
	case err != nil || moved == 0:
		return 0, err
	case !alone:
		return 0, &ledger.AloneError{Load: load}
	}
	out, err := r.conn.ExecContext(ctx, query("inclusive_ends"), sql.Named("load", load))
	if err != nil {
		return 0, fmt.Errorf("move the ends of billing periods: %w", err)
	}
	return out.RowsAffected()
}

// A content is what is read of a job: of one file, or of the parts of a run one
// after another.
type content struct {
	*run
	job  *job
	kept *keep
	res  *FileResult
	load ledger.Load
	scan scanOptions
	// misread names the load of the same content whose place this one takes.
	misread string

	counts
	first  firstRow
	series series
	sum    hash.Hash // of the unpacked bytes
	bytes  int64
	header Header // of the first part
	plan   *plan  // likewise; nil for what is no load: rates, contracts, reservations, activity
	dict   *dictionary
	stage  *stage // where the rows go as they are read; nil of a small file, whose rows are held
	held   *batch // of a small file
	// shift is added to line numbers: -1 where the header is no line of the file.
	shift int64
}

// begin prepares the load of a content whose rows go on as they are read, inside a
// transaction.
func (r *run) begin(ctx context.Context, j *job, ref string, res *FileResult, kept *keep) (*content, error) {
	c := r.newContent(j, ref, res, kept)
	return c, r.number(ctx, c)
}

// number gives contents that are loaded together their numbers, and empties the table
// of their keys, inside a transaction.
func (r *run) number(ctx context.Context, contents ...*content) (err error) {
	id, err := ledger.NextID(ctx, r.conn)
	if err != nil {
		return err
	}
	for i, c := range contents {
		c.load.ID = id + int64(i)
	}
	if r.free, err = ledger.FreeKeys(ctx, r.conn); err != nil {
		return err
	}
	_, err = r.conn.ExecContext(ctx, createKeys())
	return err
}

func (r *run) newContent(j *job, ref string, res *FileResult, kept *keep) *content {
	o := r.options
	load := ledger.Load{Ref: ref, LoadedAt: o.Now().UTC().Truncate(time.Second), Flags: o.flags()}
	load.Version = r.version(j)
	if j.manifest != nil {
		load.Submitted, load.Span = j.manifest.submitted, j.manifest.span
	}
	return &content{
		run: r, res: res, sum: sha256.New(), load: load, job: j, kept: kept,
		scan: scanOptions{
			order: o.DateOrder, decimals: o.Decimals, currency: cmp.Or(o.AssumeCurrency, usage.NoCurrency),
			maxRejects: o.MaxRejects,
		},
	}
}

// texts returns the texts that are new since the last call.
func (c *content) texts(base int64) texts {
	return texts{load: c.load.ID, base: base, currency: c.plan.currencyName, entries: c.dict.take()}
}

// commit completes the loads of contents whose rows are written, and describes each
// in its result. Their numbers follow each other.
func (r *run) commit(ctx context.Context, contents ...*content) error {
	if contents[0].plan == nil {
		return nil // rates, contracts, reservations or activity, which are no load
	}
	for _, c := range contents {
		c.settle()
		if err := c.once(ctx); err != nil {
			return err
		}
	}
	if c := contents[0]; len(contents) == 1 {
		known, misread, err := r.already(ctx, c.sum, c.job.costType(), c.res)
		switch {
		case err != nil:
			return err
		case known:
			return errDone
		case misread != nil:
			if err := c.instead(ctx, misread); err != nil {
				return err
			}
		}
	}
	anew, whole := false, false
	for _, c := range contents {
		verdict, err := c.checked()
		if err != nil {
			return err
		}
		c.res.Warnings = append(c.res.Warnings, verdict.Warnings...)
		anew, whole = anew || verdict.Anew, whole || verdict.Whole
	}
	committed, err := r.committed(ctx)
	if err != nil {
		return err
	}
	for _, c := range contents {
		if err := c.complete(ctx, len(contents) == 1, committed[c.load.ID]); err != nil {
			return err
		}
	}
	if err := fillCategories(ctx, r.conn); err != nil {
		return err
	}
	first, last := contents[0].load.ID, contents[len(contents)-1].load.ID
	without, err := unrated(ctx, r.conn, "unrated", sql.Named("first", first), sql.Named("last", last))
	if err != nil {
		return err
	}
	apart, err := r.uncategorized(ctx, first, last)
	if err != nil {
		return err
	}
	loads := make([]ledger.Load, len(contents))
	for i, c := range contents {
		c.load.Warnings = slices.Concat(c.load.Warnings, without[c.load.ID], apart[c.load.ID])
		kept, err := c.kept.store(c.load.SHA256)
		if err != nil {
			return err
		}
		c.load.Kept = cmp.Or(kept, c.load.Kept)
		loads[i] = c.load
	}
	o := r.options
	outs, err := ledger.Commit(ctx, r.conn, loads, ledger.Rules{
		AllowShrink: o.AllowShrink || anew, Prefer: o.Prefer, SameRun: r.sameRun, Contracts: contracts(r.formats), Whole: whole,
	})
	if err != nil {
		return err
	}
	for i, c := range contents {
		res, l, out := c.res, loads[i], outs[i]
		res.LoadID, res.Replaced, res.Changed, res.First = l.ID, out.Replaced, out.Changed, out.First
		if c.misread != "" {
			res.Replaced = append(res.Replaced, c.misread)
		}
		res.CostType, res.Totals, res.Warnings = l.CostType, l.Totals, slices.Concat(l.Warnings, out.Beside)
		r.contents[l.SHA256], r.sizes[l.Bytes] = true, true // even if all is taken back: then it is asked in vain
	}
	return ledger.BilledPeriods(ctx, r.conn, first, last, func(load int64, name string, span usage.Period) {
		res := contents[load-first].res
		res.Periods, res.Spans = append(res.Periods, name), append(res.Spans, span)
	})
}

// contracts says which contract bills what the files of each format hold.
func contracts(formats []*Format) map[string]string {
	out := map[string]string{}
	for _, f := range formats {
		out[f.Name] = f.Contract
	}
	return out
}

// instead takes back a load of the same content that was read otherwise.
func (c *content) instead(ctx context.Context, misread *ledger.Description) error {
	_, gone, err := ledger.TakeBack(ctx, c.conn, misread.ID)
	if err != nil {
		return fmt.Errorf("take back load %d, which was read otherwise: %w", misread.ID, err)
	}
	c.misread = fmt.Sprintf("%s (load %d), which was read otherwise", misread.Ref, misread.ID)
	c.load.Kept = misread.Kept
	for _, f := range gone {
		c.res.Warnings = append(c.res.Warnings, fmt.Sprintf("%s is without charges now that load %d is read otherwise: load %s again",
			strings.Join(f.Periods, ", "), misread.ID, cmp.Or(f.Kept, f.Ref)))
	}
	return nil
}

// settle says in a content's result what was read of it.
func (c *content) settle() {
	if c.totals == nil {
		c.totals = map[string]usage.Decimal{}
	}
	c.res.Rejects, c.res.Rejected = c.rejects, int64(len(c.rejects))
	c.res.Rows = c.read - c.res.Rejected + c.credits
}

// complete fills in what is known of a load now that its rows are written. committed
// says whether its texts speak of commitments; alone that it is the only one.
func (c *content) complete(ctx context.Context, alone, committed bool) (err error) {
	r, load, format := c.run, &c.load, c.plan.format
	load.SHA256, load.Bytes = hex.EncodeToString(c.sum.Sum(nil)), c.bytes
	load.Format, load.Title, load.CostType = format.Name, format.Title, format.CostType
	load.Agreement, load.Outranks = format.Agreement, format.Outranks
	load.Rows, load.Rejected, load.Rounded, load.Totals = c.res.Rows, c.res.Rejected, c.rounded, c.totals
	if format.EitherCost {
		if load.CostType, err = c.costType(ctx, committed); err != nil {
			return err
		}
	} else if said := r.options.CostType; said != "" && said != format.CostType {
		c.res.Warnings = append(c.res.Warnings, fmt.Sprintf("--cost-type %s changes nothing of it: %s", said, costOf(format)))
	}
	if format.EndsAfter {
		moved, err := r.moveEnds(ctx, load.ID, alone)
		if err != nil {
			return err
		}
		if moved > 0 || c.ended > 0 {
			c.res.Warnings = append(c.res.Warnings, "its billing periods name their last day, or its last second, as their end; that day was "+
				"taken as part of them")
		}
	}
	load.Warnings = append(c.res.Warnings, r.warnings(format, c.counts, c.scan)...)
	for _, rej := range c.rejects {
		if _, err := r.conn.ExecContext(ctx, query("reject"), sql.Named("load", load.ID), sql.Named("ref", cmp.Or(rej.Ref, load.Ref)),
			sql.Named("line", rej.Line), sql.Named("column", rej.Column), sql.Named("value", rej.Value),
			sql.Named("reason", rej.Reason)); err != nil {
			return err
		}
	}
	return nil
}

// costOf says which cost the files of a format hold, all of them the same.
func costOf(f *Format) string {
	if f.CostType == "focus" {
		return "its rows have the billed and the effective cost, between which a report's --cost chooses"
	}
	return "its rows have the cost of the bill, and no other"
}

// settleSums decides about the rows that look like totals: the last row of a file is
// its total if it has the amount of all others together. Any other is a bad row.
func (c *content) settleSums() {
	for _, s := range c.sums {
		total := usage.Decimal{}
		for _, t := range c.totals {
			total = total.Add(t)
		}
		if len(c.sums) == 1 && s.Line > c.last && len(c.totals) == 1 && total == s.amount {
			c.read--
			c.res.Warnings = append(c.res.Warnings, fmt.Sprintf("line %d is the total of the rows above it, %s, and no row of its own", s.Line,
				s.amount))
			continue
		}
		c.rejects = append(c.rejects, s.Reject)
	}
	c.sums = nil
	if n := len(c.notes); n > 0 && n <= mostNotes && c.notes[0].Line > c.last {
		c.read -= int64(n)
		c.res.Warnings = append(c.res.Warnings, fmt.Sprintf("%d %s below the rows, behind an empty one, from line %d on (%q), and %s left out", n,
			plural(n, "line stands", "lines stand"), c.notes[0].Line, c.notes[0].Value, plural(n, "was", "were")))
	} else {
		c.rejects = append(c.rejects, c.notes...)
	}
	c.notes = nil
}

// mostNotes is how many lines below the rows may be notes: more are another file.
const mostNotes = 10

// committed returns the loads whose texts speak of commitments.
func (r *run) committed(ctx context.Context) (map[int64]bool, error) {
	rows, err := r.conn.QueryContext(ctx, query("committed"))
	if err != nil {
		return nil, fmt.Errorf("look for commitments: %w", err)
	}
	defer rows.Close()
	loads := map[int64]bool{}
	for rows.Next() {
		var load int64
		if err := rows.Scan(&load); err != nil {
			return nil, err
		}
		loads[load] = true
	}
	return loads, rows.Err()
}

// uncategorized says of loads which rows have no category that FOCUS knows.
func (r *run) uncategorized(ctx context.Context, first, last int64) (map[int64][]string, error) {
	rows, err := r.conn.QueryContext(ctx, query("uncategorized"), sql.Named("first", first), sql.Named("last", last))
	if err != nil {
		return nil, fmt.Errorf("look for charges without a category: %w", err)
	}
	defer rows.Close()
	warnings := map[int64][]string{}
	for rows.Next() {
		var load, n int64
		var words duckdb.Composite[[]string]
		if err := rows.Scan(&load, &n, &words); err != nil {
			return nil, fmt.Errorf("look for charges without a category: %w", err)
		}
		quoted := make([]string, 0, len(words.Get()))
		for _, w := range words.Get() {
			quoted = append(quoted, strconv.Quote(w))
		}
		warnings[load] = append(warnings[load], fmt.Sprintf("%d %s no ChargeCategory of FOCUS (%s): %s in every sum, but not as usage, "+
			"which forecasts and findings are of", n, plural(int(n), "row has", "rows have"), joined(quoted, 5),
			plural(int(n), "it counts", "they count")))
	}
	return warnings, rows.Err()
}

// costType distinguishes an actual from an amortized export by its rows: amortized ones
// spread commitments over usage, actual ones carry their purchases.
//
// committed says whether its texts speak of commitments at all.
func (c *content) costType(ctx context.Context, committed bool) (string, error) {
	said := cmp.Or(c.options.CostType, c.job.costType())
	if !committed {
		return cmp.Or(said, "actual"), nil
	}
	var spread, bought int64
	err := c.conn.QueryRowContext(ctx, query("cost_type"), sql.Named("load", c.load.ID)).Scan(&spread, &bought)
	switch {
	case err != nil:
		return "", fmt.Errorf("look for commitments: %w", err)
	case said == "actual" && spread > 0 && bought == 0:
		c.res.Warnings = append(c.res.Warnings, fmt.Sprintf("it is taken as actual cost, as was said, but %d of its rows %s the cost of commitments "+
			"spread over usage, as an amortized export has it; if it is one, load it with --cost-type amortized", spread, plural(int(spread), "has", "have")))
	case said == "amortized" && bought > 0 && spread == 0:
		c.res.Warnings = append(c.res.Warnings, fmt.Sprintf("it is taken as amortized cost, as was said, but %d of its rows %s commitments, as an "+
			"actual export has it; if it is one, load it with --cost-type actual", bought, plural(int(bought), "buys", "buy")))
	case said != "":
	case spread > 0 && bought > 0:
		return "", fmt.Errorf("it holds both purchases of commitments (%d rows) and their cost spread over usage (%d rows), "+
			"so it is neither an actual nor an amortized export; say which with --cost-type", bought, spread)
	case spread > 0:
		return "amortized", nil
	}
	return cmp.Or(said, "actual"), nil
}

package loader

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
	"golang.org/x/sync/errgroup"

	"usagereport/ledger"
)

// factColumns are the ledger's columns that differ from row to row; every other
// column of a format is a property of the row's texts.
var factColumns = []string{
	"ChargePeriodStart", "ChargePeriodEnd", "ConsumedQuantity", "PricingQuantity", "ListUnitPrice", "ContractedUnitPrice",
	"ListCost", "ContractedCost", "BilledCost", "EffectiveCost",
	"CommitmentDiscountQuantity", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice",
}

// keyColumns are the columns of the temporary table load_keys, each with what
// stands for it where a format does not give it.
var keyColumns = []struct{ name, absent, kind string }{
	{"BillingAccountId", "''", "VARCHAR"},
	{"BillingAccountName", "NULL", "VARCHAR"},
	{"SubAccountId", "''", "VARCHAR"},
	{"SubAccountName", "NULL", "VARCHAR"},
	{"BillingPeriodStart", "_month", "DATE"},
	{"BillingPeriodEnd", "(BillingPeriodStart + INTERVAL 1 MONTH)::DATE", "DATE"},
	{"x_BillingPeriod", "strftime(BillingPeriodStart, '%Y-%m')", "VARCHAR"},
	{"BillingCurrency", "'XXX'", "VARCHAR"},
	{"ChargeCategory", "'Usage'", "VARCHAR"},
	{"ChargeClass", "NULL", "VARCHAR"},
	{"ChargeDescription", "NULL", "VARCHAR"},
	{"ChargeFrequency", "NULL", "VARCHAR"},
	{"PricingCategory", "NULL", "VARCHAR"},
	{"CommitmentDiscountId", "NULL", "VARCHAR"},
	{"CommitmentDiscountName", "NULL", "VARCHAR"},
	{"CommitmentDiscountStatus", "NULL", "VARCHAR"},
	{"ServiceCategory", "NULL", "VARCHAR"},
	{"ServiceName", "NULL", "VARCHAR"},
	{"ServiceSubcategory", "NULL", "VARCHAR"},
	{"SkuId", "NULL", "VARCHAR"},
	{"SkuPriceId", "NULL", "VARCHAR"},
	{"SkuMeter", "NULL", "VARCHAR"},
	{"RegionId", "NULL", "VARCHAR"},
	{"RegionName", "NULL", "VARCHAR"},
	{"ResourceId", "NULL", "VARCHAR"},
	{"ResourceName", "NULL", "VARCHAR"},
	{"ResourceType", "NULL", "VARCHAR"},
	{"ConsumedUnit", "NULL", "VARCHAR"},
	{"PricingUnit", "NULL", "VARCHAR"},
	{"InvoiceId", "NULL", "VARCHAR"},
	{"ProviderName", "NULL", "VARCHAR"},
	{"PublisherName", "NULL", "VARCHAR"},
	{"Tags", "NULL", "MAP(VARCHAR, VARCHAR)"},
	{"x_ResourceGroupName", "NULL", "VARCHAR"},
	{"x_MeterId", "NULL", "VARCHAR"},
	{"x_MeterSubcategory", "NULL", "VARCHAR"},
	{"x_CostCenter", "NULL", "VARCHAR"},
	{"x_InvoiceSectionName", "NULL", "VARCHAR"},
	{"InvoiceIssuerName", "NULL", "VARCHAR"},
	{"ServiceProviderName", "NULL", "VARCHAR"},
	{"HostProviderName", "NULL", "VARCHAR"},
	{"InvoiceDetailId", "NULL", "VARCHAR"},
	{"BillingAccountType", "NULL", "VARCHAR"},
	{"SubAccountType", "NULL", "VARCHAR"},
	{"PricingCurrency", "NULL", "VARCHAR"},
	{"SkuPriceDetails", "NULL", "VARCHAR"},
	{"AvailabilityZone", "NULL", "VARCHAR"},
	{"CapacityReservationId", "NULL", "VARCHAR"},
	{"CapacityReservationStatus", "NULL", "VARCHAR"},
	{"CommitmentDiscountCategory", "NULL", "VARCHAR"},
	{"CommitmentDiscountType", "NULL", "VARCHAR"},
	{"CommitmentDiscountUnit", "NULL", "VARCHAR"},
	{"AllocatedMethodId", "NULL", "VARCHAR"},
	{"AllocatedMethodDetails", "NULL", "VARCHAR"},
	{"AllocatedResourceId", "NULL", "VARCHAR"},
	{"AllocatedResourceName", "NULL", "VARCHAR"},
	{"AllocatedTags", "NULL", "VARCHAR"},
	{"ContractApplied", "NULL", "VARCHAR"},
	{"billing_profile", "NULL", "VARCHAR"},
}

// columnNames returns the columns that a format's SELECT may give beside _key.
func columnNames() []string {
	out := slices.Clone(factColumns)
	for _, c := range keyColumns {
		out = append(out, c.name)
	}
	return out
}

// A stage writes rows into the ledger, batch by batch, inside the transaction on
// its connection: the charges into the table charges, their texts, once for each
// distinct combination, into the temporary table load_keys. The rows are those of
// one content, or of several whose plans write the same columns.
type stage struct {
	conn    *sql.Conn
	format  *Format
	plan    *plan       // says which numbers the file has
	numbers ledger.Keys // by the number of texts
	feed    *feed
	facts   *facts
	insert  string
	keys    string
	part    []uint32 // by the number of texts: the row of load_parts that holds what facts takes from them
	batches chan batch
	pending []*rows
	size    int // the number of rows in pending
	rows    int // in all
}

// batchRows is the number of rows that one INSERT takes: enough to make its
// overhead small, few enough that reading and inserting overlap. batchTexts is
// the number of bytes of new texts: a batch of many takes memory twice over.
const (
	batchRows  = 64 * 1024
	batchTexts = 8 << 20
	// Reading goes on while DuckDB packs a row group, which takes as long as
	// several batches.
	batchesAhead = 4
	// DuckDB divides a table by 122,880 rows. With fewer than some of these, its further threads
	// spin for want of work: a fifth of a load's CPU time, and nothing won by the clock.
	manyRows = 500_000
)

// A batch is rows on their way into the ledger, and the texts that they refer
// to and no batch before them did.
type batch struct {
	rows  []*rows
	size  int // the number of rows
	texts []texts
}

// texts are fresh combinations of texts of one content.
type texts struct {
	load     int64
	base     int64  // is added to their numbers
	currency string // where they name none
	entries  []entry
}

// createKeys is the statement that makes the temporary table load_keys, empty.
func createKeys() string {
	var b strings.Builder
	b.WriteString("CREATE OR REPLACE TEMP TABLE load_keys (load_id BIGINT, key_id BIGINT")
	for _, c := range keyColumns {
		fmt.Fprintf(&b, ", %s %s", c.name, c.kind)
	}
	b.WriteString(")")
	return b.String()
}

// newStage prepares to write what plans like p read, of one load or, where load is 0,
// of several. numbers are those that texts may get.
func newStage(ctx context.Context, conn *sql.Conn, feed *feed, p *plan, numbers ledger.Keys, load int64) (*stage, error) {
	s := &stage{conn: conn, format: p.format, plan: p, numbers: numbers, feed: feed}
	if _, err := conn.ExecContext(ctx, s.createTexts()); err != nil {
		return nil, err
	}
	given, err := s.given(ctx)
	if err != nil {
		return nil, fmt.Errorf("format %s: %w", p.format.Name, err)
	}
	if s.facts, err = factsOf(ctx, conn, p.format); err != nil {
		return nil, fmt.Errorf("format %s: %w", p.format.Name, err)
	}
	if len(s.facts.names) > 0 {
		if _, err := conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE load_parts AS SELECT 0::BIGINT AS _part, * EXCLUDE "+
			"(_key) FROM ("+s.rawTexts()+s.facts.parts+") LIMIT 0"); err != nil {
			return nil, fmt.Errorf("format %s: %w", p.format.Name, err)
		}
	}
	s.insert = s.insertCharges(given, load)
	s.keys = s.insertKeys(given)
	return s, nil
}

// createTexts makes the table raw_texts, empty: it holds the texts that no batch
// before this one had.
func (s *stage) createTexts() string {
	var b strings.Builder
	b.WriteString("CREATE OR REPLACE TEMP TABLE raw_texts (_load BIGINT, _key BIGINT, _month DATE, _currency VARCHAR")
	for _, t := range s.format.texts {
		fmt.Fprintf(&b, ", %s VARCHAR", ident(t))
	}
	b.WriteString(");\n")
	return b.String()
}

// given returns the columns that the format's SELECT gives.
func (s *stage) given(ctx context.Context) (map[string]bool, error) {
	rows, err := s.conn.QueryContext(ctx, "SELECT * FROM ("+s.rawTexts()+s.format.SQL+") LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	known := columnNames()
	out := map[string]bool{}
	for _, n := range names {
		if n != "_key" && !slices.Contains(known, n) {
			return nil, fmt.Errorf("the SELECT gives %q, which is no column of the ledger; those are %s", n, strings.Join(known, ", "))
		}
		out[n] = true
	}
	if !out["_key"] {
		return nil, errors.New("the SELECT does not give _key, by which its rows are numbered")
	}
	return out, rows.Err()
}

// rawTexts is the relation raw for what depends on the texts alone.
func (s *stage) rawTexts() string {
	var b strings.Builder
	b.WriteString("WITH raw AS (SELECT *")
	for _, d := range s.format.Days {
		fmt.Fprintf(&b, ", NULL::TIMESTAMP AS %s", ident(d))
	}
	for _, n := range s.format.Numbers {
		fmt.Fprintf(&b, ", NULL::DECIMAL(38,18) AS %s", ident(n))
	}
	b.WriteString(" FROM raw_texts) ")
	return b.String()
}

func (s *stage) insertKeys(given map[string]bool) string {
	names, exprs := make([]string, len(keyColumns)), make([]string, len(keyColumns))
	for i, c := range keyColumns {
		names[i] = c.name
		switch {
		case given[c.name] && c.absent == "''":
			exprs[i] = "coalesce(" + c.name + ", '')"
		case given[c.name] && c.name == "Tags":
			exprs[i] = "Tags::JSON::MAP(VARCHAR, VARCHAR)"
		case given[c.name]:
			exprs[i] = c.name
		default:
			exprs[i] = c.absent
		}
	}
	return "INSERT INTO load_keys (load_id, key_id, " + strings.Join(names, ", ") + ") SELECT m._load, g._key, " + strings.Join(exprs, ", ") +
		" FROM (" + s.rawTexts() + s.format.SQL + ") g JOIN (SELECT _load, _key, _month FROM raw_texts) m ON m._key = g._key"
}

// insertCharges is the statement that moves one batch from the feed into the
// ledger. Of several loads a charge is of that which its texts are of.
func (s *stage) insertCharges(given map[string]bool, load int64) string {
	var raw strings.Builder
	raw.WriteString("WITH raw AS (SELECT f.k AS _key")
	from := s.feed.name + "() f"
	if len(s.facts.names) > 0 {
		raw.WriteString(", p.* EXCLUDE (_part)")
		from += " JOIN load_parts p ON p._part = f.p"
	}
	for i, d := range s.format.Days {
		if s.plan.days[i] < 0 {
			fmt.Fprintf(&raw, ", NULL::TIMESTAMP AS %s", ident(d))
			continue
		}
		fmt.Fprintf(&raw, ", f.d%d AS %s", i, ident(d))
	}
	for i, n := range s.format.Numbers {
		if !s.plan.hasNumber(i) {
			fmt.Fprintf(&raw, ", NULL::DECIMAL(38,18) AS %s", ident(n))
			continue
		}
		fmt.Fprintf(&raw, ", f.n%d AS %s", i, ident(n))
	}
	raw.WriteString(" FROM " + from + ") ")
	exprs := make([]string, len(factColumns))
	for i, c := range factColumns {
		switch {
		case !given[c]:
			exprs[i] = "NULL"
		case c == "BilledCost" || c == "EffectiveCost":
			exprs[i] = "coalesce(" + c + ", 0)"
		case c == "ChargePeriodEnd":
			exprs[i] = "coalesce(ChargePeriodEnd, ChargePeriodStart + INTERVAL 1 DAY)"
		default:
			exprs[i] = c
		}
	}
	of, join := strconv.FormatInt(load, 10), ""
	if load == 0 {
		of, join = "k.load_id", " JOIN (SELECT load_id, key_id FROM load_keys) k ON k.key_id = _key"
	}
	return "INSERT INTO charges (load_id, key_id, " + strings.Join(factColumns, ", ") + ") SELECT " + of + ", _key, " +
		strings.Join(exprs, ", ") + " FROM (" + raw.String() + s.facts.sql + ")" + join
}

// add takes rows of a content and hands them over in batches.
func (s *stage) add(ctx context.Context, c *content, r *rows) error {
	if len(r.keys) == 0 {
		return nil // all of the block's rows were bad
	}
	s.pending = append(s.pending, r)
	s.size += len(r.keys)
	s.rows += len(r.keys)
	if s.size < batchRows && c.dict.waiting() < batchTexts {
		return nil
	}
	return s.flush(ctx, c)
}

// flush hands over what add has taken.
func (s *stage) flush(ctx context.Context, c *content) error {
	select {
	case s.batches <- batch{rows: s.pending, texts: []texts{c.texts(0)}}:
		s.pending, s.size = nil, 0
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write runs produce, which adds rows, and writes the batches that it hands
// over, the one beside the other: half of the cores are DuckDB's meanwhile. With
// more of them, those of its threads that find nothing to do go on asking, which
// the reading needs more.
func (s *stage) write(ctx context.Context, produce func(context.Context) error) (err error) {
	if err := ledger.UseCores(ctx, s.conn, true); err != nil {
		return err
	}
	defer func() {
		if err == nil && s.rows > manyRows { // after an error the transaction takes nothing more, and the next one asks again
			err = ledger.UseCores(ctx, s.conn, false)
		}
	}()
	g, ctx := errgroup.WithContext(ctx)
	s.batches = make(chan batch, batchesAhead)
	g.Go(func() error {
		defer close(s.batches)
		return produce(ctx)
	})
	g.Go(func() error {
		for b := range s.batches {
			if err := s.writeBatch(ctx, b); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

func (s *stage) writeBatch(ctx context.Context, b batch) error {
	if err := s.writeTexts(ctx, b.texts); err != nil {
		return err
	}
	if len(b.rows) == 0 {
		return nil
	}
	s.feed.load(b.rows, s.numbers.Of, s.plan, s.part)
	_, err := s.conn.ExecContext(ctx, s.insert)
	return err
}

func (s *stage) writeTexts(ctx context.Context, fresh []texts) error {
	if !slices.ContainsFunc(fresh, func(t texts) bool { return len(t.entries) > 0 }) {
		return nil
	}
	n := len(s.format.texts)
	err := s.conn.Raw(func(driverConn any) error {
		a, err := duckdb.NewAppender(driverConn.(*duckdb.Conn), "temp", "main", "raw_texts")
		if err != nil {
			return err
		}
		row := make([]driver.Value, 4+n)
		tags := tagCache{}
		for _, t := range fresh {
			row[0], row[3] = t.load, t.currency
			for _, e := range t.entries {
				values, month := unpackTexts(e.texts, n)
				row[1], row[2] = s.numbers.Of(t.base+int64(e.number)), month.Time()
				for i, v := range values {
					row[4+i] = nil
					if i == s.plan.tags {
						v = tags.canonical(v)
					}
					if v != "" {
						row[4+i] = strings.ToValidUTF8(v, "\ufffd")
					}
				}
				if err := a.AppendRow(row...); err != nil {
					return errors.Join(err, a.Close())
				}
			}
		}
		return a.Close()
	})
	if err != nil {
		return err
	}
	err = s.writeParts(ctx)
	if err == nil {
		_, err = s.conn.ExecContext(ctx, s.keys+"; "+s.createTexts())
	}
	if err != nil {
		return fmt.Errorf("format %s: %w", s.format.Name, err)
	}
	return nil
}

// writeParts evaluates what the facts take from the fresh texts. It has few
// different results; each gets a row in load_parts.
func (s *stage) writeParts(ctx context.Context) error {
	names := s.facts.names
	if len(names) == 0 {
		return nil
	}
	same := make([]string, len(names))
	for i, n := range names {
		same[i] = "p." + n + " IS NOT DISTINCT FROM f." + n
	}
	fresh := "(" + s.rawTexts() + s.facts.parts + ") f"
	on := " load_parts p ON " + strings.Join(same, " AND ")
	_, err := s.conn.ExecContext(ctx, "INSERT INTO load_parts SELECT (SELECT count(*) FROM load_parts) + row_number() OVER (), * "+
		"FROM (SELECT DISTINCT f.* EXCLUDE (_key) FROM "+
		fresh+" ANTI JOIN"+on+")")
	if err != nil {
		return err
	}
	rows, err := s.conn.QueryContext(ctx, "SELECT f._key, p._part FROM "+fresh+" JOIN"+on)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key, part int64
		if err := rows.Scan(&key, &part); err != nil {
			return err
		}
		n := int(s.numbers.Number(key))
		if n >= len(s.part) {
			s.part = append(s.part, make([]uint32, n+1-len(s.part))...)
		}
		s.part[n] = uint32(part)
	}
	return rows.Err()
}

// alike reports whether what two plans read can be written by one stage.
func (p *plan) alike(q *plan) bool {
	if p.format != q.format || p.tags != q.tags {
		return false
	}
	for i := range p.days {
		if p.days[i] < 0 != (q.days[i] < 0) {
			return false
		}
	}
	for i := range p.numbers {
		if p.hasNumber(i) != q.hasNumber(i) {
			return false
		}
	}
	return true
}

// hasNumber says whether the file has number i of its format.
func (p *plan) hasNumber(i int) bool {
	return p.numbers[i] >= 0 || p.format.Sections || len(p.kinds) > 0 && i == p.kind
}

// ident quotes an SQL identifier.
func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

package trino_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/engine"
	"usagereport/engine/enginetest"
	"usagereport/engine/trino"
	"usagereport/usage"
)

// small is a fixture and its table.
func (c *cluster) small(t *testing.T) (f *enginetest.Fixture, name string) {
	t.Helper()
	name = c.folder(t)
	f = enginetest.NewFixture(t, filepath.Join(c.dir, "data", name), 1000)
	c.hive(t, f, name)
	return f, name
}

func TestPartitionsOfOtherCaseAreEmptyWithoutAWord(t *testing.T) {
	c := running(t)
	name := c.folder(t)
	f := enginetest.NewFixture(t, filepath.Join(c.dir, "data", name), 1000)
	statements := engine.DDL(engine.Hive, engine.TableName{Catalog: "hive", Schema: name, Table: "focus"}, "local:///"+name, columns(t, f),
		[]string{"x_BillingPeriod", "run_id"})
	for i, s := range statements {
		if i == len(statements)-1 {
			s = strings.Replace(s, ", false)", ")", 1)
		}
		c.exec(t, s)
	}
	err := months(t.Context(), c.open(t, "hive", name, "focus", trino.Options{}))
	if e := (*engine.EmptyError)(nil); !errors.As(err, &e) || !strings.Contains(err.Error(), "'FULL', false)") {
		t.Errorf("got %v, want an EmptyError that says how partitions are registered", err)
	}
}

func TestADeclaredScaleThatCutsDigitsIsTold(t *testing.T) {
	c := running(t)
	name := c.folder(t)
	f := enginetest.NewFixture(t, filepath.Join(c.dir, "data", name), 1000)
	for _, s := range engine.DDL(engine.Hive, engine.TableName{Catalog: "hive", Schema: name, Table: "focus"}, "local:///"+name, columns(t, f),
		[]string{"x_BillingPeriod", "run_id"}) {
		c.exec(t, strings.ReplaceAll(s, "BilledCost decimal(38,18)", "BilledCost decimal(38,12)"))
	}
	info, err := engine.Check(t.Context(), c.open(t, "hive", name, "focus", trino.Options{}), engine.Options{})
	if err != nil || len(info.Problems) != 1 || !strings.Contains(info.Problems[0], "BilledCost is a decimal(38,12)") {
		t.Errorf("got %q, %v", info.Problems, err)
	}
}

func TestAMoneyColumnThatTheFilesLackIsTold(t *testing.T) {
	c := running(t)
	name := c.folder(t)
	f := enginetest.NewFixture(t, filepath.Join(c.dir, "data", name), 1000)
	for _, s := range engine.DDL(engine.Hive, engine.TableName{Catalog: "hive", Schema: name, Table: "focus"}, "local:///"+name, columns(t, f),
		[]string{"x_BillingPeriod", "run_id"}) {
		c.exec(t, strings.ReplaceAll(s, "BilledCost decimal", "Cost decimal"))
	}
	e := c.open(t, "hive", name, "focus", trino.Options{})
	table, err := engine.Open(t.Context(), e, engine.Options{Columns: map[string]string{"BilledCost": "Cost"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = table.Months(t.Context())
	if n := (*engine.NullError)(nil); !errors.As(err, &n) || n.Column != "BilledCost" {
		t.Errorf("got %v, want a NullError of BilledCost", err)
	}
}

func TestTimesWithAZoneAreOfTheirDayInUTC(t *testing.T) {
	c := running(t)
	_, name := c.small(t)
	c.exec(t, "CREATE VIEW hive."+name+".zoned AS SELECT BillingAccountId, BillingCurrency, BillingPeriodStart, BillingPeriodEnd, "+
		"ChargeCategory, "+
		"ServiceName, BilledCost, EffectiveCost, CommitmentDiscountId, x_BillingPeriod, run_id, with_timezone(ChargePeriodStart, 'UTC') AT "+
		"TIME ZONE 'Asia/Taipei' AS "+
		"ChargePeriodStart, with_timezone(ChargePeriodEnd, 'UTC') AS ChargePeriodEnd FROM hive."+name+".focus")
	var days [2]string
	for i, table := range []string{"focus", "zoned"} {
		open, err := engine.Open(t.Context(), c.open(t, "hive", name, table, trino.Options{}), engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found, err := open.Months(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if _, err := open.Charges(t.Context(), found[0], open.By("ChargePeriodStart", "BillingCurrency", "BilledCost", "EffectiveCost"),
			&text); err != nil {
			t.Fatal(err)
		}
		days[i] = text.String()
	}
	if sorted(days[0]) != sorted(days[1]) {
		t.Error("the days differ")
	}
}

func sorted(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestAManifestInTheFolderIsTold(t *testing.T) {
	c := running(t)
	f, name := c.small(t)
	below := filepath.Join(f.Dir, "x_BillingPeriod=2026-09", "run_id=r2")
	if err := os.WriteFile(filepath.Join(below, "manifest.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := c.open(t, "hive", name, "focus", trino.Options{})
	err := months(t.Context(), e)
	if d := (*trino.DataError)(nil); !errors.As(err, &d) || !strings.Contains(err.Error(), "manifest.json") {
		t.Errorf("got %v, want a DataError that names manifest.json", err)
	}
	if err := os.Rename(filepath.Join(below, "manifest.json"), filepath.Join(below, "_manifest.json")); err != nil {
		t.Fatal(err)
	}
	if err := months(t.Context(), e); err != nil {
		t.Errorf("_manifest.json: %v", err)
	}
}

func TestADeclaredTypeThatTheFilesDoNotHaveIsTold(t *testing.T) {
	c := running(t)
	name := c.folder(t)
	f := enginetest.NewFixture(t, filepath.Join(c.dir, "data", name), 1000)
	for _, s := range engine.DDL(engine.Hive, engine.TableName{Catalog: "hive", Schema: name, Table: "focus"}, "local:///"+name, columns(t, f),
		[]string{"x_BillingPeriod", "run_id"}) {
		c.exec(t, strings.ReplaceAll(s, "BilledCost decimal(38,18)", "BilledCost double"))
	}
	err := months(t.Context(), c.open(t, "hive", name, "focus", trino.Options{}))
	if e := (*engine.TypeError)(nil); !errors.As(err, &e) {
		t.Errorf("got %v, want a TypeError", err)
	}
}

func TestATextThatIsNoDayIsTold(t *testing.T) {
	c := running(t)
	_, name := c.small(t)
	c.exec(t, "CREATE VIEW hive."+name+".texts AS SELECT BillingAccountId, BillingCurrency, BillingPeriodStart, BillingPeriodEnd, "+
		"'03.09.2026' AS ChargePeriodStart, ChargePeriodEnd, ChargeCategory, ServiceName, x_BillingPeriod, run_id, EffectiveCost, BilledCost "+
		"FROM hive."+name+".focus")
	err := months(t.Context(), c.open(t, "hive", name, "texts", trino.Options{}))
	if e := (*engine.DayError)(nil); !errors.As(err, &e) || !strings.Contains(err.Error(), "03.09.2026") {
		t.Errorf("got %v, want a DayError", err)
	}
}

// Floats are made exact by the same steps as in Parquet files, and large ones fit.
func TestFloatsAreRoundedAlike(t *testing.T) {
	c := running(t)
	f, name := c.small(t)
	for amount, each := range map[string]string{
		"1234567890.25": "1234567890.250000000000000000", "-1234567890.25": "-1234567890.250000000000000000",
		"0.1": "0.100000000000000000", "-0.00000000005": "-0.000000000100000000",
	} {
		c.exec(t, "CREATE OR REPLACE VIEW hive."+name+".floats AS SELECT BillingAccountId, BillingCurrency, BillingPeriodStart, BillingPeriodEnd, "+
			"ChargePeriodStart, ChargePeriodEnd, ChargeCategory, ServiceName, x_BillingPeriod, run_id, EffectiveCost, CAST("+amount+" AS double) "+
			"AS BilledCost FROM hive."+name+".focus")
		table, err := engine.Open(t.Context(), c.open(t, "hive", name, "floats", trino.Options{}), engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found, err := table.Months(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", amount, err)
		}
		var want string
		err = f.DB.QueryRowContext(t.Context(), "SELECT sum("+each+"::DECIMAL(38,18))::VARCHAR FROM usage WHERE x_BillingPeriod = '2026-09' AND "+
			"BillingCurrency = 'EUR'").Scan(&want)
		if err != nil {
			t.Fatal(err)
		}
		if got := found[1].Totals["EUR"].Billed; got != usage.MustDecimal(want) {
			t.Errorf("%s: %s, want %s", amount, got, want)
		}
	}
}

// What a month has when it is read is held to what it had when it was counted.
func TestAMonthThatChangesBetweenCountAndRead(t *testing.T) {
	c := running(t)
	f, name := c.small(t)
	table, err := engine.Open(t.Context(), c.open(t, "hive", name, "focus", trino.Options{}), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := table.Months(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g := table.By("ChargePeriodStart", "BillingCurrency", "BilledCost", "EffectiveCost")
	read := func(m engine.Month) error {
		_, err := table.Charges(t.Context(), m, g, io.Discard)
		return err
	}
	below := filepath.Join(f.Dir, "x_BillingPeriod=2026-09", "run_id=r2")
	part, err := os.ReadFile(filepath.Join(below, "part-0.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(below, "part-8.parquet"), part, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := read(found[1]); !errors.Is(err, engine.ErrChanged) {
		t.Errorf("a month with a file more: %v", err)
	}
	c.exec(t, "CALL hive.system.unregister_partition('"+name+"', 'focus', ARRAY['x_billingperiod', 'run_id'], ARRAY['2026-10', 'r2'])")
	if err := read(found[2]); !errors.Is(err, engine.ErrChanged) {
		t.Errorf("a month that is gone: %v", err)
	}
	if err := read(found[0]); err != nil {
		t.Errorf("the other month: %v", err)
	}
	c.exec(t, "DROP TABLE hive."+name+".focus")
	if err := read(found[0]); err == nil || !strings.Contains(err.Error(), "TABLE_NOT_FOUND") {
		t.Errorf("a table that is gone: %v", err)
	}
}

// Files in folders that name no column are passed over, until the catalog is told otherwise.
func TestFoldersThatNameNoColumnAreEmptyWithoutAWord(t *testing.T) {
	c := running(t)
	name := c.folder(t)
	f := enginetest.NewFixture(t, filepath.Join(c.dir, "data", name), 1000)
	if err := os.MkdirAll(filepath.Join(c.dir, "data", name+"-deep", "20260901-20260930"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := os.Rename(filepath.Join(f.Dir, "x_BillingPeriod=2026-09"), filepath.Join(c.dir, "data", name+"-deep", "20260901-20260930", "run"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range engine.DDL(engine.Hive, engine.TableName{Catalog: "hive", Schema: name, Table: "focus"}, "local:///"+name+"-deep",
		columns(t, f), nil) {
		c.exec(t, s)
	}
	err = months(t.Context(), c.open(t, "hive", name, "focus", trino.Options{}))
	if e := (*engine.EmptyError)(nil); !errors.As(err, &e) || !strings.Contains(err.Error(), "hive.recursive-directories=true") {
		t.Errorf("got %v, want an EmptyError that says how they are read", err)
	}
}

func TestOverflowIsTold(t *testing.T) {
	c := running(t)
	_, name := c.small(t)
	c.exec(t, "CREATE VIEW hive."+name+".large AS SELECT BillingAccountId, BillingCurrency, BillingPeriodStart, BillingPeriodEnd, "+
		"ChargePeriodStart, "+
		"ChargePeriodEnd, ChargeCategory, ServiceName, x_BillingPeriod, run_id, EffectiveCost, CAST('99999999999999999999' AS "+
		"decimal(38,18)) AS BilledCost "+
		"FROM hive."+name+".focus")
	err := months(t.Context(), c.open(t, "hive", name, "large", trino.Options{}))
	if e := (*engine.OverflowError)(nil); !errors.As(err, &e) {
		t.Errorf("got %v, want an OverflowError", err)
	}
}

func TestTheScanLimitHolds(t *testing.T) {
	c := running(t)
	_, name := c.small(t)
	e := c.open(t, "hive", name, "focus", trino.Options{MaxScan: 1})
	// The cluster looks at the limit once a second, so the statement takes some.
	err := drain(t.Context(), e, "SELECT CAST(count(*) AS varchar) FROM hive."+name+".focus a, hive."+name+".focus b, hive."+name+".focus c "+
		"WHERE a.BilledCost > b.BilledCost AND b.BilledCost > c.BilledCost")
	if err == nil {
		t.Fatal("the statement was not stopped")
	}
	if l := (*engine.LimitError)(nil); !errors.As(e.Explain(t.Context(), err), &l) || l.Flag != "--max-scan" {
		t.Errorf("got %v, want a LimitError of --max-scan", e.Explain(t.Context(), err))
	}
}

func TestCancelEndsTheStatement(t *testing.T) {
	c := running(t)
	_, name := c.small(t)
	e := c.open(t, "hive", name, "focus", trino.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err := drain(ctx, e, "SELECT CAST(count(*) AS varchar) FROM UNNEST(sequence(1, 10000)) a(x), UNNEST(sequence(1, 10000)) b(y), "+
		"UNNEST(sequence(1, 10000)) d(z) WHERE x * y % 7 = z")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the deadline", err)
	}
}

func TestBothWorkersRead(t *testing.T) {
	c := running(t)
	name := c.folder(t)
	f := enginetest.NewFixture(t, filepath.Join(c.dir, "data", name), 40_000)
	c.hive(t, f, name)
	if err := months(t.Context(), c.open(t, "hive", name, "focus", trino.Options{})); err != nil {
		t.Fatal(err)
	}
	rows, err := c.admin.QueryContext(t.Context(),
		"SELECT t.node_id, CAST(sum(t.processed_input_rows) AS bigint) FROM system.runtime.tasks t JOIN "+
			"system.runtime.queries q USING (query_id) WHERE q.query LIKE '%"+name+"%' AND q.query LIKE '%effective%' AND q.query NOT LIKE "+
			"'%system.runtime%' "+
			"GROUP BY 1")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	read, all := map[string]int64{}, int64(0)
	for rows.Next() {
		var node string
		var n int64
		if err := rows.Scan(&node, &n); err != nil {
			t.Fatal(err)
		}
		read[node], all = n, all+n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"worker1", "worker2"} {
		if read[w]*4 < all || all == 0 {
			t.Errorf("%s read %d of %d rows, less than a quarter", w, read[w], all)
		}
	}
}

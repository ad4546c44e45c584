package ledger_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usagereport/ledger"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "usage.duckdb")
	if _, err := ledger.Open(t.Context(), path, ledger.Options{}); !errors.Is(err, ledger.ErrNone) {
		t.Errorf("a ledger that is not there: %v, want ErrNone", err)
	}
	l, err := ledger.Open(t.Context(), path, ledger.Options{Create: true})
	if err != nil || !l.Created() {
		t.Fatal(err)
	}
	if err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	l, err = ledger.Open(t.Context(), path, ledger.Options{ReadOnly: true})
	if err != nil || l.Created() {
		t.Fatal(err)
	}
	if _, err := l.DB().ExecContext(t.Context(), "DELETE FROM loads"); err == nil {
		t.Error("a ledger that is open to read was written")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}

	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{dir: "is a folder", text: "is not a ledger"} {
		if _, err := ledger.Open(t.Context(), path, ledger.Options{Create: true}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("open %s: %v, want %q", path, err, want)
		}
	}
}

func TestAnotherSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	l, err := ledger.Open(t.Context(), path, ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.DB().ExecContext(t.Context(), "UPDATE meta SET value = '999' WHERE name = 'schema'"); err != nil {
		t.Fatal(err)
	}
	if err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(t.Context(), path, ledger.Options{}); err == nil || !strings.Contains(err.Error(), "schema version 999") {
		t.Errorf("got %v", err)
	}
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	l, err := ledger.Open(t.Context(), "", ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	broken := errors.New("broken off")
	err = l.Update(t.Context(), func(conn *sql.Conn) error {
		if _, err := conn.ExecContext(t.Context(), "INSERT INTO meta VALUES ('a', 'b')"); err != nil {
			return err
		}
		return broken
	})
	var n int
	if err2 := l.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM meta WHERE name = 'a'").Scan(&n); err2 != nil || n != 0 || !errors.Is(err, broken) {
		t.Errorf("%d rows are left (%v, %v)", n, err, err2)
	}
}

// The view speaks the words of the contract.
func TestUsageHasTheContractsColumns(t *testing.T) {
	l, err := ledger.Open(t.Context(), "", ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	rows, err := l.DB().QueryContext(t.Context(), "SELECT * FROM usage LIMIT 0")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err := errors.Join(err, rows.Err()); err != nil {
		t.Fatal(err)
	}
	have := map[string]string{}
	for _, c := range types {
		have[c.Name()] = c.DatabaseTypeName()
	}
	for _, name := range strings.Fields(`BillingAccountId BillingAccountName SubAccountId SubAccountName BillingPeriodStart BillingPeriodEnd
		ChargePeriodStart ChargePeriodEnd ChargeCategory ChargeClass ChargeDescription ChargeFrequency PricingCategory CommitmentDiscountId
		CommitmentDiscountName ServiceCategory ServiceName ServiceSubcategory SkuId SkuPriceId SkuMeter RegionId RegionName ResourceId ResourceName ResourceType
		ConsumedQuantity ConsumedUnit PricingQuantity PricingUnit ListUnitPrice ContractedUnitPrice ListCost ContractedCost BilledCost EffectiveCost BillingCurrency
		InvoiceId ProviderName PublisherName Tags x_ResourceGroupName x_MeterId x_CostCenter x_InvoiceSectionName x_BillingPeriod x_Owner x_SourceFile x_LoadId x_CostType`) {
		if have[name] == "" {
			t.Errorf("usage has no column %s", name)
		}
	}
	for _, name := range []string{"BilledCost", "EffectiveCost", "ListCost", "ContractedCost"} {
		if have[name] != "DECIMAL(38,18)" {
			t.Errorf("%s is %s, want DECIMAL(38,18)", name, have[name])
		}
	}
	if have["Tags"] != "MAP(VARCHAR, VARCHAR)" {
		t.Errorf("Tags is %s", have["Tags"])
	}
}

package loader

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"time"

	"usagereport/internal/smallcsv"
	"usagereport/usage"
)

// Of a file of contract commitments, as FOCUS 1.3 and 1.4 have it: the columns that the
// ledger keeps by name, of which the first two must be there.
func contractTexts() []string {
	return []string{
		"ContractCommitmentId", "ContractId", "ContractCommitmentCategory", "ContractCommitmentType", "ContractCommitmentDescription",
		"ContractCommitmentUnit", "BillingCurrency", "ServiceProviderName", "InvoiceIssuerName",
	}
}

func contractNumbers() []string {
	return []string{"ContractCommitmentCost", "ContractCommitmentQuantity"}
}

func contractTimes() []string {
	return []string{"ContractCommitmentPeriodStart", "ContractCommitmentPeriodEnd", "ContractPeriodStart", "ContractPeriodEnd"}
}

// isContracts says whether a header is that of a file of contract commitments.
func isContracts(h Header) bool {
	x := h.index()
	return len(x.missing([]column{{"ContractCommitmentId"}, {"ContractId"}})) == 0 && x.find(column{"BilledCost"}) < 0
}

// loadContracts reads a file of contract commitments into the table of their name, where
// each takes the place of what an earlier file said of it. It returns how many lines there
// are and how many of them said something new.
func loadContracts(ctx context.Context, conn *sql.Conn, in io.Reader, ref string, order DayOrder) (lines, changed int64, err error) {
	must := []string{smallcsv.Name("ContractCommitmentId"), smallcsv.Name("ContractId")}
	table, err := smallcsv.Read("", in, smallcsv.Columns{Known: must, Must: must, Others: true})
	if err != nil {
		return 0, 0, rejected(err)
	}
	var times []string
	for _, name := range contractTimes() {
		times = append(times, smallcsv.Name(name))
	}
	order = orderBeside(table, times, order)
	for _, r := range table.Rows {
		n, err := loadContract(ctx, conn, r, table.Header, ref, order)
		if err != nil {
			return 0, 0, rejected(err)
		}
		changed += n
	}
	return int64(len(table.Rows)), changed, nil
}

// orderBeside returns the order of the dates in columns of a file that stands beside the usage: what was said, else what
// some of them show, else that of Azure's files.
func orderBeside(table *smallcsv.Table, columns []string, said DayOrder) DayOrder {
	if said != OrderByEvidence {
		return said
	}
	var month, day bool
	for _, r := range table.Rows {
		for _, name := range columns {
			_, asMonth := parseTime([]byte(r.Get(name)), MonthFirst)
			_, asDay := parseTime([]byte(r.Get(name)), DayFirst)
			month = month || asMonth == nil && asDay != nil
			day = day || asDay == nil && asMonth != nil
		}
	}
	if onlyOrder(month, day) == DayFirst {
		return DayFirst
	}
	return MonthFirst
}

// numberIn reads the number v of a column of a file that stands beside the usage.
func numberIn(r smallcsv.Row, name, v string) (usage.Decimal, error) {
	d, _, err := usage.ParseDecimal(v)
	if err != nil || d.Abs().Cmp(maxQuantity()) > 0 {
		return d, r.Wrong(name, "is not a decimal number")
	}
	return d, nil
}

// currencyIn reads the currency v of such a column.
func currencyIn(r smallcsv.Row, name, v string) (string, error) {
	code, ok := currencyCode([]byte(v))
	if !ok {
		return "", r.Wrong(name, errCurrency.Error())
	}
	return code, nil
}

func loadContract(ctx context.Context, conn *sql.Conn, r smallcsv.Row, header []string, ref string, order DayOrder) (int64, error) {
	more := map[string]string{}
	for _, name := range header {
		if v := r.Get(name); v != "" && !isNull([]byte(v)) {
			more[name] = v
		}
	}
	take := func(name string) string {
		v := more[smallcsv.Name(name)]
		delete(more, smallcsv.Name(name))
		return v
	}
	row := map[string]string{} // what is empty is not in it
	set := func(name, value string) {
		if value != "" {
			row[name] = value
		}
	}
	for _, name := range contractTexts() {
		set(name, take(name))
	}
	code, err := currencyIn(r, smallcsv.Name("BillingCurrency"), row["BillingCurrency"])
	if err != nil {
		return 0, err
	}
	set("BillingCurrency", code)
	for _, name := range contractTexts()[:2] {
		if row[name] == "" {
			return 0, r.Wrong(smallcsv.Name(name), "is empty")
		}
	}
	for _, name := range contractNumbers() {
		if v := take(name); v != "" {
			d, err := numberIn(r, smallcsv.Name(name), v)
			if err != nil {
				return 0, err
			}
			set(name, d.String())
		}
	}
	for _, name := range contractTimes() {
		if v := take(name); v != "" {
			micros, err := parseTime([]byte(v), order)
			if err != nil {
				return 0, r.Wrong(smallcsv.Name(name), err.Error())
			}
			set(name, time.UnixMicro(micros).UTC().Format("2006-01-02 15:04:05.999999"))
		}
	}
	values, err1 := json.Marshal(row)
	others, err2 := json.Marshal(more)
	if err := errors.Join(err1, err2); err != nil {
		return 0, err
	}
	done, err := conn.ExecContext(ctx, query("contract"), sql.Named("row", string(values)), sql.Named("more", string(others)),
		sql.Named("ref", ref))
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

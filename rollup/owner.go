package rollup

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"usagereport/ledger"
	"usagereport/usage"
)

// Only makes conn see what is one owner's and nothing else, by the temporary table
// owned (ledger.OwnersSQL): temporary tables stand before those of the ledger,
// charges and sums alike, so that whoever asks on conn cannot meet another
// owner's row. Which days the files of the owner's accounts hold stays known, and on
// which days a series of the owner's is another's, too.
func Only(ctx context.Context, conn *sql.Conn, owner string) error {
	if err := mine(ctx, conn, owner); err != nil {
		return err
	}
	return onlyMine(ctx, conn)
}

// PartTables are those that OnlyPart needs of a connection that EveryPart has prepared.
func PartTables() []string {
	return []string{"parts", "part_keys", "each_series", "each_daily", "each_daily_services", "each_scopes", "each_links", "each_elsewhere"}
}

// EveryPart is Every for Standing to show all that Only does: the single charges, and the days on which
// others have an owner's series.
func EveryPart(ctx context.Context, conn *sql.Conn) error {
	if err := before(ctx, conn, "whole_each", "{followed}", text("followed")); err != nil {
		return err
	}
	if err := Every(ctx, conn); err != nil {
		return err
	}
	return before(ctx, conn, "elsewhere_each", "{charges}", strings.TrimSpace(text("charges_mine")))
}

// OnlyPart is Only, where the schema parts has the tables that EveryPart made of all owners' charges
// (PartTables): none is read again.
func OnlyPart(ctx context.Context, conn *sql.Conn, owner, parts string) error {
	if err := mine(ctx, conn, owner); err != nil {
		return err
	}
	charges := strings.TrimSpace(text("charges_mine"))
	return before(ctx, conn, "only_part", "{charges}", charges, "{parts}", parts, "{owner}", usage.Literal(owner))
}

// A Value is a value of a dimension.
type Value struct {
	Dimension usage.Dimension
	Value     string
}

// Wanted returns the dimensions of values, in their order, and what of each is wanted, as SQL writes
// texts.
func Wanted(values []Value) (dims []usage.Dimension, wanted map[usage.Dimension][]string) {
	wanted = map[usage.Dimension][]string{}
	for _, v := range values {
		if wanted[v.Dimension] == nil {
			dims = append(dims, v.Dimension)
		}
		wanted[v.Dimension] = append(wanted[v.Dimension], usage.Literal(v.Value))
	}
	return dims, wanted
}

// Begin prepares conn for OnlyWith: of owner's charges, by the table owned, or where that is "" of
// all. What stands in mine may be named.
func Begin(ctx context.Context, conn *sql.Conn, owner string) error {
	if owner == "" {
		return before(ctx, conn, "all_mine")
	}
	return mine(ctx, conn, owner)
}

// OnlyWith makes conn, which Begin has prepared, see what has one of the values of each of their
// dimensions and nothing else, as Only does of one owner. Of a Virtual all has the rules, by
// ledger.DimensionsSQL.
func OnlyWith(ctx context.Context, conn *sql.Conn, values []Value, all []usage.Virtual) error {
	dims, wanted := Wanted(values)
	of := valuesOf(dims, all)
	var conditions []string
	for i, d := range dims {
		conditions = append(conditions, of.values[i]+" IN ("+strings.Join(wanted[d], ", ")+")")
	}
	err := before(ctx, conn, "with_values", "{bounds}", of.bounds, "{joins}", of.joins, "{conditions}", strings.Join(conditions, " AND "))
	if err != nil {
		return err
	}
	return onlyMine(ctx, conn)
}

// onlyMine is Only of what the temporary table mine has.
func onlyMine(ctx context.Context, conn *sql.Conn) error {
	if err := before(ctx, conn, "whole", "{followed}", text("followed")); err != nil {
		return err
	}
	charges := strings.TrimSpace(text("charges_mine"))
	if err := before(ctx, conn, "mine_days", "{charges}", charges); err != nil {
		return err
	}
	if err := only(ctx, conn, "FROM mine_days", "TABLE", "{texts}", "keys WHERE key_id IN (SELECT key_id FROM charges)"); err != nil {
		return err
	}
	if err := before(ctx, conn, "mine_charges", "{charges}", charges); err != nil {
		return err
	}
	if err := before(ctx, conn, "days_elsewhere"); err != nil {
		return err
	}
	return steady(ctx, conn, "elsewhere")
}

// Every prepares conn for Standing, by the temporary table owned: the sums of all owners are
// made at once, in a ledger in which each has accounts and names apart.
func Every(ctx context.Context, conn *sql.Conn) error {
	texts := "every_texts"
	var given bool // texts with the tags that a file gives
	err := conn.QueryRowContext(ctx, "SELECT count(*) > 0 FROM duckdb_tables() WHERE temporary AND table_name = 'keys'").Scan(&given)
	if err != nil {
		return err
	}
	if given {
		texts = "every_given"
	}
	for _, name := range []string{texts, "every"} {
		if err := before(ctx, conn, name); err != nil {
			return err
		}
	}
	is, err := isConverted(ctx, conn)
	if err == nil && is {
		err = before(ctx, conn, "every_rates")
	}
	if err != nil {
		return err
	}
	// Few columns of the texts are asked for: there are over a hundred.
	if err := only(ctx, conn, "FROM apart_charges", "VIEW", "{texts}", "apart_keys", "{ledger}.scopes", "apart_scopes", "{ledger}.links",
		"apart_links"); err != nil {
		return err
	}
	return before(ctx, conn, "each")
}

// Standing makes conn, which Every has prepared, see the sums of one owner after the other:
// what Only shows, but without EveryPart for the single charges and for the days on which others have a series.
func Standing(ctx context.Context, conn *sql.Conn, owner string) error {
	_, err := conn.ExecContext(ctx, strings.ReplaceAll(text("standing"), "{owner}", usage.Literal(owner)))
	return err
}

// Parts returns the number that each owner has on conn, which Every has prepared.
func Parts(ctx context.Context, conn *sql.Conn) (map[string]int64, error) {
	rows, err := conn.QueryContext(ctx, "SELECT owner, part FROM parts")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var owner string
		var part int64
		if err := rows.Scan(&owner, &part); err != nil {
			return nil, err
		}
		out[owner] = part
	}
	return out, rows.Err()
}

// OfEach makes of a statement, which asks the tables that Standing shows of one owner, one that
// asks those of all owners at once, on a connection that Every has prepared: each row has the
// owner's number before it, by which they are in order, and within it in the statement's. That
// stands on the statement's last line, of columns by the names that it gives them.
func OfEach(statement string) string {
	statement = strings.TrimSuffix(strings.TrimSpace(statement), ";")
	order := ""
	if i := strings.LastIndex(statement, "\nORDER BY "); i >= 0 {
		statement, order = statement[:i+1], statement[i+len("\nORDER BY "):]
	}
	all := strings.NewReplacer("{statement}", statement, "{current_keys}", ledger.CurrentKeysSQL()).Replace(strings.TrimSpace(text("of_each")))
	switch order {
	case "":
		return all + "\nORDER BY of_part"
	case "ALL":
		return all + "\nORDER BY ALL"
	}
	return all + "\nORDER BY of_part, " + order
}

func mine(ctx context.Context, conn *sql.Conn, owner string) error {
	if _, err := conn.ExecContext(ctx, text("mine"), sql.Named("owner", owner)); err != nil {
		return fmt.Errorf("mine: %w", err)
	}
	return nil
}

// only puts temporary tables of the ledger's names before the ledger's, of the charges that
// a statement has; keys says whether their texts are a TABLE or a VIEW. from says of what they
// are, where that is not the ledger.
func only(ctx context.Context, conn *sql.Conn, charges, keys string, from ...string) error {
	if err := before(ctx, conn, "only", append([]string{"{charges}", charges, "{keys}", keys}, from...)...); err != nil {
		return err
	}
	for _, name := range []string{"refresh_series", "refresh_daily", "refresh_services"} {
		if _, err := conn.ExecContext(ctx, text(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return steady(ctx, conn, "daily")
}

// ByOwner makes the series that conn sees those of one owner each, or of none,
// by the same table: a series of several is divided.
func ByOwner(ctx context.Context, conn *sql.Conn) error {
	return byOwner(ctx, conn, "{charges}", "{ledger}.charges", "{series}", "{ledger}.series", "{daily}", "{ledger}.daily",
		"{first}", "DROP TABLE IF EXISTS temp.main.series; -- of a call before this one\n{converted}")
}

// Apart makes the series that conn sees those of one value each of dims, which the daily sums
// do not keep, as ByOwner does of owners: the owner of each is then a list in JSON, the owner
// first and the values of dims after it. Of a Virtual all has the rules, by
// ledger.DimensionsSQL. conn may be limited to one owner (Only).
func Apart(ctx context.Context, conn *sql.Conn, dims []usage.Dimension, all []usage.Virtual, limited bool) error {
	of := valuesOf(dims, all)
	err := before(ctx, conn, "apart", "{bounds}", of.bounds, "{values}", strings.Join(of.values, ", "), "{joins}", of.joins)
	if err != nil {
		return err
	}
	if !limited {
		return ByOwner(ctx, conn)
	}
	err = byOwner(ctx, conn, "{charges}", "charges", "{series}", "temp.main.undivided", "{daily}", "temp.main.undivided_daily",
		"{first}", "CREATE OR REPLACE TEMP TABLE undivided AS FROM series; CREATE OR REPLACE TEMP TABLE undivided_daily AS FROM daily;")
	if err != nil {
		return err
	}
	return before(ctx, conn, "elsewhere_apart")
}

// valued is SQL of the values of dimensions: what each is of the texts k and the days from
// c.first_day, what is joined for that, and where of each text it may change.
type valued struct {
	values        []string
	joins, bounds string
}

func valuesOf(dims []usage.Dimension, all []usage.Virtual) (of valued) {
	for i, d := range dims {
		if key, tag := d.Tag(); tag {
			of.values = append(of.values, "coalesce(k.Tags["+usage.Literal(key)+"], '')")
			continue
		}
		name, virtual := d.Virtual()
		if !virtual {
			of.values = append(of.values, "coalesce("+ledger.TextColumn(string(d))+"::VARCHAR, '')")
			continue
		}
		rest := ""
		for _, v := range all {
			if v.Name == name {
				rest = v.Rest
			}
		}
		alias := "d" + strconv.Itoa(i)
		of.values = append(of.values, "coalesce("+alias+".value, "+usage.Literal(rest)+")")
		of.joins += fmt.Sprintf("LEFT JOIN dimensioned %s ON %s\n", alias, ledger.DimensionJoin(alias, name, "c.first_day"))
		of.bounds += fmt.Sprintf("UNION SELECT key_id, first_day FROM dimensioned WHERE name = %[1]s "+
			"UNION SELECT key_id, end_day FROM dimensioned WHERE name = %[1]s\n", usage.Literal(name))
	}
	return of
}

// ValuesSQL is a statement of the values that a dimension has on the days of charges that mine has
// (Begin), each with a name that people know it by; of a Virtual all has the rules. charges are the
// table of charges, or what has its columns key_id and ChargePeriodStart.
func ValuesSQL(d usage.Dimension, all []usage.Virtual, charges string) string {
	of := valuesOf([]usage.Dimension{d}, all)
	name := "NULL"
	if column := d.OwnerColumn(); column != "" && column != string(d) {
		name = ledger.TextColumn(column)
	}
	return strings.NewReplacer("{value}", of.values[0], "{joins}", of.joins, "{bounds}", of.bounds, "{name}", name, "{charges}", charges).
		Replace(text("values"))
}

// byOwner runs sql/by_owner.sql on what replace names.
func byOwner(ctx context.Context, conn *sql.Conn, replace ...string) error {
	if err := before(ctx, conn, "by_owner", replace...); err != nil {
		return err
	}
	return steady(ctx, conn, "daily")
}

// before runs sql/NAME.sql, which puts temporary tables before the ledger's.
// replace are pairs of a place in it and what stands there.
func before(ctx context.Context, conn *sql.Conn, name string, replace ...string) error {
	var catalog string
	var converted bool
	err := conn.QueryRowContext(ctx, "SELECT current_database(), getvariable('converted') IS NOT NULL").Scan(&catalog, &converted)
	if err != nil {
		return err
	}
	statements := strings.NewReplacer(replace...).Replace(text(name))
	statements = ofConverted(converted).Replace(statements)
	statements = strings.ReplaceAll(statements, "{ledger}", `"`+strings.ReplaceAll(catalog, `"`, `""`)+`"`)
	if _, err := conn.ExecContext(ctx, statements); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

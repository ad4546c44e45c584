package trino_test

import (
	"errors"
	"strings"
	"testing"

	"usagereport/engine/trino"
)

func TestParsePlace(t *testing.T) {
	for _, c := range []struct{ address, want, says string }{
		{"//ada@trino.example.com:8443/lake/finops?table=focus_costs", "trino://trino.example.com:8443/lake/finops/focus_costs", ""},
		{"//ada@trino.example.com/lake/finops?table=t", "trino://trino.example.com:443/lake/finops/t", ""},
		{"//ada@127.0.0.1:8080/lake/finops?table=t&tls=false", "trino://127.0.0.1:8080/lake/finops/t", ""},
		{"//ada@trino.example.com:8080/lake/finops?table=t&tls=false", "", "must be encrypted"},
		{"//ada:secret@trino.example.com:8443/lake/finops?table=t", "", "holds no password"},
		{"//trino.example.com:8443/lake/finops?table=t", "", "names no user"},
		{"//ada@trino.example.com:8443/lake/finops", "", "names no table"},
		{"//ada@trino.example.com:8443/lake?table=t", "", "names no schema"},
		{"//ada@trino.example.com:8443/lake/finops?table=t&accessToken=secret", "", "accessToken=, which is not known"},
		{"//ada@trino.example.com:84 43/lake", "", "no address"},
	} {
		p, err := trino.ParsePlace(c.address)
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: %v, want %q", c.address, err, c.says)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.address, err)
			continue
		}
		e, err := trino.Open(p, trino.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if e.Name() != c.want {
			t.Errorf("%s is shown as %s, want %s", c.address, e.Name(), c.want)
		}
	}
	if _, err := trino.ParsePlace("//ada:x@h/c/s?table=t"); !errors.Is(err, trino.ErrPassword) {
		t.Errorf("a password: %v", err)
	}
}

func TestReadsOnly(t *testing.T) {
	for statement, reads := range map[string]bool{
		"SELECT 1": true, " -- a comment\n/* more */ select 1": true, "(SELECT 1)": true, "WITH a AS (SELECT 1) SELECT * FROM a": true,
		"EXPLAIN SELECT 1": true, "EXPLAIN (TYPE IO, FORMAT JSON) SELECT 1": true, "EXPLAIN ANALYZE VERBOSE SELECT 1": true, "SHOW TABLES": true,
		"DELETE FROM t": false, "EXPLAIN ANALYZE DELETE FROM t": false, "explain analyze /* x */ insert into t values (1)": false,
		"CALL system.x()": false, "": false, "-- nothing": false, "CREATE TABLE t AS SELECT 1": false, "SET SESSION x = 1": false,
		"/* SELECT */ DROP TABLE t": false, "EXECUTE IMMEDIATE 'DROP TABLE t'": false, "EXPLAIN (TYPE LOGICAL) DROP TABLE t": false,
	} {
		if err := trino.ReadsOnly(statement); (err == nil) != reads {
			t.Errorf("%q: %v", statement, err)
		}
	}
}

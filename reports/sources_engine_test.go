package reports

import "testing"

// A month that was read where it lies is loaded again by the place that it lies in.
func TestEnginePlace(t *testing.T) {
	for ref, want := range map[string]string{
		"parquet:lake/*.parquet#2026-10":                           "parquet:lake/*.parquet",
		"parquet:azblob://lake/usage#2026-10":                      "parquet:azblob://lake/usage",
		"trino://trino.example.com:8443/lake/finops/costs#2026-10": "trino://USER@trino.example.com:8443/lake/finops?table=costs",
		"exports/2026-10.csv":                                      "",
		"exports/#2.csv":                                           "",
		"trino://x#2026-10":                                        "",
	} {
		if got, ok := enginePlace(ref); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", ref, got, want)
		}
	}
}

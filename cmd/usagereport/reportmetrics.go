package main

import (
	"io"

	"github.com/spf13/pflag"

	"usagereport/internal/atomicfile"
	"usagereport/reports"
)

func addMetricsFlag(f *pflag.FlagSet, path *string) {
	f.StringVar(path, "metrics", "", "write the numbers for a monitoring program into `FILE`, as OpenMetrics text")
}

func writeMetrics(g *globals, path string, m *reports.Metrics) error {
	return atomicfile.Write(path, func(w io.Writer) error { return m.Write(w, g.env.now()) })
}

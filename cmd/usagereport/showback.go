package main

import (
	"cmp"
	"context"
	"errors"
	"io"

	"usagereport/internal/atomicfile"
	"usagereport/internal/misuse"
	"usagereport/reports"
)

// runShowback divides the period's bill among its owners: a line an owner, then the
// cost without one, and the bill.
func runShowback(ctx context.Context, g *globals, o reportOptions, refs []string) error {
	if len(refs) > 0 || o.owner != "" || o.pdf || o.format != "" || o.redact {
		return misuse.Of(errors.New("--showback: is of the whole ledger, as CSV or with --xlsx; leave SOURCEs, --owner, --pdf, --format and " +
			"--redact out"))
	}
	d, err := divide(ctx, g, o.choosing, o.cost)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := g.noteConversion(ctx, d.Analysis); err != nil {
		return err
	}
	list := reports.NewShowbacks(d.File, d.All, o.spreadInvoice)
	write, ext := func(w io.Writer) error { return reports.WriteShowbackCSV(w, list) }, "csv"
	if o.xlsx {
		write, ext = func(w io.Writer) error { return reports.WriteShowback(w, list, reports.Options{Lang: o.lang}) }, "xlsx"
	}
	if o.out == "-" {
		return write(g.env.stdout)
	}
	path := cmp.Or(o.out, "usage-"+atomicfile.SafeName(d.All[0].Period.Name)+"-showback."+ext)
	if err := atomicfile.Write(path, write); err != nil {
		return err
	}
	return g.Say("%s", path)
}

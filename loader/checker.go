package loader

import "usagereport/usage"

// A Checker is a Source that knows what the rows of its objects add up to.
type Checker interface {
	// Check is asked before anything of an object is kept: with how many rows it was read
	// and what its total is by currency. An error refuses it.
	Check(obj Object, rows int64, totals map[string]usage.Decimal) (Verdict, error)
}

// A Verdict is what a Checker says of an object.
type Verdict struct {
	Warnings []string
	// Anew says that its rows are made otherwise than those of a load that it replaces, so
	// that their numbers cannot be compared.
	Anew bool
	// Whole says that it is all that its place has of its periods, so that it takes the place
	// of all that was loaded from there before.
	Whole bool
}

// checked asks the source of a content about what was read.
func (c *content) checked() (v Verdict, err error) {
	source, ok := c.job.source.(Checker)
	if !ok {
		return v, nil
	}
	return source.Check(c.job.object, c.res.Rows, c.totals)
}

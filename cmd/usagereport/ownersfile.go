package main

import (
	"errors"
	"slices"

	"github.com/spf13/pflag"

	"usagereport/usage"
)

func addOwnerFlag(f *pflag.FlagSet, name *string) {
	f.StringVar(name, "owner", "", "only what is this owner's, by its `NAME` in the owners file")
}

// byOwner reports whether dims tell owners apart, for which one owner's charges
// are of no use.
func byOwner(dims []usage.Dimension, owner string) (bool, error) {
	by := slices.Contains(dims, usage.Owner)
	if by && owner != "" {
		return false, usageError{errors.New("--owner, and owner as a dimension or filter: give one of them")}
	}
	return by, nil
}

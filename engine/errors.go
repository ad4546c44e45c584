package engine

import (
	"errors"
	"fmt"
	"strings"
)

// ErrChanged says that a relation is no longer what was counted.
var ErrChanged = errors.New("has changed while it was read; nothing of it was kept, so try again when it is written")

// A MissingError says which of FOCUS's columns a relation lacks.
type MissingError struct {
	Relation string
	Columns  []string
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s lacks %s; say under which names it has them in usagereport.yaml (engine: columns: {%s: NAME}), or name a view "+
		"that has FOCUS's columns", e.Relation, strings.Join(e.Columns, ", "), e.Columns[0])
}

// A MapError says that the configuration names a column that is not there, or for one
// that is not read.
type MapError struct{ Relation, Column, Name string }

func (e *MapError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("the configuration's engine: columns: names %s, which is no column of FOCUS that is read; write it as FOCUS does",
			e.Name)
	}
	return fmt.Sprintf("%s has no column %s, which the configuration names for %s (engine: columns:); 'usagereport engine check' lists those "+
		"that it has", e.Relation, e.Name, e.Column)
}

// A TypeError says that a column's type cannot hold what it is for.
type TypeError struct{ Relation, Column, Type, Want string }

func (e *TypeError) Error() string {
	return fmt.Sprintf("%s has %s as %s, which should be %s; have it written so, or name a view that casts it", e.Relation, e.Column, e.Type,
		e.Want)
}

// An EmptyError says that a relation has no rows.
type EmptyError struct{ Relation string }

func (e *EmptyError) Error() string {
	return e.Relation + " has no rows; a table of folders like x_BillingPeriod=2026-10 is empty until its partitions are registered, " +
		"with false as the last argument: CALL CATALOG.system.sync_partition_metadata('SCHEMA', 'TABLE', 'FULL', false); one of files in " +
		"folders of other names is, until its catalog has hive.recursive-directories=true"
}

// A NullError says that a column has no value where it needs one.
type NullError struct {
	Relation, Column string
	Rows, Of         int64
	In               string // a file with such rows, "" where none is known
}

func (e *NullError) Error() string {
	if e.Rows == e.Of {
		return fmt.Sprintf("%s has no value in %s, in none of %d rows: the files may call it otherwise than the table does, which then reads "+
			"as NULL", e.Relation, e.Column, e.Of)
	}
	in := ""
	if e.In != "" {
		in = ", as in " + e.In
	}
	return fmt.Sprintf("%s has %d of %d rows without %s%s; leave them out by a view or a pattern, or have it filled", e.Relation, e.Rows, e.Of,
		e.Column, in)
}

// A DayError says that a text where a day should be is none.
type DayError struct {
	Relation string
	Err      error
}

func (e *DayError) Error() string {
	return fmt.Sprintf("%s has a text that is no day like 2026-09-01 where one should be (%s); have it written so, or name a view that casts it",
		e.Relation, cause(e.Err))
}

func (e *DayError) Unwrap() error { return e.Err }

// A TotalError says that what was read does not add up to what the engine says.
type TotalError struct{ Month, What, Read, Said string }

func (e *TotalError) Error() string {
	return fmt.Sprintf("%s: what was read has %s %s and the engine says %s: it %v", e.Month, e.What, e.Read, e.Said, ErrChanged)
}

func (e *TotalError) Unwrap() error { return ErrChanged }

// A VanishedError says that a month that was loaded is no longer there.
type VanishedError struct {
	Relation, Month string
	Load            int64
}

func (e *VanishedError) Error() string {
	return fmt.Sprintf("%s no longer has %s, which was loaded from it; the ledger keeps it; if it is to go, take it back with 'usagereport "+
		"loads remove %d'", e.Relation, e.Month, e.Load)
}

// A RunsError says that the runs of a month have no order.
type RunsError struct{ Relation, Month, Column string }

func (e *RunsError) Error() string {
	return fmt.Sprintf("%s has several runs of %s and their ids in %s have no order; name a column in usagereport.yaml that tells the newest "+
		"(engine: run: NAME), as a time or a number that grows", e.Relation, e.Month, e.Column)
}

// A TooManyError says that even the coarsest columns make too many charges.
type TooManyError struct {
	Relation    string
	Rows, Limit int64
	What        string
	Keep        []string // the columns that were asked for beside the coarsest
}

func (e *TooManyError) Error() string {
	by := "account and service"
	if len(e.Keep) > 0 {
		by = "account, service and what the rules ask for (" + strings.Join(e.Keep, ", ") + ")"
	}
	return fmt.Sprintf("%s has %d %s by %s alone, and %d are allowed; name a view of fewer months or accounts, or allow "+
		"more (--engine-rows, or engine: series: in usagereport.yaml)", e.Relation, e.Rows, e.What, by, e.Limit)
}

// A StrayError says that a file of a place is not Parquet.
type StrayError struct{ Place, File string }

func (e *StrayError) Error() string {
	return fmt.Sprintf("%s holds %s, which is not a Parquet file; move it away, or name the others by a pattern like '%s'", e.Place, e.File,
		"parquet:DIR/*.parquet")
}

// A DeltaError says that a folder is a table of Delta with files that may no longer count.
type DeltaError struct{ Place, Folder string }

func (e *DeltaError) Error() string {
	return fmt.Sprintf("%s: %s is a table of Delta in which something was replaced, or of which the log does not say so, so it may hold files "+
		"that no longer count; have a cluster read it ('usagereport engine ddl PLACE --form delta'), or name the files that count by a pattern like '%s'",
		e.Place, e.Folder, "parquet:DIR/*.parquet")
}

// An OverflowError says that a number or a sum does not fit.
type OverflowError struct {
	Relation string
	Err      error
}

func (e *OverflowError) Error() string {
	return fmt.Sprintf("%s has an amount that is no number (NaN, infinite), or amounts that add up to over 20 digits before the point, which "+
		"no cost has; look at its amounts (%s)", e.Relation, cause(e.Err))
}

func (e *OverflowError) Unwrap() error { return e.Err }

// A LimitError says that the engine gave up at a limit that was set.
type LimitError struct {
	Flag string
	Err  error
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("stopped at %s (%v); ask for less, or allow more", e.Flag, e.Err)
}

func (e *LimitError) Unwrap() error { return e.Err }

// An AccessError says that the engine did not let the user in.
type AccessError struct {
	Relation string
	Err      error
}

func (e *AccessError) Error() string {
	return fmt.Sprintf("%s does not let this user in: %v; see where its password or token is (engine: password: or token: in "+
		"usagereport.yaml, $USAGEREPORT_ENGINE_PASSWORD or $USAGEREPORT_ENGINE_TOKEN)", e.Relation, e.Err)
}

func (e *AccessError) Unwrap() error { return e.Err }

// cause is what an engine says of an error, without the statement that comes after it.
func cause(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

package usage

import "slices"

// A Kind says what happened to a cost that was not expected.
type Kind string

// The kinds.
const (
	KindLevel    Kind = "level"     // costs another amount a day since a day, or did for a while
	KindSpike    Kind = "spike"     // a few days, over
	KindDrift    Kind = "drift"     // rises or falls day by day
	KindPrice    Kind = "price"     // the unit price changed
	KindNew      Kind = "new"       // did not exist before
	KindGone     Kind = "gone"      // no longer costs anything
	KindUnitCost Kind = "unit_cost" // one of what people count costs more than it did
	KindUnused   Kind = "unused"    // less of a commitment is used than was
	KindMissing  Kind = "missing"   // is bought or credited regularly, and was not this time
)

// A Direction says whether a cost is above or below what was expected.
type Direction string

// The directions.
const (
	Up   Direction = "up"
	Down Direction = "down"
)

// A Severity says how much attention a finding deserves.
type Severity string

// The severities. High and medium are alarms; low is worth a look.
const (
	SeverityHigh   Severity = "high"
	SeverityMedium Severity = "medium"
	SeverityLow    Severity = "low"
)

// Severities lists the severities, the most severe first.
func Severities() []Severity { return []Severity{SeverityHigh, SeverityMedium, SeverityLow} }

// Compare orders severities, the most severe first.
func (s Severity) Compare(o Severity) int {
	return slices.Index(Severities(), s) - slices.Index(Severities(), o)
}

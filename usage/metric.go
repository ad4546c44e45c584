package usage

import "strings"

// A Metric is what people count a day: orders, users, tokens. By it cost is divided.
type Metric struct {
	Name   string
	Scope  []ScopeTerm // whose cost it is divided into; none is all
	Values map[Day]Decimal
}

// A ScopeTerm takes the charges that have a value of a dimension.
type ScopeTerm struct {
	Dimension Dimension
	Value     string
}

// Of says which cost a metric is of: "Product Shop"; "" is all.
func (m Metric) Of() string {
	var parts []string
	for _, t := range m.Scope {
		name, ok := t.Dimension.ByNewest()
		if !ok {
			name = strings.TrimPrefix(string(t.Dimension), "x_")
		}
		parts = append(parts, name+" "+t.Value)
	}
	return strings.Join(parts, ", ")
}

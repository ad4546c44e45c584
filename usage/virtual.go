package usage

import "strings"

const virtualPrefix = "Dimensions."

// A Virtual is a dimension that people make of others by rules: of those that take a charge
// the first names its value.
type Virtual struct {
	Name  string
	Rest  string      // what the value of all other charges is called
	Rules []OwnerRule // with the value in the owner's place
}

// Dimension is the dimension of v's values.
func (v Virtual) Dimension() Dimension { return Dimension(virtualPrefix + v.Name) }

// Virtual returns the name of the Virtual that d is the dimension of, if it is one's.
func (d Dimension) Virtual() (name string, ok bool) {
	return strings.CutPrefix(string(d), virtualPrefix)
}

// ByNewest returns the name of d where a series has the value of its newest charge in it, for the
// daily sums do not keep it: a tag's key, or the name of a Virtual.
func (d Dimension) ByNewest() (name string, ok bool) {
	if key, tag := d.Tag(); tag {
		return key, true
	}
	return d.Virtual()
}

// InSums reports whether the daily sums keep d: by other dimensions series are divided.
func (d Dimension) InSums() bool {
	for _, kept := range Dimensions() {
		if d == kept {
			return true
		}
	}
	_, tag := d.Tag()
	return tag // which a series has by its newest charge
}

// A TagRule gives a tag to charges that do not have its key: to those of a resource, of a
// resource group, of a subscription. Of several the nearest counts.
type TagRule struct {
	Line         int    `json:"line"`
	Resource     string `json:"resource"`     // its ResourceId; "" where it is of a group or subscription
	Group        string `json:"grp"`          // the name of a resource group, in Subscription or, where that is "", in any
	Subscription string `json:"subscription"` // an id or a name
	Key          string `json:"key"`
	Value        string `json:"value"`
}

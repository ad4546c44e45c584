package audit

// A knownFailure is a kind of claim that fails for an estate, and why it does for now.
// An entry that fails no more is to be taken off.
type knownFailure struct {
	estate string // a sample, the demo or a mutation
	kind   Kind
	reason string
}

func knownFailures() []knownFailure {
	const (
		part    = "a finding of some of a scope's resources is named after the whole scope, whose cost it does not have"
		blank   = "a finding of charges without a resource loses that they have none, and reads as all of the service"
		inside  = "what is new inside of something that lives is told as if all of it were new"
		renamed = "what goes on under another name is told as gone and as a quantity where the name changed on days that are compared"
	)
	return []knownFailure{
		{"demo", Impact, part},
		{"eval 1", Impact, part},
		{"eval 2", Impact, part},
		{"eval 2", Expected, part},
		{"eval 4", Impact, part},
		{"restated", Impact, part},
		{"restated", Expected, part},
		{"some of a group", Impact, part},
		{"renamed", "nothing-moved", renamed},
		{"new in a group", Impact, inside},
		{"new in a group", Expected, inside},
		{"no resource", Impact, blank},
		{"no resource", Expected, blank},
	}
}

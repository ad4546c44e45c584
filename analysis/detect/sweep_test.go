package detect

import "os"

// swept says whether a sweep takes the case whose places on the sweep's axes add up to places: a third of
// the cases, in which each value of an axis meets each of any other. With $DETECT_SWEEPS it takes all.
func swept(places int) bool { return places%3 == 0 || os.Getenv("DETECT_SWEEPS") != "" }

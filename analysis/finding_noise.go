package analysis

import (
	"fmt"
	"math"

	"usagereport/internal/locale"
)

// A Sensitivity says how much beyond the worst of a normal month is unexpected.
type Sensitivity string

// The sensitivities. The zero Sensitivity is SensitivityNormal.
const (
	SensitivityLow    Sensitivity = "low"
	SensitivityNormal Sensitivity = "normal"
	SensitivityHigh   Sensitivity = "high"
)

// ParseSensitivity reads a Sensitivity; "" is Normal.
func ParseSensitivity(s string) (Sensitivity, error) {
	switch v := Sensitivity(s); v {
	case SensitivityLow, SensitivityNormal, SensitivityHigh:
		return v, nil
	case "":
		return SensitivityNormal, nil
	}
	return "", fmt.Errorf("%q is no sensitivity; use low, normal or high", s)
}

// factor is what the detector's limits are multiplied by.
func (s Sensitivity) factor() float64 {
	switch s {
	case SensitivityLow:
		return 1.35
	case SensitivityHigh:
		return 0.85
	}
	return 1
}

// A noiseRate is how many alarms for nothing the detector raises a month in 1,000
// series, by the length of the history.
type noiseRate struct {
	days              int // of history before the days under review, at least
	low, normal, high float64
}

// noiseRates are measured on made-up estates where nothing happens ('make eval';
// docs/accuracy.md, "What is told where nothing happens").
func noiseRates() []noiseRate {
	return []noiseRate{
		{days: 252, low: 0.6, normal: 1, high: 1.5},
		{days: 140, low: 1.5, normal: 2.2, high: 2.7},
		{days: 49, low: 1.8, normal: 2.8, high: 3.3},
		{days: 0, low: 3.1, normal: 3.1, high: 3.1},
	}
}

// noise says how many alarms a month are expected to be about nothing, among so
// many series with so many days of history.
func noise(s Sensitivity, series, days int) locale.Text {
	rates := noiseRates()
	i := 0
	for i < len(rates)-1 && days < rates[i].days {
		i++
	}
	rate := rates[i].normal
	switch s {
	case SensitivityLow:
		rate = rates[i].low
	case SensitivityHigh:
		rate = rates[i].high
	}
	n := int(math.Round(rate * float64(series) / 1000))
	if n < 1 {
		return locale.T("with this much history, expect less than one false alarm a month")
	}
	return locale.T("with this much history, expect about %d false alarms a month", n)
}

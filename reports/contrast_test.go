package reports

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// palettes returns the custom properties of the style sheet that are colours, in
// each of the modes that it has: as it says them for light, for dark by the
// device's preference, for dark by the switch, and for print.
func palettes(t *testing.T) map[string]map[string]string {
	t.Helper()
	b, err := files.ReadFile("assets/report.css")
	if err != nil {
		t.Fatal(err)
	}
	modes := map[string]*regexp.Regexp{
		"light":              regexp.MustCompile(`(?m)^:root \{([^}]*)\}`),
		"dark":               regexp.MustCompile(`(?m)^:root:has\(#theme-dark:checked\) \{([^}]*)\}`),
		"dark by the device": regexp.MustCompile(`:root:not\(:has\(#theme-light:checked\)\) \{([^}]*)\}`),
		"print":              regexp.MustCompile(`:root:root:is\(#print, :root\) \{([^}]*)\}`),
	}
	property := regexp.MustCompile(`(--[a-z0-9-]+): (#[0-9a-f]{6});`)
	out := map[string]map[string]string{}
	for mode, block := range modes {
		out[mode] = map[string]string{}
		for _, m := range block.FindAllStringSubmatch(string(b), -1) {
			for _, p := range property.FindAllStringSubmatch(m[1], -1) {
				out[mode][p[1]] = p[2]
			}
		}
	}
	return out
}

// luminance is WCAG's relative luminance of a colour #rrggbb, 0 to 1.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// contrast is WCAG's contrast ratio, 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func TestContrastIsWCAGs(t *testing.T) {
	for pair, want := range map[[2]string]float64{
		{"#000000", "#ffffff"}: 21, {"#777777", "#ffffff"}: 4.48, {"#336699", "#336699"}: 1,
	} {
		if got := contrast(t, pair[0], pair[1]); math.Abs(got-want) > 0.01 {
			t.Errorf("%v: %.2f, want %.2f", pair, got, want)
		}
	}
}

// Text has a contrast of at least 4.5:1 to what it stands on, what charts draw at
// least 3:1, in every mode (WCAG 2.2, 1.4.3 and 1.4.11). Rules, and the shades of
// the calendar and of the usual range, are told by the text and the line upon
// them.
func TestContrast(t *testing.T) {
	on := []string{"--paper", "--surface"}
	all := append(on, "--sunk")
	for mode, p := range palettes(t) {
		hold := func(least float64, colour string, grounds ...string) {
			for _, ground := range grounds {
				if p[colour] == "" || p[ground] == "" {
					t.Fatalf("%s has no %s or no %s: %v", mode, colour, ground, p)
				}
				if got := contrast(t, p[colour], p[ground]); got < least {
					t.Errorf("%s: %s %s on %s %s has a contrast of %.2f, want %g", mode, colour, p[colour], ground, p[ground], got, least)
				}
			}
		}
		for _, text := range []string{"--ink", "--muted", "--accent", "--warn"} {
			hold(4.5, text, all...)
		}
		hold(4.5, "--ink", "--warn-soft", "--band", "--heat-1", "--heat-2", "--heat-3", "--heat-4", "--heat-5")
		hold(4.5, "--accent", "--accent-soft")
		for _, drawn := range []string{"--bar", "--bar-before", "--bar-above", "--band-line", "--prior", "--accent", "--warn", "--s0", "--s1"} {
			hold(3, drawn, on...)
		}
		hold(3, "--prior", "--band")
		hold(3, "--band-line", "--band")
	}
}

// The two ways into the dark have the same colours.
func TestDarkIsDark(t *testing.T) {
	p := palettes(t)
	for name, colour := range p["dark"] {
		if other := p["dark by the device"][name]; other != colour {
			t.Errorf("%s is %s by the switch and %q by the device", name, colour, other)
		}
	}
	if len(p["dark"]) < 20 || len(p["dark"]) != len(p["dark by the device"]) {
		t.Errorf("%d and %d colours", len(p["dark"]), len(p["dark by the device"]))
	}
}

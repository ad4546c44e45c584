// Package reportstest has what the tests of reports and of its parts share.
package reportstest

import "strings"

// Names are names that try to leave their place.
func Names() []string {
	return []string{
		`</script><script>alert(1)</script>`, `<!--<script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`,
		"a\u2028b\u2029c", "safe\u202Egnp.exe", "nul\x00nul", "🙂👩‍👩‍👧‍👦", "line\nbreak\r\tx", `=cmd|' /C calc'!A0`, `{{.Title}}`, "]]>",
		"javascript:alert(1)",
		"--accent", "{a|rich}", "\xff\xfe", strings.Repeat("x", 10000), "", " ",
	}
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentLinks holds that what a document links to is there, a heading too, and that
// docs/README.md leads to every document of its folder.
func TestDocumentLinks(t *testing.T) {
	link, links := regexp.MustCompile(`\]\(([^)\s]+)\)`), 0
	indexed := map[string]bool{}
	for _, path := range documents(t, "../../*.md", "../../docs/*.md", "../../docs/decisions/*.md") {
		for _, m := range link.FindAllStringSubmatch(readDocument(t, path), -1) {
			to, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(to, ":") { // on the web
				continue
			}
			links++
			target := path
			if to != "" {
				target = filepath.Join(filepath.Dir(path), filepath.FromSlash(to))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
				continue
			}
			if heading != "" && strings.HasSuffix(target, ".md") && !headings(readDocument(t, target))[heading] {
				t.Errorf("%s links to %s, which has no such heading", path, m[1])
			}
			if filepath.ToSlash(path) == "../../docs/README.md" {
				indexed[filepath.Base(target)] = true
			}
		}
	}
	if links < 100 {
		t.Errorf("only %d links were found; how documents write them has changed", links)
	}
	for _, path := range documents(t, "../../docs/*.md") {
		if name := filepath.Base(path); name != "README.md" && !indexed[name] {
			t.Errorf("docs/README.md does not list %s", name)
		}
	}
}

func readDocument(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// headings are the headings of a document, as links name them.
func headings(text string) map[string]bool {
	out, code := map[string]bool{}, false
	other := regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if name := strings.TrimLeft(line, "#"); name != line && !code {
			out[strings.ReplaceAll(other.ReplaceAllString(strings.ToLower(strings.TrimSpace(name)), ""), " ", "-")] = true
		}
	}
	return out
}

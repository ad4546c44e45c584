package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestManPages writes a manual page for each command, into the folder $MAN if it is set (make dist), as the help has it.
func TestManPages(t *testing.T) {
	folder := os.Getenv("MAN")
	if folder == "" {
		folder = t.TempDir()
	}
	root := newRootCommand(newGlobals(environment{stdout: io.Discard, stderr: io.Discard, getenv: os.Getenv}))
	pages := map[string]string{}
	manPages(root, pages)
	for name, page := range pages {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(page) {
			if macro, ok := strings.CutPrefix(line, "."); ok && !strings.Contains(" TH SH TP B nf fi ", " "+strings.Fields(macro)[0]+" ") {
				t.Errorf("%s: text that troff takes for a request: %s", name, line)
			}
		}
	}
	for _, want := range []string{"usagereport.1", "usagereport-load.1", "usagereport-owners-list.1"} {
		if !strings.Contains(pages[want], ".SH SYNOPSIS") {
			t.Errorf("no page %s", want)
		}
	}
	for page, want := range map[string]string{
		"usagereport.1":      "\n.B usagereport\\-load(1)\n",
		"usagereport-load.1": "\n\\fB\\-\\-prefer\\fR \\fIWHICH\\fR\n",
	} {
		if !strings.Contains(pages[page], want) {
			t.Errorf("%s lacks %q:\n%s", page, want, pages[page])
		}
	}
}

// manPages adds to pages those of c and its commands, by the names of their files.
func manPages(c *cobra.Command, pages map[string]string) {
	c.InitDefaultHelpFlag()
	name := strings.ReplaceAll(c.CommandPath(), " ", "-")
	var b strings.Builder
	b.WriteString(".TH " + strings.ToUpper(troff(name)) + " 1 \"\" usagereport\n")
	b.WriteString(".SH NAME\n" + troff(name) + " \\- " + troff(c.Short) + "\n")
	b.WriteString(".SH SYNOPSIS\n" + troff(c.UseLine()) + "\n")
	if c.Long != "" {
		b.WriteString(".SH DESCRIPTION\n.nf\n" + troff(c.Long) + "\n.fi\n")
	}
	for _, g := range groups(c) {
		b.WriteString(".SH " + strings.ToUpper(troff(strings.TrimSuffix(g.Title, ":"))) + "\n")
		g.flags.VisitAll(func(f *pflag.Flag) { b.WriteString(manFlag(f)) })
	}
	if c.Example != "" {
		b.WriteString(".SH EXAMPLES\n.nf\n" + troff(c.Example) + "\n.fi\n")
	}
	var also strings.Builder
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			also.WriteString(".TP\n.B " + troff(name+"-"+sub.Name()) + "(1)\n" + troff(sub.Short) + "\n")
			manPages(sub, pages)
		}
	}
	if also.Len() > 0 {
		b.WriteString(".SH COMMANDS\n" + also.String())
	}
	pages[name+".1"] = b.String()
}

// manFlag is a flag of a manual page: how it is written, and what it does.
func manFlag(f *pflag.Flag) string {
	if f.Hidden {
		return ""
	}
	value, does := pflag.UnquoteUsage(f)
	line := `\fB` + troff("--"+f.Name) + `\fR`
	if f.Shorthand != "" {
		line = `\fB` + troff("-"+f.Shorthand) + `\fR, ` + line
	}
	if value != "" && f.NoOptDefVal == "" {
		line += ` \fI` + troff(value) + `\fR`
	}
	return ".TP\n" + line + "\n" + troff(does) + "\n"
}

// troff writes text so that troff takes nothing of it for its own.
func troff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// What docs/automation.md shows is run once each, as cron, systemd and GitHub would
// run it, at the time that the clock of tests shows.
func TestAutomation(t *testing.T) {
	t.Parallel()
	blocks := map[string][]string{}
	for _, m := range regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```").FindAllStringSubmatch(readDocument(t, "../../docs/automation.md"), -1) {
		blocks[m[1]] = append(blocks[m[1]], m[2])
	}
	if len(blocks["cron"]) != 1 || len(blocks["ini"]) != 2 || len(blocks["yaml"]) != 2 {
		t.Fatalf("the document has other examples than are tested: %d of cron, %d of systemd, %d of GitHub", len(blocks["cron"]), len(blocks["ini"]), len(blocks["yaml"]))
	}
	t.Run("cron", func(t *testing.T) {
		p := newPlace(t)
		for i, line := range strings.Split(strings.TrimSpace(blocks["cron"][0]), "\n") {
			fields := strings.SplitN(line, " ", 6)
			if want := []string{"15 7 * * *", "30 7 6 * *"}[i]; strings.Join(fields[:5], " ") != want || strings.Contains(line, "%") {
				t.Errorf("line %d is not at %s, or has a sign that cron replaces: %s", i+1, want, line)
			}
			if out := p.sh(strings.ReplaceAll(fields[5], "/srv/usagereport", p.dir)); out != "" {
				t.Errorf("cron would mail: %s", out)
			}
		}
		p.sent()
		p.written("usagereport.prom", `usagereport_sent{state="sent"} 1`)
	})
	t.Run("systemd", func(t *testing.T) {
		p := newPlace(t)
		for _, m := range regexp.MustCompile(`(?m)^ExecStart=(.*)$`).FindAllStringSubmatch(blocks["ini"][0], -1) {
			p.sh(m[1])
		}
		p.sent()
		p.written("usagereport.prom", `usagereport_sent{state="sent"} 1`)
		at := regexp.MustCompile(`(?m)^OnCalendar=\*-\*-\* (\d\d:\d\d:\d\d)$`).FindStringSubmatch(blocks["ini"][1])
		if at == nil {
			t.Fatal("the timer has no time")
		}
		if _, err := time.Parse(time.TimeOnly, at[1]); err != nil {
			t.Error(err)
		}
	})
	t.Run("github", func(t *testing.T) {
		p := newPlace(t)
		var workflow struct {
			Jobs map[string]struct {
				Steps []struct{ Name, Run, Uses string }
			}
		}
		if err := yaml.Unmarshal([]byte(blocks["yaml"][0]), &workflow); err != nil {
			t.Fatal(err)
		}
		var ran []string
		for _, s := range workflow.Jobs["usage"].Steps {
			if s.Run != "" && s.Name == "install" { // it is what runs here
				ran = append(ran, s.Name)
			} else if s.Run != "" {
				code := exitDone
				if strings.Contains(s.Run, "--fail-on") { // of which there is one
					code = exitCondition
				}
				p.run(code, s.Run)
				ran = append(ran, s.Name)
			}
		}
		if !slices.Equal(ran, []string{"install", "load", "report", "tell owners"}) {
			t.Errorf("ran %v", ran)
		}
		p.written("report.html", "<!doctype html>")
		p.written("summary.md", "| id ")
	})
	t.Run("the action", func(t *testing.T) { // its steps are run by TestAction
		var workflow struct {
			Jobs map[string]struct {
				Steps []struct {
					Uses string
					With map[string]string
				}
			}
		}
		var action struct{ Inputs map[string]any }
		b, err := os.ReadFile("../../action.yml")
		if err := errors.Join(err, yaml.Unmarshal(b, &action), yaml.Unmarshal([]byte(blocks["yaml"][1]), &workflow)); err != nil {
			t.Fatal(err)
		}
		given := workflow.Jobs["costs"].Steps[1].With
		if len(given) == 0 {
			t.Error("the document gives the action nothing")
		}
		for name := range given {
			if _, known := action.Inputs[name]; !known {
				t.Errorf("the action has no input %s", name)
			}
		}
	})
}

// A place is a folder as the document says it is.
type place struct {
	*testing.T
	dir string
}

func newPlace(t *testing.T) place {
	t.Helper()
	p := place{t, t.TempDir()}
	if err := os.CopyFS(filepath.Join(p.dir, "exports"), os.DirFS("../../testdata/usage/azure_account_v2")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"owners.csv": "name,rule\nAda,SubAccountId=*\n", "usagereport.yaml": "sender: finops@example.org\n"} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// sh runs a line in the shell, which must succeed, and returns what it prints.
func (p place) sh(line string) string {
	p.Helper()
	return p.run(exitDone, line)
}

// run runs a line in the shell, whose exit code must be code.
func (p place) run(code int, line string) string {
	p.Helper()
	c := exec.CommandContext(p.Context(), "bash", "-e", "-o", "pipefail", "-c", line)
	c.Dir = p.dir
	c.Env = append(os.Environ(), "GITHUB_STEP_SUMMARY="+filepath.Join(p.dir, "summary.md"), "GOMAXPROCS=1") // as stories have it
	out, err := c.CombinedOutput()
	if c.ProcessState == nil || c.ProcessState.ExitCode() != code {
		p.Errorf("%s: %v, want exit code %d\n%s", line, err, code, out)
	}
	return string(out)
}

// sent holds that the report was sent.
func (p place) sent() {
	p.Helper()
	found, err := filepath.Glob(filepath.Join(p.dir, "reports", "Ada-*", "R-*", "mail.eml"))
	if err != nil || len(found) == 0 {
		p.Errorf("nothing was sent: %v", err)
	}
}

func (p place) written(name, want string) {
	p.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil || !strings.Contains(string(b), want) {
		p.Errorf("%s does not hold %q: %v\n%.200s", name, want, err, b)
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/internal/config"
	"usagereport/invoices"
	"usagereport/owners"
	"usagereport/sending/answers"
)

// TestDocumentedBlocks holds every block of the documents to something that reads it:
// the program's commands are run by TestDocumentedCommands, files are read by what
// reads them, and a block of another kind is an error until it has a reader here.
func TestDocumentedBlocks(t *testing.T) {
	t.Parallel()
	read := map[string]int{}
	for _, path := range documents(t, "../../docs/*.md", "../../README.md") {
		for _, m := range regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$").FindAllStringSubmatch(readDocument(t, path), -1) {
			kind, text := m[1], m[2]
			read[kind]++
			if err := readBlock(t, filepath.Base(path), kind, text); err != nil {
				t.Errorf("%s: %v, in the block\n%s", path, err, text)
			}
		}
	}
	for _, kind := range []string{"", "csv", "yaml", "json", "toml", "powershell"} {
		if read[kind] == 0 {
			t.Errorf("no block of kind %q was found; how documents mark them has changed", kind)
		}
	}
}

// others are commands of other programs that a document shows: what packs and unpacks is
// held by 'make dist-check', what Azure's own program writes by the tests of its files.
var others = regexp.MustCompile(`^(tar|sudo|pip|az|make|git|cd) |^REAL_SERIES=`)

func readBlock(t *testing.T, document, kind, text string) error {
	t.Helper()
	header, _, _ := strings.Cut(text, "\n")
	switch {
	case kind == "cron", kind == "ini", kind == "yaml" && document == "automation.md":
		return nil // which TestAutomation runs
	case kind == "yaml":
		_, err := config.Parse("usagereport.yaml", []byte(text))
		return err
	case kind == "csv" && strings.HasPrefix(header, "name,"):
		_, err := owners.Parse("owners.csv", []byte(text))
		return err
	case kind == "csv" && strings.HasPrefix(header, "account,period,"):
		_, err := invoices.ReadCSV("invoices.csv", []byte(text))
		return err
	case kind == "csv" && strings.HasPrefix(header, "account,email,"):
		_, err := invoices.ReadRecipients("invoice-recipients.csv", []byte(text))
		return err
	case kind == "json" && !json.Valid([]byte(text)):
		return fmt.Errorf("it is no JSON")
	case kind == "json", kind == "toml":
		given := regexp.MustCompile(`"?args"? ?[=:] ?(\[.*\])`).FindStringSubmatch(text)
		var args []string
		if given == nil || json.Unmarshal([]byte(given[1]), &args) != nil {
			return fmt.Errorf("it has no args")
		}
		return known(args)
	case kind == "powershell":
		for _, m := range regexp.MustCompile(`-Argument '(.*?)'`).FindAllStringSubmatch(text, -1) {
			if err := known(strings.Fields(m[1])); err != nil {
				return err
			}
		}
		return nil
	case kind != "":
		return fmt.Errorf("nothing reads a block of kind %q", kind)
	case strings.HasPrefix(text, "To: "), strings.HasPrefix(text, "F-"): // a mail, or what one says
		mail := "From: ada@example.org\n" + text + "\n"
		if strings.HasPrefix(text, "F-") {
			mail = "From: ada@example.org\nSubject: costs\n\n" + text
		}
		letter, err := answers.ReadMail(strings.NewReader(mail), time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
		if err == nil && len(letter.Answers) == 0 {
			err = fmt.Errorf("no answer is read from it")
		}
		return err
	}
	ran := commandLines(text)
	for line := range strings.Lines(regexp.MustCompile(`\\\n\s*`).ReplaceAllString(text, "")) {
		line = strings.TrimSpace(line)
		if _, args, ours := strings.Cut(line, " -- /usr/local/bin/usagereport "); ours {
			if err := known(strings.Fields(args)); err != nil {
				return err
			}
		} else if line != "" && line[0] != '#' && !slices.Contains(ran, line) && !others.MatchString(line) {
			return fmt.Errorf("nothing runs %q", line)
		}
	}
	return nil
}

// known says whether a command takes these arguments.
func known(args []string) error {
	var said strings.Builder
	env := scriptEnvironment()
	env.args, env.stdout, env.stderr = append(slices.Clone(args), "--help"), &said, &said
	if code := runUntilSignal(env); code != exitDone {
		return fmt.Errorf("usagereport %s: exit code %d: %s", strings.Join(args, " "), code, said.String())
	}
	if !strings.Contains(said.String(), "usagereport "+args[0]) {
		return fmt.Errorf("%s is no command", args[0])
	}
	return nil
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/atomicfile"
	"usagereport/internal/config"
	"usagereport/owners"
	"usagereport/workspace"
)

// begin says on a terminal what to do next, in six lines, by what the folder holds.
func begin(g *globals) error {
	lines := []string{"usagereport says from a cloud's daily usage files what the bill will be, what grew, why, and whose it is.", ""}
	files := usageFiles(".")
	_, err := os.Stat(g.work.Path())
	switch {
	case err == nil:
		lines = append(lines, "  usagereport report            a page on what "+g.work.Path()+" holds",
			"  usagereport load FILE...      adds newer usage files to it")
	case len(files) > 0:
		lines = append(lines, "  usagereport report "+quoted(files[0])+"   a page on this file",
			"  usagereport load .            keeps all files of this folder, to compare months")
	default:
		lines = append(lines, "  usagereport report FILE       a page on a usage file that you have downloaded",
			"  usagereport demo demo         writes invented files, to look at a report: usagereport report demo")
	}
	lines = append(lines, "  usagereport init              makes a folder for each month's work",
		"  usagereport --help            lists all commands")
	for _, l := range lines {
		if err := g.say("%s", l); err != nil {
			return err
		}
	}
	return nil
}

// usageFiles lists the files of a folder that may be usage files, the newest first.
func usageFiles(dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	at := map[string]int64{}
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		own := slices.Contains(workspace.OwnNames(), name)
		known := slices.ContainsFunc([]string{".csv", ".csv.gz", ".csv.zst", ".zip", ".parquet"}, func(end string) bool { return strings.HasSuffix(name, end) })
		if info, err := e.Info(); err == nil && known && !own && info.Mode().IsRegular() {
			names, at[e.Name()] = append(names, e.Name()), info.ModTime().UnixNano()
		}
	}
	slices.SortStableFunc(names, func(x, y string) int { return int(min(1, max(-1, at[y]-at[x]))) })
	return names
}

// quoted is a name as a shell takes it.
func quoted(name string) string {
	if strings.ContainsAny(name, " \t'\"$&()*;<>?[]`|#~!{}") {
		return `"` + name + `"`
	}
	return name
}

func newInitCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Make a folder for each month's work: configuration, owners, exports",
		Long: `Make a folder to work in, or the missing parts of one: usagereport.yaml, in which
each key stands behind a #; exports/ for the files that you download; and where
the ledger has usage, owners.csv as 'owners suggest' drafts it. What is there
stays as it is.`,
		Example: `  usagereport init
  usagereport init costs && cd costs`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return runInit(cmd.Context(), g, dir)
		},
	}
}

func runInit(ctx context.Context, g *globals, dir string) error {
	if !g.work.Chosen() {
		g.work.LedgerPath = filepath.Join(dir, g.work.Path())
	}
	if err := os.MkdirAll(filepath.Join(dir, "exports"), 0o755); err != nil {
		return fmt.Errorf("init: make %s; name a folder in which you may write: %w", filepath.Join(dir, "exports"), err)
	}
	made := func(name string, text []byte) error {
		path := filepath.Join(dir, name)
		_, err := os.Lstat(path)
		switch {
		case err == nil:
			return g.say("%s is there, and stays as it is", path)
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("init: %w", err)
		}
		if err := atomicfile.Put(path, text, 0o644); err != nil {
			return fmt.Errorf("init: %w", err)
		}
		return g.say("%s", path)
	}
	if err := made(config.Name, config.Sample); err != nil {
		return err
	}
	next := "  usagereport owners suggest > owners.csv    drafts who pays for what, once something is loaded"
	if drafts, err := g.work.SuggestOwners(ctx, ""); err == nil && len(drafts) > 0 {
		var b bytes.Buffer
		if err := owners.WriteDrafts(&b, drafts); err != nil {
			return err
		}
		if err := made(workspace.OwnersName, b.Bytes()); err != nil {
			return err
		}
		next = "  usagereport owners check                   what of owners.csv takes nothing, or too much: it is a draft"
	}
	g.note(`
Each month, in this folder:
  usagereport load exports/                  takes in what you have downloaded into it
  usagereport report                         writes the page
  usagereport send                           sends each owner of owners.csv theirs
Before that:
%s`, next)
	return nil
}

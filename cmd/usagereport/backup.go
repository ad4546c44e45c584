package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"usagereport/ledger"
)

func newBackupCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:  "backup DIR",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runBackup(cmd.Context(), g, args[0]) },
	}
}

func runBackup(ctx context.Context, g *globals, dir string) error {
	owners, more := g.work.BackedUp()
	b, err := ledger.MakeBackup(ctx, g.work.Path(), dir, owners, more, g.env.now())
	if err != nil {
		return err
	}
	if b.Lacks != "" {
		g.Note("the owners file %s, through which the ledger was last looked at, is not there: the backup is without one", b.Lacks)
	}
	for _, f := range b.Files {
		g.Note("%s: %d bytes, sha256 %s", f.Name, f.Bytes, f.SHA256)
	}
	return g.Say("%s", dir)
}

func newRestoreCommand(g *globals) *cobra.Command {
	var replace, wait bool
	c := &cobra.Command{
		Use:  "restore DIR",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var waiting func(int)
			if wait {
				waiting = g.work.Waiting()
			}
			b, err := ledger.RestoreBackup(cmd.Context(), args[0], g.work.Path(), replace, waiting)
			if err != nil {
				return err
			}
			return g.Say("%s", fmt.Sprintf("%s is as it was on %s", g.work.Path(), b.MadeAt.Format("2006-01-02 15:04 UTC")))
		},
	}
	c.Flags().BoolVar(&replace, "replace", false, "replace the files that are there")
	addWaitFlag(c.Flags(), &wait)
	return c
}

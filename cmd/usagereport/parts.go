package main

import (
	"io"

	"github.com/spf13/cobra"

	"usagereport/loader"
	"usagereport/loader/blob"
	"usagereport/loader/file"
	"usagereport/loader/https"
	"usagereport/loader/stdin"
)

// commands lists the commands, in the order of the help.
func commands(g *globals) []*cobra.Command {
	return []*cobra.Command{
		newReportCommand(g),
		newLoadCommand(g),
		newInspectCommand(g),
		newLoadsCommand(g),
		newPeriodsCommand(g),
		newCompareCommand(g),
		newForecastCommand(g),
		newAnomaliesCommand(g),
		newAnswersCommand(g),
		newOwnersCommand(g),
		newQueryCommand(g),
		newBackupCommand(g),
		newRestoreCommand(g),
		newDemoCommand(g),
	}
}

// sources lists the kinds of places to load from, by scheme, and a function
// that closes what they have opened.
func sources(g *globals) (byScheme map[string]loader.Source, done func()) {
	web := &https.Source{Now: g.env.now, AllowPrivate: g.allowPrivate}
	stores := &blob.Source{Now: g.env.now}
	return map[string]loader.Source{
		"file":   file.Source{},
		"stdin":  &stdin.Source{In: g.env.stdin},
		"https":  web,
		"http":   web, // which refuses it for other machines, and says why
		"azblob": stores,
		"s3":     stores,
		"gs":     stores,
	}, func() {
		for _, c := range []io.Closer{web, stores} {
			// Everything was read; what closing meets changes nothing of it.
			_ = c.Close()
		}
	}
}

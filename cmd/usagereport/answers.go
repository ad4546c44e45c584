package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/internal/misuse"
	"usagereport/internal/smallcsv"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/reports/text"
	"usagereport/sending/answers"
	"usagereport/usage"
)

type answersOptions struct {
	until, note, by string
	wait            bool
}

func newAnswersCommand(g *globals) *cobra.Command {
	var o answersOptions
	p := g.printer()
	c := &cobra.Command{
		Use:  "answers",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAnswers(cmd.Context(), g, p) },
	}
	addFormatFlag(c, &p)
	add := &cobra.Command{
		Use:  "add ID planned|fixed|not-mine|wrong",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runAnswersAdd(cmd.Context(), g, o, args[0], args[1])
		},
	}
	f := add.Flags()
	f.StringVar(&o.until, "until", "", "last `DAY` on which it holds (default: 90 days from now)")
	f.StringVar(&o.note, "note", "", "a `TEXT` that stands beside it")
	o.addByFlag(f, "you")
	addWaitFlag(f, &o.wait)
	c.AddCommand(add, newAnswersReadCommand(g), newAnswersRemoveCommand(g))
	return c
}

func newAnswersReadCommand(g *globals) *cobra.Command {
	var o answersOptions
	c := &cobra.Command{
		Use:  "read FILE...",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runAnswersRead(cmd.Context(), g, o, args)
		},
	}
	o.addByFlag(c.Flags(), "the file's name; a mail says it itself")
	addWaitFlag(c.Flags(), &o.wait)
	return c
}

func newAnswersRemoveCommand(g *globals) *cobra.Command {
	var o answersOptions
	c := &cobra.Command{
		Use:  "remove ID",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runAnswersRemove(cmd.Context(), g, o, args[0])
		},
	}
	addWaitFlag(c.Flags(), &o.wait)
	return c
}

func (o *answersOptions) addByFlag(f *pflag.FlagSet, usual string) {
	f.StringVar(&o.by, "by", "", "`WHO` says so (default: "+usual+")")
}

func runAnswers(ctx context.Context, g *globals, p terminal.Printer) error {
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	list, err := s.Ledger.Answers(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 && p.ForPeople() {
		return g.Say("nobody has answered; 'usagereport answers add ID planned' does, with an ID that 'usagereport anomalies' lists")
	}
	return text.Answers(p, list, usage.DayOf(g.env.now().UTC()))
}

func runAnswersAdd(ctx context.Context, g *globals, o answersOptions, id, answer string) error {
	a, err := answers.Parse(id, answer, o.until, g.env.now())
	if err != nil {
		return misuse.Of(err)
	}
	a.Note, a.By = o.note, cmp.Or(o.by, g.env.getenv("USER"), "the administrator")
	added, err := g.work.NoteAnswers(ctx, []ledger.Answer{a}, o.wait)
	if err != nil {
		return err
	}
	if added == 0 {
		return g.Say("%s: %s had said so already", a.Finding, a.By)
	}
	return g.Say("%s: %s, says %s", a.Finding, a.Answer, a.By)
}

func runAnswersRemove(ctx context.Context, g *globals, o answersOptions, id string) error {
	a, err := answers.Parse(id, ledger.Fixed, "", g.env.now())
	if err != nil {
		return misuse.Of(err)
	}
	n, err := g.work.RemoveAnswers(ctx, a.Finding, o.wait)
	if err != nil {
		return err
	}
	return g.Say("%s: %d taken back", a.Finding, n)
}

// runAnswersRead notes the answers of each file whole or not at all; a file that is
// refused does not stop the others.
func runAnswersRead(ctx context.Context, g *globals, o answersOptions, paths []string) error {
	r, files, err := g.work.NewAnswerReader(ctx, paths, o.by, o.wait)
	if err != nil {
		return err
	}
	defer r.Close()
	added, all, refused := 0, 0, 0
	for _, path := range files {
		n, of, err := r.Read(ctx, path)
		added, all = added+n, all+of
		if err != nil {
			g.Fail("usagereport: read answers: %v; nothing of it was noted", smallcsv.In(path, err))
			refused++
		}
	}
	if refused < len(files) {
		if err := r.Publish(ctx); err != nil {
			return err
		}
	}
	said := fmt.Sprintf("new: %d of %d", added, all)
	if refused > 0 {
		said += fmt.Sprintf("; %d of %d files refused", refused, len(files))
	}
	if err := g.Say("%s", said); err != nil {
		return err
	}
	if refused > 0 {
		return errReported
	}
	return nil
}

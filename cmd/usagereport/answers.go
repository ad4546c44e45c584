package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/internal/query"
	"usagereport/internal/smallcsv"
	"usagereport/ledger"
	"usagereport/sending/answers"
	"usagereport/usage"
)

type answersOptions struct {
	until, note, by string
	wait            bool
}

func newAnswersCommand(g *globals) *cobra.Command {
	var o answersOptions
	var p printer
	c := &cobra.Command{
		Use:   "answers",
		Short: "List what was answered to findings, or note an answer",
		Long: `List what was answered to findings, the newest first, and whether it still holds.
An answered finding is no alarm, and stands in reports as answered:

  planned   the cost is wanted; quiet until its day, then an alarm again
  not-mine  somebody else has to look
  wrong     no incident; a like one later is worth a look, and no alarm
  fixed     what caused it has ended; should later days show that it goes on,
            the alarm stands, and says so

Answers end: on the day that --until names, else after 90 days.`,
		Example: `  usagereport answers
  usagereport answers add F-7K3QAB planned --until 2026-12-31 --note "load test"
  usagereport answers add F-7K3QAB fixed
  usagereport answers read answers.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAnswers(cmd.Context(), g, p) },
	}
	p.addFlag(c)
	add := &cobra.Command{
		Use:   "add ID planned|fixed|not-mine|wrong",
		Short: "Answer a finding",
		Example: `  usagereport answers add F-7K3QAB planned --until 2026-12-31 --note "load test"
  usagereport answers add F-7K3QAB not-mine --by ada@example.com`,
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
		Use:   "read FILE...",
		Short: "Note the answers of files: CSV with finding,answer,until,note,by, or mails",
		Long: `Note the answers of CSV files and of mails. Of CSV the columns finding and answer
must be there; until, note and by may. A mail is a file that ends in .eml, and a
folder is all mails in it. Its answers are in its subject, or lines of its text:

  Subject: [F-7K3QAB] planned until 2026-12-31
  F-7K3QAB planned until 2026-12-31 because of the load test

What is quoted is no answer. A mail must come from an address that the owners file
has, and answer to findings of charges of which some are that owner's. Anybody can
write any address as a sender: a mail that the receiving server found not to come
from it is refused, and one that no server has checked is told of.

A file that cannot be read whole is not read at all, and does not stop the others;
the exit code is then 1. What was noted before is not noted again.`,
		Example: `  usagereport answers read answers.csv
  usagereport answers read answers/ --owners owners.csv`,
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
		Use:   "remove ID",
		Short: "Take back what was answered to a finding",
		Long: `Take back all answers to a finding, which then stands as if nothing had been said. A
line of answers.csv that answers it is noted anew by the next run: take it out, too.`,
		Example: `  usagereport answers add F-7K3QAB fixed
  usagereport answers remove F-7K3QAB`,
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

func runAnswers(ctx context.Context, g *globals, p printer) error {
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	list, err := s.Ledger.Answers(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 && p.forPeople() {
		return g.say("nobody has answered; 'usagereport answers add ID planned' does, with an ID that 'usagereport anomalies' lists")
	}
	type row = ledger.Said
	today := usage.DayOf(g.env.now().UTC())
	return printRows(g, p, query.Columns[row]{
		{Name: "id", Of: func(s row) any { return s.Finding }},
		{Name: "answer", Of: func(s row) any { return s.Answer.Answer }},
		{Name: "until", Kind: query.Date, Of: func(s row) any { return orNoDay(s.Until) }},
		{Name: "state", Of: func(s row) any {
			switch {
			case !s.Newest:
				return "replaced"
			case s.Until != 0 && s.Until < today:
				return "over"
			}
			return "holds"
		}},
		{Name: "said_by", Of: func(s row) any { return s.By }},
		{Name: "said_at", Kind: query.Timestamp, Of: func(s row) any { return s.At }},
		{Name: "kind", Of: func(s row) any { return string(s.Kind) }},
		{Name: "direction", Of: func(s row) any { return string(s.Direction) }},
		{Name: "start", Kind: query.Date, Of: func(s row) any { return s.Start }},
		{Name: "impact", Kind: query.Decimal, Of: func(s row) any { return p.amount(s.Impact) }},
		{Name: "currency", Of: func(s row) any { return s.Impact.Currency }},
		{Name: "note", Of: func(s row) any { return s.Note }},
	}, list)
}

func runAnswersAdd(ctx context.Context, g *globals, o answersOptions, id, answer string) error {
	a, err := answers.Parse(id, answer, o.until, g.env.now())
	if err != nil {
		return usageError{err}
	}
	a.Note, a.By = o.note, cmp.Or(o.by, g.env.getenv("USER"), "the administrator")
	added, err := g.work.NoteAnswers(ctx, []ledger.Answer{a}, o.wait)
	if err != nil {
		return err
	}
	if added == 0 {
		return g.say("%s: %s had said so already", a.Finding, a.By)
	}
	return g.say("%s: %s, says %s", a.Finding, a.Answer, a.By)
}

func runAnswersRemove(ctx context.Context, g *globals, o answersOptions, id string) error {
	a, err := answers.Parse(id, ledger.Fixed, "", g.env.now())
	if err != nil {
		return usageError{err}
	}
	n, err := g.work.RemoveAnswers(ctx, a.Finding, o.wait)
	if err != nil {
		return err
	}
	return g.say("%s: %d taken back", a.Finding, n)
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
			g.fail("usagereport: read answers: %v; nothing of it was noted", smallcsv.In(path, err))
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
	if err := g.say("%s", said); err != nil {
		return err
	}
	if refused > 0 {
		return errReported
	}
	return nil
}

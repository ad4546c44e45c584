package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/answers"
	"usagereport/internal/smallcsv"
	"usagereport/ledger"
	"usagereport/owners"
	"usagereport/query"
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
		Short: "Note what was answered to a finding",
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
	read := &cobra.Command{
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
	o.addByFlag(read.Flags(), "the file's name; a mail says it itself")
	addWaitFlag(read.Flags(), &o.wait)
	c.AddCommand(add, read)
	return c
}

func (o *answersOptions) addByFlag(f *pflag.FlagSet, usual string) {
	f.StringVar(&o.by, "by", "", "`WHO` says so (default: "+usual+")")
}

func runAnswers(ctx context.Context, g *globals, p printer) error {
	l, err := g.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	list, err := l.Answers(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 && p.forPeople() {
		return g.say("nobody has answered; 'usagereport answers add ID planned' does, with an ID that 'usagereport anomalies' lists")
	}
	today := usage.DayOf(g.env.now().UTC())
	var rows [][]any
	for _, s := range list {
		state := "holds"
		var until any
		switch {
		case !s.Newest:
			state = "replaced"
		case s.Until != 0 && s.Until < today:
			state = "over"
		}
		if s.Until != 0 {
			until = s.Until
		}
		rows = append(rows, []any{s.Finding, s.Answer.Answer, until, state, s.By, s.At, s.Kind, s.Direction, s.Start, p.amount(s.Impact), s.Impact.Currency, s.Note})
	}
	return p.print(g, query.Table{Columns: []query.Column{
		{Name: "id"},
		{Name: "answer"},
		{Name: "until", Kind: query.Date},
		{Name: "state"},
		{Name: "said_by"},
		{Name: "said_at", Kind: query.Timestamp},
		{Name: "kind"},
		{Name: "direction"},
		{Name: "start", Kind: query.Date},
		{Name: "impact", Kind: query.Decimal},
		{Name: "currency"},
		{Name: "note"},
	}, Rows: query.RowsOf(rows...)})
}

func runAnswersAdd(ctx context.Context, g *globals, o answersOptions, id, answer string) error {
	a, err := answers.Parse(id, answer, o.until, g.env.now())
	if err != nil {
		return usageError{err}
	}
	a.Note, a.By = o.note, cmp.Or(o.by, g.env.getenv("USER"), "the administrator")
	added, err := noteAnswers(ctx, g, o, []ledger.Answer{a})
	if err != nil {
		return err
	}
	if added == 0 {
		return g.say("%s: %s had said so already", a.Finding, a.By)
	}
	return g.say("%s: %s, says %s", a.Finding, a.Answer, a.By)
}

// runAnswersRead notes the answers of each file whole or not at all; a file that is
// refused does not stop the others.
func runAnswersRead(ctx context.Context, g *globals, o answersOptions, paths []string) error {
	files, err := letters(paths)
	if err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	l, err := g.openToWrite(ctx, ledger.Options{}, o.wait)
	if err != nil {
		return err
	}
	defer l.Close()
	var whose *postman // made for the first mail
	if slices.ContainsFunc(files, isMail) {
		if whose, err = newPostman(ctx, g, l); err != nil {
			return err
		}
	}
	added, all, refused := 0, 0, 0
	for _, path := range files {
		as, err := readAnswers(ctx, g, o, whose, path)
		if err == nil {
			var n int
			n, err = l.AddAnswers(ctx, as)
			added, all = added+n, all+len(as)
		}
		if err != nil {
			fmt.Fprintf(g.env.stderr, "usagereport: read answers: %v; nothing of it was noted\n", smallcsv.In(path, err))
			refused++
		}
	}
	if whose != nil {
		whose.Close()
	}
	if refused < len(files) {
		if err := l.Publish(ctx); err != nil {
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

// isMail reports whether a file holds a mail, by its name.
func isMail(path string) bool { return strings.EqualFold(filepath.Ext(path), ".eml") }

// letters returns paths with the mails that lie in those that are folders.
func letters(paths []string) (files []string, err error) {
	for _, path := range paths {
		entries, err := os.ReadDir(path)
		if err != nil { // a file, or one that is not there, as reading it will tell
			files = append(files, path)
			continue
		}
		n := len(files)
		for _, e := range entries {
			if isMail(e.Name()) && !e.IsDir() {
				files = append(files, filepath.Join(path, e.Name()))
			}
		}
		if len(files) == n {
			return nil, fmt.Errorf("%s: no file in it ends in .eml", path)
		}
	}
	return files, nil
}

// readAnswers reads a file: a mail of an owner, or CSV.
func readAnswers(ctx context.Context, g *globals, o answersOptions, whose *postman, path string) ([]ledger.Answer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if !isMail(path) {
		return answers.ReadCSV(path, f, cmp.Or(o.by, path), g.env.now())
	}
	l, err := answers.ReadMail(f, g.env.now())
	if err != nil {
		return nil, err
	}
	if err := whose.check(ctx, l); err != nil {
		return nil, err
	}
	if !l.Checked {
		g.note("%s: no mail server has checked that it comes from %s", path, l.From)
	}
	return l.Answers, nil
}

// A postman knows which addresses and which findings are whose.
type postman struct {
	*analysis.Analysis
	owners *owners.File
	told   map[string]ledger.ToldFinding
}

func newPostman(ctx context.Context, g *globals, l *ledger.Ledger) (*postman, error) {
	f, err := g.needOwners(ctx, l)
	if err != nil {
		return nil, err
	}
	told, err := l.ToldFindings(ctx)
	if err != nil {
		return nil, err
	}
	a, err := analysis.Look(ctx, l, analysis.Options{}, f.Rules)
	if err != nil {
		return nil, err
	}
	p := &postman{a, f, map[string]ledger.ToldFinding{}}
	for _, t := range told {
		p.told[t.ID] = t
	}
	return p, nil
}

// check returns an error where a mail is not of an owner, or answers to what is
// none of the owner's business.
func (p *postman) check(ctx context.Context, l answers.Letter) error {
	var senders []string
	for _, o := range p.owners.Owners {
		if slices.ContainsFunc(o.Emails, func(e string) bool { return strings.EqualFold(e, l.From) }) {
			senders = append(senders, o.Name)
		}
	}
	if len(senders) == 0 {
		return fmt.Errorf("from %s: no owner in %s has this address", l.From, p.owners.Path)
	}
	for _, a := range l.Answers {
		f, ok := p.told[a.Finding]
		if !ok {
			return fmt.Errorf("%s: %w", a.Finding, ledger.ErrNoFinding)
		}
		of, err := p.OwnersOf(ctx, f)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(of, func(o string) bool { return slices.Contains(senders, o) }) {
			return fmt.Errorf("%s: none of its charges are of %s, whose address %s is", a.Finding, strings.Join(senders, ", "), l.From)
		}
	}
	return nil
}

// standingAnswers is the file whose answers commands note by themselves.
const standingAnswers = "answers.csv"

// takeAnswers notes what is new in answers.csv, beside the configuration, if it is
// there. A line is news once: what somebody has said since by another way stays. Where
// another process writes the ledger, strict makes that an error; else it is told.
func (g *globals) takeAnswers(ctx context.Context, strict bool) error {
	path := g.beside(standingAnswers)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	defer f.Close()
	all, err := answers.ReadStanding(path, f, standingAnswers, g.env.now())
	if err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	l, err := g.open(ctx)
	if err != nil {
		return err
	}
	said, err := l.Answers(ctx)
	if err := errors.Join(err, l.Close()); err != nil {
		return fmt.Errorf("read answers: %w", err)
	}
	news := slices.DeleteFunc(all, func(a ledger.Answer) bool {
		return slices.ContainsFunc(said, func(s ledger.Said) bool {
			return s.Finding == a.Finding && s.Answer.Answer == a.Answer && s.By == a.By && s.Note == a.Note && (a.Until == 0 || s.Until == a.Until)
		})
	})
	if len(news) == 0 {
		return nil
	}
	_, err = noteAnswers(ctx, g, answersOptions{}, news)
	if used := (*ledger.InUseError)(nil); !strict && (errors.As(err, &used) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)) {
		g.note("%d answers in %s are not noted yet, and not used: %v", len(news), path, err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// noteAnswers writes answers into the ledger and returns how many were news.
func noteAnswers(ctx context.Context, g *globals, o answersOptions, as []ledger.Answer) (added int, err error) {
	l, err := g.openToWrite(ctx, ledger.Options{}, o.wait)
	if err != nil {
		return 0, err
	}
	defer l.Close()
	if added, err = l.AddAnswers(ctx, as); err != nil {
		return 0, fmt.Errorf("note answers: %w", err)
	}
	return added, l.Publish(ctx)
}

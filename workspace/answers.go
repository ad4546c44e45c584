package workspace

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/owners"
	"usagereport/sending/answers"
)

// isMail reports whether a file holds a mail, by its name.
func isMail(path string) bool { return strings.EqualFold(filepath.Ext(path), ".eml") }

// withMails returns paths with the mails that lie in those that are folders.
func withMails(paths []string) (files []string, err error) {
	for _, path := range paths {
		entries, err := os.ReadDir(path)
		if err != nil { // a file, or one that is not there, which reading it will say
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

// read reads a file: a mail of an owner, or CSV.
func (r *AnswerReader) read(ctx context.Context, path string) ([]ledger.Answer, error) {
	if !isMail(path) {
		b, err := r.w.ReadSmall(path)
		if err != nil {
			return nil, err
		}
		return answers.ReadCSV(path, bytes.NewReader(b), cmp.Or(r.by, path), r.w.Now())
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l, err := answers.ReadMail(f, r.w.Now())
	if err != nil {
		return nil, err
	}
	if err := r.check(ctx, l); err != nil {
		return nil, err
	}
	if !l.Checked {
		r.w.Note("%s: no mail server has checked that it comes from %s", path, l.From)
	}
	return l.Answers, nil
}

// An AnswerReader reads files of answers into a ledger. Close it.
type AnswerReader struct {
	w  *Workspace
	l  *ledger.Ledger
	by string // says the answers of CSV; "" is the file's name

	// For mails: the owners with their addresses, and the findings that were shown.
	analysis *analysis.Analysis
	owners   *owners.File
	told     map[string]ledger.ToldFinding
}

// NewAnswerReader returns one that reads the files at paths, in which a folder is all
// mails in it, and those files.
func (w *Workspace) NewAnswerReader(ctx context.Context, paths []string, by string, wait bool) (_ *AnswerReader, files []string,
	err error,
) {
	if files, err = withMails(paths); err != nil {
		return nil, nil, fmt.Errorf("read answers: %w", err)
	}
	r := &AnswerReader{w: w, by: by}
	if r.l, err = w.OpenToWrite(ctx, ledger.Options{}, wait); err != nil {
		return nil, nil, err
	}
	if slices.ContainsFunc(files, isMail) {
		if err := r.openMails(ctx); err != nil {
			return nil, nil, errors.Join(err, r.l.Close())
		}
	}
	return r, files, nil
}

// Read notes the answers of a file, all or none.
func (r *AnswerReader) Read(ctx context.Context, path string) (added, all int, err error) {
	as, err := r.read(ctx, path)
	if err != nil {
		return 0, 0, err
	}
	added, err = r.l.AddAnswers(ctx, as)
	return added, len(as), err
}

// Publish writes what was noted.
func (r *AnswerReader) Publish(ctx context.Context) error {
	r.closeMails()
	return r.l.Publish(ctx)
}

// Close closes the ledger.
func (r *AnswerReader) Close() {
	r.closeMails()
	r.l.Close()
}

func (r *AnswerReader) closeMails() {
	if r.analysis != nil {
		r.analysis.Close()
		r.analysis = nil
	}
}

func (r *AnswerReader) openMails(ctx context.Context) (err error) {
	if r.owners, err = r.w.On(r.l).NeedOwners(ctx); err != nil {
		return err
	}
	told, err := r.l.ToldFindings(ctx)
	if err != nil {
		return err
	}
	r.told = map[string]ledger.ToldFinding{}
	for _, t := range told {
		r.told[t.ID] = t
	}
	r.analysis, err = analysis.Look(ctx, r.l, analysis.Options{}, r.owners.Rules)
	return err
}

// check returns an error where a mail is not of an owner, or answers to what is
// none of the owner's business.
func (r *AnswerReader) check(ctx context.Context, l answers.Letter) error {
	var senders []string
	for _, o := range r.owners.Owners {
		if slices.ContainsFunc(o.Emails, func(e string) bool { return strings.EqualFold(e, l.From) }) {
			senders = append(senders, o.Name)
		}
	}
	if len(senders) == 0 {
		return fmt.Errorf("from %s: no owner in %s has this address", l.From, r.owners.Path)
	}
	for _, a := range l.Answers {
		f, ok := r.told[a.Finding]
		if !ok {
			return fmt.Errorf("%s: %w", a.Finding, ledger.ErrNoFinding)
		}
		of, err := r.analysis.OwnersOf(ctx, f)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(of, func(o string) bool { return slices.Contains(senders, o) }) {
			return fmt.Errorf("%s: none of its charges are of %s, whose address %s is", a.Finding, strings.Join(senders, ", "), l.From)
		}
	}
	return nil
}

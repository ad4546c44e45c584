package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/internal/misuse"
	"usagereport/reports"
	"usagereport/reports/pdf"
)

// A rendering is one way to write a report.
type rendering struct {
	ext   string // of the file, where no flag names one
	write func(ctx context.Context, w io.Writer, r *analysis.Report) error
}

// formByName takes the form from how the name of the file ends, where no flag says it.
func (o reportOptions) formByName() (reportOptions, error) {
	end := strings.ToLower(filepath.Ext(o.out))
	said := o.format
	switch {
	case o.pdf:
		said = "pdf"
	case o.xlsx:
		said = "xlsx"
	}
	names := map[string]string{".html": "html", ".htm": "html", ".json": "json", ".md": "markdown", ".pdf": "pdf", ".xlsx": "xlsx"}
	form, known := names[end]
	office := map[string]bool{".xls": true, ".csv": true, ".docx": true, ".pptx": true}
	switch {
	case said == "" && office[end]:
		return o, misuse.Of(fmt.Errorf("-o %s: no report is written as %s; name it .html, .pdf, .xlsx, .md or .json, or "+
			"say --format", o.out, end))
	case known && said != "" && !strings.EqualFold(said, form):
		return o, misuse.Of(fmt.Errorf("-o %s: the name says %s, and the flags %s; mend one of them", o.out, form, said))
	case said != "" || !known:
		return o, nil
	}
	switch form {
	case "pdf":
		o.pdf = true
	case "xlsx":
		o.xlsx = true
	default:
		o.format = form
	}
	return o, nil
}

// rendering returns the one that the flags choose.
func (o reportOptions) rendering(g *globals) (rendering, error) {
	l, err := locale.New(o.lang)
	if err != nil {
		return rendering{}, misuse.Of(fmt.Errorf("--lang: %w", err))
	}
	options := reports.Options{Lang: o.lang, AnswersTo: o.answersTo}
	if err := options.Check(); err != nil {
		return rendering{}, misuse.Of(fmt.Errorf("--answers-to: %w", err))
	}
	if o, err = o.formByName(); err != nil {
		return rendering{}, err
	}
	if o.pdf && o.xlsx || (o.pdf || o.xlsx) && o.format != "" {
		return rendering{}, misuse.Of(errors.New("--format, --xlsx and --pdf: give one of them; a run writes one file"))
	}
	if o.full && !o.pdf {
		return rendering{}, misuse.Of(errors.New("--full: only a PDF has a short and a full form; say --pdf, or leave --full out"))
	}
	if o.xlsx {
		return rendering{"xlsx", func(_ context.Context, w io.Writer, r *analysis.Report) error {
			return reports.WriteXLSX(w, r, options)
		}}, nil
	}
	if o.pdf {
		p := pdf.Printer{
			Browser: g.env.getenv(pdf.Variable), LocalAppData: g.env.getenv("LOCALAPPDATA"), Chinese: l.Lang == locale.TraditionalChinese,
			Full: o.full,
			Note: func(s string) { g.Note("%s", s) },
		}
		if _, err := p.Find(); err != nil { // before the work, not after it
			return rendering{}, err
		}
		return rendering{"pdf", func(ctx context.Context, w io.Writer, r *analysis.Report) error {
			var page bytes.Buffer
			if err := reports.Write(&page, r, options); err != nil {
				return err
			}
			file, err := p.Print(ctx, page.Bytes())
			if err != nil {
				return err
			}
			_, err = w.Write(file)
			return err
		}}, nil
	}
	switch strings.ToLower(o.format) {
	case "", "html":
		return rendering{"html", func(_ context.Context, w io.Writer, r *analysis.Report) error {
			return reports.Write(w, r, options)
		}}, nil
	case "json":
		return rendering{"json", func(_ context.Context, w io.Writer, r *analysis.Report) error {
			return reports.WriteJSON(w, r, options)
		}}, nil
	case "markdown":
		return rendering{"md", func(_ context.Context, w io.Writer, r *analysis.Report) error {
			return reports.WriteMarkdown(w, r, options)
		}}, nil
	}
	return rendering{}, misuse.Of(fmt.Errorf("--format %s: unknown; use html, json or markdown", o.format))
}

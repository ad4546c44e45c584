package web

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/reports"
	"usagereport/usage"
)

// A sqlPage is what templates/sql.html shows.
type sqlPage struct {
	SQL   string
	Saved []queries.Query
	Name  string // of the saved query that is shown
	Rows  int    // that a result shows at most
	Asset string
	Nonce string // of the editor's styles
	Guard string // of the form that saves a query; "" where none can be
}

func (s *Server) serveSQL(w http.ResponseWriter, r *http.Request) {
	saved, err := s.backend.Saved()
	if err != nil {
		s.answer(w, r, nil, "", err)
		return
	}
	// Only the nonce differs from visit to visit; saved queries may change at any time.
	key := fmt.Sprintf("/sql?%s %q", r.URL.RawQuery, saved)
	body, _, err := s.made(r.Context(), key, func(ctx context.Context, w io.Writer) error { return s.writeSQL(ctx, w, r.URL.Query(), saved) })
	if err != nil {
		s.answer(w, r, nil, "", err)
		return
	}
	nonce := rand.Text()
	w.Header().Set("Content-Security-Policy", policy(nonce))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(bytes.ReplaceAll(body, []byte(s.nonce), []byte(nonce)))
}

// writeSQL writes the page, with s.nonce in the place of the nonce.
func (s *Server) writeSQL(ctx context.Context, w io.Writer, asked url.Values, saved []queries.Query) error {
	p := sqlPage{
		SQL: asked.Get("q"), Saved: saved, Name: asked.Get("name"), Rows: shownRows,
		Asset: "/assets/" + s.mark + "/editor.min.js", Nonce: s.nonce,
	}
	for _, q := range saved {
		if strings.EqualFold(q.Name, p.Name) && p.SQL == "" {
			p.SQL = q.SQL
		}
	}
	if !s.o.ReadOnly {
		p.Guard = s.own
	}
	if p.SQL == "" {
		all, err := s.backend.Choices(ctx)
		if err != nil {
			return err
		}
		p.SQL = firstQuery(asked.Get("period"), all.Periods)
	}
	var body bytes.Buffer
	if err := s.page.ExecuteTemplate(&body, "sql.html", p); err != nil {
		return fmt.Errorf("sql page: %w", err)
	}
	live, err := s.live(ctx, "/sql", choiceOf(asked), nil)
	if err != nil {
		return err
	}
	return reports.WriteLive(w, s.l.Say(locale.T("Ask in SQL")), template.HTML(body.String()), reports.Options{Lang: s.o.Lang, Live: live})
}

// firstQuery is what the page begins with: the chosen bill's cost by service, or that of the
// newest into which the data reach.
func firstQuery(period string, bills []analysis.BillingPeriod) string {
	is := func(b analysis.BillingPeriod) bool { return b.Name == period || period == "" && b.Reach >= b.Span.From }
	where := ""
	if i := slices.IndexFunc(bills, is); i >= 0 {
		where = "\nWHERE x_BillingPeriod = " + usage.Literal(bills[i].Name)
	}
	return "SELECT ServiceName, BillingCurrency, sum(BilledCost) AS cost\nFROM usage" + where + "\nGROUP BY ALL\nORDER BY cost DESC"
}

// serveQuery runs one statement: for the page with format=grid, its first rows;
// else a download of all of them. It stops when the visitor goes.
func (s *Server) serveQuery(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the statement did not arrive whole: "+err.Error(), http.StatusBadRequest)
		return
	}
	st := Statement{SQL: r.PostForm.Get("sql"), Format: query.AsGrid, Limit: shownRows, Params: map[string]string{}}
	for name, v := range r.PostForm {
		if name, ok := strings.CutPrefix(name, "param."); ok {
			st.Params[name] = v[0]
		}
	}
	kind, ext := "application/json", ""
	switch format := query.Format(r.PostForm.Get("format")); format {
	case query.AsGrid, "":
	case query.AsCSV:
		kind, ext, st.Format, st.Limit = "text/csv; charset=utf-8", "csv", format, 0
	case query.AsJSON:
		kind, ext, st.Format, st.Limit = "application/json", "json", format, 0
	default:
		http.Error(w, fmt.Sprintf("format %s: use grid, csv or json", format), http.StatusBadRequest)
		return
	}
	leave, err := s.place(r)
	if err != nil {
		w.Header().Set("Retry-After", "10")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	file, err := s.ask(r.Context(), st)
	leave()
	if file != nil {
		defer os.Remove(file.Name())
		defer file.Close()
	}
	switch {
	case r.Context().Err() != nil: // the visitor has gone
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", kind)
	if ext != "" {
		w.Header().Set("Content-Disposition", `attachment; filename="usage.`+ext+`"`)
	}
	if _, err := io.Copy(w, file); err != nil { // what was written is not whole: the connection breaks off
		panic(http.ErrAbortHandler)
	}
}

// place waits for a place among the statements that run, some of which no visitor may
// fill alone. leave gives it back.
func (s *Server) place(r *http.Request) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(r.Context(), cmp.Or(s.o.Patience, 10*time.Second))
	defer cancel()
	mine := s.guests.of(r).asking
	select {
	case mine <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("%d statements of yours are running; try again when one has ended", askedEach)
	}
	select {
	case s.asking <- struct{}{}:
	case <-ctx.Done():
		<-mine
		return nil, fmt.Errorf("%d statements are running; try again when one has ended", asked)
	}
	return func() { <-s.asking; <-mine }, nil
}

// ask runs a statement, whose result it writes into a file: however slowly that is
// read, the statement has ended.
func (s *Server) ask(ctx context.Context, st Statement) (*os.File, error) {
	limit := cmp.Or(s.o.Limit, time.Minute)
	late := fmt.Errorf("stopped: it took longer than %v", limit)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	file, err := os.CreateTemp(s.o.Dir, "result-*")
	if err != nil {
		return nil, fmt.Errorf("make a file for the result: %w", err)
	}
	out := &limited{to: file, left: cmp.Or(s.o.MaxResult, maxResult)}
	err = s.backend.Query(ctx, st, out)
	switch {
	case errors.Is(context.Cause(ctx), late):
		err = late
	case out.left < 0: // whatever its writer made of it
		err = errTooLarge
	case err == nil:
		_, err = file.Seek(0, io.SeekStart)
	}
	return file, err
}

// A limited takes so many bytes and no more.
type limited struct {
	to   io.Writer
	left int64
}

var errTooLarge = errors.New("the result is larger than a page may ask for; ask for less, or with 'usagereport query -o FILE'")

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, errTooLarge
	}
	return l.to.Write(p)
}

// serveSchema gives the editor the tables and columns.
func (s *Server) serveSchema(w http.ResponseWriter, r *http.Request) {
	views, err := s.backend.Views(r.Context())
	s.json(w, views, err)
}

// serveValues gives the editor the texts of a column.
func (s *Server) serveValues(w http.ResponseWriter, r *http.Request) {
	texts, err := s.backend.Texts(r.Context(), r.URL.Query().Get("column"), r.URL.Query().Get("begun"))
	if texts == nil {
		texts = []string{}
	}
	s.json(w, texts, err)
}

func (s *Server) json(w http.ResponseWriter, v any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

package web

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// An Answer is what a visitor says to a finding, as it was written.
type Answer struct {
	Finding, Answer, Until, Note, By string
}

// A Saving is a statement to be kept under a name.
type Saving struct {
	Name, Title, SQL string
	Replace          bool // one of this name that is there
}

// changing lets only those requests change something that a form of these pages sends: they
// bring what only such a form holds. That another site sends none is guarded before.
func (s *Server) changing(h func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := r.ParseForm()
		switch {
		case err != nil:
			err = Mistake{fmt.Errorf("the form did not arrive whole: %w", err)}
		case s.o.ReadOnly:
			s.fail(w, r, http.StatusForbidden, Mistake{errors.New("this server was started with --read-only: nothing can be changed here")})
			return
		case subtle.ConstantTimeCompare([]byte(r.PostForm.Get("guard")), []byte(s.own)) != 1:
			s.fail(w, r, http.StatusForbidden, Mistake{errors.New("the form is of another server, or of an earlier start of this one: " +
				"go back, load the page again, and send it once more")})
			return
		default:
			err = h(w, r)
		}
		if err != nil {
			s.answer(w, r, nil, "", err)
		}
	}
}

// serveAnswer notes an answer and leads back to the page that it was given on.
func (s *Server) serveAnswer(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	if err := s.backend.Answer(r.Context(), Answer{
		Finding: f.Get("finding"), Answer: f.Get("answer"), Until: f.Get("until"), Note: strings.TrimSpace(f.Get("note")),
		By: strings.TrimSpace(f.Get("by")),
	}); err != nil {
		return err
	}
	to, err := url.Parse(f.Get("back"))
	if err != nil || to.Path != "/drill" || to.Host != "" || to.Scheme != "" {
		to = &url.URL{Path: "/"}
	}
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
	return nil
}

// serveSaving keeps a statement and leads to it.
func (s *Server) serveSaving(w http.ResponseWriter, r *http.Request) error {
	f := r.PostForm
	saved := Saving{
		Name: strings.TrimSpace(f.Get("name")), Title: strings.TrimSpace(f.Get("title")), SQL: f.Get("sql"), Replace: f.Get("replace") != "",
	}
	if err := s.backend.Save(saved); err != nil {
		return err
	}
	http.Redirect(w, r, address("/sql", url.Values{"name": {saved.Name}}), http.StatusSeeOther)
	return nil
}

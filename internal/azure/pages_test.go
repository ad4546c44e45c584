package azure_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"usagereport/internal/azure"
	"usagereport/internal/azure/azuretest"
)

// A list is whole, or it is an error: never the pages that came before one that did not.
func TestList(t *testing.T) {
	for name, c := range map[string]struct {
		pages []string // {next} is the address of the next one
		want  []string
		err   string
		is    error
	}{
		"pages":         {pages: []string{`{"value":[{"name":"a"},{"name":"b"}],"nextLink":"{next}"}`, `{"value":[{"name":"c"}]}`}, want: []string{"a", "b", "c"}},
		"an empty page": {pages: []string{`{"value":[],"nextLink":"{next}"}`, `{"value":[{"name":"a"}]}`}, want: []string{"a"}},
		"none":          {pages: []string{`{"value":[]}`}},
		"no list":       {pages: []string{`{"value":[{"name":"a"}],"nextLink":"{next}"}`, `{"name":"b"}`}, err: "no page of a list"},
		"other entries": {pages: []string{`{"value":["a"]}`}, err: "the list of things cannot be read"},
		"a circle":      {pages: []string{`{"value":[{"name":"a"}],"nextLink":"{first}"}`}, is: azure.ErrRepeats},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			var w *azuretest.Wire
			asks, wire, _ := client(t, func(rw http.ResponseWriter, r *http.Request) bool {
				page := c.pages[min(asked, len(c.pages)-1)]
				asked++
				first := w.URL + r.URL.Path + "?" + version().Encode()
				_, _ = fmt.Fprint(rw, strings.NewReplacer("{next}", fmt.Sprintf("%s&page=%d", first, asked), "{first}", first).Replace(page))
				return true
			})
			w = wire
			list, err := azure.List[struct{ Name string }](t.Context(), asks, "things", "/things", version())
			if c.err == "" && c.is == nil {
				if err != nil {
					t.Fatal(err)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.err) || c.is != nil && !errors.Is(err, c.is) {
				t.Fatalf("got %v, want %q %v", err, c.err, c.is)
			}
			var names []string
			for _, e := range list {
				names = append(names, e.Name)
			}
			if !slices.Equal(names, c.want) {
				t.Errorf("got %q, want %q", names, c.want)
			}
		})
	}
}

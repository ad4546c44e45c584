package azure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
)

// ErrRepeats says that a list leads back to a page that was read already.
var ErrRepeats = errors.New("its pages lead in a circle")

// Pages yields the pages of a list, each as JSON, to the end. A list that breaks
// off yields one error, last.
func (c *Client) Pages(ctx context.Context, path string, query url.Values) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if err := c.connect(); err != nil {
			yield(nil, err)
			return
		}
		seen := map[string]bool{}
		for link := c.endpoint.String() + path + "?" + query.Encode(); link != ""; {
			if seen[link] {
				yield(nil, ErrRepeats)
				return
			}
			seen[link] = true
			b, err := c.get(ctx, link)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(b) == 0 { // 204
				return
			}
			var page struct {
				Value    json.RawMessage `json:"value"`
				NextLink string          `json:"nextLink"`
			}
			if err := json.Unmarshal(b, &page); err != nil {
				yield(nil, fmt.Errorf("the answer is no JSON: %w", err))
				return
			}
			if page.Value == nil {
				// A page that is taken for an empty one would be rows that are missing.
				yield(nil, errors.New("the answer is no page of a list"))
				return
			}
			if !yield(b, nil) {
				return
			}
			link = page.NextLink
		}
	}
}

// List returns the entries of a list, from all of its pages. The error says what
// they are, as "invoices".
func List[T any](ctx context.Context, c *Client, what, path string, query url.Values) ([]T, error) {
	var out []T
	for page, err := range c.Pages(ctx, path, query) {
		if err != nil {
			return nil, err
		}
		var list struct{ Value []T }
		if err := json.Unmarshal(page, &list); err != nil {
			return nil, fmt.Errorf("the list of %s cannot be read: %w", what, err)
		}
		out = append(out, list.Value...)
	}
	return out, nil
}

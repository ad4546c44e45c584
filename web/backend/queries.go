package backend

import (
	"context"
	"errors"
	"io"

	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/web"
	"usagereport/workspace"
)

func (b *Backend) Save(s web.Saving) error {
	q := queries.Query{Name: s.Name, Title: s.Title, SQL: s.SQL}
	if err := queries.Save(b.Work.Beside(workspace.QueriesName), q, s.Replace); err != nil {
		return web.Mistaken(err)
	}
	return nil
}

func (b *Backend) Query(ctx context.Context, s web.Statement, w io.Writer) error {
	return b.Ask(ctx, s, w)
}

func (b *Backend) Views(ctx context.Context) ([]query.View, error) { return workspace.Views(ctx) }

func (b *Backend) Texts(ctx context.Context, column, begun string) (texts []string, err error) {
	s, err := b.Work.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.Ledger.Texts(ctx, column, begun, 100)
}

func (b *Backend) Saved() ([]queries.Query, error) {
	return queries.List(b.Work.Beside(workspace.QueriesName))
}

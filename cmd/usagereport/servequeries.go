package main

import (
	"context"
	"errors"
	"io"

	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/web"
	"usagereport/workspace"
)

func (b *backend) Save(s web.Saving) error {
	q := queries.Query{Name: s.Name, Title: s.Title, SQL: s.SQL}
	if err := queries.Save(b.g.work.Beside(workspace.QueriesName), q, s.Replace); err != nil {
		return web.Mistaken(err)
	}
	return nil
}

func (b *backend) Query(ctx context.Context, s web.Statement, w io.Writer) error {
	o := queryOptions{
		format: string(s.Format), limit: s.Limit, formulaSafe: true, memory: b.o.memory, disk: b.o.disk, params: map[string]string{},
	}
	for name, v := range s.Params {
		o.take(name, v)
	}
	return b.g.askApart(ctx, o, s.SQL, w)
}

func (b *backend) Views(ctx context.Context) ([]query.View, error) { return views(ctx) }

func (b *backend) Texts(ctx context.Context, column, begun string) (texts []string, err error) {
	s, err := b.g.work.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.Ledger.Texts(ctx, column, begun, 100)
}

func (b *backend) Saved() ([]queries.Query, error) {
	return queries.List(b.g.work.Beside(workspace.QueriesName))
}

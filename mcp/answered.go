package mcp

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// An answered transport tells the end of the input only when every call that came
// before it has its answer. The SDK drops the answers that are still to come then, so
// `usagereport mcp <questions.jsonl` would answer some questions and not others.
type answered struct{ sdk.Transport }

func (t answered) Connect(ctx context.Context) (sdk.Connection, error) {
	c, err := t.Transport.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &answeredConnection{Connection: c, open: map[jsonrpc.ID]bool{}, none: make(chan struct{}), closed: make(chan struct{})}, nil
}

type answeredConnection struct {
	sdk.Connection
	mu    sync.Mutex
	open  map[jsonrpc.ID]bool // the calls without an answer
	ended bool                // the input has
	none  chan struct{}       // is closed when the input has ended and no call is open

	closing sync.Once
	closed  chan struct{}
}

func (c *answeredConnection) Read(ctx context.Context) (jsonrpc.Message, error) {
	m, err := c.Connection.Read(ctx)
	if errors.Is(err, io.EOF) {
		c.change(func() { c.ended = true })
		select {
		case <-c.none:
		case <-c.closed:
		case <-ctx.Done():
		}
		return nil, err
	}
	if call, ok := m.(*jsonrpc.Request); ok && call.IsCall() {
		c.change(func() { c.open[call.ID] = true })
	}
	return m, err
}

func (c *answeredConnection) Write(ctx context.Context, m jsonrpc.Message) error {
	err := c.Connection.Write(ctx, m)
	if answer, ok := m.(*jsonrpc.Response); ok {
		c.change(func() { delete(c.open, answer.ID) })
	}
	return err
}

func (c *answeredConnection) Close() error {
	c.closing.Do(func() { close(c.closed) })
	return c.Connection.Close()
}

// change changes what is known, and says when nothing is left to answer.
func (c *answeredConnection) change(by func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	by()
	if !c.ended || len(c.open) > 0 {
		return
	}
	select {
	case <-c.none:
	default:
		close(c.none)
	}
}

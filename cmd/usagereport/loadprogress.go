package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/schollz/progressbar/v3"

	"usagereport/internal/query"
	"usagereport/loader"
)

// A progress shows one bar for all files that are being read: several may be
// fetched at a time.
type progress struct {
	out    io.Writer
	mu     sync.Mutex
	bar    *progressbar.ProgressBar
	size   int64 // of all in the bar, -1 where one is unknown
	active int
}

func (p *progress) begin(obj loader.Object) loader.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.active == 0 {
		p.size = 0
		p.bar = progressbar.NewOptions64(obj.Size, progressbar.OptionSetWriter(p.out), progressbar.OptionShowBytes(true),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100e6))
	}
	p.active++
	if p.size += obj.Size; obj.Size < 0 || p.size < 0 {
		p.size = -1
	}
	p.bar.ChangeMax64(p.size)
	text := query.Visible(obj.Ref)
	if p.active > 1 {
		text = fmt.Sprintf("%s and %d more", text, p.active-1)
	}
	p.bar.Describe(text)
	return p
}

// Add implements loader.Progress. What the bar cannot draw is no failure of
// the load.
func (p *progress) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.bar.Add(n)
}

// Done implements loader.Progress.
func (p *progress) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.active--; p.active == 0 {
		_ = p.bar.Finish()
	}
}

package terminal

import (
	"fmt"
	"io"
	"sync"

	"github.com/schollz/progressbar/v3"

	"usagereport/internal/query"
)

// A Bar is one bar for all files that are being read: several may be
// fetched at a time.
type Bar struct {
	Out    io.Writer
	mu     sync.Mutex
	bar    *progressbar.ProgressBar
	size   int64 // of all in the bar, -1 where one is unknown
	active int
}

// Begin adds a file to the bar, of size bytes, or of -1 where that is not known.
func (b *Bar) Begin(name string, size int64) *Bar {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.active == 0 {
		b.size = 0
		b.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(b.Out), progressbar.OptionShowBytes(true),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100e6))
	}
	b.active++
	if b.size += size; size < 0 || b.size < 0 {
		b.size = -1
	}
	b.bar.ChangeMax64(b.size)
	text := query.Visible(name)
	if b.active > 1 {
		text = fmt.Sprintf("%s and %d more", text, b.active-1)
	}
	b.bar.Describe(text)
	return b
}

// Add says that n more bytes were read. What the bar cannot draw is no failure of
// the load.
func (b *Bar) Add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.bar.Add(n)
}

// Done says that a file was read.
func (b *Bar) Done() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.active--; b.active == 0 {
		_ = b.bar.Finish()
	}
}

package pdf_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"usagereport/reports/pdf"
)

// printer returns one with a browser, and skips the test where there is none.
func printer(t *testing.T) pdf.Printer {
	t.Helper()
	p := pdf.Printer{Browser: os.Getenv(pdf.Variable), Limit: time.Minute}
	if _, err := p.Find(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("printing is NOT TESTED: %v", err)
	}
	return p
}

func text(t *testing.T, file []byte) string {
	t.Helper()
	c := exec.Command("pdftotext", "-layout", "-", "-")
	c.Stdin = bytes.NewReader(file)
	out, err := c.Output()
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("CI") != "true" {
		t.Skip("what is printed is NOT TESTED: there is no pdftotext; make prepare installs it")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

const page = `<!doctype html><meta charset="utf-8"><title>T</title><meta name="description" content="November &lt;2026&gt; · T"><meta name="date" content="2026-11-15">
<style>.brief .long { display: none }</style><p>Total 1,234.50</p><details><summary>More</summary>folded</details>
<details class="finding"><summary>vm</summary>its days</details><p style="break-before:page">second</p><p class="long" style="break-before:page">third</p>`

func TestPrint(t *testing.T) {
	p := printer(t)
	first, err := p.Print(t.Context(), []byte(page))
	if err != nil {
		t.Fatal(err)
	}
	said := text(t, first)
	for _, want := range []string{"Total 1,234.50", "November <2026> · T", "1/2", "2/2"} {
		if !strings.Contains(said, want) {
			t.Errorf("the PDF does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "folded") || strings.Contains(said, "its days") || strings.Contains(said, "third") {
		t.Errorf("the PDF in brief says\n%s", said)
	}
	if !bytes.Contains(first, []byte("/CreationDate (D:20261115000000")) {
		t.Error("the PDF is not of the page's day")
	}
	full := p
	full.Full = true
	whole, err := full.Print(t.Context(), []byte(page))
	if err != nil {
		t.Fatal(err)
	}
	if said := text(t, whole); !strings.Contains(said, "its days") || !strings.Contains(said, "third") || !strings.Contains(said, "3/3") ||
		strings.Contains(said, "folded") {
		t.Errorf("the full PDF says\n%s", said)
	}
	press := &pdf.Press{}
	defer func() {
		if err := press.Close(); err != nil {
			t.Error(err)
		}
	}()
	for range 2 { // by one browser, and the second after a failure
		again := p
		again.Press = press
		got, err := again.Print(t.Context(), []byte(page))
		if err != nil {
			t.Fatal(err)
		}
		if text(t, got) != said {
			t.Errorf("printed again it says %q, first %q", text(t, got), said)
		}
		t.Logf("the same bytes: %v", bytes.Equal(first, got))
		again.Limit = time.Nanosecond
		if _, err := again.Print(t.Context(), []byte(page)); err == nil || !strings.Contains(err.Error(), "did not finish in 1ns") {
			t.Errorf("too late: %v", err)
		}
	}
}

// A page that asks the network for something gets nothing.
func TestNoNetwork(t *testing.T) {
	p := printer(t)
	var asked atomic.Int32
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer web.Close()
	fetching := page + `<img src="` + web.URL + `/a.png"><script>fetch("` + strings.Replace(web.URL, "127.0.0.1", "localhost",
		1) + `").catch(() => {})</script>`
	if _, err := p.Print(t.Context(), []byte(fetching)); err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the browser asked the network %d times", n)
	}
}

func TestChineseNeedsAFont(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only fontconfig can be told to know no font")
	}
	p := printer(t)
	dir := t.TempDir()
	conf := filepath.Join(dir, "fonts.conf")
	const latin = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/usr/share/fonts/truetype/liberation</dir><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>CACHE</cachedir></fontconfig>`
	if err := os.WriteFile(conf, []byte(strings.Replace(latin, "CACHE", dir, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FONTCONFIG_FILE", conf)
	p.Chinese = true
	if _, err := p.Print(t.Context(), []byte(page)); err == nil || !strings.Contains(err.Error(), "fonts-noto-cjk") {
		t.Errorf("without a font: %v", err)
	}
	p.Chinese = false
	var notes []string
	p.Note = func(s string) { notes = append(notes, s) }
	if _, err := p.Print(t.Context(), []byte(page+"<p>發票")); err != nil ||
		!strings.Contains(strings.Join(notes, " "), "names in Chinese are not legible") {
		t.Errorf("with a name in Chinese: %v, notes %q", err, notes)
	}
}

func TestTroubles(t *testing.T) {
	t.Run("none there", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := pdf.Printer{}.Find()
		if err == nil {
			t.Skip("a browser is installed where the path is not asked")
		}
		for _, want := range []string{"package chromium", "Chrome", "Edge", "CHROMIUM"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not name %s", err, want)
			}
		}
	})
	t.Run("named wrongly", func(t *testing.T) {
		_, err := pdf.Printer{Browser: "/no/such/browser"}.Print(t.Context(), []byte(page))
		if err == nil || !strings.Contains(err.Error(), "/no/such/browser") || !strings.Contains(err.Error(), "CHROMIUM") {
			t.Error(err)
		}
	})
	if runtime.GOOS == "windows" {
		t.Skip("the rest needs programs that are scripts")
	}
	script := func(t *testing.T, body string) pdf.Printer {
		path := filepath.Join(t.TempDir(), "browser")
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
			t.Fatal(err)
		}
		return pdf.Printer{Browser: path, Limit: time.Minute}
	}
	t.Run("cannot start", func(t *testing.T) {
		_, err := script(t, "echo cannot open shared object file libnss3.so >&2; exit 1").Print(t.Context(), []byte(page))
		if err == nil || !strings.Contains(err.Error(), "does not start") || !strings.Contains(err.Error(), "libnss3.so") {
			t.Error(err)
		}
	})
	t.Run("does not answer", func(t *testing.T) {
		p := script(t, "exec sleep 60")
		p.Limit = 500 * time.Millisecond
		_, err := p.Print(t.Context(), []byte(page))
		if err == nil || !strings.Contains(err.Error(), "did not finish in 500ms") {
			t.Error(err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		p := script(t, "exec sleep 60")
		for _, after := range []time.Duration{0, 100 * time.Microsecond, time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond} {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(after, cancel)
			if _, err := p.Print(ctx, []byte(page)); !errors.Is(err, context.Canceled) {
				t.Errorf("after %s: %v", after, err)
			}
		}
	})
}

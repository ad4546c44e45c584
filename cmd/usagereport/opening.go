package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
)

func noOpener(name string, err error) error {
	advice := "leave out --open"
	if name == "xdg-open" {
		advice = "install it (on Debian and Ubuntu the package xdg-utils), or " + advice
	}
	return fmt.Errorf("--open needs %s: %w; %s", name, err, advice)
}

// openFile opens a file with what the system opens such files with.
func openFile(ctx context.Context, g *globals, path string) error {
	abs, err := filepath.Abs(path) // which no opener takes for a flag, or for a link
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if err := hand(ctx, g, abs); err != nil {
		return fmt.Errorf("open %s with %s: %w; the file is written", path, g.env.opener[0], err)
	}
	return nil
}

// browse opens an address as openFile opens a file.
func browse(ctx context.Context, g *globals, address string) error {
	if err := hand(ctx, g, address); err != nil {
		return fmt.Errorf("open the browser with %s: %w; open the address yourself", g.env.opener[0], err)
	}
	return nil
}

// hand gives what to the program that opens such things.
func hand(ctx context.Context, g *globals, what string) error {
	c := exec.CommandContext(ctx, g.env.opener[0], append(g.env.opener[1:len(g.env.opener):len(g.env.opener)], what)...)
	c.Stdout, c.Stderr = g.env.stderr, g.env.stderr // stdout has the result
	return c.Run()
}

// Package hints says what to do about what an operating system says.
package hints

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"syscall"
)

// For says what to do about what an operating system says of a file, or nothing.
func For(system string, err error) string {
	var code syscall.Errno
	number := errors.As(err, &code) && system == "windows"
	is := func(unix error, codes ...syscall.Errno) bool {
		if !number {
			return errors.Is(err, unix)
		}
		return slices.Contains(codes, code)
	}
	switch {
	case number && (code >= 358 && code <= 366 || code >= 374 && code <= 404): // ERROR_CLOUD_FILE_...
		return "OneDrive, or another such program, has not brought the file to this machine: start it, " +
			`choose "Always keep on this device" in the file's menu, and try again`
	case is(nil, 225, 226): // ERROR_VIRUS_INFECTED, ERROR_VIRUS_DELETED
		return "a virus scanner holds the file back: ask who looks after it to allow the file"
	case strings.Contains(err.Error(), "the disk is full"), strings.Contains(err.Error(), "another program has it open"):
		return "" // they say what to do
	case is(syscall.ENOSPC, 39, 112), errors.Is(err, syscall.EDQUOT), strings.Contains(err.Error(), "No space left on device"):
		return "the disk is full, or your part of it: make room, or name a place on another (-o for what is written, --db for the ledger)"
	case is(syscall.EROFS, 19):
		return "that disk can only be read: name a place on another (-o for what is written, --db for the ledger)"
	case is(fs.ErrPermission, 5):
		return "you lack the right to that file or folder: name another (-o for what is written, --db for the ledger), or ask whose it is"
	case is(nil, 32, 33): // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
		return "another program has the file open: close it there (a workbook in Excel, a folder that OneDrive copies), and try again"
	}
	return ""
}

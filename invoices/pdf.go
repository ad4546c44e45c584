package invoices

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// MaxPDF is the size in bytes above which no file is an invoice.
const MaxPDF = 64 << 20

// CheckPDF returns why b is not a whole PDF; nil where it is one.
func CheckPDF(b []byte) error {
	const window = 1024 // in which readers look for the beginning and the end
	switch {
	case len(b) == 0:
		return errors.New("it is empty; download the invoice again")
	case len(b) > MaxPDF:
		return errors.New("it is larger than 64 MB, which no invoice is")
	case !bytes.Contains(b[:min(len(b), window)], []byte("%PDF-")):
		kind, _, _ := strings.Cut(http.DetectContentType(b), ";")
		return fmt.Errorf("it is not a PDF (it looks like %s); download the invoice again, as PDF", kind)
	case !bytes.Contains(b[max(0, len(b)-2*window):], []byte("%%EOF")):
		return errors.New("the PDF breaks off before its end; download the invoice again")
	}
	return nil
}

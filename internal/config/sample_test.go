package config_test

import (
	"bytes"
	"regexp"
	"testing"
	"time"

	"usagereport/internal/config"
)

// The sample says nothing as it is, and with its keys let in it is a file that holds.
func TestSample(t *testing.T) {
	c, err := config.Parse("sample.yaml", config.Sample)
	if err != nil || c.Sender != "" || c.Budget.Period != "" || len(c.Channels) != 1 {
		t.Errorf("as it is: %+v, %v", c, err)
	}
	all := regexp.MustCompile(`(?m)^#([a-z]|  )`).ReplaceAll(config.Sample, []byte("$1"))
	if bytes.Equal(all, config.Sample) {
		t.Fatal("no key stands behind a #")
	}
	c, err = config.Parse("sample.yaml", all)
	if err != nil {
		t.Fatal(err)
	}
	if c.Sender == "" || c.AnswersTo == "" || len(c.Admin) != 1 || c.Budget.Period != "month" || c.YearBegins != time.April || len(c.Channels) != 3 {
		t.Errorf("with its keys: %+v", c)
	}
}

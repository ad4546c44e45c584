package reports

import (
	"encoding/json"
	"html/template"

	"usagereport/internal/locale"
	"usagereport/reports/chart"
)

// wordsData returns words as the content of a data block.
func wordsData(l *locale.Locale) (template.JS, error) {
	b, err := json.Marshal(chart.Words(l))
	return template.JS(b), err
}

// Word returns what a word of the model, a dimension's title or a period's state,
// means to a reader.
func Word(s string) locale.Text { return word(s) }

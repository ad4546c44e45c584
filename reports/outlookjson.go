package reports

import (
	"encoding/json"
	"io"
	"math"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// An endingJSON is an analysis.Ending for programs: exact.
type endingJSON struct {
	Known    *usage.Money `json:"known"` // null, as what follows, of a currency that has no charges in the period
	Planned  *usage.Money `json:"planned"`
	Expected *usage.Money `json:"expected"`
	Low80    *usage.Money `json:"low_80"`
	High80   *usage.Money `json:"high_80"`
	Low95    *usage.Money `json:"low_95"`
	High95   *usage.Money `json:"high_95"`
}

func endingOf(e analysis.Ending) endingJSON {
	out := endingJSON{Known: &e.Known, Planned: &e.Planned, Expected: &e.Expected}
	if r := e.Range; r != nil {
		out.Low80, out.High80, out.Low95, out.High95 = &r.Low80, &r.High80, &r.Low95, &r.High95
	}
	return out
}

// A trackJSON is for programs: exact.
type trackJSON struct {
	Period  string      `json:"period"`
	Said    usage.Money `json:"said"`
	Became  usage.Money `json:"became"`
	Percent *float64    `json:"percent"`
}

// A forecastRowJSON is for programs: exact.
type forecastRowJSON struct {
	Scope map[string]string `json:"scope"`
	endingJSON
}

// A pathDayJSON is for programs: exact. Like every range it is null with too little history.
type pathDayJSON struct {
	Day      usage.Day    `json:"day"`
	Expected usage.Money  `json:"expected"` // up to the day, from the period's first one
	Low80    *usage.Money `json:"low_80"`
	High80   *usage.Money `json:"high_80"`
}

// A planJSON is for programs: exact.
type planJSON struct {
	Line     int          `json:"line"`
	From     usage.Day    `json:"from"`
	To       *usage.Day   `json:"to"`
	Scope    string       `json:"scope"`
	Amount   usage.Money  `json:"amount"`
	Per      analysis.Per `json:"per"`
	Note     string       `json:"note"`
	Expected usage.Money  `json:"planned"`
}

// A outlookJSON is for programs: exact.
type outlookJSON struct {
	Currency string     `json:"currency"`
	Period   *string    `json:"period"` // null, as what follows, of a currency that has no charges in the period
	From     *usage.Day `json:"from"`
	To       *usage.Day `json:"to"`
	State    *string    `json:"state"`
	DataTo   *usage.Day `json:"data_to"`
	Refusal  string     `json:"refusal,omitempty"`
	endingJSON
	Months   int               `json:"interval_periods"`
	Path     []pathDayJSON     `json:"path"`
	Rows     []forecastRowJSON `json:"rows"`
	Track    []trackJSON       `json:"track_record"`
	Plans    []planJSON        `json:"plans"`
	Arrived  []locale.Text     `json:"arrived"`
	Warnings []locale.Text     `json:"warnings"`
}

// WriteOutlooks writes forecasts as JSON: one object per currency.
func WriteOutlooks(w io.Writer, list []analysis.Outlook, dims []usage.Dimension) error {
	out := []outlookJSON{}
	for _, l := range list {
		out = append(out, outlookOf(l, dims))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func outlookOf(l analysis.Outlook, dims []usage.Dimension) outlookJSON {
	o := outlookJSON{
		Currency: l.Currency, Refusal: l.Refusal.String(),
		Path: []pathDayJSON{}, Rows: []forecastRowJSON{}, Track: []trackJSON{}, Plans: []planJSON{},
		Arrived: append([]locale.Text{}, l.Arrived...), Warnings: append([]locale.Text{}, l.Warnings...),
	}
	if !l.Period.Span.Empty() {
		last, state := l.Period.Span.Last(), string(l.Period.State)
		o.Period, o.From, o.To, o.State = &l.Period.Name, &l.Period.Span.From, &last, &state
		o.endingJSON = endingOf(l.End)
	}
	if l.Period.Reach != 0 {
		o.DataTo = &l.Period.Reach
	}
	if r := l.End.Range; r != nil {
		o.Months = r.Months
	}
	for _, d := range l.Path {
		x := pathDayJSON{Day: d.Day, Expected: d.Expected}
		if l.End.Range != nil {
			x.Low80, x.High80 = &d.Low, &d.High
		}
		o.Path = append(o.Path, x)
	}
	for _, r := range l.Rows {
		scope := map[string]string{}
		for i, d := range dims {
			scope[d.Key()] = r.Values[i]
		}
		o.Rows = append(o.Rows, forecastRowJSON{scope, endingOf(r.Ending)})
	}
	for _, x := range l.Plans {
		to := &x.To
		if x.To == 0 {
			to = nil
		}
		o.Plans = append(o.Plans, planJSON{x.Line, x.From, to, x.Scope, x.Amount, x.Per, x.Note, x.Counted})
	}
	for _, t := range l.Past {
		x := trackJSON{t.Period, t.Said, t.Became, nil}
		if t.Percent != nil {
			v := math.Round(*t.Percent*10) / 10
			x.Percent = &v
		}
		o.Track = append(o.Track, x)
	}
	return o
}

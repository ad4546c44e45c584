package analysis

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

const (
	eventsNear = 3  // days from a finding's start to what is named beside it
	eventsKept = 50 // of a finding
	eventsSaid = 3  // in its explanation
)

// seenEvents are the options' events by the series that they are of, once that is known.
type seenEvents struct {
	known bool
	of    []map[int64]bool // by event; nil is all
}

// eventSeries returns which series each of the options' events is of: of an owner's only, where
// the connection sees only these.
func (a *Analysis) eventSeries(ctx context.Context) ([]map[int64]bool, error) {
	if a.events.known {
		return a.events.of, nil
	}
	of := make([]map[int64]bool, len(a.options.Events))
	var rules []usage.OwnerRule
	var lines []int // the event of each rule: those of one line count together, of an event one by one
	for i, e := range a.options.Events {
		for _, r := range e.Rules {
			r.Line = len(rules)
			rules, lines = append(rules, r), append(lines, i)
			of[i] = map[int64]bool{}
		}
	}
	if len(rules) > 0 {
		if err := a.exec(ctx, ledger.MatchesSQL(rules)); err != nil {
			return nil, fmt.Errorf("find what events are of: %w", err)
		}
		if err := a.query(ctx, "events_series", func(r *sql.Rows) error {
			var line int
			var id int64
			if err := r.Scan(&line, &id); err != nil {
				return err
			}
			of[lines[line]][id] = true
			return nil
		}); err != nil {
			return nil, err
		}
	}
	a.events.known, a.events.of = true, of
	return of, nil
}

// StrayEvents returns the lines of those of the options' events of whose scope the ledger has no
// charge; none where the connection sees a part of it alone.
func (a *Analysis) StrayEvents(ctx context.Context) (lines []int, err error) {
	if a.options.limited() || len(a.options.Events) == 0 {
		return nil, nil
	}
	of, err := a.eventSeries(ctx)
	for i, series := range of {
		if series != nil && len(series) == 0 {
			lines = append(lines, a.options.Events[i].Line)
		}
	}
	return lines, err
}

// partEvents returns the options' events on the days of a chart that are of any series in f.
func (a *Analysis) partEvents(ctx context.Context, f *frame, days []DayCost) (out []Event, err error) {
	if len(a.options.Events) == 0 || len(days) == 0 {
		return nil, nil
	}
	of, err := a.eventSeries(ctx)
	if err != nil {
		return nil, err
	}
	span := usage.Period{From: days[0].Day, To: days[len(days)-1].Day + 1}
	for i, e := range a.options.Events {
		if span.Contains(e.Day) && a.passed(e.Day) && f.hasAny(of[i]) {
			out = append(out, Event{Day: e.Day, What: "event", Text: e.Text})
		}
	}
	slices.SortStableFunc(out, func(x, y Event) int { return cmp.Compare(x.Day, y.Day) })
	return out, nil
}

// passed reports whether a day is not after that of which the options are.
func (a *Analysis) passed(d usage.Day) bool { return a.options.AsOf == 0 || d <= a.options.AsOf }

// hasAny reports whether f has any of some series; nil is all.
func (f *frame) hasAny(series map[int64]bool) bool {
	if series == nil {
		return true
	}
	for id := range series {
		if _, ok := f.infos[id]; ok {
			return true
		}
	}
	return false
}

// tellEvents gives findings what happened in their scope near their start, and says it.
func (a *Analysis) tellEvents(ctx context.Context, f *frame, found []Finding) error {
	if len(found) == 0 {
		return nil
	}
	if err := a.findingActivity(ctx, f, found); err != nil {
		return err
	}
	if len(a.options.Events) > 0 {
		of, err := a.eventSeries(ctx)
		if err != nil {
			return err
		}
		for i := range found {
			x := &found[i]
			ids := f.seriesOf(*x)
			for j, e := range a.options.Events {
				near := e.Day >= x.Start-eventsNear && e.Day <= x.Start+eventsNear && a.passed(e.Day)
				if near && (of[j] == nil || slices.ContainsFunc(ids, func(id int64) bool { return of[j][id] })) {
					x.Events = append(x.Events, Event{Day: e.Day, What: "event", Text: e.Text})
				}
			}
		}
	}
	for i := range found {
		x := &found[i]
		slices.SortStableFunc(x.Events, func(p, q Event) int {
			return cmp.Or(cmp.Compare(distance(p.Day, x.Start), distance(q.Day, x.Start)), cmp.Compare(p.Day, q.Day))
		})
		if said := SaidEvents(x.Events); len(said) > 0 {
			x.Explanation = locale.Sentences(append([]locale.Text{x.Explanation}, said...))
		}
		x.Events = x.Events[:min(len(x.Events), eventsKept)]
	}
	return nil
}

func distance(x, y usage.Day) usage.Day { return max(x, y) - min(x, y) }

// findingActivity gives findings what activity logs say of their resources.
func (a *Analysis) findingActivity(ctx context.Context, f *frame, found []Finding) error {
	var any bool
	if err := a.query(ctx, "activity_any", func(r *sql.Rows) error { return r.Scan(&any) }); err != nil || !any {
		return err
	}
	if _, err := a.conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE told (finding INTEGER, series_id BIGINT, from_day DATE, to_day DATE, "+
		"last_day DATE)"); err != nil {
		return err
	}
	for i, x := range found {
		last := max(x.End, x.Start+eventsNear)
		if d := a.options.AsOf; d != 0 {
			last = min(last, d)
		}
		if _, err := a.conn.ExecContext(ctx, "INSERT INTO told SELECT $finding, unnest($series::BIGINT[]), $first, $to, $last",
			sql.Named("finding", i), sql.Named("series", f.seriesOf(x)), sql.Named("first", (x.Start-eventsNear).Time()),
			sql.Named("to", (x.Start+eventsNear).Time()), sql.Named("last", last.Time())); err != nil {
			return fmt.Errorf("told: %w", err)
		}
	}
	return a.query(ctx, "activity_near", func(r *sql.Rows) error {
		var i int
		var e Event
		if err := r.Scan(&i, &e.Resource, ledger.DayOf(&e.Day), &e.What, &e.By, &e.Size, &e.Before); err != nil {
			return err
		}
		found[i].Events = append(found[i].Events, f.done(e))
		return nil
	})
}

// done is e with what follows from it: its resource's name, and whether the size is another.
func (f *frame) done(e Event) Event {
	e.Name = e.Resource[strings.LastIndexByte(e.Resource, '/')+1:]
	if f != nil {
		e.Name, _ = f.labels.label(usage.Resource, e.Resource)
	}
	switch {
	case e.Size == "" || e.Before == "" || e.What != "changed":
		e.Before = ""
	case !strings.EqualFold(e.Size, e.Before):
		e.What = "resized"
	}
	return e
}

// Activity returns what activity logs say was done to resources, by their ids, newest first: of
// those that the connection sees.
func (a *Analysis) Activity(ctx context.Context, resources []string) (out []Event, err error) {
	low := make([]string, len(resources))
	for i, id := range resources {
		low[i] = strings.ToLower(id)
	}
	last := usage.AllDays().To
	if a.options.AsOf != 0 {
		last = a.options.AsOf
	}
	err = a.query(ctx, "activity_of", func(r *sql.Rows) error {
		var e Event
		if err := r.Scan(&e.Resource, ledger.DayOf(&e.Day), &e.What, &e.By, &e.Size, &e.Before); err != nil {
			return err
		}
		out = append(out, (*frame)(nil).done(e))
		return nil
	}, sql.Named("resources", low), sql.Named("last", last.Time()))
	return out, err
}

// SaidEvents says events, nearest first, in a sentence for what logs say and one for what people
// wrote: what was done alike to several resources once.
func SaidEvents(list []Event) (said []locale.Text) {
	var order []Event
	names := map[Event][]string{} // of resources, by what was done to them
	resources := map[string]bool{}
	for _, e := range list {
		k := e
		k.Name, k.Resource = "", ""
		if e.What == "created" || e.What == "deleted" {
			k.Size = ""
		}
		if _, known := names[k]; !known {
			order = append(order, k)
		}
		if !slices.Contains(names[k], e.Name) {
			names[k] = append(names[k], e.Name)
		}
		if e.Resource != "" {
			resources[e.Resource] = true
		}
	}
	var done, written []locale.Text
	for _, k := range order {
		switch n := len(names[k]); {
		case k.What == "event":
			written = append(written, k.Said())
		case n > 1:
			done = append(done, locale.T("%s %s", locale.T("%d resources", n), k.Said()))
		case len(resources) > 1:
			done = append(done, locale.T("%s %s", names[k][0], k.Said()))
		default:
			done = append(done, k.Said())
		}
	}
	if len(done) > 0 {
		said = append(said, locale.T("By the activity log: %s.", firstSaid(done)))
	}
	if len(written) > 0 {
		said = append(said, locale.T("Nearby: %s.", firstSaid(written)))
	}
	return said
}

// firstSaid is the first of a list, and how many it leaves out.
func firstSaid(list []locale.Text) locale.Text {
	if n := len(list) - eventsSaid; n > 0 {
		list = append(slices.Clone(list[:eventsSaid]), locale.T("and %d more", n))
	}
	return locale.Join(list, "; ")
}

// Said says in a phrase what happened and when, without the resource.
func (e Event) Said() locale.Text {
	on := locale.Short(e.Day)
	if e.What == "event" {
		return locale.T("%s on %s", e.Text, on)
	}
	said := locale.T("%s on %s", e.word(), on)
	if e.By != "" {
		said = locale.T("%s on %s by %s", e.word(), on, e.By)
	}
	switch {
	case e.What == "resized":
		return locale.T("%s, from %s to %s", said, e.Before, e.Size)
	case e.What == "changed" && e.Size != "":
		return locale.T("%s, size %s", said, e.Size)
	}
	return said
}

// word is what was done.
func (e Event) word() locale.Text {
	switch e.What {
	case "created":
		return locale.T("created")
	case "deleted":
		return locale.T("deleted")
	case "started":
		return locale.T("started")
	case "stopped":
		return locale.T("stopped")
	case "resized":
		return locale.T("resized")
	}
	return locale.T("changed")
}

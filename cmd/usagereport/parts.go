package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"usagereport/internal/azure"
	"usagereport/internal/config"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/azurecost"
	"usagereport/loader/blob"
	"usagereport/loader/file"
	"usagereport/loader/https"
	"usagereport/loader/stdin"
	"usagereport/sending/delivery"
	store "usagereport/sending/delivery/blob"
	"usagereport/sending/delivery/folder"
	"usagereport/sending/delivery/retry"
	"usagereport/sending/delivery/smtp"
	"usagereport/sending/delivery/webhook"
)

// A job is a group of commands in the help.
type job struct {
	id, title string
	commands  []*cobra.Command
}

// jobs lists the commands by what people want to do, in the order of the help.
func jobs(g *globals) []job {
	return []job{
		{"data", "Get data:", []*cobra.Command{
			newLoadCommand(g), newInspectCommand(g), newLoadsCommand(g), newInvoicesCommand(g), newBackupCommand(g), newRestoreCommand(g),
			newLedgerCommand(g), newEngineCommand(g), newAzureCommand(g), newDemoCommand(g), newInitCommand(g),
		}},
		{"look", "Look:", []*cobra.Command{newReportCommand(g), newServeCommand(g), newPeriodsCommand(g)}},
		{"explain", "Explain:", []*cobra.Command{
			newCompareCommand(g), newForecastCommand(g), newAnomaliesCommand(g), newAnswersCommand(g), newCommitmentsCommand(g), newAuditCommand(g),
		}},
		{"share", "Share:", []*cobra.Command{newOwnersCommand(g), newDimensionsCommand(g), newSendCommand(g), newExportCommand(g)}},
		{"ask", "Ask:", []*cobra.Command{newQueryCommand(g), newShellCommand(g), newMCPCommand(g)}},
	}
}

// sources lists the kinds of places to load from, by scheme, and a function
// that closes what they have opened. l is the ledger to load into, nil where none
// is.
func sources(g *globals, l *ledger.Ledger) (byScheme map[string]loader.Source, done func()) {
	web := &https.Source{Now: g.env.now, AllowPrivate: g.allowPrivate}
	stores := &blob.Source{Now: g.env.now}
	costs := costSource(g, l)
	done = func() {
		for _, c := range []io.Closer{web, stores, costs} {
			// Everything was read; what closing meets changes nothing of it.
			_ = c.Close()
		}
	}
	return map[string]loader.Source{
		"file":   file.Source{},
		"stdin":  &stdin.Source{In: g.env.stdin},
		"https":  web,
		"http":   web, // which refuses it for other machines, and says why
		"azblob": stores,
		"s3":     stores,
		"gs":     stores,
		"azure":  costs,
	}, done
}

// costSource is the source for Azure's own APIs. It asks nothing before it is used.
func costSource(g *globals, l *ledger.Ledger) *azurecost.Source {
	o := g.env.azure
	o.Now, o.Say = g.env.now, g.Note
	s := &azurecost.Source{Client: azure.New(o), Period: g.fetchPeriod, Amortized: g.fetchAmortized}
	if l == nil {
		return s
	}
	s.Resumed = l.Resumed() > 0
	s.Held = func(ctx context.Context, account string) (held []azurecost.Held, err error) {
		fetched, err := l.Fetched(ctx, account, g.fetchAmortized)
		for _, f := range fetched {
			held = append(held, azurecost.Held(f))
		}
		return held, err
	}
	return s
}

// channels makes the channels of the configuration, by name, and a function that
// closes what they have opened. "folder" is always one of them. Secrets are looked
// up when something is sent.
func channels(g *globals, c config.Config) (made map[string]delivery.Channel, done func(), err error) {
	made = map[string]delivery.Channel{}
	stores := &blob.Source{Now: g.env.now}
	done = func() { _ = stores.Close() } // all is written
	var noting sync.Mutex
	for name, o := range c.Channels {
		secret := func(s config.Secret) func(context.Context) (string, error) {
			return func(ctx context.Context) (string, error) { return s.Value(ctx, g.env.getenv) }
		}
		patience := retry.Patience{Now: g.env.now, Down: new(atomic.Bool), Say: func(err error, wait time.Duration) {
			noting.Lock()
			defer noting.Unlock()
			g.Note("channel %s: %v; it is tried again in %v", name, err, wait.Round(time.Second))
		}}
		switch o.Kind {
		case config.KindFolder:
			made[name] = &folder.Channel{Name: name, Dir: o.Dir, Sender: c.Sender, AnswersTo: c.AnswersTo, Now: g.env.now}
		case config.KindMail:
			made[name] = &smtp.Channel{
				Name: name, Host: o.Host, Port: o.Port, Security: smtp.Security(o.TLS), Insecure: o.Insecure,
				User: o.User, Password: secret(o.Password), Sender: c.Sender, AnswersTo: c.AnswersTo, Now: g.env.now,
				Patience: patience,
			}
		case config.KindTeams, config.KindSlack, config.KindWebhook:
			format := map[config.Kind]webhook.Format{
				config.KindTeams: webhook.Teams, config.KindSlack: webhook.Slack,
				config.KindWebhook: webhook.Generic,
			}[o.Kind]
			made[name] = &webhook.Channel{
				Name: name, Format: format, URL: secret(o.URL), AllowHTTP: o.AllowHTTP, Key: secret(o.Key), Now: g.env.now, Patience: patience,
			}
		case config.KindJira, config.KindServiceNow, config.KindGitHub:
			key := o.Password
			if o.Kind == config.KindGitHub {
				key = o.Key
			}
			made[name] = &webhook.Channel{
				Name: name, Format: webhook.Format(o.Kind), URL: func(context.Context) (string, error) { return o.Site, nil },
				AllowHTTP: o.AllowHTTP, Key: secret(key), Now: g.env.now, Patience: patience,
				Tickets: webhook.Tickets{Site: o.Site, User: o.User, Project: o.Project, Type: o.Type, Transition: o.Transition},
			}
		case config.KindBlob:
			made[name] = &store.Channel{
				Name: name, At: o.Store, Stores: stores, Key: secret(o.Key),
				Good: time.Duration(o.Days) * 24 * time.Hour, Now: g.env.now, Patience: patience,
			}
		default:
			return nil, nil, fmt.Errorf("channel %s: there is no channel of kind %s", name, o.Kind)
		}
	}
	return made, done, nil
}

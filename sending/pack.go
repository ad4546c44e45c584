package sending

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/config"
	"usagereport/internal/locale"
	"usagereport/owners"
	"usagereport/reports"
	"usagereport/reports/pdf"
	"usagereport/sending/delivery"
)

// channelOf returns the name of an owner's channel.
func channelOf(x owners.Owner) string { return cmp.Or(x.Channel, config.Folder) }

// formsOf returns the forms in which an owner gets the report.
func (m *Maker) formsOf(x owners.Owner) []string {
	c := m.Config.Channels[channelOf(x)]
	if c.Link != "" {
		c = m.Config.Channels[c.Link]
	}
	return c.Attach
}

func (m *Maker) printer(lang string) pdf.Printer {
	return pdf.Printer{
		Browser: m.Getenv(pdf.Variable), LocalAppData: m.Getenv("LOCALAPPDATA"), Chinese: lang == locale.TraditionalChinese, Press: &m.press,
		Note: func(s string) { m.Note("%s", s) },
	}
}

// files writes the report in the forms that the owner's channel takes along.
func (m *Maker) files(ctx context.Context, r *analysis.Report, x owners.Owner, o reports.Options) (out []delivery.File, err error) {
	forms := m.formsOf(x)
	period := "usage"
	if len(r.Parts) > 0 {
		period = "usage-" + r.Parts[0].Period.Name
	}
	var page bytes.Buffer
	if slices.Contains(forms, "html") || slices.Contains(forms, "pdf") {
		if err := reports.Write(&page, r, o); err != nil {
			return nil, err
		}
	}
	for _, form := range forms {
		f := delivery.File{Name: delivery.SafeName(period + "-" + x.Name + "." + form)}
		switch form {
		case "html":
			f.Type, f.Bytes = "text/html; charset=utf-8", page.Bytes()
		case "pdf":
			f.Type = "application/pdf"
			if f.Bytes, err = m.printer(x.Language).Print(ctx, page.Bytes()); err != nil {
				return nil, err
			}
		case "xlsx":
			var b bytes.Buffer
			if err := reports.WriteXLSX(&b, r, o); err != nil {
				return nil, err
			}
			f.Type, f.Bytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes()
		default:
			return nil, fmt.Errorf("there is no form %s of a report", form)
		}
		out = append(out, f)
	}
	return out, nil
}

// pack makes the parcel.
func (m *Maker) pack(t *Letter, r *analysis.Report, mo reports.MailOptions, files []delivery.File) error {
	message, err := reports.NewMail(r, mo)
	if err != nil {
		return err
	}
	message.ID, message.Owner, message.To, message.Files = t.Record.ID, t.Owner, t.To, files
	parcel, err := m.Channels[t.Channel].Prepare(message)
	t.parcel, t.Subject = &parcel, message.Subject
	return err
}

// packStored makes the parcel of a message that leads to the report, and that of the
// report, which goes into the store of the channel called store.
func (m *Maker) packStored(ctx context.Context, t *Letter, r *analysis.Report, mo reports.MailOptions, files []delivery.File,
	store string,
) error {
	if m.o.DryRun { // which needs no link
		return m.pack(t, r, mo, nil)
	}
	message, err := reports.NewMail(r, mo)
	if err != nil {
		return err
	}
	message.ID, message.Owner, message.To, message.Files = t.Record.ID, t.Owner, t.To, files
	stored, err := m.Channels[store].Prepare(message)
	if err != nil {
		return err
	}
	linker, ok := m.Channels[store].(delivery.Store)
	if !ok {
		return fmt.Errorf("the channel %s has no links", store)
	}
	if mo.Link, err = linker.Link(ctx, stored); err != nil {
		return err
	}
	t.stored = &stored
	return m.pack(t, r, mo, nil)
}

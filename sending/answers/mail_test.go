package answers_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"usagereport/sending/answers"
)

// letter is a mail of lines.
func letter(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

const from, dated = "From: Ada <Ada@Example.org>", "Date: Fri, 20 Nov 2026 08:00:00 +0000"

func TestReadMail(t *testing.T) {
	big5 := "=?big5?B?" + base64.StdEncoding.EncodeToString([]byte("\xa6\x5e\xc2\xd0: ")) + "?= [F-7K3QAB] planned"
	for _, c := range []struct{ name, in, want, fails string }{
		{
			name: "a subject", in: letter(from, dated, "Subject: [F-7K3QAB] planned until 2026-12-31", "", "We test the load", "until Christmas.", "", "-- ", "The reason stands above"),
			want: "F-7K3QAB planned by Ada@Example.org until 2026-12-31: We test the load until Christmas.\n",
		},
		{name: "a reply", in: letter(from, "Subject: Re: AW: [ext] [f-7k3qab] NOT-MINE", "", "> F-7K3QAC planned", ">[F-7K3QAD] wrong"), want: "F-7K3QAB not mine by Ada@Example.org until -: \n"},
		{name: "a reply in Chinese", in: letter(from, "Subject: =?utf-8?B?5Zue6KaGOiBbRi03SzNRQUJdIGZpeGVk?=", "", ""), want: "F-7K3QAB fixed by Ada@Example.org until -: \n"},
		{name: "in Big5", in: letter(from, "Subject: "+big5, "Content-Type: text/plain; charset=big5", "", "\xb4\xfa\xb8\xd5"), want: "F-7K3QAB planned by Ada@Example.org until -: 測試\n"},
		{
			name: "lines", in: letter(from, "Subject: Re: your report", "", "Hello,", "", "F-7K3QAB planned until 2026-12-31 because of the load test", "[F-7K3QAC] not mine: ask Ben", "f-7k3qad: fixed.", "", "Ada"),
			want: "F-7K3QAB planned by Ada@Example.org until 2026-12-31: of the load test\nF-7K3QAC not mine by Ada@Example.org until -: ask Ben\nF-7K3QAD fixed by Ada@Example.org until -: \n",
		},
		{
			name: "quoted-printable and an alternative", in: letter(from, "Subject: x", `Content-Type: multipart/alternative; boundary="b"`, "", "--b", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
				"F-7K3QAB planned because l=C3=A4uft=", " gut", "--b", "Content-Type: text/html", "", "<p>F-7K3QAC wrong</p>", "--b--"),
			want: "F-7K3QAB planned by Ada@Example.org until -: läuft gut\n",
		},
		{
			name: "base64 in parts in parts", in: letter(from, "Subject: x", `Content-Type: multipart/mixed; boundary="a"`, "", "--a", `Content-Type: multipart/related; boundary="b"`, "", "--b", "Content-Type: text/plain", "Content-Transfer-Encoding: base64", "",
				base64.StdEncoding.EncodeToString([]byte("F-7K3QAB wrong")), "--b--", "--a", "Content-Type: text/plain", "Content-Disposition: attachment", "", "F-7K3QAC wrong", "--a", "Content-Type: message/rfc822", "", "Subject: [F-7K3QAD] wrong", "", "F-7K3QAD wrong", "--a--"),
			want: "F-7K3QAB wrong by Ada@Example.org until -: \n",
		},
		{name: "said below, too", in: letter(from, "Subject: [F-7K3QAB] wrong", "", "F-7K3QAB wrong, a test"), want: "F-7K3QAB wrong by Ada@Example.org until -: a test\n"},
		{name: "what was replied to", in: letter(from, "Subject: x", "", "F-7K3QAB wrong", "", "-----Original Message-----", "F-7K3QAC wrong"), want: "F-7K3QAB wrong by Ada@Example.org until -: \n"},
		{name: "the same in Outlook", in: letter(from, "Subject: [F-7K3QAB] wrong", "", "it is a test", "________________________________", "From: costs@example.org", "F-7K3QAC wrong"), want: "F-7K3QAB wrong by Ada@Example.org until -: it is a test\n"},
		{name: "the same in Chinese", in: letter(from, "Subject: [F-7K3QAB] wrong", "", "寄件者: costs@example.org", "F-7K3QAC wrong"), want: "F-7K3QAB wrong by Ada@Example.org until -: \n"},
		{name: "an answer below a quotation", in: letter(from, "Subject: x", "", "On Friday, Costs wrote:", "> F-7K3QAC wrong", "F-7K3QAB wrong"), want: "F-7K3QAB wrong by Ada@Example.org until -: \n"},
		{name: "checked", in: letter("Authentication-Results: mx.example.org; dkim=fail (key; dmarc=fail) header.d=x; spf=pass; dmarc=pass", from, "Subject: [F-7K3QAB] wrong", "", ""), want: "checked F-7K3QAB wrong by Ada@Example.org until -: \n"},
		{name: "one good signature", in: letter(`Authentication-Results: mx.example.org; dkim=pass header.d="a;dkim=fail"; dkim=fail header.d=list`, from, "Subject: [F-7K3QAB] wrong", "", ""), want: "checked F-7K3QAB wrong by Ada@Example.org until -: \n"},

		{name: "forged", in: letter("Authentication-Results: mx.example.org; spf=pass; dmarc=fail (p=none)", from, "Subject: [F-7K3QAB] wrong", "", ""), fails: "header Authentication-Results: dmarc=fail: it may not come from its sender"},
		{name: "forged, one of two headers", in: letter("Authentication-Results: a; spf=softfail", "Authentication-Results: b; dmarc=pass", from, "Subject: [F-7K3QAB] wrong", "", ""), fails: "spf=softfail"},
		{name: "no sender", in: letter("Subject: [F-7K3QAB] wrong", "", ""), fails: "header From: there are 0"},
		{name: "two senders", in: letter(from, "From: ben@example.org", "Subject: [F-7K3QAB] wrong", "", ""), fails: "header From: there are 2"},
		{name: "two in one", in: letter("From: ada@example.org, ben@example.org", "Subject: [F-7K3QAB] wrong", "", ""), fails: "names 2 senders"},
		{name: "out of office", in: letter(from, "Auto-Submitted: auto-replied", "Subject: Automatic reply: [F-7K3QAB] wrong", "", ""), fails: "a program has written it"},
		{name: "no answer", in: letter(from, "Subject: Re: Search", "", "thanks", "> F-7K3QAB wrong"), fails: "has no answer"},
		{name: "HTML only", in: letter(from, "Subject: x", "Content-Type: text/html", "", "F-7K3QAB wrong"), fails: "as plain text and not quoted"},
		{name: "no word", in: letter(from, "Subject: x", "", "Hello,", "F-7K3QAB perhaps"), fails: `line 2 of its text: answer "perhaps": is not one of planned, fixed, not-mine, wrong`},
		{name: "no word in the subject", in: letter(from, "Subject: [F-7K3QAB] perhaps", "", ""), fails: `header Subject: answer "perhaps"`},
		{name: "a day of another form", in: letter(from, "Subject: [F-7K3QAB] planned until 31.12.2026", "", ""), fails: `until "31.12.2026": is not a day like 2026-12-31`},
		{name: "over", in: letter(from, "Subject: [F-7K3QAB] planned until 2026-11-01", "", ""), fails: "is over already"},
		{name: "two answers to one", in: letter(from, "Subject: [F-7K3QAB] planned", "", "F-7K3QAB wrong"), fails: "line 1 of its text: F-7K3QAB is answered twice, and not the same"},
		{name: "several in the subject", in: letter(from, "Subject: [F-7K3QAB] planned [F-7K3QAC] wrong", "", ""), fails: "names several findings"},
		{name: "an unknown charset", in: letter(from, "Subject: [F-7K3QAB] wrong", "Content-Type: text/plain; charset=x-none", "", "a"), fails: `charset "x-none": unknown`},
		{name: "broken base64", in: letter(from, "Subject: [F-7K3QAB] wrong", "Content-Transfer-Encoding: base64", "", "****"), fails: "its text: illegal base64"},
		{name: "a part without an end", in: letter(from, "Subject: [F-7K3QAB] wrong", "Content-Type: multipart/mixed; boundary=b", "", "--b", "", "F-7K3QAB wrong"), fails: "its text: "},
		{name: "too deep", in: letter(from, "Subject: [F-7K3QAB] wrong") + deep(20), fails: "has too many parts"},
		{name: "too large", in: letter(from, "Subject: [F-7K3QAB] wrong", "", strings.Repeat("x", 17<<20)), fails: "is larger than 16 MB"},
		{name: "no mail", in: "finding,answer\nF-7K3QAB,wrong\n", fails: "is no mail"},
		{name: "nothing", in: "", fails: "is no mail"},
	} {
		l, err := answers.ReadMail(strings.NewReader(c.in), now)
		got := show(l.Answers)
		if l.Checked {
			got = "checked " + got
		}
		switch {
		case c.fails == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
			t.Errorf("%s: error %v, want %s", c.name, err, c.fails)
		case got != c.want:
			t.Errorf("%s: got\n%swant\n%s", c.name, got, c.want)
		}
	}
}

// deep is a mail's part in a part, and so on.
func deep(n int) string {
	if n == 0 {
		return "\r\nx\r\n"
	}
	return fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s--b%d--\r\n", n, n, deep(n-1), n)
}

// An answer is of the day on which it was sent, if that is not to come.
func TestReadMailDates(t *testing.T) {
	for date, want := range map[string]time.Time{
		dated:                                   time.Date(2026, time.November, 20, 8, 0, 0, 0, time.UTC),
		"Date: Fri, 20 Nov 2027 08:00:00 +0000": now,
		"Date: yesterday":                       now,
		"X-None: x":                             now,
	} {
		l, err := answers.ReadMail(strings.NewReader(letter(from, date, "Subject: [F-7K3QAB] wrong", "", "")), now)
		if err != nil || !l.Answers[0].At.Equal(want) {
			t.Errorf("%s: said at %v, want %v (%v)", date, l.Answers, want, err)
		}
	}
}

func FuzzReadMail(f *testing.F) {
	f.Add(letter(from, dated, "Subject: Re: [F-7K3QAB] planned until 2026-12-31", "", "because", "> F-7K3QAC wrong", "F-7K3QAD not mine: x"))
	f.Add(letter(from, "Authentication-Results: a; dmarc=pass (x)", "Subject: =?utf-8?Q?x?=", "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Transfer-Encoding: base64", "", "Ri03SzNRQUIgd3Jvbmc=", "--b--"))
	f.Fuzz(func(t *testing.T, in string) {
		l, err := answers.ReadMail(strings.NewReader(in), now)
		if err != nil {
			if len(l.Answers) > 0 {
				t.Errorf("%d answers beside the error %v", len(l.Answers), err)
			}
			return
		}
		if len(l.Answers) == 0 || l.From == "" {
			t.Errorf("nothing is read, and no error: %+v", l)
		}
		seen := map[string]bool{}
		for _, a := range l.Answers {
			again, err := answers.Parse(a.Finding, strings.ReplaceAll(a.Answer, " ", "-"), "", now)
			if err != nil || again.Finding != a.Finding || seen[a.Finding] || a.By != l.From || a.At.After(now) || strings.ContainsAny(a.Note, "\r\n\x00") {
				t.Errorf("%+v is read as %+v: %v", a, again, err)
			}
			seen[a.Finding] = true
			// Nothing that stands behind a mark of quotation alone is an answer.
			if n := strings.Count(strings.ToUpper(in), a.Finding); n > 0 && n == strings.Count(strings.ToUpper(in), "\n> "+a.Finding) {
				t.Errorf("%s is quoted, and read", a.Finding)
			}
		}
	})
}

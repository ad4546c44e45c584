package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"usagereport/usage"
)

// What is like a finding that was wrong is worth a look, and no alarm; what is
// larger alarms.
func TestWrongRaisesTheBar(t *testing.T) {
	t.Parallel()
	var cases []namedCase
	for _, c := range []struct {
		name, then string
		want       []string
	}{
		{"as large", "160", []string{"low spike up"}},
		{"much larger", "600", []string{"high spike up"}},
	} {
		cases = append(cases, namedCase{c.name, func(d *desk) {
			vm := charge{service: "Virtual Machines", meter: "D4", resource: "vm"}
			d.take(focus().file(slices.Concat(vm.over("2025-10-20", "2026-11-23", func(n int, day usage.Day) string {
				switch {
				case day >= dayOf("2026-09-10") && day <= dayOf("2026-09-12"):
					return "160"
				case day >= dayOf("2026-11-17") && day <= dayOf("2026-11-19"):
					return c.then
				}
				return about(40)(n, day)
			}))))
			before, _ := d.findings("--as-of", "2026-09-14")
			if len(before) != 1 || before[0].Severity != "high" {
				d.Fatalf("before: %v", before)
			}
			d.run(0, "answers", "add", before[0].ID, "wrong")
			var got []string
			now, _ := d.findings()
			for _, f := range now {
				got = append(got, fmt.Sprintf("%s %s %s", f.Severity, f.Kind, f.Direction))
			}
			if !slices.Equal(got, c.want) {
				d.Errorf("findings %q, want %q", got, c.want)
			}
		}})
	}
	runCases(t, cases)
}

// A mail is read if it is of an owner and answers to what is theirs; one that is
// refused does not stop the others.
func TestAnswersByMail(t *testing.T) {
	t.Parallel()
	runCases(t, []namedCase{{"mails", func(d *desk) {
		var rows []charge
		for i, name := range []string{"vm-search", "vm-shop", "vm-nobody"} {
			resources := []string{name}
			if name == "vm-shop" { // of which three are the owner's
				resources = []string{"vm-shop-1", "vm-shop-2", "vm-shop-3", "vm-rest"}
			}
			for _, resource := range resources {
				vm := charge{account: name, group: "rg-" + name, service: "Service " + name, meter: "D4", resource: resource}
				rows = slices.Concat(rows, vm.over("2026-08-20", "2026-11-23", func(n int, day usage.Day) string {
					if day >= dayOf("2026-11-12")-usage.Day(4*i) {
						return about(float64(160+40*i))(n, day)
					}
					return about(40)(n, day)
				}))
			}
		}
		d.take(focus().file(rows))
		d.run(0, "query", "--owners", d.write("owners.csv", "name,email,rule\nSearch,Ada@example.org;team@example.org,ResourceId=*vm-search\nShop,shop@example.org;team@example.org,ResourceId=*vm-shop-?\n"), "SELECT 1")
		ids := map[string]string{}
		found, _ := d.findings()
		for _, f := range found {
			for _, name := range []string{"search", "shop", "nobody"} {
				if strings.HasSuffix(fmt.Sprint(f.Scope), name+"]") {
					ids[name] = f.ID
				}
			}
		}
		if len(ids) != 3 {
			d.Fatalf("findings %v", found)
		}
		own, _ := d.findings("--owner", "Shop") // a finding of its own, told nobody else
		if len(own) != 1 || own[0].ID == ids["shop"] {
			d.Fatalf("findings of Shop: %v, of all: %v", own, ids)
		}
		mail := func(name, from, said string) string {
			return d.write("mails/"+name+".eml", "From: "+from+"\r\nSubject: =?utf-8?q?Re:?= "+said+"\r\n\r\na load test\r\n> [F-AAAAAA] wrong\r\n")
		}
		for _, c := range []struct {
			name, path string
			code       int
			says       []string
		}{
			{"another's finding", mail("a", "Ada <ada@example.org>", "["+ids["shop"]+"] wrong"), 1, []string{ids["shop"] + ": none of its charges are of Search, whose address ada@example.org is; nothing of it was noted"}},
			{"nobody's", mail("b", "ada@example.org", "["+ids["nobody"]+"] wrong"), 1, []string{"none of its charges are of Search"}},
			{"another's own", mail("g", "ada@example.org", "["+own[0].ID+"] wrong"), 1, []string{"none of its charges are of Search"}},
			{"a stranger", mail("c", "mallory@example.org", "["+ids["search"]+"] wrong"), 1, []string{"from mallory@example.org: no owner in ", " has this address"}},
			{"nobody was told", mail("d", "ada@example.org", "[F-AAAAAA] wrong"), 1, []string{"F-AAAAAA: no such finding was told"}},
			{"no .eml in it", d.write("none/a.txt", "x"), 1, []string{"read answers: ", "a.txt:1: "}},
			{"theirs", mail("e", "ADA@EXAMPLE.ORG", "["+ids["search"]+"] planned until 2026-12-31"), 0, []string{"no mail server has checked that it comes from ADA@EXAMPLE.ORG"}},
		} {
			out, stderr := d.run(c.code, "answers", "read", c.path)
			d.has(stderr, c.says...)
			if (c.code == 0) != strings.Contains(out, "new: 1 of 1") {
				d.Errorf("%s: %s", c.name, out)
			}
		}
		mail("f", "team@example.org", "["+ids["shop"]+"] not-mine")
		mail("h", "shop@example.org", "["+own[0].ID+"] fixed")
		out, stderr := d.run(1, "answers", "read", d.path("mails"))
		d.has(out, "new: 2 of 3; 5 of 8 files refused")
		d.has(stderr, "a.eml", "b.eml", "c.eml", "d.eml")
		d.run(1, "answers", "read", d.path("empty.eml"))
		d.equal("answers", d.ask("SELECT x_FindingId, x_Answer, lower(x_AnsweredBy), x_Note FROM answers ORDER BY lower(x_AnsweredBy)"), ids["search"]+",planned,ada@example.org,a load test; "+own[0].ID+",fixed,shop@example.org,a load test; "+ids["shop"]+",not mine,team@example.org,a load test")
	}}})
}

// What a file's name holds does not steer the terminal.
func TestAnswersFromHostileNames(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	vm := charge{account: "one", service: "Compute", meter: "D4", resource: "vm"}
	d.take(focus().file(vm.over("2026-11-01", "2026-11-20", about(40))))
	d.write("owners.csv", "name,email,rule\nAda,a@example.org,ServiceName=*\n")
	d.write("mails/x\x1b]0;title\a.eml", "From: Eve <eve@evil.example>\r\nSubject: [F-AAAAAA] planned\r\n\r\nhi\r\n")
	_, stderr := d.run(exitFailed, "answers", "read", "--owners", d.path("owners.csv"), d.path("mails"))
	if strings.ContainsAny(stderr, "\x1b\a") || !strings.Contains(stderr, `x\x1b]0;title\x07.eml: from eve@evil.example`) {
		t.Errorf("stderr is %q", stderr)
	}
}

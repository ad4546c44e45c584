package loader_test

import (
	"fmt"
	"strings"
	"testing"

	"usagereport/loader"
)

// A record as "az monitor activity-log list" gives it, of what was done to vm.
func listed(operation, status, sub, at, correlation, more string) string {
	return `{"authorization": {"action": "` + operation + `"}, "caller": "ci-deploy@example.com", "category": {"localizedValue": "Administrative", "value": "Administrative"},
 "claims": {"name": "CI"}, "correlationId": "` + correlation + `", "eventDataId": "` + correlation + status + `", "eventTimestamp": "` + at + `",
 "operationName": {"localizedValue": "Do it", "value": "` + operation + `"}, "resourceId": "/subscriptions/s1/resourceGroups/Shop/providers/Microsoft.Compute/virtualMachines/vm",
 "status": {"value": "` + status + `"}, "subStatus": {"value": "` + sub + `"}` + more + `}`
}

const (
	vmWrite  = "Microsoft.Compute/virtualMachines/write"
	vmDelete = "Microsoft.Compute/virtualMachines/delete"
	// A record as a diagnostic setting writes it into a blob, a line each.
	inBlob   = `{ "time": "2026-11-04T08:15:00.1234567Z", "resourceId": "/SUBSCRIPTIONS/S1/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM", "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE", "category": "Administrative", "resultType": "Success", "resultSignature": "Succeeded.Created", "durationMs": "12", "callerIpAddress": "192.0.2.1", "correlationId": "C1", "identity": {"authorization": {"scope": "x"}, "claims": {"appid": "1111", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "ci-deploy@example.com"}}, "level": "Information", "properties": {"statusCode": "Created", "eventCategory": "Administrative"}}`
	activity = "SELECT coalesce(string_agg(concat_ws(' ', done_at::DATE, what, size, caller), '; ' ORDER BY done_at, what), '') FROM activity"
)

func TestActivityLog(t *testing.T) {
	size := `, "properties": {"responseBody": "{\"properties\":{\"hardwareProfile\":{\"vmSize\":\"Standard_D8s_v5\"}}}"}`
	made := listed(vmWrite, "Succeeded", "Created", "2026-11-04T08:15:00.1234567Z", "c1", "")
	begun := listed(vmWrite, "Started", "", "2026-11-04T08:14:58Z", "c1", "")
	resized := listed(vmWrite, "Succeeded", "OK", "2026-11-07T23:30:00+00:00", "c2", size)
	failed := listed(vmDelete, "Failed", "Forbidden", "2026-11-08T09:00:00Z", "c3", "")
	deleted := listed(vmDelete, "Succeeded", "", "2026-11-09T09:00:00Z", "c4", "")
	role := listed("Microsoft.Authorization/roleAssignments/write", "Succeeded", "Created", "2026-11-09T09:00:00Z", "c5", "")
	stopped := listed("Microsoft.Compute/virtualMachines/deallocate/action", "Succeeded", "", "2026-11-10T09:00:00Z", "c6", "")
	const by = " ci-deploy@example.com"
	want := "2026-11-04 created" + by + "; 2026-11-07 changed Standard_D8s_v5" + by + "; 2026-11-09 deleted" + by + "; 2026-11-10 stopped" + by
	l := open(t)
	for _, step := range []struct{ name, text, result string }{
		{"list.json", "[" + strings.Join([]string{begun, made, resized, failed, deleted, role, stopped}, ",\n") + "]", "loaded 4"},
		{"again.json", "\ufeff[" + made + "]", "unchanged 1"},
		{"PT1H.json", inBlob + "\n" + inBlob + "\n", "unchanged 2"}, // the same, in other letters
		{"records.json", `{"records": [` + inBlob + `]}`, "unchanged 1"},
		{"page.json", `{"nextLink": "https://management.azure.com/x", "value": [` + stopped + "]}", "unchanged 1"},
	} {
		r := load(t, l, loader.Options{}, write(t, step.name, step.text))[0]
		if got := fmt.Sprint(r.Status, " ", r.Rows); r.Err != nil || got != step.result || r.Format != "activity" || r.LoadID != 0 {
			t.Errorf("%s: %s %v, want %s", step.name, got, r.Err, step.result)
		}
		if step.name == "page.json" && !strings.Contains(fmt.Sprint(r.Warnings), "nextLink") {
			t.Errorf("%s: %v", step.name, r.Warnings)
		}
		if got := value(t, l, activity); got != want {
			t.Errorf("%s: %s\nwant %s", step.name, got, want)
		}
	}
	load(t, l, loader.Options{WithoutCallers: true}, write(t, "list.json", "["+made+"]"))
	if got := value(t, l, activity); !strings.HasPrefix(got, "2026-11-04 created; 2026-11-07") {
		t.Errorf("without callers: %s", got)
	}
}

// What is wrong in one record keeps all of its file out.
func TestActivityLogBad(t *testing.T) {
	good := listed(vmWrite, "Succeeded", "Created", "2026-11-04T08:15:00Z", "c1", "")
	for text, reason := range map[string]string{
		"[" + good + ",\n" + strings.Replace(good, "2026-11-04T08:15:00Z", "4.11.2026", 1) + "]":               `5: eventTimestamp: "4.11.2026": is not a time like`,
		"[" + good + ",\n" + strings.Replace(good, "ci-deploy@", `\u001b[2J`, 1) + "]":                         `5: caller: "\x1b[2Jexample.com": holds a control character`,
		"[" + good + ",\n" + strings.Replace(good, `"resourceId": "/sub`, `"resourceId": "", "x": "`, 1) + "]": "5: resourceId: \"\": is empty",
		"[" + good + ",\n" + good[:len(good)/2]:                                                                "record 2 is no JSON object, or is cut off",
		inBlob + "\n" + strings.Replace(inBlob, `"2026-11-04T08:15:00.1234567Z"`, "17", 1):                     `2: Time: "number": is no text`,
		inBlob + "\n" + inBlob[:100]: "record 2 is no JSON object, or is cut off",
	} {
		l := open(t)
		r := load(t, l, loader.Options{}, write(t, "log.json", text))[0]
		if r.Status != loader.Refused || !strings.Contains(fmt.Sprint(r.Err), reason) {
			t.Errorf("%s: %v, want %s", r.Status, r.Err, reason)
		}
		if got := value(t, l, "SELECT count(*) FROM activity"); got != "0" {
			t.Errorf("%s rows of a file that was refused", got)
		}
	}
}

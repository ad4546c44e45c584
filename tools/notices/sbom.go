package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
)

// sbom lists parts as CycloneDX has it, for what looks for known vulnerabilities. It names no time and no serial number, so
// that the same commit gives the same bytes. The licences are in THIRD_PARTY_NOTICES.md, with their texts.
func sbom(parts []part, version string) ([]byte, error) {
	type component struct {
		Type    string `json:"type"`
		Ref     string `json:"bom-ref"`
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
		PURL    string `json:"purl,omitempty"`
	}
	var bom struct {
		Format   string `json:"bomFormat"`
		Spec     string `json:"specVersion"`
		Version  int    `json:"version"`
		Metadata struct {
			Component component `json:"component"`
		} `json:"metadata"`
		Components []component `json:"components"`
	}
	bom.Format, bom.Spec, bom.Version = "CycloneDX", "1.6", 1
	bom.Metadata.Component = component{Type: "application", Ref: "usagereport", Name: "usagereport", Version: version}
	for _, p := range parts {
		c := component{Type: "library", Name: p.Name, Version: p.Version}
		if p.Version != "" {
			c.PURL = "pkg:golang/" + strings.ReplaceAll(p.Name, "!", "%21") + "@" + strings.ReplaceAll(p.Version, "+", "%2B")
		}
		c.Ref = cmp.Or(c.PURL, c.Name)
		bom.Components = append(bom.Components, c)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	err := e.Encode(bom)
	return b.Bytes(), err
}

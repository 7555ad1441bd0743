// A license generator: writes a text that names the license, its hosts and features.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

const description = `{"schema":1,"name":"hello","version":"1.0.0","vendor":"Example",` +
	`"ops":["DESCRIBE","GENERATE","SELFTEST"],"schemas":[1],` +
	`"hostTypes":[{"name":"ETHERNET","label":"Ethernet address","form":"hex",` +
	`"pattern":"[0-9a-f]{12}","example":"00-11-22-AA-BB-CC",` +
	`"help":"Windows: getmac /v. Linux: ip link. macOS: ifconfig en0."}],` +
	`"files":[{"name":"license.txt","mediaType":"text/plain"}]}`

const (
	opDescribe = 1
	opGenerate = 2
	opSelfTest = 8

	statusOK          = 0
	statusRejected    = 1
	statusInput       = 2
	statusInternal    = 3
	statusUnsupported = 4
)

// What this generator reads of a request.
type request struct {
	DryRun    bool    `json:"dryRun"`
	LicenseID *string `json:"licenseId"`
	Licensee  *string `json:"licensee"`
	Product   *struct {
		Code string `json:"code"`
	} `json:"product"`
	Today     string  `json:"today"`
	StartsOn  *string `json:"startsOn"`
	ExpiresOn *string `json:"expiresOn"`
	Hosts     []struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	} `json:"hosts"`
	Features []struct {
		Name      string  `json:"name"`
		Version   *string `json:"version"`
		Count     uint64  `json:"count"`
		ExpiresOn *string `json:"expiresOn"`
	} `json:"features"`
}

type file struct {
	Name      string `json:"name"`
	MediaType string `json:"mediaType"`
	Text      string `json:"text"`
}

type result struct {
	Schema int    `json:"schema"`
	Files  []file `json:"files"`
}

// The vendor's no: its text is shown to the user.
type rejection struct {
	Schema  int    `json:"schema"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
}

func (no *rejection) Error() string { return no.Message }

func call(op uint32, input []byte) (int32, []byte) {
	switch op {
	case opDescribe:
		return statusOK, []byte(description)
	case opGenerate:
		return generate(input)
	case opSelfTest:
		return statusOK, []byte(`{"schema":1}`)
	default:
		return statusUnsupported, nil
	}
}

func generate(input []byte) (int32, []byte) {
	var asked request
	if json.Unmarshal(input, &asked) != nil || asked.LicenseID == nil || asked.Product == nil {
		return statusInput, nil
	}
	text, err := license(&asked)
	var no *rejection
	if errors.As(err, &no) {
		return document(statusRejected, no)
	}
	files := []file{{"license.txt", "text/plain", text}}
	return document(statusOK, result{Schema: 1, Files: files})
}

func document(status int32, value any) (int32, []byte) {
	output, err := json.Marshal(value)
	if err != nil {
		return statusInternal, nil
	}
	return status, output
}

func license(asked *request) (string, error) {
	var lines []string
	line := func(format string, values ...any) {
		lines = append(lines, fmt.Sprintf(format, values...))
	}
	if asked.DryRun {
		line("NOT FOR USE: a preview.")
	}
	line("Hello, %s!", or(asked.Licensee, "world"))
	line("LICENSE %s", *asked.LicenseID)
	line("PRODUCT %s", asked.Product.Code)
	line("ISSUED %s", asked.Today)
	line("STARTS %s", or(asked.StartsOn, "at once"))
	line("EXPIRES %s", or(asked.ExpiresOn, "never"))
	for _, host := range asked.Hosts {
		line("HOST %s %s", host.Type, host.Value)
	}
	for _, feature := range asked.Features {
		version, expires := or(feature.Version, "-"), or(feature.ExpiresOn, "never")
		line("FEATURE %s %s %d %s", feature.Name, version, feature.Count, expires)
	}
	return joined(lines)
}

// A name with a line break in it would forge a line: such a request is refused.
func joined(lines []string) (string, error) {
	var text strings.Builder
	for _, line := range lines {
		if strings.ContainsFunc(line, func(c rune) bool { return c < ' ' }) {
			return "", &rejection{
				Schema:  1,
				Code:    "CONTROL_CHARACTER",
				Message: "A name or value contains a line break or control character.",
			}
		}
		text.WriteString(line)
		text.WriteByte('\n')
	}
	return text.String(), nil
}

func or(value *string, otherwise string) string {
	if value == nil {
		return otherwise
	}
	return *value
}

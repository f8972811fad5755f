package main

import (
	"bytes"
	"encoding/json"
)

// members finds the members of the JSON object that a request's body is, as slices of that body: a body may hold 48 MB
// of code in a container of 128 MB, so nothing is copied. Values are delimited, not checked.
// It reports false for what is no object.
func members(text []byte) (map[string][]byte, bool) {
	found := map[string][]byte{}
	at := skipSpace(text, 0)
	if at == len(text) || text[at] != '{' {
		return nil, false
	}
	at = skipSpace(text, at+1)
	if at < len(text) && text[at] == '}' {
		return found, true
	}
	for at < len(text) && text[at] == '"' {
		end := skipString(text, at)
		var key string
		if json.Unmarshal(text[at:end], &key) != nil {
			return nil, false
		}
		at = skipSpace(text, end)
		if at == len(text) || text[at] != ':' {
			return nil, false
		}
		at = skipSpace(text, at+1)
		end = skipValue(text, at)
		found[key] = bytes.TrimRight(text[at:end], " \t\r\n")
		switch {
		case end == len(text) || end == at:
			return nil, false
		case text[end] == '}':
			return found, true
		case text[end] != ',':
			return nil, false
		}
		at = skipSpace(text, end+1)
	}
	return nil, false
}

func skipSpace(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r') {
		at++
	}
	return at
}

// skipString returns where the string ends that begins at a quote, or the end of a text that breaks off in it.
func skipString(text []byte, at int) int {
	for at++; at < len(text); {
		next := bytes.IndexByte(text[at:], '"')
		if next < 0 {
			return len(text)
		}
		at += next + 1
		backslashes := 0
		for text[at-2-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return at
		}
	}
	return len(text)
}

// skipValue returns where the comma or brace stands that follows the value at a place.
func skipValue(text []byte, at int) int {
	depth := 0
	for at < len(text) {
		switch text[at] {
		case '"':
			at = skipString(text, at)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return at
			}
			depth--
		case ',':
			if depth == 0 {
				return at
			}
		}
		at++
	}
	return at
}

package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestMembersAreFoundAsTheStandardLibraryFindsThem(t *testing.T) {
	texts := []string{
		`{}`,
		` { } `,
		`{"value":{"a":"}"},"activation_id":"x"}`,
		`{"a":"\\","b":"\"","c":"\\\"","d":"{[,:"}`,
		` { "a" : [1, {"b":[]}] , "c" : null } `,
		"{\"a\":\n1\r\n,\t\"b\":-2.5e7}",
		`{"\u0061":true,"é":"❄"}`,
		`{"a":1,"a":2}`,
	}
	for _, text := range texts {
		var expected map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &expected); err != nil {
			t.Fatal(text, err)
		}
		found, ok := members([]byte(text))
		got := map[string]json.RawMessage{}
		for key, value := range found {
			got[key] = value
		}
		if !ok || !reflect.DeepEqual(got, expected) {
			t.Errorf("%s: got %s, expected %s", text, got, expected)
		}
	}
}

func TestWhatIsNoObjectHasNoMembers(t *testing.T) {
	for _, text := range []string{``, ` `, `null`, `[]`, `"{}"`, `{`, `{"a"`, `{"a":`, `{"a":}`, `{"a":1`, `{"a":"`, `{"a":1]`, `{a:1}`, `{"a":1,`} {
		if found, ok := members([]byte(text)); ok {
			t.Errorf("%s: got %s", text, found)
		}
	}
}

func FuzzMembersAgreeWithTheStandardLibrary(f *testing.F) {
	f.Add(`{"value":{"a":[1,"]"]},"b":"\\\""}`)
	f.Fuzz(func(t *testing.T, text string) {
		found, ok := members([]byte(text)) // whatever comes: no panic
		var expected map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &expected) != nil || expected == nil {
			return
		}
		if !ok || len(found) != len(expected) {
			t.Fatalf("%q: got %q", text, found)
		}
		for key, value := range expected {
			if strings.TrimSpace(string(found[key])) != string(value) {
				t.Fatalf("%q: %q is %q", text, key, found[key])
			}
		}
	})
}

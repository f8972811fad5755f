// Makes of a title what can stand in an address: {"slug": "der-suesse-ofen"} of {"title": "Der süße Ofen", "language": "de"}.
package main

import "github.com/gosimple/slug"

// Main is called with the parameters of each invocation.
func Main(args map[string]interface{}) map[string]interface{} {
	title, ok := args["title"].(string)
	if !ok {
		return map[string]interface{}{"error": "a title is needed"}
	}
	language, ok := args["language"].(string)
	if !ok {
		language = "en"
	}
	return map[string]interface{}{"slug": slug.MakeLang(title, language)}
}

// Speaks the action loop for a function: a line of JSON in on descriptor 0, a line out on descriptor 3. It is compiled
// together with an action, as a file of its package main; meringueAction is what the action's function is called there.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"syscall"
)

func main() {
	call, err := callOf(reflect.ValueOf(meringueAction))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// The input is moved, so that an action that reads its stdin finds it empty.
	input := bufio.NewReaderSize(meringueInput(), 64<<10)
	results := os.NewFile(3, "results")
	if os.Getenv("__OW_WAIT_FOR_ACK") != "" {
		fmt.Fprintln(results, `{"ok":true}`)
	}
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			return
		}
		answer := append(answerTo(line, call), '\n')
			if _, err := results.Write(answer); err != nil {
			return
		}
	}
}

// answerTo runs the action with a line's arguments, in its context.
func answerTo(line []byte, call func(json.RawMessage) (interface{}, error)) []byte {
	var message map[string]json.RawMessage
	if err := json.Unmarshal(line, &message); err != nil {
		return failure(err)
	}
	for key, value := range message {
		if key == "value" {
			continue
		}
		text := string(value)
		var plain string
		if json.Unmarshal(value, &plain) == nil {
			text = plain
		}
		os.Setenv("__OW_"+strings.ToUpper(key), text)
	}
	result, err := call(message["value"])
	if err != nil {
		return failure(err)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(result); err != nil {
		return failure(err)
	}
	return bytes.TrimRight(text.Bytes(), "\n")
}

// callOf makes a function of the action's, whatever its types: they are an object or an array each.
func callOf(action reflect.Value) (func(json.RawMessage) (interface{}, error), error) {
	kind := action.Type()
	if kind.Kind() != reflect.Func || kind.NumIn() != 1 || kind.NumOut() != 1 {
		return nil, fmt.Errorf("the action is no function of one argument with one result: %s", kind)
	}
	switch kind.Out(0).Kind() {
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Interface:
	default:
		return nil, fmt.Errorf("Support map and slice and array only")
	}
	return func(value json.RawMessage) (interface{}, error) {
		argument := reflect.New(kind.In(0))
		if len(value) == 0 || string(value) == "null" {
			value = json.RawMessage("{}")
		}
		if err := json.Unmarshal(value, argument.Interface()); err != nil {
			panic(err) // of the wrong kind: upstream's function fails in the same way
		}
		return action.Call([]reflect.Value{argument.Elem()})[0].Interface(), nil
	}, nil
}

func failure(err error) []byte {
	text, _ := json.Marshal(map[string]string{"error": err.Error()})
	return text
}

// meringueInput moves the lines to a descriptor of their own, which nothing that the action starts inherits.
func meringueInput() *os.File {
	moved, err := syscall.Dup(0)
	if err != nil {
		return os.Stdin
	}
	syscall.CloseOnExec(moved)
	syscall.CloseOnExec(3)
	if empty, err := os.Open(os.DevNull); err == nil {
		syscall.Dup3(int(empty.Fd()), 0, 0)
		empty.Close()
	}
	return os.NewFile(uintptr(moved), "lines")
}

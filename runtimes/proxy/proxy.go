package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
)

// sentinel ends the log of an activation, on each stream.
const sentinel = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n"

// keepAlive tells clients that an idle connection is not closed from this side (for an hour, in seconds).
const keepAlive = "timeout=3600"

// bigBody is the size from which a body's memory is given back at once: the action needs it more. In bytes.
const bigBody = 1 << 20

// Texts of the answers, as clients know them.
const (
	textNotFound       = "The requested resource does not exist."
	textNotAllowed     = "The requested method is not allowed here."
	textInitTwice      = "Cannot initialize the action more than once."
	textNoCode         = "Missing main/no code to execute."
	textNoAction       = "no action defined yet"
	textCommandExited  = "command exited"
	textCannotStart    = "Cannot start action. Check logs for details."
	textExitedAtInit   = "Command exited abruptly during initialization."
	textNotUnderstood  = "Error unmarshaling request: "
	textBodyUnreadable = "The request could not be read: "
)

// proxy answers requests with the help of a launcher.
type proxy struct {
	start      func() (*launcher, error)
	actionLoop bool

	// initialising is held during an init.
	initialising sync.Mutex

	mu          sync.Mutex
	launcher    *launcher // nil when it ended and no other one is wanted yet
	initialised bool
}

// newProxy parks a first launcher.
func newProxy(start func() (*launcher, error), actionLoop bool) (*proxy, error) {
	p := &proxy{start: start, actionLoop: actionLoop}
	_, err := p.parked()
	return p, err
}

// ServeHTTP implements http.Handler.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var handle func([]byte) (int, []byte)
	switch r.URL.Path {
	case "/init":
		handle = p.init
	case "/run":
		handle = p.run
	default:
		respond(w, http.StatusNotFound, errorBody(textNotFound))
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		respond(w, http.StatusMethodNotAllowed, errorBody(textNotAllowed))
		return
	}
	body, err := readLine(r)
	if err != nil {
		respond(w, http.StatusBadRequest, errorBody(textBodyUnreadable+err.Error()))
		return
	}
	if r.URL.Path == "/run" && wantsStream(body) {
		p.runStreamed(w, r, body)
		return
	}
	status, answer := handle(body)
	respond(w, status, answer)
}

// init hands the action to the launcher.
func (p *proxy) init(body []byte) (int, []byte) {
	p.initialising.Lock()
	defer p.initialising.Unlock()
	if p.isInitialised() {
		fmt.Fprintln(os.Stderr, textInitTwice)
		return http.StatusForbidden, errorBody(textInitTwice)
	}
	value := []byte("{}")
	if found, ok := members(body); ok && found["value"] != nil {
		value = found["value"]
	}
	if p.actionLoop {
		if status, refusal := checkCode(body, value); refusal != nil {
			return status, refusal
		}
	}
	got, ok := p.load(value)
	if len(body) >= bigBody {
		body, value = nil, nil
		debug.FreeOSMemory()
	}
	if !ok {
		endLogs()
		return http.StatusBadGateway, errorBody(textCannotStart)
	}
	if got.status == http.StatusOK {
		p.mu.Lock()
		p.initialised = true
		p.mu.Unlock()
	}
	return got.status, got.body
}

// load gives an action to a launcher. It reports false when no launcher lived to answer.
func (p *proxy) load(value []byte) (answer, bool) {
	l, err := p.parked()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return answer{}, false
	}
	got, ok := l.ask(initID, []byte(`{"init":`), value, []byte("}\n"))
	if !ok {
		fmt.Fprintln(os.Stderr, textExitedAtInit)
		p.forget(l)
	} else if got.status != http.StatusOK && p.actionLoop {
		// What an action did while it failed to load must not be there for the next one.
		p.forget(l)
		l.end()
	}
	return got, ok
}

// checkCode answers for the kinds that cannot do without code; its body is nil when there is some.
func checkCode(body, value []byte) (int, []byte) {
	if !json.Valid(body) {
		var parsed any
		return http.StatusBadRequest, errorBody(textNotUnderstood + json.Unmarshal(body, &parsed).Error())
	}
	found, _ := members(value)
	if code := string(bytes.TrimSpace(found["code"])); code == "" || code == `""` || code == "null" {
		return http.StatusForbidden, errorBody(textNoCode)
	}
	return http.StatusOK, nil
}

// run hands an activation to the launcher.
func (p *proxy) run(body []byte) (int, []byte) {
	l := p.ready()
	if l == nil {
		return http.StatusInternalServerError, errorBody(textNoAction)
	}
	if len(body) == 0 {
		body = []byte("{}")
	}
	got, ok := l.ask(activationID(body), body, []byte{'\n'})
	if ok {
		return got.status, got.body
	}
	p.forget(l)
	endLogs()
	return http.StatusBadRequest, errorBody(textCommandExited)
}

// ready returns the launcher that activations are for, nil if there is none.
func (p *proxy) ready() *launcher {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.launcher == nil || (!p.initialised && p.actionLoop) {
		return nil
	}
	return p.launcher
}

// parked returns the launcher, or starts one if there is none that lives. No action has run in it.
func (p *proxy) parked() (*launcher, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.launcher != nil && !p.launcher.hasEnded() {
		return p.launcher, nil
	}
	l, err := p.start()
	if err != nil {
		return nil, err
	}
	p.launcher = l
	if !p.actionLoop {
		go func() {
			<-l.gone
			os.Exit(l.code)
		}()
	}
	return l, nil
}

// forget makes sure that a launcher is not asked again.
func (p *proxy) forget(l *launcher) {
	if !p.actionLoop {
		select {} // this process is about to end with its launcher, and with it the connection
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.launcher == l {
		p.launcher = nil
	}
}

func (p *proxy) isInitialised() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.initialised
}

// activationID returns the id that the answer to a run will carry.
func activationID(body []byte) string {
	found, _ := members(body)
	var id string
	if json.Unmarshal(found["activation_id"], &id) != nil || id == "" {
		return "-"
	}
	return id
}

// readLine reads a whole body and makes it one line: in JSON a line break can only stand between tokens.
func readLine(r *http.Request) ([]byte, error) {
	var body bytes.Buffer
	if r.ContentLength > 0 {
		body.Grow(int(r.ContentLength) + bytes.MinRead) // no growth, and so no copy, while it is read
	}
	if _, err := io.Copy(&body, r.Body); err != nil {
		return nil, err
	}
	line := bytes.TrimSpace(body.Bytes())
	if bytes.IndexByte(line, '\n') < 0 && bytes.IndexByte(line, '\r') < 0 {
		return line, nil
	}
	kept := line[:0]
	for _, c := range line {
		if c != '\n' && c != '\r' {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

// endLogs writes the sentinels that the launcher cannot write any more.
func endLogs() {
	os.Stdout.WriteString(sentinel)
	os.Stderr.WriteString(sentinel)
}

func errorBody(text string) []byte {
	body, err := json.Marshal(map[string]string{"error": text})
	if err != nil {
		panic(err) // a map of strings
	}
	return append(body, '\n')
}

// respond sends an answer with its length: one without counts as none.
func respond(w http.ResponseWriter, status int, body []byte) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Keep-Alive", keepAlive)
	w.WriteHeader(status)
	w.Write(body)
}

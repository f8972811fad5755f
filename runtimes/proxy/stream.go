package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"syscall"
)

// window is how many bytes of items a launcher may be ahead of who reads them.
const window = 256 << 10

// maxStreamLine bounds a line of a stream: items come in pieces of 48 KiB, of which JSON makes six times as much at worst.
const maxStreamLine = 512 << 10

// linesType is the content type of an answer that is made of a launcher's lines, the last of which is the answer proper.
const linesType = "application/vnd.meringue.answer-lines"

// Statuses of what a launcher sends before its answer.
const (
	lineHead  = 100
	lineText  = 102
	lineBytes = 103
)

// stream is what a run sends before its answer, on its way to the client.
type stream struct {
	// ready has room for one word: there are lines.
	ready chan struct{}

	mu    sync.Mutex
	begun bool
	// lines are whole, and not taken yet; items is how many bytes their items have.
	lines  []byte
	items  int
	credit int
}

func newStream() *stream {
	return &stream{ready: make(chan struct{}, 1)}
}

// add takes a line of the launcher, whole. It reports false for one that has no place there.
func (s *stream) add(status int, json, line []byte) bool {
	size, ok := itemSize(status, json)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok || (status == lineHead) == s.begun || len(line) > maxStreamLine || size > s.credit {
		return false
	}
	s.begun = true
	s.credit -= size
	s.items += size
	s.lines = append(s.lines, line...)
	select {
	case s.ready <- struct{}{}:
	default:
	}
	return true
}

// take returns what has come, and how many bytes its items have.
func (s *stream) take() ([]byte, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines, items := s.lines, s.items
	s.lines, s.items = nil, 0
	return lines, items
}

func (s *stream) grant(size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.credit += size
}

// itemSize tells how many bytes an item has. It reports false for what is none: an empty one would cost nothing, however
// many there are.
func itemSize(status int, text []byte) (int, bool) {
	switch status {
	case lineHead:
		return 0, true
	case lineText, lineBytes:
		var item string
		if json.Unmarshal(text, &item) != nil || item == "" {
			return 0, false
		}
		if status == lineText {
			return len(item), true
		}
		return len(item)/4*3 - len(item) + len(bytes.TrimRight([]byte(item), "=")), true
	}
	return 0, false
}

// wantsStream tells whether the answer to a run may be streamed.
func wantsStream(body []byte) bool {
	found, _ := members(body)
	return string(found["stream"]) == `"send"`
}

// runStreamed hands an activation to the launcher and passes on what it sends before its answer, at the client's pace.
// A client that closes its half of the connection wants no more of it, but still wants the answer.
func (p *proxy) runStreamed(w http.ResponseWriter, r *http.Request, body []byte) {
	l := p.ready()
	if l == nil {
		respond(w, http.StatusInternalServerError, errorBody(textNoAction))
		return
	}
	id := activationID(body)
	s := newStream()
	reply := l.listen(id, s)
	defer l.unlisten(id)
	l.write(body, []byte{'\n'})
	relay := &relay{w: w, id: id, launcher: l, stream: s}
	relay.grant(window)
	gone := r.Context().Done()
	for {
		select {
		case <-s.ready:
			relay.pass()
		case <-gone:
			gone = nil
			l.tell(map[string]any{"stop": id})
		case got, ok := <-reply:
			if !ok {
				p.forget(l)
				endLogs()
				got = answer{http.StatusBadRequest, errorBody(textCommandExited)}
			}
			relay.finish(got, ok)
			return
		}
	}
}

// relay is one streamed answer on its way out.
type relay struct {
	w        http.ResponseWriter
	id       string
	launcher *launcher
	stream   *stream
	begun    bool
}

// pass writes what has come, and lets the launcher send as much again once that has gone out.
func (r *relay) pass() {
	lines, items := r.stream.take()
	if len(lines) == 0 {
		return
	}
	if !r.begun {
		r.begun = true
		r.w.Header().Set("Content-Type", linesType)
		r.w.Header().Set("Keep-Alive", keepAlive)
		r.w.WriteHeader(http.StatusOK)
	}
	r.w.Write(lines) // who has gone is told of by the request's context
	r.w.(http.Flusher).Flush()
	if items > 0 {
		r.grant(items)
	}
}

func (r *relay) grant(size int) {
	r.stream.grant(size)
	r.launcher.tell(map[string]any{"more": r.id, "bytes": size})
}

// finish writes the answer: as a last line if there were others before. If the launcher died in the midst of it, the
// connection is broken off.
func (r *relay) finish(got answer, whole bool) {
	r.pass()
	if !r.begun {
		respond(r.w, got.status, got.body)
		return
	}
	if !whole {
		panic(http.ErrAbortHandler)
	}
	r.w.Write([]byte(strconv.Itoa(got.status) + " " + r.id + " "))
	r.w.Write(got.body)
}

// tell writes a line about a stream.
func (l *launcher) tell(word map[string]any) {
	line, err := json.Marshal(word)
	if err != nil {
		panic(err) // texts and numbers
	}
	l.write(line, []byte{'\n'})
}

// streamed takes a line that came before an answer. One that its stream may not have ends the launcher: nothing that it
// says can be believed any more. One that nobody asked for is dropped.
func (l *launcher) streamed(status int, id string, json, line []byte) {
	l.mu.Lock()
	s := l.streams[id]
	l.mu.Unlock()
	if s != nil && !s.add(status, json, line) {
		syscall.Kill(l.pid, syscall.SIGKILL)
	}
}

// unlisten forgets a stream whose run has been answered.
func (l *launcher) unlisten(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.streams, id)
}

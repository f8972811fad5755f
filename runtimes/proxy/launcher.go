package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// exitGrace is how long the answers of a launcher that has ended may still take to be read, should a process that it
// left behind hold its end of the pipe open.
const exitGrace = 100 * time.Millisecond

// initID names the answer to the init line.
const initID = "init"

// answer is one line of a launcher.
type answer struct {
	status int
	body   []byte
}

// launcher is a running launcher process.
type launcher struct {
	pid   int
	input *os.File
	// writing is held for one line at a time.
	writing sync.Mutex

	mu      sync.Mutex
	waiting map[string][]chan answer
	// streams has, by activation, the runs that may send something before their answers.
	streams map[string]*stream
	dead    bool

	// gone is closed when it will answer no more, and code is how it ended from then on.
	gone chan struct{}
	code int
}

// startLauncher starts a command with its stdin and descriptor 3 connected to us and our stdout and stderr for its logs.
func startLauncher(children *reaper, command, env []string) (*launcher, error) {
	path, err := exec.LookPath(command[0])
	if err != nil {
		return nil, err
	}
	theirInput, input, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirInput.Close()
	output, theirOutput, err := os.Pipe()
	if err != nil {
		input.Close()
		return nil, err
	}
	// Our copy of its end must be closed, or its death would never end the stream.
	defer theirOutput.Close()
	pid, exited, err := children.start(path, command, &syscall.ProcAttr{
		Env:   env,
		Files: []uintptr{theirInput.Fd(), os.Stdout.Fd(), os.Stderr.Fd(), theirOutput.Fd()},
	})
	if err != nil {
		input.Close()
		output.Close()
		return nil, err
	}
	l := &launcher{pid: pid, input: input, waiting: map[string][]chan answer{}, streams: map[string]*stream{}, gone: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.read(output)
	}()
	go l.watch(exited, ended, output)
	return l, nil
}

// ask sends one line, given in pieces, and returns the answer that carries its id. It reports false when the launcher
// ends without giving one.
func (l *launcher) ask(id string, pieces ...[]byte) (answer, bool) {
	reply := l.listen(id, nil)
	l.write(pieces...)
	got, ok := <-reply
	return got, ok
}

// listen makes a channel for the answer that carries an id. It is closed when the launcher ends without giving one.
// A stream, if any, gets what comes before.
func (l *launcher) listen(id string, s *stream) <-chan answer {
	reply := make(chan answer, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		close(reply)
		return reply
	}
	l.waiting[id] = append(l.waiting[id], reply)
	if s != nil {
		l.streams[id] = s
	}
	return reply
}

// write writes one line, given in pieces.
func (l *launcher) write(pieces ...[]byte) {
	l.writing.Lock()
	defer l.writing.Unlock()
	for _, piece := range pieces {
		if _, err := l.input.Write(piece); err != nil {
			return // it reads no more: its end, which is noticed elsewhere, tells the rest
		}
	}
}

// hasEnded tells whether it can answer no more.
func (l *launcher) hasEnded() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// end closes its input, upon which a launcher ends.
func (l *launcher) end() {
	l.input.Close()
}

// read hands out answers until the stream ends. Lines that nobody waits for are dropped: only an action that writes to
// the descriptor itself can make one, and it must not become the answer to a later run.
func (l *launcher) read(output *os.File) {
	lines := bufio.NewReaderSize(output, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		fields := bytes.SplitN(line, []byte{' '}, 3)
		if len(fields) < 3 {
			continue
		}
		status, err := strconv.Atoi(string(fields[0]))
		switch {
		case err != nil || status < 100 || status >= 600:
		case status < 200:
			l.streamed(status, string(fields[1]), fields[2], line)
		default:
			l.deliver(string(fields[1]), answer{status: status, body: fields[2]})
		}
	}
}

func (l *launcher) deliver(id string, got answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	queue := l.waiting[id]
	if len(queue) == 0 {
		return
	}
	queue[0] <- got
	if len(queue) == 1 {
		delete(l.waiting, id)
	} else {
		l.waiting[id] = queue[1:]
	}
}

// watch notices the launcher's end by either sign, its exit or the end of its answers, and makes sure of the other.
func (l *launcher) watch(exited <-chan syscall.WaitStatus, ended <-chan struct{}, output *os.File) {
	var status syscall.WaitStatus
	select {
	case status = <-exited:
		select {
		case <-ended:
		case <-time.After(exitGrace):
		}
		output.Close()
		<-ended
	case <-ended:
		output.Close()
		select {
		case status = <-exited:
		case <-time.After(exitGrace):
			syscall.Kill(l.pid, syscall.SIGKILL) // it lives, but cannot answer any more
			status = <-exited
		}
	}
	l.input.Close()

	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead = true
	l.code = exitCode(status)
	for _, queue := range l.waiting {
		for _, reply := range queue {
			close(reply)
		}
	}
	l.waiting = nil
	close(l.gone)
}

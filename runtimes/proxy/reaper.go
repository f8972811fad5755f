package main

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// reaper waits for every child of this process. As the first process of a container the proxy inherits whatever an
// action leaves behind; unreaped, that would count against the limit of processes for ever.
type reaper struct {
	mu      sync.Mutex
	started map[int]chan syscall.WaitStatus
}

func newReaper() *reaper {
	r := &reaper{started: map[int]chan syscall.WaitStatus{}}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	go func() {
		for range ended {
			r.reap()
		}
	}()
	return r
}

// start runs a command and returns its process id and a channel that gets its end.
func (r *reaper) start(path string, argv []string, attr *syscall.ProcAttr) (int, <-chan syscall.WaitStatus, error) {
	// The lock keeps the end of a child from being looked up before the child is known.
	r.mu.Lock()
	defer r.mu.Unlock()
	pid, err := syscall.ForkExec(path, argv, attr)
	if err != nil {
		return 0, nil, &os.PathError{Op: "start", Path: path, Err: err}
	}
	exited := make(chan syscall.WaitStatus, 1)
	r.started[pid] = exited
	return pid, exited, nil
}

func (r *reaper) reap() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return // no child, or none that has ended
		}
		r.mu.Lock()
		if exited, ok := r.started[pid]; ok {
			exited <- status
			delete(r.started, pid)
		}
		r.mu.Unlock()
	}
}

// exitCode tells how a process ended in the way a shell does.
func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

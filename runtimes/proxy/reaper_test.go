package main

import (
	"syscall"
	"testing"
	"time"
)

func TestChildrenAreReapedAndTellHowTheyEnded(t *testing.T) {
	r := &reaper{started: map[int]chan syscall.WaitStatus{}}
	_, exited, err := r.start("/bin/sh", []string{"sh", "-c", "exit 7"}, &syscall.ProcAttr{})
	if err != nil {
		t.Fatal(err)
	}
	_, killed, err := r.start("/bin/sh", []string{"sh", "-c", "kill -KILL $$"}, &syscall.ProcAttr{})
	if err != nil {
		t.Fatal(err)
	}
	// A child that nobody asked about, as an orphan is that the first process of a container inherits.
	orphan, err := syscall.ForkExec("/bin/true", []string{"true"}, &syscall.ProcAttr{})
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(5 * time.Second)
	for len(r.started) > 0 || syscall.Kill(orphan, 0) != syscall.ESRCH {
		if time.Now().After(deadline) {
			t.Fatal("a child was not reaped")
		}
		r.reap()
		time.Sleep(time.Millisecond)
	}
	if code := exitCode(<-exited); code != 7 {
		t.Errorf("exit code %d", code)
	}
	if code := exitCode(<-killed); code != 128+9 {
		t.Errorf("exit code %d", code)
	}
}

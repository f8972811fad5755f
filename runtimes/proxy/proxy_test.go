package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The test binary is all three: the tests, the proxy under test, and the launcher that it drives.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "as-launcher" {
		fakeLauncher()
		os.Exit(0)
	}
	if len(os.Args) > 1 && os.Args[1] == "as-proxy" {
		os.Args = append(os.Args[:1], os.Args[2:]...)
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fakeLauncher does what the code of the init, or the op of a run's value, says.
func fakeLauncher() {
	out := os.NewFile(3, "answers")
	lines := bufio.NewReader(os.Stdin)
	var playing player
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var message struct {
			Init  *struct{ Code string }
			Value struct{ Op, Text string }
			ID    string `json:"activation_id"`
			streamWord
		}
		if err := json.Unmarshal(line, &message); err != nil {
			fmt.Fprintf(out, "500 - {\"error\":\"not one line of JSON\"}\n")
			continue
		}
		if message.Init != nil {
			fakeInit(out, message.Init.Code)
			continue
		}
		if message.streamWord != (streamWord{}) {
			playing.hear(out, message.streamWord)
			continue
		}
		id := message.ID
		if id == "" {
			id = "-"
		}
		switch message.Value.Op {
		case "exit":
			os.Stdout.WriteString("last words\n")
			os.Exit(3)
		case "close":
			out.Close()
			time.Sleep(time.Minute)
		case "stream":
			count, _ := strconv.Atoi(message.Value.Text)
			playing = player{id: id, left: count}
			fmt.Fprintf(out, "100 %s {\"statusCode\":201}\n", id)
		case "forge":
			fmt.Fprintf(out, "200 %s {\"n\":1}\n200 next {\"forged\":true}\nrubbish\n", id)
		case "dir":
			fmt.Fprintf(out, "200 %s {\"dir\":%q}\n", id, os.Getenv("MERINGUE_ACTION_DIR"))
		case "slow":
			go func() {
				time.Sleep(100 * time.Millisecond)
				fmt.Fprintf(out, "200 %s {\"slow\":true}\n", id)
			}()
		default:
			body, _ := json.Marshal(map[string]any{"text": message.Value.Text, "bytes": len(line)})
			fmt.Fprintf(out, "200 %s %s\n", id, body)
		}
	}
}

func fakeInit(out io.Writer, code string) {
	switch {
	case code == "fail":
		fmt.Fprintf(out, "502 init {\"error\":\"no good\"}\n")
	case code == "exit":
		os.Exit(1)
	case code == "exit later":
		fmt.Fprintf(out, "200 init {\"ok\":true}\n")
		os.Exit(1)
	default:
		fmt.Fprintf(out, "200 init {\"ok\":true}\n")
	}
}

// running is a proxy process.
type running struct {
	t      *testing.T
	url    string
	cmd    *exec.Cmd
	mu     sync.Mutex
	stdout bytes.Buffer
	stderr bytes.Buffer
	ended  chan struct{}
}

func startProxy(t *testing.T, flags ...string) *running {
	t.Helper()
	args := append(append([]string{"as-proxy", "-host", "127.0.0.1", "-port", "0"}, flags...), "--", os.Args[0], "as-launcher")
	r := &running{t: t, cmd: exec.Command(os.Args[0], args...), ended: make(chan struct{})}
	stdout, _ := r.cmd.StdoutPipe()
	stderr, _ := r.cmd.StderrPipe()
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	port, err := bufio.NewReaderSize(io.LimitReader(stdout, 6), 6).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	r.url = "http://127.0.0.1:" + strings.TrimSpace(port)
	var copying sync.WaitGroup
	for from, to := range map[io.Reader]*bytes.Buffer{stdout: &r.stdout, stderr: &r.stderr} {
		copying.Add(1)
		go func(from io.Reader, to *bytes.Buffer) {
			defer copying.Done()
			io.Copy(lockedWriter{&r.mu, to}, from)
		}(from, to)
	}
	go func() {
		copying.Wait()
		r.cmd.Wait()
		close(r.ended)
	}()
	t.Cleanup(func() {
		r.cmd.Process.Kill()
		<-r.ended
	})
	return r
}

type lockedWriter struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

// logs ends the proxy and returns everything that was printed.
func (r *running) logs() (stdout, stderr string) {
	r.cmd.Process.Kill()
	<-r.ended
	return r.stdout.String(), r.stderr.String()
}

func (r *running) post(path, body string) (int, string) {
	r.t.Helper()
	response, err := http.Post(r.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if response.ContentLength != int64(len(text)) {
		r.t.Errorf("%s: Content-Length is %d, the body has %d", path, response.ContentLength, len(text))
	}
	return response.StatusCode, string(text)
}

func (r *running) expect(path, body string, status int, answer string) {
	r.t.Helper()
	gotStatus, got := r.post(path, body)
	if gotStatus != status || got != answer+"\n" {
		r.t.Errorf("POST %s %.80s: %d %s, expected %d %s", path, body, gotStatus, got, status, answer)
	}
}

func (r *running) init(code string) {
	r.t.Helper()
	r.expect("/init", fmt.Sprintf(`{"value":{"name":"a","main":"main","code":%q,"env":null}}`, code), 200, `{"ok":true}`)
}

func op(id, op string) string {
	return fmt.Sprintf(`{"value":{"op":%q},"activation_id":%q}`, op, id)
}

const errorPrefix = `{"error":"`

func TestAnActionIsInitialisedOnceAndRunOften(t *testing.T) {
	p := startProxy(t, "-when-gone", "command-exited")
	p.expect("/run", `{}`, 500, errorPrefix+`no action defined yet"}`)
	p.init("good")
	for i := 0; i < 3; i++ {
		p.expect("/run", `{"value":{"text":"❄ ☃ ❄"},"activation_id":"`+strconv.Itoa(i)+`"}`, 200, `{"bytes":53,"text":"❄ ☃ ❄"}`)
	}
	p.expect("/init", `{"value":{"code":"again"}}`, 403, errorPrefix+`Cannot initialize the action more than once."}`)
	stdout, stderr := p.logs()
	if stdout != "" || stderr != "Cannot initialize the action more than once.\n" {
		t.Errorf("printed %q and %q", stdout, stderr)
	}
}

func TestAnInitWithoutCodeIsRefusedAndMayBeFollowedByAGoodOne(t *testing.T) {
	p := startProxy(t, "-when-gone", "command-exited")
	refusal := errorPrefix + `Missing main/no code to execute."}`
	for _, body := range []string{`{}`, `{"value":{}}`, `{"value":{"code":""}}`, `{"value":{"code":null}}`, `null`} {
		p.expect("/init", body, 403, refusal)
	}
	p.expect("/init", `XXX`, 400, errorPrefix+`Error unmarshaling request: invalid character 'X' looking for beginning of value"}`)
	p.init("good")
	stdout, stderr := p.logs()
	if stdout != "" || stderr != "" {
		t.Errorf("printed %q and %q", stdout, stderr)
	}
}

func TestALauncherThatDiesInARunIsToldOnceAndItsLogEnds(t *testing.T) {
	p := startProxy(t, "-when-gone", "command-exited")
	p.init("good")
	p.expect("/run", op("1", "exit"), 400, errorPrefix+`command exited"}`)
	p.expect("/run", op("2", ""), 500, errorPrefix+`no action defined yet"}`)
	p.expect("/init", `{"value":{"code":"again"}}`, 403, errorPrefix+`Cannot initialize the action more than once."}`)
	stdout, stderr := p.logs()
	if stdout != "last words\n"+sentinel || strings.Count(stderr, sentinel) != 1 {
		t.Errorf("printed %q and %q", stdout, stderr)
	}
}

func TestALauncherThatDiesBetweenInitAndRunIsToldOnceAndNothingHangs(t *testing.T) {
	p := startProxy(t, "-when-gone", "command-exited")
	p.init("exit later")
	p.expect("/run", op("1", ""), 400, errorPrefix+`command exited"}`)
	p.expect("/run", op("2", ""), 500, errorPrefix+`no action defined yet"}`)
	if stdout, _ := p.logs(); stdout != sentinel {
		t.Errorf("printed %q", stdout)
	}
}

func TestALauncherThatClosesItsAnswersCountsAsDead(t *testing.T) {
	p := startProxy(t, "-when-gone", "command-exited")
	p.init("good")
	p.expect("/run", op("1", "close"), 400, errorPrefix+`command exited"}`)
}

func TestAnInitThatKillsItsLauncherFailsAndMayBeRepeated(t *testing.T) {
	p := startProxy(t, "-when-gone", "command-exited")
	p.expect("/init", `{"value":{"code":"exit"}}`, 502, errorPrefix+`Cannot start action. Check logs for details."}`)
	p.expect("/run", op("1", ""), 500, errorPrefix+`no action defined yet"}`)
	p.init("good")
	p.expect("/run", `{"value":{"text":"x"}}`, 200, `{"bytes":23,"text":"x"}`)
	stdout, stderr := p.logs()
	if stdout != sentinel || stderr != "Command exited abruptly during initialization.\n"+sentinel {
		t.Errorf("printed %q and %q", stdout, stderr)
	}
}

func TestAFailedInitIsRepeatedInAFreshLauncherAndFolder(t *testing.T) {
	dir := t.TempDir()
	p := startProxy(t, "-when-gone", "command-exited", "-action-dir", dir)
	p.expect("/init", `{"value":{"code":"fail"}}`, 502, `{"error":"no good"}`)
	p.init("good")
	p.expect("/run", op("1", "dir"), 200, fmt.Sprintf(`{"dir":%q}`, dir+"/2"))
}

func TestWithoutActionLoopTheProxyEndsWithItsLauncher(t *testing.T) {
	p := startProxy(t)
	p.expect("/run", `{"value":{"text":"stub"}}`, 200, `{"bytes":26,"text":"stub"}`)
	p.expect("/init", `{}`, 200, `{"ok":true}`)
	p.expect("/init", `{}`, 403, errorPrefix+`Cannot initialize the action more than once."}`)
	if response, err := http.Post(p.url+"/run", "application/json", strings.NewReader(op("1", "exit"))); err == nil {
		t.Errorf("answered %d", response.StatusCode)
	}
	<-p.ended
	if code := p.cmd.ProcessState.ExitCode(); code != 3 || strings.Contains(p.stdout.String(), sentinel) {
		t.Errorf("exit code %d, printed %q", code, p.stdout.String())
	}
}

func TestLinesThatNobodyAskedForAnswerNobody(t *testing.T) {
	p := startProxy(t)
	p.expect("/run", op("1", "forge"), 200, `{"n":1}`)
	p.expect("/run", op("next", ""), 200, `{"bytes":43,"text":""}`)
}

func TestRunsMayOverlapAndGetTheirOwnAnswers(t *testing.T) {
	p := startProxy(t)
	slow := make(chan string)
	go func() {
		_, body := p.post("/run", op("slow", "slow"))
		slow <- body
	}()
	p.expect("/run", `{"value":{"text":"quick"},"activation_id":"q"}`, 200, `{"bytes":47,"text":"quick"}`)
	if body := <-slow; body != "{\"slow\":true}\n" {
		t.Errorf("answered %s", body)
	}
}

func TestBodiesOfFiftyMegabytesAndPrettyOnesAreOneLine(t *testing.T) {
	p := startProxy(t, "-when-gone", "command-exited")
	p.init(strings.Repeat("x", 50<<20))
	text := strings.Repeat("y", 1_048_561)
	p.expect("/run", fmt.Sprintf("{\r\n  \"value\": {\n    \"text\": %q\n  }\n}\n", text), 200,
		fmt.Sprintf(`{"bytes":%d,"text":%q}`, len(text)+32, text))
}

func TestOtherPathsAndMethodsAreRefused(t *testing.T) {
	p := startProxy(t)
	p.expect("/", `{}`, 404, errorPrefix+`The requested resource does not exist."}`)
	response, err := http.Get(p.url + "/run")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 405 || response.Header.Get("Allow") != "POST" {
		t.Errorf("GET /run: %d", response.StatusCode)
	}
}

func TestALauncherThatCannotStartEndsTheProxyWithAWord(t *testing.T) {
	cmd := exec.Command(os.Args[0], "as-proxy", "-port", "0", "--", "/no/such/launcher")
	output, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(output), "/no/such/launcher") {
		t.Errorf("%v: %s", err, output)
	}
}

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// piece is how many bytes each item has that the launcher of the tests streams.
const piece = 48 << 10

// streamWord is what the proxy tells a launcher about a stream.
type streamWord struct {
	More  string
	Bytes int
	Stop  string
}

// player streams so many items, as it is granted, in a launcher of the tests.
type player struct {
	id     string
	left   int
	credit int
}

func (p *player) hear(out io.Writer, word streamWord) {
	if word.Stop != "" {
		fmt.Fprintf(out, "200 %s {\"stopped\":true}\n", p.id)
		return
	}
	p.credit += word.Bytes
	switch p.left {
	case -2: // it lies
		fmt.Fprintf(out, "102 %s \"\"\n", p.id)
		return
	case -1:
		fmt.Fprintf(out, "102 %s \"last\"\n", p.id)
		time.Sleep(50 * time.Millisecond) // so that the proxy has passed it on
		os.Exit(3)
	}
	for ; p.left > 0 && p.credit >= piece; p.left-- {
		fmt.Fprintf(out, "102 %s \"%s\"\n", p.id, strings.Repeat("x", piece))
		p.credit -= piece
		if p.left == 1 {
			fmt.Fprintf(out, "200 %s {}\n", p.id)
		}
	}
}

// openStream asks for a stream, and reads the head of the answer.
func openStream(t *testing.T, p *running, items int) (*net.TCPConn, *http.Response) {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	connection.SetDeadline(time.Now().Add(20 * time.Second))
	body := fmt.Sprintf(`{"value":{"op":"stream","text":"%d"},"activation_id":"s","stream":"send"}`, items)
	fmt.Fprintf(connection, "POST /run HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != linesType {
		t.Fatalf("answered %d %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	return connection.(*net.TCPConn), response
}

func TestWhatALauncherStreamsIsPassedOnAsItsLines(t *testing.T) {
	p := startProxy(t)
	_, response := openStream(t, p, 20) // far more than one window
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	item := `102 s "` + strings.Repeat("x", piece) + "\"\n"
	if string(text) != "100 s {\"statusCode\":201}\n"+strings.Repeat(item, 20)+"200 s {}\n" {
		t.Errorf("got %d bytes: %.60s…", len(text), text)
	}
	p.expect("/run", op("1", ""), 200, `{"bytes":40,"text":""}`)
}

func TestARunThatMayStreamButDoesNotIsAnsweredAsAlways(t *testing.T) {
	p := startProxy(t)
	body := `{"value":{"text":"x"},"activation_id":"q","stream":"send"}`
	p.expect("/run", body, 200, `{"bytes":`+strconv.Itoa(len(body)+1)+`,"text":"x"}`)
}

func TestAClientThatDoesNotReadStopsTheLauncher(t *testing.T) {
	p := startProxy(t)
	connection, response := openStream(t, p, 1<<20) // 48 GiB
	p.expect("/run", op("1", ""), 200, `{"bytes":40,"text":""}`)
	connection.CloseWrite()
	text, err := io.ReadAll(response.Body)
	if err != nil || !strings.HasSuffix(string(text), "200 s {\"stopped\":true}\n") {
		t.Errorf("%v: …%s", err, text[max(0, len(text)-40):])
	}
	if len(text) > 64<<20 {
		t.Errorf("%d bytes were sent ahead of who reads", len(text))
	}
}

func TestAStreamWhoseLauncherDiesOrLiesIsBrokenOff(t *testing.T) {
	for items, read := range map[int]string{-1: "102 s \"last\"\n", -2: ""} {
		p := startProxy(t, "-when-gone", "command-exited")
		p.init("good")
		_, response := openStream(t, p, items)
		text, err := io.ReadAll(response.Body)
		if err == nil || string(text) != "100 s {\"statusCode\":201}\n"+read {
			t.Errorf("%v after %s", err, text)
		}
		p.expect("/run", op("2", ""), 500, errorPrefix+`no action defined yet"}`)
	}
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}

func TestAnItemHasAsManyBytesAsItStandsFor(t *testing.T) {
	sizes := map[string]int{`"a"`: 1, `"\u20ac"`: 3, `"😀"`: 4, `"\n\""`: 2}
	for text, size := range sizes {
		if got, ok := itemSize(lineText, []byte(text)); !ok || got != size {
			t.Errorf("%s: %d", text, got)
		}
	}
	for text, size := range map[string]int{`"YQ=="`: 1, `"YWI="`: 2, `"YWJj"`: 3} {
		if got, ok := itemSize(lineBytes, []byte(text)); !ok || got != size {
			t.Errorf("%s: %d", text, got)
		}
	}
	for _, text := range []string{`""`, `1`, `null`, `{}`, ``} {
		if _, ok := itemSize(lineText, []byte(text)); ok {
			t.Errorf("%s counts as an item", text)
		}
	}
}

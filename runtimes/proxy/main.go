// Command proxy serves the action container protocol (POST /init, POST /run) in front of a launcher: a program in the
// action's language that is started before any action is known, takes lines of JSON on its stdin and answers each with
// one line on descriptor 3.
//
//	proxy [flags] -- LAUNCHER [ARGUMENT...]
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

// config is what the command line says.
type config struct {
	host string
	port int
	// actionLoop chooses the answers of upstream's ActionLoop proxy, which outlives its child. Otherwise the proxy ends
	// together with its launcher, as upstream's single-process runtimes do.
	actionLoop bool
	// actionDir, if any, gets one numbered folder for each launcher.
	actionDir string
	command   []string
}

func main() {
	cfg, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "proxy:", err)
		os.Exit(2)
	}
	if err := serve(cfg); err != nil {
		fmt.Fprintln(os.Stderr, "proxy:", err)
		os.Exit(1)
	}
}

func parse(args []string) (config, error) {
	var cfg config
	port, err := strconv.Atoi(envOr("MERINGUE_PORT", "8080"))
	if err != nil {
		return cfg, fmt.Errorf("MERINGUE_PORT: %w", err)
	}
	flags := flag.NewFlagSet("proxy", flag.ContinueOnError)
	flags.StringVar(&cfg.host, "host", envOr("MERINGUE_HOST", "0.0.0.0"), "address to listen on")
	flags.IntVar(&cfg.port, "port", port, "port to listen on; 0 takes a free one and prints it on stdout")
	whenGone := flags.String("when-gone", "connection-lost", "what a run gets whose launcher died: connection-lost or command-exited")
	flags.StringVar(&cfg.actionDir, "action-dir", "", "folder for the actions' folders; without it the launcher's own environment decides")
	if err := flags.Parse(args); err != nil {
		return cfg, err
	}
	os.Unsetenv("MERINGUE_HOST") // no business of the action's
	os.Unsetenv("MERINGUE_PORT")
	cfg.actionLoop = *whenGone == "command-exited"
	cfg.command = flags.Args()
	if !cfg.actionLoop && *whenGone != "connection-lost" {
		return cfg, fmt.Errorf("-when-gone: neither connection-lost nor command-exited: %s", *whenGone)
	}
	if len(cfg.command) == 0 {
		return cfg, errors.New("no launcher: proxy [flags] -- LAUNCHER [ARGUMENT...]")
	}
	return cfg, nil
}

// serve parks a launcher and answers requests until the process is ended.
func serve(cfg config) error {
	children := newReaper()
	started := 0
	start := func() (*launcher, error) {
		started++
		env := os.Environ()
		if cfg.actionDir != "" {
			dir := filepath.Join(cfg.actionDir, strconv.Itoa(started))
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return nil, err
			}
			env = append(env, "MERINGUE_ACTION_DIR="+dir)
		}
		return startLauncher(children, cfg.command, env)
	}
	p, err := newProxy(start, cfg.actionLoop)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(cfg.host, strconv.Itoa(cfg.port)))
	if err != nil {
		return err
	}
	if cfg.port == 0 {
		fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	}
	return http.Serve(listener, p)
}

func envOr(name, fallback string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return fallback
}

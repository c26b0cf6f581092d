// Command go-app is the workbook's Go service: it answers "Hello World from Golang".
package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// idleTimeout is longer than the load balancer's own (60 s): otherwise it may reuse a connection that we are just
// closing, and its client gets a 502.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues
const idleTimeout = 65 * time.Second

func main() {
	stopping, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	code := run(stopping, os.Getenv, newLogger(os.Stdout))
	cancel()
	os.Exit(code)
}

// run serves until stopping is done, then finishes the requests in flight. It returns the exit code.
func run(stopping context.Context, getenv func(string) string, logger *slog.Logger) int {
	c, err := parseConfig(getenv)
	if err != nil {
		logger.Error("bad configuration", "error", err.Error())
		return 1
	}
	if c.startDelay > 0 {
		logger.Info("waiting before the start", "seconds", c.startDelay.Seconds())
		select {
		case <-time.After(c.startDelay):
		case <-stopping.Done():
		}
	}
	if stopping.Err() != nil {
		logger.Info("stopped")
		return 0
	}
	if c.crashCode != nil {
		logger.Error("crashing on purpose: CRASH_ON_START", "exitCode", *c.crashCode)
		return *c.crashCode
	}
	return serve(stopping, c, logger)
}

func serve(stopping context.Context, c config, logger *slog.Logger) int {
	server := &http.Server{
		Handler:           newHandler(c, logger),
		IdleTimeout:       idleTimeout,
		ReadHeaderTimeout: idleTimeout,
	}
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(c.port))
	if err != nil {
		logger.Error("cannot listen", "port", c.port, "error", err.Error())
		return 1
	}
	logger.Info("listening", "port", listener.Addr().(*net.TCPAddr).Port, "version", c.version)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var crash <-chan time.Time
	if c.crashes {
		crash = time.After(c.crashAfter)
	}
	select {
	case err := <-failed:
		logger.Error("cannot serve", "error", err.Error())
		return 1
	case <-crash:
		logger.Error("crashing on purpose: CRASH_AFTER_SECONDS", "exitCode", 1)
		return 1
	case <-stopping.Done():
	}
	return drain(server, logger)
}

// drain stops accepting and waits for the requests in flight. It sets no deadline: ECS kills the container when its
// stopTimeout has passed.
func drain(server *http.Server, logger *slog.Logger) int {
	if err := server.Shutdown(context.Background()); err != nil && !errors.Is(err, http.ErrServerClosed) {
		logger.Error("cannot stop cleanly", "error", err.Error())
		return 1
	}
	logger.Info("stopped")
	return 0
}

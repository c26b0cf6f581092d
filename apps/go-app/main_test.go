package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

const serveVariable = "GO_APP_TEST_SERVE"

// TestMain lets the test binary be the service as well, so that signals and exit codes are those of a real process.
func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

type process struct {
	*exec.Cmd
	lines *bufio.Scanner
}

func startApp(t *testing.T, env ...string) process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append([]string{serveVariable + "=1", "PORT=0"}, env...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // fails where the process has ended, as it should have
	return process{cmd, bufio.NewScanner(stdout)}
}

// logged returns the next line whose message is the one given.
func (p process) logged(t *testing.T, message string) map[string]any {
	t.Helper()
	for p.lines.Scan() {
		var line map[string]any
		if err := json.Unmarshal(p.lines.Bytes(), &line); err != nil {
			t.Fatalf("%q: %v", p.lines.Text(), err)
		}
		if line["message"] == message {
			return line
		}
	}
	t.Fatalf("the service ended without saying %q", message)
	return nil
}

func (p process) exitCode(t *testing.T) int {
	t.Helper()
	for p.lines.Scan() { // Wait may be called only when all output has been read
		continue
	}
	_ = p.Wait() // its error is the exit code, which is what is returned
	return p.ProcessState.ExitCode()
}

func TestSIGTERMFinishesTheRequestInFlightAndExits0(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-answer
		io.WriteString(w, `{"TaskARN":"arn:aws:ecs:eu-west-1:123456789012:task/c/1"}`)
	}))
	defer endpoint.Close()
	app := startApp(t, "ECS_CONTAINER_METADATA_URI_V4="+endpoint.URL)
	address := fmt.Sprintf("127.0.0.1:%v", app.logged(t, "listening")["port"])
	type result struct {
		body string
		err  error
	}
	inFlight := make(chan result)
	go func() {
		response, err := http.Get("http://" + address + "/info")
		if err != nil {
			inFlight <- result{err: err}
			return
		}
		body, err := io.ReadAll(response.Body)
		inFlight <- result{string(body), err}
	}()
	<-asked
	if err := app.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for { // until the listener has gone
		connection, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		connection.Close()
	}
	close(answer)
	if got := <-inFlight; got.err != nil || !strings.Contains(got.body, `"taskArn":"arn:aws:ecs:eu-west-1:`) {
		t.Errorf("the request in flight got %+v", got)
	}
	if code := app.exitCode(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestSIGTERMDuringTheStartDelayExits0AtOnce(t *testing.T) {
	app := startApp(t, "START_DELAY_SECONDS=1000")
	app.logged(t, "waiting before the start")
	if err := app.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := app.exitCode(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestCrashOnStartExitsWithItsCode(t *testing.T) {
	if code := startApp(t, "CRASH_ON_START=42").exitCode(t); code != 42 {
		t.Errorf("exit code %d", code)
	}
}

func TestCrashAfterSecondsExits1AfterListening(t *testing.T) {
	app := startApp(t, "CRASH_AFTER_SECONDS=0.05")
	app.logged(t, "listening")
	if code := app.exitCode(t); code != 1 {
		t.Errorf("exit code %d", code)
	}
}

func TestABadSettingOrATakenPortExits1(t *testing.T) {
	bad := startApp(t, "START_DELAY_SECONDS=soon")
	if line := bad.logged(t, "bad configuration"); !strings.HasPrefix(line["error"].(string), "START_DELAY_SECONDS must be") {
		t.Errorf("got %v", line)
	}
	if code := bad.exitCode(t); code != 1 {
		t.Errorf("exit code %d", code)
	}
	taken, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	second := startApp(t, fmt.Sprintf("PORT=%d", taken.Addr().(*net.TCPAddr).Port))
	second.logged(t, "cannot listen")
	if code := second.exitCode(t); code != 1 {
		t.Errorf("exit code %d", code)
	}
}

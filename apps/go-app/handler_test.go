package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// get starts the service with c, sends one request and returns the response, its body and the log.
func get(t *testing.T, c config, path string, header http.Header) (*http.Response, string, string) {
	t.Helper()
	var log bytes.Buffer
	server := httptest.NewServer(newHandler(c, newLogger(&log)))
	request, err := http.NewRequest(http.MethodGet, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	server.Close() // waits for the handler, and so for its log line
	return response, string(body), log.String()
}

func TestTheRootAnswersTheGreetingAsPlainText(t *testing.T) {
	response, body, _ := get(t, config{}, "/", nil)
	if response.StatusCode != 200 || body != "Hello World from Golang" {
		t.Fatalf("got %d %q", response.StatusCode, body)
	}
	if kind := response.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") {
		t.Fatalf("got content type %q", kind)
	}
}

func TestHealthzAnswers200AndAnUnknownPath404(t *testing.T) {
	if response, _, _ := get(t, config{}, "/healthz", nil); response.StatusCode != 200 {
		t.Errorf("/healthz answered %d", response.StatusCode)
	}
	if response, _, _ := get(t, config{}, "/nothing", nil); response.StatusCode != 404 {
		t.Errorf("/nothing answered %d", response.StatusCode)
	}
}

func TestEachRequestLeavesOneLineWithoutTheQuery(t *testing.T) {
	_, _, log := get(t, config{}, "/nothing?token=secret", http.Header{
		"X-Forwarded-For": {"192.0.2.9, 203.0.113.7"},
		"X-Amzn-Trace-Id": {"Root=1-67891233-abcdef012345678912345678"},
	})
	var line map[string]any
	if err := json.Unmarshal([]byte(log), &line); err != nil {
		t.Fatalf("not one JSON line: %q: %v", log, err)
	}
	if _, err := time.Parse(time.RFC3339, line["time"].(string)); err != nil {
		t.Error(err)
	}
	if _, ok := line["ms"].(float64); !ok {
		t.Errorf("ms is %v", line["ms"])
	}
	delete(line, "time")
	delete(line, "ms")
	got, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"client":"203.0.113.7","level":"info","method":"GET","path":"/nothing","status":404,` +
		`"traceId":"Root=1-67891233-abcdef012345678912345678"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestInfoShowsNullsOutsideECS(t *testing.T) {
	hostname, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := get(t, config{version: "1.2.3"}, "/info", nil)
	want := `{"app":"go-app","version":"1.2.3","hostname":"` + hostname +
		`","taskArn":null,"taskDefinition":null,"availabilityZone":null}`
	if strings.TrimSpace(body) != want {
		t.Fatalf("got  %s\nwant %s", body, want)
	}
}

func TestInfoShowsTheTaskAndSaysWhenItCannotBeRead(t *testing.T) {
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v4/abc/task" {
			w.WriteHeader(500)
			return
		}
		io.WriteString(w, `{"TaskARN":"arn:aws:ecs:ap-northeast-1:123456789012:task/c/1","Family":"golang-app",`+
			`"Revision":"3","AvailabilityZone":"ap-northeast-1a"}`)
	}))
	defer endpoint.Close()
	_, body, _ := get(t, config{metadataURI: endpoint.URL + "/v4/abc"}, "/info", nil)
	want := `"taskArn":"arn:aws:ecs:ap-northeast-1:123456789012:task/c/1","taskDefinition":"golang-app:3",` +
		`"availabilityZone":"ap-northeast-1a"}`
	if !strings.Contains(body, want) {
		t.Errorf("got %s", body)
	}
	response, body, _ := get(t, config{metadataURI: endpoint.URL + "/elsewhere"}, "/info", nil)
	if response.StatusCode != 502 || !strings.Contains(body, "the task metadata endpoint answered 500") {
		t.Errorf("got %d %s", response.StatusCode, body)
	}
}

package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
)

const greeting = "Hello World from Golang"

// newHandler is the service without its socket: /, /healthz and /info.
func newHandler(c config, logger *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, greeting) })
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /info", func(w http.ResponseWriter, r *http.Request) { writeInfo(w, r, c, logger) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusNotFound, "Not Found") })
	return accessLog(logger, mux)
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // fails only when the client has gone; the access log says so
}

func writeInfo(w http.ResponseWriter, r *http.Request, c config, logger *slog.Logger) {
	hostname, err := os.Hostname()
	if err != nil {
		logger.Error("cannot read the host name", "error", err.Error())
	}
	info := struct {
		App      string `json:"app"`
		Version  string `json:"version"`
		Hostname string `json:"hostname"`
		taskMetadata
		Error string `json:"error,omitempty"`
	}{App: "go-app", Version: c.version, Hostname: hostname}
	status := http.StatusOK
	info.taskMetadata, err = readTaskMetadata(r.Context(), c.metadataURI)
	if err != nil {
		logger.Error("cannot read the task metadata", "error", err.Error())
		info.Error = "cannot read the task metadata: " + err.Error()
		status = http.StatusBadGateway
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(info) // fails only when the client has gone; the access log says so
}

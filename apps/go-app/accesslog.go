package main

import (
	"log/slog"
	"math"
	"net"
	"net/http"
	"strings"
	"time"
)

// accessLog logs one line a request: method, path (without the query, which may hold secrets), status, ms, client, and
// the load balancer's trace id where there is one.
func accessLog(logger *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(recorder, r)
		attrs := []slog.Attr{
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.Int("status", recorder.status),
			slog.Float64("ms", math.Round(float64(time.Since(start).Microseconds())/10)/100),
			slog.String("client", clientAddress(r)),
		}
		if trace := r.Header.Get("X-Amzn-Trace-Id"); trace != "" {
			attrs = append(attrs, slog.String("traceId", trace))
		}
		if r.Context().Err() != nil {
			attrs = append(attrs, slog.Bool("aborted", true))
		}
		logger.LogAttrs(r.Context(), slog.LevelInfo, "", attrs...)
	})
}

// clientAddress returns the last entry of X-Forwarded-For: the load balancer appends the address that it saw, so only
// that one can be trusted.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
func clientAddress(r *http.Request) string {
	entries := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if last := strings.TrimSpace(entries[len(entries)-1]); last != "" {
		return last
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// statusRecorder remembers the status that a handler wrote.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (s *statusRecorder) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// newLogger writes one JSON object a line. ECS sends each line of stdout to the log driver as one event.
func newLogger(output interface{ Write([]byte) (int, error) }) *slog.Logger {
	return slog.New(slog.NewJSONHandler(output, &slog.HandlerOptions{ReplaceAttr: rename}))
}

// rename makes the lines look like those of the Node service: "message", lower-case levels, UTC; an access-log line has
// no message.
func rename(_ []string, attr slog.Attr) slog.Attr {
	switch attr.Key {
	case slog.TimeKey:
		return slog.String("time", attr.Value.Time().UTC().Format("2006-01-02T15:04:05.000Z07:00"))
	case slog.LevelKey:
		return slog.String("level", strings.ToLower(attr.Value.String()))
	case slog.MessageKey:
		if attr.Value.String() == "" {
			return slog.Attr{}
		}
		return slog.Attr{Key: "message", Value: attr.Value}
	}
	return attr
}

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// loadOptions are one request, sent again and again.
type loadOptions struct {
	// Address is host:port.
	Address string `json:"address"`
	// Request is all of it, head and body.
	Request     string  `json:"request"`
	Connections int     `json:"connections"`
	Seconds     float64 `json:"seconds"`
	// KeepAlive says whether a connection is used again.
	KeepAlive bool `json:"keepAlive"`
}

// loadResult counts answers with status 200, and everything else.
type loadResult struct {
	Answered int     `json:"answered"`
	Failures int     `json:"failures"`
	Seconds  float64 `json:"seconds"`
	// FirstFailure is what went wrong the first time.
	FirstFailure string `json:"firstFailure,omitempty"`
}

// load sends requests as fast as they are answered.
func load(options loadOptions) loadResult {
	since := time.Now()
	end := since.Add(time.Duration(options.Seconds * float64(time.Second)))
	results := make([]loadResult, options.Connections)
	var group sync.WaitGroup
	for index := range results {
		group.Add(1)
		go func() {
			defer group.Done()
			results[index] = loadOne(options, end)
		}()
	}
	group.Wait()
	total := loadResult{Seconds: time.Since(since).Seconds()}
	for _, result := range results {
		total.Answered += result.Answered
		total.Failures += result.Failures
		if total.FirstFailure == "" {
			total.FirstFailure = result.FirstFailure
		}
	}
	return total
}

func loadOne(options loadOptions, end time.Time) loadResult {
	var result loadResult
	client := client{address: options.Address, request: []byte(options.Request), buffer: make([]byte, 64*1024)}
	defer client.close()
	for time.Now().Before(end) {
		err := client.exchange()
		if err == nil {
			result.Answered++
		} else {
			result.Failures++
			if result.FirstFailure == "" {
				result.FirstFailure = err.Error()
			}
		}
		if err != nil || !options.KeepAlive {
			client.close()
		}
	}
	return result
}

// client has one connection at a time.
type client struct {
	address string
	request []byte
	buffer  []byte
	conn    net.Conn
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// exchange sends the request, on a new connection where there is none, and reads the whole answer.
func (c *client) exchange() error {
	if c.conn == nil {
		conn, err := net.Dial("tcp", c.address)
		if err != nil {
			return err
		}
		c.conn = conn
	}
	if _, err := c.conn.Write(c.request); err != nil {
		return err
	}
	filled := 0
	for {
		count, err := c.conn.Read(c.buffer[filled:])
		filled += count
		if isWhole(c.buffer[:filled], err == io.EOF) {
			return checkStatus(c.buffer[:filled])
		}
		if err != nil {
			return fmt.Errorf("the answer ends after %d bytes: %w", filled, err)
		}
		if filled == len(c.buffer) {
			return fmt.Errorf("the answer is longer than %d bytes", filled)
		}
	}
}

func checkStatus(answer []byte) error {
	if len(answer) < 13 || string(answer[9:12]) != "200" {
		line, _, _ := bytes.Cut(answer, []byte("\r\n"))
		return fmt.Errorf("answered %s", line)
	}
	return nil
}

// isWhole: an answer with a Content-Length ends by its length, a chunked one with its last chunk, any other with its
// connection (RFC 9112 section 6.3).
func isWhole(answer []byte, closed bool) bool {
	end := bytes.Index(answer, []byte("\r\n\r\n"))
	if end < 0 {
		return false
	}
	head, body := answer[:end], answer[end+4:]
	if length, ok := header(head, "content-length"); ok {
		wanted, err := strconv.Atoi(length)
		return err == nil && len(body) >= wanted
	}
	if _, ok := header(head, "transfer-encoding"); ok {
		return bytes.HasSuffix(body, []byte("0\r\n\r\n"))
	}
	return closed
}

// header finds the value of a header without copying the rest.
func header(head []byte, name string) (string, bool) {
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte("\r\n"))
		head = rest
		if len(line) > len(name) && line[len(name)] == ':' && bytes.EqualFold(line[:len(name)], []byte(name)) {
			return string(bytes.TrimSpace(line[len(name)+1:])), true
		}
	}
	return "", false
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

const answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 25\r\n\r\nHello World from a target"

// serve answers every request with the same few bytes. It prints {"port": …} when it listens, and ends with its
// standard input.
func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() {
		// What was started by a program that is gone must not stay.
		_, _ = io.Copy(io.Discard, os.Stdin)
		listener.Close()
	}()
	port := listener.Addr().(*net.TCPAddr).Port
	if err := json.NewEncoder(os.Stdout).Encode(map[string]int{"port": port}); err != nil {
		return err
	}
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			if err := answerAll(conn); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}()
	}
}

// answerAll answers requests without a body until the client closes the connection.
func answerAll(conn net.Conn) error {
	buffer := make([]byte, 0, 16*1024)
	for {
		count, err := conn.Read(buffer[len(buffer):cap(buffer)])
		if err != nil {
			return ended(err)
		}
		buffer = buffer[:len(buffer)+count]
		for {
			end := bytes.Index(buffer, []byte("\r\n\r\n"))
			if end < 0 {
				break
			}
			buffer = buffer[:copy(buffer, buffer[end+4:])]
			if _, err := io.WriteString(conn, answer); err != nil {
				return ended(err)
			}
		}
		if len(buffer) == cap(buffer) {
			return errors.New("a request's head is larger than the target reads")
		}
	}
}

// ended: that a client goes away is no fault of the target's.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

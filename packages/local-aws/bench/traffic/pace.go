package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sort"
	"sync"
	"syscall"
	"time"
)

// idleFor is how long a connection may have been idle and is used again: less than any time-out on the way.
const idleFor = 20 * time.Second

// paceOptions are requests at a rate that holds whatever the answers take.
type paceOptions struct {
	// Address is host:port.
	Address string `json:"address"`
	// Host is what the requests are for.
	Host      string  `json:"host"`
	PerSecond int     `json:"perSecond"`
	Seconds   float64 `json:"seconds"`
	// ShortestMs and LongestMs are how long a target takes to answer: anything in between, as often.
	ShortestMs int `json:"shortestMs"`
	LongestMs  int `json:"longestMs"`
	// PatienceMs is how much longer than that an answer may take.
	PatienceMs int `json:"patienceMs"`
}

// paceResult tells of all requests, when the last has been answered.
type paceResult struct {
	Sent     int `json:"sent"`
	Answered int `json:"answered"`
	// Failures are how often what went wrong did.
	Failures map[string]int `json:"failures"`
	// MostUnderWay is how many requests there were at once.
	MostUnderWay int `json:"mostUnderWay"`
	// OutageMs is the time between the first failure and the first answer to a request that was sent after the last one.
	OutageMs int `json:"outageMs"`
	// LateMs is how much longer than the target's time answers took: median, 99th percentile, most.
	LateMs [3]int `json:"lateMs"`
}

// pacer sends the requests and counts.
type pacer struct {
	options paceOptions
	mutex   sync.Mutex
	idle    []idleConn
	result  paceResult
	late    []int
	way     int
	// firstFailed, lastFailed: when failures were seen. sentAnswered are when answered requests began and ended.
	firstFailed, lastFailed time.Time
	answered                []span
}

type idleConn struct {
	conn  net.Conn
	since time.Time
}

type span struct{ began, ended time.Time }

func pace(options paceOptions) paceResult {
	p := &pacer{options: options, result: paceResult{Failures: map[string]int{}}}
	var group sync.WaitGroup
	start := time.Now()
	count := int(options.Seconds * float64(options.PerSecond))
	for index := range count {
		time.Sleep(time.Until(start.Add(time.Duration(index) * time.Second / time.Duration(options.PerSecond))))
		group.Add(1)
		go func() {
			defer group.Done()
			p.one()
		}()
	}
	group.Wait()
	return p.summary()
}

func (p *pacer) one() {
	span := span{began: time.Now()}
	wanted := p.options.ShortestMs + rand.IntN(p.options.LongestMs-p.options.ShortestMs+1)
	p.begin()
	err := p.exchange(wanted)
	span.ended = time.Now()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.way--
	if err != nil {
		p.result.Failures[err.Error()]++
		if p.firstFailed.IsZero() {
			p.firstFailed = span.ended
		}
		p.lastFailed = span.ended
		return
	}
	p.result.Answered++
	p.answered = append(p.answered, span)
	p.late = append(p.late, int(span.ended.Sub(span.began).Milliseconds())-wanted)
}

func (p *pacer) begin() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.result.Sent++
	p.way++
	p.result.MostUnderWay = max(p.result.MostUnderWay, p.way)
}

func (p *pacer) exchange(wanted int) error {
	conn, err := p.take()
	if err != nil {
		return plain("no connection", err)
	}
	deadline := time.Now().Add(time.Duration(wanted+p.options.PatienceMs) * time.Millisecond)
	if err := conn.SetDeadline(deadline); err != nil {
		conn.Close()
		return plain("no deadline", err)
	}
	request := fmt.Sprintf("GET /wait?ms=%d HTTP/1.1\r\nHost: %s\r\n\r\n", wanted, p.options.Host)
	if _, err := io.WriteString(conn, request); err != nil {
		conn.Close()
		return plain("not sent", err)
	}
	buffer := make([]byte, 4096)
	filled := 0
	for {
		count, err := conn.Read(buffer[filled:])
		filled += count
		if isWhole(buffer[:filled], err == io.EOF) {
			break
		}
		if err != nil || filled == len(buffer) {
			conn.Close()
			return plain(fmt.Sprintf("no answer, %d bytes of it", filled), err)
		}
	}
	if err := checkStatus(buffer[:filled]); err != nil {
		conn.Close()
		return err
	}
	p.give(conn)
	return nil
}

// take is the connection that was used last, if the other side has not closed it, or a new one.
func (p *pacer) take() (net.Conn, error) {
	for {
		p.mutex.Lock()
		if len(p.idle) == 0 {
			p.mutex.Unlock()
			return net.Dial("tcp", p.options.Address)
		}
		last := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		p.mutex.Unlock()
		if time.Since(last.since) < idleFor && isOpen(last.conn) {
			return last.conn, nil
		}
		last.conn.Close()
	}
}

func (p *pacer) give(conn net.Conn) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.idle = append(p.idle, idleConn{conn, time.Now()})
}

// isOpen looks, without waiting, whether there is anything to read: on an idle connection that is its end.
func isOpen(conn net.Conn) bool {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return false
	}
	open := false
	err = raw.Read(func(descriptor uintptr) bool {
		_, _, err := syscall.Recvfrom(int(descriptor), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		open = errors.Is(err, syscall.EAGAIN)
		return true
	})
	return err == nil && open
}

// plain says what went wrong without addresses, so that alike failures are counted together.
func plain(what string, err error) error {
	var system syscall.Errno
	var network net.Error
	switch {
	case errors.As(err, &system):
		return fmt.Errorf("%s: %w", what, system)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%s: closed", what)
	case errors.As(err, &network) && network.Timeout():
		return fmt.Errorf("%s: too late", what)
	}
	return fmt.Errorf("%s: %w", what, err)
}

func (p *pacer) summary() paceResult {
	for _, idle := range p.idle {
		idle.conn.Close()
	}
	sort.Ints(p.late)
	if count := len(p.late); count > 0 {
		p.result.LateMs = [3]int{p.late[count/2], p.late[count*99/100], p.late[count-1]}
	}
	if !p.firstFailed.IsZero() {
		var back time.Time
		for _, span := range p.answered {
			if span.began.After(p.lastFailed) && (back.IsZero() || span.ended.Before(back)) {
				back = span.ended
			}
		}
		if !back.IsZero() {
			p.result.OutageMs = int(back.Sub(p.firstFailed).Milliseconds())
		}
	}
	return p.result
}

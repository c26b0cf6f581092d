package main

import (
	"strings"
	"testing"
	"time"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestAnEmptyEnvironmentGivesTheDefaults(t *testing.T) {
	got, err := parseConfig(env(map[string]string{"PORT": ""}))
	if want := (config{port: 8080, version: "dev"}); err != nil || got != want {
		t.Fatalf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestSettingsAreRead(t *testing.T) {
	got, err := parseConfig(env(map[string]string{"PORT": "81", "START_DELAY_SECONDS": "1.5", "CRASH_AFTER_SECONDS": "0"}))
	if err != nil || got.port != 81 || got.startDelay != 1500*time.Millisecond || !got.crashes {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestEveryBadValueIsNamedAtOnce(t *testing.T) {
	_, err := parseConfig(env(map[string]string{
		"PORT":                          "http",
		"START_DELAY_SECONDS":           "-1",
		"CRASH_AFTER_SECONDS":           "NaN",
		"CRASH_ON_START":                "256",
		"ECS_CONTAINER_METADATA_URI_V4": "nowhere",
	}))
	want := strings.Join([]string{
		`PORT must be a whole number from 0 to 65535, not "http"`,
		`START_DELAY_SECONDS must be a number of seconds from 0 to 2147483, not "-1"`,
		`CRASH_ON_START must be a whole number from 0 to 255, not "256"`,
		`CRASH_AFTER_SECONDS must be a number of seconds from 0 to 2147483, not "NaN"`,
		`ECS_CONTAINER_METADATA_URI_V4 must be an http(s) URL, not "nowhere"`,
	}, "\n")
	if err == nil || err.Error() != want {
		t.Fatalf("got\n%v\nwant\n%s", err, want)
	}
}

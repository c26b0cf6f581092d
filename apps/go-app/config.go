package main

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// maxSeconds is the largest delay that the two services of the workbook accept, so that they behave alike.
const maxSeconds = 2_147_483

// config holds the service's settings, read from environment variables. An empty value counts as unset.
type config struct {
	port        int           // PORT: 0 to 65535 (0 lets the system choose); default 8080
	version     string        // APP_VERSION: what /info shows; default "dev"
	startDelay  time.Duration // START_DELAY_SECONDS: how long to wait before listening; default 0
	crashCode   *int          // CRASH_ON_START: an exit code, 0 to 255, to exit with in place of listening
	crashAfter  time.Duration // CRASH_AFTER_SECONDS: how long after listening to exit with code 1
	crashes     bool          // whether CRASH_AFTER_SECONDS is set
	metadataURI string        // ECS_CONTAINER_METADATA_URI_V4: set by ECS
}

// parseConfig reads the settings with getenv. Its error names every variable whose value is not usable.
func parseConfig(getenv func(string) string) (config, error) {
	var problems []error
	report := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	c := config{port: 8080, version: "dev"}
	if port, err := readInteger(getenv, "PORT", 65535); port != nil {
		c.port = *port
	} else {
		report(err)
	}
	if version := getenv("APP_VERSION"); version != "" {
		c.version = version
	}
	var err error
	c.startDelay, _, err = readSeconds(getenv, "START_DELAY_SECONDS")
	report(err)
	c.crashCode, err = readInteger(getenv, "CRASH_ON_START", 255)
	report(err)
	c.crashAfter, c.crashes, err = readSeconds(getenv, "CRASH_AFTER_SECONDS")
	report(err)
	c.metadataURI, err = readURL(getenv, "ECS_CONTAINER_METADATA_URI_V4")
	report(err)
	return c, errors.Join(problems...)
}

func readInteger(getenv func(string) string, name string, limit uint64) (*int, error) {
	text := getenv(name)
	if text == "" {
		return nil, nil
	}
	number, err := strconv.ParseUint(text, 10, 31)
	if err != nil || number > limit {
		return nil, fmt.Errorf("%s must be a whole number from 0 to %d, not %q", name, limit, text)
	}
	value := int(number)
	return &value, nil
}

func readSeconds(getenv func(string) string, name string) (time.Duration, bool, error) {
	text := getenv(name)
	if text == "" {
		return 0, false, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	// Written this way round, the comparison refuses NaN as well.
	if err != nil || !(seconds >= 0 && seconds <= maxSeconds) {
		return 0, false, fmt.Errorf("%s must be a number of seconds from 0 to %d, not %q", name, maxSeconds, text)
	}
	return time.Duration(seconds * float64(time.Second)), true, nil
}

func readURL(getenv func(string) string, name string) (string, error) {
	text := getenv(name)
	if text == "" {
		return "", nil
	}
	parsed, err := url.Parse(text)
	if err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" {
		return "", fmt.Errorf("%s must be an http(s) URL, not %q", name, text)
	}
	return text, nil
}

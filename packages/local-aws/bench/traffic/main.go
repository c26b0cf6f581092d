// Traffic for the benchmarks: a client that loads a server, and a server to be the target of a load balancer. Both are
// as cheap as can be, because they share the machine with what is measured.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is `load` or `pace`, with its options as JSON on standard input, or `serve`, until standard input ends.
func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: traffic load|pace|serve")
	}
	switch args[0] {
	case "load":
		var options loadOptions
		if err := json.NewDecoder(os.Stdin).Decode(&options); err != nil {
			return fmt.Errorf("the options of load are not JSON: %w", err)
		}
		return json.NewEncoder(os.Stdout).Encode(load(options))
	case "pace":
		var options paceOptions
		if err := json.NewDecoder(os.Stdin).Decode(&options); err != nil {
			return fmt.Errorf("the options of pace are not JSON: %w", err)
		}
		return json.NewEncoder(os.Stdout).Encode(pace(options))
	case "serve":
		return serve()
	default:
		return fmt.Errorf("there is no %q: usage: traffic load|pace|serve", args[0])
	}
}

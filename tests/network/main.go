// judge decides about connections by NetworkPolicies, with the engine of sigs.k8s.io/kube-network-policies, Kubernetes' reference
// implementation. In, on standard input: a world (namespaces, pods, connections) and sets of policies, as JSON. Out: for the
// first set whether each connection is let through; for each other set the first connection that it judges otherwise.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "version" {
		fmt.Println("judge with kube-network-policies", moduleVersion())
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var asked Asked
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	answer, err := judged(asked)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(answer)
}

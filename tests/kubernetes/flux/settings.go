// What the manifest of a Kustomization says of waiting, and of fields that Flux is to leave alone.

package main

import (
	"fmt"
	"os"

	"github.com/fluxcd/pkg/ssa/jsondiff"
	"sigs.k8s.io/yaml"
)

// manifest is the part of a Kustomization that is read.
type manifest struct {
	Kind string `json:"kind"`
	Spec struct {
		Wait   *bool `json:"wait"`
		Ignore []struct {
			Paths  []string           `json:"paths"`
			Target *jsondiff.Selector `json:"target"`
		} `json:"ignore"`
	} `json:"spec"`
}

// read takes `spec.wait`, and `spec.ignore` as kustomize-controller v1.9.6 does in apply. Without a manifest nothing is ignored,
// and everything waited for.
func (it *kustomization) read(file string) error {
	it.waits = true
	if file == "" {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var found manifest
	if err := yaml.Unmarshal(text, &found); err != nil {
		return err
	}
	if found.Kind != "Kustomization" {
		return fmt.Errorf("%s is a %q, and no Kustomization", file, found.Kind)
	}
	it.waits = found.Spec.Wait != nil && *found.Spec.Wait
	for _, rule := range found.Spec.Ignore {
		it.ignored = append(it.ignored, jsondiff.IgnoreRule{Paths: rule.Paths, Selector: rule.Target})
	}
	return nil
}

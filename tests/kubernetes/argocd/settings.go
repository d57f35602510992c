// What an Application says of differences: the controller's own part of comparing and syncing, which its library has not.
// A double of argo-cd v3.5.7, util/argo/normalizers/diff_normalizer.go and normalizeTargetResources in controller/sync.go,
// for JSON pointers without escapes.

package main

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// settings are the parts of an Application that decide what is compared and what is applied.
type settings struct {
	Spec struct {
		IgnoreDifferences []ignored `json:"ignoreDifferences"`
		SyncPolicy        struct {
			SyncOptions []string `json:"syncOptions"`
		} `json:"syncPolicy"`
	} `json:"spec"`
}

// ignored are fields of objects of a kind.
type ignored struct {
	Group        string   `json:"group"`
	Kind         string   `json:"kind"`
	JSONPointers []string `json:"jsonPointers"`
}

// readSettings takes the manifest of an Application.
func readSettings(file string) (*settings, error) {
	it := &settings{}
	if file == "" {
		return it, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	objects, err := kube.SplitYAML(text)
	if err != nil {
		return nil, err
	}
	if len(objects) != 1 || objects[0].GetKind() != "Application" {
		return nil, errors.New(file + " is not one Application")
	}
	return it, runtime.DefaultUnstructuredConverter.FromUnstructured(objects[0].Object, it)
}

func (s *settings) has(option string) bool {
	return slices.Contains(s.Spec.SyncPolicy.SyncOptions, option)
}

// fields are the paths in an object that are ignored.
func (s *settings) fields(object *unstructured.Unstructured) [][]string {
	var paths [][]string
	for _, rule := range s.Spec.IgnoreDifferences {
		kind := object.GroupVersionKind()
		if rule.Group != kind.Group || rule.Kind != kind.Kind {
			continue
		}
		for _, pointer := range rule.JSONPointers {
			paths = append(paths, strings.Split(strings.TrimPrefix(pointer, "/"), "/"))
		}
	}
	return paths
}

// Normalize takes ignored fields out of an object that is to be compared.
func (s *settings) Normalize(object *unstructured.Unstructured) error {
	for _, path := range s.fields(object) {
		unstructured.RemoveNestedField(object.Object, path...)
	}
	return nil
}

// respect gives what is to be applied the live values of ignored fields, where the Application asks for that.
func (s *settings) respect(pairs sync.ReconciliationResult) error {
	if !s.has("RespectIgnoreDifferences=true") {
		return nil
	}
	for i, wanted := range pairs.Target {
		live := pairs.Live[i]
		if wanted == nil || live == nil {
			continue
		}
		for _, path := range s.fields(wanted) {
			value, found, err := unstructured.NestedFieldCopy(live.Object, path...)
			if err != nil {
				return err
			}
			unstructured.RemoveNestedField(wanted.Object, path...)
			if !found {
				continue
			}
			if err := unstructured.SetNestedField(wanted.Object, value, path...); err != nil {
				return err
			}
		}
	}
	return nil
}

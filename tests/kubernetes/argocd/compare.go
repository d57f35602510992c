// The objects of an application as they are wanted and as they are: what Argo CD would call OutOfSync, and their health.

package main

import (
	"fmt"
	"strings"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// compare tells for each of Argo CD's three ways of comparing which objects are OutOfSync, and how healthy each is.
func (app *application) compare(told *outcome) error {
	pairs, err := app.reconcile()
	if err != nil {
		return err
	}
	server := &kube.KubectlCmd{Log: logr.Discard(), Tracer: tracing.NopTracer{}}
	operations, end, err := server.ManageServerSideDiffDryRuns(app.config)
	if err != nil {
		return err
	}
	defer end()
	common := []diff.Option{diff.WithLogr(logr.Discard()), diff.WithManager(manager),
		diff.WithGVKParser(app.cache.GetGVKParser()), diff.WithNormalizer(app.settings)}
	told.OutOfSync = map[string][]string{
		"three-way":        outOfSync(pairs, common),
		"structured-merge": outOfSync(pairs, append(common, diff.WithStructuredMergeDiff(true))),
		"server-side": outOfSync(pairs, append(common, diff.WithServerSideDiff(true),
			diff.WithServerSideDryRunner(diff.NewK8sServerSideDryRunner(operations)), diff.WithIgnoreMutationWebhook(true))),
	}
	return describe(pairs, told)
}

// outOfSync names the wanted objects that are missing or differ, with both sides.
func outOfSync(pairs sync.ReconciliationResult, options []diff.Option) []string {
	differing := []string{}
	for i, wanted := range pairs.Target {
		live := pairs.Live[i]
		switch {
		case wanted == nil:
			continue
		case live == nil:
			differing = append(differing, nameOf(wanted)+" is missing")
			continue
		}
		result, err := diff.Diff(wanted, live, options...)
		if err != nil {
			differing = append(differing, fmt.Sprintf("%s: %v", nameOf(wanted), err))
		} else if result.Modified {
			differing = append(differing, fmt.Sprintf("%s\n  is     %s\n  wanted %s", nameOf(wanted), result.NormalizedLive,
				result.PredictedLive))
		}
	}
	return differing
}

// describe tells what is there that nothing asks for, and the health of the rest.
func describe(pairs sync.ReconciliationResult, told *outcome) error {
	told.Health = map[string]health.HealthStatus{}
	for i, live := range pairs.Live {
		if live == nil {
			continue
		}
		if pairs.Target[i] == nil {
			options := live.GetAnnotations()["argocd.argoproj.io/compare-options"]
			ignored := strings.Contains(options, "IgnoreExtraneous")
			told.Extra = append(told.Extra, extra{Object: nameOf(live), Ignored: ignored})
		}
		status, err := health.GetResourceHealth(live, scriptedHealth{})
		if err != nil {
			return err
		}
		if status != nil {
			told.Health[nameOf(live)] = *status
		}
	}
	return nil
}

func nameOf(object *unstructured.Unstructured) string {
	return object.GetKind() + "/" + object.GetName()
}

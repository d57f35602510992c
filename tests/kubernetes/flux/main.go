// flux does once what Flux's kustomize-controller does with one Kustomization, by the controller's own library: server-side
// apply, then pruning of what its inventory has and the manifests have not, then the wait for health. In: manifests on
// standard input (a built kustomization), an inventory file. Out: what it did, as JSON; exit code 1 when it failed or
// waited in vain. Of the Kustomization's manifest `spec.ignore` and `spec.wait` are read. A double is the inventory (a file, not a status), and the order of Kustomizations is the caller's.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling"
	"github.com/fluxcd/cli-utils/pkg/kstatus/polling/engine"
	"github.com/fluxcd/cli-utils/pkg/object"
	"github.com/fluxcd/pkg/runtime/statusreaders"
	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/jsondiff"
	"github.com/fluxcd/pkg/ssa/normalize"
	"github.com/fluxcd/pkg/ssa/utils"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// group prefixes the annotations and labels of Kustomizations.
const group = "kustomize.toolkit.fluxcd.io"

// kustomization is what stands in a Flux Kustomization.
type kustomization struct {
	name, namespace, inventory string
	prune, waits               bool
	ignored                    []jsondiff.IgnoreRule
	patience                   time.Duration
}

// outcome is what is printed.
type outcome struct {
	Applied map[string]ssa.Action `json:"applied"`
	Pruned  map[string]ssa.Action `json:"pruned"`
	Failure string                `json:"failure,omitempty"`
}

func main() {
	it := kustomization{}
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	flag.StringVar(&it.name, "name", "", "the Kustomization's name")
	flag.StringVar(&it.namespace, "namespace", "flux-system", "the Kustomization's namespace")
	manifest := flag.String("kustomization", "", "the manifest of the Kustomization: its spec.ignore and spec.wait hold")
	flag.StringVar(&it.inventory, "inventory", "", "the file that remembers what was applied")
	flag.BoolVar(&it.prune, "prune", true, "spec.prune")
	flag.DurationVar(&it.patience, "timeout", time.Minute, "spec.timeout")
	flag.Parse()
	log.SetLogger(log.Log) // or the library complains that it has none
	told := &outcome{Applied: map[string]ssa.Action{}, Pruned: map[string]ssa.Action{}}
	failure := it.read(*manifest)
	if failure == nil {
		failure = it.reconcile(context.Background(), *kubeconfig, told)
	}
	if failure != nil {
		told.Failure = failure.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil || failure != nil {
		os.Exit(1)
	}
}

// reconcile is one look of the controller.
func (it *kustomization) reconcile(ctx context.Context, kubeconfig string, told *outcome) error {
	objects, err := utils.ReadObjects(os.Stdin)
	if err != nil {
		return err
	}
	if err := normalize.UnstructuredList(objects); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst = 100, 200
	manager, err := newManager(config)
	if err != nil {
		return err
	}
	manager.SetOwnerLabels(objects, it.name, it.namespace)
	applied, err := manager.ApplyAllStaged(ctx, objects, it.applyOptions())
	if applied != nil {
		told.Applied = applied.ToMap()
	}
	if err != nil {
		return err
	}
	stale, err := it.remember(applied.ToObjMetadataSet())
	if err != nil {
		return err
	}
	if it.prune {
		pruned, err := manager.DeleteAll(ctx, stale, it.deleteOptions(manager))
		if err != nil {
			return err
		}
		told.Pruned = pruned.ToMap()
	}
	if !it.waits {
		return nil
	}
	options := ssa.WaitOptions{Interval: 500 * time.Millisecond, Timeout: it.patience}
	return manager.WaitForSetWithContext(ctx, applied.ToObjMetadataSet(), options)
}

func newManager(config *rest.Config) (*ssa.ResourceManager, error) {
	web, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	mapper, err := apiutil.NewDynamicRESTMapper(config, web)
	if err != nil {
		return nil, err
	}
	reader, err := client.New(config, client.Options{Mapper: mapper})
	if err != nil {
		return nil, err
	}
	// kustomize-controller adds this reader: to the library alone a Job that runs is ready.
	readers := []engine.StatusReader{statusreaders.NewCustomJobStatusReader(mapper)}
	poller := polling.NewStatusPoller(reader, mapper, polling.Options{CustomStatusReaders: readers})
	return ssa.NewResourceManager(reader, poller, ssa.Owner{Field: "kustomize-controller", Group: group}), nil
}

// applyOptions are those of kustomize-controller v1.9.6, internal/controller/kustomization_controller.go, apply.
func (it *kustomization) applyOptions() ssa.ApplyOptions {
	options := ssa.DefaultApplyOptions()
	options.ExclusionSelector = map[string]string{group + "/reconcile": "disabled", group + "/ssa": "Ignore"}
	options.IfNotPresentSelector = map[string]string{group + "/ssa": "IfNotPresent"}
	options.ForceSelector = map[string]string{group + "/force": "enabled"}
	options.DriftIgnoreRules = it.ignored
	return options
}

// deleteOptions are those of the same file, deleteObjects.
func (it *kustomization) deleteOptions(manager *ssa.ResourceManager) ssa.DeleteOptions {
	return ssa.DeleteOptions{
		PropagationPolicy: meta.DeletePropagationBackground,
		Inclusions:        manager.GetOwnerLabels(it.name, it.namespace),
		Exclusions: map[string]string{group + "/prune": "disabled", group + "/reconcile": "disabled",
			group + "/ssa": "Ignore"},
	}
}

// remember writes the inventory and returns what the previous one has beyond it.
func (it *kustomization) remember(applied object.ObjMetadataSet) ([]*unstructured.Unstructured, error) {
	var before []entry
	text, err := os.ReadFile(it.inventory)
	if err == nil {
		err = json.Unmarshal(text, &before)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var now []entry
	for _, id := range applied {
		now = append(now, entry{Group: id.GroupKind.Group, Kind: id.GroupKind.Kind, Namespace: id.Namespace, Name: id.Name})
	}
	var stale []*unstructured.Unstructured
	for _, old := range before {
		if !contains(now, old) {
			stale = append(stale, old.object())
		}
	}
	text, err = json.Marshal(now)
	if err != nil {
		return nil, err
	}
	return stale, os.WriteFile(it.inventory, text, 0o600)
}

func contains(entries []entry, wanted entry) bool {
	for _, one := range entries {
		if one == wanted {
			return true
		}
	}
	return false
}

// entry is an object in the inventory.
type entry struct{ Group, Kind, Namespace, Name string }

// object is enough of the object to delete it. All kinds that are rendered are at v1.
func (e entry) object() *unstructured.Unstructured {
	object := &unstructured.Unstructured{}
	version := "v1"
	if e.Group != "" {
		version = fmt.Sprintf("%s/v1", e.Group)
	}
	object.SetAPIVersion(version)
	object.SetKind(e.Kind)
	object.SetNamespace(e.Namespace)
	object.SetName(e.Name)
	return object
}

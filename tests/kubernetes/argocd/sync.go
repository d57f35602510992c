// One sync of an application, by the library of Argo CD, with the options that the command line names.

package main

import (
	"time"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync/common"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// manager is the name under which Argo CD owns fields.
const manager = "argocd-controller"

// sync carries out one operation: as the application controller does, a new context from fresh live objects at every
// look, until the operation has completed or patience ends.
func (app *application) sync(told *outcome) error {
	var results []common.ResourceSyncResult
	told.Phase = common.OperationRunning
	began := meta.Now()
	for !told.Phase.Completed() && time.Since(began.Time) < app.patience {
		pairs, err := app.reconcile()
		if err != nil {
			return err
		}
		if err := app.settings.respect(pairs); err != nil {
			return err
		}
		options := append(app.options(told),
			sync.WithInitialState(told.Phase, told.Message, results, began))
		client := &kube.KubectlCmd{Log: logr.Discard(), Tracer: tracing.NopTracer{}}
		context, end, err := sync.NewSyncContext("revision", pairs, app.config, app.config, client, app.namespace, options...)
		if err != nil {
			return err
		}
		context.Sync()
		told.Phase, told.Message, results = context.GetState()
		end()
		// The cache learns by watching what the step has changed.
		time.Sleep(300 * time.Millisecond)
	}
	for _, one := range results {
		object := one.ResourceKey.Kind + "/" + one.ResourceKey.Name
		told.Results = append(told.Results, result{Object: object, Status: one.Status, Message: one.Message})
	}
	return nil
}

// options are those of an automated sync, with pruning unless the command line says otherwise.
func (app *application) options(told *outcome) []sync.SyncOpt {
	propagation := meta.DeletePropagationForeground
	return []sync.SyncOpt{
		sync.WithLogr(logr.Discard()),
		sync.WithHealthOverride(scriptedHealth{}),
		sync.WithOperationSettings(false, app.prune, false, app.only != ""),
		sync.WithResourcesFilter(func(key kube.ResourceKey, _, _ *unstructured.Unstructured) bool {
			return app.only == "" || app.only == key.Kind+"/"+key.Name
		}),
		sync.WithManifestValidation(true),
		sync.WithPrunePropagationPolicy(&propagation),
		sync.WithServerSideApply(app.serverSide),
		sync.WithServerSideApplyManager(manager),
		sync.WithClientSideApplyMigration(true, common.DefaultClientSideApplyMigrationManager),
		sync.WithSyncWaveHook(func(_ common.SyncPhase, wave int, _ bool) error {
			// The hook is called at every look.
			if last := len(told.Waves) - 1; last < 0 || told.Waves[last] != wave {
				told.Waves = append(told.Waves, wave)
			}
			return nil
		}),
	}
}

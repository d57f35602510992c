// Folders of manifests become objects that are marked as the application's, paired with what is in the cluster.

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/cache"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// trackingAnnotation says to which application an object belongs; Argo CD writes it when it applies.
const trackingAnnotation = "argocd.argoproj.io/tracking-id"

// read returns the objects of all manifests below the folders, marked as the application's.
func (app *application) read() ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for _, folder := range app.folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			// The repo-server would hand a kustomization to kustomize; what it lists are the other files.
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" || entry.Name() == "kustomization.yaml" {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			found, err := kube.SplitYAML(text)
			objects = append(objects, found...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for _, object := range objects {
		if err := app.place(object); err != nil {
			return nil, err
		}
		app.mark(object)
	}
	return objects, nil
}

// place puts an object that names no namespace where the application's objects go.
func (app *application) place(object *unstructured.Unstructured) error {
	isNamespaced, err := app.cache.IsNamespaced(object.GroupVersionKind().GroupKind())
	if err == nil && isNamespaced && object.GetNamespace() == "" {
		object.SetNamespace(app.namespace)
	}
	return err
}

func (app *application) mark(object *unstructured.Unstructured) {
	annotations := object.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	kind := object.GroupVersionKind()
	annotations[trackingAnnotation] = fmt.Sprintf("%s:%s/%s:%s/%s", app.name, kind.Group, kind.Kind, object.GetNamespace(),
		object.GetName())
	object.SetAnnotations(annotations)
}

// owns says whether a live object is marked as the application's.
func (app *application) owns(resource *cache.Resource) bool {
	id, _ := resource.Info.(string)
	return len(id) > len(app.name) && id[:len(app.name)+1] == app.name+":"
}

// reconcile pairs what is wanted with what is there now.
func (app *application) reconcile() (sync.ReconciliationResult, error) {
	wanted, err := app.read()
	if err != nil {
		return sync.ReconciliationResult{}, err
	}
	live, err := app.cache.GetManagedLiveObjs(wanted, app.owns)
	if err != nil {
		return sync.ReconciliationResult{}, err
	}
	return sync.Reconcile(wanted, live, app.namespace, app.cache), nil
}

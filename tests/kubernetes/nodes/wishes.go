// What pods are wished to be, read from ConfigMaps, and what a real node would wait for.

package nodes

import (
	"context"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What a pod is wished to be.
const (
	pending   = "pending"
	running   = "running" // and not ready
	ready     = "ready"
	succeeded = "succeeded"
	failed    = "failed"
)

// wish is what a pod has to become. The ConfigMap `simulated-nodes` of its namespace is asked for the pod's name, for
// `with.NAME` of every ConfigMap that it mounts (so that a configuration can be a bad one), for `jobs` if a Job made it, and
// for `pods`, in this order.
func (s *simulation) wish(ctx context.Context, pod *core.Pod) string {
	keys := []string{pod.Name}
	for _, volume := range pod.Spec.Volumes {
		if volume.ConfigMap != nil {
			keys = append(keys, "with."+volume.ConfigMap.Name)
		}
	}
	owner := meta.GetControllerOf(pod)
	isOfJob := owner != nil && owner.Kind == "Job"
	if isOfJob {
		keys = append(keys, "jobs")
	}
	told := s.told(ctx, pod.Namespace)
	for _, key := range append(keys, "pods") {
		if told[key] != "" {
			return told[key]
		}
	}
	if isOfJob {
		return succeeded
	}
	return ready
}

// told is what the ConfigMap of a namespace says; nothing where there is none.
func (s *simulation) told(ctx context.Context, namespace string) map[string]string {
	found, err := s.client.CoreV1().ConfigMaps(namespace).Get(ctx, "simulated-nodes", meta.GetOptions{})
	if err != nil {
		return nil
	}
	return found.Data
}

// waits says whether a ConfigMap or Secret that the pod needs is missing: a real node would wait for it.
func (s *simulation) waits(ctx context.Context, pod *core.Pod) bool {
	for _, volume := range pod.Spec.Volumes {
		if it := volume.ConfigMap; it != nil && s.lacksConfigMap(ctx, pod.Namespace, it.Name, it.Optional) {
			return true
		}
		if it := volume.Secret; it != nil && s.lacksSecret(ctx, pod.Namespace, it.SecretName, it.Optional) {
			return true
		}
	}
	for _, containers := range [][]core.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for _, container := range containers {
			for _, variable := range container.Env {
				if from := variable.ValueFrom; from != nil && s.lacksSource(ctx, pod.Namespace, from) {
					return true
				}
			}
		}
	}
	return false
}

func (s *simulation) lacksSource(ctx context.Context, namespace string, from *core.EnvVarSource) bool {
	secret, configMap := from.SecretKeyRef, from.ConfigMapKeyRef
	return secret != nil && s.lacksSecret(ctx, namespace, secret.Name, secret.Optional) ||
		configMap != nil && s.lacksConfigMap(ctx, namespace, configMap.Name, configMap.Optional)
}

func (s *simulation) lacksConfigMap(ctx context.Context, namespace, name string, optional *bool) bool {
	if optional != nil && *optional {
		return false
	}
	_, err := s.client.CoreV1().ConfigMaps(namespace).Get(ctx, name, meta.GetOptions{})
	return errors.IsNotFound(err)
}

func (s *simulation) lacksSecret(ctx context.Context, namespace, name string, optional *bool) bool {
	if optional != nil && *optional {
		return false
	}
	_, err := s.client.CoreV1().Secrets(namespace).Get(ctx, name, meta.GetOptions{})
	return errors.IsNotFound(err)
}

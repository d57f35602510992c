// Pods that are scheduled move to what they are wished to be, as a kubelet would move them; nothing is run.

package nodes

import (
	"context"
	"fmt"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (s *simulation) lookAtPods(ctx context.Context) error {
	pods, err := s.client.CoreV1().Pods("").List(ctx, fromCache)
	if err != nil {
		return err
	}
	for i := range pods.Items {
		say(pods.Items[i].Name, s.move(ctx, &pods.Items[i]))
	}
	return nil
}

// move takes a scheduled pod to what it is wished to be. A deleted one goes at once.
func (s *simulation) move(ctx context.Context, pod *core.Pod) error {
	if pod.Spec.NodeName == "" {
		return nil
	}
	if pod.DeletionTimestamp != nil {
		zero := int64(0)
		options := meta.DeleteOptions{GracePeriodSeconds: &zero, Preconditions: &meta.Preconditions{UID: &pod.UID}}
		return s.client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, options)
	}
	if pod.Status.Phase == core.PodSucceeded || pod.Status.Phase == core.PodFailed {
		return nil
	}
	wish := s.wish(ctx, pod)
	if wish == pending || isAlready(wish, pod) || s.waits(ctx, pod) {
		return nil
	}
	changed := pod.DeepCopy()
	s.giveAddress(&changed.Status, s.told(ctx, pod.Namespace)["addresses"])
	changed.Status.Phase = map[string]core.PodPhase{succeeded: core.PodSucceeded, failed: core.PodFailed}[wish]
	if changed.Status.Phase == "" {
		changed.Status.Phase = core.PodRunning
	}
	changed.Status.Conditions = conditions(wish)
	changed.Status.InitContainerStatuses = initStatuses(pod.Spec.InitContainers)
	changed.Status.ContainerStatuses = statuses(pod.Spec.Containers, wish)
	_, err := s.client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, changed, meta.UpdateOptions{})
	return err
}

// isAlready keeps the simulation from saying a thing twice.
func isAlready(wish string, pod *core.Pod) bool {
	if pod.Status.Phase != core.PodRunning || wish != ready && wish != running {
		return false
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Type == core.PodReady {
			return (condition.Status == core.ConditionTrue) == (wish == ready)
		}
	}
	return false
}

// giveAddress gives a pod an address that no other pod has had. With `loopback` it is one that this machine has too, so that
// a test can listen there; the API server takes no EndpointSlice with such an address.
func (s *simulation) giveAddress(status *core.PodStatus, wished string) {
	if status.PodIP != "" {
		return
	}
	now := meta.Now()
	s.addresses++
	network := map[bool]string{true: "127.44", false: "10.244"}[wished == "loopback"]
	status.PodIP = fmt.Sprintf("%s.%d.%d", network, s.addresses/250, s.addresses%250+1)
	status.PodIPs = []core.PodIP{{IP: status.PodIP}}
	status.HostIP, status.StartTime = "10.1.0.1", &now
}

func conditions(wish string) []core.PodCondition {
	flag := map[bool]core.ConditionStatus{true: core.ConditionTrue, false: core.ConditionFalse}
	condition := func(kind core.PodConditionType, holds bool) core.PodCondition {
		return core.PodCondition{Type: kind, Status: flag[holds], LastTransitionTime: meta.Now()}
	}
	return []core.PodCondition{condition(core.PodScheduled, true), condition(core.PodInitialized, true),
		condition(core.ContainersReady, wish == ready), condition(core.PodReady, wish == ready)}
}

func initStatuses(containers []core.Container) []core.ContainerStatus {
	var all []core.ContainerStatus
	for _, container := range containers {
		state := ended(0, "Completed")
		if container.RestartPolicy != nil {
			state = isRunning()
		}
		all = append(all, status(container, state, true))
	}
	return all
}

func statuses(containers []core.Container, wish string) []core.ContainerStatus {
	var all []core.ContainerStatus
	for _, container := range containers {
		switch wish {
		case succeeded:
			all = append(all, status(container, ended(0, "Completed"), false))
		case failed:
			all = append(all, status(container, ended(1, "Error"), false))
		default:
			all = append(all, status(container, isRunning(), wish == ready))
		}
	}
	return all
}

func status(container core.Container, state core.ContainerState, isReady bool) core.ContainerStatus {
	return core.ContainerStatus{Name: container.Name, Image: container.Image, ImageID: container.Image, Ready: isReady,
		Started: &isReady, State: state}
}

func isRunning() core.ContainerState {
	return core.ContainerState{Running: &core.ContainerStateRunning{StartedAt: meta.Now()}}
}

func ended(code int32, reason string) core.ContainerState {
	now := meta.Now()
	terminated := core.ContainerStateTerminated{ExitCode: code, Reason: reason, StartedAt: now, FinishedAt: now}
	return core.ContainerState{Terminated: &terminated}
}

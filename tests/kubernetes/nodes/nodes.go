// Package nodes lets Node objects, pods and claims move as if machines stood behind them; nothing is run. Every Node
// object becomes ready; a scheduled pod becomes ready by itself, or as the ConfigMap `simulated-nodes` of its namespace
// says (wishes.go); a claim of the provisioner `simulated.test` gets a volume. In: a kubeconfig. Called by controlplane.
package nodes

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// simulation is what all machines together remember between two looks.
type simulation struct {
	client kubernetes.Interface
	// addresses counts the pod addresses that were given.
	addresses int
}

// NewCommand is `kubernetes simulated-nodes`.
func NewCommand() *cobra.Command {
	var kubeconfig string
	command := &cobra.Command{
		Use:   "simulated-nodes",
		Short: "Moves nodes, pods and claims without running anything, until it is ended",
		RunE: func(*cobra.Command, []string) error {
			config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
			if err != nil {
				return err
			}
			config.QPS, config.Burst = 200, 400
			client, err := kubernetes.NewForConfig(config)
			if err != nil {
				return err
			}
			simulate(context.Background(), &simulation{client: client})
			return nil
		},
	}
	command.Flags().StringVar(&kubeconfig, "kubeconfig", "", "how to reach the API server")
	return command
}

// simulate looks at everything five times a second; a look that fails is repeated by the next one.
func simulate(ctx context.Context, s *simulation) {
	for ctx.Err() == nil {
		for _, look := range []func(context.Context) error{s.lookAtNodes, s.lookAtPods, s.lookAtClaims, s.lookAtVolumes} {
			if err := look(ctx); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// fromCache lets the API server answer from its watch cache.
var fromCache = meta.ListOptions{ResourceVersion: "0"}

// say prints what went wrong with an object, unless somebody else was faster: the next look sees what they did.
func say(object string, err error) {
	if err != nil && !errors.IsNotFound(err) && !errors.IsConflict(err) && !errors.IsAlreadyExists(err) {
		fmt.Fprintln(os.Stderr, object, err)
	}
}

func (s *simulation) lookAtNodes(ctx context.Context) error {
	nodes, err := s.client.CoreV1().Nodes().List(ctx, fromCache)
	if err != nil {
		return err
	}
	for i := range nodes.Items {
		if len(nodes.Items[i].Status.Conditions) == 0 {
			say(nodes.Items[i].Name, s.makeReady(ctx, &nodes.Items[i]))
		}
	}
	return nil
}

// makeReady gives a Node object the status of a machine. Admission taints a new node as not ready, and the controller
// that would take the taint away is switched off; other taints stay.
func (s *simulation) makeReady(ctx context.Context, node *core.Node) error {
	taints := []core.Taint{}
	for _, taint := range node.Spec.Taints {
		if taint.Key != core.TaintNodeNotReady {
			taints = append(taints, taint)
		}
	}
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"taints": taints}})
	if err != nil {
		return err
	}
	// A patch, for an update would collide with the controllers that write nodes too.
	node, err = s.client.CoreV1().Nodes().Patch(ctx, node.Name, types.MergePatchType, patch, meta.PatchOptions{})
	if err != nil {
		return err
	}
	room := core.ResourceList{"cpu": resource.MustParse("64"), "memory": resource.MustParse("512Gi"),
		"pods": resource.MustParse("110"), "ephemeral-storage": resource.MustParse("1Ti")}
	now := meta.Now()
	ready := core.NodeCondition{Type: core.NodeReady, Status: core.ConditionTrue, Reason: "Simulated",
		LastHeartbeatTime: now, LastTransitionTime: now}
	node.Status = core.NodeStatus{Capacity: room, Allocatable: room, Conditions: []core.NodeCondition{ready}}
	_, err = s.client.CoreV1().Nodes().UpdateStatus(ctx, node, meta.UpdateOptions{})
	return err
}

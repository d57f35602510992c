// kubernetes is one binary with the parts of a Kubernetes cluster: the control plane, what runs on every node, and a
// simulation of nodes. tests/nodes and tests/delivery start it once per part. In: the part's name and its own arguments.
// Out: what the part does.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"

	"cassc/tests/kubernetes/controlplane"
	"cassc/tests/kubernetes/nodes"
)

const usage = `usage: kubernetes PART [ARGUMENT...]
parts of Kubernetes: etcd apiserver controller-manager scheduler kubelet proxy kubectl
our own: control-plane (starts the first four and simulated nodes), simulated-nodes`

// command returns the part with that name, or nil.
func command(part string) *cobra.Command {
	switch part {
	case "apiserver":
		return apiserver.NewAPIServerCommand()
	case "controller-manager":
		return controllers.NewControllerManagerCommand()
	case "scheduler":
		return scheduler.NewSchedulerCommand()
	case "kubelet":
		return kubelet.NewKubeletCommand(context.Background())
	case "proxy":
		return proxy.NewProxyCommand()
	case "kubectl":
		return kubectl.NewDefaultKubectlCommand()
	case "control-plane":
		return controlplane.NewCommand()
	case "simulated-nodes":
		return nodes.NewCommand()
	}
	return nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	part := os.Args[1]
	os.Args = append([]string{part}, os.Args[2:]...)
	if part == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	chosen := command(part)
	if chosen == nil {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	os.Exit(cli.Run(chosen))
}

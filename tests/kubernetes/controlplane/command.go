// Package controlplane starts etcd, API server, controllers, scheduler and simulated nodes as processes of its own
// binary, and ends with any of them. In: an empty folder. Out: <folder>/kubeconfig, written when everything has been
// started: its presence is the ready mark. Needs no root. Called by tests/delivery.
package controlplane

import (
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"
)

// NewCommand is `kubernetes control-plane`.
func NewCommand() *cobra.Command {
	var folder string
	var onlyServer bool
	command := &cobra.Command{
		Use:           "control-plane",
		Short:         "Starts a control plane, and simulated nodes, until it is ended",
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(*cobra.Command, []string) error {
			return run(folder, startParts(onlyServer))
		},
	}
	command.Flags().BoolVar(&onlyServer, "only-server", false, "etcd and the API server: nothing moves")
	command.Flags().StringVar(&folder, "folder", "", "an empty folder for data, keys and logs")
	return command
}

// startPart starts one part, or some that belong together.
type startPart func(*children, *files) error

func startParts(onlyServer bool) []startPart {
	if onlyServer {
		return []startPart{startServer}
	}
	return []startPart{startServer, startOthers}
}

// run starts everything and stays until it is told to end, or until a part has ended by itself.
func run(folder string, parts []startPart) error {
	// A child dies with the thread that started it, so that whoever is killed leaves nothing behind.
	runtime.LockOSThread()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	files, err := writeFiles(folder)
	if err != nil {
		return err
	}
	children := &children{folder: folder, ended: make(chan error, 8)}
	defer children.kill()
	for _, start := range parts {
		if err := start(children, files); err != nil {
			return err
		}
	}
	// A second name and not another one: the parts may not have read the first yet.
	if err := os.Link(files.kubeconfig, filepath.Join(folder, "kubeconfig")); err != nil {
		return err
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	select {
	case <-told:
		return nil
	case err := <-children.ended:
		return err
	}
}

// The parts of the control plane as processes: started in their order, ended together.

package controlplane

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// children are the processes of this control plane; each writes to <folder>/<part>.log.
type children struct {
	folder  string
	started []*exec.Cmd
	ended   chan error
}

// start runs another part of this binary.
func (c *children) start(part string, arguments ...string) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(c.folder, part+".log"))
	if err != nil {
		return err
	}
	child := exec.Command(binary, append([]string{part}, arguments...)...)
	child.Stdout, child.Stderr = log, log
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := child.Start(); err != nil {
		return err
	}
	c.started = append(c.started, child)
	go func() { c.ended <- fmt.Errorf("%s has ended: %v; its words are in %s", part, child.Wait(), log.Name()) }()
	return nil
}

// kill ends them all, the last that was started first: their data is not needed any more.
func (c *children) kill() {
	for i := len(c.started) - 1; i >= 0; i-- {
		_ = c.started[i].Process.Kill()
	}
}

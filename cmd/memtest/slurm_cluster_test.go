//go:build linux

package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cluster is a Slurm of three nodes on this machine: its own daemons, ports and
// folder, so that it meets no other.
type cluster struct {
	*testing.T
	dir string
}

// startSlurm starts a cluster and points sbatch and the others to it. Where Slurm is
// not installed the test is skipped, but fails where MEMTEST_SLURM is "required", as
// in CI.
func startSlurm(t *testing.T) *cluster {
	t.Helper()
	lacking := ""
	for _, name := range []string{"slurmctld", "slurmd", "sbatch", "scontrol", "munged"} {
		if _, err := exec.LookPath(name); err != nil {
			lacking = name + " is not installed: apt-get install slurmctld slurmd slurm-client munge"
		}
	}
	if os.Geteuid() != 0 {
		lacking = "a Slurm of one's own needs root"
	}
	switch {
	case lacking != "" && os.Getenv("MEMTEST_SLURM") == "required":
		t.Fatal(lacking)
	case lacking != "":
		t.Skip(lacking)
	}
	c := &cluster{t, t.TempDir()}
	conf := c.write("slurm.conf", c.conf())
	t.Setenv("SLURM_CONF", conf)
	c.write("munge.key", strings.Repeat("not a secret: of a test ", 6))
	if err := os.Mkdir(filepath.Join(c.dir, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.end)
	at := func(name string) string { return filepath.Join(c.dir, name) }
	c.do("munged", "--force", "--socket="+at("munge.sock"), "--key-file="+at("munge.key"), "--pid-file="+at("munged.pid"), "--log-file="+at("munged.log"), "--seed-file="+at("munged.seed"))
	c.do("slurmctld")
	for i := range 3 {
		c.do("slurmd", "-N", fmt.Sprintf("n%d", i))
	}
	c.wait("three nodes are idle", time.Minute, func() bool {
		return strings.Count(c.try("sinfo", "-h", "-N", "-o", "%T"), "idle") == 3
	})
	return c
}

// conf is slurm.conf: what makes a real cluster careful is turned down, so that a
// dead node is seen, and a job begun again, within seconds.
func (c *cluster) conf() string {
	host, err := os.Hostname()
	if err != nil {
		c.Fatal(err)
	}
	host, _, _ = strings.Cut(host, ".")
	ports := c.ports(4)
	var b strings.Builder
	fmt.Fprintf(&b, strings.ReplaceAll(`ClusterName=mini
SlurmctldHost=%s(127.0.0.1)
SlurmctldPort=%d
SlurmUser=root
AuthInfo=socket=DIR/munge.sock,cred_expire=5
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=bf_interval=1,sched_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=3
StateSaveLocation=DIR/state
SlurmdSpoolDir=DIR/spool-%%n
SlurmctldPidFile=DIR/slurmctld.pid
SlurmdPidFile=DIR/slurmd-%%n.pid
SlurmctldLogFile=DIR/slurmctld.log
SlurmdLogFile=DIR/slurmd-%%n.log
PartitionName=main Nodes=ALL Default=YES
`, "DIR", c.dir), host, ports[0])
	for i, port := range ports[1:] {
		fmt.Fprintf(&b, "NodeName=n%d NodeHostname=%s NodeAddr=127.0.0.1 Port=%d CPUs=2\n", i, host, port)
	}
	return b.String()
}

// ports are some that nobody listens at.
func (c *cluster) ports(n int) []int {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			c.Fatal(err)
		}
		defer l.Close() // at the end, so that each is another
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func (c *cluster) write(name, text string) string {
	c.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.Fatal(err)
	}
	return path
}

// do runs a command that must succeed, and returns what it printed.
func (c *cluster) do(name string, args ...string) string {
	c.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		c.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// try runs a command that may fail.
func (c *cluster) try(name string, args ...string) string {
	out, _ := exec.Command(name, args...).CombinedOutput()
	return string(out)
}

// wait waits until something holds.
func (c *cluster) wait(what string, limit time.Duration, holds func() bool) {
	c.Helper()
	for start := time.Now(); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Since(start) > limit {
			c.Fatalf("after %v it does not hold that %s\n%s\n%s", limit, what, c.try("scontrol", "show", "job", "-o"), c.try("sinfo", "-N", "-l"))
		}
	}
	c.Logf("%s: %s", time.Now().Format("15:04:05.0"), what)
}

// field is a field that Slurm knows of a job, or of a task of an array as in "12_3":
// JobState, Restarts, BatchHost, ExitCode.
func (c *cluster) field(job, name string) string {
	for word := range strings.FieldsSeq(c.try("scontrol", "show", "job", "-o", job)) {
		if value, ok := strings.CutPrefix(word, name+"="); ok {
			return value
		}
	}
	return ""
}

// killNode ends all that runs on a node, as a power cut does, and says to Slurm that
// it is down, which by itself it sees after half a minute.
func (c *cluster) killNode(node string) {
	c.Helper()
	kill := []int{c.pid("slurmd-" + node + ".pid")}
	for _, pid := range c.jobsOn(node) {
		if parent := parentOf(pid); strings.HasPrefix(procFile(parent, "cmdline"), "slurmstepd") {
			kill = append(kill, parent)
		}
		kill = append(kill, pid)
	}
	if len(kill) < 3 {
		c.Fatalf("nothing runs on %s: its processes are %v", node, kill)
	}
	for _, pid := range kill {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	c.do("scontrol", "update", "nodename="+node, "state=down", "reason=test")
}

// jobsOn are the processes of jobs on a node of this cluster.
func (c *cluster) jobsOn(node string) []int {
	c.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		c.Fatal(err)
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		environment := "\x00" + procFile(pid, "environ")
		if strings.Contains(environment, "\x00SLURM_CONF="+c.dir+"/") && strings.Contains(environment, "\x00SLURMD_NODENAME="+node+"\x00") {
			pids = append(pids, pid)
		}
	}
	return pids
}

// procFile is what the kernel says of a process; "" where it has ended.
func procFile(pid int, name string) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	return string(text)
}

func parentOf(pid int) int {
	_, after, _ := strings.Cut(procFile(pid, "status"), "\nPPid:")
	line, _, _ := strings.Cut(after, "\n")
	parent, _ := strconv.Atoi(strings.TrimSpace(line))
	return parent
}

// pid is the process number that a daemon left in the cluster's folder; 0 = none.
func (c *cluster) pid(file string) int {
	text, _ := os.ReadFile(filepath.Join(c.dir, file))
	pid, _ := strconv.Atoi(string(bytes.TrimSpace(text)))
	return pid
}

// end ends the jobs, and then the daemons by the numbers that they left.
func (c *cluster) end() {
	if c.Failed() {
		c.Logf("slurmctld said:\n%s", c.try("tail", "-n", "40", filepath.Join(c.dir, "slurmctld.log")))
	}
	c.try("scancel", "--user=root")
	for i := 0; i < 50 && c.pid("slurmctld.pid") > 0 && strings.TrimSpace(c.try("squeue", "-h")) != ""; i++ {
		time.Sleep(100 * time.Millisecond)
	}
	files, _ := filepath.Glob(filepath.Join(c.dir, "*.pid"))
	for _, file := range files {
		pid := c.pid(filepath.Base(file))
		if pid <= 1 || !strings.Contains(procFile(pid, "cmdline"), strings.SplitN(filepath.Base(file), "-", 2)[0][:5]) {
			continue // of a node that was killed; its number may be another's by now
		}
		_ = syscall.Kill(pid, syscall.SIGTERM)
		for i := 0; i < 100 && procFile(pid, "cmdline") != ""; i++ {
			time.Sleep(50 * time.Millisecond)
		}
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

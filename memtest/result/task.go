package result

import (
	"os"
	"strconv"
	"time"
)

// Task is one process that measured at a part of a run.
type Task struct {
	Host       string     `json:"host"` // name of the machine
	CPU        string     `json:"cpu,omitempty"`
	Cores      int        `json:"cores"`
	Devices    []string   `json:"devices,omitempty"`
	Plugin     string     `json:"plugin_sha256,omitempty"`
	Arithmetic string     `json:"arithmetic,omitempty"`
	Memtest    string     `json:"memtest,omitempty"`  // version, or revision of the checkout, of the program
	Dir        string     `json:"dir,omitempty"`      // where its command was typed
	Job        string     `json:"job,omitempty"`      // "Slurm 17, task 3"; "" = of no scheduler that is known
	Restarts   int        `json:"restarts,omitempty"` // how often the scheduler began it again
	Started    time.Time  `json:"started"`
	Finished   *time.Time `json:"finished,omitempty"` // of the process that finished the part
	Over       string     `json:"over,omitempty"`     // what it began over and why, one sentence; "" = nothing
}

// NewTask is this process, as a manifest of its run describes it.
func NewTask(m Manifest) Task {
	t := Task{CPU: m.Host.CPU, Cores: m.Host.Cores, Devices: m.Devices, Plugin: m.PluginSHA256, Arithmetic: m.Arithmetic, Memtest: m.Program(), Started: m.Started}
	t.Host, _ = os.Hostname() // a machine without a name has ""
	t.Dir, _ = os.Getwd()     // "" where it was taken away
	t.Job, t.Restarts = job(os.Getenv)
	return t
}

// job is what a scheduler says in the environment of a task.
func job(env func(string) string) (name string, restarts int) {
	if id := env("SLURM_JOB_ID"); id != "" {
		name = "Slurm " + id
		if array := env("SLURM_ARRAY_JOB_ID"); array != "" {
			name = "Slurm " + array + ", task " + env("SLURM_ARRAY_TASK_ID")
		}
		restarts, _ = strconv.Atoi(env("SLURM_RESTART_COUNT")) // not set at the first start
		return name, restarts
	}
	if index := env("JOB_COMPLETION_INDEX"); index != "" {
		return "Kubernetes, completion " + index, 0
	}
	if n := env("PARALLEL_SEQ"); n != "" {
		return "GNU parallel, job " + n, 0
	}
	return "", 0
}

// Shard is what one shard of a run measured, in the manifest of the whole.
type Shard struct {
	Shard string `json:"shard"` // "2/4"
	Parts []Part `json:"parts"`
}

// Part is one part of a run that was measured apart.
type Part struct {
	Name   string `json:"name"`   // "input", "network-3", "refit"
	Folder string `json:"folder"` // that it was taken from
	Tasks  []Task `json:"tasks"`  // the processes that measured at it, one after the other
}

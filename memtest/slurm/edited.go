package slurm

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	arrayLine = regexp.MustCompile(`(?m)^#SBATCH[ \t]+(?:.*[ \t])?(?:--array[= \t]|-a[ \t=]?)[ \t]*"?([^ \t"\r\n]+)`)
	firstToN  = regexp.MustCompile(`^1(?:-([0-9]+))?(%[0-9]+)?$`)
	shardFlag = regexp.MustCompile(`(?m)^[^#\n]*--shard[= \t]+"?\$\{?SLURM_ARRAY_TASK_ID\}?"?/([0-9]+)`)
)

// ShardsOf is the number of shards of a job.sh, which people may have edited. Its list
// of tasks must be 1-N, or 1-N%LIMIT, of the same N as the shards that it begins.
func ShardsOf(script []byte) (int, error) {
	n, _, err := tasks(script)
	return n, err
}

// ArrayOf is the list for --array that begins some tasks of a job.sh alone, with the
// limit that it has on tasks at a time.
func ArrayOf(script []byte, some []int) (string, error) {
	_, limit, err := tasks(script)
	return ranges(some) + limit, err
}

// tasks are the number of tasks of a job.sh, and "%LIMIT" where it has one.
func tasks(script []byte) (n int, limit string, err error) {
	list := arrayLine.FindSubmatch(script)
	if list == nil {
		return 0, "", errors.New("it has no line #SBATCH --array=1-N: add it, or remove the file to have it written anew")
	}
	whole := firstToN.FindSubmatch(list[1])
	if whole == nil {
		return 0, "", fmt.Errorf("its list of tasks is %q and not 1-N: put 1-N back, or remove the file to have it written anew; --resume begins only what is missing", list[1])
	}
	n = 1
	if len(whole[1]) > 0 {
		if n, err = strconv.Atoi(string(whole[1])); err != nil {
			return 0, "", fmt.Errorf("its list of tasks is %q: put 1-N back, or remove the file to have it written anew", list[1])
		}
	}
	flag := shardFlag.FindSubmatch(script)
	if flag == nil {
		return 0, "", errors.New(`it begins no shard by --shard "$SLURM_ARRAY_TASK_ID/N": put that back, or remove the file to have it written anew`)
	}
	if of, err := strconv.Atoi(string(flag[1])); err != nil || of != n {
		return 0, "", fmt.Errorf("it has tasks 1-%d, but each begins a shard of %s: make the two numbers the same, or remove the file to have it written anew", n, flag[1])
	}
	return n, string(whole[2]), nil
}

// ranges writes ascending numbers as Slurm reads them: 1,3-5.
func ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		part := strconv.Itoa(numbers[i])
		if j > i {
			part += "-" + strconv.Itoa(numbers[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ",")
}

package suites

import (
	"fmt"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/reports"
)

// node-http-proxy #1510: memory and descriptors that grow with every connection that ended.
var descriptors = Check{
	ID:          "cleanup/descriptors",
	Requirement: "the proxy's descriptors, processes and resident memory return to those from before",
	Otherwise:   "does not return to the descriptors, processes and memory that it had before the endings",
	Measured: "Descriptors, processes and resident memory of all processes of the proxy are read from /proc after a warm-up with as many " +
		"connections at once as the endings have, and again after the endings.",
	Source: "node-http-proxy #1510",
	Level:  Must,
	Judge:  judgeDescriptors,
}

func judgeDescriptors(e Evidence) Finding {
	b := e.Budgets
	f := Finding{
		Expected: fmt.Sprintf("growth by at most %d in descriptors, %d in processes and %s in resident memory",
			b.DescriptorGrowth, b.ProcessGrowth, mebibytes(b.MemoryGrowth)),
		Hint: "the proxy keeps something of each connection: compare with cleanup/nothing-left, then look at its worker and buffer options",
	}
	a := e.After
	if f, ok := unwitnessed(a, f); ok {
		return f
	}
	if a.SharedProcess {
		return f.as(reports.Unsupported, "the proxy shares its process with finwait: what belongs to it cannot be told apart")
	}
	if len(a.Before.Processes) == 0 {
		return f.as(reports.HarnessError, "not measured: no process of the proxy was seen before the endings")
	}
	if len(a.After.Processes) == 0 {
		return f.as(reports.Fail, "no process of the proxy is left after %s", counted(a.Endings, "ending"))
	}
	before, unreadBefore := weighProcesses(a.Before.Processes)
	after, unreadAfter := weighProcesses(a.After.Processes)
	if unread, _ := frequent(slices.Concat(unreadBefore, unreadAfter)); len(unread) > 0 {
		return f.as(reports.HarnessError, "the descriptors could not be read of %s", list(unread))
	}
	growth, over := after.since(before, b.alsoFor(a.Before.Processes, after.processes-before.processes))
	if over {
		return f.as(reports.Fail, "after %s: %s", counted(a.Endings, "ending"), growth)
	}
	return f.as(reports.Pass, "after %s: %s", counted(a.Endings, "ending"), growth)
}

// alsoFor are the budgets with what processes that came in addition have of their own, if as many may come: as much as the
// largest had before.
func (b Budgets) alsoFor(before []sockets.Process, more int) Budgets {
	if more <= 0 || more > b.ProcessGrowth {
		return b
	}
	descriptors, resident := 0, int64(0)
	for _, p := range before {
		descriptors, resident = max(descriptors, p.Descriptors), max(resident, p.Resident)
	}
	b.DescriptorGrowth += more * descriptors
	b.MemoryGrowth += int64(more) * resident
	return b
}

// weight is what all processes of a proxy hold together.
type weight struct {
	descriptors, processes int
	resident               int64 // bytes
}

// weighProcesses adds up what processes hold, and names those whose descriptors could not be read.
// One that has ended and was not waited for holds nothing, but still is a process.
func weighProcesses(processes []sockets.Process) (w weight, unread []string) {
	for _, p := range processes {
		w.processes++
		w.resident += p.Resident
		switch {
		case p.State == "Z" || p.State == "X":
		case p.Descriptors < 0:
			unread = append(unread, named(p))
		default:
			w.descriptors += p.Descriptors
		}
	}
	return w, unread
}

// since says how w differs from before, and whether any part of it grew beyond its budget.
func (w weight) since(before weight, b Budgets) (text string, over bool) {
	var parts []string
	for _, part := range []struct {
		from, to, budget int64
		text             string
	}{
		{int64(before.descriptors), int64(w.descriptors), int64(b.DescriptorGrowth),
			fmt.Sprintf("descriptors %d to %d", before.descriptors, w.descriptors)},
		{int64(before.processes), int64(w.processes), int64(b.ProcessGrowth),
			fmt.Sprintf("processes %d to %d", before.processes, w.processes)},
		{before.resident, w.resident, b.MemoryGrowth,
			fmt.Sprintf("resident memory %s to %s", mebibytes(before.resident), mebibytes(w.resident))},
	} {
		if part.to-part.from > part.budget {
			over = true
			part.text += " (over the budget)"
		}
		parts = append(parts, part.text)
	}
	return strings.Join(parts, ", "), over
}

func mebibytes(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

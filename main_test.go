package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// runLimit is far more than any run here needs: one that hangs fails the test instead of hanging it.
const runLimit = 3 * time.Minute

// small keeps a run short.
var small = []string{"--samples", "3", "--endings", "8", "--patience", "2s"}

var folder string // holds the binary

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "finwait-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// binary is finwait as a release builds it: static, so that it is the agent in the containers too.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(folder, "finwait")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	return path, nil
})

func finwait(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), runLimit)
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, path, args...)
}

// end runs the command and returns its exit code and standard error.
func end(t *testing.T, c *exec.Cmd) (code int, stderr string) {
	t.Helper()
	var errors bytes.Buffer
	c.Stderr = &errors
	err := c.Run()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), errors.String()
}

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	run := func(args ...string) []string {
		return append([]string{"run", "--runtime", "embedded", "--out", filepath.Join(dir, "out")}, args...)
	}
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"command", []string{"nothing"}, `unknown command "nothing" for "finwait"; see finwait --help`},
		{"argument", run("more"), `unknown command "more" for "finwait run"; see finwait run --help`},
		{"flag", run("--sample", "3"), "unknown flag: --sample; see finwait run --help"},
		{"proxy", run("--proxy", "ngnix"), `unknown proxy "ngnix"`},
		{"target", run("--target", "apache@*/nothing"), `target pattern "apache@*/nothing" matches no target; finwait list targets`},
		{"check", run("--check", "close/nothing"), "no check matches \"close/nothing\": 'finwait list checks'"},
		{"runtime", run("--runtime", "podman"), `--runtime "podman": give one of auto, docker, local, embedded`},
		{"versions", run("--versions", "some"), `--versions "some": give default or all`},
		{"negative samples", run("--samples", "-1"), "--samples -1: give 1 or more"},
		{"no number", run("--samples", "many"), `invalid argument "many" for "--samples"`},
		{"no patience", run("--patience", "0"), "--patience 0s: give 2s to"},
		{"a patience that the control has not", run("--patience", "1999ms"), "--patience 1.999s: give 2s to"},
		{"no time", run("--patience", "long"), `invalid argument "long" for "--patience"`},
		{"no label filter", run("--label-filter", "must &&"), `--label-filter "must &&": `},
		{"label that nothing has", run("--label-filter", "nothing"), "no check is left: widen"},
		{"no out", run("--out", ""), "--out is empty: give a folder"},
		{"out is a file", run("--out", write("file", "")), "file cannot be written"},
		{"no budgets", run("--budgets", "no.yaml"), "no.yaml: no such file"},
		{"budget's name", run("--budgets", write("b1.yaml", "back_relase: 1s\n")), `b1.yaml:1:1: unknown field "back_relase"; expected one of`},
		{"half a descriptor", run("--budgets", write("whole.yaml", "descriptor_growth: 2.9\n")), `whole.yaml:1:20: "2.9" is no whole number`},
		{"budget's type", run("--budgets", write("b2.yaml", "\nmemory_growth: much\n")), `b2.yaml:2:16: "much" is no whole number`},
		{"budget's size", run("--budgets", write("b3.yaml", "back_release: 1m\n")), "less than the patience of 10s"},
		{"budget of a new key", run("--budgets", write("b4.yaml", "vanished_client: 1m\n")), "less than the patience of 10s"},
		{"budget without a unit", run("--budgets", write("b5.yaml", "gateway_error: 5\n")), `b5.yaml:1:16: "5" is no time`},
		{"budget of too many", run("--budgets", write("b6.yaml", "back_time_wait: 1000\n")), "at most 999 of 1000 closes"},
		{"no repeat", run("--repeat", "0"), "--repeat 0: give 1 or more"},
		{"negative repeat", run("--repeat", "-1"), "--repeat -1: give 1 or more"},
		{"repeat is no number", run("--repeat", "x"), `invalid argument "x" for "--repeat"`},
		{"no proxies", run("--proxies", filepath.Join(dir, "nowhere")), "nowhere: no such file"},
		{"key in proxy.yaml", run("--proxies", changed(t, "proxy.yaml", "title:", "titel:")), "nginx/proxy.yaml:1:1: unknown key \"titel\""},
		{"type in proxy.yaml", run("--proxies", changed(t, "proxy.yaml", "listen:", "listen: 80\n#")), "nginx/proxy.yaml:"},
		{"known failure's key", run("--proxies", changed(t, "known-failures.yaml", "  why:", "  wy:")), "nginx/known-failures.yaml:"},
		{"known failure's check", run("--proxies", changed(t, "known-failures.yaml", "check: handshake/", "check: hand/")), "known-failures.yaml:"},
		{"list what", []string{"list"}, "say what to list: proxies, targets, checks, scenarios"},
		{"list nothing", []string{"list", "nothing"}, `cannot list "nothing": give proxies`},
		{"explain what", []string{"explain"}, "say which check to explain"},
		{"explain two", []string{"explain", "close/latency", "close/code-preserved"}, "say which check to explain"},
		{"explain an empty name", []string{"explain", ""}, "the pattern is empty"},
		{"explain nothing", []string{"explain", "latency"}, `no check matches "latency", did you mean close/latency`},
		{"explain several", []string{"explain", "close/abrupt-*"}, `matches 2 checks: give one of close/abrupt-client-told, close/abrupt-backend-told`},
		{"explain with no proxies", []string{"explain", "close/latency", "--proxies", filepath.Join(dir, "nowhere")}, "nowhere: no such file"},
		{"selftest's argument", []string{"selftest", "more"}, `unknown command "more" for "finwait selftest"; see finwait selftest --help`},
		{"selftest of no fault", []string{"selftest", "--fault", "none"}, `--fault "none" matches none: give a glob on wrong-accept, `},
		{"selftest of half a glob", []string{"selftest", "--fault", "{a"}, `--fault "{a" is malformed`},
		{"selftest without repeats", []string{"selftest", "--repeats", "0"}, "--repeats 0: give 1 to 100"},
		{"selftest nowhere", []string{"selftest", "--runtime", "podman"}, `--runtime "podman": give one of`},
		{"selftest into a file", []string{"selftest", "--out", write("selftest", "")}, "selftest cannot be written"},
		{"name of a run", run("--id", "a/b"), `--id "a/b": give at most 40 letters`},
		{"merge nothing", []string{"merge", "--out", dir}, "no shard: finwait merge shards/*/run.json --out merged; see finwait merge --help"},
		{"merge nowhere", []string{"merge", "no.json"}, "--out is missing: give the folder"},
		{"merge no run", []string{"merge", "no.json", "--out", filepath.Join(dir, "merged")}, "no.json: no such file"},
		{"a device", []string{"report", "/dev/zero"}, "/dev/zero is no regular file"},
		{"no run", []string{"report", "no.json"}, "no.json: no such file or directory; `finwait run` writes one"},
		{"half a run", []string{"report", write("half.json", `{"schema":"finwait.run/v1","id":`)}, "half.json: cut off"},
		{"a run of tomorrow", []string{"report", write("v9.json", `{"schema":"finwait.run/v9"}`)}, `schema "finwait.run/v9", this finwait reads`},
		{"format", []string{"report", write("v1.json", `{"schema":"finwait.run/v1"}`), "--format", "pdf"}, `unknown format "pdf", expected one of`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			command := finwait(t, c.args...)
			var stdout bytes.Buffer
			command.Stdout = &stdout
			code, stderr := end(t, command)
			if code != 2 || stdout.Len() > 0 {
				t.Errorf("exit code %d, standard output %q; want 2 and none", code, stdout.String())
			}
			if !strings.HasPrefix(stderr, "finwait: ") || !strings.Contains(stderr, c.says) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("standard error %q, want one line with %q", stderr, c.says)
			}
		})
	}
}

// changed is a folder of proxies with the bundled apache and nginx, in which a file of nginx has old replaced by new.
func changed(t *testing.T, file, old, replacement string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"apache", "nginx"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("proxies", name))); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, filepath.Join(dir, "nginx", file), old, replacement)
	return dir
}

// edit replaces the first old in a file.
func edit(t *testing.T, path, old, replacement string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(content, []byte(old)) {
		t.Fatalf("%s has no %q", path, old)
	}
	if err := os.WriteFile(path, bytes.Replace(content, []byte(old), []byte(replacement), 1), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestHelpWithoutArguments(t *testing.T) {
	command := finwait(t)
	var stdout bytes.Buffer
	command.Stdout = &stdout
	if code, stderr := end(t, command); code != 0 || stderr != "" || !strings.Contains(stdout.String(), "Available Commands") {
		t.Errorf("exit code %d, standard error %q, standard output %q; want the help", code, stderr, stdout.String())
	}
}

func TestNoEngine(t *testing.T) {
	nowhere := "DOCKER_HOST=unix://" + filepath.Join(t.TempDir(), "nobody.sock")
	t.Run("docker", func(t *testing.T) {
		command := finwait(t, "run", "--runtime", "docker", "--out", t.TempDir())
		command.Env = append(os.Environ(), nowhere)
		code, stderr := end(t, command)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		last := lines[len(lines)-1]
		if code != 3 || !strings.HasPrefix(last, "finwait: no container engine answers") || !strings.Contains(last, "start Docker") {
			t.Errorf("exit code %d, standard error %q; want 3 and what to do", code, stderr)
		}
	})
	t.Run("auto", func(t *testing.T) {
		args := append([]string{"run", "--target", "goproxy@*/default", "--out", t.TempDir()}, small...)
		command := finwait(t, args...)
		command.Env = append(os.Environ(), nowhere)
		code, stderr := end(t, command)
		if code != 0 || !strings.Contains(stderr, "no container engine answers") {
			t.Errorf("exit code %d, standard error %q; want 0 and why there are no containers", code, stderr)
		}
	})
}

func TestNobodyReadsAList(t *testing.T) {
	for _, args := range [][]string{{"list", "targets"}, {"list", "scenarios", "--json"}, {"explain", "close/latency"}, {"explain", "close/latency", "--json"}} {
		command := finwait(t, args...)
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_ = reader.Close()
		command.Stdout = writer
		if code, stderr := end(t, command); code != 0 || stderr != "" {
			t.Errorf("%v: exit code %d, standard error %q; want 0 and none", args, code, stderr)
		}
		_ = writer.Close()
	}
}

func TestNobodyReads(t *testing.T) {
	out := t.TempDir()
	command := finwait(t, append([]string{"run", "--runtime", "embedded", "--target", "goproxy@*/default", "--out", out}, small...)...)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	command.Stdout = writer
	if code, stderr := end(t, command); code != 0 || strings.Contains(stderr, "finwait: ") {
		t.Errorf("exit code %d, standard error %q; want 0 and no error", code, stderr)
	}
	_ = writer.Close()
	load(t, out)
}

func TestInterrupt(t *testing.T) {
	out := t.TempDir()
	// The patient pass waits for the whole patience.
	code, said := interrupt(t, "patient pass", "run", "--runtime", "embedded", "--target", "goproxy@*/default", "--samples", "20", "--out", out)
	if code != 3 || !strings.Contains(said, "interrupted") {
		t.Errorf("exit code %d, standard error %q; want 3 and that it was interrupted", code, said)
	}
	run := load(t, out)
	if run.Interrupted == "" || len(run.Targets) != 1 || len(run.Results) == 0 {
		t.Errorf("interrupted %q, %d targets, %d results; want it marked, with what was measured", run.Interrupted, len(run.Targets), len(run.Results))
	}
	latency := func(r reports.Result) bool { return r.Check == "close/latency" && r.N == 20 }
	if !slices.ContainsFunc(run.Results, latency) {
		t.Error("the quick pass was over, but its samples are not there")
	}
}

// interrupt runs finwait, sends Ctrl-C when it says that the stage begins, and returns its exit code and standard error.
func interrupt(t *testing.T, stage string, args ...string) (code int, stderr string) {
	t.Helper()
	command := finwait(t, args...)
	pipe, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	buffer := make([]byte, 4096)
	for sent := false; ; {
		n, err := pipe.Read(buffer)
		said.Write(buffer[:n])
		if !sent && strings.Contains(said.String(), stage) {
			sent = true
			if err := command.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	_ = command.Wait() // the exit code says it
	return command.ProcessState.ExitCode(), said.String()
}

func TestInterruptedSelfTest(t *testing.T) {
	code, said := interrupt(t, "accuracy", "selftest", "--runtime", "embedded", "--fault", "cookie-dropped", "--repeats", "1", "--out", t.TempDir())
	if code != 3 || !strings.HasSuffix(said, "finwait: selftest: ended early: interrupted; run it again\n") || !strings.Contains(said, "interrupted: cleaning up") {
		t.Errorf("exit code %d, standard error %q; want 3 and that it was interrupted", code, said)
	}
}

func load(t *testing.T, out string) *reports.Run {
	t.Helper()
	run, err := reports.Load(filepath.Join(out, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// engine is the container engine that finwait would use. Without one the test is skipped.
func engine(t *testing.T) client.APIClient {
	t.Helper()
	if _, err := stand.NewDocker(t.Context(), stand.Options{Say: t.Logf}); err != nil {
		t.Skipf("NOT TESTED with containers: %v", err)
	}
	provider, err := testcontainers.NewDockerProvider()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = provider.Close() })
	return provider.Client()
}

func TestContainers(t *testing.T) {
	api, out := engine(t), t.TempDir()
	budgets := filepath.Join(t.TempDir(), "budgets.yaml") // how busy this machine is now is no matter of this test
	if err := os.WriteFile(budgets, []byte("latency_added: 1s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stderr := end(t, finwait(t, "run", "--runtime", "docker", "--target", "nginx@*/map-upgrade", "--target", "apache@*/wstunnel",
		"--samples", "5", "--endings", "40", "--patience", "5s", "--budgets", budgets, "--out", out))
	run := load(t, out)
	if code != 0 {
		t.Errorf("exit code %d, want 0; standard error: %s", code, stderr)
		for _, r := range run.Results {
			if r.Verdict == reports.Fail || r.Verdict == reports.HarnessError || r.Verdict == reports.UnexpectedPass {
				t.Errorf("%s: %s %s in %s: %s", r.Target, r.Verdict, r.Check, r.Scenario, r.Actual)
			}
		}
	}
	nothingLeft(t, api, run.ID)
	for i, want := range []string{"apache@", "nginx@"} {
		if len(run.Targets) != 2 || !strings.HasPrefix(run.Targets[i].ID, want) {
			t.Fatalf("targets %+v, want apache and nginx", run.Targets)
		}
	}
	if len(run.Control) == 0 {
		t.Error("there is no control")
	}
	for _, r := range run.Control {
		if r.Verdict == reports.Fail || r.Verdict == reports.HarnessError {
			t.Errorf("the control: %s %s in %s: %s", r.Verdict, r.Check, r.Scenario, r.Actual)
		}
	}
	held := slices.IndexFunc(run.Results, func(r reports.Result) bool {
		return r.Target == run.Targets[0].ID && r.Check == "cleanup/back-leg-released" && r.Scenario == "client-holds"
	})
	if held < 0 {
		t.Fatal("apache's back leg was not judged")
	}
	r := run.Results[held]
	if r.Verdict != reports.KnownFailure || r.Known == nil || !strings.Contains(r.Known.Entry, "apache/known-failures.yaml:") || r.TimedOut == 0 {
		t.Errorf("%+v, want the known failure with its entry", r)
	}
	kinds := map[string]bool{}
	for _, path := range r.Evidence {
		kinds[filepath.Ext(path)] = true
	}
	if !kinds[".json"] || !kinds[".pcapng"] {
		t.Errorf("evidence %v, want traces and packets", r.Evidence)
	}
	for _, r := range slices.Concat(run.Results, run.Control) {
		for _, path := range r.Evidence {
			readable(t, filepath.Join(out, path))
		}
	}
}

// readable demands of a file of evidence that it is what its name says.
func readable(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	switch filepath.Ext(path) {
	case ".json":
		var traces []trace.Trace
		if err := json.Unmarshal(content, &traces); err != nil || len(traces) == 0 {
			t.Errorf("%s: %d traces, %v", path, len(traces), err)
		}
	case ".pcapng":
		if header := []byte{0x0a, 0x0d, 0x0d, 0x0a}; !bytes.HasPrefix(content, header) || len(content) < 500 {
			t.Errorf("%s: %d bytes, want packets", path, len(content))
		}
	}
}

func nothingLeft(t *testing.T, api client.APIClient, run string) {
	t.Helper()
	filters := client.Filters{}.Add("label", "finwait="+run)
	containers, err := api.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: filters})
	if err != nil {
		t.Fatal(err)
	}
	networks, err := api.NetworkList(t.Context(), client.NetworkListOptions{Filters: filters})
	if err != nil {
		t.Fatal(err)
	}
	if len(containers.Items)+len(networks.Items) > 0 {
		t.Errorf("run %s left %d containers and %d networks", run, len(containers.Items), len(networks.Items))
	}
}

// A configuration that its vendor refuses is a matter of its target alone.
func TestRefusedConfigurations(t *testing.T) {
	api, out := engine(t), t.TempDir()
	dir := changed(t, "configs/map-upgrade.conf", "proxy_pass ", "proxy_passs ")
	edit(t, filepath.Join(dir, "apache/configs/wstunnel.conf"), "\n    ProxyPass ", "\n    ProxyPasss ")
	args := append([]string{"run", "--runtime", "docker", "--proxies", dir, "--check", "handshake/upgrade-accepted", "--out", out,
		"--target", "nginx@*/{map-upgrade,keepalive-upstream}", "--target", "apache@*/wstunnel"}, small...)
	if code, stderr := end(t, finwait(t, args...)); code != 3 {
		t.Errorf("exit code %d, want 3; standard error: %s", code, stderr)
	}
	run := load(t, out)
	nothingLeft(t, api, run.ID)
	seen := map[string]int{}
	for _, r := range run.Results {
		config := r.Target[strings.LastIndex(r.Target, "/")+1:]
		seen[config]++
		says := map[string]string{
			"map-upgrade": `unknown directive "proxy_passs" in /etc/nginx/nginx.conf:`,
			"wstunnel":    "of /usr/local/apache2/conf/httpd.conf: Invalid command 'ProxyPasss'",
		}[config]
		switch {
		case says == "" && r.Verdict != reports.Pass:
			t.Errorf("%s %s: %s, want a pass", r.Target, r.Verdict, r.Actual)
		case says != "" && (r.Verdict != reports.HarnessError || !strings.Contains(r.Actual, says)):
			t.Errorf("%s %s: %s, want the vendor's %q", r.Target, r.Verdict, r.Actual, says)
		}
	}
	if len(seen) != 3 {
		t.Errorf("results of %v, want three configurations", seen)
	}
}

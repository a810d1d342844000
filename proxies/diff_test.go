package proxies

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// git takes the diff, also where the file has no newline at its end.
func TestDiffApplies(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal("git is needed to show that it takes the diff: install it")
	}
	long := strings.Repeat("l\n", 40)
	for _, test := range []struct{ name, before, after string }{
		{"app.conf", "a\nb\nc\n", "a\nX\nb\nc\n"},
		{"sites/app.conf", "a\nb", "a\nB"},
		{"sites/app.conf", "a", "a\nb\n"},
		{"sites/app.conf", "a\n", "a"},
		{"sites/app.conf", "a\r\nb\r\n", "a\r\nx\r\nb\r\n"},
		{"my sites/app one.conf", "a\nb\n", "b\n"},
		{"app.conf", long, long[:20] + "m\n" + long[20:60] + "n\n" + long[60:]},
		{"app.conf", "\xff a\n\xfe\n", "\xff b\n\xfe\n"},
	} {
		dir := t.TempDir()
		name := filepath.Join(dir, filepath.FromSlash(test.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(test.before), 0o600); err != nil {
			t.Fatal(err)
		}
		diff := Diff(test.name, []byte(test.before), []byte(test.after))
		for _, arguments := range [][]string{{"apply", "--check", "-"}, {"apply", "-"}} {
			command := exec.Command(git, arguments...)
			command.Dir, command.Stdin = dir, strings.NewReader(diff)
			command.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL="+os.DevNull)
			if said, err := command.CombinedOutput(); err != nil {
				t.Errorf("%s, %q to %q: git %s: %v, %s\n%s", test.name, test.before, test.after, arguments[0], err, said, diff)
			}
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != test.after {
			t.Errorf("%s, %q to %q: it became %q, %v", test.name, test.before, test.after, got, err)
		}
	}
}

func TestDiff(t *testing.T) {
	if got := Diff("x", []byte("a\n"), []byte("a\n")); got != "" {
		t.Errorf("equal files differ: %q", got)
	}
	const want = "--- a/d/x\n+++ b/d/x\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+new\n 5\n 6\n 7\n\\ No newline at end of file\n"
	if got := Diff("d/x", []byte("1\n2\n3\n4\n5\n6\n7"), []byte("1\n2\n3\n4\nnew\n5\n6\n7")); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

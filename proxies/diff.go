package proxies

import "github.com/aymanbagabas/go-udiff"

// Diff is the unified diff of a file of that name, with three lines of context, as `git apply` and `patch -p1` take it; empty:
// there is no difference. The name has slashes.
func Diff(name string, before, after []byte) string {
	return udiff.Unified("a/"+name, "b/"+name, string(before), string(after))
}

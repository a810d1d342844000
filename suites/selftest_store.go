package suites

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/finwait/finwait/reports"
)

// selfTestFile is the name of a saved selftest, in --out and in the user's cache folder.
const selfTestFile = "selftest.json"

// storedSelfTest is the content of the file in the cache folder: the last selftest, and which build it speaks of.
type storedSelfTest struct {
	Build    string            `json:"build"`
	SelfTest *reports.SelfTest `json:"self_test"`
}

// lastSelfTest returns what the selftest of this build showed on this machine; nil where it was not run.
func lastSelfTest(version string) *reports.SelfTest {
	path, err := selfTestPath()
	if err != nil {
		return nil
	}
	build, err := buildOf(version)
	if err != nil {
		return nil
	}
	return loadSelfTest(path, build)
}

// keepSelfTest saves the selftest of this build for lastSelfTest.
func keepSelfTest(version string, t *reports.SelfTest) error {
	path, err := selfTestPath()
	if err != nil {
		return fmt.Errorf("keep the selftest: %w", err)
	}
	build, err := buildOf(version)
	if err != nil {
		return fmt.Errorf("keep the selftest: %w", err)
	}
	return writeJSON(path, storedSelfTest{Build: build, SelfTest: t})
}

// loadSelfTest reads what keepSelfTest wrote; nil when there is nothing that speaks of build.
func loadSelfTest(path, build string) *reports.SelfTest {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var stored storedSelfTest
	if json.Unmarshal(content, &stored) != nil || stored.Build != build {
		return nil
	}
	return stored.SelfTest
}

func selfTestPath() (string, error) {
	folder, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, "finwait", selfTestFile), nil
}

// buildOf names a build of finwait: its version, and a hash of the executable, because versions of builds from a changed
// work tree are all the same.
func buildOf(version string) (string, error) {
	sum, err := ownHash()
	return version + " " + sum, err
}

// ownHash is the SHA-256 of this executable.
var ownHash = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read this program: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
})

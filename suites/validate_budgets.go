package suites

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// budgetsBeside is the file with budgets that belongs to a configuration: it lies beside it.
const budgetsBeside = "finwait.yaml"

// settleBudgets takes the budgets of the file beside the configuration or of --budgets, and over them those of --budget. The patience
// grows with them unless it was given.
func (v *validation) settleBudgets(patienceGiven bool) error {
	b := DefaultBudgets()
	file, err := v.fileOfBudgets()
	if err != nil {
		return err
	}
	if file != "" {
		if b, err = LoadBudgets(file, b); err != nil {
			return err
		}
	}
	for _, given := range v.budgets {
		if b, err = b.with(given); err != nil {
			return err
		}
	}
	o := &v.options
	switch {
	case v.quick:
		b = b.Within(o.Patience)
		b.IdleAtLeast, b.VanishedClient, b.ReloadKeeps = min(b.IdleAtLeast, o.Patience), 0, 0
	case !patienceGiven:
		o.Patience = patienceFor(b, o.Patience)
	}
	o.Budgets = b
	return o.Validate()
}

// fileOfBudgets is the file with budgets; empty: there is none.
func (v *validation) fileOfBudgets() (string, error) {
	if v.budgetsFile != "" {
		return v.budgetsFile, nil
	}
	folder := v.path
	if info, err := os.Stat(folder); err == nil && !info.IsDir() {
		folder = filepath.Dir(folder)
	}
	beside := filepath.Join(folder, budgetsBeside)
	info, err := os.Stat(beside)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission): // the configuration itself is looked for later
		return "", nil
	case err != nil:
		return "", fmt.Errorf("look for budgets: %w", err)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is no file: expected one with budgets such as 'back_release: 5s'", beside)
	}
	return beside, nil
}

// with is b with one budget replaced, given as NAME=VALUE.
func (b Budgets) with(given string) (Budgets, error) {
	name, value, ok := strings.Cut(given, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !ok || name == "" || value == "" {
		return Budgets{}, fmt.Errorf("--budget %q: give NAME=VALUE, for instance back_release=2s", given)
	}
	b, err := readBudgets(strings.NewReader(name+": "+value+"\n"), b)
	if err != nil {
		return Budgets{}, fmt.Errorf("--budget %s%w", given, err)
	}
	return b, nil
}

// changed are the names of the budgets that are not the default ones, in the order of the struct; never nil.
func (b Budgets) changed() []string {
	names := []string{}
	now, usual := reflect.ValueOf(b), reflect.ValueOf(DefaultBudgets())
	for i := range now.NumField() {
		if !now.Field(i).Equal(usual.Field(i)) {
			names = append(names, now.Type().Field(i).Tag.Get("yaml"))
		}
	}
	return names
}

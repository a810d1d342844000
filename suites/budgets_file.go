package suites

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// budgetsFile is what a file may say; what it leaves out keeps its default.
//
//	latency_added: 50ms
//	back_release: 8s
//	memory_growth: 67108864   # bytes
type budgetsFile struct {
	LatencyAdded     *duration `yaml:"latency_added"`
	BackRelease      *duration `yaml:"back_release"`
	FrontRelease     *duration `yaml:"front_release"`
	AbruptTold       *duration `yaml:"abrupt_told"`
	GatewayError     *duration `yaml:"gateway_error"`
	VanishedClient   *duration `yaml:"vanished_client"`
	BackTimeWait     *whole    `yaml:"back_time_wait"`
	IdleAtLeast      *duration `yaml:"idle_at_least"`
	ReloadKeeps      *duration `yaml:"reload_keeps"`
	DescriptorGrowth *whole    `yaml:"descriptor_growth"`
	ProcessGrowth    *whole    `yaml:"process_growth"`
	MemoryGrowth     *whole    `yaml:"memory_growth"`
}

// duration is a time with its unit: a bare number would be taken for nanoseconds.
type duration time.Duration

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (d *duration) UnmarshalYAML(node ast.Node) error {
	token := node.GetToken()
	value, err := time.ParseDuration(token.Value)
	if err != nil {
		return &yaml.SyntaxError{
			Message: fmt.Sprintf("%q is no time; expected one with its unit, such as 30ms or 5s", token.Value),
			Token:   token,
		}
	}
	*d = duration(value)
	return nil
}

// whole is a number without a fraction, which the library would cut off.
type whole int64

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (w *whole) UnmarshalYAML(node ast.Node) error {
	token := node.GetToken()
	value, err := strconv.ParseInt(token.Value, 10, 64)
	if err != nil {
		return &yaml.SyntaxError{Message: fmt.Sprintf("%q is no whole number", token.Value), Token: token}
	}
	*w = whole(value)
	return nil
}

// LoadBudgets returns b with those budgets replaced that the YAML file at path names. The error is one line with the
// file and, where there is one, the place in it.
func LoadBudgets(path string, b Budgets) (Budgets, error) {
	file, err := os.Open(path)
	if err != nil {
		return Budgets{}, fmt.Errorf("read budgets: %w", err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	b, err = readBudgets(file, b)
	if err != nil {
		return Budgets{}, fmt.Errorf("%s%w", path, err)
	}
	return b, nil
}

// readBudgets is LoadBudgets of r; its error begins with the place.
func readBudgets(r io.Reader, b Budgets) (Budgets, error) {
	var f budgetsFile
	if err := yaml.NewDecoder(r, yaml.Strict()).Decode(&f); err != nil {
		return Budgets{}, placed(err)
	}
	replace((*duration)(&b.LatencyAdded), f.LatencyAdded)
	replace((*duration)(&b.BackRelease), f.BackRelease)
	replace((*duration)(&b.FrontRelease), f.FrontRelease)
	replace((*duration)(&b.AbruptTold), f.AbruptTold)
	replace((*duration)(&b.GatewayError), f.GatewayError)
	replace((*duration)(&b.VanishedClient), f.VanishedClient)
	replaceCount(&b.BackTimeWait, f.BackTimeWait)
	replace((*duration)(&b.IdleAtLeast), f.IdleAtLeast)
	replace((*duration)(&b.ReloadKeeps), f.ReloadKeeps)
	replaceCount(&b.DescriptorGrowth, f.DescriptorGrowth)
	replaceCount(&b.ProcessGrowth, f.ProcessGrowth)
	replaceCount(&b.MemoryGrowth, f.MemoryGrowth)
	return b, nil
}

func replace[T any](value, by *T) {
	if by != nil {
		*value = *by
	}
}

func replaceCount[N int | int64](value *N, by *whole) {
	if by != nil {
		*value = N(*by)
	}
}

// placed makes one line of the library's error, which is several lines with a drawing of the source.
func placed(err error) error {
	var y yaml.Error
	var unknown *yaml.UnknownFieldError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New(": the file is empty; expected budgets such as 'back_release: 5s'")
	case !errors.As(err, &y) || y.GetToken() == nil:
		return fmt.Errorf(": %w", err)
	}
	p, message := y.GetToken().Position, y.GetMessage()
	if errors.As(err, &unknown) {
		message += "; expected one of " + strings.Join(budgetKeys(), ", ")
	}
	return fmt.Errorf(":%d:%d: %s", p.Line, p.Column, message)
}

func budgetKeys() []string {
	var keys []string
	for field := range reflect.TypeFor[budgetsFile]().Fields() {
		keys = append(keys, field.Tag.Get("yaml"))
	}
	return keys
}

package proxies

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// place is a position in a file, both counted from 1.
type place struct{ line, column int }

// header is what the leading comment block of a configuration file says.
type header struct {
	configuration *Configuration
	file          string
	varies        place
	changes       []place
}

// markers begin a comment, in the formats that configurations are written in.
var markers = []string{"#", "//", ";"}

// keyMark begins the lines of a header that are keys.
const keyMark = "finwait:"

// parseHeader reads the leading comment block of source. With an error comes the place where it is.
func parseHeader(source []byte) (header, place, error) {
	h := header{configuration: &Configuration{}}
	rest := source
	titled := false // the first paragraph has ended
	for n := 1; len(rest) > 0; n++ {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		text, column, isComment := comment(string(line))
		if !isComment {
			break
		}
		rest = after
		key, isKey := strings.CutPrefix(text, keyMark)
		switch {
		case isKey:
			if err := h.set(strings.TrimSpace(key), place{n, column}); err != nil {
				return header{}, place{n, column}, err
			}
			titled = h.configuration.Title != ""
		case text == "":
			titled = h.configuration.Title != ""
		case !titled:
			h.configuration.Title = strings.TrimSpace(h.configuration.Title + " " + text)
		}
	}
	p, err := h.check(rest)
	return h, p, err
}

// comment takes the marker off a line and says at which column the text begins.
func comment(line string) (text string, column int, ok bool) {
	for _, marker := range markers {
		if !strings.HasPrefix(line, marker) {
			continue
		}
		text = strings.TrimLeft(line, marker)
		text = strings.TrimLeft(text, " \t")
		return strings.TrimRight(text, " \t\r"), len(line) - len(text) + 1, true
	}
	return "", 0, false
}

func (h *header) set(line string, p place) error {
	key, value, _ := strings.Cut(line, " ")
	value = strings.TrimSpace(value)
	switch key {
	case "varies":
		if h.configuration.Varies != "" {
			return fmt.Errorf("varies is given twice; expected it once")
		}
		if value == "" {
			return errors.New("varies is empty; expected the name of a configuration")
		}
		h.configuration.Varies, h.varies = value, p
	case "changes":
		if value == "" {
			return errors.New("changes is empty; expected text of this file")
		}
		h.configuration.Changes = append(h.configuration.Changes, value)
		h.changes = append(h.changes, p)
	case "needs":
		if _, err := semver.NewConstraint(value); err != nil {
			return fmt.Errorf("needs %q is no version range; expected one like \">=2.4.47\"", value)
		}
		h.configuration.Needs = value
	case "tls":
		if value != "yes" {
			return fmt.Errorf("tls is %q; expected yes, or no such line", value)
		}
		h.configuration.TLS = true
	default:
		return fmt.Errorf("unknown key %q; expected varies, changes, needs or tls", key)
	}
	return nil
}

// check judges the header as a whole; body is the file without it.
func (h *header) check(body []byte) (place, error) {
	c := h.configuration
	if c.Title == "" {
		return place{1, 1}, errors.New("no title; expected a comment block that begins with a sentence on what this file is")
	}
	for i, change := range c.Changes {
		if c.Varies == "" {
			return h.changes[i], errors.New("changes without varies; expected a line \"finwait: varies NAME\" too")
		}
		if !bytes.Contains(body, []byte(change)) {
			return h.changes[i], fmt.Errorf("changes %q does not occur below; expected text of this file, letter by letter", change)
		}
	}
	return place{}, nil
}

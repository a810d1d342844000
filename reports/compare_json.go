package reports

import (
	"encoding/json"
	"io"
)

// json writes the comparison as it is, in its one order (schema [CompareSchema]).
func (c *Comparison) json(w io.Writer, _ Style) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(c)
}

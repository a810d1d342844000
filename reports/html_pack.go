package reports

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"html/template"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// pack is one page and all its cells, as HTML, compressed.
type pack struct {
	Page string
	Data template.HTML // base64, so that nothing in it can end the element that holds it
}

// packs renders the pages of all targets, in the order of the matrix.
func (s *site) packs() ([]pack, error) {
	packs := make([]pack, len(s.overview.Rows))
	var group errgroup.Group
	group.SetLimit(runtime.NumCPU())
	for i, row := range s.overview.Rows {
		group.Go(func() error {
			var err error
			packs[i], err = s.pack(row)
			return err
		})
	}
	return packs, group.Wait()
}

func (s *site) pack(row Row) (pack, error) {
	var fragment bytes.Buffer
	if err := htmlTemplates.ExecuteTemplate(&fragment, "target.tmpl", s.target(row)); err != nil {
		return pack{}, fmt.Errorf("render %s: %w", row.page(), err)
	}
	data, err := compress(fragment.Bytes())
	if err != nil {
		return pack{}, fmt.Errorf("pack %s: %w", row.page(), err)
	}
	return pack{row.page(), template.HTML(data)}, nil //nolint:gosec // base64
}

func compress(content []byte) (string, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(content); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed.Bytes()), nil
}

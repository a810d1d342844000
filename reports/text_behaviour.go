package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

const (
	maxBehaving = 24 // columns of a name
	minTrait    = 8  // columns of a trait
)

// behaviours folds the targets of one product that behave alike.
func (p *page) behaviours(run *Run) {
	b := NewBehaviours(run)
	if len(b.Rows) == 0 {
		return
	}
	p.section("HOW THEY BEHAVE", "no requirement says which is right")
	names := min(maxBehaving, p.width/3)
	traits := max(minTrait, (p.width-names-1-len(b.Traits))/len(b.Traits))
	t := table.NewWriter()
	t.SetStyle(tableStyle())
	header := table.Row{"target"}
	for _, name := range b.Traits {
		header = append(header, text.WrapSoft(name, traits))
	}
	t.AppendHeader(header)
	for _, product := range sameProducts(b.byProduct()) {
		t.AppendRow(table.Row{p.paint(bold, strings.Join(wrapWords(strings.Fields(product.name), names, names), "\n"))})
		for _, row := range product.rows {
			cells := table.Row{"  " + shorten(row.name(), names-2)}
			for _, cell := range row.cells {
				cells = append(cells, wrapped(cell, traits))
			}
			t.AppendRow(cells)
		}
	}
	for line := range strings.Lines(t.Render()) {
		p.text.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// wrapped breaks a cell between words, and a word that is longer than the column as well.
func wrapped(cell Trait, width int) string {
	if cell.Name == "" {
		return "-"
	}
	return strings.Join(wrapWords(strings.Fields(cell.Value), width, width), "\n")
}

// product is a proxy in the versions of which all rows are the same.
type product struct {
	name string
	rows []behaviourLine
}

// behaviourLine is the targets of a product that behave alike.
type behaviourLine struct {
	names []string
	cells []Trait
}

// name is that of the first target, and how many others behave like it.
func (l behaviourLine) name() string {
	switch n := len(l.names) - 1; n {
	case 0:
		return l.names[0]
	case 1:
		return l.names[0] + ", " + l.names[1]
	default:
		return fmt.Sprintf("%s and %d more", l.names[0], n)
	}
}

func (b Behaviours) byProduct() []product {
	var products []product
	for _, row := range b.Rows {
		name := row.Target.Product()
		if n := len(products); n == 0 || products[n-1].name != name {
			products = append(products, product{name: name})
		}
		current := &products[len(products)-1]
		i := slices.IndexFunc(current.rows, func(l behaviourLine) bool { return slices.EqualFunc(l.cells, row.Cells, sameValue) })
		if i < 0 {
			i, current.rows = len(current.rows), append(current.rows, behaviourLine{cells: row.Cells})
		}
		current.rows[i].names = append(current.rows[i].names, row.Target.Name())
	}
	return products
}

// sameProducts joins the versions of a proxy that behave alike: "apache@2.4.62, 2.4.71".
func sameProducts(products []product) []product {
	var joined []product
	for _, next := range products {
		proxy, version, _ := strings.Cut(next.name, "@")
		if n := len(joined); n > 0 && strings.HasPrefix(joined[n-1].name, proxy+"@") && slices.EqualFunc(joined[n-1].rows, next.rows, sameLine) {
			joined[n-1].name += ", " + version
			continue
		}
		joined = append(joined, next)
	}
	return joined
}

func sameLine(a, b behaviourLine) bool {
	return slices.Equal(a.names, b.names) && slices.EqualFunc(a.cells, b.cells, sameValue)
}

func sameValue(a, b Trait) bool { return a.Name == b.Name && a.Value == b.Value }

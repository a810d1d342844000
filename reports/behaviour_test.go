package reports

import (
	"reflect"
	"testing"
)

func TestBehaviours(t *testing.T) {
	s := matrix(t)
	b := NewBehaviours(&s.Run)
	if want := []string{"half-close", "closes first", "idle limit", "reload"}; !reflect.DeepEqual(b.Traits, want) {
		t.Errorf("got %v, want %v", b.Traits, want)
	}
	if len(b.Rows) != len(s.Targets) {
		t.Fatalf("got %d rows of %d targets", len(b.Rows), len(s.Targets))
	}
	for i, target := range inReadingOrder(s.Targets) {
		row := b.Rows[i]
		if row.Target.ID != target.ID || len(row.Cells) != 4 {
			t.Errorf("row %d is %+v, want %s", i, row, target.ID)
		}
		reload := Trait{}
		if target.Proxy == "nginx" {
			reload = Trait{"reload", "connections outlive it", "All were open."}
		}
		if row.Cells[3] != reload {
			t.Errorf("%s: %+v", target.ID, row.Cells[3])
		}
	}
	s.Targets[0].Behaviour = nil
	s.Targets[1].Behaviour = []Trait{{"half-close", "", "The upgrade was not accepted."}}
	if got := NewBehaviours(&s.Run); len(got.Rows) != len(s.Targets)-2 {
		t.Errorf("got %d rows", len(got.Rows))
	}
	if got := traitChanges(s.Targets[1], s.Targets[2]); len(got) != 0 {
		t.Errorf("what was not seen is different: %+v", got)
	}
	if got := NewBehaviours(&Run{}); len(got.Rows)+len(got.Traits) != 0 {
		t.Errorf("of nothing, got %+v", got)
	}
}

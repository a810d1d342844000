package proxies

import "testing"

func TestSiteFileKeepsLinesAside(t *testing.T) {
	file := SiteFile{Path: "/x", Aside: []string{"LoadModule a_module a.so"}}.With([]byte("One\n  LoadModule a_module a.so\nLoadModule b_module b.so"))
	if want := "One\n#  LoadModule a_module a.so\nLoadModule b_module b.so"; string(file.Content) != want {
		t.Errorf("got %q, want %q", file.Content, want)
	}
	if plain := (SiteFile{}).With([]byte("x\n")); string(plain.Content) != "x\n" {
		t.Errorf("got %q", plain.Content)
	}
}

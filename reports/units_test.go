package reports

import "testing"

func TestFormatDuration(t *testing.T) {
	tests := map[float64]string{
		0:        "0 µs",
		0.0004:   "0 µs",
		0.030:    "30 µs",
		-0.012:   "-12 µs",
		0.9994:   "999 µs",
		0.9996:   "1.00 ms",
		1.234:    "1.23 ms",
		9.996:    "10.0 ms",
		12.34:    "12.3 ms",
		99.96:    "100 ms",
		123.4:    "123 ms",
		999.4:    "999 ms",
		999.6:    "1.00 s",
		-1234.0:  "-1.23 s",
		30000:    "30.0 s",
		123456.0: "123 s",
	}
	for ms, want := range tests {
		if got := FormatDuration(ms); got != want {
			t.Errorf("FormatDuration(%v) = %q, want %q", ms, got, want)
		}
	}
}

func TestFormatCap(t *testing.T) {
	tests := map[float64]string{10000: "> 10 s", 2500: "> 2.5 s", 2000: "> 2 s", 500: "> 500 ms", 9999.9996: "> 10 s"}
	for ms, want := range tests {
		if got := FormatCap(ms); got != want {
			t.Errorf("FormatCap(%v) = %q, want %q", ms, got, want)
		}
	}
}

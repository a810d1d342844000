package proxies

import (
	"fmt"
	"slices"
	"strings"
)

// hint proposes the name that is nearest to what was typed, or nothing if none is near.
func hint(typed string, there []string) string {
	near := Near(typed, there)
	if len(near) == 0 {
		return ""
	}
	return fmt.Sprintf(", did you mean %q", near[0])
}

// maxNear is how many names Near returns at most.
const maxNear = 3

// Near returns the names that are near to what was typed, or that have it as a part: the nearest first, at most three.
func Near(typed string, there []string) []string {
	var near []string
	for _, name := range there {
		if distance(typed, name) <= len(typed)/2 || typed != "" && strings.Contains(name, typed) {
			near = append(near, name)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return distance(typed, a) - distance(typed, b) })
	return near[:min(len(near), maxNear)]
}

// distance is the number of bytes to insert, delete or replace to get from a to b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

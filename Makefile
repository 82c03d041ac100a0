# Kakehashi: every target installs what it lacks (Debian and Ubuntu, as root) or says in one line what to install.
# The work is done by the scripts in scripts/; here is only what depends on what.

MAKEFLAGS += --no-print-directory --no-builtin-rules
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Folders too, so that a file that was removed is noticed.
MODULES := $(shell sed -n 's|.*<module>\(.*\)</module>.*|\1|p' pom.xml)
JAVA_SOURCES := pom.xml $(MODULES:=/pom.xml) $(shell find $(MODULES:=/src) -type d -o -type f)
NATIVE_SOURCES := $(shell find native -type d -o -type f)
DIST_SOURCES := $(wildcard scripts/dist/* deploy/kubernetes/* deploy/bird/*) $(shell find deploy/host -type f)

.PHONY: help setup build demo test test-unit test-kernel test-peers test-kubernetes test-vm test-soak image bench lint format docs install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

setup: ## install everything that the other targets need
	@scripts/setup.sh

build: build/dist.stamp ## make dist/: the command, the plugin binaries, the libraries

build/java.stamp: $(JAVA_SOURCES)
	@scripts/build.sh java
	@touch $@

build/native.stamp: $(NATIVE_SOURCES)
	@scripts/build.sh native
	@touch $@

build/dist.stamp: build/java.stamp build/native.stamp $(DIST_SOURCES)
	@scripts/build.sh dist
	@touch $@

image: build ## the container image in build/image (ARCH="amd64 arm64"); PUSH=REPOSITORY:TAG pushes it
	@scripts/image.sh $(ARCH)

demo: build ## three nodes and six pods on this machine, over vxlan and then host-gw
	@scripts/demo.sh

test: build ## run every tier but soak, and sum up
	@scripts/test.sh unit kernel peers kubernetes vm

test-unit: ## pure functions: needs nothing
	@scripts/test.sh unit

test-kernel: build ## on this machine's kernel: needs root
	@scripts/test.sh kernel

test-peers: build ## against the reference plugins and container engines: needs root
	@scripts/test.sh peers

test-kubernetes: build ## as the network of a real Kubernetes of three nodes: needs root
	@scripts/test.sh kubernetes

test-vm: build ## what this machine's kernel lacks, in a small virtual machine: needs root
	@scripts/test.sh kernel vm

test-soak: build ## long runs with crashes, drift and load: needs root
	@scripts/test.sh soak

bench: build ## measure beside the reference plugins and hand-made networks (PARTS="plugins agent lab datapath carriers chains scale conformance cluster heal converge ipam migrate kubernetes", ROUNDS=3 for a short run)
	@scripts/bench.sh $(ROUNDS) $(PARTS)

lint: ## formatting, static analysis, architecture, C and shell
	@scripts/lint.sh

format: ## format the Java code
	@scripts/format.sh

docs: ## the API documentation, in build/apidocs
	@scripts/docs.sh

install: build ## copy dist/ to $(DESTDIR)$(PREFIX) and the plugins to /opt/cni/bin
	@scripts/install.sh

clean: ## remove what the build made
	@scripts/clean.sh

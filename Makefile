# The targets are exactly what continuous integration runs. Each first sees to it that what it
# needs is installed; `scripts/setup PROFILE` says what is missing.

SHELL := /bin/bash
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: build demo run kit test test-clients test-plugins reference fuzz lint bench

# Of `make fuzz`, for each way in.
SECONDS_EACH := 60

build:
	scripts/setup build
	cargo build --release --locked --package lds
	scripts/build-plugins

demo: build kit
	scripts/demo

run: build kit
	scripts/demo --keep

# Stands in for a vendor's signing kit in the demonstration.
kit:
	cargo build --release --locked --package lds-kit

test:
	scripts/setup test
	cargo test --workspace --locked

# Every SOAP stack of tests/clients, as its users install it, the examples that are made with one, and
# the contract of FlexNet Operations from Java.
test-clients:
	scripts/setup clients
	cargo test --package lds --test lds --locked -- --ignored clients::stacks examples fno::jaxws

# `lds plugin new` in each language, built by its own tools.
test-plugins:
	scripts/setup plugins
	cargo test --package lds --test lds --locked -- --ignored authors

# docs/soap-reference.md and docs/abi-reference.md anew, after a change of a WSDL, a schema or the
# header.
reference:
	LDS_REWRITE=1 cargo test --package lds --test lds --locked -- docs::reference docs::abi

# Bytes from outside, as a fuzzer makes them up.
fuzz:
	scripts/setup fuzz
	scripts/fuzz $(SECONDS_EACH)

lint:
	scripts/setup lint
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- --deny warnings
	$(TARGET)/tools/bin/cargo-deny --locked check bans licenses sources

bench: build
	scripts/setup bench
	scripts/bench

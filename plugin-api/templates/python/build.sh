#!/bin/sh
# Needs: pip install componentize-py
set -e
cd "$(dirname "$0")"
componentize-py --wit-path wit --world generator componentize --stub-wasi app -o hello.wasm

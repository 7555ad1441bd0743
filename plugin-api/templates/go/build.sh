#!/bin/sh
# Needs: Go 1.24 or newer
set -e
cd "$(dirname "$0")"
GOOS=wasip1 GOARCH=wasm go build -trimpath -ldflags="-s -w" -buildmode=c-shared -o hello.wasm .

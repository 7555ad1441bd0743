#!/bin/sh
# Needs: Node.js, and npm install
set -e
cd "$(dirname "$0")"
npx --no-install asc hello.ts -O3 --runtime stub --use abort= -o hello.wasm

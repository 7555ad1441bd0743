#!/bin/sh
# Needs: Zig 0.15 or newer, or pip install ziglang
set -e
cd "$(dirname "$0")"
zig=$(command -v zig || echo "python3 -m ziglang")
$zig build-exe hello.zig -target wasm32-freestanding -mcpu=generic+bulk_memory -O ReleaseSmall \
  -fno-entry --export=lds_abi --export=lds_call -femit-bin=hello.wasm

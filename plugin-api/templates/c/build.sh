#!/bin/sh
# Needs: clang and lld, or Zig (pip install ziglang has it)
set -e
cd "$(dirname "$0")"
zig=$(command -v zig || echo "python3 -m ziglang")
if command -v clang >/dev/null && command -v wasm-ld >/dev/null; then
  clang --target=wasm32-unknown-unknown -O2 -ffreestanding -nostdlib -mbulk-memory \
    -Wl,--no-entry -o hello.wasm hello.c
else
  $zig cc -target wasm32-freestanding -O2 -ffreestanding -nostdlib -mbulk-memory \
    -Wl,--no-entry -o hello.wasm hello.c
fi
# The same source as a native library:
#   gcc -O2 -shared -fPIC -fvisibility=hidden -o hello.so hello.c

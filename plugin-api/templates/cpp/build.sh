#!/bin/sh
# Needs: Zig, or pip install ziglang; or the WASI SDK, by CXX="clang++ --target=wasm32-wasi"
set -e
cd "$(dirname "$0")"
zig=$(command -v zig || echo "python3 -m ziglang")
${CXX:-$zig c++ -target wasm32-wasi} -std=c++17 -Os -fno-exceptions -mexec-model=reactor \
  -o hello.wasm hello.cpp

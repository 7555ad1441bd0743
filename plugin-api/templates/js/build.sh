#!/bin/sh
# Needs: Node.js, and npm install
set -e
cd "$(dirname "$0")"
node build.mjs

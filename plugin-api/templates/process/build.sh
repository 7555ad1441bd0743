#!/bin/sh
# Nothing to build. Needs: Python 3.9 or newer, where it runs.

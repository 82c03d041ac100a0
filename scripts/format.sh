#!/usr/bin/env bash
# Formats the Java code.
source "$(dirname "$0")/lib/all.sh"
mkdir -p "$BUILD/logs"
maven -q spotless:apply

#!/usr/bin/env bash
# Removes what the build made; what is cached for the whole machine stays (the folder is named at the end).
source "$(dirname "$0")/lib/common.sh"
rm -rf "$ROOT"/build "$ROOT"/dist "$ROOT"/target "$ROOT"/*/target
say "removed build/, dist/ and target/; downloads stay in $(cache_dir)"

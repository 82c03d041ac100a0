#!/usr/bin/env bash
# dist/share/bash-completion/completions/kakehashi: made from the command's own description of its options.
set -euo pipefail

folder=$DIST/share/bash-completion/completions
mkdir -p "$folder"
"$DIST/bin/kakehashi" generate-completion >"$folder/kakehashi.part"
mv "$folder/kakehashi.part" "$folder/kakehashi"

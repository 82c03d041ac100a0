#!/usr/bin/env bash
# dist/bin/kakehashi-bird: runs BIRD beside the agent, in a container of its own or under a service manager.
set -euo pipefail

# A new file in the old one's place: a shell reads the one that it runs line by line.
cp "$ROOT/deploy/bird/kakehashi-bird" "$DIST/bin/kakehashi-bird.part"
mv "$DIST/bin/kakehashi-bird.part" "$DIST/bin/kakehashi-bird"

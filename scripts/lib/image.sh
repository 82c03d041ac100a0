# shellcheck shell=bash
# The name of the container image. Sourced after common.sh.

# shellcheck disable=SC2034 # used by those who source this
IMAGE_NAME=${IMAGE:-kakehashi.dev/kakehashi}
# shellcheck disable=SC2034
IMAGE_VERSION=$(sed -n 's|^  <version>\(.*\)</version>|\1|p' "$ROOT/pom.xml")

# shellcheck shell=bash
# What every script here sources.
LIB=$(dirname "${BASH_SOURCE[0]}")
source "$LIB/common.sh"
source "$LIB/packages.sh"
source "$LIB/jdk.sh"
source "$LIB/maven.sh"

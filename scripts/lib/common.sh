# shellcheck shell=bash
# Sourced by every script here: messages, folders, downloads. Needs bash and coreutils only.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Intermediate files of the build; `make clean` removes them.
# shellcheck disable=SC2034 # used by those who source this
BUILD=$ROOT/build
export LC_ALL=C.UTF-8
# Debian's root shells of `su` lack the sbin folders, where ip, nft and modprobe live.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '%s\n' "$*"; }
# A step of a longer job: what is being done now.
step() { printf '==> %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# The processor as Debian names it: amd64, arm64.
architecture() {
    case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) uname -m ;;
    esac
}

# What is downloaded or built once per machine (a kernel, the reference plugins, a JDK) is kept outside the tree, in a
# folder named by version, so that `make clean` and a second clone do not pay for it again.
cache_dir() {
    local dir=${KAKEHASHI_CACHE:-}
    if [ -z "$dir" ]; then
        if is_root; then dir=/var/cache/kakehashi; else dir=${XDG_CACHE_HOME:-$HOME/.cache}/kakehashi; fi
    fi
    mkdir -p "$dir"
    echo "$dir"
}

# quietly LOG COMMAND...: runs it with its output in LOG; on failure shows the end of it and fails.
quietly() {
    local log=$1
    shift
    mkdir -p "$(dirname "$log")"
    if ! "$@" >"$log" 2>&1; then
        tail -n 25 "$log" >&2
        printf 'error: this failed: %s (whole output: %s)\n' "$*" "$log" >&2
        return 1
    fi
}

# download URL SHA256 FILE: fetches what is not there yet; a wrong checksum removes it and fails.
download() {
    local url=$1 sum=$2 file=$3
    mkdir -p "$(dirname "$file")"
    if [ ! -f "$file" ]; then
        curl -fsSL --retry 3 --connect-timeout 20 -o "$file.part" "$url" || {
            rm -f "$file.part"
            warn "could not download $url"
            return 1
        }
        mv "$file.part" "$file"
    fi
    echo "$sum  $file" | sha256sum --check --status || {
        rm -f "$file"
        die "$url has another SHA-256 than $sum: not used"
    }
}

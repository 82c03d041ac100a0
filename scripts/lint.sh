#!/usr/bin/env bash
# Everything that judges the code without running it. Goes on after a failure, so that one run shows all.
source "$(dirname "$0")/lib/all.sh"

failed=()
check() {
    local name=$1
    shift
    step "Lint: $name"
    "$@" || failed+=("$name")
}

java_format() { maven -q spotless:check || { say "  make format repairs it" && return 1; }; }

# Error Prone, NullAway and javac's own warnings are errors (parent pom); so compiling judges.
java_compile() { maven -q test-compile; }

java_architecture() {
    maven -q test -pl kakehashi-cli -am -Dtest='ArchitectureTest' -Dsurefire.failIfNoSpecifiedTests=false
}

# The reports are a program of one file outside the modules.
java_scripts() { "$JAVA_HOME/bin/javac" -Xlint:all -Werror -d "$BUILD/lint" "$ROOT"/scripts/report/*.java; }

c_compile() {
    local file status=0
    while read -r file; do
        gcc -std=gnu17 -O2 -fsyntax-only -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes -Werror "$file" || status=1
    done < <(c_sources)
    return $status
}

c_check() {
    local files
    mapfile -t files < <(c_sources)
    [ ${#files[@]} -eq 0 ] || cppcheck -q --std=c11 --enable=warning,performance,portability --inline-suppr \
        --suppress=missingIncludeSystem --error-exitcode=1 "${files[@]}"
}

# Files that git knows, or will once they are added.
files() { git -C "$ROOT" ls-files --cached --others --exclude-standard --deduplicate -- "$@" | while read -r f; do [ ! -f "$ROOT/$f" ] || echo "$f"; done; }

c_sources() { files '*.c' | sed "s|^|$ROOT/|"; }

shell_check() {
    local files
    mapfile -t files < <(cd "$ROOT" && files ':!*.java' ':!mvnw' | xargs -d '\n' awk '
        FNR == 1 && (/^#!.*sh$/ || FILENAME ~ /\.sh$/) { print FILENAME }')
    (cd "$ROOT" && shellcheck -x "${files[@]}")
}

# As an installation has them; skipped where there is no systemd.
units() {
    local folder=$BUILD/lint/units unit
    command -v systemd-analyze >/dev/null || return 0
    rm -rf "$folder"
    mkdir -p "$folder/bin"
    for command in kakehashi-agent kakehashi-bird; do install -m 755 /bin/sh "$folder/bin/$command"; done
    for unit in "$ROOT"/deploy/systemd/*.service; do sed "s|@PREFIX@|$folder|" "$unit" >"$folder/${unit##*/}"; done
    systemd-analyze verify --man=no "$folder"/*.service
}

# What is left over from work in progress, and files that have grown beyond one concept.
leftovers() {
    local status=0 file lines limit
    if git -C "$ROOT" grep --untracked -nE '\b(TODO|FIXME|XXX|HACK)\b' -- '*.java' '*.c' '*.h' '*.sh' '*.xml' Makefile ':!scripts/lint.sh'; then
        say "  finish it, or write it down as an issue"
        status=1
    fi
    while read -r file; do
        lines=$(wc -l <"$ROOT/$file")
        # The cases of one subject may make a longer list than its code.
        limit=500
        case $file in */src/test/*) limit=800 ;; esac
        if [ "$lines" -gt $limit ]; then
            say "$file: $lines lines, $limit are allowed: split it"
            status=1
        fi
    done < <(files '*.java' '*.c' '*.sh')
    return $status
}

mkdir -p "$BUILD/logs" "$BUILD/lint"
need base lint
use_jdk
check "leftovers" leftovers
check "shell (shellcheck)" shell_check
check "units (systemd-analyze verify)" units
check "C (gcc -Werror)" c_compile
check "C (cppcheck)" c_check
check "Java format (google-java-format)" java_format
check "Java compile (Error Prone, NullAway, -Xlint -Werror)" java_compile
check "Java scripts" java_scripts
check "Java architecture (ArchUnit)" java_architecture
if [ ${#failed[@]} -gt 0 ]; then
    printf 'lint failed: %s\n' "${failed[@]}" >&2
    exit 1
fi
say "lint: nothing to complain of"

# shellcheck shell=bash
# Maven by its wrapper. Sourced after jdk.sh.

# Maven 3 and its plugins call methods of sun.misc.Unsafe that a new JDK warns of; nothing that a reader can act on.
without_jdk_warnings() {
    grep --line-buffered -vE '^WARNING: (A terminally deprecated method|sun\.misc\.Unsafe|Please consider reporting|A restricted method|java\.lang\.System::load|Use --enable-native-access|Restricted methods will)' || true
}

# maven ARGUMENT...: as ./mvnw -B, from the root of the tree, with those warnings left out.
maven() {
    use_jdk
    need base || return 1
    "$ROOT/mvnw" -B -f "$ROOT/pom.xml" "$@" 2>&1 | without_jdk_warnings
}

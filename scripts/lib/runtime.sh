# shellcheck shell=bash
# The Java runtime that goes with Kakehashi. Sourced after common.sh; needs JAVA_HOME.

# The store of Kubernetes needs the HTTP client, that of etcd logging and naming, and both jdk.unsupported. The rest is for
# those who look into a running agent.
RUNTIME_MODULES=java.base,java.logging,java.management,java.naming,java.net.http,java.xml,jdk.crypto.ec,jdk.httpserver,jdk.jfr,jdk.management,jdk.unsupported

# What a runtime is made of: the JDK in a folder, and what is taken from it.
runtime_origin() { { cat "$1/release" && echo "$RUNTIME_MODULES" && cat "$ROOT/scripts/lib/runtime.sh"; } | sha256sum | cut -c 1-16; }

# link_runtime FOLDER [JDK]: the runtime of JAVA_HOME, or of a JDK of the same version for another processor.
link_runtime() {
    local folder=$1 jdk=${2:-$JAVA_HOME} modules=()
    [ "$jdk" = "$JAVA_HOME" ] || modules=(--module-path "$jdk/jmods")
    rm -rf "$folder.part"
    quietly "$BUILD/logs/jlink.log" "$JAVA_HOME/bin/jlink" "${modules[@]}" --add-modules "$RUNTIME_MODULES" --output "$folder.part" \
        --strip-debug --no-man-pages --no-header-files --dedup-legal-notices=error-if-not-same-content || return 1
    runtime_origin "$jdk" >"$folder.part/made-of"
    rm -rf "$folder"
    mv "$folder.part" "$folder"
}

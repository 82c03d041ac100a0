# shellcheck shell=bash
# Writes the commands of dist/bin. Sourced by the scripts in scripts/dist, which have DIST and JAVA_HOME.

# The jars of dist/lib without those whose names begin as one of the arguments, in a fixed order: an ahead-of-time cache
# holds for exactly this class path.
class_path() {
    local jar prefix
    for jar in "$DIST"/lib/*.jar; do
        for prefix in "$@"; do
            case ${jar##*/} in "$prefix"*) continue 2 ;; esac
        done
        printf '%s\n' "${jar##*/}"
    done
}

# Stands in the names of the caches for all that they are made of: the jars, the Java, the options. JDK 25 does not notice
# that a jar of a class path has changed (JDK-8377932), so a cache of another build must have another name.
build_hash() {
    { (cd "$DIST/lib" && sha256sum -- *.jar) && cat "$JAVA_HOME/release" "$ROOT"/scripts/lib/{launcher,runtime}.sh "$ROOT"/scripts/dist/*.sh; } |
        sha256sum | cut -c 1-16
}

# The Java virtual machine of every command of ours. What it has to say itself goes to standard error: standard output is
# the command's. Running out of memory ends it, because whoever starts it again finds it in a known state. Not here:
# --illegal-native-access, with which the caches could not have linked classes and lambdas in them (the tests have it).
JVM_OPTIONS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError \
-XX:+DisplayVMOutputToStderr -Xlog:disable -Xlog:all=error:stderr \
--enable-native-access=ALL-UNNAMED"

# For what may open an etcd: its client's protobuf asks for memory by sun.misc.Unsafe, of which Java says at the first time, in
# four lines, that it will be removed (JEP 498). Who runs us can do nothing about it. A later Java may not know the option.
# shellcheck disable=SC2034 # for who sources this
UNSAFE_OPTIONS="-XX:+IgnoreUnrecognizedVMOptions --sun-misc-unsafe-memory-access=allow"

# write_launcher NAME MAIN_CLASS OPTIONS CLASS_PATH CHOICE: dist/bin/NAME. CLASS_PATH is a list of jars in dist/lib, CHOICE
# shell text that sets $aot to the name of a cache in dist/lib, and may set $more to more options.
write_launcher() {
    local name=$1 main=$2 options=$3 jars=$4 choice=$5 jar path=
    for jar in $jars; do path=$path:\$home/lib/$jar; done
    cat >"$DIST/bin/$name.part" <<LAUNCHER
#!/bin/sh
# Runs $name. KAKEHASHI_JAVA_OPTS adds options for the Java virtual machine.
# The usual way through it starts no other program than that: a container may be waiting.
case \$0 in /*) self=\$0 ;; *) self= ;; esac
if [ -z "\$self" ] || [ -L "\$self" ]; then self=\$(readlink -f "\$0") || exit 1; fi
home=\${self%/bin/*}

suffices() {
    [ -x "\$1/bin/java" ] && [ -r "\$1/release" ] || return 1
    while IFS= read -r line; do
        case \$line in
        JAVA_VERSION=*)
            version=\${line#JAVA_VERSION=\\"}
            version=\${version%%[!0-9]*}
            [ "\${version:-0}" -ge 25 ]
            return
            ;;
        esac
    done <"\$1/release"
    return 1
}

find_java() {
    for java in "\${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* /var/cache/kakehashi/jdk/*; do
        [ -n "\$java" ] && suffices "\$java" && return
    done
    echo "$name: no Java 25 or later found: install one (for example openjdk-25-jre-headless) or set JAVA_HOME" >&2
    exit 127
}

# Its own, else the one of the build, else one of the machine; KAKEHASHI_JAVA_HOME before all of them.
java=\${KAKEHASHI_JAVA_HOME:-\$home/jre}
if [ ! -x "\$java/bin/java" ]; then java=$JAVA_HOME; fi
if [ ! -x "\$java/bin/java" ]; then find_java; fi
# The cache is of exactly these jars, made by exactly the Java of the build: another one ignores it.
more=
$choice
[ -f "\$home/lib/\$aot" ] && aot=-XX:AOTCache=\$home/lib/\$aot || aot=
downcall=\$home/lib/libkakehashi-downcall.so
[ -f "\$downcall" ] && downcall=-Dkakehashi.downcall=\$downcall || downcall=
# shellcheck disable=SC2086 # options are words
exec "\$java/bin/java" $JVM_OPTIONS $options \$more \\
    \${aot:+"\$aot"} \${downcall:+"\$downcall"} \${KAKEHASHI_JAVA_OPTS:-} \\
    -cp "${path#:}" $main "\$@"
LAUNCHER
    chmod 755 "$DIST/bin/$name.part"
    mv "$DIST/bin/$name.part" "$DIST/bin/$name"
}

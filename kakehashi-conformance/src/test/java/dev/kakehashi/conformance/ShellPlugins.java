package dev.kakehashi.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Plugins in shell, right ones and wrong ones. */
final class ShellPlugins {
    /** A chained plugin that does nothing, as it must be done. */
    static final String RIGHT =
            """
            fail() { printf '{"cniVersion":"1.1.0","code":%s,"msg":"%s"}' "$1" "$2"; exit 1; }
            input=$(cat)
            case $CNI_COMMAND in
            VERSION) echo '{"cniVersion":"1.1.0","supportedVersions":["1.1.0"]}'; exit ;;
            ADD|CHECK) need="CNI_CONTAINERID CNI_NETNS CNI_IFNAME" ;;
            DEL) need="CNI_CONTAINERID CNI_IFNAME" ;;
            GC|STATUS) need= ;;
            *) fail 4 "unknown CNI_COMMAND: $CNI_COMMAND" ;;
            esac
            for name in $need; do
                eval value=\\$$name
                [ -n "$value" ] || fail 4 "required env variables [$name] missing"
            done
            case ${CNI_CONTAINERID:-a} in [!a-zA-Z0-9]*|*[!a-zA-Z0-9_.-]*) fail 4 "invalid characters in containerID" ;; esac
            case ${CNI_IFNAME:-a} in .|..|*[/:\\ ]*|????????????????*) fail 4 "interface name is not valid" ;; esac
            case $input in '{'*'}') ;; *) fail 6 "not JSON" ;; esac
            case $input in
            *'"cniVersion":"1.1.0"'*) ;;
            *) fail 1 "incompatible CNI versions" ;;
            esac
            name=$(printf %s "$input" | sed -n 's/.*"name":"\\(conformance\\)".*/\\1/p')
            [ -n "$name" ] || fail 7 "missing or invalid network name"
            [ $CNI_COMMAND != ADD ] || printf '{"cniVersion":"1.1.0"}'
            """;

    private ShellPlugins() {}

    static Path install(Path folder, String type, String shell) throws IOException {
        Path file = folder.resolve(type);
        Files.writeString(file, "#!/bin/sh\n" + shell);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }
}

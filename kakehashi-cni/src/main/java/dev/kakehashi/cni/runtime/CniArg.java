package dev.kakehashi.cni.runtime;

import java.util.List;

/**
 * One pair of CNI_ARGS.
 *
 * @param key its name
 * @param value its value
 */
public record CniArg(String key, String value) {

    /** The variable's value: pairs joined by semicolons. */
    static String join(List<CniArg> args) {
        StringBuilder out = new StringBuilder();
        for (CniArg arg : args) {
            out.append(out.isEmpty() ? "" : ";").append(arg.key).append('=').append(arg.value);
        }
        return out.toString();
    }
}

package dev.kakehashi.cni.result;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.json.JsonObject;

import java.util.Optional;

/**
 * Results in the encoding of each version. 0.1.0 and 0.2.0 know one address a family ({@code ip4},
 * {@code ip6}); 0.3.0 to 0.4.0 know lists and mark addresses with their family; from 1.0.0 on the
 * mark is gone. Reading one and writing another converts as the reference library does: what the
 * older version cannot say is left out.
 */
public final class ResultCodec {
    /** Versions that share one encoding. */
    enum Family {
        IP4_IP6("[ 0.1.0 0.2.0]"),
        MARKED("[0.3.0 0.3.1 0.4.0]"),
        CURRENT("[1.0.0 1.1.0]");

        private final String versions;

        Family(String versions) {
            this.versions = versions;
        }

        static Family of(CniVersion version) {
            if (version.atLeast(CniVersion.V1_0_0)) {
                return CURRENT;
            }
            return version.atLeast(CniVersion.V0_3_0) ? MARKED : IP4_IP6;
        }
    }

    private ResultCodec() {}

    /**
     * Reads a result in the version it names itself; none named means 0.1.0.
     *
     * @throws CniException code 6 when the version is unknown or the content is not of its form
     */
    public static CniResult decode(JsonObject json) throws CniException {
        return decode(json.string("cniVersion", ""), json);
    }

    /**
     * Reads a result that must be of this version's encoding, as prevResult must be of its
     * configuration's.
     *
     * @param version as written in the configuration; empty for 0.1.0
     * @throws CniException code 6 when the version is unknown, the result names one of another
     *     encoding, or the content is not of its form
     */
    public static CniResult decode(String version, JsonObject json) throws CniException {
        Family family = family(version);
        String named = json.string("cniVersion", "");
        if (!isOf(family, named)) {
            throw new CniException(
                    CniException.DECODING_FAILURE,
                    "result type supports "
                            + family.versions
                            + " but unmarshalled CNIVersion is \""
                            + named
                            + "\"");
        }
        return family == Family.IP4_IP6
                ? ResultDecoder.decodeIp4Ip6(json)
                : ResultDecoder.decodeLists(json, family == Family.CURRENT);
    }

    /**
     * Writes a result in a version.
     *
     * @param version as written in the configuration; empty for 0.1.0
     * @throws CniException code 6 when the version is unknown, or is 0.2.0 or older and the result
     *     has no address
     */
    public static JsonObject encode(CniResult result, String version) throws CniException {
        Optional<CniVersion> target = CniVersion.exact(version);
        if (target.isEmpty()) {
            throw new CniException(
                    CniException.DECODING_FAILURE,
                    "no converter for CNI result version " + CniVersion.CURRENT + " to " + version);
        }
        if (Family.of(target.get()) == Family.IP4_IP6 && result.ips().isEmpty()) {
            throw new CniException(
                    CniException.DECODING_FAILURE, "cannot convert: no valid IP addresses");
        }
        return write(result, target.get());
    }

    /** Writes a result in a published version. */
    public static JsonObject encode(CniResult result, CniVersion version) throws CniException {
        return encode(result, version.toString());
    }

    /**
     * Rewrites a result of one version in another, without a detour where both are the same.
     *
     * @param from the version it is encoded in; empty for 0.1.0
     * @param to the version wanted; empty for 0.1.0
     * @throws CniException code 6, as {@link #decode(String, JsonObject)} and {@link
     *     #encode(CniResult, String)}
     */
    public static JsonObject convert(JsonObject json, String from, String to) throws CniException {
        CniResult result = decode(from, json);
        Optional<CniVersion> source = CniVersion.exact(from);
        if (source.isPresent() && source.equals(CniVersion.exact(to))) {
            return write(result, source.get());
        }
        if (CniVersion.exact(to).isEmpty()) {
            throw new CniException(
                    CniException.DECODING_FAILURE,
                    "no converter for CNI result version " + from + " to " + to);
        }
        return encode(result, to);
    }

    private static JsonObject write(CniResult result, CniVersion version) {
        return switch (Family.of(version)) {
            case IP4_IP6 -> ResultEncoder.encodeIp4Ip6(result, version);
            case MARKED -> ResultEncoder.encodeMarked(result, version);
            case CURRENT -> ResultEncoder.encodeCurrent(result, version);
        };
    }

    private static Family family(String version) throws CniException {
        Optional<CniVersion> known = CniVersion.exact(version);
        if (known.isEmpty()) {
            throw new CniException(
                    CniException.DECODING_FAILURE,
                    "unsupported CNI result version \"" + version + "\"");
        }
        return Family.of(known.get());
    }

    /**
     * Whether a result that names this version has this encoding; only the oldest need not name
     * one.
     */
    private static boolean isOf(Family family, String named) {
        if (named.isEmpty()) {
            return family == Family.IP4_IP6;
        }
        Optional<CniVersion> version = CniVersion.exact(named);
        return version.isPresent() && Family.of(version.get()) == family;
    }
}

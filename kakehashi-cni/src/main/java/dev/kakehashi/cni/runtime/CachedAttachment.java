package dev.kakehashi.cni.runtime;

import dev.kakehashi.cni.result.EncodedResult;

import java.util.Optional;

/**
 * What is remembered of a successful ADD until the DEL.
 *
 * @param networkName the network
 * @param conf the parameters of the ADD
 * @param config the text of the network's configuration at that time
 * @param result the last plugin's result
 */
public record CachedAttachment(
        String networkName, RuntimeConf conf, String config, Optional<EncodedResult> result) {}

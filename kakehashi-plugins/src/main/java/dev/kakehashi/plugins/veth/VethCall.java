package dev.kakehashi.plugins.veth;

import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Wiring;
import dev.kakehashi.plugins.masquerade.Masquerade;

/**
 * A call that works on an attachment.
 *
 * @param request what is asked for
 * @param attachment what it is about
 * @param wiring the way into the kernel; the frame's, as is the container
 * @param container its namespace
 * @param masquerade that of the host
 */
public record VethCall(
        PluginRequest request,
        Attachment attachment,
        Wiring wiring,
        Netns container,
        Masquerade masquerade) {}

package dev.kakehashi.cni;

/**
 * What identifies an attachment within a network (SPEC "Lifecycle &amp; Ordering").
 *
 * @param containerId the container
 * @param ifName the interface inside it
 */
public record CniAttachment(String containerId, String ifName) {}

/** The plugin side: what a plugin implements and what runs it. */
@NullMarked
package dev.kakehashi.cni.plugin;

import org.jspecify.annotations.NullMarked;

/** The plugin {@code flannel}: another plugin, told the node's subnet. */
@NullMarked
package dev.kakehashi.plugins.flannel;

import org.jspecify.annotations.NullMarked;

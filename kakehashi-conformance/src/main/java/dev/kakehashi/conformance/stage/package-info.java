/** Where a scenario plays: namespaces, the plugin's binary, and what can be seen of both. */
@NullMarked
package dev.kakehashi.conformance.stage;

import org.jspecify.annotations.NullMarked;

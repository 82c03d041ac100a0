/** What a network's plugins would do, found out by letting them do it where nobody sees it. */
@NullMarked
package dev.kakehashi.plugins.plan;

import org.jspecify.annotations.NullMarked;

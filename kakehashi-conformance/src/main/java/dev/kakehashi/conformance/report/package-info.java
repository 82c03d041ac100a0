/** The forms of a report. */
@NullMarked
package dev.kakehashi.conformance.report;

import org.jspecify.annotations.NullMarked;

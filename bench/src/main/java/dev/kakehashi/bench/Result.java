package dev.kakehashi.bench;

import dev.kakehashi.cni.json.JsonObject;

/**
 * One line of the report: ours beside a peer, or ours against a limit.
 *
 * @param what what was measured
 * @param unit of the samples
 * @param ours our sample
 * @param peer the peer's sample in the same run; empty samples are not compared
 * @param target what is to be reached
 */
record Result(String what, String unit, Sample ours, Sample peer, Target target) {

    /** What is to be reached. */
    sealed interface Target {
        /** How many times faster than the peer, at least. */
        record Faster(double times) implements Target {}

        /** Ratio ours to peer of one pair of measurements, in the median of the pairs, at least. */
        record AtLeastRatio(double ratio) implements Target {}

        /** Our median, at most, in the sample's unit. */
        record AtMost(double value) implements Target {}

        /** What 99 of 100 of ours are not above, at most, in the sample's unit. */
        record P99AtMost(double value) implements Target {}

        /** Our sum, at most as much as the peer's. */
        record NoMoreThanPeer() implements Target {}
    }

    /** The number that the target speaks of. */
    double reached() {
        return switch (target) {
            case Target.Faster _ -> peer.median() / ours.median();
            case Target.AtLeastRatio _ -> ours.by(peer).median();
            case Target.AtMost _ -> ours.median();
            case Target.P99AtMost _ -> ours.percentile(99);
            case Target.NoMoreThanPeer _ -> ours.sum() - peer.sum();
        };
    }

    boolean ok() {
        return switch (target) {
            case Target.Faster(double times) -> reached() >= times;
            case Target.AtLeastRatio(double ratio) -> reached() >= ratio;
            case Target.AtMost(double value) -> reached() <= value;
            case Target.P99AtMost(double value) -> reached() <= value;
            case Target.NoMoreThanPeer _ -> reached() <= 0;
        };
    }

    String wanted() {
        return switch (target) {
            case Target.Faster(double times) -> ">= " + Report.number(times) + "x";
            case Target.AtLeastRatio(double ratio) -> ">= " + Report.number(ratio);
            case Target.AtMost(double value) -> "<= " + Report.number(value) + " " + unit;
            case Target.P99AtMost(double value) -> "p99 <= " + Report.number(value) + " " + unit;
            case Target.NoMoreThanPeer _ -> "0 more";
        };
    }

    JsonObject toJson() {
        JsonObject.Builder json =
                JsonObject.builder()
                        .put("what", what)
                        .put("unit", unit)
                        .put("target", wanted())
                        .put("reached", Sample.number(reached()))
                        .put("ok", ok())
                        .put("ours", ours.toJson());
        if (peer.size() > 0) {
            json.put("peer", peer.toJson());
        }
        return json.build();
    }
}

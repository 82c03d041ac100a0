package dev.kakehashi.bench;

import java.util.List;

/**
 * A bar chart as SVG: for each result how much of its target was reached, on one scale, with the
 * target as a line.
 */
final class Plot {
    private static final int LEFT = 340;
    private static final int WIDTH = 420;
    private static final int ROW = 30;
    private static final double SCALE_END = 2.0;

    private Plot() {}

    static String of(List<Result> results) {
        StringBuilder svg = new StringBuilder();
        line(
                svg,
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" \
                font-family="sans-serif" font-size="13">\
                """
                        .formatted(LEFT + WIDTH + 150, ROW * results.size() + 60));
        line(svg, "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        int y = 20;
        for (Result result : results) {
            bar(svg, result, y);
            y += ROW;
        }
        int target = LEFT + (int) (WIDTH / SCALE_END);
        line(
                svg,
                """
                <line x1="%d" y1="10" x2="%d" y2="%d" stroke="#444" stroke-dasharray="4 3"/>\
                """
                        .formatted(target, target, y));
        line(
                svg,
                "<text x=\"%d\" y=\"%d\">the target; longer is better</text>"
                        .formatted(target - 60, y + 20));
        line(svg, "</svg>");
        return svg.toString();
    }

    private static void bar(StringBuilder svg, Result result, int y) {
        int width = (int) (Math.min(share(result), SCALE_END) / SCALE_END * WIDTH);
        line(
                svg,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
                        .formatted(LEFT - 8, y + 15, result.what()));
        line(
                svg,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"20\" fill=\"%s\"/>"
                        .formatted(LEFT, y, width, result.ok() ? "#3a7d5d" : "#b5482f"));
        String wanted = result.wanted().replace("<", "&lt;").replace(">", "&gt;");
        line(
                svg,
                "<text x=\"%d\" y=\"%d\">%s (%s)</text>"
                        .formatted(
                                LEFT + width + 6, y + 15, Report.number(result.reached()), wanted));
    }

    /** 1 is the target, more is better. */
    private static double share(Result result) {
        return switch (result.target()) {
            case Result.Target.Faster(double times) -> result.reached() / times;
            case Result.Target.AtLeastRatio(double ratio) -> result.reached() / ratio;
            case Result.Target.AtMost(double value) -> value / result.reached();
            case Result.Target.P99AtMost(double value) -> value / result.reached();
            case Result.Target.NoMoreThanPeer _ ->
                    (1 + result.peer().sum()) / (1 + result.ours().sum());
        };
    }

    private static void line(StringBuilder svg, String text) {
        svg.append(text).append('\n');
    }
}

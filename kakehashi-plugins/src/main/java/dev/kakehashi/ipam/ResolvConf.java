package dev.kakehashi.ipam;

import dev.kakehashi.cni.result.CniDns;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/**
 * Reads resolv.conf(5): {@code nameserver}, {@code domain}, {@code search} and {@code options};
 * other lines are passed over. Lists accumulate over lines; of several domains the last counts.
 */
final class ResolvConf {

    private ResolvConf() {}

    static CniDns parse(List<String> lines) {
        List<String> nameservers = new ArrayList<>();
        List<String> search = new ArrayList<>();
        List<String> options = new ArrayList<>();
        String domain = "";
        for (String line : lines) {
            StringTokenizer words = new StringTokenizer(line);
            if (words.countTokens() < 2 || isComment(line.strip())) {
                continue;
            }
            switch (words.nextToken()) {
                case "nameserver" -> nameservers.add(words.nextToken());
                case "domain" -> domain = words.nextToken();
                case "search" -> addAll(search, words);
                case "options" -> addAll(options, words);
                default -> {}
            }
        }
        return new CniDns(nameservers, domain, search, options);
    }

    private static boolean isComment(String line) {
        return line.startsWith("#") || line.startsWith(";");
    }

    private static void addAll(List<String> list, StringTokenizer words) {
        while (words.hasMoreTokens()) {
            list.add(words.nextToken());
        }
    }
}

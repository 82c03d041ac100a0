package dev.kakehashi.lab;

import java.util.List;

/** What a test runs in a Kubernetes, and how its pods ask each other. */
final class KubernetesWorkload {
    static final String OK = "HTTP/1.1 200 OK";
    static final int POD_PORT = 8080;
    static final int HOST_PORT = 8081;

    /** What the API server says to who does not encrypt. */
    static final String COMPLAINT = "Client sent an HTTP request to an HTTPS server";

    private static final String API_SERVER_IPV6 = "fd00:10:96::443 443";

    private KubernetesWorkload() {}

    /** A pod's containers, which say its name by HTTP. In one line, for places of any depth. */
    private static final String WEB =
            ("[{name: web, image: %s, imagePullPolicy: Never, command: [/bin/sh, -c],"
                            + " args: [\"mkdir /tmp/www; hostname > /tmp/www/index.html;"
                            + " exec httpd -f -p %d -h /tmp/www\"]%%s}]")
                    .formatted(LabImages.BUSYBOX, POD_PORT);

    /** Of pods that say their name: address and port in each family. */
    static List<String> services(LabFamily family) {
        return family.of("10.96.0.80 80", "fd00:10:96::80 80");
    }

    /**
     * The API server's. That of IPv4 is Kubernetes' own, which has the first family only, the other
     * one is ours.
     */
    static List<String> apiServers(LabFamily family) {
        return family.of("10.96.0.1 443", API_SERVER_IPV6);
    }

    private static String apiServer() {
        return """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: api}
        spec:
          clusterIP: %s
          ipFamilies: [IPv6]
          ports: [{port: %s, targetPort: 6443}]
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: api, labels: {kubernetes.io/service-name: api}}
        addressType: IPv6
        ports: [{port: 6443}]
        endpoints: [{addresses: ["%s"]}]
        """
                .formatted(
                        address(API_SERVER_IPV6),
                        port(API_SERVER_IPV6),
                        LabTopology.OUTSIDE_ADDRESS_IPV6);
    }

    private static String address(String place) {
        return place.split(" ", -1)[0];
    }

    private static String port(String place) {
        return place.split(" ", -1)[1];
    }

    /** Pods that say their name by HTTP, evenly over the nodes; a Service; and one on each host. */
    static String of(int pods, LabFamily family) {
        return evenly("web", pods)
                + service("web", services(family), "app: web")
                + (family.hasIpv6() ? apiServer() : "")
                + """
                ---
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: host}
                spec:
                  selector: {matchLabels: {app: host}}
                  template:
                    metadata: {labels: {app: host}}
                    spec:
                      hostNetwork: true
                      terminationGracePeriodSeconds: 0
                      containers:
                      - name: host
                        image: %s
                        imagePullPolicy: Never
                        command: [/bin/sh, -c]
                        args: ["mkdir /tmp/www; echo host > /tmp/www/index.html; exec httpd -f -p 8081 -h /tmp/www"]
                """
                        .formatted(LabImages.BUSYBOX);
    }

    /** Pods that say their name by HTTP, as many on each node as on the others. */
    static String evenly(String name, int pods) {
        return deployment(
                name,
                pods,
                ("topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname,"
                                + " whenUnsatisfiable: DoNotSchedule,"
                                + " labelSelector: {matchLabels: {app: %s}}}]")
                        .formatted(name));
    }

    /**
     * Pods that say their name by HTTP.
     *
     * @param name of the Deployment, and the pods' label {@code app}
     * @param where of their {@code spec}, which nodes they run on
     */
    static String deployment(String name, int pods, String where) {
        return """
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s}
        spec:
          replicas: %2$d
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec:
              terminationGracePeriodSeconds: 0
              %3$s
              containers: %4$s
        """
                .formatted(name, pods, where, WEB.formatted(""));
    }

    /**
     * A Service of pods that say their name.
     *
     * @param places address and port in each family, as {@link #asking} takes them
     * @param labels of its pods, without braces
     */
    static String service(String name, List<String> places, String labels) {
        List<String> addresses = places.stream().map(KubernetesWorkload::address).toList();
        return """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: %s}
        spec:
          clusterIP: %s
          clusterIPs: ["%s"]
          ipFamilyPolicy: %s
          selector: {%s}
          ports: [{port: %s, targetPort: %d}]
        """
                .formatted(
                        name,
                        addresses.getFirst(),
                        String.join("\", \"", addresses),
                        addresses.size() == 1 ? "SingleStack" : "RequireDualStack",
                        labels,
                        port(places.getFirst()),
                        POD_PORT);
    }

    /**
     * One pod that says its name by HTTP, on a node of choice.
     *
     * @param more keys of the container, each behind a comma
     */
    static String single(String name, String node, String more) {
        return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %1$s, labels: {app: %1$s}}
        spec:
          nodeName: %2$s
          terminationGracePeriodSeconds: 0
          containers: %3$s
        """
                .formatted(name, node, WEB.formatted(more));
    }

    /** A shell script that asks each of {@code targets} for its page, and says who said what. */
    static String asking(List<String> targets) {
        StringBuilder script =
                new StringBuilder(
                        "ask() { printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 $1 $2; }\n");
        for (String target : targets) {
            script.append("echo \"")
                    .append(target)
                    .append(": $(ask ")
                    .append(target)
                    .append(")\"\n");
        }
        return script.toString();
    }
}

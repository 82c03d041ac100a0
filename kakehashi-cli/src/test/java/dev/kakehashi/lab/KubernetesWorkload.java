package dev.kakehashi.lab;

import java.util.List;

/** What a test runs in a Kubernetes, and how its pods ask each other. */
final class KubernetesWorkload {
    static final String OK = "HTTP/1.1 200 OK";
    static final int POD_PORT = 8080;
    static final int HOST_PORT = 8081;
    static final String SERVICE = "10.96.0.80 80";
    static final String API_SERVER = "10.96.0.1 443";

    /** What the API server says to who does not encrypt. */
    static final String COMPLAINT = "Client sent an HTTP request to an HTTPS server";

    private KubernetesWorkload() {}

    /** Pods that say their name by HTTP, evenly over the nodes; a Service; and one on each host. */
    static String of(int pods) {
        return """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: %d
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 0
              topologySpreadConstraints:
              - maxSkew: 1
                topologyKey: kubernetes.io/hostname
                whenUnsatisfiable: DoNotSchedule
                labelSelector: {matchLabels: {app: web}}
              containers:
              - name: web
                image: %s
                imagePullPolicy: Never
                command: [/bin/sh, -c]
                args: ["mkdir /tmp/www; hostname > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www"]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          clusterIP: 10.96.0.80
          selector: {app: web}
          ports: [{port: 80, targetPort: 8080}]
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
                .formatted(pods, LabImages.BUSYBOX, LabImages.BUSYBOX);
    }

    /** One pod that says its name by HTTP, on a node of choice. */
    static String single(String name, String node, String more) {
        return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, labels: {app: %s}}
        spec:
          nodeName: %s
          terminationGracePeriodSeconds: 0
          containers:
          - name: web
            image: %s
            imagePullPolicy: Never
            command: [/bin/sh, -c]
            args: ["mkdir /tmp/www; hostname > /tmp/www/index.html; exec httpd -f -p 8080 -h /tmp/www"]
            %s
        """
                .formatted(name, name, node, LabImages.BUSYBOX, more);
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

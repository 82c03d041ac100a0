/*
 * least: what ADD and DEL of a pod cost at least on this machine.
 *
 * Plugins without a plugin in them: they read no configuration, check nothing, undo nothing, and
 * make only the kernel's objects that ADD of `bridge` with `host-local`, `portmap`, `firewall`,
 * `bandwidth` and `tuning` must make, with as few messages as they can be made with. No plugin can
 * be faster, in whatever language, unless it does the work of many calls together or leaves some of
 * it behind the call.
 *
 * Environment: CNI_COMMAND, CNI_CONTAINERID, CNI_NETNS as of the CNI specification; LEAST_BRIDGE
 * a bridge that is there; LEAST_FOLDER a folder that is there; addresses are of 10.97.0.0/16. There
 * is a table `inet least` of nftables with sets `ports` (inet_service) and `admitted` (ipv4_addr).
 */
#include "least.h"
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static union {
	struct nlmsghdr head;
	char bytes[8192];
} out;
static size_t used;
static struct nlmsghdr *message;

void die(const char *what)
{
	fprintf(stderr, "least: %s: %s\n", what, strerror(errno));
	exit(1);
}

const char *variable(const char *name)
{
	const char *value = getenv(name);

	if (value == NULL) {
		fprintf(stderr, "least: %s is not set\n", name);
		exit(1);
	}
	return value;
}

void *append(const void *data, size_t size)
{
	char *at = (char *)message + NLMSG_ALIGN(message->nlmsg_len);

	if (size > 0)
		memcpy(at, data, size);
	message->nlmsg_len = NLMSG_ALIGN(message->nlmsg_len) + size;
	return at;
}

void begin(int type, int flags, const void *header, size_t size)
{
	message = (struct nlmsghdr *)(out.bytes + used);
	memset(message, 0, sizeof *message);
	message->nlmsg_len = NLMSG_HDRLEN;
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	append(header, size);
}

struct rtattr *attribute(int type, const void *data, size_t size)
{
	struct rtattr head = {.rta_len = RTA_LENGTH(size), .rta_type = type};
	struct rtattr *at = append(&head, sizeof head);

	append(data, size);
	return at;
}

void close_nest(struct rtattr *nest)
{
	nest->rta_len = (char *)message + message->nlmsg_len - (char *)nest;
}

void end(void)
{
	used += NLMSG_ALIGN(message->nlmsg_len);
}

void flush(int fd, int count, const char *what)
{
	static char in[16384] __attribute__((aligned(NLMSG_ALIGNTO)));

	if (send(fd, out.bytes, used, 0) < 0)
		die(what);
	used = 0;
	while (count > 0) {
		ssize_t size = recv(fd, in, sizeof in, 0);

		if (size < 0)
			die(what);
		for (struct nlmsghdr *h = (struct nlmsghdr *)in; NLMSG_OK(h, size); h = NLMSG_NEXT(h, size)) {
			const struct nlmsgerr *answer = NLMSG_DATA(h);

			if (answer->error != 0) {
				errno = -answer->error;
				die(what);
			}
			count--;
		}
	}
}

int netlink(int protocol)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		die("netlink socket");
	return fd;
}

uint32_t hash(const char *text)
{
	uint32_t value = 2166136261u;

	for (; *text != '\0'; text++)
		value = (value ^ (unsigned char)*text) * 16777619u;
	return value;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(int add, const char *id, const char *host);
	} plugins[] = {{"bridge", bridge},
		       {"portmap", portmap},
		       {"firewall", firewall},
		       {"bandwidth", bandwidth},
		       {"tuning", tuning}};
	const char *id = variable("CNI_CONTAINERID");
	int add = strcmp(variable("CNI_COMMAND"), "ADD") == 0;
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *name = slash != NULL ? slash + 1 : "";
	char host[IFNAMSIZ];

	snprintf(host, sizeof host, "least%08x", hash(id));
	for (size_t i = 0; i < sizeof plugins / sizeof *plugins; i++) {
		if (strcmp(name, plugins[i].name) == 0) {
			plugins[i].run(add, id, host);
			if (add)
				puts("{\"cniVersion\": \"1.0.0\"}");
			return 0;
		}
	}
	fprintf(stderr, "least: there is no %s\n", name);
	return 1;
}

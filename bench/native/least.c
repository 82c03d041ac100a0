/*
 * least: what ADD and DEL of a pod on a bridge cost at least on this machine.
 *
 * A plugin without a plugin in it: it reads no configuration, checks nothing, undoes nothing, and
 * makes only the kernel's objects that ADD of `bridge` with `host-local` must make, with as few
 * messages as they can be made with (rtnetlink(7)): a pair, one end in the container's namespace,
 * the other one up and on the bridge; the address; a file that reserves it. DEL deletes the pair
 * and the file. No plugin can be faster, in whatever language, unless it does the work of many
 * calls together.
 *
 * Environment: CNI_COMMAND, CNI_CONTAINERID, CNI_NETNS as of the CNI specification; LEAST_BRIDGE
 * a bridge that is there; LEAST_FOLDER a folder that is there. Addresses are of 10.97.0.0/16.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static union {
	struct nlmsghdr head;
	char bytes[8192];
} out;
static size_t used;
static struct nlmsghdr *message;

static void die(const char *what)
{
	fprintf(stderr, "least: %s: %s\n", what, strerror(errno));
	exit(1);
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	if (value == NULL) {
		fprintf(stderr, "least: %s is not set\n", name);
		exit(1);
	}
	return value;
}

static void *append(const void *data, size_t size)
{
	char *at = (char *)message + NLMSG_ALIGN(message->nlmsg_len);

	if (size > 0)
		memcpy(at, data, size);
	message->nlmsg_len = NLMSG_ALIGN(message->nlmsg_len) + size;
	return at;
}

static void begin(int type, int flags, const void *header, size_t size)
{
	message = (struct nlmsghdr *)(out.bytes + used);
	memset(message, 0, sizeof *message);
	message->nlmsg_len = NLMSG_HDRLEN;
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	append(header, size);
}

static struct rtattr *attribute(int type, const void *data, size_t size)
{
	struct rtattr head = {.rta_len = RTA_LENGTH(size), .rta_type = type};
	struct rtattr *at = append(&head, sizeof head);

	append(data, size);
	return at;
}

static void close_nest(struct rtattr *nest)
{
	nest->rta_len = (char *)message + message->nlmsg_len - (char *)nest;
}

static void end(void)
{
	used += NLMSG_ALIGN(message->nlmsg_len);
}

/* Sends what was collected and waits for that many acknowledgements. */
static void flush(int fd, int count, const char *what)
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

static int route_socket(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		die("netlink socket");
	return fd;
}

/* FNV-1a: names the host's end, and says where to look for a free address first. */
static uint32_t hash(const char *text)
{
	uint32_t value = 2166136261u;

	for (; *text != '\0'; text++)
		value = (value ^ (unsigned char)*text) * 16777619u;
	return value;
}

/* The file of the nth address after the one that the container's hash leads to. */
static uint32_t lease(char *path, size_t size, const char *id, uint32_t n)
{
	uint32_t host = (hash(id) + n) % 65000 + 100;

	snprintf(path, size, "%s/%u", variable("LEAST_FOLDER"), host);
	return htonl(0x0a610000 + host);
}

static uint32_t reserve(const char *id)
{
	for (uint32_t n = 0; n < 65000; n++) {
		char path[4096];
		uint32_t address = lease(path, sizeof path, id, n);
		int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

		if (fd >= 0) {
			if (write(fd, id, strlen(id)) < 0)
				die(path);
			close(fd);
			return address;
		}
		if (errno != EEXIST)
			die(path);
	}
	die("no free address");
	return 0;
}

static void release(const char *id)
{
	for (uint32_t n = 0; n < 65000; n++) {
		char path[4096], owner[256] = "";

		lease(path, sizeof path, id, n);
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return;
		ssize_t size = read(fd, owner, sizeof owner - 1);

		close(fd);
		if (size > 0 && strcmp(owner, id) == 0) {
			unlink(path);
			return;
		}
	}
}

static void add(const char *id, const char *host)
{
	int fd = route_socket();
	int netns = open(variable("CNI_NETNS"), O_RDONLY | O_CLOEXEC);
	struct ifinfomsg link = {0};
	uint32_t address = reserve(id);

	if (netns < 0)
		die("CNI_NETNS");
	begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
	attribute(IFLA_IFNAME, host, strlen(host) + 1);
	struct rtattr *info = attribute(IFLA_LINKINFO | NLA_F_NESTED, NULL, 0);
	attribute(IFLA_INFO_KIND, "veth", 4);
	struct rtattr *data = attribute(IFLA_INFO_DATA | NLA_F_NESTED, NULL, 0);
	struct rtattr *peer = attribute(VETH_INFO_PEER | NLA_F_NESTED, NULL, 0);
	append(&link, sizeof link);
	attribute(IFLA_IFNAME, "eth0", sizeof "eth0");
	attribute(IFLA_NET_NS_FD, &netns, sizeof netns);
	close_nest(peer);
	close_nest(data);
	close_nest(info);
	end();
	flush(fd, 1, "pair");

	uint32_t bridge = if_nametoindex(variable("LEAST_BRIDGE"));
	link.ifi_flags = link.ifi_change = IFF_UP;
	begin(RTM_NEWLINK, 0, &link, sizeof link);
	attribute(IFLA_IFNAME, host, strlen(host) + 1);
	attribute(IFLA_MASTER, &bridge, sizeof bridge);
	end();
	flush(fd, 1, "host's end");

	if (setns(netns, CLONE_NEWNET) < 0)
		die("setns");
	int inside = route_socket();

	link.ifi_index = if_nametoindex("eth0");
	begin(RTM_NEWLINK, 0, &link, sizeof link);
	end();
	struct ifaddrmsg assigned = {.ifa_family = AF_INET, .ifa_prefixlen = 16, .ifa_index = link.ifi_index};
	begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &assigned, sizeof assigned);
	attribute(IFA_LOCAL, &address, sizeof address);
	attribute(IFA_ADDRESS, &address, sizeof address);
	end();
	flush(inside, 2, "container's end");
	puts("{\"cniVersion\": \"1.0.0\"}");
}

static void del(const char *id, const char *host)
{
	struct ifinfomsg link = {.ifi_index = if_nametoindex(host)};
	int fd = route_socket();

	begin(RTM_DELLINK, 0, &link, sizeof link);
	end();
	flush(fd, 1, "delete pair");
	release(id);
}

int main(void)
{
	const char *id = variable("CNI_CONTAINERID");
	char host[IFNAMSIZ];

	snprintf(host, sizeof host, "least%08x", hash(id));
	if (strcmp(variable("CNI_COMMAND"), "ADD") == 0)
		add(id, host);
	else
		del(id, host);
	return 0;
}

/*
 * timed_spawn: starts programs and says how long each took, from posix_spawn to its end.
 *
 * The measuring is done here, in a small process, because a JVM that forks and reaps children adds
 * a millisecond of its own to each, with a spread that hides what is measured.
 *
 * Reads lines from standard input; each names one or more job directories, separated by blanks.
 * All jobs of a line are started at once; the next line is read when all have ended.
 *   DIR/path    the program, one line
 *   DIR/env     its environment, NUL-terminated entries
 *   DIR/stdin   its standard input
 *   DIR/stdout  where its output goes (created)
 * Answers a line: total nanoseconds, then NANOSECONDS:EXIT-STATUS for each job in order.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_JOBS = 1024, MAX_ENV = 256, MAX_LINE = 1 << 20 };

struct job {
	char path[4096];
	char *env[MAX_ENV];
	char *env_text;
	int in, out;
	pid_t pid;
	int64_t started, ended;
	int status;
};

static struct job jobs[MAX_JOBS];

static void die(const char *what, const char *name)
{
	fprintf(stderr, "timed_spawn: %s %s: %s\n", what, name, strerror(errno));
	exit(2);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int open_in(const char *dir, const char *name, int flags)
{
	char file[4200];
	int fd;

	snprintf(file, sizeof file, "%s/%s", dir, name);
	fd = open(file, flags | O_CLOEXEC, 0600);
	if (fd < 0)
		die("open", file);
	return fd;
}

static void load_env(struct job *job, const char *dir)
{
	int fd = open_in(dir, "env", O_RDONLY);
	struct stat st;
	size_t n = 0;
	char *p;

	if (fstat(fd, &st) < 0)
		die("stat", dir);
	job->env_text = calloc(1, (size_t)st.st_size + 1);
	if (!job->env_text || read(fd, job->env_text, (size_t)st.st_size) != st.st_size)
		die("read", dir);
	close(fd);
	for (p = job->env_text; p < job->env_text + st.st_size && n < MAX_ENV - 1; p += strlen(p) + 1)
		job->env[n++] = p;
	job->env[n] = NULL;
}

static void load(struct job *job, const char *dir)
{
	int fd = open_in(dir, "path", O_RDONLY);
	ssize_t n = read(fd, job->path, sizeof job->path - 1);

	if (n <= 0)
		die("read", dir);
	close(fd);
	job->path[n] = 0;
	job->path[strcspn(job->path, "\n")] = 0;
	load_env(job, dir);
	job->in = open_in(dir, "stdin", O_RDONLY);
	job->out = open_in(dir, "stdout", O_WRONLY | O_CREAT | O_TRUNC);
}

static void start(struct job *job)
{
	posix_spawn_file_actions_t actions;
	char *argv[2] = { job->path, NULL };

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, job->in, 0);
	posix_spawn_file_actions_adddup2(&actions, job->out, 1);
	job->started = now();
	errno = posix_spawn(&job->pid, job->path, &actions, NULL, argv, job->env);
	if (errno)
		die("start", job->path);
	posix_spawn_file_actions_destroy(&actions);
}

static void reap(int count)
{
	int left = count;

	while (left > 0) {
		int status;
		pid_t pid = waitpid(-1, &status, 0);
		int64_t ended = now();

		if (pid < 0)
			die("wait", "");
		for (int i = 0; i < count; i++) {
			if (jobs[i].pid != pid)
				continue;
			jobs[i].ended = ended;
			jobs[i].status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			jobs[i].pid = 0;
			left--;
			break;
		}
	}
}

static void run_line(char *line)
{
	int count = 0;
	int64_t begun, ended;

	for (char *dir = strtok(line, " \n"); dir && count < MAX_JOBS; dir = strtok(NULL, " \n"))
		load(&jobs[count++], dir);
	begun = now();
	for (int i = 0; i < count; i++)
		start(&jobs[i]);
	reap(count);
	ended = now();
	printf("%lld", (long long)(ended - begun));
	for (int i = 0; i < count; i++) {
		struct job *job = &jobs[i];

		printf(" %lld:%d", (long long)(job->ended - job->started), job->status);
		close(job->in);
		close(job->out);
		free(job->env_text);
	}
	printf("\n");
	fflush(stdout);
}

int main(void)
{
	static char line[MAX_LINE];

	while (fgets(line, sizeof line, stdin))
		run_line(line);
	return 0;
}

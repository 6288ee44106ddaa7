/* Runs whole commands in turn (A B A B ...) and tells how they compare: a machine's speed drifts by a factor of two within minutes, so
 * only ratios of neighbouring runs mean something. May not understand what it runs.
 *
 * runstat [-n RUNS] [-b BYTES] [-m MESSAGES] NAME=COMMAND NAME=COMMAND...
 * A command is words with blanks between, no quoting. Its standard output goes to /dev/null. Exit codes above 1 end everything.
 * With -b and -m a column tells MB a second and microseconds a message, of CPU. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_COMMANDS = 8, MOST_RUNS = 200, MOST_WORDS = 64 };

struct run {
	double wall_ms, cpu_ms;
	long rss_kib;
};

struct command {
	const char *name;
	char *words[MOST_WORDS + 1];
	struct run runs[MOST_RUNS];
};

static double milliseconds(const struct timeval *t)
{
	return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

static struct run run_once(char *const *words)
{
	struct timespec before, after;
	struct rusage usage;
	int status;

	clock_gettime(CLOCK_MONOTONIC, &before);
	pid_t child = fork();
	if (child < 0) {
		perror("runstat: fork");
		exit(2);
	}
	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(null, STDOUT_FILENO);
		execvp(words[0], words);
		perror(words[0]);
		_exit(127);
	}
	while (wait4(child, &status, 0, &usage) < 0) {
		if (errno != EINTR) {
			perror("runstat: wait4");
			exit(2);
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &after);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
		fprintf(stderr, "runstat: %s: status %d\n", words[0], status);
		exit(2);
	}
	return (struct run){
		.wall_ms = (double)(after.tv_sec - before.tv_sec) * 1e3 + (double)(after.tv_nsec - before.tv_nsec) / 1e6,
		.cpu_ms = milliseconds(&usage.ru_utime) + milliseconds(&usage.ru_stime),
		.rss_kib = usage.ru_maxrss,
	};
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Sorts values. */
static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof *values, compare_doubles);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void print_command(const struct command *c, const struct command *first, int n_runs, double bytes, double messages)
{
	double wall[MOST_RUNS], cpu[MOST_RUNS], wall_ratio[MOST_RUNS], cpu_ratio[MOST_RUNS];
	long rss = 0;

	for (int i = 0; i < n_runs; i++) {
		wall[i] = c->runs[i].wall_ms;
		cpu[i] = c->runs[i].cpu_ms;
		wall_ratio[i] = first->runs[i].wall_ms > 0 ? c->runs[i].wall_ms / first->runs[i].wall_ms : 0;
		cpu_ratio[i] = first->runs[i].cpu_ms > 0 ? c->runs[i].cpu_ms / first->runs[i].cpu_ms : 0;
		if (c->runs[i].rss_kib > rss)
			rss = c->runs[i].rss_kib;
	}
	double wall_median = median(wall, n_runs), cpu_median = median(cpu, n_runs);
	printf("  %-12s %9.1f %9.1f %9.1f %9.1f %8.1f %8.2f %8.2f", c->name, wall_median, wall[0], cpu_median, cpu[0], (double)rss / 1024,
	       median(wall_ratio, n_runs), median(cpu_ratio, n_runs));
	if (bytes > 0 && cpu_median > 0)
		printf(" %8.1f", bytes / 1e3 / cpu_median);
	if (messages > 0)
		printf(" %8.0f", cpu_median * 1e3 / messages);
	printf("\n");
}

static bool read_command(struct command *c, char *argument)
{
	char *equals = strchr(argument, '=');
	int n = 0;

	if (!equals)
		return false;
	*equals = '\0';
	c->name = argument;
	for (char *word = strtok(equals + 1, " "); word; word = strtok(NULL, " ")) {
		if (n == MOST_WORDS)
			return false;
		c->words[n++] = word;
	}
	return n > 0;
}

int main(int argc, char **argv)
{
	static struct command commands[MOST_COMMANDS];
	int n_runs = 11, n_commands = 0, option;
	double bytes = 0, messages = 0;

	while ((option = getopt(argc, argv, "n:b:m:")) != -1) {
		switch (option) {
		case 'n':
			n_runs = atoi(optarg);
			break;
		case 'b':
			bytes = atof(optarg);
			break;
		case 'm':
			messages = atof(optarg);
			break;
		default:
			return 2;
		}
	}
	if (n_runs < 1 || n_runs > MOST_RUNS || argc - optind < 1 || argc - optind > MOST_COMMANDS) {
		fprintf(stderr, "usage: runstat [-n RUNS] [-b BYTES] [-m MESSAGES] NAME=COMMAND...\n");
		return 2;
	}
	for (int i = optind; i < argc; i++) {
		printf("  $ %s\n", strchr(argv[i], '=') ? strchr(argv[i], '=') + 1 : argv[i]);
		if (!read_command(&commands[n_commands++], argv[i])) {
			fprintf(stderr, "runstat: not NAME=COMMAND: %s\n", argv[i]);
			return 2;
		}
	}
	/* One round that does not count warms the caches. */
	fflush(stdout);
	for (int i = 0; i < n_commands; i++)
		run_once(commands[i].words);
	for (int run = 0; run < n_runs; run++)
		for (int i = 0; i < n_commands; i++)
			commands[i].runs[run] = run_once(commands[i].words);
	printf("  %-12s %9s %9s %9s %9s %8s %8s %8s%s%s\n", "", "wall ms", "min", "CPU ms", "min", "RSS MiB", "x wall", "x CPU",
	       bytes > 0 ? "     MB/s" : "", messages > 0 ? "  us/msg" : "");
	for (int i = 0; i < n_commands; i++)
		print_command(&commands[i], &commands[0], n_runs, bytes, messages);
	return 0;
}

/* Role: the gate in front of sendmail: standard input is kept, looked at by a child, and handed to COMMAND or refused.
 * May not: change a byte of it, start a shell, or let a fault of presend's own pass for a verdict on the mail. */
#define _GNU_SOURCE /* memfd_create(), mkostemp(), pipe2() */
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/write.h"
#include "report/phrases.h"
#include "report/report.h"

enum { COPY_BYTES = 64 * 1024, REPORT_BYTES = 16 * 1024 };

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

static char *fill(enum phrase which, enum language language, const char *argument)
{
	GString *out = g_string_new(NULL);

	PHRASE_APPEND(out, which, language, argument);
	return g_string_free(out, FALSE);
}

/* --- keeping the mail -------------------------------------------------------------------------------------------------------- */

/* The mail is kept in a file without a name, in memory while it is small. COMMAND gets it as its standard input: a file cannot be
 * closed too early, and nobody has to pump. */
struct spool {
	int fd;                        /* -1: none */
	size_t n;
	bool in_memory;
};

static ssize_t read_some(int fd, char *bytes, size_t n)
{
	ssize_t done;

	do
		done = read(fd, bytes, n);
	while (done < 0 && errno == EINTR);
	return done;
}

static int open_temporary(void)
{
	char *path = g_build_filename(g_get_tmp_dir(), "presend-gate-XXXXXX", NULL);
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd >= 0)
		unlink(path);
	g_free(path);
	return fd;
}

/* What is in memory goes to disk, and the spool goes on there. */
static bool spool_to_disk(struct spool *spool, char *buffer)
{
	int fd = open_temporary();
	ssize_t n = 0;
	bool good = fd >= 0 && lseek(spool->fd, 0, SEEK_SET) == 0;

	while (good && (n = read_some(spool->fd, buffer, COPY_BYTES)) > 0)
		good = write_whole(fd, span_of(buffer, (size_t)n));
	if (!good || n < 0) {
		int reason = errno;
		if (fd >= 0)
			close(fd);
		errno = reason;
		return false;
	}
	close(spool->fd);
	spool->fd = fd;
	spool->in_memory = false;
	return true;
}

enum spool_end { SPOOL_GOOD, SPOOL_TOO_LARGE, SPOOL_FAILED /* errno */ };

/* Read standard input to its end, also where the mail can no longer be kept: who writes it shall not die of a closed pipe before
 * it can read our exit code. */
static enum spool_end spool_fill(struct spool *spool)
{
	char *buffer = g_malloc(COPY_BYTES);
	enum spool_end end = SPOOL_GOOD;
	int reason = 0;
	ssize_t n;

	spool->fd = memfd_create("presend-gate", MFD_CLOEXEC);
	spool->in_memory = spool->fd >= 0;
	if (!spool->in_memory)
		spool->fd = open_temporary();
	if (spool->fd < 0) {
		end = SPOOL_FAILED;
		reason = errno;
	}
	char *copy = g_malloc(COPY_BYTES);
	while ((n = read_some(STDIN_FILENO, buffer, COPY_BYTES)) > 0) {
		if (end != SPOOL_GOOD)
			continue;
		spool->n += (size_t)n;
		if (spool->n > LIMIT_GATE_BYTES) {
			end = SPOOL_TOO_LARGE;
		} else if ((spool->in_memory && spool->n > LIMIT_GATE_MEMORY_BYTES && !spool_to_disk(spool, copy)) ||
			   !write_whole(spool->fd, span_of(buffer, (size_t)n))) {
			end = SPOOL_FAILED;
			reason = errno;
		}
	}
	if (n < 0) {
		end = SPOOL_FAILED;
		reason = errno;
	}
	g_free(copy);
	g_free(buffer);
	errno = reason;
	return end;
}

/* --- looking at it ----------------------------------------------------------------------------------------------------------- */

static void lint_in_child(const struct gate_options *options, const struct run_options *run, const struct spool *spool, int report)
{
	static char stdin_word[] = "-";
	char *paths[] = { stdin_word };
	struct run_options child = *run;
	sigset_t alarm_only;

	/* Nobody is left who would read the verdict once the gate is gone. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm_only, NULL);
	signal(SIGALRM, SIG_DFL);
	alarm(options->timeout_seconds);
	if (lseek(spool->fd, 0, SEEK_SET) != 0 || dup2(spool->fd, STDIN_FILENO) < 0 || dup2(report, STDOUT_FILENO) < 0)
		_exit(EXIT_TROUBLE);
	child.formats[0] = (struct run_format){ &report_refusal, NULL };
	child.n_formats = 1;
	child.jobs = 1;
	child.report.width = 0;
	child.report.color = child.report.hyperlinks = false;
	int code = run_lint(&child, paths, 1);
	fflush(stdout);
	_exit(code);
}

/* Returns the child's status as waitpid() gives it, -1 where there was no child; what it reports is appended to report. */
static int lint_spool(const struct gate_options *options, const struct run_options *run, const struct spool *spool, GString *report)
{
	int ends[2], status = -1;
	char buffer[4096];
	ssize_t n;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0)
		lint_in_child(options, run, spool, ends[1]);
	close(ends[1]);
	while (pid > 0 && (n = read_some(ends[0], buffer, sizeof buffer)) > 0)
		if (report->len < REPORT_BYTES)
			g_string_append_len(report, buffer, n);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

/* --- the verdict ------------------------------------------------------------------------------------------------------------- */

/* Dispositions of the caller, which COMMAND shall find as they were. */
struct signals {
	struct sigaction pipe, child;
};

static void signals_take(struct signals *saved)
{
	struct sigaction action = { .sa_handler = SIG_IGN };

	/* Standard error may be a pipe that nobody reads: that must not decide over a mail. */
	sigaction(SIGPIPE, &action, &saved->pipe);
	action.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &action, &saved->child);
}

static int become_command(const struct gate_options *options, enum language language, const struct spool *spool, const struct signals *saved)
{
	if (lseek(spool->fd, 0, SEEK_SET) != 0 || dup2(spool->fd, STDIN_FILENO) < 0) {
		run_say(say(language, "gate: cannot hand the mail on", "ゲート: メールを渡せません"), g_strerror(errno));
		return EXIT_GATE_FAILED;
	}
	sigaction(SIGPIPE, &saved->pipe, NULL);
	sigaction(SIGCHLD, &saved->child, NULL);
	execvp(options->command[0], options->command);
	/* A command that is not there is a fault of the configuration: the mail waits until somebody mends it. */
	int reason = errno;
	char *what = fill(PHRASE_GATE_CANNOT_RUN, language, options->command[0]);
	run_say(what, g_strerror(reason));
	g_free(what);
	return EXIT_GATE_FAILED;
}

static int failed(const struct gate_options *options, enum language language, const struct spool *spool, const struct signals *saved,
		  const char *reason)
{
	if (options->pass_on_failure && spool->fd >= 0) {
		run_say(say(language, "gate: the mail was not checked and is passed on", "ゲート: 検査できなかったメールをそのまま渡します"), reason);
		return become_command(options, language, spool, saved);
	}
	run_say(say(language, "gate: the mail was not checked and is held", "ゲート: 検査できなかったメールを保留します"), reason);
	return EXIT_GATE_FAILED;
}

/* Standard input, output and error are there, or what we open next would take their numbers. */
static bool have_standard_files(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && (fd == STDIN_FILENO || open("/dev/null", O_WRONLY) != fd))
			return false;
	return true;
}

int gate_run(const struct gate_options *options, const struct run_options *run)
{
	enum language language = run->report.language;
	struct spool spool = { .fd = -1 };
	struct signals saved;
	int code;

	if (!have_standard_files())
		return EXIT_GATE_FAILED;
	signals_take(&saved);
	switch (spool_fill(&spool)) {
	case SPOOL_GOOD:
		break;
	case SPOOL_TOO_LARGE:
		run_say(NULL, say(language, "refused: the mail is larger than presend gate takes (256 MiB)",
				  "受け付けません: メールが presend gate の上限（256 MiB）を超えています"));
		return EXIT_GATE_REFUSED;
	case SPOOL_FAILED:
		/* Half a mail is not passed on, whatever --on-failure says. */
		run_say(say(language, "gate: cannot keep the mail, it is held", "ゲート: メールを保存できないため保留します"), g_strerror(errno));
		return EXIT_GATE_FAILED;
	}
	GString *report = g_string_new(NULL);
	int status = lint_spool(options, run, &spool, report);
	if (status == -1) {
		code = failed(options, language, &spool, &saved, g_strerror(errno));
	} else if (WIFSIGNALED(status)) {
		char *number = g_strdup_printf("%u", WTERMSIG(status) == SIGALRM ? options->timeout_seconds : (unsigned)WTERMSIG(status));
		char *reason = fill(WTERMSIG(status) == SIGALRM ? PHRASE_GATE_TIMEOUT : PHRASE_GATE_DIED, language, number);
		g_free(number);
		code = failed(options, language, &spool, &saved, reason);
		g_free(reason);
	} else if (WEXITSTATUS(status) == EXIT_CLEAN) {
		code = become_command(options, language, &spool, &saved);
	} else if (WEXITSTATUS(status) == EXIT_FINDINGS) {
		(void)!write(STDERR_FILENO, report->str, report->len);
		code = EXIT_GATE_REFUSED;
	} else {
		code = failed(options, language, &spool, &saved, say(language, "presend could not do its work", "presend の処理に失敗しました"));
	}
	g_string_free(report, TRUE);
	if (spool.fd >= 0)
		close(spool.fd);
	return code;
}

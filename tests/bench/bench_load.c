/* GET of one path over and over, each on a connection of its own, by a few threads for a few seconds.
 *   bench_load PORT PATH COOKIE THREADS SECONDS
 * Prints: requests per second, median and 99th percentile in milliseconds, bytes of an answer, answers that were not 200. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAX = 64, ANSWER_MAX = 1 << 20, SAMPLES_MAX = 1 << 19 };

static struct sockaddr_in to;
static char request[8192];
static double end_at;

struct worker {
	pthread_t thread;
	double *ms;
	size_t count, bad, bytes;
	char *answer;
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* true: a whole answer of 200. */
static bool ask(struct worker *w)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t n;

	w->bytes = 0;
	if (fd < 0)
		return false;
	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 ||
		write(fd, request, strlen(request)) != (ssize_t)strlen(request)) {
		close(fd);
		return false;
	}
	while ((n = read(fd, w->answer + w->bytes, ANSWER_MAX - w->bytes)) > 0)
		w->bytes += (size_t)n;
	close(fd);
	return n == 0 && w->bytes > 12 && memcmp(w->answer, "HTTP/1.1 200", 12) == 0;
}

static void *work(void *arg)
{
	struct worker *w = arg;

	while (w->count < SAMPLES_MAX) {
		double begun = now_s();

		if (begun >= end_at)
			break;
		if (!ask(w))
			w->bad++;
		w->ms[w->count++] = (now_s() - begun) * 1e3;
	}
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(struct worker *w, size_t threads, double seconds)
{
	size_t total = 0, bad = 0, bytes = w[0].bytes;
	double *all;

	for (size_t i = 0; i < threads; i++)
		total += w[i].count;
	all = calloc(total + 1, sizeof *all);
	if (!all)
		abort();
	total = 0;
	for (size_t i = 0; i < threads; i++) {
		memcpy(all + total, w[i].ms, w[i].count * sizeof *all);
		total += w[i].count;
		bad += w[i].bad;
	}
	qsort(all, total, sizeof *all, by_size);
	printf("%.1f %.3f %.3f %zu %zu\n", (double)total / seconds, all[total / 2],
		all[total - total / 100 - (total > 0)], bytes, bad);
	free(all);
}

int main(int argc, char **argv)
{
	static struct worker w[THREADS_MAX];
	size_t threads;
	double begun, seconds;

	if (argc != 6) {
		fprintf(stderr, "bench_load PORT PATH COOKIE THREADS SECONDS\n");
		return 2;
	}
	threads = strtoul(argv[4], NULL, 10);
	seconds = strtod(argv[5], NULL);
	if (threads == 0 || threads > THREADS_MAX)
		return 2;
	to = (struct sockaddr_in){.sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	snprintf(request, sizeof request,
		"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nCookie: %s\r\nConnection: close\r\n\r\n", argv[2], argv[1],
		argv[3]);
	begun = now_s();
	end_at = begun + seconds;
	for (size_t i = 0; i < threads; i++) {
		w[i].ms = calloc(SAMPLES_MAX, sizeof(double));
		w[i].answer = malloc(ANSWER_MAX);
		if (!w[i].ms || !w[i].answer || pthread_create(&w[i].thread, NULL, work, &w[i]) != 0)
			abort();
	}
	for (size_t i = 0; i < threads; i++)
		pthread_join(w[i].thread, NULL);
	print(w, threads, now_s() - begun);
	return 0;
}

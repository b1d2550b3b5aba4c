/* Moves the wall clock of a program and of all that it starts: LD_PRELOAD=wall_clock.so WALL_CLOCK_OFFSET=SECONDS.
 *
 * Monotonic clocks keep their time, so waits and limits are what they were. So do the dates of files, which the kernel
 * writes. `.ci/moved-clock` builds this and says which tests run with it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

typedef int clock_gettime_fn(clockid_t, struct timespec *);

static clock_gettime_fn *real_clock_gettime;
static time_t offset;

/* Others may ask for the time before this object's turn to begin comes, so each caller sees to it. */
static void begin(void)
{
    if (__atomic_load_n(&real_clock_gettime, __ATOMIC_ACQUIRE))
        return;
    const char *seconds = getenv("WALL_CLOCK_OFFSET");
    char *end = NULL;
    offset = seconds ? strtoll(seconds, &end, 10) : 0;
    /* A clock that is not moved would let every test pass for nothing. */
    if (!seconds || end == seconds || *end)
        abort();
    clock_gettime_fn *real = (clock_gettime_fn *)dlsym(RTLD_NEXT, "clock_gettime");
    if (!real)
        abort();
    __atomic_store_n(&real_clock_gettime, real, __ATOMIC_RELEASE);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    begin();
    int failed = real_clock_gettime(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += offset;
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    struct timespec precise;
    int failed = clock_gettime(CLOCK_REALTIME, &precise);
    if (!failed) {
        now->tv_sec = precise.tv_sec;
        now->tv_usec = precise.tv_nsec / 1000;
    }
    return failed;
}

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

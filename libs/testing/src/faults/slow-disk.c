/*
 * Stands before the system's fsync and fdatasync and makes each take AGON_SYNC_DELAY_MS milliseconds longer, as a slower
 * disk would. Loaded by LD_PRELOAD; everything else of the process stays as it is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

static int (*system_fsync)(int);
static int (*system_fdatasync)(int);
static struct timespec delay;

__attribute__((constructor)) static void prepare(void) {
  const char *milliseconds = getenv("AGON_SYNC_DELAY_MS");
  double seconds = milliseconds == NULL ? 0 : strtod(milliseconds, NULL) / 1000;
  delay.tv_sec = (time_t)seconds;
  delay.tv_nsec = (long)((seconds - (double)delay.tv_sec) * 1e9);
  system_fsync = dlsym(RTLD_NEXT, "fsync");
  system_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
}

static void wait_for_disk(void) {
  int kept = errno;
  struct timespec left = delay;
  while (nanosleep(&left, &left) == -1 && errno == EINTR) continue;
  errno = kept;
}

int fsync(int file) {
  wait_for_disk();
  return system_fsync(file);
}

int fdatasync(int file) {
  wait_for_disk();
  return system_fdatasync(file);
}
